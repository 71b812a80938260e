// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/ids.h"
#include "localmesh/limits.h"
#include "localmesh/requestsreply.h"

#include <QtCore/QDateTime>
#include <QtCore/QJsonArray>

namespace mesh::local {

using namespace Qt::StringLiterals;

namespace {

std::optional<QString> isoOrNull(const std::optional<qint64> &ms)
{
    return ms ? std::optional(isoTime(*ms)) : std::nullopt;
}

bool areCapabilities(const QStringList &words)
{
    static const QStringList known{u"send"_s, u"read"_s, u"state_write"_s, u"admin"_s};
    return !words.isEmpty() && words.size() <= known.size()
        && std::all_of(words.cbegin(), words.cend(), [](const QString &word) { return known.contains(word); });
}

bool areTopicScopes(const QStringList &names)
{
    return names.size() <= limits::TopicScopes && std::all_of(names.cbegin(), names.cend(), [](const QString &name) {
               return !name.isEmpty() && name.size() <= limits::NameChars;
           });
}

template <class T>
void assign(protocol::Nullable<T> &field, const std::optional<T> &value)
{
    if (value)
        field = *value;
}

} // namespace

void Requests::on(const Context &context, const protocol::ApikeyCreate &frame)
{
    const qint64 nowMs = m_parts.clock.nowMs();
    if (frame.label.isEmpty() || frame.label.size() > limits::NameChars || frame.capabilities.isEmpty()) {
        refuse(context, u"label and at least one capability required"_s);
        return;
    }
    if (!areCapabilities(frame.capabilities)) {
        refuse(context, u"capabilities are send, read, state_write and admin"_s);
        return;
    }
    if (frame.topicScopes && !areTopicScopes(*frame.topicScopes)) {
        refuse(context, u"topicScopes has at most %1 names of topics"_s.arg(limits::TopicScopes));
        return;
    }
    ApiKey key;
    key.label = frame.label;
    key.capabilities = frame.capabilities;
    key.topicScopes = frame.topicScopes;
    key.memberId = context.presence.memberId;
    key.createdAtMs = nowMs;
    if (frame.expiresAt) {
        const QDateTime expires = QDateTime::fromString(*frame.expiresAt, Qt::ISODateWithMs);
        if (!expires.isValid() || expires.toMSecsSinceEpoch() <= nowMs) {
            refuse(context, u"expiresAt must be an ISO time in the future"_s);
            return;
        }
        key.expiresAtMs = expires.toMSecsSinceEpoch();
    }
    const Member *member = m_parts.mesh.memberById(context.presence.memberId);
    if (key.capabilities.contains("admin"_L1) && !(member && member->admin)) {
        fail(context, u"forbidden"_s, u"only an admin can make a key with the capability admin"_s);
        return;
    }
    protocol::ApikeyCreated created;
    created.secret = m_parts.apiKeys.create(key);
    if (created.secret.isEmpty()) {
        fail(context, u"limit"_s, u"this mesh has too many API keys"_s);
        return;
    }
    created.id = key.id;
    created.label = key.label;
    created.prefix = key.prefix;
    created.capabilities = key.capabilities;
    assign(created.topicScopes, key.topicScopes);
    created.createdAt = isoTime(nowMs);
    reply(context, std::move(created));
}

void Requests::on(const Context &context, const protocol::ApikeyList &)
{
    protocol::ApikeyListResponse list;
    const QList<ApiKey> keys = m_parts.apiKeys.list();
    for (const ApiKey &key : keys) {
        if (!mayManage(context, key.memberId))
            continue;
        protocol::ApiKeyRow row;
        row.id = key.id;
        row.label = key.label;
        row.prefix = key.prefix;
        row.capabilities = key.capabilities;
        assign(row.topicScopes, key.topicScopes);
        row.createdAt = isoTime(key.createdAtMs);
        assign(row.lastUsedAt, isoOrNull(key.lastUsedAtMs));
        assign(row.revokedAt, isoOrNull(key.revokedAtMs));
        assign(row.expiresAt, isoOrNull(key.expiresAtMs));
        list.keys.append(std::move(row));
    }
    reply(context, std::move(list));
}

void Requests::on(const Context &context, const protocol::ApikeyRevoke &frame)
{
    if (frame.id.isEmpty()) {
        refuse(context, u"id required"_s);
        return;
    }
    QList<ApiKey> found = m_parts.apiKeys.find(frame.id);
    found.removeIf([&](const ApiKey &key) { return !mayManage(context, key.memberId); });
    protocol::ApikeyRevokeResponse response;
    if (found.isEmpty()) {
        response.status = u"not_found"_s;
    } else if (found.size() > 1) {
        response.status = u"not_unique"_s;
        QJsonArray matches;
        for (const ApiKey &key : std::as_const(found))
            matches.append(key.id);
        response.matches = matches;
    } else {
        m_parts.apiKeys.revoke(found.constFirst().id, m_parts.clock.nowMs());
        response.status = u"revoked"_s;
        response.id = found.constFirst().id;
    }
    reply(context, std::move(response));
}

} // namespace mesh::local
