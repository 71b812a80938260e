// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/session/trafficmerger.h"

namespace mesh::session {

using namespace Qt::StringLiterals;
using protocol::events::TrafficSeen;
using protocol::events::TrafficSource;

namespace {

bool isMulticast(const QString &target)
{
    return target == "*"_L1 || target.startsWith(u'@');
}

//! A push does not say which group it was for, so a received multicast carries `*` and fits any group.
bool sameTarget(const QString &a, const QString &b)
{
    return a == b || (isMulticast(a) && isMulticast(b) && (a == "*"_L1 || b == "*"_L1));
}

bool sameSender(const TrafficSeen &a, const TrafficSeen &b)
{
    if (!a.senderKey.isEmpty() && !b.senderKey.isEmpty())
        return a.senderKey == b.senderKey;
    return !a.senderName.isEmpty() && a.senderName == b.senderName;
}

} // namespace

void TrafficMerger::forgetOld(qint64 nowMs)
{
    while (!m_recent.isEmpty() && (m_recent.size() > m_limit || m_recent.first().atMs < nowMs - m_windowMs))
        m_recent.removeFirst();
}

bool TrafficMerger::feed(const TrafficSeen &seen, qint64 nowMs)
{
    forgetOld(nowMs);
    const bool audit = seen.source == TrafficSource::Audit;
    for (Sighting &known : m_recent) {
        if (!audit && !seen.messageId.isEmpty() && known.seen.messageId == seen.messageId)
            return false;
    }
    for (Sighting &known : m_recent) {
        const bool open = audit ? !known.audited : !known.told;
        if (!open || known.seen.priority != seen.priority || !sameSender(known.seen, seen)
            || !sameTarget(known.seen.targetSpec, seen.targetSpec))
            continue;
        known.audited = known.audited || audit;
        known.told = known.told || !audit;
        if (known.seen.messageId.isEmpty())
            known.seen.messageId = seen.messageId;
        return false;
    }
    m_recent.append({seen, nowMs, audit, !audit});
    return true;
}

} // namespace mesh::session
