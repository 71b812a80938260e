// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/protocol/framespresence.h"

#include <QtCore/QSet>

namespace mesh::local {

class Connection;

//! Who set a status last (wire reference 5.3).
enum class StatusSource { Manual, Hook };

//! One session of a member: what `list_peers` shows as a row. Outlives its connection by the lease.
class Presence final
{
public:
    Presence() = default;
    Q_DISABLE_COPY_MOVE(Presence)

    //! The key others send to: the session key if there is one, else the member key.
    const QString &routingKey() const { return sessionPubkey.isEmpty() ? memberPubkey : sessionPubkey; }
    bool isOnline() const { return connection != nullptr; }
    bool isInGroup(QStringView name) const;

    QString id;
    QString memberId;
    QString memberPubkey;
    QString memberName;    //!< the member's own display name, which signs state and memory
    QString sessionPubkey; //!< empty after a plain hello without one
    QString sessionId;
    QString displayName;
    bool controlPlane = false; //!< came with a plain hello
    int pid = 0;
    QString cwd;
    std::optional<QString> hostname;
    std::optional<QString> peerType;
    std::optional<QString> channel;
    std::optional<QString> model;

    protocol::PeerStatus status = protocol::PeerStatus::Idle;
    StatusSource statusSource = StatusSource::Manual;
    qint64 statusSinceNs = 0; //!< monotonic
    std::optional<QString> summary;
    QList<protocol::GroupRef> groups;
    std::optional<QJsonObject> stats;
    QJsonObject countedStats; //!< the part of `stats` that the member's saved sums already hold
    protocol::PeerProfile profile;
    bool visible = true;
    QSet<QString> subscriptions; //!< stream names

    qint64 connectedAtMs = 0;
    qint64 offlineSinceNs = 0;        //!< monotonic; of use only while not online
    Connection *connection = nullptr; //!< null during the lease
    quint64 order = 0;                //!< counts up with every new presence: the order of list_peers
};

} // namespace mesh::local
