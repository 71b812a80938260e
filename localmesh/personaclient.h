// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QObject>
#include <QtCore/QTimer>
#include <QtWebSockets/QWebSocket>

#include <deque>

#include "localmesh/personascript.h"
#include "models/protocol/clock.h"
#include "models/protocol/frames.h"
#include "models/protocol/keys.h"
#include "models/session/backoff.h"

namespace mesh::local {

//! Where a persona connects.
struct PersonaSeat
{
    QString meshId;
    QString memberId;
    QString brokerUrl;
};

//! The wire side of one persona: an ordinary peer on a WebSocket of its own, which says `session_hello`, opens what it
//! is sent, confirms it, and comes back when the link breaks. What it does is the Persona's business.
class PersonaClient final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(PersonaClient)

public:
    //! \a clock outlives the client. \a firstRetryMs bounds the wait before the first try to come back; it doubles.
    PersonaClient(const PersonaScript &script, protocol::KeyPair member, protocol::KeyPair session,
                  const protocol::Clock &clock, int firstRetryMs, QObject *parent = nullptr);
    ~PersonaClient() override;

    void connectTo(const PersonaSeat &seat);
    bool isReady() const { return m_ready; }
    //! Kicked, banned, replaced or refused for good: it does not come back by itself.
    bool staysAway() const { return m_staysAway; }
    QString key() const { return m_session.publicKey.hex(); }
    //! Where connectTo() sent it last.
    const PersonaSeat &seat() const { return m_seat; }
    //! The session id of the persona of this name. Personas know each other by it.
    static QString sessionIdOf(const QString &name);

    //! Breaks the link as a lost network would; it comes back by itself.
    void drop() { m_socket.abort(); }

    //! Sends a frame; dropped while there is no session, as a sleeping peer's would be. \return whether it left.
    bool send(const protocol::ClientFrame &frame);
    //! Seals \a text for a routing key and sends it.
    bool sendDirect(const QString &key, const QString &text, protocol::Priority priority);
    //! Sends to `@group` or `*`, which nobody seals.
    bool sendToMany(const QString &target, const QString &text, protocol::Priority priority);

Q_SIGNALS:
    void ready();
    //! The link is gone; ready() follows when it is back.
    void lost();
    //! The persona stays away, because of \a code.
    void left(const QString &code);
    void directReceived(const QString &senderKey, const QString &text);
    void ticked(qint64 simTimeMs, double speed);
    void peersListed(const QList<mesh::protocol::PeerRow> &peers);
    //! A peer came or went, so lists are stale.
    void peersChanged();
    void clockReported(double speed, bool paused);
    //! Any other frame of the session; for PersonaWorker.
    void frameReceived(const mesh::protocol::BrokerFrame &frame);

private:
    void open();
    void hello();
    void onText(const QString &text);
    void onPush(const protocol::Push &push);
    void onClosed();
    bool isNew(const QString &messageId);

    const PersonaScript m_script;
    protocol::KeyPair m_member;
    protocol::KeyPair m_session;
    const protocol::Clock &m_clock;
    PersonaSeat m_seat;
    QWebSocket m_socket;
    QTimer m_retry;
    QTimer m_helloDeadline;
    session::Backoff m_backoff;
    QString m_refusal; //!< code of an error before hello_ack
    bool m_ready = false;
    bool m_staysAway = false;
    std::deque<QString> m_seen; //!< ids of the last direct messages: a broker may push one again
};

} // namespace mesh::local
