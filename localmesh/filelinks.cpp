// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/filelinks.h"

#include "localmesh/filestore.h"
#include "models/protocol/sodium.h"

#include <QtCore/QMessageAuthenticationCode>
#include <QtCore/QUrl>
#include <QtCore/QUrlQuery>

#include <sodium.h>

namespace mesh::local {

using namespace Qt::StringLiterals;

FileLinks::FileLinks()
    : m_key(protocol::randomBytes(32))
{
}

QByteArray FileLinks::sign(const QString &fileId, qint64 untilMs) const
{
    return QMessageAuthenticationCode::hash(fileId.toUtf8() + ' ' + QByteArray::number(untilMs), m_key,
                                            QCryptographicHash::Sha256)
        .toHex();
}

QString FileLinks::make(const StoredFile &file, qint64 untilMs) const
{
    return QString::fromLatin1(Prefix + file.id.toUtf8() + '/' + QUrl::toPercentEncoding(file.name)
                               + "?until=" + QByteArray::number(untilMs) + "&sig=" + sign(file.id, untilMs));
}

QString FileLinks::open(const QByteArray &target, qint64 nowMs) const
{
    const qsizetype question = target.indexOf('?');
    if (question < 0 || !target.startsWith(Prefix))
        return {};
    const QString fileId = QString::fromLatin1(target.first(question)).section(u'/', 2, 2);
    const QUrlQuery query(QString::fromLatin1(target.sliced(question + 1)));
    const qint64 untilMs = query.queryItemValue(u"until"_s).toLongLong();
    const QByteArray given = query.queryItemValue(u"sig"_s).toLatin1();
    const QByteArray right = sign(fileId, untilMs);
    const bool genuine =
        given.size() == right.size() && sodium_memcmp(given.constData(), right.constData(), size_t(right.size())) == 0;
    return genuine && nowMs < untilMs ? fileId : QString();
}

} // namespace mesh::local
