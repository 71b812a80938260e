// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QPointF>
#include <QtCore/QSizeF>

namespace mesh::graph {

//! What part of the world the view shows. World: centre (0,0), arcs at radius 1. View: logical pixels from the top
//! left. Plain numbers; equal cameras give equal pictures.
struct GraphCamera
{
    static constexpr double kLeastZoom = 0.25;
    static constexpr double kMostZoom = 40;

    QSizeF viewport;
    double zoom = 1; //!< 1: everything fits
    QPointF pan;     //!< pixels by which the centre is off the middle of the viewport

    //! Logical pixels from the centre to the arcs.
    double scale() const;
    QPointF toView(QPointF world) const;
    QPointF toWorld(QPointF view) const;
    //! Changes zoom by \a factor within its limits; the world below \a at stays there.
    void zoomBy(double factor, QPointF at);
    //! Moves by pixels; the graph cannot be pushed out of sight.
    void panBy(QPointF by);
    void fit();
    //! The world point in the middle of the view; zoom and this are all that is worth keeping of a camera.
    QPointF centre() const { return toWorld(QPointF(viewport.width() / 2, viewport.height() / 2)); }
    void centreOn(QPointF world);

    friend bool operator==(const GraphCamera &, const GraphCamera &) = default;

private:
    void keepInSight();
};

} // namespace mesh::graph
