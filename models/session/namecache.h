// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QHash>
#include <QtCore/QList>
#include <QtCore/QString>

#include <functional>

#include "models/protocol/frames.h"

namespace mesh::session {

//! What is known of one routing key. Filled from `peers_list`, presence pushes and multicasts.
struct PeerIdentity
{
    QString key;
    QString memberKey;
    QString memberId;
    QString name;
    bool live = false; //!< in the last peers_list
    bool controlPlane = false;
    bool humanSignals = false; //!< advertises x-human-chat/1
    QStringList groups;
    qint64 seenAtMs = 0; //!< monotonic
};

//! Names of routing keys. Nothing is removed when a peer leaves, because messages carry the key only and may come later
//! (wire reference 6.5); only the bound removes those seen longest ago.
class NameCache final
{
public:
    explicit NameCache(int limit = 20'000)
        : m_limit(limit)
    {
    }

    //! A full list: who is not in it is no longer live. \return keys that are live now and were not before.
    QStringList learnList(const QList<protocol::PeerRow> &rows, qint64 nowMs);
    //! From a presence push. Liveness comes with the list only: a key that joined must still count as appearing there,
    //! because only the list brings its member key.
    void learnName(const QString &key, const QString &name, qint64 nowMs);
    void learnMember(const QString &key, const QString &memberKey, const QString &memberId, const QString &name,
                     qint64 nowMs);
    void setGone(const QString &key);

    const PeerIdentity *find(const QString &key) const;
    QString nameOf(const QString &key) const;
    QString memberKeyOf(const QString &key) const;

    //! The routing key that \a name (a display name, or a member id) stands for; empty if it fits none or several. Live
    //! sessions count first, then live control-plane connections, then peers that left.
    QString keyOfName(const QString &name) const;
    //! Where to address what is meant for \a key: itself while it is live, else the live session of the same member
    //! seen last, else itself. \a key may be a member key.
    QString route(const QString &key) const;
    //! Keys of those that are live and understand the signals of humans, as far as \a isMeant says so; at most \a
    //! limit.
    QStringList humans(const std::function<bool(const PeerIdentity &)> &isMeant, int limit) const;
    qsizetype size() const { return m_peers.size(); }

private:
    PeerIdentity &entry(const QString &key, qint64 nowMs);
    void setName(PeerIdentity &peer, const QString &name);
    void evict();

    int m_limit;
    QHash<QString, PeerIdentity> m_peers;
    QMultiHash<QString, QString> m_keysByName;
};

} // namespace mesh::session
