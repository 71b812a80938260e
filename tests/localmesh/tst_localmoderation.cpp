// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/localmesh/localfixture.h"
#include "tests/support/testprogram.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>

namespace tst_localmoderation {

using namespace Qt::StringLiterals;
using mesh::tests::Identity;
using mesh::tests::isPush;
using mesh::tests::ManualClock;
using mesh::tests::TestClient;

//! Kick, disconnect, ban and unban, and what members allow each other.
class TestLocalModeration final : public QObject, private mesh::tests::LocalFixture
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void onlyAdminsModerate();
    void kickIsForGood();
    void disconnectIsSoft();
    void controlPlaneStays();
    void staleAndAll();
    void keysAndPrefixes();
    void banKeepsOutUntilUnban();
    void bansSurviveARestart();
    void banRefusals();
    void grantsHold();

private:
    QJsonObject ask(TestClient &client, const QString &type, const QString &target = {})
    {
        QJsonObject frame{{u"type"_s, type}};
        if (!target.isEmpty())
            frame.insert("target"_L1, target);
        return client.ask(frame);
    }
    int listed() { return int(ask(*m_o, u"list_peers"_s).value("peers"_L1).toArray().size()); }
    void checkClosed(TestClient &client, int code, const QString &reason)
    {
        QVERIFY(client.waitClosed());
        QCOMPARE(int(client.socket.closeCode()), code);
        QCOMPARE(client.socket.closeReason(), reason);
    }

    Identity m_owner;
    Identity m_ada;
    Identity m_ben;
    std::unique_ptr<TestClient> m_o;
    std::unique_ptr<TestClient> m_a;
    std::unique_ptr<TestClient> m_b;
};

void TestLocalModeration::init()
{
    setUp();
    m_clock = std::make_shared<ManualClock>();
    start();
    const auto link = m_broker->makeInvite(mesh::local::InviteRole::Admin);
    m_owner = mesh::tests::joinMesh(m_port, *link, u"owner"_s);
    m_ada = newMember(u"ada"_s);
    m_ben = newMember(u"ben"_s);
    m_o = std::make_unique<TestClient>();
    m_a = std::make_unique<TestClient>();
    m_b = std::make_unique<TestClient>();
    QVERIFY(m_o->enter(m_port, m_owner, u"Owner"_s));
    QVERIFY(m_a->enter(m_port, m_ada, u"Ada"_s) && m_b->enter(m_port, m_ben, u"Ben"_s));
}

void TestLocalModeration::cleanup()
{
    m_o.reset();
    m_a.reset();
    m_b.reset();
    tearDown();
}

void TestLocalModeration::onlyAdminsModerate()
{
    for (const QString &type : {u"kick"_s, u"disconnect"_s, u"ban"_s, u"unban"_s})
        QCOMPARE(ask(*m_a, type, u"Ben"_s).value("code"_L1).toString(), u"forbidden"_s);
    QVERIFY(ask(*m_a, u"list_bans"_s).value("bans"_L1).isArray());
    QCOMPARE(listed(), 3);
}

void TestLocalModeration::kickIsForGood()
{
    const QJsonObject ack = ask(*m_o, u"kick"_s, u"Ben"_s);
    QCOMPARE(ack.value("kicked"_L1).toArray(), QJsonArray{u"Ben"_s});
    QCOMPARE(ack.value("affected"_L1).toArray(), QJsonArray{u"Ben"_s});
    QVERIFY(!ack.contains("skipped_control_plane"_L1));
    checkClosed(*m_b, 4001, u"kicked"_s);
    QCOMPARE(listed(), 2);
    QVERIFY(m_a->nothing([](const QJsonObject &frame) { return frame.value("event"_L1) == "peer_left"_L1; }));
    QVERIFY(m_a->message(m_b->routingKey, u"x"_s).value("error"_L1).toString().startsWith("no connected peer"_L1));
    QCOMPARE(m_broker->connectionCount(), 2);
    // Nobody of that name, and nobody at all.
    QVERIFY(ask(*m_o, u"kick"_s, u"Nobody"_s).value("kicked"_L1).toArray().isEmpty());
    QVERIFY(ask(*m_o, u"kick"_s).value("kicked"_L1).toArray().isEmpty());
    QVERIFY(ask(*m_o, u"kick"_s, u"Owner"_s).value("kicked"_L1).toArray().isEmpty()); // not oneself
}

void TestLocalModeration::disconnectIsSoft()
{
    QCOMPARE(ask(*m_o, u"disconnect"_s, u"Ben"_s).value("kicked"_L1).toArray(), QJsonArray{u"Ben"_s});
    checkClosed(*m_b, 1000, u"disconnected"_s);
    QCOMPARE(listed(), 2);
    TestClient again;
    QVERIFY(again.enter(m_port, m_ben, u"Ben"_s));
    QCOMPARE(listed(), 3);
}

void TestLocalModeration::controlPlaneStays()
{
    TestClient daemon;
    QVERIFY(daemon.open(m_port));
    daemon.send(daemon.hello(m_ben, u"Ben"_s, false, {{u"sessionId"_s, u"daemon"_s}}));
    QVERIFY(!daemon.takeType(u"hello_ack"_s).isEmpty());
    const QJsonObject ack = ask(*m_o, u"kick"_s, u"Ben"_s);
    QCOMPARE(ack.value("kicked"_L1).toArray().size(), 1);
    QCOMPARE(ack.value("skipped_control_plane"_L1).toArray(), QJsonArray{u"Ben"_s});
    QVERIFY(daemon.nothing(isPush));
}

void TestLocalModeration::staleAndAll()
{
    const auto kick = [&](const QJsonObject &how) {
        QJsonObject frame = how;
        frame.insert("type"_L1, "kick"_L1);
        return m_o->ask(frame).value("kicked"_L1).toArray().size();
    };
    QCOMPARE(kick({{u"stale"_s, 600'000}}), 0);
    QCOMPARE(kick({{u"stale"_s, qint64(9'007'199'254'740'991)}}), 0);
    m_clock->advance(700'000);
    TestClient young;
    QVERIFY(young.enter(m_port, newMember(u"cyd"_s), u"Cyd"_s));
    QCOMPARE(kick({{u"stale"_s, 600'000}}), 2);
    checkClosed(*m_a, 4001, u"kicked_stale"_s);
    QCOMPARE(kick({{u"all"_s, true}}), 1);
    checkClosed(young, 4001, u"kicked"_s);
    QCOMPARE(listed(), 1);
}

void TestLocalModeration::keysAndPrefixes()
{
    const QString key = m_ben.member.publicKey.hex();
    QVERIFY(ask(*m_o, u"kick"_s, key.left(7)).value("kicked"_L1).toArray().isEmpty());
    QCOMPARE(ask(*m_o, u"kick"_s, key.left(12)).value("kicked"_L1).toArray().size(), 1);
    QCOMPARE(ask(*m_o, u"kick"_s, m_ada.member.publicKey.hex()).value("kicked"_L1).toArray().size(), 1);
}

void TestLocalModeration::banKeepsOutUntilUnban()
{
    QCOMPARE(ask(*m_o, u"ban"_s, u"Ben"_s).value("banned"_L1).toString(), u"ben"_s);
    checkClosed(*m_b, 4002, u"banned"_s);
    const QJsonObject ban = ask(*m_a, u"list_bans"_s).value("bans"_L1).toArray().at(0).toObject();
    QCOMPARE(ban.keys(), QStringList({u"name"_s, u"pubkey"_s, u"revokedAt"_s}));
    QCOMPARE(ban.value("pubkey"_L1).toString(), m_ben.member.publicKey.hex());
    TestClient again;
    QVERIFY(again.open(m_port));
    again.send(again.sessionHello(m_ben, u"Ben"_s));
    QCOMPARE(again.takeType(u"error"_s).value("code"_L1).toString(), u"revoked"_s);
    checkClosed(again, 4002, u"banned"_s);
    QCOMPARE(ask(*m_o, u"unban"_s, u"ben"_s).value("unbanned"_L1).toString(), u"ben"_s);
    QCOMPARE(ask(*m_o, u"unban"_s, u"ben"_s).value("code"_L1).toString(), u"not_found"_s);
    TestClient back;
    QVERIFY(back.enter(m_port, m_ben, u"Ben"_s));
    // Both are in the log, and the chain holds.
    const auto total = [&](const QString &type) {
        return m_o->ask({{u"type"_s, u"audit_query"_s}, {u"eventType"_s, type}}).value("total"_L1).toInt();
    };
    QCOMPARE(total(u"member_banned"_s), 1);
    QCOMPARE(total(u"member_unbanned"_s), 1);
    QCOMPARE(ask(*m_o, u"audit_verify"_s).value("valid"_L1).toBool(), true);
}

void TestLocalModeration::bansSurviveARestart()
{
    ask(*m_o, u"ban"_s, m_ben.member.publicKey.hex());
    m_broker.reset();
    start();
    TestClient again;
    QVERIFY(again.open(m_port));
    again.send(again.sessionHello(m_ben, u"Ben"_s));
    QCOMPARE(again.takeType(u"error"_s).value("code"_L1).toString(), u"revoked"_s);
}

void TestLocalModeration::banRefusals()
{
    QCOMPARE(ask(*m_o, u"ban"_s).value("code"_L1).toString(), u"invalid"_s);
    QCOMPARE(ask(*m_o, u"ban"_s, u"Nobody"_s).value("code"_L1).toString(), u"not_found"_s);
    QCOMPARE(ask(*m_o, u"ban"_s, m_owner.member.publicKey.hex()).value("code"_L1).toString(), u"invalid"_s);
    // Two members with one name: which one is not guessed.
    newMember(u"ben"_s);
    QCOMPARE(ask(*m_o, u"ban"_s, u"ben"_s).value("code"_L1).toString(), u"invalid"_s);
    QCOMPARE(listed(), 3);
}

void TestLocalModeration::grantsHold()
{
    const QString adaKey = m_ada.member.publicKey.hex();
    const auto keyWith = [this](const QString &capability) {
        return m_b
            ->ask({{u"type"_s, u"apikey_create"_s}, {u"label"_s, u"k"_s}, {u"capabilities"_s, QJsonArray{capability}}})
            .value("secret"_L1)
            .toString();
    };
    QString key = keyWith(u"send"_s);
    const auto grant = [&](const QJsonValue &grants) {
        const QByteArray body = QJsonDocument(QJsonObject{{u"grants"_s, grants}}).toJson();
        return mesh::tests::exchange(m_port,
                                     "POST /cli/mesh/" + m_broker->meshSlug().toUtf8()
                                         + "/grants HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer "
                                         + key.toUtf8() + "\r\nContent-Length: " + QByteArray::number(body.size())
                                         + "\r\n\r\n" + body);
    };
    QCOMPARE(grant(QJsonObject{{adaKey, QJsonArray()}}).json().value("grants"_L1).toObject().keys(),
             QStringList{adaKey});
    QVERIFY(m_a->message(m_b->routingKey, u"x"_s)
                .value("error"_L1)
                .toString()
                .startsWith("blocked by recipient grants"_L1));
    QCOMPARE(m_a->message(u"*"_s, u"x"_s).value("queued"_L1).toBool(), true);
    QVERIFY(m_b->nothing(isPush));
    QCOMPARE(m_b->message(m_a->routingKey, u"back"_s).value("queued"_L1).toBool(), true); // one way only
    QCOMPARE(grant(QJsonObject{{adaKey, QJsonArray{u"broadcast"_s}}}).status, 200);
    QCOMPARE(m_a->message(m_b->routingKey, u"x"_s).value("queued"_L1).toBool(true), false);
    m_a->message(u"*"_s, u"x"_s);
    QVERIFY(!m_b->takeMessage().isEmpty());
    // They outlive the broker.
    m_broker.reset();
    start();
    m_a = std::make_unique<TestClient>();
    m_b = std::make_unique<TestClient>();
    QVERIFY(m_a->enter(m_port, m_ada, u"Ada"_s) && m_b->enter(m_port, m_ben, u"Ben"_s));
    QCOMPARE(m_a->message(m_b->routingKey, u"x"_s).value("queued"_L1).toBool(true), false);
    QCOMPARE(grant(QJsonObject{{adaKey, QJsonValue::Null}}).json().value("grants"_L1).toObject(), QJsonObject());
    QCOMPARE(m_a->message(m_b->routingKey, u"x"_s).value("queued"_L1).toBool(), true);
    for (const QJsonValue &bad : {QJsonValue(1), QJsonValue(QJsonObject{{u"ada"_s, QJsonArray()}}),
                                  QJsonValue(QJsonObject{{adaKey, QJsonArray{u"fly"_s}}})})
        QCOMPARE(grant(bad).status, 400);
    key = keyWith(u"read"_s);
    QCOMPARE(grant(QJsonObject()).status, 403);
    key = u"cm_wrong"_s;
    QCOMPARE(grant(QJsonObject()).status, 401);
}

MESH_TEST(TestLocalModeration)

} // namespace tst_localmoderation

#include "tst_localmoderation.moc"
