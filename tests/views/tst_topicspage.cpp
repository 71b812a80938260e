// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QListWidget>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QRadioButton>
#include <QtWidgets/QToolButton>
#include <QtWidgets/QTreeWidget>

#include "models/items/focusstate.h"
#include "models/items/messagelistmodel.h"
#include "tests/items/storefixture.h"
#include "tests/support/testprogram.h"
#include "views/chatview.h"
#include "views/messagelistview.h"
#include "views/theme.h"
#include "views/topicspage.h"

namespace tst_topicspage {

using namespace Qt::StringLiterals;
using namespace mesh;
using namespace mesh::test;
using namespace mesh::views;
using protocol::ConversationId;
using protocol::ConversationKind;
namespace commands = protocol::commands;

namespace {

struct PageScene : StoreFixture
{
    PageScene()
    {
        online();
        list({peer(1, u"qa"_s), peer(2, u"Bob"_s)});
        page.setStore(&store);
        topics({{u"t1"_s, u"deploys"_s}, {u"t2"_s, u"alerts"_s}});
        page.show();
    }
    void topics(const QList<std::pair<QString, QString>> &idsAndNames)
    {
        QList<protocol::TopicRow> rows;
        for (const auto &[id, name] : idsAndNames)
            rows.append(topic(id, name));
        listTopics(rows);
    }
    void members(const QString &topic, const QList<int> &who, qint64 readMs = 0)
    {
        QList<protocol::TopicMemberRow> rows;
        for (const int n : who)
            rows.append(topicMember(n, n == kSelf ? u"Maya"_s : n == 1 ? u"qa"_s : u"Bob"_s, readMs));
        listTopicMembers(topic, rows);
    }
    template <class T>
    T *find(const char *name)
    {
        return page.findChild<T *>(QString::fromLatin1(name));
    }
    template <class Frame>
    QList<Frame> asked()
    {
        QList<Frame> frames;
        for (const commands::Request &request : sink.of<commands::Request>()) {
            if (const auto *frame = protocol::getIf<Frame>(&request.frame))
                frames.append(*frame);
        }
        return frames;
    }
    void finish(qint64 id, bool ok, const QString &detail, const QJsonObject &result = {})
    {
        events::CommandFinished finished;
        finished.commandId = id;
        finished.ok = ok;
        finished.detail = detail;
        finished.result = result;
        apply(finished);
    }

    Theme theme;
    TopicsPage page{theme, clock, sink};
};

} // namespace

class TestTopicsPage final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void browsesAndJoins()
    {
        PageScene s;
        auto *list = s.find<QListWidget>("topicList");
        QCOMPARE(list->count(), 2);
        QCOMPARE(list->item(0)->text(), u"#alerts"_s); // by name
        s.page.showTopic(u"t1"_s);
        QCOMPARE(s.find<QLabel>("topicTitle")->text(), u"#deploys"_s);
        QVERIFY(!s.asked<protocol::TopicMembers>().isEmpty()); // it asks by itself
        s.members(u"t1"_s, {1});
        QVERIFY(s.find<QPushButton>("topicJoin")->isVisible());
        QVERIFY(!s.find<QPushButton>("topicLeave")->isVisible());
        s.find<QPushButton>("topicJoin")->click();
        QCOMPARE(s.asked<protocol::TopicJoin>().size(), 1);
        QCOMPARE(s.asked<protocol::TopicJoin>().first().topic, u"t1"_s);
        QVERIFY(!s.find<QPushButton>("topicJoin")->isEnabled()); // under way
        s.finish(s.sink.commands.size(), false, u"the broker said no"_s);
        QVERIFY(s.find<QLabel>("topicMessage")->text().contains(u"the broker said no"_s));
        QVERIFY(s.find<QPushButton>("topicJoin")->isEnabled());
        s.members(u"t1"_s, {1, PageScene::kSelf});
        QVERIFY(!s.find<QPushButton>("topicJoin")->isVisible());
        QCOMPARE(list->item(0)->text(), u"#deploys"_s); // joined ones lead
        QCOMPARE(list->currentRow(), 0);                // and it is still the chosen one
        auto *members = s.find<QListWidget>("topicMembers");
        QCOMPARE(members->count(), 2);
        QVERIFY(members->item(0)->data(Qt::AccessibleTextRole).toString().contains(u"you"_s)
                || members->item(1)->data(Qt::AccessibleTextRole).toString().contains(u"you"_s));
        QSignalSpy leave(&s.page, &TopicsPage::leaveRequested);
        s.find<QPushButton>("topicLeave")->click();
        QCOMPARE(leave.first().first().toString(), u"t1"_s);
        QSignalSpy open(&s.page, &TopicsPage::openRequested);
        list->setFocus();
        QTest::keyClick(list, Qt::Key_Return);
        QCOMPARE(open.first().first().toString(), u"t1"_s);
        s.find<QLineEdit>("topicFind")->setText(u"alert"_s);
        QCOMPARE(list->count(), 1);
        s.find<QLineEdit>("topicFind")->setText(u"nothing"_s);
        QVERIFY(s.find<QLabel>("topicNone")->isVisible());
        // A private one is joined by its address.
        const QString address = u"AbCdEfGhIjKlMnOpQrStUvWxYz012399"_s;
        s.find<QLineEdit>("topicFind")->setText(address);
        QVERIFY(s.find<QLabel>("topicNone")->text().contains(u"Enter"_s));
        QTest::keyClick(s.find<QLineEdit>("topicFind"), Qt::Key_Return);
        QCOMPARE(s.asked<protocol::TopicJoin>().last().topic, address);
    }

    void makesOne()
    {
        PageScene s;
        s.find<QPushButton>("topicNew")->click();
        auto *create = s.find<QPushButton>("topicCreate");
        QVERIFY(create->isVisible() && !create->isEnabled());
        auto *name = s.find<QLineEdit>("topicName");
        QTest::keyClicks(name, u"Big Plans"_s);
        QVERIFY(!create->isEnabled());
        name->setText(u"big-plans"_s);
        QVERIFY(create->isEnabled());
        QVERIFY(s.find<QRadioButton>("topicEncrypted")->isChecked()); // the safe one first
        s.find<QRadioButton>("topicClear")->click();
        s.find<QLineEdit>("topicDescription")->setText(u"what comes"_s);
        QTest::keyClick(name, Qt::Key_Return);
        const QList<protocol::TopicCreate> frames = s.asked<protocol::TopicCreate>();
        QCOMPARE(frames.size(), 1);
        QCOMPARE(frames.first().name, u"big-plans"_s);
        QCOMPARE(frames.first().description, std::optional(u"what comes"_s));
        QCOMPARE(frames.first().visibility, std::optional(u"public"_s));
        QCOMPARE(frames.first().encrypted, std::optional(false));
        QVERIFY(!create->isEnabled());
        const qint64 command = s.sink.commands.size();
        s.topics({{u"t1"_s, u"deploys"_s}, {u"t3"_s, u"big-plans"_s}});
        s.finish(command, true, {},
                 {{u"created"_s, true}, {u"topic"_s, QJsonObject{{u"id"_s, u"t3"_s}, {u"name"_s, u"big-plans"_s}}}});
        QCOMPARE(s.find<QLabel>("topicTitle")->text(), u"#big-plans"_s);
        // This broker gives every topic a key: that is said, not hidden.
        s.apply(events::TopicKeyChanged{u"t3"_s, events::TopicKeyState::Held});
        QVERIFY(s.find<QLabel>("topicMessage")->text().contains(u"after all"_s));
        QVERIFY(s.find<QLabel>("topicFacts")->text().contains(u"encrypted for members"_s));
    }

    //! The answer to making one comes before the list that has it: no other is chosen meanwhile.
    void theOneMadeIsChosenWhenItComes()
    {
        PageScene s;
        s.find<QPushButton>("topicNew")->click();
        s.find<QLineEdit>("topicName")->setText(u"plans"_s);
        s.find<QPushButton>("topicCreate")->click();
        s.finish(s.sink.commands.size(), true, {},
                 {{u"created"_s, true}, {u"topic"_s, QJsonObject{{u"id"_s, u"t3"_s}, {u"name"_s, u"plans"_s}}}});
        s.topics({{u"t1"_s, u"deploys"_s}, {u"t2"_s, u"alerts"_s}}); // asked for before
        QCOMPARE(s.find<QListWidget>("topicList")->currentRow(), -1);
        s.topics({{u"t1"_s, u"deploys"_s}, {u"t2"_s, u"alerts"_s}, {u"t3"_s, u"plans"_s}});
        QCOMPARE(s.find<QLabel>("topicTitle")->text(), u"#plans"_s);
        // Who chooses another meanwhile has that one.
        s.page.showTopic(u"t4"_s);
        s.find<QListWidget>("topicList")->setCurrentRow(0);
        const QString chosen = s.find<QLabel>("topicTitle")->text();
        s.topics({{u"t1"_s, u"deploys"_s}, {u"t2"_s, u"alerts"_s}, {u"t4"_s, u"late"_s}});
        QCOMPARE(s.find<QLabel>("topicTitle")->text(), chosen);
    }

    void chatOfATopicOneIsNotIn()
    {
        PageScene s;
        items::FocusState focus;
        ChatView chat{s.theme, s.clock, &focus, &s.sink};
        focus.setMesh(kMesh);
        chat.setStore(&s.store);
        chat.resize(420, 640);
        chat.show();
        s.members(u"t1"_s, {1});
        focus.setConversation(ConversationId{ConversationKind::Topic, u"t1"_s});
        auto *bar = chat.findChild<QWidget *>(u"joinBar"_s);
        QVERIFY(bar->isVisible());
        QVERIFY(!chat.findChild<QWidget *>(u"composer"_s)->isVisible());
        QVERIFY(chat.findChild<QToolButton *>(u"chatMembers"_s)->accessibleName().endsWith(u": 1"_s));
        chat.findChild<QPushButton *>(u"joinButton"_s)->click();
        QCOMPARE(s.asked<protocol::TopicJoin>().size(), 1);
        s.finish(s.sink.commands.size(), false, u"gone"_s);
        QVERIFY(chat.findChild<QLabel *>(u"joinText"_s)->text().contains(u"gone"_s));
        s.members(u"t1"_s, {1, PageScene::kSelf});
        QVERIFY(!bar->isVisible());
        QVERIFY(chat.findChild<QWidget *>(u"composer"_s)->isVisible());
        QSignalSpy about(&chat, &ChatView::topicRequested);
        chat.findChild<QToolButton *>(u"chatMembers"_s)->click();
        QCOMPARE(about.first().first().toString(), u"t1"_s);
    }

    void whoHasReadIt()
    {
        PageScene s;
        items::FocusState focus;
        ChatView chat{s.theme, s.clock, &focus, &s.sink};
        focus.setMesh(kMesh);
        chat.setStore(&s.store);
        chat.resize(420, 640);
        chat.show();
        const ConversationId topic{ConversationKind::Topic, u"t1"_s};
        s.members(u"t1"_s, {1, 2, PageScene::kSelf});
        focus.setConversation(topic);
        const QString id = s.compose(topic, u"read this"_s);
        s.outgoing(id, events::OutgoingState::Accepted);
        s.members(u"t1"_s, {1, 2, PageScene::kSelf}, s.clock.now + 1'000);
        QTRY_VERIFY(chat.list()->layoutOf(0));
        QTRY_VERIFY(chat.list()->layoutOf(0)->footText().contains(u"read by 2 of 2"_s));
        Q_EMIT chat.list()->deliveryRequested(0);
        auto *receipts = chat.findChild<QTreeWidget *>(u"deliveryList"_s);
        QVERIFY(receipts);
        QCOMPARE(receipts->topLevelItemCount(), 2); // not the writer
        QCOMPARE(receipts->columnCount(), 2);       // nothing tells what was delivered
        QVERIFY(receipts->topLevelItem(0)->text(1) != u"not yet"_s);
    }

    void theBeginningIsTold()
    {
        PageScene s;
        items::FocusState focus;
        ChatView chat{s.theme, s.clock, &focus, &s.sink};
        focus.setMesh(kMesh);
        chat.setStore(&s.store);
        chat.resize(420, 640);
        chat.show();
        const ConversationId topic{ConversationKind::Topic, u"t1"_s};
        s.members(u"t1"_s, {1, PageScene::kSelf});
        auto m = StoreFixture::message(1, u"first"_s, s.clock.now, u"h1"_s);
        m.conversation = topic;
        s.apply(m);
        focus.setConversation(topic);
        QTRY_VERIFY(chat.list()->layoutOf(0));
        const int plain = chat.list()->layoutOf(0)->height();
        chat.model()->prependOlder(topic, {}, true, true);
        QTRY_VERIFY(chat.list()->layoutOf(0) && chat.list()->layoutOf(0)->height() > plain);
        QCOMPARE(chat.list()->layoutOf(0)->row().beginning, u"#deploys"_s);
    }
};

MESH_TEST(TestTopicsPage)

} // namespace tst_topicspage

#include "tst_topicspage.moc"
