// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QFileInfo>
#include <QtCore/QHash>
#include <QtCore/QJsonObject>
#include <QtCore/QSet>

#include <memory>

#include "models/protocol/frames.h"
#include "models/protocol/keys.h"
#include "models/store/replay.h"

namespace mesh::store {

//! Reads the lines of a recorded transcript as the events that a reader in one peer's place would have had.
class TranscriptReader final
{
public:
    //! Looks for `keys.json` beside \a file.
    TranscriptReader(const QFileInfo &file, const ReadOptions &options);

    //! One line. An error says why a frame of the peer was left out; lines of other peers and notes are passed over.
    protocol::Expected<void> readLine(const QJsonObject &line);
    //! All events, by time.
    protocol::EventList takeEvents();

private:
    void add(protocol::EventBody body);
    void outgoing(const QJsonObject &frame);
    protocol::Expected<void> incoming(const QJsonObject &frame);
    void message(const protocol::Push &push);
    //! Text of a box between \a otherKey and one of our secrets; nullopt if none opens it.
    std::optional<QString> openBox(const QString &nonce, const QString &ciphertext, const QString &otherKey) const;
    void topicHistory(const protocol::TopicHistoryResponse &frame);
    QString keyOfName(const QString &name) const;
    const protocol::SecretKey *secretOf(const QString &publicKey) const;

    QString m_peer;
    qint64 m_startMs = 0;
    qint64 m_nowMs = 0;
    protocol::MeshId m_mesh;
    QString m_ownKey;
    QString m_ownMemberKey;
    QHash<QString, QString> m_memberOf; // routing key -> member key
    QHash<QString, QString> m_names;    // routing key -> name
    QHash<QString, std::shared_ptr<protocol::SecretKey>> m_secrets;
    QHash<QString, QJsonObject> m_hello; // peer -> its hello, until it is answered
    QHash<QString, QString> m_slugs;     // mesh id -> slug
    QSet<QString> m_sent;                // ids of own messages waiting for their ack
    qint64 m_lastAuditId = 0;
    protocol::EventList m_events;
};

} // namespace mesh::store
