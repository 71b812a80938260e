// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph/edgecurve.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace mesh::graph {

namespace {
constexpr double kPull = 0.42;     // how far the middle is drawn to the centre
constexpr double kMostPull = 0.42; // of the length: the curve never doubles back
constexpr double kAside = 0.075;   // how far it is pushed aside, as a share of the length
constexpr int kDistanceChords = 20;
} // namespace

double EdgeCurve::distanceTo(QPointF point) const
{
    double least = std::numeric_limits<double>::max();
    QPointF begin = from;
    for (int i = 1; i <= kDistanceChords; ++i) {
        const QPointF end = at(double(i) / kDistanceChords);
        const QPointF chord = end - begin;
        const double length = QPointF::dotProduct(chord, chord);
        const double t = length > 0 ? std::clamp(QPointF::dotProduct(point - begin, chord) / length, 0.0, 1.0) : 0.0;
        const QPointF off = point - (begin + chord * t);
        least = std::min(least, std::hypot(off.x(), off.y()));
        begin = end;
    }
    return least;
}

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
