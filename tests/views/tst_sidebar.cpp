// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>
#include <QtWidgets/QAbstractButton>
#include <QtWidgets/QLabel>
#include <QtWidgets/QListView>
#include <QtWidgets/QMenu>
#include <QtWidgets/QScrollBar>
#include <QtWidgets/QToolButton>

#include "models/items/conversationlistmodel.h"
#include "models/items/focusstate.h"
#include "tests/items/storefixture.h"
#include "views/sidebar.h"
#include "views/theme.h"
#include "tests/support/testprogram.h"

namespace tst_sidebar {

using namespace Qt::StringLiterals;
using namespace mesh;
using namespace mesh::test;
using namespace mesh::views;

class TestSideBar final : public QObject
{
    Q_OBJECT

private:
    struct Scene : StoreFixture
    {
        Scene()
        {
            focus.setMesh(kMesh);
            side.resize(240, 600);
            side.show();
        }
        QListView *view() { return side.findChild<QListView *>(u"conversationList"_s); }
        Theme theme;
        items::FocusState focus;
        SideBar side{theme, clock, &focus, &sink};
    };

private Q_SLOTS:
    void emptyStatesSayWhatComes()
    {
        Scene s;
        auto *empty = s.side.findChild<QLabel *>(u"sideBarEmpty"_s);
        QVERIFY(empty->isVisible());
        QVERIFY(empty->text().contains(u"No mesh is open"_s));
        s.side.setStore(&s.store);
        QVERIFY(empty->text().contains(u"once the mesh is connected"_s));
        s.online();
        s.list({s.peer(1, u"qa"_s)});
        QVERIFY(!empty->isVisible());
        QVERIFY(s.view()->isVisible());
    }

    void clicksAndKeysOpen()
    {
        Scene s;
        s.side.setStore(&s.store);
        s.online();
        s.list({s.peer(1, u"qa"_s), s.peer(2, u"db"_s)});
        QSignalSpy opened(&s.side, &SideBar::conversationOpened);
        auto *model = s.side.model();
        const QModelIndex row = model->index(model->rowOf(direct(2)));
        QTest::mouseClick(s.view()->viewport(), Qt::LeftButton, {}, s.view()->visualRect(row).center());
        QCOMPARE(opened.count(), 1);
        QCOMPARE(s.focus.conversation(), direct(2));
        QCOMPARE(s.focus.selectedPeer(), keyOf(2));
        // section heads do nothing
        QTest::mouseClick(s.view()->viewport(), Qt::LeftButton, {}, s.view()->visualRect(model->index(1)).center());
        QCOMPARE(opened.count(), 1);
        s.side.focusList();
        s.view()->setCurrentIndex(row);
        QTest::keyClick(s.view(), Qt::Key_Down);
        QCOMPARE(opened.count(), 1); // moving is not opening: nothing gets marked as read on the way
        QTest::keyClick(s.view(), Qt::Key_Return);
        QCOMPARE(opened.count(), 2);
        QCOMPARE(s.focus.conversation(), direct(1));
    }

    void menuMarksAsRead()
    {
        Scene s;
        s.side.setStore(&s.store);
        s.online();
        s.list({s.peer(1, u"qa"_s)});
        s.receive(1, u"done"_s);
        const QModelIndex row = s.side.model()->index(s.side.model()->rowOf(direct(1)));
        Q_EMIT s.view()->customContextMenuRequested(s.view()->visualRect(row).center());
        auto *menu = s.side.findChild<QMenu *>(u"conversationMenu"_s);
        QVERIFY(menu);
        menu->findChild<QAction *>(u"markReadAction"_s)->trigger();
        const auto marks = s.sink.of<protocol::commands::MarkRead>();
        QCOMPARE(marks.size(), 1);
        QCOMPARE(marks[0].conversation, direct(1));
        QCOMPARE(marks[0].upToMs, s.clock.now);
    }

    //! The first message takes a peer from far down the list to the top.
    void theOpenConversationStaysInSight()
    {
        Scene s;
        s.side.setStore(&s.store);
        s.online();
        QList<protocol::PeerRow> peers;
        for (int n = 1; n <= 80; ++n)
            peers.append(s.peer(n, u"peer-%1"_s.arg(n, 2, 10, QLatin1Char('0'))));
        s.list(peers);
        s.focus.setConversation(direct(75));
        const auto inSight = [&] {
            const int row = s.side.model()->rowOf(direct(75));
            return s.view()->viewport()->rect().contains(s.view()->visualRect(s.side.model()->index(row)).center());
        };
        QTRY_VERIFY(inSight());
        QVERIFY(s.side.model()->rowOf(direct(75)) > 60);
        s.compose(direct(75), u"hello"_s);
        QVERIFY(s.side.model()->rowOf(direct(75)) < 3);
        QTRY_VERIFY(inSight());
        // Whoever scrolls away is left where they are.
        s.view()->verticalScrollBar()->setValue(s.view()->verticalScrollBar()->maximum());
        QVERIFY(!inSight());
        const int place = s.view()->verticalScrollBar()->value();
        s.receive(3, u"somebody else"_s, s.clock.now + 50);
        QTest::qWait(0);
        QVERIFY(!inSight());
        QVERIFY(s.view()->verticalScrollBar()->value() >= place);
    }

    void menuPinsMutesAndArchives()
    {
        Scene s;
        s.side.setStore(&s.store);
        s.online();
        s.list({s.peer(1, u"qa"_s)});
        s.receive(1, u"done"_s);
        const auto menu = [&] {
            qDeleteAll(s.side.findChildren<QMenu *>(u"conversationMenu"_s));
            const QModelIndex row = s.side.model()->index(s.side.model()->rowOf(direct(1)));
            Q_EMIT s.view()->customContextMenuRequested(s.view()->visualRect(row).center());
            return s.side.findChild<QMenu *>(u"conversationMenu"_s);
        };
        using protocol::commands::ArrangeConversation;
        using protocol::events::Attention;
        menu()->findChild<QAction *>(u"pinAction"_s)->trigger();
        auto told = s.sink.of<ArrangeConversation>();
        QCOMPARE(told.size(), 1);
        QVERIFY(told[0].pinned && !told[0].archived);
        s.apply(events::ConversationArranged{direct(1), true, false, Attention::All});
        menu()->findChild<QAction *>(u"attentionNothing"_s)->trigger();
        told = s.sink.of<ArrangeConversation>();
        QVERIFY(told.last().pinned); // what was decided before stays
        QCOMPARE(told.last().attention, Attention::Nothing);
        s.clock.now += 10;
        s.apply(events::ConversationArranged{direct(1), true, false, Attention::Nothing});
        menu()->findChild<QAction *>(u"archiveAction"_s)->trigger();
        QVERIFY(s.sink.of<ArrangeConversation>().last().archived);
        s.clock.now += 10;
        s.apply(events::ConversationArranged{direct(1), true, true, Attention::Nothing});
        QCOMPARE(s.side.model()->rowOf(direct(1)), -1);
        const QModelIndex head = s.side.model()->index(s.side.model()->rowCount() - 1);
        QTest::mouseClick(s.view()->viewport(), Qt::LeftButton, {}, s.view()->visualRect(head).center());
        QVERIFY(s.side.model()->rowOf(direct(1)) >= 0); // the archive opened
    }

    void filters()
    {
        Scene s;
        s.side.setStore(&s.store);
        s.online();
        s.list({s.peer(1, u"qa"_s), s.peer(2, u"api"_s)});
        s.receive(1, u"unread"_s);
        s.side.findChild<QToolButton *>(u"unreadOnly"_s)->click();
        QVERIFY(s.side.model()->rowOf(direct(1)) >= 0);
        QCOMPARE(s.side.model()->rowOf(direct(2)), -1);
        s.side.findChild<QToolButton *>(u"unreadOnly"_s)->click();
        QVERIFY(s.side.model()->rowOf(direct(2)) >= 0);
        QSignalSpy chosen(&s.side, &SideBar::listChoiceChanged); // for whoever keeps it
        s.side.findChild<QToolButton *>(u"orderByNeed"_s)->click();
        QCOMPARE(chosen.takeFirst(), (QVariantList{false, true}));
        s.side.setListChoice(true, false);
        QVERIFY(s.side.model()->isUnreadOnly());
        QCOMPARE(s.side.model()->order(), items::ConversationListModel::Order::Newest);
    }

    //! The user's own notes lead the list, and nothing of a conversation with others is offered for them.
    void notesStandFirst()
    {
        Scene s;
        s.side.setStore(&s.store);
        s.online();
        s.list({s.peer(1, u"qa"_s)});
        s.receive(1, u"done"_s);
        const protocol::ConversationId notes{protocol::ConversationKind::Notes, {}};
        QCOMPARE(s.side.model()->rowOf(notes), 0);
        const QModelIndex row = s.side.model()->index(0);
        QTest::mouseClick(s.view()->viewport(), Qt::LeftButton, {}, s.view()->visualRect(row).center());
        QCOMPARE(s.focus.conversation(), notes);
        Q_EMIT s.view()->customContextMenuRequested(s.view()->visualRect(row).center());
        auto *menu = s.side.findChild<QMenu *>(u"conversationMenu"_s);
        QVERIFY(menu);
        QVERIFY(!menu->findChild<QAction *>(u"archiveAction"_s));
        QVERIFY(!menu->findChild<QAction *>(u"pinAction"_s));
    }

    //! A key that was never compared is marked in the list, a changed one louder; a compared one is not.
    void keysAreMarked()
    {
        Scene s;
        s.side.setStore(&s.store);
        s.online();
        s.list({s.peer(1, u"qa"_s)});
        s.receive(1, u"done"_s);
        const auto spoken = [&](int n) {
            const auto *model = s.side.model();
            return model->index(model->rowOf(direct(n))).data(Qt::AccessibleTextRole).toString();
        };
        const auto picture = [&](int n) {
            s.side.grab();
            return s.view()
                ->grab(s.view()->visualRect(s.side.model()->index(s.side.model()->rowOf(direct(n)))))
                .toImage();
        };
        QVERIFY(spoken(1).contains(u"not verified"_s));
        const QImage unknown = picture(1);
        s.apply(events::PeerVerified{memberOf(1), u"qa"_s, true});
        QVERIFY(!spoken(1).contains(u"verified"_s));
        QVERIFY(picture(1) != unknown);
        s.list({s.peer(2, u"qa"_s)}); // another member bears the name now
        s.receive(2, u"it is me"_s);
        QVERIFY(spoken(2).contains(u"key changed"_s));
    }

    void meshesCanBeSwitched()
    {
        Scene s;
        s.side.setStore(&s.store);
        s.side.setMeshes({{kMesh, u"Personal"_s, true, 0, {}}, {u"other"_s, u"Work & play"_s, false, 3, {}}});
        QSignalSpy chosen(&s.side, &SideBar::meshChosen);
        QSignalSpy add(&s.side, &SideBar::addMeshRequested);
        auto *header = s.side.findChild<QAbstractButton *>(u"meshHeader"_s);
        header->click();
        auto *menu = s.side.findChild<QMenu *>(u"meshMenu"_s);
        QVERIFY(menu);
        QVERIFY(menu->actions().at(0)->isChecked());
        QCOMPARE(menu->actions().at(1)->text(), u"Work && play (3)"_s);
        menu->actions().at(1)->trigger();
        QCOMPARE(chosen.count(), 1);
        QCOMPARE(chosen.at(0).at(0).toString(), u"other"_s);
        menu->findChild<QAction *>(u"addMeshAction"_s)->trigger();
        QCOMPARE(add.count(), 1);
    }

    void hostileNamesStayOnTheirLine()
    {
        Scene s;
        s.side.setStore(&s.store);
        s.online();
        s.list({s.peer(1, u"<b>ad\u202Emin\n\n</b>\u200B"_s + QString(5'000, u'x'))});
        const QModelIndex row = s.side.model()->index(s.side.model()->rowOf(direct(1)));
        const QString title = row.data().toString();
        QVERIFY(title.startsWith(u"<b>admin </b>x"_s));
        QVERIFY(title.size() <= 48);
        QPixmap pixmap(s.side.size());
        s.side.render(&pixmap);
        QCOMPARE(s.view()->visualRect(row).height(), s.theme.px(50));
    }
};

MESH_TEST(TestSideBar)

} // namespace tst_sidebar

#include "tst_sidebar.moc"
