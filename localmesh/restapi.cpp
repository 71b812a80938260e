// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/restapi.h"

#include "localmesh/ids.h"
#include "localmesh/limits.h"
#include "localmesh/parts.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>

namespace mesh::local {

using namespace Qt::StringLiterals;
using protocol::PeerStatus;

namespace {

//! A key used within this time makes its member a peer "via rest".
constexpr qint64 RestPresenceMs = 5 * 60'000;

QJsonArray groupsJson(const QList<protocol::GroupRef> &groups)
{
    QJsonArray list;
    for (const protocol::GroupRef &group : groups) {
        QJsonObject entry{{u"name"_s, group.name}};
        if (group.role)
            entry.insert("role"_L1, *group.role);
        list.append(entry);
    }
    return list;
}

//! The session that speaks for a member: one that is online, visible, and came last.
const Presence *liveliest(const QList<Presence *> &sessions)
{
    const Presence *best = nullptr;
    for (const Presence *session : sessions) {
        if (session->isOnline() && session->visible && (!best || session->order > best->order))
            best = session;
    }
    return best;
}

QJsonValue textOrNull(const std::optional<QString> &text)
{
    return text ? QJsonValue(*text) : QJsonValue(QJsonValue::Null);
}

} // namespace

void RestApi::addRoutes(HttpEntry &entry)
{
    add(entry, "GET", "/api/v1/members", "read"_L1,
        [this](const HttpHead &, const QJsonObject &, const ApiCaller &) { return members(); });
    add(entry, "GET", "/api/v1/peers", "read"_L1,
        [this](const HttpHead &, const QJsonObject &, const ApiCaller &) { return peers(); });
    add(entry, "POST", "/cli/mesh/" + m_parts.mesh.mesh().slug.toLatin1() + "/grants", "send"_L1,
        [this](const HttpHead &, const QJsonObject &body, const ApiCaller &caller) { return setGrants(body, caller); });
    // Aggregates over all meshes of a web account, which members here do not have (wire reference 1.7).
    add(entry, "GET", "/api/v1/me/", "read"_L1, [](const HttpHead &, const QJsonObject &, const ApiCaller &) {
        return jsonReply(400, {{u"error"_s, u"issuer_member_has_no_user"_s}});
    });
    add(entry, "POST", "/api/v1/me/peer-pubkey", "read"_L1,
        [](const HttpHead &, const QJsonObject &, const ApiCaller &) {
            return jsonReply(409, {{u"error"_s, u"not_web_member"_s}});
        });
    m_topics.addCalls([&](const QByteArray &method, const QByteArray &path, QLatin1StringView capability,
                          Handler handler) { add(entry, method, path, capability, std::move(handler)); });
    for (const char *method : {"GET", "POST", "PATCH"}) {
        entry.addRoute(method, "/api/v1/topics/",
                       [this](const HttpHead &head, const QByteArray &body, const HttpEntry::Reply &reply) {
                           const QLatin1StringView capability = RestTopics::capabilityBelow(head);
                           if (capability.isEmpty()) {
                               reply(jsonReply(404, {{u"error"_s, u"not_found"_s}}));
                               return;
                           }
                           m_parts.turn.post([=, this] {
                               call(
                                   head, body, capability,
                                   [this](const HttpHead &of, const QJsonObject &with, const ApiCaller &by) {
                                       return m_topics.below(of, with, by);
                                   },
                                   reply);
                           });
                       });
    }
}

void RestApi::add(HttpEntry &entry, const QByteArray &method, const QByteArray &path, QLatin1StringView capability,
                  Handler handler)
{
    entry.addRoute(method, path,
                   [=, this](const HttpHead &head, const QByteArray &body, const HttpEntry::Reply &reply) {
                       m_parts.turn.post([=, this] { call(head, body, capability, handler, reply); });
                   });
}

void RestApi::call(const HttpHead &head, const QByteArray &body, QLatin1StringView capability, const Handler &handler,
                   const HttpEntry::Reply &reply)
{
    const auto access = m_access.callerOf(head, capability);
    if (const auto *refusal = std::get_if<ApiRefusal>(&access)) {
        reply(m_access.error(head, *refusal));
        return;
    }
    QJsonObject object;
    if (head.method != "GET" && !body.isEmpty()) {
        const QJsonDocument document = QJsonDocument::fromJson(body);
        if (!document.isObject()) {
            reply(m_access.error(
                head, {.status = 422, .code = u"invalid_body"_s, .message = u"the body must be a JSON object"_s}));
            return;
        }
        object = document.object();
    }
    const auto &caller = std::get<ApiCaller>(access);
    m_parts.apiKeys.touch(caller.key, m_parts.clock.nowMs());
    const HttpReply answer = handler(head, object, caller);
    m_parts.turn.afterwards([this, head, answer, reply](bool committed) {
        reply(committed
                  ? answer
                  : m_access.error(
                      head, {.status = 500, .code = u"storage_error"_s, .message = u"this could not be stored"_s}));
    });
}

HttpReply RestApi::setGrants(const QJsonObject &body, const ApiCaller &caller)
{
    const QJsonObject changes = body.value("grants"_L1).toObject();
    const auto refuse = [](const QString &error) { return jsonReply(400, {{u"ok"_s, false}, {u"error"_s, error}}); };
    // All of it is looked at before any of it is done.
    QHash<QString, std::optional<QStringList>> wanted;
    for (auto change = changes.constBegin(); change != changes.constEnd(); ++change) {
        if (!protocol::PublicKey::fromHex(change.key()) || !(change.value().isArray() || change.value().isNull()))
            return refuse(u"grants maps member keys (64 hex) to lists of capabilities, or null"_s);
        std::optional<QStringList> capabilities;
        if (change.value().isArray()) {
            capabilities.emplace();
            const QJsonArray words = change.value().toArray();
            for (const QJsonValue &word : words) {
                if (!GrantStore::isCapability(word.toString()))
                    return refuse(u"unknown capability"_s);
                capabilities->append(word.toString());
            }
        }
        wanted.insert(change.key(), capabilities);
    }
    if (!body.value("grants"_L1).isObject()
        || m_parts.grants.of(caller.memberId).size() + wanted.size() > limits::Grants)
        return refuse(u"grants must be an object of at most %1 members"_s.arg(limits::Grants));
    for (auto change = wanted.cbegin(); change != wanted.cend(); ++change)
        m_parts.grants.set(caller.memberId, change.key(), change.value());
    QJsonObject all;
    const QHash<QString, QStringList> grants = m_parts.grants.of(caller.memberId);
    for (auto grant = grants.cbegin(); grant != grants.cend(); ++grant)
        all.insert(grant.key(), QJsonArray::fromStringList(grant.value()));
    return jsonReply(200, {{u"ok"_s, true}, {u"grants"_s, all}});
}

HttpReply RestApi::members()
{
    QJsonArray rows;
    const QList<Member> members = m_parts.mesh.members();
    for (const Member &member : members) {
        if (member.revoked)
            continue;
        const Presence *session = liveliest(m_parts.presences.byMemberKey(member.pubkey));
        rows.append(QJsonObject{{u"memberId"_s, member.id},
                                {u"pubkey"_s, member.pubkey},
                                {u"displayName"_s, member.displayName},
                                {u"role"_s, member.admin ? u"admin"_s : u"member"_s},
                                {u"isHuman"_s, session && session->peerType == u"human"_s},
                                {u"joinedAt"_s, isoTime(member.joinedAtMs)},
                                {u"online"_s, session != nullptr},
                                {u"status"_s, QString(toWord(session ? session->status : PeerStatus::Offline))},
                                {u"summary"_s, session ? textOrNull(session->summary) : QJsonValue(QJsonValue::Null)}});
    }
    return jsonReply(200, {{u"members"_s, rows}});
}

HttpReply RestApi::peers()
{
    const QStringList byRest = m_parts.apiKeys.membersActiveSince(m_parts.clock.nowMs() - RestPresenceMs);
    QJsonArray rows;
    const QList<Member> members = m_parts.mesh.members();
    for (const Member &member : members) {
        const Presence *session = liveliest(m_parts.presences.byMemberKey(member.pubkey));
        if (member.revoked || (!session && !byRest.contains(member.id)))
            continue;
        rows.append(QJsonObject{{u"pubkey"_s, session ? session->routingKey() : member.pubkey},
                                {u"displayName"_s, session ? session->displayName : member.displayName},
                                {u"status"_s, QString(toWord(session ? session->status : PeerStatus::Idle))},
                                {u"summary"_s, session ? textOrNull(session->summary) : QJsonValue(QJsonValue::Null)},
                                {u"groups"_s, session ? groupsJson(session->groups) : QJsonArray()},
                                {u"via"_s, session ? u"ws"_s : u"rest"_s}});
    }
    return jsonReply(200, {{u"peers"_s, rows}});
}

} // namespace mesh::local
