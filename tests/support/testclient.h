// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/protocol/keys.h"

#include <QtCore/QJsonObject>
#include <QtCore/QList>
#include <QtWebSockets/QWebSocket>

#include <functional>
#include <optional>

namespace mesh::tests {

//! What a plain HTTP/1.1 exchange gave. Status 0: no answer.
struct HttpAnswer
{
    int status = 0;
    QByteArray head;
    QByteArray body;
    QJsonObject json() const;
};

//! Sends \a bytes to a port of this machine and reads until the other side closes.
HttpAnswer exchange(quint16 port, const QByteArray &bytes);
HttpAnswer httpGet(quint16 port, const QByteArray &path);
HttpAnswer httpPost(quint16 port, const QByteArray &path, const QByteArray &body);

//! A member identity and one session of it.
struct Identity
{
    QString meshId;
    QString memberId;
    protocol::KeyPair member;
    protocol::KeyPair session;
};

//! Joins through `/join` with an ic:// link. memberId is empty when that failed.
Identity joinMesh(quint16 port, const QString &inviteLink, const QString &name);

//! A peer over a real WebSocket, for tests: speaks JSON, signs its hellos, waits with a running event loop.
class TestClient
{
public:
    TestClient();
    ~TestClient();
    Q_DISABLE_COPY_MOVE(TestClient)

    bool open(quint16 port, const QString &path = QStringLiteral("/ws"));
    //! A signed session_hello; members of \a changes replace (null: remove) what it would have.
    QJsonObject sessionHello(const Identity &identity, const QString &name, const QJsonObject &changes = {}) const;
    //! A signed plain hello; with the session key if \a withSession.
    QJsonObject hello(const Identity &identity, const QString &name, bool withSession,
                      const QJsonObject &changes = {}) const;
    //! open(), session_hello, and true when hello_ack came.
    bool enter(quint16 port, const Identity &identity, const QString &name, const QJsonObject &changes = {});

    void send(const QJsonObject &frame);
    void sendText(const QString &text);
    //! Sends with a fresh `_reqId` and returns the answer that carries it; empty when none came.
    QJsonObject ask(QJsonObject frame);
    //! Sends a `send` frame and returns its ack.
    QJsonObject message(const QString &target, const QString &text, const QString &priority = QStringLiteral("next"),
                        const QJsonObject &more = {});

    //! The same without waiting for its ack.
    void post(const QString &target, const QString &text);

    using Test = std::function<bool(const QJsonObject &)>;
    //! The first frame, also of those that came before, that passes; taken out. Empty when none comes in time.
    QJsonObject take(const Test &test, int timeoutMs = 5'000);
    QJsonObject takeType(const QString &type, int timeoutMs = 5'000);
    //! A system push of this event.
    QJsonObject takeEvent(const QString &event, int timeoutMs = 5'000);
    //! A push that is a message.
    QJsonObject takeMessage(int timeoutMs = 5'000);
    //! True when a round trip brings nothing that passes: what was sent before it has had its effect by then.
    bool nothing(const Test &test);
    bool waitClosed(int timeoutMs = 5'000);

    QWebSocket socket;
    QList<QJsonObject> frames;
    QString routingKey;
    bool closed = false;

private:
    int m_nextId = 0;
};

} // namespace mesh::tests
