// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/meshsummary.h"

#include <algorithm>
#include <cmath>

#include "models/items/displaytext.h"
#include "models/items/peermatches.h"

namespace mesh::items {

using namespace Qt::StringLiterals;
using protocol::ConnectionState;

MeshSummary::MeshSummary(const protocol::Clock &clock, QObject *parent)
    : QObject(parent)
    , m_clock(clock)
{
}

void MeshSummary::setStore(store::MeshStore *store)
{
    if (m_store == store)
        return;
    if (m_store)
        m_store->disconnect(this);
    m_store = store;
    if (m_store) {
        connect(m_store, &store::MeshStore::changed, this, [this](const store::ChangeSet &changes) {
            if (changes.reset || changes.connection || !changes.peersAdded.isEmpty() || !changes.peersChanged.isEmpty()
                || !changes.peersRemoved.isEmpty())
                Q_EMIT changed();
        });
    }
    Q_EMIT changed();
}

QString MeshSummary::name() const
{
    if (!m_store)
        return {};
    const store::Connection &c = m_store->connection();
    if (!c.meshName.isEmpty())
        return oneLine(c.meshName, 48);
    return c.meshSlug.isEmpty() ? tr("Mesh") : oneLine(c.meshSlug, 48);
}

ConnectionState MeshSummary::connectionState() const
{
    return m_store ? m_store->connection().state : ConnectionState::Offline;
}

bool MeshSummary::isPersonal() const
{
    return m_store && m_store->connection().personal;
}

int MeshSummary::peerCount() const
{
    return m_store ? PeerMatches::countHere(*m_store) : 0;
}

QString MeshSummary::line() const
{
    if (!m_store)
        return tr("no mesh");
    const store::Connection &c = m_store->connection();
    QStringList parts;
    switch (c.state) {
    case ConnectionState::Online: {
        parts.append(tr("connected"));
        const int n = peerCount();
        parts.append(n == 1 ? tr("1 peer") : tr("%1 peers").arg(n));
        if (c.rttMs)
            parts.append(tr("%1 ms").arg(std::max<qint64>(1, std::llround(*c.rttMs))));
        return parts.join(u" · "_s);
    }
    case ConnectionState::Connecting:
    case ConnectionState::Handshaking:
        parts.append(tr("connecting…"));
        break;
    case ConnectionState::Waiting: {
        const qint64 left = c.nextTryAtMs ? std::max<qint64>(0, *c.nextTryAtMs - m_clock.nowMs() + 999) / 1000 : 0;
        parts.append(left > 0 ? tr("next try in %1 s").arg(left) : tr("reconnecting…"));
        break;
    }
    case ConnectionState::Failed:
        parts.append(tr("cannot connect"));
        break;
    case ConnectionState::Offline:
        parts.append(tr("offline"));
        break;
    }
    if (c.lastOnlineMs > 0)
        parts.append(tr("as of %1", "time of the data").arg(timeOfDay(c.lastOnlineMs)));
    return parts.join(u" · "_s);
}

} // namespace mesh::items
