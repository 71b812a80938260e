// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/localmesh/localfixture.h"
#include "tests/support/testprogram.h"

#include <QtCore/QFile>
#include <QtCore/QJsonArray>
#include <QtCore/QProcess>
#include <QtTest/QtTest>

#include <sys/stat.h>

namespace tst_scenario {

using namespace Qt::StringLiterals;
using namespace mesh;

namespace {

// Two who work for each other the whole day, as fast as they may.
const QByteArray boss = R"({
  "name": "boss", "cwd": "~/x",
  "day": [{"from": 0, "to": 24, "rate": 600}],
  "tasks": {"opens": [{"title": "Fix number {1-9}"}]},
  "topics": [{"name": "deploys", "lines": ["Live."]}],
  "fetches": [{"from": "hand", "path": "notes/plan.md"}],
  "calls": [{"server": "hand-tools", "tool": "count", "args": {}}],
  "schedules": [{"to": "*", "text": "Lunch", "inMinutes": 600}],
  "replies": ["one", "two"]
})";
const QByteArray hand = R"({
  "name": "hand", "cwd": "~/x",
  "day": [{"from": 0, "to": 24, "rate": 600}],
  "tasks": {"takes": ["fix"], "results": ["Done."]},
  "skills": [{"name": "fixing", "description": "How to fix", "instructions": "Look first."}],
  "files": [{"path": "notes/plan.md", "text": "The plan"}, {"path": "readme.md", "text": "Read"}],
  "servers": [{"name": "hand-tools", "description": "d", "tools": [{"name": "count", "answers": ["{7-7} rows"]}]}],
  "replies": ["one", "two"]
})";
const QByteArray run = R"({"name": "R", "speed": 100, "personas": [{"file": "boss.json"}, {"file": "hand.json"}]})";

} // namespace

//! claudemesh-local --personas as a process of its own, on the real broker of this one, watched by an ordinary peer.
class TestScenario final : public QObject, private tests::LocalFixture
{
    Q_OBJECT

private:
    QProcess m_process;

    bool put(const QString &name, const QByteArray &json) const
    {
        QFile file(m_dir->filePath(name));
        return file.open(QIODevice::WriteOnly) && file.write(json) == json.size();
    }

    QStringList arguments(const QString &link) const
    {
        return {u"--personas"_s, m_dir->filePath(u"run.json"_s), u"--join"_s, link,
                u"--data"_s,     m_dir->filePath(u"keys"_s)};
    }

private Q_SLOTS:
    void init() { setUp(); }
    void cleanup()
    {
        m_process.terminate();
        m_process.waitForFinished();
        tearDown();
    }

    void theyWorkOnABrokerTheyJoinByInvite()
    {
        QVERIFY(put(u"boss.json"_s, boss) && put(u"hand.json"_s, hand) && put(u"run.json"_s, run));
        start();
        const auto link = m_broker->makeInvite(local::InviteRequest{.maxUses = 2});
        QVERIFY(link.hasValue());
        m_process.start(QStringLiteral(MESH_LOCAL_BROKER), arguments(*link));
        QTRY_VERIFY_WITH_TIMEOUT(m_process.canReadLine(), 30'000);
        QCOMPARE(m_process.readLine(), QByteArray("2 of 2 personas are in personal\n"));

        tests::TestClient watcher;
        QVERIFY(watcher.enter(m_port, newMember(u"watcher"_s), u"watcher"_s));
        const auto list = [&watcher](const QString &type, const QString &member) {
            return watcher.ask({{u"type"_s, type}}).value(member).toArray();
        };
        const auto tasks = [&](const QString &status) {
            int count = 0;
            for (const QJsonValue &task : list(u"list_tasks"_s, u"tasks"_s))
                count += task.toObject().value("status"_L1).toString() == status;
            return count;
        };
        QTRY_VERIFY_WITH_TIMEOUT(tasks(u"done"_s) >= 1, 60'000);
        QCOMPARE(list(u"list_skills"_s, u"skills"_s).first().toObject().value("name"_L1).toString(), u"fixing"_s);
        const auto topicNames = [&] {
            QStringList names;
            for (const QJsonValue &topic : list(u"topic_list"_s, u"topics"_s))
                names << topic.toObject().value("name"_L1).toString();
            return names;
        };
        QTRY_VERIFY_WITH_TIMEOUT(topicNames().contains(u"deploys"_s), 20'000);
        const auto posts = [&watcher] {
            return watcher.ask({{u"type"_s, u"topic_history"_s}, {u"topic"_s, u"deploys"_s}})
                .value("messages"_L1)
                .toArray()
                .size();
        };
        QTRY_VERIFY_WITH_TIMEOUT(posts() >= 1, 60'000);
    }

    //! The same keys the next time: they are the members they were, and need no new use of the invite.
    void theyStayTheSameMembers()
    {
        QVERIFY(put(u"boss.json"_s, boss) && put(u"hand.json"_s, hand) && put(u"run.json"_s, run));
        start();
        const auto link = m_broker->makeInvite(local::InviteRequest{.maxUses = 2});
        for (int round = 0; round < 2; ++round) {
            m_process.start(QStringLiteral(MESH_LOCAL_BROKER), arguments(*link));
            QTRY_VERIFY_WITH_TIMEOUT(m_process.canReadLine(), 30'000);
            QCOMPARE(m_process.readLine(), QByteArray("2 of 2 personas are in personal\n"));
            m_process.terminate();
            QVERIFY(m_process.waitForFinished());
        }
        QCOMPARE(m_broker->invites()->constFirst().used, 2);
        struct stat info = {};
        QCOMPARE(::stat(QFile::encodeName(m_dir->filePath(u"keys/personas.key"_s)).constData(), &info), 0);
        QCOMPARE(int(info.st_mode & 0777), 0600);
    }

    //! claudemesh-local --template: there before anybody joins, and only in a mesh that is new.
    void aMeshIsMadeFromATemplate()
    {
        const QString dir = m_dir->filePath(u"made"_s);
        const auto run = [&](const QString &meshTemplate) {
            m_process.start(QStringLiteral(MESH_LOCAL_BROKER),
                            {u"--data"_s, dir, u"--port"_s, u"0"_s, u"--template"_s, meshTemplate});
            [this] { QTRY_VERIFY_WITH_TIMEOUT(m_process.canReadLine(), 20'000); }();
            return quint16(m_process.readLine().split(':').value(2).split('/').value(0).toUInt());
        };
        quint16 port = run(u"ops-incident"_s);
        QProcess invite;
        invite.start(QStringLiteral(MESH_LOCAL_BROKER), {u"--data"_s, dir, u"--invite"_s});
        QVERIFY(invite.waitForFinished());
        const auto identity =
            tests::joinMesh(port, QString::fromUtf8(invite.readAllStandardOutput()).trimmed(), u"watcher"_s);
        const auto valueOf = [&](const QString &key) {
            tests::TestClient watcher;
            return watcher.enter(port, identity, u"watcher"_s)
                ? watcher.ask({{u"type"_s, u"get_state"_s}, {u"key"_s, key}}).value("value"_L1)
                : QJsonValue();
        };
        QCOMPARE(valueOf(u"severity"_s).toString(), u"none"_s);
        QCOMPARE(valueOf(u"mesh:template"_s).toObject().value("key"_L1).toString(), u"ops-incident"_s);
        {
            tests::TestClient watcher;
            QVERIFY(watcher.enter(port, identity, u"watcher"_s));
            const QJsonObject skill = watcher.ask({{u"type"_s, u"get_skill"_s}, {u"name"_s, u"incident-member"_s}})
                                          .value("skill"_L1)
                                          .toObject();
            QVERIFY(skill.value("instructions"_L1).toString().contains("incident commander"_L1));
        }
        m_process.terminate();
        QVERIFY(m_process.waitForFinished());

        port = run(u"simulation"_s); // it has a member by now, and stays what it is
        QCOMPARE(valueOf(u"mesh:template"_s).toObject().value("key"_L1).toString(), u"ops-incident"_s);
        QVERIFY(valueOf(u"turn"_s).isNull());
        m_process.terminate();
        QVERIFY(m_process.waitForFinished());
        QVERIFY(m_process.readAllStandardError().contains("leaves it as it is"));

        QVERIFY(put(u"bad.json"_s, "{\n  \"key\": 3}"));
        m_process.start(QStringLiteral(MESH_LOCAL_BROKER),
                        {u"--data"_s, dir, u"--template"_s, m_dir->filePath(u"bad.json"_s)});
        QVERIFY(m_process.waitForFinished());
        QCOMPARE(m_process.exitCode(), 2);
        QVERIFY(m_process.readAllStandardError().contains("bad.json: line 2, column 10: key must be a text"));
    }

    void whatIsWrongIsNamed()
    {
        QVERIFY(put(u"run.json"_s, "{\n\"name\": 3}"));
        start();
        const auto ends = [this](const QStringList &line, const char *says) {
            m_process.start(QStringLiteral(MESH_LOCAL_BROKER), line);
            // Not waitForFinished(): the broker that they ask lives on this thread.
            [this] { QTRY_COMPARE_WITH_TIMEOUT(m_process.state(), QProcess::NotRunning, 20'000); }();
            if (m_process.state() != QProcess::NotRunning || m_process.exitCode() != 2)
                return false;
            const QByteArray error = m_process.readAllStandardError();
            if (!error.contains(says))
                qWarning() << error;
            return error.contains(says);
        };
        const QString link = *m_broker->makeInvite(local::InviteRequest{.maxUses = 1});
        QVERIFY(ends(arguments(link), "run.json: line 2, column 9: name must be a text"));
        QVERIFY(put(u"run.json"_s, R"({"name": "x", "personas": [{"persona": "qa", "count": 2}]})"));
        QVERIFY(ends(arguments(u"nonsense"_s), "--join: "));
        QVERIFY(ends({u"--join"_s, link}, "name a scenario"));
        QVERIFY(ends({u"--personas"_s, u"nothing"_s}, "crowd, shop"));
        QVERIFY(ends(arguments(link), "the personas cannot join")); // two, and one use
    }
};

MESH_TEST(TestScenario)

} // namespace tst_scenario

#include "tst_scenario.moc"
