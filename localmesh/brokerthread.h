// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "localmesh/brokeroptions.h"
#include "models/protocol/expected.h"

#include <QtCore/QObject>
#include <QtCore/QThread>

#include <functional>
#include <memory>

#include "localmesh/localbroker.h"

namespace mesh::local {

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

    //! Lets the broker answer \a question on its thread and calls \a done with the answer on this one, later. Nobody
    //! waits. Without a broker \a done gets "not_running"; when it stops meanwhile, nothing.
    template <class T>
    void ask(std::function<protocol::Expected<T>(LocalBroker &)> question,
             std::function<void(protocol::Expected<T>)> done)
    {
        if (!m_broker) {
            QMetaObject::invokeMethod(
                this, [done] { done(notRunning()); }, Qt::QueuedConnection);
            return;
        }
        QMetaObject::invokeMethod(
            m_broker,
            [this, broker = m_broker, question = std::move(question), done = std::move(done)] {
                auto answer = std::make_shared<protocol::Expected<T>>(question(*broker));
                QMetaObject::invokeMethod(
                    this, [answer, done] { done(std::move(*answer)); }, Qt::QueuedConnection);
            },
            Qt::QueuedConnection);
    }

private:
    static protocol::Error notRunning();

    QThread m_thread;
    LocalBroker *m_broker = nullptr;
    quint16 m_port = 0;
    QString m_meshId;
    QString m_meshSlug;
    QString m_brokerUrl;
};

} // namespace mesh::local
