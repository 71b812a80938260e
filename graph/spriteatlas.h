// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QCache>
#include <QtCore/QHash>
#include <QtCore/QString>
#include <QtGui/QFont>
#include <QtGui/QPixmap>

#include <array>
#include <functional>

#include "graph/graphstyle.h"
#include "models/items/graphmodel.h"

class QPainter;

namespace mesh::graph {

QColor mixed(const QColor &a, const QColor &b, double shareOfB);
QColor withAlpha(QColor color, double alpha);
//! The nearest whole device pixel.
QPointF onPixels(QPointF at, qreal ratio);
QFont scaledFont(const QFont &font, double factor, QFont::Weight weight = QFont::Normal);

//! A small picture centred on its own middle: pixels, or (for vector export) how to draw it.
struct Sprite
{
    QPixmap pixmap;
    std::function<void(QPainter &)> draw;
};

//! Small pictures drawn once for each device pixel ratio and blitted often: bodies of peers, arcs, glows, dots and
//! texts. All are centred on their own middle. Bounded: what was not used for long is dropped and drawn again when
//! needed.
class SpriteAtlas
{
public:
    enum class Text { Label, LabelStrong, Detail, Initials, Group, Count };

    void setStyle(const GraphStyle &style, qreal devicePixelRatio);
    const GraphStyle &style() const { return m_style; }
    qreal devicePixelRatio() const { return m_ratio; }
    //! What the pictures are made for.
    enum class Output {
        Screen, //!< kept as pixmaps: the thread of the window alone
        Image,  //!< drawn wherever they are put: the same picture, on any thread
        Vector  //!< drawn as paths and texts, for a device that knows no pixels
    };
    void setOutput(Output output) { m_output = output; }
    bool keepsPixmaps() const { return m_output == Output::Screen; }
    bool isVector() const { return m_output == Output::Vector; }

    //! A peer's form: hexagon (AI), circle with a second ring (human) or rounded square (connector), outlined in its
    //! status; the status is told by a mark too. \a radius in logical pixels, rounded to halves.
    Sprite body(protocol::PeerKind kind, protocol::PeerStatus status, bool waiting, double radius);
    //! A collapsed group: a ring that is divided by the statuses of its members.
    Sprite groupBody(const std::array<int, 4> &memberStatus, bool waiting, double radius);
    //! Arc of the used context share, red from 80 %.
    Sprite contextArc(double share, double radius);
    Sprite glow(double radius);
    //! One thin ring for each further group that a peer belongs to; more than three are three.
    Sprite groupRings(int further, double radius);
    //! \a further as for groupRings(), which it surrounds.
    Sprite selectionRing(double radius, int further);
    Sprite pinMark();
    //! Beside a peer that somebody should look at; \a detailed: large enough for a sign.
    Sprite alarmMark(items::GraphAlarm alarm, bool detailed);
    //! What travels: a disc for messages, a diamond for tool calls, a page for file requests; hollow if it was not
    //! delivered, crossed out if it was refused.
    Sprite dot(protocol::Priority priority, bool several, items::GraphMark mark = items::GraphMark::Message,
               items::GraphOutcome outcome = items::GraphOutcome::Sent);
    //! One line of text, with a soft edge of the background where it stands on edges. \a radius: for initials.
    Sprite text(const QString &text, Text role, double radius = 0);
    QFont font(Text role, double radius = 0) const;
    double textWidth(const QString &text, Text role) const;
    //! \a text cut to \a width with an ellipsis.
    QString elided(const QString &text, Text role, double width) const;

    //! Blits \a sprite with its middle at \a centre, on whole device pixels.
    void put(QPainter &painter, const Sprite &sprite, QPointF centre) const;

private:
    struct Key
    {
        quint64 what = 0;
        QString text;
        friend bool operator==(const Key &, const Key &) = default;
        friend size_t qHash(const Key &key, size_t seed = 0) { return qHashMulti(seed, key.what, key.text); }
    };

    template <class Draw>
    Sprite cached(const Key &key, QSizeF size, Draw draw);

    GraphStyle m_style;
    qreal m_ratio = 1;
    QCache<Key, QPixmap> m_sprites{16 * 1024}; //!< cost in KiB
    mutable QHash<QString, double> m_widths;
    mutable QHash<QString, QString> m_elided;
    Output m_output = Output::Screen;
};

} // namespace mesh::graph
