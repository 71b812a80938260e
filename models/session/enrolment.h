// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QObject>
#include <QtNetwork/QNetworkAccessManager>
#include <QtNetwork/QSslConfiguration>

#include <functional>
#include <optional>

#include "models/protocol/clock.h"
#include "models/protocol/expected.h"
#include "models/protocol/invite.h"
#include "models/protocol/keys.h"
#include "models/session/meshprofile.h"

class QNetworkReply;

namespace mesh::session {

//! Becoming a member by invite (wire reference 3.2, 3.3). Nothing is sent before the caller asks for it, so the window
//! can show what an invite says first. Redirects are not followed, certificates are checked, plain http goes to
//! loopback only.
class Enrolment final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(Enrolment)

public:
    //! \a clock outlives this object. \a tls replaces the system's certificates, for tests.
    explicit Enrolment(const protocol::Clock &clock, std::optional<QSslConfiguration> tls = {},
                       QObject *parent = nullptr);

    //! Short links without a host are looked up here.
    static QString defaultAppHost();

    using Resolved = std::function<void(protocol::Expected<protocol::Invite>)>;
    //! Looks a short code up. Errors: `invite_unknown_code`, `network`, `tls_error`, `bad_answer`, those of
    //! parseInviteToken().
    void resolve(const protocol::ShortInvite &code, Resolved done);

    using Joined = std::function<void(protocol::Expected<MeshProfile>)>;
    //! Verifies the invite once more and enrols \a member. The error codes of `/join` (wire reference 3.2) pass through
    //! with a sentence for people; besides `network`, `tls_error`, `bad_answer`.
    void join(const protocol::Invite &invite, const protocol::PublicKey &member, const QString &displayName,
              Joined done);

private:
    using Answered = std::function<void(protocol::Expected<QJsonObject>, int status)>;
    void finishWith(QNetworkReply *reply, Answered done);

    const protocol::Clock &m_clock;
    std::optional<QSslConfiguration> m_tls;
    QNetworkAccessManager m_network;
};

} // namespace mesh::session
