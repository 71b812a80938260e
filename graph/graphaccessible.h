// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace mesh::graph {

class GraphView;

//! Makes every GraphView a list of its peers and the lines between them for assistive programs. Each peer and line has
//! a name in words, a place on the screen, states, and actions (choose, open). Harmless if called again.
void installGraphAccessibility();

//! Tells assistive programs that \a view has selected something else.
void announceSelection(GraphView *view);

} // namespace mesh::graph
