// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <vector>

#include "graph/dirtytiles.h"
#include "graph/spriteatlas.h"
#include "models/items/graphmodel.h"

class QPainter;

namespace mesh::graph {

//! The dots that travel, at the places they have in one frame, and the squares they cover there.
class DotLayer
{
public:
    static constexpr int kMostCounts = 60; //!< dots that carry their number

    //! No dots, in a view of \a viewport logical pixels.
    void clear(QSizeF viewport);
    //! A dot for \a pulse with its middle at \a at; out of sight it is left out.
    void add(const items::GraphPulse &pulse, QPointF at, double opacity, SpriteAtlas &atlas);
    void paint(QPainter &painter, const SpriteAtlas &atlas) const;

    DirtyTiles &tiles() { return m_tiles; }
    const DirtyTiles &tiles() const { return m_tiles; }

private:
    struct Dot
    {
        QPointF at;
        double opacity = 1;
        quint8 look = 0;
        int count = -1; //!< index in m_counts; -1: none
    };

    void cover(const Sprite &sprite, QPointF at, const SpriteAtlas &atlas);

    QRectF m_view;
    std::vector<Dot> m_dots;
    std::array<Sprite, 128> m_looks;
    std::array<bool, 128> m_hasLook{};
    std::vector<Sprite> m_counts;
    DirtyTiles m_tiles;
};

} // namespace mesh::graph
