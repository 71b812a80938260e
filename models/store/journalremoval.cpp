// SPDX-License-Identifier: GPL-3.0-or-later
// Removing: what the user wants gone, what rules say is too old or too much, whole meshes. Writing is in
// journalwriter.cpp.
#include "models/store/journalwriter.h"

#include "models/protocol/logging.h"

using namespace Qt::StringLiterals;

namespace mesh::store {

using namespace protocol;

void JournalWriter::forgetMesh(const MeshId &mesh)
{
    if (!commitPending())
        return;
    const qint64 id = m_meshRows.value(mesh);
    if (id == 0)
        return;
    if (!m_db.exec("BEGIN IMMEDIATE"))
        return fail(m_db.error());
    bool ok = true;
    for (const char *sql :
         {"DELETE FROM messages WHERE row IN (SELECT row FROM events WHERE mesh=?)",
          "DELETE FROM message_rows WHERE row IN (SELECT row FROM events WHERE mesh=?)",
          "DELETE FROM events WHERE mesh=?", "DELETE FROM snapshots WHERE mesh=?", "DELETE FROM meshes WHERE id=?"}) {
        Statement remove = m_db.prepare(sql);
        ok = ok && remove.bind(1, id).run();
    }
    if (!ok || !m_db.exec("COMMIT")) {
        const Error error = m_db.error();
        m_db.exec("ROLLBACK");
        return fail(error);
    }
    m_meshRows.remove(mesh);
    m_encoders.remove(mesh);
}

void JournalWriter::removeHistory(const MeshId &mesh, const QList<ConversationId> &parts, qint64 upToMs, bool whole)
{
    if (parts.isEmpty())
        return;
    // In turn, and never forgotten: what the user wants gone goes as soon as the disk lets it.
    m_waiting.append({mesh, parts, upToMs, whole});
    if (!commitPending() && !m_refused)
        m_timer.start(m_options.retryMs);
}

void JournalWriter::removeWaiting()
{
    while (!m_waiting.isEmpty()) {
        const WaitingRemoval next = m_waiting.takeFirst();
        if (!removeNow(next.mesh, next.parts, next.upToMs, next.whole, false)) {
            m_waiting.prepend(next);
            m_timer.start(m_options.retryMs);
            return;
        }
    }
}

bool JournalWriter::removeNow(const MeshId &mesh, const QList<ConversationId> &parts, qint64 upToMs, bool whole,
                              bool byRule)
{
    const Expected<qint64> removed = JournalPruner(m_db, m_keys).remove(mesh, parts, upToMs, whole);
    if (!removed) {
        fail(removed.error());
        return false;
    }
    if (byRule)
        ++m_removals[mesh];
    m_encoders[mesh].restart();
    m_removing = true;
    m_index->rowsRemoved();
    indexLater();
    Q_EMIT historyRemoved(mesh, parts.first(), upToMs, *removed, byRule);
    return true;
}

void JournalWriter::setRetention(const QList<RetentionRule> &rules)
{
    if (!commitPending())
        return;
    if (Expected<void> written = writeRetention(m_db, m_keys, rules); !written)
        return fail(written.error());
    Q_EMIT retentionKnown(rules);
}

void JournalWriter::applyRetention(qint64 nowMs)
{
    if (!commitPending())
        return;
    const Expected<QList<RetentionRule>> rules = readRetention(m_db, m_keys);
    if (!rules)
        return;
    for (const RetentionRule &rule : *rules) {
        const Expected<qint64> cut = JournalPruner(m_db, m_keys).cutOf(rule, nowMs);
        if (!cut)
            return fail(cut.error());
        if (*cut <= 0)
            continue;
        bool any = false;
        for (const ConversationId &part : rule.parts) {
            Statement older = m_db.prepare("SELECT 1 FROM messages WHERE conv=? AND sent<=? LIMIT 1");
            const QByteArray token = m_keys.conversationToken(rule.mesh, part);
            any = any || older.bind(1, token).bind(2, *cut).step();
        }
        if (any && !removeNow(rule.mesh, rule.parts, *cut, false, true))
            return;
    }
}

//! The index has forgotten; what is left of it in the write-ahead log goes as well.
void JournalWriter::finishRemoval()
{
    Statement checkpoint = m_db.prepare("PRAGMA wal_checkpoint(TRUNCATE)");
    const bool truncated = checkpoint.step() && checkpoint.integer(0) == 0;
    if (!truncated) { // somebody reads; again later
        QTimer::singleShot(m_options.retryMs, this, [this] {
            if (m_removing && m_index && !m_index->remembersRemoved())
                finishRemoval();
        });
        return;
    }
    m_removing = false;
    Q_EMIT removalFinished();
}

} // namespace mesh::store
