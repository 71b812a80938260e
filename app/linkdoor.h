// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QObject>
#include <QtNetwork/QLocalServer>

#include "models/protocol/expected.h"

class QLocalSocket;

namespace mesh::app {

//! Where a second start of the program hands its invite link to the one that runs: a socket below the data folder that
//! only this user may open. One line of UTF-8 comes in, "ok" goes back.
class LinkDoor final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(LinkDoor)

public:
    explicit LinkDoor(QObject *parent = nullptr);

    //! Opens it for the program that holds the lock of \a dataDir, so that a socket left over by a crash may go. Error
    //! "link_door".
    protocol::Expected<void> open(const QString &dataDir);

    //! Hands \a link (empty: just come to the front) to the program that runs on \a dataDir, and waits for its answer
    //! at most \a timeoutMs. Error "not_running" (Transient) when nobody answers.
    static protocol::Expected<void> handOver(const QString &dataDir, const QString &link, int timeoutMs = 3'000);

    //! The socket of a data folder. A path too long for a socket is replaced by a short one in the user's runtime
    //! folder.
    static QString socketPath(const QString &dataDir);

Q_SIGNALS:
    //! Empty when there was no link. Not checked in any way.
    void linkReceived(const QString &link);

private:
    void adopt(QLocalSocket *socket);

    QLocalServer m_server;
};

} // namespace mesh::app
