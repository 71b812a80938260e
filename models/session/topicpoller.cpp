// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/session/topicpoller.h"

#include <algorithm>

#include "models/protocol/frameevents.h"
#include "models/session/topickeys.h"
#include "models/session/topicmemberships.h"

namespace mesh::session {

using namespace Qt::StringLiterals;
using namespace protocol;

QString TopicPoller::bodyKey(const QString &nonce, const QString &ciphertext)
{
    return nonce + u'|' + ciphertext;
}

TopicPoller::TopicPoller(SessionPort &port, std::function<QString(const SealedText &)> ownMessage)
    : m_port(port)
    , m_ownMessage(std::move(ownMessage))
{
}

void TopicPoller::linkUp()
{
    const qint64 now = m_port.monoMs();
    m_list.intervalMs = 3 * m_port.timings().topicOtherMs;
    m_list.start(now);
    for (Topic &topic : m_topics)
        topic.poll.start(now);
}

void TopicPoller::linkDown()
{
    m_list.stop();
    for (Topic &topic : m_topics)
        topic.poll.stop();
}

void TopicPoller::listed(const QList<TopicRow> &rows)
{
    QSet<QString> ids;
    for (const TopicRow &row : rows) {
        if (ids.size() == MaxTopics)
            break;
        ids.insert(row.id);
        const bool known = m_topics.contains(row.id);
        Topic &topic = m_topics[row.id];
        topic.name = row.name;
        if (known)
            continue;
        topic.poll.intervalMs = row.id == m_shown ? m_port.timings().topicOpenMs : m_port.timings().topicOtherMs;
        if (m_port.online())
            topic.poll.start(m_port.monoMs());
    }
    m_topics.removeIf([&](const QHash<QString, Topic>::iterator &it) { return !ids.contains(it.key()); });
    m_port.wake();
}

void TopicPoller::show(const QString &topicId)
{
    if (m_shown == topicId)
        return;
    const qint64 now = m_port.monoMs();
    if (const auto it = m_topics.find(m_shown); it != m_topics.end())
        it->poll.intervalMs = m_port.timings().topicOtherMs;
    m_shown = topicId;
    if (m_memberships)
        m_memberships->show(topicId);
    if (m_keys)
        m_keys->show(topicId);
    if (topicId.isEmpty())
        return;
    if (const auto it = m_topics.find(topicId); it != m_topics.end()) {
        it->poll.intervalMs = m_port.timings().topicOpenMs;
        it->poll.atLatest(m_port.online() ? now : Never);
    }
    m_port.wake();
}

bool TopicPoller::isFollowed(const QString &topicId) const
{
    return topicId == m_shown || !m_memberships || m_memberships->isFollowed(topicId);
}

void TopicPoller::membershipChanged(const QString &topicId)
{
    if (const auto it = m_topics.find(topicId); it != m_topics.end() && m_port.online() && isFollowed(topicId)) {
        it->poll.atLatest(m_port.monoMs());
        m_port.wake();
    }
}

void TopicPoller::reopen(const QString &topicId)
{
    const auto it = m_topics.find(topicId);
    if (it == m_topics.end())
        return;
    const QList<TopicMessageRow> rows = std::exchange(it->closed, {});
    for (const TopicMessageRow &row : rows)
        tell(topicId, row);
}

void TopicPoller::nudge(const QString &topicId)
{
    if (const auto it = m_topics.find(topicId); it != m_topics.end() && m_port.online()) {
        it->poll.atLatest(m_port.monoMs());
        m_port.wake();
    }
}

void TopicPoller::pushed(const QString &idOrName)
{
    if (!m_port.online())
        return;
    bool known = false;
    for (auto it = m_topics.begin(); it != m_topics.end(); ++it) {
        if (it.key() == idOrName || it->name == idOrName) {
            it->poll.atLatest(m_port.monoMs());
            known = true;
        }
    }
    if (!known)
        m_list.atLatest(m_port.monoMs()); // made since the list was asked for
    m_port.wake();
}

void TopicPoller::markRead(const QString &topicId)
{
    if (!m_port.online() || (m_memberships && !m_memberships->isJoined(topicId).value_or(false)))
        return;
    TopicMarkRead frame;
    frame.topic = topicId;
    m_port.request(frame, [](const Answer &) {});
}

void TopicPoller::refreshAll(std::function<void()> done)
{
    // Rows are drained to members of their topic only.
    QStringList ids = m_topics.keys();
    ids.removeIf([this](const QString &id) { return !isFollowed(id); });
    if (ids.isEmpty() || !m_port.online()) {
        done();
        return;
    }
    // Counts the answers that are still to come; the last one calls done.
    const auto left = std::make_shared<int>(int(ids.size()));
    const auto shared = std::make_shared<std::function<void()>>(std::move(done));
    for (const QString &id : ids) {
        ask(id, {}, {}, 0, [left, shared] {
            if (--*left == 0)
                (*shared)();
        });
    }
}

bool TopicPoller::hasBody(const QString &nonce, const QString &ciphertext) const
{
    return m_bodies.contains(bodyKey(nonce, ciphertext));
}

void TopicPoller::advance()
{
    if (!m_port.online())
        return;
    const qint64 now = m_port.monoMs();
    if (m_list.isDue(now)) {
        m_list.asked(now);
        m_port.request(TopicList{}, [this](const Answer &) { m_list.answered(); });
    }
    QStringList due;
    for (auto it = m_topics.begin(); it != m_topics.end(); ++it) {
        if (!it->poll.isDue(now))
            continue;
        if (!isFollowed(it.key())) {
            it->poll.dueMs = now + it->poll.intervalMs;
            continue;
        }
        it->poll.asked(now);
        due.append(it.key());
    }
    for (const QString &id : std::as_const(due)) {
        ask(id, {}, {}, 0, [this, id] {
            if (const auto it = m_topics.find(id); it != m_topics.end())
                it->poll.answered();
        });
    }
}

qint64 TopicPoller::nextDueMs() const
{
    qint64 due = m_list.nextDueMs();
    for (const Topic &topic : m_topics)
        due = std::min(due, topic.poll.nextDueMs());
    return due;
}

void TopicPoller::ask(const QString &topicId, const QString &beforeId, QList<TopicMessageRow> newer, int pages,
                      std::function<void()> done)
{
    const auto topic = m_topics.constFind(topicId);
    const int limit = topic != m_topics.cend() && topic->first ? FirstPage : Page;
    TopicHistory frame;
    frame.topic = topicId;
    frame.limit = limit;
    if (!beforeId.isEmpty())
        frame.beforeId = beforeId;
    m_port.request(
        frame,
        [this, topicId, newer = std::move(newer), pages, limit, done = std::move(done)](const Answer &answer) mutable {
            const auto *history = answer && *answer ? getIf<TopicHistoryResponse>(&**answer) : nullptr;
            const auto it = m_topics.constFind(topicId);
            if (!history || it == m_topics.cend()) {
                // What was fetched already is contiguous with the present only if the pages below come too: ask again
                // later.
                done();
                return;
            }
            bool metKnown = false;
            for (const TopicMessageRow &row : history->messages) {
                metKnown = metKnown || it->ids.contains(row.id);
                if (!metKnown)
                    newer.append(row);
            }
            const bool full = history->messages.size() >= limit;
            const bool gap = !metKnown && !it->first && full;
            if (gap && pages + 1 < MaxPages) {
                ask(topicId, history->messages.last().id, std::move(newer), pages + 1, std::move(done));
                return;
            }
            take(topicId, newer, !gap && !it->first, full);
            done();
        });
}

//! \a contiguous: these rows join what was told before. \a full: there may be older ones.
void TopicPoller::take(const QString &topicId, const QList<TopicMessageRow> &newestFirst, bool contiguous, bool full)
{
    Topic &topic = m_topics[topicId];
    topic.first = false;
    if (!contiguous) {
        topic.edge = {};
        topic.edge.atStart = !full;
        for (const TopicMessageRow &row : newestFirst)
            note(topic.edge, row);
    }
    for (auto row = newestFirst.crbegin(); row != newestFirst.crend(); ++row) {
        if (!topic.ids.insert(row->id, true))
            continue;
        tell(topicId, *row);
    }
}

void TopicPoller::note(Edge &edge, const TopicMessageRow &row)
{
    const qint64 atMs = isoToMs(row.createdAt).value_or(edge.oldestMs);
    if (edge.lastId.isEmpty() || atMs < edge.oldestMs) {
        edge.newerId = edge.lastId;
        edge.oldestMs = atMs;
    }
    edge.lastId = row.id;
}

void TopicPoller::tell(const QString &topicId, const TopicMessageRow &row)
{
    const SealedText body{row.nonce, row.ciphertext};
    m_bodies.insert(bodyKey(row.nonce, row.ciphertext), true);
    events::MessageReceived message = messageFrom(row, topicId, m_port.wallMs());
    message.clientMessageId = m_ownMessage(body);
    const bool sealed = row.bodyVersion != 1;
    if (m_keys)
        m_keys->saw(topicId, sealed);
    const Expected<QString> text = !sealed ? decodeBroadcast(row.ciphertext)
        : m_keys                           ? m_keys->open(topicId, body)
                                           : Expected<QString>(Error{});
    if (text) {
        message.body = sealed ? BodyKind::Sealed : BodyKind::Clear;
        message.text = *text;
    } else if (sealed) {
        QList<TopicMessageRow> &closed = m_topics[topicId].closed;
        closed.append(row);
        if (closed.size() > MaxClosed)
            closed.removeFirst();
    }
    m_port.emitEvent(std::move(message));
}

void TopicPoller::loadOlder(const QString &topicId, qint64 beforeMs, std::function<void(const Expected<bool> &)> done)
{
    const auto topic = m_topics.constFind(topicId);
    if (topic == m_topics.cend() || !m_port.online()) {
        done(Error{u"offline"_s, QString(), ErrorBand::Transient});
        return;
    }
    if (topic->first) {
        ask(topicId, {}, {}, 0, [this, topicId, beforeMs, done] {
            const auto now = m_topics.constFind(topicId);
            if (now == m_topics.cend() || now->first)
                done(Error{u"no_answer"_s, QString(), ErrorBand::Transient});
            else
                loadOlder(topicId, beforeMs, done);
        });
        return;
    }
    const Edge &edge = topic->edge;
    if (edge.atStart || edge.lastId.isEmpty() || beforeMs == 0 || edge.oldestMs < beforeMs) {
        done(edge.atStart || edge.lastId.isEmpty());
        return;
    }
    TopicHistory frame;
    frame.topic = topicId;
    frame.limit = OlderPage;
    frame.beforeId = edge.newerId.isEmpty() ? edge.lastId : edge.newerId;
    m_port.request(frame, [this, topicId, beforeMs, done](const Answer &answer) {
        const auto *history = answer && *answer ? getIf<TopicHistoryResponse>(&**answer) : nullptr;
        if (!history || !m_topics.contains(topicId)) {
            done(answer ? Error{u"no_answer"_s, QString(), ErrorBand::Transient} : answer.error());
            return;
        }
        takeOlder(topicId, history->messages);
        loadOlder(topicId, beforeMs, done);
    });
}

void TopicPoller::takeOlder(const QString &topicId, const QList<TopicMessageRow> &newestFirst)
{
    Topic &topic = m_topics[topicId];
    Edge &edge = topic.edge;
    const QSet<QString> before = std::exchange(edge.page, {});
    bool fresh = false;
    // Newest first: a store that keeps the newest only then takes what it keeps and no more.
    for (const TopicMessageRow &row : newestFirst) {
        edge.page.insert(row.id);
        note(edge, row);
        if (before.contains(row.id) || topic.ids.contains(row.id))
            continue;
        fresh = true;
        tell(topicId, row);
    }
    edge.atStart = newestFirst.size() < OlderPage;
    // A page full of one time: what is older than that would never come.
    if (!fresh && !edge.atStart)
        edge.newerId.clear();
}

} // namespace mesh::session
