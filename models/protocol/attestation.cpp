// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/protocol/attestation.h"

#include "models/protocol/cryptoerror.h"

#include <initializer_list>

namespace mesh::protocol {

using namespace Qt::StringLiterals;

namespace {

QByteArray joined(std::initializer_list<QStringView> parts)
{
    QString text;
    for (const QStringView part : parts) {
        text += part;
        text += u'|';
    }
    text.chop(1);
    return text.toUtf8();
}

Error rejected(QLatin1StringView what, QLatin1StringView code)
{
    const bool forged = code == "bad_signature"_L1;
    return Error{QString(code), what + " rejected: "_L1 + code, forged ? ErrorBand::Security : ErrorBand::Protocol};
}

//! The signature part of every check: wrong text is "malformed", wrong signature "bad_signature".
Expected<void> checkSignature(QLatin1StringView what, QStringView signature, const QByteArray &canonical,
                              QStringView signerHex)
{
    const auto signer = PublicKey::fromHex(signerHex);
    if (!signer)
        return rejected(what, "malformed"_L1);
    const auto verified = verifyDetached(signature, canonical, *signer);
    if (!verified)
        return rejected(what, verified.error().code == "malformed"_L1 ? "malformed"_L1 : "bad_signature"_L1);
    return {};
}

bool skewed(qint64 timestampMs, qint64 nowMs)
{
    return timestampMs < nowMs - HelloToleranceMs || timestampMs > nowMs + HelloToleranceMs;
}

} // namespace

QByteArray helloCanonical(QStringView meshId, QStringView memberId, QStringView pubkey, qint64 timestampMs)
{
    return joined({meshId, memberId, pubkey, QString::number(timestampMs)});
}

QByteArray attestationCanonical(QStringView parentMemberPubkey, QStringView sessionPubkey, qint64 expiresAtMs)
{
    return joined({u"claudemesh-session-attest", parentMemberPubkey, sessionPubkey, QString::number(expiresAtMs)});
}

QByteArray sessionHelloCanonical(QStringView meshId, QStringView parentMemberPubkey, QStringView sessionPubkey,
                                 qint64 timestampMs)
{
    return joined(
        {u"claudemesh-session-hello", meshId, parentMemberPubkey, sessionPubkey, QString::number(timestampMs)});
}

Expected<QString> signHello(QStringView meshId, QStringView memberId, const KeyPair &member, qint64 timestampMs)
{
    return signDetached(helloCanonical(meshId, memberId, member.publicKey.hex(), timestampMs), member.secretKey);
}

Expected<SessionAttestation> makeAttestation(const KeyPair &member, const PublicKey &session, qint64 expiresAtMs)
{
    SessionAttestation attestation;
    attestation.sessionPubkey = session.hex();
    attestation.parentMemberPubkey = member.publicKey.hex();
    attestation.expiresAt = expiresAtMs;
    const auto signature = signDetached(
        attestationCanonical(attestation.parentMemberPubkey, attestation.sessionPubkey, expiresAtMs), member.secretKey);
    if (!signature)
        return signature.error();
    attestation.signature = *signature;
    return attestation;
}

Expected<QString> signSessionHello(QStringView meshId, const PublicKey &parentMember, const KeyPair &session,
                                   qint64 timestampMs)
{
    return signDetached(sessionHelloCanonical(meshId, parentMember.hex(), session.publicKey.hex(), timestampMs),
                        session.secretKey);
}

Expected<void> verifyHello(QStringView meshId, QStringView memberId, QStringView pubkey, qint64 timestampMs,
                           QStringView signature, qint64 nowMs)
{
    if (skewed(timestampMs, nowMs))
        return rejected("hello"_L1, "timestamp_skew"_L1);
    return checkSignature("hello"_L1, signature, helloCanonical(meshId, memberId, pubkey, timestampMs), pubkey);
}

Expected<void> verifyAttestation(const SessionAttestation &attestation, qint64 nowMs)
{
    if (attestation.expiresAt <= nowMs)
        return rejected("attestation"_L1, "expired"_L1);
    if (attestation.expiresAt > nowMs + AttestationMaxMs)
        return rejected("attestation"_L1, "ttl_too_long"_L1);
    if (!PublicKey::fromHex(attestation.sessionPubkey))
        return rejected("attestation"_L1, "malformed"_L1);
    return checkSignature(
        "attestation"_L1, attestation.signature,
        attestationCanonical(attestation.parentMemberPubkey, attestation.sessionPubkey, attestation.expiresAt),
        attestation.parentMemberPubkey);
}

Expected<void> verifySessionHello(QStringView meshId, QStringView parentMemberPubkey, QStringView sessionPubkey,
                                  const SessionAttestation &attestation, qint64 timestampMs, QStringView signature,
                                  qint64 nowMs)
{
    if (!PublicKey::fromHex(sessionPubkey))
        return rejected("session_hello"_L1, "bad_session_pubkey"_L1);
    if (!PublicKey::fromHex(parentMemberPubkey))
        return rejected("session_hello"_L1, "bad_parent_pubkey"_L1);
    if (attestation.sessionPubkey != sessionPubkey || attestation.parentMemberPubkey != parentMemberPubkey)
        return rejected("session_hello"_L1, "attestation_mismatch"_L1);
    if (auto attested = verifyAttestation(attestation, nowMs); !attested)
        return attested;
    if (skewed(timestampMs, nowMs))
        return rejected("session_hello"_L1, "timestamp_skew"_L1);
    return checkSignature("session_hello"_L1, signature,
                          sessionHelloCanonical(meshId, parentMemberPubkey, sessionPubkey, timestampMs), sessionPubkey);
}

} // namespace mesh::protocol
