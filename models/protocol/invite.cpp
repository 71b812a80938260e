// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/protocol/invite.h"

#include "models/protocol/canonicaljson.h"
#include "models/protocol/cryptoerror.h"
#include "models/protocol/encoding.h"

#include <QtCore/QJsonDocument>
#include <QtCore/QStringList>

#include <sodium.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace mesh::protocol {

using namespace Qt::StringLiterals;

namespace {

// A token is longer than this (wire reference 3.2), so that a mistyped short code is not taken for one.
constexpr qsizetype MinTokenChars = 20;
constexpr qsizetype MinCodeChars = 4;
constexpr qsizetype MaxCodeChars = 64;
constexpr qsizetype MaxFieldChars = 2048;
// Seconds that still fit JavaScript's dates; beyond that no invite was made by anybody's clock.
constexpr double MaxExpirySeconds = 8.64e12;

Error inviteMalformed(QLatin1StringView sentence)
{
    return detail::makeError("invite_malformed"_L1, sentence, ErrorBand::Persistent);
}

Error notAnInvite()
{
    return inviteMalformed("This is not an invite link."_L1);
}

bool isUrlSafe(QStringView text)
{
    return std::all_of(text.begin(), text.end(), [](QChar c) {
        return (c >= u'a' && c <= u'z') || (c >= u'A' && c <= u'Z') || (c >= u'0' && c <= u'9') || c == u'-'
            || c == u'_';
    });
}

bool isToken(QStringView text)
{
    return text.size() > MinTokenChars && isUrlSafe(text);
}

bool isCode(QStringView text)
{
    return text.size() >= MinCodeChars && text.size() <= MaxCodeChars && isUrlSafe(text);
}

bool isLocale(QStringView text)
{
    return text.size() == 2 && std::all_of(text.begin(), text.end(), [](QChar c) { return c >= u'a' && c <= u'z'; });
}

Expected<ParsedInvite> tokenInvite(QStringView token, InviteSpelling spelling)
{
    auto invite = parseInviteToken(token);
    if (!invite)
        return invite.error();
    invite->spelling = spelling;
    return ParsedInvite(std::move(*invite));
}

//! \a kind is "join" or "i", \a rest the token or code.
Expected<ParsedInvite> linkInvite(QStringView kind, QStringView rest, InviteSpelling spelling,
                                  const ShortInvite &shortForm)
{
    if (kind == u"join"_s)
        return tokenInvite(rest, spelling);
    if (kind == u"i"_s && isCode(rest)) {
        ShortInvite invite = shortForm;
        invite.code = rest.toString();
        return ParsedInvite(std::move(invite));
    }
    return notAnInvite();
}

Expected<ParsedInvite> webInvite(QStringView text)
{
    const QUrl url(text.toString(), QUrl::StrictMode);
    const bool https = url.scheme() == "https"_L1;
    if (!url.isValid() || url.host().isEmpty() || !url.userInfo().isEmpty() || url.hasQuery() || url.hasFragment())
        return notAnInvite();
    if (!https && !isLoopbackHost(url.host()))
        return inviteMalformed("An invite link to another machine has to be https."_L1);
    QStringList parts = url.path(QUrl::FullyEncoded).split(u'/');
    parts.removeFirst(); // before the leading slash
    if (parts.size() == 3 && isLocale(parts.first()))
        parts.removeFirst();
    if (parts.size() != 2)
        return notAnInvite();
    ShortInvite shortForm;
    shortForm.appHost = url.authority(QUrl::FullyEncoded);
    shortForm.secure = https;
    return linkInvite(parts.at(0), parts.at(1), InviteSpelling::WebLink, shortForm);
}

//! A string field of the payload; empty fields and ones with the separator of the signed text are refused.
Expected<QString> textField(const QJsonObject &payload, QLatin1StringView name)
{
    const QString text = payload.value(name).toString();
    if (text.isEmpty() || text.size() > MaxFieldChars || text.contains(u'|'))
        return inviteMalformed("The invite lacks a field, or one is not as it should be."_L1);
    return text;
}

Expected<void> checkBrokerUrl(const QString &text)
{
    const QUrl url(text, QUrl::StrictMode);
    const bool secure = url.scheme() == "wss"_L1;
    const bool plain = url.scheme() == "ws"_L1 && isLoopbackHost(url.host());
    if (!url.isValid() || url.host().isEmpty() || !url.userInfo().isEmpty() || url.hasFragment() || !(secure || plain))
        return detail::makeError("invite_bad_broker_url"_L1,
                                 "The invite's broker address is not wss, or ws on this machine."_L1,
                                 ErrorBand::Security);
    return {};
}

QByteArray numberText(qint64 number)
{
    return QByteArray::number(number);
}

} // namespace

bool isLoopbackHost(QStringView host)
{
    if (host.compare(u"localhost", Qt::CaseInsensitive) == 0 || host == u"::1"_s)
        return true;
    const auto parts = host.split(u'.');
    if (parts.size() != 4 || parts.first() != u"127"_s)
        return false;
    return std::all_of(parts.begin(), parts.end(), [](QStringView part) {
        const bool digits = !part.isEmpty() && part.size() <= 3
            && std::all_of(part.begin(), part.end(), [](QChar c) { return c >= u'0' && c <= u'9'; });
        return digits && part.toInt() <= 255;
    });
}

QUrl ShortInvite::resolveUrl(const QString &defaultHost) const
{
    QUrl url;
    url.setScheme(secure ? u"https"_s : u"http"_s);
    url.setAuthority(appHost.isEmpty() ? defaultHost : appHost, QUrl::StrictMode);
    url.setPath(u"/api/public/invite-code/"_s + code, QUrl::StrictMode);
    return url;
}

Expected<ParsedInvite> parseInvite(QStringView text)
{
    text = text.trimmed();
    if (text.isEmpty() || text.size() > MaxInviteChars)
        return notAnInvite();
    if (text.startsWith(u"https://", Qt::CaseInsensitive) || text.startsWith(u"http://", Qt::CaseInsensitive))
        return webInvite(text);
    for (const auto &[prefix, spelling] : {std::pair(QStringView(u"ic://"), InviteSpelling::IcLink),
                                           std::pair(QStringView(u"claudemesh://"), InviteSpelling::AppScheme)}) {
        if (!text.startsWith(prefix, Qt::CaseInsensitive))
            continue;
        const QStringView rest = text.sliced(prefix.size());
        const qsizetype slash = rest.indexOf(u'/');
        if (slash < 0)
            return notAnInvite();
        // Short codes have only the web and the application's own scheme.
        if (spelling == InviteSpelling::IcLink && rest.first(slash) != u"join"_s)
            return notAnInvite();
        return linkInvite(rest.first(slash), rest.sliced(slash + 1), spelling, ShortInvite());
    }
    return tokenInvite(text, InviteSpelling::BareToken);
}

Expected<Invite> parseInviteToken(QStringView token)
{
    if (token.size() > MaxInviteChars || !isToken(token))
        return notAnInvite();
    const auto json = fromBase64Url(token);
    if (!json)
        return notAnInvite();
    QJsonParseError parseError;
    const QJsonDocument document = QJsonDocument::fromJson(*json, &parseError);
    if (parseError.error != QJsonParseError::NoError || !document.isObject())
        return notAnInvite();

    Invite invite;
    invite.token = token.toString();
    invite.payload = document.object();
    const QJsonValue version = invite.payload.value("v"_L1);
    if (!version.isDouble())
        return notAnInvite();
    if (version.toDouble() != 1.0)
        return detail::makeError("invite_version"_L1, "This invite needs a newer program."_L1, ErrorBand::Persistent);

    const std::pair<QLatin1StringView, QString Invite::*> fields[] = {
        {"mesh_id"_L1, &Invite::meshId},
        {"mesh_slug"_L1, &Invite::meshSlug},
        {"broker_url"_L1, &Invite::brokerUrl},
        {"mesh_root_key"_L1, &Invite::meshRootKey},
        {"role"_L1, &Invite::role},
        {"owner_pubkey"_L1, &Invite::ownerPubkey},
        {"signature"_L1, &Invite::signature},
    };
    for (const auto &[name, member] : fields) {
        auto field = textField(invite.payload, name);
        if (!field)
            return field.error();
        invite.*member = std::move(*field);
    }
    const QJsonValue expires = invite.payload.value("expires_at"_L1);
    const double seconds = expires.toDouble(-1);
    if (!expires.isDouble() || seconds < 0 || seconds > MaxExpirySeconds || seconds != std::floor(seconds))
        return inviteMalformed("The invite does not say until when it is good."_L1);
    invite.expiresAt = static_cast<qint64>(seconds);

    if (!isUrlSafe(invite.meshRootKey) || !PublicKey::fromHex(invite.ownerPubkey)
        || !fromHex(invite.signature, crypto_sign_BYTES) || (invite.role != "admin"_L1 && invite.role != "member"_L1))
        return inviteMalformed("The invite lacks a field, or one is not as it should be."_L1);
    if (const auto url = checkBrokerUrl(invite.brokerUrl); !url)
        return url.error();
    return invite;
}

QByteArray inviteCanonical(const Invite &invite)
{
    QByteArray text("1");
    for (const QByteArray &part :
         {invite.meshId.toUtf8(), invite.meshSlug.toUtf8(), invite.brokerUrl.toUtf8(), numberText(invite.expiresAt),
          invite.meshRootKey.toUtf8(), invite.role.toUtf8(), invite.ownerPubkey.toUtf8()}) {
        text += '|';
        text += part;
    }
    return text;
}

Expected<void> verifyInvite(const Invite &invite, qint64 nowMs)
{
    const auto owner = PublicKey::fromHex(invite.ownerPubkey);
    if (!owner || !verifyDetached(invite.signature, inviteCanonical(invite), *owner))
        return detail::makeError("invite_bad_signature"_L1, "The invite was altered: its signature does not fit."_L1,
                                 ErrorBand::Security);
    // Compared in seconds, so that no value of the invite can overflow. Good up to the very start of its last second.
    const qint64 nowSeconds = nowMs / 1000;
    if (invite.expiresAt < nowSeconds || (invite.expiresAt == nowSeconds && nowMs % 1000 > 0))
        return detail::makeError("invite_expired"_L1, "The invite has expired. Ask for a new one."_L1,
                                 ErrorBand::Persistent);
    return {};
}

Expected<Invite> makeInvite(const InviteDraft &draft, const KeyPair &owner)
{
    Invite invite;
    invite.meshId = draft.meshId;
    invite.meshSlug = draft.meshSlug;
    invite.brokerUrl = draft.brokerUrl;
    invite.expiresAt = draft.expiresAt;
    invite.meshRootKey = draft.meshRootKey;
    invite.role = draft.role;
    invite.ownerPubkey = owner.publicKey.hex();
    const auto signature = signDetached(inviteCanonical(invite), owner.secretKey);
    if (!signature)
        return signature.error();

    const std::pair<QByteArrayView, QByteArray> fields[] = {
        {"v", "1"},
        {"mesh_id", jsonStringLiteral(invite.meshId)},
        {"mesh_slug", jsonStringLiteral(invite.meshSlug)},
        {"broker_url", jsonStringLiteral(invite.brokerUrl)},
        {"expires_at", numberText(invite.expiresAt)},
        {"mesh_root_key", jsonStringLiteral(invite.meshRootKey)},
        {"role", jsonStringLiteral(invite.role)},
        {"owner_pubkey", jsonStringLiteral(invite.ownerPubkey)},
        {"signature", jsonStringLiteral(*signature)},
    };
    QByteArray json;
    for (const auto &[name, value] : fields) {
        json += json.isEmpty() ? '{' : ',';
        json += '"';
        json += name;
        json += "\":";
        json += value;
    }
    json += '}';
    // Read back like anybody's invite, so that nothing is made that would then be refused.
    return parseInviteToken(toBase64Url(json));
}

QString inviteLink(const Invite &invite)
{
    return u"ic://join/"_s + invite.token;
}

QUrl joinUrl(const Invite &invite)
{
    QUrl url(invite.brokerUrl, QUrl::StrictMode);
    url.setScheme(url.scheme() == "wss"_L1 ? u"https"_s : u"http"_s);
    url.setPath(u"/join"_s);
    url.setQuery(QString());
    return url;
}

Expected<SecretBytes> openSealedRootKey(QStringView sealedBase64Url, const SecretBytes &recipientSecret)
{
    constexpr qsizetype RootKeySize = 32;
    if (recipientSecret.size() != static_cast<qsizetype>(crypto_box_SECRETKEYBYTES))
        return detail::badKey();
    const auto sealed = fromBase64Url(sealedBase64Url, RootKeySize + static_cast<qsizetype>(crypto_box_SEALBYTES));
    if (!sealed)
        return sealed.error();
    std::array<unsigned char, crypto_box_PUBLICKEYBYTES> recipient{};
    SecretBytes rootKey(RootKeySize);
    if (rootKey.isEmpty())
        return detail::noMemory();
    if (crypto_scalarmult_base(recipient.data(), recipientSecret.data()) != 0
        || crypto_box_seal_open(rootKey.data(), detail::raw(QByteArrayView(*sealed)), detail::length(*sealed),
                                recipient.data(), recipientSecret.data())
            != 0)
        return detail::cannotOpen();
    return rootKey;
}

QByteArray inviteV2Canonical(QStringView meshId, QStringView inviteId, qint64 expiresAt, QStringView role,
                             QStringView ownerPubkey)
{
    return "v=2|" + meshId.toUtf8() + '|' + inviteId.toUtf8() + '|' + numberText(expiresAt) + '|' + role.toUtf8() + '|'
        + ownerPubkey.toUtf8();
}

} // namespace mesh::protocol
