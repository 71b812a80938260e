// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QObject>

#include <functional>
#include <list>
#include <unordered_map>

namespace mesh::local {

//! Connections that have not yet said who they are. When there are too many the oldest is dropped, so that a crowd of
//! silent sockets keeps nobody out who speaks at once.
class HalfOpen final
{
public:
    explicit HalfOpen(int limit)
        : m_limit(limit)
    {
    }
    Q_DISABLE_COPY_MOVE(HalfOpen)

    //! \a drop ends the connection; it may call remove().
    void add(const QObject *connection, std::function<void()> drop);
    void remove(const QObject *connection);
    int count() const { return int(m_entries.size()); }

private:
    struct Entry
    {
        const QObject *connection;
        std::function<void()> drop;
    };

    int m_limit;
    std::list<Entry> m_entries; //!< oldest first
    std::unordered_map<const QObject *, std::list<Entry>::iterator> m_index;
};

} // namespace mesh::local
