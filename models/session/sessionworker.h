// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QHash>
#include <QtCore/QObject>

#include <memory>

#include "models/session/meshsession.h"

namespace mesh::session {

//! All sessions, on the network thread. Gathers what happens in one turn of the event loop into one batch.
class SessionWorker final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(SessionWorker)

public:
    explicit SessionWorker(SessionOptions options);
    ~SessionWorker() override;

    void open(std::shared_ptr<SessionIdentity> identity);
    void close(const protocol::MeshId &mesh);
    void closeAll();
    void run(const protocol::MeshId &mesh, qint64 commandId, protocol::Command command);
    void confirmStored(const QStringList &messageIds);
    void setVisible(bool visible);
    void setSignals(bool on);

    //! Hands over what was gathered in this turn.
    void flush();

Q_SIGNALS:
    void eventsReady(const mesh::protocol::EventList &events);

private:
    void add(protocol::Event event);

    SessionOptions m_options;
    SendLimiters m_limiters;
    QHash<protocol::MeshId, std::shared_ptr<MeshSession>> m_sessions;
    protocol::EventList m_batch;
    bool m_flushPending = false;
    bool m_visible = true;
    bool m_signals = true;
};

} // namespace mesh::session
