// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QHash>
#include <QtCore/QSet>

#include <functional>
#include <optional>

#include "models/protocol/event.h"
#include "models/session/pollschedule.h"

namespace mesh::session {

//! Who is in which topic. The wire has a list for each topic and tells of no change: the topic on the screen is asked
//! for every 5 s, the others when their number of members changes.
class TopicMemberships final
{
public:
    TopicMemberships(SessionPort &port, QString ownMemberId, QString ownMemberKey);

    //! Who is in this topic is another thing than before, or known for the first time.
    std::function<void(const QString &topicId)> onChanged;

    void linkUp();
    void linkDown();
    void listed(const QList<protocol::TopicRow> &topics);
    void show(const QString &topicId);
    //! The answer to whoever asked for the members of a topic.
    void learned(const QString &topicId, const QList<protocol::TopicMemberRow> &members);
    //! Something was done that changes them.
    void soon(const QString &topicId);

    //! Whether we are in it; nothing while that is not known.
    std::optional<bool> isJoined(const QString &topicId) const;
    //! Whether its history is worth asking for: we are in it, or the broker does not say.
    bool isFollowed(const QString &topicId) const;
    //! Member keys.
    QSet<QString> keysIn(const QString &topicId) const;

    void advance();
    qint64 nextDueMs() const;

private:
    static constexpr int MaxInFlight = 4;
    static constexpr qint64 LongMs = 10 * 60'000; //!< who left while somebody joined changes no number

    struct Topic
    {
        std::optional<int> count;
        std::optional<bool> joined;
        bool unanswered = false; //!< the broker was asked and did not say
        QSet<QString> keys;
        PollSchedule poll;
    };

    SessionPort &m_port;
    QString m_ownMemberId;
    QString m_ownMemberKey;
    QHash<QString, Topic> m_topics;
    QString m_shown;
    int m_inFlight = 0;
};

} // namespace mesh::session
