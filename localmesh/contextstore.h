// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "localmesh/database.h"
#include "models/protocol/framesexchange.h"

namespace mesh::local {

//! What members say they know (wire reference 7.3): one context for each member, replaced by the next.
class ContextStore final
{
public:
    explicit ContextStore(Database &database);
    Q_DISABLE_COPY_MOVE(ContextStore)

    //! \return the id of the member's context, which stays the same; empty when it cannot be written.
    QString share(const QString &memberId, const QString &name, const protocol::ShareContext &context, qint64 nowMs);
    //! The 20 newest whose summary has \a query in it, or that have it as a tag.
    QList<protocol::ContextRow> find(const QString &query);
    //! All, newest first, without files and findings.
    QList<protocol::ContextRow> list();

private:
    QList<protocol::ContextRow> read(Query &query, bool whole);

    Statement m_upsert;
    Statement m_find;
    Statement m_list;
};

} // namespace mesh::local
