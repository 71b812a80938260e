// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph/edgecurve.h"

#include <cmath>

namespace mesh::graph {

namespace {
constexpr double kPull = 0.42;     // how far the middle is drawn to the centre
constexpr double kMostPull = 0.42; // of the length: the curve never doubles back
constexpr double kAside = 0.075;   // how far it is pushed aside, as a share of the length
} // namespace

EdgeCurve EdgeCurve::between(QPointF from, QPointF to, QPointF centre)
{
    const QPointF middle = (from + to) / 2;
    const QPointF along = to - from;
    const QPointF aside(-along.y(), along.x());
    QPointF pull = (centre - middle) * kPull;
    const double strength = std::hypot(pull.x(), pull.y());
    const double most = std::hypot(along.x(), along.y()) * kMostPull;
    if (strength > most)
        pull *= most / strength;
    return {from, middle + pull + aside * kAside, to};
}

} // namespace mesh::graph
