// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QList>
#include <QtCore/QPoint>
#include <QtCore/QRect>
#include <QtCore/QRectF>

namespace mesh::views {

//! What a card is about and what it must leave in sight. All in the coordinates of the view.
struct CardSurroundings
{
    QRect view;             //!< the card stays inside
    QRectF subject;         //!< the card stands beside this
    QList<QRectF> keepOut;  //!< never covered while there is any other place: controls, map, legend
    QList<QPointF> inSight; //!< covered only if it must be: the peers that the subject talks with
};

//! Where the top left corner of a card of \a size belongs: right of its subject, else left, below or above, else the
//! nearest place that covers the least. A card that is larger than the view keeps its head in sight.
[[nodiscard]] QPoint placeCard(QSize size, const CardSurroundings &around);

} // namespace mesh::views
