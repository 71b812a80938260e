// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/ids.h"
#include "localmesh/limits.h"
#include "localmesh/requestsreply.h"

namespace mesh::local {

using namespace Qt::StringLiterals;

bool Requests::mayManage(const Context &context, const QString &ownerMemberId) const
{
    if (ownerMemberId == context.presence.memberId)
        return true;
    const Member *member = m_parts.mesh.memberById(context.presence.memberId);
    return member && member->admin;
}

void Requests::on(const Context &context, const protocol::CreateWebhook &frame)
{
    if (frame.name.isEmpty() || frame.name.size() > limits::NameChars) {
        fail(context, u"invalid_webhook"_s, u"name must have 1 to %1 characters"_s.arg(limits::NameChars));
        return;
    }
    if (m_parts.webhooks.byName(frame.name)) {
        fail(context, u"webhook_exists"_s, u"a webhook named \"%1\" exists"_s.arg(frame.name));
        return;
    }
    const auto webhook = m_parts.webhooks.create(frame.name, context.presence.memberId, m_parts.clock.nowMs());
    if (!webhook) {
        fail(context, u"limit"_s, u"this mesh has too many webhooks"_s);
        return;
    }
    protocol::WebhookAck ack;
    ack.name = webhook->name;
    ack.secret = webhook->secret;
    ack.url = webhookUrl(*webhook);
    reply(context, std::move(ack));
}

void Requests::on(const Context &context, const protocol::ListWebhooks &)
{
    protocol::WebhookList list;
    const QList<Webhook> webhooks = m_parts.webhooks.list();
    for (const Webhook &webhook : webhooks) {
        protocol::WebhookRow row;
        row.name = webhook.name;
        // The URL is the right to post; others see only that there is one.
        if (mayManage(context, webhook.memberId))
            row.url = webhookUrl(webhook);
        row.active = true;
        row.createdAt = isoTime(webhook.createdAtMs);
        list.webhooks.append(std::move(row));
    }
    reply(context, std::move(list));
}

void Requests::on(const Context &context, const protocol::DeleteWebhook &frame)
{
    const auto webhook = m_parts.webhooks.byName(frame.name);
    if (webhook && !mayManage(context, webhook->memberId)) {
        fail(context, u"forbidden"_s, u"only who made a webhook, or an admin, can delete it"_s);
        return;
    }
    if (webhook)
        m_parts.webhooks.remove(frame.name);
    protocol::WebhookAck ack;
    ack.name = frame.name;
    reply(context, std::move(ack));
}

QString Requests::webhookUrl(const Webhook &webhook) const
{
    return m_parts.httpUrl + "/hook/"_L1 + m_parts.mesh.mesh().id + u'/' + webhook.secret;
}

} // namespace mesh::local
