// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph/dotlayer.h"

#include <QtGui/QPainter>

#include "graph/overlay.h"

namespace mesh::graph {

using items::GraphPulse;
using items::GraphTarget;

namespace {

constexpr double kOutside = 12;     // half a dot that is just out of sight
constexpr double kCountAbove = -14; // from a dot's middle to that of its number

quint8 lookOf(const GraphPulse &pulse, bool several)
{
    return quint8(((int(pulse.priority) & 3) << 5) | ((int(pulse.mark) & 3) << 3) | ((int(pulse.outcome) & 3) << 1)
                  | int(several));
}

QString countOf(const GraphPulse &pulse)
{
    if (pulse.target != GraphTarget::Node && pulse.recipients > 0)
        return Overlay::broadcastCount(pulse.messages, pulse.recipients);
    return pulse.messages > 1 ? Overlay::burstCount(pulse.messages) : QString();
}

} // namespace

void DotLayer::clear(QSizeF viewport)
{
    m_view = QRectF(QPointF(), viewport).adjusted(-kOutside, -kOutside, kOutside, kOutside);
    m_dots.clear();
    m_hasLook.fill(false);
    m_counts.clear();
    m_tiles.reset(viewport);
}

void DotLayer::add(const GraphPulse &pulse, QPointF at, double opacity, SpriteAtlas &atlas)
{
    if (!m_view.contains(at))
        return;
    const bool several = pulse.messages > 1 || pulse.target != GraphTarget::Node;
    Dot dot{at, opacity, lookOf(pulse, several), -1};
    if (!std::exchange(m_hasLook[dot.look], true))
        m_looks[dot.look] = atlas.dot(pulse.priority, several, pulse.mark, pulse.outcome);
    cover(m_looks[dot.look], at, atlas);
    if (several && int(m_counts.size()) < kMostCounts) {
        if (const QString count = countOf(pulse); !count.isEmpty()) {
            dot.count = int(m_counts.size());
            m_counts.push_back(atlas.text(count, SpriteAtlas::Text::Count));
            cover(m_counts.back(), at + QPointF(0, kCountAbove), atlas);
        }
    }
    m_dots.push_back(dot);
}

void DotLayer::cover(const Sprite &sprite, QPointF at, const SpriteAtlas &atlas)
{
    const QSizeF half = QSizeF(sprite.pixmap.size()) / atlas.devicePixelRatio() / 2 + QSizeF(1, 1);
    m_tiles.mark(QRectF(at.x() - half.width(), at.y() - half.height(), 2 * half.width(), 2 * half.height()));
}

void DotLayer::paint(QPainter &painter, const SpriteAtlas &atlas) const
{
    double opacity = 1;
    for (const Dot &dot : m_dots) {
        if (dot.opacity != opacity)
            painter.setOpacity(opacity = dot.opacity);
        atlas.put(painter, m_looks[dot.look], dot.at);
        if (dot.count >= 0)
            atlas.put(painter, m_counts[size_t(dot.count)], dot.at + QPointF(0, kCountAbove));
    }
    painter.setOpacity(1);
}

} // namespace mesh::graph
