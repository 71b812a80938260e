// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/session/identity/vaulttest.h"
#include "tests/support/testprogram.h"

#include <QtCore/QElapsedTimer>
#include <QtCore/QTemporaryDir>
#include <QtDBus/QDBusConnection>
#include <QtDBus/QDBusMessage>
#include <QtDBus/QDBusVirtualObject>
#include <QtTest/QTest>

namespace tst_vault_mute {

using namespace Qt::StringLiterals;
using namespace mesh;
using session::KeyVault;
using tests::VaultProbe;

namespace {

//! Takes every call and answers none.
class MuteObject final : public QDBusVirtualObject
{
public:
    QString introspect(const QString &) const override { return {}; }
    bool handleMessage(const QDBusMessage &message, const QDBusConnection &) override
    {
        message.setDelayedReply(true);
        ++calls;
        return true;
    }
    int calls = 0;
};

} // namespace

//! A secret service that exists and never answers must not hold the program up for more than the 3 s it is given.
class TestVaultMute final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void asksForAPassphraseInstead()
    {
        MuteObject mute;
        auto bus = QDBusConnection::sessionBus();
        QVERIFY(bus.registerService(u"org.freedesktop.secrets"_s));
        QVERIFY(bus.registerVirtualObject(u"/org/freedesktop/secrets"_s, &mute, QDBusConnection::SubPath));
        QTemporaryDir dir;
        VaultProbe probe(dir.path());
        QElapsedTimer timer;
        timer.start();
        probe.vault.open();
        QTRY_VERIFY_WITH_TIMEOUT(probe.asked.has_value(), 6000);
        QVERIFY(*probe.asked == KeyVault::Ask::Create);
        QVERIFY2(mute.calls > 0, "the service was never asked, so this proved nothing");
        QVERIFY2(timer.elapsed() < 5000, qPrintable(QString::number(timer.elapsed())));
    }
};

MESH_TEST(TestVaultMute)

} // namespace tst_vault_mute

#include "tst_vault_mute.moc"
