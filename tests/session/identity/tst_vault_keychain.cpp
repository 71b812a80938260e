// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/session/identitystore.h"
#include "tests/session/identity/keyringlock.h"
#include "tests/session/identity/vaulttest.h"
#include "tests/support/testprogram.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QTemporaryDir>
#include <QtTest/QTest>

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

    //! The keyring is locked while the program runs, and nobody is there to unlock it: reads say so instead of finding
    //! nothing, no key is replaced by a fresh one, and after unlocking all is as before.
    void locksInMidSession()
    {
        QTemporaryDir dir;
        VaultProbe probe(dir.path());
        probe.vault.open();
        QTRY_VERIFY_WITH_TIMEOUT(probe.opened.has_value(), 10'000);
        session::IdentityStore identities(probe.vault, dir.filePath(u"meshes.json"_s));
        QVERIFY(identities.load().hasValue());
        session::MeshProfile profile;
        profile.meshId = QString(32, u'C');
        profile.slug = u"acme"_s;
        profile.memberId = QString(32, u'B');
        profile.brokerUrl = u"ws://127.0.0.1:7900/ws"_s;
        profile.displayName = u"Ada"_s;
        std::optional<bool> added;
        identities.add(profile, protocol::KeyPair::generate(),
                       [&](protocol::Expected<void> done) { added = done.hasValue(); });
        QTRY_VERIFY(added.value_or(false));
        const auto keysNow = [&] { // both public keys, or the error's code
            std::optional<QString> told;
            identities.keys(profile.meshId, [&](protocol::Expected<session::IdentityStore::Keys> keys) {
                told = keys ? keys->member.publicKey.hex() + keys->session.publicKey.hex() : keys.error().code;
            });
            return QTest::qWaitFor([&] { return told.has_value(); }, 20'000) ? *told : u"no answer"_s;
        };
        const auto journalNow = [&] {
            std::optional<QString> told;
            identities.storageKey(u"journal"_s, [&](protocol::Expected<protocol::SecretBytes> key) {
                told = key ? QString::fromLatin1(key->view().toByteArray().toHex()) : key.error().code;
            });
            return QTest::qWaitFor([&] { return told.has_value(); }, 20'000) ? *told : u"no answer"_s;
        };
        const QString before = keysNow();
        const QString journal = journalNow();
        QCOMPARE(before.size(), 128);
        QCOMPARE(journal.size(), 64);

        QVERIFY(tests::lockKeyring());
        QCOMPARE(readSecret(probe.vault, u"anything"_s), "!keychain_locked");
        QCOMPARE(keysNow(), u"keychain_locked"_s);
        QCOMPARE(journalNow(), u"keychain_locked"_s);
        QVERIFY(writeSecret(probe.vault, u"anything"_s, "new").startsWith("!keychain_"));
        QCOMPARE(identities.profiles().size(), 1);

        QVERIFY(tests::unlockKeyring());
        QCOMPARE(keysNow(), before); // trying again is enough
        QCOMPARE(journalNow(), journal);
        QCOMPARE(writeSecret(probe.vault, u"anything"_s, "new"), "ok");
        QCOMPARE(readSecret(probe.vault, u"anything"_s), "new");
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
