// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QList>

#include <algorithm>
#include <utility>

namespace mesh::store {

//! How one value changed over time, told by several sources that may be late. Strong points are changes that somebody
//! announced; weak points are polls, which say what is, not when it became so: a poll that says what is known already
//! leaves no trace, and one that an announcement explains later goes. So the points do not depend on the order of
//! arrival. \tparam V has `friend bool sameValue(const V &, const V &)` or is compared with ==.
template <class V>
class ChangeTrack final
{
public:
    struct Point
    {
        qint64 atMs = 0;
        bool weak = false;
        V value{};
    };

    enum class Effect {
        None,     //!< nothing new
        Appended, //!< the newest value is another one; nothing else changed
        Changed,  //!< the course before was corrected
    };

    const QList<Point> &points() const { return m_points; }
    bool isEmpty() const { return m_points.isEmpty(); }
    const V &current() const { return m_points.last().value; }

    //! Points where the value is another one than before.
    QList<Point> changes() const
    {
        QList<Point> out;
        for (const Point &point : m_points) {
            if (out.isEmpty() || !same(out.last().value, point.value))
                out.append(point);
        }
        return out;
    }

    //! \a dropped counts points that went because of \a limit.
    Effect add(Point point, qsizetype limit, qint64 &dropped)
    {
        auto at = m_points.end();
        if (!m_points.isEmpty() && !before(m_points.last(), point))
            at = std::lower_bound(m_points.begin(), m_points.end(), point, before);
        const bool atEnd = at == m_points.end();
        if (!atEnd && at->atMs == point.atMs && at->weak == point.weak) {
            if (same(at->value, point.value))
                return Effect::None;
            // Two values at one moment from one source: the later telling counts.
            at->value = std::move(point.value);
            return Effect::Changed;
        }
        if (point.weak && at != m_points.begin() && same(std::prev(at)->value, point.value))
            return Effect::None;
        if (atEnd && m_points.size() >= limit) {
            dropped += m_points.size() - limit + 1;
            m_points.remove(0, m_points.size() - limit + 1);
            at = m_points.end();
        } else if (!atEnd && m_points.size() >= limit && at == m_points.begin()) {
            ++dropped; // older than everything that can be kept
            return Effect::None;
        }
        const bool isChange = !atEnd || m_points.isEmpty() || !same(m_points.last().value, point.value);
        at = m_points.insert(at, std::move(point));
        auto next = std::next(at);
        while (next != m_points.end() && next->weak && same(next->value, at->value)) {
            next = m_points.erase(next);
            at = std::prev(next);
        }
        while (m_points.size() > limit) {
            ++dropped;
            m_points.removeFirst();
        }
        return !isChange ? Effect::None : atEnd ? Effect::Appended : Effect::Changed;
    }

    //! For restoring what points() gave.
    void assign(QList<Point> points) { m_points = std::move(points); }

private:
    //! At one moment a poll comes before an announcement, so that the announcement is the newer word.
    static bool before(const Point &a, const Point &b)
    {
        return a.atMs != b.atMs ? a.atMs < b.atMs : a.weak && !b.weak;
    }
    static bool same(const V &a, const V &b)
    {
        if constexpr (requires { sameValue(a, b); })
            return sameValue(a, b);
        else
            return a == b;
    }

    QList<Point> m_points;
};

} // namespace mesh::store
