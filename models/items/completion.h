// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QList>
#include <QtCore/QString>
#include <QtCore/QStringView>

#include "models/protocol/types.h"

namespace mesh::store {
class MeshStore;
}

namespace mesh::items {

//! One way to go on with a word that is being written.
struct Completion
{
    enum class Kind { Peer, Group, Topic, Command };
    Kind kind = Kind::Peer;
    QString insert; //!< replaces the word, its sign included
    QString title;
    QString hint;
    QString key; //!< Peer: its routing key
    protocol::PeerKind peerKind = protocol::PeerKind::Ai;
    protocol::PeerStatus status = protocol::PeerStatus::Offline;
};

struct Completions
{
    qsizetype from = 0; //!< where the word begins
    QList<Completion> rows;
};

//! What can stand for the word that ends at the end of \a before: `@` peers and groups, `#` topics, `/` commands (at
//! the very beginning only). The best come first: what begins so, then what has a part that begins so, then what
//! contains it.
[[nodiscard]] Completions completionsFor(const store::MeshStore &store, QStringView before, int limit = 8);

} // namespace mesh::items
