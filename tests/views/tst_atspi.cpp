// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtDBus/QDBusArgument>
#include <QtDBus/QDBusConnection>
#include <QtDBus/QDBusMessage>
#include <QtDBus/QDBusMetaType>
#include <QtDBus/QDBusObjectPath>
#include <QtDBus/QDBusPendingCall>
#include <QtDBus/QDBusVariant>
#include <QtTest/QTest>

#include <optional>

#include "models/items/focusstate.h"
#include "models/items/messagelistmodel.h"
#include "tests/items/storefixture.h"
#include "views/chatview.h"
#include "views/composer.h"
#include "views/sidebar.h"
#include "views/theme.h"
#include "tests/support/testprogram.h"

namespace tst_atspi {

//! Place of an object on the accessibility bus.
struct AccessibleRef
{
    QString service;
    QDBusObjectPath path;
};

static QDBusArgument &operator<<(QDBusArgument &argument, const AccessibleRef &ref)
{
    argument.beginStructure();
    argument << ref.service << ref.path;
    argument.endStructure();
    return argument;
}

static const QDBusArgument &operator>>(const QDBusArgument &argument, AccessibleRef &ref)
{
    argument.beginStructure();
    argument >> ref.service >> ref.path;
    argument.endStructure();
    return argument;
}

using namespace Qt::StringLiterals;
using namespace mesh;
using namespace mesh::test;

//! What a screen reader gets over AT-SPI: the real accessibility bus in a D-Bus session of its own, asked as a reader
//! asks.
class TestAtSpi final : public QObject
{
    Q_OBJECT

private:
    QDBusConnection m_bus{u"none"_s};

    //! Asks and turns the event loop meanwhile: the answer comes from this very thread.
    std::optional<QVariantList> ask(const AccessibleRef &ref, const QString &interface, const QString &method,
                                    const QVariantList &arguments = {})
    {
        QDBusMessage call = QDBusMessage::createMethodCall(ref.service, ref.path.path(), interface, method);
        call.setArguments(arguments);
        QDBusPendingCall pending = m_bus.asyncCall(call, 5'000);
        if (!QTest::qWaitFor([&] { return pending.isFinished(); }, 6'000) || pending.isError())
            return std::nullopt;
        return pending.reply().arguments();
    }

    QString nameOf(const AccessibleRef &ref)
    {
        const auto reply =
            ask(ref, u"org.freedesktop.DBus.Properties"_s, u"Get"_s, {u"org.a11y.atspi.Accessible"_s, u"Name"_s});
        return reply && !reply->isEmpty() ? reply->first().value<QDBusVariant>().variant().toString() : QString();
    }

    QList<AccessibleRef> childrenOf(const AccessibleRef &ref)
    {
        const auto reply = ask(ref, u"org.a11y.atspi.Accessible"_s, u"GetChildren"_s);
        return reply && !reply->isEmpty() ? qdbus_cast<QList<AccessibleRef>>(reply->first()) : QList<AccessibleRef>();
    }

    std::optional<AccessibleRef> find(const AccessibleRef &from, const QString &name, int depth = 12)
    {
        const QList<AccessibleRef> children = childrenOf(from);
        for (const AccessibleRef &child : children) {
            if (nameOf(child) == name)
                return child;
        }
        for (const AccessibleRef &child : children) {
            if (depth > 0) {
                if (const auto found = find(child, name, depth - 1))
                    return found;
            }
        }
        return std::nullopt;
    }

private Q_SLOTS:
    void listEditorAndStatesCanBeRead()
    {
        qDBusRegisterMetaType<AccessibleRef>();
        qDBusRegisterMetaType<QList<AccessibleRef>>();
        StoreFixture f;
        f.online();
        f.list({f.peer(1, u"sales-rep-1"_s, protocol::PeerStatus::Working)});
        views::Theme theme;
        items::FocusState focus;
        focus.setMesh(kMesh);
        views::ChatView chat(theme, f.clock, &focus, &f.sink);
        chat.setStore(&f.store);
        chat.resize(420, 600);
        chat.show();
        views::SideBar side(theme, f.clock, &focus, &f.sink);
        side.setStore(&f.store);
        side.resize(240, 500);
        side.show();
        focus.setConversation(direct(1));
        f.receive(1, u"**Three** orders are in"_s);
        const QString id = f.compose(direct(1), u"Good"_s, f.clock.now + 1);
        f.outgoing(id, events::OutgoingState::Delivered);
        QVERIFY(QTest::qWaitForWindowExposed(&chat));

        QDBusMessage where =
            QDBusMessage::createMethodCall(u"org.a11y.Bus"_s, u"/org/a11y/bus"_s, u"org.a11y.Bus"_s, u"GetAddress"_s);
        QDBusPendingCall address = QDBusConnection::sessionBus().asyncCall(where, 10'000);
        QTRY_VERIFY_WITH_TIMEOUT(address.isFinished(), 11'000);
        QVERIFY2(!address.isError(), qPrintable(address.error().message()));
        m_bus = QDBusConnection::connectToBus(address.reply().arguments().first().toString(), u"reader"_s);
        QVERIFY(m_bus.isConnected());

        const AccessibleRef desktop{u"org.a11y.atspi.Registry"_s,
                                    QDBusObjectPath(u"/org/a11y/atspi/accessible/root"_s)};
        QList<AccessibleRef> programs;
        QTRY_VERIFY_WITH_TIMEOUT(!(programs = childrenOf(desktop)).isEmpty(), 10'000);

        std::optional<AccessibleRef> list;
        QTRY_VERIFY_WITH_TIMEOUT((list = find(programs.first(), u"Messages"_s)).has_value(), 15'000);
        const QList<AccessibleRef> messages = childrenOf(*list);
        QCOMPARE(messages.size(), 2);
        QVERIFY2(nameOf(messages[0]).startsWith(u"sales-rep-1"_s), qPrintable(nameOf(messages[0])));
        QVERIFY(nameOf(messages[0]).endsWith(u"Three orders are in"_s));
        QVERIFY(nameOf(messages[1]).contains(u"delivered"_s));
        QVERIFY(find(programs.first(), u"Message"_s).has_value()); // the editor
        const auto conversations = find(programs.first(), u"Conversations and peers"_s);
        QVERIFY(conversations);
        QString rows;
        for (const AccessibleRef &row : childrenOf(*conversations))
            rows += nameOf(row) + u'\n';
        QVERIFY2(rows.contains(u"sales-rep-1, working"_s), qPrintable(rows));
    }
};

MESH_TEST(TestAtSpi)

} // namespace tst_atspi

#include "tst_atspi.moc"
