// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QHash>
#include <QtCore/QSet>

#include <functional>

#include "models/protocol/box.h"
#include "models/session/pollschedule.h"
#include "models/session/seenids.h"

namespace mesh::session {

//! Topics are never pushed (wire reference 6.9): the open one is asked for every 2 s, the others every 20 s, and what
//! is new becomes MessageReceived, oldest first. After a gap older pages are fetched until they meet what is known.
class TopicPoller final
{
public:
    //! \a ownMessage gives the client message id of a body that this session sent, else an empty text.
    TopicPoller(SessionPort &port, std::function<QString(const protocol::SealedText &)> ownMessage);

    //! A topic whose history holds sealed rows was seen.
    std::function<void(const QString &topicId)> onEncrypted;

    void linkUp();
    void linkDown();
    void listed(const QList<protocol::TopicRow> &topics);
    //! The topic on the screen; empty for none. Joins it, since read marks need a membership.
    void show(const QString &topicId);
    //! After a message of ours: look at once.
    void nudge(const QString &topicId);
    //! After a live push of a broker that sends them: its history is what counts, so look at once.
    void pushed(const QString &idOrName);
    void markRead(const QString &topicId);

    //! Looks into all topics now and calls \a done when every answer is there (or has failed).
    void refreshAll(std::function<void()> done);
    //! What a topic body is known by before it has an id.
    static QString bodyKey(const QString &nonce, const QString &ciphertext);
    //! Whether a body was seen in the history of some topic.
    bool hasBody(const QString &nonce, const QString &ciphertext) const;
    bool hasTopics() const { return !m_topics.isEmpty(); }

    void advance();
    qint64 nextDueMs() const;

private:
    static constexpr int MaxTopics = 200;
    static constexpr int FirstPage = 50;
    static constexpr int Page = 20;
    static constexpr int MaxPages = 10;

    struct Topic
    {
        PollSchedule poll;
        QString name;
        bool first = true; // nothing is known of it yet: one page is enough
        RecentMap<bool> ids{1'000};
    };

    void ask(const QString &topicId, const QString &beforeId, QList<protocol::TopicMessageRow> newer, int pages,
             std::function<void()> done);
    void take(const QString &topicId, QList<protocol::TopicMessageRow> newestFirst);
    void join(const QString &topicId);

    SessionPort &m_port;
    std::function<QString(const protocol::SealedText &)> m_ownMessage;
    QHash<QString, Topic> m_topics;
    QSet<QString> m_joined;
    QString m_shown;
    PollSchedule m_list;
    RecentMap<bool> m_bodies{2'000};
};

} // namespace mesh::session
