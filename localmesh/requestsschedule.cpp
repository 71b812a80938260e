// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/cron.h"
#include "localmesh/ids.h"
#include "localmesh/limits.h"
#include "localmesh/requestsreply.h"

namespace mesh::local {

using namespace Qt::StringLiterals;

void Requests::on(const Context &context, const protocol::Schedule &frame)
{
    // As base64, and with its target, it must fit into a message.
    const qsizetype size = (frame.message.toUtf8().size() + 2) / 3 * 4 + frame.to.size();
    if (frame.to.isEmpty() || frame.to.size() > limits::NameChars || frame.message.isEmpty()
        || size > limits::SendChars) {
        refuse(context, u"schedule needs a target and a message of at most %1 bytes"_s.arg(limits::SendChars / 4 * 3));
        return;
    }
    if (frame.subtype && *frame.subtype != "reminder"_L1) {
        refuse(context, u"subtype is reminder, or absent"_s);
        return;
    }
    const bool repeats = frame.cron && !frame.cron->isEmpty();
    if (!repeats && !frame.deliverAt) {
        refuse(context, u"schedule needs a time: deliverAt, or cron"_s);
        return;
    }
    const qint64 nowMs = m_parts.clock.nowMs();
    ScheduleEntry entry{.id = newUuid(),
                        .memberId = context.presence.memberId,
                        .senderKey = context.presence.routingKey(),
                        .senderName = context.presence.displayName,
                        .target = frame.to,
                        .message = frame.message,
                        .subtype = frame.subtype,
                        .cron = {},
                        .deliverAtMs = frame.deliverAt.value_or(0),
                        .createdAtMs = nowMs,
                        .fired = 0};
    if (repeats) {
        const auto rule = CronRule::parse(*frame.cron);
        const auto next = rule ? rule->next(nowMs, QTimeZone::systemTimeZone()) : std::nullopt;
        if (!next) {
            fail(context, u"invalid_cron"_s, u"Invalid cron expression: %1"_s.arg(frame.cron->left(limits::NameChars)));
            return;
        }
        entry.cron = frame.cron->simplified();
        entry.deliverAtMs = *next;
    }
    if (!m_parts.schedules.add(entry)) {
        fail(context, u"limit"_s, u"too many scheduled messages of this member"_s);
        return;
    }
    protocol::ScheduledAck ack;
    ack.scheduledId = entry.id;
    ack.deliverAt = entry.deliverAtMs;
    ack.cron = entry.cron;
    reply(context, std::move(ack));
}

void Requests::on(const Context &context, const protocol::ListScheduled &)
{
    protocol::ScheduledList list;
    const QList<ScheduleEntry> entries = m_parts.schedules.list(context.presence.memberId);
    for (const ScheduleEntry &entry : entries) {
        protocol::ScheduleRow row;
        row.id = entry.id;
        row.to = entry.target;
        row.message = entry.message;
        row.deliverAt = entry.deliverAtMs;
        row.createdAt = entry.createdAtMs;
        row.cron = entry.cron;
        if (entry.cron)
            row.firedCount = entry.fired;
        list.messages.append(row);
    }
    reply(context, std::move(list));
}

void Requests::on(const Context &context, const protocol::CancelScheduled &frame)
{
    protocol::CancelScheduledAck ack;
    ack.scheduledId = frame.scheduledId;
    ack.ok = m_parts.schedules.cancel(context.presence.memberId, frame.scheduledId);
    reply(context, std::move(ack));
}

} // namespace mesh::local
