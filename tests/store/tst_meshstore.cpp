// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtCore/QJsonArray>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

#include "models/store/meshstore.h"
#include "tests/store/storefixture.h"
#include "tests/support/testprogram.h"

namespace tst_meshstore {

using namespace Qt::StringLiterals;
using namespace mesh::protocol;
using namespace mesh::protocol::events;
using namespace mesh::store;
using namespace fixture;

class TestMeshStore final : public QObject
{
    Q_OBJECT

private:
    static PeersListed list(const QList<PeerRow> &rows) { return PeersListed{rows}; }
    static ConversationId with(int n) { return {ConversationKind::Direct, key(n)}; }

private Q_SLOTS:
    void peersComeAndGo();
    void latePushesFindTheirPlace();
    void statsAreReadTolerantly();
    void unknownSenderGetsAStub();
    void daemonsAreHidden();
    void graceIsInferredFromTheAuditLog();
    void conversationFollowsAReturnedPeer();
    void deliveredNeverGoesBack();
    void refusedCanBeSentAgain();
    void richerDuplicateWins();
    void foreignClientIdsHideNothing();
    void topicHistoryAndOwnPostAreOne();
    void ownPostKnowsThatItWasSealed();
    void olderThanTheWindowIsTheJournals();
    void topicsLeftAreRemembered();
    void unreadAndMentions();
    void trafficIsOneEntryForEachMessage();
    void lateStateKeepsHistoryRight();
    void clockInterpolatesAndMeasures();
    void boundsHoldAndAreCounted();
    void changeSetsTellWhatHappened();
    void snapshotRestoresTheSameStore();
    void otherMeshesAreLeftOut();
};

void TestMeshStore::peersComeAndGo()
{
    MeshStore store(kMesh);
    store.apply({at(0, session()), at(10, list({row(1, u"Olga"_s), row(2, u"Ada"_s)}))});
    QCOMPARE(store.peer(key(2))->presence, Presence::Live);
    QVERIFY(store.peer(key(1))->self);
    QCOMPARE(store.timeline().size(), 0); // who was there when we came did not join
    store.apply({at(20, list({row(1, u"Olga"_s), row(2, u"Ada"_s, PeerStatus::Working)}))});
    QCOMPARE(store.peer(key(2))->status, PeerStatus::Working);
    QCOMPARE(store.peer(key(2))->statusSinceMs, kStart + 20);
    store.apply({at(30, list({row(1, u"Olga"_s)}))});
    QCOMPARE(store.peer(key(2))->presence, Presence::Gone);
    QCOMPARE(store.peer(key(2))->status, PeerStatus::Offline);
    QCOMPARE(store.peer(key(2))->goneAtMs, kStart + 30);
    store.apply({at(35, PeerPresence{PresenceChange::Joined, key(2), u"Ada"_s, {}, {}})});
    QCOMPARE(store.peer(key(2))->presence, Presence::Live);
    store.apply({at(36, PeerPresence{PresenceChange::Left, key(2), u"Ada"_s, {}, {}})});
    QCOMPARE(store.peer(key(2))->presence, Presence::Gone);
    QCOMPARE(store.timeline().size(), 4); // status, left, joined, left
    QCOMPARE(store.timeline().at(0).kind, TimelineKind::Status);
    QCOMPARE(store.timeline().at(0).newValue, u"working"_s);
}

void TestMeshStore::latePushesFindTheirPlace()
{
    const EventList inOrder{at(0, session()), at(10, list({row(1, u"Olga"_s)})),
                            at(15, PeerPresence{PresenceChange::Joined, key(2), u"Ada"_s, {}, {}}),
                            at(20, list({row(1, u"Olga"_s)})), at(30, list({row(1, u"Olga"_s), row(2, u"Ada"_s)}))};
    MeshStore a(kMesh), b(kMesh);
    a.apply(inOrder);
    EventList late = inOrder;
    late.move(2, 4);
    b.apply(late);
    QCOMPARE(b.digestJson(), a.digestJson());
    QCOMPARE(b.timeline().size(), 3); // joined 15, left 20, joined 30
}

void TestMeshStore::statsAreReadTolerantly()
{
    const PeerStats none = PeerStats::fromJson({});
    QVERIFY(none.isEmpty());
    QVERIFY(!none.messagesIn.has_value());
    const PeerStats stats = PeerStats::fromJson({{u"messagesIn"_s, 0},
                                                 {u"contextUsed"_s, u"1500"_s},
                                                 {u"contextMax"_s, 3000},
                                                 {u"errors"_s, -1},
                                                 {u"toolCalls"_s, QJsonArray{}},
                                                 {u"costUsd"_s, 0.25},
                                                 {u"tokensIn"_s, 1e300},
                                                 {u"whatever"_s, true}});
    QCOMPARE(stats.messagesIn, std::optional<qint64>(0));
    QCOMPARE(stats.contextUsed, std::optional<qint64>(1500));
    QCOMPARE(stats.contextShare(), std::optional<double>(0.5));
    QVERIFY(!stats.errors && !stats.toolCalls && !stats.tokensIn && !stats.uptimeS);
    QCOMPARE(stats.costUsd, std::optional<double>(0.25));
}

void TestMeshStore::unknownSenderGetsAStub()
{
    MeshStore store(kMesh);
    MessageReceived m = direct(7, u"m1"_s, u"hi"_s, 5);
    m.senderName = u"Bea"_s;
    store.apply({at(0, session()), at(6, m)});
    QVERIFY(store.peer(key(7))->stub);
    QCOMPARE(store.nameOf(key(7)), u"Bea"_s);
    QCOMPARE(store.conversation(with(7))->title, u"Bea"_s);
    store.apply({at(9, list({row(7, u"Beatrix"_s)}))});
    QVERIFY(!store.peer(key(7))->stub);
    QCOMPARE(store.conversation(with(7))->title, u"Beatrix"_s);
    QCOMPARE(store.peer(key(7))->sent, 1);
}

void TestMeshStore::daemonsAreHidden()
{
    PeerRow daemon = row(3, u"daemon"_s), human = row(4, u"human"_s);
    daemon.peerRole = human.peerRole = u"control-plane"_s;
    human.peerType = u"human"_s;
    MeshStore store(kMesh);
    store.apply({at(0, list({daemon, human}))});
    QVERIFY(store.peer(key(3))->hidden);
    QVERIFY(store.peer(key(4))->controlPlane && !store.peer(key(4))->hidden);
    QCOMPARE(store.peer(key(4))->kind, PeerKind::Human);
}

void TestMeshStore::graceIsInferredFromTheAuditLog()
{
    MeshStore store(kMesh);
    store.apply({at(0, list({row(2, u"Ada"_s)}))});
    AuditRow left;
    left.id = 5;
    left.eventType = u"peer_left"_s;
    left.actor = u"Ada"_s;
    store.apply({at(1'000, AuditAppended{{left}, 1})});
    QCOMPARE(store.peer(key(2))->presence, Presence::Grace);
    store.apply({at(4'000, list({row(2, u"Ada"_s)}))});
    QCOMPARE(store.peer(key(2))->presence, Presence::Grace); // the list does not say otherwise
    store.apply({at(5'000, PeerPresence{PresenceChange::Left, key(2), u"Ada"_s, {}, {}})});
    QCOMPARE(store.peer(key(2))->presence, Presence::Gone);
}

void TestMeshStore::conversationFollowsAReturnedPeer()
{
    PeerRow again = row(9, u"Ada"_s);
    again.memberPubkey = row(2, u"Ada"_s).memberPubkey;
    MeshStore store(kMesh);
    QSignalSpy spy(&store, &MeshStore::changed);
    store.apply({at(0, session()), at(1, list({row(2, u"Ada"_s)})), at(2, direct(2, u"m1"_s, u"one"_s, 2)),
                 at(3, ConversationRead{with(2), kStart + 2}), at(4, list({}))});
    // its first message under the new key comes before a list tells whose key that is
    store.apply({at(10, direct(9, u"m2"_s, u"two"_s, 10))});
    QCOMPARE(store.conversations().size(), 2);
    store.apply({at(11, list({again}))});
    QCOMPARE(store.conversations().size(), 1);
    QCOMPARE(store.resolve(with(9)), with(2));
    QCOMPARE(store.messages(with(9)).size(), 2);
    QCOMPARE(store.conversation(with(2))->peerKey, key(9));
    QCOMPARE(store.conversation(with(2))->target(), with(9));
    QCOMPARE(store.conversation(with(2))->unread, 1);
    QCOMPARE(store.mergedInto(with(2)), QList<ConversationId>{with(9)});
    const auto last = spy.last().first().value<ChangeSet>();
    QVERIFY(last.conversationsRemoved.contains(with(9)));

    // another session of the same member and name that was there all along is not the same peer
    MeshStore both(kMesh);
    both.apply({at(1, list({row(2, u"Ada"_s), again})), at(2, direct(2, u"m1"_s, u"one"_s, 2))});
    QCOMPARE(both.resolve(with(9)), with(9));
}

void TestMeshStore::deliveredNeverGoesBack()
{
    MeshStore store(kMesh);
    store.apply({at(0, session()), at(1, composed(2, u"c1"_s, u"hi"_s, 1)),
                 at(2, OutgoingChanged{u"c1"_s, OutgoingState::Sent, {}, {}, {}, {}}),
                 at(32, OutgoingChanged{u"c1"_s, OutgoingState::Accepted, u"b1"_s, {}, {}, {}}),
                 at(40, OutgoingChanged{u"c1"_s, OutgoingState::Delivered, u"b1"_s, {}, {}, key(2)})});
    const Message *m = store.message(u"c1"_s);
    QVERIFY(m && m == store.message(u"b1"_s));
    QCOMPARE(m->state, OutgoingState::Delivered);
    store.apply({at(50, OutgoingChanged{u"c1"_s, OutgoingState::Sent, {}, {}, {}, {}}),
                 at(51, OutgoingChanged{u"c1"_s, OutgoingState::Unknown, {}, {}, {}, {}}),
                 at(52, OutgoingChanged{u"c1"_s, OutgoingState::Accepted, u"b1"_s, {}, {}, {}})});
    QCOMPARE(store.message(u"c1"_s)->state, OutgoingState::Delivered);
    QCOMPARE(store.message(u"c1"_s)->deliveredTo, QStringList{key(2)});
    QCOMPARE(store.ackDelay().p50Ms, 30.0);
    QCOMPARE(store.traffic().size(), 1);
}

void TestMeshStore::refusedCanBeSentAgain()
{
    MeshStore store(kMesh);
    store.apply({at(0, session()), at(1, composed(2, u"c1"_s, u"hi"_s, 1)),
                 at(2, OutgoingChanged{u"c1"_s, OutgoingState::Refused, {}, u"not_connected"_s, u"gone"_s, {}})});
    QCOMPARE(store.message(u"c1"_s)->code, u"not_connected"_s);
    store.apply({at(5, composed(2, u"c1"_s, u"hi"_s, 5)),
                 at(6, OutgoingChanged{u"c1"_s, OutgoingState::Sent, {}, {}, {}, {}})});
    QCOMPARE(store.message(u"c1"_s)->state, OutgoingState::Sent);
    QVERIFY(store.message(u"c1"_s)->code.isEmpty());
    QCOMPARE(store.messages(with(2)).size(), 1);
}

void TestMeshStore::richerDuplicateWins()
{
    MessageReceived bare = direct(2, u"m1"_s, QString(), 5);
    bare.body = BodyKind::Undecryptable;
    MessageReceived full = bare;
    full.conversation = {ConversationKind::Broadcast, {}};
    full.senderMemberId = u"member"_s;
    full.senderMemberKey = key(0x1002);
    full.senderName = u"Ada"_s;
    full.body = BodyKind::Clear;
    full.text = u"to all"_s;
    MeshStore a(kMesh), b(kMesh);
    a.apply({at(0, session()), at(5, bare), at(6, full)});
    b.apply({at(0, session()), at(6, full), at(5, bare)});
    const QList<Message> &messages = a.messages({ConversationKind::Broadcast, {}});
    QCOMPARE(messages.size(), 1);
    QCOMPARE(messages.first().text, u"to all"_s);
    QVERIFY(a.messages(with(2)).isEmpty());
    QCOMPARE(b.messages({ConversationKind::Broadcast, {}}).first().senderName, u"Ada"_s);
    QCOMPARE(a.counters().duplicateMessages, 1);
    QCOMPARE(a.traffic().size(), 1);
}

void TestMeshStore::foreignClientIdsHideNothing()
{
    MessageReceived first = direct(2, u"m1"_s, u"real"_s, 5), copy = direct(3, u"m2"_s, u"other"_s, 6);
    first.clientMessageId = copy.clientMessageId = u"same"_s;
    MessageReceived again = direct(2, u"m3"_s, u"real"_s, 7);
    again.clientMessageId = u"same"_s;
    MeshStore store(kMesh);
    store.apply({at(0, session()), at(5, first), at(6, copy), at(7, again)});
    QCOMPARE(store.messages(with(2)).size(), 1);
    QCOMPARE(store.messages(with(3)).size(), 1);
    QVERIFY(store.message(u"m3"_s));
}

void TestMeshStore::topicHistoryAndOwnPostAreOne()
{
    const ConversationId topic{ConversationKind::Topic, u"t1"_s};
    MessageComposed own = composed(2, u"c1"_s, u"posted"_s, 100);
    own.conversation = topic;
    MessageReceived history;
    history.messageId = u"h1"_s;
    history.conversation = topic;
    history.senderKey = key(1);
    history.body = BodyKind::Clear;
    history.text = u"posted"_s;
    history.sentAtMs = kStart + 900;
    MessageReceived second = history;
    second.messageId = u"h2"_s;
    MeshStore store(kMesh);
    store.apply({at(0, session()), at(100, own),
                 at(150, OutgoingChanged{u"c1"_s, OutgoingState::Accepted, u"queue1"_s, {}, {}, {}}),
                 at(1'000, history), at(1'000, history), at(1'001, second)});
    QCOMPARE(store.messages(topic).size(), 2); // posted twice, told three times
    QCOMPARE(store.message(u"h1"_s), store.message(u"c1"_s));
    QVERIFY(store.message(u"h2"_s)->own);
}

void TestMeshStore::ownPostKnowsThatItWasSealed()
{
    const ConversationId topic{ConversationKind::Topic, u"t1"_s};
    MessageComposed own = composed(2, u"c1"_s, u"posted"_s, 100);
    own.conversation = topic;
    MessageReceived history;
    history.messageId = u"h1"_s;
    history.clientMessageId = u"c1"_s;
    history.conversation = topic;
    history.senderKey = key(1);
    history.body = BodyKind::Sealed;
    history.text = u"posted"_s;
    history.sentAtMs = kStart + 900;
    MeshStore there(kMesh), back(kMesh);
    there.apply({at(0, session()), at(100, own), at(1'000, history)});
    back.apply({at(0, session()), at(1'000, history), at(1'001, own)});
    for (const MeshStore *store : {&there, &back}) {
        QCOMPARE(store->messages(topic).size(), 1);
        QCOMPARE(store->messages(topic).first().body, BodyKind::Sealed);
    }
}

void TestMeshStore::olderThanTheWindowIsTheJournals()
{
    StoreLimits limits;
    limits.messagesPerConversation = 3;
    MeshStore store(kMesh, limits);
    store.apply({at(0, session()), at(50, direct(2, u"m5"_s, u"5"_s, 50)), at(60, direct(2, u"m6"_s, u"6"_s, 60)),
                 at(70, direct(2, u"m7"_s, u"7"_s, 70))});
    QSignalSpy changed(&store, &MeshStore::changed);
    store.apply({at(80, direct(2, u"m1"_s, u"1"_s, 10))});
    QCOMPARE(store.messages(with(2)).first().messageId, u"m5"_s);
    QVERIFY(!store.message(u"m1"_s));
    const auto changes = changed.isEmpty() ? ChangeSet() : changed.first().first().value<ChangeSet>();
    QCOMPARE(changes.messages.value(with(2)).evicted, 0); // it was never in
    store.apply({at(90, direct(2, u"m8"_s, u"8"_s, 80))});
    QCOMPARE(store.messages(with(2)).first().messageId, u"m6"_s);
}

void TestMeshStore::topicsLeftAreRemembered()
{
    TopicRow row;
    row.id = u"t1"_s;
    row.name = u"deploys"_s;
    MessageReceived said;
    said.messageId = u"h1"_s;
    said.conversation = {ConversationKind::Topic, u"t1"_s};
    said.senderKey = key(2);
    said.text = u"x"_s;
    said.sentAtMs = kStart;
    MeshStore named(kMesh);
    named.apply({at(0, session()), at(1, TopicsListed{{row}})});
    QVERIFY(!named.conversation(said.conversation)); // the list alone makes no conversation
    named.apply({at(2, said)});
    QCOMPARE(named.conversation(said.conversation)->title, u"#deploys"_s);

    MeshStore store(kMesh);
    store.apply({at(0, session()), at(10, TopicMembershipChanged{u"t1"_s, true}),
                 at(20, TopicMembershipChanged{u"t1"_s, false}), at(15, TopicMembershipChanged{u"t2"_s, false}),
                 at(30, TopicKeyChanged{u"t1"_s, TopicKeyState::Held})});
    QCOMPARE(store.listings().topicsLeft, (QSet<QString>{u"t1"_s, u"t2"_s}));
    QCOMPARE(store.listings().topicKeys.value(u"t1"_s), TopicKeyState::Held);
    MeshStore again(kMesh);
    QVERIFY(again.restore(store.snapshot().toBytes()).hasValue());
    QCOMPARE(again.listings().topicsLeft, (QSet<QString>{u"t1"_s, u"t2"_s}));
    QVERIFY(again.listings().topicKeys.isEmpty());                // keys are of this run
    again.apply({at(19, TopicMembershipChanged{u"t1"_s, true})}); // told late
    QVERIFY(again.listings().topicsLeft.contains(u"t1"_s));
    again.apply({at(40, TopicMembershipChanged{u"t1"_s, true})});
    QVERIFY(!again.listings().topicsLeft.contains(u"t1"_s));
}

void TestMeshStore::unreadAndMentions()
{
    MeshStore store(kMesh);
    store.apply({at(0, session()), at(5, direct(2, u"m1"_s, u"hello"_s, 5)),
                 at(6, direct(2, u"m2"_s, u"@olga look"_s, 6)), at(7, direct(2, u"m3"_s, u"@olgaria no"_s, 7)),
                 at(8, composed(2, u"c"_s, u"@olga"_s, 8))});
    QCOMPARE(store.conversation(with(2))->unread, 3);
    QCOMPARE(store.conversation(with(2))->mentions, 1);
    store.apply({at(9, ConversationRead{with(2), kStart + 6})});
    QCOMPARE(store.conversation(with(2))->unread, 1);
    QCOMPARE(store.conversation(with(2))->mentions, 0);
    store.apply({at(10, ConversationRead{with(2), kStart + 5})});
    QCOMPARE(store.conversation(with(2))->unread, 1);
    store.apply({at(11, DraftChanged{with(2), u"draft"_s}), at(10, DraftChanged{with(2), u"older"_s})});
    QCOMPARE(store.conversation(with(2))->draft, u"draft"_s);
}

void TestMeshStore::trafficIsOneEntryForEachMessage()
{
    MeshStore store(kMesh);
    const auto told = [](TrafficSource source, const QString &id, qint64 audit, const QString &from, const QString &to,
                         qint64 ms) {
        TrafficSeen t;
        t.source = source;
        t.messageId = id;
        t.auditId = audit;
        t.senderKey = from;
        t.targetSpec = to;
        t.sentAtMs = kStart + ms;
        return t;
    };
    store.apply({at(0, session())});
    // stream, then audit without the id; the same again
    store.apply({at(100, told(TrafficSource::Stream, u"a"_s, 0, key(2), key(3), 100)),
                 at(4'000, told(TrafficSource::Audit, {}, 7, key(2), key(3), 101)),
                 at(4'001, told(TrafficSource::Audit, {}, 7, key(2), key(3), 101)),
                 at(4'002, told(TrafficSource::Stream, u"a"_s, 0, key(2), key(3), 100))});
    QCOMPARE(store.traffic().size(), 1);
    // two messages in a row are two
    store.apply({at(5'000, told(TrafficSource::Audit, {}, 8, key(2), key(3), 4'900)),
                 at(5'000, told(TrafficSource::Audit, {}, 9, key(2), key(3), 4'950))});
    QCOMPARE(store.traffic().size(), 3);
    // what came to us is in the audit log too, addressed to our member key, and late
    store.apply({at(6'000, direct(4, u"mine"_s, u"x"_s, 6'000)),
                 at(30'000, told(TrafficSource::Audit, {}, 10, key(4), key(0x1001), 6'003))});
    QCOMPARE(store.traffic().size(), 4);
    QCOMPARE(store.traffic().last().sources, quint8(5));
    // a multicast learns its target from the audit log
    MessageReceived all = direct(5, u"all"_s, u"y"_s, 7'000);
    all.conversation = {ConversationKind::Broadcast, {}};
    all.senderMemberId = u"m"_s;
    store.apply({at(31'000, all), at(31'500, told(TrafficSource::Audit, {}, 11, key(5), u"@ops"_s, 7'001))});
    QCOMPARE(store.traffic().size(), 5);
    QCOMPARE(store.traffic().last().targetSpec, u"@ops"_s);
    QCOMPARE(store.counters().duplicateTraffic, 5);
    QCOMPARE(store.messagesPerMinute(kStart + 31'500), 5);
    QCOMPARE(store.messagesPerMinute(kStart + 31'500, key(2)), 3);
    QCOMPARE(store.messagesPerMinute(kStart + 200'000), 0);
}

void TestMeshStore::lateStateKeepsHistoryRight()
{
    const EventList inOrder{at(1, StateListed{{{u"k"_s, 1, u"Ada"_s, u"2026-04-08T00:00:00.000Z"_s}}}),
                            at(5, StateSet{u"k"_s, 2, u"Bea"_s}), at(10, StateListed{{{u"k"_s, 2, u"Bea"_s, {}}}}),
                            at(20, StateSet{u"k"_s, 3, u"Ada"_s})};
    MeshStore a(kMesh), b(kMesh);
    a.apply(inOrder);
    b.apply({inOrder.at(0), inOrder.at(2), inOrder.at(3), inOrder.at(1), inOrder.at(3)});
    QCOMPARE(b.digestJson(), a.digestJson());
    QCOMPARE(a.state(u"k"_s)->history.size(), 3);
    QCOMPARE(a.timeline().size(), 2);
    QCOMPARE(b.timeline().at(1).oldValue, u"2"_s);
    QVERIFY(!a.state(u"none"_s));
}

void TestMeshStore::clockInterpolatesAndMeasures()
{
    MeshStore store(kMesh);
    QVERIFY(!store.clock().known);
    store.apply({at(0, ClockReported{0, true, 0, kStart, kStart})});
    QVERIFY(!store.clock().known);
    store.apply({at(10, ClockReported{60, false, 0, kStart, kStart})});
    QCOMPARE(store.clock().tickIntervalMs(), 1'000.0);
    QCOMPARE(store.clock().simTimeAt(kStart + 510), kStart + 30'000);
    for (int i = 1; i <= 5; ++i)
        store.apply({at(10 + i * 1'100, Ticked{i, kStart + i * 60'000, 60, 1'000'000'000 + i * 1'100'000'000LL})});
    const ClockState &clock = store.clock();
    QCOMPARE(clock.tick, 5);
    QVERIFY(qAbs(*clock.achievedSpeed - 60.0 / 1.1) < 0.01);
    QVERIFY(qAbs(*clock.jitterMs - 100) < 0.01);
    const qint64 last = kStart + 10 + 5'500;
    QCOMPARE(clock.simTimeAt(last + 500), kStart + 5 * 60'000 + 30'000);
    QCOMPARE(clock.simTimeAt(last + 60'000), kStart + 6 * 60'000); // waits for the tick
    QVERIFY(!clock.stalledAt(last + 1'500) && clock.stalledAt(last + 1'501));
    store.apply({at(6'000, ClockReported{60, true, 5, kStart + 300'000, kStart})});
    QCOMPARE(store.clock().simTimeAt(last + 60'000), kStart + 300'000);
    QVERIFY(!store.clock().stalledAt(last + 60'000));
    store.apply({at(5'999, Ticked{5, kStart + 300'000, 60, 0})}); // late: the pause stays
    QVERIFY(store.clock().paused);
}

void TestMeshStore::boundsHoldAndAreCounted()
{
    StoreLimits limits;
    limits.messagesPerConversation = 10;
    limits.timelineEntries = 20;
    limits.traffic = 15;
    limits.stateHistory = 3;
    limits.memories = 2;
    limits.auditRows = 4;
    limits.rowsPerListing = 2;
    limits.peers = 5;
    MeshStore store(kMesh, limits);
    store.apply({at(0, session())});
    for (int i = 0; i < 100; ++i) {
        AuditRow audit;
        audit.id = i;
        store.apply({at(i, direct(2, u"m%1"_s.arg(i), u"t"_s, i)), at(i, StateSet{u"k"_s, i, u"A"_s}),
                     at(i, MemoryRemembered{QString::number(i), u"c"_s, {}, u"A"_s}), at(i, AuditAppended{{audit}, i}),
                     at(i, PeerPresence{PresenceChange::Joined, key(100 + i), u"n"_s, {}, {}}),
                     at(i, PeerPresence{PresenceChange::Left, key(100 + i), u"n"_s, {}, {}})});
    }
    store.apply({at(200, SkillsListed{{SkillRow{}, SkillRow{}, SkillRow{}}})});
    QCOMPARE(store.messages(with(2)).size(), 10);
    QCOMPARE(store.messages(with(2)).last().messageId, u"m99"_s);
    QCOMPARE(store.message(u"m0"_s), nullptr);
    QCOMPARE(store.counters().messagesEvicted, 90);
    QCOMPARE(store.timeline().size(), 20);
    QCOMPARE(store.traffic().size(), 15);
    QCOMPARE(store.state(u"k"_s)->history.size(), 3);
    QCOMPARE(store.memories().size(), 2);
    QCOMPARE(store.audit().size(), 4);
    QCOMPARE(store.listings().skills.size(), 2);
    QVERIFY(store.peers().size() <= 5);
    QVERIFY(store.counters().dropped() > 0 && store.counters().peersDropped > 0 && store.counters().rowsDropped == 1);
    store.apply({at(300, direct(2, u"m1"_s, u"t"_s, 1))}); // redelivered after it left memory: stays out
    QCOMPARE(store.messages(with(2)).first().messageId, u"m90"_s);
}

void TestMeshStore::changeSetsTellWhatHappened()
{
    MeshStore store(kMesh);
    QList<ChangeSet> seen;
    connect(&store, &MeshStore::changed, this, [&](const ChangeSet &c) { seen.append(c); });
    store.apply({at(0, session()), at(1, list({row(2, u"Ada"_s)})), at(2, direct(2, u"a"_s, u"1"_s, 2)),
                 at(4, direct(2, u"b"_s, u"2"_s, 4))});
    QCOMPARE(seen.size(), 1);
    QVERIFY(seen.last().peersAdded.contains(key(2)) && !seen.last().peersChanged.contains(key(2)));
    QCOMPARE(seen.last().messages.value(with(2)).appended, 2);
    QVERIFY(!seen.last().messages.value(with(2)).reordered);
    QCOMPARE(seen.last().traffic.size(), 2);
    store.apply({at(5, list({row(2, u"Ada"_s)}))}); // a poll that says nothing new
    QCOMPARE(seen.size(), 1);
    store.apply({at(6, direct(2, u"c"_s, u"between"_s, 3))});
    QVERIFY(seen.last().messages.value(with(2)).reordered);
    QCOMPARE(store.messages(with(2)).at(1).text, u"between"_s);
    QVERIFY(seen.last().conversationsChanged.contains(with(2)));
    store.apply({at(7, CommandFinished{3, u"x"_s, true, {}, {}, {}})});
    QCOMPARE(seen.last().commandsFinished.size(), 1);
    store.clear();
    QVERIFY(seen.last().reset && store.peers().isEmpty());
}

void TestMeshStore::snapshotRestoresTheSameStore()
{
    MeshStore store(kMesh);
    store.apply({at(0, session()), at(1, list({row(2, u"Ada"_s), row(3, u"Bea"_s)})),
                 at(2, direct(2, u"m1"_s, u"one"_s, 2)), at(3, composed(3, u"c1"_s, u"mine"_s, 3)),
                 at(4, OutgoingChanged{u"c1"_s, OutgoingState::Accepted, u"b1"_s, {}, {}, {}}),
                 at(5, StateSet{u"k"_s, QJsonObject{{u"deep"_s, 1}}, u"Ada"_s}),
                 at(6, MemoryRemembered{u"i"_s, u"c"_s, {u"t"_s}, u"Ada"_s}), at(7, Ticked{4, kStart + 240'000, 10, 0}),
                 at(8, list({row(2, u"Ada"_s)})), at(9, DraftChanged{with(2), u"draft"_s}),
                 at(10, TasksListed{{TaskRow{}}})});
    const StoreSnapshot frozen = store.snapshot();
    const QString before = store.digest();
    store.apply({at(11, direct(2, u"m2"_s, u"two"_s, 11)), at(12, list({row(3, u"Bea"_s)}))});
    MeshStore restored(kMesh);
    QVERIFY(restored.restore(frozen.toBytes()));
    restored.apply({at(11, direct(2, u"m2"_s, u"two"_s, 11)), at(12, list({row(3, u"Bea"_s)}))});
    // the link is not kept, everything else is
    QJsonObject then = restored.digestJson(), now = store.digestJson();
    for (QJsonObject *d : {&then, &now})
        d->remove(u"link"_s);
    QCOMPARE(then, now);
    QVERIFY(store.digest() != before);
    QCOMPARE(restored.restore("rubbish").error().code, u"snapshot_malformed"_s);
    QCOMPARE(restored.messages(with(2)).size(), 2);
}

void TestMeshStore::otherMeshesAreLeftOut()
{
    MeshStore store(kMesh);
    store.apply({Event{u"other"_s, 1, StateSet{u"k"_s, 1, {}}}});
    QCOMPARE(store.counters().otherMesh, 1);
    QVERIFY(store.stateKeys().isEmpty());
}

MESH_TEST(TestMeshStore)

} // namespace tst_meshstore

#include "tst_meshstore.moc"
