// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/notificationrules.h"

#include <QtCore/QDateTime>

#include "models/items/displaytext.h"

namespace mesh::items {

using namespace Qt::StringLiterals;
using protocol::events::Attention;

namespace {

constexpr int kNotificationChars = 240;

} // namespace

bool NotificationPolicy::isQuietAt(qint64 nowMs) const
{
    if (!quietHours || quietFromMinute == quietToMinute)
        return false;
    const QTime time = QDateTime::fromMSecsSinceEpoch(nowMs).time();
    const int minute = time.hour() * 60 + time.minute();
    return quietFromMinute < quietToMinute ? minute >= quietFromMinute && minute < quietToMinute
                                           : minute >= quietFromMinute || minute < quietToMinute;
}

std::optional<Notification> NotificationRules::judge(const NotificationPolicy &policy,
                                                     const store::Conversation &conversation,
                                                     const store::Message &message, const Scene &scene)
{
    if (!policy.enabled || message.own || scene.reading || message.sentAtMs <= conversation.readUpToMs)
        return std::nullopt;
    const bool direct = conversation.id.kind == store::ConversationKind::Direct;
    if (!direct && message.sentAtMs < scene.nowMs - kFreshMs)
        return std::nullopt;

    Notification note;
    if (message.priority == store::Priority::Now)
        note.reason = Notification::Reason::Now;
    else if (message.mention)
        note.reason = Notification::Reason::Mention;
    else if (direct)
        note.reason = scene.needsUser ? Notification::Reason::WaitsForHuman : Notification::Reason::Direct;
    else
        note.reason = Notification::Reason::Group;

    const Attention attention = conversation.arrangement.attention;
    if (attention == Attention::Nothing || (attention == Attention::Mentions && !message.mention))
        return std::nullopt;
    // Groups and topics speak all day: by themselves they tell of mentions and of what is urgent only.
    if (note.reason == Notification::Reason::Group)
        return std::nullopt;
    note.urgent = note.reason == Notification::Reason::Now;
    if (policy.isQuietAt(scene.nowMs) && !note.urgent)
        return std::nullopt;
    note.sound = policy.sound && !policy.isQuietAt(scene.nowMs);

    if (!policy.showContent) {
        note.title = tr("Claudemesh Desktop");
        note.body = note.urgent ? tr("An urgent message") : tr("A new message");
        return note;
    }
    const QString who = scene.senderName;
    switch (note.reason) {
    case Notification::Reason::Now:
        note.title = direct ? tr("%1, now", "sender; the message has priority now").arg(who)
                            : tr("%1 in %2, now", "sender, conversation").arg(who, scene.conversationTitle);
        break;
    case Notification::Reason::Mention:
        note.title =
            direct ? who : tr("%1 mentions you in %2", "sender, conversation").arg(who, scene.conversationTitle);
        break;
    case Notification::Reason::WaitsForHuman:
        note.title = tr("%1 waits for you").arg(who);
        break;
    case Notification::Reason::Direct:
    case Notification::Reason::Group:
        note.title = who;
        break;
    }
    note.body = message.body == protocol::BodyKind::Undecryptable ? tr("Message that could not be opened")
                                                                  : oneLine(message.text, kNotificationChars);
    return note;
}

} // namespace mesh::items
