// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QPointF>

namespace mesh::graph {

//! A quadratic curve from one peer to another. Plain geometry in whatever coordinates the ends are in.
struct EdgeCurve
{
    QPointF from;
    QPointF control;
    QPointF to;

    //! Point at \a t from 0 (sender) to 1 (receiver).
    QPointF at(double t) const
    {
        const double u = 1 - t;
        return from * (u * u) + control * (2 * u * t) + to * (t * t);
    }

    //! The curve of the radial graph: it bends towards \a centre, and to the right as seen by the sender, so that the
    //! two directions between two peers are two curves.
    static EdgeCurve between(QPointF from, QPointF to, QPointF centre);
};

} // namespace mesh::graph
