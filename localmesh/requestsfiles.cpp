// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/fileaccess.h"
#include "localmesh/ids.h"
#include "localmesh/limits.h"
#include "localmesh/requestsreply.h"

#include <QtCore/QFile>

namespace mesh::local {

using namespace Qt::StringLiterals;

void Requests::on(const Context &context, const protocol::ListFiles &frame)
{
    protocol::FileList list;
    const QList<StoredFile> files = m_parts.files.list(
        frame.query.value_or(QString()), frame.from.value_or(QString()),
        [&](const StoredFile &file) { return mayOpenFile(m_parts, file, context.presence.memberId); });
    for (const StoredFile &file : files) {
        protocol::FileRow row;
        row.id = file.id;
        row.name = file.name;
        row.size = file.size;
        row.tags = file.tags;
        row.uploadedBy = file.uploadedBy;
        row.uploadedAt = isoTime(file.uploadedAtMs);
        row.persistent = file.persistent;
        row.encrypted = file.encrypted;
        list.files.append(std::move(row));
    }
    reply(context, std::move(list));
}

void Requests::on(const Context &context, const protocol::GetFile &frame)
{
    const auto file = fileOf(context, frame.fileId);
    if (!file)
        return;
    protocol::FileUrl url;
    if (file->encrypted) {
        const QString sealed =
            m_parts.files.sealedKey(file->id, {context.presence.routingKey(), context.presence.memberPubkey});
        if (sealed.isEmpty()) {
            fail(context, u"forbidden"_s, u"no decryption key for this file"_s);
            return;
        }
        url.sealedKey = sealed;
    }
    const qint64 nowMs = m_parts.clock.nowMs();
    m_parts.files.recordAccess(file->id, context.presence.displayName, nowMs);
    url.fileId = file->id;
    url.url = m_parts.httpUrl + m_parts.fileLinks.make(*file, nowMs + m_parts.options.fileLinkMs);
    url.name = file->name;
    url.encrypted = file->encrypted;
    reply(context, std::move(url));
}

void Requests::on(const Context &context, const protocol::FileStatus &frame)
{
    const auto file = fileOf(context, frame.fileId);
    if (!file)
        return;
    protocol::FileStatusResult result;
    result.fileId = file->id;
    const QList<FileAccess> accesses = m_parts.files.accesses(file->id);
    for (const FileAccess &access : accesses) {
        protocol::FileAccessRow row;
        row.peerName = access.peerName;
        row.accessedAt = isoTime(access.atMs);
        result.accesses.append(std::move(row));
    }
    reply(context, std::move(result));
}

void Requests::on(const Context &context, const protocol::DeleteFile &frame)
{
    const auto file = fileOf(context, frame.fileId);
    if (!file)
        return;
    if (!mayManage(context, file->uploadedBy)) {
        fail(context, u"forbidden"_s, u"only who uploaded a file, or an admin, can delete it"_s);
        return;
    }
    removeFile(file->id);
    done(context, file->id, file->id);
}

void Requests::on(const Context &context, const protocol::GrantFileAccess &frame)
{
    const auto file = fileOf(context, frame.fileId);
    if (!file)
        return;
    const Presence &presence = context.presence;
    const bool owns = file->ownerKey.isEmpty()
        ? file->uploadedBy == presence.memberId
        : file->ownerKey == presence.routingKey() || file->ownerKey == presence.memberPubkey;
    if (!owns) {
        fail(context, u"forbidden"_s, u"only the file owner can grant access"_s);
        return;
    }
    if (!protocol::PublicKey::fromHex(frame.peerPubkey) || frame.sealedKey.isEmpty()
        || frame.sealedKey.size() > limits::FieldChars) {
        refuse(context, u"peerPubkey is 64 hex characters, and sealedKey a short text"_s);
        return;
    }
    if (!m_parts.files.grant(file->id, frame.peerPubkey, frame.sealedKey)) {
        fail(context, u"limit"_s, u"this file is shared with too many peers"_s);
        return;
    }
    protocol::GrantFileAccessOk granted;
    granted.fileId = file->id;
    granted.peerPubkey = frame.peerPubkey;
    reply(context, std::move(granted));
}

std::optional<StoredFile> Requests::fileOf(const Context &context, const QString &fileId)
{
    auto file = m_parts.files.find(fileId);
    // Whoever it is not for does not learn that it is there.
    if (file && !mayOpenFile(m_parts, *file, context.presence.memberId))
        file.reset();
    if (!file)
        fail(context, u"not_found"_s, u"file not found"_s);
    return file;
}

void Requests::removeFile(const QString &fileId)
{
    m_parts.files.remove(fileId);
    m_parts.turn.afterwards([path = m_parts.files.pathOf(fileId)](bool committed) {
        if (committed)
            QFile::remove(path);
    });
}

void Requests::dropEphemeralFiles()
{
    const QStringList old = m_parts.files.ephemeralBefore(m_parts.clock.nowMs() - m_parts.options.keepEphemeralMs);
    for (const QString &fileId : old)
        removeFile(fileId);
}

} // namespace mesh::local
