// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/filehttp.h"

#include "localmesh/apiaccess.h"
#include "localmesh/fileaccess.h"
#include "localmesh/ids.h"
#include "localmesh/limits.h"
#include "localmesh/parts.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QTemporaryFile>
#include <QtCore/QUrl>
#include <QtCore/QUrlQuery>

#include <algorithm>
#include <unistd.h>

namespace mesh::local {

using namespace Qt::StringLiterals;

namespace {

constexpr QByteArrayView DownloadPath("/download/");

HttpReply uploadError(int status, const QString &error)
{
    return jsonReply(status, {{u"ok"_s, false}, {u"error"_s, error}});
}

//! The broker's own calls say no more than the code (wire reference 1.6).
HttpReply bearerError(const ApiRefusal &refusal)
{
    return jsonReply(refusal.status, {{u"error"_s, refusal.code}});
}

//! Names say what a file is called, not where it is: no separators, no control characters, not "." or "..".
bool isFileName(const QString &name)
{
    return !name.isEmpty() && name.size() <= limits::FileNameChars && name != "."_L1 && name != ".."_L1
        && std::none_of(name.cbegin(), name.cend(), [](QChar c) {
               return c == u'/' || c == u'\\' || c.category() == QChar::Other_Control
                   || c == QChar::ReplacementCharacter;
           });
}

//! A media type that is safe to send back.
QByteArray mediaType(const QByteArray &given)
{
    const bool plain =
        given.count('/') == 1 && given.size() <= 128 && std::all_of(given.begin(), given.end(), [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
                || QByteArrayView("/.+-_; =").contains(c);
        });
    return plain ? given : QByteArray("application/octet-stream");
}

std::optional<QStringList> tagsOf(const QByteArray &field)
{
    if (field.isEmpty())
        return QStringList();
    const QJsonDocument document = QJsonDocument::fromJson(field);
    QStringList tags;
    const QJsonArray array = document.array();
    for (const QJsonValue &tag : array) {
        if (!tag.isString() || tag.toString().size() > limits::NameChars)
            return std::nullopt;
        tags.append(tag.toString());
    }
    return document.isArray() && tags.size() <= limits::FileTags ? std::optional(tags) : std::nullopt;
}

std::optional<QHash<QString, QString>> sealedKeysOf(const QByteArray &field)
{
    QHash<QString, QString> keys;
    const QJsonDocument document = QJsonDocument::fromJson(field);
    const QJsonArray array = document.array();
    for (const QJsonValue &value : array) {
        const QString peerKey = value.toObject().value("peerPubkey"_L1).toString();
        const QString sealed = value.toObject().value("sealedKey"_L1).toString();
        if (!protocol::PublicKey::fromHex(peerKey) || sealed.isEmpty() || sealed.size() > limits::FieldChars)
            return std::nullopt;
        keys.insert(peerKey, sealed);
    }
    return keys.isEmpty() || keys.size() > limits::FileKeys ? std::nullopt : std::optional(keys);
}

//! `filename` for the old and `filename*` for the rest.
QByteArray disposition(const QString &name)
{
    QByteArray ascii;
    for (const QChar c : name)
        ascii.append(c.unicode() < 0x7f && c != u'"' ? char(c.unicode()) : '_');
    return "attachment; filename=\"" + ascii + "\"; filename*=UTF-8''" + QUrl::toPercentEncoding(name);
}

} // namespace

void FileHttp::addRoutes(HttpEntry &entry)
{
    entry.addUpload(
        "/upload", m_parts.files.folder(), [this](const HttpHead &head, qint64 bytes) { return admit(head, bytes); },
        [this](const HttpHead &head, const std::shared_ptr<QTemporaryFile> &body, const HttpEntry::Reply &reply) {
            m_parts.turn.post([this, head, body, reply] { store(head, body, reply); });
        });
    entry.addRoute("GET", DownloadPath.toByteArray(),
                   [this](const HttpHead &head, const QByteArray &, const HttpEntry::Reply &reply) {
                       m_parts.turn.post([this, head, reply] { download(head, reply); });
                   });
    entry.addRoute("GET", FileLinks::Prefix,
                   [this](const HttpHead &head, const QByteArray &, const HttpEntry::Reply &reply) {
                       const QString fileId = m_parts.fileLinks.open(head.target, m_parts.clock.nowMs());
                       reply(fileId.isEmpty() ? uploadError(403, u"this link is not valid, or not any more"_s)
                                              : contentsOf(fileId));
                   });
}

std::optional<HttpReply> FileHttp::admit(const HttpHead &head, qint64 bytes)
{
    const auto access = m_access.callerOf(head, "send"_L1);
    if (const auto *refusal = std::get_if<ApiRefusal>(&access))
        return bearerError(*refusal);
    if (head.field("x-mesh-id") != m_parts.mesh.mesh().id.toLatin1())
        return uploadError(403, u"this API key is for another mesh"_s);
    if (head.field("x-member-id") != std::get<ApiCaller>(access).memberId.toLatin1())
        return uploadError(403, u"member does not belong to authenticated user"_s);
    if (!isFileName(QString::fromUtf8(head.field("x-file-name"))))
        return uploadError(400, u"X-File-Name must be a name without a path"_s);
    if (!tagsOf(head.field("x-tags")))
        return uploadError(400, u"X-Tags must be a JSON array of at most %1 short texts"_s.arg(limits::FileTags));
    if (!targetOf(head))
        return uploadError(400, u"X-Target-Spec must be a key of a member or session, @group, #topic or *"_s);
    if (head.field("x-encrypted") == "true" && !sealedKeysOf(head.field("x-file-keys")))
        return uploadError(400, u"X-File-Keys must be a JSON array of {peerPubkey, sealedKey}"_s);
    if (m_parts.files.count() >= limits::Files || m_parts.files.totalBytes() + bytes > m_parts.options.maxStoredBytes)
        return uploadError(507, u"this mesh has no room for more files"_s);
    return std::nullopt;
}

std::optional<QString> FileHttp::targetOf(const HttpHead &head)
{
    return resolveFileTarget(m_parts, QString::fromUtf8(head.field("x-target-spec")),
                             QString::fromLatin1(head.field("x-member-id")));
}

void FileHttp::store(const HttpHead &head, const std::shared_ptr<QTemporaryFile> &body, const HttpEntry::Reply &reply)
{
    // Again, because time has passed since the body began: the key may be gone, and others have uploaded.
    if (const auto refusal = admit(head, body->size())) {
        reply(*refusal);
        return;
    }
    const bool encrypted = head.field("x-encrypted") == "true";
    const auto caller = std::get<ApiCaller>(m_access.callerOf(head, "send"_L1));
    StoredFile file{.id = newId(),
                    .name = QString::fromUtf8(head.field("x-file-name")),
                    .size = body->size(),
                    .tags = *tagsOf(head.field("x-tags")),
                    .contentType = mediaType(head.field("content-type")),
                    .uploadedBy = caller.memberId,
                    .ownerKey = encrypted ? QString::fromLatin1(head.field("x-owner-pubkey")) : QString(),
                    .target = *targetOf(head),
                    .persistent = head.field("x-persistent") != "false",
                    .encrypted = encrypted,
                    .uploadedAtMs = m_parts.clock.nowMs()};
    if (!file.ownerKey.isEmpty() && !protocol::PublicKey::fromHex(file.ownerKey)) {
        reply(uploadError(400, u"X-Owner-Pubkey must be 64 hex characters"_s));
        return;
    }
    if (m_parts.options.syncEveryCommit)
        ::fsync(body->handle());
    const QString path = m_parts.files.pathOf(file.id);
    if (!body->rename(path)) {
        reply(uploadError(507, u"the broker cannot store files at the moment"_s));
        return;
    }
    body->setAutoRemove(false);
    m_parts.apiKeys.touch(caller.key, m_parts.clock.nowMs());
    m_parts.files.add(file, encrypted ? *sealedKeysOf(head.field("x-file-keys")) : QHash<QString, QString>());
    m_parts.turn.afterwards([reply, path, fileId = file.id](bool committed) {
        if (!committed)
            QFile::remove(path);
        reply(committed ? jsonReply(200, {{u"ok"_s, true}, {u"fileId"_s, fileId}})
                        : uploadError(500, u"storage_error"_s));
    });
}

void FileHttp::download(const HttpHead &head, const HttpEntry::Reply &reply)
{
    const auto access = m_access.callerOf(head, "read"_L1);
    if (const auto *refusal = std::get_if<ApiRefusal>(&access)) {
        reply(bearerError(*refusal));
        return;
    }
    const QByteArray query = head.target.sliced(qMin(head.target.size(), head.path().size() + 1));
    const QString mesh = QUrlQuery(QString::fromLatin1(query)).queryItemValue(u"mesh"_s);
    if (mesh.isEmpty()) {
        reply(uploadError(400, u"the parameter mesh is required"_s));
        return;
    }
    if (mesh != m_parts.mesh.mesh().id) {
        reply(uploadError(403, u"this API key is for another mesh"_s));
        return;
    }
    const auto &caller = std::get<ApiCaller>(access);
    const QString fileId = QString::fromLatin1(head.path().sliced(DownloadPath.size()));
    const qint64 nowMs = m_parts.clock.nowMs();
    m_parts.apiKeys.touch(caller.key, nowMs);
    const auto file = m_parts.files.find(fileId);
    if (file && !mayOpenFile(m_parts, *file, caller.memberId)) {
        reply(uploadError(404, u"file not found"_s));
        return;
    }
    if (file) {
        const Member *member = m_parts.mesh.memberById(caller.memberId);
        m_parts.files.recordAccess(fileId, member ? member->displayName : QString(), nowMs);
    }
    m_parts.turn.afterwards([this, reply, fileId](bool) { reply(contentsOf(fileId)); });
}

HttpReply FileHttp::contentsOf(const QString &fileId)
{
    const auto file = m_parts.files.find(fileId);
    if (!file)
        return uploadError(404, u"file not found"_s);
    auto contents = std::make_shared<QFile>(m_parts.files.pathOf(file->id));
    if (!contents->open(QIODevice::ReadOnly) || contents->size() != file->size)
        return uploadError(500, u"the contents of this file are lost"_s);
    HttpReply reply;
    reply.contentType = file->contentType;
    reply.fields.append({"Content-Disposition", disposition(file->name)});
    reply.file = std::move(contents);
    return reply;
}

} // namespace mesh::local
