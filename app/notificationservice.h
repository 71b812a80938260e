// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QObject>
#include <QtCore/QStringList>
#include <QtDBus/QDBusConnection>

namespace mesh::app {

//! The desktop's notification service, org.freedesktop.Notifications on the session bus. Where nobody answers under
//! that name, isAvailable() is false and nothing is sent. Asks never block: a service that hangs costs nothing but its
//! answer.
class NotificationService final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(NotificationService)

public:
    struct Note
    {
        QString title;
        QString body; //!< plain text; markup in it is made harmless
        bool urgent = false;
        bool sound = false;
        QStringList actions; //!< pairs of key and label; "default" is a click on the notification itself
        uint replaces = 0;   //!< id of the one it takes the place of; 0: none
    };

    explicit NotificationService(const QDBusConnection &bus, QObject *parent = nullptr);

    [[nodiscard]] bool isAvailable() const { return m_available; }
    //! \a token comes back in shown() with the id that the service gave.
    void show(const QString &token, const Note &note);
    void close(uint id);

Q_SIGNALS:
    void availableChanged(bool available);
    void shown(const QString &token, uint id);
    void failed(const QString &token);
    void activated(uint id, const QString &action);
    void closed(uint id);

private Q_SLOTS:
    void onActionInvoked(uint id, const QString &action);
    void onNotificationClosed(uint id, uint reason);

private:
    void setAvailable(bool available);
    void askCapabilities();

    QDBusConnection m_bus;
    bool m_available = false;
    bool m_markup = false;  //!< the body is read as markup there
    bool m_actions = false; //!< buttons can be shown
};

} // namespace mesh::app
