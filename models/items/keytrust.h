// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QHash>
#include <QtCore/QString>

namespace mesh::store {
struct ChangeSet;
class MeshStore;
} // namespace mesh::store

namespace mesh::items {

//! How far the user knows the key behind a peer. Unknown: its safety number was never compared. Verified: it was, or
//! the peer is the user's own. Changed: a key the user knew under this name (compared, or written with) is gone, and
//! another member bears the name now.
enum class KeyTrust { Unknown, Verified, Changed };

//! Tells the trust of peers by their member keys, which stay when sessions come and go.
class KeyTrustBook final
{
public:
    //! \a key is a routing key.
    [[nodiscard]] KeyTrust of(const store::MeshStore &store, const QString &key) const;
    //! When a Changed key was first seen, milliseconds since the epoch; 0 for others.
    [[nodiscard]] qint64 changedAtMs(const store::MeshStore &store, const QString &key) const;
    //! Call for each change of the store; true if an answer may be another one now.
    bool note(const store::ChangeSet &changes);
    void clear();

private:
    void build(const store::MeshStore &store) const;

    mutable bool m_dirty = true;
    mutable QHash<QString, qint64> m_changed; //!< routing key -> first seen
};

} // namespace mesh::items
