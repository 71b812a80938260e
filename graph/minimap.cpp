// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph/minimap.h"

#include <QtGui/QPainter>

#include <cmath>
#include <cstdlib>
#include <numbers>

namespace mesh::graph {

namespace {
constexpr double kMapSide = 132;
constexpr double kMapMargin = 14;
constexpr double kMapBottom = 44; // clear of the legend's line
constexpr double kMapInset = 10;
constexpr double kMapLeastView = 380;
constexpr qint64 kMapEveryMs = 500;
} // namespace

bool Minimap::isShown(const GraphCamera &camera)
{
    return camera.zoom >= kShownFrom && camera.viewport.width() >= kMapLeastView
        && camera.viewport.height() >= kMapLeastView;
}

QRectF Minimap::rect(const GraphCamera &camera)
{
    return {camera.viewport.width() - kMapMargin - kMapSide, camera.viewport.height() - kMapBottom - kMapSide, kMapSide,
            kMapSide};
}

QPointF Minimap::toWorld(const GraphCamera &camera, QPointF view)
{
    const QRectF map = rect(camera);
    return (view - map.center()) / (kMapSide / 2 - kMapInset);
}

void Minimap::paint(QPainter &painter, const GraphCamera &camera, const items::GraphModel &model,
                    const std::vector<PlacedNode> &placed, qint64 nowMs, SpriteAtlas &atlas)
{
    const GraphStyle &style = atlas.style();
    const double scale = kMapSide / 2 - kMapInset;
    const qreal ratio = atlas.devicePixelRatio();
    const QSize size = (QSizeF(kMapSide, kMapSide) * ratio).toSize();
    if (m_picture.size() != size || (m_stale && std::llabs(nowMs - m_madeAtMs) >= kMapEveryMs)) {
        m_stale = false;
        m_madeAtMs = nowMs;
        m_picture = QPixmap(size);
        m_picture.setDevicePixelRatio(ratio);
        m_picture.fill(Qt::transparent);
        QPainter picture(&m_picture);
        picture.setRenderHint(QPainter::Antialiasing);
        picture.setPen(QPen(style.line, 1));
        picture.setBrush(withAlpha(style.panel, 0.92));
        picture.drawRoundedRect(QRectF(0.5, 0.5, kMapSide - 1, kMapSide - 1), 7, 7);
        picture.translate(kMapSide / 2, kMapSide / 2);
        picture.setBrush(Qt::NoBrush);
        picture.setPen(QPen(style.line, 2.5));
        const QRectF circle(-scale, -scale, 2 * scale, 2 * scale);
        for (const items::GraphLayout::Sector &sector : model.layout().sectors()) {
            constexpr double kSixteenths = 180 * 16 / std::numbers::pi;
            picture.drawArc(circle, -int(sector.startAngle * kSixteenths), -int(sector.span * kSixteenths));
        }
        picture.setPen(Qt::NoPen);
        const std::vector<items::GraphNode> &nodes = model.nodes();
        const double r = nodes.size() > 400 ? 0.8 : 1.7;
        for (size_t i = 0; i < placed.size() && i < nodes.size(); ++i) {
            if (!placed[i].there)
                continue;
            picture.setBrush(nodes[i].waiting ? style.now : style.status(nodes[i].status));
            picture.drawEllipse(placed[i].world * scale, r, r);
        }
    }
    const QRectF map = rect(camera);
    painter.drawPixmap(map.topLeft(), m_picture);
    const QPointF topLeft = camera.toWorld({}) * scale + map.center();
    const QPointF bottomRight =
        camera.toWorld({camera.viewport.width(), camera.viewport.height()}) * scale + map.center();
    const QRectF part = QRectF(topLeft, bottomRight).intersected(map.adjusted(2, 2, -2, -2));
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(style.accent, 1.25));
    painter.setBrush(withAlpha(style.accent, 0.10));
    painter.drawRoundedRect(part, 2, 2);
    painter.setRenderHint(QPainter::Antialiasing, false);
}

} // namespace mesh::graph
