// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/ids.h"

#include "models/protocol/sodium.h"

#include <QtCore/QDateTime>
#include <QtCore/QUuid>

namespace mesh::local {

using namespace Qt::StringLiterals;

QString newId()
{
    static constexpr QLatin1StringView alphabet("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
    // 248 is the largest multiple of 62 in a byte; what is above would favour the first letters.
    constexpr int fair = 248;
    QString id;
    id.reserve(32);
    while (id.size() < 32) {
        const QByteArray bytes = protocol::randomBytes(40);
        for (const char byte : bytes) {
            const int value = static_cast<unsigned char>(byte);
            if (value < fair && id.size() < 32)
                id.append(QChar(alphabet[value % alphabet.size()]));
        }
    }
    return id;
}

QString newUuid()
{
    return QUuid::createUuid().toString(QUuid::WithoutBraces);
}

QString isoTime(qint64 ms)
{
    return QDateTime::fromMSecsSinceEpoch(ms, Qt::UTC).toString(u"yyyy-MM-ddTHH:mm:ss.zzz"_s) + u'Z';
}

} // namespace mesh::local
