// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "localmesh/httpentry.h"

namespace mesh::local {

class ApiAccess;
struct Parts;

//! Files over HTTP (wire reference 7.9): `/upload` and `/download/<id>` with an API key as bearer, and the links that
//! `file_url` gives.
class FileHttp final
{
public:
    //! All outlive this.
    FileHttp(Parts &parts, ApiAccess &access)
        : m_parts(parts)
        , m_access(access)
    {
    }
    Q_DISABLE_COPY_MOVE(FileHttp)

    void addRoutes(HttpEntry &entry);

private:
    std::optional<HttpReply> admit(const HttpHead &head, qint64 bytes);
    void store(const HttpHead &head, const std::shared_ptr<QTemporaryFile> &body, const HttpEntry::Reply &reply);
    void download(const HttpHead &head, const HttpEntry::Reply &reply);
    //! Whom an upload is for; nothing when its header names nobody.
    std::optional<QString> targetOf(const HttpHead &head);
    HttpReply contentsOf(const QString &fileId);

    Parts &m_parts;
    ApiAccess &m_access;
};

} // namespace mesh::local
