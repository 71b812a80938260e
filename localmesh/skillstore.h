// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "localmesh/database.h"
#include "models/protocol/framesknowledge.h"

namespace mesh::local {

//! Shared skills by name (wire reference 7.11).
class SkillStore final
{
public:
    explicit SkillStore(Database &database);
    Q_DISABLE_COPY_MOVE(SkillStore)

    //! Keeps a skill, in place of an older one of that name. False when there are too many, or it cannot be written.
    bool share(const protocol::ShareSkill &skill, const QString &author, qint64 nowMs);
    protocol::Nullable<protocol::SkillDetail> get(const QString &name);
    //! By name; with \a query only those that have it in their name or description, or as a tag.
    QList<protocol::SkillRow> list(const QString &query);
    //! False when there is none of that name.
    bool remove(const QString &name);

private:
    Statement m_upsert;
    Statement m_get;
    Statement m_list;
    Statement m_remove;
    Statement m_count;
};

} // namespace mesh::local
