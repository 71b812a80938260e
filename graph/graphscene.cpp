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

constexpr qint64 kPeersStepNs = 100'000'000; // what peers report is shown that soon; motion and input at once
constexpr qint64 kRippleNs = 700'000'000;
constexpr std::size_t kMostRipples = 4;
constexpr int kReducedRate = 10;
constexpr int kTrailRate = 30;
constexpr std::size_t kMostFailures = 64;
constexpr std::size_t kMostMovedAlone = 300; // more dots than that cover so much that all may as well be painted

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

bool GraphScene::setViewport(QSizeF size, qreal devicePixelRatio, qint64 nowNs)
{
    if (size == m_camera.viewport && qFuzzyCompare(devicePixelRatio, m_ratio))
        return false;
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
    return true;
}

void GraphScene::syncNodes(bool placesMoved, qint64 nowNs)
{
    static const std::vector<GraphNode> nobody;
    const double radius = m_model ? m_model->layout().nodeRadius() : 0.06;
    const bool hide = m_model && m_model->hidesFiltered();
    const bool othersThere = m_nodes.sync(m_model ? m_model->nodes() : nobody, radius, hide, nowNs, !m_reducedMotion);
    const int filteredOut = m_model ? m_model->filteredOut() : 0;
    const bool othersShown = placesMoved || othersThere || filteredOut != m_filteredOut;
    if (othersShown)
        m_trailsStaleNs = nowNs;
    m_filteredOut = filteredOut;
    m_minimap.invalidate();
    if (othersShown)
        m_placeStale = true;
    else
        m_peersStale = true;
    refreshEmphasis();
}

void GraphScene::addPulses(const QList<GraphPulse> &pulses, qint64 nowNs)
{
    if (m_fresh.empty() && m_worker.layer().isEmpty() && m_worker.isIdle())
        m_fadedUntilNs = nowNs;
    m_pulses.add(pulses, nowNs, !m_reducedMotion, m_fresh);
    if (m_fresh.size() > kMostLinesWaiting) {
        const auto surplus = std::ptrdiff_t(m_fresh.size() - kMostLinesWaiting);
        m_fresh.erase(m_fresh.begin(), m_fresh.begin() + surplus);
        m_linesLeftOut += surplus;
    }
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

void GraphScene::takeReports(qint64 nowNs)
{
    if (m_peersStale && std::abs(nowNs - m_reportsNs) >= kPeersStepNs) {
        m_placeStale = true;
        m_reportsNs = nowNs;
    }
}

GraphScene::Change GraphScene::advance(qint64 nowNs)
{
    bool paint = false;
    if (m_worker.take()) {
        m_layerCamera = m_postedCamera;
        m_cost.worker = m_worker.lastJobMs();
        paint = true;
    }
    const bool moved = !m_pulses.dots().empty() || !m_ripples.empty();
    for (const LivePulse &landed : m_pulses.expire(nowNs)) {
        const auto isSame = [&landed](const Ripple &ripple) {
            return ripple.pulse.pulse.target == landed.pulse.target && ripple.pulse.pulse.to == landed.pulse.to;
        };
        if (landed.pulse.target != GraphTarget::Node && m_ripples.size() < kMostRipples
            && std::none_of(m_ripples.cbegin(), m_ripples.cend(), isSame))
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
    takeReports(nowNs);
    m_belowStale = m_belowStale || paint;
    if (m_belowStale || m_placeStale)
        return Change::All;
    if (!moved || !m_model)
        return Change::Nothing;
    if (m_pulses.dots().size() > kMostMovedAlone)
        return Change::All;
    placeMoving(nowNs);
    return Change::Moved;
}

int GraphScene::wantedRate() const
{
    const bool dots = !m_pulses.dots().empty();
    const bool gliding = m_following && m_glideFromNs != kThere;
    if (m_nodes.isMoving() || gliding || (dots && !m_reducedMotion) || !m_ripples.empty())
        return FrameClock::kFullRate;
    const bool raster = m_peersStale || trailsVisible() || m_trailsStaleNs != 0 || dots || !m_failures.empty();
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
    honesty.trailsDropped = m_pulses.trailsDropped() + m_linesLeftOut;
    honesty.labelsHidden = m_nodes.labelsHidden();
    honesty.filteredOut = m_model->filteredOut();
    honesty.filterHides = m_model->hidesFiltered();
    return honesty;
}

void GraphScene::showLike(const GraphScene &other, items::GraphModel *model, qint64 nowNs)
{
    m_model = model;
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

FrameWork GraphScene::work() const
{
    return {m_linesPosted, int(m_fresh.size()), int(m_pulses.dots().size()), m_nodes.labelsTried()};
}

} // namespace mesh::graph
