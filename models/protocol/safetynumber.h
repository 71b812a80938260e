// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/protocol/keys.h"

namespace mesh::protocol {

//! The safety number two people compare: six groups of five digits, the same from both sides (wire reference 3.9).
//! Give MEMBER keys on both sides: session keys change.
QString safetyNumber(const PublicKey &a, const PublicKey &b);

//! One key for people to read out: 128 bits of its SHA-256 as eight groups of four hex digits.
QString keyFingerprint(const PublicKey &key);

} // namespace mesh::protocol
