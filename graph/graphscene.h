// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QPointer>
#include <QtGui/QImage>

#include <vector>

#include "graph/backgroundlayer.h"
#include "graph/frameclock.h"
#include "graph/graphcamera.h"
#include "graph/graphview.h"
#include "graph/nodelayer.h"
#include "graph/overlay.h"
#include "graph/pulses.h"
#include "graph/rasterworker.h"
#include "graph/spriteatlas.h"

namespace mesh::graph {

//! All of the graph but the widget: layers, what moves, and what a frame shows. Times are given, never read.
//!
//! From the bottom: background (kept picture), trails (raster worker), lit edges of a hovered peer, ripples of
//! broadcasts, name in the middle, dots, peers and labels, words.
class GraphScene
{
public:
    GraphScene();

    void setModel(items::GraphModel *model, qint64 nowNs);
    void setStyle(const GraphStyle &style);
    void setReducedMotion(bool on);
    void setViewport(QSizeF size, qreal devicePixelRatio, qint64 nowNs);

    void syncNodes(bool placesMoved, qint64 nowNs);
    //! Takes over sizes that follow the traffic.
    void refreshSizes() { m_placeStale = true; }
    void addPulses(const QList<items::GraphPulse> &pulses, qint64 nowNs);
    //! Drops everything that moves (the view was hidden: what happened meanwhile is not replayed).
    void dropMotion();

    const GraphCamera &camera() const { return m_camera; }
    void zoomBy(double factor, QPointF at, qint64 nowNs);
    void panBy(QPointF by, qint64 nowNs);
    void fit(qint64 nowNs);
    //! Brings a peer into sight if it is not.
    void reveal(const QString &key, qint64 nowNs);

    QString keyAt(QPointF view);
    QPointF positionOf(const QString &key) const; //!< (-1,-1) if it is not there
    //! The nearest peer from \a key in the direction of \a step (a unit vector); without a key the first one. Empty if
    //! none.
    QString neighbourInDirection(const QString &key, QPointF step) const;

    void setHovered(const QString &key);
    QString hovered() const { return m_hovered; }
    void setSelected(const QString &key);
    QString selected() const { return m_selected; }
    void dragNode(const QString &key, QPointF view, qint64 nowNs);

    //! Moves everything to \a nowNs. \return true if a frame must be painted.
    bool advance(qint64 nowNs);
    //! Frames a second wanted from now on; 0: nothing moves.
    int wantedRate() const;
    void paint(QPainter &painter, qint64 nowNs, qint64 nowMs);

    void paintFocusFrame(QPainter &painter) const;

    FrameCost cost() const { return m_cost; }
    int dotCount() const { return int(m_pulses.dots().size()); }
    qint64 dotsMerged() const { return m_pulses.dotsMerged(); }
    bool trailsVisible() const { return !m_worker.layer().isEmpty() || !m_fresh.empty() || !m_worker.isIdle(); }
    //! Does all raster work that is due and waits for it.
    void finishRaster(qint64 nowNs);

private:
    struct Ripple
    {
        LivePulse pulse;
        qint64 startNs = 0;
    };

    bool curveOf(const items::GraphPulse &pulse, const GraphCamera &camera, EdgeCurve &curve) const;
    EdgeStroke strokeOf(const LivePulse &live, const EdgeCurve &curve, double strength) const;
    void cameraChanged(qint64 nowNs);
    void pumpWorker(qint64 nowNs);
    void refreshEmphasis();
    void ensurePlaced();
    void paintTrails(QPainter &painter);
    void paintHoverEdges(QPainter &painter);
    void paintRipples(QPainter &painter, qint64 nowNs);
    void paintDots(QPainter &painter, qint64 nowNs);

    QPointer<items::GraphModel> m_model;
    GraphCamera m_camera;
    SpriteAtlas m_atlas;
    BackgroundLayer m_background;
    NodeLayer m_nodes;
    NodeLayer::Emphasis m_emphasis;
    Overlay m_overlay;
    Pulses m_pulses;
    RasterWorker m_worker;

    std::vector<LivePulse> m_fresh; //!< edges not yet handed to the worker
    std::vector<Ripple> m_ripples;
    GraphCamera m_layerCamera; //!< what the shown trail layer was drawn for
    GraphCamera m_postedCamera;
    qint64 m_fadedUntilNs = 0;  //!< the layer's fading is paid up to here
    qint64 m_trailsStaleNs = 0; //!< when trails stopped fitting the peers; 0: they fit
    QImage m_hoverPicture;
    EdgeRaster m_hoverRaster;
    bool m_hoverStale = true;

    GraphStyle m_style;
    QString m_hovered;
    QString m_selected;
    FrameCost m_cost;
    qreal m_ratio = 1;
    bool m_reducedMotion = false;
    bool m_placeStale = true;
};

} // namespace mesh::graph
