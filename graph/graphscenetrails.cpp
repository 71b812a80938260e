// SPDX-License-Identifier: GPL-3.0-or-later
// The part of GraphScene that turns traffic into lines and hands them to the raster worker.
#include "graph/graphscene.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace mesh::graph {

using items::GraphNode;
using items::GraphPulse;
using items::GraphTarget;

namespace {

constexpr qint64 kMs = 1'000'000;
constexpr qint64 kQuietNs = 70 * kMs; // trails are drawn again when pan, zoom or a drag rests this long
// Fading and new lines twenty times a second look the same as sixty times: a line is preceded by its dot, which goes
// with every frame. Only so many lines wait for that.
constexpr qint64 kFadeStepNs = 40 * kMs;
constexpr std::size_t kMostLinesBetween = GraphScene::kMostLinesAFrame / 4;
constexpr qint64 kReducedStepNs = 2000 * kMs; // reduced motion: four steps
constexpr float kAlphaFrom = 0.36F;           // an edge is brighter where it arrives
constexpr float kAlphaTo = 0.90F;
constexpr double kWidth = 1.5;
constexpr double kWidthNow = 1.9;
constexpr double kFilteredTrails = 0.25; // of lines between peers that the filter dims
constexpr double kRefusedReach = 0.5;
constexpr double kUndeliveredReach = 0.86;

} // namespace

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

bool GraphScene::concernsShown(const GraphPulse &pulse) const
{
    if (!m_model || !m_model->isFiltered())
        return true;
    const std::vector<GraphNode> &nodes = m_model->nodes();
    const auto matches = [&nodes](int index) {
        return index >= 0 && size_t(index) < nodes.size() && nodes[size_t(index)].matches;
    };
    return matches(pulse.from) || (pulse.target == GraphTarget::Node && matches(pulse.to));
}

void GraphScene::addStrokes(const LivePulse &live, const EdgeCurve &curve, double strength,
                            std::vector<EdgeStroke> &strokes) const
{
    EdgeStroke stroke;
    if (!concernsShown(live.pulse))
        strength *= kFilteredTrails;
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
    m_linesPosted = 0;
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
    const bool due = since >= step;
    const bool fadeDue = !empty && due;
    const bool linesDue = !m_fresh.empty() && (due || empty || m_reducedMotion || m_fresh.size() > kMostLinesBetween);
    if (!linesDue && !fadeDue)
        return;
    m_postedCamera = m_layerCamera.viewport == m_camera.viewport ? m_layerCamera : m_camera;
    if (fadeDue || !m_reducedMotion) {
        job.fadeMs = empty ? 0 : double(since) / 1e6;
        m_fadedUntilNs = nowNs;
    }
    EdgeCurve curve;
    const auto end = m_fresh.begin() + std::ptrdiff_t(std::min(m_fresh.size(), kMostLinesAFrame));
    job.strokes.reserve(size_t(end - m_fresh.begin()));
    for (auto live = m_fresh.begin(); live != end; ++live) {
        if (curveOf(live->pulse, m_postedCamera, curve))
            addStrokes(*live, curve, 1, job.strokes);
    }
    m_linesPosted = int(end - m_fresh.begin());
    m_fresh.erase(m_fresh.begin(), end);
    m_worker.post(std::move(job));
}

void GraphScene::finishRaster(qint64 nowNs)
{
    const auto settle = [this] {
        if (m_worker.finish()) {
            m_layerCamera = m_postedCamera;
            m_belowStale = true;
        }
    };
    settle();
    if (m_trailsStaleNs != 0)
        m_trailsStaleNs = std::min(m_trailsStaleNs, nowNs - kQuietNs);
    pumpWorker(nowNs);
    settle();
}

} // namespace mesh::graph
