// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/session/ackledger.h"

namespace mesh::session {

AckLedger::Arrival AckLedger::arrived(const QString &messageId, const QString &clientId)
{
    if (const Entry *known = m_messages.find(messageId)) {
        const Entry *original = known->original.isEmpty() ? known : m_messages.find(known->original);
        if (original && original->stored && !m_due.contains(messageId))
            m_due.append(messageId);
        return Arrival::Duplicate;
    }
    if (!clientId.isEmpty()) {
        const QString *originalId = m_byClientId.find(clientId);
        Entry *original = originalId ? m_messages.find(*originalId) : nullptr;
        if (original) {
            if (original->stored)
                m_due.append(messageId);
            else
                original->aliases.append(messageId);
            m_messages.insert(messageId, Entry{false, *originalId, {}});
            return Arrival::Duplicate;
        }
        m_byClientId.insert(clientId, messageId);
    }
    m_messages.insert(messageId, Entry{});
    return Arrival::New;
}

void AckLedger::confirm(const QString &messageId)
{
    Entry *entry = m_messages.find(messageId);
    if (!entry || entry->stored || !entry->original.isEmpty())
        return;
    entry->stored = true;
    m_due.append(messageId);
    m_due.append(entry->aliases);
    entry->aliases.clear();
}

} // namespace mesh::session
