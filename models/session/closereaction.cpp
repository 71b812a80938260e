// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/session/closereaction.h"

#include <QtCore/QCoreApplication>

namespace mesh::session {

using namespace Qt::StringLiterals;
using Action = CloseReaction::Action;

namespace {

struct CloseWords
{
    Q_DECLARE_TR_FUNCTIONS(mesh::session)
};

} // namespace

CloseReaction reactToHelloError(const QString &code)
{
    if (code == "capacity"_L1)
        return {Action::Later, code,
                CloseWords::tr("The mesh has as many connections as it allows. Trying again later.")};
    // An attestation lives 12 hours: only a clock that is wrong by hours makes a fresh one expired or too long.
    if (code == "timestamp_skew"_L1 || code == "expired"_L1 || code == "ttl_too_long"_L1)
        return {Action::Later, code, CloseWords::tr("The clock of this computer differs too much from the broker's."),
                true};
    if (code == "revoked"_L1)
        return {Action::Final, u"banned"_s, CloseWords::tr("This member was banned from the mesh.")};
    if (code == "unauthorized"_L1)
        return {Action::Final, code, CloseWords::tr("The broker does not know this member in this mesh.")};
    if (code == "bad_signature"_L1)
        return {Action::Final, code,
                CloseWords::tr("The broker refused the signature: the stored keys do not fit this mesh.")};
    if (code == "parent_member_id_mismatch"_L1)
        return {Action::Final, code, CloseWords::tr("The stored member id does not belong to the stored key.")};
    return {Action::Final, code.isEmpty() ? u"refused"_s : code, CloseWords::tr("The broker refused the connection.")};
}

CloseReaction reactToClose(int closeCode, const QString &reason, const QString &errorCode)
{
    switch (closeCode) {
    case 1000:
        if (reason == "session_replaced"_L1)
            return {Action::Final, reason, CloseWords::tr("Another copy of this program took over this session.")};
        if (reason.startsWith("disconnected"_L1))
            return {Action::Retry, u"disconnected"_s, CloseWords::tr("An administrator ended the connection.")};
        break;
    case 1001:
        return {Action::Retry, u"broker_stopped"_s, CloseWords::tr("The broker was stopped.")};
    case 1008:
        return reactToHelloError(errorCode.isEmpty() ? reason : errorCode);
    case 1009:
        return {Action::Retry, u"frame_too_large"_s, CloseWords::tr("The broker refused a frame because of its size.")};
    case 4001:
        return {Action::Final, u"kicked"_s, CloseWords::tr("An administrator removed this session from the mesh.")};
    case 4002:
        return {Action::Final, u"banned"_s, CloseWords::tr("This member was banned from the mesh.")};
    default:
        break;
    }
    if (!errorCode.isEmpty())
        return reactToHelloError(errorCode);
    return {Action::Retry, u"closed_%1"_s.arg(closeCode), CloseWords::tr("The connection was lost.")};
}

} // namespace mesh::session
