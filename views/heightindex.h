// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/qglobal.h>

#include <vector>

namespace mesh::views {

//! Heights of the rows of a long list, measured ones and guesses, with prefix sums in O(log n) (a Fenwick tree).
//! Appending is O(log n), inserting or removing elsewhere O(n). Heights are whole logical pixels.
class HeightIndex final
{
public:
    [[nodiscard]] int count() const { return int(m_rows.size()); }
    [[nodiscard]] qint64 total() const { return m_total; }

    void clear();
    //! Puts \a n rows with guessed heights before row \a at (at == count() appends). \a guess(row) gives each one.
    template <class Guess>
    void insert(int at, int n, Guess guess)
    {
        if (n <= 0)
            return;
        const bool append = at >= count();
        if (append) {
            for (int i = 0; i < n; ++i)
                push({guess(count()), false});
            return;
        }
        std::vector<Row> rows;
        rows.reserve(size_t(n));
        for (int i = 0; i < n; ++i)
            rows.push_back({guess(at + i), false});
        m_rows.insert(m_rows.begin() + at, rows.begin(), rows.end());
        rebuild();
    }
    void remove(int first, int n);

    [[nodiscard]] int height(int row) const { return m_rows[size_t(row)].height; }
    [[nodiscard]] bool isMeasured(int row) const { return m_rows[size_t(row)].measured; }
    void setMeasured(int row, int height);
    //! The height stays as a guess until it is measured again.
    void invalidate(int row) { m_rows[size_t(row)].measured = false; }
    void invalidateAll();

    //! Sum of the heights of all rows before \a row.
    [[nodiscard]] qint64 top(int row) const;
    //! Row that covers \a y; the first or last one beyond the ends, -1 if there is none.
    [[nodiscard]] int rowAt(qint64 y) const;

private:
    struct Row
    {
        int height = 0;
        bool measured = false;
    };

    void push(Row row);
    void rebuild();

    std::vector<Row> m_rows;
    std::vector<qint64> m_tree{0}; //!< 1-based
    qint64 m_total = 0;
};

} // namespace mesh::views
