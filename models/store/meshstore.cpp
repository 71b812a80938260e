// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/meshstore.h"

#include "models/store/storestate.h"

#include <algorithm>

namespace mesh::store {

using namespace protocol;

MeshStore::MeshStore(MeshId mesh, StoreLimits limits, QObject *parent)
    : QObject(parent)
    , m_mesh(std::move(mesh))
    , m_limits(limits)
    , m_state(std::make_unique<StoreState>())
{
}

MeshStore::~MeshStore() = default;

void MeshStore::apply(const EventList &batch)
{
    ChangeSet changes;
    FoldContext context{m_limits, m_state->counters, changes, m_state->timeline};
    ++m_state->counters.batches;
    for (const Event &event : batch) {
        if (event.mesh != m_mesh) {
            ++m_state->counters.otherMesh;
            continue;
        }
        foldEvent(*m_state, event, context);
    }
    finishBatch(*m_state, context);
    if (!changes.isEmpty())
        Q_EMIT changed(changes);
}

void MeshStore::forgetMessages(const ConversationId &id, qint64 upToMs, bool whole)
{
    ChangeSet changes;
    FoldContext context{m_limits, m_state->counters, changes, m_state->timeline};
    m_state->messages.forget(id, upToMs, whole, context);
    finishBatch(*m_state, context);
    if (!changes.isEmpty())
        Q_EMIT changed(changes);
}

void MeshStore::clear()
{
    m_state = std::make_unique<StoreState>();
    ChangeSet changes;
    changes.reset = true;
    Q_EMIT changed(changes);
}

Expected<void> MeshStore::restore(const QByteArray &snapshotBytes)
{
    Expected<StoreState> state = StoreState::fromBytes(snapshotBytes);
    if (!state)
        return state.error();
    *m_state = *std::move(state);
    ChangeSet changes;
    changes.reset = true;
    Q_EMIT changed(changes);
    return {};
}

StoreSnapshot MeshStore::snapshot() const
{
    return StoreSnapshot(std::make_shared<const StoreState>(*m_state));
}

const QHash<QString, Peer> &MeshStore::peers() const
{
    return m_state->peers.peers();
}
const Peer *MeshStore::peer(const QString &key) const
{
    return m_state->peers.find(key);
}
QList<const Peer *> MeshStore::peersOfMember(const QString &memberKey) const
{
    return m_state->peers.ofMember(memberKey);
}
const Peer *MeshStore::peerByName(const QString &name) const
{
    return m_state->peers.uniqueByName(name);
}

QString MeshStore::nameOf(const QString &key) const
{
    const Peer *peer = m_state->peers.find(key);
    return peer ? peer->name : QString();
}

QMap<QString, int> MeshStore::groups() const
{
    QMap<QString, int> out;
    for (const Peer &peer : peers()) {
        if (peer.presence == Presence::Gone)
            continue;
        for (const GroupRef &group : peer.groups)
            ++out[group.name];
    }
    return out;
}

const QMap<QString, Verification> &MeshStore::verifications() const
{
    return m_state->trust.all();
}

const QHash<QString, Typing> &MeshStore::typing() const
{
    return m_state->shared.typing();
}
QList<Conversation> MeshStore::conversations() const
{
    return m_state->messages.conversations();
}
const Conversation *MeshStore::conversation(const ConversationId &id) const
{
    return m_state->messages.conversation(id);
}
ConversationId MeshStore::resolve(const ConversationId &id) const
{
    return m_state->messages.resolve(id);
}
QList<ConversationId> MeshStore::mergedInto(const ConversationId &id) const
{
    return m_state->messages.mergedInto(id);
}
const QList<Message> &MeshStore::messages(const ConversationId &id) const
{
    return m_state->messages.messages(id);
}
const Message *MeshStore::message(const QString &id) const
{
    return m_state->messages.message(id);
}
QStringList MeshStore::stateKeys() const
{
    return m_state->shared.stateKeys();
}
std::optional<StateValue> MeshStore::state(const QString &key) const
{
    return m_state->shared.state(key);
}

QList<StateValue> MeshStore::state() const
{
    QList<StateValue> out;
    for (const QString &key : stateKeys()) {
        if (std::optional<StateValue> value = state(key))
            out.append(*std::move(value));
    }
    return out;
}

QList<Memory> MeshStore::memories() const
{
    return m_state->shared.memories();
}
const Listings &MeshStore::listings() const
{
    return m_state->shared.listings();
}
const QMap<qint64, AuditRow> &MeshStore::audit() const
{
    return m_state->shared.audit();
}
qint64 MeshStore::auditTotal() const
{
    return m_state->shared.auditTotal();
}
const QHash<QString, StreamActivity> &MeshStore::streamActivity() const
{
    return m_state->shared.streams();
}
const ClockState &MeshStore::clock() const
{
    return m_state->clock.state();
}
const Connection &MeshStore::connection() const
{
    return m_state->link.connection();
}
const Timeline &MeshStore::timeline() const
{
    return m_state->timeline;
}
const QList<TrafficEntry> &MeshStore::traffic() const
{
    return m_state->traffic.entries();
}
const StoreCounters &MeshStore::counters() const
{
    return m_state->counters;
}

int MeshStore::messagesPerMinute(qint64 nowMs, const QString &senderKey) const
{
    return m_state->traffic.perMinute(nowMs, senderKey);
}

MeshStore::AckDelay MeshStore::ackDelay() const
{
    QList<double> delays = m_state->messages.ackDelays();
    if (delays.isEmpty())
        return {};
    std::sort(delays.begin(), delays.end());
    const auto at = [&](double share) { return delays.at(qsizetype(share * double(delays.size() - 1) + 0.5)); };
    return {int(delays.size()), at(0.50), at(0.95)};
}

} // namespace mesh::store
