// SPDX-License-Identifier: GPL-3.0-or-later
#include "panelfixture.h"

#include "models/items/focusstate.h"
#include "tests/support/fakeclock.h"
#include "views/figures.h"
#include "views/meshlistmodel.h"
#include "views/meshpanel.h"
#include "views/peerpanel.h"
#include "views/peerstatsmodel.h"
#include "views/peertrend.h"
#include "views/sparkline.h"
#include "views/statspanel.h"
#include "views/theme.h"
#include "tests/support/testprogram.h"

#include <QtCore/QFileInfo>
#include <QtGui/QClipboard>
#include <QtGui/QGuiApplication>
#include <QtTest/QAbstractItemModelTester>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>
#include <QtWidgets/QFileDialog>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QListView>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QTableView>

#include <cmath>
#include <limits>

namespace tst_panels {

using namespace mesh;
using namespace mesh::tests;
using namespace Qt::StringLiterals;
namespace commands = protocol::commands;

class TstPanels final : public QObject
{
    Q_OBJECT

private:
    views::Theme m_theme;
    FakeClock m_time{1'791'468'000'000};

    static QString text(const QWidget &view, const QString &name)
    {
        const auto *label = view.findChild<QLabel *>(name);
        return label ? label->text() : u"(no such label)"_s;
    }
    static QPushButton *button(const QWidget &view, const QString &name) { return view.findChild<QPushButton *>(name); }

private Q_SLOTS:
    void figuresReadWell()
    {
        QCOMPARE(views::Figures::compact(950), u"950"_s);
        QCOMPARE(views::Figures::compact(12'400), QLocale().toString(12.4, 'f', 1) + u'k');
        QCOMPARE(views::Figures::compact(3'100'000), QLocale().toString(3.1, 'f', 1) + u'M');
        QCOMPARE(views::Figures::duration(42'000), u"42 s"_s);
        QCOMPARE(views::Figures::duration(2 * 3'600'000 + 5 * 60'000), u"2 h 5 min"_s);
        QCOMPARE(views::Figures::json(QJsonValue(14)), u"14"_s);
        QCOMPARE(views::Figures::json(QJsonValue(u"a\nb"_s)), u"a b"_s);
        QVERIFY(!views::Figures::toolTip(u"<b>x</b>"_s).contains(u"<b>"));
    }

    void sparklineMapsAndLeavesGaps()
    {
        const double gap = std::numeric_limits<double>::quiet_NaN();
        const QList<QPolygonF> lines = views::SparkGeometry::lines({0, 10, gap, 5}, QRectF(0, 0, 30, 10), 0, 10);
        QCOMPARE(lines.size(), 2);
        QCOMPARE(lines[0][0], QPointF(0, 10));
        QCOMPARE(lines[0][1], QPointF(10, 0));
        QCOMPARE(lines[1][0], QPointF(30, 5));
        const auto [low, high] = views::SparkGeometry::range({7, 7, gap}, 4);
        QCOMPARE(low, 5.0);
        QCOMPARE(high, 9.0);
    }

    void trendGivesBurnRateAndTimeToFull()
    {
        views::PeerTrend trend;
        QVERIFY(!trend.tokensPerMinute());
        trend.add(0, 50'000, 1'000);
        QVERIFY(!trend.tokensPerMinute());
        trend.add(60'000, 60'000, 4'000);
        QCOMPARE(*trend.tokensPerMinute(), 3'000.0);
        QCOMPARE(*trend.msToFull(100'000), 4 * 60'000);
        QVERIFY(!trend.msToFull(std::nullopt));
        trend.add(120'000, 60'000, 500); // a new session begins its count anew
        QVERIFY(!trend.tokensPerMinute());
        trend.add(180'000, std::nullopt, 1'500);
        QCOMPARE(*trend.tokensPerMinute(), 1'000.0);
        QVERIFY(!trend.msToFull(100'000));
        QVERIFY(std::isnan(trend.contextLine().constLast()));
        for (int i = 0; i < 1'000; ++i)
            trend.add(200'000 + i * 3'000, i, i);
        QVERIFY(trend.contextLine().size() <= views::PeerTrend::MaxSamples);
    }

    void statsSayNotReportedAndNeverZero()
    {
        store::MeshStore store(PanelMesh);
        views::PeerStatsModel model(m_time);
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setStore(&store);
        fillStore(store, m_time.nowMs());
        QCOMPARE(model.rowCount(), 10);
        int missing = 0;
        for (int row = 0; row < model.rowCount(); ++row) {
            const QString context = model.index(row, views::PeerStatsModel::Context).data().toString();
            QVERIFY(!context.isEmpty() && !context.startsWith(u'0'));
            missing += context == views::Figures::notReported() ? 1 : 0;
        }
        QCOMPARE(missing, 3);
        store.apply(
            {happened(m_time.nowMs() + 1'000,
                      protocol::events::PeersListed{{peerRow(1, u"sales-rep-1"_s, protocol::PeerStatus::Idle)}})});
        QCOMPARE(model.rowCount(), 1);
    }

    void statsPanelSortsAndFilters()
    {
        store::MeshStore store(PanelMesh);
        fillStore(store, m_time.nowMs());
        items::FocusState focus;
        views::StatsPanel panel(m_theme, m_time, &focus);
        panel.setStore(&store);
        panel.resize(900, 500);
        panel.show();
        auto *table = panel.findChild<QTableView *>(u"statsTable"_s);
        const auto share = [&](int row) {
            return table->model()
                ->index(row, views::PeerStatsModel::Context)
                .data(views::PeerStatsModel::SortRole)
                .toDouble();
        };
        for (int row = 1; row < table->model()->rowCount(); ++row)
            QVERIFY(share(row - 1) >= share(row));
        panel.findChild<QLineEdit *>(u"statsFilter"_s)->setText(u"BACK"_s);
        QCOMPARE(table->model()->rowCount(), 1);
        panel.findChild<QLineEdit *>(u"statsFilter"_s)->setText(u"nobody"_s);
        QVERIFY(panel.findChild<QLabel *>(u"statsEmpty"_s)->isVisible());
        QVERIFY(text(panel, u"statsPeers"_s).endsWith(u"of 10"));
    }

    void peerPanelShowsThePeerAndItsKeys()
    {
        store::MeshStore store(PanelMesh);
        fillStore(store, m_time.nowMs());
        items::FocusState focus;
        focus.setMesh(PanelMesh);
        views::PeerPanel panel(m_theme, m_time, &focus);
        QStringList asked;
        panel.setSafetyNumberProvider([&asked](const QString &own, const QString &peer) {
            asked = {own, peer};
            return u"34730 08989"_s;
        });
        panel.setStore(&store);
        panel.resize(370, 700);
        panel.show();
        QVERIFY(panel.findChild<QLabel *>(u"peerEmpty"_s)->isVisible());
        focus.setSelectedPeer(peerKey(1));
        QCOMPARE(text(panel, u"peerName"_s), u"sales-rep-1"_s);
        QCOMPARE(text(panel, u"peerModel"_s), u"opus-4"_s);
        QCOMPARE(text(panel, u"peerGroups"_s), u"@sales (lead)"_s);
        QCOMPARE(text(panel, u"peerKey"_s).remove(u' '), peerKey(1));
        QCOMPARE(text(panel, u"peerSafety"_s), u"34730 08989"_s);
        QCOMPARE(asked, (QStringList{peerKey(0xff), peerKey(101)}));
        QVERIFY(text(panel, u"peerContext"_s).contains(u'%'));
        focus.setSelectedPeer(peerKey(8));
        QCOMPARE(text(panel, u"peerContext"_s), views::Figures::notReported());
        QSignalSpy wanted(&panel, &views::PeerPanel::messageRequested);
        QTest::mouseClick(button(panel, u"peerMessage"_s), Qt::LeftButton);
        QCOMPARE(wanted.at(0).at(0).toString(), peerKey(8));
        QTest::mouseClick(button(panel, u"peerCopyKey"_s), Qt::LeftButton);
        QCOMPARE(QGuiApplication::clipboard()->text(), peerKey(8));
    }

    void hostileTextsStayText()
    {
        store::MeshStore store(PanelMesh);
        goOnline(store, m_time.nowMs());
        protocol::PeerRow evil =
            peerRow(1, u"<img src=x>\u202egnp.exe\n\n"_s + QString(48'000, u'x'), protocol::PeerStatus::Idle);
        evil.summary = u"<b>bold</b>"_s;
        store.apply(
            {happened(m_time.nowMs(), protocol::events::PeersListed{{evil}}),
             happened(m_time.nowMs(),
                      protocol::events::StateSet{u"<a href=x>k</a>"_s, QString(48'000, u'y'), u"\u202eevil"_s})});
        items::FocusState focus;
        focus.setMesh(PanelMesh);
        focus.setSelectedPeer(peerKey(1));
        views::PeerPanel panel(m_theme, m_time, &focus);
        panel.setStore(&store);
        panel.show();
        const auto labels = panel.findChildren<QLabel *>();
        for (const QLabel *label : labels) {
            QVERIFY(!label->text().contains(QChar(0x202e)));
            QVERIFY(label->text().size() < 1'000);
            if (label->text().contains(u'<'))
                QCOMPARE(label->textFormat(), Qt::PlainText);
        }
        const QList<views::MeshListRow> rows = views::meshrows::state(store, m_time.nowMs());
        QCOMPARE(rows.size(), 1);
        QVERIFY(rows[0].value.size() <= 122);
        QVERIFY(!rows[0].second.contains(QChar(0x202e)));
    }

    void stateIsSetAndEditedThroughCommands()
    {
        store::MeshStore store(PanelMesh);
        fillStore(store, m_time.nowMs());
        RecordingSink sink;
        views::MeshPanel panel(m_theme, m_time, &sink);
        panel.setStore(&store);
        panel.resize(370, 500);
        panel.show();
        QVERIFY(sink.last<commands::Refresh>());
        QCOMPARE(sink.last<commands::Refresh>()->what, commands::Listing::State);
        auto *list = panel.findChild<QListView *>(u"meshList"_s);
        QCOMPARE(list->model()->rowCount(), int(store.stateKeys().size()));
        QVERIFY(button(panel, u"meshSection0"_s)->text().startsWith(u"State "));

        QTest::mouseClick(button(panel, u"meshAdd"_s), Qt::LeftButton);
        auto *first = panel.findChild<QLineEdit *>(u"meshFormFirst"_s);
        auto *second = panel.findChild<QLineEdit *>(u"meshFormSecond"_s);
        QTest::keyClicks(first, u"release"_s);
        QTest::mouseClick(button(panel, u"meshFormSave"_s), Qt::LeftButton);
        QVERIFY(panel.findChild<QLabel *>(u"meshFormProblem"_s)->isVisible());
        QCOMPARE(sink.count<commands::SetState>(), 0);
        QTest::keyClicks(second, u"{\"n\":1}"_s);
        QTest::keyClick(second, Qt::Key_Return);
        QVERIFY(sink.last<commands::SetState>());
        QCOMPARE(sink.last<commands::SetState>()->key, u"release"_s);
        QCOMPARE(sink.last<commands::SetState>()->value, QJsonValue(QJsonObject{{u"n"_s, 1}}));
        QVERIFY(!first->isVisible());
        QCOMPARE(list->model()->rowCount(), int(store.stateKeys().size()));

        store.apply({happened(m_time.nowMs(), protocol::events::StateSet{u"aaa"_s, u"42"_s, u"qa"_s})});
        list->setCurrentIndex(list->model()->index(0, 0));
        QTest::mouseClick(button(panel, u"meshEdit"_s), Qt::LeftButton);
        QCOMPARE(first->text(), u"aaa"_s);
        QVERIFY(first->isReadOnly());
        QCOMPARE(second->text(), u"\"42\""_s);
        QTest::keyClick(second, Qt::Key_Escape);
        QTRY_VERIFY(!first->isVisible());
    }

    void memoryTasksAndInvites()
    {
        store::MeshStore store(PanelMesh);
        fillStore(store, m_time.nowMs());
        RecordingSink sink;
        views::MeshPanel panel(m_theme, m_time, &sink);
        panel.setStore(&store);
        panel.show();
        auto *list = panel.findChild<QListView *>(u"meshList"_s);
        auto *filter = panel.findChild<QLineEdit *>(u"meshFilter"_s);
        panel.setSection(views::MeshPanel::Memory);
        QVERIFY(list->model()->rowCount() > 0);
        QTest::keyClicks(filter, u"delivery days"_s);
        QTest::keyClick(filter, Qt::Key_Return);
        QVERIFY(sink.last<commands::Recall>());
        QCOMPARE(sink.last<commands::Recall>()->query, u"delivery days"_s);
        QVERIFY(panel.findChild<QLabel *>(u"meshEmpty"_s)->isVisible());
        filter->clear();
        list->setCurrentIndex(list->model()->index(0, 0));
        QTest::mouseClick(button(panel, u"meshRemove"_s), Qt::LeftButton);
        QVERIFY(sink.last<commands::Forget>());
        QTest::mouseClick(button(panel, u"meshAdd"_s), Qt::LeftButton);
        panel.findChild<QLineEdit *>(u"meshFormFirst"_s)->setText(u"Supplier closes at six"_s);
        panel.findChild<QLineEdit *>(u"meshFormSecond"_s)->setText(u"orders , supplier,,orders"_s);
        QTest::mouseClick(button(panel, u"meshFormSave"_s), Qt::LeftButton);
        QCOMPARE(sink.last<commands::Remember>()->tags, (QStringList{u"orders"_s, u"supplier"_s}));

        panel.setSection(views::MeshPanel::Tasks);
        QCOMPARE(list->model()->rowCount(), 1);
        list->setCurrentIndex(list->model()->index(0, 0));
        QTest::mouseClick(button(panel, u"meshRemove"_s), Qt::LeftButton);
        const auto *request = getIf<commands::Request>(&sink.commands.at(sink.commands.size() - 2));
        QVERIFY(request && holds<protocol::CompleteTask>(request->frame));

        panel.setSection(views::MeshPanel::Files);
        QVERIFY(text(panel, u"meshEmpty"_s).startsWith(u"Files that peers share"));

        panel.setSection(views::MeshPanel::Invites);
        QVERIFY(!button(panel, u"inviteMember"_s)->isEnabled());
        panel.setInviteProvider([](const QString &role) -> protocol::Expected<QString> {
            if (role == u"admin")
                return protocol::Error{u"denied"_s, u"Not allowed"_s, protocol::ErrorBand::Persistent};
            return u"ic://join/abc"_s;
        });
        QTest::mouseClick(button(panel, u"inviteMember"_s), Qt::LeftButton);
        QCOMPARE(panel.findChild<QLineEdit *>(u"inviteLink"_s)->text(), u"ic://join/abc"_s);
        QTest::mouseClick(button(panel, u"inviteAdmin"_s), Qt::LeftButton);
        QVERIFY(text(panel, u"inviteText"_s).contains(u"Not allowed"));
        QVERIFY(panel.findChild<QLineEdit *>(u"inviteLink"_s)->text().isEmpty());
    }

    void filesAreSaved()
    {
        store::MeshStore store(PanelMesh);
        fillStore(store, m_time.nowMs());
        RecordingSink sink;
        views::MeshPanel panel(m_theme, m_time, &sink);
        panel.setStore(&store);
        panel.show();
        panel.setSection(views::MeshPanel::Files);
        protocol::FileRow row;
        row.id = u"f1"_s;
        row.name = u"../../.ssh/authorized\u202e_keys"_s; // what a stranger calls it
        store.apply({happened(m_time.nowMs(), protocol::events::FilesListed{{row}})});
        auto *list = panel.findChild<QListView *>(u"meshList"_s);
        list->setCurrentIndex(list->model()->index(0, 0));
        QCOMPARE(button(panel, u"meshEdit"_s)->text(), u"Save as…"_s);
        QTest::mouseClick(button(panel, u"meshEdit"_s), Qt::LeftButton);
        auto *dialog = panel.findChild<QFileDialog *>(u"saveFileDialog"_s);
        QVERIFY(dialog && dialog->isVisible());
        const QString offered = QFileInfo(dialog->selectedFiles().value(0)).fileName();
        QVERIFY2(offered.startsWith(u"authorized") && !offered.contains(QChar(0x202e)), qPrintable(offered));
        dialog->reject();
        QCOMPARE(sink.count<commands::SaveFile>(), 0);

        panel.saveFile(u"f1"_s, u"/somewhere/keys.txt"_s);
        QVERIFY(sink.last<commands::SaveFile>());
        QCOMPARE(sink.last<commands::SaveFile>()->fileId, u"f1"_s);
        QCOMPARE(sink.last<commands::SaveFile>()->path, u"/somewhere/keys.txt"_s);
        QVERIFY(text(panel, u"meshSaid"_s).startsWith(u"Fetching"));
        protocol::events::CommandFinished finished;
        finished.commandId = sink.commands.size();
        finished.ok = false;
        finished.code = u"download_failed"_s;
        finished.detail = u"The link is no good."_s;
        store.apply({happened(m_time.nowMs(), finished)});
        QCOMPARE(text(panel, u"meshSaid"_s), u"The file was not saved: The link is no good."_s);
        panel.saveFile(u"f1"_s, u"/somewhere/keys.txt"_s);
        finished.commandId = sink.commands.size();
        finished.ok = true;
        store.apply({happened(m_time.nowMs(), finished)});
        QCOMPARE(text(panel, u"meshSaid"_s), u"Saved as /somewhere/keys.txt"_s);
    }

    void listModelKeepsWhatStays()
    {
        views::MeshListModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        const auto row = [](const QString &key, const QString &value) {
            views::MeshListRow r;
            r.key = key;
            r.title = key;
            r.value = value;
            return r;
        };
        model.setRows({row(u"a"_s, u"1"_s), row(u"c"_s, u"3"_s)});
        QSignalSpy inserted(&model, &QAbstractItemModel::rowsInserted);
        QSignalSpy removed(&model, &QAbstractItemModel::rowsRemoved);
        QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
        model.setRows({row(u"a"_s, u"1"_s), row(u"b"_s, u"2"_s), row(u"c"_s, u"4"_s)});
        QCOMPARE(inserted.count(), 1);
        QCOMPARE(removed.count(), 0);
        QCOMPARE(changed.count(), 1);
        QCOMPARE(changed.at(0).at(0).toModelIndex().row(), 2);
        model.setRows({});
        QCOMPARE(removed.count(), 1);
    }

    void offlinePanelOffersNoChanges()
    {
        store::MeshStore store(PanelMesh);
        fillStore(store, m_time.nowMs());
        store.apply({happened(m_time.nowMs(), connection(protocol::ConnectionState::Waiting))});
        RecordingSink sink;
        views::MeshPanel panel(m_theme, m_time, &sink);
        panel.setStore(&store);
        panel.show();
        QVERIFY(!button(panel, u"meshAdd"_s)->isEnabled());
        QVERIFY(sink.commands.empty());
    }
};

MESH_TEST(TstPanels)

} // namespace tst_panels

#include "tst_panels.moc"
