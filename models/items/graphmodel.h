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
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "models/items/graphlayout.h"
#include "models/protocol/clock.h"
#include "models/protocol/framespresence.h"
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

//! Whether somebody should look at a peer, by the rules of docs/attention.md: when there is time, or now.
enum class GraphAlarm { None, Look, Urgent };

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
    GraphAlarm alarm = GraphAlarm::None;
    bool pinned = false;
    bool folded = false;               //!< belongs to a collapsed group, whose node stands for it
    bool matches = true;               //!< what the filter says
    int members = 0;                   //!< above 0: not a peer but a collapsed group of so many
    std::array<int, 4> memberStatus{}; //!< of a collapsed group: members by protocol::PeerStatus
    int sector = -1;                   //!< index into layout().sectors()
    float context = -1;                //!< share of the context window in use, 0 to 1; negative: not reported
    float traffic = 0;                 //!< messages in and out, decaying with a half-life of 30 s
    qint64 sent = 0;
    qint64 received = 0;
    qint64 statusSinceMs = 0; //!< 0: unknown
    qint64 goneAtNs = 0;      //!< monotonic
    QPointF position;         //!< world coordinates of GraphLayout
    quint32 generation = 0;   //!< grows each time this place in nodes() is given to another peer

    bool isGroup() const { return members > 0; }
};

//! Where a pulse ends.
enum class GraphTarget { Node, Group, Everyone };

//! What travels: a message, a call of a tool that another peer offers (MCP relay), or a request for a peer's file.
enum class GraphMark { Message, ToolCall, FileRequest };

//! What became of it as far as is known. Undelivered: no answer came in time; Refused: the broker said no.
enum class GraphOutcome { Sent, Undelivered, Refused };

//! Messages that went the same way in one batch: one dot, one edge.
struct GraphPulse
{
    int from = -1; //!< index into GraphModel::nodes()
    quint32 fromGeneration = 0;
    GraphTarget target = GraphTarget::Node;
    int to = -1; //!< node index, or sector index for a group; -1 for Everyone
    quint32 toGeneration = 0;
    protocol::Priority priority = protocol::Priority::Next;
    GraphMark mark = GraphMark::Message;
    GraphOutcome outcome = GraphOutcome::Sent;
    int messages = 1;   //!< how many messages this pulse stands for
    int recipients = 1; //!< of one of them; for a topic 0 (not known)

    //! Equal for pulses that may share a dot: same ends, priority, mark and outcome.
    quint64 way() const
    {
        return (quint64(quint32(from) & 0xffffffU) << 40) | (quint64(quint32(to + 1) & 0xffffffU) << 16)
            | (quint64(target) << 6) | (quint64(priority) << 4) | (quint64(mark) << 2) | quint64(outcome);
    }
};

//! What went from one peer to another lately: the line between them, in one direction.
struct GraphEdge
{
    int from = -1; //!< index into GraphModel::nodes()
    int to = -1;
    quint32 fromGeneration = 0;
    quint32 toGeneration = 0;
    std::array<qint64, 3> messages{}; //!< by protocol::Priority
    qint64 calls = 0;                 //!< tool calls
    qint64 files = 0;                 //!< file requests
    qint64 failed = 0;                //!< refused or undelivered; not among `messages`
    qint64 lastNs = 0;                //!< monotonic, of the newest

    qint64 total() const { return messages[0] + messages[1] + messages[2] + calls + files + failed; }
};

//! What became of all traffic that arrived, so that the view can say so.
struct GraphCounters
{
    qint64 messages = 0;     //!< seen
    qint64 pulses = 0;       //!< handed to the view
    qint64 aggregated = 0;   //!< messages that share another one's pulse
    qint64 unplaced = 0;     //!< not drawn: the sender or the target is not in the picture
    qint64 inside = 0;       //!< not drawn: both ends are in one collapsed group
    qint64 calls = 0;        //!< tool calls and file requests; not among `messages`
    qint64 failed = 0;       //!< refused or undelivered; not among `messages`
    qint64 edgesDropped = 0; //!< edges forgotten early because there were too many
};

//! The graph without a window: peers with places, groups with sectors, traffic as pulses. Follows a MeshStore, or is
//! fed by hand (benchmarks, tests). Lives on the GUI thread.
class GraphModel final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(GraphModel)

public:
    static constexpr std::size_t kMostEdges = 60'000;
    static constexpr qint64 kEdgeKeptNs = 300'000'000'000; //!< an edge is forgotten when nothing passed so long

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
    //! Which peers need attention; all others do not.
    void setAlarms(const QHash<QString, GraphAlarm> &alarms);
    void setMeshName(const QString &name);
    //! Folds \a entries into pulses and counters.
    void addTraffic(const QList<store::TrafficEntry> &entries);
    //! One tool call or file request, or a message that failed. \a target as on the wire: key, `@group`, `*`.
    void addOther(const QString &senderKey, const QString &target, protocol::Priority priority, GraphMark mark,
                  GraphOutcome outcome);
    void clear();

    const std::vector<GraphNode> &nodes() const { return m_nodes; }
    const GraphLayout &layout() const { return m_layout; }
    int indexOf(const QString &key) const { return m_indexOf.value(key, -1); }
    const GraphNode *node(const QString &key) const;
    //! Peers that are there, oneself among them, as PeerMatches::countHere() counts; those that just left are not.
    int peerCount() const { return m_here; }
    //! Nobody is in the picture, not even somebody who is about to leave it.
    bool isEmpty() const { return m_indexOf.isEmpty(); }
    QString meshName() const { return m_meshName; }
    //! Messages in the last 60 s.
    int messagesPerMinute() const;
    const GraphCounters &counters() const { return m_counters; }
    //! Peers that exchanged messages with \a key within the last minutes, most recent last; at most 64.
    QStringList neighbours(const QString &key) const;
    //! Lines between peers that carried something within the last minutes, unordered; at most kMostEdges.
    const std::vector<GraphEdge> &edges() const { return m_edges; }
    //! The line from \a from to \a to; nullptr if there is none. Valid until the next change of the model.
    const GraphEdge *edge(const QString &from, const QString &to) const;
    //! Whether both ends of \a edge are still those it was made for.
    bool isCurrent(const GraphEdge &edge) const;

    //! Which peers match a filter; an empty function: all. \a hide: those that do not match are left out of the
    //! picture, else they step back. Counts are of peers, groups that are collapsed follow their members.
    void setFilter(std::function<bool(const GraphNode &)> matches, bool hide);
    //! Asks the filter again about everybody (for conditions that depend on the time).
    void refreshFilter();
    bool isFiltered() const { return bool(m_filter); }
    bool hidesFiltered() const { return m_filter && m_hideFiltered; }
    int filteredOut() const { return m_filteredOut; }

    //! A collapsed group is one node; its members keep their places and come back to them. Groups that are not here
    //! (yet) may be named.
    void setCollapsed(const QString &group, bool collapsed);
    bool isCollapsed(const QString &group) const { return m_collapsed.contains(group); }
    QStringList collapsedGroups() const; //!< sorted
    void setCollapsedGroups(const QStringList &groups);
    //! Key of the node that stands for a collapsed group; no peer has such a key.
    static QString groupKey(const QString &group) { return u'@' + group; }
    static bool isGroupKey(const QString &key) { return key.startsWith(u'@'); }
    //! A group's name as the graph writes it: one line, bounded.
    static QString groupName(QStringView name);

    //! Pins \a key to a world position (a user's drag); unpin() gives it its slot back.
    void pin(const QString &key, QPointF position);
    void unpin(const QString &key);
    void unpinAll();
    //! Pins of peers here and gone, by key, for the program to keep.
    QMap<QString, QPointF> pins() const { return m_pins; }
    void setPins(const QMap<QString, QPointF> &pins);

    //! Lays all peers out afresh: closes gaps, gives each group the room that is its due. Nothing else moves peers that
    //! are there, but for two cases: within kSettleNs after the first peer came, while the mesh is being learnt, groups
    //! that appear are laid out in their order; and when more came than any free place is left for.
    void relayout();
    static constexpr qint64 kSettleNs = 5'000'000'000;
    //! Newcomers of one batch that a place is looked for one by one; beyond it everybody is laid out afresh at once.
    static constexpr int kMostPlacesSought = 64;
    //! Peers of one batch that are taken with it; more get their places in a turn of the event loop of their own.
    static constexpr int kMostPeersAtOnce = 1'000;

    //! Emits what is due now instead of at the end of this turn of the event loop.
    void flush();

    //! A copy that stands still: it follows nothing and tells nothing. To be read by one thread, any one.
    std::unique_ptr<GraphModel> frozen() const;

Q_SIGNALS:
    //! Peers came, changed or left. \a placesMoved: at least one that stays has another position.
    void nodesChanged(bool placesMoved);
    void pulsesArrived(const QList<mesh::items::GraphPulse> &pulses);
    //! Mesh name, messagesPerMinute() or the traffic of peers changed; at most once a second.
    void summaryChanged();

private:
    struct Batch
    {
        QList<GraphPulse> pulses;
        QHash<quint64, qsizetype> pulseOf; //!< by GraphPulse::way()
    };
    //! What of a peer is shown, besides its figures of traffic, which change with every message.
    struct Look
    {
        QString memberKey;
        QString name;
        QString summary;
        QString model;
        QString cwd;
        QString hostname;
        QList<protocol::GroupRef> groups;
        protocol::PeerKind kind = protocol::PeerKind::Ai;
        protocol::PeerStatus status = protocol::PeerStatus::Idle;
        GraphPresence presence = GraphPresence::Live;
        bool self = false;
        double context = -1;
        qint64 statusSinceMs = 0;
        friend bool operator==(const Look &, const Look &) = default;
    };
    struct Neighbour
    {
        int index = -1;
        quint32 generation = 0;
    };

    void take(const store::ChangeSet &changes);
    void takeLate();
    void onChanged(const store::ChangeSet &changes);
    void reloadAll();
    void releaseAll();
    bool findSlot(const QString &key, const QString &group);
    void countGroups(const GraphNode &node, int by);
    void refreshSummary();
    void refreshWaiting(const protocol::ConversationId &id);
    void markWaiting(const QString &key);
    void scheduleAnnounce(bool moved);
    void release(int index);
    void layOutEverybody();
    void noteFailures(const store::ChangeSet &changes);
    void noteCalls(const store::ChangeSet &changes);
    //! Adds what \a pulse (priority, mark, outcome set) says to \a batch and to the figures.
    void fold(const QString &senderKey, const QString &senderName, const QString &target, GraphPulse pulse,
              Batch &batch);
    void finish(const Batch &batch);
    bool resolveSender(const QString &key, const QString &name, GraphPulse &pulse) const;
    bool resolveTarget(const QString &spec, GraphPulse &pulse) const;
    int shownFor(int index) const; //!< the node that stands for it: itself or its collapsed group
    int takePlace();
    void foldGroups();
    void judge(GraphNode &node);
    void noteEdge(const GraphPulse &pulse);
    void dropOldEdges();
    void reindexEdges();
    int recipientsOf(const QString &spec, const GraphPulse &pulse) const;
    int indexOfName(const QString &name) const;
    void noteNeighbour(int of, int other);
    void countMessages(int count);
    void onSecond();

    const protocol::Clock &m_clock;
    QPointer<store::MeshStore> m_store;
    std::vector<GraphNode> m_nodes;
    std::vector<std::vector<Neighbour>> m_neighbours; //!< beside m_nodes, most recent last
    std::vector<Look> m_looks;                        //!< beside m_nodes
    std::vector<int> m_free;
    QHash<QString, int> m_indexOf;
    QMultiHash<QString, int> m_indexesOfName;
    QMultiHash<QString, int> m_indexesOfMember;
    QHash<int, QString> m_memberOf;
    GraphLayout m_layout;
    QMap<QString, QPointF> m_pins;
    QSet<QString> m_collapsed;
    QHash<QString, int> m_groupNodes; //!< group -> index, of those that are collapsed and here
    std::vector<GraphEdge> m_edges;
    QHash<quint64, int> m_edgeOf; //!< from and to -> index into m_edges
    std::function<bool(const GraphNode &)> m_filter;
    QSet<quint64> m_failures; //!< own messages (by seq) that are shown as failed
    QSet<QString> m_waiting;
    QHash<QString, GraphAlarm> m_alarms;
    QHash<protocol::ConversationId, QString> m_waitingOfConversation;
    QHash<QString, int> m_groupSizes; //!< members in the picture of each group, first or not
    QString m_meshName;
    GraphCounters m_counters;
    qint64 m_firstPeerNs = -1; //!< when the mesh began to be learnt; -1: nobody came yet
    int m_placesSought = 0;    //!< since the last flush
    int m_here = 0;
    std::array<int, 60> m_perSecond{};
    qint64 m_second = 0; //!< the newest bucket's
    int m_shownRate = 0;
    QTimer m_secondTimer;                     //!< runs only while a rate decays or a gone peer waits to leave
    std::unique_ptr<store::ChangeSet> m_late; //!< told by the store, not yet here
    QTimer m_announceTimer;
    bool m_needsLayout = false;
    bool m_placesMoved = false;
    bool m_hideFiltered = false;
    bool m_groupsStale = false;
    int m_filteredOut = 0;
};

} // namespace mesh::items
