// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace mesh::app {

//! Measures for a process that holds keys: no core dumps, no reading of its memory by other programs of the same user,
//! and files that only the user may read. To be called before anything else.
void hardenProcess();

} // namespace mesh::app
