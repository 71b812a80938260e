// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/session/identitystore.h"
#include "tests/session/identity/vaulttest.h"
#include "tests/support/testprogram.h"

#include <QtTest/QtTest>

namespace tst_vault_keychain {

using namespace Qt::StringLiterals;
using namespace mesh;
using session::KeyVault;
using tests::readSecret;
using tests::VaultProbe;
using tests::writeSecret;

//! KeyVault against a real secret service (the test runs in a D-Bus session of its own with an unlocked keyring).
class TestVaultKeychain final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void storesInTheKeychain()
    {
        QTemporaryDir dir;
        const QByteArray secret = QByteArray::fromHex("00ff10800a0d7f") + QByteArray(25, 'k');
        {
            VaultProbe probe(dir.path());
            probe.vault.open();
            QTRY_VERIFY_WITH_TIMEOUT(probe.opened.has_value(), 10'000);
            QVERIFY(*probe.opened == KeyVault::Backend::Keychain);
            QCOMPARE(readSecret(probe.vault, u"journal"_s), "!not_found");
            QCOMPARE(writeSecret(probe.vault, u"journal"_s, secret), "ok");
        }
        VaultProbe again(dir.path());
        again.vault.open();
        QTRY_VERIFY_WITH_TIMEOUT(again.opened.has_value(), 10'000);
        QCOMPARE(readSecret(again.vault, u"journal"_s), secret);

        // Another data folder is another installation.
        QTemporaryDir other;
        VaultProbe stranger(other.path());
        stranger.vault.open();
        QTRY_VERIFY_WITH_TIMEOUT(stranger.opened.has_value(), 10'000);
        QCOMPARE(readSecret(stranger.vault, u"journal"_s), "!not_found");
    }

    void nothingSecretOnDisk()
    {
        QTemporaryDir dir;
        VaultProbe probe(dir.path());
        probe.vault.open();
        QTRY_VERIFY_WITH_TIMEOUT(probe.opened.has_value(), 10'000);
        QCOMPARE(writeSecret(probe.vault, u"a"_s, "very secret bytes"), "ok");
        const auto entries = QDir(dir.path()).entryInfoList(QDir::Files | QDir::Hidden);
        for (const QFileInfo &info : entries) {
            QFile file(info.filePath());
            QVERIFY(file.open(QIODevice::ReadOnly));
            QVERIFY2(!file.readAll().contains("very secret"), qPrintable(info.fileName()));
        }
        QVERIFY(!QFile::exists(dir.filePath(u"keys.sealed"_s)));
    }

    void identityKeepsItsKeys()
    {
        QTemporaryDir dir;
        VaultProbe probe(dir.path());
        probe.vault.open();
        QTRY_VERIFY_WITH_TIMEOUT(probe.opened.has_value(), 10'000);
        session::MeshProfile profile;
        profile.meshId = QString(32, u'A');
        profile.slug = u"acme"_s;
        profile.memberId = QString(32, u'B');
        profile.brokerUrl = u"ws://127.0.0.1:7900/ws"_s;
        profile.displayName = u"Ada"_s;
        auto member = protocol::KeyPair::generate();
        const auto memberKey = member.publicKey;
        protocol::PublicKey sessionKey;
        {
            session::IdentityStore identities(probe.vault, dir.filePath(u"meshes.json"_s));
            QVERIFY(identities.load().hasValue());
            std::optional<bool> added;
            identities.add(profile, std::move(member), [&](protocol::Expected<void> done) { added = done.hasValue(); });
            QTRY_VERIFY(added.has_value());
            QVERIFY(*added);
            bool done = false;
            identities.keys(profile.meshId, [&](protocol::Expected<session::IdentityStore::Keys> keys) {
                done = true;
                QVERIFY(keys.hasValue());
                QVERIFY(keys->member.publicKey == memberKey);
                sessionKey = keys->session.publicKey;
            });
            QTRY_VERIFY(done);
        }
        session::IdentityStore again(probe.vault, dir.filePath(u"meshes.json"_s));
        QVERIFY(again.load().hasValue());
        QCOMPARE(again.profiles().size(), 1);
        QVERIFY(again.profiles().first() == profile);
        bool done = false;
        again.keys(profile.meshId, [&](protocol::Expected<session::IdentityStore::Keys> keys) {
            done = true;
            QVERIFY(keys.hasValue());
            QVERIFY(keys->session.publicKey == sessionKey);
        });
        QTRY_VERIFY(done);
        QFile file(dir.filePath(u"meshes.json"_s));
        QVERIFY(file.open(QIODevice::ReadOnly));
        QVERIFY(!file.readAll().contains("ecret"));
        QCOMPARE(file.permissions() & (QFile::ReadGroup | QFile::ReadOther), QFile::Permissions());
    }
};

MESH_TEST(TestVaultKeychain)

} // namespace tst_vault_keychain

#include "tst_vault_keychain.moc"
