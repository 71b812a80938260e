// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/session/messageopener.h"

namespace mesh::session {

using namespace Qt::StringLiterals;
using namespace protocol;

MessageOpener::MessageOpener(const KeyPair &session, const KeyPair &member, int cachedPeers)
    : m_session(session)
    , m_member(member)
    , m_boxes(cachedPeers)
{
}

const BoxSession *MessageOpener::box(const QString &peerKey, bool ownMember)
{
    const QString slot = (ownMember ? u"m"_s : u"s"_s) + peerKey;
    if (const BoxSession *known = m_boxes.object(slot))
        return known->isNull() ? nullptr : known;
    const Expected<PublicKey> peer = PublicKey::fromHex(peerKey);
    if (!peer)
        return nullptr;
    Expected<BoxSession> made = BoxSession::create(*peer, (ownMember ? m_member : m_session).secretKey);
    if (!made)
        return nullptr;
    auto *kept = new BoxSession(std::move(made).value());
    m_boxes.insert(slot, kept); // takes it over; with a cost of 1 it is never refused
    return kept;
}

Expected<QString> MessageOpener::openFrom(const SealedText &sealed, const QString &senderKey)
{
    Error last{u"cannot_open"_s, QString(), ErrorBand::Protocol};
    for (const bool ownMember : {false, true}) {
        if (const BoxSession *session = box(senderKey, ownMember)) {
            Expected<QString> text = session->open(sealed);
            if (text)
                return text;
            last = text.error();
        }
    }
    return last;
}

Expected<SealedText> MessageOpener::sealFor(const QString &recipientKey, const QString &text)
{
    const BoxSession *session = box(recipientKey, false);
    if (!session)
        return Error{u"bad_key"_s, u"This address cannot receive encrypted messages."_s, ErrorBand::Security};
    return session->seal(text);
}

OpenedPush MessageOpener::open(const Push &push, const QString &senderMemberKey)
{
    OpenedPush opened;
    const bool reminder = push.subtype == "reminder"_L1 || push.nonce.isEmpty();
    if (reminder || push.senderMemberId) {
        opened.kind = reminder ? OpenedPush::Kind::Reminder : OpenedPush::Kind::Multicast;
        const Expected<QString> text = decodeBroadcast(push.ciphertext);
        if (text) {
            opened.body = BodyKind::Clear;
            opened.text = *text;
        }
        return opened;
    }

    const SealedText sealed{push.nonce, push.ciphertext};
    QStringList senders{push.senderPubkey};
    if (!senderMemberKey.isEmpty() && senderMemberKey != push.senderPubkey)
        senders.append(senderMemberKey);
    for (const bool ownMember : {false, true}) {
        for (const QString &sender : std::as_const(senders)) {
            const BoxSession *session = box(sender, ownMember);
            const Expected<QString> text = session ? session->open(sealed) : Error{};
            if (!text)
                continue;
            return {OpenedPush::Kind::Direct, BodyKind::Sealed, *text, ownMember};
        }
    }
    const Expected<QString> clear = decodeBroadcast(push.ciphertext);
    if (clear) {
        opened.body = BodyKind::Clear;
        opened.text = *clear;
    }
    return opened;
}

} // namespace mesh::session
