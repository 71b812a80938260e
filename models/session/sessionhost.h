// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QObject>
#include <QtCore/QStringList>
#include <QtCore/QThread>

#include <atomic>

#include "models/protocol/command.h"
#include "models/protocol/event.h"
#include "models/protocol/keys.h"
#include "models/session/meshprofile.h"
#include "models/session/sessionoptions.h"

namespace mesh::session {

class SessionWorker;

//! The door between the GUI thread and the sessions. It lives on the thread that made it and owns the network thread,
//! where every socket is. What happens comes back in eventsReady(), one batch for each turn of the network thread's
//! loop.
class SessionHost final : public QObject, public protocol::CommandSink
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(SessionHost)

public:
    explicit SessionHost(SessionOptions options = {}, QObject *parent = nullptr);
    //! Closes all sessions and waits for the network thread. What happened and was not delivered yet is lost with it.
    ~SessionHost() override;

    //! Starts a session and keeps it connected until close(). Opening a mesh that is open already only takes the
    //! profile over for the next connect. Failures come as events (ConnectionChanged with Failed).
    void open(const MeshProfile &profile, protocol::KeyPair member, protocol::KeyPair session);
    //! Ends a session; its pending commands finish with the code `closed`. Unknown ids are ignored.
    void close(const protocol::MeshId &mesh);

    //! See CommandSink. A mesh that is not open finishes with the code `unknown_mesh`. Any thread.
    qint64 submit(const protocol::MeshId &mesh, protocol::Command command) override;

    //! These messages (MessageReceived::messageId) are safe on disk: the broker may forget them. Until then it would
    //! deliver them again. Unknown ids are ignored. Any thread.
    void confirmStored(const QStringList &brokerMessageIds);

    //! Waits until everything submitted so far was taken up, and delivers what it led to; for the end of the program.
    void flush();

    //! Whether somebody is looking: peers are polled every 4 s then, else every 20 s. True at first.
    void setVisible(bool visible);
    //! Whether other people's clients are told when the user types and what was read (wire reference 6.8). True at
    //! first.
    void setSignals(bool on);

Q_SIGNALS:
    void eventsReady(const mesh::protocol::EventList &events);

private:
    QThread m_thread;
    SessionWorker *m_worker = nullptr; // lives on m_thread, deleted when that ends
    std::atomic<qint64> m_lastCommandId{0};
};

} // namespace mesh::session
