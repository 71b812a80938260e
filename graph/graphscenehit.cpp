// SPDX-License-Identifier: GPL-3.0-or-later
// The part of GraphScene that knows what is where.
#include "graph/graphscene.h"

#include <algorithm>
#include <cmath>

namespace mesh::graph {

using items::GraphNode;

namespace {

constexpr double kEdgeReach = 5; // logical pixels from a line that still hit it

} // namespace

QString GraphScene::keyAt(QPointF view)
{
    ensurePlaced(); // also before the first frame
    const int index = m_nodes.hit(view);
    return index < 0 || !m_model ? QString() : m_model->nodes()[size_t(index)].key;
}

QPointF GraphScene::edgePosition(const EdgeName &edge, double t) const
{
    EdgeCurve curve;
    return curveOf(edge, curve) ? curve.at(t) : QPointF(-1, -1);
}

QString GraphScene::groupAt(QPointF view) const
{
    return m_model ? m_background.groupAt(view, m_model->layout()) : QString();
}

bool GraphScene::isOnMinimap(QPointF view) const
{
    return minimapShown() && Minimap::rect(m_camera).contains(view);
}

bool GraphScene::minimapShown() const
{
    return Minimap::isShown(m_camera) && !m_covered.intersects(Minimap::rect(m_camera));
}

QList<QRectF> GraphScene::chrome() const
{
    QList<QRectF> rects = m_overlay.wordRects();
    if (Minimap::isShown(m_camera)) // also while it makes room
        rects << Minimap::rect(m_camera);
    return rects;
}

QRectF GraphScene::boxOf(const QString &key)
{
    ensurePlaced();
    return m_model ? m_nodes.boxOf(m_model->indexOf(key)) : QRectF();
}

EdgeName GraphScene::edgeAt(QPointF view, qint64 nowNs)
{
    if (!m_model)
        return {};
    ensurePlaced();
    const std::vector<PlacedNode> &placed = m_nodes.placed();
    const QPointF centre = m_camera.toView({});
    const int hovered = m_emphasis.hovered;
    const int selected = m_emphasis.selected;
    const items::GraphEdge *best = nullptr;
    double bestDistance = kEdgeReach;
    for (const items::GraphEdge &edge : m_model->edges()) {
        const bool near = edge.from == hovered || edge.to == hovered || edge.from == selected || edge.to == selected;
        if (!near && double(nowNs - edge.lastNs) / 1e6 > TrailFade::kDurationMs)
            continue;
        if (size_t(edge.from) >= placed.size() || size_t(edge.to) >= placed.size() || !placed[size_t(edge.from)].there
            || !placed[size_t(edge.to)].there || !m_model->isCurrent(edge))
            continue;
        const EdgeCurve curve =
            EdgeCurve::between(placed[size_t(edge.from)].view, placed[size_t(edge.to)].view, centre);
        const auto [left, right] = std::minmax({curve.from.x(), curve.control.x(), curve.to.x()});
        const auto [top, bottom] = std::minmax({curve.from.y(), curve.control.y(), curve.to.y()});
        if (view.x() < left - kEdgeReach || view.x() > right + kEdgeReach || view.y() < top - kEdgeReach
            || view.y() > bottom + kEdgeReach)
            continue;
        const double distance = curve.distanceTo(view);
        if (distance < bestDistance) {
            best = &edge;
            bestDistance = distance;
        }
    }
    if (!best)
        return {};
    return {m_model->nodes()[size_t(best->from)].key, m_model->nodes()[size_t(best->to)].key};
}

QPointF GraphScene::positionOf(const QString &key) const
{
    const int index = m_model ? m_model->indexOf(key) : -1;
    if (index < 0 || size_t(index) >= m_nodes.placed().size())
        return {-1, -1};
    return m_camera.toView(m_nodes.placed()[size_t(index)].world);
}

QString GraphScene::neighbourInDirection(const QString &key, QPointF step) const
{
    if (!m_model)
        return {};
    const std::vector<PlacedNode> &placed = m_nodes.placed();
    const int from = m_model->indexOf(key);
    QString best;
    double bestCost = 0;
    for (size_t i = 0; i < placed.size(); ++i) {
        if (!placed[i].there || int(i) == from)
            continue;
        double cost = 0;
        if (from >= 0) {
            const QPointF way = placed[i].world - placed[size_t(from)].world;
            const double ahead = QPointF::dotProduct(way, step);
            const double aside = std::abs(way.x() * step.y() - way.y() * step.x());
            if (ahead <= 1e-6 || aside > 2.2 * ahead)
                continue;
            cost = ahead + 2 * aside;
        } else {
            cost = placed[i].world.y(); // from nowhere: the topmost
        }
        if (best.isEmpty() || cost < bestCost) {
            best = m_model->nodes()[i].key;
            bestCost = cost;
        }
    }
    return best;
}

} // namespace mesh::graph
