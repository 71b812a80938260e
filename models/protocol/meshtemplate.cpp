// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/protocol/meshtemplate.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QFile>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QRegularExpression>

#include "models/protocol/types.h"

// The resource is compiled into a static library, which the linker would else leave out.
static void initTemplateResource()
{
    Q_INIT_RESOURCE(templates);
}

namespace mesh::protocol {

using namespace Qt::StringLiterals;

namespace {

constexpr Limits templateLimits{
    .maxBytes = 256 * 1024, .maxDepth = 16, .maxStringBytes = 64 * 1024, .maxListSize = 500, .maxValues = 20'000};
constexpr qsizetype nameChars = 64;
constexpr qsizetype lineChars = 400;
constexpr qsizetype instructionChars = 16'000;
constexpr qsizetype stateKeyChars = 512;

struct TemplateWords
{
    Q_DECLARE_TR_FUNCTIONS(Templates)
};

//! Complains about the second of two elements with one name.
void noTwice(const JsonNode &node, const QString &name, QStringList &names)
{
    if (!name.isEmpty() && names.contains(name))
        node.complain(TemplateWords::tr("has the name %1 a second time").arg(name));
    names << name;
}

void readTemplateGroups(JsonMembers &members, MeshTemplate &out)
{
    QStringList names;
    const auto nodes = members.list("groups"_L1);
    for (const JsonNode &node : nodes) {
        JsonMembers group(node);
        TemplateGroup value{group.neededText("name"_L1, nameChars), group.texts("roles"_L1, nameChars)};
        group.nothingElse();
        if (!value.name.isEmpty() && !GroupName::parse(value.name))
            node.complain(TemplateWords::tr("has a name with other characters than letters, digits, _, - and /"));
        noTwice(node, value.name, names);
        out.groups << value;
    }
}

void readTemplateState(JsonMembers &members, MeshTemplate &out)
{
    QStringList names;
    const auto nodes = members.list("state"_L1);
    for (const JsonNode &node : nodes) {
        JsonMembers entry(node);
        TemplateState value{entry.neededText("key"_L1, stateKeyChars), {}};
        if (const auto json = entry.need("value"_L1))
            value.value = json->json();
        entry.nothingElse();
        if (value.key == TemplateStateKey)
            node.complain(TemplateWords::tr("is a key that the program sets itself"));
        noTwice(node, value.key, names);
        out.state << value;
    }
}

void readTemplateSkills(JsonMembers &members, MeshTemplate &out)
{
    QStringList names;
    const auto nodes = members.list("skills"_L1);
    for (const JsonNode &node : nodes) {
        JsonMembers skill(node);
        const TemplateSkill value{skill.neededText("name"_L1, nameChars), skill.neededText("description"_L1, lineChars),
                                  skill.neededText("instructions"_L1, instructionChars),
                                  skill.texts("tags"_L1, nameChars)};
        skill.nothingElse();
        noTwice(node, value.name, names);
        out.skills << value;
    }
}

MeshTemplate templateFrom(const JsonNode &root)
{
    static const QRegularExpression keyForm(u"^[a-z0-9][a-z0-9-]{0,49}$"_s);
    MeshTemplate out;
    JsonMembers members(root);
    if (const auto key = members.need("key"_L1)) {
        out.key = key->text(50);
        if (!out.key.isEmpty() && !keyForm.match(out.key).hasMatch())
            key->complain(TemplateWords::tr("may hold small letters, digits and - only"));
    }
    out.name = members.neededText("name"_L1, nameChars);
    out.purpose = members.text("purpose"_L1, lineChars);
    readTemplateGroups(members, out);
    readTemplateState(members, out);
    out.roles = members.texts("roles"_L1, nameChars);
    readTemplateSkills(members, out);
    members.nothingElse();
    return out;
}

//! One line of JSON for a value; Qt writes only objects and lists.
QByteArray oneLineJson(const QJsonValue &value)
{
    const QByteArray list = QJsonDocument(QJsonArray{value}).toJson(QJsonDocument::Compact);
    return list.sliced(1, list.size() - 2);
}

QByteArray member(const char *name, const QJsonValue &value)
{
    return '"' + QByteArray(name) + "\": " + oneLineJson(value);
}

//! A list with one element a line.
QByteArray memberList(const char *name, const QList<QByteArray> &elements)
{
    return '"' + QByteArray(name) + "\": [\n    " + elements.join(",\n    ") + "\n  ]";
}

} // namespace

QJsonValue templateStateValue(const MeshTemplate &meshTemplate)
{
    QJsonObject groups;
    for (const TemplateGroup &group : meshTemplate.groups)
        groups.insert(group.name, QJsonArray::fromStringList(group.roles));
    return QJsonObject{{u"key"_s, meshTemplate.key},
                       {u"groups"_s, groups},
                       {u"roles"_s, QJsonArray::fromStringList(meshTemplate.roles)}};
}

std::optional<JsonProblem> readTemplate(const QByteArray &json, MeshTemplate &out)
{
    JsonSource source;
    return readJson(json, templateLimits, source, [&out](const JsonNode &root) { out = templateFrom(root); });
}

Expected<MeshTemplate> parseTemplate(const QByteArray &json, const QString &file)
{
    MeshTemplate parsed;
    if (const auto problem = readTemplate(json, parsed))
        return jsonError(u"bad_template"_s, file, *problem);
    return parsed;
}

QByteArray templateToJson(const MeshTemplate &meshTemplate)
{
    QList<QByteArray> members{member("key", meshTemplate.key), member("name", meshTemplate.name)};
    if (!meshTemplate.purpose.isEmpty())
        members << member("purpose", meshTemplate.purpose);
    // Empty lists are left out: the reader takes an empty one for an oversight.
    QList<QByteArray> elements;
    for (const TemplateGroup &group : meshTemplate.groups) {
        const QByteArray roles =
            group.roles.isEmpty() ? QByteArray() : ", " + member("roles", QJsonArray::fromStringList(group.roles));
        elements << '{' + member("name", group.name) + roles + '}';
    }
    if (!elements.isEmpty())
        members << memberList("groups", std::exchange(elements, {}));
    for (const TemplateState &state : meshTemplate.state)
        elements << '{' + member("key", state.key) + ", " + member("value", state.value) + '}';
    if (!elements.isEmpty())
        members << memberList("state", std::exchange(elements, {}));
    if (!meshTemplate.roles.isEmpty())
        members << member("roles", QJsonArray::fromStringList(meshTemplate.roles));
    for (const TemplateSkill &skill : meshTemplate.skills) {
        QList<QByteArray> parts{member("name", skill.name), member("description", skill.description),
                                member("instructions", skill.instructions)};
        if (!skill.tags.isEmpty())
            parts << member("tags", QJsonArray::fromStringList(skill.tags));
        elements << "{\n      " + parts.join(",\n      ") + "\n    }";
    }
    if (!elements.isEmpty())
        members << memberList("skills", elements);
    return "{\n  " + members.join(",\n  ") + "\n}\n";
}

QList<QByteArray> builtInTemplateTexts()
{
    initTemplateResource();
    QList<QByteArray> texts;
    for (const auto &key : {u"dev-team"_s, u"research"_s, u"ops-incident"_s, u"simulation"_s, u"personal"_s}) {
        QFile file(u":/templates/%1.json"_s.arg(key));
        if (file.open(QIODevice::ReadOnly))
            texts << file.readAll();
    }
    return texts;
}

std::optional<MeshTemplate> builtInTemplate(const QString &key)
{
    const auto texts = builtInTemplateTexts();
    for (const QByteArray &text : texts) {
        MeshTemplate parsed;
        if (!readTemplate(text, parsed) && parsed.key == key)
            return parsed;
    }
    return std::nullopt;
}

} // namespace mesh::protocol
