// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest/QTest>

#include "models/protocol/attestation.h"
#include "models/session/ackledger.h"
#include "models/session/backoff.h"
#include "models/session/brokerurl.h"
#include "models/session/clockwatch.h"
#include "models/session/closereaction.h"
#include "models/session/helloflow.h"
#include "models/session/humansignals.h"
#include "models/session/messageopener.h"
#include "models/session/namecache.h"
#include "models/session/outbox.h"
#include "models/session/refusals.h"
#include "models/session/requesttable.h"
#include "models/session/sendflow.h"
#include "models/session/sendlimiter.h"
#include "models/session/trafficmerger.h"
#include "tests/support/testprogram.h"

namespace tst_session_parts {

using namespace Qt::StringLiterals;
using namespace mesh::session;
using namespace mesh::protocol;
using mesh::protocol::events::TrafficSeen;
using mesh::protocol::events::TrafficSource;

namespace {

PeerRow row(const QString &key, const QString &member, const QString &name, const QString &role = u"session"_s)
{
    PeerRow row;
    row.pubkey = key;
    row.memberPubkey = member;
    row.displayName = name;
    row.peerRole = role;
    return row;
}

} // namespace

class TestSessionParts : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void backoffGrowsToItsCap();
    void closeCodes_data();
    void closeCodes();
    void brokerAddresses_data();
    void brokerAddresses();
    void httpSideOfABroker();
    void requestsMatchByEitherId();
    void requestsExpire();
    void silenceOfTopicsIsSuccess();
    void contextSharedWithoutId();
    void limiterBurstAndRefill();
    void limiterIsSharedAndDrains();
    void ackOnlyWhenStored();
    void ackOfDuplicates();
    void namesSurviveLeaving();
    void namesAreBounded();
    void actorNames();
    void routeFollowsTheMember();
    void trafficFromThreeSources();
    void equalMessagesStaySeveral();
    void clockAsksWhenTicksStop();
    void helloIsSigned();
    void unsafeGroupsStayOut();
    void peersGetAPoliteNo();
};

void TestSessionParts::backoffGrowsToItsCap()
{
    Backoff backoff;
    QList<qint64> caps;
    for (int i = 0; i < 8; ++i) {
        caps.append(backoff.capMs());
        const qint64 wait = backoff.next(0.999999);
        QVERIFY(wait <= caps.last() && wait >= caps.last() - 2);
    }
    QCOMPARE(caps, (QList<qint64>{1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000}));
    QCOMPARE(backoff.next(0.0), 0); // full jitter starts at nothing
    backoff.reset();
    QCOMPARE(backoff.capMs(), 1000);
    backoff.attempt = 1'000'000;
    QCOMPARE(backoff.capMs(), 30000);
}

void TestSessionParts::closeCodes_data()
{
    using A = CloseReaction::Action;
    QTest::addColumn<int>("code");
    QTest::addColumn<QString>("reason");
    QTest::addColumn<QString>("error");
    QTest::addColumn<int>("action");
    QTest::addColumn<QString>("word");
    const auto add = [](const char *name, int code, const char *reason, const char *error, A action, const char *word) {
        QTest::newRow(name) << code << QString::fromLatin1(reason) << QString::fromLatin1(error) << int(action)
                            << QString::fromLatin1(word);
    };
    add("replaced", 1000, "session_replaced", "", A::Final, "session_replaced");
    add("soft disconnect", 1000, "disconnected", "", A::Retry, "disconnected");
    add("stale", 1000, "disconnected_stale", "", A::Retry, "disconnected");
    add("stopping", 1001, "shutting down", "", A::Retry, "broker_stopped");
    add("lost", 1006, "", "", A::Retry, "closed_1006");
    add("signature", 1008, "bad_signature", "bad_signature", A::Final, "bad_signature");
    add("reason only", 1008, "unauthorized", "", A::Final, "unauthorized");
    add("capacity", 1008, "capacity", "capacity", A::Later, "capacity");
    add("skew", 1008, "timestamp_skew", "timestamp_skew", A::Later, "timestamp_skew");
    add("expired", 1008, "expired", "expired", A::Later, "expired");
    add("too large", 1009, "", "", A::Retry, "frame_too_large");
    add("kicked", 4001, "kicked", "", A::Final, "kicked");
    add("kicked stale", 4001, "kicked_stale", "", A::Final, "kicked");
    add("banned", 4002, "banned", "revoked", A::Final, "banned");
    add("error then cut", 1006, "", "unauthorized", A::Final, "unauthorized");
    add("unknown code", 4999, "", "", A::Retry, "closed_4999");
}

void TestSessionParts::closeCodes()
{
    QFETCH(int, code);
    QFETCH(QString, reason);
    QFETCH(QString, error);
    const CloseReaction reaction = reactToClose(code, reason, error);
    QTEST(int(reaction.action), "action");
    QTEST(reaction.code, "word");
    QVERIFY(!reaction.detail.isEmpty());
    QCOMPARE(reaction.measureClock, reaction.code == u"timestamp_skew" || reaction.code == u"expired");
}

void TestSessionParts::brokerAddresses_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("error");
    const auto add = [](const char *text, const char *error) {
        QTest::newRow(text) << QString::fromLatin1(text) << QString::fromLatin1(error);
    };
    add("wss://ic.claudemesh.com/ws", "");
    add("wss://broker.example.org:7900/ws", "");
    add("ws://127.0.0.1:7900/ws", "");
    add("ws://localhost:7900/ws", "");
    add("ws://[::1]:7900/ws", "");
    add("ws://127.9.9.9/ws", "");
    add("ws://broker.example.org/ws", "insecure_broker");
    add("ws://192.168.1.5:7900/ws", "insecure_broker");
    add("ws://127.0.0.1.example.org/ws", "insecure_broker");
    add("ws://localhost.example.org/ws", "insecure_broker");
    add("ws://0.0.0.0/ws", "insecure_broker");
    add("wss://broker.example.org/ws/", "bad_broker_url");
    add("wss://broker.example.org/", "bad_broker_url");
    add("wss://broker.example.org", "bad_broker_url");
    add("wss://broker.example.org/ws?x=1", "bad_broker_url");
    add("wss://broker.example.org/ws#x", "bad_broker_url");
    add("wss://user:pass@broker.example.org/ws", "bad_broker_url");
    add("https://broker.example.org/ws", "bad_broker_url");
    add("file:///ws", "bad_broker_url");
    add("", "bad_broker_url");
    add("not an address", "bad_broker_url");
}

void TestSessionParts::brokerAddresses()
{
    QFETCH(QString, text);
    QFETCH(QString, error);
    const Expected<QUrl> url = parseBrokerUrl(text);
    QCOMPARE(url ? QString() : url.error().code, error);
    if (!url)
        QVERIFY(!url.error().detail.isEmpty());
    if (error == u"insecure_broker")
        QCOMPARE(url.error().band, ErrorBand::Security);
}

void TestSessionParts::httpSideOfABroker()
{
    QCOMPARE(brokerHttpUrl(QUrl(u"wss://b.example:7900/ws"_s), u"/health"_s), QUrl(u"https://b.example:7900/health"_s));
    QCOMPARE(brokerHttpUrl(QUrl(u"ws://127.0.0.1:1/ws"_s), u"/hook/set-status"_s),
             QUrl(u"http://127.0.0.1:1/hook/set-status"_s));
}

void TestSessionParts::requestsMatchByEitherId()
{
    RequestTable table;
    QStringList seen;
    const auto note = [&](const QString &name) {
        return [&seen, name](const Answer &answer) {
            seen.append(name + (answer ? u" ok"_s : u' ' + answer.error().code));
        };
    };
    table.add(u"a"_s, ListPeers::kType, AnswerKind::Frame, 100, note(u"a"_s));
    table.add(u"b"_s, TopicHistory::kType, AnswerKind::Frame, 100, note(u"b"_s));
    table.add(u"c"_s, Send::kType, AnswerKind::Frame, 100, note(u"c"_s));
    table.add(u"d"_s, Send::kType, AnswerKind::Frame, 100, note(u"d"_s));
    table.add(u"e"_s, SetProfile::kType, AnswerKind::Frame, 100, note(u"e"_s));

    PeersList list;
    QVERIFY(!table.resolve(list)); // without an id it is nobody's
    list.reqId = u"a"_s;
    QVERIFY(table.resolve(list));
    QVERIFY(!table.resolve(list)); // and only once
    ErrorFrame error;
    error.code = u"topic_not_found"_s;
    error.id = u"b"_s;
    QVERIFY(table.resolve(error));
    QVERIFY(table.resolve(Ack{u"c"_s, {}, false, u"no connected peer for target x"_s, {}}));
    QVERIFY(table.resolve(Ack{u"d"_s, u"M"_s, true, {}, {}}));
    QVERIFY(table.resolve(Ack{u"e"_s, {}, false, {}, u"e"_s}));
    QVERIFY(!table.resolve(Ack{u"scheduled"_s, u"M"_s, true, {}, {}}));
    QCOMPARE(seen, (QStringList{u"a ok"_s, u"b topic_not_found"_s, u"c refused"_s, u"d ok"_s, u"e ok"_s}));
    QCOMPARE(table.size(), 0);
}

void TestSessionParts::requestsExpire()
{
    RequestTable table;
    QStringList seen;
    const auto note = [&](const Answer &answer) { seen.append(answer ? u"ok"_s : answer.error().code); };
    table.add(u"a"_s, ListPeers::kType, AnswerKind::Frame, 100, note);
    table.add(u"b"_s, ListPeers::kType, AnswerKind::Frame, 200, note);
    QCOMPARE(table.nextDueMs(), 100);
    table.expire(99);
    QVERIFY(seen.isEmpty());
    table.expire(100);
    QCOMPARE(seen, QStringList{u"timeout"_s});
    table.failAll({u"closed"_s, {}, ErrorBand::Transient});
    QCOMPARE(seen, (QStringList{u"timeout"_s, u"closed"_s}));
    QCOMPARE(table.nextDueMs(), Never);

    const SessionTimings timings;
    QCOMPARE(requestTimeoutMs(ListPeers{}, timings), 5'000);
    QCOMPARE(requestTimeoutMs(Send{}, timings), 15'000);
    QCOMPARE(requestTimeoutMs(PeerFileRequest{}, timings), 15'000);
    QCOMPARE(requestTimeoutMs(McpCall{}, timings), 30'000);
}

void TestSessionParts::silenceOfTopicsIsSuccess()
{
    QCOMPARE(answerKind(TopicJoin{}), AnswerKind::ErrorOnly);
    QCOMPARE(answerKind(SetState{}), AnswerKind::None);
    QCOMPARE(answerKind(ListPeers{}), AnswerKind::Frame);
    RequestTable table;
    int good = 0;
    table.add(u"a"_s, TopicJoin::kType, AnswerKind::ErrorOnly, 10,
              [&](const Answer &answer) { good += answer && !*answer; });
    table.expire(10);
    QCOMPARE(good, 1);
}

void TestSessionParts::contextSharedWithoutId()
{
    RequestTable table;
    QStringList seen;
    table.add(u"x"_s, ListPeers::kType, AnswerKind::Frame, 10, [&](const Answer &) { seen.append(u"peers"_s); });
    table.add(u"z"_s, ShareContext::kType, AnswerKind::Frame, 10, [&](const Answer &) { seen.append(u"first"_s); });
    table.add(u"b"_s, ShareContext::kType, AnswerKind::Frame, 10, [&](const Answer &) { seen.append(u"second"_s); });
    QVERIFY(table.resolve(ContextShared{}));
    QVERIFY(table.resolve(ContextShared{}));
    QVERIFY(!table.resolve(ContextShared{}));
    QCOMPARE(seen, (QStringList{u"first"_s, u"second"_s}));
}

void TestSessionParts::limiterBurstAndRefill()
{
    SendLimiter limiter;
    for (int i = 0; i < 10; ++i)
        QVERIFY(limiter.take(5'000));
    QVERIFY(!limiter.take(5'000));
    QCOMPARE(limiter.nextAtMs(5'000), 6'000);
    QVERIFY(!limiter.take(5'999));
    QVERIFY(limiter.take(6'000));
    QVERIFY(!limiter.take(6'000));
    // The half second between is not lost.
    QVERIFY(limiter.take(7'500));
    QVERIFY(limiter.take(8'000));
    QVERIFY(!limiter.take(8'500));
    // Never more than the burst, however long it rested.
    int taken = 0;
    while (limiter.take(10'000'000))
        ++taken;
    QCOMPARE(taken, 10);
}

void TestSessionParts::limiterIsSharedAndDrains()
{
    SendLimiters limiters;
    QCOMPARE(limiters.of(u"a"_s), limiters.of(u"a"_s));
    QVERIFY(limiters.of(u"a"_s) != limiters.of(u"b"_s));
    const auto limiter = limiters.of(u"a"_s);
    limiter->drain(1'000);
    QVERIFY(!limiters.of(u"a"_s)->take(1'000));
    QCOMPARE(limiter->nextAtMs(1'000), 2'000);
}

void TestSessionParts::ackOnlyWhenStored()
{
    AckLedger ledger(3);
    QCOMPARE(ledger.arrived(u"m1"_s, {}), AckLedger::Arrival::New);
    QVERIFY(!ledger.hasDue());
    ledger.confirm(u"m1"_s);
    QCOMPARE(ledger.takeDue(), QStringList{u"m1"_s});
    ledger.confirm(u"m1"_s); // a second confirmation costs nothing
    ledger.confirm(u"unknown"_s);
    QVERIFY(!ledger.hasDue());
    for (const auto &id : {u"m2"_s, u"m3"_s, u"m4"_s})
        QCOMPARE(ledger.arrived(id, {}), AckLedger::Arrival::New);
    QCOMPARE(ledger.arrived(u"m1"_s, {}), AckLedger::Arrival::New); // the bound forgot it
}

void TestSessionParts::ackOfDuplicates()
{
    AckLedger ledger;
    QCOMPARE(ledger.arrived(u"m1"_s, u"bob/c1"_s), AckLedger::Arrival::New);
    QCOMPARE(ledger.arrived(u"m1"_s, u"bob/c1"_s), AckLedger::Arrival::Duplicate);
    QCOMPARE(ledger.arrived(u"m2"_s, u"bob/c1"_s), AckLedger::Arrival::Duplicate); // sent again by its writer
    QCOMPARE(ledger.arrived(u"m3"_s, u"eve/c1"_s), AckLedger::Arrival::New); // another writer's id is another message
    QVERIFY(!ledger.hasDue());
    ledger.confirm(u"m1"_s);
    QCOMPARE(ledger.takeDue(), (QStringList{u"m1"_s, u"m2"_s}));
    QCOMPARE(ledger.arrived(u"m1"_s, u"bob/c1"_s), AckLedger::Arrival::Duplicate);
    QCOMPARE(ledger.arrived(u"m5"_s, u"bob/c1"_s), AckLedger::Arrival::Duplicate);
    QCOMPARE(ledger.takeDue(), (QStringList{u"m1"_s, u"m5"_s}));
}

void TestSessionParts::namesSurviveLeaving()
{
    NameCache names;
    QCOMPARE(names.learnList({row(u"k1"_s, u"m1"_s, u"Ann"_s)}, 1), QStringList{u"k1"_s});
    QVERIFY(names.learnList({row(u"k1"_s, u"m1"_s, u"Ann"_s)}, 2).isEmpty());
    names.learnList({}, 3);
    QCOMPARE(names.nameOf(u"k1"_s), u"Ann"_s);
    QVERIFY(!names.find(u"k1"_s)->live);
    QCOMPARE(names.learnList({row(u"k1"_s, u"m1"_s, u"Anna"_s)}, 4), QStringList{u"k1"_s});
    QCOMPARE(names.nameOf(u"k1"_s), u"Anna"_s);
    QCOMPARE(names.keyOfName(u"Ann"_s), QString());
}

void TestSessionParts::namesAreBounded()
{
    NameCache names(100);
    for (int i = 0; i < 1'000; ++i)
        names.learnName(QString::number(i), u"n%1"_s.arg(i), i);
    QVERIFY(names.size() <= 100);
    QCOMPARE(names.nameOf(u"999"_s), u"n999"_s);
    QCOMPARE(names.nameOf(u"0"_s), QString());
    QCOMPARE(names.keyOfName(u"n0"_s), QString());
}

void TestSessionParts::actorNames()
{
    NameCache names;
    names.learnList({row(u"k1"_s, u"m1"_s, u"Ann"_s), row(u"k2"_s, u"m1"_s, u"Ann"_s, u"control-plane"_s),
                     row(u"k3"_s, u"m3"_s, u"Bob"_s), row(u"k4"_s, u"m4"_s, u"Bob"_s)},
                    1);
    names.learnMember(u"k9"_s, u"m9"_s, u"MemberNine"_s, {}, 1);
    QCOMPARE(names.keyOfName(u"Ann"_s), u"k1"_s);
    QCOMPARE(names.keyOfName(u"Bob"_s), QString()); // two of them
    QCOMPARE(names.keyOfName(u"MemberNine"_s), u"k9"_s);
    QCOMPARE(names.keyOfName(u"system"_s), QString());
}

void TestSessionParts::routeFollowsTheMember()
{
    NameCache names;
    names.learnList({row(u"old"_s, u"m1"_s, u"Ann"_s)}, 1);
    QCOMPARE(names.route(u"old"_s), u"old"_s);
    names.learnList({row(u"daemon"_s, u"m1"_s, u"Ann"_s, u"control-plane"_s), row(u"new"_s, u"m1"_s, u"Ann"_s),
                     row(u"other"_s, u"m1"_s, u"Ann two"_s)},
                    2);
    QCOMPARE(names.route(u"old"_s), u"new"_s);
    names.learnList({}, 3);
    QCOMPARE(names.route(u"old"_s), u"old"_s);
    QCOMPARE(names.route(u"never seen"_s), u"never seen"_s);
}

void TestSessionParts::trafficFromThreeSources()
{
    TrafficMerger merger;
    const TrafficSeen own{TrafficSource::Own, u"M1"_s, 0, u"ka"_s, u"Ann"_s, u"kb"_s, Priority::Next, 0};
    const TrafficSeen stream{TrafficSource::Stream, u"M1"_s, 0, u"ka"_s, {}, u"kb"_s, Priority::Next, 0};
    const TrafficSeen audit{TrafficSource::Audit, {}, 7, {}, u"Ann"_s, u"kb"_s, Priority::Next, 0};
    QVERIFY(merger.feed(own, 0));
    QVERIFY(!merger.feed(stream, 10));
    QVERIFY(!merger.feed(audit, 900));
    QVERIFY(merger.feed(audit, 1'000)); // a second row is a second message
    QVERIFY(!merger.feed(TrafficSeen{TrafficSource::Stream, u"M2"_s, 0, u"ka"_s, u"Ann"_s, u"kb"_s, Priority::Next, 0},
                         1'100));

    TrafficSeen urgent = audit;
    urgent.priority = Priority::Now;
    QVERIFY(merger.feed(urgent, 1'200));
    // A received multicast does not know its group.
    const TrafficSeen received{TrafficSource::Own, u"M3"_s, 0, u"kc"_s, u"Cyd"_s, u"*"_s, Priority::Low, 0};
    const TrafficSeen group{TrafficSource::Audit, {}, 9, u"kc"_s, u"Cyd"_s, u"@ops"_s, Priority::Low, 0};
    QVERIFY(merger.feed(received, 2'000));
    QVERIFY(!merger.feed(group, 2'500));
    // Long after, the same again is news.
    QVERIFY(merger.feed(group, 60'000));
}

void TestSessionParts::equalMessagesStaySeveral()
{
    TrafficMerger merger;
    int told = 0;
    for (int i = 0; i < 10; ++i)
        told += merger.feed({TrafficSource::Stream, u"M%1"_s.arg(i), 0, u"a"_s, u"A"_s, u"b"_s, Priority::Next, 0}, i);
    for (int i = 0; i < 12; ++i)
        told += merger.feed({TrafficSource::Audit, {}, i, u"a"_s, u"A"_s, u"b"_s, Priority::Next, 0}, 100 + i);
    QCOMPARE(told, 12);
}

void TestSessionParts::clockAsksWhenTicksStop()
{
    ClockWatch watch(30'000, 100);
    watch.start(0);
    QVERIFY(watch.isDue(0));
    watch.asked(0);
    QVERIFY(!watch.isDue(10'000));
    watch.reported(10, false, 50); // a tick every 6 s
    watch.answered();
    QVERIFY(!watch.isDue(9'000));
    watch.ticked(10, 6'000);
    QVERIFY(!watch.isDue(14'999));
    QVERIFY(watch.isDue(15'000));
    watch.asked(15'000);
    watch.reported(10, true, 15'010);
    watch.answered();
    QVERIFY(!watch.isRunning());
    QVERIFY(!watch.isDue(45'000));
    QVERIFY(watch.isDue(45'010));
    watch.ticked(100, 46'000); // somebody resumed, faster
    QVERIFY(watch.isRunning());
    QVERIFY(watch.isDue(46'900));
    watch.stop();
    QCOMPARE(watch.nextDueMs(), Never);
}

void TestSessionParts::helloIsSigned()
{
    const KeyPair member = KeyPair::generate();
    const KeyPair session = KeyPair::generate();
    MeshProfile profile;
    profile.meshId = u"NRe04XFZpImIbxesOrFCz5C1RsML5hJI"_s;
    profile.memberId = u"JMAtQeLVbzYiE7uPu9hLT2uPxvkL9xez"_s;
    profile.displayName = u"Ann"_s;
    const HostFacts host{u"ann"_s, u"station"_s, u"inst-1"_s, 4242};
    const qint64 now = 1'800'000'000'000;
    const Expected<SessionHello> hello = makeSessionHello(profile, member, session, host, {u"ops"_s}, now);
    QVERIFY(hello.hasValue());
    QCOMPARE(hello->peerType, u"human"_s);
    QCOMPARE(hello->channel, u"desktop"_s);
    QCOMPARE(hello->cwd, u"desktop:ann@station/inst-1"_s);
    QCOMPARE(hello->pid, 4242);
    QCOMPARE(hello->parentAttestation.expiresAt, now + 12LL * 3'600 * 1'000);
    const SessionAttestation attestation{hello->parentAttestation.sessionPubkey,
                                         hello->parentAttestation.parentMemberPubkey,
                                         hello->parentAttestation.expiresAt, hello->parentAttestation.signature};
    QVERIFY(verifySessionHello(hello->meshId, hello->parentMemberPubkey, hello->sessionPubkey, attestation,
                               hello->timestamp, hello->signature, now)
                .hasValue());
    // The id belongs to the key: the same at every connect, another one with another key.
    QCOMPARE(hello->sessionId, sessionIdOf(session.publicKey));
    QVERIFY(sessionIdOf(member.publicKey) != sessionIdOf(session.publicKey));
}

void TestSessionParts::unsafeGroupsStayOut()
{
    MeshProfile profile;
    profile.meshId = u"m"_s;
    profile.groups = {u"ada's team"_s, u"ops"_s};
    const Expected<SessionHello> hello =
        makeSessionHello(profile, KeyPair::generate(), KeyPair::generate(), {}, {u"ops"_s}, 1);
    QVERIFY(hello.hasValue());
    QCOMPARE(hello->groups->size(), 1);
    QCOMPARE(hello->groups->first().name.text(), u"ops"_s);
}

void TestSessionParts::peersGetAPoliteNo()
{
    PeerFileRequestForward file;
    file.requesterPubkey = u"k"_s;
    file.filePath = u"/etc/passwd"_s;
    file.reqId = u"r1"_s;
    const std::optional<ClientFrame> answer = refusalOf(file);
    QVERIFY(answer && holds<PeerFileResponse>(*answer));
    const auto &response = get<PeerFileResponse>(*answer);
    QCOMPARE(response.reqId, u"r1"_s);
    QVERIFY(response.error && !response.content);
    QVERIFY(refusalOf(PeerDirRequestForward{}).has_value());
    QVERIFY(refusalOf(McpCallForward{}).has_value());
    QVERIFY(!refusalOf(PeersList{}).has_value());
}

MESH_TEST(TestSessionParts)

} // namespace tst_session_parts

#include "tst_session_parts.moc"
