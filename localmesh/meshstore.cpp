// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/meshstore.h"

#include "localmesh/ids.h"
#include "models/protocol/encoding.h"
#include "models/protocol/logging.h"
#include "models/protocol/sodium.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>

#include <algorithm>
#include <tuple>

namespace mesh::local {

using namespace Qt::StringLiterals;
using protocol::Error;
using protocol::ErrorBand;
using protocol::Expected;
using protocol::GroupRef;
using protocol::KeyPair;
using protocol::SecretBytes;

namespace {

QJsonObject toJson(const SavedPresence &saved)
{
    QJsonArray groups;
    for (const GroupRef &group : saved.groups) {
        QJsonObject entry{{u"name"_s, group.name}};
        if (group.role)
            entry.insert("role"_L1, *group.role);
        groups.append(entry);
    }
    QJsonObject profile;
    const auto put = [&profile](QLatin1StringView key, const std::optional<QString> &value) {
        if (value)
            profile.insert(key, *value);
    };
    put("avatar"_L1, saved.profile.avatar);
    put("title"_L1, saved.profile.title);
    put("bio"_L1, saved.profile.bio);
    if (saved.profile.capabilities)
        profile.insert("capabilities"_L1, QJsonArray::fromStringList(*saved.profile.capabilities));
    QJsonObject json{
        {u"groups"_s, groups}, {u"profile"_s, profile}, {u"visible"_s, saved.visible}, {u"stats"_s, saved.stats}};
    if (saved.summary)
        json.insert("summary"_L1, *saved.summary);
    return json;
}

QStringList strings(const QJsonArray &array)
{
    QStringList list;
    for (const QJsonValue &value : array)
        list.append(value.toString());
    return list;
}

SavedPresence savedFromJson(const QJsonObject &json, qint64 lastSeenMs)
{
    SavedPresence saved;
    for (const QJsonValue &value : json.value("groups"_L1).toArray()) {
        const QJsonObject entry = value.toObject();
        GroupRef group{.name = entry.value("name"_L1).toString(), .role = {}};
        if (entry.contains("role"_L1))
            group.role = entry.value("role"_L1).toString();
        saved.groups.append(group);
    }
    const QJsonObject profile = json.value("profile"_L1).toObject();
    const auto get = [&profile](QLatin1StringView key) -> std::optional<QString> {
        return profile.contains(key) ? std::optional(profile.value(key).toString()) : std::nullopt;
    };
    saved.profile.avatar = get("avatar"_L1);
    saved.profile.title = get("title"_L1);
    saved.profile.bio = get("bio"_L1);
    if (profile.contains("capabilities"_L1))
        saved.profile.capabilities = strings(profile.value("capabilities"_L1).toArray());
    saved.visible = json.value("visible"_L1).toBool(true);
    saved.stats = json.value("stats"_L1).toObject();
    if (json.contains("summary"_L1))
        saved.summary = json.value("summary"_L1).toString();
    saved.lastSeenMs = lastSeenMs;
    return saved;
}

} // namespace

MeshStore::MeshStore(Database &database)
    : m_database(database)
    , m_readMembers(database,
                    "SELECT id, pubkey, display_name, role, revoked_at, saved, last_seen_at, joined_at "
                    "FROM member")
    , m_insertMember(database,
                     "INSERT INTO member(id, mesh_id, pubkey, display_name, role, joined_at)"
                     " VALUES(?,?,?,?,?,?)")
    , m_updateSaved(database, "UPDATE member SET saved=?, last_seen_at=? WHERE id=?")
    , m_updateAddress(database, "UPDATE mesh SET last_port=?, last_url=?")
    , m_updateRevoked(database, "UPDATE member SET revoked_at=? WHERE id=?")
    , m_bans(database,
             "SELECT display_name, pubkey, revoked_at FROM member WHERE revoked_at IS NOT NULL"
             " ORDER BY revoked_at DESC")
{
}

Expected<void> MeshStore::load(const QString &slug, const QString &name, qint64 nowMs)
{
    Statement read(m_database, "SELECT id, slug, name, owner_secret, root_key, last_port, last_url FROM mesh LIMIT 1");
    const auto readMesh = [&]() -> Expected<bool> {
        Query query(read);
        if (!query.step())
            return false;
        m_mesh.id = query.text(0);
        m_mesh.slug = query.text(1);
        m_mesh.name = query.text(2);
        QByteArray secret = query.blob(3);
        auto owner = KeyPair::fromSecret(SecretBytes::takeFrom(secret));
        if (!owner) {
            return Error{u"database_damaged"_s, u"The owner key in %1 is damaged."_s.arg(m_database.path()),
                         ErrorBand::Persistent};
        }
        m_mesh.owner = std::move(*owner);
        m_mesh.rootKey = query.text(4);
        m_mesh.lastUrl = query.text(6);
        return true;
    };

    auto found = readMesh();
    if (!found)
        return found.error();
    if (!*found) {
        const KeyPair owner = KeyPair::generate();
        if (owner.isNull())
            return Error{u"database"_s, u"No keys can be made on this system."_s, ErrorBand::Persistent};
        Statement insert(m_database,
                         "INSERT INTO mesh(id, slug, name, owner_secret, root_key, created_at)"
                         " SELECT ?,?,?,?,?,? WHERE NOT EXISTS(SELECT 1 FROM mesh)");
        {
            QByteArray secret = owner.secretKey.view().toByteArray();
            Query query(insert);
            query << newId() << slug << name << secret << protocol::toBase64Url(protocol::randomBytes(32)) << nowMs;
            query.run();
            protocol::wipe(secret);
        }
        if (const auto committed = m_database.commit(); !committed)
            return committed.error();
        found = readMesh();
        if (!found)
            return found.error();
    }
    reload();
    if (const auto committed = m_database.commit(); !committed)
        return committed.error();
    return {};
}

void MeshStore::reload()
{
    m_members.clear();
    m_idsByKey.clear();
    Query query(m_readMembers);
    while (query.step()) {
        Member member;
        member.id = query.text(0);
        member.pubkey = query.text(1);
        member.displayName = query.text(2);
        member.admin = query.text(3) == "admin"_L1;
        member.revoked = !query.isNull(4);
        member.joinedAtMs = query.integer(7);
        if (!query.isNull(5))
            member.saved = savedFromJson(QJsonDocument::fromJson(query.text(5).toUtf8()).object(), query.integer(6));
        m_idsByKey.insert(member.pubkey, member.id);
        m_members.insert(member.id, member);
    }
}

void MeshStore::setLastAddress(quint16 port, const QString &url)
{
    Query query(m_updateAddress);
    query << int(port) << url;
    if (!query.run())
        return;
    m_mesh.lastUrl = url;
}

QList<Member> MeshStore::members() const
{
    QList<Member> members = m_members.values();
    std::sort(members.begin(), members.end(), [](const Member &a, const Member &b) {
        return std::tie(a.joinedAtMs, a.id) < std::tie(b.joinedAtMs, b.id);
    });
    return members;
}

const Member *MeshStore::memberByKey(const QString &pubkey) const
{
    const auto id = m_idsByKey.constFind(pubkey);
    return id == m_idsByKey.cend() ? nullptr : memberById(*id);
}

const Member *MeshStore::memberById(const QString &id) const
{
    const auto member = m_members.constFind(id);
    return member == m_members.cend() ? nullptr : &*member;
}

QString MeshStore::addMember(const QString &pubkey, const QString &displayName, bool admin, qint64 nowMs)
{
    const Member member{.id = newId(),
                        .pubkey = pubkey,
                        .displayName = displayName,
                        .admin = admin,
                        .revoked = false,
                        .joinedAtMs = nowMs,
                        .saved = {}};
    Query query(m_insertMember);
    query << member.id << m_mesh.id << pubkey << displayName << (admin ? "admin"_L1 : "member"_L1) << nowMs;
    if (!query.run())
        return {};
    m_idsByKey.insert(pubkey, member.id);
    m_members.insert(member.id, member);
    return member.id;
}

bool MeshStore::setRevoked(const QString &memberId, std::optional<qint64> atMs)
{
    const auto member = m_members.find(memberId);
    if (member == m_members.end())
        return false;
    Query query(m_updateRevoked);
    if (atMs)
        query << *atMs;
    else
        query << nullptr;
    query << memberId;
    if (!query.run())
        return false;
    member->revoked = atMs.has_value();
    return true;
}

QList<protocol::BanRow> MeshStore::bans()
{
    QList<protocol::BanRow> rows;
    Query query(m_bans);
    while (query.step())
        rows.append({.name = query.text(0), .pubkey = query.text(1), .revokedAt = isoTime(query.integer(2))});
    return rows;
}

void MeshStore::savePresence(const QString &memberId, const SavedPresence &saved)
{
    const auto member = m_members.find(memberId);
    if (member == m_members.end())
        return;
    Query query(m_updateSaved);
    query << QString::fromUtf8(QJsonDocument(toJson(saved)).toJson(QJsonDocument::Compact)) << saved.lastSeenMs
          << memberId;
    if (query.run())
        member->saved = saved;
}

} // namespace mesh::local
