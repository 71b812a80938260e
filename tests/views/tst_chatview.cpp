// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtGui/QClipboard>
#include <QtGui/QGuiApplication>
#include <QtNetwork/QHostAddress>
#include <QtNetwork/QTcpServer>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>
#include <QtWidgets/QDialog>
#include <QtWidgets/QLabel>
#include <QtWidgets/QMessageBox>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QScrollBar>
#include <QtWidgets/QToolButton>

#include "models/items/messagelistmodel.h"
#include "models/protocol/safetynumber.h"
#include "tests/support/testprogram.h"
#include "tests/views/chatscene.h"
#include "views/composer.h"

namespace tst_chatview {

using namespace Qt::StringLiterals;
using namespace mesh;
using namespace mesh::test;
using namespace mesh::views;
using events::OutgoingState;
using protocol::ConversationId;
using protocol::ConversationKind;
using protocol::Priority;
namespace commands = protocol::commands;

class TestChatView final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void emptyStates()
    {
        ChatScene s;
        QVERIFY(s.find<QWidget>(u"chatEmpty"_s)->isVisible());
        s.focus.setConversation(direct(1));
        QVERIFY(!s.find<QWidget>(u"chatEmpty"_s)->isVisible());
        QVERIFY(s.find<QLabel>(u"noMessages"_s)->isVisible());
        QCOMPARE(s.find<QLabel>(u"chatTitle"_s)->text(), u"sales-rep-1"_s);
        QCOMPARE(s.find<QLabel>(u"chatSecurity"_s)->text(), u"encrypted, key not verified"_s);
        QCOMPARE(s.sink.of<commands::ShowConversation>().size(), 1);
    }

    void enterSendsShiftEnterBreaks()
    {
        ChatScene s;
        s.focus.setConversation(direct(1));
        QTest::keyClicks(s.edit(), u"hello"_s);
        QTest::keyClick(s.edit(), Qt::Key_Return, Qt::ShiftModifier);
        QTest::keyClicks(s.edit(), u"again"_s);
        QTest::keyClick(s.edit(), Qt::Key_2, Qt::AltModifier);
        QTest::keyClick(s.edit(), Qt::Key_Return);
        const auto sent = s.sink.of<commands::SendMessage>();
        QCOMPARE(sent.size(), 1);
        QCOMPARE(sent[0].text, u"hello\nagain"_s);
        QCOMPARE(sent[0].priority, Priority::Now);
        QCOMPARE(sent[0].conversation, direct(1));
        QCOMPARE(sent[0].clientMessageId.size(), 36);
        QVERIFY(s.edit()->toPlainText().isEmpty());
        QCOMPARE(s.chat.composer()->priority(), Priority::Next);
        QTest::keyClick(s.edit(), Qt::Key_Return); // nothing to send
        QCOMPARE(s.sink.of<commands::SendMessage>().size(), 1);
    }

    void composerGrowsToEightLines()
    {
        ChatScene s;
        s.focus.setConversation(direct(1));
        const int one = s.edit()->height();
        s.chat.composer()->setText(u"a\nb\nc"_s);
        const int three = s.edit()->height();
        QVERIFY(three > one * 2);
        s.chat.composer()->setText(u"x\n"_s.repeated(7));
        const int eight = s.edit()->height();
        s.chat.composer()->setText(u"x\n"_s.repeated(40));
        QCOMPARE(s.edit()->height(), eight);
    }

    void tooLongIsRefusedInWords()
    {
        ChatScene s;
        s.focus.setConversation(direct(1));
        auto *counter = s.find<QLabel>(u"byteCounter"_s);
        auto *send = s.find<QPushButton>(u"sendButton"_s);
        s.chat.composer()->setText(u"hi"_s);
        QVERIFY(!counter->isVisible());
        s.chat.composer()->setText(QString(Composer::kMaxBytes / 2, u'é')); // two bytes each: exactly full
        QVERIFY(counter->isVisible() && send->isEnabled());
        s.chat.composer()->setText(QString(Composer::kMaxBytes / 2, u'é') + u'x');
        QVERIFY(!send->isEnabled());
        QVERIFY(counter->text().contains(u"too long"_s));
        QTest::keyClick(s.edit(), Qt::Key_Return);
        QVERIFY(s.sink.of<commands::SendMessage>().isEmpty());
        QVERIFY(!s.edit()->toPlainText().isEmpty()); // nothing is lost
    }

    void draftsFollowTheConversation()
    {
        ChatScene s;
        s.apply(events::DraftChanged{direct(2), u"for qa"_s});
        s.focus.setConversation(direct(1));
        QTest::keyClicks(s.edit(), u"half a thought"_s);
        s.focus.setConversation(direct(2)); // does not wait for the pause
        auto drafts = s.sink.of<commands::SaveDraft>();
        QCOMPARE(drafts.size(), 1);
        QCOMPARE(drafts[0].conversation, direct(1));
        QCOMPARE(drafts[0].text, u"half a thought"_s);
        QCOMPARE(s.edit()->toPlainText(), u"for qa"_s);
        QTest::keyClicks(s.edit(), u"!"_s);
        QTRY_COMPARE(s.sink.of<commands::SaveDraft>().size(), 2); // after the pause, by itself
        QCOMPARE(s.sink.of<commands::SaveDraft>().last().text, u"for qa!"_s);
    }

    //! What a draft answers is kept with it, by the store.
    void draftsKeepWhatTheyAnswer()
    {
        ChatScene s;
        s.receive(1, u"is it done?"_s);
        s.focus.setConversation(direct(1));
        s.chat.replyTo(0);
        s.focus.setConversation(direct(2));
        const auto drafts = s.sink.of<commands::SaveDraft>();
        QCOMPARE(drafts.size(), 1); // a reply without a word is a draft as well
        QCOMPARE(drafts[0].replyToId, s.store.messages(direct(1)).first().messageId);
        QVERIFY(s.chat.composer()->reply().messageId.isEmpty());
        s.apply(events::DraftChanged{drafts[0].conversation, drafts[0].text, drafts[0].replyToId});
        s.focus.setConversation(direct(1));
        QCOMPARE(s.chat.composer()->reply().messageId, drafts[0].replyToId);
        QCOMPARE(s.chat.composer()->reply().text, u"is it done?"_s);
        QVERIFY(s.find<QWidget>(u"replyBar"_s)->isVisible());
        QCOMPARE(s.sink.of<commands::SaveDraft>().size(), 1); // showing it is no change
        QTest::keyClicks(s.edit(), u"yes"_s);
        QTest::keyClick(s.edit(), Qt::Key_Return);
        QCOMPARE(s.sink.of<commands::SendMessage>().last().replyToId, drafts[0].replyToId);
        QVERIFY(s.sink.of<commands::SaveDraft>().last().replyToId.isEmpty());
    }

    void notesAreWrittenToOneself()
    {
        ChatScene s;
        const ConversationId notes{ConversationKind::Notes, {}};
        s.focus.setConversation(notes);
        QCOMPARE(s.find<QLabel>(u"chatTitle"_s)->text(), u"Notes"_s);
        QCOMPARE(s.find<QLabel>(u"chatSecurity"_s)->text(), u"only on this computer"_s);
        QVERIFY(!s.find<QToolButton>(u"priorityNow"_s)->isVisible());
        QVERIFY(!s.find<QToolButton>(u"atButton"_s)->isVisible());
        QVERIFY(!s.find<QLabel>(u"recipientsLabel"_s)->isVisible());
        QTest::keyClicks(s.edit(), u"/state deploy green"_s); // text, not a command to the mesh
        QTest::keyClick(s.edit(), Qt::Key_Return);
        QCOMPARE(s.sink.of<commands::SendMessage>().size(), 1);
        QCOMPARE(s.sink.of<commands::SendMessage>()[0].conversation, notes);
        QCOMPARE(s.sink.of<commands::SendMessage>()[0].text, u"/state deploy green"_s);
        QVERIFY(s.sink.of<commands::SetState>().isEmpty());
        const QString id = s.compose(notes, u"**buy** milk"_s);
        s.outgoing(id, OutgoingState::Accepted);
        s.messages()->grab();
        QVERIFY(!s.messages()->layoutOf(0)->footText().contains(u"sent"_s)); // it went nowhere
        s.focus.setConversation(direct(1));
        QVERIFY(s.find<QToolButton>(u"priorityNow"_s)->isVisible());
    }

    //! Both sides see one number; the verdict leaves as a command, and Enter alone decides nothing.
    void safetyNumbersAreCompared()
    {
        ChatScene s;
        s.focus.setConversation(direct(1));
        s.find<QToolButton>(u"chatVerify"_s)->click();
        auto *dialog = s.find<QDialog>(u"safetyDialog"_s);
        QVERIFY(dialog);
        const auto own = protocol::PublicKey::fromHex(memberOf(StoreFixture::kSelf));
        const auto peer = protocol::PublicKey::fromHex(memberOf(1));
        const QString number = protocol::safetyNumber(*peer, *own); // as the other side computes it
        QCOMPARE(dialog->findChild<QLabel *>(u"safetyNumber"_s)->text().simplified(), number);
        QTest::keyClick(dialog, Qt::Key_Return);
        QVERIFY(s.sink.of<commands::VerifyPeer>().isEmpty());
        QTRY_VERIFY(!s.find<QDialog>(u"safetyDialog"_s));
        s.find<QToolButton>(u"chatVerify"_s)->click();
        s.find<QPushButton>(u"safetyVerdict"_s)->click();
        const auto said = s.sink.of<commands::VerifyPeer>();
        QCOMPARE(said.size(), 1);
        QCOMPARE(said[0].memberKey, memberOf(1));
        QVERIFY(said[0].verified);
        s.apply(events::PeerVerified{said[0].memberKey, said[0].name, true});
        QCOMPARE(s.find<QLabel>(u"chatSecurity"_s)->text(), u"end-to-end encrypted, verified"_s);
        QTRY_VERIFY(!s.find<QDialog>(u"safetyDialog"_s));
        s.find<QToolButton>(u"chatVerify"_s)->click();
        s.find<QPushButton>(u"safetyVerdict"_s)->click(); // taken back
        QVERIFY(!s.sink.of<commands::VerifyPeer>().last().verified);
    }

    //! The peer was verified, is gone, and another key comes under its name.
    void aChangedKeyIsSaidClearly()
    {
        ChatScene s;
        s.apply(events::PeerVerified{memberOf(1), u"sales-rep-1"_s, true});
        s.focus.setConversation(direct(1));
        QVERIFY(!s.find<QWidget>(u"trustBar"_s)->isVisible());
        s.list({s.peer(9, u"sales-rep-1"_s), s.peer(2, u"qa"_s)});
        s.receive(9, u"send me the password"_s, s.clock.now + 1);
        s.focus.setConversation(direct(9));
        QVERIFY(s.find<QWidget>(u"trustBar"_s)->isVisible());
        QVERIFY(s.find<QLabel>(u"trustText"_s)->text().contains(u"sales-rep-1's key changed"_s));
        QCOMPARE(s.find<QLabel>(u"chatSecurity"_s)->text(), u"key changed"_s);
        QCOMPARE(s.chat.model()->row(0).notice, u"sales-rep-1's key changed"_s);
        QVERIFY(s.chat.model()->row(0).keyChanged);
        s.messages()->grab();
        const int with = s.messages()->rowRect(0).height();
        s.clock.now += 10;
        s.apply(events::PeerVerified{memberOf(9), u"sales-rep-1"_s, true});
        QVERIFY(!s.find<QWidget>(u"trustBar"_s)->isVisible());
        QVERIFY(s.chat.model()->row(0).notice.isEmpty());
        s.messages()->grab();
        QVERIFY(s.messages()->rowRect(0).height() < with);
    }

    void broadcastSaysHowManyGetIt()
    {
        ChatScene s;
        s.focus.setConversation(ConversationId{ConversationKind::Broadcast, {}});
        auto *label = s.find<QLabel>(u"recipientsLabel"_s);
        QVERIFY(label->isVisible());
        QVERIFY2(label->text().contains(u"goes to 3 peers"_s), qPrintable(label->text()));
        QVERIFY(label->text().contains(u"not encrypted on this mesh"_s));
        s.focus.setConversation(direct(1));
        QVERIFY(!label->isVisible());
    }

    void thePastCannotBeWrittenTo()
    {
        ChatScene s;
        s.focus.setConversation(direct(1));
        s.focus.setTimeCursorMs(s.clock.now - 1'000);
        QVERIFY(s.edit()->isReadOnly());
        s.focus.setTimeCursorMs(std::nullopt);
        QVERIFY(!s.edit()->isReadOnly());
    }

    void readingPositionNeverMoves()
    {
        ChatScene s;
        s.fill(200);
        s.apply(events::ConversationRead{direct(1), s.clock.now + 1'000});
        s.focus.setConversation(direct(1));
        QTRY_VERIFY(s.messages()->isAtBottom());
        auto *bar = s.messages()->verticalScrollBar();
        bar->setValue(bar->value() - 1'500);
        QVERIFY(!s.messages()->isAtBottom());
        int row = 0;
        while (s.messages()->rowRect(row).isNull() || s.topOf(row) < 50)
            ++row;
        const int top = s.topOf(row);

        s.receive(1, u"one that arrives below"_s, s.clock.now + 5'000);
        QCOMPARE(s.topOf(row), top);
        auto *more = s.find<QToolButton>(u"newMessagesButton"_s);
        QTRY_VERIFY(more->isVisible());
        QCOMPARE(more->text(), u"1 new"_s);
        s.apply(events::TypingChanged{keyOf(1), true, s.clock.now + 6'000, {}});
        s.list({s.peer(1, u"sales-rep-1"_s, protocol::PeerStatus::Working)}); // the line below speaks: same height
        QCOMPARE(s.topOf(row), top);
        // older ones come in above
        QList<store::Message> page;
        for (int i = 0; i < 30; ++i) {
            store::Message m;
            m.messageId = u"older%1"_s.arg(i);
            m.senderKey = keyOf(1);
            m.text = u"older"_s;
            m.sentAtMs = s.clock.now - 90'000'000 + i;
            page.append(m);
        }
        s.chat.model()->prependOlder(direct(1), page, true);
        QCOMPARE(s.topOf(row + 30), top);
        more->click();
        QTRY_VERIFY(s.messages()->isAtBottom());
        QTRY_VERIFY(!more->isVisible());
        s.receive(1, u"and now it follows"_s, s.clock.now + 6'000);
        QTRY_VERIFY(!s.messages()->rowRect(s.chat.model()->rowCount() - 1).isNull());
        QVERIFY(s.messages()->isAtBottom());
    }

    void scrollsByExactPixels()
    {
        ChatScene s;
        s.fill(300);
        s.apply(events::ConversationRead{direct(1), s.clock.now + 1'000});
        s.focus.setConversation(direct(1));
        QTRY_VERIFY(s.messages()->isAtBottom());
        auto *bar = s.messages()->verticalScrollBar();
        for (int i = 0; i < 20; ++i) {
            int row = 299;
            while (s.messages()->rowRect(row).isNull() || s.topOf(row) > 300)
                --row;
            const int top = s.topOf(row);
            bar->setValue(bar->value() - 37);
            QCOMPARE(s.topOf(row), top + 37);
        }
    }

    void hundredThousandMessagesLayOutOnlyWhatShows()
    {
        ChatScene s;
        s.receive(1, u"last"_s);
        s.focus.setConversation(direct(1));
        QList<store::Message> page(100'000);
        for (int i = 0; i < page.size(); ++i) {
            page[i].messageId = QString::number(i);
            page[i].senderKey = keyOf(1);
            page[i].text = u"some words %1"_s.arg(i);
            page[i].sentAtMs = s.clock.now - 200'000'000 + i;
        }
        s.chat.model()->prependOlder(direct(1), page, true);
        QTRY_VERIFY(!s.messages()->rowRect(100'000).isNull());
        const qint64 before = s.messages()->layoutsMade();
        auto *bar = s.messages()->verticalScrollBar();
        for (int i = 1; i <= 50; ++i) { // dragged all the way up
            bar->setValue(int(qint64(bar->maximum()) * (50 - i) / 50));
            s.viewport()->repaint();
        }
        QVERIFY2(s.messages()->layoutsMade() - before < 50 * 40,
                 qPrintable(QString::number(s.messages()->layoutsMade() - before)));
        QVERIFY(!s.messages()->rowRect(0).isNull());
    }

    void markReadOnlyWhenSeen()
    {
        ChatScene s;
        s.focus.setConversation(direct(1));
        s.chat.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&s.chat));
        s.receive(1, u"hello"_s);
        QTRY_COMPARE(s.sink.of<commands::MarkRead>().size(), 1);
        QCOMPARE(s.sink.of<commands::MarkRead>()[0].upToMs, s.clock.now);
        s.apply(events::ConversationRead{direct(1), s.clock.now});
        s.chat.hide();
        s.receive(1, u"unseen"_s, s.clock.now + 10);
        QTest::qWait(0);
        QCOMPARE(s.sink.of<commands::MarkRead>().size(), 1);
        QCOMPARE(s.chat.model()->row(s.chat.model()->firstUnreadRow()).text, u"unseen"_s);
    }

    void failedOnesStayAndCanBeRetried()
    {
        ChatScene s;
        s.focus.setConversation(direct(1));
        const QString id = s.compose(direct(1), u"important\u202E"_s);
        s.outgoing(id, OutgoingState::Refused, u"not_connected"_s);
        QTRY_VERIFY(s.messages()->layoutOf(0));
        QVERIFY(s.messages()->layoutOf(0)->footText().contains(u"not connected"_s));
        // click where the layout says Retry is
        const QRect row = s.messages()->rowRect(0);
        QPoint found(-1, -1);
        for (int y = 0; y < row.height() && found.x() < 0; y += 2) {
            for (int x = 0; x < row.width() && found.x() < 0; x += 4) {
                if (s.messages()->layoutOf(0)->hitTest(QPointF(x, y)).part == MessageHit::Part::Retry)
                    found = QPoint(x, row.top() + y);
            }
        }
        QVERIFY(found.x() >= 0);
        QTest::mouseClick(s.viewport(), Qt::LeftButton, {}, found);
        const auto sent = s.sink.of<commands::SendMessage>();
        QCOMPARE(sent.size(), 1);
        QCOMPARE(sent[0].clientMessageId, id);
        QCOMPARE(sent[0].text, u"important\u202E"_s); // as written, not as shown
    }

    void queuedOnesSayTheirPlace()
    {
        ChatScene s;
        s.focus.setConversation(direct(1));
        s.compose(direct(1), u"a"_s, s.clock.now);
        s.compose(direct(1), u"b"_s, s.clock.now + 1);
        s.compose(direct(1), u"c"_s, s.clock.now + 2);
        QTRY_VERIFY(s.messages()->layoutOf(2));
        QVERIFY(s.messages()->layoutOf(0)->footText().contains(u"goes next"_s));
        QVERIFY(s.messages()->layoutOf(2)->footText().contains(u"queued, 2 before it"_s));
    }

    void textCanBeSelectedAndCopied()
    {
        ChatScene s;
        s.focus.setConversation(direct(1));
        s.receive(1, u"one **two** three"_s);
        QTRY_VERIFY(s.messages()->layoutOf(0));
        const QPoint top(0, s.messages()->rowRect(0).top());
        const QRect bubble = s.messages()->layoutOf(0)->bubble().toRect();
        const QPoint middle = bubble.center() + top;
        QTest::mousePress(s.viewport(), Qt::LeftButton, {}, bubble.topLeft() + top + QPoint(2, bubble.height() / 2));
        QTest::mouseMove(s.viewport(), bubble.topRight() + top + QPoint(-2, bubble.height() / 2));
        QTest::mouseRelease(s.viewport(), Qt::LeftButton, {},
                            bubble.topRight() + top + QPoint(-2, bubble.height() / 2));
        QCOMPARE(s.messages()->selectedText(), u"one two three"_s);
        s.messages()->copy();
        QCOMPARE(QGuiApplication::clipboard()->text(), u"one two three"_s);
        QTest::mouseDClick(s.viewport(), Qt::LeftButton, {}, middle);
        QVERIFY(!s.messages()->selectedText().isEmpty());
        QVERIFY(!s.messages()->selectedText().contains(u' '));
        s.messages()->clearSelection();
        s.messages()->setFocus();
        QTest::keyClick(s.messages(), Qt::Key_Up);
        QTest::keyClick(s.messages(), Qt::Key_C, Qt::ControlModifier);
        QCOMPARE(QGuiApplication::clipboard()->text(), u"one **two** three"_s);
    }

    void linksAskFirst()
    {
        ChatScene s;
        QList<QUrl> opened;
        s.chat.setUrlOpener([&](const QUrl &url) { opened.append(url); });
        s.focus.setConversation(direct(1));
        Q_EMIT s.messages()->linkActivated(u"https://ex\u0430mple.org/a?b=c"_s); // a Cyrillic letter
        auto *box = s.find<QMessageBox>(u"openLinkDialog"_s);
        QVERIFY(box);
        QVERIFY2(box->informativeText().contains(u"xn--"_s), qPrintable(box->informativeText()));
        QCOMPARE(box->textFormat(), Qt::PlainText);
        QVERIFY(opened.isEmpty());
        box->findChild<QPushButton *>(u"openLinkButton"_s)->click();
        QCOMPARE(opened.size(), 1);
        Q_EMIT s.messages()->linkActivated(u"file:///etc/passwd"_s);
        QCOMPARE(opened.size(), 1);
    }

    void hostileTextIsOnlyText()
    {
        QTcpServer server; // nobody may come
        QVERIFY(server.listen(QHostAddress::LocalHost));
        ChatScene s;
        s.focus.setConversation(direct(1));
        const QString markup = u"<img src=\"http://127.0.0.1:%1/x.png\"><b>x</b>"_s.arg(server.serverPort());
        s.receive(1, markup, s.clock.now);
        s.receive(1, u"a\u202Ecba\u202C\u2066b\u2069"_s, s.clock.now + 1);
        s.receive(1, QString(48'000, u'W'), s.clock.now + 2);
        s.receive(1, u"line\n"_s.repeated(9'000), s.clock.now + 3);
        s.receive(1, u"![x](http://127.0.0.1:%1/y.png)"_s.arg(server.serverPort()), s.clock.now + 4);
        QCOMPARE(s.chat.model()->row(0).text, markup);
        QCOMPARE(s.chat.model()->row(1).text, u"acbab"_s);
        QPixmap shown(s.chat.size());
        for (int row = 0; row < 5; ++row) {
            s.messages()->scrollToRow(row);
            QTRY_VERIFY(s.messages()->layoutOf(row));
            s.chat.render(&shown);
            const MessageLayout *layout = s.messages()->layoutOf(row);
            QVERIFY(layout->height() < 4'000); // long ones are folded
        }
        s.messages()->scrollToRow(0);
        QTRY_VERIFY(s.messages()->layoutOf(0));
        const auto [from, to] = s.messages()->layoutOf(0)->all();
        QCOMPARE(s.messages()->layoutOf(0)->textBetween(from, to), markup);
        QVERIFY(!server.waitForNewConnection(200));
    }

    //! Messages told twice and out of their order stand once, in order, and the reading position holds.
    void duplicatesAndLateOnesFindTheirPlace()
    {
        ChatScene s;
        s.focus.setConversation(direct(1));
        protocol::EventList events;
        for (const int i : {4, 1, 3, 1, 0, 2, 4, 4})
            events.append(
                {kMesh, s.clock.now + i, s.message(1, u"number %1"_s.arg(i), s.clock.now + i, u"same%1"_s.arg(i))});
        for (const protocol::Event &event : std::as_const(events))
            s.store.apply({event});
        QCOMPARE(s.chat.model()->rowCount(), 5);
        for (int row = 0; row < 5; ++row)
            QCOMPARE(s.chat.model()->row(row).text, u"number %1"_s.arg(row));
    }

    void typingGoesOnlyToThoseWhoUnderstand()
    {
        ChatScene s;
        auto maya = s.peer(2, u"Maya"_s);
        maya.peerType = u"human"_s;
        protocol::PeerProfile profile;
        profile.capabilities = QStringList{u"x-human-chat/1"_s};
        maya.profile = profile;
        s.list({s.peer(1, u"sales-rep-1"_s), maya});
        s.focus.setConversation(direct(1));
        QTest::keyClicks(s.edit(), u"hi"_s);
        QVERIFY(s.sink.of<commands::SetTyping>().isEmpty());
        s.focus.setConversation(direct(2));
        QTest::keyClicks(s.edit(), u"hello"_s);
        QCOMPARE(s.sink.of<commands::SetTyping>().size(), 1); // throttled
        QVERIFY(s.sink.of<commands::SetTyping>()[0].on);
        QTest::keyClick(s.edit(), Qt::Key_Return);
        QVERIFY(!s.sink.of<commands::SetTyping>().last().on);
        s.apply(events::TypingChanged{keyOf(2), true, s.clock.now + 6'000, {}});
        QCOMPARE(s.find<QLabel>(u"activityText"_s)->text(), u"Maya is typing…"_s);
    }
};

MESH_TEST(TestChatView)

} // namespace tst_chatview

#include "tst_chatview.moc"
