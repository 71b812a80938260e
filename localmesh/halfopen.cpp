// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/halfopen.h"

namespace mesh::local {

void HalfOpen::add(const QObject *connection, std::function<void()> drop)
{
    while (!m_entries.empty() && count() >= m_limit) {
        const std::function<void()> dropOldest = std::move(m_entries.front().drop);
        m_index.erase(m_entries.front().connection);
        m_entries.pop_front();
        dropOldest();
    }
    m_entries.push_back({connection, std::move(drop)});
    m_index.insert_or_assign(connection, std::prev(m_entries.end()));
}

void HalfOpen::remove(const QObject *connection)
{
    const auto found = m_index.find(connection);
    if (found == m_index.end())
        return;
    m_entries.erase(found->second);
    m_index.erase(found);
}

} // namespace mesh::local
