// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QCoreApplication>
#include <QtCore/QStringList>
#include <QtGui/QImage>

#include <vector>

#include "graph/graphcamera.h"
#include "graph/spriteatlas.h"
#include "models/items/graphlayout.h"

class QPainter;

namespace mesh::graph {

//! What stands still below everything: canvas, orbit rings, group arcs and their names. Kept as one opaque picture.
class BackgroundLayer
{
    Q_DECLARE_TR_FUNCTIONS(mesh::graph::BackgroundLayer)

public:
    void invalidate() { m_stale = true; }
    bool isStale() const { return m_stale; }
    //! Draws the picture, making it first if camera, layout or style are not those it was made for.
    void paint(QPainter &painter, const GraphCamera &camera, const items::GraphLayout &layout, SpriteAtlas &atlas);

    //! Where the legend stands: no name is written there.
    void setLegend(const QRectF &rect);
    //! Groups whose arcs are lit up: those of the peer that is looked at.
    void setLit(const QStringList &groups);
    //! The group whose arc or name is at \a view, as last painted; empty if none.
    QString groupAt(QPointF view, const items::GraphLayout &layout) const;

    //! Width of the arcs in logical pixels.
    static double arcWidth(const GraphCamera &camera);
    //! Rectangle of a sector's arc for QPainter::drawArc, with start and span in its 16ths of a degree.
    struct Arc
    {
        QRectF rect;
        int start16 = 0;
        int span16 = 0;
    };
    static Arc arcOf(const GraphCamera &camera, const items::GraphLayout::Sector &sector);

private:
    //! Whether \a layout has other arcs than the picture shows.
    bool looksOther(const items::GraphLayout &layout) const;
    void draw(QPainter &painter, const GraphCamera &camera, const items::GraphLayout &layout, SpriteAtlas &atlas);

    struct Name
    {
        QString group;
        QRectF rect;
    };

    struct ShownSector
    {
        QString group;
        double startAngle;
        double span;
        bool inUse;
    };

    QImage m_picture;
    std::vector<ShownSector> m_shown;
    GraphCamera m_camera;
    QStringList m_lit;
    QRectF m_legend;
    QList<Name> m_names;
    int m_generation = -1;
    bool m_stale = true;
};

} // namespace mesh::graph
