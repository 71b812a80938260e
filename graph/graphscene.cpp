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
constexpr qint64 kGlideNs = 260 * kMs;
constexpr double kEdgeReach = 5; // logical pixels from a line that still hit it
constexpr std::size_t kMostFailures = 64;
constexpr double kRefusedReach = 0.5;
constexpr double kUndeliveredReach = 0.86;

} // namespace

GraphScene::GraphScene() = default;

void GraphScene::setModel(items::GraphModel *model, qint64 nowNs)
{
    m_model = model;
    m_hovered.clear();
    m_hoveredEdge = {};
    m_selectedEdge = {};
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
    m_minimap = {};
    m_placeStale = true;
    m_hoverStale = true;
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
    m_minimap = {};
    // Another size shows the same part of the world.
    const QPointF centre = m_camera.centre();
    const bool moved = m_camera.pan != QPointF() && !m_camera.viewport.isEmpty();
    m_camera.viewport = size;
    if (moved)
        m_camera.centreOn(centre);
    cameraChanged(nowNs);
}

void GraphScene::syncNodes(bool placesMoved, qint64 nowNs)
{
    static const std::vector<GraphNode> nobody;
    const double radius = m_model ? m_model->layout().nodeRadius() : 0.06;
    const bool hide = m_model && m_model->hidesFiltered();
    const bool othersThere = m_nodes.sync(m_model ? m_model->nodes() : nobody, radius, hide, nowNs, !m_reducedMotion);
    if (placesMoved || othersThere)
        m_trailsStaleNs = nowNs;
    m_minimap.invalidate();
    m_background.invalidate();
    m_placeStale = true;
    refreshEmphasis();
}

void GraphScene::addPulses(const QList<GraphPulse> &pulses, qint64 nowNs)
{
    if (m_fresh.empty() && m_worker.layer().isEmpty() && m_worker.isIdle())
        m_fadedUntilNs = nowNs;
    m_pulses.add(pulses, nowNs, !m_reducedMotion, m_fresh);
    for (const GraphPulse &pulse : pulses) {
        if (pulse.outcome == items::GraphOutcome::Sent)
            continue;
        if (m_failures.size() >= kMostFailures)
            m_failures.erase(m_failures.begin());
        m_failures.push_back({pulse, nowNs});
    }
}

void GraphScene::dropMotion()
{
    m_pulses.clear();
    m_fresh.clear();
    m_ripples.clear();
    m_failures.clear();
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
    m_following = false;
    cameraChanged(nowNs);
}

void GraphScene::fit(qint64 nowNs)
{
    m_camera.fit();
    m_following = false;
    cameraChanged(nowNs);
}

void GraphScene::setView(double zoom, QPointF centre, qint64 nowNs)
{
    m_camera.zoom = std::clamp(zoom, GraphCamera::kLeastZoom, GraphCamera::kMostZoom);
    m_camera.centreOn(centre);
    m_following = false;
    cameraChanged(nowNs);
}

void GraphScene::setFollowing(bool on, qint64 nowNs)
{
    m_following = on && m_model && m_model->indexOf(m_selected) >= 0;
    m_glideFrom = m_camera.centre();
    m_glideFromNs = m_following ? nowNs : kThere;
}

// Moves towards the followed peer. Returns true while there is a way to go.
bool GraphScene::glide(qint64 nowNs)
{
    const int index = m_following && m_model ? m_model->indexOf(m_selected) : -1;
    if (index < 0 || size_t(index) >= m_nodes.placed().size()) {
        m_following = false;
        m_glideFromNs = kThere;
        return false;
    }
    const QPointF to = m_nodes.placed()[size_t(index)].world;
    double share = 1;
    if (m_glideFromNs == kToStart || m_glideFromNs > nowNs)
        m_glideFromNs = nowNs;
    if (m_glideFromNs >= 0 && !m_reducedMotion) {
        const double t = std::clamp(double(nowNs - m_glideFromNs) / double(kGlideNs), 0.0, 1.0);
        share = 1 - (1 - t) * (1 - t) * (1 - t);
    }
    if (share >= 1)
        m_glideFromNs = kThere;
    const QPointF pan = m_camera.pan;
    m_camera.centreOn(m_glideFrom + (to - m_glideFrom) * share);
    if (share >= 1)
        m_glideFrom = to;
    if (m_camera.pan == pan)
        return m_glideFromNs != kThere;
    cameraChanged(nowNs);
    return true;
}

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
    return Minimap::isShown(m_camera) && Minimap::rect(m_camera).contains(view);
}

void GraphScene::centreFromMinimap(QPointF view, qint64 nowNs)
{
    setView(m_camera.zoom, Minimap::toWorld(m_camera, view), nowNs);
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

void GraphScene::reveal(const QString &key, qint64 nowNs)
{
    const QPointF at = positionOf(key);
    if (at == QPointF(-1, -1))
        return;
    const QPointF wanted(
        std::clamp(at.x(), kRevealMargin, std::max(kRevealMargin, m_camera.viewport.width() - kRevealMargin)),
        std::clamp(at.y(), kRevealMargin, std::max(kRevealMargin, m_camera.viewport.height() - kRevealMargin)));
    if (wanted != at && !m_following)
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
    if (m_following) { // whoever is selected is followed
        m_glideFrom = m_camera.centre();
        m_glideFromNs = kToStart;
    }
    refreshEmphasis();
}

void GraphScene::setHoveredEdge(const EdgeName &edge)
{
    if (edge == m_hoveredEdge)
        return;
    m_hoveredEdge = edge;
    refreshEmphasis();
    m_hoverStale = true;
}

void GraphScene::setSelectedEdge(const EdgeName &edge)
{
    if (edge == m_selectedEdge)
        return;
    m_selectedEdge = edge;
    refreshEmphasis();
    m_hoverStale = true;
}

void GraphScene::refreshEmphasis()
{
    NodeLayer::Emphasis emphasis;
    QStringList lit;
    if (m_model) {
        emphasis.hovered = m_model->indexOf(m_hovered);
        emphasis.selected = m_model->indexOf(m_selected);
        if (emphasis.hovered >= 0) {
            emphasis.bright.insert(emphasis.hovered);
            for (const QString &key : m_model->neighbours(m_hovered))
                emphasis.bright.insert(m_model->indexOf(key));
        } else if (!m_hoveredEdge.isEmpty() && m_model->edge(m_hoveredEdge.from, m_hoveredEdge.to)) {
            emphasis.bright = {m_model->indexOf(m_hoveredEdge.from), m_model->indexOf(m_hoveredEdge.to)};
        }
        // The arcs of all groups of the peer that is looked at.
        if (const GraphNode *node = m_model->node(m_hovered.isEmpty() ? m_selected : m_hovered))
            lit = node->groups;
    }
    m_background.setLit(lit);
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

bool GraphScene::curveOf(const EdgeName &edge, EdgeCurve &curve) const
{
    const items::GraphEdge *known = m_model && !edge.isEmpty() ? m_model->edge(edge.from, edge.to) : nullptr;
    if (!known)
        return false;
    GraphPulse pulse;
    pulse.from = known->from;
    pulse.fromGeneration = known->fromGeneration;
    pulse.to = known->to;
    pulse.toGeneration = known->toGeneration;
    return curveOf(pulse, m_camera, curve);
}

double GraphScene::reachOf(const GraphPulse &pulse)
{
    switch (pulse.outcome) {
    case items::GraphOutcome::Refused:
        return kRefusedReach;
    case items::GraphOutcome::Undelivered:
        return kUndeliveredReach;
    case items::GraphOutcome::Sent:
        break;
    }
    return 1;
}

void GraphScene::addStrokes(const LivePulse &live, const EdgeCurve &curve, double strength,
                            std::vector<EdgeStroke> &strokes) const
{
    EdgeStroke stroke;
    const bool urgent = live.pulse.priority == protocol::Priority::Now;
    const double burst = std::min(1.0, std::log2(double(std::max(1, live.pulse.messages))) * 0.25);
    stroke.width = float(((urgent ? kWidthNow : kWidth) + burst) * m_ratio);
    stroke.color = m_style.priority(live.pulse.priority).rgb();
    stroke.alphaFrom = kAlphaFrom * float(strength);
    stroke.alphaTo = kAlphaTo * float(strength);
    EdgeCurve device{curve.from * m_ratio, curve.control * m_ratio, curve.to * m_ratio};
    if (live.pulse.outcome != items::GraphOutcome::Sent) {
        // It loses itself on the way.
        device = device.part(0, reachOf(live.pulse));
        std::swap(stroke.alphaFrom, stroke.alphaTo);
        if (live.pulse.outcome == items::GraphOutcome::Undelivered)
            stroke.alphaTo = 0;
    }
    if (live.pulse.mark == items::GraphMark::Message) {
        stroke.curve = device;
        strokes.push_back(stroke);
        return;
    }
    // Tool calls are dotted, file requests dashed.
    const int pieces = live.pulse.mark == items::GraphMark::ToolCall ? 16 : 7;
    const double filled = live.pulse.mark == items::GraphMark::ToolCall ? 0.34 : 0.6;
    const float from = stroke.alphaFrom;
    const float change = stroke.alphaTo - stroke.alphaFrom;
    for (int i = 0; i < pieces; ++i) {
        stroke.curve = device.part(double(i) / pieces, (i + filled) / pieces);
        stroke.alphaFrom = stroke.alphaTo = from + change * float(i) / float(pieces);
        strokes.push_back(stroke);
    }
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
                addStrokes(live, curve, left, job.strokes);
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
            addStrokes(live, curve, 1, job.strokes);
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
    std::erase_if(m_ripples, [nowNs](const Ripple &ripple) {
        return nowNs - ripple.startNs >= kRippleNs || ripple.startNs > nowNs;
    });
    if (m_nodes.advance(nowNs)) {
        m_placeStale = true;
        m_hoverStale = true;
        m_trailsStaleNs = nowNs;
        m_minimap.invalidate();
        paint = true;
    }
    if (m_following)
        paint = glide(nowNs) || paint;
    const auto isOld = [nowNs](const LivePulse &failure) {
        const double ageMs = double(nowNs - failure.startNs) / 1e6;
        return ageMs < 0 || ageMs >= TrailFade::kDurationMs;
    };
    paint = std::erase_if(m_failures, isOld) > 0 || paint;
    // After a clock was set back nothing may wait for a time long past.
    m_fadedUntilNs = std::min(m_fadedUntilNs, nowNs);
    m_trailsStaleNs = std::min(m_trailsStaleNs, nowNs);
    pumpWorker(nowNs);
    return paint || hadDots || !m_ripples.empty() || m_placeStale;
}

int GraphScene::wantedRate() const
{
    const bool dots = !m_pulses.dots().empty();
    const bool gliding = m_following && m_glideFromNs != kThere;
    if (m_nodes.isMoving() || gliding || (dots && !m_reducedMotion) || !m_ripples.empty())
        return FrameClock::kFullRate;
    const bool raster = trailsVisible() || m_trailsStaleNs != 0 || dots || !m_failures.empty();
    if (!raster)
        return 0;
    return m_reducedMotion ? kReducedRate : kTrailRate;
}

Overlay::Honesty GraphScene::honesty() const
{
    Overlay::Honesty honesty;
    if (!m_model)
        return honesty;
    const items::GraphCounters &counters = m_model->counters();
    honesty.unplaced = counters.unplaced;
    honesty.dotsMerged = m_pulses.dotsMerged();
    honesty.inside = counters.inside;
    honesty.edgesDropped = counters.edgesDropped;
    honesty.trailsDropped = m_pulses.trailsDropped();
    honesty.labelsHidden = m_nodes.labelsHidden();
    honesty.filteredOut = m_model->filteredOut();
    honesty.filterHides = m_model->hidesFiltered();
    return honesty;
}

void GraphScene::showLike(const GraphScene &other, qint64 nowNs)
{
    m_model = other.m_model;
    m_reducedMotion = other.m_reducedMotion;
    setStyle(other.m_style);
    m_camera = other.m_camera;
    m_nodes = other.m_nodes;
    m_pulses = other.m_pulses;
    m_failures = other.m_failures;
    m_selected = other.m_selected;
    m_selectedEdge = other.m_selectedEdge;
    m_legendAll = other.m_legendAll;
    refreshEmphasis();
    m_placeStale = true;
    m_trailsStaleNs = nowNs;
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
