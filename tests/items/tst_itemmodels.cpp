// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtCore/QRandomGenerator>
#include <QtTest/QAbstractItemModelTester>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

#include "models/items/conversationinfo.h"
#include "models/items/conversationlistmodel.h"
#include "models/items/focusstate.h"
#include "models/items/graphmodel.h"
#include "models/items/meshsummary.h"
#include "models/items/messagelistmodel.h"
#include "models/items/peerlistmodel.h"
#include "models/items/peermatches.h"
#include "models/items/statemodel.h"
#include "tests/items/storefixture.h"
#include "tests/support/testprogram.h"

namespace tst_itemmodels {

using namespace Qt::StringLiterals;
using namespace mesh::items;
using namespace mesh::test;
using events::OutgoingState;
using mesh::protocol::ConversationId;
using mesh::protocol::ConversationKind;
using mesh::protocol::PeerStatus;
using mesh::protocol::Priority;

//! The models over a real store, under QAbstractItemModelTester.
class TestItemModels final : public QObject
{
    Q_OBJECT

private:
    static QStringList titles(const ConversationListModel &model)
    {
        QStringList found;
        for (int i = 0; i < model.rowCount(); ++i)
            found.append(model.row(i).title);
        return found;
    }

private Q_SLOTS:
    void focusTellsOnce()
    {
        FocusState focus;
        QSignalSpy peers(&focus, &FocusState::selectedPeerChanged);
        QSignalSpy conversations(&focus, &FocusState::conversationChanged);
        focus.setConversation(direct(1));
        focus.setConversation(direct(1));
        QCOMPARE(conversations.count(), 1);
        QCOMPARE(peers.count(), 1);
        QCOMPARE(focus.selectedPeer(), keyOf(1));
        focus.setTimeCursorMs(5);
        QVERIFY(!focus.isLive());
        focus.setMesh(u"another"_s);
        QVERIFY(focus.isLive());
        QVERIFY(!focus.conversation());
        QVERIFY(focus.selectedPeer().isEmpty());
    }

    void peersComeChangeAndGo()
    {
        StoreFixture f;
        PeerListModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setStore(&f.store);
        QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
        QSignalSpy inserts(&model, &QAbstractItemModel::rowsInserted);
        QSignalSpy changes(&model, &QAbstractItemModel::dataChanged);
        f.online();
        f.list({f.peer(1, u"qa"_s), f.peer(2, u"db\u202E"_s), f.peer(3, u"api"_s)});
        QCOMPARE(model.rowCount(), 3);
        QCOMPARE(inserts.count(), 1); // one block for the batch
        QCOMPARE(model.index(model.rowOf(keyOf(2)), PeerListModel::Name).data().toString(), u"db"_s);
        QCOMPARE(model.index(0, PeerListModel::Context).data().toString(), u"not reported"_s);
        changes.clear();
        f.list({f.peer(1, u"qa"_s, PeerStatus::Working), f.peer(2, u"db"_s, PeerStatus::Dnd),
                f.peer(3, u"api"_s, PeerStatus::Dnd)});
        QCOMPARE(changes.count(), 1); // neighbours are told in one range
        QCOMPARE(model.index(model.rowOf(keyOf(1)), PeerListModel::Status).data().toString(), u"working"_s);
        QCOMPARE(resets.count(), 0);
    }

    void stateIsSorted()
    {
        StoreFixture f;
        StateModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setStore(&f.store);
        QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
        for (const QString &key : {u"stock"_s, u"frozen"_s, u"sprint"_s, u"frozen"_s}) {
            events::StateSet set;
            set.key = key;
            set.value = key == "sprint"_L1 ? QJsonValue(14) : QJsonValue(u"yes"_s);
            set.by = u"qa"_s;
            f.apply(set);
        }
        QCOMPARE(model.rowCount(), 3);
        QCOMPARE(model.index(0, 0).data().toString(), u"frozen"_s);
        QCOMPARE(model.index(1, StateModel::Value).data().toString(), u"14"_s);
        QCOMPARE(model.index(2, StateModel::Value).data().toString(), u"yes"_s);
        QCOMPARE(resets.count(), 0);
    }

    void conversationsHaveSections()
    {
        StoreFixture f;
        ConversationListModel model(f.clock);
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setStore(&f.store);
        f.online();
        auto backend = f.peer(3, u"backend-lead"_s);
        backend.groups = {{u"backend"_s, u"lead"_s}};
        f.list({f.peer(1, u"admin-1"_s), f.peer(2, u"sales-rep-1"_s), backend, f.peer(4, u"customer-1"_s)});
        f.receive(1, u"Approve migration 0042?"_s);
        f.receive(2, u"Three orders are in."_s);
        QCOMPARE(titles(model),
                 (QStringList{u"Notes"_s, u"Needs you"_s, u"admin-1"_s, u"Direct"_s, u"sales-rep-1"_s,
                              u"Groups and topics"_s, u"@backend"_s, u"Everyone"_s, u"Peers"_s, u"backend-lead"_s,
                              u"customer-1"_s}));
        QCOMPARE(model.row(1).count, 1);
        QCOMPARE(model.row(2).unread, 1);
        QCOMPARE(model.row(6).preview, u"1 peer"_s);
        QCOMPARE(model.totalUnread(), 2);

        QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
        QSignalSpy moves(&model, &QAbstractItemModel::rowsMoved);
        f.clock.now += 1'000;
        f.compose(direct(1), u"Yes."_s); // answered: it does not wait any more
        QCOMPARE(titles(model),
                 (QStringList{u"Notes"_s, u"Direct"_s, u"admin-1"_s, u"sales-rep-1"_s, u"Groups and topics"_s,
                              u"@backend"_s, u"Everyone"_s, u"Peers"_s, u"backend-lead"_s, u"customer-1"_s}));
        f.clock.now += 1'000;
        f.receive(2, u"Shipped."_s);
        QCOMPARE(model.row(2).title, u"sales-rep-1"_s); // newest first, by a move
        QVERIFY(moves.count() >= 1);
        QCOMPARE(resets.count(), 0);
        QCOMPARE(model.rowOf(direct(1)), 3);
    }

    void draftsAndStatesShowInTheList()
    {
        StoreFixture f;
        ConversationListModel model(f.clock);
        model.setStore(&f.store);
        f.online();
        f.list({f.peer(1, u"qa"_s)});
        const QString id = f.compose(direct(1), u"thanks,\nshipping it"_s);
        f.outgoing(id, OutgoingState::Delivered);
        auto row = model.row(model.rowOf(direct(1)));
        QCOMPARE(row.previewKind, ConversationListModel::Preview::Own);
        QCOMPARE(row.ownState, OutgoingState::Delivered);
        QCOMPARE(row.preview, u"thanks, shipping it"_s);
        f.apply(events::DraftChanged{direct(1), u"can you look"_s});
        row = model.row(model.rowOf(direct(1)));
        QCOMPARE(row.previewKind, ConversationListModel::Preview::Draft);
        QCOMPARE(row.preview, u"can you look"_s);
    }

    void questionsNeedTheUser_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<bool>("needs");
        QTest::newRow("asks") << u"Which version should I use?"_s << true;
        QTest::newRow("asks, then tells") << u"Shall I? It is ready."_s << true;
        QTest::newRow("tells") << u"It is done."_s << false;
        QTest::newRow("address") << u"see https://example.org/a?b=c now"_s << false;
    }
    void questionsNeedTheUser()
    {
        QFETCH(QString, text);
        QFETCH(bool, needs);
        StoreFixture f;
        f.online();
        f.list({f.peer(1, u"qa"_s)});
        f.receive(1, text);
        QCOMPARE(ConversationListModel::needsUser(*f.store.conversation(direct(1)), f.store.messages(direct(1))),
                 needs);
    }

    void messagesGroupAndMark()
    {
        StoreFixture f;
        f.online();
        f.list({f.peer(1, u"qa"_s)});
        const qint64 t = f.clock.now - 3'600'000;
        f.receive(1, u"one"_s, t);
        f.receive(1, u"two"_s, t + 10'000);
        f.compose(direct(1), u"three"_s, t + 20'000);
        f.receive(1, u"four"_s, t + 21'000);
        f.receive(1, u"five"_s, t + 21'000 + MessageListModel::kGroupGapMs + 1);
        MessageListModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setStore(&f.store);
        model.setConversation(direct(1));
        QCOMPARE(model.rowCount(), 5);
        QVERIFY(model.row(0).startsDay);
        QVERIFY(model.row(0).startsGroup && !model.row(0).endsGroup);
        QVERIFY(!model.row(1).startsGroup && model.row(1).endsGroup);
        QVERIFY(model.row(2).own && model.row(2).startsGroup);
        QVERIFY(model.row(4).startsGroup);
        QCOMPARE(model.row(4).senderName, u"qa"_s);
        QVERIFY(model.firstUnreadRow() >= 0);
    }

    void messagesUpdateWithoutReset()
    {
        StoreFixture f;
        f.online();
        f.list({f.peer(1, u"qa"_s)});
        MessageListModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setStore(&f.store);
        model.setConversation(direct(1));
        QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
        const QString first = f.compose(direct(1), u"a"_s, f.clock.now);
        const QString second = f.compose(direct(1), u"b"_s, f.clock.now + 1);
        QCOMPARE(model.rowCount(), 2);
        QCOMPARE(model.row(0).queuePosition, 1);
        QCOMPARE(model.row(1).queuePosition, 2);
        QSignalSpy changes(&model, &QAbstractItemModel::dataChanged);
        f.outgoing(first, OutgoingState::Accepted);
        QCOMPARE(model.row(0).state, OutgoingState::Accepted);
        QCOMPARE(model.row(1).queuePosition, 1); // moved up, and was told so
        QCOMPARE(changes.last().at(1).toModelIndex().row(), 1);
        f.outgoing(second, OutgoingState::Refused, u"blocked"_s);
        QCOMPARE(model.row(1).code, u"blocked"_s);
        QCOMPARE(resets.count(), 0);
    }

    void olderMessagesComeInFront()
    {
        StoreFixture f;
        f.online();
        f.list({f.peer(1, u"qa"_s)});
        f.receive(1, u"new"_s);
        MessageListModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setStore(&f.store);
        model.setConversation(direct(1));
        QList<mesh::store::Message> page;
        for (int i = 0; i < 3; ++i) {
            mesh::store::Message m;
            m.messageId = u"old%1"_s.arg(i);
            m.conversation = direct(1);
            m.senderKey = keyOf(1);
            m.text = u"old %1"_s.arg(i);
            m.sentAtMs = f.clock.now - 1'000'000 + i;
            page.append(m);
        }
        page.append(f.store.messages(direct(1)).first()); // the journal holds what the store holds
        model.prependOlder(direct(1), page, true);
        QCOMPARE(model.rowCount(), 4);
        QVERIFY(model.isAtStart());
        QCOMPARE(model.row(0).text, u"old 0"_s);
        model.prependOlder(direct(1), page, true); // twice is harmless
        QCOMPARE(model.rowCount(), 4);
        model.prependOlder(direct(2), page, true); // another conversation's answer comes late
        QCOMPARE(model.rowCount(), 4);
        f.receive(1, u"newer"_s, f.clock.now + 5);
        QCOMPARE(model.row(4).text, u"newer"_s);
    }

    //! An island with a gap after it: filled from above, closed where it meets the window, given up from below.
    void gapsAreFilled()
    {
        StoreFixture f;
        f.online();
        f.list({f.peer(1, u"qa"_s)});
        f.receive(1, u"100"_s, f.clock.now + 100);
        MessageListModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setStore(&f.store);
        model.setConversation(direct(1));
        const auto page = [&](int from, int to, bool atEnd = false) {
            mesh::store::HistoryPage page;
            page.conversation = direct(1);
            for (int i = from; i <= to; ++i) {
                mesh::store::Message m;
                m.messageId = i == 100 ? f.store.messages(direct(1)).first().messageId : u"p%1"_s.arg(i);
                m.conversation = direct(1);
                m.senderKey = keyOf(1);
                m.text = QString::number(i);
                m.sentAtMs = f.clock.now + i;
                page.messages.append(m);
            }
            page.newest = {f.clock.now + to, to};
            page.from = model.newerAfter();
            page.atEnd = atEnd;
            return page;
        };
        const auto shown = [&] {
            QStringList rows;
            for (int i = 0; i < model.rowCount(); ++i)
                rows.append(model.row(i).text);
            return rows.join(u' ');
        };
        model.showAround(page(10, 12));
        QCOMPARE(shown(), u"10 11 12 100"_s);
        QCOMPARE(model.gapRow(), 3);
        QVERIFY(!model.row(3).notice.isEmpty() && model.row(3).startsGroup && model.row(2).endsGroup);
        QCOMPARE(model.newerAfter().row, 12);
        f.receive(1, u"101"_s, f.clock.now + 101); // life goes on below
        model.prependOlder(direct(1), page(8, 9).messages, false);
        model.appendNewer(page(13, 14));
        QCOMPARE(shown(), u"8 9 10 11 12 13 14 100 101"_s);
        QCOMPARE(model.gapRow(), 7);
        QCOMPARE(model.newerAfter().row, 14);
        const auto late = page(15, 16);
        model.showAround(page(50, 51)); // another jump
        QCOMPARE(shown(), u"50 51 100 101"_s);
        model.appendNewer(late); // what was asked for before it does not belong here
        model.prependOlder(direct(1), page(98, 99).messages, false);
        QCOMPARE(shown(), u"50 51 100 101"_s);
        model.appendNewer(page(99, 100));
        QCOMPARE(shown(), u"50 51 99 100 101"_s);
        QCOMPARE(model.gapRow(), -1);
        QVERIFY(model.row(3).notice.isEmpty());
        model.appendNewer(page(60, 61)); // late: there is no gap any more
        QCOMPARE(model.rowCount(), 5);
        model.showAround(page(1, 2));
        model.forgetBeforeGap();
        QCOMPARE(shown(), u"100 101"_s);
        QCOMPARE(model.gapRow(), -1);
        model.showAround(page(98, 99, true));
        QCOMPARE(shown(), u"98 99 100 101"_s);
        QCOMPARE(model.gapRow(), -1);
        // Many messages of one moment: a page of known ones does not come again and again.
        model.prependOlder(direct(1), page(98, 99).messages, false);
        QCOMPARE(model.olderBeforeMs(), f.clock.now + 98);
    }

    void evictedMessagesStayOnTheScreen()
    {
        StoreFixture f;
        f.online();
        f.list({f.peer(1, u"qa"_s)});
        MessageListModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setStore(&f.store);
        model.setConversation(direct(1));
        const int total = f.store.limits().messagesPerConversation + 60;
        for (int i = 0; i < total; ++i)
            f.receive(1, u"message %1"_s.arg(i), f.clock.now + i);
        QCOMPARE(model.rowCount(), total);
        QCOMPARE(model.row(0).text, u"message 0"_s);
        QCOMPARE(model.row(total - 1).text, u"message %1"_s.arg(total - 1));
    }

    void infoSpeaksPlainly()
    {
        StoreFixture f;
        f.online();
        auto sales = f.peer(1, u"sales-rep-1"_s, PeerStatus::Working);
        sales.model = u"opus-4"_s;
        sales.groups = {{u"sales"_s, u"lead"_s}};
        sales.stats = QJsonObject{{u"contextUsed"_s, 62}, {u"contextMax"_s, 100}};
        f.list({sales, f.peer(2, u"qa"_s)});
        ConversationInfo info(f.clock);
        info.setStore(&f.store);
        info.setConversation(direct(1));
        QCOMPARE(info.title(), u"sales-rep-1"_s);
        QCOMPARE(info.subtitle(), u"opus-4 · @sales lead · context 62 %"_s);
        QCOMPARE(info.securityText(), u"encrypted, key not verified"_s);
        f.clock.now += 42'000;
        QCOMPARE(info.activityText(), u"sales-rep-1 is working · 0:42"_s);
        info.setConversation(ConversationId{ConversationKind::Broadcast, {}});
        QCOMPARE(info.recipients(), 2);
        QCOMPARE(info.securityText(), u"not encrypted on this mesh"_s);
        info.setConversation(direct(2));
        const QString id = f.compose(direct(2), u"hello"_s);
        f.outgoing(id, OutgoingState::Delivered);
        QCOMPARE(info.activityText(), u"delivered, qa is idle"_s);
    }

    void summarySpeaksOfTheLink()
    {
        StoreFixture f;
        MeshSummary summary(f.clock);
        summary.setStore(&f.store);
        f.online();
        f.list({f.peer(1, u"qa"_s)});
        f.apply(events::LinkMeasured{2.6, {}});
        QCOMPARE(summary.line(), u"connected · 1 peer · 3 ms"_s);
        events::ConnectionChanged lost;
        lost.state = mesh::protocol::ConnectionState::Waiting;
        lost.nextTryAtMs = f.clock.now + 4'000;
        f.applyAt(f.clock.now + 1, lost);
        QVERIFY(summary.line().startsWith(u"next try in 4 s"_s));
    }

    void peersAreCountedOnce()
    {
        StoreFixture f;
        MeshSummary summary(f.clock);
        summary.setStore(&f.store);
        FocusState focus;
        PeerMatches matches(focus, f.clock);
        matches.setStore(&f.store);
        GraphModel graph(f.clock);
        graph.setStore(&f.store);
        f.online();
        auto own = f.peer(StoreFixture::kSelf, u"Maya"_s);
        own.peerType = u"human"_s;
        auto daemon = f.peer(3, u"daemon"_s);
        daemon.peerRole = u"control-plane"_s;
        auto guest = f.peer(4, u"Ada"_s); // a person without a session of her own
        guest.peerRole = u"control-plane"_s;
        guest.peerType = u"human"_s;
        f.list({own, f.peer(1, u"qa"_s), f.peer(2, u"db"_s), daemon, guest});
        graph.flush();
        QVERIFY(f.store.peer(keyOf(StoreFixture::kSelf))->self);
        // Oneself, two sessions and a guest, in the side bar's head, the filter bar and the graph.
        QCOMPARE(summary.peerCount(), 4);
        QTRY_COMPARE(matches.total(), 4);
        QCOMPARE(graph.peerCount(), 4);
        f.list({own, f.peer(1, u"qa"_s), daemon, guest});
        graph.flush();
        QCOMPARE(summary.peerCount(), graph.peerCount());
        QTRY_COMPARE(matches.total(), graph.peerCount());
        QCOMPARE(PeerMatches::countHere(f.store), graph.peerCount());
    }

    //! Any order of anything: the tester watches the signals, and in the end each model equals a fresh one.
    void randomChangeSets_data()
    {
        QTest::addColumn<quint32>("seed");
        for (quint32 seed = 1; seed <= 6; ++seed)
            QTest::addRow("seed %u", seed) << seed;
    }
    void randomChangeSets()
    {
        QFETCH(quint32, seed);
        QRandomGenerator random(seed);
        StoreFixture f;
        PeerListModel peers;
        StateModel state;
        ConversationListModel conversations(f.clock);
        MessageListModel messages;
        const auto mode = QAbstractItemModelTester::FailureReportingMode::QtTest;
        QAbstractItemModelTester t1(&peers, mode), t2(&state, mode), t3(&conversations, mode), t4(&messages, mode);
        peers.setStore(&f.store);
        state.setStore(&f.store);
        conversations.setStore(&f.store);
        messages.setStore(&f.store);
        messages.setConversation(direct(1));
        QSignalSpy resets(&conversations, &QAbstractItemModel::modelReset);
        QSignalSpy messageResets(&messages, &QAbstractItemModel::modelReset);
        f.online();
        QStringList own;
        int serial = 0;
        for (int step = 0; step < 120; ++step) {
            mesh::protocol::EventList batch;
            const int n = 1 + int(random.bounded(5u));
            for (int i = 0; i < n; ++i) {
                f.clock.now += random.bounded(400);
                mesh::protocol::EventBody body;
                const int peer = 1 + int(random.bounded(8u));
                switch (random.bounded(7)) {
                case 0: {
                    events::PeersListed listed;
                    for (int p = 1; p <= 8; ++p) {
                        if (random.bounded(4) > 0) {
                            auto row = f.peer(p, u"peer %1"_s.arg(p), PeerStatus(random.bounded(3)));
                            if (random.bounded(3) == 0)
                                row.groups = {{u"g%1"_s.arg(random.bounded(3)), {}}};
                            listed.peers.append(row);
                        }
                    }
                    body = listed;
                    break;
                }
                case 1: {
                    events::StateSet set;
                    set.key = u"k%1"_s.arg(random.bounded(12));
                    set.value = int(random.bounded(100));
                    body = set;
                    break;
                }
                case 2: {
                    events::MessageComposed composed;
                    composed.clientMessageId = u"own%1"_s.arg(++serial);
                    composed.conversation = direct(1 + int(random.bounded(3u)));
                    composed.text = u"text?"_s;
                    composed.composedAtMs = f.clock.now;
                    own.append(composed.clientMessageId);
                    body = composed;
                    break;
                }
                case 3:
                    if (!own.isEmpty()) {
                        events::OutgoingChanged change;
                        change.clientMessageId = own.at(random.bounded(int(own.size())));
                        change.state = OutgoingState(random.bounded(7));
                        body = change;
                        break;
                    }
                    [[fallthrough]];
                case 4: {
                    // late ones too
                    body = f.message(1 + int(random.bounded(3u)), random.bounded(2) ? u"hello"_s : u"what?"_s,
                                     f.clock.now - random.bounded(5'000), u"r%1"_s.arg(++serial));
                    break;
                }
                case 5:
                    body = events::DraftChanged{direct(peer), random.bounded(2) ? u"draft"_s : QString()};
                    break;
                default:
                    body = events::ConversationRead{direct(peer), f.clock.now};
                    break;
                }
                batch.append({kMesh, f.clock.now, body});
            }
            f.store.apply(batch);
        }
        QCOMPARE(resets.count(), 0);
        QCOMPARE(messageResets.count(), 0);

        ConversationListModel freshConversations(f.clock);
        freshConversations.setStore(&f.store);
        QCOMPARE(titles(conversations), titles(freshConversations));
        MessageListModel freshMessages;
        freshMessages.setStore(&f.store);
        freshMessages.setConversation(direct(1));
        QCOMPARE(messages.rowCount(), freshMessages.rowCount());
        for (int row = 0; row < messages.rowCount(); ++row) {
            QCOMPARE(messages.seqAt(row), freshMessages.seqAt(row));
            QCOMPARE(messages.row(row).state, freshMessages.row(row).state);
        }
        StateModel freshState;
        freshState.setStore(&f.store);
        QCOMPARE(state.rowCount(), freshState.rowCount());
        for (int row = 0; row < state.rowCount(); ++row)
            QCOMPARE(state.index(row, StateModel::Value).data(), freshState.index(row, StateModel::Value).data());
        PeerListModel freshPeers;
        freshPeers.setStore(&f.store);
        QCOMPARE(peers.rowCount(), freshPeers.rowCount());
    }
};

MESH_TEST(TestItemModels)

} // namespace tst_itemmodels

#include "tst_itemmodels.moc"
