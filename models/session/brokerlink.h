// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QList>
#include <QtCore/QObject>
#include <QtCore/QTimer>

#include "models/protocol/event.h"
#include "models/protocol/keys.h"
#include "models/session/backoff.h"
#include "models/session/brokerhttp.h"
#include "models/session/closereaction.h"
#include "models/session/framesender.h"
#include "models/session/helloflow.h"
#include "models/session/meshprofile.h"
#include "models/session/transport.h"

namespace mesh::session {

//! Who connects: the profile and its secrets. Move only.
struct SessionIdentity
{
    MeshProfile profile;
    protocol::KeyPair member;
    protocol::KeyPair session;
};

//! Keeps one session connected: connect, hello, back-off, and the right reaction to every end (wire reference 1.2
//! to 1.4, 2). Frames reach received() only after the broker accepted the session; what it pushed before that comes
//! right after established(). Network thread.
class BrokerLink final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(BrokerLink)

public:
    BrokerLink(const SessionIdentity &identity, const protocol::Clock &clock, const SessionOptions &options,
               QObject *parent = nullptr);

    //! Connects now, also out of Waiting and Failed. Harmless while connected or connecting.
    void connectNow();
    //! Disconnects and stays so.
    void disconnectNow();

    bool isOnline() const { return m_state == protocol::ConnectionState::Online; }
    //! Errors as FrameSender::send().
    protocol::Expected<void> send(const protocol::ClientFrame &frame) { return m_sender.send(frame); }
    //! Groups to join with the next hello, beside those of the profile.
    void setGroups(const QStringList &groups) { m_groups = groups; }
    //! Makes the broker release held messages (BrokerHttp::releaseHeld()).
    void releaseHeld() { m_http.releaseHeld(m_url, m_host); }
    //! See BrokerHttp::download().
    void download(const QUrl &url, bool sealed, FileFlow::Downloaded done)
    {
        m_http.download(m_url, url, sealed, std::move(done));
    }
    //! See BrokerHttp::upload().
    std::function<void()> upload(const FileUpload &upload, FileFlow::Progress progress, FileFlow::Done done)
    {
        return m_http.upload(m_url, m_identity.profile, upload, std::move(progress), std::move(done));
    }
    //! BrokerHttp::call().
    void callApi(const ApiCall &call, const QString &bearer, AppApi::Done done)
    {
        m_http.call(m_url, call, bearer, std::move(done));
    }

Q_SIGNALS:
    void changed(const mesh::protocol::events::ConnectionChanged &change);
    void established(const mesh::protocol::HelloAck &ack);
    void received(const mesh::protocol::BrokerFrame &frame);
    //! An established session has no link any more.
    void lost();
    void rejected(const mesh::protocol::events::FramesRejected &rejected);
    void measured(const mesh::protocol::events::LinkMeasured &measured);

private:
    static constexpr qsizetype MaxEarlyFrames = 10'000;

    void onOpened();
    void onBytes(const QByteArray &utf8);
    void onHandshakeFrame(protocol::BrokerFrame frame);
    void onHelloTimeout();
    void onEnded(const TransportEnd &end);
    void onPong(double rttMs);
    void react(const CloseReaction &reaction, std::optional<int> closeCode);
    void fail(const protocol::Error &error, std::optional<int> closeCode = {});
    void measureClock();
    void reject(const protocol::Error &error);
    void enter(protocol::ConnectionState state, const QString &code = {}, const QString &detail = {},
               std::optional<int> closeCode = {}, std::optional<qint64> nextTryAtMs = {});
    void leaveLink();

    const SessionIdentity &m_identity;
    const protocol::Clock &m_clock;
    const SessionOptions &m_options;
    HostFacts m_host;
    Transport m_transport;
    FrameSender m_sender;
    BrokerHttp m_http;
    QUrl m_url;
    QTimer m_helloTimer;
    QTimer m_retryTimer;
    QTimer m_rejectTimer; // garbage may come by the thousand: it is told of a few times a second
    Backoff m_backoff;
    QStringList m_groups;
    protocol::ConnectionState m_state = protocol::ConnectionState::Offline;
    protocol::events::ConnectionChanged m_last;
    QString m_helloError;
    QList<protocol::BrokerFrame> m_early;
    protocol::events::FramesRejected m_rejected;
    std::optional<qint64> m_clockOffsetMs;
};

} // namespace mesh::session
