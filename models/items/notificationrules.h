// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QCoreApplication>
#include <QtCore/QString>

#include <optional>

#include "models/store/records.h"

namespace mesh::items {

//! What the user wants to be told of, and how.
struct NotificationPolicy
{
    bool enabled = true;
    bool showContent = true; //!< false: neither names nor words leave the window
    bool sound = true;
    bool quietHours = false;
    int quietFromMinute = 22 * 60; //!< of the local day
    int quietToMinute = 7 * 60;    //!< may be before quietFromMinute: over midnight

    [[nodiscard]] bool isQuietAt(qint64 nowMs) const;
};

//! One notification, ready to be shown; texts are plain and safe for display.
struct Notification
{
    enum class Reason { Direct, Mention, WaitsForHuman, Now, Group };
    Reason reason = Reason::Direct;
    QString title;
    QString body;
    bool urgent = false; //!< stays until it is seen, and comes through quiet hours
    bool sound = false;
};

//! Decides whether a message is worth a notification. Plain rules over values: no window, no clock of its own.
class NotificationRules final
{
    Q_DECLARE_TR_FUNCTIONS(NotificationRules)

public:
    //! What surrounds the message.
    struct Scene
    {
        QString conversationTitle; //!< as shown; for a direct conversation the peer's name
        QString senderName;
        bool reading = false;   //!< the conversation is on the screen and the window has the keyboard
        bool needsUser = false; //!< the peer waits for an answer of the user
        qint64 nowMs = 0;
    };

    //! Messages older than this are history that was caught up on, unless they are direct. Milliseconds.
    static constexpr qint64 kFreshMs = 120'000;

    [[nodiscard]] static std::optional<Notification> judge(const NotificationPolicy &policy,
                                                           const store::Conversation &conversation,
                                                           const store::Message &message, const Scene &scene);
};

} // namespace mesh::items
