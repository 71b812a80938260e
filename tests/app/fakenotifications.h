// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QObject>
#include <QtCore/QStringList>
#include <QtCore/QVariantMap>
#include <QtDBus/QDBusConnection>
#include <QtDBus/QDBusVirtualObject>

namespace mesh::tests {

//! A desktop's notification service in small, on a real bus: keeps what is shown, and plays the user.
class FakeNotifications final : public QDBusVirtualObject
{
public:
    struct Shown
    {
        uint id = 0;
        QString title;
        QString body;
        QStringList actions;
        QVariantMap hints;
    };

    explicit FakeNotifications(QDBusConnection bus);
    ~FakeNotifications() override;

    //! Takes the well-known name. \return whether the bus gave it
    bool start();
    void stop();
    void press(uint id, const QString &action);
    void dismiss(uint id);

    QList<Shown> shown; //!< standing now
    QList<Shown> calls; //!< every Notify()
    QStringList capabilities{QStringLiteral("actions"), QStringLiteral("body"), QStringLiteral("body-markup")};

    QString introspect(const QString &path) const override;
    bool handleMessage(const QDBusMessage &message, const QDBusConnection &connection) override;

private:
    void emitSignal(const QString &name, const QVariantList &arguments);

    QDBusConnection m_bus;
    uint m_last = 0;
};

} // namespace mesh::tests
