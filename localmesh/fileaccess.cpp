// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/fileaccess.h"

#include "localmesh/parts.h"
#include "models/protocol/framesvalues.h"

#include <algorithm>

namespace mesh::local {

using namespace Qt::StringLiterals;

std::optional<QString> resolveFileTarget(Parts &parts, const QString &spec, const QString &uploader)
{
    if (spec.isEmpty() || spec == "*"_L1 || spec == "@all"_L1)
        return QString();
    if (spec.startsWith(u'@'))
        return protocol::GroupName::isValid(QStringView(spec).mid(1)) ? std::optional(spec) : std::nullopt;
    if (spec.startsWith(u'#')) {
        const auto topic = parts.topics.find(spec.mid(1));
        return topic && parts.topics.mayRead(*topic, uploader) ? std::optional<QString>(u'#' + topic->id)
                                                               : std::nullopt;
    }
    if (const Member *member = parts.mesh.memberByKey(spec))
        return member->id;
    const QList<Presence *> sessions = parts.presences.bySessionKey(spec);
    return sessions.isEmpty() ? std::nullopt : std::optional(sessions.constFirst()->memberId);
}

bool mayOpenFile(Parts &parts, const StoredFile &file, const QString &memberId)
{
    if (file.target.isEmpty() || file.target == memberId || file.uploadedBy == memberId)
        return true;
    const Member *member = parts.mesh.memberById(memberId);
    if (!member)
        return false;
    if (member->admin)
        return true;
    if (file.target.startsWith(u'#')) {
        const auto topic = parts.topics.find(file.target.mid(1));
        if (topic && parts.topics.mayRead(*topic, memberId))
            return true;
    }
    const QList<Presence *> sessions = parts.presences.byMemberKey(member->pubkey);
    if (file.target.startsWith(u'@')
        && std::any_of(sessions.cbegin(), sessions.cend(),
                       [group = QStringView(file.target).mid(1)](auto *session) { return session->isInGroup(group); }))
        return true;
    if (!file.encrypted)
        return false;
    QStringList keys{member->pubkey};
    for (const Presence *session : sessions)
        keys.append(session->routingKey());
    return !parts.files.sealedKey(file.id, keys).isEmpty();
}

} // namespace mesh::local
