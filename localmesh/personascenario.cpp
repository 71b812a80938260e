// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/personascenario.h"

#include <algorithm>

#include <QtCore/QCoreApplication>
#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>

#include "models/protocol/jsonreader.h"

namespace mesh::local {

using namespace Qt::StringLiterals;
using protocol::Error;
using protocol::ErrorBand;
using protocol::Expected;
using protocol::JsonMembers;
using protocol::JsonNode;

namespace {

constexpr protocol::Limits scenarioLimits{
    .maxBytes = 256 * 1024, .maxDepth = 8, .maxStringBytes = 4096, .maxListSize = 1000, .maxValues = 20'000};
constexpr int copiesAtMost = 500;
constexpr qsizetype personasAtMost = 2000;
constexpr double rateAtMost = 600; // of PersonaHours::rate
constexpr qint64 fileBytesAtMost = 256 * 1024;
constexpr qsizetype personaNameChars = 64;

struct ScenarioWords
{
    Q_DECLARE_TR_FUNCTIONS(Scenarios)
};

Expected<QByteArray> readSmallFile(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        return Error{u"file"_s, ScenarioWords::tr("%1 cannot be read: %2").arg(path, file.errorString()),
                     ErrorBand::Persistent};
    }
    if (file.size() > fileBytesAtMost)
        return Error{u"file"_s, ScenarioWords::tr("%1 is larger than 256 KiB.").arg(path), ErrorBand::Persistent};
    return file.read(fileBytesAtMost);
}

//! One line of a scenario's list.
struct Cast
{
    JsonNode node;
    QString persona; //!< of the built-in ones, or
    QString file;
    int count = 1;
    double rate = 1;
};

struct Draft
{
    PersonaScenario scenario;
    double rate = 1;
    QList<Cast> casts;
};

Draft draftFrom(const JsonNode &root, const QList<PersonaScript> &builtIn)
{
    Draft draft;
    JsonMembers members(root);
    draft.scenario.name = members.neededText("name"_L1, 64);
    draft.scenario.seed = quint32(members.whole("seed"_L1, 0, 2'147'483'647, 1));
    draft.scenario.speed = members.number("speed"_L1, 0, 100, 10);
    draft.rate = members.number("rate"_L1, 0.01, 100, 1);
    for (const JsonNode &node : members.neededList("personas"_L1)) {
        JsonMembers entry(node);
        Cast cast{.node = node,
                  .persona = entry.text("persona"_L1, personaNameChars),
                  .file = entry.text("file"_L1, 4096),
                  .count = entry.whole("count"_L1, 1, copiesAtMost, 1),
                  .rate = entry.number("rate"_L1, 0.01, 100, 1)};
        entry.nothingElse();
        const auto isThat = [&cast](const PersonaScript &script) { return script.name == cast.persona; };
        if (cast.persona.isEmpty() == cast.file.isEmpty())
            node.complain(ScenarioWords::tr("needs either persona or file"));
        else if (!cast.persona.isEmpty() && std::none_of(builtIn.cbegin(), builtIn.cend(), isThat))
            node.complain(
                ScenarioWords::tr("names the persona %1, which does not come with the program").arg(cast.persona));
        draft.casts << cast;
    }
    members.nothingElse();
    return draft;
}

//! Adds the copies of one persona; complains when names get too long or come twice.
void addCopies(PersonaScenario &scenario, PersonaScript script, const Cast &cast, double rate)
{
    for (PersonaHours &hours : script.day)
        hours.rate = std::min(rateAtMost, hours.rate * rate);
    const QString base = script.name;
    for (int copy = 1; copy <= cast.count; ++copy) {
        if (copy > 1)
            script.name = u"%1-%2"_s.arg(base).arg(copy);
        const bool twice = std::any_of(scenario.scripts.cbegin(), scenario.scripts.cend(),
                                       [&script](const PersonaScript &other) { return other.name == script.name; });
        if (twice)
            cast.node.complain(ScenarioWords::tr("brings %1 a second time").arg(script.name));
        if (script.name.size() > personaNameChars)
            cast.node.complain(ScenarioWords::tr("makes names of more than %1 characters").arg(personaNameChars));
        if (scenario.scripts.size() >= personasAtMost)
            cast.node.complain(ScenarioWords::tr("brings the scenario over %1 personas").arg(personasAtMost));
        if (!cast.node.source->isFine())
            return;
        scenario.scripts << script;
    }
}

} // namespace

Expected<PersonaScenario> parseScenario(const QByteArray &json, const QString &source, const QString &folder)
{
    const auto builtIn = builtInPersonas();
    if (!builtIn)
        return builtIn.error();
    protocol::JsonSource tape;
    Draft draft;
    if (const auto problem = protocol::readJson(json, scenarioLimits, tape,
                                                [&](const JsonNode &root) { draft = draftFrom(root, *builtIn); }))
        return protocol::jsonError(u"bad_scenario"_s, source, *problem);
    for (const Cast &cast : std::as_const(draft.casts)) {
        PersonaScript script;
        if (cast.file.isEmpty()) {
            script = *std::find_if(builtIn->cbegin(), builtIn->cend(),
                                   [&cast](const PersonaScript &candidate) { return candidate.name == cast.persona; });
        } else {
            const auto text = readSmallFile(QDir(folder).filePath(cast.file));
            if (!text)
                return text.error();
            const auto parsed = parsePersona(*text, cast.file);
            if (!parsed)
                return parsed.error();
            script = *parsed;
        }
        addCopies(draft.scenario, std::move(script), cast, draft.rate * cast.rate);
        if (const auto problem = protocol::problemOf(json, tape))
            return protocol::jsonError(u"bad_scenario"_s, source, *problem);
    }
    return draft.scenario;
}

QStringList builtInScenarios()
{
    static_cast<void>(builtInPersonas()); // brings the resource in
    QStringList names;
    const QStringList files = QDir(u":/scenarios"_s).entryList({u"*.json"_s}, QDir::Files, QDir::Name);
    for (const QString &file : files)
        names << QFileInfo(file).completeBaseName();
    return names;
}

Expected<PersonaScenario> loadScenario(const QString &nameOrPath)
{
    const bool builtIn = builtInScenarios().contains(nameOrPath);
    const QString path = builtIn ? u":/scenarios/%1.json"_s.arg(nameOrPath) : nameOrPath;
    if (!builtIn && !QFileInfo(path).isFile()) {
        return Error{u"file"_s,
                     ScenarioWords::tr("There is no file %1, and no scenario of that name comes with the program (%2).")
                         .arg(nameOrPath, builtInScenarios().join(u", "_s)),
                     ErrorBand::Persistent};
    }
    const auto text = readSmallFile(path);
    if (!text)
        return text.error();
    return parseScenario(*text, QFileInfo(path).fileName(), QFileInfo(path).path());
}

} // namespace mesh::local
