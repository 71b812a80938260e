// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/personahabits.h"
#include "localmesh/personascript.h"
#include "tests/support/testprogram.h"

#include <QtCore/QHash>
#include <QtCore/QJsonObject>
#include <QtCore/QSet>
#include <QtTest/QTest>

namespace tst_persona {

using namespace Qt::StringLiterals;
using namespace mesh::local;
using mesh::protocol::PeerStatus;
using mesh::protocol::Priority;

namespace {

//! A whole persona, to be broken in one place. Line 1 is the brace.
const QByteArray good = R"({
  "name": "ada",
  "kind": "ai",
  "cwd": "~/x",
  "groups": [{"name": "ops", "role": "lead"}],
  "day": [
    {"from": 0, "to": 9, "status": "dnd", "rate": 0, "summary": "asleep"},
    {"from": 9, "to": 24, "busy": 0.5, "rate": 120, "summary": "at work"}
  ],
  "talks": [
    {"to": "bob", "weight": 3, "lines": ["one {n}", "two {5-7}", "three {peer}"]},
    {"to": "cy", "lines": ["quiet"]},
    {"to": "@ops", "priority": "low", "from": 9, "until": 12, "lines": ["morning", "all"]}
  ],
  "state": [{"key": "sprint", "values": [1, {"a": true}, "x"]}],
  "memories": ["fact {n}", "other"],
  "replies": [
    {"when": ["Deploy", "limiter"], "text": "about the deploy"},
    {"when": ["deploy", "window"], "text": "the window"},
    {"when": ["hi"], "text": "hello {peer}"},
    "plain one", "plain two"
  ],
  "answers": ["ok"]
}
)";

QByteArray broken(const QByteArray &before, const QByteArray &after)
{
    QByteArray text = good;
    const qsizetype at = text.indexOf(before);
    return at < 0 ? QByteArray() : text.replace(at, before.size(), after);
}

PersonaScript script()
{
    return *parsePersona(good, u"ada.json"_s);
}

PersonaSender human(const QString &name = u"Ines"_s)
{
    return {name, PersonaSender::Kind::Human};
}

QList<PersonaDeed> day(PersonaHabits &habits, int hour, int minutes)
{
    QList<PersonaDeed> deeds;
    for (int i = 0; i < minutes; ++i)
        deeds << habits.nextMinute(hour).deeds;
    return deeds;
}

} // namespace

class TestPersona final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsAll()
    {
        const auto parsed = parsePersona(good, u"ada.json"_s);
        QVERIFY2(parsed.hasValue(), parsed ? "" : qPrintable(parsed.error().detail));
        QCOMPARE(parsed->name, u"ada"_s);
        QCOMPARE(parsed->groups, (QList<PersonaGroup>{{u"ops"_s, u"lead"_s}}));
        QCOMPARE(parsed->day.size(), 2);
        QCOMPARE(parsed->hoursAt(8).status, PeerStatus::Dnd);
        QCOMPARE(parsed->hoursAt(9).summary, u"at work"_s);
        QCOMPARE(parsed->talks.at(2).priority, Priority::Low);
        QCOMPARE(parsed->talks.at(2).until, 12);
        QCOMPARE(parsed->talks.at(0).weight, 3);
        QCOMPARE(parsed->states.first().values.at(1), QJsonValue(QJsonObject{{u"a"_s, true}}));
        QCOMPARE(parsed->replies.first().when, (QStringList{u"deploy"_s, u"limiter"_s}));
        QVERIFY(parsed->replies.last().when.isEmpty());
        QCOMPARE(parsed->answers.size(), 1);
    }

    void errors_data()
    {
        QTest::addColumn<QByteArray>("json");
        QTest::addColumn<QString>("place");
        QTest::addColumn<QString>("says");
        const auto row = [](const char *name, const QByteArray &json, const QString &place, const QString &says) {
            QTest::newRow(name) << json << place << says;
        };
        row("not json", "{\n  \"name\": \"ada\",\n  oops\n}", u"line 3, column "_s, {});
        row("cut off", good.left(good.indexOf("\"cwd\"")), u"line 4, column 3"_s, {});
        row("a list", "[1]", u"line 1, column 1"_s, u"must be an object"_s);
        row("no name", broken("\"name\": \"ada\",", ""), u"line 1, column 1"_s, u"name is missing"_s);
        row("empty name", broken("\"ada\"", "\"\""), u"line 2, column 11"_s, u"name must be a text"_s);
        row("name is a number", broken("\"ada\"", "7"), u"line 2, column 11"_s, u"name must be a text"_s);
        row("long name", broken("ada", QByteArray(65, 'a')), u"line 2, column 11"_s, u"1 to 64"_s);
        row("unknown kind", broken("\"ai\"", "\"robot\""), u"line 3, column 11"_s, u"kind is none of the words"_s);
        row("misspelt member", broken("\"cwd\": \"~/x\"", "\"cwd\": \"~/x\", \"modell\": \"m\""),
            u"line 4, column 27"_s, u"modell is not known here"_s);
        row("twice", broken("\"cwd\": \"~/x\"", "\"cwd\": \"~/x\", \"cwd\": \"~/y\""), u"line 4, column 24"_s,
            u"cwd is there twice"_s);
        row("after wide characters", broken("\"cwd\": \"~/x\"", u"\"cwd\": \"äöü€\", \"x\": 1"_s.toUtf8()),
            u"line 4, column 23"_s, u"x is not known here"_s);
        row("group with apostrophe", broken("\"ops\", \"role\"", "\"o'ps\", \"role\""), u"line 5, column 14"_s,
            u"groups[0]"_s);
        row("hour left out", broken("\"from\": 9, \"to\": 24", "\"from\": 10, \"to\": 24"), u"line 6, column 10"_s,
            u"leaves out hour 9"_s);
        row("hour twice", broken("\"from\": 9, \"to\": 24", "\"from\": 8, \"to\": 24"), u"line 8, column 5"_s,
            u"day[1] has hour 8 a second time"_s);
        row("backwards", broken("\"from\": 0, \"to\": 9", "\"from\": 9, \"to\": 1"), u"line 7, column 5"_s,
            u"day[0] ends before it begins"_s);
        row("half hour", broken("\"to\": 24", "\"to\": 23.5"), u"line 8, column 23"_s,
            u"day[1].to must be a whole number"_s);
        row("always working", broken("\"dnd\"", "\"working\""), u"line 7, column 5"_s, u"idle or dnd only"_s);
        row("too busy", broken("0.5", "0.9"), u"line 8, column 35"_s, u"day[1].busy must be a number from 0 to 0.75"_s);
        row("busy in dnd", broken("\"rate\": 0,", "\"busy\": 0.1,"), u"line 7, column 5"_s, u"cannot be busy"_s);
        row("rate too high", broken("\"rate\": 120", "\"rate\": 601"), u"line 8, column 48"_s, u"day[1].rate"_s);
        row("no day", broken("\"day\": [", "\"days\": ["), u"line 1, column 1"_s, u"day is missing"_s);
        row("talk without lines", broken(", \"lines\": [\"quiet\"]", ""), u"line 12, column 5"_s,
            u"talks[1] lacks lines"_s);
        row("empty lines", broken("[\"quiet\"]", "[]"), u"line 12, column 27"_s,
            u"talks[1].lines must be a list that is not empty"_s);
        row("line is no text", broken("\"two {5-7}\"", "2"), u"line 11, column 53"_s,
            u"talks[0].lines[1] must be a text"_s);
        row("range", broken("{5-7}", "{7-5}"), u"line 11, column 53"_s, u"does not count upwards: {7-5}"_s);
        row("weight", broken("\"weight\": 3", "\"weight\": 0"), u"line 11, column 29"_s, u"talks[0].weight"_s);
        row("priority", broken("\"low\"", "\"soon\""), u"line 13, column 32"_s, u"talks[2].priority"_s);
        row("to itself", broken("\"to\": \"bob\"", "\"to\": \"ada\""), u"line 11, column 5"_s,
            u"goes to the persona itself"_s);
        row("to a bad group", broken("\"@ops\"", "\"@o ps\""), u"line 13, column 5"_s, u"goes to a group"_s);
        row("null state", broken("[1, {", "[null, {"), u"line 15, column 42"_s, u"state[0].values[0]"_s);
        row("state without key", broken("\"key\": \"sprint\", ", ""), u"line 15, column 13"_s, u"state[0] lacks key"_s);
        row("memory", broken("\"other\"", "[\"other\"]"), u"line 16, column 28"_s, u"memories[1]"_s);
        row("when is a text", broken("[\"hi\"]", "\"hi\""), u"line 20, column 14"_s,
            u"replies[2].when must be a list"_s);
        row("reply lacks text", broken(", \"text\": \"hello {peer}\"", ""), u"line 20, column 5"_s,
            u"replies[2] lacks text"_s);
        row("one plain reply", broken("\"plain one\", ", ""), u"line 17, column 14"_s, u"at least two"_s);
        row("too deep", broken("[1, {", "[" + QByteArray(30, '[') + QByteArray(30, ']') + ", {"), {}, {});
    }

    void errors()
    {
        QFETCH(QByteArray, json);
        QFETCH(QString, place);
        QFETCH(QString, says);
        QVERIFY(!json.isEmpty());
        const auto parsed = parsePersona(json, u"ada.json"_s);
        QVERIFY(!parsed.hasValue());
        QCOMPARE(parsed.error().code, u"bad_persona"_s);
        const QString detail = parsed.error().detail;
        QVERIFY2(detail.startsWith(u"ada.json: "_s), qPrintable(detail));
        QVERIFY2(detail.contains(place), qPrintable(detail));
        QVERIFY2(detail.contains(says), qPrintable(detail));
    }

    void builtIn()
    {
        const auto all = builtInPersonas();
        QVERIFY2(all.hasValue(), all ? "" : qPrintable(all.error().detail));
        QCOMPARE(all->size(), 12);
        QSet<QString> names;
        QSet<mesh::protocol::PeerKind> kinds;
        for (const PersonaScript &persona : *all) {
            names.insert(persona.name);
            kinds.insert(persona.kind);
        }
        QCOMPARE(names.size(), 12);
        QCOMPARE(kinds.size(), 3);
        for (const PersonaScript &persona : *all) {
            QSet<QString> lines;
            int heaviest = 0;
            qsizetype linesOfMain = 0;
            for (const PersonaTalk &talk : persona.talks) {
                QVERIFY2(names.contains(talk.to) || talk.to.startsWith(u'@') || talk.to == u"*"_s, qPrintable(talk.to));
                for (const QString &line : talk.lines) {
                    QVERIFY2(!lines.contains(line), qPrintable(line));
                    lines.insert(line);
                }
                if (talk.weight > heaviest) {
                    heaviest = talk.weight;
                    linesOfMain = talk.lines.size();
                }
            }
            QVERIFY2(linesOfMain >= 6 || persona.kind == mesh::protocol::PeerKind::Connector, qPrintable(persona.name));
            QVERIFY2(persona.replies.size() >= 6, qPrintable(persona.name));
            const bool code = std::any_of(persona.replies.cbegin(), persona.replies.cend(),
                                          [](const PersonaReply &reply) { return reply.text.contains(u"```"_s); });
            QVERIFY2(code || persona.kind != mesh::protocol::PeerKind::Ai || persona.name == u"sales-rep-2"_s,
                     qPrintable(persona.name));
        }
    }

    //! All twelve together say 100 to 130 things a minute at ten times the speed, at every hour but the change of
    //! shifts.
    void pace_data()
    {
        QTest::addColumn<int>("hour");
        for (const int hour : {2, 10, 15, 20})
            QTest::addRow("%d o'clock", hour) << hour;
    }

    void pace()
    {
        QFETCH(int, hour);
        const auto all = builtInPersonas();
        QVERIFY(all.hasValue());
        constexpr int minutes = 600; // of simulated time
        double said = 0;
        quint32 seed = 1;
        for (const PersonaScript &persona : *all) {
            PersonaHabits habits(persona, seed++);
            const QSet<QString> undisturbed = hour >= 9 && hour < 12 ? QSet<QString>{u"design"_s}
                : hour >= 18                                         ? QSet<QString>{u"Maya"_s}
                                                                     : QSet<QString>();
            for (int i = 0; i < minutes; ++i) {
                const PersonaMinute minute = habits.nextMinute(hour, undisturbed);
                for (const PersonaDeed &deed : minute.deeds) {
                    const auto *say = std::get_if<PersonaSay>(&deed.what);
                    if (say)
                        said +=
                            say->to.startsWith(u'@') || say->to == u"*"_s ? 1.0 : 1.3; // with the answers of the others
                }
            }
        }
        const double aMinute = said / minutes * 10;
        QVERIFY2(aMinute >= 95 && aMinute <= 135, qPrintable(QString::number(aMinute)));
    }

    void sameSeedSameHabits()
    {
        PersonaHabits one(script(), 7);
        PersonaHabits two(script(), 7);
        PersonaHabits other(script(), 8);
        const QList<PersonaDeed> deeds = day(one, 10, 300);
        QCOMPARE(day(two, 10, 300), deeds);
        QVERIFY(day(other, 10, 300) != deeds);
        QCOMPARE(one.answer(human(), u"deploy?"_s), two.answer(human(), u"deploy?"_s));
    }

    void rateIsKept()
    {
        PersonaHabits habits(script(), 3);
        const qsizetype deeds = day(habits, 10, 3000).size();
        QVERIFY2(deeds > 5500 && deeds < 6500, qPrintable(QString::number(deeds))); // 120 an hour: 6,000
        QCOMPARE(day(habits, 3, 600).size(), 0);
    }

    void spellsOfWork()
    {
        PersonaHabits habits(script(), 3);
        int working = 0;
        int changes = 0;
        PeerStatus last = PeerStatus::Idle;
        for (int i = 0; i < 6000; ++i) {
            const PersonaMinute minute = habits.nextMinute(10);
            working += minute.status == PeerStatus::Working ? 1 : 0;
            changes += minute.status != last ? 1 : 0;
            last = minute.status;
            QCOMPARE(minute.summary, u"at work"_s);
        }
        QVERIFY2(working > 2700 && working < 3300, qPrintable(QString::number(working)));
        QVERIFY2(changes > 600 && changes < 1400, qPrintable(QString::number(changes)));
        QCOMPARE(habits.nextMinute(3).status, PeerStatus::Dnd);
    }

    void deeds()
    {
        PersonaHabits habits(script(), 5);
        QHash<QString, int> said;
        QList<QJsonValue> values;
        QStringList notes;
        QHash<QString, QString> lastLine;
        for (const PersonaDeed &deed : day(habits, 10, 2000)) {
            QVERIFY(deed.at >= 0 && deed.at < 1);
            if (const auto *say = std::get_if<PersonaSay>(&deed.what)) {
                ++said[say->to];
                const QString start = say->text.section(u' ', 0, 0);
                if (say->to != u"cy"_s)
                    QVERIFY(lastLine.value(say->to) != start); // never the same line twice in a row
                lastLine[say->to] = start;
                QVERIFY(!say->text.contains(u'{'));
                if (start == u"two"_s)
                    QVERIFY((QStringList{u"two 5"_s, u"two 6"_s, u"two 7"_s}).contains(say->text));
                if (start == u"three"_s)
                    QCOMPARE(say->text, u"three bob"_s);
            } else if (const auto *set = std::get_if<PersonaSet>(&deed.what)) {
                QCOMPARE(set->key, u"sprint"_s);
                values << set->value;
            } else {
                notes << std::get<PersonaNote>(deed.what).text;
                QCOMPARE(std::get<PersonaNote>(deed.what).tags, QStringList{u"ops"_s});
            }
        }
        QVERIFY(said.value(u"bob"_s) > said.value(u"cy"_s) * 2);
        QVERIFY(values.size() > 100);
        QCOMPARE(values.at(0), QJsonValue(1));
        QCOMPARE(values.at(2), QJsonValue(u"x"_s));
        QCOMPARE(values.at(3), QJsonValue(1));
        QVERIFY(notes.size() > 50);
        QVERIFY(notes.contains(u"other"_s));
    }

    void hoursOfTalksAndUndisturbedPeers()
    {
        PersonaHabits habits(script(), 5);
        for (int i = 0; i < 1000; ++i) {
            const PersonaMinute minute = habits.nextMinute(13, {u"bob"_s});
            for (const PersonaDeed &deed : minute.deeds) {
                if (const auto *say = std::get_if<PersonaSay>(&deed.what))
                    QCOMPARE(say->to, u"cy"_s); // @ops is talked to in the morning, bob does not want to be disturbed
            }
        }
    }

    void humansAreAlwaysAnswered()
    {
        PersonaHabits habits(script(), 5);
        for (int i = 0; i < 50; ++i)
            QVERIFY(habits.wantsToAnswer(human()));
    }

    void personasDoNotTalkForEver()
    {
        PersonaScript other = script();
        other.name = u"bob"_s;
        PersonaHabits ada(script(), 1);
        PersonaHabits bob(other, 2);
        for (quint32 i = 0; i < 200; ++i) {
            // The longest chain that one message can start without time going on.
            int chain = 0;
            bool adasTurn = false;
            while (
                (adasTurn ? ada : bob).wantsToAnswer({adasTurn ? u"bob"_s : u"ada"_s, PersonaSender::Kind::Persona})) {
                ++chain;
                adasTurn = !adasTurn;
            }
            QVERIFY(chain <= 2 * PersonaHabits::answersInARow());
            for (int minute = 0; minute < 10; ++minute) {
                ada.nextMinute(3);
                bob.nextMinute(3);
            }
        }
        // Other AI sessions get their answer, but not without end either.
        PersonaHabits third(script(), 3);
        int answers = 0;
        for (int i = 0; i < 20; ++i)
            answers += third.wantsToAnswer({u"claude"_s, PersonaSender::Kind::Other}) ? 1 : 0;
        QCOMPARE(answers, PersonaHabits::answersInARow());
    }

    void repliesFit()
    {
        PersonaHabits habits(script(), 5);
        QCOMPARE(habits.answer(human(), u"Is the LIMITER in?"_s), u"about the deploy"_s);
        QCOMPARE(habits.answer(human(), u"When is the window for deploys?"_s), u"the window"_s); // two words beat one
        QCOMPARE(habits.answer(human(), u"Hi, there"_s), u"hello Ines"_s);
        QVERIFY(habits.answer(human(), u"a matter of history"_s).startsWith(u"plain"_s));
        QVERIFY(habits.answer(human(), QString()).startsWith(u"plain"_s));
        QCOMPARE(habits.answer({u"bob"_s, PersonaSender::Kind::Persona}, u"deploy"_s), u"ok"_s);
    }

    void neverTheSameTwice()
    {
        PersonaHabits habits(script(), 5);
        QString last;
        for (int i = 0; i < 300; ++i) {
            const QString question = i % 3 ? u"limiter"_s : u"?"_s;
            const QString reply = habits.answer(human(), question);
            QVERIFY(!reply.isEmpty());
            QVERIFY(reply != last);
            last = reply;
        }
    }

    void hostileNames()
    {
        PersonaHabits habits(script(), 5);
        const QString reply = habits.answer(human(QString(50'000, u'W')), u"hi"_s);
        QVERIFY(reply.size() < 100);
        // A name is put in as it is, not filled in again.
        QCOMPARE(PersonaHabits(script(), 5).answer(human(u"{1-9}{peer}"_s), u"hi"_s), u"hello {1-9}{peer}"_s);
    }

    void pauses()
    {
        PersonaHabits habits(script(), 5);
        qint64 shortOnes = 0;
        qint64 longOnes = 0;
        for (int i = 0; i < 500; ++i) {
            const int pause = habits.pauseMs(2000, 7000, 10);
            QVERIFY(pause >= 2000 && pause <= 7000);
            shortOnes += pause;
            const int longer = habits.pauseMs(2000, 7000, 100'000);
            QVERIFY(longer >= 2000 && longer <= 7000);
            longOnes += longer;
        }
        QVERIFY(longOnes > shortOnes + 500 * 500);
    }
};

MESH_TEST(TestPersona)

} // namespace tst_persona

#include "tst_persona.moc"
