// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QList>

#include "models/protocol/event.h"
#include "models/store/journalcodec.h"

namespace mesh::store {

//! How long a conversation is kept. Both bounds hold; 0: no bound.
struct RetentionRule
{
    protocol::MeshId mesh;
    //! The conversation; further ones are those merged into it.
    QList<protocol::ConversationId> parts;
    qint64 maxAgeMs = 0;
    qint64 maxBytes = 0; //!< of its sealed messages

    friend bool operator==(const RetentionRule &, const RetentionRule &) = default;
};

//! Rules are kept in the journal itself, sealed, since they name conversations.
[[nodiscard]] protocol::Expected<QList<RetentionRule>> readRetention(JournalDb &db, const JournalKeys &keys);
[[nodiscard]] protocol::Expected<void> writeRetention(JournalDb &db, const JournalKeys &keys,
                                                      const QList<RetentionRule> &rules);

//! Takes messages out of a journal for good: rows, places in conversations, snapshots of the mesh (which hold recent
//! messages); the search index is told what it has to forget (table search_gone). Runs on the writer's connection.
class JournalPruner final
{
public:
    JournalPruner(JournalDb &db, const JournalKeys &keys);

    //! The time up to which messages have to go so that the rule holds at \a nowMs; 0: none.
    [[nodiscard]] protocol::Expected<qint64> cutOf(const RetentionRule &rule, qint64 nowMs);
    //! Removes what was sent up to \a upToMs, one transaction. \a whole: drafts and read marks as well.
    //! \return how many messages went.
    [[nodiscard]] protocol::Expected<qint64>
    remove(const protocol::MeshId &mesh, const QList<protocol::ConversationId> &parts, qint64 upToMs, bool whole);

private:
    [[nodiscard]] protocol::Expected<void> removeMarks(qint64 meshRow, const QList<protocol::ConversationId> &parts);
    [[nodiscard]] protocol::Expected<qint64>
    removeInside(const protocol::MeshId &mesh, const QList<protocol::ConversationId> &parts, qint64 upToMs, bool whole);

    JournalDb &m_db;
    const JournalKeys &m_keys;
};

} // namespace mesh::store

Q_DECLARE_METATYPE(mesh::store::RetentionRule)
