// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QList>
#include <QtCore/QString>

#include <functional>

#include "models/protocol/expected.h"

namespace mesh::protocol {

//! An invite as the owner of its mesh sees it.
struct InviteRecord
{
    enum class State { Open, UsedUp, Expired, Revoked };

    QString id = {};
    QString link = {}; //!< ic://join/<token>
    QString role = {}; //!< "member" or "admin"
    int maxUses = 1;
    int used = 0;
    qint64 createdAtMs = 0;
    qint64 expiresAtMs = 0;
    qint64 revokedAtMs = 0; //!< 0: not revoked

    //! What /join would say to it at that time, in the order in which it looks (wire reference 3.2).
    State state(qint64 nowMs) const
    {
        if (revokedAtMs != 0)
            return State::Revoked;
        if (expiresAtMs < nowMs)
            return State::Expired;
        return used >= maxUses ? State::UsedUp : State::Open;
    }

    friend bool operator==(const InviteRecord &, const InviteRecord &) = default;
};

//! What the owner asks for.
struct InviteWish
{
    QString role = QStringLiteral("member"); //!< or "admin"
    int maxUses = 1;
    qint64 lifetimeSeconds = 7LL * 24 * 60 * 60;
};

//! Where the owner of a mesh makes invites and takes them back. Every function returns at once; the answer comes later
//! on the caller's thread, or never when the mesh ends first.
class InviteDesk
{
public:
    template <class T>
    using Done = std::function<void(Expected<T>)>;

    InviteDesk() = default;
    Q_DISABLE_COPY_MOVE(InviteDesk)
    virtual ~InviteDesk() = default;

    //! All there are, newest first.
    virtual void list(Done<QList<InviteRecord>> done) = 0;
    //! Errors "bad_invite", "database", "not_running".
    virtual void make(const InviteWish &wish, Done<InviteRecord> done) = 0;
    //! Nobody can join with it any more; who has joined stays. Errors "invite_not_found", "database", "not_running".
    virtual void revoke(const QString &id, Done<InviteRecord> done) = 0;
};

} // namespace mesh::protocol
