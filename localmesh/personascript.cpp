// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/personascript.h"

#include <algorithm>

#include <QtCore/QCoreApplication>
#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QHash>
#include <QtCore/QJsonDocument>
#include <QtCore/QRegularExpression>
#include <QtCore/QSet>

#include "models/protocol/framesvalues.h"
#include "models/protocol/jsontape.h"

// The resource is compiled into a static library, which the linker would else leave out.
static void initPersonaResource()
{
    Q_INIT_RESOURCE(personas);
}

namespace mesh::local {

using namespace Qt::StringLiterals;
using protocol::Error;
using protocol::Expected;
using protocol::JsonTape;

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

//! Line and column (from 1; in characters, as editors count) of a byte offset.
QString placeOf(const QByteArray &json, qsizetype offset)
{
    const QByteArray before = json.left(offset);
    const qsizetype line = before.count('\n') + 1;
    const qsizetype column = QString::fromUtf8(before.mid(before.lastIndexOf('\n') + 1)).size() + 1;
    return PersonaWords::tr("line %1, column %2").arg(line).arg(column);
}

//! The tape with the first complaint about what is on it.
struct Source
{
    JsonTape tape;
    quint32 badOffset = 0;
    QString problem;

    void complain(quint32 offset, const QString &what)
    {
        if (!problem.isEmpty())
            return;
        problem = what;
        badOffset = offset;
    }
};

//! A value on the tape, and how it is called in a complaint: `day[2].rate`.
struct Node
{
    Source *source = nullptr;
    quint32 index = 0;
    QString name;

    const JsonTape::Entry &entry() const { return source->tape.at(index); }
    void complain(const QString &what) const
    {
        const bool text = entry().kind == JsonTape::Kind::String;
        source->complain(entry().begin - (text ? 1 : 0), u"%1 %2"_s.arg(name, what)); // a text begins at its quote
    }

    QString text(qsizetype maxLength) const
    {
        if (entry().kind == JsonTape::Kind::String) {
            const QString value = source->tape.string(entry());
            if (!value.isEmpty() && value.size() <= maxLength)
                return value;
        }
        complain(PersonaWords::tr("must be a text of 1 to %1 characters").arg(maxLength));
        return {};
    }

    double number(double low, double high) const
    {
        double value = 0;
        if (entry().kind == JsonTape::Kind::Number && source->tape.number(entry(), value) && value >= low
            && value <= high)
            return value;
        complain(PersonaWords::tr("must be a number from %1 to %2").arg(low).arg(high));
        return low;
    }

    int whole(int low, int high) const
    {
        qint64 value = 0;
        if (entry().kind == JsonTape::Kind::Number && source->tape.integer(entry(), value) && value >= low
            && value <= high)
            return int(value);
        complain(PersonaWords::tr("must be a whole number from %1 to %2").arg(low).arg(high));
        return low;
    }

    template <class E>
    E word(E fallback) const
    {
        std::optional<E> known;
        if (entry().kind == JsonTape::Kind::String)
            known = protocol::fromWord<E>(source->tape.string(entry()));
        if (!known)
            complain(PersonaWords::tr("is none of the words for it"));
        return known.value_or(fallback);
    }

    QList<Node> elements() const
    {
        QList<Node> list;
        if (entry().kind != JsonTape::Kind::Array || entry().count == 0) {
            complain(PersonaWords::tr("must be a list that is not empty"));
            return list;
        }
        quint32 at = index + 1;
        for (quint32 i = 0; i < entry().count; ++i, at = source->tape.at(at).next)
            list << Node{source, at, u"%1[%2]"_s.arg(name).arg(i)};
        return list;
    }
};

//! The members of one object, each of which has to be asked for.
class Members
{
public:
    explicit Members(const Node &object)
        : m_object(object)
    {
        if (object.entry().kind != JsonTape::Kind::Object) {
            object.complain(PersonaWords::tr("must be an object"));
            return;
        }
        const JsonTape &tape = object.source->tape;
        quint32 at = object.index + 1;
        for (quint32 i = 0; i < object.entry().count; ++i) {
            const QString key = tape.string(tape.at(at));
            const Node member{object.source, at + 1, object.name.isEmpty() ? key : u"%1.%2"_s.arg(object.name, key)};
            if (m_members.contains(key))
                member.complain(PersonaWords::tr("is there twice"));
            m_members.insert(key, member);
            at = tape.at(at + 1).next;
        }
    }

    std::optional<Node> find(QLatin1StringView key)
    {
        m_asked.insert(key);
        const auto it = m_members.constFind(key);
        return it == m_members.cend() ? std::nullopt : std::optional<Node>(*it);
    }

    std::optional<Node> need(QLatin1StringView key)
    {
        const auto found = find(key);
        if (!found)
            m_object.complain(m_object.name.isEmpty() ? PersonaWords::tr("%1 is missing").arg(key)
                                                      : PersonaWords::tr("lacks %1").arg(key));
        return found;
    }

    QString text(QLatin1StringView key, qsizetype maxLength)
    {
        const auto found = find(key);
        return found ? found->text(maxLength) : QString();
    }

    QString neededText(QLatin1StringView key, qsizetype maxLength)
    {
        const auto found = need(key);
        return found ? found->text(maxLength) : QString();
    }

    double number(QLatin1StringView key, double low, double high)
    {
        const auto found = find(key);
        return found ? found->number(low, high) : 0;
    }

    int whole(QLatin1StringView key, int low, int high, int fallback)
    {
        const auto found = find(key);
        return found ? found->whole(low, high) : fallback;
    }

    template <class E>
    E word(QLatin1StringView key, E fallback)
    {
        const auto found = find(key);
        return found ? found->word(fallback) : fallback;
    }

    QList<Node> list(QLatin1StringView key)
    {
        const auto found = find(key);
        return found ? found->elements() : QList<Node>();
    }

    QList<Node> neededList(QLatin1StringView key)
    {
        const auto found = need(key);
        return found ? found->elements() : QList<Node>();
    }

    //! Complains about the first member that was not asked for.
    void nothingElse() const
    {
        const Node *first = nullptr;
        for (auto it = m_members.cbegin(); it != m_members.cend(); ++it) {
            if (!m_asked.contains(it.key()) && (!first || it->index < first->index))
                first = &*it;
        }
        if (first)
            first->complain(PersonaWords::tr("is not known here"));
    }

private:
    Node m_object;
    QHash<QString, Node> m_members;
    QSet<QString> m_asked;
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
        if (node.entry().kind == JsonTape::Kind::String) {
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
        for (const Node &element : state.neededList("values"_L1)) {
            QJsonValue json;
            if (!node.source->tape.json(element.entry(), json) || json.isNull())
                element.complain(PersonaWords::tr("must be a value other than null"));
            value.values << json;
        }
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

PersonaScript readScript(Source &source)
{
    PersonaScript script;
    Members members(Node{&source, 0, {}});
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
    const auto bad = [&](const QString &what) {
        return Error{u"bad_persona"_s, u"%1: %2"_s.arg(source, what), protocol::ErrorBand::Persistent};
    };
    // The tape says where values are, QJsonDocument where the text stops being JSON.
    QJsonParseError parse;
    QJsonDocument::fromJson(json, &parse);
    if (parse.error != QJsonParseError::NoError)
        return bad(u"%1: %2"_s.arg(placeOf(json, parse.offset), parse.errorString()));
    Source read;
    if (const auto done = read.tape.read(json, fileLimits); !done)
        return bad(done.error().detail.isEmpty() ? done.error().code : done.error().detail);
    PersonaScript script = readScript(read);
    if (!read.problem.isEmpty())
        return bad(u"%1: %2"_s.arg(placeOf(json, read.badOffset), read.problem.trimmed()));
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
            return Error{u"bad_persona"_s, PersonaWords::tr("%1 cannot be read").arg(name),
                         protocol::ErrorBand::Persistent};
        auto script = parsePersona(file.readAll(), name);
        if (!script)
            return script.error();
        scripts << *script;
    }
    return scripts;
}

} // namespace mesh::local
