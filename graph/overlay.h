// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QCoreApplication>
#include <QtCore/QString>
#include <QtGui/QPixmap>

#include "graph/spriteatlas.h"
#include "models/items/graphmodel.h"

class QPainter;

namespace mesh::graph {

//! Words over the graph: the mesh's name in the middle, legend, what was left out, what the view is doing, and what to
//! do when nobody is there. Pictures are kept until their words change.
class Overlay
{
    Q_DECLARE_TR_FUNCTIONS(mesh::graph::Overlay)

public:
    struct Honesty
    {
        qint64 unplaced = 0;      //!< messages without a known sender or target in the picture
        qint64 dotsMerged = 0;    //!< messages that share a dot because too many were under way
        qint64 inside = 0;        //!< messages within a collapsed group
        qint64 edgesDropped = 0;  //!< lines forgotten early
        qint64 trailsDropped = 0; //!< trails that a redraw will not bring back
        int labelsHidden = 0;
        int filteredOut = 0;      //!< peers that do not match the filter
        bool filterHides = false; //!< they are left out, not dimmed
    };

    void clear();
    void paintCentre(QPainter &painter, QPointF at, double room, const items::GraphModel &model, qint64 nowMs,
                     SpriteAtlas &atlas);
    //! Where the legend will be: one line; with \a all a panel that explains every form and colour.
    void placeLegend(QSizeF viewport, bool all, SpriteAtlas &atlas);
    void paintLegend(QPainter &painter, SpriteAtlas &atlas);
    //! Where the legend is, for clicks and for words that leave it alone; empty before it was placed.
    QRectF legendRect() const { return m_legendRect; }
    //! What the view is doing, in a few words above its lower edge; empty: nothing.
    void paintNote(QPainter &painter, QSizeF viewport, const QString &note, SpriteAtlas &atlas);
    //! Whom the view follows, and how to stop.
    static QString followingText(const QString &name);
    void paintHonesty(QPainter &painter, QSizeF viewport, const Honesty &honesty, qint64 nowMs, SpriteAtlas &atlas);
    //! Where words stand now: legend, what was left out, what the view is doing.
    QList<QRectF> wordRects() const;
    void paintEmpty(QPainter &painter, QSizeF viewport, SpriteAtlas &atlas) const;

    static QString kindWord(protocol::PeerKind kind);
    static QString statusWord(protocol::PeerStatus status);
    //! "14 peers · 124 messages/min"
    static QString summary(const items::GraphModel &model);
    //! Beside a dot that stands for several messages, for instance "×12".
    static QString burstCount(int messages);
    //! Beside a dot of a broadcast: "to 13", or "×2 to 13".
    static QString broadcastCount(int messages, int recipients);
    static QString honestyText(const Honesty &honesty);

private:
    QSizeF drawLegendLine(QPainter *painter, SpriteAtlas &atlas) const;
    QSizeF drawLegendPanel(QPainter *painter, SpriteAtlas &atlas) const;
    QPointF centreCorner(QPointF at) const;
    //! Puts \a kept with its top left at \a at; makes it first if it is null, or draws directly for vectors.
    template <class Draw>
    static void putKept(QPainter &painter, QPixmap &kept, QSizeF size, QPointF at, const SpriteAtlas &atlas, Draw draw);

    QPixmap m_legend;
    QRectF m_legendRect;
    QRectF m_honestyRect;
    QRectF m_noteRect;
    bool m_legendAll = false;
    QSizeF m_centreSize;
    QSizeF m_honestySize;
    QPixmap m_centre;
    QString m_centreWords;
    double m_centreRoom = 0;
    qint64 m_centreAtMs = 0; //!< figures change at most twice a second: calmer, and text is dear
    QPixmap m_honesty;
    QString m_honestyWords;
    qint64 m_honestyAtMs = 0;
};

} // namespace mesh::graph
