// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QHash>
#include <QtCore/QList>
#include <QtCore/QString>

#include <utility>

namespace mesh::session {

//! The last \a limit keys with a value each; the oldest are forgotten.
template <class Value>
class RecentMap final
{
public:
    explicit RecentMap(int limit)
        : m_limit(limit)
    {
    }

    Value *find(const QString &key)
    {
        const auto it = m_values.find(key);
        return it == m_values.end() ? nullptr : &it.value();
    }
    const Value *find(const QString &key) const
    {
        const auto it = m_values.constFind(key);
        return it == m_values.cend() ? nullptr : &it.value();
    }
    bool contains(const QString &key) const { return m_values.contains(key); }
    //! \return false if the key was there; its value is then replaced.
    bool insert(const QString &key, Value value)
    {
        const auto it = m_values.find(key);
        if (it != m_values.end()) {
            it.value() = std::move(value);
            return false;
        }
        m_values.insert(key, std::move(value));
        m_order.append(key);
        while (m_values.size() > m_limit) {
            m_values.remove(m_order.takeFirst());
            ++m_forgotten;
        }
        return true;
    }
    qsizetype size() const { return m_values.size(); }
    qint64 forgotten() const { return m_forgotten; }

private:
    int m_limit;
    QHash<QString, Value> m_values;
    QList<QString> m_order; // QList keeps room at its front, so takeFirst() is cheap
    qint64 m_forgotten = 0;
};

} // namespace mesh::session
