// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QObject>
#include <QtCore/QTimer>

#include <functional>
#include <memory>

#include "models/session/appapi.h"
#include "models/session/audittail.h"
#include "models/session/brokerlink.h"
#include "models/session/clockwatch.h"
#include "models/session/commandrunner.h"
#include "models/session/humanchat.h"
#include "models/session/peerpoller.h"
#include "models/session/receiveflow.h"
#include "models/session/requesttable.h"
#include "models/session/sendflow.h"
#include "models/session/sessionport.h"
#include "models/session/topickeys.h"
#include "models/session/topicmemberships.h"
#include "models/session/topicpoller.h"

namespace mesh::session {

//! One mesh: the link, and the parts that live on it. Turns frames into events and commands into frames (Appendix D of
//! the wire reference). Network thread.
class MeshSession final : public QObject, private SessionPort
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(MeshSession)

public:
    using EventSink = std::function<void(protocol::Event)>;

    MeshSession(SessionIdentity identity, const protocol::Clock &clock, const SessionOptions &options,
                std::shared_ptr<SendLimiter> limiter, EventSink sink, QObject *parent = nullptr);
    ~MeshSession() override;

    void start() { m_link.connectNow(); }
    //! Ends for good: finishes every open command and closes the link.
    void close();
    void setProfile(const MeshProfile &profile) { m_identity.profile = profile; }

    void run(qint64 commandId, protocol::Command command);
    void confirmStored(const QStringList &messageIds) { m_receiving.confirmStored(messageIds); }
    void setVisible(bool visible) { m_peers.setVisible(visible); }
    void setSignals(bool on) { m_human.setSending(on); }

private:
    // SessionPort
    qint64 wallMs() const override { return m_clock.nowMs(); }
    qint64 monoMs() const override { return m_clock.monotonicNs() / 1'000'000; }
    const SessionTimings &timings() const override { return m_options.timings; }
    bool online() const override { return m_link.isOnline(); }
    void emitEvent(protocol::EventBody body) override;
    protocol::Expected<void> post(const protocol::ClientFrame &frame) override;
    void request(protocol::ClientFrame frame, Reply reply) override;
    void wake() override;

    void onEstablished(const protocol::HelloAck &ack);
    void onLost();
    void onFrame(const protocol::BrokerFrame &frame);
    void onUnasked(const protocol::BrokerFrame &frame);
    void onStreamData(const protocol::StreamData &data);
    //! Feeds the parts of this session with what an event says, then passes it on.
    void tell(protocol::EventBody body);
    void joinParts();
    //! What an answered request of ours about topics means.
    void learnTopic(const protocol::ClientFrame &request, const protocol::BrokerFrame *answer);
    void learnTopics(const QList<protocol::TopicRow> &rows);
    void learnPeers(const QList<protocol::PeerRow> &rows);
    void learnPresence(const protocol::events::PeerPresence &presence);
    void sayAfterHello();
    void advance();
    void reschedule();

    SessionIdentity m_identity;
    const protocol::Clock &m_clock;
    const SessionOptions &m_options;
    EventSink m_sink;
    QString m_ownKey;
    QString m_ownName;
    OwnPresence m_presence;

    BrokerLink m_link;
    RequestTable m_requests;
    MessageOpener m_opener;
    NameCache m_names;
    TrafficFeed m_traffic;
    SendFlow m_sending;
    FileFlow m_files;
    TopicMemberships m_memberships;
    AppApi m_api;
    TopicKeys m_topicKeys;
    TopicPoller m_topics;
    ReceiveFlow m_receiving;
    HumanChat m_human;
    PeerPoller m_peers;
    AuditTail m_audit;
    ClockWatch m_clockWatch;
    CommandRunner m_commands;
    QTimer m_timer;
    bool m_wakePending = false;
    bool m_closed = false;
};

} // namespace mesh::session
