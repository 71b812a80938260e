// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QHash>
#include <QtCore/QSet>

#include <functional>

#include "models/protocol/box.h"
#include "models/session/pollschedule.h"
#include "models/session/seenids.h"

namespace mesh::session {

class TopicKeys;
class TopicMemberships;

//! Topics are never pushed (wire reference 6.9): the open one is asked for every 2 s, the others the user is in every
//! 20 s, and what is new becomes MessageReceived, oldest first. After a gap older pages are fetched until they meet
//! what is known. loadOlder() goes back from there, as far as the start.
class TopicPoller final
{
public:
    //! \a ownMessage gives the client message id of a body that this session sent, else an empty text.
    TopicPoller(SessionPort &port, std::function<QString(const protocol::SealedText &)> ownMessage);

    //! Both outlive this. Without keys sealed bodies stay closed; without memberships every topic counts as joined.
    void setKeys(TopicKeys *keys) { m_keys = keys; }
    void setMemberships(TopicMemberships *memberships) { m_memberships = memberships; }

    void linkUp();
    void linkDown();
    void listed(const QList<protocol::TopicRow> &topics);
    //! The topic on the screen; empty for none.
    void show(const QString &topicId);
    //! Whether we are in it is known, or another thing than before.
    void membershipChanged(const QString &topicId);
    //! The topic's key is known: tells again, opened, what was told as closed.
    void reopen(const QString &topicId);
    //! Fetches history until something older than \a beforeMs was told, or nothing is older; 0: until something was.
    //! \a done gets whether everything was told, back to the start.
    void loadOlder(const QString &topicId, qint64 beforeMs, std::function<void(const protocol::Expected<bool> &)> done);
    //! After a message of ours: look at once.
    void nudge(const QString &topicId);
    //! After a live push of a broker that sends them: its history is what counts, so look at once.
    void pushed(const QString &idOrName);
    //! Only where we are in: read marks need a membership.
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
    static constexpr int OlderPage = 100;
    static constexpr int MaxClosed = 1'000;

    //! How far back the history was told without a gap.
    struct Edge
    {
        qint64 oldestMs = 0;
        QString lastId;     //!< of the oldest row
        QString newerId;    //!< of the oldest row that is newer than that: pages leave out equal times (6.9)
        QSet<QString> page; //!< ids of the last page
        bool atStart = false;
    };
    struct Topic
    {
        PollSchedule poll;
        QString name;
        bool first = true; // nothing is known of it yet: one page is enough
        RecentMap<bool> ids{1'000};
        Edge edge;
        QList<protocol::TopicMessageRow> closed; // sealed rows that could not be opened yet
    };

    void ask(const QString &topicId, const QString &beforeId, QList<protocol::TopicMessageRow> newer, int pages,
             std::function<void()> done);
    void take(const QString &topicId, const QList<protocol::TopicMessageRow> &newestFirst, bool contiguous, bool full);
    void takeOlder(const QString &topicId, const QList<protocol::TopicMessageRow> &newestFirst);
    static void note(Edge &edge, const protocol::TopicMessageRow &row);
    void tell(const QString &topicId, const protocol::TopicMessageRow &row);
    bool isFollowed(const QString &topicId) const;

    SessionPort &m_port;
    std::function<QString(const protocol::SealedText &)> m_ownMessage;
    TopicKeys *m_keys = nullptr;
    TopicMemberships *m_memberships = nullptr;
    QHash<QString, Topic> m_topics;
    QString m_shown;
    PollSchedule m_list;
    RecentMap<bool> m_bodies{2'000};
};

} // namespace mesh::session
