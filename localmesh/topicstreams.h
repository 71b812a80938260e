// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "localmesh/apiaccess.h"
#include "localmesh/topicstore.h"

#include <QtCore/QList>
#include <QtCore/QObject>
#include <QtCore/QPointer>
#include <QtCore/QTimer>
#include <QtNetwork/QTcpSocket>

namespace mesh::local {

struct Parts;

//! `GET /api/v1/topics/<name>/stream`: new messages of a topic as server-sent events (wire reference 1.7). They come
//! when they are posted, not when a table is next looked at as in the original.
class TopicStreams final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(TopicStreams)

public:
    //! \a parts outlives this.
    explicit TopicStreams(Parts &parts, QObject *parent = nullptr);

    //! The answer that turns a request into a stream, or says that there are too many.
    HttpReply open(const Topic &topic, const ApiCaller &caller);
    //! Tells the listeners of \a topic.
    void posted(const Topic &topic, const TopicPost &post);

    //! A message as the REST calls show it. \a senderPubkey is the sender's member key.
    static QJsonObject toJson(const TopicPost &post, const QString &senderPubkey);

private:
    struct Listener
    {
        QPointer<QTcpSocket> socket;
        QString topicId;
        ApiKey key;
    };
    void send(QTcpSocket *socket, const QByteArray &event, const QByteArray &data, const QByteArray &id = {});
    //! Says that this side is alive, and ends the streams of keys that are not valid any more.
    void beat();

    Parts &m_parts;
    QList<Listener> m_listeners;
    QTimer m_heartbeat;
};

} // namespace mesh::local
