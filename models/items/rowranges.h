// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <utility>
#include <vector>

namespace mesh::items {

//! Calls \a f(first, last) for each run of neighbours in \a rows, ascending. Sorts \a rows and drops doubles.
template <class F>
void forEachRange(std::vector<int> &rows, F f)
{
    std::sort(rows.begin(), rows.end());
    rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
    for (size_t i = 0; i < rows.size();) {
        size_t j = i + 1;
        while (j < rows.size() && rows[j] == rows[j - 1] + 1)
            ++j;
        f(rows[i], rows[j - 1]);
        i = j;
    }
}

//! The same from the end, so that rows can be removed on the way.
template <class F>
void forEachRangeBackwards(std::vector<int> &rows, F f)
{
    std::vector<std::pair<int, int>> ranges;
    forEachRange(rows, [&](int first, int last) { ranges.emplace_back(first, last); });
    for (auto it = ranges.rbegin(); it != ranges.rend(); ++it)
        f(it->first, it->second);
}

} // namespace mesh::items
