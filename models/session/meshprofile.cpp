// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/session/meshprofile.h"

#include <QtCore/QJsonArray>

#include <algorithm>

#include "models/protocol/framesvalues.h"

namespace mesh::session {

using namespace Qt::StringLiterals;

namespace {

//! Row ids of brokers (wire reference, conventions).
bool isId(const QString &text)
{
    return !text.isEmpty() && text.size() <= 64
        && std::all_of(text.cbegin(), text.cend(), [](QChar c) { return c.unicode() < 128 && c.isLetterOrNumber(); });
}

} // namespace

QJsonObject toJson(const MeshProfile &profile)
{
    return {{"meshId"_L1, profile.meshId},       {"slug"_L1, profile.slug},
            {"name"_L1, profile.name},           {"memberId"_L1, profile.memberId},
            {"brokerUrl"_L1, profile.brokerUrl}, {"displayName"_L1, profile.displayName},
            {"personal"_L1, profile.personal},   {"groups"_L1, QJsonArray::fromStringList(profile.groups)}};
}

protocol::Expected<MeshProfile> meshProfileFromJson(const QJsonObject &object)
{
    MeshProfile profile;
    profile.meshId = object["meshId"_L1].toString();
    profile.slug = object["slug"_L1].toString();
    profile.name = object["name"_L1].toString();
    profile.memberId = object["memberId"_L1].toString();
    profile.brokerUrl = object["brokerUrl"_L1].toString();
    profile.displayName = object["displayName"_L1].toString();
    profile.personal = object["personal"_L1].toBool();
    const QJsonArray groups = object["groups"_L1].toArray();
    for (const QJsonValue &group : groups) {
        if (protocol::GroupName::isValid(group.toString()))
            profile.groups.append(group.toString());
    }
    if (!isId(profile.meshId) || !isId(profile.memberId) || profile.brokerUrl.isEmpty())
        return protocol::Error{u"bad_profile"_s, u"The description of this mesh is incomplete."_s,
                               protocol::ErrorBand::Persistent};
    return profile;
}

} // namespace mesh::session
