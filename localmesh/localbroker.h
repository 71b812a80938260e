// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "localmesh/brokeroptions.h"
#include "models/protocol/expected.h"

#include <QtCore/QObject>

#include <memory>

namespace mesh::local {

class BrokerCore;

//! The personal mesh: a claudemesh broker in one object. WebSocket `/ws` and HTTP share one port on 127.0.0.1;
//! everything durable is in one SQLite database. Lives on one thread, which needs an event loop; see BrokerThread for
//! a thread of its own. Endpoints, limits and intended differences from the original: docs/local-broker.md.
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
    //! Errors, band Persistent: "bad_address", "port_taken", "listen_failed", "data_dir", "data_in_use",
    //! "database_damaged", "database_newer", "database"; the details name the port or the path.
    protocol::Expected<quint16> start(const Options &options);
    //! Closes every connection with 1001 "shutting down" and the database. Harmless when not running.
    void stop();

    bool isRunning() const { return m_core != nullptr; }
    quint16 port() const;
    //! Ids for a profile; empty when not running.
    QString meshId() const;
    QString meshSlug() const;
    //! ws://127.0.0.1:<port>/ws
    QString brokerUrl() const;

    //! Makes a v1 invite and returns its link, ic://join/<token>. Errors: "not_running", "bad_invite", "database".
    protocol::Expected<QString> makeInvite(const InviteRequest &request);
    protocol::Expected<QString> makeInvite(InviteRole role) { return makeInvite(InviteRequest{.role = role}); }

    //! Connections past their handshake, and those before it; for tests and status lines.
    int connectionCount() const;
    int halfOpenCount() const;

private:
    std::unique_ptr<BrokerCore> m_core;
};

//! Makes an invite for the mesh in \a dataDir, whether or not a broker runs on it (the mesh is made on first use).
//! \a port is what the link names; 0 means the port a broker used last there, else 7900. Errors as start() and
//! makeInvite().
protocol::Expected<QString> makeInviteFor(const QString &dataDir, quint16 port, const InviteRequest &request);

} // namespace mesh::local
