// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph/backgroundlayer.h"

#include <QtGui/QFontMetricsF>
#include <QtGui/QPainter>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace mesh::graph {

namespace {

constexpr double kDotSpacing = 7;        // logical pixels between the dots of a ring
constexpr double kMostRingRadius = 4000; // beyond it a ring is a straight line nobody reads
constexpr int kMostRings = 2;            // with many rows only the first and the last are drawn
constexpr double kLabelGap = 9;          // pixels between an arc and its name

double degrees(double radians)
{
    return radians * 180 / std::numbers::pi;
}

} // namespace

double BackgroundLayer::arcWidth(const GraphCamera &camera)
{
    return std::clamp(camera.scale() * 0.036, 4.0, 16.0);
}

BackgroundLayer::Arc BackgroundLayer::arcOf(const GraphCamera &camera, const items::GraphLayout::Sector &sector)
{
    const double r = camera.scale();
    const QPointF c = camera.toView({});
    // QPainter counts counter-clockwise.
    return {QRectF(c.x() - r, c.y() - r, 2 * r, 2 * r), -int(std::lround(degrees(sector.startAngle) * 16)),
            -int(std::lround(degrees(sector.span) * 16))};
}

void BackgroundLayer::paint(QPainter &painter, const GraphCamera &camera, const items::GraphLayout &layout,
                            SpriteAtlas &atlas)
{
    if (!atlas.keepsPixmaps()) {
        painter.fillRect(QRectF(QPointF(), camera.viewport), atlas.style().background);
        draw(painter, camera, layout, atlas);
        return;
    }
    const qreal ratio = atlas.devicePixelRatio();
    const QSize size = (camera.viewport * ratio).toSize();
    if (m_stale || m_picture.size() != size || camera != m_camera || looksOther(layout)) {
        if (m_picture.size() != size)
            m_picture = QImage(size, QImage::Format_RGB32);
        m_picture.setDevicePixelRatio(ratio);
        m_picture.fill(atlas.style().background);
        QPainter picture(&m_picture);
        picture.setRenderHint(QPainter::Antialiasing);
        draw(picture, camera, layout, atlas);
        m_camera = camera;
        m_generation = layout.generation();
        m_shown.clear();
        for (const items::GraphLayout::Sector &sector : layout.sectors())
            m_shown.push_back({sector.group, sector.startAngle, sector.span, sector.occupied > 0});
        m_stale = false;
    }
    painter.drawImage(QPointF(), m_picture);
}

void BackgroundLayer::setLegend(const QRectF &rect)
{
    m_stale = m_stale || rect != m_legend;
    m_legend = rect;
}

bool BackgroundLayer::looksOther(const items::GraphLayout &layout) const
{
    const auto same = [](const ShownSector &shown, const items::GraphLayout::Sector &sector) {
        return shown.group == sector.group && shown.startAngle == sector.startAngle && shown.span == sector.span
            && shown.inUse == (sector.occupied > 0);
    };
    return layout.generation() != m_generation
        || !std::equal(m_shown.cbegin(), m_shown.cend(), layout.sectors().cbegin(), layout.sectors().cend(), same);
}

void BackgroundLayer::setLit(const QStringList &groups)
{
    m_stale = m_stale || groups != m_lit;
    m_lit = groups;
}

QString BackgroundLayer::groupAt(QPointF view, const items::GraphLayout &layout) const
{
    for (const Name &name : m_names) {
        if (name.rect.contains(view))
            return name.group;
    }
    const QPointF world = m_camera.toWorld(view);
    const double reach = (arcWidth(m_camera) / 2 + 3) / m_camera.scale();
    if (std::abs(std::hypot(world.x(), world.y()) - items::GraphLayout::kArcRadius) > reach)
        return {};
    constexpr double kTurnRadians = 2 * std::numbers::pi;
    for (const items::GraphLayout::Sector &sector : layout.sectors()) {
        const double turns = (std::atan2(world.y(), world.x()) - sector.startAngle) / kTurnRadians;
        if ((turns - std::floor(turns)) * kTurnRadians <= sector.span)
            return sector.group;
    }
    return {};
}

void BackgroundLayer::draw(QPainter &painter, const GraphCamera &camera, const items::GraphLayout &layout,
                           SpriteAtlas &atlas)
{
    m_camera = camera;
    const GraphStyle &style = atlas.style();
    const QPointF centre = camera.toView({});
    const QRectF view(QPointF(), camera.viewport);

    // Orbit rings: dots of one size at even steps.
    const std::vector<double> &rows = layout.rows();
    QList<double> rings;
    if (layout.size() > 0) {
        if (rows.size() <= 3) // two rows and their overflow row
            rings =
                QList<double>(rows.cbegin(), rows.cbegin() + std::min<qsizetype>(qsizetype(rows.size()), kMostRings));
        else
            rings = {rows.front(), rows[rows.size() - 2]};
    }
    painter.setPen(Qt::NoPen);
    painter.setBrush(withAlpha(mixed(style.line, style.text3, 0.35), 0.75));
    for (const double ring : std::as_const(rings)) {
        const double r = ring * camera.scale();
        if (r > kMostRingRadius)
            continue;
        const int dots = std::max(24, int(2 * std::numbers::pi * r / kDotSpacing));
        for (int i = 0; i < dots; ++i) {
            const double angle = 2 * std::numbers::pi * i / dots;
            const QPointF at = centre + QPointF(std::cos(angle), std::sin(angle)) * r;
            if (view.contains(at))
                painter.drawEllipse(at, 0.8, 0.8);
        }
    }

    painter.setBrush(Qt::NoBrush);
    for (const items::GraphLayout::Sector &sector : layout.sectors()) {
        const Arc arc = arcOf(camera, sector);
        const bool named = !sector.group.isEmpty();
        const double strength = named ? (sector.occupied > 0 ? 1.0 : 0.5) : 0.4;
        const QColor ink = named && m_lit.contains(sector.group) ? mixed(style.line, style.text2, 0.55) : style.line;
        painter.setPen(QPen(withAlpha(ink, strength), arcWidth(camera), Qt::SolidLine, Qt::RoundCap));
        painter.drawArc(arc.rect, arc.start16, arc.span16);
    }

    // Names outside the arcs; where there is no room for all, the larger groups have theirs.
    std::vector<const items::GraphLayout::Sector *> order;
    for (const items::GraphLayout::Sector &sector : layout.sectors()) {
        if (!sector.group.isEmpty())
            order.push_back(&sector);
    }
    std::stable_sort(order.begin(), order.end(),
                     [](const auto *a, const auto *b) { return a->occupied > b->occupied; });
    m_names.clear();
    const QFontMetricsF metrics(atlas.font(SpriteAtlas::Text::Group));
    QList<QRectF> taken{m_legend.adjusted(-8, -4, 8, 4)};
    for (const items::GraphLayout::Sector *sector : order) {
        const QString room = metrics.elidedText(u'@' + sector->group, Qt::ElideRight, 150);
        const double width = metrics.horizontalAdvance(room);
        const double height = metrics.height();
        const double distance = camera.scale() + arcWidth(camera) / 2 + kLabelGap;
        QRectF rect;
        bool covered = true;
        for (const double along : {0.5, 0.3, 0.7, 0.1, 0.9}) { // the middle of the arc is best
            const double angle = sector->startAngle + sector->span * along;
            const QPointF outward(std::cos(angle), std::sin(angle));
            // The point of the text's box that is nearest to the arc touches it.
            const QPointF at = centre + outward * distance + QPointF(outward.x() * width / 2, outward.y() * height / 2);
            rect = QRectF(at.x() - width / 2, at.y() - height / 2, width, height);
            if (camera.zoom <= 1.0001) { // when everything is meant to fit, names stay inside
                rect.moveLeft(std::clamp(rect.left(), 4.0, std::max(4.0, view.right() - width - 4)));
                rect.moveTop(std::clamp(rect.top(), 2.0, std::max(2.0, view.bottom() - height - 2)));
            }
            covered = std::any_of(taken.cbegin(), taken.cend(), [&](const QRectF &r) { return r.intersects(rect); });
            if (!covered)
                break;
        }
        if (covered || !view.intersects(rect))
            continue;
        taken.append(rect.adjusted(-6, -2, 6, 2));
        m_names.append({sector->group, rect});
        atlas.put(painter, atlas.text(room, SpriteAtlas::Text::Group), rect.center());
    }
}

} // namespace mesh::graph
