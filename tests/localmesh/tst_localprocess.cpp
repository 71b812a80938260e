// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/localbroker.h"
#include "tests/localmesh/brokerprocess.h"
#include "tests/support/testprogram.h"

#include <QtCore/QDir>
#include <QtCore/QFileInfo>
#include <QtCore/QJsonDocument>
#include <QtCore/QTemporaryDir>
#include <QtNetwork/QTcpServer>
#include <QtTest/QTest>

#include <csignal>
#include <sys/resource.h>
#include <unistd.h>

namespace tst_localprocess {

using namespace Qt::StringLiterals;
using mesh::tests::BrokerProcess;
using mesh::tests::Ended;
using mesh::tests::Identity;
using mesh::tests::newMember;
using mesh::tests::runToEnd;
using mesh::tests::TestClient;

namespace {

constexpr uid_t Nobody = 65'534;

} // namespace

class TestLocalProcess final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void helpAndVersionAndBadOptions();
    void inviteWorksWhileTheBrokerRuns();
    void terminationTellsThePeers();
    void portTakenIsNamed();
    void oneBrokerForEachFolder();
    void readOnlyFolderIsNamed();
    void damagedDatabaseIsNamed();
    void noRoomIsNotCalledDamage();
    void fullDiskIsAnsweredAndSurvived();
    void fullDiskLosesNothingAcknowledged();
};

void TestLocalProcess::helpAndVersionAndBadOptions()
{
    QCOMPARE(runToEnd({u"--help"_s}).code, 0);
    QVERIFY(runToEnd({u"--help"_s}).out.contains("--invite"_L1));
    QVERIFY(runToEnd({u"--version"_s}).out.startsWith("claudemesh-local "_L1));
    for (const QStringList &bad :
         {QStringList{u"--port"_s, u"99999"_s}, QStringList{u"--port"_s, u"x"_s}, QStringList{u"--frobnicate"_s},
          QStringList{u"stray"_s}, QStringList{u"--invite"_s, u"--role"_s, u"king"_s}}) {
        const Ended ended = runToEnd(bad);
        QCOMPARE(ended.code, 2);
        QVERIFY2(ended.err.startsWith("claudemesh-local: "_L1), qPrintable(ended.err));
    }
}

void TestLocalProcess::inviteWorksWhileTheBrokerRuns()
{
    QTemporaryDir dir;
    const QString data = dir.filePath(u"mesh"_s);
    BrokerProcess broker;
    QVERIFY(broker.start(data));
    QVERIFY(!(QFileInfo(data).permissions() & (QFile::ReadGroup | QFile::ReadOther)));
    QVERIFY(!(QFileInfo(data + "/mesh.db"_L1).permissions() & (QFile::ReadGroup | QFile::ReadOther)));
    const Ended invite = runToEnd({u"--data"_s, data, u"--invite"_s});
    QCOMPARE(invite.code, 0);
    QVERIFY(invite.out.startsWith("ic://join/"_L1));
    const Identity ada = mesh::tests::joinMesh(broker.port, invite.out.trimmed(), u"ada"_s);
    QCOMPARE(ada.memberId.size(), 32);
    TestClient a;
    QVERIFY(a.enter(broker.port, ada, u"Ada"_s));
}

void TestLocalProcess::terminationTellsThePeers()
{
    QTemporaryDir dir;
    BrokerProcess broker;
    QVERIFY(broker.start(dir.path()));
    TestClient a;
    QVERIFY(a.enter(broker.port, newMember(dir.path(), broker.port, u"ada"_s), u"Ada"_s));
    broker.process.terminate();
    QVERIFY(a.waitClosed());
    QCOMPARE(int(a.socket.closeCode()), 1001);
    QCOMPARE(a.socket.closeReason(), u"shutting down"_s);
    QTRY_COMPARE(broker.process.state(), QProcess::NotRunning);
    QCOMPARE(broker.process.exitStatus(), QProcess::NormalExit);
    QCOMPARE(broker.process.exitCode(), 0);
}

void TestLocalProcess::portTakenIsNamed()
{
    QTcpServer taken;
    QVERIFY(taken.listen(QHostAddress::LocalHost, 0));
    QTemporaryDir dir;
    const QString port = QString::number(taken.serverPort());
    const Ended ended = runToEnd({u"--data"_s, dir.path(), u"--port"_s, port});
    QCOMPARE(ended.code, 2);
    QVERIFY2(ended.err.contains(port), qPrintable(ended.err));
    QVERIFY(!QFileInfo::exists(dir.filePath(u"mesh.db"_s)));
}

void TestLocalProcess::oneBrokerForEachFolder()
{
    QTemporaryDir dir;
    BrokerProcess broker;
    QVERIFY(broker.start(dir.path()));
    const Ended second = runToEnd({u"--data"_s, dir.path(), u"--port"_s, u"0"_s});
    QCOMPARE(second.code, 2);
    QVERIFY2(second.err.contains("already runs"_L1), qPrintable(second.err));
}

void TestLocalProcess::readOnlyFolderIsNamed()
{
    QTemporaryDir dir;
    const QString locked = dir.filePath(u"locked"_s);
    QVERIFY(QDir().mkdir(locked));
    QVERIFY(QFile::setPermissions(dir.path(), QFile::ReadOwner | QFile::ExeOwner | QFile::ReadOther | QFile::ExeOther));
    QVERIFY(QFile::setPermissions(locked, QFile::ReadOwner | QFile::ExeOwner | QFile::ReadOther | QFile::ExeOther));
    // The superuser may write anywhere, so the broker runs as nobody then.
    const auto drop = [] {
        if (::geteuid() == 0)
            (void)!::setuid(Nobody);
    };
    for (const QString &path : {locked, locked + "/new"_L1, u"/dev/null"_s}) {
        const Ended ended = runToEnd({u"--data"_s, path, u"--port"_s, u"0"_s}, drop);
        QCOMPARE(ended.code, 2);
        QVERIFY2(ended.err.contains(path), qPrintable(ended.err));
    }
    QVERIFY(QFile::setPermissions(dir.path(), QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner));
    QVERIFY(QFile::setPermissions(locked, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner));
}

void TestLocalProcess::damagedDatabaseIsNamed()
{
    QTemporaryDir dir;
    QFile file(dir.filePath(u"mesh.db"_s));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(QByteArray(8'192, 'x'));
    file.close();
    const Ended ended = runToEnd({u"--data"_s, dir.path(), u"--port"_s, u"0"_s});
    QCOMPARE(ended.code, 2);
    QVERIFY2(ended.err.contains("damaged"_L1) && ended.err.contains("mesh.db"_L1), qPrintable(ended.err));
}

//! Nobody shall be told to move a mesh away that only lacks room.
void TestLocalProcess::noRoomIsNotCalledDamage()
{
    QTemporaryDir dir;
    {
        BrokerProcess broker;
        QVERIFY(broker.start(dir.path()));
    }
    const Ended ended = runToEnd({u"--data"_s, dir.path(), u"--port"_s, u"0"_s}, [] {
        const rlimit limit{8'192, 8'192};
        ::setrlimit(RLIMIT_FSIZE, &limit);
    });
    QCOMPARE(ended.code, 2);
    QVERIFY2(ended.err.contains("mesh.db"_L1) && !ended.err.contains("damaged"_L1), qPrintable(ended.err));
    BrokerProcess again;
    QVERIFY(again.start(dir.path()));
}

void TestLocalProcess::fullDiskIsAnsweredAndSurvived()
{
    QTemporaryDir dir;
    BrokerProcess broker;
    // No file may grow beyond this: what a full disk looks like to the database.
    broker.process.setChildProcessModifier([] {
        const rlimit limit{600'000, 600'000};
        ::setrlimit(RLIMIT_FSIZE, &limit);
    });
    QVERIFY(broker.start(dir.path()));
    TestClient a;
    QVERIFY(a.enter(broker.port, newMember(dir.path(), broker.port, u"ada"_s), u"Ada"_s));
    QJsonObject refused;
    for (int i = 0; i < 100 && refused.isEmpty(); ++i) {
        a.send({{u"type"_s, u"set_state"_s},
                {u"key"_s, u"k%1"_s.arg(i)},
                {u"value"_s, QString(50'000, u'x')},
                {u"_reqId"_s, u"s"_s}});
        (void)a.ask({{u"type"_s, u"get_clock"_s}});
        refused = a.take([](const QJsonObject &frame) { return frame.value("type"_L1) == "error"_L1; }, 1);
    }
    QCOMPARE(refused.value("code"_L1).toString(), u"storage_error"_s);
    QCOMPARE(refused.value("_reqId"_L1).toString(), u"s"_s);
    // It still answers, and what it has is sound.
    QVERIFY(!a.ask({{u"type"_s, u"list_peers"_s}}).isEmpty());
    QCOMPARE(a.ask({{u"type"_s, u"audit_verify"_s}}).value("valid"_L1).toBool(), true);
    QCOMPARE(broker.process.state(), QProcess::Running);
}

//! No ack leaves for what the disk did not take, however the two come together.
void TestLocalProcess::fullDiskLosesNothingAcknowledged()
{
    QTemporaryDir dir;
    BrokerProcess broker;
    broker.process.setChildProcessModifier([] {
        const rlimit limit{1'500'000, 1'500'000};
        ::setrlimit(RLIMIT_FSIZE, &limit);
    });
    QVERIFY(broker.start(dir.path()));
    const Identity ada = newMember(dir.path(), broker.port, u"ada"_s);
    const Identity ben = newMember(dir.path(), broker.port, u"ben"_s);
    QSet<QString> acknowledged;
    QString error;
    {
        TestClient a;
        TestClient b;
        QVERIFY(a.enter(broker.port, ada, u"Ada"_s) && b.enter(broker.port, ben, u"Ben"_s));
        b.send({{u"type"_s, u"set_status"_s}, {u"status"_s, u"dnd"_s}}); // everything is held, so kept on the disk
        QVERIFY(!b.ask({{u"type"_s, u"get_clock"_s}}).isEmpty());
        constexpr int Sends = 200;
        for (int i = 0; i < Sends; ++i) {
            a.send({{u"type"_s, u"send"_s},
                    {u"id"_s, u"m%1"_s.arg(i)},
                    {u"targetSpec"_s, b.routingKey},
                    {u"priority"_s, u"next"_s},
                    {u"nonce"_s, QString()},
                    {u"ciphertext"_s, QString::fromLatin1(QByteArray(20'000, char('a' + i % 26)).toBase64())}});
        }
        for (int i = 0; i < Sends; ++i) {
            const QJsonObject ack = a.takeType(u"ack"_s);
            if (ack.value("queued"_L1).toBool())
                acknowledged.insert(ack.value("messageId"_L1).toString());
            else
                error = ack.value("error"_L1).toString();
        }
        QVERIFY2(!acknowledged.isEmpty() && acknowledged.size() < Sends,
                 qPrintable(QString::number(acknowledged.size())));
        QVERIFY2(error.startsWith("storage_error"_L1), qPrintable(error));
    }
    broker.process.kill();
    QVERIFY(broker.process.waitForFinished());
    // With room again everything that was acknowledged comes, and nothing else.
    BrokerProcess again;
    QVERIFY(again.start(dir.path()));
    TestClient b;
    QVERIFY(b.enter(again.port, ben, u"Ben"_s));
    QSet<QString> delivered;
    for (qsizetype i = 0; i < acknowledged.size(); ++i)
        delivered.insert(b.takeMessage().value("messageId"_L1).toString());
    QCOMPARE(delivered, acknowledged);
    QVERIFY(b.nothing([](const QJsonObject &frame) { return frame.value("type"_L1) == "push"_L1; }));
    QCOMPARE(b.ask({{u"type"_s, u"audit_verify"_s}}).value("valid"_L1).toBool(), true);
}

MESH_TEST(TestLocalProcess)

} // namespace tst_localprocess

#include "tst_localprocess.moc"
