// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QRectF>
#include <QtGui/QRegion>

#include <vector>

namespace mesh::graph {

//! Which squares of a picture something is in: of the view, what a frame in which only that moved has to paint again.
class DirtyTiles
{
public:
    static constexpr int kTile = 16; //!< edge of a square, in the picture's pixels

    //! Nothing is marked in a picture of \a size.
    void reset(QSizeF size);
    //! Marks all squares that \a rect touches; what lies outside of the picture is left out.
    void mark(const QRectF &rect);
    //! Marks the squares along a part of an ellipse's outline, as QPainter::drawArc() takes it, \a width wide.
    void markArc(const QRectF &ellipse, int start16, int span16, double width);
    //! Adds the marks of \a other; all squares if that is of another size.
    void unite(const DirtyTiles &other);
    QRegion region() const;

private:
    int m_columns = 0;
    int m_rows = 0;
    std::vector<quint8> m_tiles;
};

} // namespace mesh::graph
