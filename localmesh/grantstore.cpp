// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/grantstore.h"

#include "localmesh/text.h"

namespace mesh::local {

using namespace Qt::StringLiterals;

GrantStore::GrantStore(Database &database)
    : m_read(database, "SELECT member_id, sender_key, capabilities FROM peer_grant")
    , m_put(database, "INSERT OR REPLACE INTO peer_grant(member_id, sender_key, capabilities) VALUES(?,?,?)")
    , m_remove(database, "DELETE FROM peer_grant WHERE member_id=? AND sender_key=?")
{
}

void GrantStore::load()
{
    m_grants.clear();
    Query query(m_read);
    while (query.step())
        m_grants[query.text(0)].insert(query.text(1), listFromColumn(query.text(2)));
}

bool GrantStore::isCapability(const QString &word)
{
    static const QStringList words{u"read"_s,       u"dm"_s,          u"broadcast"_s,
                                   u"state-read"_s, u"state-write"_s, u"file-read"_s};
    return words.contains(word);
}

void GrantStore::set(const QString &memberId, const QString &senderKey, const std::optional<QStringList> &capabilities)
{
    if (capabilities) {
        Query query(m_put);
        query << memberId << senderKey << toColumn(*capabilities);
        if (query.run())
            m_grants[memberId].insert(senderKey, *capabilities);
        return;
    }
    Query query(m_remove);
    query << memberId << senderKey;
    if (query.run())
        m_grants[memberId].remove(senderKey);
}

bool GrantStore::allows(const QString &memberId, const QString &senderKey, QLatin1StringView capability) const
{
    const auto member = m_grants.constFind(memberId);
    if (member == m_grants.cend())
        return capability != "state-write"_L1 && capability != "file-read"_L1;
    const auto granted = member->constFind(senderKey);
    if (granted == member->cend())
        return capability != "state-write"_L1 && capability != "file-read"_L1;
    return granted->contains(capability);
}

} // namespace mesh::local
