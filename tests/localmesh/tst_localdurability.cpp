// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/localmesh/brokerprocess.h"
#include "tests/support/testprogram.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QRandomGenerator>
#include <QtCore/QTemporaryDir>
#include <QtNetwork/QTcpSocket>
#include <QtTest/QTest>

#include <csignal>
#include <unistd.h>

namespace tst_localdurability {

using namespace Qt::StringLiterals;
using mesh::tests::BrokerProcess;
using mesh::tests::exchange;
using mesh::tests::Identity;
using mesh::tests::newMember;
using mesh::tests::TestClient;

namespace {

constexpr int KillRounds = 100;
constexpr int FramesARound = 120;
constexpr int UploadBytes = 100'000;

//! What the broker has acknowledged, and so owes.
struct Owed
{
    QSet<QString> messages; //!< pushed to nobody who confirmed them
    QSet<QString> webhooks;
    QStringList files;
    int memories = 0;
    int counter = 0; //!< the state key "counter" was at least this
};

} // namespace

class TestLocalDurability final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void killLosesNothingThatWasAcknowledged();

private:
    void checkOwed(TestClient &a, TestClient &b, quint16 port);
    void note(const QJsonObject &frame);
    void load(TestClient &a, int round);
    QByteArray uploadHead() const;

    Owed m_owed;
    Identity m_ada;
    Identity m_ben;
    QString m_apiKey;
    QString m_benKey;
    int m_acknowledged = 0;
    int m_counter = 0;
};

void TestLocalDurability::note(const QJsonObject &frame)
{
    const QString type = frame.value("type"_L1).toString();
    if (type == "ack"_L1 && frame.value("queued"_L1).toBool())
        m_owed.messages.insert(frame.value("messageId"_L1).toString());
    else if (type == "memory_stored"_L1)
        ++m_owed.memories;
    else if (type == "webhook_ack"_L1)
        m_owed.webhooks.insert(frame.value("name"_L1).toString());
    else if (type == "state_result"_L1)
        m_owed.counter = qMax(m_owed.counter, frame.value("value"_L1).toInt());
    else
        return;
    ++m_acknowledged;
}

void TestLocalDurability::checkOwed(TestClient &a, TestClient &b, quint16 port)
{
    // Ben has confirmed nothing since the kill, so all of it comes again. More may come, whose ack died on its way.
    (void)QTest::qWaitFor(
        [&] {
            for (const QJsonObject &frame : std::as_const(b.frames)) {
                const QString id = frame.value("messageId"_L1).toString();
                m_owed.messages.remove(id);
                if (!frame.contains("subtype"_L1) && !id.isEmpty())
                    b.send({{u"type"_s, u"client_ack"_s}, {u"brokerMessageId"_s, id}});
            }
            b.frames.clear();
            return m_owed.messages.isEmpty();
        },
        20'000);
    QVERIFY2(m_owed.messages.isEmpty(), qPrintable(u"%1 messages are lost"_s.arg(m_owed.messages.size())));

    const QJsonObject info = a.ask({{u"type"_s, u"mesh_info"_s}});
    QVERIFY(info.value("memoryCount"_L1).toInt() >= m_owed.memories);
    const QJsonArray hooks = a.ask({{u"type"_s, u"list_webhooks"_s}}).value("webhooks"_L1).toArray();
    QSet<QString> names;
    for (const QJsonValue &hook : hooks)
        names.insert(hook.toObject().value("name"_L1).toString());
    QVERIFY(names.contains(m_owed.webhooks));
    if (m_owed.counter > 0) {
        const QJsonObject state = a.ask({{u"type"_s, u"get_state"_s}, {u"key"_s, u"counter"_s}});
        QVERIFY(state.value("value"_L1).toInt() >= m_owed.counter);
    }
    if (!m_owed.files.isEmpty()) {
        const auto answer =
            exchange(port,
                     "GET /download/" + m_owed.files.constLast().toLatin1() + "?mesh=" + m_ada.meshId.toLatin1()
                         + " HTTP/1.1\r\nAuthorization: Bearer " + m_apiKey.toLatin1() + "\r\n\r\n");
        QCOMPARE(answer.status, 200);
        QCOMPARE(answer.body.size(), UploadBytes);
    }
    const QJsonObject audit = a.ask({{u"type"_s, u"audit_verify"_s}});
    QVERIFY2(audit.value("valid"_L1).toBool(), qPrintable(u"broken at %1"_s.arg(audit.value("brokenAt"_L1).toInt())));
}

QByteArray TestLocalDurability::uploadHead() const
{
    return "POST /upload HTTP/1.1\r\nAuthorization: Bearer " + m_apiKey.toLatin1()
        + "\r\nX-Mesh-Id: " + m_ada.meshId.toLatin1() + "\r\nX-Member-Id: " + m_ada.memberId.toLatin1()
        + "\r\nX-File-Name: load.bin\r\nContent-Length: " + QByteArray::number(UploadBytes) + "\r\n\r\n";
}

void TestLocalDurability::load(TestClient &a, int round)
{
    for (int i = 0; i < FramesARound; ++i) {
        a.send({{u"type"_s, u"send"_s},
                {u"id"_s, QString::number(i)},
                {u"targetSpec"_s, m_benKey},
                {u"priority"_s, u"next"_s},
                {u"nonce"_s, u""_s},
                {u"ciphertext"_s, u"eA=="_s}});
        if (i % 8 == 0)
            a.send({{u"type"_s, u"remember"_s}, {u"content"_s, u"round %1, %2"_s.arg(round).arg(i)}});
        if (i % 8 == 4) {
            a.send({{u"type"_s, u"set_state"_s}, {u"key"_s, u"counter"_s}, {u"value"_s, ++m_counter}});
            a.send({{u"type"_s, u"get_state"_s}, {u"key"_s, u"counter"_s}});
        }
        if (i % 32 == 16)
            a.send({{u"type"_s, u"create_webhook"_s}, {u"name"_s, u"hook-%1-%2"_s.arg(round).arg(i)}});
    }
}

void TestLocalDurability::killLosesNothingThatWasAcknowledged()
{
    QTemporaryDir dir;
    for (int round = 0; round < KillRounds; ++round) {
        QRandomGenerator random(quint32(round + 1));
        if (round % 10 == 9) {
            // Killed while it starts, too.
            QProcess starting;
            starting.start(QStringLiteral(MESH_LOCAL_BROKER), {u"--data"_s, dir.path(), u"--port"_s, u"0"_s});
            QVERIFY(starting.waitForStarted());
            ::usleep(useconds_t(random.bounded(20'000)));
            starting.kill();
            starting.waitForFinished();
        }
        BrokerProcess broker;
        QVERIFY(broker.start(dir.path()));
        if (round == 0) {
            m_ada = newMember(dir.path(), broker.port, u"ada"_s);
            m_ben = newMember(dir.path(), broker.port, u"ben"_s);
        }
        TestClient a;
        TestClient b;
        QVERIFY(b.enter(broker.port, m_ben, u"Ben"_s));
        QVERIFY(a.enter(broker.port, m_ada, u"Ada"_s));
        m_benKey = b.routingKey;
        if (round == 0) {
            m_apiKey = a.ask({{u"type"_s, u"apikey_create"_s},
                              {u"label"_s, u"load"_s},
                              {u"capabilities"_s, QJsonArray{u"send"_s, u"read"_s}}})
                           .value("secret"_L1)
                           .toString();
        }
        checkOwed(a, b, broker.port);
        if (QTest::currentTestFailed())
            return;

        const int before = m_acknowledged;
        QObject::connect(&a.socket, &QWebSocket::textMessageReceived, &a.socket,
                         [this](const QString &text) { note(QJsonDocument::fromJson(text.toUtf8()).object()); });
        QTcpSocket upload;
        upload.connectToHost(u"127.0.0.1"_s, broker.port);
        upload.write(uploadHead() + QByteArray(UploadBytes, 'x'));
        load(a, round);
        const int killAfter = 1 + random.bounded(FramesARound);
        QVERIFY(QTest::qWaitFor([&] { return m_acknowledged >= before + killAfter; }, 20'000));
        ::usleep(useconds_t(random.bounded(3'000)));
        ::kill(pid_t(broker.process.processId()), SIGKILL);
        QTRY_COMPARE(broker.process.state(), QProcess::NotRunning);
        // Answers that were on their way when it died count as well.
        QVERIFY(a.waitClosed());
        QTRY_COMPARE(upload.state(), QAbstractSocket::UnconnectedState);
        const QByteArray answer = upload.readAll();
        if (answer.startsWith("HTTP/1.1 200 ")) {
            m_owed.files.append(QJsonDocument::fromJson(answer.mid(answer.indexOf("\r\n\r\n") + 4))
                                    .object()
                                    .value("fileId"_L1)
                                    .toString());
        }
    }
    QVERIFY(m_acknowledged >= KillRounds);
    QVERIFY(!m_owed.files.isEmpty() && m_owed.memories > 0 && !m_owed.webhooks.isEmpty() && m_owed.counter > 0);
}

MESH_TEST(TestLocalDurability)

} // namespace tst_localdurability

#include "tst_localdurability.moc"
