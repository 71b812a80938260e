// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/protocol/sodium.h"

#include "models/protocol/cryptoerror.h"

#include <sodium.h>

namespace mesh::protocol {

bool initSodium()
{
    static const bool ready = sodium_init() >= 0;
    return ready;
}

QByteArray randomBytes(qsizetype size)
{
    if (size <= 0 || !initSodium())
        return {};
    QByteArray result(size, Qt::Uninitialized);
    randombytes_buf(result.data(), detail::count(size));
    return result;
}

QByteArray sha256(QByteArrayView data)
{
    QByteArray result(crypto_hash_sha256_BYTES, Qt::Uninitialized);
    crypto_hash_sha256(detail::raw(result), detail::raw(data), detail::length(data));
    return result;
}

} // namespace mesh::protocol
