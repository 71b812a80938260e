// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest/QTest>

#include "models/session/answerevents.h"
#include "models/session/audittail.h"
#include "models/protocol/filecrypto.h"
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
    void aMessageFromComposedToDelivered();
    void composedOfflineWaits();
    void theEleventhWaitsVisibly();
    void rateLimitedElsewhere();
    void absentRecipientComesBackWithANewKey();
    void absentRecipientIsNotPestered();
    void noAnswerMeansUnknown();
    void linkLostBeforeTheAnswer();
    void unsafeGroupNeverLeaves();
    void notesStayHere();
    void filesThatFailSendNothing();
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

void TestSessionFlows::aMessageFromComposedToDelivered()
{
    Side ann;
    Side bob;
    ann.names.learnList({row(bob.session, bob.member, u"Bob"_s)}, 0);
    QVERIFY(ann.sending.submit(direct(bob, u"c1"_s, u"ça va?"_s)).hasValue());
    const Send sent = ann.port.askedFrame<Send>();
    QCOMPARE(sent.id, u"c1"_s);
    QCOMPARE(sent.clientMessageId, u"c1"_s);
    QCOMPARE(sent.targetSpec, bob.key());
    QCOMPARE(*openDirect({sent.nonce, sent.ciphertext}, ann.session.publicKey, bob.session.secretKey), u"ça va?"_s);
    ann.port.answerWith(accepted(u"c1"_s, u"M1"_s));
    QCOMPARE(ann.port.all<TrafficSeen>().size(), 1);
    QCOMPARE(ann.port.all<TrafficSeen>().first().source, TrafficSource::Own);

    ann.sending.advance();
    QVERIFY(ann.port.asked.empty()); // two seconds first
    ann.port.clock.advance(2'000);
    ann.sending.advance();
    QCOMPARE(ann.port.askedFrame<MessageStatus>().messageId, u"M1"_s);
    MessageStatusResult status;
    status.messageId = u"M1"_s;
    ann.port.answerWith(status);
    ann.port.clock.advance(5'000);
    ann.sending.advance();
    status.delivered = true;
    ann.port.answerWith(status);
    ann.port.clock.advance(100'000);
    ann.sending.advance();
    QVERIFY(ann.port.asked.empty()); // delivered: nothing left to ask
    QCOMPARE(ann.statesOf(u"c1"_s),
             (QList{OutgoingState::Queued, OutgoingState::Sent, OutgoingState::Accepted, OutgoingState::Delivered}));
    ann.sending.readBy(u"somebody else"_s, {u"c1"_s});
    QCOMPARE(ann.statesOf(u"c1"_s).last(), OutgoingState::Delivered);
    ann.sending.readBy(bob.key(), {u"c1"_s});
    QCOMPARE(ann.statesOf(u"c1"_s).last(), OutgoingState::Read);
}

void TestSessionFlows::composedOfflineWaits()
{
    Side ann;
    Side bob;
    ann.port.isOnline = false;
    QVERIFY(ann.sending.submit(direct(bob, u"c1"_s)).hasValue());
    QVERIFY(ann.sending.submit(direct(bob, u"c2"_s)).hasValue());
    QCOMPARE(ann.port.all<SendQueueChanged>().last().waiting, 2);
    QVERIFY(ann.sending.cancel(u"c2"_s).hasValue());
    QVERIFY(ann.port.asked.empty());
    ann.port.isOnline = true;
    ann.sending.linkUp();
    QCOMPARE(ann.port.askedFrame<Send>().id, u"c1"_s);
    QCOMPARE(ann.port.asked.size(), size_t(1));
    QCOMPARE(ann.port.all<SendQueueChanged>().last().waiting, 0);
    QCOMPARE(ann.port.all<MessageComposed>().size(), 2);
    QCOMPARE(ann.sending.cancel(u"c1"_s).error().code, u"not_waiting"_s);
}

void TestSessionFlows::theEleventhWaitsVisibly()
{
    Side ann;
    for (int i = 0; i < 12; ++i) {
        // Each to another topic, so that none waits for the answer to another one.
        QVERIFY(ann.sending
                    .submit({u"c%1"_s.arg(i), {ConversationKind::Topic, u"t%1"_s.arg(i)}, u"x"_s, Priority::Next, {}})
                    .hasValue());
    }
    QCOMPARE(ann.port.asked.size(), size_t(10));
    SendQueueChanged queue = ann.port.all<SendQueueChanged>().last();
    QCOMPARE(queue.waiting, 2);
    QCOMPARE(queue.nextAtMs, ann.port.wallMs() + 1'000);
    ann.port.clock.advance(1'000);
    ann.sending.advance();
    QCOMPARE(ann.port.asked.size(), size_t(11));
    ann.port.clock.advance(1'000);
    ann.sending.advance();
    QCOMPARE(ann.port.asked.size(), size_t(12));
    QCOMPARE(ann.port.all<SendQueueChanged>().last().waiting, 0);
}

void TestSessionFlows::rateLimitedElsewhere()
{
    Side ann;
    Side bob;
    QVERIFY(ann.sending.submit(direct(bob, u"c1"_s)).hasValue());
    ann.port.answerWith(Ack{u"c1"_s, {}, false, u"rate_limit: max 60 msg/min (burst 10)"_s, {}});
    QCOMPARE(ann.statesOf(u"c1"_s).last(), OutgoingState::Queued); // not refused
    QVERIFY(ann.port.asked.empty());
    ann.port.clock.advance(1'000);
    ann.sending.advance();
    QCOMPARE(ann.port.askedFrame<Send>().id, u"c1"_s);
}

void TestSessionFlows::absentRecipientComesBackWithANewKey()
{
    Side ann;
    Side bob;
    ann.names.learnList({row(bob.session, bob.member, u"Bob"_s)}, 0);
    ann.names.learnList({}, 1);
    QVERIFY(ann.sending.submit(direct(bob, u"c1"_s)).hasValue());
    ann.port.answerWith(Ack{u"c1"_s, {}, false, u"no connected peer for target x"_s, {}});
    QCOMPARE(ann.port.all<OutgoingChanged>().last().code, u"not_connected"_s);
    ann.sending.peersListed();
    QVERIFY(ann.port.asked.empty());
    const KeyPair fresh = KeyPair::generate();
    ann.names.learnList({row(fresh, bob.member, u"Bob"_s)}, 2);
    ann.sending.peersListed();
    const Send again = ann.port.askedFrame<Send>();
    QCOMPARE(again.targetSpec, fresh.publicKey.hex());
    QCOMPARE(*openDirect({again.nonce, again.ciphertext}, ann.session.publicKey, fresh.secretKey), u"hi"_s);
    QCOMPARE(again.clientMessageId, u"c1"_s);
}

void TestSessionFlows::absentRecipientIsNotPestered()
{
    Side ann;
    Side bob;
    const QList list{row(bob.session, bob.member, u"Bob"_s)};
    ann.names.learnList(list, 0);
    QVERIFY(ann.sending.submit(direct(bob, u"c1"_s)).hasValue());
    ann.port.answerWith(Ack{u"c1"_s, {}, false, u"no connected peer for target x"_s, {}});
    for (int i = 0; i < 3; ++i) { // a stale row, say after a crash of the broker
        ann.names.learnList(list, i);
        ann.sending.peersListed();
    }
    QVERIFY(ann.port.asked.empty());
    ann.names.learnList({}, 4);
    ann.sending.peersListed();
    ann.names.learnList(list, 5);
    ann.sending.peersListed();
    QCOMPARE(ann.port.asked.size(), size_t(1));
}

void TestSessionFlows::noAnswerMeansUnknown()
{
    Side ann;
    Side bob;
    QVERIFY(ann.sending.submit(direct(bob, u"c1"_s)).hasValue());
    ann.port.answer(Error{u"timeout"_s, {}, ErrorBand::Transient});
    QCOMPARE(ann.statesOf(u"c1"_s).last(), OutgoingState::Unknown);
    QVERIFY(ann.sending.submit(direct(bob, u"c1"_s)).hasValue()); // retry by the user
    QCOMPARE(ann.port.askedFrame<Send>().id, u"c1"_s);
    QCOMPARE(ann.port.all<MessageComposed>().size(), 1);
}

void TestSessionFlows::linkLostBeforeTheAnswer()
{
    Side ann;
    Side bob;
    QVERIFY(ann.sending.submit(direct(bob, u"c1"_s)).hasValue());
    QVERIFY(ann.sending.submit({u"c2"_s, {ConversationKind::Broadcast, {}}, u"all"_s, Priority::Next, {}}).hasValue());
    ann.port.isOnline = false;
    ann.sending.linkDown();
    while (!ann.port.asked.empty())
        ann.port.answer(FakeSessionPort::offline());
    QCOMPARE(ann.statesOf(u"c1"_s).last(), OutgoingState::Queued);
    QCOMPARE(ann.statesOf(u"c2"_s).last(), OutgoingState::Unknown);
    ann.port.isOnline = true;
    ann.sending.linkUp();
    QCOMPARE(ann.port.asked.size(), size_t(1));
    QCOMPARE(ann.port.askedFrame<Send>().id, u"c1"_s);
}

void TestSessionFlows::unsafeGroupNeverLeaves()
{
    Side ann;
    QVERIFY(ann.sending.submit({u"c1"_s, {ConversationKind::Group, u"ada's team"_s}, u"x"_s, Priority::Next, {}})
                .hasValue());
    QVERIFY(ann.port.asked.empty());
    QCOMPARE(ann.statesOf(u"c1"_s).last(), OutgoingState::Refused);
    QVERIFY(!ann.sending.submit({u"c2"_s, {ConversationKind::System, {}}, u"x"_s, Priority::Next, {}}));
    QVERIFY(!ann.sending.submit({u"c3"_s, {ConversationKind::Broadcast, {}}, QString(), Priority::Next, {}}));
}

//! A note is told as kept and goes nowhere, connected or not: neither as a message, nor by what is done with it.
void TestSessionFlows::notesStayHere()
{
    const ConversationId notes{ConversationKind::Notes, {}};
    for (const bool online : {true, false}) {
        Side ann;
        ann.commands.onOwnRowChanged = [] {};
        ann.port.isOnline = online;
        ann.commands.run(1, commands::SendMessage{u"n1"_s, notes, u"the secret"_s, Priority::Now, {}});
        ann.commands.run(2, commands::SetTyping{notes, true});
        ann.commands.run(3, commands::SaveDraft{notes, u"more of it"_s, u"n1"_s});
        ann.commands.run(4, commands::MarkRead{notes, ann.port.wallMs()});
        ann.commands.run(5, commands::ShowConversation{notes});
        ann.commands.run(6, commands::ArrangeConversation{notes, true, false, Attention::All});
        ann.port.isOnline = true;
        ann.sending.linkUp();
        ann.port.clock.advance(600'000);
        ann.sending.advance();
        ann.commands.advance();
        QVERIFY(ann.port.posted.isEmpty());
        QVERIFY(ann.port.asked.empty());
        QCOMPARE(ann.port.all<MessageComposed>().value(0).text, u"the secret"_s);
        QCOMPARE(ann.statesOf(u"n1"_s), QList<OutgoingState>{OutgoingState::Accepted});
        for (const CommandFinished &finished : ann.port.all<CommandFinished>())
            QVERIFY(finished.ok);
    }
}

//! Whatever goes wrong on a file's way, the message that would name it does not leave, and the API key ends.
void TestSessionFlows::filesThatFailSendNothing()
{
    Side ann, bob;
    ann.names.learnList({row(bob.session, bob.member, u"Bob"_s)}, 0);
    QList<FileUpload> uploads;
    FileFlow::Done done;
    bool aborted = false;
    ann.files.upload = [&](const FileUpload &upload, const FileFlow::Progress &progress, FileFlow::Done then) {
        uploads.append(upload);
        done = std::move(then);
        progress(1, 2);
        return [&] { aborted = true; };
    };
    const auto offer = [&](const QString &id, const ConversationId &to, const QByteArray &contents) {
        return commands::OfferFile{{id, to, u"file %1"_s, Priority::Next, {}}, u"../a b.txt"_s, contents};
    };
    const ConversationId toBob{ConversationKind::Direct, bob.key()};
    const auto created = [&] {
        QCOMPARE(ann.port.asked.size(), size_t(1));
        QCOMPARE(ann.port.askedFrame<ApikeyCreate>().capabilities, QStringList{u"send"_s});
        ApikeyCreated key;
        key.id = u"key1"_s;
        key.secret = u"cm_secret"_s;
        ann.port.answerWith(key);
    };
    const auto revoked = [&] {
        QCOMPARE(ann.port.asked.size(), size_t(1));
        QCOMPARE(ann.port.askedFrame<ApikeyRevoke>().id, u"key1"_s);
        ann.port.answerWith(ApikeyRevokeResponse{});
    };
    // no room, not for oneself, no connection
    ann.commands.run(1, offer(u"f1"_s, toBob, QByteArray(MaxFileBytes + 1, 'x')));
    ann.commands.run(2, offer(u"f2"_s, {ConversationKind::Notes, {}}, "x"));
    ann.port.isOnline = false;
    ann.commands.run(3, offer(u"f3"_s, toBob, "x"));
    ann.port.isOnline = true;
    QVERIFY(ann.port.asked.empty() && uploads.isEmpty());
    // refused by the broker
    ann.commands.run(4, offer(u"f4"_s, toBob, "the contents"));
    created();
    QCOMPARE(uploads.size(), 1);
    QCOMPARE(uploads[0].fileName, u".._a_b.txt"_s);
    QCOMPARE(uploads[0].bearer, u"cm_secret"_s);
    QVERIFY(uploads[0].encrypted && !uploads[0].body.contains("the contents"));
    QCOMPARE(uploads[0].sealedKeys.size(), 4); // both, by session and by member
    done(Error{u"no_uploads"_s, u"no"_s, ErrorBand::Persistent});
    revoked();
    // taken back on the way
    ann.commands.run(5, offer(u"f5"_s, toBob, "x"));
    created();
    ann.commands.run(6, commands::CancelMessage{u"f5"_s});
    QVERIFY(aborted);
    revoked();
    // taken back before the key came
    ann.commands.run(7, offer(u"f6"_s, {ConversationKind::Broadcast, {}}, "x"));
    ann.commands.run(8, commands::CancelMessage{u"f6"_s});
    created();
    revoked();
    QVERIFY(ann.port.all<MessageComposed>().isEmpty());
    QHash<qint64, QString> codes;
    for (const CommandFinished &finished : ann.port.all<CommandFinished>())
        codes.insert(finished.commandId, finished.code);
    QCOMPARE(codes,
             (QHash<qint64, QString>{{1, u"too_large"_s},
                                     {2, u"bad_message"_s},
                                     {3, u"offline"_s},
                                     {4, u"no_uploads"_s},
                                     {5, u"cancelled"_s},
                                     {6, {}},
                                     {7, u"cancelled"_s},
                                     {8, {}}}));
    // and when it works, the message names it
    ann.commands.run(9, offer(u"f7"_s, {ConversationKind::Broadcast, {}}, "for all"));
    created();
    QCOMPARE(uploads.last().body, "for all"_ba);
    done(u"file-7"_s);
    QCOMPARE(ann.port.all<MessageComposed>().value(0).text, u"file file-7"_s);
    QCOMPARE(ann.port.all<MessageComposed>().value(0).clientMessageId, u"f7"_s);
    QVERIFY(!ann.port.all<FileOfferProgress>().isEmpty());
    QCOMPARE(uploadName(u".."_s), u"file"_s);
    QCOMPARE(uploadName(QString(500, u'\u00E9') + u".txt"_s), QString(96, u'_') + u".txt"_s);
}

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
