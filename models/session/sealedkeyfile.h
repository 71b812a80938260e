// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QByteArray>
#include <QtCore/QHash>
#include <QtCore/QString>

#include <memory>

#include "models/protocol/expected.h"
#include "models/protocol/secretbytes.h"

namespace mesh::session {

//! Secrets in one file, for machines without a secret service. A random master key is sealed with the passphrase
//! (Argon2id and XChaCha20-Poly1305); each entry is sealed with the master key under its name, so that writing one
//! costs no key derivation and entries cannot be exchanged. Written atomically, readable by the user alone.
class SealedKeyFile final
{
public:
    //! Makes a new file. Errors: `exists`, `write_failed`, those of sealWithPassphrase().
    static protocol::Expected<std::unique_ptr<SealedKeyFile>> create(const QString &path,
                                                                     const protocol::SecretBytes &passphrase);
    //! Errors: `wrong_passphrase`, `read_failed`, `malformed` (not ours, or damaged: it is left as it is).
    static protocol::Expected<std::unique_ptr<SealedKeyFile>> open(const QString &path,
                                                                   const protocol::SecretBytes &passphrase);

    //! Error: `not_found`, `malformed`.
    protocol::Expected<protocol::SecretBytes> read(const QString &name) const;
    //! Error: `write_failed`; the file then still holds what it held.
    protocol::Expected<void> write(const QString &name, const protocol::SecretBytes &value);
    protocol::Expected<void> remove(const QString &name);

private:
    SealedKeyFile() = default;
    protocol::Expected<void> save() const;

    QString m_path;
    QByteArray m_sealedMaster;
    protocol::SecretBytes m_master;
    QHash<QString, QByteArray> m_entries;
};

} // namespace mesh::session
