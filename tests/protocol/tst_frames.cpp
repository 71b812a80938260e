// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/protocol/framecodec.h"
#include "tests/support/testprogram.h"

#include <QtCore/QJsonDocument>
#include <QtTest/QTest>

#include <limits>

namespace tst_frames {

using namespace Qt::StringLiterals;
using namespace mesh::protocol;

namespace {

const QString key = u"8a88e3dd7409f195fd52db2d3cba5d72ca6709bf1d94121bf3748801b40f6f5c"_s;
const QString sessionKey = u"8139770ea87d175f56a35466c34c7ecccb8d8a91b4ee37a25df60f5b8fc9b394"_s;

QByteArray pushWith(const QByteArray &more)
{
    return R"({"type":"push","messageId":"m","meshId":"x","senderPubkey":"k","priority":"next","nonce":"","ciphertext":"",)"
           R"("createdAt":"2026-04-08T00:00:00.000Z")"
        + more + '}';
}

QByteArray rowWith(const QByteArray &more)
{
    return R"({"pubkey":"k","memberPubkey":"m","displayName":"Ada","status":"idle","summary":null,"groups":[],)"
           R"("sessionId":"s","connectedAt":"t","cwd":"/","peerRole":"session")"
        + more + '}';
}

QByteArray peersWith(const QByteArray &rows)
{
    return R"({"type":"peers_list","peers":[)" + rows + "]}";
}

//! The error of a broker's frame, or "ok".
QString brokerError(const QByteArray &text)
{
    const Expected<BrokerFrame> frame = decodeBrokerFrame(text);
    return frame ? u"ok"_s : frame.error().code + u' ' + frame.error().detail;
}

QString clientError(const QByteArray &text)
{
    const Expected<ClientFrame> frame = decodeClientFrame(text);
    return frame ? u"ok"_s : frame.error().code + u' ' + frame.error().detail;
}

//! The error of sending, or "ok".
QString sendError(const ClientFrame &frame, const Limits &limits = {})
{
    const Expected<QByteArray> bytes = encode(frame, limits);
    return bytes ? u"ok"_s : bytes.error().code;
}

Hello goodHello()
{
    Hello hello;
    hello.meshId = u"mesh"_s;
    hello.memberId = u"member"_s;
    hello.pubkey = key;
    hello.sessionId = u"session"_s;
    hello.pid = 42;
    hello.cwd = u"desktop:ada@box"_s;
    hello.timestamp = 1'775'606'400'000;
    hello.signature = key + sessionKey;
    return hello;
}

SessionHello goodSessionHello()
{
    SessionHello hello;
    hello.meshId = u"mesh"_s;
    hello.parentMemberId = u"member"_s;
    hello.parentMemberPubkey = key;
    hello.sessionPubkey = sessionKey;
    hello.parentAttestation = {sessionKey, key, 1'775'649'600'000, key + sessionKey};
    hello.sessionId = u"session"_s;
    hello.pid = 42;
    hello.cwd = u"desktop:ada@box"_s;
    hello.timestamp = 1'775'606'400'000;
    hello.signature = key + sessionKey;
    return hello;
}

Send goodSend()
{
    Send send;
    send.id = u"1"_s;
    send.targetSpec = key;
    send.nonce = u"bm9uY2U="_s;
    send.ciphertext = u"Y3Q="_s;
    return send;
}

GroupName group(const QString &name)
{
    return *GroupName::parse(name);
}

} // namespace

//! Frames one by one: what is tolerated, what is refused, and with which words.
class TestFrames final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void wrongBrokerFrames_data();
    void wrongBrokerFrames();
    void wrongClientFrames_data();
    void wrongClientFrames();
    void pushInAllForms();
    void unknownMembersAreIgnored();
    void unknownWordsOfBrokersReadAsDefault();
    void nullReadsAsAbsent();
    void onePeerCannotSpoilTheList();
    void oneHostCannotSpoilTheServerList();
    void textsAreKeptWhole();
    void limitsHold();
    void refusedFrames_data();
    void refusedFrames();
    void acceptedFrames();
    void groupNames();
    void requestIds();
    void encodingPutsTypeFirst();
};

void TestFrames::wrongBrokerFrames_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("wanted");
    const auto row = [](const char *name, const QByteArray &text, const QString &wanted) {
        QTest::newRow(name) << text << wanted;
    };
    row("empty", "", u"not_json"_s);
    row("cut", R"({"type":"push")", u"not_json"_s);
    row("two", R"({"type":"ack"}{"type":"ack"})", u"not_json"_s);
    row("list", R"([{"type":"ack"}])", u"not_object"_s);
    row("string", R"("ack")", u"not_object"_s);
    row("no type", R"({"id":"1"})", u"bad_field type: expected a string"_s);
    row("type is a number", R"({"type":7})", u"bad_field type: expected a string"_s);
    row("type is null", R"({"type":null})", u"bad_field type: expected a string"_s);
    row("unknown type", R"({"type":"watch_triggered"})", u"unknown_type watch_triggered"_s);
    row("a client's type", R"({"type":"list_peers"})", u"unknown_type list_peers"_s);
    row("empty type", R"({"type":""})", u"unknown_type "_s);
    row("type with more behind", R"({"type":"ack "})", u"unknown_type ack "_s);
    row("long type", R"({"type":")" + QByteArray(1000, 'a') + R"("})", u"unknown_type "_s + QString(64, u'a'));
    row("ack: queued missing", R"({"type":"ack","id":"1","messageId":"2"})",
        u"bad_field ack.queued: expected a value"_s);
    row("ack: queued a string", R"({"type":"ack","id":"1","messageId":"2","queued":"true"})",
        u"bad_field ack.queued: expected true or false"_s);
    row("ack: id a number", R"({"type":"ack","id":1,"messageId":"2","queued":true})",
        u"bad_field ack.id: expected a string"_s);
    row("ack: id null", R"({"type":"ack","id":null,"messageId":"2","queued":true})",
        u"bad_field ack.id: expected a string"_s);
    row("ack: _reqId a number", R"({"type":"ack","id":"1","messageId":"2","queued":true,"_reqId":3})",
        u"bad_field ack._reqId: expected a string"_s);
    row("error: code a list", R"({"type":"error","code":["x"],"message":"m"})",
        u"bad_field error.code: expected a string"_s);
    row("peers an object", R"({"type":"peers_list","peers":{}})", u"bad_field peers_list.peers: expected a list"_s);
    row("peers null", R"({"type":"peers_list","peers":null})", u"bad_field peers_list.peers: expected a list"_s);
    row("peer a string", peersWith(R"("Ada")"), u"bad_field peers_list.peers: expected an object"_s);
    row("peer without key", peersWith("{}"), u"bad_field peers_list.peers.pubkey: expected a value"_s);
    row("peer: cwd a number", peersWith(rowWith(R"(,"cwd":5)")),
        u"bad_field peers_list.peers.cwd: expected a string"_s);
    row("peer: status a number", peersWith(rowWith(R"(,"status":5)")),
        u"bad_field peers_list.peers.status: expected a word"_s);
    row("clock: tick a fraction",
        R"({"type":"clock_status","speed":1,"paused":false,"tick":1.5,"simTime":"","startedAt":""})",
        u"bad_field clock_status.tick: expected a whole number in range"_s);
    row("clock: speed a string",
        R"({"type":"clock_status","speed":"1","paused":false,"tick":1,"simTime":"","startedAt":""})",
        u"bad_field clock_status.speed: expected a number"_s);
    row("scheduled: no number can hold it", R"({"type":"scheduled_ack","scheduledId":"1","deliverAt":1e400})",
        u"bad_field scheduled_ack.deliverAt: expected a whole number in range"_s);
    row("state value no number can hold", R"({"type":"state_change","key":"k","value":{"a":1e400},"updatedBy":"x"})",
        u"bad_field state_change.value: expected JSON"_s);
    row("query: rows an object", R"({"type":"mesh_query_result","columns":[],"rows":{},"rowCount":0})",
        u"bad_field mesh_query_result.rows: expected a list"_s);
    row("kicked: names of other kinds", R"({"type":"kick_ack","kicked":["a",1],"affected":[]})",
        u"bad_field kick_ack.kicked: expected a string"_s);
    row("stats of the hello_ack a list",
        R"({"type":"hello_ack","presenceId":"p","memberDisplayName":"n","restoredStats":[]})",
        u"bad_field hello_ack.restoredStats: expected an object"_s);
}

void TestFrames::wrongBrokerFrames()
{
    QFETCH(QByteArray, text);
    QFETCH(QString, wanted);
    const QString error = brokerError(text);
    if (wanted == "not_json"_L1 || wanted == "not_object"_L1)
        QCOMPARE(error.section(u' ', 0, 0), wanted);
    else
        QCOMPARE(error, wanted);
    QCOMPARE(decodeBrokerFrame(text).error().band, ErrorBand::Protocol);
}

void TestFrames::wrongClientFrames_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("wanted");
    const auto row = [](const char *name, const QByteArray &text, const QString &wanted) {
        QTest::newRow(name) << text << wanted;
    };
    const QByteArray hello =
        R"({"type":"hello","meshId":"m","memberId":"i","pubkey":"k","sessionId":"s","cwd":"/","timestamp":1,"signature":"x")";
    row("a broker's type", R"({"type":"peers_list","peers":[]})", u"unknown_type peers_list"_s);
    row("pid over int32", hello + R"(,"pid":2147483648})", u"bad_field hello.pid: expected a whole number in range"_s);
    row("pid under int32", hello + R"(,"pid":-2147483649})",
        u"bad_field hello.pid: expected a whole number in range"_s);
    row("pid at the end", hello + R"(,"pid":2147483647})", u"ok"_s);
    row("pid a fraction", hello + R"(,"pid":1.5})", u"bad_field hello.pid: expected a whole number in range"_s);
    row("pid a string", hello + R"(,"pid":"1"})", u"bad_field hello.pid: expected a whole number in range"_s);
    row("pid huge", hello + R"(,"pid":1e99})", u"bad_field hello.pid: expected a whole number in range"_s);
    row("hello: group with an apostrophe", hello + R"(,"pid":1,"groups":[{"name":"a"},{"name":"ada's"}]})",
        u"bad_field hello.groups.name: expected a group name of letters, digits, _, / and -"_s);
    row("hello: groups of strings", hello + R"(,"pid":1,"groups":["a"]})",
        u"bad_field hello.groups: expected an object"_s);
    row("leave: group name empty", R"({"type":"leave_group","name":""})",
        u"bad_field leave_group.name: expected a group name of letters, digits, _, / and -"_s);
    row("priority unknown",
        R"({"type":"send","id":"1","targetSpec":"*","priority":"urgent","nonce":"","ciphertext":""})",
        u"bad_field send.priority: expected a known word"_s);
    row("priority in capitals",
        R"({"type":"send","id":"1","targetSpec":"*","priority":"NOW","nonce":"","ciphertext":""})",
        u"bad_field send.priority: expected a known word"_s);
    row("no priority", R"({"type":"send","id":"1","targetSpec":"*","nonce":"","ciphertext":""})",
        u"bad_field send.priority: expected a value"_s);
    row("attestation a string",
        R"({"type":"session_hello","meshId":"m","parentMemberId":"i","parentMemberPubkey":"k","sessionPubkey":"s","parentAttestation":"x"})",
        u"bad_field session_hello.parentAttestation: expected an object"_s);
    row("tools without a name",
        R"({"type":"mcp_register","serverName":"s","description":"d","tools":[{"description":"x"}]})",
        u"bad_field mcp_register.tools.name: expected a value"_s);
    row("visible a number", R"({"type":"set_visible","visible":1})",
        u"bad_field set_visible.visible: expected true or false"_s);
    row("stats a list", R"({"type":"set_stats","stats":[1]})", u"bad_field set_stats.stats: expected an object"_s);
}

void TestFrames::wrongClientFrames()
{
    QFETCH(QByteArray, text);
    QFETCH(QString, wanted);
    QCOMPARE(clientError(text), wanted);
}

void TestFrames::pushInAllForms()
{
    const Expected<BrokerFrame> message = decodeBrokerFrame(pushWith(R"(,"client_message_id":"c","priority":"now")"));
    QVERIFY(message);
    const Push &direct = get<Push>(*message);
    QCOMPARE(direct.clientMessageId, u"c"_s);
    QCOMPARE(direct.priority, Priority::Now);
    QVERIFY(!direct.subtype && !direct.senderMemberId && direct.eventData.isUndefined());

    const Expected<BrokerFrame> tick =
        decodeBrokerFrame(pushWith(R"(,"subtype":"system","event":"tick","eventData":{"tick":42,"speed":2.5})"));
    QVERIFY(tick);
    QCOMPARE(get<Push>(*tick).event, u"tick"_s);
    QCOMPARE(get<Push>(*tick).eventData["tick"_L1].toInt(), 42);

    // Whatever was posted to a webhook arrives as it is.
    const Expected<BrokerFrame> webhook =
        decodeBrokerFrame(pushWith(R"(,"subtype":"webhook","event":"ci","eventData":"a string")"));
    QVERIFY(webhook);
    QCOMPARE(get<Push>(*webhook).eventData, QJsonValue(u"a string"_s));

    const Expected<BrokerFrame> reminder = decodeBrokerFrame(pushWith(R"(,"subtype":"reminder","senderName":"Ada")"));
    QVERIFY(reminder);
    QCOMPARE(get<Push>(*reminder).senderName, u"Ada"_s);
}

void TestFrames::unknownMembersAreIgnored()
{
    const Expected<BrokerFrame> frame = decodeBrokerFrame(
        R"({"seq":1,"type":"ack","x":{"type":"push"},"id":"1","messageId":"","queued":true,"z":[[]]})");
    QVERIFY(frame);
    Ack wanted;
    wanted.id = u"1"_s;
    wanted.messageId = u""_s;
    wanted.queued = true;
    QCOMPARE(get<Ack>(*frame), wanted);
}

void TestFrames::unknownWordsOfBrokersReadAsDefault()
{
    const Expected<BrokerFrame> peers = decodeBrokerFrame(peersWith(rowWith(R"(,"status":"meditating")")));
    QVERIFY(peers);
    QCOMPARE(get<PeersList>(*peers).peers.first().status, PeerStatus::Idle);
    const Expected<BrokerFrame> push = decodeBrokerFrame(pushWith(R"(,"priority":"urgent")"));
    QVERIFY(push);
    QCOMPARE(get<Push>(*push).priority, Priority::Next);
}

void TestFrames::nullReadsAsAbsent()
{
    QCOMPARE(
        brokerError(
            R"({"type":"topic_list_response","topics":[{"id":"1","name":"n","description":null,"visibility":"public","memberCount":1,"createdAt":"t"}]})"),
        u"ok"_s);
    const Expected<BrokerFrame> skill = decodeBrokerFrame(R"({"type":"skill_data","skill":null})");
    QVERIFY(skill);
    QVERIFY(!get<SkillData>(*skill).skill);
    QCOMPARE(encode(*skill), R"({"type":"skill_data","skill":null})");
    // A value of null and no value at all are two things.
    const Expected<BrokerFrame> null =
        decodeBrokerFrame(R"({"type":"state_change","key":"k","value":null,"updatedBy":"x"})");
    const Expected<BrokerFrame> none = decodeBrokerFrame(R"({"type":"state_change","key":"k","updatedBy":"x"})");
    QVERIFY(null && none);
    QVERIFY(get<StateChange>(*null).value.isNull());
    QVERIFY(get<StateChange>(*none).value.isUndefined());
}

void TestFrames::onePeerCannotSpoilTheList()
{
    // What a peer sends in its hello, set_stats and set_profile is passed on unchecked.
    const QByteArray hostile =
        rowWith(R"(,"hostname":5,"peerType":[],"channel":{},"model":true,"visible":"no","stats":[1],)"
                R"("profile":{"avatar":7,"title":"T","bio":null,"capabilities":"x"},)"
                R"("groups":["ops",{"name":3},{"role":"x"},{"name":"it's","role":"lead"},null])");
    const Expected<BrokerFrame> frame =
        decodeBrokerFrame(peersWith(hostile + ',' + rowWith(R"(,"profile":7,"groups":"all")")));
    QVERIFY2(frame, qPrintable(frame ? QString() : frame.error().detail));
    const QList<PeerRow> &peers = get<PeersList>(*frame).peers;
    QCOMPARE(peers.size(), 2);
    const PeerRow &row = peers.first();
    QCOMPARE(row.displayName, u"Ada"_s);
    QVERIFY(!row.hostname && !row.peerType && !row.channel && !row.model && !row.visible && !row.stats);
    QCOMPARE(row.groups, (QList<GroupRef>{{u"it's"_s, u"lead"_s}}));
    QVERIFY(row.profile);
    QCOMPARE(row.profile->title, u"T"_s);
    QVERIFY(!row.profile->avatar && !row.profile->capabilities);
    QVERIFY(!peers.last().profile && peers.last().groups.isEmpty());
}

void TestFrames::oneHostCannotSpoilTheServerList()
{
    const Expected<BrokerFrame> frame = decodeBrokerFrame(
        R"({"type":"mcp_list_result","servers":[{"name":"a","description":5,"hostedBy":"x","tools":[1,{"name":"q","description":{}}],"online":true},)"
        R"({"name":"b","hostedBy":"x","tools":null,"online":true}]})");
    QVERIFY2(frame, qPrintable(frame ? QString() : frame.error().detail));
    const QList<McpServerRow> &servers = get<McpListResult>(*frame).servers;
    QCOMPARE(servers.size(), 2);
    QVERIFY(!servers.first().description);
    QCOMPARE(servers.first().tools.size(), 1);
    QCOMPARE(servers.first().tools.first().name, u"q"_s);
    QVERIFY(servers.last().tools.isEmpty());
}

void TestFrames::textsAreKeptWhole()
{
    const QString nul = QString::fromUtf16(u"a\0b", 3);
    for (const QString &text :
         {u"plain"_s, u""_s, u"\"\\/\b\f\n\r\t"_s, u"\x01\x1f\x7f"_s, nul, u"ça va ☕ 🦊 \u2028"_s,
          QString(u"a"_s + QChar(0xd83e)), QString(QChar(0xdd8a)), QString(QString(QChar(0xd83e)) + u"x"_s),
          QString(QString(QChar(0xd83e)) + QChar(0xd83e) + QChar(0xdd8a))}) {
        StateChange frame;
        frame.key = text;
        frame.value = QJsonObject{{text, QJsonArray{text, 1.5, -7, true, QJsonValue::Null}}};
        frame.updatedBy = text;
        const Expected<BrokerFrame> back = decodeBrokerFrame(encode(BrokerFrame(frame)));
        QVERIFY2(back, qPrintable(back ? QString() : back.error().detail));
        QCOMPARE(get<StateChange>(*back).key, text);
        QCOMPARE(get<StateChange>(*back), frame);
    }
    // Numbers keep their value: 2^53 + 1 is no double.
    const QByteArray big =
        R"({"type":"stream_data","stream":"s","data":[9007199254740993,0.1,1e+300,-0.25],"publishedBy":"x"})";
    const Expected<BrokerFrame> frame = decodeBrokerFrame(big);
    QVERIFY(frame);
    QCOMPARE(encode(*frame), big);
}

void TestFrames::limitsHold()
{
    const auto code = [](const QByteArray &text, const Limits &limits = {}) {
        const Expected<BrokerFrame> frame = decodeBrokerFrame(text, limits);
        return frame ? u"ok"_s : frame.error().code;
    };
    const auto state = [](const QByteArray &value) {
        return R"({"type":"state_change","key":"k","updatedBy":"x","value":)" + value + '}';
    };
    QCOMPARE(code(state(QByteArray(31, '[') + QByteArray(31, ']'))), u"ok"_s);
    QCOMPARE(code(state(QByteArray(32, '[') + QByteArray(32, ']'))), u"too_deep"_s);
    QCOMPARE(code(state(QByteArray(1'000'000, '['))), u"too_deep"_s);
    QCOMPARE(code(state(QByteArray("{\"a\":").repeated(500'000))), u"too_deep"_s);
    QCOMPARE(code(state('[' + QByteArray("0,").repeated(100'000) + "0]")), u"too_large"_s);
    QCOMPARE(code(peersWith(QByteArray("0,").repeated(200'000) + "0")), u"too_large"_s);
    QCOMPARE(code(state('"' + QByteArray(9 * 1024 * 1024, 'x') + '"')), u"too_large"_s);
    QCOMPARE(code(state('"' + QByteArray(17 * 1024 * 1024, 'x') + '"')), u"too_large"_s);
    QCOMPARE(code(state("[1,2,3]"), {.maxListSize = 4}), u"ok"_s);
    QCOMPARE(code(state("[1,2,3,4,5]"), {.maxListSize = 4}), u"too_large"_s);

    SetState set;
    set.key = u"k"_s;
    set.value = QString(1000, u'x');
    QCOMPARE(sendError(set), u"ok"_s);
    QCOMPARE(sendError(set, {.maxBytes = 1000}), u"too_large"_s);
}

void TestFrames::refusedFrames_data()
{
    QTest::addColumn<ClientFrame>("frame");
    QTest::addColumn<QString>("wanted");
    const auto row = [](const char *name, const ClientFrame &frame, const QString &wanted = u"refused"_s) {
        QTest::newRow(name) << frame << wanted;
    };
    const auto changed = [](auto frame, auto change) {
        change(frame);
        return frame;
    };
    row("hello: no sessionId", changed(goodHello(), [](auto &f) { f.sessionId.clear(); }));
    row("hello: no cwd", changed(goodHello(), [](auto &f) { f.cwd.clear(); }));
    row("hello: no mesh", changed(goodHello(), [](auto &f) { f.meshId.clear(); }));
    row("hello: no time", changed(goodHello(), [](auto &f) { f.timestamp = 0; }));
    row("hello: key in capitals", changed(goodHello(), [](auto &f) { f.pubkey = f.pubkey.toUpper(); }));
    row("hello: session key too short", changed(goodHello(), [](auto &f) { f.sessionPubkey = u"ab"_s; }));
    row("hello: no signature", changed(goodHello(), [](auto &f) { f.signature.clear(); }));
    row("hello: nameless group", changed(goodHello(), [](auto &f) { f.groups = QList<GroupClaim>(1); }));
    row("session_hello: no cwd", changed(goodSessionHello(), [](auto &f) { f.cwd.clear(); }));
    row("session_hello: other session",
        changed(goodSessionHello(), [](auto &f) { f.parentAttestation.sessionPubkey = key; }));
    row("session_hello: other member", changed(goodSessionHello(), [](auto &f) { f.parentMemberPubkey = sessionKey; }));
    row("session_hello: no end", changed(goodSessionHello(), [](auto &f) { f.parentAttestation.expiresAt = 0; }));
    row("session_hello: unsigned", changed(goodSessionHello(), [](auto &f) { f.parentAttestation.signature.clear(); }));
    row("join_group", JoinGroup{});
    row("leave_group", LeaveGroup{});
    row("set_status offline", SetStatus{.status = PeerStatus::Offline, .reqId = {}});
    row("send: no id", changed(goodSend(), [](auto &f) { f.id.reset(); }));
    row("send: no target", changed(goodSend(), [](auto &f) { f.targetSpec.clear(); }));
    row("send: group with an apostrophe", changed(goodSend(), [](auto &f) { f.targetSpec = u"@ada's team"_s; }));
    row("send: no group", changed(goodSend(), [](auto &f) { f.targetSpec = u"@"_s; }));
    row("send: 17 mentions", changed(goodSend(), [](auto &f) { f.mentions = QStringList(17, u"x"_s); }));
    row("send: body version 3", changed(goodSend(), [](auto &f) { f.bodyVersion = 3; }));
    row("send: too large", changed(goodSend(), [](auto &f) { f.ciphertext = QString(65'536, u'A'); }), u"too_large"_s);
    row("client_ack", ClientAck{});
    row("schedule: no message",
        Schedule{.to = u"*"_s, .message = {}, .deliverAt = 1, .subtype = {}, .cron = {}, .recurring = {}, .reqId = {}});
    row("schedule: bad group",
        Schedule{.to = u"@a'b"_s,
                 .message = u"x"_s,
                 .deliverAt = 1,
                 .subtype = {},
                 .cron = {},
                 .recurring = {},
                 .reqId = {}});
    row("schedule: before time began",
        Schedule{
            .to = u"*"_s, .message = u"x"_s, .deliverAt = -1, .subtype = {}, .cron = {}, .recurring = {}, .reqId = {}});
    row("schedule: no time",
        Schedule{
            .to = u"*"_s, .message = u"x"_s, .deliverAt = {}, .subtype = {}, .cron = {}, .recurring = {}, .reqId = {}});
    row("set_state: no value", SetState{.key = u"k"_s, .reqId = {}});
    row("set_state: null", SetState{.key = u"k"_s, .value = QJsonValue::Null, .reqId = {}});
    row("set_state: no key", SetState{.key = {}, .value = 1, .reqId = {}});
    row("publish: no data", Publish{.stream = u"s"_s, .reqId = {}});
    row("publish: no stream", Publish{.stream = {}, .data = 1, .reqId = {}});
    row("set_clock: no number", SetClock{.speed = std::numeric_limits<double>::quiet_NaN(), .reqId = {}});
    row("set_clock: infinite", SetClock{.speed = std::numeric_limits<double>::infinity(), .reqId = {}});
    row("mcp_register: no name", McpRegister{});
    row("mcp_register: nameless tool",
        McpRegister{
            .serverName = u"s"_s, .description = u"d"_s, .tools = QList<McpToolRow>(1), .persistent = {}, .reqId = {}});
    row("message_status", MessageStatus{});
    row("create_webhook", CreateWebhook{});
    row("apikey_revoke", ApikeyRevoke{});
    row("ban", Ban{});
    row("create_stream", CreateStream{});
    row("create_task", CreateTask{});
    row("remember", Remember{});
    row("topic_create", TopicCreate{});
}

void TestFrames::refusedFrames()
{
    QFETCH(ClientFrame, frame);
    QFETCH(QString, wanted);
    QCOMPARE(sendError(frame), wanted);
    QVERIFY(!validate(frame));
    QVERIFY(!validate(frame).error().detail.isEmpty());
}

void TestFrames::acceptedFrames()
{
    QCOMPARE(sendError(goodHello()), u"ok"_s);
    QCOMPARE(sendError(goodSessionHello()), u"ok"_s);
    QCOMPARE(sendError(goodSend()), u"ok"_s);
    for (const QString &target : {u"*"_s, u"@all"_s, u"@ops/oncall"_s, u"#AbCd"_s}) {
        Send send = goodSend();
        send.targetSpec = target;
        QCOMPARE(sendError(send), u"ok"_s);
    }
    Send largest = goodSend();
    largest.ciphertext = QString(65'536 - largest.nonce.size() - largest.targetSpec.size(), u'A');
    QCOMPARE(sendError(largest), u"ok"_s);

    // A registration without tools must still carry the list.
    const Expected<QByteArray> bare =
        encode(McpRegister{.serverName = u"s"_s, .description = {}, .tools = {}, .persistent = {}, .reqId = {}});
    QVERIFY(bare);
    QCOMPARE(*bare, R"({"type":"mcp_register","serverName":"s","description":"","tools":[]})");
    const Expected<QByteArray> hello = encode(goodHello());
    QVERIFY(hello);
    for (const char *needed : {"\"sessionId\":\"session\"", "\"pid\":42", "\"cwd\":\"desktop:ada@box\""})
        QVERIFY2(hello->contains(needed), needed);
}

void TestFrames::groupNames()
{
    for (const QString &good : {u"a"_s, u"ops/oncall"_s, u"A-Z_0-9"_s, QString(64, u'x')}) {
        const Expected<GroupName> name = GroupName::parse(good);
        QVERIFY2(name, qPrintable(good));
        QCOMPARE(name->text(), good);
    }
    for (const QString &bad : {u""_s, u"ada's team"_s, u"a b"_s, u"a\""_s, u"a;b"_s, u"a\\b"_s, u"é"_s, u"a\n"_s,
                               u"@a"_s, u"a.b"_s, QString(65, u'x'), QString::fromUtf16(u"a\0b", 3), u"\uff41"_s}) {
        const Expected<GroupName> name = GroupName::parse(bad);
        QVERIFY2(!name, qPrintable(bad));
        QCOMPARE(name.error().code, u"bad_group_name"_s);
    }
    const Expected<QByteArray> bytes =
        encode(JoinGroup{.name = group(u"ops/oncall"_s), .role = u"lead"_s, .reqId = u"r1"_s});
    QVERIFY(bytes);
    QCOMPARE(*bytes, R"({"type":"join_group","name":"ops/oncall","role":"lead","_reqId":"r1"})");
}

void TestFrames::requestIds()
{
    ClientFrame list = ListPeers{};
    QCOMPARE(requestId(list), QString());
    QVERIFY(setRequestId(list, u"r1"_s));
    QCOMPARE(requestId(list), u"r1"_s);
    QCOMPARE(get<ListPeers>(list).reqId, u"r1"_s);

    // A send is answered by its id and by nothing else.
    ClientFrame send = goodSend();
    QVERIFY(setRequestId(send, u"r2"_s));
    QCOMPARE(get<Send>(send).id, u"r2"_s);
    QVERIFY(!get<Send>(send).reqId);
    QCOMPARE(requestId(send), u"r2"_s);

    ClientFrame ack = ClientAck{.brokerMessageId = u"m"_s, .clientMessageId = {}};
    QVERIFY(!setRequestId(ack, u"r3"_s));

    const auto idOf = [](const QByteArray &text) { return requestId(*decodeBrokerFrame(text)); };
    QCOMPARE(idOf(R"({"type":"ack","id":"a","messageId":"","queued":true})"), u"a"_s);
    QCOMPARE(idOf(R"({"type":"ack","id":"a","messageId":"","queued":false,"_reqId":"r"})"), u"r"_s);
    QCOMPARE(idOf(R"({"type":"error","code":"topic_not_found","message":"","id":"e"})"), u"e"_s);
    QCOMPARE(idOf(R"({"type":"error","code":"not_found","message":"","_reqId":"r"})"), u"r"_s);
    QCOMPARE(idOf(R"({"type":"error","code":"no_hello","message":""})"), QString());
    // The id of these is the thing's, not the request's.
    QCOMPARE(idOf(R"({"type":"context_shared","id":"c"})"), QString());
    QCOMPARE(idOf(pushWith(R"(,"id":"p","_reqId":"p")")), QString());

    BrokerFrame answer = Subscribed{.stream = u"s"_s, .reqId = {}};
    QVERIFY(setRequestId(answer, u"r"_s));
    QCOMPARE(encode(answer), R"({"type":"subscribed","stream":"s","_reqId":"r"})");
    QVERIFY(setRequestId(answer, std::nullopt));
    QCOMPARE(encode(answer), R"({"type":"subscribed","stream":"s"})");
    BrokerFrame push = Push{};
    QVERIFY(!setRequestId(push, u"r"_s));
}

void TestFrames::encodingPutsTypeFirst()
{
    Push push;
    push.messageId = u"m"_s;
    QCOMPARE(encode(push), encode(BrokerFrame(push)));
    QVERIFY(encode(push).startsWith(R"({"type":"push","messageId":"m",)"));
    Ack ack;
    QCOMPARE(encode(ack), R"({"type":"ack","id":"","messageId":"","queued":false})");
    PeersList peers;
    QCOMPARE(encode(peers), R"({"type":"peers_list","peers":[]})");
    QCOMPARE(typeOf(BrokerFrame(peers)), "peers_list"_L1);
    QCOMPARE(typeOf(ClientFrame(ListPeers{})), "list_peers"_L1);
}

MESH_TEST(TestFrames)

} // namespace tst_frames

#include "tst_frames.moc"
