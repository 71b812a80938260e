// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/localbroker.h"

#include "localmesh/brokercore.h"
#include "localmesh/schema.h"

namespace mesh::local {

using namespace Qt::StringLiterals;
using protocol::Error;
using protocol::ErrorBand;
using protocol::Expected;

LocalBroker::LocalBroker(QObject *parent)
    : QObject(parent)
{
}

LocalBroker::~LocalBroker() = default;

Expected<quint16> LocalBroker::start(const Options &options)
{
    stop();
    auto core = BrokerCore::create(options);
    if (!core)
        return core.error();
    m_core = std::move(*core);
    return m_core->port();
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

Expected<QString> LocalBroker::makeInvite(const InviteRequest &request)
{
    if (!m_core)
        return Error{u"not_running"_s, u"The personal mesh is not running."_s, ErrorBand::Persistent};
    return m_core->makeInvite(request);
}

int LocalBroker::connectionCount() const
{
    return m_core ? m_core->connectionCount() : 0;
}

int LocalBroker::halfOpenCount() const
{
    return m_core ? m_core->halfOpenCount() : 0;
}

Expected<QString> makeInviteFor(const QString &dataDir, quint16 port, const InviteRequest &request)
{
    const BrokerOptions defaults;
    if (auto prepared = DataFolder::prepare(dataDir); !prepared)
        return prepared.error();
    auto database = Database::open(DataFolder::databasePath(dataDir), true);
    if (!database)
        return database.error();
    if (auto prepared = prepareSchema(**database); !prepared)
        return prepared.error();
    const protocol::SystemClock clock;
    MeshStore mesh(**database);
    if (auto loaded = mesh.load(defaults.meshSlug, defaults.meshName, clock.nowMs()); !loaded)
        return loaded.error();
    Invites invites(**database, mesh);
    if (port == 0)
        port = mesh.mesh().lastPort != 0 ? mesh.mesh().lastPort : defaults.port;
    auto link = invites.make(request, u"ws://127.0.0.1:%1/ws"_s.arg(port), clock.nowMs());
    if (auto committed = (*database)->commit(); !committed)
        return committed.error();
    return link;
}

} // namespace mesh::local
