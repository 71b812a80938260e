// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtCore/QFile>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonObject>
#include <QtCore/QTemporaryDir>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>
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
