// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "localmesh/brokeroptions.h"
#include "models/protocol/expected.h"

#include <QtCore/QObject>
#include <QtCore/QThread>

namespace mesh::local {

class LocalBroker;

//! A LocalBroker on a thread of its own, so that a busy window and a busy mesh do not wait for each other. The
//! functions may be called from the thread this object lives on; they wait for the broker's answer.
class BrokerThread final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(BrokerThread)

public:
    explicit BrokerThread(QObject *parent = nullptr);
    //! Stops it.
    ~BrokerThread() override;

    //! As LocalBroker::start(). Starting a running one stops it first.
    protocol::Expected<quint16> start(const BrokerOptions &options);
    void stop();

    bool isRunning() const { return m_broker != nullptr; }
    quint16 port() const { return m_port; }
    QString meshId() const { return m_meshId; }
    QString meshSlug() const { return m_meshSlug; }
    QString brokerUrl() const { return m_brokerUrl; }

    //! As LocalBroker::makeInvite().
    protocol::Expected<QString> makeInvite(const InviteRequest &request);
    protocol::Expected<QString> makeInvite(InviteRole role) { return makeInvite(InviteRequest{.role = role}); }

private:
    QThread m_thread;
    LocalBroker *m_broker = nullptr;
    quint16 m_port = 0;
    QString m_meshId;
    QString m_meshSlug;
    QString m_brokerUrl;
};

} // namespace mesh::local
