// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/protocol/keys.h"

#include <QtCore/QJsonObject>
#include <QtCore/QUrl>

#include <variant>

namespace mesh::protocol {

//! The longest invite text looked at, in characters; anything longer is "malformed" unread.
inline constexpr qsizetype MaxInviteChars = 16'384;

//! Whether \a host (as QUrl::host() gives it) is this machine: localhost, 127.0.0.0/8 or ::1.
bool isLoopbackHost(QStringView host);

//! How an invite was written (wire reference 3.2).
enum class InviteSpelling { IcLink, WebLink, AppScheme, BareToken };

//! A v1 invite (wire reference 3.2). Parsed means well formed; verifyInvite() says whether it may be used.
struct Invite
{
    QString meshId;
    QString meshSlug;
    QString brokerUrl;    //!< ws or wss, as signed
    qint64 expiresAt = 0; //!< Unix SECONDS
    QString meshRootKey;  //!< base64url; no code uses it
    QString role;         //!< "admin" or "member"
    QString ownerPubkey;  //!< hex as signed
    QString signature;    //!< hex
    QString token;        //!< exactly as in the link: the server looks it up as an opaque string
    QJsonObject payload;  //!< the decoded object, for `invite_payload` of /join
    InviteSpelling spelling = InviteSpelling::BareToken;
};

//! A short code that has first to be resolved to a v1 token (wire reference 3.3).
struct ShortInvite
{
    QString code;       //!< letters and digits
    QString appHost;    //!< host and, if given, ":port" of the web app; empty for claudemesh://i/<code>
    bool secure = true; //!< false only for http links to the own machine

    //! Where the token is had: GET gives {"found":true,"token":..}. \a defaultHost serves when appHost is empty.
    QUrl resolveUrl(const QString &defaultHost) const;

    friend bool operator==(const ShortInvite &, const ShortInvite &) = default;
};

using ParsedInvite = std::variant<Invite, ShortInvite>;

//! Reads an invite in any spelling, surrounding white space allowed (wire reference 3.2). Errors, band Persistent:
//! "invite_malformed" (not a link, not base64url, not JSON, fields missing or of the wrong type), "invite_version" (a
//! `v` other than 1), "invite_bad_broker_url" (band Security: not ws/wss, or plain ws to another machine).
Expected<ParsedInvite> parseInvite(QStringView text);
//! Reads a bare v1 token, for instance what a short code resolved to. Errors as parseInvite().
Expected<Invite> parseInviteToken(QStringView token);

//! The signed text (wire reference 3.2).
QByteArray inviteCanonical(const Invite &invite);
//! Checks the signature, then the time: "invite_bad_signature" (Security), "invite_expired" (Persistent). The signature
//! proves integrity, not origin: the key is in the link, and only the broker knows whose it is (wire reference 3.2).
Expected<void> verifyInvite(const Invite &invite, qint64 nowMs);

//! What the owner of a mesh puts into an invite.
struct InviteDraft
{
    QString meshId;
    QString meshSlug;
    QString brokerUrl;
    qint64 expiresAt = 0; //!< Unix SECONDS
    QString meshRootKey;  //!< base64url of 32 bytes
    QString role;         //!< "admin" or "member"
};

//! Signs a v1 invite with the mesh owner's key and encodes its token, fields in the order of wire reference 3.2.
Expected<Invite> makeInvite(const InviteDraft &draft, const KeyPair &owner);
//! The link that every client of the project reads: ic://join/<token>.
QString inviteLink(const Invite &invite);
//! The enrolment endpoint for an invite's broker: wss becomes https, ws becomes http, the path is /join.
QUrl joinUrl(const Invite &invite);

//! Opens the root key of a v2 claim (wire reference 4.8): \a sealedBase64Url is the reply's `sealed_root_key`,
//! \a recipientSecret the 32-byte X25519 secret of the claim. "malformed", "cannot_open".
Expected<SecretBytes> openSealedRootKey(QStringView sealedBase64Url, const SecretBytes &recipientSecret);
//! The text a v2 invite's owner signs (wire reference 3.3, 4.8); \a expiresAt in Unix seconds.
QByteArray inviteV2Canonical(QStringView meshId, QStringView inviteId, qint64 expiresAt, QStringView role,
                             QStringView ownerPubkey);

} // namespace mesh::protocol
