// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QJsonValue>
#include <QtCore/QList>
#include <QtCore/QStringList>

#include "models/protocol/jsonreader.h"

namespace mesh::protocol {

//! A group that a template suggests, with the roles in it; the first is that of whoever applies the template.
struct TemplateGroup
{
    QString name;
    QStringList roles;

    friend bool operator==(const TemplateGroup &, const TemplateGroup &) = default;
};

//! A state key with the value it begins with.
struct TemplateState
{
    QString key;
    QJsonValue value; //!< not null

    friend bool operator==(const TemplateState &, const TemplateState &) = default;
};

//! A prompt, shared as a skill.
struct TemplateSkill
{
    QString name;
    QString description;
    QString instructions;
    QStringList tags;

    friend bool operator==(const TemplateSkill &, const TemplateSkill &) = default;
};

//! What a new mesh begins with (wire reference 3.7), as a JSON file says it (docs/templates.md).
struct MeshTemplate
{
    QString key; //!< [a-z0-9-]{1,50}; names the file
    QString name;
    QString purpose;
    QList<TemplateGroup> groups;
    QList<TemplateState> state;
    QStringList roles; //!< roles that sessions of the mesh may take
    QList<TemplateSkill> skills;

    friend bool operator==(const MeshTemplate &, const MeshTemplate &) = default;
};

//! The state key that says which template a mesh was made from, with its groups and roles, so that every session can
//! read them.
inline constexpr QLatin1StringView TemplateStateKey{"mesh:template"};
//! Its value: {"key", "groups": {name: [roles]}, "roles": []}.
QJsonValue templateStateValue(const MeshTemplate &meshTemplate);

//! Reads a template (UTF-8) into \a out. \return the first mistake, or nothing.
std::optional<JsonProblem> readTemplate(const QByteArray &json, MeshTemplate &out);
//! The same; error `bad_template` names \a file, line and column.
Expected<MeshTemplate> parseTemplate(const QByteArray &json, const QString &file);
//! The JSON text of a template, members in the order of the reference, indented; readTemplate() reads it back.
QByteArray templateToJson(const MeshTemplate &meshTemplate);

//! The JSON texts of the templates that come with the program, in the order of the wire reference.
QList<QByteArray> builtInTemplateTexts();
//! The built-in template of this key, if there is one.
std::optional<MeshTemplate> builtInTemplate(const QString &key);

} // namespace mesh::protocol
