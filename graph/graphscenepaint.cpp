// SPDX-License-Identifier: GPL-3.0-or-later
// The painting half of GraphScene.
#include "graph/graphscene.h"

#include <QtCore/QElapsedTimer>
#include <QtGui/QPainter>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

#include "graph/frameclock.h"

using namespace Qt::StringLiterals;

namespace mesh::graph {

using items::GraphNode;
using items::GraphTarget;

namespace {

constexpr double kDimmedTrails = 0.22;
constexpr std::size_t kMostHoverEdges = 64;
constexpr double kRippleMs = 700;
constexpr double kCentreRoom = 0.56; // of the inner row's radius, for the name
constexpr double kNameZoomLimit = 4; // nearer than that the middle is empty space

// Adds the time it lives to a figure in milliseconds.
class Lap final
{
public:
    explicit Lap(double &sum)
        : m_sum(sum)
    {
        m_timer.start();
    }
    ~Lap() { m_sum += double(m_timer.nsecsElapsed()) / 1e6; }
    Q_DISABLE_COPY_MOVE(Lap)

private:
    double &m_sum;
    QElapsedTimer m_timer;
};

// A soft arc of many pixels' width goes through Qt's scan converter, 1.5 ms for one around the whole graph; lines of
// one device pixel have a stroker of their own that is twenty times as fast. So a ring is drawn as lines side by side.
void drawRing(QPainter &painter, const QRectF &rect, int start16, int span16, double width, const QColor &color,
              qreal ratio)
{
    const int lines = std::max(1, int(std::lround(width * ratio)));
    const double step = width / lines;
    painter.setPen(QPen(color, 1 / ratio));
    for (int i = 0; i < lines; ++i) {
        const double out = step * (i + 0.5) - width / 2;
        painter.drawArc(rect.adjusted(-out, -out, out, out), start16, span16);
    }
}

} // namespace

void GraphScene::paintTrails(QPainter &painter)
{
    if (m_atlas.isVector()) {
        painter.setRenderHint(QPainter::Antialiasing);
        std::vector<EdgeStroke> strokes;
        EdgeCurve curve;
        for (const LivePulse &live : m_pulses.trails()) {
            const double left = TrailFade::remaining(double(m_fadedUntilNs - live.startNs) / 1e6);
            if (left > 0.01 && curveOf(live.pulse, m_camera, curve))
                addStrokes(live, curve, left, strokes);
        }
        for (EdgeStroke &stroke : strokes) { // one path for each, so of one strength
            stroke.alphaFrom = stroke.alphaTo = (stroke.alphaFrom + stroke.alphaTo) / 2;
            EdgeRaster::drawReference(painter, stroke);
        }
        return;
    }
    const TrailLayer &layer = m_worker.layer();
    if (layer.isEmpty() || layer.front().isNull())
        return;
    if (!m_emphasis.bright.isEmpty())
        painter.setOpacity(kDimmedTrails);
    const QRect part = layer.activeRect();
    const QRectF place(QPointF(part.topLeft()) / m_ratio, QSizeF(part.size()) / m_ratio);
    if (m_layerCamera == m_camera) {
        if (qFuzzyCompare(m_ratio, 1.0))
            painter.drawImage(part.topLeft(), layer.front(), part);
        else
            painter.drawImage(place, layer.front(), part);
    } else {
        // The camera has moved on: the old picture, moved and scaled, until the new one is there.
        const double scale = m_camera.scale() / m_layerCamera.scale();
        const QPointF origin = m_camera.toView({}) - m_layerCamera.toView({}) * scale;
        painter.drawImage(QRectF(origin + place.topLeft() * scale, place.size() * scale), layer.front(), part);
    }
    painter.setOpacity(1);
}

void GraphScene::paintLitEdges(QPainter &painter)
{
    const bool hovered = m_emphasis.hovered >= 0 && m_emphasis.bright.size() > 1;
    if (!hovered && m_hoveredEdge.isEmpty() && m_selectedEdge.isEmpty()) {
        m_hoverStale = false;
        return;
    }
    const auto widened = [this](const EdgeCurve &curve, double width, const QColor &color, float alpha) {
        return EdgeStroke{{curve.from * m_ratio, curve.control * m_ratio, curve.to * m_ratio},
                          float(width * m_ratio),
                          color.rgb(),
                          alpha,
                          alpha};
    };
    std::vector<EdgeStroke> strokes;
    EdgeCurve curve;
    if (m_hoverStale || m_atlas.isVector()) {
        const auto &placed = m_nodes.placed();
        for (const int other : std::as_const(m_emphasis.bright)) {
            if (!hovered || other < 0 || other == m_emphasis.hovered || !placed[size_t(other)].there
                || strokes.size() >= kMostHoverEdges)
                continue;
            curve = EdgeCurve::between(placed[size_t(m_emphasis.hovered)].view, placed[size_t(other)].view,
                                       m_camera.toView({}));
            strokes.push_back(widened(curve, 1.4, m_style.text2, 0.75F));
        }
        if (curveOf(m_hoveredEdge, curve))
            strokes.push_back(widened(curve, 2.2, m_style.text1, 0.9F));
        if (curveOf(m_selectedEdge, curve))
            strokes.push_back(widened(curve, 2.2, m_style.accent, 0.95F));
    }
    if (m_atlas.isVector()) {
        for (const EdgeStroke &stroke : strokes)
            EdgeRaster::drawReference(painter, stroke);
        return;
    }
    if (m_hoverStale) {
        m_hoverStale = false;
        const QSize size = (m_camera.viewport * m_ratio).toSize();
        if (m_hoverPicture.size() != size)
            m_hoverPicture = QImage(size, QImage::Format_ARGB32_Premultiplied);
        m_hoverPicture.setDevicePixelRatio(m_ratio);
        m_hoverPicture.fill(Qt::transparent);
        const PixelView view{reinterpret_cast<quint32 *>(m_hoverPicture.bits()), m_hoverPicture.bytesPerLine() / 4,
                             size.width(), size.height()};
        for (const EdgeStroke &stroke : strokes)
            m_hoverRaster.draw(view, stroke);
    }
    painter.drawImage(QPointF(), m_hoverPicture);
}

void GraphScene::paintFailures(QPainter &painter, qint64 nowNs)
{
    EdgeCurve curve;
    for (const LivePulse &failure : m_failures) {
        if (!curveOf(failure.pulse, m_camera, curve))
            continue;
        const double ageMs = double(nowNs - failure.startNs) / 1e6;
        if (ageMs < Pulses::kTravelMs && !m_reducedMotion)
            continue; // its dot is still under way
        painter.setOpacity(std::max(0.15, TrailFade::remaining(ageMs)));
        m_atlas.put(painter, m_atlas.dot(failure.pulse.priority, false, failure.pulse.mark, failure.pulse.outcome),
                    curve.at(reachOf(failure.pulse)));
    }
    painter.setOpacity(1);
}

void GraphScene::paintRipples(QPainter &painter)
{
    if (m_rings.empty())
        return;
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setBrush(Qt::NoBrush);
    for (const Ring &ring : m_rings)
        drawRing(painter, ring.ellipse, ring.start16, ring.span16, ring.width, ring.color, m_ratio);
    painter.setRenderHint(QPainter::Antialiasing, false);
}

void GraphScene::ensurePlaced()
{
    if (!std::exchange(m_placeStale, false))
        return;
    const Lap lap(m_cost.nodes);
    m_peersStale = false;
    static const std::vector<GraphNode> nobody;
    m_nodes.place(m_model ? m_model->nodes() : nobody, m_camera, m_emphasis, m_atlas);
}

void GraphScene::placeMoving(qint64 nowNs)
{
    const Lap lap(m_cost.dots = 0);
    m_dots.clear(m_camera.viewport);
    m_rings.clear();
    const double opacity = m_emphasis.bright.isEmpty() ? 1 : kDimmedTrails;
    EdgeCurve curve;
    for (const LivePulse &dot : m_pulses.dots()) {
        if (!curveOf(dot.pulse, m_camera, curve))
            continue;
        const double progress = m_reducedMotion ? 0.5 : Pulses::progress(dot.startNs, nowNs);
        m_dots.add(dot.pulse, curve.at(progress * reachOf(dot.pulse)),
                   concernsShown(dot.pulse) ? opacity : std::min(opacity, kDimmedTrails), m_atlas);
    }
    const auto &sectors = m_model->layout().sectors();
    for (const Ripple &ripple : m_ripples) {
        const GraphPulse &pulse = ripple.pulse.pulse;
        const double t = std::clamp(double(nowNs - ripple.startNs) / 1e6 / kRippleMs, 0.0, 1.0);
        Ring ring;
        ring.color = withAlpha(m_style.priority(pulse.priority), 0.55 * (1 - t));
        if (pulse.target == GraphTarget::Group) {
            if (pulse.to < 0 || size_t(pulse.to) >= sectors.size())
                continue;
            const BackgroundLayer::Arc arc = BackgroundLayer::arcOf(m_camera, sectors[size_t(pulse.to)]);
            ring.ellipse = arc.rect;
            ring.start16 = arc.start16;
            ring.span16 = arc.span16;
            ring.width = BackgroundLayer::arcWidth(m_camera);
        } else {
            const double radius = m_camera.scale() * (0.06 + 0.9 * (1 - (1 - t) * (1 - t)));
            const QPointF centre = m_camera.toView({});
            ring.ellipse = QRectF(centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius);
            ring.span16 = 360 * 16;
            ring.width = 1.5;
        }
        m_dots.tiles().markArc(ring.ellipse, ring.start16, ring.span16, ring.width);
        m_rings.push_back(ring);
    }
}

QRegion GraphScene::movedRegion() const
{
    DirtyTiles tiles = m_shownTiles;
    tiles.unite(m_dots.tiles());
    return tiles.region();
}

void GraphScene::paintFocusFrame(QPainter &painter) const
{
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(m_style.accent, 1));
    painter.drawRect(QRectF(QPointF(0.5, 0.5), m_camera.viewport - QSizeF(1, 1)));
}

void GraphScene::paint(QPainter &painter, qint64 nowNs, qint64 nowMs)
{
    m_cost = {0, 0, 0, 0, 0, m_cost.worker};
    m_paintedMs = nowMs;
    if (!m_model || m_model->isEmpty()) {
        const Lap lap(m_cost.background);
        painter.fillRect(QRectF(QPointF(), m_camera.viewport), m_style.background);
        m_overlay.paintEmpty(painter, m_camera.viewport, m_atlas);
        m_below = {};
        return;
    }
    if (m_atlas.isVector())
        m_fadedUntilNs = nowNs;
    if (!m_atlas.keepsPixmaps())
        painter.setRenderHint(QPainter::Antialiasing);
    m_overlay.placeLegend(m_camera.viewport, m_legendAll, m_atlas);
    m_background.setLegend(m_overlay.legendRect());
    QList<QRectF> keepOut{m_overlay.legendRect()};
    if (minimapShown() && m_atlas.keepsPixmaps())
        keepOut << Minimap::rect(m_camera);
    m_placeStale = m_nodes.setKeepOut(keepOut) || m_placeStale;
    takeReports(nowNs);
    const bool keepBelow = canPaintMoved();
    ensurePlaced();
    placeMoving(nowNs);
    if (!m_atlas.keepsPixmaps()) {
        paintBelow(painter, nowNs);
    } else {
        if (!keepBelow) {
            m_belowStale = false;
            const QSize size = (m_camera.viewport * m_ratio).toSize();
            if (m_below.size() != size)
                m_below = QImage(size, QImage::Format_RGB32);
            m_below.setDevicePixelRatio(m_ratio);
            QPainter below(&m_below);
            paintBelow(below, nowNs);
        }
        const Lap lap(m_cost.background);
        painter.drawImage(QPointF(), m_below);
    }
    m_shownTiles = m_dots.tiles();
    paintMoving(painter);
    {
        const Lap lap(m_cost.nodes);
        m_nodes.paint(painter, m_model->nodes(), m_emphasis, m_atlas);
    }
    paintWords(painter);
}

bool GraphScene::canPaintMoved() const
{
    return !m_belowStale && !m_placeStale && !m_hoverStale && !m_background.isStale()
        && m_below.size() == (m_camera.viewport * m_ratio).toSize();
}

void GraphScene::paintMoved(QImage &window, const QRegion &part)
{
    m_cost = {0, 0, 0, m_cost.dots, 0, m_cost.worker};
    const QRegion pixels = QTransform::fromScale(m_ratio, m_ratio).map(part) & m_below.rect() & window.rect();
    {
        const Lap lap(m_cost.background);
        for (const QRect &at : pixels) {
            for (int y = at.top(); y <= at.bottom(); ++y) {
                const auto offset = qsizetype(at.left()) * 4;
                std::memcpy(window.scanLine(y) + offset, m_below.constScanLine(y) + offset, size_t(at.width()) * 4);
            }
        }
    }
    QPainter painter(&window);
    m_shownTiles = m_dots.tiles();
    paintMoving(painter);
    {
        const Lap lap(m_cost.nodes);
        m_nodes.paintPart(painter, part, m_atlas);
    }
    QRegion words;
    for (const QRectF &rect : chrome())
        words += rect.toAlignedRect();
    if (words &= part; !words.isEmpty()) {
        painter.setClipRegion(words);
        paintWords(painter);
    }
}

void GraphScene::paintBelow(QPainter &painter, qint64 nowNs)
{
    {
        const Lap lap(m_cost.background);
        m_background.paint(painter, m_camera, m_model->layout(), m_atlas);
    }
    {
        const Lap lap(m_cost.trails);
        paintTrails(painter);
        paintLitEdges(painter);
    }
    const Lap lap(m_cost.overlay);
    if (m_camera.zoom < kNameZoomLimit) {
        const double room = std::max(120.0, m_camera.scale() * m_model->layout().rows().back() * 2 * kCentreRoom * 1.6);
        m_overlay.paintCentre(painter, m_camera.toView({}), room, *m_model, m_paintedMs, m_atlas);
    }
    paintFailures(painter, nowNs);
}

void GraphScene::paintMoving(QPainter &painter)
{
    const Lap lap(m_cost.dots);
    paintRipples(painter);
    m_dots.paint(painter, m_atlas); // below the peers: a dot comes out from under its sender
}

void GraphScene::paintWords(QPainter &painter)
{
    const Lap lap(m_cost.overlay);
    m_overlay.paintLegend(painter, m_atlas);
    m_overlay.paintHonesty(painter, m_camera.viewport, honesty(), m_paintedMs, m_atlas);
    if (minimapShown() && m_atlas.keepsPixmaps()) // it is a control, not part of a saved picture
        m_minimap.paint(painter, m_camera, *m_model, m_nodes.placed(), m_paintedMs, m_atlas);
    const GraphNode *followed = m_following ? m_model->node(m_selected) : nullptr;
    const QString note = !m_note.isEmpty() ? m_note : followed ? Overlay::followingText(followed->name) : QString();
    m_overlay.paintNote(painter, m_camera.viewport, note, m_atlas);
}

} // namespace mesh::graph
