// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QString>

namespace mesh::session {

//! What to do after a link has ended.
struct CloseReaction
{
    //! Retry: with back-off. Later: after half a minute or more, something outside must change first. Final: never by
    //! itself, the user must act.
    enum class Action { Retry, Later, Final };

    Action action = Action::Retry;
    QString code;   //!< stable word: the broker's error code, `session_replaced`, `kicked`, `closed_1006`, ...
    QString detail; //!< a sentence for people
    bool measureClock = false; //!< a wrong local clock is the likely cause
};

//! The table of wire reference 1.4 and 2.4. \a errorCode is that of an `error` frame seen before `hello_ack`, else
//! empty.
CloseReaction reactToClose(int closeCode, const QString &reason, const QString &errorCode);

//! The same for an `error` frame that refuses the handshake, before the close that follows it.
CloseReaction reactToHelloError(const QString &errorCode);

} // namespace mesh::session
