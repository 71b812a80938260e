// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

#include <memory>

#include "app/notifier.h"
#include "app/settings.h"
#include "tests/app/fakenotifications.h"
#include "tests/items/storefixture.h"
#include "views/notificationdialog.h"
#include "tests/support/testprogram.h"

#include <QtCore/QTemporaryDir>
#include <QtWidgets/QCheckBox>
#include <QtWidgets/QTimeEdit>

namespace tst_notifier {

using namespace Qt::StringLiterals;
using namespace mesh;
using namespace mesh::app;
using namespace mesh::test;
using protocol::ConversationId;
using protocol::ConversationKind;
using protocol::events::Attention;
using tests::FakeNotifications;
namespace commands = protocol::commands;

namespace {

//! The notifier beside a service, both on the session bus with connections of their own.
struct Desk : StoreFixture
{
    Desk()
    {
        online();
        list({peer(1, u"qa"_s), peer(2, u"api"_s)});
        notifier.watch(&store);
    }
    bool up()
    {
        return fake.start() && QTest::qWaitFor([this] { return service.isAvailable(); });
    }

    bool reading = false;
    FakeNotifications fake{QDBusConnection::connectToBus(QDBusConnection::SessionBus, u"fake"_s)};
    NotificationService service{QDBusConnection::connectToBus(QDBusConnection::SessionBus, u"client"_s)};
    Notifier notifier{clock, service, sink, [this](const auto &, const auto &) { return reading; }};
};

} // namespace

class TestNotifier final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void directMessagesAreToldAndReplaced()
    {
        Desk d;
        QVERIFY(d.up());
        QSignalSpy told(&d.service, &NotificationService::shown);
        d.receive(1, u"is <b>it</b> done?"_s);
        QTRY_COMPARE(d.fake.shown.size(), 1);
        QVERIFY(d.fake.shown[0].title.contains(u"qa waits for you"_s));
        QCOMPARE(d.fake.shown[0].body, u"is &lt;b&gt;it&lt;/b&gt; done?"_s); // markup of others is made harmless
        QCOMPARE(d.fake.shown[0].hints.value(u"urgency"_s).toInt(), 1);
        QVERIFY(d.fake.shown[0].actions.contains(u"read"_s));
        const uint id = d.fake.shown[0].id;
        QTRY_COMPARE(told.count(), 1); // its id is known from here on
        d.receive(1, u"and that"_s, d.clock.now + 5);
        QTRY_COMPARE(d.fake.calls.size(), 2);
        QCOMPARE(d.fake.shown.size(), 1); // replaced, not piled up
        QCOMPARE(d.fake.shown[0].id, id);
        QVERIFY(d.fake.shown[0].title.contains(u"(2)"_s));
        d.receive(2, u"another peer"_s, d.clock.now + 6);
        QTRY_COMPARE(d.fake.shown.size(), 2);
        QCOMPARE(d.notifier.unread(), 3);
    }

    void readingClosesThem()
    {
        Desk d;
        QVERIFY(d.up());
        QSignalSpy counted(&d.notifier, &Notifier::unreadChanged);
        d.receive(1, u"hello"_s);
        QTRY_COMPARE(d.fake.shown.size(), 1);
        QCOMPARE(counted.last().at(0).toInt(), 1);
        QTRY_VERIFY(d.fake.calls.size() == 1);
        d.apply(events::ConversationRead{direct(1), d.clock.now});
        QTRY_VERIFY(d.fake.shown.isEmpty());
        QCOMPARE(counted.last().at(0).toInt(), 0);
        d.reading = true;
        d.receive(1, u"seen at once"_s, d.clock.now + 5);
        d.reading = false;
        d.receive(2, u"not seen"_s, d.clock.now + 6);
        QTRY_COMPARE(d.fake.shown.size(), 1);
        QCOMPARE(d.fake.shown[0].title, u"api"_s);
    }

    void actionsOpenAndMark()
    {
        Desk d;
        QVERIFY(d.up());
        QSignalSpy opened(&d.notifier, &Notifier::openRequested);
        QSignalSpy shown(&d.service, &NotificationService::shown);
        d.receive(1, u"hello"_s);
        QTRY_COMPARE(d.fake.shown.size(), 1);
        QTRY_COMPARE(shown.count(), 1); // the answer with the id has come back
        d.fake.press(d.fake.shown[0].id, u"default"_s);
        QTRY_COMPARE(opened.count(), 1);
        QCOMPARE(opened[0].at(0).toString(), kMesh);
        QCOMPARE(opened[0].at(1).value<ConversationId>(), direct(1));
        d.receive(2, u"hello"_s, d.clock.now + 5);
        QTRY_COMPARE(d.fake.shown.size(), 1);
        QTRY_COMPARE(shown.count(), 2);
        d.fake.press(d.fake.shown[0].id, u"read"_s);
        QTRY_COMPARE(d.sink.of<commands::MarkRead>().size(), 1);
        QCOMPARE(d.sink.of<commands::MarkRead>()[0].conversation, direct(2));
        QCOMPARE(opened.count(), 1);
    }

    void nothingOfTheContentWhenToldSo()
    {
        Desk d;
        QVERIFY(d.up());
        items::NotificationPolicy policy;
        policy.showContent = false;
        policy.sound = false;
        d.notifier.setPolicy(policy);
        d.receive(1, u"the password is"_s);
        QTRY_COMPARE(d.fake.shown.size(), 1);
        const QString all = d.fake.shown[0].title + d.fake.shown[0].body;
        QVERIFY(!all.contains(u"password"_s) && !all.contains(u"qa"_s));
        QVERIFY(d.fake.shown[0].hints.value(u"suppress-sound"_s).toBool());
    }

    void mutedAndOldOnesAreSilent()
    {
        Desk d;
        QVERIFY(d.up());
        d.apply(events::ConversationArranged{direct(1), false, false, Attention::Nothing});
        d.receive(1, u"muted"_s);
        auto old = d.message(2, u"old news"_s, d.clock.now - 1'000'000, u"t1"_s);
        old.conversation = {ConversationKind::Group, u"ops"_s};
        old.priority = protocol::Priority::Now;
        d.apply(old);
        auto urgent = d.message(2, u"now!"_s, d.clock.now, u"t2"_s);
        urgent.conversation = {ConversationKind::Group, u"ops"_s};
        urgent.priority = protocol::Priority::Now;
        d.apply(urgent);
        QTRY_COMPARE(d.fake.calls.size(), 1);
        QCOMPARE(d.fake.calls[0].hints.value(u"urgency"_s).toInt(), 2);
        QVERIFY(d.fake.calls[0].title.contains(u"@ops"_s));
    }

    void whatWasKeptIsNotNews()
    {
        StoreFixture f;
        f.online();
        f.list({f.peer(1, u"qa"_s)});
        f.receive(1, u"from yesterday"_s);
        FakeNotifications fake(QDBusConnection::connectToBus(QDBusConnection::SessionBus, u"fake"_s));
        QVERIFY(fake.start());
        NotificationService service(QDBusConnection::connectToBus(QDBusConnection::SessionBus, u"client"_s));
        QTRY_VERIFY(service.isAvailable());
        Notifier notifier(f.clock, service, f.sink, {});
        notifier.watch(&f.store);
        QCOMPARE(notifier.unread(), 1);
        f.receive(1, u"from now"_s, f.clock.now + 1);
        QTRY_COMPARE(fake.calls.size(), 1);
        QVERIFY(fake.calls[0].body.contains(u"from now"_s));
    }

    void theServiceMayComeAndGo()
    {
        Desk d;
        QVERIFY(!d.service.isAvailable());
        d.receive(1, u"nobody to tell"_s);
        QVERIFY(d.up());
        d.fake.stop();
        QTRY_VERIFY(!d.service.isAvailable());
        d.receive(1, u"again nobody"_s, d.clock.now + 1);
        QVERIFY(d.up());
        d.receive(1, u"now somebody"_s, d.clock.now + 2);
        QTRY_COMPARE(d.fake.calls.size(), 1);
    }

    void plainServicesGetPlainText()
    {
        Desk d;
        d.fake.capabilities = {u"body"_s};
        QVERIFY(d.up());
        d.receive(1, u"a < b & c"_s);
        QTRY_COMPARE(d.fake.shown.size(), 1);
        QCOMPARE(d.fake.shown[0].body, u"a < b & c"_s);
        QVERIFY(d.fake.shown[0].actions.isEmpty());
    }

    void theDialogKeepsItsWord()
    {
        QTemporaryDir folder;
        Settings settings(folder.filePath(u"settings.ini"_s));
        views::NotificationDialog dialog(settings.notifications(), true);
        dialog.setAttribute(Qt::WA_DeleteOnClose, false);
        connect(&dialog, &views::NotificationDialog::policyChanged, &settings, &Settings::setNotifications);
        dialog.findChild<QCheckBox *>(u"notifyContent"_s)->setChecked(false);
        dialog.findChild<QCheckBox *>(u"notifyQuiet"_s)->setChecked(true);
        dialog.findChild<QTimeEdit *>(u"quietFrom"_s)->setTime(QTime(21, 30));
        QVERIFY(!settings.notifications().showContent);
        QVERIFY(settings.notifications().quietHours);
        QCOMPARE(settings.notifications().quietFromMinute, 21 * 60 + 30);
        QVERIFY(settings.notifications().enabled);
    }
};

MESH_TEST(TestNotifier)

} // namespace tst_notifier

#include "tst_notifier.moc"
