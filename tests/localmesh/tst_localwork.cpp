// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/database.h"
#include "localmesh/datafolder.h"
#include "tests/localmesh/localfixture.h"
#include "tests/support/testprogram.h"

#include <QtCore/QJsonArray>

namespace tst_localwork {

using namespace Qt::StringLiterals;
using mesh::tests::Identity;
using mesh::tests::TestClient;

//! Tasks, contexts, skills and the vault.
class TestLocalWork final : public QObject, private mesh::tests::LocalFixture
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void tasksGoFromOpenToDone();
    void taskListsAreFiltered();
    void taskRefusals();
    void contextsReplaceAndTellOthers();
    void contextSearchTakesTextLiterally();
    void skillsAreSharedByName();
    void vaultIsPrivate();
    void everythingSurvivesARestart();
    void doneTasksMakeRoom();
    void absentServicesSaySo_data();
    void absentServicesSaySo();

private:
    QString code(const QJsonObject &frame) { return m_a->ask(frame).value("code"_L1).toString(); }
    QJsonArray list(TestClient &client, const QString &type, const QString &member, const QJsonObject &more = {})
    {
        QJsonObject frame = more;
        frame.insert("type"_L1, type);
        return client.ask(frame).value(member).toArray();
    }

    Identity m_ada;
    Identity m_ben;
    std::unique_ptr<TestClient> m_a;
    std::unique_ptr<TestClient> m_b;
};

void TestLocalWork::init()
{
    setUp();
    start();
    m_ada = newMember(u"ada"_s);
    m_ben = newMember(u"ben"_s);
    m_a = std::make_unique<TestClient>();
    m_b = std::make_unique<TestClient>();
    QVERIFY(m_a->enter(m_port, m_ada, u"Ada"_s) && m_b->enter(m_port, m_ben, u"Ben"_s));
}

void TestLocalWork::cleanup()
{
    m_a.reset();
    m_b.reset();
    tearDown();
}

void TestLocalWork::tasksGoFromOpenToDone()
{
    const QJsonObject made = m_a->ask({{u"type"_s, u"create_task"_s},
                                       {u"title"_s, u"Fix the login"_s},
                                       {u"assignee"_s, u"ben"_s},
                                       {u"tags"_s, QJsonArray{u"auth"_s}}});
    QCOMPARE(made.value("type"_L1).toString(), u"task_created"_s);
    const QString id = made.value("id"_L1).toString();
    QJsonObject row = list(*m_b, u"list_tasks"_s, u"tasks"_s).at(0).toObject();
    QCOMPARE(row.value("status"_L1).toString(), u"open"_s);
    QCOMPARE(row.value("priority"_L1).toString(), u"normal"_s);
    QCOMPARE(row.value("createdBy"_L1).toString(), u"ada"_s);
    QCOMPARE(row.value("assignee"_L1).toString(), u"ben"_s);
    QVERIFY(row.value("claimedBy"_L1).isNull());
    QCOMPARE(row.value("tags"_L1).toArray(), QJsonArray{u"auth"_s});
    // Two want it; one gets it.
    row = list(*m_b, u"claim_task"_s, u"tasks"_s, {{u"taskId"_s, id}}).at(0).toObject();
    QCOMPARE(row.value("claimedBy"_L1).toString(), u"ben"_s);
    QCOMPARE(code({{u"type"_s, u"claim_task"_s}, {u"taskId"_s, id}}), u"task_not_claimable"_s);
    const QJsonObject tasks = m_a->ask({{u"type"_s, u"mesh_info"_s}}).value("tasks"_L1).toObject();
    QCOMPARE(tasks, QJsonObject({{u"open"_s, 0}, {u"claimed"_s, 1}, {u"done"_s, 0}}));
    row = list(*m_a, u"complete_task"_s, u"tasks"_s, {{u"taskId"_s, id}, {u"result"_s, u"done"_s}}).at(0).toObject();
    QCOMPARE(row.value("status"_L1).toString(), u"done"_s);
    QCOMPARE(row.value("claimedBy"_L1).toString(), u"ben"_s);
}

void TestLocalWork::taskListsAreFiltered()
{
    QString first;
    for (int i = 0; i < 105; ++i) {
        const QString id = m_a->ask({{u"type"_s, u"create_task"_s},
                                     {u"title"_s, QString::number(i)},
                                     {u"assignee"_s, i % 2 ? u"ben"_s : u"o'neil"_s}})
                               .value("id"_L1)
                               .toString();
        if (first.isEmpty())
            first = id;
    }
    m_a->ask({{u"type"_s, u"claim_task"_s}, {u"taskId"_s, first}});
    const QJsonArray all = list(*m_a, u"list_tasks"_s, u"tasks"_s);
    QCOMPARE(all.size(), 100);
    QCOMPARE(all.at(0).toObject().value("title"_L1).toString(), u"104"_s);
    QCOMPARE(list(*m_a, u"list_tasks"_s, u"tasks"_s, {{u"status"_s, u"claimed"_s}}).size(), 1);
    QCOMPARE(list(*m_a, u"list_tasks"_s, u"tasks"_s, {{u"assignee"_s, u"o'neil"_s}}).size(), 53);
    QCOMPARE(
        list(*m_a, u"list_tasks"_s, u"tasks"_s, {{u"assignee"_s, u"o'neil"_s}, {u"status"_s, u"claimed"_s}}).size(), 1);
    QVERIFY(list(*m_a, u"list_tasks"_s, u"tasks"_s, {{u"assignee"_s, u"cyd"_s}}).isEmpty());
}

void TestLocalWork::taskRefusals()
{
    QCOMPARE(code({{u"type"_s, u"create_task"_s}}), u"invalid_args"_s);
    QCOMPARE(code({{u"type"_s, u"create_task"_s}, {u"title"_s, u""_s}}), u"invalid_args"_s);
    QCOMPARE(code({{u"type"_s, u"create_task"_s}, {u"title"_s, QString(20'000, u'x')}}), u"invalid_args"_s);
    QCOMPARE(code({{u"type"_s, u"claim_task"_s}, {u"taskId"_s, u"nope"_s}}), u"task_not_claimable"_s);
    QCOMPARE(code({{u"type"_s, u"complete_task"_s}, {u"taskId"_s, u"nope"_s}}), u"task_not_found"_s);
    QCOMPARE(code({{u"type"_s, u"list_tasks"_s}, {u"status"_s, u"late"_s}}), u"invalid_args"_s);
}

void TestLocalWork::contextsReplaceAndTellOthers()
{
    m_a->send({{u"type"_s, u"share_context"_s},
               {u"summary"_s, u"Auth flow traced"_s},
               {u"filesRead"_s, QJsonArray{u"src/auth.ts"_s}},
               {u"tags"_s, QJsonArray{u"security"_s}}});
    const QJsonObject shared = m_a->takeType(u"context_shared"_s);
    QCOMPARE(shared.keys(), QStringList({u"id"_s, u"type"_s}));
    const QJsonObject change = m_b->takeType(u"state_change"_s);
    QCOMPARE(change.value("key"_L1).toString(), u"_context:ada"_s);
    QCOMPARE(change.value("value"_L1).toString(), u"Auth flow traced"_s);
    const QJsonObject found =
        list(*m_b, u"get_context"_s, u"contexts"_s, {{u"query"_s, u"security"_s}}).at(0).toObject();
    QCOMPARE(found.value("filesRead"_L1).toArray(), QJsonArray{u"src/auth.ts"_s});
    QCOMPARE(found.value("keyFindings"_L1).toArray(), QJsonArray());

    m_a->send({{u"type"_s, u"share_context"_s}, {u"summary"_s, u"Now the gateway"_s}});
    QCOMPARE(m_a->takeType(u"context_shared"_s).value("id"_L1), shared.value("id"_L1));
    const QJsonArray all = list(*m_b, u"list_contexts"_s, u"contexts"_s);
    QCOMPARE(all.size(), 1);
    QCOMPARE(all.at(0).toObject().keys(), QStringList({u"peerName"_s, u"summary"_s, u"tags"_s, u"updatedAt"_s}));
    QVERIFY(list(*m_b, u"get_context"_s, u"contexts"_s, {{u"query"_s, u"security"_s}}).isEmpty());
    QCOMPARE(code({{u"type"_s, u"share_context"_s}, {u"summary"_s, u""_s}}), u"invalid_args"_s);
}

void TestLocalWork::contextSearchTakesTextLiterally()
{
    m_a->send({{u"type"_s, u"share_context"_s}, {u"summary"_s, u"100% of a_b \\ c's"_s}});
    QVERIFY(!m_a->takeType(u"context_shared"_s).isEmpty());
    const auto hits = [&](const QString &query) {
        return list(*m_b, u"get_context"_s, u"contexts"_s, {{u"query"_s, query}}).size();
    };
    for (const QString &query : {u"100%"_s, u"a_b"_s, u"\\ c"_s, u"c's"_s, u"OF A"_s})
        QVERIFY2(hits(query) == 1, qPrintable(query));
    for (const QString &query : {u"1%0"_s, u"a-b"_s, u"' OR 1=1 --"_s})
        QVERIFY2(hits(query) == 0, qPrintable(query));
}

void TestLocalWork::skillsAreSharedByName()
{
    const auto share = [](TestClient &client, const QJsonObject &more) {
        QJsonObject frame{{u"type"_s, u"share_skill"_s},
                          {u"name"_s, u"notes"_s},
                          {u"description"_s, u"Writes notes"_s},
                          {u"instructions"_s, u"1. read"_s}};
        for (auto it = more.constBegin(); it != more.constEnd(); ++it)
            frame.insert(it.key(), it.value());
        return client.ask(frame);
    };
    QCOMPARE(share(*m_a, {{u"tags"_s, QJsonArray{u"docs"_s}}}).value("action"_L1).toString(), u"shared"_s);
    QJsonObject skill = m_b->ask({{u"type"_s, u"get_skill"_s}, {u"name"_s, u"notes"_s}}).value("skill"_L1).toObject();
    QVERIFY(skill.value("manifest"_L1).isNull());
    QCOMPARE(skill.value("author"_L1).toString(), u"ada"_s);
    share(*m_b, {{u"instructions"_s, u"2. write"_s}, {u"manifest"_s, QJsonObject{{u"model"_s, u"opus"_s}}}});
    skill = m_a->ask({{u"type"_s, u"get_skill"_s}, {u"name"_s, u"notes"_s}}).value("skill"_L1).toObject();
    QCOMPARE(skill.value("instructions"_L1).toString(), u"2. write"_s);
    QCOMPARE(skill.value("manifest"_L1).toObject().value("model"_L1).toString(), u"opus"_s);
    QCOMPARE(skill.value("author"_L1).toString(), u"ben"_s);
    QCOMPARE(list(*m_a, u"list_skills"_s, u"skills"_s, {{u"query"_s, u"writes"_s}}).size(), 1);
    QVERIFY(list(*m_a, u"list_skills"_s, u"skills"_s, {{u"query"_s, u"%"_s}}).isEmpty());
    QVERIFY(m_a->ask({{u"type"_s, u"get_skill"_s}, {u"name"_s, u"none"_s}}).value("skill"_L1).isNull());
    QCOMPARE(code({{u"type"_s, u"get_skill"_s}}), u"invalid_args"_s);
    QCOMPARE(share(*m_a, {{u"name"_s, u""_s}}).value("code"_L1).toString(), u"invalid_args"_s);
    const auto remove = [&] {
        return m_b->ask({{u"type"_s, u"remove_skill"_s}, {u"name"_s, u"notes"_s}}).value("action"_L1).toString();
    };
    QCOMPARE(remove(), u"removed"_s);
    QCOMPARE(remove(), u"not_found"_s);
}

void TestLocalWork::vaultIsPrivate()
{
    const auto set = [this](const QString &key, const QString &type) {
        return m_a->ask({{u"type"_s, u"vault_set"_s},
                         {u"key"_s, key},
                         {u"ciphertext"_s, u"Y3Q="_s},
                         {u"nonce"_s, u"bm8="_s},
                         {u"sealed_key"_s, u"c2s="_s},
                         {u"entry_type"_s, type}});
    };
    QCOMPARE(set(u"TOKEN"_s, u"env"_s).value("action"_L1).toString(), u"stored"_s);
    QCOMPARE(set(u"TOKEN"_s, u"env"_s).value("action"_L1).toString(), u"stored"_s);
    QCOMPARE(set(u"TOKEN"_s, u"odd"_s).value("code"_L1).toString(), u"vault_error"_s);
    QCOMPARE(set({}, u"env"_s).value("code"_L1).toString(), u"invalid_args"_s);
    QCOMPARE(list(*m_a, u"vault_list"_s, u"entries"_s).size(), 1);
    QVERIFY(list(*m_b, u"vault_list"_s, u"entries"_s).isEmpty());
    const QJsonObject wanted{{u"keys"_s, QJsonArray{u"none"_s, u"TOKEN"_s}}};
    QCOMPARE(list(*m_a, u"vault_get"_s, u"entries"_s, wanted).at(0).toObject().value("sealed_key"_L1).toString(),
             u"c2s="_s);
    QVERIFY(list(*m_b, u"vault_get"_s, u"entries"_s, wanted).isEmpty());
    QCOMPARE(m_b->ask({{u"type"_s, u"vault_delete"_s}, {u"key"_s, u"TOKEN"_s}}).value("action"_L1).toString(),
             u"not_found"_s);
    QCOMPARE(m_a->ask({{u"type"_s, u"vault_delete"_s}, {u"key"_s, u"TOKEN"_s}}).value("action"_L1).toString(),
             u"deleted"_s);
}

void TestLocalWork::everythingSurvivesARestart()
{
    m_a->ask({{u"type"_s, u"create_task"_s}, {u"title"_s, u"kept"_s}});
    m_a->send({{u"type"_s, u"share_context"_s}, {u"summary"_s, u"kept"_s}});
    QVERIFY(!m_a->takeType(u"context_shared"_s).isEmpty());
    m_a->ask({{u"type"_s, u"share_skill"_s},
              {u"name"_s, u"kept"_s},
              {u"description"_s, u"d"_s},
              {u"instructions"_s, u"i"_s}});
    m_a->ask({{u"type"_s, u"vault_set"_s},
              {u"key"_s, u"kept"_s},
              {u"ciphertext"_s, u"a"_s},
              {u"nonce"_s, u"b"_s},
              {u"sealed_key"_s, u"c"_s},
              {u"entry_type"_s, u"file"_s},
              {u"mount_path"_s, u"/x"_s}});
    m_broker.reset();
    start();
    TestClient a;
    QVERIFY(a.enter(m_port, m_ada, u"Ada"_s));
    QCOMPARE(list(a, u"list_tasks"_s, u"tasks"_s).at(0).toObject().value("title"_L1).toString(), u"kept"_s);
    QCOMPARE(list(a, u"list_contexts"_s, u"contexts"_s).size(), 1);
    QCOMPARE(list(a, u"list_skills"_s, u"skills"_s).size(), 1);
    QCOMPARE(list(a, u"vault_list"_s, u"entries"_s).at(0).toObject().value("mount_path"_L1).toString(), u"/x"_s);
}

void TestLocalWork::doneTasksMakeRoom()
{
    m_a.reset();
    m_b.reset();
    m_broker.reset();
    const auto fill = [this](const char *status) {
        auto database =
            mesh::local::Database::open(mesh::local::DataFolder::databasePath(m_dir->filePath(u"data"_s)), false);
        const QByteArray sql = "DELETE FROM task; "
                               "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<100000) "
                               "INSERT INTO task(id, title, status, priority, created_by, tags, created_at) "
                               "SELECT 'task-' || i, 'old ' || i, 'open', 'normal', 'x', '[]', i FROM n; "
                               "UPDATE task SET status='"
            + QByteArray(status) + "' WHERE seq%2=1;";
        return database && (*database)->execute(sql.constData()).hasValue();
    };
    const QJsonObject create{{u"type"_s, u"create_task"_s}, {u"title"_s, u"new"_s}};
    QVERIFY(fill("done"));
    start();
    {
        TestClient a;
        QVERIFY(a.enter(m_port, m_ada, u"Ada"_s));
        const auto counts = [&a] { return a.ask({{u"type"_s, u"mesh_info"_s}}).value("tasks"_L1).toObject(); };
        const int done = counts().value("done"_L1).toInt();
        QCOMPARE(a.ask(create).value("type"_L1).toString(), u"task_created"_s);
        QCOMPARE(counts().value("done"_L1).toInt(), done - 1);
        QCOMPARE(counts().value("open"_L1).toInt() + done - 1, 100'000);
        QCOMPARE(list(a, u"list_tasks"_s, u"tasks"_s).at(0).toObject().value("title"_L1).toString(), u"new"_s);
    }
    // What somebody still has to do is never dropped.
    m_broker.reset();
    QVERIFY(fill("claimed"));
    start();
    TestClient a;
    QVERIFY(a.enter(m_port, m_ada, u"Ada"_s));
    QCOMPARE(a.ask(create).value("code"_L1).toString(), u"limit"_s);
}

void TestLocalWork::absentServicesSaySo_data()
{
    QTest::addColumn<QJsonObject>("frame");
    QTest::addColumn<QString>("code");
    const auto row = [](const char *type, QJsonObject frame, const QString &code) {
        frame.insert("type"_L1, QString::fromLatin1(type));
        QTest::newRow(type) << frame << code;
    };
    row("vector_store", {{u"collection"_s, u"c"_s}, {u"text"_s, u"t"_s}}, u"vector_error"_s);
    row("vector_search", {{u"collection"_s, u"c"_s}, {u"query"_s, u"t"_s}}, {});
    row("vector_delete", {{u"collection"_s, u"c"_s}, {u"id"_s, u"1"_s}}, {});
    row("list_collections", {}, {});
    row("graph_query", {{u"cypher"_s, u"RETURN 1"_s}}, u"graph_error"_s);
    row("graph_execute", {{u"cypher"_s, u"RETURN 1"_s}}, u"graph_error"_s);
    row("mesh_query", {{u"sql"_s, u"select 1"_s}}, u"query_error"_s);
    row("mesh_execute", {{u"sql"_s, u"select 1"_s}}, u"execute_error"_s);
    row("mesh_schema", {}, {});
    row("mcp_deploy", {{u"server_name"_s, u"x/y"_s}, {u"source"_s, QJsonObject()}}, u"invalid_name"_s);
    row("mcp_undeploy", {{u"server_name"_s, u"x"_s}}, {});
    row("mcp_update", {{u"server_name"_s, u"x"_s}}, {});
    row("mcp_logs", {{u"server_name"_s, u"x"_s}}, {});
    row("mcp_schema", {{u"server_name"_s, u"x"_s}}, u"schema_error"_s);
    row("mcp_scope", {{u"server_name"_s, u"x"_s}}, u"scope_error"_s);
    row("mcp_catalog", {}, {});
    row("skill_deploy", {{u"source"_s, QJsonObject()}}, u"deploy_error"_s);
}

void TestLocalWork::absentServicesSaySo()
{
    QFETCH(QJsonObject, frame);
    QFETCH(QString, code);
    const QJsonObject answer = m_a->ask(frame);
    QVERIFY(!answer.isEmpty());
    QCOMPARE(answer.value("code"_L1).toString(), code);
    QCOMPARE(answer.value("type"_L1) == "error"_L1, !code.isEmpty());
}

MESH_TEST(TestLocalWork)

} // namespace tst_localwork

#include "tst_localwork.moc"
