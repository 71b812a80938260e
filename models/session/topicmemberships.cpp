// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/session/topicmemberships.h"

#include <algorithm>
#include <utility>

namespace mesh::session {

using namespace Qt::StringLiterals;
using namespace protocol;

TopicMemberships::TopicMemberships(SessionPort &port, QString ownMemberId, QString ownMemberKey)
    : m_port(port)
    , m_ownMemberId(std::move(ownMemberId))
    , m_ownMemberKey(std::move(ownMemberKey))
{
}

void TopicMemberships::linkUp()
{
    m_inFlight = 0;
    for (Topic &topic : m_topics)
        topic.poll.start(m_port.monoMs());
}

void TopicMemberships::linkDown()
{
    for (Topic &topic : m_topics)
        topic.poll.stop();
}

void TopicMemberships::listed(const QList<TopicRow> &rows)
{
    QSet<QString> ids;
    for (const TopicRow &row : rows) {
        ids.insert(row.id);
        const bool known = m_topics.contains(row.id);
        Topic &topic = m_topics[row.id];
        if (!known)
            topic.poll.intervalMs = row.id == m_shown ? m_port.timings().topicMembersMs : LongMs;
        if (m_port.online() && (!known || topic.count != row.memberCount))
            topic.poll.dueMs = m_port.monoMs();
        topic.count = row.memberCount;
    }
    m_topics.removeIf([&](const auto &entry) { return !ids.contains(entry.key()); });
    m_port.wake();
}

void TopicMemberships::show(const QString &topicId)
{
    if (const auto it = m_topics.find(m_shown); it != m_topics.end())
        it->poll.intervalMs = LongMs;
    m_shown = topicId;
    const auto it = m_topics.find(topicId);
    if (it == m_topics.end())
        return;
    it->poll.intervalMs = m_port.timings().topicMembersMs;
    it->poll.atLatest(m_port.online() ? m_port.monoMs() : Never);
    m_port.wake();
}

void TopicMemberships::soon(const QString &topicId)
{
    const auto it = m_topics.find(topicId);
    if (it == m_topics.end() || !m_port.online())
        return;
    it->poll.atLatest(m_port.monoMs());
    m_port.wake();
}

void TopicMemberships::learned(const QString &topicId, const QList<TopicMemberRow> &members)
{
    const auto it = m_topics.find(topicId);
    if (it == m_topics.end())
        return;
    QSet<QString> keys;
    bool joined = false;
    for (const TopicMemberRow &row : members) {
        keys.insert(row.pubkey);
        joined = joined || row.memberId == m_ownMemberId || row.pubkey == m_ownMemberKey;
    }
    if (it->joined == joined && it->keys == keys)
        return;
    it->joined = joined;
    it->keys = keys;
    if (onChanged)
        onChanged(topicId);
}

std::optional<bool> TopicMemberships::isJoined(const QString &topicId) const
{
    const auto it = m_topics.constFind(topicId);
    return it == m_topics.cend() ? std::nullopt : it->joined;
}

bool TopicMemberships::isFollowed(const QString &topicId) const
{
    const auto it = m_topics.constFind(topicId);
    return it != m_topics.cend() && it->joined.value_or(it->unanswered);
}

QSet<QString> TopicMemberships::keysIn(const QString &topicId) const
{
    return m_topics.value(topicId).keys;
}

void TopicMemberships::advance()
{
    if (!m_port.online())
        return;
    const qint64 now = m_port.monoMs();
    QStringList due;
    for (auto it = m_topics.cbegin(); it != m_topics.cend() && m_inFlight + due.size() < MaxInFlight; ++it) {
        if (it->poll.isDue(now))
            due.append(it.key());
    }
    for (const QString &id : std::as_const(due)) {
        m_topics[id].poll.asked(now);
        ++m_inFlight;
        TopicMembers frame;
        frame.topic = id;
        // The answer itself becomes an event, and that comes back to learned().
        m_port.request(frame, [this, id](const Answer &answer) {
            m_inFlight = std::max(0, m_inFlight - 1);
            const bool gone = !answer && answer.error().code == "topic_not_found"_L1;
            if (gone) // private, and we are not in it (any more)
                m_port.emitEvent(events::TopicMembersListed{id, {}});
            const auto it = m_topics.find(id);
            if (it == m_topics.end())
                return;
            it->poll.answered();
            if (gone)
                learned(id, {});
            else if (!answer && m_port.online() && !std::exchange(it->unanswered, true) && onChanged)
                onChanged(id);
            m_port.wake();
        });
    }
}

qint64 TopicMemberships::nextDueMs() const
{
    if (m_inFlight >= MaxInFlight)
        return Never;
    qint64 due = Never;
    for (const Topic &topic : m_topics)
        due = std::min(due, topic.poll.nextDueMs());
    return due;
}

} // namespace mesh::session
