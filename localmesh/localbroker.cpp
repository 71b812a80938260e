// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/localbroker.h"

#include "localmesh/brokercore.h"
#include "localmesh/meshbackup.h"

namespace mesh::local {

using namespace Qt::StringLiterals;
using protocol::Error;
using protocol::ErrorBand;
using protocol::Expected;
using protocol::InviteRecord;

namespace {

Error notRunning()
{
    return {u"not_running"_s, u"The personal mesh is not running."_s, ErrorBand::Persistent};
}

} // namespace

LocalBroker::LocalBroker(QObject *parent)
    : QObject(parent)
{
}

LocalBroker::~LocalBroker() = default;

Expected<quint16> LocalBroker::start(const Options &options)
{
    stop();
    if (auto opened = open(options); !opened)
        return opened.error();
    return m_core->port();
}

Expected<void> LocalBroker::open(const Options &options)
{
    auto core = BrokerCore::create(options);
    if (!core)
        return core.error();
    m_core = std::move(*core);
    m_options = options;
    m_options.port = m_core->port();
    // Queued, because the core must not be deleted while it works.
    connect(m_core.get(), &BrokerCore::restoreWaiting, this, &LocalBroker::takeUpBackup, Qt::QueuedConnection);
    return {};
}

void LocalBroker::takeUpBackup()
{
    if (!m_core || !restoreWaits(m_options.dataDir))
        return; // stopped, or done, since it was asked for
    const Options options = m_options;
    stop();
    if (const auto opened = open(options); opened)
        Q_EMIT restored();
    else
        Q_EMIT failed(opened.error());
}

void LocalBroker::stop()
{
    m_core.reset();
}

quint16 LocalBroker::port() const
{
    return m_core ? m_core->port() : 0;
}

QString LocalBroker::meshId() const
{
    return m_core ? m_core->mesh().id : QString();
}

QString LocalBroker::meshSlug() const
{
    return m_core ? m_core->mesh().slug : QString();
}

QString LocalBroker::brokerUrl() const
{
    return m_core ? m_core->brokerUrl() : QString();
}

Expected<InviteRecord> LocalBroker::issueInvite(const InviteRequest &request)
{
    return m_core ? m_core->makeInvite(request) : Expected<InviteRecord>(notRunning());
}

Expected<QString> LocalBroker::makeInvite(const InviteRequest &request)
{
    const auto invite = issueInvite(request);
    if (!invite)
        return invite.error();
    return invite->link;
}

Expected<QList<InviteRecord>> LocalBroker::invites()
{
    return m_core ? m_core->invites() : Expected<QList<InviteRecord>>(notRunning());
}

Expected<InviteRecord> LocalBroker::revokeInvite(const QString &idOrLink)
{
    return m_core ? m_core->revokeInvite(idOrLink) : Expected<InviteRecord>(notRunning());
}

int LocalBroker::connectionCount() const
{
    return m_core ? m_core->connectionCount() : 0;
}

int LocalBroker::halfOpenCount() const
{
    return m_core ? m_core->halfOpenCount() : 0;
}

} // namespace mesh::local
