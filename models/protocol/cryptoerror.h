// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/protocol/expected.h"

#include <QtCore/QByteArrayView>

namespace mesh::protocol::detail {

// What the recipes of this folder share; not for other floors.

inline Error makeError(QLatin1StringView code, QLatin1StringView sentence, ErrorBand band)
{
    return Error{QString(code), QString(sentence), band};
}

inline Error malformed(QLatin1StringView sentence)
{
    return makeError(QLatin1StringView("malformed"), sentence, ErrorBand::Protocol);
}

inline Error badKey()
{
    return makeError(QLatin1StringView("bad_key"), QLatin1StringView("The key cannot be used."), ErrorBand::Security);
}

inline Error cannotOpen()
{
    return makeError(QLatin1StringView("cannot_open"), QLatin1StringView("It was sealed for another key, or altered."),
                     ErrorBand::Protocol);
}

inline Error wrongPassphrase()
{
    return makeError(QLatin1StringView("cannot_open"),
                     QLatin1StringView("The passphrase is wrong, or the file was altered."), ErrorBand::Persistent);
}

inline Error tooLarge(QLatin1StringView sentence)
{
    return makeError(QLatin1StringView("too_large"), sentence, ErrorBand::Persistent);
}

inline Error noMemory()
{
    return makeError(QLatin1StringView("no_memory"), QLatin1StringView("There is not enough memory for this now."),
                     ErrorBand::Transient);
}

//! Qt's bytes as sodium wants them.
inline const unsigned char *raw(QByteArrayView bytes)
{
    return reinterpret_cast<const unsigned char *>(bytes.data());
}

inline unsigned char *raw(QByteArray &bytes)
{
    return reinterpret_cast<unsigned char *>(bytes.data());
}

inline unsigned long long length(QByteArrayView bytes)
{
    return static_cast<unsigned long long>(bytes.size());
}

inline size_t count(qsizetype size)
{
    return static_cast<size_t>(size);
}

} // namespace mesh::protocol::detail
