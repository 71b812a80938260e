// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/protocol/event.h"

//! A made-up mesh at work, the same for the same numbers, so that other programs can be run on it (docs/event-file.md).
struct GraphLoad
{
    int peers = 100;
    int edges = 500;     //!< different pairs that messages go between
    int perSecond = 100; //!< messages
    double seconds = 10;
    qint64 startMs = 1'700'000'000'000;

    //! One list of peers, then the messages by time. Eight groups; one message in fifty goes to a group, one in two
    //! hundred to everyone.
    mesh::protocol::EventList events() const;
};
