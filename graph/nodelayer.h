// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QCoreApplication>
#include <QtCore/QHash>
#include <QtCore/QRectF>
#include <QtCore/QSet>
#include <QtGui/QImage>
#include <QtGui/QRegion>

#include <vector>

#include "graph/graphcamera.h"
#include "graph/spriteatlas.h"
#include "models/items/graphmodel.h"

class QPainter;

namespace mesh::graph {

//! Where one peer is drawn now.
struct PlacedNode
{
    QPointF world;    //!< as shown: between two places while it moves
    QPointF view;     //!< logical pixels
    float radius = 0; //!< logical pixels
    bool there = false;
    bool visible = false; //!< some of it is inside the viewport
};

//! The peers: places, sizes, labels that do not overlap, hit test, and drawing. For a screen they are kept as one
//! picture that is drawn again only when something about them changes.
class NodeLayer
{
    Q_DECLARE_TR_FUNCTIONS(mesh::graph::NodeLayer)

public:
    //! Labels that a place is looked for, the most important first; what lies beyond is hidden without a look, so that
    //! a frame's work does not grow with the mesh.
    static constexpr int kMostLabelsTried = 1000;

    //! What is shown specially.
    struct Emphasis
    {
        int hovered = -1;
        int selected = -1;
        QSet<int> bright; //!< if not empty: these stay, the rest is dimmed
        friend bool operator==(const Emphasis &, const Emphasis &) = default;
    };

    //! Takes over \a nodes as they are; peers whose place changed start moving there from where they are at \a nowNs.
    //! \a hideFiltered: those that do not match the filter are not there. \return true if one that stays in the model
    //! appeared or disappeared (its group, the filter).
    bool sync(const std::vector<items::GraphNode> &nodes, double worldRadius, bool hideFiltered, qint64 nowNs,
              bool animate);
    //! Moves what is moving. \return true while something does.
    bool advance(qint64 nowNs);
    bool isMoving() const { return m_moving; }
    //! A peer that follows the pointer.
    void drag(int index, QPointF world);

    //! Where no label goes: legend and map. \return whether that is another place than before.
    bool setKeepOut(const QList<QRectF> &rects);
    //! Computes view positions and labels. Call when camera, nodes or emphasis changed.
    void place(const std::vector<items::GraphNode> &nodes, const GraphCamera &camera, const Emphasis &emphasis,
               SpriteAtlas &atlas);
    void paint(QPainter &painter, const std::vector<items::GraphNode> &nodes, const Emphasis &emphasis,
               SpriteAtlas &atlas);
    //! What paint() painted last, within \a part: logical pixels, and a whole number of device pixels for each.
    void paintPart(QPainter &painter, const QRegion &part, const SpriteAtlas &atlas) const;

    const std::vector<PlacedNode> &placed() const { return m_placed; }
    //! Index of the peer at \a view, -1 if none. The nearest of several wins.
    int hit(QPointF view) const;
    //! The box of a peer with its label, in the view; null if it is not seen.
    QRectF boxOf(int index) const;
    int visibleCount() const { return m_visible; }
    //! Labels left out because they would overlap.
    int labelsHidden() const { return m_labelsHidden; }
    //! Labels that a place was looked for when labels were last placed.
    int labelsTried() const { return m_labelsTried; }
    QList<QRectF> labelRects() const;

private:
    struct Label
    {
        int node = -1;
        QRectF rect;
        QString name; //!< as there is room for it
        bool strong = false;
        QStringList details; //!< further lines below the name
    };
    struct Movement
    {
        QPointF from;
        QPointF to;
        quint32 generation = 0;
        bool moving = false;
    };

    static QStringList detailsOf(const items::GraphNode &node, SpriteAtlas &atlas);
    void fitIn(int index);
    void placeLabels(const std::vector<items::GraphNode> &nodes, const Emphasis &emphasis, SpriteAtlas &atlas);
    void findPainted();
    void paintDirect(QPainter &painter, const std::vector<items::GraphNode> &nodes, const Emphasis &emphasis,
                     SpriteAtlas &atlas) const;

    std::vector<PlacedNode> m_placed;
    std::vector<Movement> m_movements;
    std::vector<Label> m_labels;
    QHash<quint32, std::vector<int>> m_cells; //!< hit test: nodes by square of the view
    QImage m_picture;
    QSizeF m_viewport;
    QList<QRectF> m_keepOut;
    double m_worldRadius = 0.064;
    qint64 m_moveStartNs = 0;
    int m_visible = 0;
    int m_labelsHidden = 0;
    int m_labelsTried = 0;
    bool m_moving = false;
    bool m_pictureStale = true;
    QRegion m_painted; //!< parts of the picture that are not empty, device pixels
};

} // namespace mesh::graph
