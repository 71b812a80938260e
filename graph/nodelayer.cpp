// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph/nodelayer.h"

#include <QtGui/QFontMetricsF>
#include <QtGui/QPainter>

#include <algorithm>
#include <array>
#include <cmath>

#include "graph/dirtytiles.h"

namespace mesh::graph {

using namespace Qt::StringLiterals;

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
constexpr double kDetailsFrom = 27; // radius from which a peer's summary, model, folder and figures are shown
constexpr double kNameRoom = 170;   // logical pixels
constexpr double kDetailRoom = 190;
constexpr double kGroupSize = 1.5; // a collapsed group beside a peer
constexpr double kGroupGap = 5;    // logical pixels between a collapsed group and whoever is beside it
constexpr double kLeastGroup = 10; // radius of one that has no room
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
    const double size = 1 + 0.3 * std::round(level * level * 5) / 5;
    return node.isGroup() ? size * (kGroupSize + std::min(0.5, std::log10(double(node.members)) * 0.25)) : size;
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
    return (emphasis.bright.contains(index) ? 400 : 0) + (node.isGroup() ? 350 : 0) + (node.waiting ? 300 : 0)
        + 100 * int(node.alarm) + (node.self ? 200 : 0) + (node.status == protocol::PeerStatus::Working ? 40 : 0)
        + 8 * std::min(8, int(std::log2(1 + double(node.traffic))));
}

} // namespace

bool NodeLayer::sync(const std::vector<GraphNode> &nodes, double worldRadius, bool hideFiltered, qint64 nowNs,
                     bool animate)
{
    m_placed.resize(nodes.size());
    m_movements.resize(nodes.size());
    m_worldRadius = worldRadius;
    bool started = false;
    bool othersThere = false;
    for (size_t i = 0; i < nodes.size(); ++i) {
        const GraphNode &node = nodes[i];
        PlacedNode &placed = m_placed[i];
        Movement &movement = m_movements[i];
        const bool was = placed.there;
        const bool newcomer = !was || movement.generation != node.generation;
        placed.there = !node.key.isEmpty() && !node.folded && (node.matches || !hideFiltered);
        if (!placed.there) {
            othersThere = othersThere || (was && !node.key.isEmpty());
            if (node.key.isEmpty())
                movement = {};
            continue;
        }
        othersThere = othersThere || (!was && movement.generation == node.generation && node.generation > 0);
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
    return othersThere;
}

QStringList NodeLayer::detailsOf(const GraphNode &node, SpriteAtlas &atlas)
{
    QStringList lines;
    const auto add = [&](const QString &line) {
        if (!line.isEmpty())
            lines << atlas.elided(line, SpriteAtlas::Text::Detail, kDetailRoom);
    };
    add(node.summary);
    QStringList where{node.model, node.cwd.section(u'/', -2)};
    where.removeAll(QString());
    add(where.join(u" · "_s));
    add(tr("%1 sent · %2 received").arg(node.sent).arg(node.received));
    if (node.context >= 0)
        add(tr("Context %1 % used").arg(int(std::lround(double(node.context) * 100))));
    return lines;
}

bool NodeLayer::advance(qint64 nowNs)
{
    if (!m_moving)
        return false;
    const double passed = double(nowNs - m_moveStartNs) / 1e6 / kMoveMs;
    const double t = passed < 0 ? 1 : passed; // a clock that was set back
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

bool NodeLayer::setKeepOut(const QList<QRectF> &rects)
{
    if (rects == m_keepOut)
        return false;
    m_keepOut = rects;
    return true;
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
    for (size_t i = 0; i < m_placed.size() && i < nodes.size(); ++i) {
        if (m_placed[i].visible && nodes[i].isGroup())
            fitIn(int(i));
    }
    placeLabels(nodes, emphasis, atlas);
    m_pictureStale = true;
}

// A collapsed group is larger than a peer; in a narrow sector it must not lie over its neighbours.
void NodeLayer::fitIn(int index)
{
    PlacedNode &placed = m_placed[size_t(index)];
    double room = placed.radius;
    for (int dx = -2; dx <= 2; ++dx) {
        for (int dy = -2; dy <= 2; ++dy) {
            const auto cell = m_cells.constFind(cellOf(placed.view.x() + dx * kCell, placed.view.y() + dy * kCell));
            if (cell == m_cells.cend())
                continue;
            for (const int other : *cell) {
                if (other == index)
                    continue;
                const QPointF way = m_placed[size_t(other)].view - placed.view;
                room =
                    std::min(room, std::hypot(way.x(), way.y()) - double(m_placed[size_t(other)].radius) - kGroupGap);
            }
        }
    }
    placed.radius = float(std::max(room, std::min<double>(placed.radius, kLeastGroup)));
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
    const auto before = [&nodes](const auto &a, const auto &b) {
        return a.first != b.first ? a.first > b.first : nodes[size_t(a.second)].key < nodes[size_t(b.second)].key;
    };
    if (order.size() > kMostLabelsTried) {
        std::nth_element(order.begin(), order.begin() + kMostLabelsTried, order.end(), before);
        m_labelsHidden += int(order.size()) - kMostLabelsTried;
        order.resize(kMostLabelsTried);
    }
    m_labelsTried = int(order.size());
    std::sort(order.begin(), order.end(), before);

    const QRectF inside(QPointF(), m_viewport);
    const double height = QFontMetricsF(atlas.font(SpriteAtlas::Text::Label)).height();
    const double detailHeight = QFontMetricsF(atlas.font(SpriteAtlas::Text::Detail)).height();
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
    for (const QRectF &rect : std::as_const(m_keepOut))
        take(rect);
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
        const bool strong = index == emphasis.selected || index == emphasis.hovered || node.isGroup();
        const auto role = strong ? SpriteAtlas::Text::LabelStrong : SpriteAtlas::Text::Label;
        Label label{index, {}, atlas.elided(node.name, role, kNameRoom), strong, {}};
        if (placed.radius >= kDetailsFrom && !node.isGroup())
            label.details = detailsOf(node, atlas);
        const double rings = placed.radius >= kInitialsFrom && node.groups.size() > 1
            ? 3 + 2.8 * double(std::min<qsizetype>(3, node.groups.size() - 1))
            : 0;
        const double gap = placed.radius + (placed.radius >= kInitialsFrom ? 6.5 : 3) + rings;
        const QPointF c = placed.view;
        const auto tryToPlace = [&](double width, double height) {
            const std::array<QRectF, 4> places{QRectF(c.x() - width / 2, c.y() + gap, width, height),
                                               QRectF(c.x() - width / 2, c.y() - gap - height, width, height),
                                               QRectF(c.x() + gap, c.y() - height / 2, width, height),
                                               QRectF(c.x() - gap - width, c.y() - height / 2, width, height)};
            // A label that the edge of the view would cut is as good as none, but for a peer that is cut itself.
            for (const QRectF &place : places) {
                if (isFree(place) && (inside.contains(place) || !inside.contains(c))) {
                    label.rect = place;
                    return true;
                }
            }
            label.rect = places[0];
            return false;
        };
        const double nameWidth = atlas.textWidth(label.name, role);
        bool free = false;
        // With all its details, else with fewer, at last with the name alone.
        while (!free && !label.details.isEmpty()) {
            double width = nameWidth;
            for (const QString &line : std::as_const(label.details))
                width = std::max(width, atlas.textWidth(line, SpriteAtlas::Text::Detail));
            free = tryToPlace(width, height + detailHeight * double(label.details.size()));
            if (!free)
                label.details.removeLast();
        }
        if (!free && !tryToPlace(nameWidth, height) && index != emphasis.selected && index != emphasis.hovered) {
            ++m_labelsHidden;
            continue;
        }
        take(label.rect);
        m_labels.push_back(label);
    }
}

void NodeLayer::paintDirect(QPainter &painter, const std::vector<GraphNode> &nodes, const Emphasis &emphasis,
                            SpriteAtlas &atlas) const
{
    const auto opacityOf = [&](int index) {
        const GraphNode &node = nodes[size_t(index)];
        const double presence = presenceOpacity(node);
        const bool bright = node.matches && (emphasis.bright.isEmpty() || emphasis.bright.contains(index));
        return bright ? presence : std::min(presence, kDimmed);
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
        const bool detailed = r >= kInitialsFrom;
        const int further = detailed ? int(node.groups.size()) - 1 : 0;
        if (node.waiting)
            atlas.put(painter, atlas.glow(r), placed.view);
        if (node.isGroup()) {
            atlas.put(painter, atlas.groupBody(node.memberStatus, node.waiting, r), placed.view);
        } else {
            if (node.context >= 0 && r >= kArcsFrom)
                atlas.put(painter, atlas.contextArc(double(node.context), r), placed.view);
            atlas.put(painter, atlas.body(node.kind, node.status, node.waiting, r), placed.view);
            if (further > 0)
                atlas.put(painter, atlas.groupRings(further, r), placed.view);
        }
        if (detailed)
            atlas.put(painter, atlas.text(node.initials, SpriteAtlas::Text::Initials, r), placed.view);
        if (node.alarm != items::GraphAlarm::None)
            atlas.put(painter, atlas.alarmMark(node.alarm, detailed), placed.view + QPointF(-r * 0.74, -r * 0.74));
        if (node.pinned && detailed)
            atlas.put(painter, atlas.pinMark(), placed.view + QPointF(r * 0.72, -r * 0.72));
        if (int(i) == emphasis.selected)
            atlas.put(painter, atlas.selectionRing(r, further), placed.view);
    }
    const double nameHeight = QFontMetricsF(atlas.font(SpriteAtlas::Text::Label)).height();
    const double detailHeight = QFontMetricsF(atlas.font(SpriteAtlas::Text::Detail)).height();
    for (const Label &label : m_labels) {
        useOpacity(opacityOf(label.node));
        const auto role = label.strong ? SpriteAtlas::Text::LabelStrong : SpriteAtlas::Text::Label;
        QPointF at(label.rect.center().x(), label.rect.top() + nameHeight / 2);
        atlas.put(painter, atlas.text(label.name, role), at);
        at.ry() += (nameHeight + detailHeight) / 2;
        for (const QString &line : label.details) {
            atlas.put(painter, atlas.text(line, SpriteAtlas::Text::Detail), at);
            at.ry() += detailHeight;
        }
    }
    painter.setOpacity(1);
}

void NodeLayer::paint(QPainter &painter, const std::vector<GraphNode> &nodes, const Emphasis &emphasis,
                      SpriteAtlas &atlas)
{
    if (!atlas.keepsPixmaps()) {
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
        findPainted();
    }
    for (const QRect &part : m_painted)
        painter.drawImage(QPointF(part.topLeft()) / ratio, m_picture, part);
}

void NodeLayer::paintPart(QPainter &painter, const QRegion &part, const SpriteAtlas &atlas) const
{
    const qreal ratio = atlas.devicePixelRatio();
    const QTransform toPixels = QTransform::fromScale(ratio, ratio);
    for (const QRect &rect : m_painted.intersected(toPixels.map(part)))
        painter.drawImage(QPointF(rect.topLeft()) / ratio, m_picture, rect);
}

// Most of the picture is empty, and copying that would cost more than all that moves.
void NodeLayer::findPainted()
{
    constexpr int kSquare = DirtyTiles::kTile;
    const QImage &picture = m_picture;
    DirtyTiles painted;
    painted.reset(picture.size());
    for (int top = 0; top < picture.height(); top += kSquare) {
        const int bottom = std::min(top + kSquare, picture.height());
        for (int left = 0; left < picture.width(); left += kSquare) {
            const int width = std::min(kSquare, picture.width() - left);
            bool empty = true;
            for (int y = top; empty && y < bottom; ++y) {
                const auto *row = reinterpret_cast<const QRgb *>(picture.constScanLine(y)) + left;
                empty = std::all_of(row, row + width, [](QRgb pixel) { return pixel == 0; });
            }
            if (!empty)
                painted.mark(QRectF(left, top, 1, 1));
        }
    }
    m_painted = painted.region() & picture.rect();
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

QRectF NodeLayer::boxOf(int index) const
{
    if (index < 0 || size_t(index) >= m_placed.size() || !m_placed[size_t(index)].visible)
        return {};
    const PlacedNode &placed = m_placed[size_t(index)];
    QRectF box(placed.view.x() - placed.radius, placed.view.y() - placed.radius, 2 * placed.radius, 2 * placed.radius);
    for (const Label &label : m_labels) {
        if (label.node == index)
            box |= label.rect;
    }
    return box;
}

QList<QRectF> NodeLayer::labelRects() const
{
    QList<QRectF> rects;
    for (const Label &label : m_labels)
        rects.append(label.rect);
    return rects;
}

} // namespace mesh::graph
