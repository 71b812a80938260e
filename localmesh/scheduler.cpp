// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/scheduler.h"

#include "localmesh/cron.h"
#include "localmesh/ids.h"
#include "localmesh/parts.h"
#include "localmesh/router.h"
#include "models/protocol/framecodec.h"

namespace mesh::local {

using namespace Qt::StringLiterals;

namespace {

//! The timer never runs longer than this: it counts time that passes, but entries are due by the wall clock, which can
//! be set. It also keeps years from overflowing the timer, which is how the original fires them at once.
constexpr qint64 LongestWaitMs = 30'000;
constexpr qint64 RetryMs = 1'000; //!< after a commit that failed
constexpr int EntriesPerTurn = 64;

} // namespace

Scheduler::Scheduler(Parts &parts, Router &router, QObject *parent)
    : QObject(parent)
    , m_parts(parts)
    , m_router(router)
{
    m_timer.setSingleShot(true);
    m_timer.setTimerType(Qt::PreciseTimer);
    connect(&m_timer, &QTimer::timeout, this, [this] { m_parts.turn.post([this] { fireDue(); }); });
    m_parts.schedules.changed = [this] { m_parts.turn.afterwards([this](bool) { arm(); }); };
}

void Scheduler::start()
{
    const qint64 nowMs = m_parts.clock.nowMs();
    m_parts.schedules.holdMissed(nowMs, nowMs + m_parts.options.missedScheduleWaitMs);
    arm();
}

void Scheduler::arm()
{
    const std::optional<qint64> dueMs = m_parts.schedules.nextDueMs();
    if (!dueMs) {
        m_timer.stop();
        return;
    }
    const qint64 nowMs = m_parts.clock.nowMs();
    m_timer.start(int(*dueMs <= nowMs ? 0 : qMin(*dueMs - nowMs, LongestWaitMs)));
}

void Scheduler::fireDue()
{
    const QList<ScheduleEntry> entries = m_parts.schedules.due(m_parts.clock.nowMs(), EntriesPerTurn);
    for (const ScheduleEntry &entry : entries)
        fire(entry);
    m_parts.turn.afterwards([this](bool committed) {
        if (committed)
            arm();
        else
            m_timer.start(int(RetryMs));
    });
}

Presence *Scheduler::sessionOf(const ScheduleEntry &entry, const QString &memberPubkey) const
{
    Presence *found = nullptr;
    const QList<Presence *> sessions = m_parts.presences.byMemberKey(memberPubkey);
    for (Presence *session : sessions) {
        if (session->routingKey() == entry.senderKey)
            return session;
        if (!found || (session->isOnline() && !found->isOnline()))
            found = session;
    }
    return found;
}

void Scheduler::fire(const ScheduleEntry &entry)
{
    std::optional<qint64> againMs;
    if (entry.cron) {
        if (const auto rule = CronRule::parse(*entry.cron))
            againMs = rule->next(m_parts.clock.nowMs(), QTimeZone::systemTimeZone());
    }
    m_parts.schedules.advance(entry, againMs);
    const Member *member = m_parts.mesh.memberById(entry.memberId);
    if (!member || member->revoked)
        return;
    const Presence *session = sessionOf(entry, member->pubkey);
    const Sender sender = session ? Sender::of(*session)
                                  : Sender{.memberId = member->id,
                                           .memberPubkey = member->pubkey,
                                           .routingKey = entry.senderKey,
                                           .name = entry.senderName,
                                           .presence = nullptr};
    protocol::Send frame;
    frame.id = newUuid();
    frame.targetSpec = entry.target;
    frame.priority = protocol::Priority::Now;
    frame.ciphertext = QString::fromLatin1(entry.message.toUtf8().toBase64());
    const protocol::Ack ack = m_router.deliver(sender, frame, entry.subtype);
    if (session && session->isOnline())
        m_parts.turn.send(session->connection, protocol::encode(ack));
}

} // namespace mesh::local
