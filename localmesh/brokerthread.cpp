// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/brokerthread.h"

namespace mesh::local {

using namespace Qt::StringLiterals;
using protocol::Error;
using protocol::ErrorBand;
using protocol::Expected;

BrokerThread::BrokerThread(QObject *parent)
    : QObject(parent)
{
    m_thread.setObjectName(u"localmesh"_s);
}

BrokerThread::~BrokerThread()
{
    stop();
}

Expected<quint16> BrokerThread::start(const BrokerOptions &options)
{
    stop();
    m_thread.start();
    auto *broker = new LocalBroker;
    broker->moveToThread(&m_thread);
    Expected<quint16> started = quint16(0);
    QMetaObject::invokeMethod(
        broker,
        [&] {
            started = broker->start(options);
            m_port = broker->port();
            m_meshId = broker->meshId();
            m_meshSlug = broker->meshSlug();
            m_brokerUrl = broker->brokerUrl();
        },
        Qt::BlockingQueuedConnection);
    m_broker = broker;
    if (!started)
        stop();
    return started;
}

void BrokerThread::stop()
{
    if (!m_broker)
        return;
    QMetaObject::invokeMethod(
        m_broker, [this] { delete m_broker; }, Qt::BlockingQueuedConnection);
    m_broker = nullptr;
    m_thread.quit();
    m_thread.wait();
    m_port = 0;
    m_meshId.clear();
    m_meshSlug.clear();
    m_brokerUrl.clear();
}

Error BrokerThread::notRunning()
{
    return {u"not_running"_s, u"The personal mesh is not running."_s, ErrorBand::Persistent};
}

Expected<QString> BrokerThread::makeInvite(const InviteRequest &request)
{
    if (!m_broker)
        return notRunning();
    Expected<QString> link = QString();
    QMetaObject::invokeMethod(
        m_broker, [&] { link = m_broker->makeInvite(request); }, Qt::BlockingQueuedConnection);
    return link;
}

} // namespace mesh::local
