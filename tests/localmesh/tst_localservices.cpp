// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/localmesh/localfixture.h"
#include "tests/support/testprogram.h"

#include <QtCore/QJsonArray>

namespace tst_localservices {

using namespace Qt::StringLiterals;
using mesh::local::BrokerOptions;
using mesh::tests::Identity;
using mesh::tests::ManualClock;
using mesh::tests::TestClient;

//! MCP servers and the relay of calls, files and folders between peers.
class TestLocalServices final : public QObject, private mesh::tests::LocalFixture
{
    Q_OBJECT

private Q_SLOTS:
    void init() { setUp(); }
    void cleanup() { tearDown(); }
    void serversAreListedAndCalled();
    void callsEndWhenTheHostIsAwayOrSilent();
    void serversGoWithTheirHostOrWaitForIt();
    void namesBelongToTheirHost();
    void registrationsAreBounded();
    void managedServicesAnswerTheDocumentedErrors();
    void filesAndFoldersAreRelayed();
    void relayEndsInTimeAndTakesNoOneElsesAnswer();

private:
    static QJsonObject server(const QString &name, bool persistent = false);
    static QString code(const QJsonObject &answer) { return answer.value("code"_L1).toString(); }
};

QJsonObject TestLocalServices::server(const QString &name, bool persistent)
{
    const QJsonObject schema{{u"type"_s, u"object"_s}};
    return {
        {u"type"_s, u"mcp_register"_s},
        {u"serverName"_s, name},
        {u"description"_s, u"Helper"_s},
        {u"tools"_s,
         QJsonArray{QJsonObject{{u"name"_s, u"query"_s}, {u"description"_s, u"Asks"_s}, {u"inputSchema"_s, schema}},
                    QJsonObject{{u"name"_s, u"ping"_s}, {u"description"_s, u"Pongs"_s}, {u"inputSchema"_s, schema}}}},
        {u"persistent"_s, persistent}};
}

void TestLocalServices::serversAreListedAndCalled()
{
    start();
    TestClient host;
    TestClient caller;
    QVERIFY(host.enter(m_port, newMember(u"ada"_s), u"Ada"_s));
    QVERIFY(caller.enter(m_port, newMember(u"ben"_s), u"Ben"_s));
    const QJsonObject ack = host.ask(server(u"pg"_s));
    QCOMPARE(ack.value("type"_L1).toString(), u"mcp_register_ack"_s);
    QCOMPARE(ack.value("toolCount"_L1).toInt(), 2);
    const QJsonObject news = caller.takeEvent(u"mcp_registered"_s).value("eventData"_L1).toObject();
    QCOMPARE(news.value("tools"_L1).toArray(), (QJsonArray{u"query"_s, u"ping"_s}));
    QCOMPARE(news.value("hostedBy"_L1).toString(), u"Ada"_s);

    const QJsonObject row = caller.ask({{u"type"_s, u"mcp_list"_s}}).value("servers"_L1).toArray().at(0).toObject();
    QCOMPARE(row.value("online"_L1).toBool(), true);
    QVERIFY(!row.contains("offlineSince"_L1));
    QVERIFY(!row.value("tools"_L1).toArray().at(0).toObject().contains("inputSchema"_L1));
    const QJsonArray schemas =
        caller.ask({{u"type"_s, u"mcp_schema"_s}, {u"server_name"_s, u"pg"_s}, {u"tool_name"_s, u"ping"_s}})
            .value("tools"_L1)
            .toArray();
    QCOMPARE(schemas.size(), 1);
    QVERIFY(schemas.at(0).toObject().value("inputSchema"_L1).isObject());

    QCOMPARE(caller.ask({{u"type"_s, u"subscribe"_s}, {u"stream"_s, u"x-mesh:calls"_s}}).value("type"_L1).toString(),
             u"subscribed"_s);
    const auto call = [&](const QString &id) {
        caller.send({{u"type"_s, u"mcp_call"_s},
                     {u"serverName"_s, u"pg"_s},
                     {u"toolName"_s, u"query"_s},
                     {u"args"_s, QJsonObject{{u"sql"_s, u"select 1"_s}}},
                     {u"_reqId"_s, id}});
        return host.takeType(u"mcp_call_forward"_s);
    };
    const QJsonObject first = call(u"c1"_s);
    QCOMPARE(first.value("callerName"_L1).toString(), u"Ben"_s);
    // Who watches the mesh is told of the call, not of what was asked.
    const QJsonObject told = caller.takeType(u"stream_data"_s).value("data"_L1).toObject();
    QCOMPARE(told.value("kind"_L1).toString(), u"tool_call"_s);
    QCOMPARE(told.value("name"_L1).toString(), u"query"_s);
    QVERIFY(!told.value("sender"_L1).toString().isEmpty() && !told.value("target"_L1).toString().isEmpty());
    QVERIFY(!told.contains("args"_L1));
    QCOMPARE(first.value("args"_L1).toObject().value("sql"_L1).toString(), u"select 1"_s);
    const QJsonObject second = call(u"c2"_s);
    // Answered in the other order: each answer finds its question.
    host.send({{u"type"_s, u"mcp_call_response"_s}, {u"callId"_s, second.value("callId"_L1)}, {u"error"_s, u"no"_s}});
    const QJsonObject failed = caller.takeType(u"mcp_call_result"_s);
    QCOMPARE(failed.value("_reqId"_L1).toString(), u"c2"_s);
    QCOMPARE(failed.value("error"_L1).toString(), u"no"_s);
    host.send({{u"type"_s, u"mcp_call_response"_s}, {u"callId"_s, first.value("callId"_L1)}, {u"result"_s, 7}});
    const QJsonObject worked = caller.takeType(u"mcp_call_result"_s);
    QCOMPARE(worked.value("_reqId"_L1).toString(), u"c1"_s);
    QCOMPARE(worked.value("result"_L1).toInt(), 7);
    QVERIFY(!worked.contains("error"_L1));
    // A second answer to the same call has no taker.
    host.send({{u"type"_s, u"mcp_call_response"_s}, {u"callId"_s, first.value("callId"_L1)}, {u"result"_s, 8}});
    QCOMPARE(code(host.takeType(u"error"_s)), u"not_found"_s);
    QVERIFY(caller.nothing([](const QJsonObject &frame) { return frame.value("type"_L1) == "mcp_call_result"_L1; }));
    QCOMPARE(caller
                 .ask({{u"type"_s, u"mcp_call"_s},
                       {u"serverName"_s, u"no"_s},
                       {u"toolName"_s, u"x"_s},
                       {u"args"_s, QJsonObject()}})
                 .value("error"_L1)
                 .toString(),
             u"MCP server \"no\" not found in mesh"_s);
}

void TestLocalServices::callsEndWhenTheHostIsAwayOrSilent()
{
    m_clock = std::make_shared<ManualClock>();
    start();
    const Identity ada = newMember(u"ada"_s);
    TestClient caller;
    QVERIFY(caller.enter(m_port, newMember(u"ben"_s), u"Ben"_s));
    const QJsonObject call{
        {u"type"_s, u"mcp_call"_s}, {u"serverName"_s, u"pg"_s}, {u"toolName"_s, u"ping"_s}, {u"args"_s, QJsonObject()}};
    {
        TestClient host;
        QVERIFY(host.enter(m_port, ada, u"Ada"_s));
        QCOMPARE(host.ask(server(u"pg"_s)).value("toolCount"_L1).toInt(), 2);
        caller.send(call);
        QVERIFY(!host.takeType(u"mcp_call_forward"_s).isEmpty());
        QVERIFY(
            caller.nothing([](const QJsonObject &frame) { return frame.value("type"_L1) == "mcp_call_result"_L1; }));
        m_clock->advance(30'001);
        QCOMPARE(caller.takeType(u"mcp_call_result"_s).value("error"_L1).toString(), u"MCP call timed out (30s)"_s);
        // One that is under way when the host goes ends with it.
        caller.send(call);
        QVERIFY(!host.takeType(u"mcp_call_forward"_s).isEmpty());
    }
    QVERIFY(caller.takeType(u"mcp_call_result"_s).value("error"_L1).toString().contains("offline"_L1));
    // Within the lease: answered at once, without any time passing.
    QVERIFY(caller.ask(call).value("error"_L1).toString().contains("offline"_L1));
    const QJsonObject row = caller.ask({{u"type"_s, u"mcp_list"_s}}).value("servers"_L1).toArray().at(0).toObject();
    QCOMPARE(row.value("online"_L1).toBool(), false);
    QVERIFY(!row.value("offlineSince"_L1).toString().isEmpty());
}

void TestLocalServices::serversGoWithTheirHostOrWaitForIt()
{
    m_clock = std::make_shared<ManualClock>();
    start();
    const Identity ada = newMember(u"ada"_s);
    TestClient watcher;
    QVERIFY(watcher.enter(m_port, newMember(u"ben"_s), u"Ben"_s));
    const auto names = [&watcher] {
        QStringList list;
        const QJsonArray rows = watcher.ask({{u"type"_s, u"mcp_list"_s}}).value("servers"_L1).toArray();
        for (const QJsonValue &row : rows)
            list.append(row.toObject().value("name"_L1).toString());
        return list;
    };
    {
        TestClient host;
        QVERIFY(host.enter(m_port, ada, u"Ada"_s));
        (void)host.ask(server(u"brief"_s));
        (void)host.ask(server(u"keeps"_s, true));
        QCOMPARE(names(), (QStringList{u"brief"_s, u"keeps"_s}));
    }
    QTRY_COMPARE(m_broker->connectionCount(), 1);
    m_clock->advance(90'001);
    QCOMPARE(
        watcher.takeEvent(u"mcp_unregistered"_s).value("eventData"_L1).toObject().value("serverName"_L1).toString(),
        u"brief"_s);
    QCOMPARE(names(), QStringList{u"keeps"_s});

    // The same member with another session: the server is back.
    Identity again;
    again.meshId = ada.meshId;
    again.memberId = ada.memberId;
    again.member = ada.member.clone();
    again.session = mesh::protocol::KeyPair::generate();
    TestClient host;
    QVERIFY(host.enter(m_port, again, u"Ada"_s));
    QCOMPARE(watcher.takeEvent(u"mcp_restored"_s).value("eventData"_L1).toObject().value("serverName"_L1).toString(),
             u"keeps"_s);
    watcher.send({{u"type"_s, u"mcp_call"_s},
                  {u"serverName"_s, u"keeps"_s},
                  {u"toolName"_s, u"ping"_s},
                  {u"args"_s, QJsonObject()}});
    QVERIFY(!host.takeType(u"mcp_call_forward"_s).isEmpty());
}

void TestLocalServices::namesBelongToTheirHost()
{
    start();
    TestClient host;
    TestClient thief;
    QVERIFY(host.enter(m_port, newMember(u"ada"_s), u"Ada"_s));
    QVERIFY(thief.enter(m_port, newMember(u"ben"_s), u"Ben"_s));
    (void)host.ask(server(u"pg"_s));
    QCOMPARE(code(thief.ask(server(u"pg"_s))), u"forbidden"_s);
    QCOMPARE(code(thief.ask({{u"type"_s, u"mcp_unregister"_s}, {u"serverName"_s, u"pg"_s}})), u"forbidden"_s);
    QCOMPARE(code(thief.ask({{u"type"_s, u"mcp_unregister"_s}, {u"serverName"_s, u"no"_s}})), u"not_found"_s);
    // A forged answer to somebody else's call reaches nobody.
    thief.send({{u"type"_s, u"mcp_call"_s},
                {u"serverName"_s, u"pg"_s},
                {u"toolName"_s, u"ping"_s},
                {u"args"_s, QJsonObject()},
                {u"_reqId"_s, u"own"_s}});
    const QJsonValue callId = host.takeType(u"mcp_call_forward"_s).value("callId"_L1);
    thief.send({{u"type"_s, u"mcp_call_response"_s}, {u"callId"_s, callId}, {u"result"_s, u"forged"_s}});
    QCOMPARE(code(thief.takeType(u"error"_s)), u"not_found"_s);
    host.send({{u"type"_s, u"mcp_call_response"_s}, {u"callId"_s, callId}, {u"result"_s, u"genuine"_s}});
    QCOMPARE(thief.takeType(u"mcp_call_result"_s).value("result"_L1).toString(), u"genuine"_s);
    // The host may register again and unregister.
    QCOMPARE(host.ask(server(u"pg"_s)).value("toolCount"_L1).toInt(), 2);
    host.send({{u"type"_s, u"mcp_unregister"_s}, {u"serverName"_s, u"pg"_s}});
    QVERIFY(!thief.takeEvent(u"mcp_unregistered"_s).isEmpty());
}

void TestLocalServices::registrationsAreBounded()
{
    start();
    TestClient host;
    QVERIFY(host.enter(m_port, newMember(u"ada"_s), u"Ada"_s));
    QJsonObject many = server(u"many"_s);
    QJsonArray tools;
    for (int i = 0; i < 257; ++i)
        tools.append(QJsonObject{{u"name"_s, QString::number(i)}, {u"inputSchema"_s, QJsonObject()}});
    many.insert("tools"_L1, tools);
    QCOMPARE(code(host.ask(many)), u"invalid_args"_s);
    QJsonObject large = server(u"large"_s);
    large.insert("description"_L1, QString(300'000, u'x'));
    QCOMPARE(code(host.ask(large)), u"invalid_args"_s);
    QCOMPARE(code(host.ask(server(QString()))), u"invalid_args"_s);
    // Without tools the original answers nothing, and its list is dead from then on.
    QJsonObject none = server(u"none"_s);
    none.remove("tools"_L1);
    QCOMPARE(code(host.ask(none)), u"invalid_args"_s);
    QCOMPARE(host.ask({{u"type"_s, u"mcp_list"_s}}).value("servers"_L1).toArray().size(), 0);
    // Calls that wait are bounded as well, and the ones that do not fit are answered.
    (void)host.ask(server(u"pg"_s));
    for (int i = 0; i <= 256; ++i) {
        host.send({{u"type"_s, u"mcp_call"_s},
                   {u"serverName"_s, u"pg"_s},
                   {u"toolName"_s, u"ping"_s},
                   {u"args"_s, QJsonObject()},
                   {u"_reqId"_s, u"call-%1"_s.arg(i)}});
    }
    const QJsonObject refused = host.takeType(u"mcp_call_result"_s);
    QCOMPARE(refused.value("_reqId"_L1).toString(), u"call-256"_s);
    QVERIFY(refused.value("error"_L1).toString().contains("too many"_L1));
}

void TestLocalServices::managedServicesAnswerTheDocumentedErrors()
{
    start();
    TestClient a;
    QVERIFY(a.enter(m_port, newMember(u"ada"_s), u"Ada"_s));
    const auto deploy = [&a](const QString &name) {
        return a.ask({{u"type"_s, u"mcp_deploy"_s},
                      {u"server_name"_s, name},
                      {u"source"_s, QJsonObject{{u"type"_s, u"git"_s}, {u"url"_s, u"x"_s}}}});
    };
    QCOMPARE(code(deploy(u"../bad"_s)), u"invalid_name"_s);
    QCOMPARE(deploy(u"weather"_s).value("status"_L1).toString(), u"building"_s);
    const QJsonObject failed = a.takeType(u"mcp_deploy_status"_s);
    QCOMPARE(failed.value("status"_L1).toString(), u"failed"_s);
    QVERIFY(!failed.value("error"_L1).toString().isEmpty());
    const auto named = [&a](const QString &type) {
        return code(a.ask({{u"type"_s, type}, {u"server_name"_s, u"weather"_s}}));
    };
    QCOMPARE(named(u"mcp_scope"_s), u"scope_error"_s);
    QCOMPARE(named(u"mcp_schema"_s), u"schema_error"_s);
    QCOMPARE(a.ask({{u"type"_s, u"mcp_catalog"_s}}).value("services"_L1).toArray().size(), 0);
}

void TestLocalServices::filesAndFoldersAreRelayed()
{
    start();
    const Identity ada = newMember(u"ada"_s);
    TestClient serving;
    TestClient asking;
    QVERIFY(serving.enter(m_port, ada, u"Ada"_s));
    QVERIFY(asking.enter(m_port, newMember(u"ben"_s), u"Ben"_s));
    asking.send({{u"type"_s, u"peer_file_request"_s},
                 {u"targetPubkey"_s, ada.member.publicKey.hex()},
                 {u"filePath"_s, u"../secret"_s},
                 {u"_reqId"_s, u"f1"_s}});
    const QJsonObject forward = serving.takeType(u"peer_file_request_forward"_s);
    QCOMPARE(forward.value("requesterPubkey"_L1).toString(), asking.routingKey);
    QCOMPARE(forward.value("filePath"_L1).toString(), u"../secret"_s);
    serving.send({{u"type"_s, u"peer_file_response"_s},
                  {u"requesterPubkey"_s, asking.routingKey},
                  {u"filePath"_s, u"../secret"_s},
                  {u"error"_s, u"access denied"_s},
                  {u"_reqId"_s, forward.value("_reqId"_L1)}});
    const QJsonObject denied = asking.takeType(u"peer_file_response_forward"_s);
    QCOMPARE(denied.value("error"_L1).toString(), u"access denied"_s);
    QCOMPARE(denied.value("_reqId"_L1).toString(), u"f1"_s);
    QVERIFY(!denied.contains("content"_L1));

    asking.send({{u"type"_s, u"peer_dir_request"_s},
                 {u"targetPubkey"_s, serving.routingKey},
                 {u"dirPath"_s, u"."_s},
                 {u"pattern"_s, u"*"_s},
                 {u"_reqId"_s, u"d1"_s}});
    QCOMPARE(serving.takeType(u"peer_dir_request_forward"_s).value("pattern"_L1).toString(), u"*"_s);
    serving.send({{u"type"_s, u"peer_dir_response"_s},
                  {u"requesterPubkey"_s, asking.routingKey},
                  {u"dirPath"_s, u"."_s},
                  {u"entries"_s, QJsonArray{u"src/"_s}},
                  {u"_reqId"_s, u"d1"_s}});
    QCOMPARE(asking.takeType(u"peer_dir_response_forward"_s).value("entries"_L1).toArray(), QJsonArray{u"src/"_s});
    for (const QString &nobody : {QString(64, u'0'), asking.routingKey}) {
        QCOMPARE(code(asking.ask(
                     {{u"type"_s, u"peer_file_request"_s}, {u"targetPubkey"_s, nobody}, {u"filePath"_s, u"x"_s}})),
                 u"peer_not_found"_s);
    }
}

void TestLocalServices::relayEndsInTimeAndTakesNoOneElsesAnswer()
{
    m_clock = std::make_shared<ManualClock>();
    start();
    TestClient asking;
    TestClient other;
    QVERIFY(asking.enter(m_port, newMember(u"ben"_s), u"Ben"_s));
    QVERIFY(other.enter(m_port, newMember(u"cyd"_s), u"Cyd"_s));
    TestClient serving;
    QVERIFY(serving.enter(m_port, newMember(u"ada"_s), u"Ada"_s));
    const auto request = [&](const QString &type, const QString &path, const QString &id) {
        asking.send({{u"type"_s, type},
                     {u"targetPubkey"_s, serving.routingKey},
                     {type == "peer_dir_request"_L1 ? u"dirPath"_s : u"filePath"_s, path},
                     {u"_reqId"_s, id}});
        return serving.takeType(type + "_forward"_L1);
    };
    QVERIFY(!request(u"peer_file_request"_s, u"a"_s, u"one"_s).isEmpty());
    QVERIFY(!request(u"peer_dir_request"_s, u"b"_s, u"two"_s).isEmpty());
    // Somebody who was not asked cannot answer, nor can anything be sent that was not asked for.
    const QJsonObject forged{{u"type"_s, u"peer_file_response"_s},
                             {u"requesterPubkey"_s, asking.routingKey},
                             {u"filePath"_s, u"a"_s},
                             {u"content"_s, u"aGk="_s},
                             {u"_reqId"_s, u"one"_s}};
    other.send(forged);
    QCOMPARE(code(other.takeType(u"error"_s)), u"not_found"_s);
    QVERIFY(asking.nothing(
        [](const QJsonObject &frame) { return frame.value("type"_L1) == "peer_file_response_forward"_L1; }));
    m_clock->advance(15'001);
    const QJsonObject file = asking.takeType(u"peer_file_response_forward"_s);
    QCOMPARE(file.value("_reqId"_L1).toString(), u"one"_s);
    QVERIFY(file.value("error"_L1).toString().contains("15 s"_L1));
    QVERIFY(!asking.takeType(u"peer_dir_response_forward"_s).value("error"_L1).toString().isEmpty());
    // Too late now.
    serving.send(forged);
    QCOMPARE(code(serving.takeType(u"error"_s)), u"not_found"_s);
    // Gone while asked.
    QVERIFY(!request(u"peer_file_request"_s, u"c"_s, u"three"_s).isEmpty());
    serving.socket.abort();
    QCOMPARE(asking.takeType(u"peer_file_response_forward"_s).value("error"_L1).toString(), u"the peer went offline"_s);
}

MESH_TEST(TestLocalServices)

} // namespace tst_localservices

#include "tst_localservices.moc"
