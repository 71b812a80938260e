// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/session/meshsession.h"

#include <algorithm>

#include "models/protocol/framecodec.h"
#include "models/protocol/frameevents.h"
#include "models/protocol/logging.h"
#include "models/session/answerevents.h"
#include "models/session/refusals.h"

namespace mesh::session {

using namespace Qt::StringLiterals;
using namespace protocol;
using namespace protocol::events;

MeshSession::MeshSession(SessionIdentity identity, const Clock &clock, const SessionOptions &options,
                         std::shared_ptr<SendLimiter> limiter, EventSink sink, QObject *parent)
    : QObject(parent)
    , m_identity(std::move(identity))
    , m_clock(clock)
    , m_options(options)
    , m_sink(std::move(sink))
    , m_ownKey(m_identity.session.publicKey.hex())
    , m_link(m_identity, clock, options, this)
    , m_opener(m_identity.session, m_identity.member)
    , m_traffic(*this, m_names)
    , m_sending(*this, m_opener, m_names, m_traffic, std::move(limiter), m_ownKey)
    , m_files(*this, m_sending, m_names, m_identity.session, m_identity.member)
    , m_memberships(*this, m_identity.profile.memberId, m_identity.member.publicKey.hex())
    , m_api(*this,
            [this](const ApiCall &call, const QString &bearer, AppApi::Done done) {
                m_link.callApi(call, bearer, std::move(done));
            })
    , m_topicKeys(*this, m_api, m_identity.member)
    , m_topics(*this, [this](const SealedText &body) { return m_sending.ownTopicMessage(body); })
    , m_receiving(*this, m_opener, m_names, m_topics, m_traffic, m_ownKey, m_identity.member.publicKey.hex())
    , m_human(*this, m_opener, m_names, m_ownKey)
    , m_peers(*this)
    , m_audit(*this, m_traffic, m_names)
    , m_clockWatch(options.timings.clockIdlePollMs, options.timings.clockRetryMs)
    , m_commands({*this, m_sending, m_files, m_topics, m_human, m_presence})
    , m_timer(this)
{
    joinParts();
    m_receiving.onMessage = [this](const MessageReceived &message) { m_human.received(message); };
    m_receiving.onUnknownSender = [this] { m_peers.soon(); };
    m_human.onRead = [this](const QString &from, const QStringList &ids) { m_sending.readBy(from, ids); };
    m_files.upload = [this](const FileUpload &upload, FileFlow::Progress progress, FileFlow::Done done) {
        return m_link.upload(upload, std::move(progress), std::move(done));
    };
    m_files.download = [this](const QUrl &url, bool sealed, FileFlow::Downloaded done) {
        m_link.download(url, sealed, std::move(done));
    };
    m_commands.onConnect = [this] { m_link.connectNow(); };
    m_commands.onDisconnect = [this] { m_link.disconnectNow(); };
    m_commands.onOwnRowChanged = [this] { m_peers.soon(); };

    connect(&m_link, &BrokerLink::changed, this, [this](const ConnectionChanged &change) { emitEvent(change); });
    connect(&m_link, &BrokerLink::rejected, this, [this](const FramesRejected &rejected) { emitEvent(rejected); });
    connect(&m_link, &BrokerLink::measured, this, [this](const LinkMeasured &measured) { emitEvent(measured); });
    connect(&m_link, &BrokerLink::established, this, &MeshSession::onEstablished);
    connect(&m_link, &BrokerLink::lost, this, &MeshSession::onLost);
    connect(&m_link, &BrokerLink::received, this, &MeshSession::onFrame);
    m_timer.setSingleShot(true);
    m_timer.setTimerType(Qt::PreciseTimer);
    connect(&m_timer, &QTimer::timeout, this, &MeshSession::advance);
}

void MeshSession::joinParts()
{
    m_sending.setTopicKeys(&m_topicKeys);
    m_topics.setKeys(&m_topicKeys);
    m_topics.setMemberships(&m_memberships);
    m_memberships.onChanged = [this](const QString &topicId) {
        m_topics.membershipChanged(topicId);
        const std::optional<bool> joined = m_memberships.isJoined(topicId);
        if (joined == false)
            m_topicKeys.drop(topicId);
        else
            m_topicKeys.want(topicId);
        m_topicKeys.membersChanged(topicId);
    };
    m_topicKeys.onChanged = [this](const QString &topicId) {
        m_topics.reopen(topicId);
        m_sending.topicKeyChanged();
    };
    m_human.membersOf = [this](const QString &topicId) { return m_memberships.keysIn(topicId); };
}

MeshSession::~MeshSession()
{
    close();
}

void MeshSession::close()
{
    if (m_closed)
        return;
    m_files.cancelAll();
    m_commands.closeAll();
    m_api.revoke();
    m_link.disconnectNow();
    m_requests.failAll({u"closed"_s, tr("The mesh was closed."), ErrorBand::Transient});
    m_timer.stop();
    m_closed = true;
}

void MeshSession::run(qint64 commandId, Command command)
{
    m_commands.run(commandId, std::move(command));
}

void MeshSession::emitEvent(EventBody body)
{
    if (!m_closed)
        m_sink({m_identity.profile.meshId, m_clock.nowMs(), std::move(body)});
}

Expected<void> MeshSession::post(const ClientFrame &frame)
{
    return m_link.send(frame);
}

void MeshSession::request(ClientFrame frame, Reply reply)
{
    // A send has its own unguessable id, which receivers use as well.
    if (requestId(frame).isEmpty() || !holds<Send>(frame))
        setRequestId(frame, m_requests.nextId());
    const QString id = requestId(frame);
    const Expected<void> sent = m_link.send(frame);
    if (!sent) {
        reply(sent.error());
        return;
    }
    const qint64 due = monoMs() + requestTimeoutMs(frame, m_options.timings);
    const AnswerKind kind = answerKind(frame);
    const QLatin1StringView type = typeOf(frame);
    QString membersOf; // these are answered when they fail only: the list shows sooner that they did not
    if (const auto *join = getIf<TopicJoin>(&frame))
        membersOf = join->topic;
    else if (const auto *leave = getIf<TopicLeave>(&frame))
        membersOf = leave->topic;
    m_requests.add(id, type, kind, due,
                   [this, frame = std::move(frame), reply = std::move(reply)](const Answer &answer) {
                       if (answer && *answer) {
                           const QList<EventBody> events = eventsFromAnswer(frame, **answer, m_ownName);
                           for (const EventBody &event : events)
                               tell(event);
                       }
                       if (answer)
                           learnTopic(frame, *answer ? &**answer : nullptr);
                       reply(answer);
                   });
    if (!membersOf.isEmpty())
        m_memberships.soon(membersOf);
    wake();
}

void MeshSession::wake()
{
    // Parts call this in the middle of their work: looking at them waits for the end of it.
    if (m_wakePending || m_closed)
        return;
    m_wakePending = true;
    QMetaObject::invokeMethod(this, &MeshSession::reschedule, Qt::QueuedConnection);
}

void MeshSession::learnTopic(const ClientFrame &request, const BrokerFrame *answer)
{
    QString topicId;
    bool joined = true;
    if (const auto *join = getIf<TopicJoin>(&request)) {
        topicId = join->topic;
    } else if (const auto *leave = getIf<TopicLeave>(&request)) {
        topicId = leave->topic;
        joined = false;
    } else if (const auto *created = holds<TopicCreate>(request) && answer ? getIf<TopicCreated>(answer) : nullptr) {
        if (created->created)
            topicId = created->topic.id;
    }
    if (topicId.isEmpty())
        return;
    this->request(TopicList{}, [](const Answer &) {});
    emitEvent(TopicMembershipChanged{topicId, joined});
    m_memberships.soon(topicId);
}

void MeshSession::onEstablished(const HelloAck &ack)
{
    m_ownName = ack.memberDisplayName;
    m_names.learnMember(m_ownKey, m_identity.member.publicKey.hex(), m_identity.profile.memberId, m_ownName, monoMs());
    SessionEstablished established;
    const MeshProfile &profile = m_identity.profile;
    established.meshSlug = profile.slug;
    established.meshName = profile.name.isEmpty() ? profile.slug : profile.name;
    established.ownKey = m_ownKey;
    established.ownMemberKey = m_identity.member.publicKey.hex();
    established.ownMemberId = profile.memberId;
    established.displayName = ack.memberDisplayName;
    established.brokerUrl = profile.brokerUrl;
    established.personal = profile.personal;
    emitEvent(std::move(established));
    for (EventBody &event : eventsFromFrame(ack))
        tell(std::move(event));
    sayAfterHello();
}

void MeshSession::sayAfterHello()
{
    const Reply ignore = [](const Answer &) {};
    const auto say = [this](const ClientFrame &frame) {
        if (const Expected<void> sent = post(frame); !sent)
            qCWarning(lcSession) << "not sent after the hello:" << typeOf(frame) << sent.error().code;
    };
    // The order of Appendix D. Brokers forget all of this with the presence, so it is said at every connect.
    SetProfile profile;
    profile.capabilities = QStringList{HumanSignalsCapability};
    request(profile, ignore);
    if (m_presence.summary)
        say(SetSummary{*m_presence.summary, {}});
    if (m_presence.status != PeerStatus::Idle)
        say(SetStatus{m_presence.status, {}});
    request(Subscribe{m_human.ownStream(), {}}, ignore);
    request(Subscribe{kTrafficStream, {}}, ignore);
    request(Subscribe{kMemoryStream, {}}, ignore);
    request(Subscribe{kCallStream, {}}, ignore);
    m_memberships.linkUp();
    m_topicKeys.linkUp();
    m_topics.linkUp();
    m_peers.linkUp();
    request(ListState{}, ignore);
    request(MeshInfo{}, ignore);
    m_clockWatch.start(monoMs());
    m_audit.linkUp();
    m_receiving.linkUp();
    m_sending.linkUp();
    advance();
}

void MeshSession::onLost()
{
    m_memberships.linkDown();
    m_topicKeys.linkDown();
    m_topics.linkDown();
    m_peers.linkDown();
    m_audit.linkDown();
    m_clockWatch.stop();
    m_sending.linkDown();
    m_requests.failAll({u"offline"_s, tr("The connection was lost before the broker answered."), ErrorBand::Transient});
    reschedule();
}

void MeshSession::onFrame(const BrokerFrame &frame)
{
    if (m_requests.resolve(frame)) {
        reschedule();
        return;
    }
    onUnasked(frame);
}

void MeshSession::onUnasked(const BrokerFrame &frame)
{
    const qint64 arrivedNs = m_clock.monotonicNs();
    if (const auto *push = getIf<Push>(&frame); push && isMessagePush(*push)) {
        m_receiving.take(*push);
        m_audit.stir();
        return;
    }
    if (const auto *data = getIf<StreamData>(&frame)) {
        onStreamData(*data);
        return;
    }
    if (const std::optional<ClientFrame> refusal = refusalOf(frame)) {
        if (!post(*refusal))
            qCInfo(lcSession) << "a request of a peer could not be answered";
        return;
    }
    for (EventBody &event : eventsFromUnasked(frame, arrivedNs))
        tell(std::move(event));
}

void MeshSession::onStreamData(const StreamData &data)
{
    if (data.stream == m_human.ownStream()) {
        if (const Expected<void> taken = m_human.take(data.data); !taken)
            qCInfo(lcSession) << "a chat signal was not taken:" << taken.error().code;
        return;
    }
    if (data.stream == kTrafficStream) {
        if (auto seen = trafficFromStream(data, wallMs()))
            m_traffic.feed(std::move(*seen));
        return;
    }
    if (data.stream == kMemoryStream) {
        if (auto told = memoryFromStream(data))
            tell(std::move(*told));
        return;
    }
    tell(StreamDataReceived{data.stream, data.data, data.publishedBy});
}

void MeshSession::tell(EventBody body)
{
    if (const auto *peers = getIf<PeersListed>(&body))
        learnPeers(peers->peers);
    else if (const auto *presence = getIf<PeerPresence>(&body))
        learnPresence(*presence);
    else if (const auto *topics = getIf<TopicsListed>(&body))
        learnTopics(topics->rows);
    else if (const auto *members = getIf<TopicMembersListed>(&body))
        m_memberships.learned(members->topicId, members->members);
    else if (const auto *tick = getIf<Ticked>(&body))
        m_clockWatch.ticked(tick->speed, monoMs());
    else if (const auto *clock = getIf<ClockReported>(&body))
        m_clockWatch.reported(clock->speed, clock->paused, monoMs());
    const bool list = holds<PeersListed>(body);
    emitEvent(std::move(body));
    if (list)
        m_sending.peersListed();
    wake();
}

void MeshSession::learnTopics(const QList<TopicRow> &rows)
{
    m_memberships.listed(rows);
    m_topicKeys.listed(rows);
    m_topics.listed(rows);
}

void MeshSession::learnPeers(const QList<PeerRow> &rows)
{
    m_names.learnList(rows, monoMs());
    if (!m_presence.releasePending)
        return;
    const auto own =
        std::find_if(rows.cbegin(), rows.cend(), [this](const PeerRow &row) { return row.pubkey == m_ownKey; });
    if (own != rows.cend() && own->status != PeerStatus::Dnd) {
        // Only now: the hook cannot change dnd, and set_status may still be on its way before the list shows it.
        m_presence.releasePending = false;
        m_link.releaseHeld();
    }
}

void MeshSession::learnPresence(const PeerPresence &presence)
{
    if (presence.change == PresenceChange::Left)
        m_names.setGone(presence.key);
    else
        m_names.learnName(presence.key, presence.name, monoMs());
    m_peers.soon();
}

void MeshSession::advance()
{
    if (m_closed)
        return;
    const qint64 now = monoMs();
    m_requests.expire(now);
    m_peers.advance();
    m_memberships.advance();
    m_topicKeys.advance();
    m_topics.advance();
    m_audit.advance();
    m_receiving.advance();
    m_sending.advance();
    m_human.advance();
    m_commands.advance();
    if (online() && m_clockWatch.isDue(now)) {
        m_clockWatch.asked(now);
        request(GetClock{}, [this](const Answer &) { m_clockWatch.answered(); });
    }
    reschedule();
}

void MeshSession::reschedule()
{
    m_wakePending = false;
    if (m_closed)
        return;
    qint64 due =
        std::min({m_requests.nextDueMs(), m_receiving.nextDueMs(), m_human.nextDueMs(), m_commands.nextDueMs()});
    if (online()) {
        due = std::min({due, m_peers.nextDueMs(), m_topics.nextDueMs(), m_memberships.nextDueMs(),
                        m_topicKeys.nextDueMs(), m_audit.nextDueMs(), m_sending.nextDueMs(), m_clockWatch.nextDueMs()});
    }
    if (due == Never)
        m_timer.stop();
    else
        m_timer.start(int(std::clamp<qint64>(due - monoMs(), 0, 60'000)));
}

} // namespace mesh::session
