// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph/graphscene.h"

#include <algorithm>
#include <cmath>
#include <utility>

using namespace Qt::StringLiterals;

namespace mesh::graph {

using items::GraphNode;
using items::GraphPulse;
using items::GraphTarget;

namespace {

constexpr qint64 kMs = 1'000'000;
constexpr qint64 kQuietNs = 70 * kMs;         // trails are drawn again when pan, zoom or a drag rests this long
constexpr qint64 kFadeStepNs = 30 * kMs;      // with nothing new, fading 30 times a second looks the same as 60
constexpr qint64 kReducedStepNs = 2000 * kMs; // reduced motion: four steps
constexpr qint64 kRippleNs = 700 * kMs;
constexpr std::size_t kMostRipples = 6;
constexpr int kReducedRate = 10;
constexpr int kTrailRate = 30;
constexpr float kAlphaFrom = 0.36F; // an edge is brighter where it arrives
constexpr float kAlphaTo = 0.90F;
constexpr double kWidth = 1.5;
constexpr double kWidthNow = 1.9;
constexpr double kRevealMargin = 48;

} // namespace

GraphScene::GraphScene() = default;

void GraphScene::setModel(items::GraphModel *model, qint64 nowNs)
{
    m_model = model;
    m_hovered.clear();
    dropMotion();
    m_background.invalidate();
    m_overlay.clear();
    syncNodes(false, nowNs);
}

void GraphScene::setStyle(const GraphStyle &style)
{
    m_style = style;
    m_atlas.setStyle(style, m_ratio);
    m_overlay.clear();
    m_background.invalidate();
    m_placeStale = true;
    m_trailsStaleNs = 1; // trails take the new colours too
}

void GraphScene::setReducedMotion(bool on)
{
    m_reducedMotion = on;
    if (on)
        m_ripples.clear();
}

void GraphScene::setViewport(QSizeF size, qreal devicePixelRatio, qint64 nowNs)
{
    if (size == m_camera.viewport && qFuzzyCompare(devicePixelRatio, m_ratio))
        return;
    m_ratio = devicePixelRatio;
    m_atlas.setStyle(m_style, m_ratio);
    m_overlay.clear();
    m_background.invalidate();
    m_camera.viewport = size;
    cameraChanged(nowNs);
}

void GraphScene::syncNodes(bool placesMoved, qint64 nowNs)
{
    static const std::vector<GraphNode> nobody;
    const double radius = m_model ? m_model->layout().nodeRadius() : 0.06;
    m_nodes.sync(m_model ? m_model->nodes() : nobody, radius, nowNs, !m_reducedMotion);
    if (placesMoved)
        m_trailsStaleNs = nowNs;
    m_background.invalidate();
    m_placeStale = true;
    refreshEmphasis();
}

void GraphScene::addPulses(const QList<GraphPulse> &pulses, qint64 nowNs)
{
    if (m_fresh.empty() && m_worker.layer().isEmpty() && m_worker.isIdle())
        m_fadedUntilNs = nowNs;
    m_pulses.add(pulses, nowNs, !m_reducedMotion, m_fresh);
}

void GraphScene::dropMotion()
{
    m_pulses.clear();
    m_fresh.clear();
    m_ripples.clear();
    m_trailsStaleNs = 1; // draws an empty layer
}

void GraphScene::cameraChanged(qint64 nowNs)
{
    m_placeStale = true;
    m_hoverStale = true;
    m_trailsStaleNs = nowNs;
}

void GraphScene::zoomBy(double factor, QPointF at, qint64 nowNs)
{
    m_camera.zoomBy(factor, at);
    cameraChanged(nowNs);
}

void GraphScene::panBy(QPointF by, qint64 nowNs)
{
    m_camera.panBy(by);
    cameraChanged(nowNs);
}

void GraphScene::fit(qint64 nowNs)
{
    m_camera.fit();
    cameraChanged(nowNs);
}

QString GraphScene::keyAt(QPointF view)
{
    ensurePlaced(); // also before the first frame
    const int index = m_nodes.hit(view);
    return index < 0 || !m_model ? QString() : m_model->nodes()[size_t(index)].key;
}

QPointF GraphScene::positionOf(const QString &key) const
{
    const int index = m_model ? m_model->indexOf(key) : -1;
    if (index < 0 || size_t(index) >= m_nodes.placed().size())
        return {-1, -1};
    return m_camera.toView(m_nodes.placed()[size_t(index)].world);
}

void GraphScene::reveal(const QString &key, qint64 nowNs)
{
    const QPointF at = positionOf(key);
    if (at == QPointF(-1, -1))
        return;
    const QPointF wanted(
        std::clamp(at.x(), kRevealMargin, std::max(kRevealMargin, m_camera.viewport.width() - kRevealMargin)),
        std::clamp(at.y(), kRevealMargin, std::max(kRevealMargin, m_camera.viewport.height() - kRevealMargin)));
    if (wanted != at)
        panBy(wanted - at, nowNs);
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

void GraphScene::setHovered(const QString &key)
{
    if (key == m_hovered)
        return;
    m_hovered = key;
    refreshEmphasis();
}

void GraphScene::setSelected(const QString &key)
{
    if (key == m_selected)
        return;
    m_selected = key;
    refreshEmphasis();
}

void GraphScene::refreshEmphasis()
{
    NodeLayer::Emphasis emphasis;
    if (m_model) {
        emphasis.hovered = m_model->indexOf(m_hovered);
        emphasis.selected = m_model->indexOf(m_selected);
        if (emphasis.hovered >= 0) {
            emphasis.bright.insert(emphasis.hovered);
            for (const QString &key : m_model->neighbours(m_hovered))
                emphasis.bright.insert(m_model->indexOf(key));
        }
    }
    if (emphasis == m_emphasis)
        return;
    m_emphasis = emphasis;
    m_placeStale = true;
    m_hoverStale = true;
}

void GraphScene::dragNode(const QString &key, QPointF view, qint64 nowNs)
{
    if (!m_model)
        return;
    m_nodes.drag(m_model->indexOf(key), m_camera.toWorld(view));
    m_trailsStaleNs = nowNs;
    m_placeStale = true;
    m_hoverStale = true;
}

void GraphScene::ensurePlaced()
{
    if (!std::exchange(m_placeStale, false))
        return;
    static const std::vector<GraphNode> nobody;
    m_nodes.place(m_model ? m_model->nodes() : nobody, m_camera, m_emphasis, m_atlas);
}

bool GraphScene::curveOf(const GraphPulse &pulse, const GraphCamera &camera, EdgeCurve &curve) const
{
    if (!m_model)
        return false;
    const std::vector<PlacedNode> &placed = m_nodes.placed();
    const std::vector<GraphNode> &nodes = m_model->nodes();
    const auto endOf = [&](int index, quint32 generation) -> const PlacedNode * {
        if (index < 0 || size_t(index) >= placed.size() || size_t(index) >= nodes.size())
            return nullptr;
        const bool same = nodes[size_t(index)].generation == generation && placed[size_t(index)].there;
        return same ? &placed[size_t(index)] : nullptr;
    };
    const PlacedNode *from = endOf(pulse.from, pulse.fromGeneration);
    if (!from)
        return false;
    QPointF to;
    if (pulse.target == GraphTarget::Node) {
        const PlacedNode *target = endOf(pulse.to, pulse.toGeneration);
        if (!target)
            return false;
        to = target->world;
    } else if (pulse.target == GraphTarget::Group) {
        const auto &sectors = m_model->layout().sectors();
        if (pulse.to < 0 || size_t(pulse.to) >= sectors.size())
            return false;
        const double angle = sectors[size_t(pulse.to)].midAngle();
        to = QPointF(std::cos(angle), std::sin(angle));
    }
    curve = EdgeCurve::between(camera.toView(from->world), camera.toView(to), camera.toView({}));
    return true;
}

EdgeStroke GraphScene::strokeOf(const LivePulse &live, const EdgeCurve &curve, double strength) const
{
    EdgeStroke stroke;
    stroke.curve = {curve.from * m_ratio, curve.control * m_ratio, curve.to * m_ratio};
    const bool urgent = live.pulse.priority == protocol::Priority::Now;
    const double burst = std::min(1.0, std::log2(double(std::max(1, live.pulse.messages))) * 0.25);
    stroke.width = float(((urgent ? kWidthNow : kWidth) + burst) * m_ratio);
    stroke.color = m_style.priority(live.pulse.priority).rgb();
    stroke.alphaFrom = kAlphaFrom * float(strength);
    stroke.alphaTo = kAlphaTo * float(strength);
    return stroke;
}

void GraphScene::pumpWorker(qint64 nowNs)
{
    if (!m_worker.isIdle())
        return;
    TrailJob job;
    job.size = (m_camera.viewport * m_ratio).toSize();
    const bool stale = m_trailsStaleNs != 0;
    const bool otherSize = m_worker.layer().front().size() != job.size;
    // Still moving: what comes meanwhile goes into the layer as it is, and everything is drawn afresh once it rests.
    const bool redraw = stale && ((nowNs - m_trailsStaleNs >= kQuietNs && !m_nodes.isMoving()) || otherSize);
    if (redraw) {
        job.clear = true;
        m_trailsStaleNs = 0;
        m_postedCamera = m_camera;
        EdgeCurve curve;
        for (const LivePulse &live : m_pulses.trails()) {
            const double left = TrailFade::remaining(double(nowNs - live.startNs) / 1e6);
            if (left > 0.01 && curveOf(live.pulse, m_camera, curve))
                job.strokes.push_back(strokeOf(live, curve, left));
        }
        m_fresh.clear();
        m_fadedUntilNs = nowNs;
        m_worker.post(std::move(job));
        return;
    }
    const bool empty = m_worker.layer().isEmpty();
    const qint64 since = nowNs - m_fadedUntilNs;
    const qint64 step = m_reducedMotion ? kReducedStepNs : kFadeStepNs;
    const bool fadeDue = !empty && since >= step;
    if (m_fresh.empty() && !fadeDue)
        return;
    m_postedCamera = m_layerCamera.viewport == m_camera.viewport ? m_layerCamera : m_camera;
    if (fadeDue || !m_reducedMotion) {
        job.fadeMs = empty ? 0 : double(since) / 1e6;
        m_fadedUntilNs = nowNs;
    }
    EdgeCurve curve;
    job.strokes.reserve(m_fresh.size());
    for (const LivePulse &live : m_fresh) {
        if (curveOf(live.pulse, m_postedCamera, curve))
            job.strokes.push_back(strokeOf(live, curve, 1));
    }
    m_fresh.clear();
    m_worker.post(std::move(job));
}

bool GraphScene::advance(qint64 nowNs)
{
    bool paint = false;
    if (m_worker.take()) {
        m_layerCamera = m_postedCamera;
        m_cost.worker = m_worker.lastJobMs();
        paint = true;
    }
    const bool hadDots = !m_pulses.dots().empty();
    for (const LivePulse &landed : m_pulses.expire(nowNs)) {
        if (landed.pulse.target != GraphTarget::Node && m_ripples.size() < kMostRipples)
            m_ripples.push_back({landed, nowNs});
    }
    std::erase_if(m_ripples, [nowNs](const Ripple &ripple) { return nowNs - ripple.startNs >= kRippleNs; });
    if (m_nodes.advance(nowNs)) {
        m_placeStale = true;
        m_hoverStale = true;
        m_trailsStaleNs = nowNs;
        paint = true;
    }
    pumpWorker(nowNs);
    return paint || hadDots || !m_ripples.empty() || m_placeStale;
}

int GraphScene::wantedRate() const
{
    if (m_nodes.isMoving() || !m_pulses.dots().empty() || !m_ripples.empty())
        return FrameClock::kFullRate;
    const bool raster = trailsVisible() || m_trailsStaleNs != 0;
    if (!raster)
        return 0;
    return m_reducedMotion ? kReducedRate : kTrailRate;
}

void GraphScene::finishRaster(qint64 nowNs)
{
    const auto settle = [this] {
        if (m_worker.finish())
            m_layerCamera = m_postedCamera;
    };
    settle();
    if (m_trailsStaleNs != 0)
        m_trailsStaleNs = std::min(m_trailsStaleNs, nowNs - kQuietNs);
    pumpWorker(nowNs);
    settle();
}

} // namespace mesh::graph
