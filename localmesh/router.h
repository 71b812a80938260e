// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/protocol/framesmessaging.h"

#include <QtCore/QJsonObject>
#include <QtCore/QList>

namespace mesh::local {

class Connection;
class Presence;
struct Parts;
struct QueuedMessage;
struct Topic;

//! The stream that tells subscribers of each send at once: sender, target, priority, id and time, never content.
inline constexpr QLatin1StringView TrafficStream("x-mesh:traffic");
//! Stream of what members remember and forget, which no push tells.
inline constexpr QLatin1StringView MemoryStream("x-mesh:memory");
//! Streams that only the broker publishes on start like this.
inline constexpr QLatin1StringView OwnStreams("x-mesh:");

//! In whose name a message goes out: a session's, or a member's whose schedule is due.
struct Sender
{
    QString memberId;
    QString memberPubkey;
    QString routingKey;
    QString name;
    const Presence *presence = nullptr; //!< the session, when there is one

    static Sender of(const Presence &presence);
};

//! Brings messages and events to the connections they are for.
class Router final
{
public:
    explicit Router(Parts &parts)
        : m_parts(parts)
    {
    }
    Q_DISABLE_COPY_MOVE(Router)

    //! A `send`: checks it, stores it, pushes it. The ack tells what became of it (wire reference 6.1 to 6.5).
    protocol::Ack send(const Sender &sender, const protocol::Send &frame);
    //! As send(), for what is sent in somebody's name without being asked for now: no limit on how many. \a subtype
    //! marks pushes to a group or everybody.
    protocol::Ack deliver(const Sender &sender, const protocol::Send &frame, const std::optional<QString> &subtype);
    //! A message for a topic: kept in its history, and pushed to its members that are connected (6.9).
    protocol::Ack post(const Sender &sender, const Topic &topic, const protocol::Send &frame);
    //! Pushes what waits for \a presence and its status lets pass (6.4).
    void drain(Presence &presence);

    //! Who a message went, or would go, to (6.7).
    QList<protocol::RecipientRow> recipients(const QueuedMessage &message) const;

    //! Everybody online but \a except; without its member's other sessions too if \a exceptMember.
    QList<Connection *> everyoneBut(const Presence *except, bool exceptMember = false) const;
    //! A push with subtype "system" (5.4).
    void announce(QLatin1StringView event, const QJsonObject &data, const QList<Connection *> &to,
                  protocol::Priority priority = protocol::Priority::Low);
    //! Stream data for all subscribers but \a except.
    void publish(const QString &stream, const QJsonValue &data, const QString &by, const Presence *except);

private:
    protocol::Ack refuse(const protocol::Send &frame, const QString &error) const;
    protocol::Ack sendDirect(const Sender &sender, const protocol::Send &frame);
    protocol::Ack sendToMany(const Sender &sender, const protocol::Send &frame, const std::optional<QString> &subtype);
    protocol::Ack sendToTopic(const Sender &sender, const protocol::Send &frame);
    //! Whom a \a secret message is for is told nobody else: neither the audit log nor the traffic stream says it.
    bool store(const Sender &sender, const QueuedMessage &message, bool secret = false);
    //! A push of a message that goes to many: it says who sent it.
    protocol::Push pushFrom(const Sender &sender, const QString &messageId, qint64 createdAtMs,
                            const protocol::Send &frame) const;
    QList<Presence *> multicastTargets(const QString &targetSpec, const QString &senderMemberKey) const;
    QList<Presence *> topicTargets(const QString &topicId, const Presence *except) const;
    QStringList mentioned(const Topic &topic, const Sender &sender, const QStringList &names) const;

    Parts &m_parts;
};

} // namespace mesh::local
