// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtCore/QAbstractItemModel>
#include <QtCore/QRandomGenerator>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>
#include <QtWidgets/QAbstractButton>
#include <QtWidgets/QAbstractItemView>
#include <QtWidgets/QCheckBox>
#include <QtWidgets/QCompleter>
#include <QtWidgets/QInputDialog>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QListView>
#include <QtWidgets/QMenu>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QSpinBox>
#include <QtWidgets/QTableView>
#include <QtWidgets/QToolButton>

#include "models/items/peerlistmodel.h"
#include "models/items/timelinemodel.h"
#include "tests/items/storefixture.h"
#include "views/attentionchips.h"
#include "views/cardplacement.h"
#include "views/chip.h"
#include "views/edgecard.h"
#include "views/filterbar.h"
#include "views/nodecard.h"
#include "views/peertable.h"
#include "views/theme.h"
#include "views/timelinefilter.h"
#include "tests/support/testprogram.h"

namespace tst_filterbar {

using namespace Qt::StringLiterals;
using namespace mesh::items;
using namespace mesh::test;
using namespace mesh::views;
using mesh::protocol::PeerStatus;

namespace {

class ListedFilters final : public SavedFilters
{
public:
    QList<SavedFilter> filters(const mesh::protocol::MeshId &mesh) const override { return kept.value(mesh); }
    void setFilters(const mesh::protocol::MeshId &mesh, const QList<SavedFilter> &filters) override
    {
        kept.insert(mesh, filters);
    }
    QHash<QString, QList<SavedFilter>> kept;
};

class KeptSettings final : public AttentionSettings
{
public:
    QSet<AttentionKind> off() const override { return kept; }
    void setOff(const QSet<AttentionKind> &off) override { kept = off; }
    std::optional<int> threshold(AttentionKind kind) const override
    {
        return figures.contains(kind) ? std::optional(figures.value(kind)) : std::nullopt;
    }
    void setThreshold(AttentionKind kind, std::optional<int> value) override
    {
        if (value)
            figures.insert(kind, *value);
        else
            figures.remove(kind);
    }
    QSet<AttentionKind> kept;
    QHash<AttentionKind, int> figures;
};

} // namespace

//! Filter bar, attention chips, table and cards as widgets.
class TestFilterBar final : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<StoreFixture> f;
    std::unique_ptr<FocusState> focus;
    std::unique_ptr<PeerMatches> matches;
    Theme theme;

private Q_SLOTS:
    void initTestCase() { theme.install(); }

    void init()
    {
        f = std::make_unique<StoreFixture>();
        f->online();
        auto full = StoreFixture::peer(3, u"sales"_s, PeerStatus::Working);
        full.stats = QJsonObject{{u"contextUsed"_s, 190}, {u"contextMax"_s, 200}};
        full.groups = {{u"shop"_s, {}}};
        full.hostname = u"build-3"_s;
        full.model = u"opus-4"_s;
        f->list({StoreFixture::peer(1, u"qa"_s, PeerStatus::Working), StoreFixture::peer(2, u"db"_s), full});
        focus = std::make_unique<FocusState>();
        focus->setMesh(kMesh);
        matches = std::make_unique<PeerMatches>(*focus, f->clock);
        matches->setStore(&f->store);
    }

    void cleanup()
    {
        matches.reset();
        focus.reset();
        f.reset();
    }

    void typingFiltersAndExplains()
    {
        FilterBar bar(theme, *focus, *matches, nullptr);
        bar.resize(900, 44);
        bar.show();
        auto *edit = bar.findChild<QLineEdit *>(u"filterEdit"_s);
        auto *error = bar.findChild<QLabel *>(u"filterError"_s);
        auto *count = bar.findChild<QLabel *>(u"filterCount"_s);
        QVERIFY(count->isHidden());
        QTest::keyClicks(edit, u"status:working"_s);
        QVERIFY(focus->filterText() != u"status:working"_s); // not at every letter
        QTRY_COMPARE(focus->filterText(), u"status:working"_s);
        QVERIFY(error->isHidden());
        QCOMPARE(count->text(), u"2 of 3"_s);
        QTest::keyClicks(edit, u" context>lots"_s);
        QTest::keyClick(edit, Qt::Key_Return); // at once
        QVERIFY(!error->isHidden());
        QVERIFY(error->text().contains(u"percentage"_s));
        QCOMPARE(matches->shown(), 2);         // what was in force stays
        QTest::keyClick(edit, Qt::Key_Escape); // the completion's, if it is open
        if (!edit->text().isEmpty())
            QTest::keyClick(edit, Qt::Key_Escape);
        QVERIFY(edit->text().isEmpty());
        QCOMPARE(matches->shown(), 3);
        // Another view changes it: the field follows.
        focus->setFilterText(u"name:nobody"_s);
        QCOMPARE(edit->text(), u"name:nobody"_s);
        QVERIFY(count->text().contains(u"Nobody"_s));
    }

    void chipsSwitchConditions()
    {
        FilterBar bar(theme, *focus, *matches, nullptr);
        bar.resize(900, 44);
        bar.show();
        auto *working = bar.findChild<Chip *>(u"filterChip-status:working"_s);
        QVERIFY(working && working->isVisible());
        QCOMPARE(working->text(), u"working 2"_s);
        QTest::mouseClick(working, Qt::LeftButton);
        QCOMPARE(focus->filterText(), u"status:working"_s);
        auto *active = bar.findChild<Chip *>(u"filterChip-status:working"_s);
        QVERIFY(active->isChecked());
        QTest::mouseClick(active, Qt::LeftButton);
        QVERIFY(focus->filterText().isEmpty());
        // In a narrow bar chips go rather than being cut.
        bar.resize(330, 44);
        QTRY_VERIFY(!bar.findChild<Chip *>(u"filterChip-context>80"_s)->isVisible());
    }

    void completionIsTakenByKeys()
    {
        FilterBar bar(theme, *focus, *matches, nullptr);
        bar.show();
        auto *edit = bar.findChild<QLineEdit *>(u"filterEdit"_s);
        edit->setFocus();
        QTest::keyClicks(edit, u"mod"_s);
        auto *completer = bar.findChild<QCompleter *>();
        QVERIFY(completer->popup()->isVisible());
        QCOMPARE(completer->popup()->model()->index(0, 0).data().toString(), u"model:"_s);
        QTest::keyClick(completer->popup(), Qt::Key_Down);
        QTest::keyClick(completer->popup(), Qt::Key_Return);
        QCOMPARE(edit->text(), u"model:"_s);
        QTRY_COMPARE(completer->popup()->model()->index(0, 0).data().toString(), u"opus-4"_s); // a living value
        completer->popup()->hide();
    }

    void filtersAreSavedPerMesh()
    {
        ListedFilters saved;
        FilterBar bar(theme, *focus, *matches, &saved);
        bar.show();
        focus->setFilterText(u"status:working"_s);
        auto *menu = bar.findChild<QMenu *>(u"savedFiltersMenu"_s);
        Q_EMIT menu->aboutToShow();
        menu->findChild<QAction *>(u"saveFilter"_s)->trigger();
        auto *dialog = bar.findChild<QInputDialog *>(u"filterNameDialog"_s);
        QVERIFY(dialog);
        dialog->setTextValue(u"Busy"_s);
        dialog->accept();
        QCOMPARE(saved.kept.value(kMesh), (QList<SavedFilter>{{u"Busy"_s, u"status:working"_s}}));
        focus->setFilterText({});
        Q_EMIT menu->aboutToShow();
        menu->actions().constFirst()->trigger();
        QCOMPARE(focus->filterText(), u"status:working"_s);
        auto *remove = menu->findChild<QMenu *>(u"removeFilterMenu"_s);
        remove->actions().constFirst()->trigger();
        QVERIFY(saved.kept.value(kMesh).isEmpty());
    }

    void attentionChipsAndList()
    {
        AttentionModel model(f->clock);
        model.setStore(&f->store);
        KeptSettings settings;
        model.setSettings(&settings);
        AttentionChips chips(theme, model);
        QCOMPARE(model.rowCount(), 1); // the full context
        QVERIFY(!chips.isHidden());
        QSignalSpy activated(&chips, &AttentionChips::activated);
        f->receive(1, u"Shall I merge?"_s);
        f->clock.now += 130'000;
        model.refresh();
        auto *first = chips.findChild<Chip *>(u"attentionChip-0"_s);
        QCOMPARE(first->text(), u"qa waits for you · 2 min"_s);
        QTest::mouseClick(first, Qt::LeftButton);
        QCOMPARE(activated.size(), 1);
        QCOMPARE(activated.at(0).at(0).value<AttentionItem>().peer, keyOf(1));
        f->receive(2, u"Which one?"_s);
        f->receive(4, u"And me?"_s);
        model.refresh();
        QVERIFY(!chips.findChild<Chip *>(u"attentionMore"_s)->isHidden());

        QWidget anchor;
        AttentionList list(theme, model, &anchor);
        list.popUp(anchor);
        QCOMPARE(list.height(), theme.px(74 + 4 * 32)); // as large as its rows, not as its other page
        auto *view = list.findChild<QListView *>(u"attentionListView"_s);
        QCOMPARE(view->model()->rowCount(), 4);
        QSignalSpy chosen(&list, &AttentionList::activated);
        QTest::mouseClick(view->viewport(), Qt::LeftButton, {}, view->visualRect(view->model()->index(0, 0)).center());
        QCOMPARE(chosen.size(), 1);
        QVERIFY(list.isHidden());
        list.popUp(anchor);
        QTest::mouseClick(list.findChild<QToolButton *>(u"attentionRules"_s), Qt::LeftButton);
        auto *page = list.findChild<QWidget *>(u"attentionRulesPage"_s);
        QVERIFY(page->isVisible() && !view->isVisible());
        QVERIFY(list.rect().contains(QRect(page->mapTo(&list, QPoint()), page->size())));
        auto *rule = list.findChild<QCheckBox *>(u"rule-waits"_s);
        QVERIFY(rule->isChecked());
        QTest::keyClick(rule, Qt::Key_Space);
        QCOMPARE(settings.kept, QSet<AttentionKind>{AttentionKind::WaitsForYou});
        QCOMPARE(model.rowCount(), 1);
        // The figure of a rule: within its range, at once, and back again.
        auto *figure = list.findChild<QSpinBox *>(u"ruleFigure-context"_s);
        auto *standard = list.findChild<QPushButton *>(u"rulesStandard"_s);
        QVERIFY(!standard->isEnabled());
        QCOMPARE(figure->value(), 80);
        QVERIFY(figure->text().contains(u'%'));
        figure->setValue(250);
        QCOMPARE(settings.figures.value(AttentionKind::ContextFull), 100);
        QCOMPARE(model.rowCount(), 0);
        QVERIFY(standard->isEnabled());
        QTest::mouseClick(standard, Qt::LeftButton);
        QCOMPARE(figure->value(), 80);
        QVERIFY(settings.figures.isEmpty());
        QCOMPARE(model.rowCount(), 1);
        for (const AttentionKind kind : attentionKinds) {
            const auto *box = list.findChild<QSpinBox *>(u"ruleFigure-"_s + mesh::protocol::toWord(kind));
            QCOMPARE(box != nullptr, thresholdOf(kind).has_value());
            QVERIFY(!box || (!box->suffix().isEmpty() && !box->accessibleName().isEmpty()));
        }
        list.findChild<QCheckBox *>(u"rule-context"_s)->click();
        QVERIFY(!figure->isEnabled());
        QCOMPARE(model.rowCount(), 0);
        QVERIFY(chips.isHidden());
    }

    void tableSharesFilterAndSelection()
    {
        PeerTable table(theme, *focus, *matches);
        table.setStore(&f->store);
        QCOMPARE(table.shownKeys().size(), 3); // hidden, and it still knows
        table.resize(900, 300);
        table.show();
        QVERIFY(QTest::qWaitForWindowExposed(&table));
        auto *view = table.findChild<QTableView *>(u"peerTable"_s);
        QCOMPARE(view->model()->rowCount(), 3);
        focus->setSelectedPeer(keyOf(1));
        QCOMPARE(view->currentIndex().data(PeerListModel::KeyRole).toString(), keyOf(1));
        view->setFocus();
        QTest::keyClick(view, Qt::Key_Down); // db, qa, sales
        QCOMPARE(focus->selectedPeer(), keyOf(3));
        QSignalSpy activated(&table, &PeerTable::peerActivated);
        QTest::keyClick(view, Qt::Key_Return);
        QCOMPARE(activated.size(), 1);
        QCOMPARE(activated.at(0).at(0).toString(), keyOf(3));
        focus->setFilterText(u"status:working"_s);
        QCOMPARE(view->model()->rowCount(), 2);
        QCOMPARE(focus->selectedPeer(), keyOf(3));
        view->sortByColumn(PeerListModel::Context, Qt::DescendingOrder);
        QCOMPARE(table.shownKeys(), QStringList({keyOf(3), keyOf(1)}));
        focus->setFilterText(u"-name:sales"_s); // the selected one is not in the table, but it stays selected
        QCOMPARE(view->model()->rowCount(), 2);
        QCOMPARE(focus->selectedPeer(), keyOf(3));
        QVERIFY(view->selectionModel()->selectedRows().isEmpty());
        focus->setFilterText(u"name:nobody"_s);
        QVERIFY(!table.findChild<QLabel *>(u"peerTableEmpty"_s)->isHidden());
        focus->setFilterText({});
        QVERIFY(!view->isHidden());
    }

    void timelineListFollowsTheFilter()
    {
        f->list({StoreFixture::peer(1, u"qa"_s, PeerStatus::Idle), StoreFixture::peer(2, u"db"_s, PeerStatus::Working),
                 StoreFixture::peer(3, u"sales"_s)});
        TimelineModel model;
        model.setStore(&f->store);
        TimelineFilter rows(model);
        rows.setFilter({}, TimelineFilter::Everything);
        rows.setMatches(matches.get());
        const int all = rows.rowCount();
        QVERIFY(all >= 3); // whose status changed
        focus->setFilterText(u"name:qa"_s);
        QVERIFY(rows.rowCount() < all);
        for (int row = 0; row < rows.rowCount(); ++row) {
            const QStringList peers = model.peersOf(rows.mapToSource(rows.index(row, 0)).row());
            QVERIFY(peers.isEmpty() || peers.contains(keyOf(1)));
        }
        focus->setFilterText({});
        QCOMPARE(rows.rowCount(), all);
    }

    void cardsStandBesideWhatTheyAreAbout()
    {
        const QRect view(0, 0, 800, 600);
        const QSize card(300, 200);
        CardSurroundings around{view, QRectF(100, 280, 40, 40), {}, {}};
        QRect at(placeCard(card, around), card);
        QVERIFY(at.left() > 140 && at.left() < 170 && at.top() < 300 && at.bottom() > 300);
        around.subject = QRectF(700, 280, 40, 40); // no room on the right
        at.moveTopLeft(placeCard(card, around));
        QVERIFY(at.right() < 700 && at.right() > 670);
        around.subject = QRectF(380, 20, 40, 40);
        around.keepOut = {QRectF(430, 0, 370, 300), QRectF(0, 0, 370, 300)}; // neither side
        at.moveTopLeft(placeCard(card, around));
        for (const QRectF &rect : std::as_const(around.keepOut))
            QVERIFY(!rect.intersects(QRectF(at)));
        QVERIFY(view.contains(at) && !at.intersects(around.subject.toRect()));
        // Those it talks with are left in sight while there is another place.
        around = {view, QRectF(380, 280, 40, 40), {}, {QPointF(500, 300), QPointF(250, 300)}};
        at.moveTopLeft(placeCard(card, around));
        for (const QPointF &point : std::as_const(around.inSight))
            QVERIFY(!at.contains(point.toPoint()));
        // Anywhere, of any size: inside the view, never over the subject while it can be helped, head in sight.
        QRandomGenerator random(5);
        for (int i = 0; i < 300; ++i) {
            const QSize size(random.bounded(60, 500), random.bounded(40, 900));
            around = {view, QRectF(random.bounded(900) - 50, random.bounded(700) - 50, 30, 30), {}, {}};
            const QPoint corner = placeCard(size, around);
            QVERIFY(view.contains(corner));
            if (size.height() < 500 && size.width() < 350) {
                QVERIFY(view.contains(QRect(corner, size)));
                QVERIFY(!QRectF(corner, size).intersects(around.subject));
            }
        }
    }

    void nodeCardTells()
    {
        AttentionModel attention(f->clock);
        attention.setStore(&f->store);
        QWidget page;
        page.resize(800, 700);
        NodeCard card(theme, f->clock, attention, &page);
        card.setStore(&f->store);
        page.show();
        QVERIFY(card.isHidden());
        events::TrafficSeen seen;
        seen.source = events::TrafficSource::Stream;
        seen.messageId = u"t1"_s;
        seen.senderKey = keyOf(3);
        seen.targetSpec = keyOf(2);
        seen.sentAtMs = f->clock.now;
        f->apply(seen);
        card.showPeer(keyOf(3));
        QVERIFY(card.isVisible());
        QCOMPARE(card.findChild<QLabel *>(u"cardTitle"_s)->text(), u"sales"_s);
        QString all;
        for (const QLabel *label : card.findChildren<QLabel *>()) {
            if (!label->isHidden())
                all += label->text() + u'\n';
        }
        for (const QString &part : {u"working"_s, u"opus-4"_s, u"@shop"_s, u"/srv/3"_s, u"build-3"_s,
                                    u"95 % · 190 of 200"_s, u"runs out of context"_s})
            QVERIFY2(all.contains(part), qPrintable(part + u" in "_s + all));
        QSignalSpy edge(&card, &NodeCard::edgeRequested);
        auto *partner = card.findChild<QAbstractButton *>(u"nodeCardPartner-0"_s);
        QVERIFY(partner->text().contains(u"db"_s));
        partner->click();
        QCOMPARE(edge.at(0), (QVariantList{keyOf(3), keyOf(2)}));
        QSignalSpy chat(&card, &NodeCard::chatRequested);
        card.findChild<QAbstractButton *>(u"nodeCardChat"_s)->click();
        QCOMPARE(chat.at(0).at(0).toString(), keyOf(3));
        card.showPeer(u"nobody"_s);
        QVERIFY(card.isHidden());
    }

    void edgeCardTells()
    {
        f->list({StoreFixture::peer(1, u"qa"_s), StoreFixture::peer(2, u"db"_s),
                 StoreFixture::peer(StoreFixture::kSelf, u"Maya"_s)});
        QWidget page;
        page.resize(800, 700);
        EdgeCard card(theme, f->clock, &page);
        card.setStore(&f->store);
        page.show();
        card.showEdge(keyOf(1), keyOf(2));
        QVERIFY(card.isVisible());
        auto *recent = card.findChild<QLabel *>(u"edgeCardRecent"_s);
        QVERIFY(recent->text().contains(u"sealed"_s)); // not ours to read
        f->receive(1, u"<b>Tests</b> are green."_s);
        card.showEdge(keyOf(StoreFixture::kSelf), keyOf(1));
        QVERIFY(recent->text().contains(u"<b>Tests</b> are green."_s));
        QCOMPARE(recent->textFormat(), Qt::PlainText);
        QCOMPARE(card.findChild<QLabel *>(u"cardTitle"_s)->text(), u"Maya – qa"_s);
        card.showEdge({}, {});
        QVERIFY(card.isHidden());
    }
};

MESH_TEST(TestFilterBar)

} // namespace tst_filterbar

#include "tst_filterbar.moc"
