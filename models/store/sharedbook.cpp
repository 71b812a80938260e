// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/sharedbook.h"

#include "models/protocol/frameevents.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mesh::store {

namespace {

//! Streams and typing peers kept; names come from outside.
constexpr qsizetype kNamesKept = 4'096;

} // namespace

QStringList SharedBook::stateKeys() const
{
    QStringList keys = m_state.keys();
    keys.sort();
    return keys;
}

std::optional<StateValue> SharedBook::state(const QString &key) const
{
    const auto it = m_state.constFind(key);
    if (it == m_state.cend() || it->isEmpty())
        return std::nullopt;
    StateValue out;
    out.key = key;
    for (const auto &point : it->changes())
        out.history.append({point.value.value, point.value.by, point.value.atMs});
    const StateRevision &now = out.history.last();
    out.value = now.value;
    out.by = now.by;
    out.atMs = now.atMs;
    return out;
}

QList<Memory> SharedBook::memories() const
{
    QList<Memory> out;
    for (const MemoryRecord &record : m_memories) {
        if (record.exists())
            out.append(record.memory);
    }
    return out;
}

bool SharedBook::newest(Listed which, qint64 atMs)
{
    auto &[heardMs, heard] = m_heard[quint32(which)];
    if (heard && atMs < heardMs)
        return false;
    heardMs = atMs;
    return true;
}

void SharedBook::placeState(const QString &key, qint64 atMs, bool weak, Revision revision, FoldContext &context)
{
    auto track = m_state.find(key);
    if (track == m_state.end()) {
        if (m_state.size() >= context.limits.stateKeys) {
            ++context.counters.stateDropped;
            return;
        }
        track = m_state.insert(key, {});
    }
    using Point = ChangeTrack<Revision>::Point;
    const auto rowOf = [&](const Point *before, const Point &now) -> std::optional<TimelineEntry> {
        // What was there when we came was not set then.
        if (!before && now.weak)
            return std::nullopt;
        return TimelineEntry{now.atMs,      Lane::State, TimelineKind::StateSet,
                             now.value.by,  key,         before ? before->value.text : QString(),
                             now.value.text};
    };
    revision.text = context.cut(revision.value);
    if (context.follow(*track, {atMs, weak, std::move(revision)}, context.limits.stateHistory,
                       context.counters.stateDropped, rowOf))
        context.changes.stateKeys.insert(key);
}

void SharedBook::stateListed(const protocol::events::StateListed &event, qint64 atMs, FoldContext &context)
{
    for (const protocol::StateEntry &entry : event.entries) {
        if (!entry.key.isEmpty())
            placeState(entry.key, atMs, true,
                       {entry.value, entry.updatedBy, protocol::isoToMs(entry.updatedAt).value_or(atMs), {}}, context);
    }
}

void SharedBook::stateSet(const protocol::events::StateSet &event, qint64 atMs, FoldContext &context)
{
    if (!event.key.isEmpty())
        placeState(event.key, atMs, false, {event.value, event.by, atMs, {}}, context);
}

void SharedBook::placeMemory(const Memory &memory, qint64 atMs, FoldContext &context)
{
    if (memory.id.isEmpty())
        return;
    MemoryRecord &record = m_memories[memory.id];
    const bool existed = record.exists();
    record.seenMs = std::max(record.seenMs, atMs);
    Memory now = memory;
    // Rows that the broker gives know the author and the broker's time; our own telling fills in where they are silent.
    if (now.by.isEmpty())
        now.by = record.memory.by;
    now.atMs = record.memory.atMs == 0 ? now.atMs : std::min(now.atMs, record.memory.atMs);
    if (record.memory != now || existed != record.exists()) {
        record.memory = now;
        context.changes.memories.insert(now.id);
    }
    if (m_memories.size() > context.limits.memories) {
        const auto oldest = std::min_element(m_memories.begin(), m_memories.end(), [](const auto &a, const auto &b) {
            return std::pair(a.exists(), a.memory.atMs) < std::pair(b.exists(), b.memory.atMs);
        });
        context.changes.memories.insert(oldest.key());
        m_memories.erase(oldest);
        ++context.counters.memoriesDropped;
    }
}

void SharedBook::remembered(const protocol::events::MemoryRemembered &event, qint64 atMs, FoldContext &context)
{
    placeMemory({event.id, event.content, event.tags, event.by, atMs}, atMs, context);
    context.addRow({atMs, Lane::Memory, TimelineKind::Remembered, event.by, event.id, {}, event.content});
}

void SharedBook::found(const protocol::events::MemoriesFound &event, qint64 atMs, FoldContext &context)
{
    for (const protocol::MemoryRow &row : event.memories)
        placeMemory({row.id, row.content, row.tags, row.rememberedBy.value_or(QString()),
                     protocol::isoToMs(row.rememberedAt).value_or(atMs)},
                    atMs, context);
}

void SharedBook::forgotten(const protocol::events::MemoryForgotten &event, qint64 atMs, FoldContext &context)
{
    if (event.id.isEmpty())
        return;
    MemoryRecord &record = m_memories[event.id];
    record.memory.id = event.id;
    const bool existed = record.exists();
    record.forgottenMs = std::max(record.forgottenMs, atMs);
    if (existed && !record.exists())
        context.changes.memories.insert(event.id);
    context.addRow({atMs, Lane::Memory, TimelineKind::Forgotten, {}, event.id, {}, {}});
}

void SharedBook::tasksListed(const protocol::events::TasksListed &event, qint64 atMs, FoldContext &context)
{
    const auto heard = m_heard.value(quint32(Listed::Tasks));
    if (heard.second && atMs > heard.first) {
        QHash<QString, QString> before;
        for (const protocol::TaskRow &task : m_listings.tasks)
            before.insert(task.id, task.status);
        for (const protocol::TaskRow &task : event.rows) {
            const auto old = before.constFind(task.id);
            if (old != before.cend() && *old == task.status)
                continue;
            if (old == before.cend())
                context.addRow({atMs,
                                Lane::Tasks,
                                TimelineKind::TaskOpened,
                                task.createdBy.value_or(QString()),
                                task.id,
                                {},
                                task.title});
            if (task.status == "claimed"_L1)
                context.addRow({atMs,
                                Lane::Tasks,
                                TimelineKind::TaskClaimed,
                                task.claimedBy.value_or(QString()),
                                task.id,
                                {},
                                task.title});
            else if (task.status == "done"_L1)
                context.addRow({atMs,
                                Lane::Tasks,
                                TimelineKind::TaskDone,
                                task.claimedBy.value_or(QString()),
                                task.id,
                                {},
                                task.title});
        }
    }
    listed(&Listings::tasks, Listed::Tasks, event.rows, atMs, context);
}

void SharedBook::topicMembers(const protocol::events::TopicMembersListed &event, qint64 atMs, FoldContext &context)
{
    qint64 &heard = m_membersHeard[event.topicId];
    if (atMs < heard)
        return;
    heard = atMs;
    const bool known = m_listings.topicMembers.contains(event.topicId);
    QList<protocol::TopicMemberRow> &rows = m_listings.topicMembers[event.topicId];
    if (known && rows == event.members)
        return;
    rows = event.members.first(std::min(event.members.size(), qsizetype(context.limits.rowsPerListing)));
    context.changes.listings |= Listed::TopicMembers;
}

void SharedBook::topicKey(const protocol::events::TopicKeyChanged &event, qint64 atMs, FoldContext &context)
{
    qint64 &heard = m_topicKeysHeard[event.topicId];
    if (atMs < heard)
        return;
    heard = atMs;
    auto &state = m_listings.topicKeys[event.topicId];
    if (state == event.state)
        return;
    state = event.state;
    context.changes.listings |= Listed::TopicKeys;
}

void SharedBook::topicMembership(const protocol::events::TopicMembershipChanged &event, qint64 atMs,
                                 FoldContext &context)
{
    qint64 &decided = m_topicsDecided[event.topicId];
    if (atMs < decided)
        return;
    decided = atMs;
    if (event.joined == !m_listings.topicsLeft.contains(event.topicId))
        return;
    if (event.joined)
        m_listings.topicsLeft.remove(event.topicId);
    else
        m_listings.topicsLeft.insert(event.topicId);
    context.changes.listings |= Listed::TopicMembers;
}

void SharedBook::described(const protocol::events::MeshDescribed &event, qint64 atMs, FoldContext &context)
{
    if (!newest(Listed::MeshInfo, atMs))
        return;
    m_heard[quint32(Listed::MeshInfo)].second = true;
    if (m_listings.memoryCount == event.memoryCount && m_listings.fileCount == event.fileCount
        && m_listings.groups == event.groups)
        return;
    m_listings.memoryCount = event.memoryCount;
    m_listings.fileCount = event.fileCount;
    m_listings.groups = event.groups;
    context.changes.listings |= Listed::MeshInfo;
}

void SharedBook::auditAppended(const protocol::events::AuditAppended &event, qint64 atMs, FoldContext &context)
{
    for (const protocol::AuditRow &row : event.entries) {
        if (m_audit.contains(row.id))
            continue;
        m_audit.insert(row.id, row);
        context.changes.audit = true;
    }
    while (m_audit.size() > context.limits.auditRows) {
        m_audit.erase(m_audit.cbegin());
        ++context.counters.auditDropped;
    }
    if (atMs >= m_auditTotalMs) {
        m_auditTotalMs = atMs;
        context.changes.audit = context.changes.audit || m_auditTotal != event.total;
        m_auditTotal = event.total;
    }
}

void SharedBook::streamData(const protocol::events::StreamDataReceived &event, qint64 atMs, FoldContext &context)
{
    context.changes.streamData.append(event);
    if (!m_streams.contains(event.stream) && m_streams.size() >= kNamesKept) {
        ++context.counters.rowsDropped;
        return;
    }
    StreamActivity &activity = m_streams[event.stream];
    ++activity.count;
    if (atMs >= activity.lastAtMs) {
        activity.lastAtMs = atMs;
        activity.lastBy = event.by;
    }
    context.changes.streams.insert(event.stream);
}

void SharedBook::typingChanged(const protocol::events::TypingChanged &event, qint64 atMs, FoldContext &context)
{
    const auto &[key, on, untilMs, conversation] = event;
    if (!m_typing.contains(key)) {
        if (!on)
            return;
        if (m_typing.size() >= kNamesKept)
            m_typing.removeIf([&](const auto &entry) { return entry.value().untilMs < atMs; });
        if (m_typing.size() >= kNamesKept)
            return;
    }
    Typing &typing = m_typing[key];
    if (atMs < typing.atMs)
        return;
    const bool changed = typing.on != on || typing.untilMs != untilMs || typing.conversation != conversation;
    typing = {key, untilMs, atMs, on, conversation};
    if (changed)
        context.changes.typing.insert(key);
}

} // namespace mesh::store
