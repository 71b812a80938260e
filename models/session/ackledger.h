// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QStringList>

#include "models/session/seenids.h"

namespace mesh::session {

//! Which received messages may be confirmed with `client_ack`: only those that are safe on disk, because the broker
//! forgets a message once it is confirmed (wire reference 6.6). Also tells duplicates. Bounded; the oldest are
//! forgotten, which costs a second delivery at worst.
class AckLedger final
{
public:
    explicit AckLedger(int limit = 20'000)
        : m_messages(limit)
        , m_byClientId(limit)
    {
    }

    enum class Arrival { New, Duplicate };

    //! A message arrived. \a clientId is the sender's id together with the sender, or empty. For a duplicate of what is
    //! stored already the ids to confirm at once are added to takeDue().
    Arrival arrived(const QString &messageId, const QString &clientId);
    //! A message that will never be stored but must not come again (permanent failures that were shown).
    void confirm(const QString &messageId);
    //! The broker's ids that are due to be confirmed, each once.
    QStringList takeDue() { return std::exchange(m_due, {}); }
    //! Ids taken with takeDue() that could not be sent: due again.
    void putBack(const QStringList &ids) { m_due = ids + m_due; }
    bool hasDue() const { return !m_due.isEmpty(); }

private:
    struct Entry
    {
        bool stored = false;
        QString original;    // the message this is a duplicate of, empty if none
        QStringList aliases; // duplicates to confirm together with this one
    };

    RecentMap<Entry> m_messages;
    RecentMap<QString> m_byClientId; // -> messageId
    QStringList m_due;
};

} // namespace mesh::session
