// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QObject>
#include <QtCore/QString>

#include <memory>

#include "localmesh/brokerthread.h"
#include "localmesh/personatroupe.h"
#include "models/protocol/clock.h"
#include "models/protocol/invitedesk.h"
#include "models/session/enrolment.h"
#include "models/session/identitystore.h"

namespace mesh::app {

//! The personal mesh of this installation: its broker, the user's membership in it, and the personas.
class PersonalMesh final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(PersonalMesh)

public:
    //! The port others expect a broker on; another one is taken when it is in use.
    static constexpr quint16 usualPort = 7900;

    PersonalMesh(session::IdentityStore &identities, const protocol::Clock &clock, const QString &dataDir,
                 QObject *parent = nullptr);
    ~PersonalMesh() override;

    //! Starts the broker and, the first time, makes the user a member called \a displayName. Ends in ready() or
    //! failed().
    void start(const QString &displayName);
    bool isRunning() const { return m_broker.isRunning(); }
    protocol::MeshId meshId() const { return m_broker.meshId(); }

    //! Personas join or leave; harmless when they are in that state already.
    void setPersonasRunning(bool running);
    bool personasRunning() const { return m_troupe.isRunning(); }

    //! Whether start() made the user a member of a mesh that was new.
    bool isNew() const { return m_isNew; }
    //! Where the owner makes invites and takes them back. Lives as long as this.
    protocol::InviteDesk &invites();
    //! A v1 invite link for one more member; \a role is "member" or "admin".
    protocol::Expected<QString> makeInvite(const QString &role);

Q_SIGNALS:
    void ready(const mesh::session::MeshProfile &profile);
    void failed(const mesh::protocol::Error &error);
    //! Something that does not end the personal mesh, for instance a persona that could not join.
    void troubled(const QString &sentence);

private:
    class Desk;

    void enrol(const QString &displayName);
    void runTroupe();

    session::IdentityStore &m_identities;
    QString m_dataDir;
    local::BrokerThread m_broker;
    local::PersonaTroupe m_troupe;
    session::Enrolment m_enrolment;
    std::unique_ptr<Desk> m_desk;
    bool m_isNew = false;
};

} // namespace mesh::app
