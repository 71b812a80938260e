// SPDX-License-Identifier: GPL-3.0-or-later
// Forgetting what was removed from the journal.
#include "models/store/messagebook.h"

namespace mesh::store {

void MessageBook::forget(const ConversationId &id, qint64 upToMs, bool whole, FoldContext &context)
{
    const ConversationId resolved = resolve(id);
    const auto it = m_records.find(resolved);
    if (it == m_records.end())
        return;
    QList<Message> kept;
    for (const Message &message : std::as_const(it->messages)) {
        if (message.sentAtMs > upToMs)
            kept.append(message);
        else
            unindex(message);
    }
    if (kept.size() != it->messages.size()) {
        it->messages = kept;
        context.changes.messages[resolved].reordered = true;
        m_touched.insert(resolved);
    }
    if (!whole)
        return;
    const QList<ConversationId> parts = QList<ConversationId>{resolved} + mergedInto(resolved);
    for (const ConversationId &part : parts)
        m_parts.remove(part);
    if (kept.isEmpty())
        removeRecord(resolved, context);
    else
        applyParts(resolved, context);
}

} // namespace mesh::store
