// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtCore/QFile>
#include <QtCore/QTimer>
#include <QtNetwork/QSslCertificate>
#include <QtNetwork/QSslKey>
#include <QtTest/QTest>

#include "models/protocol/box.h"
#include "tests/session/linkclient.h"
#include "tests/support/scriptedbroker.h"
#include "tests/support/testprogram.h"

namespace tst_session_link {

using namespace Qt::StringLiterals;
using namespace mesh::session;
using namespace mesh::protocol;
using namespace mesh::protocol::events;
using mesh::tests::LinkClient;
using mesh::tests::MeshOne;
using mesh::tests::MeshTwo;
using mesh::tests::quickSession;
using mesh::tests::ScriptedBroker;

namespace {

QJsonObject pushOf(const QString &id, const KeyPair &from, const PublicKey &to, const QString &text)
{
    const Expected<SealedText> body = sealDirect(text, to, from.secretKey);
    return {{"type"_L1, "push"_L1},
            {"messageId"_L1, id},
            {"meshId"_L1, MeshOne},
            {"senderPubkey"_L1, from.publicKey.hex()},
            {"priority"_L1, "next"_L1},
            {"nonce"_L1, body->nonce},
            {"ciphertext"_L1, body->ciphertext},
            {"createdAt"_L1, ScriptedBroker::iso(1'795'404'819'089)}};
}

} // namespace

class TestSessionLink : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void helloThenTheSequence();
    void nothingBeforeHelloAck();
    void pushesBeforeTheAckAreKept();
    void messageIsStoredThenAcknowledged();
    void sendsOfflineGoOutOnceConnected();
    void noHelloAck();
    void closeCodes_data();
    void closeCodes();
    void wrongClockIsExplained();
    void garbageIsCounted();
    void binaryJsonIsTaken();
    void oversizeFrameEndsTheLink();
    void endlessFrameIsDroppedAsSilence();
    void silentBrokerIsDropped();
    void cutNetworkComesBack();
    void brokerKilledAndBack();
    void certificateErrorIsFinal();
    void trustedCertificateConnects();
    void clearTextOnlyToLoopback();
    void commandsEachFinishOnce();
    void severalMeshes();
    void dndIsReleasedByTheHook();
    void peersAskedForFilesAreRefused();
    void closingFinishesEverything();
};

void TestSessionLink::helloThenTheSequence()
{
    ScriptedBroker broker;
    LinkClient client;
    client.open(broker.start());
    QTRY_VERIFY(client.online());
    QTRY_VERIFY(!broker.received(u"audit_query"_s).isEmpty());
    QStringList types;
    for (const QJsonObject &frame : std::as_const(broker.frames))
        types.append(frame["type"_L1].toString());
    QCOMPARE(types.first(), u"session_hello"_s);
    QCOMPARE(types.at(1), u"set_profile"_s);
    for (const auto &type : {u"subscribe"_s, u"list_peers"_s, u"list_state"_s, u"topic_list"_s, u"mesh_info"_s,
                             u"get_clock"_s, u"audit_query"_s})
        QVERIFY2(types.contains(type), qPrintable(type));
    const QJsonObject hello = broker.frames.first();
    QCOMPARE(hello["peerType"_L1].toString(), u"human"_s);
    QCOMPARE(hello["pid"_L1].toInteger(), QCoreApplication::applicationPid());
    QVERIFY(hello["cwd"_L1].toString().startsWith("desktop:"_L1));
    QCOMPARE(hello["sessionPubkey"_L1].toString(), client.session.publicKey.hex());
    QTRY_VERIFY(!client.all<MeshDescribed>().isEmpty());
    QCOMPARE(client.all<MeshDescribed>().first().memoryCount, 3);
    QCOMPARE(client.all<SessionEstablished>().size(), 1);
    QCOMPARE(client.all<SessionEstablished>().first().ownKey, client.session.publicKey.hex());
    QTRY_VERIFY(!client.all<LinkMeasured>().isEmpty());
    QStringList ids;
    for (const QJsonObject &frame : std::as_const(broker.frames)) {
        const QString id = frame["_reqId"_L1].toString();
        QVERIFY(id.isEmpty() || !ids.contains(id));
        ids.append(id);
    }
}

void TestSessionLink::nothingBeforeHelloAck()
{
    ScriptedBroker broker;
    QPointer<QWebSocket> waiting;
    QJsonObject hello;
    broker.onFrame = [&](QWebSocket &socket, const QJsonObject &frame) {
        if (frame["type"_L1] == "session_hello"_L1) {
            waiting = &socket;
            hello = frame;
        } else {
            broker.answer(socket, frame);
        }
    };
    LinkClient client;
    client.open(broker.start());
    const qint64 id = client.host.submit(MeshOne, commands::Refresh{commands::Listing::Peers});
    QTRY_VERIFY(waiting);
    QTRY_VERIFY(client.finished(id).has_value());
    QCOMPARE(client.finished(id)->code, u"offline"_s);
    QCOMPARE(broker.frames.size(), 1);
    ScriptedBroker::acceptHello(*waiting, hello);
    QTRY_VERIFY(broker.frames.size() > 5);
}

void TestSessionLink::pushesBeforeTheAckAreKept()
{
    ScriptedBroker broker;
    LinkClient client;
    const KeyPair bob = KeyPair::generate();
    broker.onFrame = [&](QWebSocket &socket, const QJsonObject &frame) {
        if (frame["type"_L1] == "session_hello"_L1)
            ScriptedBroker::send(socket, pushOf(u"M1"_s, bob, client.session.publicKey, u"early"_s));
        broker.answer(socket, frame);
    };
    client.open(broker.start());
    QTRY_COMPARE(client.all<MessageReceived>().size(), 1);
    QCOMPARE(client.all<MessageReceived>().first().text, u"early"_s);
    // The fold sees the session before its first message.
    const auto position = [&](auto body) {
        for (qsizetype i = 0; i < client.events.size(); ++i) {
            if (holds<decltype(body)>(client.events.at(i).body))
                return i;
        }
        return qsizetype(-1);
    };
    QVERIFY(position(SessionEstablished{}) < position(MessageReceived{}));
}

void TestSessionLink::messageIsStoredThenAcknowledged()
{
    ScriptedBroker broker;
    LinkClient client;
    const KeyPair bob = KeyPair::generate();
    client.open(broker.start());
    QTRY_VERIFY(client.online());
    broker.push(pushOf(u"M1"_s, bob, client.session.publicKey, u"hello"_s));
    broker.push(pushOf(u"M1"_s, bob, client.session.publicKey, u"hello"_s));
    QTRY_COMPARE(client.all<MessageReceived>().size(), 1);
    QVERIFY(broker.received(u"client_ack"_s).isEmpty());
    client.host.confirmStored({u"M1"_s});
    QTRY_COMPARE(broker.received(u"client_ack"_s).size(), 1);
    QCOMPARE(broker.received(u"client_ack"_s).first()["brokerMessageId"_L1].toString(), u"M1"_s);
    QCOMPARE(client.all<MessageReceived>().size(), 1);
}

void TestSessionLink::sendsOfflineGoOutOnceConnected()
{
    ScriptedBroker broker;
    LinkClient client;
    const KeyPair bob = KeyPair::generate();
    const QString url = broker.start();
    broker.kill();
    client.open(url);
    QTRY_VERIFY(client.sawState(ConnectionState::Waiting, u"connection_refused"_s));
    const QString id = newMessageId();
    client.host.submit(
        MeshOne,
        commands::SendMessage{id, {ConversationKind::Direct, bob.publicKey.hex()}, u"later"_s, Priority::Next, {}});
    QTRY_COMPARE(client.all<MessageComposed>().size(), 1);
    QVERIFY(!broker.start().isEmpty());
    QTRY_COMPARE(broker.received(u"send"_s).size(), 1);
    const QJsonObject sent = broker.received(u"send"_s).first();
    QCOMPARE(*openDirect({sent["nonce"_L1].toString(), sent["ciphertext"_L1].toString()}, client.session.publicKey,
                         bob.secretKey),
             u"later"_s);
    QTRY_COMPARE(client.all<OutgoingChanged>().last().state, OutgoingState::Accepted);
}

void TestSessionLink::noHelloAck()
{
    ScriptedBroker broker;
    broker.onFrame = [](QWebSocket &, const QJsonObject &) {};
    SessionOptions options = quickSession();
    options.timings.helloTimeoutMs = 200;
    LinkClient client(options);
    client.open(broker.start());
    QTRY_VERIFY(client.sawState(ConnectionState::Waiting, u"no_hello_ack"_s));
    QVERIFY(client.link().nextTryAtMs || client.link().state != ConnectionState::Waiting);
    QTRY_VERIFY(broker.connections >= 2); // it goes on by itself
}

void TestSessionLink::closeCodes_data()
{
    QTest::addColumn<int>("code");
    QTest::addColumn<QString>("reason");
    QTest::addColumn<bool>("atHello");
    QTest::addColumn<int>("state");
    QTest::addColumn<QString>("word");
    const auto add = [](const char *name, int code, const char *reason, bool atHello, ConnectionState state,
                        const char *word) {
        QTest::newRow(name) << code << QString::fromLatin1(reason) << atHello << int(state)
                            << QString::fromLatin1(word);
    };
    using S = ConnectionState;
    add("replaced", 1000, "session_replaced", false, S::Failed, "session_replaced");
    add("disconnected", 1000, "disconnected", false, S::Waiting, "disconnected");
    add("stopped", 1001, "shutting down", false, S::Waiting, "broker_stopped");
    add("too large", 1009, "", false, S::Waiting, "frame_too_large");
    add("kicked", 4001, "kicked", false, S::Failed, "kicked");
    add("banned", 4002, "banned", false, S::Failed, "banned");
    add("signature", 1008, "bad_signature", true, S::Failed, "bad_signature");
    add("unauthorized", 1008, "unauthorized", true, S::Failed, "unauthorized");
    add("capacity", 1008, "capacity", true, S::Waiting, "capacity");
    add("revoked", 4002, "banned", true, S::Failed, "banned");
}

void TestSessionLink::closeCodes()
{
    QFETCH(int, code);
    QFETCH(QString, reason);
    QFETCH(bool, atHello);
    QFETCH(int, state);
    QFETCH(QString, word);
    ScriptedBroker broker;
    const auto close = [&](QWebSocket &socket) { socket.close(QWebSocketProtocol::CloseCode(code), reason); };
    broker.onFrame = [&](QWebSocket &socket, const QJsonObject &frame) {
        if (atHello) {
            ScriptedBroker::send(
                socket,
                {{"type"_L1, "error"_L1}, {"code"_L1, code == 4002 ? u"revoked"_s : reason}, {"message"_L1, "no"_L1}});
            close(socket);
            return;
        }
        broker.answer(socket, frame);
        if (frame["type"_L1] == "set_profile"_L1)
            close(socket);
    };
    LinkClient client;
    client.open(broker.start());
    QTRY_VERIFY(client.sawState(ConnectionState(state), word));
    const int connections = broker.connections;
    if (state == int(ConnectionState::Failed)) {
        // Final until the user acts; then it is tried again.
        QCOMPARE(client.link().state, ConnectionState::Failed);
        QVERIFY(!client.link().detail.isEmpty());
        broker.onFrame = [&](QWebSocket &socket, const QJsonObject &frame) { broker.answer(socket, frame); };
        client.host.submit(MeshOne, commands::ConnectNow{});
        QTRY_VERIFY(client.online());
        QCOMPARE(broker.connections, connections + 1);
    } else if (atHello) {
        QVERIFY(*client.link().nextTryAtMs - QDateTime::currentMSecsSinceEpoch() > 20'000); // later, not soon
    } else {
        QTRY_VERIFY(broker.connections > connections);
    }
}

void TestSessionLink::wrongClockIsExplained()
{
    ScriptedBroker broker;
    broker.httpDateOffsetMs = 120'000;
    broker.onFrame = [](QWebSocket &socket, const QJsonObject &) {
        ScriptedBroker::send(socket,
                             {{"type"_L1, "error"_L1},
                              {"code"_L1, "timestamp_skew"_L1},
                              {"message"_L1, "session_hello rejected: timestamp_skew"_L1}});
        socket.close(QWebSocketProtocol::CloseCodePolicyViolated, u"timestamp_skew"_s);
    };
    LinkClient client;
    client.open(broker.start());
    QTRY_VERIFY(!client.all<LinkMeasured>().isEmpty());
    const qint64 offset = client.all<LinkMeasured>().first().clockOffsetMs.value_or(0);
    QVERIFY2(qAbs(offset - 120'000) < 2'000, qPrintable(QString::number(offset)));
    QTRY_VERIFY(client.link().detail.contains("behind"_L1));
    QCOMPARE(client.link().state, ConnectionState::Waiting);
    QCOMPARE(client.link().code, u"timestamp_skew"_s);
    QVERIFY2(client.link().detail.contains("2 min"_L1) || client.link().detail.contains("1 min 59"_L1),
             qPrintable(client.link().detail));
    QVERIFY(broker.httpRequests.first().startsWith("GET /health "));
}

void TestSessionLink::garbageIsCounted()
{
    ScriptedBroker broker;
    LinkClient client;
    client.open(broker.start());
    QTRY_VERIFY(client.online());
    for (const char *text :
         {"garbage", "", "null", "[]", "{\"type\":\"new_in_2030\"}", "{\"type\":\"peers_list\",\"peers\":7}",
          "{\"type\":\"push\"}{\"type\":\"push\"}", "\xff\xfe"})
        broker.client()->sendTextMessage(QString::fromLatin1(text));
    broker.client()->sendBinaryMessage(QByteArray(1'000, '\xff'));
    QTRY_VERIFY(!client.all<FramesRejected>().isEmpty() && client.all<FramesRejected>().last().total >= 7);
    QVERIFY(client.online());
    const qint64 id = client.host.submit(MeshOne, commands::Refresh{commands::Listing::MeshInfo});
    QTRY_VERIFY(client.finished(id).has_value());
    QVERIFY(client.finished(id)->ok);
}

void TestSessionLink::binaryJsonIsTaken()
{
    ScriptedBroker broker;
    LinkClient client;
    client.open(broker.start());
    QTRY_VERIFY(client.online());
    broker.client()->sendBinaryMessage(R"({"type":"state_change","key":"k","value":1,"updatedBy":"Bob"})");
    QTRY_COMPARE(client.all<StateSet>().size(), 1);
    QCOMPARE(client.all<StateSet>().first().by, u"Bob"_s);
}

void TestSessionLink::oversizeFrameEndsTheLink()
{
    ScriptedBroker broker;
    LinkClient client;
    client.open(broker.start());
    QTRY_VERIFY(client.online());
    const int connections = broker.connections;
    broker.client()->sendTextMessage(QString(17 * 1024 * 1024, u'x'));
    QTRY_VERIFY_WITH_TIMEOUT(broker.connections > connections, 15'000);
    QTRY_VERIFY(client.online());
}

void TestSessionLink::endlessFrameIsDroppedAsSilence()
{
    ScriptedBroker broker;
    SessionOptions options = quickSession();
    options.timings.silenceLimitMs = 600;
    LinkClient client(options);
    client.open(broker.start());
    QTRY_VERIFY(client.online());
    // The header of a text frame of 1 MB, then a byte now and then: no pong fits in between.
    QTcpSocket *socket = broker.rawSocket();
    QVERIFY(socket);
    socket->write(QByteArray::fromHex("817f0000000000100000"));
    QTimer drip;
    QObject::connect(&drip, &QTimer::timeout, socket, [socket] { socket->write("x"); });
    drip.start(20);
    QTRY_VERIFY(client.sawState(ConnectionState::Waiting, u"silent"_s));
}

void TestSessionLink::silentBrokerIsDropped()
{
    ScriptedBroker broker;
    SessionOptions options = quickSession();
    options.timings.silenceLimitMs = 600;
    LinkClient client(options);
    client.open(broker.start());
    QTRY_VERIFY(client.online());
    QTRY_VERIFY(client.all<LinkMeasured>().size() >= 2); // pings are answered: it stays
    QVERIFY(client.online());
    broker.rawSocket()->blockSignals(true); // nothing is read any more, so no pong comes
    QTRY_VERIFY(client.sawState(ConnectionState::Waiting, u"silent"_s));
}

void TestSessionLink::cutNetworkComesBack()
{
    ScriptedBroker broker;
    LinkClient client;
    client.open(broker.start());
    QTRY_VERIFY(client.online());
    const QString sessionId = broker.frames.first()["sessionId"_L1].toString();
    const QString signature = broker.frames.first()["parentAttestation"_L1]["signature"_L1].toString();
    broker.frames.clear();
    broker.cut();
    QTRY_VERIFY(client.sawState(ConnectionState::Waiting, u"closed_1006"_s));
    QTRY_COMPARE(client.all<SessionEstablished>().size(), 2);
    const QJsonObject hello = broker.received(u"session_hello"_s).first();
    QCOMPARE(hello["sessionId"_L1].toString(), sessionId);
    QCOMPARE(hello["sessionPubkey"_L1].toString(), client.session.publicKey.hex());
    QVERIFY(hello["parentAttestation"_L1]["signature"_L1].toString() != signature); // fresh each time
}

void TestSessionLink::brokerKilledAndBack()
{
    ScriptedBroker broker;
    LinkClient client;
    client.open(broker.start());
    QTRY_VERIFY(client.online());
    client.host.submit(MeshOne, commands::SetSummary{u"watching"_s});
    QTRY_VERIFY(!broker.received(u"set_summary"_s).isEmpty());
    broker.kill();
    QTRY_VERIFY(client.sawState(ConnectionState::Waiting, u"connection_refused"_s));
    QVERIFY(client.link().attempt >= 1);
    broker.frames.clear();
    QVERIFY(!broker.start().isEmpty());
    QTRY_VERIFY(client.online());
    QTRY_VERIFY(!broker.received(u"set_summary"_s).isEmpty()); // brokers forget it, this program does not
    QCOMPARE(broker.received(u"set_summary"_s).first()["summary"_L1].toString(), u"watching"_s);
}

namespace {

std::unique_ptr<QWebSocketServer> tlsServer()
{
    QFile certificate(QStringLiteral(MESH_TEST_DATA "/tls/selfsigned.crt"));
    QFile key(QStringLiteral(MESH_TEST_DATA "/tls/selfsigned.key"));
    if (!certificate.open(QIODevice::ReadOnly) || !key.open(QIODevice::ReadOnly))
        return nullptr;
    QSslConfiguration tls;
    tls.setLocalCertificate(QSslCertificate(&certificate));
    tls.setPrivateKey(QSslKey(&key, QSsl::Ec));
    auto server = std::make_unique<QWebSocketServer>(u"tls"_s, QWebSocketServer::SecureMode);
    server->setSslConfiguration(tls);
    if (!server->listen(QHostAddress::LocalHost))
        return nullptr;
    return server;
}

} // namespace

void TestSessionLink::certificateErrorIsFinal()
{
    const auto server = tlsServer();
    QVERIFY(server);
    int accepted = 0;
    QObject::connect(server.get(), &QWebSocketServer::newConnection, server.get(), [&] { ++accepted; });
    LinkClient client;
    client.open(u"wss://localhost:%1/ws"_s.arg(server->serverPort()));
    QTRY_COMPARE(client.link().state, ConnectionState::Failed);
    QCOMPARE(client.link().code, u"tls_error"_s);
    QVERIFY(client.link().detail.contains("certificate"_L1, Qt::CaseInsensitive));
    QCOMPARE(accepted, 0);
    QVERIFY(!client.link().nextTryAtMs);
}

void TestSessionLink::trustedCertificateConnects()
{
    const auto server = tlsServer();
    QVERIFY(server);
    QObject::connect(server.get(), &QWebSocketServer::newConnection, server.get(), [&] {
        QWebSocket *socket = server->nextPendingConnection();
        QObject::connect(socket, &QWebSocket::textMessageReceived, socket, [socket](const QString &text) {
            const QJsonObject frame = QJsonDocument::fromJson(text.toUtf8()).object();
            if (frame["type"_L1] == "session_hello"_L1)
                ScriptedBroker::acceptHello(*socket, frame);
        });
    });
    SessionOptions options = quickSession();
    QSslConfiguration tls = QSslConfiguration::defaultConfiguration();
    tls.setCaCertificates(QSslCertificate::fromPath(QStringLiteral(MESH_TEST_DATA "/tls/selfsigned.crt")));
    options.tls = tls;
    LinkClient client(options);
    client.open(u"wss://localhost:%1/ws"_s.arg(server->serverPort()));
    QTRY_VERIFY(client.online());
}

void TestSessionLink::clearTextOnlyToLoopback()
{
    LinkClient client;
    client.open(u"ws://192.0.2.1:7900/ws"_s);
    QTRY_COMPARE(client.link().state, ConnectionState::Failed);
    QCOMPARE(client.link().code, u"insecure_broker"_s);
    for (const ConnectionChanged &change : client.all<ConnectionChanged>())
        QVERIFY(change.state != ConnectionState::Connecting); // no packet left
}

void TestSessionLink::commandsEachFinishOnce()
{
    ScriptedBroker broker;
    LinkClient client;
    client.open(broker.start());
    QTRY_VERIFY(client.online());
    QList<qint64> ids;
    const auto submit = [&](Command command) { ids.append(client.host.submit(MeshOne, std::move(command))); };
    submit(commands::SetState{u"k"_s, 42});
    submit(commands::Remember{u"never answered"_s, {}});
    submit(commands::Refresh{commands::Listing::State});
    submit(commands::JoinGroup{u"ada's team"_s, {}});
    submit(commands::Request{mesh::protocol::Schedule{}}); // without a message it would end the broker
    submit(commands::SetStatus{PeerStatus::Dnd});
    const qint64 foreign = client.host.submit(MeshTwo, commands::ConnectNow{});
    QTRY_COMPARE(client.all<CommandFinished>().size(), ids.size() + 1);
    QCOMPARE(client.finished(ids.at(0))->code, QString());
    QCOMPARE(client.finished(ids.at(1))->code, u"timeout"_s);
    QCOMPARE(client.finished(ids.at(2))->result["type"_L1].toString(), u"state_list"_s);
    QCOMPARE(client.finished(ids.at(3))->code, u"bad_group_name"_s);
    QCOMPARE(client.finished(ids.at(4))->code, u"refused"_s);
    QVERIFY(client.finished(ids.at(5))->ok);
    QCOMPARE(client.finished(foreign)->code, u"unknown_mesh"_s);
    QVERIFY(broker.received(u"schedule"_s).isEmpty());
    QVERIFY(broker.received(u"join_group"_s).isEmpty());
    QCOMPARE(client.all<StateSet>().size(), 1);
}

void TestSessionLink::severalMeshes()
{
    ScriptedBroker one;
    ScriptedBroker two;
    LinkClient client;
    client.open(one.start(), MeshOne);
    client.open(two.start(), MeshTwo);
    QTRY_VERIFY(client.online(MeshOne) && client.online(MeshTwo));
    one.kill();
    QTRY_VERIFY(!client.online(MeshOne));
    QVERIFY(client.online(MeshTwo));
    client.open(two.url(), MeshTwo); // connecting twice is harmless
    const qint64 id = client.host.submit(MeshTwo, commands::Refresh{commands::Listing::Peers});
    QTRY_VERIFY(client.finished(id).has_value());
    QCOMPARE(two.connections, 1);
}

void TestSessionLink::dndIsReleasedByTheHook()
{
    ScriptedBroker broker;
    LinkClient client;
    const auto ownRow = [&](const QString &status) {
        return QJsonArray{QJsonObject{{"pubkey"_L1, client.session.publicKey.hex()},
                                      {"memberPubkey"_L1, client.member.publicKey.hex()},
                                      {"displayName"_L1, "Ann"_L1},
                                      {"status"_L1, status},
                                      {"summary"_L1, QJsonValue()},
                                      {"groups"_L1, QJsonArray()},
                                      {"sessionId"_L1, "s"_L1},
                                      {"connectedAt"_L1, ScriptedBroker::iso(0)},
                                      {"cwd"_L1, "c"_L1},
                                      {"peerRole"_L1, "session"_L1}}};
    };
    broker.peers = ownRow(u"dnd"_s);
    client.open(broker.start());
    QTRY_VERIFY(client.online());
    client.host.submit(MeshOne, commands::SetStatus{PeerStatus::Dnd});
    const qint64 id = client.host.submit(MeshOne, commands::SetStatus{PeerStatus::Idle});
    QTRY_VERIFY(client.finished(id).has_value());
    const qsizetype lists = client.all<PeersListed>().size();
    QTRY_VERIFY(client.all<PeersListed>().size() > lists + 1);
    QVERIFY(broker.httpRequests.isEmpty()); // the list still shows dnd, which no hook can change
    broker.peers = ownRow(u"idle"_s);
    QTRY_COMPARE(broker.httpRequests.size(), 1);
    QVERIFY(broker.httpRequests.first().startsWith("POST /hook/set-status "));
}

void TestSessionLink::peersAskedForFilesAreRefused()
{
    ScriptedBroker broker;
    LinkClient client;
    client.open(broker.start());
    QTRY_VERIFY(client.online());
    broker.push({{"type"_L1, "peer_file_request_forward"_L1},
                 {"requesterPubkey"_L1, KeyPair::generate().publicKey.hex()},
                 {"filePath"_L1, "/etc/passwd"_L1},
                 {"_reqId"_L1, "r7"_L1}});
    QTRY_COMPARE(broker.received(u"peer_file_response"_s).size(), 1);
    const QJsonObject answer = broker.received(u"peer_file_response"_s).first();
    QCOMPARE(answer["_reqId"_L1].toString(), u"r7"_s);
    QVERIFY(!answer["error"_L1].toString().isEmpty());
    QVERIFY(!answer.contains("content"_L1));
}

void TestSessionLink::closingFinishesEverything()
{
    ScriptedBroker broker;
    SessionOptions options = quickSession();
    options.timings.requestTimeoutMs = 60'000;
    LinkClient client(options);
    client.open(broker.start());
    QTRY_VERIFY(client.online());
    const qint64 id = client.host.submit(MeshOne, commands::Remember{u"x"_s, {}});
    QTRY_VERIFY(!broker.received(u"remember"_s).isEmpty());
    client.host.close(MeshOne);
    QTRY_VERIFY(client.finished(id).has_value());
    QVERIFY(!client.finished(id)->ok);
    QTRY_COMPARE(client.link().state, ConnectionState::Offline);
    QTRY_VERIFY(!broker.client());
}

MESH_TEST(TestSessionLink)

} // namespace tst_session_link

#include "tst_session_link.moc"
