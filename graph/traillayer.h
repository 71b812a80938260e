// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QSize>
#include <QtGui/QImage>

#include <array>
#include <vector>

#include "graph/edgeraster.h"
#include "graph/trailfade.h"

namespace mesh::graph {

//! Work for the trail layer: fade by a time, then draw what is new.
struct TrailJob
{
    QSize size;         //!< device pixels; another size than before starts an empty layer
    bool clear = false; //!< begin with nothing instead of fading
    double fadeMs = 0;
    std::vector<EdgeStroke> strokes;
};

//! The layer that trails are drawn into and fade in: each edge is drawn once, then the layer fades as a whole.
//!
//! Two images take turns: a step reads the one that is shown and writes the other, so what is shown is never touched
//! while somebody paints it, and nothing is copied. Parts of the layer that hold nothing are left out. Plain data: no
//! thread.
class TrailLayer
{
public:
    static constexpr int kTile = 64; //!< edge of the squares that are known to be empty or not

    //! Does \a job from the front image into the back one.
    void render(const TrailJob &job);
    //! Shows what render() made.
    void swap();

    //! What is to be shown; null before the first swap.
    const QImage &front() const { return m_buffers[m_front].image; }
    //! Nothing but transparent pixels in front().
    bool isEmpty() const { return m_buffers[m_front].active == 0; }
    //! The rectangle of front() that may hold something.
    QRect activeRect() const { return m_buffers[m_front].bounds; }
    //! Where the buffer's memory is, for the size of things.
    qsizetype byteCount() const;

private:
    struct Buffer
    {
        QImage image;
        std::vector<quint8> tiles; //!< not zero: may hold something
        int active = 0;
        QRect bounds;
    };

    void prepare(Buffer &buffer, QSize size) const;
    void fade(const Buffer &from, Buffer &to, FadeStep step);
    void wipe(Buffer &buffer) const;
    static void touch(Buffer &buffer, const QRect &pixels, int columns);
    static void count(Buffer &buffer, int columns);

    std::array<Buffer, 2> m_buffers;
    size_t m_front = 0;
    quint32 m_seed = 1;
    EdgeRaster m_raster;
};

} // namespace mesh::graph
