// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/session/sealedkeyfile.h"
#include "tests/session/identity/vaulttest.h"
#include "tests/support/testprogram.h"

#include <QtCore/QFile>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QTemporaryDir>
#include <QtTest/QTest>

namespace tst_vault_file {

using namespace Qt::StringLiterals;
using namespace mesh;
using protocol::SecretBytes;
using session::KeyVault;
using tests::readSecret;
using tests::VaultProbe;
using tests::writeSecret;

//! KeyVault where no secret service exists (the test runs with a D-Bus address that leads nowhere).
class TestVaultFile final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void createUnlockWrong()
    {
        QTemporaryDir dir;
        {
            VaultProbe probe(dir.path());
            probe.vault.open();
            QTRY_VERIFY_WITH_TIMEOUT(probe.asked.has_value(), 5000);
            QVERIFY(*probe.asked == KeyVault::Ask::Create);
            probe.vault.create(SecretBytes::fromUtf8(u"correct horse battery"));
            QTRY_VERIFY_WITH_TIMEOUT(probe.opened.has_value(), 20'000);
            QVERIFY(*probe.opened == KeyVault::Backend::PassphraseFile);
            QCOMPARE(writeSecret(probe.vault, u"member/x"_s, "0123456789"), "ok");
        }
        const QString path = dir.filePath(u"keys.sealed"_s);
        QCOMPARE(QFile::permissions(path) & (QFile::ReadGroup | QFile::ReadOther), QFile::Permissions());
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QVERIFY(!file.readAll().contains("0123456789"));

        VaultProbe again(dir.path());
        again.vault.open();
        QTRY_VERIFY(again.asked.has_value());
        QVERIFY(*again.asked == KeyVault::Ask::Unlock);
        again.asked.reset();
        again.vault.unlock(SecretBytes::fromUtf8(u"wrong horse battery"));
        QTRY_VERIFY_WITH_TIMEOUT(again.asked.has_value(), 20'000);
        QVERIFY(*again.asked == KeyVault::Ask::Retry);
        QVERIFY(!again.opened.has_value());
        again.vault.unlock(SecretBytes::fromUtf8(u"correct horse battery"));
        QTRY_VERIFY_WITH_TIMEOUT(again.opened.has_value(), 20'000);
        QCOMPARE(readSecret(again.vault, u"member/x"_s), "0123456789");
        QCOMPARE(readSecret(again.vault, u"member/y"_s), "!not_found");
    }

    void damagedFileIsLeftAlone()
    {
        QTemporaryDir dir;
        const QString path = dir.filePath(u"keys.sealed"_s);
        const QByteArray junk = "{\"version\":1,\"master\":\"AAAA\",\"entries\":{}}";
        {
            QFile file(path);
            QVERIFY(file.open(QIODevice::WriteOnly));
            file.write(junk);
        }
        VaultProbe probe(dir.path());
        probe.vault.open();
        QTRY_VERIFY(probe.asked.has_value());
        probe.vault.unlock(SecretBytes::fromUtf8(u"whatever it was"));
        QTRY_COMPARE_WITH_TIMEOUT(probe.failed, u"malformed"_s, 20'000);
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll(), junk);
    }

    //! Keys that went to a keychain must not silently be replaced by new ones in a file.
    void keychainThatWentAway()
    {
        QTemporaryDir dir;
        {
            QFile marker(dir.filePath(u"keys-in-keychain"_s));
            QVERIFY(marker.open(QIODevice::WriteOnly));
        }
        VaultProbe probe(dir.path());
        probe.vault.open();
        QTRY_COMPARE_WITH_TIMEOUT(probe.failed, u"keychain_away"_s, 5000);
        QVERIFY(!probe.asked.has_value());
    }

    //! Entries are bound to their names, so that whoever can write the file cannot exchange keys.
    void entriesCannotBeExchanged()
    {
        QTemporaryDir dir;
        const QString path = dir.filePath(u"k"_s);
        const auto passphrase = SecretBytes::fromUtf8(u"correct horse battery");
        {
            auto file = session::SealedKeyFile::create(path, passphrase);
            QVERIFY(file.hasValue());
            QVERIFY((*file)->write(u"a"_s, SecretBytes::fromBytes("first")).hasValue());
            QVERIFY((*file)->write(u"b"_s, SecretBytes::fromBytes("second")).hasValue());
        }
        QFile disk(path);
        QVERIFY(disk.open(QIODevice::ReadOnly));
        QJsonObject root = QJsonDocument::fromJson(disk.readAll()).object();
        disk.close();
        QJsonObject entries = root[u"entries"_s].toObject();
        const QJsonValue a = entries[u"a"_s];
        entries[u"a"_s] = entries[u"b"_s];
        entries[u"b"_s] = a;
        root[u"entries"_s] = entries;
        QVERIFY(disk.open(QIODevice::WriteOnly | QIODevice::Truncate));
        disk.write(QJsonDocument(root).toJson());
        disk.close();
        auto file = session::SealedKeyFile::open(path, passphrase);
        QVERIFY(file.hasValue());
        const auto swapped = (*file)->read(u"a"_s);
        QVERIFY(!swapped.hasValue());
        QCOMPARE(swapped.error().code, u"malformed"_s);
    }
};

MESH_TEST(TestVaultFile)

} // namespace tst_vault_file

#include "tst_vault_file.moc"
