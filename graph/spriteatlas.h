// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QCache>
#include <QtCore/QHash>
#include <QtCore/QString>
#include <QtGui/QFont>
#include <QtGui/QPixmap>

#include "graph/graphstyle.h"
#include "models/protocol/types.h"

class QPainter;

namespace mesh::graph {

QColor mixed(const QColor &a, const QColor &b, double shareOfB);
QColor withAlpha(QColor color, double alpha);
QFont scaledFont(const QFont &font, double factor, QFont::Weight weight = QFont::Normal);

//! Small pictures drawn once for each device pixel ratio and blitted often: bodies of peers, arcs, glows, dots and
//! texts. All are centred on their own middle. Bounded: what was not used for long is dropped and drawn again when
//! needed.
class SpriteAtlas
{
public:
    enum class Text { Label, LabelStrong, Initials, Group, Count };

    void setStyle(const GraphStyle &style, qreal devicePixelRatio);
    const GraphStyle &style() const { return m_style; }
    qreal devicePixelRatio() const { return m_ratio; }

    //! A peer's form: hexagon (AI), circle with a second ring (human) or rounded square (connector), outlined in its
    //! status; the status is told by a mark too. \a radius in logical pixels, rounded to halves.
    QPixmap body(protocol::PeerKind kind, protocol::PeerStatus status, bool waiting, double radius);
    //! Arc of the used context share, red from 80 %.
    QPixmap contextArc(double share, double radius);
    QPixmap glow(double radius);
    //! Small rings that say: it belongs to further groups.
    QPixmap groupMarks(int further, double radius);
    QPixmap selectionRing(double radius);
    QPixmap pinMark();
    QPixmap dot(protocol::Priority priority, bool several);
    //! One line of text, with a soft edge of the background where it stands on edges. \a radius: for initials.
    QPixmap text(const QString &text, Text role, double radius = 0);
    QFont font(Text role, double radius = 0) const;
    double textWidth(const QString &text, Text role) const;

    //! Blits \a sprite with its middle at \a centre, on whole device pixels.
    void put(QPainter &painter, const QPixmap &sprite, QPointF centre) const;

private:
    struct Key
    {
        quint64 what = 0;
        QString text;
        friend bool operator==(const Key &, const Key &) = default;
        friend size_t qHash(const Key &key, size_t seed = 0) { return qHashMulti(seed, key.what, key.text); }
    };

    template <class Draw>
    QPixmap cached(const Key &key, QSizeF size, Draw draw);

    GraphStyle m_style;
    qreal m_ratio = 1;
    QCache<Key, QPixmap> m_sprites{16 * 1024}; //!< cost in KiB
    mutable QHash<QString, double> m_widths;
};

} // namespace mesh::graph
