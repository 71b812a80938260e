// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/storestate.h"

using namespace Qt::StringLiterals;

namespace mesh::store {

using namespace protocol::events;

namespace {

struct Fold
{
    StoreState &s;
    qint64 atMs;
    FoldContext &context;

    MessageBook::IsOwnKey isOwn() const
    {
        return [this](const QString &key) { return s.peers.isOwnKey(key); };
    }
    //! A conversation that begins with this message is called as the list of topics has it.
    void nameTopic(const ConversationId &id)
    {
        const Conversation *conversation = id.kind == ConversationKind::Topic ? s.messages.conversation(id) : nullptr;
        if (!conversation || !conversation->title.isEmpty())
            return;
        for (const protocol::TopicRow &topic : s.shared.listings().topics) {
            if (topic.id == id.key)
                s.messages.setTitle(id, u'#' + topic.name, context);
        }
    }
    //! What was typed is here. Pushes do not say of which group they are.
    void stopTyping(const MessageReceived &e)
    {
        const auto typing = s.shared.typing().constFind(e.senderKey);
        if (typing == s.shared.typing().cend() || !typing->on)
            return;
        const ConversationId where = typing->conversation;
        const bool here = where.kind == ConversationKind::Topic ? where == e.conversation
            : where.kind == ConversationKind::Group             ? e.conversation.kind == ConversationKind::Broadcast
                                                                : e.conversation.kind == ConversationKind::Direct;
        if (here)
            s.shared.typingChanged({e.senderKey, false, 0, where}, atMs, context);
    }
    void operator()(const ConnectionChanged &e) { s.link.changed(e, atMs, context); }
    void operator()(const SessionEstablished &e)
    {
        s.link.established(e, atMs, context);
        const bool newKey = !e.ownKey.isEmpty() && !s.peers.isOwnKey(e.ownKey);
        s.peers.setOwnKeys(e.ownKey, context);
        if (newKey || e.displayName != displayNameFolded)
            s.messages.setIdentity(s.link.connection().displayName, isOwn(), context);
    }
    void operator()(const LinkMeasured &e) { s.link.measured(e, atMs, context); }
    void operator()(const FramesRejected &e) { s.link.rejected(e, atMs, context); }
    void operator()(const PeersListed &e) { s.peers.listed(e, atMs, context); }
    void operator()(const PeerPresence &e) { s.peers.presence(e, atMs, context); }
    void operator()(const TypingChanged &e) { s.shared.typingChanged(e, atMs, context); }
    void operator()(const MessageReceived &e)
    {
        s.messages.received(e, isOwn(), context);
        nameTopic(e.conversation);
        if (s.peers.isOwnKey(e.senderKey))
            return;
        s.peers.heardOf(e.senderKey, e.senderMemberKey, e.senderName, atMs, context);
        stopTyping(e);
        // What came to us is traffic. Topic history is not: its ids are others, and the audit log tells of the sending.
        const QStringList &own = s.link.ownTargets();
        const bool direct = e.conversation.kind == ConversationKind::Direct;
        if (e.conversation.kind == ConversationKind::Topic || e.subtype == "webhook"_L1 || (direct && own.isEmpty()))
            return;
        TrafficSeen traffic;
        traffic.source = TrafficSource::Own;
        traffic.messageId = e.messageId;
        traffic.senderKey = e.senderKey;
        traffic.senderName = e.senderName;
        traffic.targetSpec = direct                          ? own.first()
            : e.conversation.kind == ConversationKind::Group ? u'@' + e.conversation.key
                                                             : QString();
        traffic.priority = e.priority;
        traffic.sentAtMs = e.sentAtMs;
        s.traffic.seen(traffic, atMs, own, context);
    }
    void operator()(const MessageComposed &e)
    {
        s.messages.composed(e, s.link.connection().ownKey, context);
        nameTopic(e.conversation);
    }
    void operator()(const OutgoingChanged &e)
    {
        s.messages.outgoing(e, atMs, context);
        const Message *message = e.state == OutgoingState::Accepted && !e.messageId.isEmpty()
            ? s.messages.message(e.clientMessageId)
            : nullptr;
        const Conversation *conversation = message ? s.messages.conversation(message->conversation) : nullptr;
        if (!conversation || s.link.connection().ownKey.isEmpty())
            return;
        TrafficSeen traffic;
        traffic.source = TrafficSource::Own;
        traffic.messageId = e.messageId;
        traffic.senderKey = s.link.connection().ownKey;
        traffic.senderName = s.link.connection().displayName;
        switch (conversation->id.kind) {
        case ConversationKind::Direct:
            traffic.targetSpec = message->peerKey;
            break;
        case ConversationKind::Group:
            traffic.targetSpec = u'@' + conversation->id.key;
            break;
        case ConversationKind::Topic:
            traffic.targetSpec = u'#' + conversation->id.key;
            break;
        case ConversationKind::Broadcast:
            traffic.targetSpec = u"*"_s;
            break;
        case ConversationKind::System:
        case ConversationKind::Notes:
            return;
        }
        traffic.priority = message->priority;
        traffic.sentAtMs = atMs;
        s.traffic.seen(traffic, atMs, s.link.ownTargets(), context);
    }
    void operator()(const SendQueueChanged &e) { s.link.sendQueue(e, atMs, context); }
    void operator()(const FileOfferProgress &e) { context.changes.fileOffers.append(e); }
    void operator()(const ConversationRead &e) { s.messages.read(e, context); }
    void operator()(const DraftChanged &e) { s.messages.draft(e, atMs, context); }
    void operator()(const ConversationArranged &e) { s.messages.arranged(e, atMs, context); }
    void operator()(const PeerVerified &e) { s.trust.told(e, atMs, context); }
    void operator()(const TrafficSeen &e) { s.traffic.seen(e, atMs, s.link.ownTargets(), context); }
    void operator()(const StateListed &e) { s.shared.stateListed(e, atMs, context); }
    void operator()(const StateSet &e) { s.shared.stateSet(e, atMs, context); }
    void operator()(const MemoryRemembered &e) { s.shared.remembered(e, atMs, context); }
    void operator()(const MemoriesFound &e) { s.shared.found(e, atMs, context); }
    void operator()(const MemoryForgotten &e) { s.shared.forgotten(e, atMs, context); }
    void operator()(const TasksListed &e) { s.shared.tasksListed(e, atMs, context); }
    void operator()(const SkillsListed &e)
    {
        s.shared.listed(&Listings::skills, Listed::Skills, e.rows, atMs, context);
    }
    void operator()(const FilesListed &e) { s.shared.listed(&Listings::files, Listed::Files, e.rows, atMs, context); }
    void operator()(const StreamsListed &e)
    {
        s.shared.listed(&Listings::streams, Listed::Streams, e.rows, atMs, context);
    }
    void operator()(const TopicsListed &e)
    {
        s.shared.listed(&Listings::topics, Listed::Topics, e.rows, atMs, context);
        for (const protocol::TopicRow &topic : e.rows) {
            if (topic.id.isEmpty())
                continue;
            // A topic nothing was said in is no conversation yet; one that was removed must not come back by the list.
            s.messages.setTitle({ConversationKind::Topic, topic.id}, u'#' + topic.name, context);
        }
    }
    void operator()(const ServersListed &e)
    {
        s.shared.listed(&Listings::servers, Listed::Servers, e.rows, atMs, context);
    }
    void operator()(const ServicesListed &e)
    {
        s.shared.listed(&Listings::services, Listed::Services, e.rows, atMs, context);
    }
    void operator()(const SchedulesListed &e)
    {
        s.shared.listed(&Listings::schedules, Listed::Schedules, e.rows, atMs, context);
    }
    void operator()(const WebhooksListed &e)
    {
        s.shared.listed(&Listings::webhooks, Listed::Webhooks, e.rows, atMs, context);
    }
    void operator()(const ContextsListed &e)
    {
        s.shared.listed(&Listings::contexts, Listed::Contexts, e.rows, atMs, context);
    }
    void operator()(const TopicMembersListed &e) { s.shared.topicMembers(e, atMs, context); }
    void operator()(const TopicKeyChanged &e) { s.shared.topicKey(e, atMs, context); }
    void operator()(const TopicMembershipChanged &e) { s.shared.topicMembership(e, atMs, context); }
    void operator()(const MeshDescribed &e) { s.shared.described(e, atMs, context); }
    void operator()(const StreamDataReceived &e) { s.shared.streamData(e, atMs, context); }
    void operator()(const SystemNotice &e)
    {
        context.addRow({atMs,
                        Lane::System,
                        e.webhook ? TimelineKind::Webhook : TimelineKind::Notice,
                        {},
                        e.name,
                        {},
                        context.cut(e.data)});
    }
    void operator()(const ClockReported &e) { s.clock.reported(e, atMs, context); }
    void operator()(const Ticked &e) { s.clock.ticked(e, atMs, context); }
    void operator()(const AuditAppended &e)
    {
        s.shared.auditAppended(e, atMs, context);
        for (const protocol::AuditRow &row : e.entries) {
            if (row.eventType == "peer_left"_L1)
                s.peers.auditLeft(row.actor, atMs);
        }
    }
    void operator()(const CommandFinished &e) { context.changes.commandsFinished.append(e); }

    QString displayNameFolded;
};

} // namespace

void foldEvent(StoreState &state, const protocol::Event &event, FoldContext &context)
{
    ++state.counters.events;
    state.nowMs = std::max(state.nowMs, event.atMs);
    visit(Fold{state, event.atMs, context, state.link.connection().displayName}, event.body);
}

void finishBatch(StoreState &state, FoldContext &context)
{
    const auto figures = [&](const QString &key) {
        if (const TrafficBook::PeerTraffic *traffic = state.traffic.of(key))
            state.peers.setTraffic(key, traffic->sent, traffic->received, traffic->lastMs, context);
    };
    const QStringList touched = state.traffic.takeTouched();
    for (const QString &key : touched)
        figures(key);
    // A peer that appears may have been in the traffic before.
    const QSet<QString> added = context.changes.peersAdded;
    for (const QString &key : added)
        figures(key);
    if (state.peers.takeReturnsStale())
        state.messages.setReturns(state.peers.returns(), context);
    const auto title = [&](const QString &key) {
        if (const Peer *peer = state.peers.find(key))
            state.messages.setTitle({ConversationKind::Direct, key}, peer->name, context);
    };
    const QSet<QString> renamed = state.peers.takeRenamed();
    for (const QString &key : renamed)
        title(key);
    const QSet<ConversationId> shown = context.changes.conversationsAdded | context.changes.conversationsChanged;
    for (const ConversationId &id : shown) {
        if (const Conversation *conversation =
                id.kind == ConversationKind::Direct ? state.messages.conversation(id) : nullptr)
            title(conversation->peerKey);
    }
    state.peers.finish(
        state.nowMs,
        [&](const QString &key) {
            return state.messages.conversation({ConversationKind::Direct, key}) != nullptr;
        },
        context);
    context.changes.peersChanged.subtract(context.changes.peersAdded);
    state.traffic.finish(state.nowMs, context);
    state.messages.finish(context);
    if (const qsizetype over = state.timeline.size() - context.limits.timelineEntries; over > 0) {
        state.timeline.dropFront(over);
        context.changes.timelineEvicted += int(over);
        context.counters.timelineDropped += over;
    }
}

} // namespace mesh::store
