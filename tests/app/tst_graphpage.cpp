// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtCore/QFile>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonObject>
#include <QtCore/QTemporaryDir>
#include <QtCore/QTimer>
#include <QtGui/QMouseEvent>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>
#include <QtWidgets/QLabel>
#include <QtWidgets/QTableView>

#include "app/graphpage.h"
#include "app/settings.h"
#include "graph/frameclock.h"
#include "graph/graphview.h"
#include "models/items/graphmodel.h"
#include "tests/items/storefixture.h"
#include "views/chip.h"
#include "views/edgecard.h"
#include "views/nodecard.h"
#include "views/savetarget.h"
#include "views/theme.h"
#include "tests/support/testprogram.h"

namespace tst_graphpage {

using namespace Qt::StringLiterals;
using namespace mesh;
using namespace mesh::test;
using app::GraphPage;
using protocol::PeerStatus;

namespace {

//! Says where at once, as a user would in a dialog.
class AnsweringTarget final : public views::SaveTarget
{
public:
    explicit AnsweringTarget(const QString &path)
        : m_path(path)
    {
    }
    void ask(QWidget *, const QString &, const QString &, const QString &,
             std::function<void(const QString &)> save) override
    {
        if (!m_path.isEmpty())
            save(m_path);
    }

private:
    QString m_path;
};

} // namespace

//! The middle of the window over a real store.
class TestGraphPage final : public QObject
{
    Q_OBJECT

private:
    QTemporaryDir m_dir;
    views::Theme m_theme;
    protocol::SystemClock m_time;
    graph::FrameClock m_frames{m_time};
    std::unique_ptr<StoreFixture> f;
    std::unique_ptr<app::Settings> m_settings;
    std::unique_ptr<items::FocusState> m_focus;
    std::unique_ptr<GraphPage> m_page;
    int m_told = 0;

    //! A move of the pointer as an event alone: the platform's pointer may be elsewhere.
    void pointAt(QPointF at)
    {
        graph::GraphView &graph = m_page->graph();
        QMouseEvent move(QEvent::MouseMove, at, graph.mapToGlobal(at), Qt::NoButton, Qt::NoButton, Qt::NoModifier);
        QCoreApplication::sendEvent(&graph, &move);
    }

    void traffic(int from, int to, int count)
    {
        for (int i = 0; i < count; ++i) {
            events::TrafficSeen seen;
            seen.source = events::TrafficSource::Stream;
            seen.messageId = u"t%1"_s.arg(++m_told);
            seen.senderKey = keyOf(from);
            seen.targetSpec = keyOf(to);
            seen.sentAtMs = f->clock.now;
            f->apply(seen);
        }
    }

private Q_SLOTS:
    void initTestCase() { m_theme.install(); }

    void init()
    {
        f = std::make_unique<StoreFixture>();
        f->online();
        f->list({StoreFixture::peer(1, u"qa"_s, PeerStatus::Working), StoreFixture::peer(2, u"db"_s),
                 StoreFixture::peer(3, u"api"_s)});
        m_settings = std::make_unique<app::Settings>(m_dir.filePath(u"settings.ini"_s));
        m_focus = std::make_unique<items::FocusState>();
        m_focus->setMesh(kMesh);
        m_page = std::make_unique<GraphPage>(GraphPage::Parts{m_theme, m_frames, f->clock, *m_focus, *m_settings});
        m_page->setStore(&f->store);
        m_page->resize(900, 600);
        m_page->show();
        m_page->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(m_page.get()));
    }

    void cleanup()
    {
        m_page.reset();
        m_focus.reset();
        m_settings.reset();
        f.reset();
        QFile::remove(m_dir.filePath(u"settings.ini"_s));
    }

    void graphAndTableShowTheSame()
    {
        m_focus->setFilterText(u"status:working"_s);
        QVERIFY(!m_page->matches().passes(keyOf(2)));
        m_page->setMode(GraphPage::Mode::Table);
        auto *table = m_page->findChild<QTableView *>(u"peerTable"_s);
        QVERIFY(table->isVisible() && !m_page->graph().isVisible());
        QCOMPARE(table->model()->rowCount(), 1);
        m_focus->setFilterText({});
        QCOMPARE(table->model()->rowCount(), 3);
        m_page->setMode(GraphPage::Mode::Graph);
        QVERIFY(m_page->graph().isVisible() && !table->isVisible());
    }

    void hidingTakesPeersOutOfTheGraph()
    {
        const auto isThere = [this](int n) {
            return m_page->graph().peerAt(m_page->graph().peerPosition(keyOf(n))) == keyOf(n);
        };
        QTRY_VERIFY(isThere(1) && isThere(2));
        m_focus->setFilterText(u"-name:db"_s);
        QCoreApplication::processEvents();
        QVERIFY(isThere(2)); // dimmed
        m_focus->setFilterHides(true);
        QTRY_VERIFY(!isThere(2));
        QVERIFY(isThere(1));
        m_focus->setFilterText({});
        QTRY_VERIFY(isThere(2));
    }

    void dimmingChangesThePicture()
    {
        // How far a peer stands out from the background around its centre.
        const auto strength = [this](int n) {
            const QImage picture = m_page->graph().grab().toImage();
            const QPoint at = m_page->graph().peerPosition(keyOf(n)).toPoint();
            const int ground = qGray(m_theme.color(views::Theme::Role::Bg).rgb());
            int sum = 0;
            for (int y = -14; y <= 14; ++y) {
                for (int x = -14; x <= 14; ++x)
                    sum += std::abs(qGray(picture.pixel(at + QPoint(x, y))) - ground);
            }
            return sum;
        };
        QTRY_VERIFY(strength(1) > 2'000 && strength(2) > 2'000);
        m_focus->setFilterText(u"name:qa"_s);
        QTRY_VERIFY(strength(2) * 2 < strength(1));
        m_focus->setFilterText({});
        QTRY_VERIFY(strength(2) * 3 > strength(1) * 2);
    }

    void attentionLeadsToTheChat()
    {
        f->receive(1, u"Shall I merge?"_s);
        m_page->attention().refresh();
        auto *chip = m_page->findChild<views::Chip *>(u"attentionChip-0"_s);
        QVERIFY(chip->isVisible());
        QVERIFY(m_page->graph().rect().contains(chip->parentWidget()->geometry()));
        QSignalSpy conversation(m_page.get(), &GraphPage::conversationRequested);
        QTest::mouseClick(chip, Qt::LeftButton);
        QCOMPARE(conversation.size(), 1);
        QCOMPARE(m_focus->conversation()->key, keyOf(1));
        QCOMPARE(m_focus->selectedPeer(), keyOf(1));
    }

    void switchedOffRulesStayOff()
    {
        f->receive(1, u"Shall I merge?"_s);
        m_page->attention().refresh();
        QCOMPARE(m_page->attention().rowCount(), 1);
        m_page->attention().setOn(items::AttentionKind::WaitsForYou, false);
        m_page = std::make_unique<GraphPage>(GraphPage::Parts{m_theme, m_frames, f->clock, *m_focus, *m_settings});
        m_page->setStore(&f->store);
        QCOMPARE(m_page->attention().rowCount(), 0);
        QVERIFY(!m_page->attention().isOn(items::AttentionKind::WaitsForYou));
    }

    void whoNeedsAttentionIsMarked()
    {
        using items::GraphAlarm;
        const auto alarm = [this](int n) { return m_page->graph().model()->node(keyOf(n))->alarm; };
        const auto around = [this](int n) {
            const QImage picture = m_page->graph().grab().toImage();
            return picture.copy(
                QRect(m_page->graph().peerPosition(keyOf(n)).toPoint() - QPoint(30, 30), QSize(30, 30)));
        };
        QTRY_VERIFY(m_page->graph().peerPosition(keyOf(1)).x() >= 0);
        QCOMPARE(alarm(1), GraphAlarm::None);
        const QImage before = around(1);
        f->clock.now += 6 * 60'000; // qa works and gives no sign of life
        m_page->attention().refresh();
        QCOMPARE(alarm(1), GraphAlarm::Look);
        QCOMPARE(alarm(2), GraphAlarm::None);
        QTRY_VERIFY(around(1) != before);
        m_page->graph().setFocus();
        m_page->graph().selectPeer(keyOf(1)); // with the reason in words
        QVERIFY(m_page->findChild<QLabel *>(u"cardFigure-0"_s)->text().contains(u"sign of life"_s));
        f->receive(2, u"Shall I merge?"_s);
        m_page->attention().refresh();
        QCOMPARE(alarm(2), GraphAlarm::Urgent);
        m_page->attention().setOn(items::AttentionKind::Stalled, false);
        QCOMPARE(alarm(1), GraphAlarm::None);
    }

    void chosenFiguresOfRulesAreKept()
    {
        using items::AttentionKind;
        m_page->attention().setThreshold(AttentionKind::Stalled, 7);
        m_settings->setAttentionThreshold(u"flooding"_s, -5); // as somebody may write into the file
        const auto open = [this] {
            m_page = std::make_unique<GraphPage>(GraphPage::Parts{m_theme, m_frames, f->clock, *m_focus, *m_settings});
            return m_page->attention().rules();
        };
        items::AttentionRules rules = open();
        QCOMPARE(rules.threshold(AttentionKind::Stalled), 7);
        QCOMPARE(rules.threshold(AttentionKind::Flooding), items::thresholdOf(AttentionKind::Flooding)->least);
        QCOMPARE(rules.threshold(AttentionKind::Silent), 10);
        m_page->attention().setThreshold(AttentionKind::Stalled, 5);
        QVERIFY(!m_settings->attentionThreshold(u"stalled"_s));
        rules = open();
        QCOMPARE(rules.threshold(AttentionKind::Stalled), 5);
    }

    void clickingAPeerShowsItsCard()
    {
        QTRY_VERIFY(m_page->graph().peerPosition(keyOf(1)).x() >= 0);
        const QPoint at = m_page->graph().peerPosition(keyOf(1)).toPoint();
        m_page->graph().setFocus();
        QTest::mouseClick(&m_page->graph(), Qt::LeftButton, {}, at);
        auto *card = m_page->findChild<views::NodeCard *>(u"nodeCard"_s);
        QVERIFY(card->isVisible());
        QCOMPARE(card->peer(), keyOf(1));
        QVERIFY(m_page->graph().rect().contains(card->geometry()));
        QSignalSpy chat(m_page.get(), &GraphPage::chatRequested);
        QTest::mouseDClick(&m_page->graph(), Qt::LeftButton, {}, at);
        QCOMPARE(chat.size(), 1);
        m_page->graph().selectPeer({});
        QVERIFY(card->isHidden());
    }

    void restingOnAPeerShowsItsCardUntilThePointerLeaves()
    {
        QTRY_VERIFY(m_page->graph().peerPosition(keyOf(1)).x() >= 0);
        auto *card = m_page->findChild<views::NodeCard *>(u"nodeCard"_s);
        const auto *rest = m_page->findChild<QTimer *>(u"hoverTimer"_s);
        pointAt(m_page->graph().peerPosition(keyOf(1)));
        QVERIFY(card->isHidden()); // not at once: the pointer may be passing
        QTRY_VERIFY(card->isVisible());
        QCOMPARE(card->peer(), keyOf(1));
        QVERIFY(!card->geometry().contains(m_page->graph().peerPosition(keyOf(1)).toPoint()));
        pointAt(m_page->graph().peerPosition(keyOf(2)));
        QTRY_COMPARE(card->peer(), keyOf(2));
        pointAt({3, 300});
        QTRY_VERIFY(card->isHidden());
        // A click keeps it.
        m_page->graph().setFocus();
        QTest::mouseClick(&m_page->graph(), Qt::LeftButton, {}, m_page->graph().peerPosition(keyOf(2)).toPoint());
        QVERIFY(card->isVisible());
        pointAt({3, 300});
        pointAt(m_page->graph().peerPosition(keyOf(1)));
        QTRY_VERIFY(!rest->isActive()); // it has been long enough
        QCOMPARE(card->peer(), keyOf(2));
    }

    void restingOnALineShowsItsCardAndAClickKeepsIt()
    {
        traffic(1, 2, 3);
        QTRY_VERIFY(m_page->graph().edgePosition(keyOf(1), keyOf(2), 0.5).x() >= 0);
        const QPointF on = m_page->graph().edgePosition(keyOf(1), keyOf(2), 0.4);
        auto *card = m_page->findChild<views::EdgeCard *>(u"edgeCard"_s);
        const auto *rest = m_page->findChild<QTimer *>(u"hoverTimer"_s);
        pointAt(on);
        QTRY_VERIFY(card->isVisible());
        QVERIFY(card->findChild<QLabel *>(u"cardTitle"_s)->text().contains(u"qa"_s));
        QVERIFY(!card->geometry().contains(on.toPoint()));
        pointAt({3, 300});
        QTRY_VERIFY(card->isHidden());
        QTest::mouseClick(&m_page->graph(), Qt::LeftButton, {}, on.toPoint());
        QVERIFY(card->isVisible());
        pointAt({3, 300});
        QTRY_VERIFY(!rest->isActive());
        QVERIFY(card->isVisible());
        QTest::keyClick(&m_page->graph(), Qt::Key_Escape);
        QVERIFY(card->isHidden());
    }

    void cardsNeverCoverMapLegendOrChips()
    {
        f->receive(1, u"Shall I merge?"_s);
        m_page->attention().refresh();
        auto *node = m_page->findChild<views::NodeCard *>(u"nodeCard"_s);
        auto *edge = m_page->findChild<views::EdgeCard *>(u"edgeCard"_s);
        auto *chips = m_page->findChild<QWidget *>(u"attentionChips"_s);
        traffic(1, 2, 1);
        graph::GraphView &graph = m_page->graph();
        graph.setFocus();
        for (const QSize size : {QSize(1300, 900), QSize(900, 600), QSize(640, 480)}) {
            m_page->resize(size);
            for (const double zoom : {1.0, 3.0, 1.5}) {
                graph.zoomBy(zoom, QRectF(graph.rect()).center());
                for (int n = 1; n <= 4; ++n) {
                    QWidget *card = node;
                    graph.selectPeer({});
                    graph.selectEdge({}, {});
                    if (n < 4) {
                        graph.selectPeer(keyOf(n));
                    } else {
                        graph.selectEdge(keyOf(1), keyOf(2));
                        card = edge;
                    }
                    QVERIFY(card->isVisible());
                    // The chrome is known once it has been painted.
                    graph.grab();
                    QCoreApplication::processEvents();
                    graph.grab();
                    QCoreApplication::processEvents();
                    const QRect at = card->geometry();
                    QVERIFY2(graph.rect().contains(at.topLeft()), "its head is in sight");
                    QVERIFY(at.height() > graph.height() || graph.rect().contains(at));
                    QVERIFY(!at.intersects(chips->geometry()));
                    const QList<QRectF> chrome = graph.chrome();
                    QVERIFY(!chrome.isEmpty());
                    for (const QRectF &rect : chrome) {
                        const bool map = graph.zoom() > 1.2 && rect.width() > 100 && rect.height() > 100;
                        if (!map) // the map makes room where there is no other
                            QVERIFY2(!rect.intersects(QRectF(at)),
                                     qPrintable(u"%1x%2, zoom %3, %4"_s.arg(size.width())
                                                    .arg(size.height())
                                                    .arg(graph.zoom())
                                                    .arg(n)));
                        else if (size.width() > 800)
                            QVERIFY(!rect.intersects(QRectF(at)));
                    }
                }
            }
            graph.fit();
        }
    }

    void collapsedGroupsHaveACardToo()
    {
        auto rows = QList{StoreFixture::peer(1, u"qa"_s, PeerStatus::Working), StoreFixture::peer(2, u"db"_s),
                          StoreFixture::peer(3, u"api"_s)};
        rows[0].groups = rows[1].groups = {{u"ops"_s, {}}};
        f->list(rows);
        m_page->graph().model()->setCollapsed(u"ops"_s, true);
        m_page->graph().model()->flush();
        traffic(1, 3, 2);
        const QString group = items::GraphModel::groupKey(u"ops"_s);
        QTRY_VERIFY(m_page->graph().peerPosition(group).x() >= 0);
        pointAt(m_page->graph().peerPosition(group));
        auto *card = m_page->findChild<views::NodeCard *>(u"nodeCard"_s);
        QTRY_VERIFY(card->isVisible());
        QVERIFY(card->findChild<QLabel *>(u"cardSecond"_s)->text().contains(u"1 working"_s));
        QVERIFY(card->findChild<QLabel *>(u"cardFigure-0"_s)->text().contains(u"db, qa"_s));
        // Its lines are those of its members.
        m_page->graph().selectEdge(group, keyOf(3));
        auto *edge = m_page->findChild<views::EdgeCard *>(u"edgeCard"_s);
        QVERIFY(edge->isVisible());
        QVERIFY2(edge->findChild<QLabel *>(u"cardFigure-0"_s)->text().startsWith(u"2"_s),
                 qPrintable(edge->findChild<QLabel *>(u"cardFigure-0"_s)->text()));
    }

    void exportsWhatIsShown()
    {
        m_focus->setFilterText(u"-name:db"_s);
        const QString path = m_dir.filePath(u"shown.json"_s);
        m_page->setSaveTarget(std::make_unique<AnsweringTarget>(path));
        QSignalSpy noticed(m_page.get(), &GraphPage::noticed);
        m_page->exportPeers(items::ExportFormat::Json);
        QTRY_COMPARE(noticed.size(), 1);
        QVERIFY2(noticed.at(0).at(0).toString().contains(u"shown.json"_s), qPrintable(noticed.at(0).at(0).toString()));
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QJsonObject object = QJsonDocument::fromJson(file.readAll()).object();
        QCOMPARE(object["filter"_L1].toString(), u"-name:db"_s);
        QCOMPARE(object["peers"_L1].toArray().size(), 2);
        QCOMPARE(object["total"_L1].toInt(), 3);

        m_page->setSaveTarget(std::make_unique<AnsweringTarget>(m_dir.filePath(u"no/such/folder/x.csv"_s)));
        m_page->exportPeers(items::ExportFormat::Csv);
        QTRY_COMPARE(noticed.size(), 2);
        QVERIFY(noticed.at(1).at(0).toString().contains(u"unchanged"_s));

        m_page->setSaveTarget(std::make_unique<AnsweringTarget>(QString())); // thought better of it
        m_page->exportPeers(items::ExportFormat::Csv);
        QCoreApplication::processEvents();
        QCOMPARE(noticed.size(), 2);
    }
};

MESH_TEST(TestGraphPage)

} // namespace tst_graphpage

#include "tst_graphpage.moc"
