// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/protocol/framecodec.h"

#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;

namespace mesh::protocol {

namespace {

constexpr qsizetype kKeyLength = 64;        // ed25519 public key in hex
constexpr qsizetype kSignatureLength = 128; // ed25519 signature in hex
constexpr qsizetype kMaxMessage = 65'536;   // targetSpec + nonce + ciphertext, wire reference 1.1
constexpr qsizetype kMaxMentions = 16;

Error refused(const QString &why)
{
    return {u"refused"_s, why, ErrorBand::Persistent};
}

bool isLowerHex(const QString &text, qsizetype length)
{
    return text.size() == length && std::all_of(text.begin(), text.end(), [](QChar c) {
               return (c >= u'0' && c <= u'9') || (c >= u'a' && c <= u'f');
           });
}

Expected<void> checkGroups(const std::optional<QList<GroupClaim>> &groups)
{
    if (groups && std::any_of(groups->begin(), groups->end(), [](const GroupClaim &one) { return one.name.isEmpty(); }))
        return refused(u"A group needs a name"_s);
    return {};
}

//! Group names inside a target reach the same SQL as those of a hello.
Expected<void> checkTarget(const QString &target)
{
    if (target.isEmpty())
        return refused(u"A message needs a target"_s);
    if (target.startsWith(u'@') && !GroupName::isValid(QStringView(target).sliced(1)))
        return refused(u"This group name is not safe to send"_s);
    return {};
}

Expected<void> checkName(const QString &name, const QString &why)
{
    if (name.isEmpty())
        return refused(why);
    return {};
}

//! What both handshakes must hold. A broker answers nothing at all when one of these is missing.
template <class Frame>
Expected<void> checkHandshake(const Frame &frame)
{
    if (frame.meshId.isEmpty() || frame.sessionId.isEmpty() || frame.cwd.isEmpty())
        return refused(u"A handshake needs meshId, sessionId and cwd"_s);
    if (frame.timestamp <= 0)
        return refused(u"A handshake needs a timestamp"_s);
    if (!isLowerHex(frame.signature, kSignatureLength))
        return refused(u"A handshake needs a signature of 128 lower-case hex digits"_s);
    return checkGroups(frame.groups);
}

//! One rule for each frame that has any; every other frame may go as it is.
struct Check
{
    template <class Frame>
    Expected<void> operator()(const Frame &) const
    {
        return {};
    }

    Expected<void> operator()(const Hello &frame) const
    {
        if (!isLowerHex(frame.pubkey, kKeyLength)
            || (frame.sessionPubkey && !isLowerHex(*frame.sessionPubkey, kKeyLength)))
            return refused(u"A key has 64 lower-case hex digits"_s);
        return checkHandshake(frame);
    }

    Expected<void> operator()(const SessionHello &frame) const
    {
        if (!isLowerHex(frame.parentMemberPubkey, kKeyLength) || !isLowerHex(frame.sessionPubkey, kKeyLength))
            return refused(u"A key has 64 lower-case hex digits"_s);
        const ParentAttestation &attestation = frame.parentAttestation;
        if (attestation.parentMemberPubkey != frame.parentMemberPubkey
            || attestation.sessionPubkey != frame.sessionPubkey)
            return refused(u"The attestation is for other keys"_s);
        if (attestation.expiresAt <= 0 || !isLowerHex(attestation.signature, kSignatureLength))
            return refused(u"The attestation needs an end and a signature"_s);
        return checkHandshake(frame);
    }

    Expected<void> operator()(const JoinGroup &frame) const
    {
        return checkName(frame.name.text(), u"A group needs a name"_s);
    }

    Expected<void> operator()(const LeaveGroup &frame) const
    {
        return checkName(frame.name.text(), u"A group needs a name"_s);
    }

    Expected<void> operator()(const SetStatus &frame) const
    {
        if (frame.status == PeerStatus::Offline)
            return refused(u"A peer cannot set itself offline"_s);
        return {};
    }

    Expected<void> operator()(const Send &frame) const
    {
        if (!frame.id || frame.id->isEmpty())
            return refused(u"A message needs an id, or its ack cannot be told from others"_s);
        if (frame.targetSpec.size() + frame.nonce.size() + frame.ciphertext.size() > kMaxMessage) {
            return Error{u"too_large"_s, u"A message has at most %1 characters when sealed"_s.arg(kMaxMessage),
                         ErrorBand::Persistent};
        }
        if (frame.mentions && frame.mentions->size() > kMaxMentions)
            return refused(u"At most 16 mentions"_s);
        if (frame.bodyVersion && *frame.bodyVersion != 1 && *frame.bodyVersion != 2)
            return refused(u"A body has version 1 or 2"_s);
        return checkTarget(frame.targetSpec);
    }

    Expected<void> operator()(const ClientAck &frame) const
    {
        if (frame.brokerMessageId.value_or(QString()).isEmpty() && frame.clientMessageId.value_or(QString()).isEmpty())
            return refused(u"An acknowledgement needs an id"_s);
        return {};
    }

    Expected<void> operator()(const Schedule &frame) const
    {
        // Brokers throw outside any handler when such an entry fires, and end.
        if (frame.message.isEmpty())
            return refused(u"A scheduled message needs a text"_s);
        const bool repeats = !frame.cron.value_or(QString()).isEmpty();
        if (frame.deliverAt.value_or(repeats ? 0 : -1) < 0)
            return refused(u"A scheduled message needs a time"_s);
        return checkTarget(frame.to);
    }

    Expected<void> operator()(const SetState &frame) const
    {
        if (frame.key.isEmpty())
            return refused(u"State needs a key"_s);
        if (frame.value.isNull() || frame.value.isUndefined())
            return refused(u"State cannot be null"_s);
        return {};
    }

    Expected<void> operator()(const Publish &frame) const
    {
        if (frame.data.isUndefined())
            return refused(u"A stream needs data"_s);
        return checkName(frame.stream, u"A stream needs a name"_s);
    }

    Expected<void> operator()(const SetClock &frame) const
    {
        if (!std::isfinite(frame.speed))
            return refused(u"The speed must be a number"_s);
        return {};
    }

    Expected<void> operator()(const McpRegister &frame) const
    {
        const bool nameless = std::any_of(frame.tools.begin(), frame.tools.end(),
                                          [](const McpToolRow &tool) { return tool.name.isEmpty(); });
        return nameless ? refused(u"A tool needs a name"_s) : checkName(frame.serverName, u"A server needs a name"_s);
    }

    Expected<void> operator()(const MessageStatus &frame) const
    {
        return checkName(frame.messageId, u"Which message?"_s);
    }

    Expected<void> operator()(const CreateWebhook &frame) const
    {
        return checkName(frame.name, u"A webhook needs a name"_s);
    }

    Expected<void> operator()(const ApikeyRevoke &frame) const { return checkName(frame.id, u"Which key?"_s); }

    Expected<void> operator()(const Ban &frame) const { return checkName(frame.target, u"Ban whom?"_s); }

    Expected<void> operator()(const CreateStream &frame) const
    {
        return checkName(frame.name, u"A stream needs a name"_s);
    }

    Expected<void> operator()(const CreateTask &frame) const
    {
        return checkName(frame.title, u"A task needs a title"_s);
    }

    Expected<void> operator()(const Remember &frame) const
    {
        return checkName(frame.content, u"There is nothing to remember"_s);
    }

    Expected<void> operator()(const TopicCreate &frame) const
    {
        return checkName(frame.name, u"A topic needs a name"_s);
    }
};

} // namespace

Expected<void> validate(const ClientFrame &frame)
{
    return visit(Check(), frame);
}

} // namespace mesh::protocol
