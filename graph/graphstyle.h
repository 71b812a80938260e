// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGui/QColor>
#include <QtGui/QFont>

#include "models/protocol/types.h"

namespace mesh::graph {

//! Colours and fonts of the graph. The program fills it from its theme; nothing here names a colour.
struct GraphStyle
{
    QColor background;
    QColor panel;  //!< fill of the detail card
    QColor raised; //!< fill of nodes
    QColor line;   //!< arcs, rings, hairlines
    QColor text1;
    QColor text2;
    QColor text3;
    QColor accent;
    QColor idle;
    QColor working;
    QColor dnd;
    QColor offline;
    QColor now;
    QColor next;
    QColor low;
    QFont font; //!< 12 px role: labels below nodes; other sizes are derived from it

    QColor status(protocol::PeerStatus status) const;
    QColor priority(protocol::Priority priority) const;

    friend bool operator==(const GraphStyle &, const GraphStyle &) = default;
};

} // namespace mesh::graph
