// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/brokerthread.h"
#include "tests/localmesh/localfixture.h"
#include "tests/support/testprogram.h"

#include <QtCore/QJsonArray>

namespace tst_localbroker {

using namespace Qt::StringLiterals;
using mesh::local::BrokerOptions;
using mesh::local::BrokerThread;
using mesh::tests::httpPost;
using mesh::tests::Identity;
using mesh::tests::isPush;
using mesh::tests::joinMesh;
using mesh::tests::ManualClock;
using mesh::tests::TestClient;

class TestLocalBroker final : public QObject, private mesh::tests::LocalFixture
{
    Q_OBJECT

private Q_SLOTS:
    void init() { setUp(); }
    void cleanup() { tearDown(); }
    void handshakeGivesRowAndEvents();
    void helloRestoresWhatTheMemberHad();
    void sessionReturnsSilentlyWithinTheLease();
    void leaseEndsWithPeerLeft();
    void sameSessionElsewhereReplacesTheFirst();
    void capacityDoesNotLeak();
    void directMessageIsAckedPushedAndSettled();
    void refusalsSayWhy();
    void groupsAndBroadcastsReachWhomTheyShould();
    void dndHoldsAndIdleReleases();
    void hookHoldsNext();
    void workingDecays();
    void unackedMessagesComeAgain();
    void heldMessagesSurviveARestart();
    void rateLimitIsPerMember();
    void presenceFieldsShowInTheList();
    void brokerRunsInAThread();
};

void TestLocalBroker::handshakeGivesRowAndEvents()
{
    start();
    const Identity ada = newMember(u"ada"_s);
    const Identity ben = newMember(u"ben"_s);
    QCOMPARE(ada.memberId.size(), 32);
    TestClient a;
    TestClient b;
    QVERIFY(a.enter(m_port, ada, u"Ada"_s, {{u"peerType"_s, u"human"_s}, {u"channel"_s, u"desktop"_s}}));
    QVERIFY(b.enter(m_port, ben, u"Ben"_s));
    const QJsonObject joined = a.takeEvent(u"peer_joined"_s);
    QCOMPARE(joined.value("eventData"_L1).toObject().value("pubkey"_L1).toString(), b.routingKey);
    QCOMPARE(joined.value("senderPubkey"_L1).toString(), u"system"_s);
    const QJsonArray peers = a.ask({{u"type"_s, u"list_peers"_s}}).value("peers"_L1).toArray();
    QCOMPARE(peers.size(), 2);
    const QJsonObject row = peers.at(0).toObject();
    QCOMPARE(row.value("peerRole"_L1).toString(), u"session"_s);
    QCOMPARE(row.value("peerType"_L1).toString(), u"human"_s);
    QCOMPARE(row.value("memberPubkey"_L1).toString(), ada.member.publicKey.hex());
    QVERIFY(row.contains("summary"_L1) && row.value("summary"_L1).isNull());
    QCOMPARE(row.value("visible"_L1).toBool(), true);
}

void TestLocalBroker::helloRestoresWhatTheMemberHad()
{
    start();
    const Identity ada = newMember(u"ada"_s);
    const Identity ben = newMember(u"ben"_s);
    TestClient watcher;
    QVERIFY(watcher.enter(m_port, ben, u"Ben"_s));
    {
        TestClient a;
        QVERIFY(a.open(m_port));
        a.send(a.hello(ada, u"Ada"_s, false, {{u"groups"_s, QJsonArray{QJsonObject{{u"name"_s, u"ops"_s}}}}}));
        const QJsonObject ack = a.takeType(u"hello_ack"_s);
        QVERIFY(!ack.contains("restored"_L1));
        QVERIFY(ack.value("services"_L1).isArray());
        a.send({{u"type"_s, u"set_summary"_s}, {u"summary"_s, u"busy"_s}});
        a.send({{u"type"_s, u"set_stats"_s}, {u"stats"_s, QJsonObject{{u"errors"_s, 2}}}});
        QVERIFY(a.nothing([](const QJsonObject &frame) { return frame.value("type"_L1) == "error"_L1; }));
        a.socket.close();
        QVERIFY(a.waitClosed());
    }
    TestClient again;
    QVERIFY(again.open(m_port));
    again.send(again.hello(ada, u"Ada"_s, false, {{u"sessionId"_s, u"another"_s}}));
    const QJsonObject ack = again.takeType(u"hello_ack"_s);
    QCOMPARE(ack.value("restored"_L1).toBool(), true);
    QCOMPARE(ack.value("lastSummary"_L1).toString(), u"busy"_s);
    QCOMPARE(ack.value("restoredGroups"_L1).toArray().size(), 1);
    QCOMPARE(ack.value("restoredStats"_L1).toObject().value("errors"_L1).toInt(), 2);
    QVERIFY(!watcher.takeEvent(u"peer_returned"_s).isEmpty());
}

void TestLocalBroker::sessionReturnsSilentlyWithinTheLease()
{
    start();
    const Identity ada = newMember(u"ada"_s);
    const Identity ben = newMember(u"ben"_s);
    TestClient watcher;
    QVERIFY(watcher.enter(m_port, ben, u"Ben"_s));
    QString firstPresence;
    {
        TestClient a;
        QVERIFY(a.open(m_port));
        a.send(a.sessionHello(ada, u"Ada"_s));
        firstPresence = a.takeType(u"hello_ack"_s).value("presenceId"_L1).toString();
        QVERIFY(!watcher.takeEvent(u"peer_joined"_s).isEmpty());
        a.socket.close();
        QVERIFY(a.waitClosed());
    }
    // Away, but within the lease: still listed, and messages wait.
    QCOMPARE(watcher.ask({{u"type"_s, u"list_peers"_s}}).value("peers"_L1).toArray().size(), 2);
    QCOMPARE(watcher.message(ada.session.publicKey.hex(), u"later"_s).value("queued"_L1).toBool(), true);
    TestClient a;
    QVERIFY(a.open(m_port));
    a.send(a.sessionHello(ada, u"Ada"_s));
    const QJsonObject ack = a.takeType(u"hello_ack"_s);
    QCOMPARE(ack.value("presenceId"_L1).toString(), firstPresence);
    QVERIFY(!ack.contains("memberProfile"_L1));
    QVERIFY(!a.takeMessage().isEmpty());
    QVERIFY(watcher.nothing([](const QJsonObject &frame) { return frame.contains("event"_L1); }));
}

void TestLocalBroker::leaseEndsWithPeerLeft()
{
    m_clock = std::make_shared<ManualClock>();
    start();
    const Identity ada = newMember(u"ada"_s);
    const Identity ben = newMember(u"ben"_s);
    TestClient watcher;
    QVERIFY(watcher.enter(m_port, ben, u"Ben"_s, {}));
    {
        TestClient a;
        QVERIFY(a.open(m_port));
        a.send(a.hello(ada, u"Ada"_s, true, {{u"timestamp"_s, QJsonValue::Null}}));
        // Without a time the handshake is refused before the lease can matter.
        QCOMPARE(a.takeType(u"error"_s).value("code"_L1).toString(), u"timestamp_skew"_s);
        QVERIFY(a.waitClosed());
        QCOMPARE(int(a.socket.closeCode()), 1008);
    }
    {
        TestClient a;
        QVERIFY(a.enter(m_port, ada, u"Ada"_s));
        QVERIFY(!watcher.takeEvent(u"peer_joined"_s).isEmpty());
        a.socket.close();
        QVERIFY(a.waitClosed());
    }
    QTRY_COMPARE(m_broker->connectionCount(), 1);
    m_clock->advance(89'000);
    QVERIFY(watcher.nothing([](const QJsonObject &frame) { return frame.value("event"_L1) == "peer_left"_L1; }));
    m_clock->advance(1'500);
    const QJsonObject left = watcher.takeEvent(u"peer_left"_s);
    QCOMPARE(left.value("eventData"_L1).toObject().value("name"_L1).toString(), u"Ada"_s);
    QCOMPARE(watcher.message(ada.session.publicKey.hex(), u"x"_s).value("queued"_L1).toBool(true), false);
}

void TestLocalBroker::sameSessionElsewhereReplacesTheFirst()
{
    start();
    const Identity ada = newMember(u"ada"_s);
    TestClient first;
    QVERIFY(first.enter(m_port, ada, u"Ada"_s));
    TestClient second;
    QVERIFY(second.enter(m_port, ada, u"Ada"_s));
    QVERIFY(first.waitClosed());
    QCOMPARE(int(first.socket.closeCode()), 1000);
    QCOMPARE(first.socket.closeReason(), u"session_replaced"_s);
    QCOMPARE(second.ask({{u"type"_s, u"list_peers"_s}}).value("peers"_L1).toArray().size(), 1);
    // A second hello on an open connection ends it.
    second.send(second.sessionHello(ada, u"Ada"_s));
    QVERIFY(second.waitClosed());
    QCOMPARE(second.socket.closeReason(), u"session_replaced"_s);
}

void TestLocalBroker::capacityDoesNotLeak()
{
    start({.maxConnections = 2});
    Identity ada = newMember(u"ada"_s);
    // The original counts every one of these for ever (recording 34).
    std::vector<std::unique_ptr<TestClient>> clients;
    for (int i = 0; i < 8; ++i) {
        ada.session = mesh::protocol::KeyPair::generate();
        clients.push_back(std::make_unique<TestClient>());
        QVERIFY(clients.back()->enter(m_port, ada, u"Ada"_s, {{u"sessionId"_s, u"same"_s}}));
    }
    QCOMPARE(m_broker->connectionCount(), 1);
    const Identity ben = newMember(u"ben"_s);
    TestClient b;
    QVERIFY(b.enter(m_port, ben, u"Ben"_s));
    const Identity cyd = newMember(u"cyd"_s);
    TestClient c;
    QVERIFY(c.open(m_port));
    c.send(c.sessionHello(cyd, u"Cyd"_s));
    QCOMPARE(c.takeType(u"error"_s).value("code"_L1).toString(), u"capacity"_s);
    QVERIFY(c.waitClosed());
    QCOMPARE(c.socket.closeReason(), u"capacity"_s);
}

void TestLocalBroker::directMessageIsAckedPushedAndSettled()
{
    start();
    const Identity ada = newMember(u"ada"_s);
    const Identity ben = newMember(u"ben"_s);
    TestClient a;
    TestClient b;
    QVERIFY(a.enter(m_port, ada, u"Ada"_s));
    QVERIFY(b.enter(m_port, ben, u"Ben"_s));
    const QJsonObject ack = a.message(b.routingKey, u"hi"_s, u"now"_s, {{u"client_message_id"_s, u"c-1"_s}});
    QCOMPARE(ack.value("queued"_L1).toBool(), true);
    QVERIFY(!ack.contains("_reqId"_L1));
    const QString id = ack.value("messageId"_L1).toString();
    const QJsonObject push = b.takeMessage();
    QCOMPARE(push.value("messageId"_L1).toString(), id);
    QCOMPARE(push.value("senderPubkey"_L1).toString(), a.routingKey);
    QCOMPARE(push.value("client_message_id"_L1).toString(), u"c-1"_s);
    QVERIFY(!push.contains("senderName"_L1));
    const QJsonObject ask{{u"type"_s, u"message_status"_s}, {u"messageId"_s, id.left(10)}};
    QJsonObject status = a.ask(ask);
    QCOMPARE(status.value("delivered"_L1).toBool(true), false);
    QCOMPARE(status.value("recipients"_L1).toArray().at(0).toObject().value("status"_L1).toString(), u"held"_s);
    // Somebody else's ack does not count; the recipient's does.
    a.send({{u"type"_s, u"client_ack"_s}, {u"brokerMessageId"_s, id}});
    QCOMPARE(a.ask(ask).value("delivered"_L1).toBool(true), false);
    b.send({{u"type"_s, u"client_ack"_s}, {u"clientMessageId"_s, u"c-1"_s}});
    QTRY_COMPARE(a.ask(ask).value("delivered"_L1).toBool(), true);
    // To the member key it arrives as well.
    QCOMPARE(a.message(ben.member.publicKey.hex(), u"again"_s).value("queued"_L1).toBool(), true);
    QVERIFY(!b.takeMessage().isEmpty());
}

void TestLocalBroker::refusalsSayWhy()
{
    start();
    TestClient a;
    QVERIFY(a.enter(m_port, newMember(u"ada"_s), u"Ada"_s));
    for (const QString &target : {u"ada"_s, u"nosuchpeer"_s, a.routingKey, a.routingKey.left(16)}) {
        const QJsonObject ack = a.message(target, u"x"_s);
        QCOMPARE(ack.value("queued"_L1).toBool(true), false);
        QVERIFY(ack.value("error"_L1).toString().startsWith("no connected peer for target"_L1));
    }
    QVERIFY(a.message(u"*"_s, QString(60'000, u'x')).value("error"_L1).toString().startsWith("payload too large:"_L1));
    QVERIFY(a.message(u"#topic"_s, u"x"_s).value("error"_L1).toString().startsWith("topic_not_found"_L1));
    QVERIFY(a.message(a.routingKey, u"x"_s, u"urgent"_s).value("error"_L1).toString().startsWith("invalid_args"_L1));
    QCOMPARE(a.message(u"@nobody"_s, u"x"_s).value("queued"_L1).toBool(), true);
    const auto code = [&a](const QString &id) {
        return a.ask({{u"type"_s, u"message_status"_s}, {u"messageId"_s, id}}).value("code"_L1).toString();
    };
    QCOMPARE(code(u"short"_s), u"invalid_argument"_s);
    QCOMPARE(code(QString(32, u'z')), u"not_found"_s);
}

void TestLocalBroker::groupsAndBroadcastsReachWhomTheyShould()
{
    start();
    const Identity ada = newMember(u"ada"_s);
    const Identity ben = newMember(u"ben"_s);
    const Identity cyd = newMember(u"cyd"_s);
    TestClient a;
    TestClient b;
    TestClient c;
    QVERIFY(a.enter(m_port, ada, u"Ada"_s));
    QVERIFY(b.enter(m_port, ben, u"Ben"_s, {{u"groups"_s, QJsonArray{QJsonObject{{u"name"_s, u"ops/oncall"_s}}}}}));
    QVERIFY(c.enter(m_port, cyd, u"Cyd"_s));
    c.send({{u"type"_s, u"join_group"_s}, {u"name"_s, u"ops"_s}, {u"role"_s, u"lead"_s}});
    QVERIFY(c.nothing(isPush));
    QCOMPARE(a.message(u"@ops"_s, u"group"_s).value("queued"_L1).toBool(), true);
    const QJsonObject push = c.takeMessage();
    QCOMPARE(push.value("senderName"_L1).toString(), u"Ada"_s);
    QCOMPARE(push.value("senderMemberId"_L1).toString(), ada.memberId);
    QCOMPARE(push.value("senderMemberPubkey"_L1).toString(), ada.member.publicKey.hex());
    QVERIFY(b.nothing(isPush)); // no hierarchy in live routing
    // Hidden peers get no broadcast, but direct messages; the sender's own sessions get none either.
    QCOMPARE(b.ask({{u"type"_s, u"set_visible"_s}, {u"visible"_s, false}}).value("queued"_L1).toBool(true), false);
    QVERIFY(!a.takeEvent(u"peer_hidden"_s).isEmpty());
    QCOMPARE(a.ask({{u"type"_s, u"list_peers"_s}}).value("peers"_L1).toArray().size(), 2);
    (void)a.message(u"*"_s, u"all"_s);
    QVERIFY(!c.takeMessage().isEmpty());
    QVERIFY(b.nothing(isPush));
    QVERIFY(a.nothing(isPush));
    (void)a.message(b.routingKey, u"direct"_s);
    QVERIFY(!b.takeMessage().isEmpty());
    c.send({{u"type"_s, u"leave_group"_s}, {u"name"_s, u"ops"_s}});
    QVERIFY(c.nothing(isPush));
    (void)a.message(u"@ops"_s, u"nobody left"_s);
    QVERIFY(c.nothing(isPush));
}

void TestLocalBroker::dndHoldsAndIdleReleases()
{
    start();
    TestClient a;
    TestClient b;
    QVERIFY(a.enter(m_port, newMember(u"ada"_s), u"Ada"_s));
    QVERIFY(b.enter(m_port, newMember(u"ben"_s), u"Ben"_s));
    b.send({{u"type"_s, u"set_status"_s}, {u"status"_s, u"dnd"_s}});
    QVERIFY(b.nothing(isPush));
    (void)a.message(b.routingKey, u"first"_s, u"next"_s);
    (void)a.message(b.routingKey, u"second"_s, u"low"_s);
    (void)a.message(b.routingKey, u"urgent"_s, u"now"_s);
    QCOMPARE(b.takeMessage().value("priority"_L1).toString(), u"now"_s);
    QVERIFY(b.nothing(isPush));
    b.send({{u"type"_s, u"set_status"_s}, {u"status"_s, u"idle"_s}});
    QCOMPARE(b.takeMessage().value("priority"_L1).toString(), u"next"_s);
    QCOMPARE(b.takeMessage().value("priority"_L1).toString(), u"low"_s);
}

void TestLocalBroker::hookHoldsNext()
{
    start();
    TestClient a;
    TestClient b;
    QVERIFY(a.enter(m_port, newMember(u"ada"_s), u"Ada"_s));
    QVERIFY(b.enter(m_port, newMember(u"ben"_s), u"Ben"_s, {{u"cwd"_s, u"/work"_s}, {u"pid"_s, 77}}));
    const auto hook = httpPost(m_port, "/hook/set-status", R"({"cwd":"/work","pid":77,"status":"working"})");
    QCOMPARE(hook.status, 200);
    QCOMPARE(hook.json().value("presence_id"_L1).toString().size(), 32);
    (void)a.message(b.routingKey, u"wait"_s, u"next"_s);
    QVERIFY(b.nothing(isPush));
    (void)httpPost(m_port, "/hook/set-status", R"({"cwd":"/work","pid":77,"status":"idle"})");
    QVERIFY(!b.takeMessage().isEmpty());
    QCOMPARE(httpPost(m_port, "/hook/set-status", R"({"cwd":"/elsewhere","status":"idle"})")
                 .json()
                 .value("pending"_L1)
                 .toBool(),
             true);
    QCOMPARE(httpPost(m_port, "/hook/set-status", R"({"status":"away"})").status, 400);
}

void TestLocalBroker::workingDecays()
{
    m_clock = std::make_shared<ManualClock>();
    start();
    TestClient a;
    QVERIFY(a.enter(m_port, newMember(u"ada"_s), u"Ada"_s));
    const auto status = [&a] {
        return a.ask({{u"type"_s, u"list_peers"_s}})
            .value("peers"_L1)
            .toArray()
            .at(0)
            .toObject()
            .value("status"_L1)
            .toString();
    };
    a.send({{u"type"_s, u"set_status"_s}, {u"status"_s, u"working"_s}});
    QCOMPARE(status(), u"working"_s);
    m_clock->advance(59'000);
    QCOMPARE(status(), u"working"_s);
    m_clock->advance(1'500);
    QTRY_COMPARE(status(), u"idle"_s);
}

void TestLocalBroker::unackedMessagesComeAgain()
{
    m_clock = std::make_shared<ManualClock>();
    start();
    TestClient a;
    TestClient b;
    QVERIFY(a.enter(m_port, newMember(u"ada"_s), u"Ada"_s));
    QVERIFY(b.enter(m_port, newMember(u"ben"_s), u"Ben"_s));
    const QString first = a.message(b.routingKey, u"one"_s).value("messageId"_L1).toString();
    QCOMPARE(b.takeMessage().value("messageId"_L1).toString(), first);
    (void)a.message(b.routingKey, u"two"_s);
    const QString second = b.takeMessage().value("messageId"_L1).toString();
    QVERIFY(second != first);
    QVERIFY(b.nothing(isPush));
    b.send({{u"type"_s, u"client_ack"_s}, {u"brokerMessageId"_s, second}});
    QVERIFY(b.nothing(isPush));
    m_clock->advance(31'000);
    (void)a.message(b.routingKey, u"three"_s);
    QCOMPARE(b.takeMessage().value("messageId"_L1).toString(), first);
    QVERIFY(!b.takeMessage().isEmpty());
    QVERIFY(b.nothing(isPush));
}

void TestLocalBroker::heldMessagesSurviveARestart()
{
    start();
    const Identity ada = newMember(u"ada"_s);
    const Identity ben = newMember(u"ben"_s);
    const QString meshId = m_broker->meshId();
    QString held;
    {
        TestClient a;
        TestClient b;
        QVERIFY(a.enter(m_port, ada, u"Ada"_s));
        QVERIFY(b.enter(m_port, ben, u"Ben"_s));
        b.send({{u"type"_s, u"set_status"_s}, {u"status"_s, u"dnd"_s}});
        QVERIFY(b.nothing(isPush));
        held = a.message(b.routingKey, u"keep me"_s).value("messageId"_L1).toString();
        a.send({{u"type"_s, u"set_state"_s}, {u"key"_s, u"kept"_s}, {u"value"_s, 1}});
        QVERIFY(a.nothing(isPush));
        m_broker->stop();
        QVERIFY(b.waitClosed());
        QCOMPARE(int(b.socket.closeCode()), 1001);
        QCOMPARE(b.socket.closeReason(), u"shutting down"_s);
    }
    start();
    QCOMPARE(m_broker->meshId(), meshId);
    TestClient b;
    QVERIFY(b.enter(m_port, ben, u"Ben"_s));
    QCOMPARE(b.takeMessage().value("messageId"_L1).toString(), held);
    QCOMPARE(b.ask({{u"type"_s, u"get_state"_s}, {u"key"_s, u"kept"_s}}).value("value"_L1).toInt(), 1);
}

void TestLocalBroker::rateLimitIsPerMember()
{
    m_clock = std::make_shared<ManualClock>();
    start({.sendBurst = 10, .sendPerSecond = 1});
    Identity ada = newMember(u"ada"_s);
    TestClient first;
    QVERIFY(first.enter(m_port, ada, u"Ada"_s));
    ada.session = mesh::protocol::KeyPair::generate();
    TestClient second;
    QVERIFY(second.enter(m_port, ada, u"Ada 2"_s));
    for (int i = 0; i < 10; ++i)
        QVERIFY(first.message(u"@x"_s, u"x"_s).value("queued"_L1).toBool());
    const QString text = u"rate_limit: max 60 msg/min (burst 10) — slow down"_s;
    QCOMPARE(second.message(u"@x"_s, u"x"_s).value("error"_L1).toString(), text);
    m_clock->advance(1'000);
    QVERIFY(second.message(u"nobody"_s, u"x"_s).value("error"_L1).toString().startsWith("no connected"_L1));
    QCOMPARE(first.message(u"@x"_s, u"x"_s).value("error"_L1).toString(), text);
}

void TestLocalBroker::presenceFieldsShowInTheList()
{
    start();
    TestClient a;
    QVERIFY(a.enter(m_port, newMember(u"ada"_s), u"Ada"_s, {{u"model"_s, u"m1"_s}, {u"hostname"_s, u"h"_s}}));
    a.send({{u"type"_s, u"set_summary"_s}, {u"summary"_s, u"Refactoring"_s}});
    a.send({{u"type"_s, u"set_stats"_s}, {u"stats"_s, QJsonObject{{u"contextUsed"_s, 5}, {u"uptime"_s, 9}}}});
    const QJsonObject ack = a.ask({{u"type"_s, u"set_profile"_s}, {u"title"_s, u"Engineer"_s}});
    QCOMPARE(ack.value("type"_L1).toString(), u"ack"_s);
    QCOMPARE(ack.value("id"_L1), ack.value("_reqId"_L1));
    (void)a.ask({{u"type"_s, u"set_profile"_s}, {u"bio"_s, u"Owns it"_s}});
    const QJsonObject row = a.ask({{u"type"_s, u"list_peers"_s}}).value("peers"_L1).toArray().at(0).toObject();
    QCOMPARE(row.value("summary"_L1).toString(), u"Refactoring"_s);
    QCOMPARE(row.value("stats"_L1).toObject().value("contextUsed"_L1).toInt(), 5);
    QCOMPARE(row.value("profile"_L1).toObject(), (QJsonObject{{u"title"_s, u"Engineer"_s}, {u"bio"_s, u"Owns it"_s}}));
    QCOMPARE(row.value("model"_L1).toString(), u"m1"_s);
    QCOMPARE(row.value("hostname"_L1).toString(), u"h"_s);
}

void TestLocalBroker::brokerRunsInAThread()
{
    BrokerThread thread;
    BrokerOptions options;
    options.dataDir = m_dir->filePath(u"thread"_s);
    options.port = 0;
    const auto port = thread.start(options);
    QVERIFY(port.hasValue());
    const auto link = thread.makeInvite(mesh::local::InviteRole::Admin);
    QVERIFY(link.hasValue());
    const Identity ada = joinMesh(*port, *link, u"ada"_s);
    QCOMPARE(ada.meshId, thread.meshId());
    TestClient a;
    QVERIFY(a.enter(*port, ada, u"Ada"_s));
    thread.stop();
    QVERIFY(a.waitClosed());
    QCOMPARE(int(a.socket.closeCode()), 1001);
}

MESH_TEST(TestLocalBroker)

} // namespace tst_localbroker

#include "tst_localbroker.moc"
