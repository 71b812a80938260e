// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <optional>

#include <QtCore/QMap>

#include "models/store/changetrack.h"
#include "models/store/foldcontext.h"

namespace mesh::store {

//! Who is and was in the mesh. A peer's facts come from full lists (the row), presence pushes and messages; which of
//! them wins depends on their times and kind, never on their order of arrival.
class PeerBook final
{
public:
    const QHash<QString, Peer> &peers() const { return m_peers; }
    const Peer *find(const QString &key) const;
    QList<const Peer *> ofMember(const QString &memberKey) const;
    const Peer *uniqueByName(const QString &name) const;

    void setOwnKeys(const QString &key, FoldContext &context);
    bool isOwnKey(const QString &key) const { return m_ownKeys.contains(key); }
    const QStringList &ownKeys() const { return m_ownKeys; }

    void listed(const protocol::events::PeersListed &event, qint64 atMs, FoldContext &context);
    void presence(const protocol::events::PeerPresence &event, qint64 atMs, FoldContext &context);
    //! A message told of its sender.
    void heardOf(const QString &key, const QString &memberKey, const QString &name, qint64 atMs, FoldContext &context);
    //! The audit log has somebody of that name leaving while the broker still lists them.
    void auditLeft(const QString &name, qint64 atMs);
    void setTraffic(const QString &key, qint64 sent, qint64 received, qint64 lastMs, FoldContext &context);

    //! Peers that came back under another key: new key to former key. Same member, same name, first seen later, and the
    //! former key gone then or soon after (a lost connection stays in the list for its lease).
    QHash<QString, QString> returns() const;
    //! Whether returns() may give something else than at the last call of this.
    bool takeReturnsStale() { return std::exchange(m_returnsStale, false); }

    //! Keys whose name is another one than at the last call.
    QSet<QString> takeRenamed() { return std::exchange(m_renamed, {}); }

    //! End of a batch that reaches to \a nowMs: infers grace, keeps the bounds. \a keep: peers that must stay.
    void finish(qint64 nowMs, const std::function<bool(const QString &)> &keep, FoldContext &context);

    QJsonObject save() const;
    void load(const QJsonObject &object);

private:
    enum class There { Live, Hidden, Gone };
    //! What is behind one Peer.
    struct Record
    {
        std::optional<protocol::PeerRow> row;
        qint64 rowAtMs = -1;
        qint64 rowChangedMs = -1; // when the row was last another one
        PeerStatus statusShown = PeerStatus::Idle;
        qint64 statusSinceMs = 0;
        qint64 pushAtMs = -1; // newest presence push
        QString pushName;
        QList<protocol::GroupRef> pushGroups;
        QString pushSummary;
        QString heardName;
        qint64 heardNameMs = -1;
        QString heardMemberKey;
        qint64 firstSeenMs = 0;
        qint64 lastSeenMs = 0;
        ChangeTrack<There> course;
    };
    struct ListSeen
    {
        qint64 atMs = 0;
        QSet<QString> keys;
    };

    Record &record(const QString &key, FoldContext &context);
    void seen(Record &record, qint64 atMs);
    void place(const QString &key, Record &record, qint64 atMs, bool weak, There there, FoldContext &context);
    void applyRow(const QString &key, Record &record, const protocol::PeerRow &row, qint64 atMs, FoldContext &context);
    void refresh(const QString &key, FoldContext &context);
    void inferGrace(qint64 nowMs, FoldContext &context);
    void dropSome(qint64 nowMs, const std::function<bool(const QString &)> &keep, FoldContext &context);

    QHash<QString, Peer> m_peers;
    QHash<QString, Record> m_records;
    QMultiHash<QString, QString> m_byMember;
    QStringList m_ownKeys;   // sorted
    QList<ListSeen> m_lists; // ascending by time
    qint64 m_firstListMs = -1;
    QMap<QString, qint64> m_leftByName; // newest such audit entry
    QSet<QString> m_inGrace;
    QSet<QString> m_renamed;
    bool m_returnsStale = false;
};

} // namespace mesh::store
