// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/datafolder.h"
#include "localmesh/schedulestore.h"
#include "tests/localmesh/localfixture.h"
#include "tests/support/testprogram.h"

#include <QtCore/QDateTime>
#include <QtCore/QJsonArray>

namespace tst_localschedule {

using namespace Qt::StringLiterals;
using mesh::local::BrokerOptions;
using mesh::local::ScheduleEntry;
using mesh::tests::Identity;
using mesh::tests::isPush;
using mesh::tests::TestClient;

class TestLocalSchedule final : public QObject, private mesh::tests::LocalFixture
{
    Q_OBJECT

private Q_SLOTS:
    void init() { setUp(); }
    void cleanup() { tearDown(); }
    void firesDirectGroupAndTopic();
    void refusedFiringsTellTheScheduler();
    void farAwayWaits();
    void cronNeedsNoTime();
    void onlyOnesOwnAreListedAndCancelled();
    void refusals();
    void missedOnesFireAfterTheStart();
    void cronGoesOn();
    void bannedMembersFireNothing();

private:
    static qint64 now() { return QDateTime::currentMSecsSinceEpoch(); }
    static QJsonObject schedule(TestClient &client, const QString &to, const QString &text, qint64 deliverAt,
                                const QJsonObject &more = {})
    {
        QJsonObject frame{{u"type"_s, u"schedule"_s}, {u"to"_s, to}, {u"message"_s, text}, {u"deliverAt"_s, deliverAt}};
        for (auto it = more.constBegin(); it != more.constEnd(); ++it)
            frame.insert(it.key(), it.value());
        return client.ask(frame);
    }
    static QJsonArray listed(TestClient &client)
    {
        return client.ask({{u"type"_s, u"list_scheduled"_s}}).value("messages"_L1).toArray();
    }
    static QString textOf(const QJsonObject &push)
    {
        return QString::fromUtf8(QByteArray::fromBase64(push.value("ciphertext"_L1).toString().toLatin1()));
    }
    //! An ack that no request of the client asked for.
    static QJsonObject firedAck(TestClient &client)
    {
        return client.take([](const QJsonObject &frame) {
            return frame.value("type"_L1) == "ack"_L1 && frame.value("id"_L1).toString().contains(u'-');
        });
    }
    //! Writes an entry into the folder of a broker that has stopped.
    void plant(const ScheduleEntry &entry)
    {
        m_broker.reset();
        auto database =
            mesh::local::Database::open(mesh::local::DataFolder::databasePath(m_dir->filePath(u"data"_s)), false);
        QVERIFY(database.hasValue());
        mesh::local::ScheduleStore schedules(**database);
        QVERIFY(schedules.add(entry));
        QVERIFY((*database)->commit().hasValue());
    }
};

void TestLocalSchedule::firesDirectGroupAndTopic()
{
    start();
    const Identity ada = newMember(u"ada"_s);
    TestClient a;
    TestClient b;
    QVERIFY(a.enter(m_port, ada, u"Ada"_s) && b.enter(m_port, newMember(u"ben"_s), u"Ben"_s));
    b.send({{u"type"_s, u"join_group"_s}, {u"name"_s, u"ops"_s}});
    b.send({{u"type"_s, u"topic_join"_s}, {u"topic"_s, u"general"_s}});
    QVERIFY(b.nothing(isPush));

    const qint64 at = now() + 50;
    const QJsonObject ack = schedule(a, b.routingKey, u"direct"_s, at, {{u"subtype"_s, u"reminder"_s}});
    QCOMPARE(ack.value("type"_L1).toString(), u"scheduled_ack"_s);
    QCOMPARE(ack.value("deliverAt"_L1).toInteger(), at);
    QVERIFY(!ack.contains("cron"_L1));
    QJsonObject push = b.takeMessage();
    QVERIFY(now() >= at);
    QCOMPARE(textOf(push), u"direct"_s);
    QCOMPARE(push.value("nonce"_L1).toString(), QString());
    QCOMPARE(push.value("priority"_L1).toString(), u"now"_s);
    QCOMPARE(push.value("senderPubkey"_L1).toString(), a.routingKey);
    QCOMPARE(firedAck(a).value("messageId"_L1), push.value("messageId"_L1));
    // The subtype shows where a push says who sent it.
    schedule(a, u"@ops"_s, u"group"_s, now() - 5'000, {{u"subtype"_s, u"reminder"_s}});
    push = b.takeType(u"push"_s);
    QCOMPARE(textOf(push), u"group"_s);
    QCOMPARE(push.value("subtype"_L1).toString(), u"reminder"_s);
    QCOMPARE(push.value("senderName"_L1).toString(), u"Ada"_s);
    schedule(a, u"*"_s, u"all"_s, 0);
    push = b.takeMessage();
    QCOMPARE(textOf(push), u"all"_s);
    schedule(a, u"#general"_s, u"topic"_s, 0);
    push = b.takeMessage();
    QCOMPARE(push.value("topic"_L1).toString(), u"general"_s);
    QVERIFY(listed(a).isEmpty());
}

void TestLocalSchedule::refusedFiringsTellTheScheduler()
{
    start();
    TestClient a;
    QVERIFY(a.enter(m_port, newMember(u"ada"_s), u"Ada"_s));
    for (const QString &target : {a.routingKey, u"Ada"_s, QString(64, u'a'), u"#nowhere"_s}) {
        QCOMPARE(schedule(a, target, u"x"_s, 0).value("type"_L1).toString(), u"scheduled_ack"_s);
        const QJsonObject ack = firedAck(a);
        QCOMPARE(ack.value("queued"_L1).toBool(true), false);
        QVERIFY(!ack.value("error"_L1).toString().isEmpty());
    }
    QVERIFY(listed(a).isEmpty());
}

void TestLocalSchedule::farAwayWaits()
{
    start();
    TestClient a;
    TestClient b;
    QVERIFY(a.enter(m_port, newMember(u"ada"_s), u"Ada"_s) && b.enter(m_port, newMember(u"ben"_s), u"Ben"_s));
    constexpr qint64 dayMs = 86'400'000;
    // 2,147,483,647 ms is where timers overflow.
    const QList<qint64> times{now() + 2'147'483'647LL,     now() + 2'147'483'648LL,   now() + 60 * dayMs,
                              now() + 4'294'967'296LL + 1, now() + 100 * 365 * dayMs, 9'007'199'254'740'991LL};
    for (const qint64 at : times)
        QCOMPARE(schedule(a, u"*"_s, u"x"_s, at).value("deliverAt"_L1).toInteger(), at);
    const QJsonObject yearly = schedule(a, u"*"_s, u"x"_s, 0, {{u"cron"_s, u"0 0 29 2 *"_s}});
    QVERIFY(yearly.value("deliverAt"_L1).toInteger() > now());
    // One that is due brings the timer round.
    schedule(a, u"*"_s, u"due"_s, 0);
    QCOMPARE(textOf(b.takeMessage()), u"due"_s);
    QVERIFY(b.nothing(isPush));
    QCOMPARE(listed(a).size(), times.size() + 1);
}

void TestLocalSchedule::cronNeedsNoTime()
{
    start();
    TestClient a;
    QVERIFY(a.enter(m_port, newMember(u"ada"_s), u"Ada"_s));
    const QJsonObject bare{{u"type"_s, u"schedule"_s}, {u"to"_s, u"*"_s}, {u"message"_s, u"x"_s}};
    QJsonObject yearly = bare;
    yearly.insert("cron"_L1, u"30 6 1 1 *"_s);
    const QJsonObject ack = a.ask(yearly);
    QCOMPARE(ack.value("type"_L1).toString(), u"scheduled_ack"_s);
    QCOMPARE(ack.value("cron"_L1).toString(), u"30 6 1 1 *"_s);
    const QDateTime first = QDateTime::fromMSecsSinceEpoch(ack.value("deliverAt"_L1).toInteger());
    QVERIFY(first > QDateTime::currentDateTime());
    QCOMPARE(first.toString(u"MM-dd hh:mm:ss.zzz"_s), u"01-01 06:30:00.000"_s);
    QCOMPARE(listed(a).at(0).toObject().value("deliverAt"_L1), ack.value("deliverAt"_L1));
    // With neither of the two nobody knows when.
    for (const QJsonValue &cron : {QJsonValue(QJsonValue::Undefined), QJsonValue(QString())}) {
        QJsonObject never = bare;
        never.insert("cron"_L1, cron);
        QCOMPARE(a.ask(never).value("code"_L1).toString(), u"invalid_args"_s);
    }
    QCOMPARE(listed(a).size(), 1);
}

void TestLocalSchedule::onlyOnesOwnAreListedAndCancelled()
{
    start();
    const Identity ada = newMember(u"ada"_s);
    TestClient a;
    TestClient b;
    QVERIFY(a.enter(m_port, ada, u"Ada"_s) && b.enter(m_port, newMember(u"ben"_s), u"Ben"_s));
    const qint64 at = now() + 3'600'000;
    const QString id = schedule(a, u"*"_s, u"later"_s, at).value("scheduledId"_L1).toString();
    const QJsonObject row = listed(a).at(0).toObject();
    QCOMPARE(row.keys(), QStringList({u"createdAt"_s, u"deliverAt"_s, u"id"_s, u"message"_s, u"to"_s}));
    QCOMPARE(row.value("message"_L1).toString(), u"later"_s);
    QVERIFY(listed(b).isEmpty());
    const auto cancel = [&id](TestClient &client) {
        return client.ask({{u"type"_s, u"cancel_scheduled"_s}, {u"scheduledId"_s, id}}).value("ok"_L1).toBool();
    };
    QVERIFY(!cancel(b));
    // They belong to the member, whichever of its sessions made them, and outlive the broker.
    m_broker.reset();
    start();
    TestClient again;
    Identity other{ada.meshId, ada.memberId, {}, mesh::protocol::KeyPair::generate()};
    other.member =
        *mesh::protocol::KeyPair::fromSecretHex(QString::fromLatin1(ada.member.secretKey.view().toByteArray().toHex()));
    QVERIFY(again.enter(m_port, other, u"Ada's other"_s));
    QCOMPARE(listed(again).size(), 1);
    QVERIFY(cancel(again));
    QVERIFY(!cancel(again));
}

void TestLocalSchedule::refusals()
{
    start();
    TestClient a;
    QVERIFY(a.enter(m_port, newMember(u"ada"_s), u"Ada"_s));
    // What ended the original (observed 6.2).
    QCOMPARE(a.ask({{u"type"_s, u"schedule"_s}, {u"to"_s, u"*"_s}, {u"deliverAt"_s, 0}}).value("code"_L1).toString(),
             u"invalid_args"_s);
    const auto code = [&](const QString &to, const QString &text, const QJsonObject &more = {}) {
        return schedule(a, to, text, now() + 60'000, more).value("code"_L1).toString();
    };
    QCOMPARE(code(u"*"_s, {}), u"invalid_args"_s);
    QCOMPARE(code({}, u"x"_s), u"invalid_args"_s);
    QCOMPARE(code(u"*"_s, QString(60'000, u'x')), u"invalid_args"_s);
    QCOMPARE(code(u"*"_s, u"x"_s, {{u"subtype"_s, u"system"_s}}), u"invalid_args"_s);
    QCOMPARE(code(u"*"_s, u"x"_s, {{u"cron"_s, u"not a cron"_s}}), u"invalid_cron"_s);
    QCOMPARE(code(u"*"_s, u"x"_s, {{u"cron"_s, u"0 0 31 2 *"_s}}), u"invalid_cron"_s);
    QVERIFY(listed(a).isEmpty());
    for (int i = 0; i < 1'000; ++i)
        a.send({{u"type"_s, u"schedule"_s}, {u"to"_s, u"*"_s}, {u"message"_s, u"x"_s}, {u"deliverAt"_s, 1e15}});
    QCOMPARE(code(u"*"_s, u"x"_s), u"limit"_s);
}

void TestLocalSchedule::missedOnesFireAfterTheStart()
{
    start();
    const Identity ada = newMember(u"ada"_s);
    const Identity ben = newMember(u"ben"_s);
    plant({.id = u"11111111-1111-1111-1111-111111111111"_s,
           .memberId = ada.memberId,
           .senderKey = ada.session.publicKey.hex(),
           .senderName = u"Ada"_s,
           .target = u"*"_s,
           .message = u"while you were away"_s,
           .subtype = {},
           .cron = {},
           .deliverAtMs = now() - 3'600'000,
           .createdAtMs = now() - 7'200'000});
    BrokerOptions options;
    options.missedScheduleWaitMs = 2'000;
    start(options);
    TestClient b;
    QVERIFY(b.enter(m_port, ben, u"Ben"_s));
    // Nobody of its member is here: it still goes out in its name.
    const QJsonObject push = b.takeMessage();
    QCOMPARE(textOf(push), u"while you were away"_s);
    QCOMPARE(push.value("senderMemberPubkey"_L1).toString(), ada.member.publicKey.hex());
    QCOMPARE(push.value("senderName"_L1).toString(), u"Ada"_s);
    m_broker.reset();
    start(options);
    TestClient a;
    QVERIFY(a.enter(m_port, ada, u"Ada"_s));
    QVERIFY(listed(a).isEmpty());
}

void TestLocalSchedule::cronGoesOn()
{
    start();
    const Identity ada = newMember(u"ada"_s);
    const Identity ben = newMember(u"ben"_s);
    plant({.id = u"22222222-2222-2222-2222-222222222222"_s,
           .memberId = ada.memberId,
           .senderKey = ada.session.publicKey.hex(),
           .senderName = u"Ada"_s,
           .target = u"*"_s,
           .message = u"hourly"_s,
           .subtype = u"reminder"_s,
           .cron = u"0 * * * *"_s,
           .deliverAtMs = now() - 10 * 3'600'000,
           .createdAtMs = now() - 20 * 3'600'000});
    BrokerOptions options;
    options.missedScheduleWaitMs = 1'500;
    start(options);
    TestClient a;
    TestClient b;
    QVERIFY(a.enter(m_port, ada, u"Ada"_s) && b.enter(m_port, ben, u"Ben"_s));
    // Missed ten times, sent once.
    QCOMPARE(textOf(b.takeType(u"push"_s)), u"hourly"_s);
    const QJsonObject row = listed(a).at(0).toObject();
    QCOMPARE(row.value("firedCount"_L1).toInt(), 1);
    const qint64 next = row.value("deliverAt"_L1).toInteger();
    QVERIFY(next > now() && next <= now() + 3'600'000);
    QCOMPARE(QDateTime::fromMSecsSinceEpoch(next).time().minute(), 0);
    QVERIFY(b.nothing([](const QJsonObject &frame) { return frame.value("subtype"_L1) == "reminder"_L1; }));
}

void TestLocalSchedule::bannedMembersFireNothing()
{
    start();
    const auto link = m_broker->makeInvite(mesh::local::InviteRole::Admin);
    const Identity owner = mesh::tests::joinMesh(m_port, *link, u"owner"_s);
    const Identity ada = newMember(u"ada"_s);
    TestClient o;
    TestClient a;
    QVERIFY(o.enter(m_port, owner, u"Owner"_s) && a.enter(m_port, ada, u"Ada"_s));
    schedule(a, u"*"_s, u"too late"_s, now() + 600);
    QCOMPARE(o.ask({{u"type"_s, u"ban"_s}, {u"target"_s, u"ada"_s}}).value("banned"_L1).toString(), u"ada"_s);
    // Ours comes after it.
    schedule(o, u"@nobody"_s, u"x"_s, now() + 700);
    QVERIFY(!firedAck(o).isEmpty());
    QVERIFY(o.nothing(isPush));
}

MESH_TEST(TestLocalSchedule)

} // namespace tst_localschedule

#include "tst_localschedule.moc"
