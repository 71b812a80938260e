// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QHash>
#include <QtCore/QSet>

#include "models/store/records.h"

namespace mesh::store {

//! The parts that are polled as a whole.
enum class Listed : quint32 {
    Tasks = 1 << 0,
    Skills = 1 << 1,
    Files = 1 << 2,
    Streams = 1 << 3,
    Topics = 1 << 4,
    Servers = 1 << 5,
    Services = 1 << 6,
    Schedules = 1 << 7,
    Webhooks = 1 << 8,
    Contexts = 1 << 9,
    TopicMembers = 1 << 10,
    MeshInfo = 1 << 11,
    TopicKeys = 1 << 12,
};
Q_DECLARE_FLAGS(ListedFlags, Listed)
Q_DECLARE_OPERATORS_FOR_FLAGS(ListedFlags)

//! What one batch did to the messages of one conversation. Read it in this order: \a evicted rows went from the front;
//! then, unless \a reordered, \a appended rows came at the end; then the messages in \a changed are different.
struct MessagesChange
{
    int evicted = 0;
    int appended = 0;
    bool reordered = false; //!< rows came in between, went, or moved: compare by Message::seq
    QSet<quint64> changed;  //!< seq of messages that were there before and are different now
};

//! What one apply() changed. Keys name things; a view asks the store for what they are now.
struct ChangeSet
{
    bool reset = false; //!< the whole store is another one (restored, cleared): read everything again, ignore the rest

    QSet<QString> peersAdded;
    QSet<QString> peersChanged; //!< never overlaps with added or removed
    QSet<QString> peersRemoved; //!< not in the store any more (a peer that is gone is only changed)

    QSet<ConversationId> conversationsAdded;
    QSet<ConversationId> conversationsChanged;
    QSet<ConversationId>
        conversationsRemoved; //!< merged into another one (the peer returned with a new key) or dropped
    QHash<ConversationId, MessagesChange> messages;

    QSet<QString> stateKeys;
    QSet<QString> memories; //!< ids, also of those that went
    QSet<QString> typing;   //!< peer keys
    QSet<QString> verified; //!< member keys the user said something about
    QSet<QString> streams;  //!< names with new data
    ListedFlags listings;
    bool clock = false;
    bool connection = false; //!< Connection, send queue included
    bool audit = false;

    int timelineAppended = 0; //!< rows at the end, after timelineEvicted went from the front
    int timelineEvicted = 0;
    bool timelineReordered = false; //!< rows came in between or went: read it again

    QList<TrafficEntry> traffic;                               //!< new in this batch, each message once
    QList<protocol::events::StreamDataReceived> streamData;    //!< as it came
    QList<protocol::events::FileOfferProgress> fileOffers;     //!< as they came
    QList<protocol::events::CommandFinished> commandsFinished; //!< as they came

    bool isEmpty() const
    {
        return !reset && peersAdded.isEmpty() && peersChanged.isEmpty() && peersRemoved.isEmpty()
            && conversationsAdded.isEmpty() && conversationsChanged.isEmpty() && conversationsRemoved.isEmpty()
            && messages.isEmpty() && stateKeys.isEmpty() && memories.isEmpty() && typing.isEmpty() && verified.isEmpty()
            && streams.isEmpty() && !listings && !clock && !connection && !audit && timelineAppended == 0
            && timelineEvicted == 0 && !timelineReordered && traffic.isEmpty() && streamData.isEmpty()
            && fileOffers.isEmpty() && commandsFinished.isEmpty();
    }
};

} // namespace mesh::store
