// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/trustbook.h"

#include "models/store/storejson.h"

#include <tuple>

namespace mesh::store {

void TrustBook::told(const protocol::events::PeerVerified &event, qint64 atMs, FoldContext &context)
{
    const Verification said{event.memberKey, event.name, event.verified, atMs};
    const auto rank = [](const Verification &v) { return std::tie(v.atMs, v.verified, v.name); };
    const auto known = m_all.constFind(event.memberKey);
    // Two words of one millisecond: the order of arrival must not matter.
    if (known != m_all.cend() && rank(*known) >= rank(said))
        return;
    m_all.insert(event.memberKey, said);
    context.changes.verified.insert(event.memberKey);
}

QJsonArray TrustBook::save() const
{
    return toArray(m_all.values());
}

void TrustBook::load(const QJsonArray &rows)
{
    m_all.clear();
    for (const Verification &one : fromArray<Verification>(rows))
        m_all.insert(one.memberKey, one);
}

} // namespace mesh::store
