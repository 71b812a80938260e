// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/protocol/framesvalues.h"

//! \file
//! Files and the vault. See frames.h.

namespace mesh::protocol {

// --- Files ---

//! \a size in bytes.
struct FileRow
{
    QString id;
    QString name;
    qint64 size = 0;
    QStringList tags;
    Nullable<QString> uploadedBy;
    QString uploadedAt;
    bool persistent = false;
    bool encrypted = false;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("id", self.id);
        v("name", self.name);
        v("size", self.size);
        v.orDefault("tags", self.tags);
        v("uploadedBy", self.uploadedBy);
        v("uploadedAt", self.uploadedAt);
        v("persistent", self.persistent);
        v("encrypted", self.encrypted);
    }
    friend bool operator==(const FileRow &, const FileRow &) = default;
};

struct FileAccessRow
{
    Nullable<QString> peerName;
    QString accessedAt;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("peerName", self.peerName);
        v("accessedAt", self.accessedAt);
    }
    friend bool operator==(const FileAccessRow &, const FileAccessRow &) = default;
};

//! Client to broker. Answer: file_list.
struct ListFiles
{
    static constexpr QLatin1StringView kType{"list_files"};
    std::optional<QString> query;
    std::optional<QString> from;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("query", self.query);
        v("from", self.from);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const ListFiles &, const ListFiles &) = default;
};

//! Broker to client.
struct FileList
{
    static constexpr QLatin1StringView kType{"file_list"};
    QList<FileRow> files;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("files", self.files);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const FileList &, const FileList &) = default;
};

//! Client to broker. Answer: file_url.
struct GetFile
{
    static constexpr QLatin1StringView kType{"get_file"};
    QString fileId;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("fileId", self.fileId);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const GetFile &, const GetFile &) = default;
};

//! Broker to client. \a url works for 60 s.
struct FileUrl
{
    static constexpr QLatin1StringView kType{"file_url"};
    QString fileId;
    QString url;
    QString name;
    bool encrypted = false;
    std::optional<QString> sealedKey;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("fileId", self.fileId);
        v("url", self.url);
        v("name", self.name);
        v("encrypted", self.encrypted);
        v("sealedKey", self.sealedKey);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const FileUrl &, const FileUrl &) = default;
};

//! Client to broker. Answer: file_status_result.
struct FileStatus
{
    static constexpr QLatin1StringView kType{"file_status"};
    QString fileId;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("fileId", self.fileId);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const FileStatus &, const FileStatus &) = default;
};

//! Broker to client.
struct FileStatusResult
{
    static constexpr QLatin1StringView kType{"file_status_result"};
    QString fileId;
    QList<FileAccessRow> accesses;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("fileId", self.fileId);
        v("accesses", self.accesses);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const FileStatusResult &, const FileStatusResult &) = default;
};

//! Client to broker. Answer: ack with queued false.
struct DeleteFile
{
    static constexpr QLatin1StringView kType{"delete_file"};
    QString fileId;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("fileId", self.fileId);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const DeleteFile &, const DeleteFile &) = default;
};

//! Client to broker. Answer: grant_file_access_ok.
struct GrantFileAccess
{
    static constexpr QLatin1StringView kType{"grant_file_access"};
    QString fileId;
    QString peerPubkey;
    QString sealedKey;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("fileId", self.fileId);
        v("peerPubkey", self.peerPubkey);
        v("sealedKey", self.sealedKey);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const GrantFileAccess &, const GrantFileAccess &) = default;
};

//! Broker to client.
struct GrantFileAccessOk
{
    static constexpr QLatin1StringView kType{"grant_file_access_ok"};
    QString fileId;
    QString peerPubkey;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("fileId", self.fileId);
        v("peerPubkey", self.peerPubkey);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const GrantFileAccessOk &, const GrantFileAccessOk &) = default;
};

// --- Vault ---

struct VaultRow
{
    QString key;
    QString entryType;
    Nullable<QString> mountPath;
    Nullable<QString> description;
    QString updatedAt;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("key", self.key);
        v("entry_type", self.entryType);
        v("mount_path", self.mountPath);
        v("description", self.description);
        v("updated_at", self.updatedAt);
    }
    friend bool operator==(const VaultRow &, const VaultRow &) = default;
};

struct VaultEntry
{
    QString key;
    QString ciphertext;
    QString nonce;
    QString sealedKey;
    QString entryType;
    Nullable<QString> mountPath;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("key", self.key);
        v("ciphertext", self.ciphertext);
        v("nonce", self.nonce);
        v("sealed_key", self.sealedKey);
        v("entry_type", self.entryType);
        v("mount_path", self.mountPath);
    }
    friend bool operator==(const VaultEntry &, const VaultEntry &) = default;
};

//! Client to broker. \a entryType is "env" or "file". Answer: vault_ack.
struct VaultSet
{
    static constexpr QLatin1StringView kType{"vault_set"};
    QString key;
    QString ciphertext;
    QString nonce;
    QString sealedKey;
    QString entryType;
    std::optional<QString> mountPath;
    std::optional<QString> description;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("key", self.key);
        v("ciphertext", self.ciphertext);
        v("nonce", self.nonce);
        v("sealed_key", self.sealedKey);
        v("entry_type", self.entryType);
        v("mount_path", self.mountPath);
        v("description", self.description);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const VaultSet &, const VaultSet &) = default;
};

//! Client to broker. Answer: vault_get_result.
struct VaultGet
{
    static constexpr QLatin1StringView kType{"vault_get"};
    QStringList keys;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("keys", self.keys);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const VaultGet &, const VaultGet &) = default;
};

//! Client to broker. Answer: vault_list_result.
struct VaultList
{
    static constexpr QLatin1StringView kType{"vault_list"};
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("_reqId", self.reqId);
    }
    friend bool operator==(const VaultList &, const VaultList &) = default;
};

//! Client to broker. Answer: vault_ack.
struct VaultDelete
{
    static constexpr QLatin1StringView kType{"vault_delete"};
    QString key;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("key", self.key);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const VaultDelete &, const VaultDelete &) = default;
};

//! Broker to client. \a action is "stored", "deleted" or "not_found".
struct VaultAck
{
    static constexpr QLatin1StringView kType{"vault_ack"};
    QString key;
    QString action;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("key", self.key);
        v("action", self.action);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const VaultAck &, const VaultAck &) = default;
};

//! Broker to client.
struct VaultGetResult
{
    static constexpr QLatin1StringView kType{"vault_get_result"};
    QList<VaultEntry> entries;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("entries", self.entries);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const VaultGetResult &, const VaultGetResult &) = default;
};

//! Broker to client.
struct VaultListResult
{
    static constexpr QLatin1StringView kType{"vault_list_result"};
    QList<VaultRow> entries;
    std::optional<QString> reqId;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("entries", self.entries);
        v("_reqId", self.reqId);
    }
    friend bool operator==(const VaultListResult &, const VaultListResult &) = default;
};

} // namespace mesh::protocol
