// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QHash>
#include <QtCore/QSet>

#include <functional>

#include "models/session/humansignals.h"
#include "models/session/namecache.h"
#include "models/session/sessionport.h"

namespace mesh::session {

//! Typing signals, and read signals of direct chats, with clients of this kind (wire reference 6.8): sent only to peers
//! that advertise them, and what comes in becomes TypingChanged or goes to onRead. In groups and topics each of the
//! humans there gets a signal sealed for it.
class HumanChat final
{
public:
    HumanChat(SessionPort &port, MessageOpener &opener, const NameCache &names, QString ownKey);

    std::function<void(const QString &from, const QStringList &clientMessageIds)> onRead;

    //! Whether others are told when the user types and what was read. Off: nothing is, also not later.
    void setSending(bool on) { m_sending = on; }
    //! Member keys of those in a topic; without it nobody is told of typing there.
    std::function<QSet<QString>(const QString &topicId)> membersOf;

    QString ownStream() const { return humanStream(m_ownKey); }

    void setTyping(const protocol::ConversationId &conversation, bool on);
    //! Remembers a message that may be reported as read later.
    void received(const protocol::events::MessageReceived &message);
    void markRead(const protocol::ConversationId &conversation, qint64 upToMs);
    //! Data of our own stream. \return why it was not taken, if it was not.
    protocol::Expected<void> take(const QJsonValue &data);

    //! Ends typing signs whose sender fell silent.
    void advance();
    qint64 nextDueMs() const;

private:
    static constexpr int MaxUnreadPerPeer = 200;
    static constexpr int MaxPeers = 1'000;
    static constexpr int MaxTold = 50; //!< of one who types in a group or topic

    struct Writing
    {
        qint64 untilMs = 0; //!< monotonic
        protocol::ConversationId conversation;
    };

    struct Unread
    {
        QString clientMessageId;
        qint64 sentAtMs = 0;
    };

    //! Everybody who is told of typing in a conversation.
    QStringList typingKeys(const protocol::ConversationId &conversation) const;
    void stopped(const QString &key);
    //! The key that signals for a conversation go to; empty if its peer does not understand them.
    QString signalKey(const protocol::ConversationId &conversation) const;
    void publish(const HumanSignal &signal, const QString &recipient);

    SessionPort &m_port;
    MessageOpener &m_opener;
    const NameCache &m_names;
    QString m_ownKey;
    TypingThrottle m_throttle;
    bool m_sending = true;
    QHash<QString, QList<Unread>> m_unread; // by sender's routing key
    QHash<QString, Writing> m_writing;      // by peer
    QHash<QString, qint64> m_lastSignalMs;  // by peer, the sender's clock: older ones are replays
};

} // namespace mesh::session
