// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/session/brokerlink.h"

#include <QtCore/QRandomGenerator>

#include <algorithm>

#include "models/protocol/framecodec.h"
#include "models/protocol/logging.h"
#include "models/session/brokerurl.h"

namespace mesh::session {

using namespace Qt::StringLiterals;
using namespace protocol;
using namespace protocol::events;

namespace {

constexpr int RejectReportMs = 250;

} // namespace

BrokerLink::BrokerLink(const SessionIdentity &identity, const Clock &clock, const SessionOptions &options,
                       QObject *parent)
    : QObject(parent)
    , m_identity(identity)
    , m_clock(clock)
    , m_options(options)
    , m_host(HostFacts::current(options.installationId))
    , m_transport(clock, options, this)
    , m_sender(m_transport)
    , m_http(clock, options, this)
    , m_helloTimer(this)
    , m_retryTimer(this)
    , m_rejectTimer(this)
{
    m_backoff.firstMs = options.timings.backoffFirstMs;
    m_backoff.maxMs = options.timings.backoffMaxMs;
    m_helloTimer.setSingleShot(true);
    m_retryTimer.setSingleShot(true);
    m_rejectTimer.setSingleShot(true);
    m_rejectTimer.setInterval(RejectReportMs);
    connect(&m_helloTimer, &QTimer::timeout, this, &BrokerLink::onHelloTimeout);
    connect(&m_retryTimer, &QTimer::timeout, this, &BrokerLink::connectNow);
    connect(&m_rejectTimer, &QTimer::timeout, this, [this] { Q_EMIT rejected(m_rejected); });
    connect(&m_transport, &Transport::opened, this, &BrokerLink::onOpened);
    connect(&m_transport, &Transport::received, this, &BrokerLink::onBytes);
    connect(&m_transport, &Transport::ended, this, &BrokerLink::onEnded);
    connect(&m_transport, &Transport::ponged, this, &BrokerLink::onPong);
}

void BrokerLink::connectNow()
{
    if (m_state == ConnectionState::Connecting || m_state == ConnectionState::Handshaking || isOnline())
        return;
    m_retryTimer.stop();
    m_helloError.clear();
    m_early.clear();
    m_rejected = {};
    const Expected<QUrl> url = parseBrokerUrl(m_identity.profile.brokerUrl);
    if (!url) {
        fail(url.error());
        return;
    }
    m_url = *url;
    enter(ConnectionState::Connecting);
    m_transport.open(m_url);
}

void BrokerLink::disconnectNow()
{
    m_retryTimer.stop();
    const bool wasOnline = isOnline();
    leaveLink();
    m_backoff.reset();
    m_state = ConnectionState::Offline; // first: the end of the link may be told during the call, and must not look
                                        // like a loss
    if (m_transport.isOpen())
        m_transport.close();
    else
        m_transport.drop();
    enter(ConnectionState::Offline);
    if (wasOnline)
        Q_EMIT lost();
}

void BrokerLink::leaveLink()
{
    m_helloTimer.stop();
    m_sender.setGate(FrameSender::Gate::Shut);
    m_early.clear();
    if (m_rejectTimer.isActive()) {
        m_rejectTimer.stop();
        Q_EMIT rejected(m_rejected);
    }
}

void BrokerLink::onOpened()
{
    enter(ConnectionState::Handshaking);
    const Expected<SessionHello> hello =
        makeSessionHello(m_identity.profile, m_identity.member, m_identity.session, m_host, m_groups, m_clock.nowMs());
    m_sender.setGate(FrameSender::Gate::HelloOnly);
    const Expected<void> sent = hello ? m_sender.send(*hello) : Expected<void>(hello.error());
    m_sender.setGate(FrameSender::Gate::Shut);
    if (!sent) {
        m_transport.drop();
        fail(sent.error());
        return;
    }
    m_helloTimer.start(m_options.timings.helloTimeoutMs);
}

void BrokerLink::onBytes(const QByteArray &utf8)
{
    if (m_state != ConnectionState::Handshaking && !isOnline())
        return; // on its way out
    Expected<BrokerFrame> frame = decodeBrokerFrame(utf8);
    if (!frame) {
        reject(frame.error());
        return;
    }
    if (isOnline())
        Q_EMIT received(*frame);
    else
        onHandshakeFrame(std::move(*frame));
}

void BrokerLink::onHandshakeFrame(BrokerFrame frame)
{
    if (const auto *error = getIf<ErrorFrame>(&frame)) {
        // The close that follows decides; the code is told here only.
        m_helloError = error->code;
        return;
    }
    const auto *ack = getIf<HelloAck>(&frame);
    if (!ack) {
        if (m_early.size() < MaxEarlyFrames)
            m_early.append(std::move(frame));
        else
            reject({u"too_early"_s, u"Too many frames before the session was accepted."_s, ErrorBand::Protocol});
        return;
    }
    m_helloTimer.stop();
    m_backoff.reset();
    m_sender.setGate(FrameSender::Gate::Open);
    enter(ConnectionState::Online);
    Q_EMIT established(*ack);
    const QList<BrokerFrame> early = std::exchange(m_early, {});
    for (const BrokerFrame &waiting : early) {
        if (isOnline())
            Q_EMIT received(waiting);
    }
    if (isOnline())
        m_transport.startPinging();
}

void BrokerLink::onHelloTimeout()
{
    leaveLink();
    m_transport.drop();
    if (!m_helloError.isEmpty()) {
        react(reactToHelloError(m_helloError), {});
        return;
    }
    react({CloseReaction::Action::Retry, u"no_hello_ack"_s, tr("The broker did not answer the greeting.")}, {});
}

void BrokerLink::onEnded(const TransportEnd &end)
{
    if (m_state == ConnectionState::Offline || m_state == ConnectionState::Failed)
        return; // as asked for
    const bool wasOnline = isOnline();
    leaveLink();
    if (end.error && end.error->band == ErrorBand::Security)
        fail(*end.error);
    else if (end.error)
        react({CloseReaction::Action::Retry, end.error->code, end.error->detail}, {});
    else
        react(reactToClose(end.closeCode, end.reason, wasOnline ? QString() : m_helloError), end.closeCode);
    if (wasOnline)
        Q_EMIT lost();
}

void BrokerLink::onPong(double rttMs)
{
    Q_EMIT measured({rttMs, m_clockOffsetMs});
}

void BrokerLink::react(const CloseReaction &reaction, std::optional<int> closeCode)
{
    qCInfo(lcSession) << "link ended:" << reaction.code;
    if (reaction.action == CloseReaction::Action::Final) {
        fail({reaction.code, reaction.detail, ErrorBand::Persistent}, closeCode);
        return;
    }
    const double random = QRandomGenerator::global()->generateDouble();
    qint64 waitMs = m_backoff.next(random);
    if (reaction.action == CloseReaction::Action::Later) {
        const SessionTimings &timings = m_options.timings;
        waitMs = timings.laterMinMs + qint64(random * (timings.laterMaxMs - timings.laterMinMs));
    }
    m_retryTimer.start(int(waitMs));
    enter(ConnectionState::Waiting, reaction.code, reaction.detail, closeCode, m_clock.nowMs() + waitMs);
    if (reaction.measureClock)
        measureClock();
}

void BrokerLink::fail(const Error &error, std::optional<int> closeCode)
{
    m_retryTimer.stop();
    m_backoff.reset();
    enter(ConnectionState::Failed, error.code, error.detail, closeCode);
}

void BrokerLink::measureClock()
{
    m_http.measureClock(m_url, [this](std::optional<qint64> offsetMs) {
        if (!offsetMs)
            return;
        m_clockOffsetMs = offsetMs;
        Q_EMIT measured({0, offsetMs});
        if (m_state != ConnectionState::Waiting)
            return;
        // The same wait, now with the measured reason.
        m_last.detail = describeClockOffset(*offsetMs);
        Q_EMIT changed(m_last);
    });
}

void BrokerLink::reject(const Error &error)
{
    ++m_rejected.total;
    m_rejected.lastCode = error.code;
    m_rejected.lastDetail = error.detail;
    if (!m_rejectTimer.isActive())
        m_rejectTimer.start();
}

void BrokerLink::enter(ConnectionState state, const QString &code, const QString &detail, std::optional<int> closeCode,
                       std::optional<qint64> nextTryAtMs)
{
    m_state = state;
    m_last = {state, code, detail, closeCode, nextTryAtMs, m_backoff.attempt};
    Q_EMIT changed(m_last);
}

} // namespace mesh::session
