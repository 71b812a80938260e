// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/personawork.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QRegularExpression>

#include "models/protocol/jsonreader.h"
#include "models/protocol/types.h"

namespace mesh::local {

using namespace Qt::StringLiterals;
using protocol::JsonMembers;
using protocol::JsonNode;

namespace {

constexpr qsizetype workName = 64;
constexpr qsizetype workLine = 400;
constexpr qsizetype workText = 16'000;
constexpr int daysAhead =
    20; // a broker of the original kind fires at once what lies further ahead (wire reference 7.15)

struct WorkWords
{
    Q_DECLARE_TR_FUNCTIONS(Personas)
};

void readTasks(JsonMembers &members, PersonaWork &work)
{
    const auto node = members.find("tasks"_L1);
    if (!node)
        return;
    JsonMembers tasks(*node);
    for (const JsonNode &element : tasks.list("opens"_L1)) {
        JsonMembers task(element);
        work.tasks << PersonaTask{task.neededText("title"_L1, workLine), task.text("priority"_L1, workName),
                                  task.text("for"_L1, workName), task.texts("tags"_L1, workName)};
        task.nothingElse();
    }
    for (const QString &word : tasks.texts("takes"_L1, workName))
        work.claims << word.toLower();
    work.results = tasks.texts("results"_L1, workLine);
    if (!work.claims.isEmpty() && work.results.isEmpty())
        node->complain(WorkWords::tr("takes tasks but has no results to close them with"));
    tasks.nothingElse();
}

void readFiles(JsonMembers &members, PersonaWork &work)
{
    for (const JsonNode &element : members.list("files"_L1)) {
        JsonMembers file(element);
        const PersonaFile value{file.neededText("path"_L1, workLine), file.neededText("text"_L1, workText)};
        file.nothingElse();
        const QStringList parts = value.path.split(u'/');
        if (value.path.startsWith(u'/') || parts.contains(u".."_s) || parts.contains(u"."_s)
            || (parts.contains(QString()) && !value.path.isEmpty()))
            element.complain(WorkWords::tr("needs a path below its folder, such as notes/plan.md"));
        work.files << value;
    }
    for (const JsonNode &element : members.list("fetches"_L1)) {
        JsonMembers fetch(element);
        work.fetches << PersonaFetch{fetch.neededText("from"_L1, workName), fetch.neededText("path"_L1, workLine)};
        fetch.nothingElse();
    }
}

void readUploads(JsonMembers &members, PersonaWork &work)
{
    for (const JsonNode &element : members.list("uploads"_L1)) {
        JsonMembers upload(element);
        const PersonaUpload value{upload.neededText("name"_L1, workLine), upload.neededText("text"_L1, workText),
                                  upload.text("to"_L1, workName + 1), upload.texts("tags"_L1, workName)};
        upload.nothingElse();
        if (value.name.contains(u'/') || value.name.contains(u'\\') || value.name == "."_L1 || value.name == ".."_L1)
            element.complain(WorkWords::tr("needs a name without a path, such as report.md"));
        if (value.to.startsWith(u'@') && !protocol::GroupName::parse(value.to.mid(1)))
            element.complain(WorkWords::tr("goes to a group with other characters than letters, digits, _, - and /"));
        work.uploads << value;
    }
    work.downloads = members.texts("downloads"_L1, workLine);
}

void readTopics(JsonMembers &members, PersonaWork &work)
{
    static const QRegularExpression form(u"^[a-z0-9][a-z0-9-]{0,49}$"_s);
    for (const JsonNode &element : members.list("topics"_L1)) {
        JsonMembers topic(element);
        const PersonaTopic value{topic.neededText("name"_L1, 50), topic.text("description"_L1, workLine),
                                 topic.texts("lines"_L1, workLine)};
        topic.nothingElse();
        if (!value.name.isEmpty() && !form.match(value.name).hasMatch())
            element.complain(WorkWords::tr("has a name with other characters than small letters, digits and -"));
        work.topics << value;
    }
}

void readSchedules(JsonMembers &members, PersonaWork &work)
{
    static const QRegularExpression cronForm(u"^[0-9*,/-]+( [0-9*,/-]+){4}$"_s);
    for (const JsonNode &element : members.list("schedules"_L1)) {
        JsonMembers schedule(element);
        const PersonaSchedule value{schedule.neededText("to"_L1, workName + 1),
                                    schedule.neededText("text"_L1, workLine), schedule.text("cron"_L1, workName),
                                    schedule.whole("inMinutes"_L1, 1, daysAhead * 24 * 60, 0)};
        schedule.nothingElse();
        const bool group = value.to.startsWith(u'@') && protocol::GroupName::parse(value.to.mid(1));
        if (!value.to.isEmpty() && !group && value.to != "*"_L1)
            element.complain(WorkWords::tr("goes to something else than @group or *"));
        if (value.cron.isEmpty() == (value.inMinutes == 0))
            element.complain(WorkWords::tr("needs either cron or inMinutes"));
        if (!value.cron.isEmpty() && !cronForm.match(value.cron).hasMatch())
            element.complain(WorkWords::tr("has a cron that is not five fields of numbers, *, lists, ranges or steps"));
        work.schedules << value;
    }
}

void readServers(JsonMembers &members, PersonaWork &work)
{
    for (const JsonNode &element : members.list("servers"_L1)) {
        JsonMembers server(element);
        PersonaServer value{server.neededText("name"_L1, workName), server.text("description"_L1, workLine), {}};
        for (const JsonNode &node : server.neededList("tools"_L1)) {
            JsonMembers tool(node);
            PersonaTool entry{tool.neededText("name"_L1, workName), tool.text("description"_L1, workLine),
                              tool.texts("answers"_L1, workText)};
            if (entry.answers.isEmpty())
                node.complain(WorkWords::tr("has no answers"));
            tool.nothingElse();
            value.tools << entry;
        }
        server.nothingElse();
        work.servers << value;
    }
    for (const JsonNode &element : members.list("calls"_L1)) {
        JsonMembers call(element);
        PersonaCall value{call.neededText("server"_L1, workName), call.neededText("tool"_L1, workName), {}};
        if (const auto args = call.find("args"_L1)) {
            const QJsonValue json = args->json();
            if (!json.isObject())
                args->complain(WorkWords::tr("must be an object"));
            value.args = json.toObject();
        }
        call.nothingElse();
        work.calls << value;
    }
}

} // namespace

PersonaWork readPersonaWork(JsonMembers &members, const QString &name)
{
    PersonaWork work;
    readTasks(members, work);
    for (const JsonNode &element : members.list("skills"_L1)) {
        JsonMembers skill(element);
        work.skills << PersonaSkill{skill.neededText("name"_L1, workName), skill.neededText("description"_L1, workLine),
                                    skill.neededText("instructions"_L1, workText), skill.texts("tags"_L1, workName)};
        skill.nothingElse();
    }
    readFiles(members, work);
    readUploads(members, work);
    readTopics(members, work);
    readSchedules(members, work);
    readServers(members, work);
    for (const PersonaFetch &fetch : std::as_const(work.fetches)) {
        if (fetch.from == name) {
            if (const auto node = members.find("fetches"_L1))
                node->complain(WorkWords::tr("fetches from the persona itself"));
        }
    }
    return work;
}

PersonaStyle readPersonaStyle(JsonMembers &members)
{
    PersonaStyle style;
    const auto node = members.find("style"_L1);
    if (!node)
        return style;
    JsonMembers values(*node);
    if (const auto pause = values.find("pauseSeconds"_L1)) {
        const auto pair = pause->elements();
        if (pair.size() == 2) {
            style.pauseMinS = pair[0].number(0, 600);
            style.pauseMaxS = pair[1].number(0, 600);
        }
        if (pair.size() != 2 || style.pauseMinS > style.pauseMaxS || style.pauseMaxS <= 0)
            pause->complain(WorkWords::tr("must be two numbers that count upwards, such as [2, 7]"));
    }
    style.quotes = values.number("quotes"_L1, 0, 1);
    style.splits = values.number("splits"_L1, 0, 1);
    style.emoji = values.texts("emoji"_L1, 16);
    style.emojiShare = values.number("emojiShare"_L1, 0, 1);
    style.lowerCase = values.truth("lowerCase"_L1, false);
    values.nothingElse();
    if (style.emojiShare > 0 && style.emoji.isEmpty())
        node->complain(WorkWords::tr("has an emojiShare but no emoji"));
    return style;
}

PersonaErrors readPersonaErrors(JsonMembers &members)
{
    PersonaErrors errors;
    const auto node = members.find("errors"_L1);
    if (!node)
        return errors;
    JsonMembers values(*node);
    errors.silent = values.number("silent"_L1, 0, 1);
    errors.late = values.number("late"_L1, 0, 1);
    errors.typos = values.number("typos"_L1, 0, 1);
    errors.failures = values.number("failures"_L1, 0, 1);
    errors.drops = values.number("drops"_L1, 0, 60);
    values.nothingElse();
    return errors;
}

} // namespace mesh::local
