// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QHash>
#include <QtCore/QList>
#include <QtCore/QMap>
#include <QtCore/QObject>
#include <QtCore/QPointF>
#include <QtCore/QPointer>
#include <QtCore/QSet>
#include <QtCore/QString>
#include <QtCore/QStringList>
#include <QtCore/QTimer>

#include <array>
#include <optional>
#include <vector>

#include "models/items/graphlayout.h"
#include "models/protocol/clock.h"
#include "models/protocol/types.h"

namespace mesh::store {
class MeshStore;
struct ChangeSet;
struct Peer;
struct TrafficEntry;
} // namespace mesh::store

namespace mesh::items {

//! How sure it is that a peer is there: live, in the broker's grace after a lost link, or gone and about to leave the
//! picture.
enum class GraphPresence { Live, Grace, Gone };

//! One peer as the graph shows it. All texts are safe to draw: one line, no control characters, bounded.
struct GraphNode
{
    QString key; //!< empty: this place in nodes() is free
    QString name;
    QString initials;   //!< one or two characters
    QStringList groups; //!< the first one is the sector it sits in
    QString summary;
    QString model;
    QString cwd;
    QString hostname;
    protocol::PeerKind kind = protocol::PeerKind::Ai;
    protocol::PeerStatus status = protocol::PeerStatus::Idle;
    GraphPresence presence = GraphPresence::Live;
    bool self = false;
    bool waiting = false; //!< waits for this human: an unread message of priority `now`
    bool pinned = false;
    int sector = -1;    //!< index into layout().sectors()
    float context = -1; //!< share of the context window in use, 0 to 1; negative: not reported
    float traffic = 0;  //!< messages in and out, decaying with a half-life of 30 s
    qint64 sent = 0;
    qint64 received = 0;
    qint64 statusSinceMs = 0; //!< 0: unknown
    qint64 goneAtMs = 0;
    QPointF position;       //!< world coordinates of GraphLayout
    quint32 generation = 0; //!< grows each time this place in nodes() is given to another peer
};

//! Where a pulse ends.
enum class GraphTarget { Node, Group, Everyone };

//! Messages that went the same way in one batch: one dot, one edge.
struct GraphPulse
{
    int from = -1; //!< index into GraphModel::nodes()
    quint32 fromGeneration = 0;
    GraphTarget target = GraphTarget::Node;
    int to = -1; //!< node index, or sector index for a group; -1 for Everyone
    quint32 toGeneration = 0;
    protocol::Priority priority = protocol::Priority::Next;
    int messages = 1;   //!< how many messages this pulse stands for
    int recipients = 1; //!< of one of them; for a topic 0 (not known)
};

//! What became of all traffic that arrived, so that the view can say so.
struct GraphCounters
{
    qint64 messages = 0;   //!< seen
    qint64 pulses = 0;     //!< handed to the view
    qint64 aggregated = 0; //!< messages that share another one's pulse
    qint64 unplaced = 0;   //!< not drawn: the sender or the target is not in the picture
};

//! The graph without a window: peers with places, groups with sectors, traffic as pulses. Follows a MeshStore, or is
//! fed by hand (benchmarks, tests). Lives on the GUI thread.
class GraphModel final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(GraphModel)

public:
    //! \a clock is borrowed and must outlive the model.
    explicit GraphModel(const protocol::Clock &clock, QObject *parent = nullptr);
    ~GraphModel() override;

    //! Shows \a store (borrowed; nullptr: shows nothing).
    void setStore(store::MeshStore *store);

    //! Adds or changes a peer; peers of the control plane are ignored. Emits nodesChanged() from a single-shot of this
    //! turn.
    void upsertPeer(const store::Peer &peer);
    void removePeer(const QString &key);
    void setWaiting(const QSet<QString> &keys);
    void setMeshName(const QString &name);
    //! Folds \a entries into pulses and counters.
    void addTraffic(const QList<store::TrafficEntry> &entries);
    void clear();

    const std::vector<GraphNode> &nodes() const { return m_nodes; }
    const GraphLayout &layout() const { return m_layout; }
    int indexOf(const QString &key) const { return m_indexOf.value(key, -1); }
    const GraphNode *node(const QString &key) const;
    int peerCount() const { return int(m_indexOf.size()); }
    QString meshName() const { return m_meshName; }
    //! Messages in the last 60 s.
    int messagesPerMinute() const;
    const GraphCounters &counters() const { return m_counters; }
    //! Peers that exchanged messages with \a key within the last minutes, most recent last; at most 64.
    QStringList neighbours(const QString &key) const;

    //! Pins \a key to a world position (a user's drag); unpin() gives it its slot back.
    void pin(const QString &key, QPointF position);
    void unpin(const QString &key);
    void unpinAll();
    //! Pins of peers here and gone, by key, for the program to keep.
    QMap<QString, QPointF> pins() const { return m_pins; }
    void setPins(const QMap<QString, QPointF> &pins);

    //! Lays all peers out afresh (closes gaps).
    void relayout();

    //! Emits what is due now instead of at the end of this turn of the event loop.
    void flush();

Q_SIGNALS:
    //! Peers came, changed or left. \a placesMoved: at least one that stays has another position.
    void nodesChanged(bool placesMoved);
    void pulsesArrived(const QList<mesh::items::GraphPulse> &pulses);
    //! Mesh name, messagesPerMinute() or the traffic of peers changed; at most once a second.
    void summaryChanged();

private:
    struct Neighbour
    {
        int index = -1;
        quint32 generation = 0;
    };

    void onChanged(const store::ChangeSet &changes);
    void reloadAll();
    void refreshSummary();
    void refreshWaiting(const protocol::ConversationId &id);
    void markWaiting(const QString &key);
    void scheduleAnnounce(bool moved);
    void release(int index);
    void layOutEverybody();
    bool resolveSender(const store::TrafficEntry &entry, GraphPulse &pulse) const;
    bool resolveTarget(const QString &spec, GraphPulse &pulse) const;
    int recipientsOf(const QString &spec, const GraphPulse &pulse) const;
    int indexOfName(const QString &name) const;
    void noteNeighbour(int of, int other);
    void countMessages(int count);
    void onSecond();

    const protocol::Clock &m_clock;
    QPointer<store::MeshStore> m_store;
    std::vector<GraphNode> m_nodes;
    std::vector<std::vector<Neighbour>> m_neighbours; //!< beside m_nodes, most recent last
    std::vector<int> m_free;
    QHash<QString, int> m_indexOf;
    QMultiHash<QString, int> m_indexesOfName;
    QMultiHash<QString, int> m_indexesOfMember;
    QHash<int, QString> m_memberOf;
    GraphLayout m_layout;
    QMap<QString, QPointF> m_pins;
    QSet<QString> m_waiting;
    QHash<protocol::ConversationId, QString> m_waitingOfConversation;
    QString m_meshName;
    GraphCounters m_counters;
    std::array<int, 60> m_perSecond{};
    qint64 m_second = 0; //!< the newest bucket's
    int m_shownRate = 0;
    QTimer m_secondTimer; //!< runs only while a rate decays or a gone peer waits to leave
    QTimer m_announceTimer;
    bool m_needsLayout = false;
    bool m_placesMoved = false;
};

} // namespace mesh::items
