// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QHash>
#include <QtCore/QList>
#include <QtCore/QPointer>
#include <QtCore/QString>

#include <optional>

namespace mesh::local {

class Connection;

//! What one peer asks of another through the broker.
enum class RelayKind { McpCall, PeerFile, PeerDir };

//! A question that was passed on and has no answer yet.
struct RelayedRequest
{
    RelayKind kind = RelayKind::McpCall;
    QPointer<Connection> asker;
    QString askerRequestId; //!< `_reqId` of the question
    QString subject;        //!< server name or path
    quint64 askerOrder = 0; //!< Presence::order of both
    quint64 answerer = 0;
    qint64 deadlineNs = 0; //!< monotonic
};

//! The questions that peers have passed on to each other (wire reference 7.10, 7.12). Every one leaves this table
//! exactly once: answered by whom it was put to, out of time, or because that peer went away.
class Relay final
{
public:
    Relay() = default;
    Q_DISABLE_COPY_MOVE(Relay)

    //! False when \a key is in use, or one of the two has limits::RelayedPerPeer open already.
    bool add(const QString &key, const RelayedRequest &request);
    //! Takes the question \a key, if it was put to \a answerer.
    std::optional<RelayedRequest> take(const QString &key, quint64 answerer);
    //! Takes everything that was put to \a answerer.
    QList<RelayedRequest> takeAllOf(quint64 answerer);
    //! Takes everything whose time is over.
    QList<RelayedRequest> takeLate(qint64 nowNs);

private:
    using Table = QHash<QString, RelayedRequest>;
    template <class Test>
    QList<RelayedRequest> takeIf(const Test &test);
    void uncount(const RelayedRequest &request);

    Table m_requests;
    QHash<quint64, int> m_asked;    //!< open questions by asker
    QHash<quint64, int> m_answered; //!< and by answerer
};

} // namespace mesh::local
