// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/localmesh/localfixture.h"
#include "tests/support/testprogram.h"

#include <QtCore/QDateTime>
#include <QtCore/QJsonArray>

namespace tst_localshared {

using namespace Qt::StringLiterals;
using mesh::tests::TestClient;

class TestLocalShared final : public QObject, private mesh::tests::LocalFixture
{
    Q_OBJECT

private Q_SLOTS:
    void init() { setUp(); }
    void cleanup() { tearDown(); }
    void stateIsSharedAndAudited();
    void memoryIsRanked();
    void streamsReachSubscribersOnly();
    void trafficStreamTellsOfSendsWithoutContent();
    void memoryStreamTellsTheOthers();
    void clockFollowsTheRules();
    void auditChainVerifies();
    void meshInfoCounts();
    void unknownAndMalformedAreAnswered();
};

void TestLocalShared::stateIsSharedAndAudited()
{
    start();
    TestClient a;
    TestClient b;
    QVERIFY(a.enter(m_port, newMember(u"ada"_s), u"Ada (desktop)"_s));
    QVERIFY(b.enter(m_port, newMember(u"ben"_s), u"Ben"_s));
    const QJsonObject missing = a.ask({{u"type"_s, u"get_state"_s}, {u"key"_s, u"k"_s}});
    QVERIFY(missing.contains("value"_L1) && missing.value("value"_L1).isNull());
    QCOMPARE(missing.value("updatedBy"_L1).toString(), QString());
    const QJsonObject value{{u"n"_s, 12}, {u"goal"_s, u"ship"_s}};
    a.send({{u"type"_s, u"set_state"_s}, {u"key"_s, u"k"_s}, {u"value"_s, value}});
    const QJsonObject change = b.takeType(u"state_change"_s);
    QCOMPARE(change.value("value"_L1).toObject(), value);
    QCOMPARE(change.value("updatedBy"_L1).toString(), u"ada"_s); // the member's name, not the session's
    QVERIFY(a.nothing([](const QJsonObject &frame) { return frame.value("type"_L1) == "state_change"_L1; }));
    a.send({{u"type"_s, u"set_state"_s}, {u"key"_s, u"a"_s}, {u"value"_s, true}});
    const QJsonArray entries = b.ask({{u"type"_s, u"list_state"_s}}).value("entries"_L1).toArray();
    QCOMPARE(entries.size(), 2);
    QCOMPARE(entries.at(0).toObject().value("key"_L1).toString(), u"a"_s);
    const QJsonObject refused =
        a.ask({{u"type"_s, u"set_state"_s}, {u"key"_s, u"nil"_s}, {u"value"_s, QJsonValue::Null}});
    QCOMPARE(refused.value("code"_L1).toString(), u"invalid_args"_s);
    const QJsonObject audit = a.ask({{u"type"_s, u"audit_query"_s}, {u"eventType"_s, u"state_set"_s}});
    QCOMPARE(audit.value("total"_L1).toInt(), 2);
    QCOMPARE(audit.value("entries"_L1)
                 .toArray()
                 .at(1)
                 .toObject()
                 .value("payload"_L1)
                 .toObject()
                 .value("value"_L1)
                 .toObject(),
             value);
}

void TestLocalShared::memoryIsRanked()
{
    start();
    TestClient a;
    QVERIFY(a.enter(m_port, newMember(u"ada"_s), u"Ada"_s));
    const auto remember = [&a](const QString &content, const QJsonArray &tags) {
        return a.ask({{u"type"_s, u"remember"_s}, {u"content"_s, content}, {u"tags"_s, tags}})
            .value("id"_L1)
            .toString();
    };
    const auto recall = [&a](const QString &query) {
        QStringList ids;
        const QJsonArray rows = a.ask({{u"type"_s, u"recall"_s}, {u"query"_s, query}}).value("memories"_L1).toArray();
        for (const QJsonValue &row : rows)
            ids.append(row.toObject().value("id"_L1).toString());
        return ids;
    };
    const QString weak =
        remember(u"A long note on many things, among them somewhere the database and much more text"_s, {});
    const QString strong = remember(u"Staging database: database host"_s, {u"infra"_s});
    QCOMPARE(recall(u"databases"_s), (QStringList{strong, weak})); // stemmed, best first
    QCOMPARE(recall(u"the staging database"_s), QStringList{strong});
    QCOMPARE(recall(u"infra"_s), QStringList{strong});
    for (const QString &none : {u""_s, u"zebra"_s, u"the"_s, u"\" OR *"_s, u"NEAR("_s})
        QVERIFY2(recall(none).isEmpty(), qPrintable(none));
    const QJsonObject ack = a.ask({{u"type"_s, u"forget"_s}, {u"memoryId"_s, strong}});
    QCOMPARE(ack.value("messageId"_L1).toString(), strong);
    QCOMPARE(recall(u"staging"_s), QStringList());
    QCOMPARE(a.ask({{u"type"_s, u"remember"_s}}).value("code"_L1).toString(), u"invalid_args"_s);
}

void TestLocalShared::streamsReachSubscribersOnly()
{
    start();
    TestClient a;
    TestClient b;
    QVERIFY(a.enter(m_port, newMember(u"ada"_s), u"Ada"_s));
    QVERIFY(b.enter(m_port, newMember(u"ben"_s), u"Ben"_s));
    const auto isData = [](const QJsonObject &frame) { return frame.value("type"_L1) == "stream_data"_L1; };
    const QString id = a.ask({{u"type"_s, u"create_stream"_s}, {u"name"_s, u"log"_s}}).value("id"_L1).toString();
    QCOMPARE(a.ask({{u"type"_s, u"create_stream"_s}, {u"name"_s, u"log"_s}}).value("id"_L1).toString(), id);
    const auto publish = [&a] {
        a.send({{u"type"_s, u"publish"_s}, {u"stream"_s, u"log"_s}, {u"data"_s, QJsonObject{{u"pct"_s, 10}}}});
    };
    publish();
    QVERIFY(a.nothing(isData));
    QVERIFY(b.nothing(isData));
    QCOMPARE(b.ask({{u"type"_s, u"subscribe"_s}, {u"stream"_s, u"log"_s}}).value("type"_L1).toString(),
             u"subscribed"_s);
    publish();
    const QJsonObject data = b.takeType(u"stream_data"_s);
    QCOMPARE(data.value("publishedBy"_L1).toString(), u"ada"_s);
    QCOMPARE(data.value("data"_L1).toObject().value("pct"_L1).toInt(), 10);
    const QJsonObject row = a.ask({{u"type"_s, u"list_streams"_s}}).value("streams"_L1).toArray().at(0).toObject();
    QCOMPARE(row.value("subscriberCount"_L1).toInt(), 1);
    b.send({{u"type"_s, u"unsubscribe"_s}, {u"stream"_s, u"log"_s}});
    QVERIFY(b.nothing(isData));
    publish();
    QVERIFY(a.nothing(isData));
    QVERIFY(b.nothing(isData));
}

void TestLocalShared::trafficStreamTellsOfSendsWithoutContent()
{
    start();
    TestClient a;
    TestClient b;
    QVERIFY(a.enter(m_port, newMember(u"ada"_s), u"Ada"_s));
    QVERIFY(b.enter(m_port, newMember(u"ben"_s), u"Ben"_s));
    (void)b.ask({{u"type"_s, u"subscribe"_s}, {u"stream"_s, u"x-mesh:traffic"_s}});
    const QString id = a.message(u"@ops"_s, u"secret"_s, u"low"_s).value("messageId"_L1).toString();
    const QJsonObject data = b.takeType(u"stream_data"_s).value("data"_L1).toObject();
    QCOMPARE(data.keys(), (QStringList{u"at"_s, u"messageId"_s, u"priority"_s, u"sender"_s, u"target"_s}));
    QCOMPARE(data.value("sender"_L1).toString(), a.routingKey);
    QCOMPARE(data.value("target"_L1).toString(), u"@ops"_s);
    QCOMPARE(data.value("messageId"_L1).toString(), id);
    // Nobody else may publish there.
    const QJsonObject forged = a.ask({{u"type"_s, u"publish"_s}, {u"stream"_s, u"x-mesh:traffic"_s}, {u"data"_s, 1}});
    QCOMPARE(forged.value("code"_L1).toString(), u"forbidden"_s);
}

void TestLocalShared::memoryStreamTellsTheOthers()
{
    start();
    TestClient a;
    TestClient b;
    QVERIFY(a.enter(m_port, newMember(u"ada"_s), u"Ada"_s));
    QVERIFY(b.enter(m_port, newMember(u"ben"_s), u"Ben"_s));
    (void)a.ask({{u"type"_s, u"subscribe"_s}, {u"stream"_s, u"x-mesh:memory"_s}});
    (void)b.ask({{u"type"_s, u"subscribe"_s}, {u"stream"_s, u"x-mesh:memory"_s}});
    const QString id =
        a.ask({{u"type"_s, u"remember"_s}, {u"content"_s, u"pages of 100 rows"_s}}).value("id"_L1).toString();
    QVERIFY(!id.isEmpty());
    const QJsonObject told = b.takeType(u"stream_data"_s).value("data"_L1).toObject();
    QCOMPARE(told.value("op"_L1).toString(), u"remembered"_s);
    QCOMPARE(told.value("id"_L1).toString(), id);
    QCOMPARE(told.value("content"_L1).toString(), u"pages of 100 rows"_s);
    (void)a.ask({{u"type"_s, u"forget"_s}, {u"memoryId"_s, id}});
    QCOMPARE(b.takeType(u"stream_data"_s).value("data"_L1).toObject().value("op"_L1).toString(), u"forgotten"_s);
    QVERIFY(a.nothing([](const QJsonObject &frame) { return frame.value("type"_L1) == "stream_data"_L1; }));
}

void TestLocalShared::clockFollowsTheRules()
{
    start({.clockMinuteMs = 5'000}); // 50 ms a tick at speed 100
    TestClient a;
    TestClient b;
    QVERIFY(a.enter(m_port, newMember(u"ada"_s), u"Ada"_s));
    QVERIFY(b.enter(m_port, newMember(u"ben"_s), u"Ben"_s));
    const QJsonObject none = a.ask({{u"type"_s, u"get_clock"_s}});
    QCOMPARE(none.value("speed"_L1).toDouble(), 0.0);
    QCOMPARE(none.value("paused"_L1).toBool(), true);
    QCOMPARE(a.ask({{u"type"_s, u"pause_clock"_s}}).value("code"_L1).toString(), u"no_clock"_s);
    const QJsonObject set = a.ask({{u"type"_s, u"set_clock"_s}, {u"speed"_s, 5000}});
    QCOMPARE(set.value("speed"_L1).toDouble(), 100.0);
    QCOMPARE(set.value("simTime"_L1), set.value("startedAt"_L1));
    const QDateTime started = QDateTime::fromString(set.value("startedAt"_L1).toString(), Qt::ISODateWithMs);
    for (int tick = 1; tick <= 3; ++tick) {
        const QJsonObject data = b.takeEvent(u"tick"_s).value("eventData"_L1).toObject();
        QCOMPARE(data.value("tick"_L1).toInt(), tick);
        QCOMPARE(QDateTime::fromString(data.value("simTime"_L1).toString(), Qt::ISODateWithMs),
                 started.addMSecs(tick * 60'000));
    }
    const QJsonObject paused = b.ask({{u"type"_s, u"pause_clock"_s}});
    QCOMPARE(paused.value("paused"_L1).toBool(), true);
    // A paused clock stays paused when its speed changes; 0 counts as 1.
    QCOMPARE(b.ask({{u"type"_s, u"set_clock"_s}, {u"speed"_s, 0}}).value("paused"_L1).toBool(), true);
    QCOMPARE(b.ask({{u"type"_s, u"get_clock"_s}}).value("speed"_L1).toDouble(), 1.0);
    QCOMPARE(b.ask({{u"type"_s, u"get_clock"_s}}).value("tick"_L1), paused.value("tick"_L1));
    QCOMPARE(b.ask({{u"type"_s, u"resume_clock"_s}}).value("paused"_L1).toBool(true), false);
}

void TestLocalShared::auditChainVerifies()
{
    start();
    TestClient a;
    QVERIFY(a.enter(m_port, newMember(u"ada"_s), u"Ada"_s));
    for (int i = 0; i < 5; ++i)
        (void)a.message(u"@x"_s, u"x"_s);
    a.send({{u"type"_s, u"set_state"_s}, {u"key"_s, u"odd"_s}, {u"value"_s, QJsonArray{1e21, 1e-7, u"\u2028\""_s}}});
    const QJsonObject verified = a.ask({{u"type"_s, u"audit_verify"_s}});
    QCOMPARE(verified.value("valid"_L1).toBool(), true);
    QCOMPARE(verified.value("entries"_L1).toInt(), 7);
    const QJsonObject page = a.ask({{u"type"_s, u"audit_query"_s}, {u"limit"_s, 2}, {u"offset"_s, 1}});
    QCOMPARE(page.value("total"_L1).toInt(), 7);
    QCOMPARE(page.value("entries"_L1).toArray().size(), 2);
    QCOMPARE(page.value("entries"_L1).toArray().at(0).toObject().value("eventType"_L1).toString(), u"message_sent"_s);
}

void TestLocalShared::meshInfoCounts()
{
    start();
    TestClient a;
    QVERIFY(a.enter(m_port, newMember(u"ada"_s), u"Ada"_s,
                    {{u"groups"_s, QJsonArray{QJsonObject{{u"name"_s, u"eng"_s}}}}}));
    const QJsonObject info = a.ask({{u"type"_s, u"mesh_info"_s}});
    QCOMPARE(info.value("mesh"_L1).toString(), m_broker->meshId());
    QCOMPARE(info.value("peers"_L1).toInt(), 1);
    QCOMPARE(info.value("groups"_L1).toArray(), QJsonArray{u"@eng"_s});
    QCOMPARE(info.value("yourName"_L1).toString(), u"Ada"_s);
}

void TestLocalShared::unknownAndMalformedAreAnswered()
{
    start();
    TestClient a;
    QVERIFY(a.open(m_port));
    a.send({{u"type"_s, u"list_peers"_s}, {u"_reqId"_s, u"early"_s}});
    QCOMPARE(a.takeType(u"error"_s).value("code"_L1).toString(), u"no_hello"_s);
    a.socket.close();
    QVERIFY(a.waitClosed());
    QVERIFY(a.enter(m_port, newMember(u"ada"_s), u"Ada"_s));
    const auto code = [&a](const QJsonObject &frame) { return a.ask(frame).value("code"_L1).toString(); };
    QCOMPARE(code({{u"type"_s, u"typing"_s}}), u"not_available"_s);
    QCOMPARE(code({{u"type"_s, u"graph_query"_s}, {u"cypher"_s, u"x"_s}}), u"graph_error"_s);
    QCOMPARE(code({{u"type"_s, u"set_status"_s}, {u"status"_s, u"away"_s}}), u"invalid_args"_s);
    QCOMPARE(code({{u"type"_s, u"set_status"_s}, {u"status"_s, u"offline"_s}}), u"invalid_args"_s);
    QCOMPARE(code({{u"type"_s, u"join_group"_s}, {u"name"_s, u"ada's team"_s}}), u"invalid_args"_s);
    QCOMPARE(code({{u"type"_s, u"schedule"_s}, {u"to"_s, u"*"_s}}), u"invalid_args"_s);
    // Errors of topics are matched by `id` alone, as in the original.
    const QJsonObject topic = a.ask({{u"type"_s, u"topic_join"_s}, {u"topic"_s, u"nowhere"_s}});
    QCOMPARE(topic.value("code"_L1).toString(), u"topic_not_found"_s);
    QVERIFY(topic.contains("id"_L1) && !topic.contains("_reqId"_L1));
    for (const auto &[type, list] :
         std::initializer_list<std::pair<QString, QString>>{{u"list_tasks"_s, u"tasks"_s},
                                                            {u"list_skills"_s, u"skills"_s},
                                                            {u"list_files"_s, u"files"_s},
                                                            {u"mcp_list"_s, u"servers"_s},
                                                            {u"list_scheduled"_s, u"messages"_s},
                                                            {u"list_webhooks"_s, u"webhooks"_s},
                                                            {u"list_contexts"_s, u"contexts"_s}}) {
        const QJsonObject answer = a.ask({{u"type"_s, type}});
        QVERIFY2(answer.value(list).isArray() && answer.value(list).toArray().isEmpty(), qPrintable(type));
    }
    for (const QString &text : {u"this is not json"_s, u"null"_s, u"[1,2]"_s, u"{}"_s, u"{\"type\":7}"_s}) {
        a.sendText(text);
        QCOMPARE(a.takeType(u"error"_s).value("code"_L1).toString(), u"invalid_args"_s);
    }
    a.socket.sendBinaryMessage(R"({"type":"get_clock","_reqId":"bin"})");
    QCOMPARE(a.takeType(u"clock_status"_s).value("_reqId"_L1).toString(), u"bin"_s);
}

MESH_TEST(TestLocalShared)

} // namespace tst_localshared

#include "tst_localshared.moc"
