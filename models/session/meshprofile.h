// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QJsonObject>
#include <QtCore/QMetaType>
#include <QtCore/QStringList>

#include "models/protocol/expected.h"
#include "models/protocol/types.h"

namespace mesh::session {

//! What is known of one mesh that the user belongs to. Public: kept as plain JSON below the data folder. The secrets
//! that belong to it (member and session key pair) are never in here.
struct MeshProfile
{
    protocol::MeshId meshId; //!< 32 characters of [0-9A-Za-z]
    QString slug;
    QString name; //!< for people; the slug where empty
    QString memberId;
    QString brokerUrl;     //!< `wss://host/ws`; `ws://` only to loopback
    QString displayName;   //!< how this user is shown to the mesh
    bool personal = false; //!< the personal mesh of this machine
    QStringList groups;    //!< joined at every connect; names that are not safe for brokers are left out

    friend bool operator==(const MeshProfile &, const MeshProfile &) = default;
};

QJsonObject toJson(const MeshProfile &profile);
//! Unknown members are ignored. Errors: `bad_profile` (a missing or wrong mesh id, member id or broker address).
protocol::Expected<MeshProfile> meshProfileFromJson(const QJsonObject &object);

} // namespace mesh::session

Q_DECLARE_METATYPE(mesh::session::MeshProfile)
