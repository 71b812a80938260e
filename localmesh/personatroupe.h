// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QObject>
#include <QtCore/QThread>

#include <memory>

#include "localmesh/persona.h"
#include "models/protocol/invite.h"
#include "models/protocol/secretbytes.h"

namespace mesh::local {

class TroupeWorker;

//! All personas of a mesh, on a thread of their own: ordinary members that join by invite and connect over real
//! sockets.
class PersonaTroupe final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(PersonaTroupe)

public:
    struct Options
    {
        QList<PersonaScript> scripts;
        QString inviteLink;     //!< a v1 invite with enough uses for all
        quint32 seed = 1;       //!< the same seed and ticks give the same habits
        double firstSpeed = 10; //!< starts the mesh's clock at this speed if it never ran; 0: leave it
        Persona::Pace pace;
        std::shared_ptr<protocol::Clock> clock; //!< the machine's when null
    };

    explicit PersonaTroupe(QObject *parent = nullptr);
    //! Stops them.
    ~PersonaTroupe() override;

    //! \a rootKey: 32 bytes that the personas' keys are derived from, so that they stay the same members.
    void start(Options options, protocol::SecretBytes rootKey);
    void stop();
    bool isRunning() const { return m_worker != nullptr; }

Q_SIGNALS:
    //! A persona's session came up or broke; \a connected of \a all are up now.
    void progress(int connected, int all);
    //! Somebody could not join, and nobody after it does: a bad invite, or a mesh that refuses. While the broker cannot
    //! be reached they keep trying instead.
    void failed(const mesh::protocol::Error &error);

private:
    QThread m_thread;
    TroupeWorker *m_worker = nullptr; // lives on m_thread, which deletes it
};

} // namespace mesh::local
