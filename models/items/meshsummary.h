// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QObject>
#include <QtCore/QPointer>

#include "models/protocol/clock.h"
#include "models/store/changeset.h"
#include "models/store/meshstore.h"

namespace mesh::items {

//! The name of a mesh, its link and its size, in the words of a title bar.
class MeshSummary final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(MeshSummary)

public:
    explicit MeshSummary(const protocol::Clock &clock, QObject *parent = nullptr);

    //! nullptr empties it. The store must outlive it or be taken away first.
    void setStore(store::MeshStore *store);

    [[nodiscard]] bool isValid() const { return m_store; }
    [[nodiscard]] QString name() const;
    //! "connected · 14 peers · 3 ms", "reconnecting in 4 s · data of 14:05".
    [[nodiscard]] QString line() const;
    [[nodiscard]] protocol::ConnectionState connectionState() const;
    [[nodiscard]] bool isPersonal() const;
    //! Peers that are there, ourselves among them: PeerMatches::countHere().
    [[nodiscard]] int peerCount() const;
    //! Whether line() counts down: ask again every second.
    [[nodiscard]] bool isWaiting() const { return connectionState() == protocol::ConnectionState::Waiting; }

Q_SIGNALS:
    void changed();

private:
    const protocol::Clock &m_clock;
    QPointer<store::MeshStore> m_store;
};

} // namespace mesh::items
