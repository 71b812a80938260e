// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/linkbook.h"

using namespace Qt::StringLiterals;

namespace mesh::store {

using protocol::ConnectionState;

void LinkBook::changed(const protocol::events::ConnectionChanged &event, qint64 atMs, FoldContext &context)
{
    if (atMs < m_changedMs)
        return;
    m_changedMs = atMs;
    const bool was = m_connection.online();
    if (m_connection.state != event.state) {
        m_connection.sinceMs = atMs;
        if (event.state == ConnectionState::Online) {
            m_connection.onlineSinceMs = atMs;
            context.addRow({atMs, Lane::System, TimelineKind::Connected, {}, {}, {}, {}});
        } else if (was) {
            m_connection.onlineSinceMs = 0;
            m_connection.lastOnlineMs = atMs;
            context.addRow({atMs, Lane::System, TimelineKind::ConnectionLost, {}, event.code, {}, toWord(event.state)});
        }
    }
    m_connection.state = event.state;
    m_connection.code = event.code;
    m_connection.detail = event.detail;
    m_connection.closeCode = event.closeCode;
    m_connection.nextTryAtMs = event.nextTryAtMs;
    m_connection.attempt = event.attempt;
    context.changes.connection = true;
}

void LinkBook::established(const protocol::events::SessionEstablished &event, qint64 atMs, FoldContext &context)
{
    if (atMs < m_establishedMs)
        return;
    m_establishedMs = atMs;
    m_connection.meshSlug = event.meshSlug;
    m_connection.meshName = event.meshName;
    m_connection.ownKey = event.ownKey;
    m_connection.ownMemberKey = event.ownMemberKey;
    m_connection.ownMemberId = event.ownMemberId;
    m_connection.displayName = event.displayName;
    m_connection.brokerUrl = event.brokerUrl;
    m_connection.personal = event.personal;
    setOwnTargets();
    context.changes.connection = true;
}

void LinkBook::setOwnTargets()
{
    m_ownTargets.clear();
    for (const QString &key : {m_connection.ownKey, m_connection.ownMemberKey}) {
        if (!key.isEmpty())
            m_ownTargets.append(key);
    }
}

void LinkBook::measured(const protocol::events::LinkMeasured &event, qint64 atMs, FoldContext &context)
{
    if (atMs < m_measuredMs)
        return;
    m_measuredMs = atMs;
    m_connection.rttMs = event.rttMs;
    if (event.clockOffsetMs)
        m_connection.clockOffsetMs = event.clockOffsetMs;
    context.changes.connection = true;
}

void LinkBook::rejected(const protocol::events::FramesRejected &event, qint64 atMs, FoldContext &context)
{
    if (atMs < m_rejectedMs)
        return;
    m_rejectedMs = atMs;
    m_connection.framesRejected = event.total;
    m_connection.lastRejectedCode = event.lastCode;
    context.changes.connection = true;
}

void LinkBook::sendQueue(const protocol::events::SendQueueChanged &event, qint64 atMs, FoldContext &context)
{
    if (atMs < m_queueMs)
        return;
    m_queueMs = atMs;
    m_connection.sendQueueWaiting = event.waiting;
    m_connection.sendQueueNextAtMs = event.nextAtMs;
    context.changes.connection = true;
}

QJsonObject LinkBook::save() const
{
    // The link itself is not kept: a program that starts is not connected.
    return {{u"slug"_s, m_connection.meshSlug},
            {u"name"_s, m_connection.meshName},
            {u"ownKey"_s, m_connection.ownKey},
            {u"member"_s, m_connection.ownMemberKey},
            {u"memberId"_s, m_connection.ownMemberId},
            {u"display"_s, m_connection.displayName},
            {u"url"_s, m_connection.brokerUrl},
            {u"personal"_s, m_connection.personal},
            {u"lastOnline"_s, m_connection.online() ? m_changedMs : m_connection.lastOnlineMs},
            {u"at"_s, m_establishedMs}};
}

void LinkBook::load(const QJsonObject &object)
{
    *this = LinkBook();
    m_connection.meshSlug = object[u"slug"].toString();
    m_connection.meshName = object[u"name"].toString();
    m_connection.ownKey = object[u"ownKey"].toString();
    m_connection.ownMemberKey = object[u"member"].toString();
    m_connection.ownMemberId = object[u"memberId"].toString();
    m_connection.displayName = object[u"display"].toString();
    m_connection.brokerUrl = object[u"url"].toString();
    m_connection.personal = object[u"personal"].toBool();
    m_connection.lastOnlineMs = object[u"lastOnline"].toInteger();
    m_establishedMs = object[u"at"].toInteger(-1);
    setOwnTargets();
}

} // namespace mesh::store
