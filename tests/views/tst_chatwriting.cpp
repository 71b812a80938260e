// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtCore/QMimeData>
#include <QtGui/QAccessible>
#include <QtGui/QClipboard>
#include <QtGui/QGuiApplication>
#include <QtCore/QTemporaryDir>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>
#include <QtWidgets/QLabel>
#include <QtWidgets/QListWidget>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QToolButton>
#include <QtWidgets/QTreeWidget>

#include "models/items/focusstate.h"
#include "models/items/messagelistmodel.h"
#include "models/store/journal.h"
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

    //! Copying everything that is loaded does not hold up the window: it goes on beside it, shows how far it is, and
    //! can be ended with what the clipboard held untouched.
    void longCopiesGoOnBeside()
    {
        Scene s;
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

    //! A long paste as a file: it goes with its progress, comes back with the reason when it fails, and is not lost
    //! when the user has gone elsewhere meanwhile.
    void longPastesGoAsFiles()
    {
        Scene s;
        const QString text = u"a line of a log\n"_s.repeated(3'000);
        const auto paste = [&] {
            QGuiApplication::clipboard()->setText(text);
            s.edit()->paste();
        };
        auto *bar = s.find<ComposerBar>(u"pasteBar"_s);
        auto *asFile = s.find<QToolButton>(u"pasteAsFile"_s);
        paste();
        QVERIFY(bar->isVisible() && asFile->isVisible());
        asFile->click();
        auto offers = s.sink.of<commands::OfferFile>();
        QCOMPARE(offers.size(), 1);
        QCOMPARE(offers[0].contents, text.toUtf8());
        QCOMPARE(offers[0].message.conversation, direct(1));
        QVERIFY(offers[0].message.text.contains(u"%1"_s) && offers[0].message.text.contains(offers[0].fileName));
        QVERIFY(s.edit()->toPlainText().isEmpty() && !asFile->isVisible());
        s.apply(events::FileOfferProgress{offers[0].message.clientMessageId, 30, 60});
        QVERIFY2(bar->accessibleDescription().contains(u"50 %"_s), qPrintable(bar->accessibleDescription()));
        const auto finish = [&](bool ok) {
            events::CommandFinished finished;
            finished.commandId = qint64(s.sink.commands.size()); // of the newest
            finished.ok = ok;
            finished.code = ok ? QString() : u"no_uploads"_s;
            finished.detail = ok ? QString() : u"this broker takes none"_s;
            s.apply(finished);
        };
        finish(false);
        QVERIFY(bar->isVisible() && asFile->isVisible()); // as it was pasted
        QVERIFY(s.note()->text().contains(u"this broker takes none"_s));
        asFile->click();
        const qint64 offered = qint64(s.sink.commands.size());
        bar->findChild<QToolButton *>(u"barClose"_s)->click(); // on its way: asks to end it
        QCOMPARE(s.sink.of<commands::CancelMessage>().size(), 1);
        QCOMPARE(s.sink.of<commands::CancelMessage>()[0].clientMessageId,
                 s.sink.of<commands::OfferFile>().last().message.clientMessageId);
        QTest::keyClick(s.edit(), Qt::Key_Escape); // asks again, harmless
        QCOMPARE(s.sink.of<commands::CancelMessage>().size(), 2);
        events::CommandFinished ended;
        ended.commandId = offered;
        ended.ok = false;
        ended.code = u"cancelled"_s;
        s.apply(ended);
        QVERIFY(asFile->isVisible());
        asFile->click();
        finish(true);
        QVERIFY(!bar->isVisible());
        // gone elsewhere while it was on its way
        paste();
        asFile->click();
        const qint64 command = qint64(s.sink.commands.size());
        s.focus.setConversation(direct(2));
        QVERIFY(!bar->isVisible());
        s.focus.setConversation(direct(1));
        QVERIFY(bar->isVisible() && !asFile->isVisible()); // it goes on
        s.focus.setConversation(direct(2));
        ended.commandId = command;
        s.apply(ended);
        QCOMPARE(s.sink.of<commands::SaveDraft>().last().text, text);
        QCOMPARE(s.sink.of<commands::SaveDraft>().last().conversation, direct(1));
        // without a connection it is not even tried; the user's notes never leave
        s.focus.setConversation(direct(3));
        events::ConnectionChanged offline;
        offline.state = protocol::ConnectionState::Waiting;
        s.clock.now += 10;
        s.apply(offline);
        paste();
        const auto before = s.sink.of<commands::OfferFile>().size();
        asFile->click();
        QCOMPARE(s.sink.of<commands::OfferFile>().size(), before);
        QVERIFY(asFile->isVisible() && s.note()->text().contains(u"no connection"_s));
        s.focus.setConversation(ConversationId{ConversationKind::Notes, {}});
        paste();
        QVERIFY(bar->isVisible() && !asFile->isVisible());
    }

    //! A message that is not loaded is asked for with what surrounds it; an answer that comes too late is left.
    void originsAreLookedForInTheHistory()
    {
        Scene s;
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
        Scene s;
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
