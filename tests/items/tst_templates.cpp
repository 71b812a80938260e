// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/templateapplier.h"
#include "models/items/templateshelf.h"
#include "tests/views/panelfixture.h"
#include "tests/support/testprogram.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QTemporaryDir>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

namespace tst_templates {

using namespace Qt::StringLiterals;
using namespace mesh;
using items::TemplateOutcome;
using items::TemplateShelf;
using protocol::MeshTemplate;

namespace {

const QByteArray whole = R"({
  "key": "bakery",
  "name": "Bakery",
  "purpose": "Bread",
  "groups": [{"name": "oven", "roles": ["baker", "helper"]}, {"name": "shop"}],
  "state": [{"key": "flour", "value": 20}, {"key": "open", "value": {"from": [6, 12]}}],
  "roles": ["baker"],
  "skills": [{"name": "knead", "description": "How to knead", "instructions": "Fold, turn, wait.", "tags": ["dough"]}]
}
)";

QByteArray with(const char *what, const QByteArray &instead)
{
    QByteArray json = whole;
    return json.contains(what) ? json.replace(what, instead) : QByteArray();
}

} // namespace

class TestTemplates final : public QObject
{
    Q_OBJECT

private:
    QTemporaryDir m_dir;
    int m_next = 0;

    QString freshFolder() { return m_dir.filePath(u"templates%1"_s.arg(++m_next)); }
    QString fileWith(const QByteArray &json)
    {
        const QString path = m_dir.filePath(u"file%1.json"_s.arg(++m_next));
        QFile file(path);
        return file.open(QIODevice::WriteOnly) && file.write(json) == json.size() ? path : QString();
    }

private Q_SLOTS:
    void readsAll()
    {
        const auto parsed = protocol::parseTemplate(whole, u"x"_s);
        QVERIFY2(parsed.hasValue(), parsed ? "" : qPrintable(parsed.error().detail));
        QCOMPARE(parsed->groups.size(), 2);
        QCOMPARE(parsed->groups[0].roles, (QStringList{u"baker"_s, u"helper"_s}));
        QCOMPARE(parsed->state[1].value.toObject().value("from"_L1).toArray().size(), 2);
        QCOMPARE(parsed->skills[0].instructions, u"Fold, turn, wait."_s);
        const auto again = protocol::parseTemplate(protocol::templateToJson(*parsed), u"y"_s);
        QVERIFY2(again.hasValue(), again ? "" : qPrintable(again.error().detail));
        QCOMPARE(*again, *parsed);
        MeshTemplate least;
        least.key = u"a"_s;
        least.name = u"A"_s;
        QCOMPARE(*protocol::parseTemplate(protocol::templateToJson(least), u"z"_s), least);
    }

    void builtIn()
    {
        const auto texts = protocol::builtInTemplateTexts();
        QStringList keys;
        for (const QByteArray &text : texts) {
            const auto parsed = protocol::parseTemplate(text, u"built in"_s);
            QVERIFY2(parsed.hasValue(), parsed ? "" : qPrintable(parsed.error().detail));
            keys << parsed->key;
            QVERIFY(!parsed->skills.isEmpty());
        }
        QCOMPARE(keys, (QStringList{u"dev-team"_s, u"research"_s, u"ops-incident"_s, u"simulation"_s, u"personal"_s}));
        // What the wire reference (3.7) lists of them.
        const auto team = protocol::builtInTemplate(u"dev-team"_s);
        QCOMPARE(team->groups,
                 (QList<protocol::TemplateGroup>{{u"eng"_s, {u"lead"_s, u"member"_s}},
                                                 {u"qa"_s, {u"lead"_s, u"member"_s}}}));
        QCOMPARE(team->roles, (QStringList{u"dev"_s, u"qa"_s, u"lead"_s, u"devops"_s}));
        QVERIFY(protocol::builtInTemplate(u"personal"_s)->groups.isEmpty());
        QCOMPARE(protocol::builtInTemplate(u"ops-incident"_s)->state.size(), 2);
        QVERIFY(!protocol::builtInTemplate(u"nothing"_s));
    }

    void mistakesHaveTheirPlace_data()
    {
        QTest::addColumn<QByteArray>("json");
        QTest::addColumn<int>("line");
        QTest::addColumn<int>("column");
        QTest::addColumn<QString>("says");
        const auto row = [](const char *name, const QByteArray &json, int line, int column, const QString &says) {
            QTest::newRow(name) << json << line << column << says;
        };
        row("empty", "", 1, 1, {});
        row("cut off", whole.left(whole.indexOf("\"state\"")), 6, 3, {});
        row("key missing", with("\"key\": \"bakery\",", ""), 1, 1, u"key is missing"_s);
        row("key with a way out", with("\"bakery\"", "\"../bakery\""), 2, 10, u"small letters"_s);
        row("name too long", with("\"Bakery\"", '"' + QByteArray(65, 'x') + '"'), 3, 11, u"1 to 64"_s);
        row("unknown member", with("\"purpose\"", "\"porpuse\""), 4, 14, u"porpuse is not known here"_s);
        row("group name", with("\"oven\"", "\"o'ven\""), 5, 14, u"groups[0]"_s);
        row("group twice", with("\"shop\"", "\"oven\""), 5, 62, u"oven a second time"_s);
        row("null state", with("20", "null"), 6, 39, u"state[0].value must be a value other than null"_s);
        row("state without value", with(", \"value\": 20", ""), 6, 13, u"state[0] lacks value"_s);
        row("reserved key", with("\"flour\"", "\"mesh:template\""), 6, 13, u"sets itself"_s);
        row("empty roles", with("\"roles\": [\"baker\"],", "\"roles\": [],"), 7, 12, u"not empty"_s);
        row("skill without instructions", with("\"instructions\": \"Fold, turn, wait.\", ", ""), 8, 14,
            u"skills[0] lacks instructions"_s);
    }

    void mistakesHaveTheirPlace()
    {
        QFETCH(QByteArray, json);
        QFETCH(int, line);
        QFETCH(int, column);
        QFETCH(QString, says);
        MeshTemplate content;
        const auto problem = protocol::readTemplate(json, content);
        QVERIFY(problem.has_value());
        QVERIFY2(problem->line == line && problem->column == column && problem->text.contains(says),
                 qPrintable(u"%1:%2 %3"_s.arg(problem->line).arg(problem->column).arg(problem->text)));
        const auto parsed = protocol::parseTemplate(json, u"my.json"_s);
        QCOMPARE(parsed.error().code, u"bad_template"_s);
        QVERIFY(parsed.error().detail.startsWith(u"my.json: line %1, column %2: "_s.arg(line).arg(column)));
    }

    void shelfKeepsOwnOnes()
    {
        const QString folder = freshFolder();
        TemplateShelf shelf(folder);
        QCOMPARE(shelf.entries().size(), 5);
        QVERIFY(!QFile::exists(folder)); // looking makes nothing
        QCOMPARE(*shelf.save(whole), u"bakery"_s);
        QCOMPARE(shelf.entries().size(), 6);
        QVERIFY(shelf.entries()[5].own && !shelf.entries()[5].builtIn);

        // A changed built-in one takes the place of the original until it is removed.
        QByteArray changed = shelf.entries()[1].json;
        QVERIFY(changed.contains("\"Research\""));
        changed.replace("\"Research\"", "\"My research\"");
        QCOMPARE(*shelf.save(changed, u"research"_s), u"research"_s);
        TemplateShelf again(folder);
        QCOMPARE(again.entries().size(), 6);
        QCOMPARE(again.entries()[1].content.name, u"My research"_s);
        QVERIFY(again.entries()[1].own && again.entries()[1].builtIn);
        QVERIFY(again.remove(u"research"_s).hasValue());
        QCOMPARE(again.entries()[1].content.name, u"Research"_s);
        QVERIFY(again.remove(u"personal"_s).hasValue()); // not the user's: stays
        QCOMPARE(again.entries().size(), 6);
    }

    void nothingIsOverwrittenUnasked()
    {
        TemplateShelf shelf(freshFolder());
        QVERIFY(shelf.save(whole).hasValue());
        const QByteArray other = with("\"Bread\"", "\"Cake\"");
        QCOMPARE(shelf.import(fileWith(other)).error().code, u"exists"_s);
        QCOMPARE(shelf.save(other, u"research"_s).error().code, u"exists"_s);
        QCOMPARE(shelf.entries()[5].content.purpose, u"Bread"_s);
        QVERIFY(shelf.import(fileWith(whole)).hasValue());  // the same again is harmless
        QVERIFY(shelf.save(other, u"bakery"_s).hasValue()); // edited
        QCOMPARE(shelf.entries()[5].content.purpose, u"Cake"_s);
    }

    void importAndExport()
    {
        TemplateShelf shelf(freshFolder());
        const QString bad = fileWith(with("20", "null"));
        const auto refused = shelf.import(bad);
        QCOMPARE(refused.error().code, u"bad_template"_s);
        QVERIFY(refused.error().detail.startsWith(QFileInfo(bad).fileName() + u": line 6, column 39: "_s));
        QCOMPARE(shelf.import(u"/nonexistent/x.json"_s).error().code, u"file"_s);
        QCOMPARE(shelf.import(fileWith(QByteArray(300'000, ' '))).error().code, u"file"_s);
        QCOMPARE(shelf.entries().size(), 5);
        QVERIFY(shelf.import(fileWith(whole)).hasValue());
        const QString out = m_dir.filePath(u"out.json"_s);
        QVERIFY(shelf.exportTo(u"bakery"_s, out).hasValue());
        QFile file(out);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll(), whole);
        QCOMPARE(shelf.exportTo(u"nothing"_s, out).error().code, u"not_found"_s);
        QCOMPARE(shelf.exportTo(u"bakery"_s, u"/nonexistent/x.json"_s).error().code, u"file"_s);
    }

    void badFilesAreNamedAndLeft()
    {
        const QString folder = freshFolder();
        QVERIFY(QDir().mkpath(folder));
        QFile file(folder + u"/broken.json"_s);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("{\n oops");
        file.close();
        const TemplateShelf shelf(folder);
        QCOMPARE(shelf.entries().size(), 5);
        QCOMPARE(shelf.problems().size(), 1);
        QVERIFY(shelf.problems().constFirst().startsWith("broken.json: line 2, "_L1));
        QVERIFY(QFile::exists(file.fileName()));
    }

    //! What the mesh has is kept, what fails is told, and it waits for the connection.
    void applier()
    {
        store::MeshStore store(tests::PanelMesh);
        tests::RecordingSink sink;
        items::TemplateApplier applier(sink);
        QSignalSpy finished(&applier, &items::TemplateApplier::finished);
        const MeshTemplate bakery = *protocol::parseTemplate(whole, u"x"_s);
        QVERIFY(applier.apply(bakery, store));
        QVERIFY(!applier.apply(bakery, store));
        QVERIFY(sink.commands.empty());

        protocol::events::StateSet flour;
        flour.key = u"flour"_s;
        flour.value = 3;
        store.apply({tests::happened(1, flour)});
        QVERIFY(sink.commands.empty());
        tests::goOnline(store, 2);
        QVERIFY(store.connection().online());
        // Two groups, one key that is new, the key that says which template, a skill; and the list of skills again.
        QCOMPARE(sink.count<protocol::commands::JoinGroup>(), 2);
        QCOMPARE(sink.count<protocol::commands::SetState>(), 2);
        QCOMPARE(sink.count<protocol::commands::Request>(), 1);
        QCOMPARE(get<protocol::commands::JoinGroup>(sink.commands[0]).role, u"baker"_s);
        QCOMPARE(get<protocol::commands::SetState>(sink.commands[2]).key, u"open"_s);
        const auto told = get<protocol::commands::SetState>(sink.commands[3]);
        QCOMPARE(told.key, u"mesh:template"_s);
        QCOMPARE(told.value.toObject().value("groups"_L1).toObject().value("oven"_L1).toArray().size(), 2);

        for (qint64 id = 1; id <= 5; ++id) {
            QCOMPARE(finished.size(), 0);
            protocol::events::CommandFinished outcome;
            outcome.commandId = id;
            outcome.ok = id != 5;
            outcome.detail = id == 5 ? u"not here"_s : QString();
            store.apply({tests::happened(10 + id, outcome)});
        }
        QCOMPARE(finished.size(), 1);
        const auto outcome = finished.constFirst().constFirst().value<TemplateOutcome>();
        QCOMPARE(outcome.done, 4);
        QCOMPARE(outcome.kept, 1);
        QCOMPARE(outcome.failures, QStringList{u"skill knead: not here"_s});
        QVERIFY(!applier.isRunning());
    }
};

MESH_TEST(TestTemplates)

} // namespace tst_templates

#include "tst_templates.moc"
