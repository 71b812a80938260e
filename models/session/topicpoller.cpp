// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/session/topicpoller.h"

#include <algorithm>

#include "models/protocol/frameevents.h"

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
    const QSet<QString> joined = std::exchange(m_joined, {});
    for (const QString &topicId : joined)
        join(topicId);
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
    if (topicId.isEmpty())
        return;
    if (const auto it = m_topics.find(topicId); it != m_topics.end()) {
        it->poll.intervalMs = m_port.timings().topicOpenMs;
        it->poll.atLatest(m_port.online() ? now : Never);
    }
    join(topicId);
    m_port.wake();
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

void TopicPoller::join(const QString &topicId)
{
    if (m_joined.contains(topicId))
        return;
    m_joined.insert(topicId);
    if (!m_port.online())
        return;
    TopicJoin frame;
    frame.topic = topicId;
    m_port.request(frame, [](const Answer &) {});
}

void TopicPoller::markRead(const QString &topicId)
{
    if (!m_port.online())
        return;
    join(topicId);
    TopicMarkRead frame;
    frame.topic = topicId;
    m_port.request(frame, [](const Answer &) {});
}

void TopicPoller::refreshAll(std::function<void()> done)
{
    // Counts the answers that are still to come; the last one calls done.
    const auto left = std::make_shared<int>(int(m_topics.size()));
    if (*left == 0 || !m_port.online()) {
        done();
        return;
    }
    const auto shared = std::make_shared<std::function<void()>>(std::move(done));
    const QStringList ids = m_topics.keys();
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
            const bool gap = !metKnown && !it->first && history->messages.size() >= limit && pages + 1 < MaxPages;
            if (gap) {
                ask(topicId, history->messages.last().id, std::move(newer), pages + 1, std::move(done));
                return;
            }
            take(topicId, std::move(newer));
            done();
        });
}

void TopicPoller::take(const QString &topicId, QList<TopicMessageRow> newestFirst)
{
    Topic &topic = m_topics[topicId];
    topic.first = false;
    for (auto row = newestFirst.crbegin(); row != newestFirst.crend(); ++row) {
        if (!topic.ids.insert(row->id, true))
            continue;
        m_bodies.insert(bodyKey(row->nonce, row->ciphertext), true);
        events::MessageReceived message = messageFrom(*row, topicId, m_port.wallMs());
        message.clientMessageId = m_ownMessage({row->nonce, row->ciphertext});
        if (row->bodyVersion == 1) {
            if (const Expected<QString> text = decodeBroadcast(row->ciphertext)) {
                message.body = BodyKind::Clear;
                message.text = *text;
            }
        } else if (onEncrypted) {
            onEncrypted(topicId);
        }
        m_port.emitEvent(std::move(message));
    }
}

} // namespace mesh::session
