// SPDX-License-Identifier: GPL-3.0-or-later
#include "panelfixture.h"

#include "tests/support/fakeclock.h"
#include "views/clockbar.h"
#include "views/connectionbanner.h"
#include "views/linknotice.h"
#include "views/simtimeestimate.h"
#include "views/statusline.h"
#include "views/theme.h"
#include "tests/support/testprogram.h"

#include <QtTest/QTest>
#include <QtTest/QSignalSpy>
#include <QtWidgets/QDoubleSpinBox>
#include <QtWidgets/QLabel>
#include <QtWidgets/QPushButton>

namespace tst_clockbar {

using namespace mesh;
using namespace mesh::tests;
using namespace Qt::StringLiterals;
namespace commands = protocol::commands;

class TstClockBar final : public QObject
{
    Q_OBJECT

private:
    views::Theme m_theme;

    static QString text(const QWidget &view, const QString &name)
    {
        const auto *label = view.findChild<QLabel *>(name);
        return label ? label->text() : u"(no such label)"_s;
    }
    static QPushButton *button(const QWidget &view, const QString &name) { return view.findChild<QPushButton *>(name); }
    static protocol::events::ClockReported report(double speed, bool paused, qint64 tick, qint64 simTimeMs)
    {
        protocol::events::ClockReported clock;
        clock.speed = speed;
        clock.paused = paused;
        clock.tick = tick;
        clock.simTimeMs = simTimeMs;
        return clock;
    }

private Q_SLOTS:
    void estimateRunsAtTheClocksSpeedAndWaitsForTheTick()
    {
        views::SimTimeEstimate estimate;
        estimate.anchor(1'000'000, 0, 10, true);
        QCOMPARE(estimate.at(0), 1'000'000);
        QCOMPARE(estimate.at(1'000'000'000), 1'010'000);
        QCOMPARE(estimate.at(60'000'000'000), 1'000'000 + views::SimTimeEstimate::TickMs - 1);
    }

    void estimateNeverGoesBackForALateTick()
    {
        views::SimTimeEstimate estimate;
        estimate.anchor(1'000'000, 0, 10, true);
        const qint64 shown = estimate.at(5'900'000'000);
        QCOMPARE(shown, 1'059'000);
        estimate.anchor(1'040'000, 6'000'000'000, 10, true); // less than what was shown
        QVERIFY(estimate.at(6'000'000'000) >= shown);
        estimate.anchor(500'000, 7'000'000'000, 10, false); // set back by more than a tick: a new clock
        QCOMPARE(estimate.at(8'000'000'000), 500'000);
    }

    void saysThatThereIsNoClockAndStartsOne()
    {
        FakeClock time;
        RecordingSink sink;
        store::MeshStore store(PanelMesh);
        goOnline(store, time.nowMs());
        views::ClockBar bar(m_theme, time, &sink);
        bar.setStore(&store);
        bar.show();
        QVERIFY(button(bar, u"clockStart"_s)->isVisible());
        QVERIFY(!button(bar, u"clockPause"_s)->isVisible());
        QTest::mouseClick(button(bar, u"clockStart"_s), Qt::LeftButton);
        const auto *command = sink.last<commands::SetClockSpeed>();
        QVERIFY(command);
        QCOMPARE(command->speed, 1.0);
        QCOMPARE(sink.meshes.constLast(), PanelMesh);
    }

    void showsTheMeshAndItsLink()
    {
        FakeClock time;
        RecordingSink sink;
        store::MeshStore store(PanelMesh);
        views::ClockBar bar(m_theme, time, &sink);
        QCOMPARE(text(bar, u"meshName"_s), u"No mesh"_s);
        bar.setStore(&store);
        goOnline(store, time.nowMs());
        store.apply(
            {happened(time.nowMs(), protocol::events::PeersListed{{peerRow(1, u"qa"_s, protocol::PeerStatus::Idle)}}),
             happened(time.nowMs(), protocol::events::LinkMeasured{3.2, {}})});
        QCOMPARE(text(bar, u"meshName"_s), u"Personal mesh"_s);
        QVERIFY2(text(bar, u"connectionLine"_s).startsWith(u"connected"), qPrintable(text(bar, u"connectionLine"_s)));
        QVERIFY(text(bar, u"connectionLine"_s).contains(u"3 ms"));
        store.apply({happened(time.nowMs() + 1, connection(protocol::ConnectionState::Waiting))});
        QVERIFY(text(bar, u"connectionLine"_s).startsWith(u"connection lost"));
    }

    void speedsPauseAndKeysSubmitCommands()
    {
        FakeClock time;
        RecordingSink sink;
        store::MeshStore store(PanelMesh);
        goOnline(store, time.nowMs());
        store.apply({happened(time.nowMs(), report(10, false, 42, 1'775'658'600'000))});
        views::ClockBar bar(m_theme, time, &sink);
        bar.setStore(&store);
        bar.resize(1440, 47);
        bar.show();
        QVERIFY(button(bar, u"clockSpeed10"_s)->isChecked());
        QCOMPARE(text(bar, u"clockTick"_s), u"42"_s);
        QVERIFY(text(bar, u"simTime"_s).endsWith(u"14:30:00"));

        QTest::mouseClick(button(bar, u"clockSpeed50"_s), Qt::LeftButton);
        QCOMPARE(sink.last<commands::SetClockSpeed>()->speed, 50.0);
        QVERIFY2(button(bar, u"clockSpeed10"_s)->isChecked() && !button(bar, u"clockSpeed50"_s)->isChecked(),
                 "the bar shows what the mesh has, not what was asked for");
        QTest::mouseClick(button(bar, u"clockPause"_s), Qt::LeftButton);
        QVERIFY(sink.last<commands::PauseClock>());
        QTest::keyClick(button(bar, u"clockSpeed2"_s), Qt::Key_Space);
        QCOMPARE(sink.count<commands::PauseClock>(), 2);
        QTest::keyClick(button(bar, u"clockPause"_s), Qt::Key_Plus);
        QCOMPARE(sink.last<commands::SetClockSpeed>()->speed, 50.0);
        QTest::keyClick(button(bar, u"clockPause"_s), Qt::Key_Minus);
        QCOMPARE(sink.last<commands::SetClockSpeed>()->speed, 5.0);
        auto *field = bar.findChild<QDoubleSpinBox *>(u"clockSpeedField"_s);
        field->setFocus();
        field->selectAll();
        QTest::keyClicks(field, u"37.5"_s);
        QTest::keyClick(field, Qt::Key_Return);
        QVERIFY(sink.last<commands::SetClockSpeed>());
        QCOMPARE(sink.last<commands::SetClockSpeed>()->speed, 37.5);
        bar.requestSpeed(1e9);
        QCOMPARE(sink.last<commands::SetClockSpeed>()->speed, 100.0);

        store.apply({happened(time.nowMs() + 1, report(10, true, 42, 1'775'658'600'000))});
        QCOMPARE(button(bar, u"clockPause"_s)->text(), u"Run"_s);
        QTest::mouseClick(button(bar, u"clockPause"_s), Qt::LeftButton);
        QVERIFY(sink.last<commands::ResumeClock>());
    }

    void timeMovesBetweenTicksAndStalls()
    {
        FakeClock time;
        RecordingSink sink;
        store::MeshStore store(PanelMesh);
        goOnline(store, time.nowMs());
        store.apply({happened(time.nowMs(), protocol::events::Ticked{42, 1'775'658'600'000, 10, time.monotonicNs()})});
        views::ClockBar bar(m_theme, time, &sink);
        bar.setStore(&store);
        bar.show();
        time.advance(1'000);
        QTRY_VERIFY(text(bar, u"simTime"_s).endsWith(u"14:30:10"));
        time.advance(3'600'000); // no tick for an hour
        QTRY_VERIFY(text(bar, u"simTime"_s).endsWith(u"14:30:59"));
        bool stalled = false;
        const auto labels = bar.findChildren<QLabel *>();
        for (const QLabel *label : labels)
            stalled = stalled || label->text().startsWith(u"stalled");
        QVERIFY(stalled);
    }

    void offlineNothingIsSent()
    {
        FakeClock time;
        RecordingSink sink;
        store::MeshStore store(PanelMesh);
        goOnline(store, time.nowMs());
        store.apply({happened(time.nowMs(), report(10, false, 42, 1'775'658'600'000)),
                     happened(time.nowMs() + 1, connection(protocol::ConnectionState::Waiting))});
        views::ClockBar bar(m_theme, time, &sink);
        bar.setStore(&store);
        QVERIFY(!button(bar, u"clockPause"_s)->isEnabled());
        bar.togglePause();
        bar.stepSpeed(1);
        QVERIFY(sink.commands.empty());
    }

    void noticesSayWhatHappened_data()
    {
        QTest::addColumn<int>("state");
        QTest::addColumn<QString>("code");
        QTest::addColumn<int>("kind");
        QTest::addColumn<QString>("words");
        using State = protocol::ConnectionState;
        using Kind = views::LinkNotice::Kind;
        QTest::newRow("online") << int(State::Online) << u""_s << int(Kind::None) << u""_s;
        QTest::newRow("broker stopped") << int(State::Waiting) << u"broker_stopped"_s << int(Kind::Retrying)
                                        << u"(the broker stopped). Trying again in 4 s"_s;
        QTest::newRow("refused") << int(State::Waiting) << u"connection_refused"_s << int(Kind::Retrying)
                                 << u"nothing answers there"_s;
        QTest::newRow("certificate") << int(State::Failed) << u"tls_error"_s << int(Kind::Security) << u"not safe"_s;
        QTest::newRow("banned") << int(State::Failed) << u"banned"_s << int(Kind::Action) << u"banned"_s;
        QTest::newRow("replaced") << int(State::Failed) << u"session_replaced"_s << int(Kind::Action)
                                  << u"Another window"_s;
        QTest::newRow("unauthorized") << int(State::Failed) << u"unauthorized"_s << int(Kind::Action)
                                      << u"does not know your key"_s;
        QTest::newRow("offline") << int(State::Offline) << u""_s << int(Kind::Action) << u"offline"_s;
    }

    void noticesSayWhatHappened()
    {
        QFETCH(int, state);
        QFETCH(QString, code);
        QFETCH(int, kind);
        QFETCH(QString, words);
        views::LinkFacts facts;
        facts.state = protocol::ConnectionState(state);
        facts.code = code;
        facts.meshName = u"acme"_s;
        facts.host = u"broker.example.org"_s;
        facts.nextTryAtMs = 4'000;
        facts.lastOnlineMs = 1;
        const views::LinkNotice notice = views::describeLink(facts, 0);
        QCOMPARE(int(notice.kind), kind);
        QVERIFY2(notice.title.contains(words), qPrintable(notice.title));
    }

    void skewIsExplainedWithItsMeasure()
    {
        views::LinkFacts facts;
        facts.state = protocol::ConnectionState::Waiting;
        facts.code = u"timestamp_skew"_s;
        facts.clockOffsetMs = 125'000;
        QVERIFY(views::describeLink(facts, 0).title.contains(u"2 min behind"));
        facts.clockOffsetMs = -125'000;
        QVERIFY(views::describeLink(facts, 0).title.contains(u"2 min ahead"));
    }

    void firstConnectionShowsNoBanner()
    {
        views::LinkFacts facts;
        facts.state = protocol::ConnectionState::Connecting;
        QCOMPARE(views::describeLink(facts, 0).kind, views::LinkNotice::Kind::None);
        facts.lastOnlineMs = 5;
        QCOMPARE(views::describeLink(facts, 0).kind, views::LinkNotice::Kind::Busy);
    }

    void bannerCountsDownAndTriesNow()
    {
        FakeClock time;
        RecordingSink sink;
        store::MeshStore store(PanelMesh);
        goOnline(store, time.nowMs());
        QWidget window;
        views::ConnectionBanner banner(m_theme, time, &sink, &window);
        window.show();
        banner.setStore(&store);
        QVERIFY(!banner.isVisible());
        protocol::events::ConnectionChanged lost = connection(protocol::ConnectionState::Waiting);
        lost.nextTryAtMs = time.nowMs() + 4'000;
        lost.code = u"<b>evil</b>"_s;
        store.apply({happened(time.nowMs() + 1, lost)});
        QVERIFY(banner.isVisible());
        QVERIFY(text(banner, u"bannerTitle"_s).contains(u"in 4 s"));
        time.advance(2'000);
        QTRY_VERIFY(text(banner, u"bannerTitle"_s).contains(u"in 2 s"));
        QCOMPARE(banner.findChild<QLabel *>(u"bannerDetails"_s)->textFormat(), Qt::PlainText);
        QTest::mouseClick(button(banner, u"bannerMore"_s), Qt::LeftButton);
        QVERIFY(banner.findChild<QLabel *>(u"bannerDetails"_s)->isVisible());
        QTest::mouseClick(button(banner, u"bannerRetry"_s), Qt::LeftButton);
        QVERIFY(sink.last<commands::ConnectNow>());
        store.apply({happened(time.nowMs() + 2, connection(protocol::ConnectionState::Online))});
        QVERIFY(!banner.isVisible());
    }

    void statusLineShowsFiguresAndAFailingJournal()
    {
        views::StatusLine line(m_theme);
        line.show();
        line.setMessagesPerMinute(124);
        line.setAckDelay(38.4);
        line.setFramesLost(2, 0);
        line.setJournalEvents(1'204'551);
        QCOMPARE(text(line, u"statusRate"_s), u"124 msg/min"_s);
        QCOMPARE(text(line, u"statusAck"_s), u"p95 38 ms"_s);
        QCOMPARE(text(line, u"statusLost"_s), u"dropped 2"_s);
        QVERIFY(text(line, u"statusJournal"_s).contains(QLocale().toString(1'204'551)));
        QSignalSpy asked(&line, &views::StatusLine::journalDetailsRequested);
        auto *journal = line.findChild<QLabel *>(u"statusJournal"_s);
        QTest::mouseClick(journal, Qt::LeftButton);
        QCOMPARE(asked.count(), 0);
        line.setJournalFailure(u"the disk is full"_s);
        QVERIFY(journal->text().contains(u"the disk is full"));
        QTest::keyClick(journal, Qt::Key_Return);
        QCOMPARE(asked.count(), 1);
        line.setJournalFailure({});
        QVERIFY(!journal->text().contains(u"disk"));
    }
};

MESH_TEST(TstClockBar)

} // namespace tst_clockbar

#include "tst_clockbar.moc"
