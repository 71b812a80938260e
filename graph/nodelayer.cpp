// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph/nodelayer.h"

#include <QtGui/QPainter>

#include <algorithm>
#include <cmath>

namespace mesh::graph {

using items::GraphNode;
using items::GraphPresence;

namespace {

constexpr double kMoveMs = 320;
constexpr int kCell = 64;       // logical pixels of the hit-test squares
constexpr double kLeastHit = 7; // small peers are easier to hit than they look
constexpr double kLeastRadius = 1.6;
constexpr double kMostRadius = 46;
constexpr double kInitialsFrom = 9; // radius in pixels from which things are drawn
constexpr double kLabelsFrom = 5;
constexpr double kArcsFrom = 6;
constexpr int kPictureFrom = 40; // that many peers are kept as a picture
constexpr int kMostLabels = 500;
constexpr double kDimmed = 0.22;

quint32 cellOf(double x, double y)
{
    return (quint32(quint16(qint16(std::floor(x / kCell)))) << 16) | quint16(qint16(std::floor(y / kCell)));
}

double ease(double t)
{
    return 1 - std::pow(1 - std::clamp(t, 0.0, 1.0), 3);
}

// Peers with more traffic are up to 1.3 times as large; in steps, so that few sprites are needed.
double growth(const GraphNode &node)
{
    const double level = std::clamp(std::log2(1 + double(node.traffic)) / 6.5, 0.0, 1.0);
    return 1 + 0.3 * std::round(level * level * 5) / 5;
}

double presenceOpacity(const GraphNode &node)
{
    switch (node.presence) {
    case GraphPresence::Live:
        return 1;
    case GraphPresence::Grace:
        return 0.45;
    case GraphPresence::Gone:
        break;
    }
    return 0.2;
}

int importance(const GraphNode &node, int index, const NodeLayer::Emphasis &emphasis)
{
    if (index == emphasis.selected || index == emphasis.hovered)
        return 1000;
    return (emphasis.bright.contains(index) ? 400 : 0) + (node.waiting ? 300 : 0) + (node.self ? 200 : 0)
        + (node.status == protocol::PeerStatus::Working ? 40 : 0)
        + 8 * std::min(8, int(std::log2(1 + double(node.traffic))));
}

} // namespace

void NodeLayer::sync(const std::vector<GraphNode> &nodes, double worldRadius, qint64 nowNs, bool animate)
{
    m_placed.resize(nodes.size());
    m_movements.resize(nodes.size());
    m_worldRadius = worldRadius;
    bool started = false;
    for (size_t i = 0; i < nodes.size(); ++i) {
        const GraphNode &node = nodes[i];
        PlacedNode &placed = m_placed[i];
        Movement &movement = m_movements[i];
        const bool newcomer = !placed.there || movement.generation != node.generation;
        placed.there = !node.key.isEmpty();
        if (!placed.there) {
            movement = {};
            continue;
        }
        if (newcomer || !animate) {
            placed.world = node.position;
            movement = {node.position, node.position, node.generation, false};
        } else if (movement.to != node.position) {
            movement = {placed.world, node.position, node.generation, true};
            started = true;
        }
    }
    if (started) {
        // Those still moving start again from where they are, so that all share one time.
        for (size_t i = 0; i < m_movements.size(); ++i)
            m_movements[i].from = m_placed[i].world;
        m_moveStartNs = nowNs;
        m_moving = true;
    }
}

bool NodeLayer::advance(qint64 nowNs)
{
    if (!m_moving)
        return false;
    const double t = double(nowNs - m_moveStartNs) / 1e6 / kMoveMs;
    const double share = ease(t);
    m_moving = t < 1;
    for (size_t i = 0; i < m_movements.size(); ++i) {
        Movement &movement = m_movements[i];
        if (!movement.moving)
            continue;
        m_placed[i].world = movement.from + (movement.to - movement.from) * share;
        movement.moving = m_moving;
    }
    return true;
}

void NodeLayer::drag(int index, QPointF world)
{
    if (index < 0 || size_t(index) >= m_placed.size())
        return;
    m_placed[size_t(index)].world = world;
    Movement &movement = m_movements[size_t(index)];
    movement.from = world;
    movement.to = world;
    movement.moving = false;
}

void NodeLayer::place(const std::vector<GraphNode> &nodes, const GraphCamera &camera, const Emphasis &emphasis,
                      SpriteAtlas &atlas)
{
    const double base = m_worldRadius * camera.scale();
    const QRectF view(QPointF(), camera.viewport);
    m_viewport = camera.viewport;
    m_cells.clear();
    m_visible = 0;
    for (size_t i = 0; i < m_placed.size() && i < nodes.size(); ++i) {
        PlacedNode &placed = m_placed[i];
        placed.visible = false;
        if (!placed.there)
            continue;
        placed.view = camera.toView(placed.world);
        placed.radius = float(std::clamp(base * growth(nodes[i]), kLeastRadius, kMostRadius));
        const double reach = placed.radius + 24;
        placed.visible = view.adjusted(-reach, -reach, reach, reach).contains(placed.view);
        if (!placed.visible)
            continue;
        ++m_visible;
        m_cells[cellOf(placed.view.x(), placed.view.y())].push_back(int(i));
    }
    placeLabels(nodes, emphasis, atlas);
    m_pictureStale = true;
}

void NodeLayer::placeLabels(const std::vector<GraphNode> &nodes, const Emphasis &emphasis, SpriteAtlas &atlas)
{
    m_labels.clear();
    m_labelsHidden = 0;
    std::vector<std::pair<int, int>> order; // importance, node
    for (size_t i = 0; i < m_placed.size(); ++i) {
        if (!m_placed[i].visible)
            continue;
        const int rank = importance(nodes[i], int(i), emphasis);
        if (m_placed[i].radius < kLabelsFrom && rank < 300) {
            ++m_labelsHidden;
            continue;
        }
        order.emplace_back(rank, int(i));
    }
    std::sort(order.begin(), order.end(), [&nodes](const auto &a, const auto &b) {
        return a.first != b.first ? a.first > b.first : nodes[size_t(a.second)].key < nodes[size_t(b.second)].key;
    });

    const double height = QFontMetricsF(atlas.font(SpriteAtlas::Text::Label)).height();
    QHash<quint32, std::vector<QRectF>> taken;
    const auto cells = [](const QRectF &rect, auto visit) {
        for (double x = std::floor(rect.left() / kCell) * kCell; x < rect.right(); x += kCell) {
            for (double y = std::floor(rect.top() / kCell) * kCell; y < rect.bottom(); y += kCell)
                visit(cellOf(x, y));
        }
    };
    const auto isFree = [&](const QRectF &rect) {
        bool free = true;
        cells(rect, [&](quint32 cell) {
            const auto it = taken.constFind(cell);
            if (it == taken.cend())
                return;
            for (const QRectF &other : *it)
                free = free && !other.intersects(rect);
        });
        return free;
    };
    const auto take = [&](const QRectF &rect) { cells(rect, [&](quint32 cell) { taken[cell].push_back(rect); }); };
    for (const PlacedNode &placed : m_placed) {
        if (placed.visible && placed.radius >= kLabelsFrom) {
            const double r = placed.radius * 0.86;
            take(QRectF(placed.view.x() - r, placed.view.y() - r, 2 * r, 2 * r));
        }
    }

    for (const auto &[rank, index] : order) {
        const GraphNode &node = nodes[size_t(index)];
        const PlacedNode &placed = m_placed[size_t(index)];
        if (m_labels.size() >= kMostLabels) {
            ++m_labelsHidden;
            continue;
        }
        const bool strong = index == emphasis.selected || index == emphasis.hovered;
        const double width =
            atlas.textWidth(node.name, strong ? SpriteAtlas::Text::LabelStrong : SpriteAtlas::Text::Label);
        const double gap = placed.radius + (placed.radius >= kInitialsFrom ? 6.5 : 3);
        const QPointF c = placed.view;
        const QRectF below(c.x() - width / 2, c.y() + gap, width, height);
        const QRectF above(c.x() - width / 2, c.y() - gap - height, width, height);
        const QRectF right(c.x() + gap, c.y() - height / 2, width, height);
        const QRectF left(c.x() - gap - width, c.y() - height / 2, width, height);
        const QRectF *chosen = nullptr;
        for (const QRectF *candidate : {&below, &above, &right, &left}) {
            if (isFree(*candidate)) {
                chosen = candidate;
                break;
            }
        }
        if (!chosen && strong)
            chosen = &below;
        if (!chosen) {
            ++m_labelsHidden;
            continue;
        }
        take(*chosen);
        m_labels.push_back({index, *chosen, strong});
    }
}

void NodeLayer::paintDirect(QPainter &painter, const std::vector<GraphNode> &nodes, const Emphasis &emphasis,
                            SpriteAtlas &atlas) const
{
    const auto opacityOf = [&](int index) {
        const double presence = presenceOpacity(nodes[size_t(index)]);
        return emphasis.hovered < 0 || emphasis.bright.contains(index) ? presence : std::min(presence, kDimmed);
    };
    double opacity = 1;
    const auto useOpacity = [&](double wanted) {
        if (wanted != opacity)
            painter.setOpacity(opacity = wanted);
    };
    for (size_t i = 0; i < m_placed.size(); ++i) {
        const PlacedNode &placed = m_placed[i];
        if (!placed.visible)
            continue;
        const GraphNode &node = nodes[i];
        const double r = placed.radius;
        useOpacity(opacityOf(int(i)));
        if (node.waiting)
            atlas.put(painter, atlas.glow(r), placed.view);
        if (node.context >= 0 && r >= kArcsFrom)
            atlas.put(painter, atlas.contextArc(double(node.context), r), placed.view);
        atlas.put(painter, atlas.body(node.kind, node.status, node.waiting, r), placed.view);
        if (r >= kInitialsFrom)
            atlas.put(painter, atlas.text(node.initials, SpriteAtlas::Text::Initials, r), placed.view);
        if (node.groups.size() > 1 && r >= kInitialsFrom)
            atlas.put(painter, atlas.groupMarks(int(node.groups.size()) - 1, r), placed.view);
        if (node.pinned && r >= kInitialsFrom)
            atlas.put(painter, atlas.pinMark(), placed.view + QPointF(r * 0.72, -r * 0.72));
        if (int(i) == emphasis.selected)
            atlas.put(painter, atlas.selectionRing(r), placed.view);
    }
    for (const Label &label : m_labels) {
        useOpacity(opacityOf(label.node));
        const auto role = label.strong ? SpriteAtlas::Text::LabelStrong : SpriteAtlas::Text::Label;
        atlas.put(painter, atlas.text(nodes[size_t(label.node)].name, role), label.rect.center());
    }
    painter.setOpacity(1);
}

void NodeLayer::paint(QPainter &painter, const std::vector<GraphNode> &nodes, const Emphasis &emphasis,
                      SpriteAtlas &atlas)
{
    if (m_visible < kPictureFrom) {
        m_picture = {};
        paintDirect(painter, nodes, emphasis, atlas);
        return;
    }
    const qreal ratio = atlas.devicePixelRatio();
    const QSize size = (m_viewport * ratio).toSize();
    if (m_picture.size() != size) {
        m_picture = QImage(size, QImage::Format_ARGB32_Premultiplied);
        m_picture.setDevicePixelRatio(ratio);
        m_pictureStale = true;
    }
    if (m_pictureStale) {
        m_picture.fill(Qt::transparent);
        QPainter picture(&m_picture);
        paintDirect(picture, nodes, emphasis, atlas);
        m_pictureStale = false;
    }
    painter.drawImage(QPointF(), m_picture);
}

int NodeLayer::hit(QPointF view) const
{
    int best = -1;
    double bestDistance = 0;
    for (int dx = -1; dx <= 1; ++dx) {
        for (int dy = -1; dy <= 1; ++dy) {
            const auto it = m_cells.constFind(cellOf(view.x() + dx * kCell, view.y() + dy * kCell));
            if (it == m_cells.cend())
                continue;
            for (const int index : *it) {
                const PlacedNode &placed = m_placed[size_t(index)];
                const double distance = std::hypot(placed.view.x() - view.x(), placed.view.y() - view.y());
                if (distance <= std::max(double(placed.radius) + 2, kLeastHit)
                    && (best < 0 || distance < bestDistance)) {
                    best = index;
                    bestDistance = distance;
                }
            }
        }
    }
    return best;
}

QList<QRectF> NodeLayer::labelRects() const
{
    QList<QRectF> rects;
    for (const Label &label : m_labels)
        rects.append(label.rect);
    return rects;
}

} // namespace mesh::graph
