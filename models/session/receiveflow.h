// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QHash>

#include <functional>

#include "models/session/ackledger.h"
#include "models/session/messageopener.h"
#include "models/session/namecache.h"
#include "models/session/sessionport.h"
#include "models/session/topicpoller.h"
#include "models/session/trafficfeed.h"

namespace mesh::session {

//! Pushes with a body: opened, classified (wire reference 4.4), told once, and confirmed to the broker after they are
//! stored (6.6). A push that nothing explains is held for a moment: it may be a drained row of a topic, or the bare
//! copy of a multicast whose full form follows.
class ReceiveFlow final
{
public:
    //! \a ownKeys: routing and member key of this session.
    ReceiveFlow(SessionPort &port, MessageOpener &opener, NameCache &names, TopicPoller &topics, TrafficFeed &traffic,
                QString ownKey, QString ownMemberKey);

    std::function<void(const protocol::events::MessageReceived &)> onMessage;
    //! A message from a key that no name is known of.
    std::function<void()> onUnknownSender;

    void take(const protocol::Push &push);
    void confirmStored(const QStringList &messageIds);
    void linkUp();

    void advance();
    qint64 nextDueMs() const;

private:
    struct Held
    {
        protocol::Push push;
        qint64 dueMs = 0;
        bool topicsAsked = false;
    };

    void settle(const QString &messageId);
    void deliver(const protocol::Push &push, const OpenedPush &opened);
    void sendAcks();

    SessionPort &m_port;
    MessageOpener &m_opener;
    NameCache &m_names;
    TopicPoller &m_topics;
    TrafficFeed &m_traffic;
    QString m_ownKey;
    QString m_ownMemberKey;
    AckLedger m_ledger;
    QHash<QString, Held> m_held;
};

} // namespace mesh::session
