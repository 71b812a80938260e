// SPDX-License-Identifier: GPL-3.0-or-later
// The part of GraphScene that looks at another place: zoom, pan, following a peer.
#include "graph/graphscene.h"

#include <algorithm>

namespace mesh::graph {

namespace {

constexpr double kRevealMargin = 48;
constexpr qint64 kGlideNs = 260 * 1'000'000;

} // namespace

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

void GraphScene::centreFromMinimap(QPointF view, qint64 nowNs)
{
    setView(m_camera.zoom, Minimap::toWorld(m_camera, view), nowNs);
}

void GraphScene::cameraChanged(qint64 nowNs)
{
    m_placeStale = true;
    m_hoverStale = true;
    m_trailsStaleNs = nowNs;
}

} // namespace mesh::graph
