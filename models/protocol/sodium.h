// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/protocol/expected.h"

#include <QtCore/QByteArray>

namespace mesh::protocol {

//! Makes libsodium ready, once for the process; any thread. False only where the system has no random source.
//! Every function of this floor calls it for itself, so calling it by hand is needed only to fail early with a message.
bool initSodium();

//! \a size bytes from the system's random source, for nonces and ids. Secrets come from SecretBytes::random().
QByteArray randomBytes(qsizetype size);

//! SHA-256 of \a data, 32 bytes.
QByteArray sha256(QByteArrayView data);

} // namespace mesh::protocol
