// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/protocol/framesservices.h"

#include <QtCore/QList>

namespace mesh::local {

//! An MCP server that a peer hosts.
struct McpServer
{
    QString name;
    QString description;
    QList<protocol::McpToolRow> tools;
    bool persistent = false; //!< stays listed when its host is gone for good, and waits for it
    QString memberId;        //!< the host's member
    QString hostName;        //!< the host's display name when it registered
    quint64 host = 0;        //!< Presence::order of the host; 0: waits for one
    qint64 offlineSinceMs = 0;
};

//! The MCP servers that peers have registered (wire reference 7.12), in the order of their registration. Kept in
//! memory: they are gone with the sockets that serve them.
class McpRegistry final
{
public:
    McpRegistry() = default;
    Q_DISABLE_COPY_MOVE(McpRegistry)

    //! Adds \a server, or replaces the one of this name. False when there are too many.
    bool put(const McpServer &server);
    //! The server of this name; nullptr when there is none. Valid until the next change.
    McpServer *find(const QString &name);
    void remove(const QString &name);
    QList<McpServer> &servers() { return m_servers; }

private:
    QList<McpServer> m_servers;
};

} // namespace mesh::local
