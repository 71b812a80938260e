// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/mcpregistry.h"

#include "localmesh/limits.h"

#include <algorithm>

namespace mesh::local {

bool McpRegistry::put(const McpServer &server)
{
    if (McpServer *known = find(server.name)) {
        *known = server;
        return true;
    }
    if (m_servers.size() >= limits::McpServers)
        return false;
    m_servers.append(server);
    return true;
}

McpServer *McpRegistry::find(const QString &name)
{
    const auto found = std::find_if(m_servers.begin(), m_servers.end(),
                                    [&name](const McpServer &server) { return server.name == name; });
    return found == m_servers.end() ? nullptr : &*found;
}

void McpRegistry::remove(const QString &name)
{
    m_servers.removeIf([&name](const McpServer &server) { return server.name == name; });
}

} // namespace mesh::local
