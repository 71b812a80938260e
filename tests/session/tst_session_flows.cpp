// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest/QTest>

#include "models/session/answerevents.h"
#include "models/session/audittail.h"
#include "models/session/peerpoller.h"
#include "tests/support/sessionside.h"
#include "tests/support/testprogram.h"

namespace tst_session_flows {

using namespace Qt::StringLiterals;
using namespace mesh::session;
using namespace mesh::protocol;
using namespace mesh::protocol::events;
using namespace mesh::tests;

namespace {

AuditRow auditRow(qint64 id, const QString &target)
{
    AuditRow row;
    row.id = id;
    row.eventType = u"message_sent"_s;
    row.actor = u"Bob"_s;
    row.payload = QJsonObject{{u"targetSpec"_s, target}, {u"priority"_s, u"next"_s}};
    row.createdAt = u"2026-11-23T03:33:39.089Z"_s;
    return row;
}

} // namespace

class TestSessionFlows : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void storedThenAcknowledged();
    void timesFarInTheFutureAreNotBelieved();
    void duplicatesAreToldOnce();
    void bareMulticastWaitsForItsFullForm();
    void clearTextOfAConnector();
    void auditRowsOnce();
    void auditPagesAfterAGap();
    void auditCalmsDown();
    void peersPolledOftenWhenVisible();
    void typingReachesHumansOnly();
    void readSignalsGoBack();
    void commandsFinishOnce();
    void stateIsConfirmed();
    void answersWithTheirRequests();
};

void TestSessionFlows::storedThenAcknowledged()
{
    Side ann;
    Side bob;
    ann.receiving.take(bob.push(u"M1"_s, u"hello"_s, ann));
    QCOMPARE(ann.port.all<MessageReceived>().size(), 1);
    const MessageReceived message = ann.port.all<MessageReceived>().first();
    QCOMPARE(message.text, u"hello"_s);
    QCOMPARE(message.body, BodyKind::Sealed);
    QCOMPARE(message.conversation, (ConversationId{ConversationKind::Direct, bob.key()}));
    QVERIFY(message.ackWanted);
    QVERIFY(ann.port.posted.isEmpty()); // not before it is safe
    ann.port.isOnline = false;
    ann.receiving.confirmStored({u"M1"_s});
    QVERIFY(ann.port.posted.isEmpty());
    ann.port.isOnline = true;
    ann.receiving.linkUp();
    QCOMPARE(ann.port.posted.size(), 1);
    QCOMPARE(get<ClientAck>(ann.port.posted.first()).brokerMessageId, u"M1"_s);
}

//! A clock that is a day or more ahead is wrong: such a message counts from when it came. It would stand after
//! everything that follows, and reading it would mark as read what is still to come. Less than that is another clock's
//! opinion.
void TestSessionFlows::timesFarInTheFutureAreNotBelieved()
{
    Side ann;
    Side bob;
    const auto at = [&](const QString &id, qint64 ms) {
        Push push = bob.push(id, u"from the future"_s, ann);
        push.createdAt = QDateTime::fromMSecsSinceEpoch(ms, Qt::UTC).toString(Qt::ISODateWithMs);
        ann.receiving.take(push);
        return ann.port.all<MessageReceived>().last().sentAtMs;
    };
    const qint64 now = ann.port.wallMs();
    QCOMPARE(at(u"M1"_s, now + 3'600'000), now + 3'600'000);
    QCOMPARE(at(u"M2"_s, now + 40LL * 365 * 86'400'000), now);
    QCOMPARE(at(u"M3"_s, now - 40LL * 365 * 86'400'000), now - 40LL * 365 * 86'400'000);
    QCOMPARE(ann.port.all<MessageReceived>().size(), 3);
}

void TestSessionFlows::duplicatesAreToldOnce()
{
    Side ann;
    Side bob;
    ann.receiving.take(bob.push(u"M1"_s, u"hello"_s, ann, u"c1"_s));
    ann.receiving.take(bob.push(u"M1"_s, u"hello"_s, ann, u"c1"_s));
    ann.receiving.take(bob.push(u"M2"_s, u"hello"_s, ann, u"c1"_s));
    QCOMPARE(ann.port.all<MessageReceived>().size(), 1);
    QCOMPARE(ann.port.all<TrafficSeen>().size(), 1);
    ann.receiving.confirmStored({u"M1"_s});
    QCOMPARE(ann.port.posted.size(), 2);
    ann.receiving.take(bob.push(u"M1"_s, u"hello"_s, ann, u"c1"_s));
    QCOMPARE(ann.port.posted.size(), 3); // the broker had not heard it
}

void TestSessionFlows::bareMulticastWaitsForItsFullForm()
{
    Side ann;
    Side bob;
    const Expected<SealedText> body = encodeBroadcast(u"to all"_s);
    Push bare;
    bare.messageId = u"M1"_s;
    bare.senderPubkey = bob.key();
    bare.nonce = body->nonce;
    bare.ciphertext = body->ciphertext;
    Push full = bare;
    full.senderMemberPubkey = bob.member.publicKey.hex();
    full.senderMemberId = u"Member2"_s;
    full.senderName = u"Bob"_s;
    ann.receiving.take(bare);
    QVERIFY(ann.port.all<MessageReceived>().isEmpty());
    ann.receiving.take(full);
    ann.port.clock.advance(10'000);
    ann.receiving.advance();
    QCOMPARE(ann.port.all<MessageReceived>().size(), 1);
    QCOMPARE(ann.port.all<MessageReceived>().first().conversation.kind, ConversationKind::Broadcast);
    QCOMPARE(ann.port.all<MessageReceived>().first().senderName, u"Bob"_s);
}

void TestSessionFlows::clearTextOfAConnector()
{
    Side ann;
    const Expected<SealedText> body = encodeBroadcast(u"[bob via Slack] hi"_s);
    Push push;
    push.messageId = u"M1"_s;
    push.senderPubkey = u"ab"_s;
    push.nonce = body->nonce;
    push.ciphertext = body->ciphertext;
    ann.receiving.take(push);
    QVERIFY(ann.port.all<MessageReceived>().isEmpty());
    QVERIFY(ann.receiving.nextDueMs() <= ann.port.monoMs() + ann.port.options.heldPushMs);
    ann.port.clock.advance(ann.port.options.heldPushMs);
    ann.receiving.advance();
    const MessageReceived message = ann.port.all<MessageReceived>().value(0);
    QCOMPARE(message.body, BodyKind::Clear);
    QCOMPARE(message.text, u"[bob via Slack] hi"_s);
    QCOMPARE(message.conversation.kind, ConversationKind::Direct);
}

void TestSessionFlows::auditRowsOnce()
{
    Side ann;
    AuditTail tail(ann.port, ann.traffic, ann.names);
    tail.linkUp();
    tail.advance();
    ann.port.answerWith(AuditResult{{auditRow(3, u"*"_s), auditRow(2, u"*"_s)}, 2, {}});
    QCOMPARE(ann.port.all<AuditAppended>().size(), 1);
    QVERIFY(ann.port.all<TrafficSeen>().isEmpty()); // from before we came
    ann.port.clock.advance(2'000);
    tail.advance();
    ann.port.answerWith(AuditResult{{auditRow(5, u"@ops"_s), auditRow(3, u"*"_s), auditRow(2, u"*"_s)}, 3, {}});
    QCOMPARE(ann.port.all<AuditAppended>().size(), 2);
    QCOMPARE(ann.port.all<AuditAppended>().last().entries.size(), 1);
    QCOMPARE(ann.port.all<TrafficSeen>().size(), 1);
    QCOMPARE(ann.port.all<TrafficSeen>().first().auditId, 5);
    QCOMPARE(tail.lastId(), 5);
}

void TestSessionFlows::auditPagesAfterAGap()
{
    Side ann;
    AuditTail tail(ann.port, ann.traffic, ann.names);
    tail.linkUp();
    tail.advance();
    ann.port.answerWith(AuditResult{{auditRow(1, u"*"_s)}, 1, {}});
    QList<AuditRow> rows;
    for (int i = 450; i >= 1; --i)
        rows.append(auditRow(i, u"*"_s));
    ann.port.clock.advance(60'000);
    tail.advance();
    ann.port.answerWith(AuditResult{rows.mid(0, 200), 450, {}});
    QCOMPARE(ann.port.askedFrame<AuditQuery>().offset, 200);
    // Meanwhile a row was added: the page overlaps by one.
    ann.port.answerWith(AuditResult{rows.mid(199, 200), 451, {}});
    ann.port.answerWith(AuditResult{rows.mid(399), 451, {}});
    const AuditAppended all = ann.port.all<AuditAppended>().last();
    QCOMPARE(all.entries.size(), 449);
    QCOMPARE(all.entries.first().id, 2);
    QCOMPARE(all.entries.last().id, 450);
}

void TestSessionFlows::auditCalmsDown()
{
    Side ann;
    AuditTail tail(ann.port, ann.traffic, ann.names);
    tail.linkUp();
    for (int i = 0; i < 12; ++i) {
        tail.advance();
        ann.port.answerWith(AuditResult{});
        ann.port.clock.advance(tail.intervalMs());
    }
    QCOMPARE(tail.intervalMs(), 15'000);
    tail.advance();
    ann.port.answerWith(AuditResult{{auditRow(7, u"*"_s)}, 1, {}});
    QCOMPARE(tail.intervalMs(), 1'000);
}

void TestSessionFlows::peersPolledOftenWhenVisible()
{
    FakeSessionPort port;
    PeerPoller poller(port);
    poller.linkUp();
    poller.advance();
    QCOMPARE(port.asked.size(), size_t(1));
    port.answerWith(PeersList{});
    QCOMPARE(poller.nextDueMs(), port.monoMs() + 4'000);
    poller.setVisible(false);
    port.clock.advance(4'000);
    poller.advance();
    port.answerWith(PeersList{});
    QCOMPARE(poller.nextDueMs(), port.monoMs() + 20'000);
    poller.soon();
    poller.soon();
    QCOMPARE(poller.nextDueMs(), port.monoMs() + port.options.peersSoonMs);
    poller.setVisible(true);
    poller.linkDown();
    poller.soon();
    QCOMPARE(poller.nextDueMs(), Never);
}

void TestSessionFlows::typingReachesHumansOnly()
{
    Side ann;
    Side bob;
    Side robot;
    PeerRow human = row(bob.session, bob.member, u"Bob"_s);
    human.profile = PeerProfile{};
    human.profile->capabilities = QStringList{u"x-human-chat/1"_s};
    ann.names.learnList({human, row(robot.session, robot.member, u"Robot"_s)}, 0);
    ann.human.setTyping({ConversationKind::Direct, robot.key()}, true);
    QVERIFY(ann.port.posted.isEmpty());
    ann.human.setTyping({ConversationKind::Direct, bob.key()}, true);
    ann.human.setTyping({ConversationKind::Direct, bob.key()}, true);
    QCOMPARE(ann.port.posted.size(), 1);
    const auto &frame = get<Publish>(ann.port.posted.first());
    QCOMPARE(frame.stream, bob.human.ownStream());

    QVERIFY(bob.human.take(frame.data).hasValue());
    QCOMPARE(bob.port.all<TypingChanged>().size(), 1);
    QCOMPARE(bob.port.all<TypingChanged>().first().key, ann.key());
    QCOMPARE(bob.human.take(frame.data).error().code, u"replayed"_s);
    bob.port.clock.advance(6'000);
    bob.human.advance();
    QCOMPARE(bob.port.all<TypingChanged>().size(), 2);
    QVERIFY(!bob.port.all<TypingChanged>().last().on);
}

void TestSessionFlows::readSignalsGoBack()
{
    Side ann;
    Side bob;
    PeerRow human = row(ann.session, ann.member, u"Ann"_s);
    human.profile = PeerProfile{};
    human.profile->capabilities = QStringList{u"x-human-chat/1"_s};
    bob.names.learnList({human}, 0);
    QVERIFY(ann.sending.submit(direct(bob, u"c1"_s)).hasValue());
    const Send sent = ann.port.askedFrame<Send>();
    ann.port.answerWith(accepted(u"c1"_s, u"M1"_s));
    bob.receiving.onMessage = [&](const MessageReceived &message) { bob.human.received(message); };
    bob.receiving.take(ann.push(u"M1"_s, u"hi"_s, bob, u"c1"_s));
    bob.human.markRead({ConversationKind::Direct, ann.key()}, bob.port.wallMs() - 1'000'000); // older than the message
    QVERIFY(bob.port.posted.isEmpty());
    bob.human.markRead({ConversationKind::Direct, ann.key()}, bob.port.wallMs());
    QCOMPARE(bob.port.posted.size(), 1);
    ann.human.onRead = [&](const QString &from, const QStringList &ids) { ann.sending.readBy(from, ids); };
    QVERIFY(ann.human.take(get<Publish>(bob.port.posted.first()).data).hasValue());
    QCOMPARE(ann.statesOf(u"c1"_s).last(), OutgoingState::Read);
    QCOMPARE(ann.port.all<OutgoingChanged>().last().recipientKey, bob.key());
    bob.human.markRead({ConversationKind::Direct, ann.key()}, bob.port.wallMs());
    QCOMPARE(bob.port.posted.size(), 1); // once
    // Who does not want others to know is not betrayed, also not by switching it on again.
    bob.human.setSending(false);
    bob.port.clock.advance(60'000);
    MessageReceived secret = bob.port.all<MessageReceived>().first();
    secret.clientMessageId = u"c2"_s;
    bob.human.received(secret);
    bob.human.setTyping({ConversationKind::Direct, ann.key()}, true);
    bob.human.markRead({ConversationKind::Direct, ann.key()}, bob.port.wallMs());
    bob.human.setSending(true);
    bob.human.markRead({ConversationKind::Direct, ann.key()}, bob.port.wallMs());
    QCOMPARE(bob.port.posted.size(), 1);
}

void TestSessionFlows::commandsFinishOnce()
{
    Side ann;
    int connects = 0;
    ann.commands.onConnect = [&] { ++connects; };
    ann.commands.onDisconnect = [] {};
    ann.commands.onOwnRowChanged = [] {};
    qint64 id = 0;
    const auto run = [&](Command command) { ann.commands.run(++id, std::move(command)); };
    run(commands::ConnectNow{});
    run(commands::SetStatus{PeerStatus::Dnd});
    run(commands::SetStatus{PeerStatus::Offline});
    run(commands::SetClockSpeed{0});
    run(commands::SetClockSpeed{50});
    run(commands::JoinGroup{u"ada's team"_s, {}});
    run(commands::JoinGroup{u"ops"_s, {}});
    run(commands::Request{Send{}});
    run(commands::Request{MeshInfo{}});
    run(commands::SaveDraft{{ConversationKind::Broadcast, {}}, u"draft"_s});
    run(commands::Refresh{commands::Listing::Tasks});
    QCOMPARE(connects, 1);
    QCOMPARE(ann.port.asked.size(), size_t(3));
    ann.port.answerWith(ClockStatus{50, false, 0, {}, {}, {}});
    ann.port.answer(Error{u"timeout"_s, {}, ErrorBand::Transient});
    ann.commands.closeAll();
    ann.port.answerWith(TaskList{}); // too late
    const QList<CommandFinished> done = ann.port.all<CommandFinished>();
    QCOMPARE(done.size(), id);
    QHash<qint64, CommandFinished> byId;
    for (const CommandFinished &finished : done)
        byId.insert(finished.commandId, finished);
    QCOMPARE(byId.size(), id);
    const QStringList codes{
        {},           {}, u"bad_argument"_s, u"bad_argument"_s, {}, u"bad_group_name"_s, {}, u"bad_argument"_s,
        u"timeout"_s, {}, u"closed"_s};
    for (qint64 i = 1; i <= id; ++i)
        QCOMPARE(byId[i].code, codes.at(i - 1));
    QCOMPARE(byId[5].result[u"speed"_s].toDouble(), 50.0);
    for (const ClientFrame &frame : std::as_const(ann.port.posted)) {
        if (const auto *group = getIf<mesh::protocol::JoinGroup>(&frame))
            QCOMPARE(group->name.text(), u"ops"_s);
    }
}

void TestSessionFlows::stateIsConfirmed()
{
    Side ann;
    ann.commands.run(1, commands::SetState{u"deploy"_s, u"green"_s});
    QVERIFY(ann.port.all<StateSet>().isEmpty());
    ann.port.clock.advance(100);
    ann.commands.advance();
    StateResult result;
    result.key = u"deploy"_s;
    result.value = u"red"_s; // brokers handle frames side by side: still the old one
    ann.port.answerWith(result);
    QVERIFY(ann.port.all<CommandFinished>().isEmpty());
    ann.port.clock.advance(200);
    ann.commands.advance();
    result.value = u"green"_s;
    result.updatedBy = u"Ann"_s;
    ann.port.answerWith(result);
    QCOMPARE(ann.port.all<StateSet>().value(0).by, u"Ann"_s);
    QVERIFY(ann.port.all<CommandFinished>().value(0).ok);

    ann.commands.run(2, commands::SetState{u"deploy"_s, u"blue"_s});
    for (int i = 0; i < 5; ++i) {
        ann.port.clock.advance(100'000);
        ann.commands.advance();
        ann.port.answerWith(result);
    }
    QCOMPARE(ann.port.all<CommandFinished>().value(1).code, u"not_confirmed"_s);
}

void TestSessionFlows::answersWithTheirRequests()
{
    mesh::protocol::Recall recall;
    recall.query = u"deploy"_s;
    const QList<EventBody> found = eventsFromAnswer(recall, MemoryResults{}, {});
    QCOMPARE(get<MemoriesFound>(found.value(0)).query, u"deploy"_s);
    mesh::protocol::Remember remember;
    remember.content = u"x"_s;
    MemoryStored stored;
    stored.id = u"mem1"_s;
    QCOMPARE(get<MemoryRemembered>(eventsFromAnswer(remember, stored, u"Ann"_s).value(0)).by, u"Ann"_s);
    ListTasks open;
    open.status = u"open"_s;
    QVERIFY(eventsFromAnswer(open, TaskList{}, {}).isEmpty()); // a part is not the list
    QCOMPARE(eventsFromAnswer(ListTasks{}, TaskList{}, {}).size(), 1);
    QVERIFY(eventsFromUnasked(TaskList{}, 0).isEmpty());
    QCOMPARE(eventsFromUnasked(PeersList{}, 0).size(), 1);
}

MESH_TEST(TestSessionFlows)

} // namespace tst_session_flows

#include "tst_session_flows.moc"
