// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/personascript.h"

#include <algorithm>

#include <QtCore/QCoreApplication>
#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QRegularExpression>

#include "models/protocol/jsonreader.h"

// The resource is compiled into a static library, which the linker would else leave out.
static void initPersonaResource()
{
    Q_INIT_RESOURCE(personas);
}

namespace mesh::local {

using namespace Qt::StringLiterals;
using protocol::Expected;
using Members = protocol::JsonMembers;
using Node = protocol::JsonNode;

namespace {

constexpr protocol::Limits fileLimits{
    .maxBytes = 256 * 1024, .maxDepth = 16, .maxStringBytes = 16 * 1024, .maxListSize = 1000, .maxValues = 20'000};
constexpr qsizetype shortText = 64;   // names
constexpr qsizetype middleText = 400; // what is shown in one line
constexpr qsizetype longText = 4000;  // what is said

struct PersonaWords
{
    Q_DECLARE_TR_FUNCTIONS(Personas)
};

//! A text that is said, whose `{40-60}` must count upwards.
QString spoken(const Node &node)
{
    static const QRegularExpression range(u"\\{(\\d+)-(\\d+)\\}"_s);
    const QString text = node.text(longText);
    for (auto it = range.globalMatch(text); it.hasNext();) {
        const QRegularExpressionMatch match = it.next();
        bool lowFits = false;
        bool highFits = false;
        const int low = match.captured(1).toInt(&lowFits);
        const int high = match.captured(2).toInt(&highFits);
        if (!lowFits || !highFits || low > high)
            node.complain(PersonaWords::tr("has a range that does not count upwards: %1").arg(match.captured()));
    }
    return text;
}

QStringList spokenList(const QList<Node> &nodes)
{
    QStringList list;
    for (const Node &node : nodes)
        list << spoken(node);
    return list;
}

QList<PersonaReply> replyList(const QList<Node> &nodes)
{
    QList<PersonaReply> list;
    for (const Node &node : nodes) {
        PersonaReply reply;
        if (node.isText()) {
            reply.text = spoken(node);
        } else {
            Members members(node);
            for (const Node &word : members.neededList("when"_L1))
                reply.when << word.text(shortText).toLower();
            if (const auto text = members.need("text"_L1))
                reply.text = spoken(*text);
            members.nothingElse();
        }
        list << reply;
    }
    return list;
}

void readGroups(Members &members, PersonaScript &script)
{
    for (const Node &node : members.list("groups"_L1)) {
        Members group(node);
        const PersonaGroup value{group.neededText("name"_L1, shortText), group.text("role"_L1, shortText)};
        group.nothingElse();
        if (!value.name.isEmpty() && !protocol::GroupName::parse(value.name))
            node.complain(PersonaWords::tr("has a name with other characters than letters, digits, _, - and /"));
        script.groups << value;
    }
}

void readDay(Members &members, PersonaScript &script)
{
    QList<bool> covered(24, false);
    for (const Node &node : members.neededList("day"_L1)) {
        Members stretch(node);
        PersonaHours hours;
        hours.from = stretch.whole("from"_L1, 0, 23, 0);
        hours.to = stretch.whole("to"_L1, 1, 24, 24);
        if (hours.from >= hours.to)
            node.complain(PersonaWords::tr("ends before it begins"));
        hours.status = stretch.word("status"_L1, protocol::PeerStatus::Idle);
        if (hours.status != protocol::PeerStatus::Idle && hours.status != protocol::PeerStatus::Dnd)
            node.complain(PersonaWords::tr(
                "may have status idle or dnd only; working is shown in the share of time that busy says"));
        hours.busy = stretch.number("busy"_L1, 0, 0.75);
        if (hours.busy > 0 && hours.status == protocol::PeerStatus::Dnd)
            node.complain(PersonaWords::tr("cannot be busy while it does not want to be disturbed"));
        hours.rate = stretch.number("rate"_L1, 0, 600);
        hours.summary = stretch.text("summary"_L1, middleText);
        stretch.nothingElse();
        for (int hour = hours.from; hour < hours.to; ++hour) {
            if (covered[hour])
                node.complain(PersonaWords::tr("has hour %1 a second time").arg(hour));
            covered[hour] = true;
        }
        script.day << hours;
    }
    if (const auto day = members.find("day"_L1); day && covered.contains(false))
        day->complain(PersonaWords::tr("leaves out hour %1").arg(covered.indexOf(false)));
}

void readTalks(Members &members, PersonaScript &script)
{
    for (const Node &node : members.list("talks"_L1)) {
        Members talk(node);
        PersonaTalk value;
        value.to = talk.neededText("to"_L1, shortText + 1);
        value.priority = talk.word("priority"_L1, protocol::Priority::Next);
        value.weight = talk.whole("weight"_L1, 1, 100, 1);
        value.from = talk.whole("from"_L1, 0, 23, 0);
        value.until = talk.whole("until"_L1, 1, 24, 24);
        if (value.from >= value.until)
            node.complain(PersonaWords::tr("ends before it begins"));
        value.lines = spokenList(talk.neededList("lines"_L1));
        talk.nothingElse();
        if (value.to.startsWith(u'@') && !protocol::GroupName::parse(value.to.mid(1)))
            node.complain(PersonaWords::tr("goes to a group with other characters than letters, digits, _, - and /"));
        if (value.to == script.name)
            node.complain(PersonaWords::tr("goes to the persona itself"));
        script.talks << value;
    }
}

void readStates(Members &members, PersonaScript &script)
{
    for (const Node &node : members.list("state"_L1)) {
        Members state(node);
        PersonaState value{state.neededText("key"_L1, shortText), {}};
        for (const Node &element : state.neededList("values"_L1))
            value.values << element.json();
        state.nothingElse();
        script.states << value;
    }
}

void readReplies(Members &members, PersonaScript &script)
{
    script.replies = replyList(members.neededList("replies"_L1));
    script.answers = replyList(members.list("answers"_L1));
    const qsizetype always = std::count_if(script.replies.cbegin(), script.replies.cend(),
                                           [](const PersonaReply &reply) { return reply.when.isEmpty(); });
    if (const auto node = members.find("replies"_L1); node && always < 2)
        node->complain(PersonaWords::tr("must hold at least two that fit always, so that none comes twice in a row"));
}

PersonaScript readScript(const Node &root)
{
    PersonaScript script;
    Members members(root);
    script.name = members.neededText("name"_L1, shortText);
    script.kind = members.word("kind"_L1, protocol::PeerKind::Ai);
    script.model = members.text("model"_L1, shortText);
    script.channel = members.text("channel"_L1, shortText);
    script.role = members.text("role"_L1, shortText);
    script.cwd = members.neededText("cwd"_L1, middleText);
    script.host = members.text("host"_L1, shortText);
    script.contextMax = members.whole("contextMax"_L1, 0, 100'000'000, 0);
    script.contextStart = members.number("contextStart"_L1, 0, 1);
    script.tokensPerAction = members.whole("tokensPerAction"_L1, 0, 1'000'000, 0);
    script.costPerAction = members.number("costPerAction"_L1, 0, 100);
    script.memories = spokenList(members.list("memories"_L1));
    readGroups(members, script);
    readDay(members, script);
    readTalks(members, script);
    readStates(members, script);
    readReplies(members, script);
    script.work = readPersonaWork(members, script.name);
    script.style = readPersonaStyle(members);
    script.errors = readPersonaErrors(members);
    members.nothingElse();
    return script;
}

} // namespace

const PersonaHours &PersonaScript::hoursAt(int hour) const
{
    for (const PersonaHours &hours : day) {
        if (hour >= hours.from && hour < hours.to)
            return hours;
    }
    return day.first();
}

Expected<PersonaScript> parsePersona(const QByteArray &json, const QString &source)
{
    PersonaScript script;
    protocol::JsonSource read;
    const auto problem =
        protocol::readJson(json, fileLimits, read, [&script](const Node &root) { script = readScript(root); });
    if (problem)
        return protocol::jsonError(u"bad_persona"_s, source, *problem);
    return script;
}

Expected<QList<PersonaScript>> builtInPersonas()
{
    initPersonaResource();
    QList<PersonaScript> scripts;
    const QDir folder(u":/personas"_s);
    const QStringList names = folder.entryList({u"*.json"_s}, QDir::Files, QDir::Name);
    for (const QString &name : names) {
        QFile file(folder.filePath(name));
        if (!file.open(QIODevice::ReadOnly))
            return protocol::Error{u"bad_persona"_s, PersonaWords::tr("%1 cannot be read").arg(name),
                                   protocol::ErrorBand::Persistent};
        auto script = parsePersona(file.readAll(), name);
        if (!script)
            return script.error();
        scripts << *script;
    }
    return scripts;
}

} // namespace mesh::local
