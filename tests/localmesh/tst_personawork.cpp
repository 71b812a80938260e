// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/personahabits.h"
#include "localmesh/personarunner.h"
#include "localmesh/personascenario.h"
#include "tests/support/testprogram.h"

#include <QtCore/QFile>
#include <QtCore/QHash>
#include <QtCore/QSet>
#include <QtCore/QTemporaryDir>
#include <QtTest/QTest>

namespace tst_personawork {

using namespace Qt::StringLiterals;
using namespace mesh::local;
using Kind = PersonaChore::Kind;

namespace {

const QByteArray worker = R"({
  "name": "ada",
  "cwd": "~/x",
  "day": [{"from": 0, "to": 24, "rate": 600}],
  "tasks": {"opens": [{"title": "Fix {3-4}", "priority": "high", "for": "bob", "tags": ["bug"]}], "takes": ["Fix"], "results": ["Done {1-2}."]},
  "skills": [{"name": "s", "description": "d", "instructions": "i"}],
  "files": [{"path": "notes/a.md", "text": "A"}],
  "fetches": [{"from": "bob", "path": "b.md"}], "uploads": [{"name": "r-{1-9}.md", "text": "R", "to": "@ops", "tags": ["t"]}], "downloads": ["r-"],
  "topics": [{"name": "quiet"}, {"name": "deploys", "lines": ["Live."]}],
  "schedules": [{"to": "@ops", "text": "Stand-up", "cron": "0 9 * * 1-5"}, {"to": "*", "text": "Lunch", "inMinutes": 30}],
  "servers": [{"name": "tools", "tools": [{"name": "count", "answers": ["{5-6}"]}]}],
  "calls": [{"server": "tools", "tool": "count", "args": {"of": "orders"}}],
  "style": {"pauseSeconds": [0.5, 2], "quotes": 1, "splits": 1, "emoji": ["x"], "emojiShare": 1, "lowerCase": true},
  "errors": {"silent": 0.5, "late": 0.25, "typos": 1, "failures": 0.5, "drops": 6},
  "replies": ["One. Two.", "Three."]
}
)";

QByteArray changed(const char *what, const QByteArray &instead)
{
    QByteArray json = worker;
    return json.contains(what) ? json.replace(what, instead) : QByteArray();
}

PersonaScript script(const QByteArray &json = worker)
{
    const auto parsed = parsePersona(json, u"ada.json"_s);
    if (!parsed)
        qFatal("%s", qPrintable(parsed.error().detail));
    return *parsed;
}

} // namespace

//! Work, style and errors of personas as their files say them, and scenarios.
class TestPersonaWork final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsAll()
    {
        const PersonaWork work = script().work;
        QCOMPARE(work.tasks, (QList<PersonaTask>{{u"Fix {3-4}"_s, u"high"_s, u"bob"_s, {u"bug"_s}}}));
        QCOMPARE(work.claims, QStringList{u"fix"_s});
        QCOMPARE(work.topics.size(), 2);
        QCOMPARE(work.schedules[0].cron, u"0 9 * * 1-5"_s);
        QCOMPARE(work.schedules[1].inMinutes, 30);
        QCOMPARE(work.servers[0].tools[0].answers, QStringList{u"{5-6}"_s});
        QCOMPARE(work.calls[0].args.value("of"_L1).toString(), u"orders"_s);
        QCOMPARE(work.uploads, (QList<PersonaUpload>{{u"r-{1-9}.md"_s, u"R"_s, u"@ops"_s, {u"t"_s}}}));
        QCOMPARE(work.downloads, QStringList{u"r-"_s});
        QCOMPARE(script().style.pauseMaxS, 2.0);
        QCOMPARE(script().errors.drops, 6.0);
    }

    void mistakes_data()
    {
        QTest::addColumn<QByteArray>("json");
        QTest::addColumn<QString>("place");
        QTest::addColumn<QString>("says");
        const auto row = [](const char *name, const QByteArray &json, const QString &place, const QString &says) {
            QTest::newRow(name) << json << place << says;
        };
        row("takes without results", changed(", \"results\": [\"Done {1-2}.\"]", ""), u"line 5, column 12"_s,
            u"no results"_s);
        row("unknown in tasks", changed("\"takes\"", "\"take\""), u"line 5, "_s, u"tasks.take is not known here"_s);
        row("skill lacks instructions", changed(", \"instructions\": \"i\"", ""), u"line 6, column 14"_s,
            u"skills[0] lacks instructions"_s);
        row("file outside", changed("notes/a.md", "../a.md"), u"line 7, column 13"_s, u"path below its folder"_s);
        row("absolute file", changed("notes/a.md", "/etc/passwd"), u"line 7, column 13"_s, u"path below its folder"_s);
        row("file without name", changed("notes/a.md", "notes/"), u"line 7, column 13"_s, u"path below its folder"_s);
        row("fetch from itself", changed("{\"from\": \"bob\"", "{\"from\": \"ada\""), u"line 8, column 14"_s,
            u"persona itself"_s);
        row("topic name", changed("\"quiet\"", "\"Quiet one\""), u"line 9, column 14"_s, u"topics[0]"_s);
        row("schedule to a peer", changed("\"@ops\"", "\"bob\""), u"line 10, column 17"_s, u"than @group or *"_s);
        row("two times", changed("\"cron\":", "\"inMinutes\": 3, \"cron\":"), u"line 10, column 17"_s,
            u"either cron or inMinutes"_s);
        row("cron with names", changed("1-5\"", "MON\""), u"line 10, column 17"_s, u"five fields"_s);
        row("cron of four", changed("* * 1-5\"", "* 1-5\""), u"line 10, column 17"_s, u"five fields"_s);
        row("too far", changed("\"inMinutes\": 30", "\"inMinutes\": 40000"), u"line 10, "_s, u"from 1 to 28800"_s);
        row("no answers", changed(", \"answers\": [\"{5-6}\"]", ""), u"line 11, "_s, u"has no answers"_s);
        row("args no object", changed("{\"of\": \"orders\"}", "[1]"), u"line 12, "_s, u"args must be an object"_s);
        row("pause backwards", changed("[0.5, 2]", "[2, 0.5]"), u"line 13, column 29"_s, u"two numbers"_s);
        row("pause of one", changed("[0.5, 2]", "[2]"), u"line 13, column 29"_s, u"two numbers"_s);
        row("emoji missing", changed("\"emoji\": [\"x\"], ", ""), u"line 13, column 12"_s, u"no emoji"_s);
        row("a share over one", changed("\"late\": 0.25", "\"late\": 2"), u"line 14, "_s,
            u"errors.late must be a number from 0 to 1"_s);
        row("upload with a path", changed("r-{1-9}.md", "../r.md"), u"line 8, column 61"_s, u"name without a path"_s);
        row("upload to a bad group", changed("\"to\": \"@ops\", \"tags\"", "\"to\": \"@o's\", \"tags\""),
            u"line 8, column 61"_s, u"other characters"_s);
        row("upload without text", changed("\"text\": \"R\", ", ""), u"line 8, column 61"_s, u"lacks text"_s);
        row("downloads nothing", changed("[\"r-\"]", "[\"\"]"), u"line 8, "_s, u"downloads[0]"_s);
        row("lower case is a word", changed("\"lowerCase\": true", "\"lowerCase\": \"yes\""), u"line 13, "_s,
            u"must be true or false"_s);
    }

    void mistakes()
    {
        QFETCH(QByteArray, json);
        QFETCH(QString, place);
        QFETCH(QString, says);
        QVERIFY(!json.isEmpty());
        const auto parsed = parsePersona(json, u"ada.json"_s);
        QVERIFY(!parsed.hasValue());
        const QString detail = parsed.error().detail;
        QVERIFY2(detail.startsWith(u"ada.json: "_s + place) && detail.contains(says), qPrintable(detail));
    }

    void choresComeAndTheTalkStays()
    {
        QByteArray plain = worker;
        plain = plain.left(plain.indexOf("  \"tasks\"")) + plain.mid(plain.indexOf("  \"style\""));
        const auto talks = R"("talks": [{"to": "bob", "lines": ["a", "b", "c {1-9}"]}], "replies")";
        PersonaHabits busy(script(QByteArray(worker).replace("\"replies\"", talks)), 5);
        PersonaHabits idle(script(plain.replace("\"replies\"", talks)), 5);
        QHash<int, int> kinds;
        for (int i = 0; i < 300; ++i) {
            QList<PersonaDeed> talk;
            const auto minute = busy.nextMinute(12);
            for (const PersonaDeed &deed : minute.deeds) {
                if (const auto *chore = std::get_if<PersonaChore>(&deed.what)) {
                    ++kinds[int(chore->kind)];
                    QVERIFY(deed.at >= 0 && deed.at <= 1);
                    if (chore->kind == Kind::OpenTask)
                        QVERIFY(chore->text == "Fix 3"_L1 || chore->text == "Fix 4"_L1);
                    if (chore->kind == Kind::Post)
                        QVERIFY(chore->index == 1 && chore->text == "Live."_L1); // the quiet topic has no lines
                } else {
                    talk << deed;
                }
            }
            QCOMPARE(talk, idle.nextMinute(12).deeds);
        }
        QCOMPARE(kinds.size(), 7);
        int all = 0;
        for (const int count : std::as_const(kinds))
            all += count;
        QVERIFY2(all > 250 && all < 480, qPrintable(QString::number(all))); // 12 of 100 at ten actions a minute: 360
    }

    void style()
    {
        PersonaHabits habits(script(), 3);
        QCOMPARE(habits.styled(u"One. Two."_s, u"Why?\nReally?"_s), (QStringList{u"> Why?\n\none."_s, u"two. x"_s}));
        const QString code = u"Look:\n```\nQString A;\n```"_s;
        QCOMPARE(habits.styled(code, {}), QStringList{code}); // code is left as it is
        PersonaHabits plain(script(changed("\"style\": {\"pauseSeconds\": [0.5, 2], \"quotes\": 1, \"splits\": 1, "
                                           "\"emoji\": [\"x\"], \"emojiShare\": 1, \"lowerCase\": true},",
                                           "")),
                            3);
        QCOMPARE(plain.styled(u"One. Two."_s, u"Why?"_s), QStringList{u"One. Two."_s});
    }

    void slips()
    {
        PersonaHabits habits(script(), 3);
        for (int i = 0; i < 200; ++i) {
            const QString text = u"The migration is ready"_s;
            const QString slipped = habits.typed(text);
            QCOMPARE(slipped.size(), text.size());
            QString sortedA = text;
            QString sortedB = slipped;
            std::sort(sortedA.begin(), sortedA.end());
            std::sort(sortedB.begin(), sortedB.end());
            QCOMPARE(sortedA, sortedB);
            QVERIFY(slipped.startsWith("The "_L1)); // short words are safe
        }
        QCOMPARE(habits.typed(u"a b c"_s), u"a b c"_s);
        QCOMPARE(habits.typed(u"```\nlong code\n```"_s), u"```\nlong code\n```"_s);
    }

    void errorShares()
    {
        PersonaHabits habits(script(), 9);
        int ignored = 0;
        int late = 0;
        int failed = 0;
        int dropped = 0;
        for (int i = 0; i < 4000; ++i) {
            ignored += habits.ignores();
            late += habits.isLate();
            failed += habits.fails();
            dropped += habits.drops();
        }
        QVERIFY(qAbs(ignored - 2000) < 200);
        QVERIFY(qAbs(late - 1000) < 200);
        QVERIFY(qAbs(failed - 2000) < 200);
        QVERIFY(qAbs(dropped - 400) < 120); // six an hour
    }

    // --- scenarios ----------------------------------------------------------------------------------------------

    void builtInScenariosAreWhole()
    {
        QCOMPARE(builtInScenarios(), (QStringList{u"crowd"_s, u"shop"_s}));
        const auto shop = loadScenario(u"shop"_s);
        QVERIFY2(shop.hasValue(), shop ? "" : qPrintable(shop.error().detail));
        QCOMPARE(shop->scripts.size(), 12);
        const auto crowd = loadScenario(u"crowd"_s);
        QVERIFY2(crowd.hasValue(), crowd ? "" : qPrintable(crowd.error().detail));
        QCOMPARE(crowd->scripts.size(), 100);
        QCOMPARE(crowd->speed, 20.0);
        QSet<QString> names;
        for (const PersonaScript &persona : crowd->scripts)
            names << persona.name;
        QCOMPARE(names.size(), 100);
        QVERIFY(names.contains(u"api"_s) && names.contains(u"api-24"_s));
        QCOMPARE(crowd->scripts[0].day[0].rate, shop->scripts[2].day[0].rate / 2);
    }

    void scenarioWithOwnPersonas()
    {
        QTemporaryDir dir;
        const auto put = [&dir](const QString &name, const QByteArray &json) {
            QFile file(dir.filePath(name));
            return file.open(QIODevice::WriteOnly) && file.write(json) == json.size();
        };
        QVERIFY(put(u"ada.json"_s, worker));
        QVERIFY(put(u"run.json"_s, R"({"name": "R", "seed": 9, "speed": 0, "personas": [
            {"file": "ada.json", "count": 2, "rate": 0.5}, {"persona": "qa"}]})"));
        const auto run = loadScenario(dir.filePath(u"run.json"_s));
        QVERIFY2(run.hasValue(), run ? "" : qPrintable(run.error().detail));
        QCOMPARE(run->seed, 9u);
        QCOMPARE(run->speed, 0.0);
        QCOMPARE(run->scripts.size(), 3);
        QCOMPARE(run->scripts[1].name, u"ada-2"_s);
        QCOMPARE(run->scripts[1].day[0].rate, 300.0);
        // A mistake in a persona's file is told with that file's name and place.
        QVERIFY(put(u"ada.json"_s, changed("\"late\": 0.25", "\"late\": 2")));
        const auto broken = loadScenario(dir.filePath(u"run.json"_s));
        QCOMPARE(broken.error().code, u"bad_persona"_s);
        QVERIFY(broken.error().detail.startsWith("ada.json: line 14, "_L1));
    }

    void scenarioMistakes_data()
    {
        QTest::addColumn<QByteArray>("json");
        QTest::addColumn<QString>("says");
        const auto row = [](const char *name, const QByteArray &json, const QString &says) {
            QTest::newRow(name) << json << says;
        };
        row("not json", "{", u"line 1, column "_s);
        row("no personas", "{\"name\": \"x\"}", u"line 1, column 1: personas is missing"_s);
        row("unknown persona", "{\"name\": \"x\",\n \"personas\": [{\"persona\": \"zed\"}]}",
            u"line 2, column 15: personas[0] names the persona zed"_s);
        row("both", "{\"name\": \"x\", \"personas\": [{\"persona\": \"qa\", \"file\": \"x\"}]}",
            u"either persona or file"_s);
        row("twice", "{\"name\": \"x\", \"personas\": [{\"persona\": \"qa\"},\n{\"persona\": \"qa\"}]}",
            u"line 2, column 1: personas[1] brings qa a second time"_s);
        row("none", "{\"name\": \"x\", \"personas\": [{\"persona\": \"qa\", \"count\": 0}]}", u"from 1 to 500"_s);
        row("misspelt", "{\"name\": \"x\", \"sped\": 3, \"personas\": [{\"persona\": \"qa\"}]}",
            u"sped is not known"_s);
    }

    void scenarioMistakes()
    {
        QFETCH(QByteArray, json);
        QFETCH(QString, says);
        const auto parsed = parseScenario(json, u"run.json"_s, u"."_s);
        QVERIFY(!parsed.hasValue());
        QCOMPARE(parsed.error().code, u"bad_scenario"_s);
        QVERIFY2(parsed.error().detail.startsWith("run.json: line "_L1) && parsed.error().detail.contains(says),
                 qPrintable(parsed.error().detail));
    }

    void missingFilesAreNamed()
    {
        QCOMPARE(loadScenario(u"/nonexistent.json"_s).error().code, u"file"_s);
        QVERIFY(loadScenario(u"nothing"_s).error().detail.contains("crowd, shop"_L1));
        const auto missing = parseScenario(R"({"name": "x", "personas": [{"file": "gone.json"}]})", u"x"_s, u"/tmp"_s);
        QCOMPARE(missing.error().code, u"file"_s);
        QVERIFY(missing.error().detail.contains("gone.json"_L1));
    }

    void politeOnForeignBrokers()
    {
        mesh::protocol::Invite invite;
        invite.brokerUrl = u"ws://127.0.0.1:7900/ws"_s;
        QCOMPARE(PersonaRunner::paceFor(invite).sendBurst, PersonaPace().sendBurst);
        invite.brokerUrl = u"wss://broker.example.org/ws"_s;
        QVERIFY(PersonaRunner::paceFor(invite).sendBurst <= 10); // the original takes ten, then one a second
        QVERIFY(PersonaRunner::paceFor(invite).sendPerSecond <= 1);
    }
};

MESH_TEST(TestPersonaWork)

} // namespace tst_personawork

#include "tst_personawork.moc"
