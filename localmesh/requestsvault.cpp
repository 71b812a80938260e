// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/limits.h"
#include "localmesh/requestsreply.h"

namespace mesh::local {

using namespace Qt::StringLiterals;

void Requests::on(const Context &context, const protocol::VaultSet &frame)
{
    const qsizetype size = frame.ciphertext.size() + frame.nonce.size() + frame.sealedKey.size()
        + frame.mountPath.value_or(QString()).size() + frame.description.value_or(QString()).size();
    if (frame.key.isEmpty() || frame.key.size() > limits::NameChars || size > limits::VaultChars) {
        refuse(context,
               u"an entry has a key of 1 to %1 characters and at most %2 characters altogether"_s.arg(limits::NameChars)
                   .arg(limits::VaultChars));
        return;
    }
    if (frame.entryType != "env"_L1 && frame.entryType != "file"_L1) {
        fail(context, u"vault_error"_s, u"entry_type is env or file"_s);
        return;
    }
    if (!m_parts.vault.set(context.presence.memberId, frame, m_parts.clock.nowMs())) {
        fail(context, u"vault_error"_s, u"this vault has too many entries"_s);
        return;
    }
    reply(context, protocol::VaultAck{.key = frame.key, .action = u"stored"_s, .reqId = {}});
}

void Requests::on(const Context &context, const protocol::VaultGet &frame)
{
    if (frame.keys.size() > limits::VaultEntries) {
        fail(context, u"vault_error"_s, u"at most %1 keys at once"_s.arg(limits::VaultEntries));
        return;
    }
    protocol::VaultGetResult result;
    result.entries = m_parts.vault.get(context.presence.memberId, frame.keys);
    reply(context, std::move(result));
}

void Requests::on(const Context &context, const protocol::VaultList &)
{
    protocol::VaultListResult result;
    result.entries = m_parts.vault.list(context.presence.memberId);
    reply(context, std::move(result));
}

void Requests::on(const Context &context, const protocol::VaultDelete &frame)
{
    const bool removed = m_parts.vault.remove(context.presence.memberId, frame.key);
    reply(context,
          protocol::VaultAck{.key = frame.key, .action = removed ? u"deleted"_s : u"not_found"_s, .reqId = {}});
}

} // namespace mesh::local
