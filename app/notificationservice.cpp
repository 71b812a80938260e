// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/notificationservice.h"

#include <QtDBus/QDBusMessage>
#include <QtDBus/QDBusPendingCallWatcher>
#include <QtDBus/QDBusPendingReply>
#include <QtDBus/QDBusServiceWatcher>

#include "models/protocol/logging.h"

namespace mesh::app {

using namespace Qt::StringLiterals;

namespace {

const QString kService = u"org.freedesktop.Notifications"_s;
const QString kPath = u"/org/freedesktop/Notifications"_s;
constexpr int kAnswerMs = 3'000;

QDBusMessage notificationCall(const QString &method)
{
    return QDBusMessage::createMethodCall(kService, kPath, kService, method);
}

} // namespace

NotificationService::NotificationService(const QDBusConnection &bus, QObject *parent)
    : QObject(parent)
    , m_bus(bus)
{
    if (!m_bus.isConnected())
        return;
    auto *watcher = new QDBusServiceWatcher(kService, m_bus, QDBusServiceWatcher::WatchForOwnerChange, this);
    connect(watcher, &QDBusServiceWatcher::serviceRegistered, this, &NotificationService::askCapabilities);
    connect(watcher, &QDBusServiceWatcher::serviceUnregistered, this, [this] { setAvailable(false); });
    m_bus.connect(kService, kPath, kService, u"ActionInvoked"_s, this, SLOT(onActionInvoked(uint, QString)));
    m_bus.connect(kService, kPath, kService, u"NotificationClosed"_s, this, SLOT(onNotificationClosed(uint, uint)));
    askCapabilities(); // starts the service where the desktop can
}

void NotificationService::askCapabilities()
{
    auto *call = new QDBusPendingCallWatcher(m_bus.asyncCall(notificationCall(u"GetCapabilities"_s), kAnswerMs), this);
    connect(call, &QDBusPendingCallWatcher::finished, this, [this, call] {
        call->deleteLater();
        const QDBusPendingReply<QStringList> reply = *call;
        if (reply.isError()) {
            setAvailable(false);
            return;
        }
        m_markup = reply.value().contains("body-markup"_L1);
        m_actions = reply.value().contains("actions"_L1);
        setAvailable(true);
    });
}

void NotificationService::setAvailable(bool available)
{
    if (m_available == available)
        return;
    m_available = available;
    qCInfo(lcApp) << "notification service" << (available ? "answers" : "is away");
    Q_EMIT availableChanged(available);
}

void NotificationService::show(const QString &token, const Note &note)
{
    QVariantMap hints{{u"urgency"_s, QVariant::fromValue<uchar>(note.urgent ? 2 : 1)},
                      {u"desktop-entry"_s, u"claudemesh-desktop"_s},
                      {u"category"_s, u"im.received"_s}};
    if (note.sound)
        hints.insert(u"sound-name"_s, u"message-new-instant"_s);
    else
        hints.insert(u"suppress-sound"_s, true);
    QDBusMessage call = notificationCall(u"Notify"_s);
    call << u"Claudemesh Desktop"_s << note.replaces << u"claudemesh-desktop"_s << note.title
         << (m_markup ? note.body.toHtmlEscaped() : note.body) << (m_actions ? note.actions : QStringList()) << hints
         << (note.urgent ? 0 : -1);
    auto *pending = new QDBusPendingCallWatcher(m_bus.asyncCall(call, kAnswerMs), this);
    connect(pending, &QDBusPendingCallWatcher::finished, this, [this, pending, token] {
        pending->deleteLater();
        const QDBusPendingReply<uint> reply = *pending;
        if (reply.isError())
            Q_EMIT failed(token);
        else
            Q_EMIT shown(token, reply.value());
    });
}

void NotificationService::close(uint id)
{
    QDBusMessage call = notificationCall(u"CloseNotification"_s);
    call << id;
    m_bus.asyncCall(call, kAnswerMs);
}

void NotificationService::onActionInvoked(uint id, const QString &action)
{
    Q_EMIT activated(id, action);
}

void NotificationService::onNotificationClosed(uint id, uint)
{
    Q_EMIT closed(id);
}

} // namespace mesh::app
