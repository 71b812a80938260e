// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtGui/QClipboard>
#include <QtGui/QGuiApplication>
#include <QtTest/QTest>
#include <QtWidgets/QLabel>
#include <QtWidgets/QListWidget>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QToolButton>

#include "tests/support/testprogram.h"
#include "tests/views/chatscene.h"
#include "views/askboard.h"
#include "views/composer.h"
#include "views/composerbar.h"

namespace tst_chatwriting {

using namespace Qt::StringLiterals;
using namespace mesh;
using namespace mesh::test;
using namespace mesh::views;
using events::OutgoingState;
using protocol::ConversationId;
using protocol::ConversationKind;
namespace commands = protocol::commands;

class TestChatWriting final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void suggestionsByKeyboard()
    {
        OpenChat s;
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
        OpenChat s;
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
        OpenChat s;
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
        OpenChat s;
        s.type(u"/remember the port is 8080"_s);
        s.press(Qt::Key_Return);
        QCOMPARE(s.sink.of<commands::Remember>().size(), 1);
        s.finish<commands::Remember>(false, u"The memory is full."_s);
        QVERIFY(s.note()->text().contains(u"The memory is full."_s));
        QCOMPARE(s.note()->property("tone").toString(), u"error"_s);
    }

    //! A long paste as a file: it goes with its progress, comes back with the reason when it fails, and is not lost
    //! when the user has gone elsewhere meanwhile.
    void longPastesGoAsFiles()
    {
        OpenChat s;
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

    void waitingOnesCanBeEdited()
    {
        OpenChat s;
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
        OpenChat s;
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
        OpenChat s;
        QVERIFY(!s.note()->isVisible());
        s.press(Qt::Key_2, Qt::AltModifier);
        QVERIFY(s.note()->isVisible());
        QVERIFY(s.note()->text().contains(u"interrupts"_s));
        s.press(Qt::Key_1, Qt::AltModifier);
        QVERIFY(!s.note()->isVisible());
    }

    void recipientsAreNamedBeforeItGoes()
    {
        OpenChat s;
        auto own = s.peer(4, u"my laptop"_s);
        own.memberPubkey = memberOf(StoreFixture::kSelf);
        s.list({s.peer(1, u"sales-rep-1"_s), s.peer(2, u"qa"_s), own});
        s.focus.setConversation(ConversationId{ConversationKind::Broadcast, {}});
        auto *label = s.find<QLabel>(u"recipientsLabel"_s);
        QVERIFY2(label->text().contains(u"goes to 2 peers, not to my laptop"_s), qPrintable(label->text()));
        QVERIFY(label->toolTip().contains(u"qa, sales-rep-1"_s));
    }

    void severalPeersAreAskedAtOnce()
    {
        OpenChat s;
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
