// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/protocol/expected.h"
#include "models/protocol/frames.h"
#include "models/protocol/keys.h"
#include "models/session/meshprofile.h"

namespace mesh::session {

//! What a hello says about this computer.
struct HostFacts
{
    QString user;
    QString host;
    QString installationId;
    int pid = 0;

    static HostFacts current(const QString &installationId);
    //! A working directory that no AI session uses: status hooks of others must never fit it (wire reference 2.1).
    QString cwd() const;
};

//! Stable as long as the session key is. Made from it, so that a new key can never come with an old id: brokers leak a
//! connection for each such change until the mesh is full (wire/observed 6.4).
QString sessionIdOf(const protocol::PublicKey &sessionKey);

//! A session_hello with a fresh attestation of 12 hours (wire reference 2.1). \a groups beside those of the profile.
protocol::Expected<protocol::SessionHello> makeSessionHello(const MeshProfile &profile, const protocol::KeyPair &member,
                                                            const protocol::KeyPair &session, const HostFacts &host,
                                                            const QStringList &groups, qint64 nowMs);

//! How far the clocks are apart, for people. \a offsetMs broker minus local.
QString describeClockOffset(qint64 offsetMs);

} // namespace mesh::session
