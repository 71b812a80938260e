// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "localmesh/database.h"
#include "models/protocol/types.h"

#include <QtCore/QHash>
#include <QtCore/QList>
#include <QtCore/QStringList>

#include <functional>
#include <limits>
#include <map>
#include <optional>

namespace mesh::local {

//! One row of the queue.
struct QueuedMessage
{
    QString id;
    QString senderMember;
    QString senderKey; //!< routing key at the time of sending
    QString target;
    protocol::Priority priority = protocol::Priority::Next;
    QString nonce;
    QString ciphertext;
    std::optional<QString> clientMessageId;
    std::optional<QString> requestFingerprint;
    qint64 createdAtMs = 0;
    std::optional<qint64> deliveredAtMs;
};

//! The queue of direct messages (wire reference 6.4, 6.6): what waits for whom, what was pushed and not yet
//! acknowledged. Rows live in the database; a small index of the undelivered ones in memory. load() again after a
//! rollback.
class MessageQueue final
{
public:
    //! Times in milliseconds.
    MessageQueue(Database &database, qint64 redeliverAfterMs, qint64 keepMs);
    Q_DISABLE_COPY_MOVE(MessageQueue)

    void load();

    //! Stores a message. One without deliveredAtMs waits for its target.
    bool add(const QueuedMessage &message);
    int pendingFor(const QString &target) const;
    //! All that wait, for whomever.
    qint64 pendingCount() const;

    using Gate = std::function<bool(protocol::Priority)>;
    //! Takes what waits for any of \a targets, oldest first: what \a gate lets pass, was not sent by \a notFrom, and
    //! is not out for acknowledgement. What is taken is out to \a taker for the redelivery time from \a nowNs
    //! (monotonic).
    QList<QueuedMessage> claim(const QStringList &targets, const QString &notFrom, const Gate &gate, quint64 taker,
                               qint64 nowNs);
    //! Makes what is out to \a taker available again: its connection is gone.
    void release(const QStringList &targets, quint64 taker);

    //! Marks a message for one of \a targets delivered and forgets its body. False when there is none to mark.
    bool acknowledge(const QStringList &targets, const std::optional<QString> &messageId,
                     const std::optional<QString> &clientMessageId, qint64 nowMs);

    //! The messages, at most two, whose id starts with \a prefix. Without bodies.
    QList<QueuedMessage> find(const QString &prefix);

    //! Deletes rows that are too old.
    void sweep(qint64 nowMs);

private:
    struct Pending
    {
        QString id;
        QString senderKey;
        std::optional<QString> clientMessageId;
        protocol::Priority priority = protocol::Priority::Next;
        qint64 outUntilNs = std::numeric_limits<qint64>::min();
        quint64 outTo = 0;
    };
    using Line = std::map<qint64, Pending>; //!< by seq

    std::optional<QueuedMessage> read(qint64 seq);
    void settle(const QString &target, qint64 seq, qint64 nowMs);

    qint64 m_redeliverAfterNs;
    qint64 m_keepMs;
    Statement m_insert;
    Statement m_readPending;
    Statement m_readRow;
    Statement m_deliver;
    Statement m_find;
    Statement m_lastSeq;
    Statement m_deleteOld;
    Statement m_oldPending;
    QHash<QString, Line> m_lines; //!< by target
};

} // namespace mesh::local
