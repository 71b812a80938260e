// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QList>
#include <QtCore/QObject>

#include <functional>

#include "models/protocol/expected.h"
#include "models/protocol/keys.h"
#include "models/session/meshprofile.h"

namespace mesh::session {

class KeyVault;

//! The memberships of this installation: public profiles in `meshes.json`, their secrets in the KeyVault. One member
//! key pair and one session key pair for each mesh, both kept: messages sealed to them stay readable and the broker's
//! lease reattaches.
class IdentityStore final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(IdentityStore)

public:
    //! \a vault is open and outlives this object. \a file is where the profiles are.
    IdentityStore(KeyVault &vault, const QString &file, QObject *parent = nullptr);

    //! Reads the profiles. A missing file means none yet. Errors: `read_failed`, `malformed` (the file is left as it
    //! is).
    protocol::Expected<void> load();
    const QList<MeshProfile> &profiles() const { return m_profiles; }

    using Done = std::function<void(protocol::Expected<void>)>;
    //! Keeps a membership: first its secrets, then the profile, so that no profile is ever without its keys.
    void add(const MeshProfile &profile, protocol::KeyPair member, Done done);
    //! Forgets a membership and its secrets.
    void remove(const protocol::MeshId &mesh, Done done);

    struct Keys
    {
        protocol::KeyPair member;
        protocol::KeyPair session;
    };
    //! The secrets of a mesh. A missing session key is made and kept. Errors: those of KeyVault, `bad_key`.
    void keys(const protocol::MeshId &mesh, std::function<void(protocol::Expected<Keys>)> done);

    //! A 32-byte secret of this installation, made at first use: the journal's key.
    void storageKey(const QString &name, std::function<void(protocol::Expected<protocol::SecretBytes>)> done);

private:
    void sessionKey(const protocol::MeshId &mesh, std::function<void(protocol::Expected<protocol::KeyPair>)> done);
    protocol::Expected<void> save() const;

    KeyVault &m_vault;
    QString m_file;
    QList<MeshProfile> m_profiles;
};

} // namespace mesh::session
