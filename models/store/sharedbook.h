// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QMap>

#include "models/store/changetrack.h"
#include "models/store/foldcontext.h"

namespace mesh::store {

//! What the mesh shares: state, memory, the polled lists, the audit log, streams, typing.
class SharedBook final
{
public:
    QStringList stateKeys() const;
    std::optional<StateValue> state(const QString &key) const;
    QList<Memory> memories() const;
    const Listings &listings() const { return m_listings; }
    const QMap<qint64, protocol::AuditRow> &audit() const { return m_audit; }
    qint64 auditTotal() const { return m_auditTotal; }
    const QHash<QString, StreamActivity> &streams() const { return m_streams; }
    const QHash<QString, Typing> &typing() const { return m_typing; }

    void stateListed(const protocol::events::StateListed &event, qint64 atMs, FoldContext &context);
    void stateSet(const protocol::events::StateSet &event, qint64 atMs, FoldContext &context);
    void remembered(const protocol::events::MemoryRemembered &event, qint64 atMs, FoldContext &context);
    void found(const protocol::events::MemoriesFound &event, qint64 atMs, FoldContext &context);
    void forgotten(const protocol::events::MemoryForgotten &event, qint64 atMs, FoldContext &context);
    void tasksListed(const protocol::events::TasksListed &event, qint64 atMs, FoldContext &context);
    void topicMembers(const protocol::events::TopicMembersListed &event, qint64 atMs, FoldContext &context);
    void described(const protocol::events::MeshDescribed &event, qint64 atMs, FoldContext &context);
    void auditAppended(const protocol::events::AuditAppended &event, qint64 atMs, FoldContext &context);
    void streamData(const protocol::events::StreamDataReceived &event, qint64 atMs, FoldContext &context);
    void typingChanged(const protocol::events::TypingChanged &event, qint64 atMs, FoldContext &context);
    void topicKey(const protocol::events::TopicKeyChanged &event, qint64 atMs, FoldContext &context);
    void topicMembership(const protocol::events::TopicMembershipChanged &event, qint64 atMs, FoldContext &context);

    //! A whole list; the newest telling counts.
    template <class Row>
    void listed(QList<Row> Listings::*member, Listed which, const QList<Row> &rows, qint64 atMs, FoldContext &context)
    {
        if (!newest(which, atMs))
            return;
        QList<Row> bounded = rows;
        if (bounded.size() > context.limits.rowsPerListing) {
            context.counters.rowsDropped += bounded.size() - context.limits.rowsPerListing;
            bounded.resize(context.limits.rowsPerListing);
        }
        if (m_listings.*member == bounded && m_heard.value(quint32(which)).second)
            return;
        m_listings.*member = std::move(bounded);
        m_heard[quint32(which)].second = true;
        context.changes.listings |= which;
    }

    QJsonObject save() const;
    void load(const QJsonObject &object);

private:
    struct Revision
    {
        QJsonValue value;
        QString by;
        qint64 atMs = 0; // as shown
        QString text;    // of the value, for the timeline
        //! Texts that were not cut are the same if and only if the values are, and are compared sooner.
        friend bool sameValue(const Revision &a, const Revision &b)
        {
            return a.text == b.text && (!a.text.endsWith(u'\u2026') || a.value == b.value);
        }
    };
    struct MemoryRecord
    {
        Memory memory;
        qint64 seenMs = -1;
        qint64 forgottenMs = -1;
        bool exists() const { return seenMs > forgottenMs; }
    };

    bool newest(Listed which, qint64 atMs);
    void placeState(const QString &key, qint64 atMs, bool weak, Revision revision, FoldContext &context);
    void placeMemory(const Memory &memory, qint64 atMs, FoldContext &context);

    QHash<QString, ChangeTrack<Revision>> m_state;
    QMap<QString, MemoryRecord> m_memories; // by id, forgotten ones too while they are kept
    Listings m_listings;
    QHash<quint32, std::pair<qint64, bool>> m_heard; // when each list was heard, and that it was
    QHash<QString, qint64> m_membersHeard;
    QHash<QString, qint64> m_topicKeysHeard;
    QHash<QString, qint64> m_topicsDecided; // when the user joined or left
    QMap<qint64, protocol::AuditRow> m_audit;
    qint64 m_auditTotal = 0;
    qint64 m_auditTotalMs = -1;
    QHash<QString, StreamActivity> m_streams;
    QHash<QString, Typing> m_typing;
};

} // namespace mesh::store
