// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QRect>
#include <QtGui/QColor>

#include <vector>

#include "graph/edgecurve.h"

class QImage;
class QPainter;

namespace mesh::graph {

//! One curve to draw, in device pixels.
struct EdgeStroke
{
    EdgeCurve curve;
    float width = 1.5F;  //!< device pixels, 0.5 to 16
    QRgb color = 0;      //!< opaque; its alpha is not used
    float alphaFrom = 1; //!< at the sender, 0 to 1
    float alphaTo = 1;   //!< at the receiver
};

//! Pixels to draw into: ARGB32 premultiplied, \a stride in pixels.
struct PixelView
{
    quint32 *pixels = nullptr;
    qsizetype stride = 0;
    int width = 0;
    int height = 0;
};

//! Draws antialiased curves by the exact area of each pixel that they cover, source over. Some forty times as fast as a
//! wide translucent QPen; drawReference() is the same picture by QPainter, for tests and for export. Not reentrant (it
//! reuses its scratch memory); one per thread.
class EdgeRaster
{
public:
    EdgeRaster();

    //! \return the pixels that may have changed, empty if the curve lies outside or is not finite.
    QRect draw(const PixelView &target, const EdgeStroke &stroke);

    //! The curve as QPainter draws it. \a painter is in device pixels with antialiasing on.
    static void drawReference(QPainter &painter, const EdgeStroke &stroke);

private:
    struct Vertex
    {
        double x = 0;
        double y = 0;
    };
    //! A line through \a at, square to the curve: what lies before it belongs to one segment, what lies behind to the
    //! next.
    struct Cut
    {
        bool active = false;
        bool extend = false; //!< the segment is drawn up to the cut, past its own last whole column
        bool end = false;    //!< the curve's own end: pixels on the cut are covered in part
        double x = 0;
        double y = 0;
        double nx = 0;
        double ny = 0;
    };

    //! Points of \a stroke whose chords are at most \a tolerance pixels off it, in at most \a most segments.
    static int flatten(const EdgeStroke &stroke, double tolerance, int most, std::vector<Vertex> &vertices);
    void drawSegment(const PixelView &target, Vertex a, Vertex b, double halfWidth, quint32 source, const Cut &begin,
                     const Cut &end) const;
    quint32 coverage(int slope, qint32 distance) const;

    static constexpr int kSlopes = 16;    // steps of the slope from 0 to 1
    static constexpr int kDistances = 64; // steps of the distance from -1 to 1

    std::vector<quint8> m_area; // share of a pixel below a line, by slope and distance
    std::vector<Vertex> m_vertices;
};

} // namespace mesh::graph
