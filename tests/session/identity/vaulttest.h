// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtTest/QTest>

#include <optional>

#include "models/session/keyvault.h"

namespace mesh::tests {

//! A KeyVault and what it said last.
struct VaultProbe
{
    explicit VaultProbe(const QString &folder, int timeoutMs = 3000)
        : vault({.folder = folder, .service = QStringLiteral("claudemesh-desktop-test"), .probeTimeoutMs = timeoutMs})
    {
        using session::KeyVault;
        QObject::connect(&vault, &KeyVault::opened, &vault, [this](KeyVault::Backend backend) { opened = backend; });
        QObject::connect(&vault, &KeyVault::passphraseWanted, &vault, [this](KeyVault::Ask ask) { asked = ask; });
        QObject::connect(&vault, &KeyVault::failed, &vault,
                         [this](const protocol::Error &error) { failed = error.code; });
    }

    session::KeyVault vault;
    std::optional<session::KeyVault::Backend> opened;
    std::optional<session::KeyVault::Ask> asked;
    QString failed;
};

//! Waits for a read; the secret as bytes (of a test's throw-away value), or the error's code after "!".
inline QByteArray readSecret(session::KeyVault &vault, const QString &name)
{
    std::optional<QByteArray> result;
    vault.read(name, &vault, [&](protocol::Expected<protocol::SecretBytes> value) {
        result = value ? value->view().toByteArray() : "!" + value.error().code.toLatin1();
    });
    return QTest::qWaitFor([&] { return result.has_value(); }, 10'000) ? *result : QByteArray("!no answer");
}

inline QByteArray writeSecret(session::KeyVault &vault, const QString &name, const QByteArray &value)
{
    std::optional<QByteArray> result;
    vault.write(name, protocol::SecretBytes::fromBytes(value), &vault, [&](protocol::Expected<void> done) {
        result = done ? QByteArray("ok") : "!" + done.error().code.toLatin1();
    });
    return QTest::qWaitFor([&] { return result.has_value(); }, 10'000) ? *result : QByteArray("!no answer");
}

} // namespace mesh::tests
