// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/session/sessionhost.h"

#include <optional>
#include <utility>

namespace mesh::tests {

//! A member with a session of its own on a network thread of its own, and everything its host told.
struct SessionClient
{
    explicit SessionClient(session::SessionOptions options)
        : host(std::move(options))
    {
        QObject::connect(&host, &session::SessionHost::eventsReady, &host, [this](const protocol::EventList &batch) {
            ++batches;
            events.append(batch);
        });
    }

    protocol::KeyPair member = protocol::KeyPair::generate();
    protocol::KeyPair session = protocol::KeyPair::generate();
    protocol::EventList events;
    int batches = 0;
    session::SessionHost host;

    //! Everything of one type, of all meshes if none is named.
    template <class Body>
    QList<Body> all(const protocol::MeshId &mesh = {}) const
    {
        QList<Body> found;
        for (const protocol::Event &event : events) {
            const auto *body = getIf<Body>(&event.body);
            if (body && (mesh.isEmpty() || event.mesh == mesh))
                found.append(*body);
        }
        return found;
    }
    //! The state of the link as it was last told.
    protocol::events::ConnectionChanged link(const protocol::MeshId &mesh = {}) const
    {
        const QList<protocol::events::ConnectionChanged> changes = all<protocol::events::ConnectionChanged>(mesh);
        return changes.isEmpty() ? protocol::events::ConnectionChanged{} : changes.last();
    }
    bool online(const protocol::MeshId &mesh = {}) const
    {
        return link(mesh).state == protocol::ConnectionState::Online;
    }
    std::optional<protocol::events::CommandFinished> finished(qint64 id) const
    {
        for (const protocol::events::CommandFinished &done : all<protocol::events::CommandFinished>()) {
            if (done.commandId == id)
                return done;
        }
        return std::nullopt;
    }
};

} // namespace mesh::tests
