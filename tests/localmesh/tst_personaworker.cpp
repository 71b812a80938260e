// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/personaworker.h"
#include "models/protocol/sodium.h"
#include "tests/support/scriptedbroker.h"
#include "tests/support/testprogram.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonObject>
#include <QtNetwork/QNetworkAccessManager>
#include <QtNetwork/QTcpServer>
#include <QtTest/QTest>

namespace tst_personaworker {

using namespace Qt::StringLiterals;
using namespace mesh::local;
namespace p = mesh::protocol;
using Kind = PersonaChore::Kind;
using mesh::tests::ScriptedBroker;

namespace {

const QByteArray worker = R"({
  "name": "ada", "cwd": "~/x",
  "day": [{"from": 0, "to": 24, "rate": 60}],
  "tasks": {"opens": [{"title": "Fix it", "priority": "high", "for": "bob"}], "takes": ["review"], "results": ["Done."]},
  "skills": [{"name": "s", "description": "d", "instructions": "i"}],
  "files": [{"path": "notes/plan.md", "text": "Plän"}, {"path": "notes/old/a.md", "text": "A"}, {"path": "readme.md", "text": "R"}],
  "fetches": [{"from": "bob", "path": "b.md"}],
  "uploads": [{"name": "log-{7-7}.txt", "text": "All {8-8} green", "to": "bob", "tags": ["t"]}, {"name": "b", "text": "b", "to": "nobody"}],
  "downloads": ["log"],
  "topics": [{"name": "deploys", "description": "d", "lines": ["Live."]}],
  "schedules": [{"to": "*", "text": "Lunch", "inMinutes": 30}, {"to": "@ops", "text": "Stand-up", "cron": "0 9 * * 1-5"}],
  "servers": [{"name": "tools", "tools": [{"name": "count", "answers": ["7 rows"]}]}],
  "calls": [{"server": "other", "tool": "t", "args": {"a": 1}}],
  "replies": ["One.", "Two."]
})";

QJsonObject task(const QString &id, const QString &title, const QString &status, const QJsonValue &assignee = {})
{
    return {{u"id"_s, id},
            {u"title"_s, title},
            {u"assignee"_s, assignee},
            {u"claimedBy"_s, QJsonValue()},
            {u"status"_s, status},
            {u"priority"_s, u"normal"_s},
            {u"createdBy"_s, u"x"_s},
            {u"tags"_s, QJsonArray()},
            {u"createdAt"_s, u"2026-04-08T10:00:00.000Z"_s}};
}

} // namespace

//! What a persona says and answers besides messages, over a real socket to a broker that does what the test says.
class TestPersonaWorker final : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<ScriptedBroker> m_broker;
    std::unique_ptr<PersonaScript> m_script;
    std::unique_ptr<PersonaClient> m_client;
    std::unique_ptr<PersonaHabits> m_habits;
    std::unique_ptr<PersonaWorker> m_worker;
    p::SystemClock m_clock;
    QNetworkAccessManager m_network;

    void enter()
    {
        m_client->connectTo({u"mesh"_s, u"member"_s, m_broker->url()});
        QTRY_VERIFY(m_client->isReady());
    }
    QJsonObject last(const QString &type) const
    {
        const auto frames = m_broker->received(type);
        return frames.isEmpty() ? QJsonObject() : frames.last();
    }
    //! Sends a frame and waits for the answer of that type.
    QJsonObject asked(const QJsonObject &frame, const QString &answer)
    {
        const qsizetype before = m_broker->received(answer).size();
        m_broker->push(frame);
        [&] { QTRY_COMPARE(m_broker->received(answer).size(), before + 1); }();
        return last(answer);
    }
    void refuse(const QJsonObject &frame, const QString &code)
    {
        m_broker->push({{u"type"_s, u"error"_s},
                        {u"code"_s, code},
                        {u"message"_s, code},
                        {u"_reqId"_s, frame.value("_reqId"_L1)}});
    }

private Q_SLOTS:
    void initTestCase() { QVERIFY(p::initSodium()); }

    void init()
    {
        m_broker = std::make_unique<ScriptedBroker>();
        QVERIFY(!m_broker->start().isEmpty());
        m_script = std::make_unique<PersonaScript>(*parsePersona(worker, u"ada.json"_s));
        m_client =
            std::make_unique<PersonaClient>(*m_script, p::KeyPair::generate(), p::KeyPair::generate(), m_clock, 50);
        m_habits = std::make_unique<PersonaHabits>(*m_script, 1);
        m_worker = std::make_unique<PersonaWorker>(
            *m_script, *m_client, *m_habits, m_clock, m_network,
            [](const QString &name) { return name == "bob"_L1 ? QString(64, u'b') : QString(); });
    }

    void cleanup()
    {
        m_worker.reset();
        m_client.reset();
        m_habits.reset();
        m_broker.reset();
    }

    void saysWhatItHas()
    {
        enter();
        QTRY_COMPARE(m_broker->received(u"list_scheduled"_s).size(), 1);
        QCOMPARE(last(u"share_skill"_s).value("instructions"_L1).toString(), u"i"_s);
        QCOMPARE(last(u"topic_create"_s).value("name"_L1).toString(), u"deploys"_s);
        QCOMPARE(last(u"topic_join"_s).value("topic"_L1).toString(), u"deploys"_s);
        const QJsonObject registered = last(u"mcp_register"_s);
        QCOMPARE(registered.value("serverName"_L1).toString(), u"tools"_s);
        QCOMPARE(registered.value("tools"_L1).toArray().first().toObject().value("name"_L1).toString(), u"count"_s);
        // One of its two schedules is there already.
        const qint64 before = m_clock.nowMs();
        m_broker->push({{u"type"_s, u"scheduled_list"_s},
                        {u"messages"_s,
                         QJsonArray{QJsonObject{{u"id"_s, u"1"_s},
                                                {u"to"_s, u"@ops"_s},
                                                {u"message"_s, u"Stand-up"_s},
                                                {u"deliverAt"_s, 1},
                                                {u"createdAt"_s, 1}}}}});
        QTRY_COMPARE(m_broker->received(u"schedule"_s).size(), 1);
        QCOMPARE(last(u"schedule"_s).value("message"_L1).toString(), u"Lunch"_s);
        const qint64 at = last(u"schedule"_s).value("deliverAt"_L1).toInteger();
        QVERIFY(at >= before + 30 * 60'000 && at <= m_clock.nowMs() + 30 * 60'000);
    }

    void uploadsGoOnUntilTheBrokerTakesNoKeys()
    {
        enter();
        QVERIFY(!m_worker->perform({.kind = Kind::Upload, .index = 1})); // whom it is for is not there
        QVERIFY(m_worker->perform({.kind = Kind::Upload, .index = 0}));
        QTRY_COMPARE(m_broker->received(u"apikey_create"_s).size(), 1);
        QCOMPARE(last(u"apikey_create"_s).value("capabilities"_L1).toArray(), QJsonArray{u"send"_s});
        QVERIFY(last(u"apikey_create"_s).contains("expiresAt"_L1));
        // One key for all that wait for it; a passing error costs what waits, and nothing else.
        QVERIFY(m_worker->perform({.kind = Kind::Upload, .index = 0}));
        refuse(last(u"apikey_create"_s), u"limit"_s);
        QTRY_COMPARE(m_worker->errors(), 1);
        QVERIFY(m_worker->canUse(PersonaWorker::Skill::Uploads));
        QVERIFY(m_worker->perform({.kind = Kind::Upload, .index = 0}));
        QTRY_COMPARE(m_broker->received(u"apikey_create"_s).size(), 2);
        m_broker->push({{u"type"_s, u"apikey_created"_s},
                        {u"id"_s, u"1"_s},
                        {u"secret"_s, u"cm_x"_s},
                        {u"label"_s, u"l"_s},
                        {u"prefix"_s, u"cm_x"_s},
                        {u"capabilities"_s, QJsonArray{u"send"_s}},
                        {u"topicScopes"_s, QJsonValue()},
                        {u"createdAt"_s, u"2026-04-08T10:00:00.000Z"_s},
                        {u"_reqId"_s, last(u"apikey_create"_s).value("_reqId"_L1)}});
        QTRY_COMPARE(m_broker->httpRequests.size(), 1);
        const QByteArray sent = m_broker->httpRequests.constFirst();
        QVERIFY(sent.startsWith("POST /upload "));
        for (const char *part : {"Authorization: Bearer cm_x\r\n", "X-File-Name: log-7.txt\r\n", "X-Tags: [\"t\"]\r\n",
                                 "X-Persistent: false\r\n", "X-Mesh-Id: mesh\r\n", "X-Member-Id: member\r\n"})
            QVERIFY2(sent.contains(part), part);
        QVERIFY(sent.contains("X-Target-Spec: " + QByteArray(64, 'b') + "\r\n"));
        // The key is good for more, also after a broker was too busy once, until one wants another key for files, as
        // the original does.
        m_broker->httpStatus = "503 Busy";
        QVERIFY(m_worker->perform({.kind = Kind::Upload, .index = 0}));
        QTRY_COMPARE(m_worker->errors(), 2);
        QVERIFY(m_worker->canUse(PersonaWorker::Skill::Uploads));
        m_broker->httpStatus = "401 Unauthorized";
        QVERIFY(m_worker->perform({.kind = Kind::Upload, .index = 0}));
        QTRY_VERIFY(!m_worker->canUse(PersonaWorker::Skill::Uploads));
        QCOMPARE(m_broker->received(u"apikey_create"_s).size(), 2);
        QCOMPARE(m_worker->errors(), 3);
        QVERIFY(!m_worker->perform({.kind = Kind::Upload, .index = 0}));
        QVERIFY(!m_worker->perform({.kind = Kind::Download, .index = 0}));
    }

    void aLinkToElsewhereIsNotFollowed()
    {
        enter();
        QTcpServer elsewhere;
        QVERIFY(elsewhere.listen(QHostAddress(u"127.0.0.2"_s)));
        QVERIFY(m_worker->perform({.kind = Kind::Download, .index = 0}));
        QVERIFY(!m_worker->perform({.kind = Kind::Download, .index = 0})); // one after the other
        QTRY_COMPARE(m_broker->received(u"list_files"_s).size(), 1);
        QCOMPARE(last(u"list_files"_s).value("query"_L1).toString(), u"log"_s);
        m_broker->push({{u"type"_s, u"file_list"_s},
                        {u"files"_s,
                         QJsonArray{QJsonObject{{u"id"_s, u"f1"_s},
                                                {u"name"_s, u"log"_s},
                                                {u"size"_s, 3},
                                                {u"tags"_s, QJsonArray()},
                                                {u"uploadedBy"_s, u"somebody"_s},
                                                {u"uploadedAt"_s, u"2026-04-08T10:00:00.000Z"_s},
                                                {u"persistent"_s, true},
                                                {u"encrypted"_s, false}}}},
                        {u"_reqId"_s, last(u"list_files"_s).value("_reqId"_L1)}});
        QTRY_COMPARE(m_broker->received(u"get_file"_s).size(), 1);
        m_broker->push({{u"type"_s, u"file_url"_s},
                        {u"fileId"_s, u"f1"_s},
                        {u"url"_s, u"http://127.0.0.2:%1/x"_s.arg(elsewhere.serverPort())},
                        {u"name"_s, u"log"_s},
                        {u"encrypted"_s, false},
                        {u"_reqId"_s, last(u"get_file"_s).value("_reqId"_L1)}});
        QTRY_COMPARE(m_worker->errors(), 1);
        QVERIFY(!elsewhere.waitForNewConnection(0));
        QVERIFY(m_worker->canUse(PersonaWorker::Skill::Uploads));
    }

    void whatTheBrokerDoesNotKnowIsLeftAlone()
    {
        enter();
        QTRY_COMPARE(m_broker->received(u"list_scheduled"_s).size(), 1);
        refuse(last(u"share_skill"_s), u"not_available"_s);
        refuse(last(u"mcp_register"_s), u"some_other_error"_s);
        QTRY_VERIFY(!m_worker->canUse(PersonaWorker::Skill::Skills));
        QTRY_COMPARE(m_worker->errors(), 2);
        QVERIFY(m_worker->canUse(PersonaWorker::Skill::Mcp));
        m_broker->cut();
        QTRY_COMPARE(m_broker->received(u"list_scheduled"_s).size(), 2); // it came back
        QCOMPARE(m_broker->received(u"share_skill"_s).size(), 1);
        QCOMPARE(m_broker->received(u"mcp_register"_s).size(), 2);
        // A post that is refused ends posts.
        m_broker->refuseSends = u"no topics here"_s;
        const PersonaChore post{.kind = Kind::Post, .index = 0, .text = u"Live."_s};
        QVERIFY(m_worker->perform(post));
        QTRY_VERIFY(!m_worker->canUse(PersonaWorker::Skill::Topics));
        QCOMPARE(last(u"send"_s).value("targetSpec"_L1).toString(), u"#deploys"_s);
        QVERIFY(!m_worker->perform(post));
    }

    void takesATaskAndClosesIt()
    {
        enter();
        QVERIFY(m_worker->perform({.kind = Kind::OpenTask, .index = 0, .text = u"Fix it"_s}));
        QTRY_COMPARE(last(u"create_task"_s).value("assignee"_L1).toString(), u"bob"_s);
        const PersonaChore work{.kind = Kind::WorkOnTask};
        QVERIFY(m_worker->perform(work));
        QTRY_COMPARE(m_broker->received(u"list_tasks"_s).size(), 1);
        // The newest comes first; the oldest that fits is taken.
        const QJsonArray open{task(u"4"_s, u"Reviews"_s, u"open"_s), task(u"3"_s, u"Other"_s, u"open"_s),
                              task(u"2"_s, u"Please review"_s, u"open"_s),
                              task(u"1"_s, u"Review"_s, u"open"_s, u"bob"_s)};
        m_broker->push({{u"type"_s, u"task_list"_s}, {u"tasks"_s, open}});
        QTRY_COMPARE(last(u"claim_task"_s).value("taskId"_L1).toString(), u"2"_s);
        // Somebody was faster: it looks again. By name a task is taken whatever its title.
        refuse(last(u"claim_task"_s), u"task_not_claimable"_s);
        QTRY_COMPARE(m_worker->errors(), 1);
        QVERIFY(m_worker->perform(work));
        QTRY_COMPARE(m_broker->received(u"list_tasks"_s).size(), 2);
        m_broker->push(
            {{u"type"_s, u"task_list"_s}, {u"tasks"_s, QJsonArray{task(u"5"_s, u"Sing"_s, u"open"_s, u"ada"_s)}}});
        QTRY_COMPARE(last(u"claim_task"_s).value("taskId"_L1).toString(), u"5"_s);
        m_broker->push(
            {{u"type"_s, u"task_list"_s}, {u"tasks"_s, QJsonArray{task(u"5"_s, u"Sing"_s, u"claimed"_s, u"ada"_s)}}});
        // The list has to be there before the next chore; a call and its answer come behind it.
        QVERIFY(
            asked(
                {{u"type"_s, u"peer_file_request_forward"_s}, {u"requesterPubkey"_s, u"r"_s}, {u"filePath"_s, u"x"_s}},
                u"peer_file_response"_s)
                .contains("error"_L1));
        QVERIFY(m_worker->perform(work));
        QTRY_COMPARE(last(u"complete_task"_s).value("taskId"_L1).toString(), u"5"_s);
        QCOMPARE(last(u"complete_task"_s).value("result"_L1).toString(), u"Done."_s);
    }

    void toolsAnswer()
    {
        enter();
        const auto call = [this](const QString &tool) {
            return asked({{u"type"_s, u"mcp_call_forward"_s},
                          {u"callId"_s, tool},
                          {u"serverName"_s, u"tools"_s},
                          {u"toolName"_s, tool},
                          {u"args"_s, QJsonObject()},
                          {u"callerName"_s, u"bob"_s}},
                         u"mcp_call_response"_s);
        };
        const QJsonObject good = call(u"count"_s);
        QCOMPARE(good.value("callId"_L1).toString(), u"count"_s);
        const QJsonArray content = good.value("result"_L1).toObject().value("content"_L1).toArray();
        QCOMPARE(content.first().toObject().value("text"_L1).toString(), u"7 rows"_s);
        QVERIFY(call(u"nothing"_s).value("error"_L1).toString().contains("nothing"_L1));
        QVERIFY(m_worker->perform({.kind = Kind::Call}));
        QTRY_COMPARE(last(u"mcp_call"_s).value("args"_L1).toObject().value("a"_L1).toInt(), 1);
        QVERIFY(m_worker->perform({.kind = Kind::Fetch}));
        QTRY_COMPARE(last(u"peer_file_request"_s).value("targetPubkey"_L1).toString(), QString(64, u'b'));
    }

    //! The folder it serves holds what its file says and nothing of this machine.
    void folderAnswers()
    {
        enter();
        const auto file = [this](const QString &path) {
            return asked({{u"type"_s, u"peer_file_request_forward"_s},
                          {u"requesterPubkey"_s, u"r"_s},
                          {u"filePath"_s, path},
                          {u"_reqId"_s, path}},
                         u"peer_file_response"_s);
        };
        const QJsonObject plan = file(u"notes/plan.md"_s);
        QCOMPARE(QString::fromUtf8(QByteArray::fromBase64(plan.value("content"_L1).toString().toLatin1())), u"Plän"_s);
        QCOMPARE(plan.value("_reqId"_L1).toString(), u"notes/plan.md"_s);
        QCOMPARE(plan.value("requesterPubkey"_L1).toString(), u"r"_s);
        for (const QString &path : {u"/etc/passwd"_s, u"../x"_s, u"notes"_s, u"notes/../readme.md"_s, QString()}) {
            QVERIFY(!file(path).contains("content"_L1));
            QVERIFY(file(path).contains("error"_L1));
        }
        const auto folder = [this](const QString &path, const QJsonValue &pattern = QJsonValue::Undefined) {
            QJsonObject frame{
                {u"type"_s, u"peer_dir_request_forward"_s}, {u"requesterPubkey"_s, u"r"_s}, {u"dirPath"_s, path}};
            if (!pattern.isUndefined())
                frame.insert("pattern"_L1, pattern);
            return asked(frame, u"peer_dir_response"_s).value("entries"_L1).toArray();
        };
        const QJsonArray top{u"notes/"_s, u"readme.md"_s};
        for (const QString &path : {u"."_s, u"/"_s, QString(), u"./"_s})
            QCOMPARE(folder(path), top);
        QCOMPARE(folder(u"notes"_s), (QJsonArray{u"plan.md"_s, u"old/"_s}));
        QCOMPARE(folder(u"."_s, u"*.md"_s), QJsonArray{u"readme.md"_s});
        QVERIFY(folder(u".."_s).isEmpty());
    }
};

MESH_TEST(TestPersonaWorker)

} // namespace tst_personaworker

#include "tst_personaworker.moc"
