// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "localmesh/brokeroptions.h"
#include "models/protocol/invitedesk.h"

//! Invites of the mesh in a data folder, whether or not a broker runs on it: a broker reads them anew for each /join.
namespace mesh::local {

//! Makes an invite (the mesh is made on first use). \a port is what the link names; 0 means the port a broker used last
//! there, else 7900. Errors as LocalBroker::start() and LocalBroker::issueInvite().
protocol::Expected<QString> makeInviteFor(const QString &dataDir, quint16 port, const InviteRequest &request);
//! All invites, newest first. Errors as LocalBroker::start(), and "no_mesh" when the folder holds none.
protocol::Expected<QList<protocol::InviteRecord>> listInvitesFor(const QString &dataDir);
//! Takes an invite back, by id or link. Errors as listInvitesFor(), and "invite_not_found".
protocol::Expected<protocol::InviteRecord> revokeInviteFor(const QString &dataDir, const QString &idOrLink);

//! The list as claudemesh-local --invites prints it: a line of heads, then one line an invite, columns aligned.
QString inviteTable(const QList<protocol::InviteRecord> &invites, qint64 nowMs);

} // namespace mesh::local
