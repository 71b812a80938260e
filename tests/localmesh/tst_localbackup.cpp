// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/localmesh/brokerprocess.h"
#include "tests/support/testprogram.h"

#include <QtCore/QDir>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QTemporaryDir>
#include <QtTest/QTest>

namespace tst_localbackup {

using namespace Qt::StringLiterals;
using mesh::tests::BrokerProcess;
using mesh::tests::Ended;
using mesh::tests::exchange;
using mesh::tests::Identity;
using mesh::tests::newMember;
using mesh::tests::runToEnd;
using mesh::tests::TestClient;

class TestLocalBackup final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void backUpAndRestoreWhileItRuns();
    void restoreIntoAnEmptyFolder();
    void backupsAreNotOverwritten();
    void whatIsNotABackupChangesNothing();
    void anotherMeshIsNotReplaced();

private:
    Ended run(const QString &data, const QString &what, const QString &file) const
    {
        return runToEnd({u"--data"_s, data, what, file});
    }
    static void setCounter(TestClient &client, int value);
    static int counter(TestClient &client);
    QString upload(quint16 port, TestClient &client, const Identity &identity, const QByteArray &body);
    int download(quint16 port, const QString &fileId) const;

    std::unique_ptr<QTemporaryDir> m_dir;
    QString m_data;
    QString m_file;
    QString m_apiKey;
    QString m_meshId;
};

void TestLocalBackup::init()
{
    m_dir = std::make_unique<QTemporaryDir>();
    m_data = m_dir->filePath(u"mesh"_s);
    m_file = m_dir->filePath(u"it's a backup.db"_s);
    m_apiKey.clear();
}

void TestLocalBackup::setCounter(TestClient &client, int value)
{
    client.send({{u"type"_s, u"set_state"_s}, {u"key"_s, u"counter"_s}, {u"value"_s, value}});
    QCOMPARE(counter(client), value);
}

int TestLocalBackup::counter(TestClient &client)
{
    return client.ask({{u"type"_s, u"get_state"_s}, {u"key"_s, u"counter"_s}}).value("value"_L1).toInt(-1);
}

QString TestLocalBackup::upload(quint16 port, TestClient &client, const Identity &identity, const QByteArray &body)
{
    m_meshId = identity.meshId;
    if (m_apiKey.isEmpty()) {
        m_apiKey = client
                       .ask({{u"type"_s, u"apikey_create"_s},
                             {u"label"_s, u"files"_s},
                             {u"capabilities"_s, QJsonArray{u"send"_s, u"read"_s}}})
                       .value("secret"_L1)
                       .toString();
    }
    return exchange(port,
                    "POST /upload HTTP/1.1\r\nAuthorization: Bearer " + m_apiKey.toLatin1() + "\r\nX-Mesh-Id: "
                        + identity.meshId.toLatin1() + "\r\nX-Member-Id: " + identity.memberId.toLatin1()
                        + "\r\nX-File-Name: a.txt\r\nContent-Length: " + QByteArray::number(body.size()) + "\r\n\r\n"
                        + body)
        .json()
        .value("fileId"_L1)
        .toString();
}

int TestLocalBackup::download(quint16 port, const QString &fileId) const
{
    return exchange(port,
                    "GET /download/" + fileId.toLatin1() + "?mesh=" + m_meshId.toLatin1()
                        + " HTTP/1.1\r\nAuthorization: Bearer " + m_apiKey.toLatin1() + "\r\n\r\n")
        .status;
}

void TestLocalBackup::backUpAndRestoreWhileItRuns()
{
    BrokerProcess broker;
    QVERIFY(broker.start(m_data));
    const Identity ada = newMember(m_data, broker.port, u"ada"_s);
    TestClient a;
    QVERIFY(a.enter(broker.port, ada, u"Ada"_s));
    setCounter(a, 1);
    const QString early = upload(broker.port, a, ada, "early");
    // Busy meanwhile.
    for (int i = 0; i < 200; ++i)
        a.send({{u"type"_s, u"remember"_s}, {u"content"_s, QString::number(i)}});
    const Ended backup = run(m_data, u"--backup"_s, m_file);
    QVERIFY2(backup.code == 0, qPrintable(backup.err));
    QVERIFY(!(QFileInfo(m_file).permissions() & (QFile::ReadGroup | QFile::ReadOther)));
    QVERIFY(!QFileInfo::exists(m_file + ".part"_L1) && !QFileInfo::exists(m_file + "-wal"_L1));
    setCounter(a, 2);
    const QString late = upload(broker.port, a, ada, "late");
    QCOMPARE(download(broker.port, late), 200);

    const Ended restore = run(m_data, u"--restore"_s, m_file);
    QVERIFY2(restore.code == 0, qPrintable(restore.err));
    QVERIFY(a.waitClosed());
    QCOMPARE(int(a.socket.closeCode()), 1001);
    // The same process on the same port, with the mesh as it was.
    TestClient again;
    QTRY_VERIFY_WITH_TIMEOUT(again.enter(broker.port, ada, u"Ada"_s), 10'000);
    QCOMPARE(counter(again), 1);
    QCOMPARE(download(broker.port, early), 200);
    QCOMPARE(download(broker.port, late), 404);
    QVERIFY(again.ask({{u"type"_s, u"audit_verify"_s}}).value("valid"_L1).toBool());
    QCOMPARE(broker.process.state(), QProcess::Running);
    // Nothing was thrown away.
    QCOMPARE(QDir(m_data).entryList({u"mesh.db.replaced-*"_s}).size(), 1);
    const QStringList replaced = QDir(m_data).entryList({u"files.replaced-*"_s});
    QCOMPARE(replaced.size(), 1);
    QVERIFY(QFileInfo::exists(m_data + u'/' + replaced.constFirst() + u'/' + late));
}

void TestLocalBackup::restoreIntoAnEmptyFolder()
{
    Identity ada;
    QString file;
    {
        BrokerProcess broker;
        QVERIFY(broker.start(m_data));
        ada = newMember(m_data, broker.port, u"ada"_s);
        TestClient a;
        QVERIFY(a.enter(broker.port, ada, u"Ada"_s));
        setCounter(a, 7);
        file = upload(broker.port, a, ada, "body");
    }
    QCOMPARE(run(m_data, u"--backup"_s, m_file).code, 0);
    const QString elsewhere = m_dir->filePath(u"elsewhere"_s);
    QCOMPARE(run(elsewhere, u"--restore"_s, m_file).code, 0);
    BrokerProcess broker;
    QVERIFY(broker.start(elsewhere));
    TestClient a;
    QVERIFY(a.enter(broker.port, ada, u"Ada"_s));
    QCOMPARE(counter(a), 7);
    QCOMPARE(download(broker.port, file), 200);
    QCOMPARE(QDir(elsewhere).entryList({u"*replaced*"_s}).size(), 0);
}

void TestLocalBackup::backupsAreNotOverwritten()
{
    QVERIFY(run(m_data, u"--backup"_s, m_file).code != 0); // no mesh yet
    QVERIFY(!QFileInfo::exists(m_file));
    QCOMPARE(runToEnd({u"--data"_s, m_data, u"--invite"_s}).code, 0);
    QFile precious(m_file);
    QVERIFY(precious.open(QIODevice::WriteOnly));
    precious.write("precious");
    precious.close();
    const Ended ended = run(m_data, u"--backup"_s, m_file);
    QCOMPARE(ended.code, 2);
    QVERIFY2(ended.err.contains("exists already"_L1), qPrintable(ended.err));
    QVERIFY(precious.open(QIODevice::ReadOnly));
    QCOMPARE(precious.readAll(), QByteArray("precious"));
    const Ended nowhere = run(m_data, u"--backup"_s, m_dir->filePath(u"no/such/folder.db"_s));
    QCOMPARE(nowhere.code, 2);
}

void TestLocalBackup::whatIsNotABackupChangesNothing()
{
    BrokerProcess broker;
    QVERIFY(broker.start(m_data));
    const Identity ada = newMember(m_data, broker.port, u"ada"_s);
    TestClient a;
    QVERIFY(a.enter(broker.port, ada, u"Ada"_s));
    setCounter(a, 3);
    QCOMPARE(run(m_data, u"--backup"_s, m_file).code, 0);

    const auto refused = [&](const QByteArray &contents) {
        const QString path = m_dir->filePath(u"bad.db"_s);
        QFile file(path);
        if (!file.open(QIODevice::WriteOnly) || file.write(contents) != contents.size() || !file.flush())
            return false;
        const Ended ended = run(m_data, u"--restore"_s, path);
        return ended.code == 2 && ended.err.startsWith("claudemesh-local: "_L1);
    };
    QFile good(m_file);
    QVERIFY(good.open(QIODevice::ReadOnly));
    const QByteArray whole = good.readAll();
    QVERIFY(refused({}));
    QVERIFY(refused("not a database at all"));
    QVERIFY(refused(whole.left(whole.size() / 2)));
    QByteArray damaged = whole;
    for (qsizetype i = 5'000; i < damaged.size(); i += 3)
        damaged[i] = '\x5a';
    QVERIFY(refused(damaged));
    // The audit chain does not lie, even where the database is sound.
    QByteArray forged = whole;
    QVERIFY(forged.contains("state_set"));
    QVERIFY(refused(forged.replace("state_set", "state_get")));
    QCOMPARE(run(m_data, u"--restore"_s, m_dir->filePath(u"missing.db"_s)).code, 2);
    // The broker has noticed nothing, and nothing is left behind.
    QCOMPARE(counter(a), 3);
    QCOMPARE(QDir(m_data).entryList({u"restore*"_s, u"*replaced*"_s}, QDir::AllEntries).size(), 0);
}

void TestLocalBackup::anotherMeshIsNotReplaced()
{
    const QString other = m_dir->filePath(u"other"_s);
    QCOMPARE(runToEnd({u"--data"_s, other, u"--invite"_s}).code, 0);
    QCOMPARE(run(other, u"--backup"_s, m_file).code, 0);
    QCOMPARE(runToEnd({u"--data"_s, m_data, u"--invite"_s}).code, 0);
    const Ended ended = run(m_data, u"--restore"_s, m_file);
    QCOMPARE(ended.code, 2);
    QVERIFY2(ended.err.contains("another mesh"_L1), qPrintable(ended.err));
    QCOMPARE(QDir(m_data).entryList({u"restore*"_s, u"*replaced*"_s}, QDir::AllEntries).size(), 0);
}

MESH_TEST(TestLocalBackup)

} // namespace tst_localbackup

#include "tst_localbackup.moc"
