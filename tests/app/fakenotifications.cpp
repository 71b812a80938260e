// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/app/fakenotifications.h"

#include <QtDBus/QDBusArgument>
#include <QtDBus/QDBusMessage>

using namespace Qt::StringLiterals;

namespace mesh::tests {

namespace {

const QString kName = u"org.freedesktop.Notifications"_s;
const QString kPath = u"/org/freedesktop/Notifications"_s;

} // namespace

FakeNotifications::FakeNotifications(QDBusConnection bus)
    : m_bus(std::move(bus))
{
}

FakeNotifications::~FakeNotifications()
{
    stop();
}

bool FakeNotifications::start()
{
    return m_bus.registerVirtualObject(kPath, this) && m_bus.registerService(kName);
}

void FakeNotifications::stop()
{
    m_bus.unregisterService(kName);
    m_bus.unregisterObject(kPath);
}

void FakeNotifications::emitSignal(const QString &name, const QVariantList &arguments)
{
    QDBusMessage signal = QDBusMessage::createSignal(kPath, kName, name);
    signal.setArguments(arguments);
    m_bus.send(signal);
}

void FakeNotifications::press(uint id, const QString &action)
{
    emitSignal(u"ActionInvoked"_s, {id, action});
    dismiss(id);
}

void FakeNotifications::dismiss(uint id)
{
    shown.removeIf([id](const Shown &one) { return one.id == id; });
    emitSignal(u"NotificationClosed"_s, {id, uint(2)});
}

QString FakeNotifications::introspect(const QString &) const
{
    return {};
}

bool FakeNotifications::handleMessage(const QDBusMessage &message, const QDBusConnection &connection)
{
    if (message.interface() != kName)
        return false;
    const QVariantList in = message.arguments();
    if (message.member() == "GetCapabilities"_L1)
        return connection.send(message.createReply(QVariant(capabilities)));
    if (message.member() == "CloseNotification"_L1) {
        shown.removeIf([&](const Shown &one) { return one.id == in.value(0).toUInt(); });
        return connection.send(message.createReply());
    }
    if (message.member() != "Notify"_L1 || in.size() != 8)
        return false;
    Shown one;
    const uint replaces = in.at(1).toUInt();
    one.id = replaces > 0 ? replaces : ++m_last;
    one.title = in.at(3).toString();
    one.body = in.at(4).toString();
    one.actions = in.at(5).toStringList();
    one.hints = qdbus_cast<QVariantMap>(in.at(6).value<QDBusArgument>());
    shown.removeIf([&](const Shown &other) { return other.id == one.id; });
    shown.append(one);
    calls.append(one);
    return connection.send(message.createReply(one.id));
}

} // namespace mesh::tests
