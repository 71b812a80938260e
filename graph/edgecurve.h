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

    //! The piece from \a t0 to \a t1, both within 0 to 1: the same points, nothing else.
    EdgeCurve part(double t0, double t1) const
    {
        const QPointF tangent = (control - from) * (1 - t0) + (to - control) * t0; // half the derivative
        const QPointF begin = at(t0);
        return {begin, begin + tangent * (t1 - t0), at(t1)};
    }

    //! Distance of \a point to the curve, to about a pixel for curves of the size of a screen.
    double distanceTo(QPointF point) const;

    //! The curve of the radial graph: it bends towards \a centre, and to the right as seen by the sender, so that the
    //! two directions between two peers are two curves.
    static EdgeCurve between(QPointF from, QPointF to, QPointF centre);
};

} // namespace mesh::graph
