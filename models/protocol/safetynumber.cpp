// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/protocol/safetynumber.h"

#include "models/protocol/encoding.h"
#include "models/protocol/sodium.h"

#include <QtCore/QStringList>

#include <algorithm>

namespace mesh::protocol {

QString safetyNumber(const PublicKey &a, const PublicKey &b)
{
    const auto &[first, second] = std::minmax(a, b);
    const QByteArray digest = sha256(first.view().toByteArray() + second.view().toByteArray());
    QStringList groups;
    for (int group = 0; group < 6; ++group) {
        quint32 value = 0;
        for (int bit = group * 20; bit < (group + 1) * 20; ++bit) {
            const auto byte = static_cast<unsigned char>(digest.at(bit / 8));
            value = value << 1 | ((byte >> (7 - bit % 8)) & 1U);
        }
        groups += QString::number(value % 100000).rightJustified(5, u'0');
    }
    return groups.join(u' ');
}

QString keyFingerprint(const PublicKey &key)
{
    const QString digest = toHex(sha256(key.view()));
    QStringList groups;
    for (int group = 0; group < 8; ++group)
        groups += digest.mid(group * 4, 4);
    return groups.join(u' ');
}

} // namespace mesh::protocol
