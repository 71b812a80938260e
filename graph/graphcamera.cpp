// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph/graphcamera.h"

#include <algorithm>

namespace mesh::graph {

namespace {
constexpr double kSideMargin = 96; // room for group labels beside the arcs
constexpr double kTopMargin = 34;  // and above
constexpr double kLeastScale = 60;
} // namespace

double GraphCamera::scale() const
{
    const double fitting = std::min(viewport.width() / 2 - kSideMargin, viewport.height() / 2 - kTopMargin);
    return std::max(fitting, kLeastScale) * zoom;
}

QPointF GraphCamera::toView(QPointF world) const
{
    return QPointF(viewport.width() / 2, viewport.height() / 2) + pan + world * scale();
}

QPointF GraphCamera::toWorld(QPointF view) const
{
    return (view - QPointF(viewport.width() / 2, viewport.height() / 2) - pan) / scale();
}

void GraphCamera::zoomBy(double factor, QPointF at)
{
    const QPointF world = toWorld(at);
    zoom = std::clamp(zoom * factor, kLeastZoom, kMostZoom);
    pan += at - toView(world);
    keepInSight();
}

void GraphCamera::panBy(QPointF by)
{
    pan += by;
    keepInSight();
}

void GraphCamera::centreOn(QPointF world)
{
    pan = -world * scale();
    keepInSight();
}

void GraphCamera::fit()
{
    zoom = 1;
    pan = {};
}

void GraphCamera::keepInSight()
{
    const double x = viewport.width() / 2 + scale() * 0.9;
    const double y = viewport.height() / 2 + scale() * 0.9;
    pan = {std::clamp(pan.x(), -x, x), std::clamp(pan.y(), -y, y)};
}

} // namespace mesh::graph
