// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/relay.h"

#include "localmesh/connection.h"
#include "localmesh/limits.h"

namespace mesh::local {

namespace {

void countDown(QHash<quint64, int> &counts, quint64 order)
{
    const auto found = counts.find(order);
    if (found != counts.end() && --*found <= 0)
        counts.erase(found);
}

} // namespace

bool Relay::add(const QString &key, const RelayedRequest &request)
{
    if (m_requests.contains(key) || m_asked.value(request.askerOrder) >= limits::RelayedPerPeer
        || m_answered.value(request.answerer) >= limits::RelayedPerPeer)
        return false;
    m_requests.insert(key, request);
    ++m_asked[request.askerOrder];
    ++m_answered[request.answerer];
    return true;
}

void Relay::uncount(const RelayedRequest &request)
{
    countDown(m_asked, request.askerOrder);
    countDown(m_answered, request.answerer);
}

std::optional<RelayedRequest> Relay::take(const QString &key, quint64 answerer)
{
    const auto found = m_requests.find(key);
    if (found == m_requests.end() || found->answerer != answerer)
        return std::nullopt;
    const RelayedRequest request = *found;
    m_requests.erase(found);
    uncount(request);
    return request;
}

template <class Test>
QList<RelayedRequest> Relay::takeIf(const Test &test)
{
    QList<RelayedRequest> taken;
    m_requests.removeIf([&](Table::iterator entry) {
        if (!test(*entry))
            return false;
        taken.append(*entry);
        return true;
    });
    for (const RelayedRequest &request : std::as_const(taken))
        uncount(request);
    return taken;
}

QList<RelayedRequest> Relay::takeAllOf(quint64 answerer)
{
    if (!m_answered.contains(answerer))
        return {};
    return takeIf([answerer](const RelayedRequest &request) { return request.answerer == answerer; });
}

QList<RelayedRequest> Relay::takeLate(qint64 nowNs)
{
    return takeIf([nowNs](const RelayedRequest &request) { return request.deadlineNs <= nowNs; });
}

} // namespace mesh::local
