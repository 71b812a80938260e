// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtCore/QMimeData>
#include <QtGui/QAccessible>
#include <QtGui/QClipboard>
#include <QtGui/QGuiApplication>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>
#include <QtWidgets/QLabel>
#include <QtWidgets/QListWidget>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QToolButton>
#include <QtWidgets/QTreeWidget>

#include "models/items/focusstate.h"
#include "models/items/messagelistmodel.h"
#include "tests/items/storefixture.h"
#include "views/askboard.h"
#include "views/chatview.h"
#include "views/completionpopup.h"
#include "views/composer.h"
#include "views/composerbar.h"
#include "views/composeredit.h"
#include "views/messagelistview.h"
#include "views/theme.h"
#include "tests/support/testprogram.h"

namespace tst_chatwriting {

using namespace Qt::StringLiterals;
using namespace mesh;
using namespace mesh::test;
using namespace mesh::views;
using events::OutgoingState;
using protocol::ConversationId;
using protocol::ConversationKind;
using protocol::Priority;
namespace commands = protocol::commands;

namespace {

struct Scene : StoreFixture
{
    Scene()
    {
        online();
        list({peer(1, u"sales-rep-1"_s), peer(2, u"qa"_s), peer(3, u"api"_s)});
        focus.setMesh(kMesh);
        chat.setStore(&store);
        chat.resize(420, 640);
        chat.show();
        focus.setConversation(direct(1));
    }
    template <class T>
    T *find(const QString &name)
    {
        return chat.findChild<T *>(name);
    }
    ComposerEdit *edit() { return find<ComposerEdit>(u"composerEdit"_s); }
    CompletionPopup *popup() { return chat.findChild<CompletionPopup *>(u"completionPopup"_s); }
    QLabel *note() { return find<QLabel>(u"composerNote"_s); }
    MessageListView *messages() { return chat.list(); }
    void type(const QString &text) { QTest::keyClicks(edit(), text); }
    void press(Qt::Key key, Qt::KeyboardModifiers modifiers = {}) { QTest::keyClick(edit(), key, modifiers); }
    //! Ends the newest command of a kind.
    template <class T>
    void finish(bool ok, const QString &detail = {})
    {
        events::CommandFinished finished;
        for (qsizetype i = 0; i < sink.commands.size(); ++i) {
            if (protocol::holds<T>(sink.commands.at(i).second))
                finished.commandId = i + 1;
        }
        finished.ok = ok;
        finished.detail = detail;
        apply(finished);
    }
    //! Centre of the first point of a row where the layout says \a part.
    QPoint pointOf(int row, MessageHit::Part part)
    {
        const QRect rect = messages()->rowRect(row);
        for (int y = 0; y < rect.height(); y += 2) {
            for (int x = 0; x < rect.width(); x += 3) {
                if (messages()->layoutOf(row)->hitTest(QPointF(x, y)).part == part)
                    return QPoint(x, rect.top() + y);
            }
        }
        return {-1, -1};
    }

    Theme theme;
    items::FocusState focus;
    ChatView chat{theme, clock, &focus, &sink};
};

} // namespace

class TestChatWriting final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void suggestionsByKeyboard()
    {
        Scene s;
        s.type(u"ask @"_s);
        QVERIFY(s.popup()->isVisible());
        QCOMPARE(s.popup()->rows().size(), 3);
        QVERIFY(s.popup()->geometry().bottom() <= s.chat.composer()->geometry().top());
        s.type(u"q"_s);
        QCOMPARE(s.popup()->rows().size(), 1);
        s.press(Qt::Key_Return); // takes the suggestion and does not send
        QCOMPARE(s.edit()->toPlainText(), u"ask @qa "_s);
        QVERIFY(!s.popup()->isVisible());
        QVERIFY(s.sink.of<commands::SendMessage>().isEmpty());
        s.type(u"and @"_s);
        s.press(Qt::Key_Down);
        s.press(Qt::Key_Tab);
        QCOMPARE(s.edit()->toPlainText(), u"ask @qa and @qa "_s); // api, qa, sales-rep-1
        s.type(u"@"_s);
        s.press(Qt::Key_Escape);
        QVERIFY(!s.popup()->isVisible());
        s.press(Qt::Key_Return);
        QCOMPARE(s.sink.of<commands::SendMessage>().size(), 1);
    }

    void commandsAreDoneAndNotSent()
    {
        Scene s;
        s.type(u"/dnd"_s);
        QVERIFY(s.popup()->isVisible());
        s.press(Qt::Key_Escape);
        QVERIFY(s.note()->isVisible()); // says what it does, before it does it
        QVERIFY2(s.note()->text().contains(u"Do not disturb"_s), qPrintable(s.note()->text()));
        s.press(Qt::Key_Return);
        QCOMPARE(s.sink.of<commands::SetStatus>().size(), 1);
        QVERIFY(s.sink.of<commands::SendMessage>().isEmpty());
        QVERIFY(s.edit()->toPlainText().isEmpty());
        s.finish<commands::SetStatus>(true);
        QVERIFY2(s.note()->text().contains(u"not disturbed"_s), qPrintable(s.note()->text()));
    }

    void wrongCommandsStayWithTheReason()
    {
        Scene s;
        s.type(u"/remind soon tea"_s);
        s.press(Qt::Key_Return);
        QCOMPARE(s.edit()->toPlainText(), u"/remind soon tea"_s);
        QVERIFY(s.note()->text().contains(u"/remind 10m"_s));
        QCOMPARE(s.note()->property("tone").toString(), u"error"_s);
        s.edit()->clear();
        s.type(u"/nonsense x"_s);
        s.press(Qt::Key_Return);
        QVERIFY(s.note()->text().contains(u"//nonsense"_s));
        s.edit()->clear();
        s.type(u"//nonsense x"_s);
        s.press(Qt::Key_Return);
        QCOMPARE(s.sink.of<commands::SendMessage>().last().text, u"/nonsense x"_s);
        s.type(u"/task "_s);
        s.press(Qt::Key_Return);
        QVERIFY(s.sink.of<commands::Request>().isEmpty());
    }

    void refusedCommandsSayWhy()
    {
        Scene s;
        s.type(u"/remember the port is 8080"_s);
        s.press(Qt::Key_Return);
        QCOMPARE(s.sink.of<commands::Remember>().size(), 1);
        s.finish<commands::Remember>(false, u"The memory is full."_s);
        QVERIFY(s.note()->text().contains(u"The memory is full."_s));
        QCOMPARE(s.note()->property("tone").toString(), u"error"_s);
    }

    void repliesAreQuotedAndLeadBack()
    {
        Scene s;
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

    void originsAreLookedForInOlderPages()
    {
        Scene s;
        s.receive(1, u"newest"_s);
        QSignalSpy wanted(&s.chat, &ChatView::olderWanted);
        s.chat.goToMessage(u"old3"_s);
        QVERIFY(!wanted.isEmpty());
        int pages = 0;
        for (; pages < 4 && wanted.size() > 0; ++pages) {
            wanted.clear();
            QList<store::Message> page(20);
            for (int i = 0; i < page.size(); ++i) {
                page[i].messageId = i == 0 ? u"old%1"_s.arg(pages + 1) : u"p%1-%2"_s.arg(pages).arg(i);
                page[i].senderKey = keyOf(1);
                page[i].text = u"old words"_s;
                page[i].sentAtMs = s.clock.now - (pages + 1) * 1'000'000 + i;
            }
            s.chat.model()->prependOlder(direct(1), page, pages == 3);
            if (s.chat.model()->rowOfMessage(u"old3"_s) >= 0)
                break;
        }
        QCOMPARE(s.chat.model()->rowOfMessage(u"old3"_s), s.messages()->currentRow());
        // What is nowhere is said to be nowhere.
        s.chat.model()->prependOlder(direct(1), {}, true);
        s.chat.goToMessage(u"never"_s);
        QVERIFY(s.note()->text().contains(u"not in the history"_s));
    }

    void datesCanBeGoneTo()
    {
        Scene s;
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

    void waitingOnesCanBeEdited()
    {
        Scene s;
        const QString id = s.compose(direct(1), u"helo **all**"_s);
        s.type(u"begun"_s);
        Q_EMIT s.messages()->editRequested(0);
        QCOMPARE(s.edit()->toPlainText(), u"helo **all**\n\nbegun"_s); // neither is lost
        QCOMPARE(s.sink.of<commands::CancelMessage>().size(), 1);
        QCOMPARE(s.sink.of<commands::CancelMessage>()[0].clientMessageId, id);
        s.finish<commands::CancelMessage>(false, u"It does not wait."_s);
        QVERIFY(s.note()->text().contains(u"left already"_s));
        s.outgoing(id, OutgoingState::Delivered);
        s.sink.commands.clear();
        Q_EMIT s.messages()->editRequested(0); // too late
        QVERIFY(s.sink.of<commands::CancelMessage>().isEmpty());
    }

    void longPastesAreAskedAbout()
    {
        Scene s;
        const auto paste = [&](const QString &text) {
            QGuiApplication::clipboard()->setText(text);
            s.edit()->paste();
        };
        paste(u"short"_s);
        QCOMPARE(s.edit()->toPlainText(), u"short"_s);
        s.edit()->clear();
        const QString log = u"a line with ``` in it\n"_s.repeated(60);
        paste(log);
        auto *bar = s.find<ComposerBar>(u"pasteBar"_s);
        QVERIFY(bar->isVisible());
        QVERIFY(s.edit()->toPlainText().isEmpty());
        s.find<QToolButton>(u"pasteAsCode"_s)->click();
        QVERIFY(!bar->isVisible());
        QVERIFY(s.edit()->toPlainText().startsWith(u"````\na line"_s)); // a fence that what is inside cannot end
        const auto blocks = parseMessage(s.edit()->toPlainText());
        QCOMPARE(blocks.size(), 1);
        QVERIFY(blocks[0].code);
        s.edit()->clear();
        paste(log);
        s.find<QToolButton>(u"pasteAsText"_s)->click();
        QCOMPARE(s.edit()->toPlainText(), log);
        s.edit()->clear();
        paste(QString(60'000, u'x'));
        QVERIFY(bar->accessibleDescription().contains(u"too long"_s));
        s.press(Qt::Key_Escape);
        QVERIFY(!bar->isVisible());
        QVERIFY(s.edit()->toPlainText().isEmpty());
    }

    void priorityIsExplained()
    {
        Scene s;
        QVERIFY(!s.note()->isVisible());
        s.press(Qt::Key_2, Qt::AltModifier);
        QVERIFY(s.note()->isVisible());
        QVERIFY(s.note()->text().contains(u"interrupts"_s));
        s.press(Qt::Key_1, Qt::AltModifier);
        QVERIFY(!s.note()->isVisible());
    }

    void recipientsAreNamedBeforeItGoes()
    {
        Scene s;
        auto own = s.peer(4, u"my laptop"_s);
        own.memberPubkey = memberOf(StoreFixture::kSelf);
        s.list({s.peer(1, u"sales-rep-1"_s), s.peer(2, u"qa"_s), own});
        s.focus.setConversation(ConversationId{ConversationKind::Broadcast, {}});
        auto *label = s.find<QLabel>(u"recipientsLabel"_s);
        QVERIFY2(label->text().contains(u"goes to 2 peers, not to my laptop"_s), qPrintable(label->text()));
        QVERIFY(label->toolTip().contains(u"qa, sales-rep-1"_s));
    }

    void selectionGoesOverMessages()
    {
        Scene s;
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
        Scene s;
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

        Scene t;
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
        Scene s;
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
        Scene s;
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

    void severalPeersAreAskedAtOnce()
    {
        Scene s;
        AskBoard board(s.theme, s.clock, s.store, s.sink, keyOf(1));
        board.setAttribute(Qt::WA_DeleteOnClose, false);
        board.show();
        QCOMPARE(board.chosen(), QStringList{keyOf(1)});
        auto *peers = board.findChild<QListWidget *>(u"askPeers"_s);
        QCOMPARE(peers->count(), 3);
        auto *button = board.findChild<QPushButton *>(u"askButton"_s);
        QVERIFY(!button->isEnabled());
        for (int i = 0; i < peers->count(); ++i) {
            if (peers->item(i)->text() == u"qa"_s)
                peers->item(i)->setCheckState(Qt::Checked);
        }
        board.findChild<QPlainTextEdit *>(u"askQuestion"_s)->setPlainText(u"which port?"_s);
        QVERIFY(button->isEnabled());
        button->click();
        const auto sent = s.sink.of<commands::SendMessage>();
        QCOMPARE(sent.size(), 2);
        QVERIFY(sent[0].conversation != sent[1].conversation);
        QVERIFY(sent[0].clientMessageId != sent[1].clientMessageId);
        for (const auto &message : sent) {
            QCOMPARE(message.text, u"which port?"_s);
            events::MessageComposed composed;
            composed.clientMessageId = message.clientMessageId;
            composed.conversation = message.conversation;
            composed.text = message.text;
            composed.composedAtMs = s.clock.now;
            s.apply(composed);
        }
        s.receive(2, u"8080"_s, s.clock.now + 12'000);
        QVERIFY(board.findChild<QLabel *>(u"askState-"_s + keyOf(2))->text().contains(u"answered after 0:12"_s));
        QVERIFY(board.findChild<QLabel *>(u"askState-"_s + keyOf(1))->text().contains(u"no answer yet"_s));
        auto *answers = board.findChild<MessageListView *>(u"askList-"_s + keyOf(2));
        QTRY_VERIFY(answers->layoutOf(1));
        QCOMPARE(answers->layoutOf(1)->row().text, u"8080"_s);
    }
};

MESH_TEST(TestChatWriting)

} // namespace tst_chatwriting

#include "tst_chatwriting.moc"
