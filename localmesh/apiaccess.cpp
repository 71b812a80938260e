// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/apiaccess.h"

#include "localmesh/ids.h"
#include "localmesh/parts.h"

namespace mesh::local {

using namespace Qt::StringLiterals;

std::variant<ApiCaller, ApiRefusal> ApiAccess::callerOf(const HttpHead &head, QLatin1StringView capability)
{
    static constexpr QByteArrayView scheme("Bearer ");
    const QByteArray authorization = head.field("authorization");
    if (!authorization.startsWith(scheme))
        return ApiRefusal{.code = u"missing_bearer_token"_s,
                          .message = u"an API key is required: Authorization: Bearer cm_..."_s};
    const QByteArray secret = authorization.sliced(scheme.size()).trimmed();
    if (secret.isEmpty())
        return ApiRefusal{.code = u"empty_bearer_token"_s, .message = u"the bearer is empty"_s};
    const auto key = m_parts.apiKeys.bySecret(secret, m_parts.clock.nowMs());
    const Member *member = key ? m_parts.mesh.memberById(key->memberId) : nullptr;
    if (!member || member->revoked)
        return ApiRefusal{.code = u"invalid_or_revoked_token"_s,
                          .message = u"this API key is not valid, or not any more"_s};
    if (!key->may(capability))
        return ApiRefusal{.status = 403,
                          .code = u"missing_capability"_s,
                          .message = u"this API key has no capability \"%1\""_s.arg(capability)};
    return ApiCaller{.key = *key, .memberId = member->id};
}

HttpReply ApiAccess::error(const HttpHead &head, const ApiRefusal &refusal) const
{
    return jsonReply(refusal.status,
                     {{u"code"_s, refusal.code},
                      {u"message"_s, refusal.message},
                      {u"status"_s, refusal.status},
                      {u"timestamp"_s, isoTime(m_parts.clock.nowMs())},
                      {u"path"_s, QString::fromLatin1(head.path())}});
}

} // namespace mesh::local
