// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QSet>

#include <memory>
#include <optional>

#include "models/session/messageopener.h"
#include "models/session/namecache.h"
#include "models/session/outbox.h"
#include "models/session/seenids.h"
#include "models/session/sendlimiter.h"
#include "models/session/sessionport.h"
#include "models/session/trafficfeed.h"

namespace mesh::session {

class TopicKeys;

//! Our own messages: outbox, limiter, sealing, the broker's answer, and asking for the delivery (wire reference 6.1
//! to 6.3, 6.7, Appendix D). Of each conversation one message at a time is on the wire, because brokers handle frames
//! side by side and could turn two of them around.
class SendFlow final
{
public:
    SendFlow(SessionPort &port, MessageOpener &opener, const NameCache &names, TrafficFeed &traffic,
             std::shared_ptr<SendLimiter> limiter, QString ownKey);

    //! Takes a message; events tell what becomes of it. Errors: `bad_message` (no id, no text, no such conversation).
    protocol::Expected<void> submit(const protocol::commands::SendMessage &message);
    //! Errors: `not_waiting` (it has left, or is not known).
    protocol::Expected<void> cancel(const QString &clientMessageId);

    void linkUp();
    void linkDown();
    //! The peer list was learnt: messages refused because their recipient was away are tried again when it is back.
    void peersListed();
    //! \a from says that it read these messages.
    void readBy(const QString &from, const QStringList &clientMessageIds);
    //! Who knows how bodies travel in topics; outlives this. Without it they go in the clear.
    void setTopicKeys(TopicKeys *keys) { m_topicKeys = keys; }
    //! What waited for the key of a topic may go now.
    void topicKeyChanged() { pump(); }
    //! The client message id of a topic message of ours, found again in the topic's history; else empty.
    QString ownTopicMessage(const protocol::SealedText &body) const;

    void advance();
    qint64 nextDueMs() const;

private:
    void keep(const protocol::commands::SendMessage &note);
    void pump();
    void send(OutgoingMessage &message);
    protocol::Expected<protocol::Send> frameFor(OutgoingMessage &message);
    protocol::Expected<protocol::SealedText> topicBody(const protocol::commands::SendMessage &content, int &version);
    bool waitsForKey(const protocol::ConversationId &conversation) const;
    void answered(const QString &clientMessageId, const Answer &answer);
    void accepted(OutgoingMessage &message, const QString &messageId);
    void refused(OutgoingMessage &message, const protocol::Error &error);
    void pollStatus(OutgoingMessage &message);
    void tell(OutgoingMessage &message, OutgoingState state, const protocol::Error &error = {},
              const QString &recipientKey = {});
    void tellQueue();

    SessionPort &m_port;
    MessageOpener &m_opener;
    const NameCache &m_names;
    TrafficFeed &m_traffic;
    std::shared_ptr<SendLimiter> m_limiter;
    QString m_ownKey;
    Outbox m_outbox;
    TopicKeys *m_topicKeys = nullptr;
    RecentMap<QString> m_topicBodies{500};
    qint64 m_pumpDueMs = Never;
    qint64 m_statusDueMs = Never;
    int m_toldWaiting = 0;
    qint64 m_toldNextAtMs = 0;
    bool m_pumping = false;
};

//! The stable code of a refusal by its text (wire reference 6.3).
QString refusalCode(const QString &text);

//! Names mentioned as `@name` in a topic message, lower-case, at most 16, for the `mentions` field.
QStringList mentionsIn(const QString &text);

} // namespace mesh::session
