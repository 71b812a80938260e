// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QtGlobal>

namespace mesh::protocol {

//! Bounds on what a JSON text from outside may hold. They are checked while the bytes are walked over, before anything
//! is made of them: what is kept for each value until then is one small entry, and maxValues bounds their number.
struct Limits
{
    qsizetype maxBytes = 16 * 1024 * 1024;      //!< of the whole text, never more than 4 GiB
    int maxDepth = 32;                          //!< nested objects and arrays, the outermost one included
    qsizetype maxStringBytes = 8 * 1024 * 1024; //!< of one string as written, quotes not counted
    qsizetype maxListSize = 100'000;            //!< elements of one array, or members of one object
    qsizetype maxValues = 1'000'000;            //!< of all kinds, in the whole text
};

} // namespace mesh::protocol
