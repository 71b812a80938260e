// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGui/QPixmap>

#include <vector>

#include "graph/graphcamera.h"
#include "graph/nodelayer.h"
#include "graph/spriteatlas.h"
#include "models/items/graphmodel.h"

class QPainter;

namespace mesh::graph {

//! The whole graph in a corner while the view shows a part of it, with a frame round that part.
class Minimap
{
public:
    static constexpr double kShownFrom = 1.25; //!< zoom

    //! Whether a view with \a camera has a minimap: zoomed in, and large enough for one.
    static bool isShown(const GraphCamera &camera);
    //! Where it is, in the view's pixels.
    static QRectF rect(const GraphCamera &camera);
    //! The world point at \a view, which lies in rect().
    static QPointF toWorld(const GraphCamera &camera, QPointF view);

    void invalidate() { m_stale = true; }
    //! The picture of the peers is made again at most twice a second.
    void paint(QPainter &painter, const GraphCamera &camera, const items::GraphModel &model,
               const std::vector<PlacedNode> &placed, qint64 nowMs, SpriteAtlas &atlas);

private:
    QPixmap m_picture;
    qint64 m_madeAtMs = 0;
    bool m_stale = true;
};

} // namespace mesh::graph
