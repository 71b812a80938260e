// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/timeline.h"

#include <algorithm>
#include <tuple>

namespace mesh::store {

namespace {

//! Texts are dropped with their rows only when this many more are kept than rows could use.
constexpr qsizetype kTextSlack = 20'000;

} // namespace

TimelineEntry Timeline::at(qsizetype row) const
{
    return {m_atMs.at(row), m_lane.at(row), m_kind.at(row), m_texts.at(m_actor.at(row)), m_texts.at(m_subject.at(row)),
            m_old.at(row),  m_new.at(row)};
}

qsizetype Timeline::lowerBound(qint64 ms) const
{
    return std::lower_bound(m_atMs.begin(), m_atMs.end(), ms) - m_atMs.begin();
}

qsizetype Timeline::position(const TimelineEntry &entry, bool &found) const
{
    found = false;
    // Most rows are the newest: look from the end before searching.
    if (m_atMs.isEmpty() || entry.atMs > m_atMs.last())
        return m_atMs.size();
    // Rows of one time are in the order of their contents; a list of peers makes thousands of them.
    const auto wanted = std::tie(entry.lane, entry.kind, entry.subject, entry.actor, entry.newValue, entry.oldValue);
    const auto key = [this](qsizetype row) {
        return std::tie(m_lane.at(row), m_kind.at(row), m_texts.at(m_subject.at(row)), m_texts.at(m_actor.at(row)),
                        m_new.at(row), m_old.at(row));
    };
    qsizetype first = lowerBound(entry.atMs);
    qsizetype last = std::upper_bound(m_atMs.cbegin() + first, m_atMs.cend(), entry.atMs) - m_atMs.cbegin();
    if (first < last && key(last - 1) < wanted) // they mostly come in that order
        return last;
    while (first < last) {
        const qsizetype middle = first + (last - first) / 2;
        if (key(middle) < wanted)
            first = middle + 1;
        else
            last = middle;
    }
    found = first < m_atMs.size() && m_atMs.at(first) == entry.atMs && key(first) == wanted;
    return first;
}

Timeline::Added Timeline::add(const TimelineEntry &entry)
{
    bool known = false;
    const qsizetype row = position(entry, known);
    if (known)
        return Added::Known;
    const bool atEnd = row == m_atMs.size();
    m_atMs.insert(row, entry.atMs);
    m_lane.insert(row, entry.lane);
    m_kind.insert(row, entry.kind);
    m_actor.insert(row, intern(entry.actor));
    m_subject.insert(row, intern(entry.subject));
    m_old.insert(row, entry.oldValue);
    m_new.insert(row, entry.newValue);
    return atEnd ? Added::Appended : Added::Inserted;
}

bool Timeline::remove(const TimelineEntry &entry)
{
    bool known = false;
    const qsizetype row = position(entry, known);
    if (!known)
        return false;
    m_atMs.removeAt(row);
    m_lane.removeAt(row);
    m_kind.removeAt(row);
    m_actor.removeAt(row);
    m_subject.removeAt(row);
    m_old.removeAt(row);
    m_new.removeAt(row);
    return true;
}

void Timeline::dropFront(qsizetype count)
{
    count = std::min(count, size());
    m_atMs.remove(0, count);
    m_lane.remove(0, count);
    m_kind.remove(0, count);
    m_actor.remove(0, count);
    m_subject.remove(0, count);
    m_old.remove(0, count);
    m_new.remove(0, count);
    if (m_texts.size() > 2 * size() + kTextSlack)
        compactTexts();
}

void Timeline::clear()
{
    *this = Timeline();
}

quint32 Timeline::intern(const QString &text)
{
    if (text.isEmpty())
        return 0;
    Recent &recent = m_recent[(reinterpret_cast<quintptr>(text.constData()) >> 4) % m_recent.size()];
    if (recent.text.constData() == text.constData() && recent.text.size() == text.size())
        return recent.id;
    const auto known = m_textIds.constFind(text);
    if (known != m_textIds.cend()) {
        recent = {text, *known};
        return *known;
    }
    const quint32 id = quint32(m_texts.size());
    m_texts.append(text);
    m_textIds.insert(text, id);
    return id;
}

void Timeline::compactTexts()
{
    QList<QString> old;
    old.swap(m_texts);
    m_recent = {};
    m_texts.append(QString());
    m_textIds.clear();
    m_textIds.insert(QString(), 0);
    for (QList<quint32> *column : {&m_actor, &m_subject}) {
        for (quint32 &id : *column)
            id = intern(old.at(id));
    }
}

} // namespace mesh::store
