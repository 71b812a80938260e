// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/skillstore.h"

#include "localmesh/ids.h"
#include "localmesh/limits.h"
#include "localmesh/text.h"

#include <QtCore/QJsonDocument>

namespace mesh::local {

SkillStore::SkillStore(Database &database)
    : m_upsert(database,
               "INSERT INTO skill(name, description, instructions, tags, author, manifest, created_at)"
               " VALUES(?,?,?,?,?,?,?) ON CONFLICT(name) DO UPDATE SET description=excluded.description,"
               " instructions=excluded.instructions, tags=excluded.tags, author=excluded.author,"
               " manifest=excluded.manifest")
    , m_get(database,
            "SELECT name, description, instructions, tags, author, manifest, created_at FROM skill WHERE name=?")
    , m_list(database,
             "SELECT name, description, tags, author, created_at FROM skill WHERE name LIKE ?1 ESCAPE '\\'"
             " OR description LIKE ?1 ESCAPE '\\' OR EXISTS(SELECT 1 FROM json_each(tags) WHERE value=?2)"
             " ORDER BY name")
    , m_remove(database, "DELETE FROM skill WHERE name=?")
    , m_count(database, "SELECT count(*) FROM skill WHERE name<>?")
{
}

bool SkillStore::share(const protocol::ShareSkill &skill, const QString &author, qint64 nowMs)
{
    {
        Query query(m_count);
        query << skill.name;
        if (query.step() && query.integer(0) >= limits::Skills)
            return false;
    }
    Query query(m_upsert);
    query << skill.name << skill.description << skill.instructions << toColumn(skill.tags.value_or(QStringList()))
          << author;
    if (skill.manifest)
        query << QString::fromUtf8(QJsonDocument(*skill.manifest).toJson(QJsonDocument::Compact));
    else
        query << nullptr;
    query << nowMs;
    return query.run();
}

protocol::Nullable<protocol::SkillDetail> SkillStore::get(const QString &name)
{
    Query query(m_get);
    query << name;
    if (!query.step())
        return std::nullopt;
    protocol::SkillDetail skill;
    skill.name = query.text(0);
    skill.description = query.text(1);
    skill.instructions = query.text(2);
    skill.tags = listFromColumn(query.text(3));
    skill.author = query.text(4);
    skill.manifest = QJsonValue(QJsonValue::Null);
    if (!query.isNull(5))
        skill.manifest = QJsonDocument::fromJson(query.blob(5)).object();
    skill.createdAt = isoTime(query.integer(6));
    return skill;
}

QList<protocol::SkillRow> SkillStore::list(const QString &text)
{
    QList<protocol::SkillRow> rows;
    qsizetype chars = 0;
    Query query(m_list);
    query << likePattern(text) << text;
    while (chars < limits::AnswerChars && query.step()) {
        protocol::SkillRow row;
        row.name = query.text(0);
        row.description = query.text(1);
        row.tags = listFromColumn(query.text(2));
        row.author = query.text(3);
        row.createdAt = isoTime(query.integer(4));
        chars += query.text(2).size() + query.text(1).size();
        rows.append(row);
    }
    return rows;
}

bool SkillStore::remove(const QString &name)
{
    Query query(m_remove);
    query << name;
    return query.run() && query.changes() == 1;
}

} // namespace mesh::local
