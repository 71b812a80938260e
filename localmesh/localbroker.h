// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "localmesh/brokeroptions.h"
#include "models/protocol/expected.h"
#include "models/protocol/invitedesk.h"

#include <QtCore/QObject>

#include <memory>

namespace mesh::local {

class BrokerCore;

//! The personal mesh: a claudemesh broker in one object. WebSocket `/ws` and HTTP share one port, on 127.0.0.1 unless
//! told otherwise; everything durable is in one SQLite database, and uploaded files beside it. Lives on one thread,
//! which needs an event loop; see BrokerThread for a thread of its own. Endpoints, limits and intended differences from
//! the original: docs/local-broker.md.
class LocalBroker final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(LocalBroker)

public:
    using Options = BrokerOptions;

    explicit LocalBroker(QObject *parent = nullptr);
    //! Stops it.
    ~LocalBroker() override;

    //! Opens the data folder (making the mesh on first use) and listens. \return the port.
    //! Errors, band Persistent: "bad_address", "tls_required", "tls_files", "port_taken", "listen_failed", "data_dir",
    //! "data_in_use", "database_damaged", "database_newer", "database"; the details name the port or the path.
    protocol::Expected<quint16> start(const Options &options);
    //! Closes every connection with 1001 "shutting down" and the database. Harmless when not running.
    void stop();

    bool isRunning() const { return m_core != nullptr; }
    quint16 port() const;
    //! Ids for a profile; empty when not running.
    QString meshId() const;
    QString meshSlug() const;
    //! ws://127.0.0.1:<port>/ws, or wss with TLS
    QString brokerUrl() const;

    //! Makes a v1 invite. Errors: "not_running", "bad_invite", "database".
    protocol::Expected<protocol::InviteRecord> issueInvite(const InviteRequest &request);
    //! The same; returns its link, ic://join/<token>.
    protocol::Expected<QString> makeInvite(const InviteRequest &request);
    protocol::Expected<QString> makeInvite(InviteRole role) { return makeInvite(InviteRequest{.role = role}); }
    //! All invites, newest first, with their use counts. Error: "not_running".
    protocol::Expected<QList<protocol::InviteRecord>> invites();
    //! Takes an invite back, by id or link. Errors: "not_running", "invite_not_found", "database".
    protocol::Expected<protocol::InviteRecord> revokeInvite(const QString &idOrLink);

    //! Connections past their handshake, and those before it; for tests and status lines.
    int connectionCount() const;
    int halfOpenCount() const;

Q_SIGNALS:
    //! A backup was taken up, and the broker runs again on the same port.
    void restored();
    //! The broker could not start again after a backup was taken up, and is stopped.
    void failed(const mesh::protocol::Error &error);

private:
    protocol::Expected<void> open(const Options &options);
    void takeUpBackup();

    std::unique_ptr<BrokerCore> m_core;
    Options m_options;
};

} // namespace mesh::local
