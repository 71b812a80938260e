// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/slashcommand.h"

#include <QtCore/QDateTime>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QRegularExpression>

#include <algorithm>

#include "models/items/displaytext.h"

namespace mesh::items {

using namespace Qt::StringLiterals;
using protocol::ConversationId;
using protocol::ConversationKind;
namespace commands = protocol::commands;

namespace {

//! Longer waits overflow the broker's timer (wire reference, schedules).
constexpr qint64 kMaxRemindMs = 24LL * 24 * 3'600'000;

//! The first word of \a text, taken off it.
QString takeWord(QString &text)
{
    text = text.trimmed();
    const qsizetype end = std::find_if(text.cbegin(), text.cend(), [](QChar c) { return c.isSpace(); }) - text.cbegin();
    const QString word = text.left(end);
    text = text.mid(end).trimmed();
    return word;
}

//! Words such as "#release", taken off \a text.
QStringList takeTags(QString &text)
{
    static const QRegularExpression pattern(u"(?:^|\\s)#([\\w/-]{1,48})(?=\\s|$)"_s,
                                            QRegularExpression::UseUnicodePropertiesOption);
    QStringList tags;
    auto found = pattern.globalMatch(text);
    while (found.hasNext())
        tags.append(found.next().captured(1));
    text = text.remove(pattern).trimmed();
    return tags;
}

QString targetSpec(const ConversationId &id)
{
    switch (id.kind) {
    case ConversationKind::Group:
        return u'@' + id.key;
    case ConversationKind::Topic:
        return u'#' + id.key;
    case ConversationKind::Broadcast:
        return u"*"_s;
    case ConversationKind::Direct:
    case ConversationKind::System:
    case ConversationKind::Notes:
        break;
    }
    return id.key;
}

//! A JSON value if it reads as one, else the words themselves.
QJsonValue valueOf(const QString &text)
{
    QJsonParseError error;
    const QJsonDocument document = QJsonDocument::fromJson(u"{\"v\":"_s.append(text).append(u'}').toUtf8(), &error);
    const QJsonObject object = document.object();
    return error.error == QJsonParseError::NoError && object.size() == 1 && !object.value(u"v").isNull()
        ? object.value(u"v")
        : QJsonValue(text);
}

QString shown(const QJsonValue &value)
{
    if (value.isString())
        return oneLine(value.toString(), 120);
    QByteArray json = QJsonDocument(QJsonObject{{u"v"_s, value}}).toJson(QJsonDocument::Compact);
    return oneLine(QString::fromUtf8(json.sliced(5).chopped(1)), 120);
}

struct Line
{
    QString rest;
    const ConversationId &conversation;
    const store::MeshStore &store;
    qint64 nowMs = 0;
};

using Reader = SlashOutcome (*)(Line);

SlashOutcome refuse(const QString &error)
{
    SlashOutcome outcome;
    outcome.isCommand = true;
    outcome.error = error;
    return outcome;
}

SlashOutcome perform(protocol::Command command, const QString &done)
{
    SlashOutcome outcome;
    outcome.isCommand = true;
    outcome.command = std::move(command);
    outcome.done = done;
    return outcome;
}

SlashOutcome tell(const QString &answer)
{
    SlashOutcome outcome;
    outcome.isCommand = true;
    outcome.done = answer;
    return outcome;
}

SlashOutcome status(protocol::PeerStatus status, const QString &done)
{
    return perform(commands::SetStatus{status}, done);
}

SlashOutcome readDnd(Line line)
{
    const QString word = line.rest.toLower();
    if (word.isEmpty() || word == "on"_L1)
        return status(protocol::PeerStatus::Dnd,
                      SlashCommands::tr("You are not disturbed now; only messages with "
                                        "priority now come through. /dnd off ends it."));
    if (word == "off"_L1)
        return status(protocol::PeerStatus::Idle, SlashCommands::tr("You can be disturbed again."));
    return refuse(SlashCommands::tr("Write /dnd, /dnd on or /dnd off."));
}

SlashOutcome readStatus(Line line)
{
    const QString word = line.rest.toLower();
    if (word == "idle"_L1)
        return status(protocol::PeerStatus::Idle, SlashCommands::tr("Your status is idle."));
    if (word == "working"_L1)
        return status(protocol::PeerStatus::Working, SlashCommands::tr("Your status is working."));
    if (word == "dnd"_L1)
        return status(protocol::PeerStatus::Dnd, SlashCommands::tr("Your status is do not disturb."));
    return refuse(SlashCommands::tr("A status is idle, working or dnd. What you are doing goes into /summary."));
}

SlashOutcome readSummary(Line line)
{
    return perform(commands::SetSummary{line.rest},
                   line.rest.isEmpty() ? SlashCommands::tr("Your summary is empty now.")
                                       : SlashCommands::tr("Others see you as: %1").arg(oneLine(line.rest, 80)));
}

SlashOutcome readRemind(Line line)
{
    const QString word = takeWord(line.rest);
    const auto at = SlashCommands::whenMs(word, line.nowMs);
    if (!at)
        return refuse(
            SlashCommands::tr("Write when first: /remind 10m text, /remind 1h30m text or /remind 14:30 text."));
    if (line.rest.isEmpty())
        return refuse(
            SlashCommands::tr("Write what to remind of after the time: /remind %1 text.").arg(oneLine(word, 12)));
    if (*at - line.nowMs > kMaxRemindMs)
        return refuse(SlashCommands::tr("A broker keeps reminders for 24 days at most."));
    if (line.conversation.kind == ConversationKind::System)
        return refuse(SlashCommands::tr("Open the conversation that shall be reminded first."));
    protocol::Schedule frame;
    frame.to = targetSpec(line.conversation);
    frame.message = line.rest;
    frame.deliverAt = *at;
    frame.subtype = u"reminder"_s;
    return perform(commands::Request{frame},
                   SlashCommands::tr("The broker sends it here at %1. It keeps the text unencrypted until then.")
                       .arg(timeOfDay(*at)));
}

SlashOutcome readState(Line line)
{
    const QString key = takeWord(line.rest);
    if (key.isEmpty())
        return refuse(SlashCommands::tr("Write /state key to see a value, or /state key value to set it."));
    if (line.rest.isEmpty()) {
        const auto value = line.store.state(key);
        return tell(value ? SlashCommands::tr("%1 is %2", "key, value").arg(oneLine(key, 64), shown(value->value))
                          : SlashCommands::tr("Nothing is stored under %1.").arg(oneLine(key, 64)));
    }
    const QJsonValue value = valueOf(line.rest);
    return perform(commands::SetState{key, value},
                   SlashCommands::tr("%1 is %2 now", "key, value").arg(oneLine(key, 64), shown(value)));
}

SlashOutcome readRemember(Line line)
{
    const QStringList tags = takeTags(line.rest);
    if (line.rest.isEmpty())
        return refuse(SlashCommands::tr("Write what the mesh shall remember: /remember text #tag."));
    return perform(commands::Remember{line.rest, tags}, SlashCommands::tr("The mesh remembers it."));
}

SlashOutcome readTask(Line line)
{
    protocol::CreateTask frame;
    const QStringList tags = takeTags(line.rest);
    static const QRegularExpression assignee(u"(?:^|\\s)@(\\S{1,64})"_s);
    static const QRegularExpression urgency(u"(?:^|\\s)!(low|normal|high|urgent)(?=\\s|$)"_s);
    if (const auto match = assignee.match(line.rest); match.hasMatch())
        frame.assignee = match.captured(1);
    if (const auto match = urgency.match(line.rest); match.hasMatch())
        frame.priority = match.captured(1);
    frame.title = line.rest.remove(assignee).remove(urgency).trimmed();
    if (!tags.isEmpty())
        frame.tags = tags;
    if (frame.title.isEmpty())
        return refuse(SlashCommands::tr("Write what is to do: /task text @assignee !high #tag."));
    const QString done = frame.assignee
        ? SlashCommands::tr("The task is on the list, for %1.").arg(oneLine(*frame.assignee, 48))
        : SlashCommands::tr("The task is on the list; anyone may claim it.");
    return perform(commands::Request{frame}, done);
}

SlashOutcome readSkill(Line line)
{
    const qsizetype firstEnd = line.rest.indexOf(u'\n');
    QString head = firstEnd < 0 ? line.rest : line.rest.left(firstEnd);
    protocol::ShareSkill frame;
    frame.name = takeWord(head);
    frame.description = head;
    frame.instructions = firstEnd < 0 ? QString() : line.rest.mid(firstEnd + 1).trimmed();
    if (frame.name.isEmpty() || frame.description.isEmpty() || frame.instructions.isEmpty())
        return refuse(SlashCommands::tr("Write /skill name what it is for, and the instructions on the lines below "
                                        "(Shift+Enter makes a line)."));
    return perform(commands::Request{frame},
                   SlashCommands::tr("Every peer can use the skill %1 now.").arg(oneLine(frame.name, 48)));
}

SlashOutcome readJoin(Line line)
{
    QString name = takeWord(line.rest);
    if (name.startsWith(u'@'))
        name = name.mid(1);
    if (name.isEmpty())
        return refuse(SlashCommands::tr("Write which group: /join name role."));
    return perform(commands::JoinGroup{name, line.rest}, SlashCommands::tr("You are in @%1.").arg(oneLine(name, 64)));
}

SlashOutcome readLeave(Line line)
{
    QString name = takeWord(line.rest);
    if (name.startsWith(u'@'))
        name = name.mid(1);
    if (name.isEmpty())
        return refuse(SlashCommands::tr("Write which group: /leave name."));
    return perform(commands::LeaveGroup{name}, SlashCommands::tr("You left @%1.").arg(oneLine(name, 64)));
}

struct Entry
{
    SlashHelp help;
    Reader reader;
};

const QList<Entry> &entries()
{
    static const QList<Entry> list{
        {{u"dnd"_s, SlashCommands::tr("on | off", "arguments of a command"),
          SlashCommands::tr("Do not disturb: only priority now comes through.")},
         readDnd},
        {{u"status"_s, SlashCommands::tr("idle | working | dnd", "arguments of a command"),
          SlashCommands::tr("Sets the status that others see.")},
         readStatus},
        {{u"summary"_s, SlashCommands::tr("<text>", "arguments of a command"),
          SlashCommands::tr("Says in a sentence what you are doing.")},
         readSummary},
        {{u"remind"_s, SlashCommands::tr("<10m | 14:30> <text>", "arguments of a command"),
          SlashCommands::tr("The broker sends the text here later, unencrypted.")},
         readRemind},
        {{u"state"_s, SlashCommands::tr("<key> [value]", "arguments of a command"),
          SlashCommands::tr("Shows or sets a value that the mesh shares.")},
         readState},
        {{u"remember"_s, SlashCommands::tr("<text> [#tag]", "arguments of a command"),
          SlashCommands::tr("Puts something into the memory of the mesh.")},
         readRemember},
        {{u"task"_s, SlashCommands::tr("<text> [@peer] [!high] [#tag]", "arguments of a command"),
          SlashCommands::tr("Puts a task on the list.")},
         readTask},
        {{u"skill"_s, SlashCommands::tr("<name> <purpose>, instructions below", "arguments of a command"),
          SlashCommands::tr("Shares a skill that every peer can use.")},
         readSkill},
        {{u"join"_s, SlashCommands::tr("<group> [role]", "arguments of a command"),
          SlashCommands::tr("Joins a group.")},
         readJoin},
        {{u"leave"_s, SlashCommands::tr("<group>", "arguments of a command"), SlashCommands::tr("Leaves a group.")},
         readLeave},
    };
    return list;
}

//! The word after the slash, if the text begins with a slash and a word and nothing that could be a path.
QStringView nameIn(QStringView text)
{
    if (!text.startsWith(u'/'))
        return {};
    qsizetype end = 1;
    while (end < text.size() && text[end].isLetter())
        ++end;
    return end > 1 && (end == text.size() || text[end].isSpace()) ? text.mid(1, end - 1) : QStringView();
}

const Entry *entryFor(QStringView name)
{
    const auto &list = entries();
    const auto found = std::find_if(list.cbegin(), list.cend(), [name](const Entry &entry) {
        return name.compare(entry.help.name, Qt::CaseInsensitive) == 0;
    });
    return found == list.cend() ? nullptr : &*found;
}

} // namespace

const QList<SlashHelp> &SlashCommands::all()
{
    static const QList<SlashHelp> list = [] {
        QList<SlashHelp> helps;
        for (const Entry &entry : entries())
            helps.append(entry.help);
        return helps;
    }();
    return list;
}

const SlashHelp *SlashCommands::helpFor(QStringView text)
{
    const Entry *entry = entryFor(nameIn(text));
    return entry ? &entry->help : nullptr;
}

SlashOutcome SlashCommands::read(const QString &text, const ConversationId &conversation, const store::MeshStore &store,
                                 qint64 nowMs)
{
    SlashOutcome outcome;
    outcome.message = text;
    if (conversation.kind == ConversationKind::Notes)
        return outcome; // nothing that is noted may reach the mesh
    if (text.startsWith("//"_L1)) {
        if (!nameIn(QStringView(text).mid(1)).isEmpty())
            outcome.message = text.mid(1);
        return outcome;
    }
    const QStringView name = nameIn(text);
    if (name.isEmpty())
        return outcome;
    const Entry *entry = entryFor(name);
    if (!entry)
        return refuse(tr("There is no command /%1. To send it as a message, begin with two slashes: //%1")
                          .arg(oneLine(name, 32)));
    return entry->reader({text.mid(name.size() + 1).trimmed(), conversation, store, nowMs});
}

std::optional<qint64> SlashCommands::whenMs(QStringView text, qint64 nowMs)
{
    static const QRegularExpression span(u"^(?:(\\d{1,2})d)?(?:(\\d{1,3})h)?(?:(\\d{1,4})m)?(?:(\\d{1,5})s)?$"_s);
    static const QRegularExpression clock(u"^([01]?\\d|2[0-3]):([0-5]\\d)$"_s);
    const QString word = text.toString().toLower();
    if (const auto match = clock.match(word); match.hasMatch()) {
        QDateTime at = QDateTime::fromMSecsSinceEpoch(nowMs);
        at.setTime(QTime(match.captured(1).toInt(), match.captured(2).toInt()));
        if (at.toMSecsSinceEpoch() <= nowMs)
            at = at.addDays(1);
        return at.toMSecsSinceEpoch();
    }
    const auto match = span.match(word);
    if (word.isEmpty() || !match.hasMatch())
        return std::nullopt;
    const qint64 seconds = match.captured(1).toLongLong() * 86'400 + match.captured(2).toLongLong() * 3'600
        + match.captured(3).toLongLong() * 60 + match.captured(4).toLongLong();
    return seconds > 0 ? std::optional(nowMs + seconds * 1'000) : std::nullopt;
}

} // namespace mesh::items
