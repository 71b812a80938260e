// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QPointer>
#include <QtGui/QImage>

#include <limits>
#include <vector>

#include "graph/backgroundlayer.h"
#include "graph/dotlayer.h"
#include "graph/frameclock.h"
#include "graph/graphcamera.h"
#include "graph/graphview.h"
#include "graph/minimap.h"
#include "graph/nodelayer.h"
#include "graph/overlay.h"
#include "graph/pulses.h"
#include "graph/rasterworker.h"
#include "graph/spriteatlas.h"

namespace mesh::graph {

//! A line between two peers, by their keys.
struct EdgeName
{
    QString from;
    QString to;
    bool isEmpty() const { return from.isEmpty(); }
    friend bool operator==(const EdgeName &, const EdgeName &) = default;
};

//! All of the graph but the widget: layers, what moves, and what a frame shows. Times are given, never read.
//!
//! From the bottom: background (kept picture), trails (raster worker), lit edges of what is hovered or selected, name
//! in the middle, marks of failures; ripples of broadcasts, dots; peers and labels, words, minimap. What lies below the
//! ripples is kept as one picture, and most frames only put that back where something moved and paint what moves.
class GraphScene
{
public:
    GraphScene();

    void setModel(items::GraphModel *model, qint64 nowNs);
    void setStyle(const GraphStyle &style);
    void setReducedMotion(bool on);
    //! For painting to something else than the window.
    void setOutput(SpriteAtlas::Output output) { m_atlas.setOutput(output); }
    bool isVector() const { return m_atlas.isVector(); }
    //! Shows what \a other shows now: style, camera, selection, traffic. \a model is what that one shows, or a copy.
    void showLike(const GraphScene &other, items::GraphModel *model, qint64 nowNs);
    //! What the view is doing, in a few words; empty: nothing.
    void setNote(const QString &note) { m_note = note; }
    //! \return true if it was another one.
    bool setViewport(QSizeF size, qreal devicePixelRatio, qint64 nowNs);

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
    void setView(double zoom, QPointF centre, qint64 nowNs);
    //! Keeps the selected peer in the middle, wherever it goes and whoever it is, until told otherwise or panned.
    void setFollowing(bool on, qint64 nowNs);
    bool isFollowing() const { return m_following; }
    //! Brings a peer into sight if it is not.
    void reveal(const QString &key, qint64 nowNs);

    QString keyAt(QPointF view);
    //! The line at \a view whose trail is still seen, or that belongs to the hovered or selected peer.
    EdgeName edgeAt(QPointF view, qint64 nowNs);
    QPointF edgePosition(const EdgeName &edge, double t) const; //!< (-1,-1) if it is not there
    //! The group whose arc or name is at \a view; empty if none.
    QString groupAt(QPointF view) const;
    bool isOnMinimap(QPointF view) const;
    //! What stands on the view besides the graph: legend, notes, and the minimap's place.
    QList<QRectF> chrome() const;
    //! A part of the view that something else covers: no minimap is drawn below it.
    void setCovered(const QRectF &area) { m_covered = area; }
    //! The box of a peer with its label; null if it is not seen.
    QRectF boxOf(const QString &key);
    void centreFromMinimap(QPointF view, qint64 nowNs);
    bool isOnLegend(QPointF view) const { return m_overlay.legendRect().contains(view); }
    void setLegendShownWhole(bool on) { m_legendAll = on; }
    bool isLegendShownWhole() const { return m_legendAll; }
    QPointF positionOf(const QString &key) const; //!< (-1,-1) if it is not there
    //! The nearest peer from \a key in the direction of \a step (a unit vector); without a key the first one. Empty if
    //! none.
    QString neighbourInDirection(const QString &key, QPointF step) const;

    void setHovered(const QString &key);
    QString hovered() const { return m_hovered; }
    void setSelected(const QString &key);
    QString selected() const { return m_selected; }
    void setHoveredEdge(const EdgeName &edge);
    EdgeName hoveredEdge() const { return m_hoveredEdge; }
    void setSelectedEdge(const EdgeName &edge);
    EdgeName selectedEdge() const { return m_selectedEdge; }
    void dragNode(const QString &key, QPointF view, qint64 nowNs);

    //! What the next frame has to paint.
    enum class Change {
        Nothing,
        Moved, //!< movedRegion(), by paintMoved()
        All    //!< by paint()
    };
    //! Moves everything to \a nowNs.
    Change advance(qint64 nowNs);
    //! Frames a second wanted from now on; 0: nothing moves.
    int wantedRate() const;
    //! Everything, as it is at these times.
    void paint(QPainter &painter, qint64 nowNs, qint64 nowMs);
    //! Whether nothing but what advance() moved differs from what was painted last.
    bool canPaintMoved() const;
    //! Paints dots and ripples, where advance() put them, over what was painted last, within \a part (movedRegion()) of
    //! \a window: the pixels of the view, for a whole device pixel ratio.
    void paintMoved(QImage &window, const QRegion &part);
    //! Where dots and ripples are now and where they were painted last.
    QRegion movedRegion() const;

    void paintFocusFrame(QPainter &painter) const;

    //! New lines of one frame, and those that may wait for the next ones; the oldest beyond are left out and counted.
    static constexpr std::size_t kMostLinesAFrame = 2000;
    static constexpr std::size_t kMostLinesWaiting = 8000;

    FrameCost cost() const { return m_cost; }
    FrameWork work() const;
    int dotCount() const { return int(m_pulses.dots().size()); }
    qint64 dotsMerged() const { return m_pulses.dotsMerged(); }
    Overlay::Honesty honesty() const;
    int failureCount() const { return int(m_failures.size()); }
    bool trailsVisible() const { return !m_worker.layer().isEmpty() || !m_fresh.empty() || !m_worker.isIdle(); }
    //! Does all raster work that is due and waits for it.
    void finishRaster(qint64 nowNs);

private:
    struct Ripple
    {
        LivePulse pulse;
        qint64 startNs = 0;
    };
    //! A ripple as it looks at one time.
    struct Ring
    {
        QRectF ellipse;
        int start16 = 0;
        int span16 = 0;
        double width = 0;
        QColor color;
    };

    bool minimapShown() const;
    bool curveOf(const items::GraphPulse &pulse, const GraphCamera &camera, EdgeCurve &curve) const;
    bool curveOf(const EdgeName &edge, EdgeCurve &curve) const;
    //! How far \a pulse gets on its way: 1, or less if it failed.
    static double reachOf(const items::GraphPulse &pulse);
    //! The trail of \a live: one stroke, or several where it is dotted.
    //! Whether the filter lets one of its ends pass; what goes between others steps back with them.
    bool concernsShown(const items::GraphPulse &pulse) const;
    void addStrokes(const LivePulse &live, const EdgeCurve &curve, double strength,
                    std::vector<EdgeStroke> &strokes) const;
    bool glide(qint64 nowNs);
    void cameraChanged(qint64 nowNs);
    void pumpWorker(qint64 nowNs);
    void refreshEmphasis();
    void takeReports(qint64 nowNs);
    void ensurePlaced();
    void placeMoving(qint64 nowNs);
    void paintBelow(QPainter &painter, qint64 nowNs);
    void paintMoving(QPainter &painter);
    void paintWords(QPainter &painter);
    void paintTrails(QPainter &painter);
    void paintLitEdges(QPainter &painter);
    void paintFailures(QPainter &painter, qint64 nowNs);
    void paintRipples(QPainter &painter);

    QPointer<items::GraphModel> m_model;
    GraphCamera m_camera;
    SpriteAtlas m_atlas;
    BackgroundLayer m_background;
    NodeLayer m_nodes;
    NodeLayer::Emphasis m_emphasis;
    Overlay m_overlay;
    Pulses m_pulses;
    DotLayer m_dots;
    RasterWorker m_worker;
    Minimap m_minimap;

    std::vector<LivePulse> m_fresh; //!< edges not yet handed to the worker
    std::vector<Ripple> m_ripples;
    std::vector<Ring> m_rings;
    std::vector<LivePulse> m_failures; //!< their marks stay as long as their trails
    GraphCamera m_layerCamera;         //!< what the shown trail layer was drawn for
    GraphCamera m_postedCamera;
    qint64 m_fadedUntilNs = 0;  //!< the layer's fading is paid up to here
    qint64 m_trailsStaleNs = 0; //!< when trails stopped fitting the peers; 0: they fit
    qint64 m_paintedMs = 0;     //!< when all was painted last; words change no oftener
    QImage m_below;             //!< all that lies below what moves, as painted last
    DirtyTiles m_shownTiles;    //!< where what moves was painted last
    bool m_belowStale = true;   //!< there are other trails, or peers moved
    QImage m_hoverPicture;
    EdgeRaster m_hoverRaster;
    bool m_hoverStale = true;

    GraphStyle m_style;
    static constexpr qint64 kThere = -1;
    static constexpr qint64 kToStart = -2; // at the next frame

    QString m_hovered;
    QString m_selected;
    EdgeName m_hoveredEdge;
    EdgeName m_selectedEdge;
    qint64 m_glideFromNs = kThere; //!< when the way to the followed peer began, or one of:
    QPointF m_glideFrom;           //!< world
    bool m_following = false;
    bool m_legendAll = false;
    QRectF m_covered;
    QString m_note;
    FrameCost m_cost;
    int m_filteredOut = 0; //!< as of the last syncNodes()
    int m_linesPosted = 0;
    qint64 m_linesLeftOut = 0;
    qreal m_ratio = 1;
    bool m_reducedMotion = false;
    bool m_placeStale = true;
    bool m_peersStale = false;                                   //!< peers report other figures, in the places they had
    qint64 m_reportsNs = std::numeric_limits<qint64>::min() / 2; //!< when such were shown last
};

} // namespace mesh::graph
