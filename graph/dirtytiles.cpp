// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph/dirtytiles.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace mesh::graph {

void DirtyTiles::reset(QSizeF size)
{
    m_columns = int(std::ceil(size.width() / kTile));
    m_rows = int(std::ceil(size.height() / kTile));
    m_tiles.assign(size_t(std::max(0, m_columns)) * size_t(std::max(0, m_rows)), 0);
}

void DirtyTiles::mark(const QRectF &rect)
{
    const int left = std::max(0, int(std::floor(rect.left() / kTile)));
    const int right = std::min(m_columns - 1, int(std::floor(rect.right() / kTile)));
    const int top = std::max(0, int(std::floor(rect.top() / kTile)));
    const int bottom = std::min(m_rows - 1, int(std::floor(rect.bottom() / kTile)));
    for (int row = top; row <= bottom; ++row) {
        for (int column = left; column <= right; ++column)
            m_tiles[size_t(row * m_columns + column)] = 1;
    }
}

void DirtyTiles::markArc(const QRectF &ellipse, int start16, int span16, double width)
{
    const double radius = std::max(ellipse.width(), ellipse.height()) / 2;
    const double start = start16 / 16.0 * std::numbers::pi / 180;
    const double span = span16 / 16.0 * std::numbers::pi / 180;
    // Steps of less than a square, each with a box that reaches halfway to its neighbours and beyond the line's edges.
    const int steps = std::clamp(int(std::ceil(std::abs(span) * radius / (kTile / 2.0))), 1, 4096);
    const double reach = std::abs(span) * radius / steps / 2 + width / 2 + 2;
    for (int i = 0; i <= steps; ++i) {
        const double angle = start + span * i / steps;
        const QPointF at(ellipse.center().x() + std::cos(angle) * ellipse.width() / 2,
                         ellipse.center().y() - std::sin(angle) * ellipse.height() / 2);
        mark(QRectF(at.x() - reach, at.y() - reach, 2 * reach, 2 * reach));
    }
}

void DirtyTiles::unite(const DirtyTiles &other)
{
    if (other.m_columns != m_columns || other.m_rows != m_rows) {
        m_columns = other.m_columns;
        m_rows = other.m_rows;
        m_tiles.assign(other.m_tiles.size(), 1);
        return;
    }
    std::transform(m_tiles.cbegin(), m_tiles.cend(), other.m_tiles.cbegin(), m_tiles.begin(),
                   [](quint8 a, quint8 b) { return quint8(a | b); });
}

QRegion DirtyTiles::region() const
{
    // Runs of a row, in reading order and apart from each other, and rows that look alike as one: just what a region is
    // made of.
    std::vector<QRect> runs;
    size_t lastRow = 0; // where the runs of the row above begin
    for (int row = 0; row < m_rows; ++row) {
        const quint8 *tiles = m_tiles.data() + size_t(row) * size_t(m_columns);
        const size_t thisRow = runs.size();
        for (int column = 0; column < m_columns; ++column) {
            if (tiles[column] == 0)
                continue;
            const int first = column;
            while (column + 1 < m_columns && tiles[column + 1] != 0)
                ++column;
            runs.emplace_back(first * kTile, row * kTile, (column + 1 - first) * kTile, kTile);
        }
        const auto above = runs.begin() + std::ptrdiff_t(lastRow);
        const auto here = runs.begin() + std::ptrdiff_t(thisRow);
        const bool alike =
            here != runs.end() && std::equal(above, here, here, runs.end(), [row](const QRect &a, const QRect &b) {
                return a.left() == b.left() && a.right() == b.right() && a.bottom() + 1 == row * kTile;
            });
        if (alike) {
            std::for_each(above, here, [](QRect &run) { run.setHeight(run.height() + kTile); });
            runs.resize(thisRow);
        } else {
            lastRow = thisRow;
        }
    }
    QRegion region;
    region.setRects(runs.data(), int(runs.size()));
    return region;
}

} // namespace mesh::graph
