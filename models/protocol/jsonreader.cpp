// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/protocol/jsonreader.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QJsonDocument>

namespace mesh::protocol {

using namespace Qt::StringLiterals;

namespace {

struct ReaderWords
{
    Q_DECLARE_TR_FUNCTIONS(JsonReader)
};

JsonProblem problemAt(const QByteArray &json, qsizetype offset, const QString &text)
{
    const QByteArray before = json.left(offset);
    const qsizetype lineStart = before.lastIndexOf('\n') + 1;
    return {int(before.count('\n') + 1), int(QString::fromUtf8(before.mid(lineStart)).size() + 1), text};
}

} // namespace

// --- source and nodes ---------------------------------------------------------------------------------------------

void JsonSource::complain(quint32 offset, const QString &what)
{
    if (!m_problem.isEmpty())
        return;
    m_problem = what;
    m_badOffset = offset;
}

void JsonNode::complain(const QString &what) const
{
    // A text begins at its quote.
    source->complain(entry().begin - (isText() ? 1 : 0), u"%1 %2"_s.arg(name, what).trimmed());
}

void JsonNode::complainAboutWord() const
{
    complain(ReaderWords::tr("is none of the words for it"));
}

QString JsonNode::text(qsizetype maxLength) const
{
    if (isText()) {
        const QString value = source->tape.string(entry());
        if (!value.isEmpty() && value.size() <= maxLength)
            return value;
    }
    complain(ReaderWords::tr("must be a text of 1 to %1 characters").arg(maxLength));
    return {};
}

double JsonNode::number(double low, double high) const
{
    double value = 0;
    if (entry().kind == JsonTape::Kind::Number && source->tape.number(entry(), value) && value >= low && value <= high)
        return value;
    complain(ReaderWords::tr("must be a number from %1 to %2").arg(low).arg(high));
    return low;
}

int JsonNode::whole(int low, int high) const
{
    qint64 value = 0;
    if (entry().kind == JsonTape::Kind::Number && source->tape.integer(entry(), value) && value >= low && value <= high)
        return int(value);
    complain(ReaderWords::tr("must be a whole number from %1 to %2").arg(low).arg(high));
    return low;
}

bool JsonNode::truth() const
{
    if (entry().kind != JsonTape::Kind::True && entry().kind != JsonTape::Kind::False)
        complain(ReaderWords::tr("must be true or false"));
    return entry().kind == JsonTape::Kind::True;
}

QJsonValue JsonNode::json() const
{
    QJsonValue value;
    if (!source->tape.json(entry(), value) || value.isNull())
        complain(ReaderWords::tr("must be a value other than null"));
    return value;
}

QList<JsonNode> JsonNode::elements() const
{
    QList<JsonNode> list;
    if (entry().kind != JsonTape::Kind::Array || entry().count == 0) {
        complain(ReaderWords::tr("must be a list that is not empty"));
        return list;
    }
    quint32 at = index + 1;
    for (quint32 i = 0; i < entry().count; ++i, at = source->tape.at(at).next)
        list << JsonNode{source, at, u"%1[%2]"_s.arg(name).arg(i)};
    return list;
}

// --- members ------------------------------------------------------------------------------------------------------

JsonMembers::JsonMembers(const JsonNode &object)
    : m_object(object)
{
    if (object.entry().kind != JsonTape::Kind::Object) {
        object.complain(ReaderWords::tr("must be an object"));
        return;
    }
    const JsonTape &tape = object.source->tape;
    quint32 at = object.index + 1;
    for (quint32 i = 0; i < object.entry().count; ++i) {
        const QString key = tape.string(tape.at(at));
        const JsonNode member{object.source, at + 1, object.name.isEmpty() ? key : u"%1.%2"_s.arg(object.name, key)};
        if (m_members.contains(key))
            member.complain(ReaderWords::tr("is there twice"));
        m_members.insert(key, member);
        at = tape.at(at + 1).next;
    }
}

std::optional<JsonNode> JsonMembers::find(QLatin1StringView key)
{
    m_asked.insert(key);
    const auto it = m_members.constFind(key);
    return it == m_members.cend() ? std::nullopt : std::optional<JsonNode>(*it);
}

std::optional<JsonNode> JsonMembers::need(QLatin1StringView key)
{
    const auto found = find(key);
    if (!found) {
        m_object.complain(m_object.name.isEmpty() ? ReaderWords::tr("%1 is missing").arg(key)
                                                  : ReaderWords::tr("lacks %1").arg(key));
    }
    return found;
}

QString JsonMembers::text(QLatin1StringView key, qsizetype maxLength)
{
    const auto found = find(key);
    return found ? found->text(maxLength) : QString();
}

QString JsonMembers::neededText(QLatin1StringView key, qsizetype maxLength)
{
    const auto found = need(key);
    return found ? found->text(maxLength) : QString();
}

double JsonMembers::number(QLatin1StringView key, double low, double high, double fallback)
{
    const auto found = find(key);
    return found ? found->number(low, high) : fallback;
}

int JsonMembers::whole(QLatin1StringView key, int low, int high, int fallback)
{
    const auto found = find(key);
    return found ? found->whole(low, high) : fallback;
}

bool JsonMembers::truth(QLatin1StringView key, bool fallback)
{
    const auto found = find(key);
    return found ? found->truth() : fallback;
}

QList<JsonNode> JsonMembers::list(QLatin1StringView key)
{
    const auto found = find(key);
    return found ? found->elements() : QList<JsonNode>();
}

QList<JsonNode> JsonMembers::neededList(QLatin1StringView key)
{
    const auto found = need(key);
    return found ? found->elements() : QList<JsonNode>();
}

QStringList JsonMembers::texts(QLatin1StringView key, qsizetype maxLength)
{
    QStringList texts;
    const auto nodes = list(key);
    for (const JsonNode &node : nodes)
        texts << node.text(maxLength);
    return texts;
}

void JsonMembers::nothingElse() const
{
    const JsonNode *first = nullptr;
    for (auto it = m_members.cbegin(); it != m_members.cend(); ++it) {
        if (!m_asked.contains(it.key()) && (!first || it->index < first->index))
            first = &*it;
    }
    if (first)
        first->complain(ReaderWords::tr("is not known here"));
}

// --- whole files --------------------------------------------------------------------------------------------------

std::optional<JsonProblem> openJson(const QByteArray &json, const Limits &limits, JsonSource &source)
{
    // The tape says where values are, QJsonDocument where the text stops being JSON.
    QJsonParseError parse;
    QJsonDocument::fromJson(json, &parse);
    if (parse.error != QJsonParseError::NoError)
        return problemAt(json, parse.offset, parse.errorString());
    if (const auto done = source.tape.read(json, limits); !done)
        return problemAt(json, 0, done.error().detail.isEmpty() ? done.error().code : done.error().detail);
    return std::nullopt;
}

std::optional<JsonProblem> problemOf(const QByteArray &json, const JsonSource &source)
{
    if (source.isFine())
        return std::nullopt;
    return problemAt(json, source.badOffset(), source.problem());
}

Error jsonError(const QString &code, const QString &file, const JsonProblem &problem)
{
    return {
        code,
        ReaderWords::tr("%1: line %2, column %3: %4").arg(file).arg(problem.line).arg(problem.column).arg(problem.text),
        ErrorBand::Persistent};
}

} // namespace mesh::protocol
