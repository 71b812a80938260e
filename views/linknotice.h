// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/protocol/types.h"

#include <QtCore/QString>

#include <optional>

namespace mesh::views {

//! What a banner says about a link, as plain text; made from the facts with no window, so that each case is tested.
struct LinkNotice
{
    enum class Kind {
        None,     //!< all is well
        Busy,     //!< connecting again
        Retrying, //!< the next try comes by itself
        Action,   //!< the user must do something
        Security  //!< final; never tried again by itself
    };

    Kind kind = Kind::None;
    QString title;
    QString body; //!< what was kept and what to do; may be empty
    bool canRetry = false;

    friend bool operator==(const LinkNotice &, const LinkNotice &) = default;
};

//! The facts a notice is made from.
struct LinkFacts
{
    protocol::ConnectionState state = protocol::ConnectionState::Offline;
    QString code;
    QString detail;
    QString meshName;
    QString host;
    std::optional<int> closeCode;
    std::optional<qint64> nextTryAtMs;
    int attempt = 0;
    std::optional<qint64> clockOffsetMs; //!< broker minus local
    qint64 lastOnlineMs = 0;             //!< what is on the screen is as of then; 0: never online
};

//! Words for a state of the link; nothing while it is online, or while the first connection is being made.
LinkNotice describeLink(const LinkFacts &facts, qint64 nowMs);

} // namespace mesh::views
