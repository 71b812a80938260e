// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QByteArray>
#include <QtCore/QString>

namespace mesh::local {

struct StoredFile;

//! Links that open one file for a short time without any other proof (wire reference 7.9). The key that signs them is
//! made anew with each start of the broker.
class FileLinks final
{
public:
    FileLinks();
    Q_DISABLE_COPY_MOVE(FileLinks)

    static constexpr const char *Prefix = "/file/";

    //! The path of a link to \a file that works until \a untilMs, percent-encoded: /file/<id>/<name>?until=...&sig=...
    QString make(const StoredFile &file, qint64 untilMs) const;
    //! The id of the file that \a target (a request target made by make()) opens at \a nowMs; empty when it opens none.
    QString open(const QByteArray &target, qint64 nowMs) const;

private:
    QByteArray sign(const QString &fileId, qint64 untilMs) const;

    QByteArray m_key;
};

} // namespace mesh::local
