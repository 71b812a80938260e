// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/session/helloflow.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QSysInfo>

#include <cstdlib>

#include "models/protocol/attestation.h"
#include "models/protocol/encoding.h"
#include "models/protocol/sodium.h"

namespace mesh::session {

using namespace Qt::StringLiterals;
using namespace protocol;

HostFacts HostFacts::current(const QString &installationId)
{
    HostFacts facts;
    for (const char *name : {"USER", "LOGNAME", "USERNAME"}) {
        facts.user = qEnvironmentVariable(name);
        if (!facts.user.isEmpty())
            break;
    }
    facts.host = QSysInfo::machineHostName();
    facts.installationId = installationId;
    facts.pid = int(QCoreApplication::applicationPid());
    return facts;
}

QString HostFacts::cwd() const
{
    return u"desktop:%1@%2/%3"_s.arg(user.isEmpty() ? u"user"_s : user, host, installationId);
}

QString sessionIdOf(const PublicKey &sessionKey)
{
    return "desktop-"_L1 + toHex(sha256("session-id|" + sessionKey.hex().toLatin1())).left(32);
}

Expected<SessionHello> makeSessionHello(const MeshProfile &profile, const KeyPair &member, const KeyPair &session,
                                        const HostFacts &host, const QStringList &groups, qint64 nowMs)
{
    const Expected<SessionAttestation> attestation =
        makeAttestation(member, session.publicKey, nowMs + AttestationLifeMs);
    if (!attestation)
        return attestation.error();
    const Expected<QString> signature = signSessionHello(profile.meshId, member.publicKey, session, nowMs);
    if (!signature)
        return signature.error();

    SessionHello hello;
    hello.protocolVersion = 1;
    hello.meshId = profile.meshId;
    hello.parentMemberId = profile.memberId;
    hello.parentMemberPubkey = member.publicKey.hex();
    hello.sessionPubkey = session.publicKey.hex();
    hello.parentAttestation = {attestation->sessionPubkey, attestation->parentMemberPubkey, attestation->expiresAt,
                               attestation->signature};
    if (!profile.displayName.isEmpty())
        hello.displayName = profile.displayName;
    hello.sessionId = sessionIdOf(session.publicKey);
    hello.pid = host.pid;
    hello.cwd = host.cwd();
    hello.hostname = host.host;
    hello.peerType = u"human"_s;
    hello.channel = u"desktop"_s;
    QList<GroupClaim> claims;
    QStringList names = profile.groups + groups;
    names.removeDuplicates();
    for (const QString &name : std::as_const(names)) {
        if (const Expected<GroupName> safe = GroupName::parse(name))
            claims.append(GroupClaim{*safe, std::nullopt});
    }
    if (!claims.isEmpty())
        hello.groups = claims;
    hello.timestamp = nowMs;
    hello.signature = *signature;
    return hello;
}

QString describeClockOffset(qint64 offsetMs)
{
    const qint64 seconds = (std::abs(offsetMs) + 500) / 1'000;
    const qint64 hours = seconds / 3'600;
    const qint64 minutes = seconds / 60 % 60;
    const auto tr = [](const char *text) { return QCoreApplication::translate("mesh::session", text); };
    QString amount;
    if (hours > 0)
        amount = tr("%1 h %2 min").arg(hours).arg(minutes);
    else if (minutes > 0)
        amount = tr("%1 min %2 s").arg(minutes).arg(seconds % 60);
    else
        amount = tr("%1 s").arg(seconds);
    return (offsetMs > 0
                ? tr("The clock of this computer is %1 behind the broker's. Set it right; the connection is tried "
                     "again by itself.")
                : tr("The clock of this computer is %1 ahead of the broker's. Set it right; the connection is tried "
                     "again by itself."))
        .arg(amount);
}

} // namespace mesh::session
