// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/conversationlistmodel.h"
#include "models/items/messagelistmodel.h"
#include "models/items/topicinfo.h"
#include "models/protocol/invite.h"
#include "models/store/meshstore.h"
#include "tests/support/testclient.h"
#include "views/chatview.h"
#include "views/messagelayout.h"
#include "views/messagelistview.h"
#include "views/sidebar.h"
#include "tests/app/programtest.h"
#include "tests/support/testprogram.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonObject>
#include <QtCore/QSet>
#include <QtCore/QUrl>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>
#include <QtWidgets/QAbstractButton>
#include <QtWidgets/QDialog>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QListWidget>
#include <QtWidgets/QMessageBox>
#include <QtWidgets/QPlainTextEdit>
#include <QtWidgets/QRadioButton>
#include <QtWidgets/QScrollBar>

#include <memory>

namespace tst_topics {

using namespace Qt::StringLiterals;
using namespace mesh;
using app::Application;
using app::CommandLine;
using protocol::BodyKind;
using protocol::ConversationId;
using protocol::ConversationKind;

//! Topics in the whole program, off-screen, on its own personal mesh: real broker, real keys, real journal.
class TestTopics final : public ProgramTest
{
    Q_OBJECT

private:
    tests::TestClient m_other;
    QString m_long; // id of a topic with a long history

    views::ChatView *chat() const { return child<views::ChatView>("chatView"); }
    std::optional<items::TopicInfo> topic(const QString &title) const
    {
        const QList<items::TopicInfo> topics = items::topicsOf(*currentStore());
        for (const items::TopicInfo &one : topics) {
            if (one.title == title)
                return one;
        }
        return std::nullopt;
    }
    bool isInSideBar(const QString &title) const
    {
        const auto *model = child<views::SideBar>("sideBar")->model();
        for (int i = 0; i < model->rowCount(); ++i) {
            if (model->row(i).title == title)
                return true;
        }
        return false;
    }
    bool isInPage(const QString &title) const
    {
        return !child<QListWidget>("topicList")->findItems(title, Qt::MatchExactly).isEmpty();
    }
    void make(const QString &name, bool encrypted)
    {
        trigger("newTopic");
        QTRY_VERIFY(child<QLineEdit>("topicName")->isVisible());
        child<QLineEdit>("topicName")->setText(name);
        if (!encrypted)
            child<QRadioButton>("topicClear")->click();
        click("topicCreate");
        QTRY_VERIFY_WITH_TIMEOUT(topic(u'#' + name) && topic(u'#' + name)->joined == true, 10'000);
    }
    void open(const QString &topicId) const
    {
        m_program->window().openConversation(currentStore()->mesh(), {ConversationKind::Topic, topicId});
    }

private Q_SLOTS:
    void initTestCase()
    {
        usePassphraseFile();
        CommandLine line;
        line.dataDir = m_dir.filePath(u"data"_s);
        line.name = u"Ada"_s;
        line.windowSize = QSize(1280, 800);
        start(line);
        QTRY_VERIFY_WITH_TIMEOUT(m_program->window().isFirstRun(), 15'000);
        click("choosePersonal");
        QTRY_VERIFY_WITH_TIMEOUT(currentStore() && currentStore()->connection().online(), 20'000);
        const QString prefix = u"claudemesh join "_s;
        QTRY_VERIFY_WITH_TIMEOUT(child<QLineEdit>("stepJoin")->text().startsWith(prefix), 10'000);
        const QString link = child<QLineEdit>("stepJoin")->text().mid(prefix.size());
        const auto invite = std::get<protocol::Invite>(*protocol::parseInvite(link));
        const quint16 port = quint16(QUrl(invite.brokerUrl).port());
        child<QDialog>("sessionsPage")->close();
        QVERIFY(m_other.enter(port, tests::joinMesh(port, link, u"Grace"_s), u"Grace"_s));
    }

    void cleanupTestCase() { m_program.reset(); }

    //! No broker puts a new member into `general`; this program does, once.
    void generalIsJoinedOnce()
    {
        QTRY_VERIFY_WITH_TIMEOUT(topic(u"#general"_s) && topic(u"#general"_s)->joined == true, 15'000);
        QTRY_VERIFY(isInSideBar(u"#general"_s));
        open(topic(u"#general"_s)->id);
        trigger("leaveTopic");
        auto *box = child<QMessageBox>("leaveTopicDialog");
        QTRY_VERIFY(box && box->isVisible());
        click("leaveTopicButton");
        QTRY_VERIFY_WITH_TIMEOUT(topic(u"#general"_s)->joined == false, 10'000);
        QTRY_VERIFY(!isInSideBar(u"#general"_s));
    }

    void madeAndWrittenIn()
    {
        make(u"plans"_s, true);
        QTRY_VERIFY(isInSideBar(u"#plans"_s));
        QTRY_COMPARE(child<QLabel>("topicTitle")->text(), u"#plans"_s);
        QTRY_COMPARE_WITH_TIMEOUT(child<QListWidget>("topicMembers")->count(), 1, 10'000);
        QVERIFY(child<QListWidget>("topicMembers")->item(0)->text().contains(u"Ada"_s));
        click("topicOpen");
        QTRY_VERIFY(!child<QDialog>("topicsPage")->isVisible());
        auto *edit = child<QPlainTextEdit>("composerEdit");
        QTRY_VERIFY(edit->isVisible());
        QTest::keyClicks(edit, u"for members only"_s);
        QTest::keyClick(edit, Qt::Key_Return);
        const ConversationId id{ConversationKind::Topic, topic(u"#plans"_s)->id};
        const auto sealed = [&] {
            const auto &messages = currentStore()->messages(id);
            return messages.size() == 1 && messages.first().body == BodyKind::Sealed
                && messages.first().state == protocol::events::OutgoingState::Accepted;
        };
        QTRY_VERIFY_WITH_TIMEOUT(sealed(), 15'000);
        // What the broker has of it is not what was written.
        const QJsonArray kept =
            m_other.ask({{u"type"_s, u"topic_history"_s}, {u"topic"_s, id.key}}).value("messages"_L1).toArray();
        QCOMPARE(kept.size(), 1);
        QCOMPARE(kept.first().toObject().value("bodyVersion"_L1).toInt(), 2);
        const QByteArray body = QByteArray::fromBase64(kept.first()["ciphertext"_L1].toString().toLatin1());
        QVERIFY(!body.contains("members"));
        QTRY_COMPARE(child<QLabel>("chatSecurity")->text(), u"encrypted for members"_s);
        // A name that is taken is said so, and nothing is lost.
        trigger("newTopic");
        child<QLineEdit>("topicName")->setText(u"plans"_s);
        click("topicCreate");
        QTRY_VERIFY(child<QLabel>("topicMessage")->text().contains(u"already"_s));
        QCOMPARE(child<QLineEdit>("topicName")->text(), u"plans"_s);
        child<QLineEdit>("topicName")->setText(u"Not Allowed"_s);
        QVERIFY(!child<QAbstractButton>("topicCreate")->isEnabled());
        child<QDialog>("topicsPage")->close();
    }

    //! Pages come from the broker as one scrolls up; what is read stays where it is, and nothing stands twice.
    void historyToTheBeginning()
    {
        constexpr int count = 260;
        const QJsonObject made = m_other.ask({{u"type"_s, u"topic_create"_s}, {u"name"_s, u"long"_s}});
        m_long = made["topic"_L1]["id"_L1].toString();
        for (int i = 0; i < count; i += 5) { // five of one moment: the edge of a page goes through some of them
            for (int k = 0; k < 4; ++k)
                m_other.post(u'#' + m_long, u"number %1"_s.arg(i + k));
            const auto taken = [&] {
                return m_other.message(u'#' + m_long, u"number %1"_s.arg(i + 4)).value("queued"_L1).toBool();
            };
            QVERIFY(QTest::qWaitFor(taken, 10'000)); // the allowance of the broker runs out on the way
            QTest::qWait(250);
        }
        trigger("browseTopics");
        QTRY_VERIFY_WITH_TIMEOUT(isInPage(u"#long"_s), 10'000);
        auto *list = child<QListWidget>("topicList");
        list->setCurrentItem(list->findItems(u"#long"_s, Qt::MatchExactly).first());
        click("topicOpen"); // look inside first
        QTRY_VERIFY_WITH_TIMEOUT(child<QWidget>("joinBar")->isVisible(), 10'000);
        QVERIFY(!child<QWidget>("composer")->isVisible());
        auto *model = chat()->model();
        QTRY_VERIFY_WITH_TIMEOUT(model->rowCount() >= 50, 15'000);
        click("joinButton");
        QTRY_VERIFY_WITH_TIMEOUT(!child<QWidget>("joinBar")->isVisible(), 10'000);
        QTRY_VERIFY(child<QWidget>("composer")->isVisible());

        views::MessageListView *view = chat()->list();
        int grown = 0;
        for (int step = 0; step < 400 && !model->isAtStart(); ++step) {
            // Where the first row on the screen is must not change by what comes above it.
            view->verticalScrollBar()->setValue(view->verticalScrollBar()->value() - view->viewport()->height() / 2);
            QCoreApplication::processEvents();
            const int top = view->rowAt({view->viewport()->width() / 2, view->viewport()->height() / 2});
            if (top < 0)
                continue;
            const quint64 seq = model->seqAt(top);
            const auto place = [&](int row) {
                return view->layoutOf(row) ? view->rowRect(row).top() + view->layoutOf(row)->bubble().top() : -1.0;
            };
            const double y = place(top);
            const int rows = model->rowCount();
            if (view->verticalScrollBar()->value() == view->verticalScrollBar()->minimum())
                QTRY_VERIFY_WITH_TIMEOUT(model->rowCount() > rows || model->isAtStart(), 10'000);
            QCoreApplication::processEvents();
            if (model->rowCount() > rows) {
                ++grown;
                const int now = model->rowOfSeq(seq);
                QVERIFY(now > top);
                QTRY_COMPARE(place(now), y);
            }
        }
        QVERIFY(model->isAtStart());
        QVERIFY(grown >= 1); // several pages may come within one step
        QCOMPARE(model->rowCount(), count);
        QSet<QString> texts; // those of one millisecond have no order
        for (int i = 0; i < count; ++i) {
            texts.insert(model->rawText(i));
            QVERIFY(i == 0 || model->row(i - 1).sentAtMs <= model->row(i).sentAtMs);
        }
        for (int i = 0; i < count; ++i)
            QVERIFY(texts.contains(u"number %1"_s.arg(i)));
        QTRY_COMPARE(model->row(0).beginning, u"#long"_s);
    }

    void leftAndRemovedStaysAway()
    {
        const ConversationId id{ConversationKind::Topic, m_long};
        open(m_long);
        QTRY_VERIFY(isInSideBar(u"#long"_s));
        trigger("removeHistory");
        auto *box = child<QMessageBox>("removeDialog");
        QTRY_VERIFY(box && box->isVisible());
        QVERIFY(box->informativeText().contains(u"leave"_s));
        click("removeButton");
        QTRY_VERIFY_WITH_TIMEOUT(topic(u"#long"_s)->joined == false, 10'000);
        QTRY_VERIFY(!isInSideBar(u"#long"_s));
        // Two polls of the list later it is still away.
        for (int poll = 0; poll < 2; ++poll) {
            QSignalSpy changed(currentStore(), &store::MeshStore::changed);
            m_program->workspace().commands().submit(currentStore()->mesh(),
                                                     protocol::commands::Refresh{protocol::commands::Listing::Topics});
            const auto answered = [&] {
                return std::any_of(changed.cbegin(), changed.cend(), [](const auto &call) {
                    return !call.first().template value<store::ChangeSet>().commandsFinished.isEmpty();
                });
            };
            QTRY_VERIFY_WITH_TIMEOUT(answered(), 10'000);
        }
        QVERIFY(!isInSideBar(u"#long"_s));
        QVERIFY(!currentStore()->conversation(id));
    }

    //! Ctrl+K offers what one is not in as well.
    void theSwitcherKnowsTopics()
    {
        trigger("searchOrRun");
        auto *line = child<QLineEdit>("paletteLine");
        QTRY_VERIFY(line->isVisible());
        QTest::keyClicks(line, u"#long"_s);
        QTest::keyClick(line, Qt::Key_Return);
        QTRY_VERIFY_WITH_TIMEOUT(child<QWidget>("joinBar")->isVisible(), 10'000);
        trigger("searchOrRun");
        QTRY_VERIFY(line->isVisible());
        QTest::keyClicks(line, u"Topics of this mesh"_s);
        QTest::keyClick(line, Qt::Key_Return);
        QTRY_VERIFY(child<QDialog>("topicsPage")->isVisible());
        child<QDialog>("topicsPage")->close();
    }
};

MESH_TEST(TestTopics)

} // namespace tst_topics

#include "tst_topics.moc"
