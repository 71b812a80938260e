// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QHash>
#include <QtCore/QList>

#include <functional>
#include <memory>

#include "models/protocol/command.h"
#include "models/protocol/event.h"

namespace mesh::session {

using protocol::events::OutgoingState;

//! A message of ours on its way.
struct OutgoingMessage
{
    protocol::commands::SendMessage content;
    OutgoingState state = OutgoingState::Queued;
    QString target;               //!< target spec of the last try (wire reference 6.2)
    QString memberKey;            //!< direct: the recipient's member key as far as known
    QString messageId;            //!< the broker's, once accepted
    bool absent = false;          //!< Refused because the recipient was not connected
    bool recipientMissed = false; //!< absent, and a peer list without the target has been seen since
    int statusPolls = 0;
    qint64 statusDueMs = 0; //!< monotonic, while Accepted
    qint64 order = 0;
};

//! Messages from composing until nothing more is to come. Knows states and order, sends nothing itself. Bounded:
//! finished messages are forgotten, the oldest first.
class Outbox final
{
public:
    explicit Outbox(int keepFinished = 2'000)
        : m_keepFinished(keepFinished)
    {
    }

    //! Adds a message, or puts one that failed back into the queue. \return null if a message of that id is on its way
    //! or has arrived; nothing is to be done then.
    OutgoingMessage *compose(const protocol::commands::SendMessage &content, bool *isNew);
    //! Takes back what has not left. \return null if there is nothing to take back.
    OutgoingMessage *cancel(const QString &clientMessageId);

    OutgoingMessage *find(const QString &clientMessageId);
    //! The next to send: by priority, then as composed, leaving out targets that wait for an answer and, where given,
    //! conversations that \a isReady does not let through.
    OutgoingMessage *nextQueued(const std::function<bool(const protocol::ConversationId &)> &isReady = {});
    //! Everything still waiting to be sent.
    int waiting() const;

    //! The link is gone. Direct messages without an answer go back to the queue, because receivers know them by their
    //! id; others may have been delivered to everybody and become Unknown. \return those that changed.
    QList<OutgoingMessage *> linkLost();
    //! Messages refused because the recipient was not connected.
    QList<OutgoingMessage *> refusedForAbsence();
    QList<OutgoingMessage *> inState(OutgoingState state);

    void setState(OutgoingMessage &message, OutgoingState state);

private:
    void forgetOldest();

    int m_keepFinished;
    qint64 m_order = 0;
    QHash<QString, std::shared_ptr<OutgoingMessage>> m_messages;
    QList<QString> m_finished;
};

} // namespace mesh::session
