// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QMap>
#include <QtCore/QObject>

#include <memory>

#include "models/protocol/event.h"
#include "models/store/changeset.h"
#include "models/store/records.h"
#include "models/store/verification.h"
#include "models/store/timeline.h"

namespace mesh::store {

struct StoreState;

//! A frozen store, cheap to take (containers are shared) and safe to hand to another thread.
class StoreSnapshot final
{
public:
    StoreSnapshot();
    explicit StoreSnapshot(std::shared_ptr<const StoreState> state);

    bool isNull() const { return !m_state; }
    //! Bytes to keep; MeshStore::restore() reads them. Takes milliseconds for each megabyte: not for the GUI thread.
    QByteArray toBytes() const;

private:
    std::shared_ptr<const StoreState> m_state;
};

//! Everything known of one mesh: a fold over events and nothing else. The same events give the same store, also when
//! independent sources interleave differently or tell a thing twice: each register goes by event time with a stable
//! tie-break, never by arrival. Lives on the GUI thread; references it returns are valid until the next apply().
class MeshStore final : public QObject
{
    Q_OBJECT
public:
    explicit MeshStore(MeshId mesh, StoreLimits limits = {}, QObject *parent = nullptr);
    ~MeshStore() override;
    Q_DISABLE_COPY_MOVE(MeshStore)

    const MeshId &mesh() const { return m_mesh; }
    const StoreLimits &limits() const { return m_limits; }

    //! Folds a batch and emits changed() once, if anything changed. Events of other meshes are counted and left out.
    void apply(const protocol::EventList &batch);
    //! Forgets messages of a conversation sent up to \a upToMs, because they were removed from what the store is a fold
    //! of; \a whole: the conversation with its draft and marks.
    void forgetMessages(const ConversationId &id, qint64 upToMs, bool whole);
    //! Forgets everything; emits changed() with reset.
    void clear();

    // --- peers
    const QHash<QString, Peer> &peers() const;
    //! nullptr if not known. \a key is a routing key.
    const Peer *peer(const QString &key) const;
    //! All connections of a member, there or gone.
    QList<const Peer *> peersOfMember(const QString &memberKey) const;
    //! The one peer that is there and so called (any case); nullptr if none or several.
    const Peer *peerByName(const QString &name) const;
    //! Name to show for a key: the peer's, else the one a message told, else an empty text.
    QString nameOf(const QString &key) const;
    //! Groups of peers that are there, with the number of members each.
    QMap<QString, int> groups() const;
    const QHash<QString, Typing> &typing() const;
    //! What the user said about keys, by member key.
    const QMap<QString, Verification> &verifications() const;

    // --- conversations
    //! Newest first is the view's business; this is unordered.
    QList<Conversation> conversations() const;
    //! A conversation by its id, or by the id of one that was merged into it. nullptr if there is none yet.
    const Conversation *conversation(const ConversationId &id) const;
    //! The id under which the store keeps \a id: follows peers that returned with a new key.
    ConversationId resolve(const ConversationId &id) const;
    //! Ids that are part of this conversation now, besides its own.
    QList<ConversationId> mergedInto(const ConversationId &id) const;
    //! The recent messages, oldest first. Older ones come from the journal (Journal::loadConversation()).
    const QList<Message> &messages(const ConversationId &id) const;
    //! By broker id or client id; nullptr if it is not in memory.
    const Message *message(const QString &id) const;

    // --- shared things
    QStringList stateKeys() const;
    //! nullopt if the key is not known.
    std::optional<StateValue> state(const QString &key) const;
    QList<StateValue> state() const;
    QList<Memory> memories() const;
    const Listings &listings() const;
    const QMap<qint64, protocol::AuditRow> &audit() const; //!< by id
    qint64 auditTotal() const;
    const QHash<QString, StreamActivity> &streamActivity() const;

    // --- clock, link, figures
    const ClockState &clock() const;
    const Connection &connection() const;
    const Timeline &timeline() const;
    //! Recent traffic, by time learnt.
    const QList<TrafficEntry> &traffic() const;
    const StoreCounters &counters() const;

    //! Messages in the 60 s before \a nowMs that this program saw; those of one peer if \a senderKey is given.
    int messagesPerMinute(qint64 nowMs, const QString &senderKey = {}) const;
    //! Delay between sending and the broker's acceptance, in milliseconds, over the last own messages.
    struct AckDelay
    {
        int samples = 0;
        double p50Ms = 0;
        double p95Ms = 0;
    };
    AckDelay ackDelay() const;

    // --- keeping
    StoreSnapshot snapshot() const;
    //! Replaces the contents; emits changed() with reset. Errors: `snapshot_malformed`, `snapshot_version`; the store
    //! is unchanged then.
    protocol::Expected<void> restore(const QByteArray &snapshotBytes);
    //! Everything that is a function of the events (not arrival order, limits or counters), in a stable order.
    QJsonObject digestJson() const;
    //! SHA-256 of that, hex.
    QString digest() const;

Q_SIGNALS:
    void changed(const mesh::store::ChangeSet &changes);

private:
    MeshId m_mesh;
    StoreLimits m_limits;
    std::unique_ptr<StoreState> m_state;
};

} // namespace mesh::store
