// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/protocol/storagecrypto.h"
#include "tests/localmesh/localfixture.h"
#include "tests/support/testprogram.h"

#include <QtCore/QDateTime>
#include <QtCore/QFile>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonObject>
#include <QtCore/QProcess>
#include <QtCore/QUrl>
#include <QtTest/QTest>

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
  "schedules": [{"to": "*", "text": "Lunch", "inMinutes": 600}, {"to": "@ops", "text": "Stand-up", "cron": "0 9 * * 1-5"}],
  "downloads": ["log-"],
  "replies": ["one", "two"]
})";
const QByteArray hand = R"({
  "name": "hand", "cwd": "~/x",
  "day": [{"from": 0, "to": 24, "rate": 600}],
  "tasks": {"takes": ["fix"], "results": ["Done."]},
  "skills": [{"name": "fixing", "description": "How to fix", "instructions": "Look first."}],
  "files": [{"path": "notes/plan.md", "text": "The plan"}, {"path": "readme.md", "text": "Read"}],
  "uploads": [{"name": "log-{7-7}.txt", "text": "All {8-8} green", "tags": ["nightly"]}, {"name": "plan.txt", "text": "For you", "to": "boss"}],
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

    //! A further session of a persona's member, with the keys that the data folder gives it.
    tests::Identity another(const QString &persona) const
    {
        QFile file(m_dir->filePath(u"keys/personas.key"_s));
        QByteArray root = file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
        const auto seed =
            protocol::deriveSubkey(protocol::SecretBytes::takeFrom(root), "persona member " + persona.toUtf8());
        auto member = protocol::KeyPair::fromSeed(*seed);
        return {m_broker->meshId(), {}, std::move(*member), protocol::KeyPair::generate()};
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
        const auto names = [&list](const QString &type, const QString &member) {
            QStringList found;
            for (const QJsonValue &entry : list(type, member))
                found << entry.toObject().value("name"_L1).toString();
            return found;
        };
        // What they ask of each other is told on a stream of the broker.
        QVERIFY(!watcher.ask({{u"type"_s, u"subscribe"_s}, {u"stream"_s, u"x-mesh:calls"_s}}).isEmpty());
        const auto told = [&watcher](const QString &kind) {
            const auto of = [&kind](const QJsonObject &frame) {
                return frame.value("stream"_L1) == "x-mesh:calls"_L1
                    && frame.value("data"_L1).toObject().value("kind"_L1) == kind;
            };
            return watcher.take(of, 60'000).value("data"_L1).toObject().value("name"_L1).toString();
        };

        const auto tasks = [&](const QString &status) {
            int count = 0;
            for (const QJsonValue &task : list(u"list_tasks"_s, u"tasks"_s))
                count += task.toObject().value("status"_L1).toString() == status;
            return count;
        };
        QTRY_VERIFY_WITH_TIMEOUT(tasks(u"done"_s) >= 1, 60'000);
        QCOMPARE(names(u"list_skills"_s, u"skills"_s), QStringList{u"fixing"_s});
        QTRY_VERIFY_WITH_TIMEOUT(names(u"topic_list"_s, u"topics"_s).contains(u"deploys"_s), 20'000);
        const auto posts = [&watcher] {
            return watcher.ask({{u"type"_s, u"topic_history"_s}, {u"topic"_s, u"deploys"_s}})
                .value("messages"_L1)
                .toArray()
                .size();
        };
        QTRY_VERIFY_WITH_TIMEOUT(posts() >= 1, 60'000);

        // Their calls go through the broker and come back, and so does anybody else's.
        QCOMPARE(told(u"tool_call"_s), u"count"_s);
        QCOMPARE(told(u"file_request"_s), u"plan.md"_s);
        QCOMPARE(names(u"mcp_list"_s, u"servers"_s), QStringList{u"hand-tools"_s});
        const QJsonObject called = watcher.ask({{u"type"_s, u"mcp_call"_s},
                                                {u"serverName"_s, u"hand-tools"_s},
                                                {u"toolName"_s, u"count"_s},
                                                {u"args"_s, QJsonObject()}});
        QCOMPARE(called.value("result"_L1)
                     .toObject()
                     .value("content"_L1)
                     .toArray()
                     .at(0)
                     .toObject()
                     .value("text"_L1)
                     .toString(),
                 u"7 rows"_s);
        QString handKey;
        for (const QJsonValue &peer : list(u"list_peers"_s, u"peers"_s)) {
            if (peer.toObject().value("displayName"_L1) == "hand"_L1)
                handKey = peer.toObject().value("pubkey"_L1).toString();
        }
        const QJsonObject file = watcher.ask(
            {{u"type"_s, u"peer_file_request"_s}, {u"targetPubkey"_s, handKey}, {u"filePath"_s, u"notes/plan.md"_s}});
        QCOMPARE(QByteArray::fromBase64(file.value("content"_L1).toString().toLatin1()), QByteArray("The plan"));
        QCOMPARE(watcher.ask({{u"type"_s, u"peer_dir_request"_s}, {u"targetPubkey"_s, handKey}, {u"dirPath"_s, u"."_s}})
                     .value("entries"_L1)
                     .toArray(),
                 (QJsonArray{u"notes/"_s, u"readme.md"_s}));

        // What one uploads the other reads; what is for the other nobody else sees.
        const auto uploaded = [&] {
            const QJsonArray files = list(u"list_files"_s, u"files"_s);
            return files.isEmpty() ? QJsonObject() : files.last().toObject();
        };
        QTRY_COMPARE_WITH_TIMEOUT(uploaded().value("name"_L1).toString(), u"log-7.txt"_s, 60'000);
        QCOMPARE(uploaded().value("tags"_L1).toArray(), QJsonArray{u"nightly"_s});
        QCOMPARE(uploaded().value("persistent"_L1).toBool(true), false);
        const QString url = watcher.ask({{u"type"_s, u"get_file"_s}, {u"fileId"_s, uploaded().value("id"_L1)}})
                                .value("url"_L1)
                                .toString();
        QCOMPARE(tests::httpGet(m_port, QUrl(url).toEncoded(QUrl::RemoveScheme | QUrl::RemoveAuthority)).body,
                 QByteArray("All 8 green"));
        const auto readers = [&] {
            QStringList found;
            for (const QJsonValue &file : list(u"list_files"_s, u"files"_s)) {
                const QJsonArray accesses =
                    watcher.ask({{u"type"_s, u"file_status"_s}, {u"fileId"_s, file.toObject().value("id"_L1)}})
                        .value("accesses"_L1)
                        .toArray();
                for (const QJsonValue &access : accesses)
                    found << access.toObject().value("peerName"_L1).toString();
            }
            return found;
        };
        QTRY_VERIFY_WITH_TIMEOUT(readers().contains(u"boss"_s), 60'000);
        QVERIFY(!names(u"list_files"_s, u"files"_s).contains(u"plan.txt"_s));

        // Schedules and files for one are the member's own business: another session of the boss sees them.
        tests::TestClient bossToo;
        QVERIFY(bossToo.enter(m_port, another(u"boss"_s), u"boss-too"_s));
        const QJsonArray waiting = bossToo.ask({{u"type"_s, u"list_scheduled"_s}}).value("messages"_L1).toArray();
        QStringList texts;
        for (const QJsonValue &entry : waiting) {
            texts << entry.toObject().value("message"_L1).toString();
            QVERIFY(entry.toObject().value("deliverAt"_L1).toInteger() > QDateTime::currentMSecsSinceEpoch());
        }
        texts.sort();
        QCOMPARE(texts, (QStringList{u"Lunch"_s, u"Stand-up"_s}));
        const auto plans = [&bossToo] {
            return bossToo.ask({{u"type"_s, u"list_files"_s}, {u"query"_s, u"plan.txt"_s}})
                .value("files"_L1)
                .toArray()
                .size();
        };
        QTRY_VERIFY_WITH_TIMEOUT(plans() >= 1, 60'000);
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
