// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtCore/QTemporaryDir>
#include <QtGui/QAccessible>
#include <QtGui/QClipboard>
#include <QtGui/QGuiApplication>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>
#include <QtWidgets/QToolButton>
#include <QtWidgets/QTreeWidget>

#include "models/items/messagelistmodel.h"
#include "models/store/journal.h"
#include "tests/support/testprogram.h"
#include "tests/views/chatscene.h"
#include "views/composerbar.h"

namespace tst_chatreading {

using namespace Qt::StringLiterals;
using namespace mesh;
using namespace mesh::test;
using namespace mesh::views;
using events::OutgoingState;
using protocol::ConversationId;
using protocol::ConversationKind;
namespace commands = protocol::commands;

class TestChatReading final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void repliesAreQuotedAndLeadBack()
    {
        OpenChat s;
        s.receive(1, u"which port?"_s, s.clock.now); // m1
        for (int i = 0; i < 40; ++i)
            s.receive(1, u"other things that fill the view"_s, s.clock.now + 1 + i);
        s.chat.replyTo(0);
        auto *bar = s.find<ComposerBar>(u"replyBar"_s);
        QVERIFY(bar->isVisible());
        QCOMPARE(bar->accessibleDescription(), u"which port?"_s);
        s.type(u"8080"_s);
        s.press(Qt::Key_Return);
        QCOMPARE(s.sink.of<commands::SendMessage>().last().replyToId, u"m1"_s);
        QVERIFY(!bar->isVisible());

        auto answer = s.message(1, u"thanks"_s, s.clock.now + 100, u"m99"_s);
        answer.replyToId = u"m1"_s;
        s.apply(answer);
        const int last = s.chat.model()->rowCount() - 1;
        s.messages()->scrollToBottom();
        QTRY_VERIFY(s.messages()->layoutOf(last));
        const QPoint quote = s.pointOf(last, MessageHit::Part::Reply);
        QVERIFY(quote.x() >= 0);
        QTest::mouseClick(s.messages()->viewport(), Qt::LeftButton, {}, quote);
        QTRY_VERIFY(!s.messages()->rowRect(0).isNull());
        QCOMPARE(s.messages()->currentRow(), 0);

        s.press(Qt::Key_Up, Qt::ControlModifier); // the newest, then the one before
        QVERIFY(bar->isVisible());
        QCOMPARE(bar->accessibleDescription(), u"thanks"_s);
        s.press(Qt::Key_Up, Qt::ControlModifier);
        QCOMPARE(bar->accessibleDescription(), u"other things that fill the view"_s);
        s.press(Qt::Key_Escape);
        QVERIFY(!bar->isVisible());
    }

    //! Copying everything that is loaded does not hold up the window: it goes on beside it, shows how far it is, and
    //! can be ended with what the clipboard held untouched.
    void longCopiesGoOnBeside()
    {
        OpenChat s;
        s.receive(1, u"newest"_s);
        QList<store::Message> page(6'000);
        for (int i = 0; i < page.size(); ++i) {
            page[i].messageId = u"c%1"_s.arg(i);
            page[i].senderKey = keyOf(1);
            page[i].text = u"**bold** %1 and `code`\n\n- one\n- two"_s.arg(i);
            page[i].sentAtMs = s.clock.now - 10'000'000 + i;
        }
        s.chat.model()->prependOlder(direct(1), page, true);
        QTRY_VERIFY(!s.messages()->rowRect(s.chat.model()->rowCount() - 1).isNull());
        QClipboard *clipboard = QGuiApplication::clipboard();
        clipboard->setText(u"before"_s);
        auto *progress = s.messages()->findChild<QToolButton *>(u"copyProgress"_s);
        s.messages()->selectRows(0, s.chat.model()->rowCount() - 1);
        s.messages()->copy();
        QVERIFY(s.messages()->isCopying());
        QVERIFY(progress->isVisible() && progress->text().contains(u"6"_s));
        QTest::keyClick(s.messages(), Qt::Key_Escape);
        QVERIFY(!s.messages()->isCopying() && !progress->isVisible());
        QCOMPARE(clipboard->text(), u"before"_s);
        s.messages()->copy();
        QTRY_VERIFY_WITH_TIMEOUT(!s.messages()->isCopying(), 30'000);
        const QString text = clipboard->text();
        QVERIFY(text.contains(u"bold 0 and code"_s) && text.contains(u"bold 5999 and code"_s));
        QVERIFY(text.endsWith(u"newest"_s));
        QVERIFY(text.indexOf(u"bold 100 "_s) < text.indexOf(u"bold 101 "_s));
        s.messages()->copy(true);
        QTRY_VERIFY_WITH_TIMEOUT(clipboard->text().contains(u"**bold** 5999"_s), 30'000);
        s.messages()->copy(); // and whoever closes the window meanwhile is not kept waiting for all of it
    }

    //! A message that is not loaded is asked for with what surrounds it; an answer that comes too late is left.
    void originsAreLookedForInTheHistory()
    {
        OpenChat s;
        s.receive(1, u"newest"_s);
        QSignalSpy wanted(&s.chat, &ChatView::aroundWanted);
        s.chat.goToMessage(u"old3"_s);
        QCOMPARE(wanted.size(), 1);
        QCOMPARE(wanted[0][1].value<store::HistoryTarget>().messageId, u"old3"_s);
        store::HistoryPage page;
        page.mesh = kMesh;
        page.conversation = direct(1);
        page.piece = store::HistoryPage::Piece::Around;
        page.target = {u"old3"_s, 0};
        page.found = true;
        for (int i = 0; i < 40; ++i) {
            store::Message message;
            message.messageId = u"old%1"_s.arg(i);
            message.conversation = direct(1);
            message.senderKey = keyOf(1);
            message.text = u"old words"_s;
            message.sentAtMs = s.clock.now - 1'000'000 + i;
            page.messages.append(message);
        }
        s.chat.goToMessage(u"old4"_s); // changed their mind
        s.chat.takeHistory(page);
        QCOMPARE(s.chat.model()->rowCount(), 1);
        page.target.messageId = u"old4"_s;
        s.chat.takeHistory(page);
        QCOMPARE(s.chat.model()->row(s.messages()->currentRow()).messageId, u"old4"_s);
        QCOMPARE(s.chat.model()->gapRow(), 40);
        // What is nowhere is said to be nowhere, and what is shown stays.
        s.chat.goToMessage(u"never"_s);
        store::HistoryPage nothing;
        nothing.mesh = kMesh;
        nothing.conversation = direct(1);
        nothing.piece = store::HistoryPage::Piece::Around;
        nothing.target = {u"never"_s, 0};
        s.chat.takeHistory(nothing);
        QVERIFY(s.note()->text().contains(u"not in the history"_s));
        QCOMPARE(s.chat.model()->rowCount(), 41);
    }

    //! Far back in a long history: what surrounds the message is read, not what lies between, and the reading position
    //! holds while the rest comes as somebody scrolls.
    void farBackOnlyAFewPagesAreRead()
    {
        constexpr int kMessages = 20'000;
        QTemporaryDir folder;
        store::JournalOptions options;
        options.path = folder.filePath(u"journal.db"_s);
        store::Journal journal(protocol::SecretBytes::fromBytes(QByteArray(32, 'k')), options);
        journal.open();
        OpenChat s;
        protocol::EventList events;
        for (int i = 0; i < kMessages; ++i) {
            const qint64 sentAtMs = s.clock.now - 1'000LL * (kMessages - i);
            events.append({kMesh, sentAtMs, s.message(1, u"message %1"_s.arg(i), sentAtMs, u"h%1"_s.arg(i))});
        }
        journal.append(events);
        s.store.apply(events);
        QVERIFY(journal.flush(60'000));
        const int window = s.store.limits().messagesPerConversation;
        QVERIFY(window < kMessages / 4);

        int pages = 0;
        qint64 rows = 0;
        QObject::connect(&journal, &store::Journal::historyReady, &s.chat, [&](const store::HistoryPage &page) {
            ++pages;
            rows += page.messages.size();
            s.chat.takeHistory(page);
        });
        QObject::connect(&s.chat, &ChatView::olderWanted, &journal, [&](const ConversationId &id, qint64 beforeMs) {
            journal.loadConversation(kMesh, id, {beforeMs, 0}, 100);
        });
        QObject::connect(
            &s.chat, &ChatView::newerWanted, &journal,
            [&](const ConversationId &id, const store::HistoryCursor &at) { journal.loadNewer(kMesh, id, at, 100); });
        QObject::connect(&s.chat, &ChatView::aroundWanted, &journal,
                         [&](const ConversationId &id, const store::HistoryTarget &target) {
                             journal.loadAround(kMesh, id, target, 50);
                         });
        s.focus.setConversation(direct(2));
        s.focus.setConversation(direct(1));
        s.chat.goToMessage(u"h1000"_s);
        const auto textAt = [&](int row) { return s.chat.model()->row(row).text; };
        QTRY_COMPARE(textAt(s.messages()->currentRow()), u"message 1000"_s);
        QTRY_VERIFY(!s.messages()->rowRect(s.messages()->currentRow()).isNull());
        QVERIFY2(pages <= 3, qPrintable(QString::number(pages)));
        QVERIFY(rows <= 400);
        QVERIFY(s.chat.model()->gapRow() > 0);
        QVERIFY(!s.chat.model()->row(s.chat.model()->gapRow()).notice.isEmpty());

        const auto topOf = [&](int row) { return s.messages()->rowRect(row).top(); };
        // Down: page by page, in order, nothing twice; the row being read stays where it is.
        for (int down = 0; down < 3; ++down) {
            const int gap = s.chat.model()->gapRow();
            s.messages()->scrollToRow(gap - 8);
            QTRY_VERIFY(s.chat.model()->gapRow() > gap);
            QCOMPARE(textAt(gap), u"message %1"_s.arg(textAt(gap - 1).mid(8).toInt() + 1));
            const int row = gap - 8;
            QTRY_VERIFY(!s.messages()->rowRect(row).isNull());
            const int top = topOf(row);
            s.messages()->grab();
            QCOMPARE(topOf(row), top);
        }
        QVERIFY2(pages <= 8, qPrintable(QString::number(pages)));
        // To the end and up again: what was jumped to is given up, and older pages join without a gap.
        s.messages()->scrollToBottom();
        QTRY_VERIFY(s.messages()->isAtBottom());
        QTRY_COMPARE(textAt(s.chat.model()->rowCount() - 1), u"message %1"_s.arg(kMessages - 1));
        s.messages()->scrollToRow(s.chat.model()->gapRow() + 6);
        QTRY_COMPARE(s.chat.model()->gapRow(), -1);
        QCOMPARE(s.chat.model()->rowCount(), window);
        s.messages()->scrollToRow(0);
        QTRY_VERIFY(s.chat.model()->rowCount() > window + 90); // a page, less what was here already
        for (int row = 1; row < s.chat.model()->rowCount(); ++row)
            QCOMPARE(textAt(row).mid(8).toInt(), textAt(row - 1).mid(8).toInt() + 1);
        QVERIFY2(pages <= 14, qPrintable(QString::number(pages)));
        // A day in the distance is gone to in the same way.
        s.chat.goToDate(QDateTime::fromMSecsSinceEpoch(s.clock.now - 1'000LL * kMessages).date().addDays(-3));
        QTRY_COMPARE(s.messages()->currentRow(), 0);
        QTRY_COMPARE(textAt(0), u"message 0"_s);
    }

    void datesCanBeGoneTo()
    {
        OpenChat s;
        const QDate today = QDateTime::fromMSecsSinceEpoch(s.clock.now).date();
        QList<store::Message> page(60);
        for (int i = 0; i < page.size(); ++i) {
            page[i].messageId = u"d%1"_s.arg(i);
            page[i].senderKey = keyOf(1);
            page[i].text = u"words"_s;
            page[i].sentAtMs = today.addDays(i - 60).startOfDay().toMSecsSinceEpoch() + 3'600'000;
        }
        s.receive(1, u"newest"_s);
        s.chat.model()->prependOlder(direct(1), page, true);
        s.chat.goToDate(today.addDays(-30));
        QCOMPARE(s.messages()->currentRow(), 30);
        QTRY_VERIFY(!s.messages()->rowRect(30).isNull());
    }

    void selectionGoesOverMessages()
    {
        OpenChat s;
        s.receive(1, u"first **one**"_s, s.clock.now);
        s.receive(1, u"second"_s, s.clock.now + 1);
        s.receive(1, u"third"_s, s.clock.now + 2);
        QTRY_VERIFY(s.messages()->layoutOf(2));
        const auto edge = [&](int row, bool end) {
            const QRect bubble = s.messages()->layoutOf(row)->bubble().toRect();
            const int top = s.messages()->rowRect(row).top();
            return QPoint(end ? bubble.right() - 4 : bubble.left() + 4, top + bubble.center().y());
        };
        QTest::mousePress(s.messages()->viewport(), Qt::LeftButton, {}, edge(0, false));
        QTest::mouseMove(s.messages()->viewport(), edge(1, true));
        QTest::mouseRelease(s.messages()->viewport(), Qt::LeftButton, {}, edge(1, true));
        const QString text = s.messages()->selectedText();
        QVERIFY2(text.contains(u"first one"_s) && text.contains(u"second"_s) && text.contains(u"sales-rep-1"_s),
                 qPrintable(text));
        QVERIFY(!text.contains(u"third"_s));
        QVERIFY(s.messages()->selectedMarkdown().contains(u"first **one**"_s));
        s.messages()->clearSelection();
        QVERIFY(s.messages()->selectedText().isEmpty());
        s.messages()->selectRows(2, 2);
        QCOMPARE(s.messages()->selectedText(), u"third"_s);
    }

    void codeFoldsAndUnwraps()
    {
        OpenChat s;
        QString code;
        for (int i = 0; i < 60; ++i)
            code += u"call(%1); // %2\n"_s.arg(i).arg(QString(200, u'x'));
        s.receive(1, u"look:\n```js\n"_s + code.left(3'500) + u"\n```"_s);
        QTRY_VERIFY(s.messages()->layoutOf(0));
        // Few but endless lines: wrapped at first.
        const int wrapped = s.messages()->layoutOf(0)->height();
        s.messages()->scrollToRow(0);
        QTRY_VERIFY(s.messages()->layoutOf(0));
        const QRect rect = s.messages()->rowRect(0);
        QPoint wrap(-1, -1);
        for (int y = std::max(0, -rect.top()); y < rect.height() && wrap.x() < 0; y += 2) {
            for (int x = 0; x < rect.width() && wrap.x() < 0; x += 2) {
                if (s.messages()->layoutOf(0)->hitTest(QPointF(x, y)).part == MessageHit::Part::WrapCode)
                    wrap = QPoint(x, rect.top() + y);
            }
        }
        QVERIFY(wrap.x() >= 0);
        QTest::mouseClick(s.messages()->viewport(), Qt::LeftButton, {}, wrap);
        QTRY_VERIFY(s.messages()->layoutOf(0) && s.messages()->layoutOf(0)->height() < wrapped / 3);
        QVERIFY(s.messages()->layoutOf(0)->scrollRange(1) > 0);

        OpenChat t;
        t.receive(1, u"```\n"_s + u"short\n"_s.repeated(40) + u"```"_s);
        QTRY_VERIFY(t.messages()->layoutOf(0));
        const int folded = t.messages()->layoutOf(0)->height();
        QCOMPARE(t.messages()->layoutOf(0)->codeOf(0), u"short\n"_s.repeated(40).chopped(1)); // copied whole
        const QPoint more = t.pointOf(0, MessageHit::Part::ExpandCode);
        QVERIFY(more.x() >= 0);
        QTest::mouseClick(t.messages()->viewport(), Qt::LeftButton, {}, more);
        QTRY_VERIFY(t.messages()->layoutOf(0) && t.messages()->layoutOf(0)->height() > folded * 3 / 2);
    }

    void whoGotIt()
    {
        OpenChat s;
        const ConversationId all{ConversationKind::Broadcast, {}};
        s.focus.setConversation(all);
        const QString id = s.compose(all, u"stand-up"_s);
        for (int n : {1, 2}) {
            events::OutgoingChanged change;
            change.clientMessageId = id;
            change.state = OutgoingState::Delivered;
            change.messageId = u"b1"_s;
            change.recipientKey = keyOf(n);
            s.apply(change);
        }
        QTRY_VERIFY(s.messages()->layoutOf(0));
        QVERIFY2(s.messages()->layoutOf(0)->footText().contains(u"2 peer"_s),
                 qPrintable(s.messages()->layoutOf(0)->footText()));
        Q_EMIT s.messages()->deliveryRequested(0);
        auto *list = s.find<QTreeWidget>(u"deliveryList"_s);
        QVERIFY(list);
        QCOMPARE(list->topLevelItemCount(), 2);
        QCOMPARE(list->topLevelItem(0)->text(0), u"sales-rep-1"_s);
    }

    void screenReadersHearMessages()
    {
        OpenChat s;
        s.receive(1, u"**Three** orders are `in`"_s, s.clock.now);
        const QString id = s.compose(direct(1), u"Good"_s, s.clock.now + 1);
        s.outgoing(id, OutgoingState::Refused, u"not_connected"_s);
        QTRY_VERIFY(s.messages()->layoutOf(1));
        QAccessibleInterface *list = QAccessible::queryAccessibleInterface(s.messages());
        QVERIFY(list);
        QCOMPARE(list->role(), QAccessible::List);
        QCOMPARE(list->text(QAccessible::Name), u"Messages"_s);
        QCOMPARE(list->childCount(), 2);
        QAccessibleInterface *first = list->child(0);
        QVERIFY(first && first->isValid());
        QCOMPARE(first->role(), QAccessible::ListItem);
        QVERIFY2(first->text(QAccessible::Name).startsWith(u"sales-rep-1, "_s),
                 qPrintable(first->text(QAccessible::Name)));
        QVERIFY(first->text(QAccessible::Name).endsWith(u": Three orders are in"_s));
        QVERIFY(list->child(1)->text(QAccessible::Name).contains(u"not sent"_s));
        QVERIFY(list->child(1)->text(QAccessible::Description).contains(u"not connected"_s));
        QCOMPARE(list->indexOfChild(list->child(1)), 1);
        QCOMPARE(list->childAt(first->rect().center().x(), first->rect().center().y()), first);
        QCOMPARE(first->parent(), list);
        QVERIFY(!list->child(2));
        s.chat.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&s.chat));
        s.messages()->setFocus();
        QTest::keyClick(s.messages(), Qt::Key_Home);
        QCOMPARE(list->focusChild(), first);
        QVERIFY(first->state().focused);
        // The editor and its states
        QAccessibleInterface *edit = QAccessible::queryAccessibleInterface(s.edit());
        QVERIFY(edit->text(QAccessible::Name).contains(u"Message"_s));
        QVERIFY(edit->state().editable);
        s.focus.setConversation(direct(2)); // the old items are gone, and say so
        QVERIFY(!first->isValid());
        QCOMPARE(list->childCount(), 0);
    }
};

MESH_TEST(TestChatReading)

} // namespace tst_chatreading

#include "tst_chatreading.moc"
