// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/protocol/keys.h"

namespace mesh::protocol {

//! How far a hello's time may be from the broker's, either way, in milliseconds (wire reference 2).
inline constexpr qint64 HelloToleranceMs = 60'000;
//! The longest life of an attestation, in milliseconds (wire reference 2.1).
inline constexpr qint64 AttestationMaxMs = 24LL * 60 * 60 * 1000;
//! The life this client asks for, in milliseconds: a fresh one is signed at every connect (wire reference 2.1).
inline constexpr qint64 AttestationLifeMs = 12LL * 60 * 60 * 1000;

//! The member key's word for a session key, as in `parentAttestation`. Fields hold what is on the wire, unchecked.
struct SessionAttestation
{
    QString sessionPubkey;      //!< hex
    QString parentMemberPubkey; //!< hex
    qint64 expiresAt = 0;       //!< ms since the epoch
    QString signature;          //!< hex

    friend bool operator==(const SessionAttestation &, const SessionAttestation &) = default;
};

//! The signed text of a plain hello (wire reference 2.2).
QByteArray helloCanonical(QStringView meshId, QStringView memberId, QStringView pubkey, qint64 timestampMs);
//! The signed text of an attestation (wire reference 2.1).
QByteArray attestationCanonical(QStringView parentMemberPubkey, QStringView sessionPubkey, qint64 expiresAtMs);
//! The signed text of a session hello (wire reference 2.1).
QByteArray sessionHelloCanonical(QStringView meshId, QStringView parentMemberPubkey, QStringView sessionPubkey,
                                 qint64 timestampMs);

//! Signature of a plain hello by the member key (wire reference 4.1).
Expected<QString> signHello(QStringView meshId, QStringView memberId, const KeyPair &member, qint64 timestampMs);
//! The member vouches for \a session until \a expiresAtMs (wire reference 4.2).
Expected<SessionAttestation> makeAttestation(const KeyPair &member, const PublicKey &session, qint64 expiresAtMs);
//! Signature of a session hello by the session key (wire reference 4.2).
Expected<QString> signSessionHello(QStringView meshId, const PublicKey &parentMember, const KeyPair &session,
                                   qint64 timestampMs);

//! The broker's checks of a plain hello, in its order: "timestamp_skew", "malformed", "bad_signature" (wire reference
//! 2.4).
Expected<void> verifyHello(QStringView meshId, QStringView memberId, QStringView pubkey, qint64 timestampMs,
                           QStringView signature, qint64 nowMs);
//! The broker's checks of an attestation, in its order: "expired", "ttl_too_long", "malformed", "bad_signature" (wire
//! reference 2.4).
Expected<void> verifyAttestation(const SessionAttestation &attestation, qint64 nowMs);
//! The broker's whole check of a session hello with the outer keys it was sent with: "bad_session_pubkey",
//! "bad_parent_pubkey", "attestation_mismatch", then those of the attestation, then of the hello (wire reference 2.4).
//! The Error's detail starts as the broker's message does ("attestation rejected:", "session_hello rejected:").
Expected<void> verifySessionHello(QStringView meshId, QStringView parentMemberPubkey, QStringView sessionPubkey,
                                  const SessionAttestation &attestation, qint64 timestampMs, QStringView signature,
                                  qint64 nowMs);

} // namespace mesh::protocol
