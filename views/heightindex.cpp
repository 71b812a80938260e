// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/heightindex.h"

#include <algorithm>

namespace mesh::views {

namespace {

size_t lowBit(size_t i)
{
    return i & (~i + 1);
}

} // namespace

void HeightIndex::clear()
{
    m_rows.clear();
    m_tree.assign(1, 0);
    m_total = 0;
}

void HeightIndex::push(Row row)
{
    m_rows.push_back(row);
    m_total += row.height;
    // A new node covers the rows (i - lowBit(i), i]: the row itself and the finished nodes below it.
    const size_t i = m_rows.size();
    qint64 sum = row.height;
    for (size_t child = i - 1, end = i - lowBit(i); child > end; child -= lowBit(child))
        sum += m_tree[child];
    m_tree.push_back(sum);
}

void HeightIndex::rebuild()
{
    m_tree.assign(m_rows.size() + 1, 0);
    m_total = 0;
    for (size_t i = 1; i <= m_rows.size(); ++i) {
        m_tree[i] += m_rows[i - 1].height;
        m_total += m_rows[i - 1].height;
        const size_t parent = i + lowBit(i);
        if (parent < m_tree.size())
            m_tree[parent] += m_tree[i];
    }
}

void HeightIndex::remove(int first, int n)
{
    if (n <= 0)
        return;
    m_rows.erase(m_rows.begin() + first, m_rows.begin() + first + n);
    rebuild();
}

void HeightIndex::setMeasured(int row, int height)
{
    Row &entry = m_rows[size_t(row)];
    const int delta = height - entry.height;
    entry = {height, true};
    if (delta == 0)
        return;
    m_total += delta;
    for (size_t i = size_t(row) + 1; i < m_tree.size(); i += lowBit(i))
        m_tree[i] += delta;
}

void HeightIndex::invalidateAll()
{
    for (Row &row : m_rows)
        row.measured = false;
}

qint64 HeightIndex::top(int row) const
{
    qint64 sum = 0;
    for (size_t i = size_t(std::clamp(row, 0, count())); i > 0; i -= lowBit(i))
        sum += m_tree[i];
    return sum;
}

int HeightIndex::rowAt(qint64 y) const
{
    if (m_rows.empty())
        return -1;
    if (y < 0)
        return 0;
    size_t pos = 0;
    size_t step = 1;
    while (step * 2 <= m_rows.size())
        step *= 2;
    for (; step > 0; step /= 2) {
        if (pos + step < m_tree.size() && m_tree[pos + step] <= y) {
            pos += step;
            y -= m_tree[pos];
        }
    }
    return int(std::min(pos, m_rows.size() - 1));
}

} // namespace mesh::views
