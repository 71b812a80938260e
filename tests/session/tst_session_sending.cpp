// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest/QTest>

#include "models/protocol/filecrypto.h"
#include "tests/support/sessionside.h"
#include "tests/support/testprogram.h"

namespace tst_session_sending {

using namespace Qt::StringLiterals;
using namespace mesh::session;
using namespace mesh::protocol;
using namespace mesh::protocol::events;
using namespace mesh::tests;

//! Messages and files on their way out.
class TestSessionSending : public QObject
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
};

void TestSessionSending::aMessageFromComposedToDelivered()
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

void TestSessionSending::composedOfflineWaits()
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

void TestSessionSending::theEleventhWaitsVisibly()
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

void TestSessionSending::rateLimitedElsewhere()
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

void TestSessionSending::absentRecipientComesBackWithANewKey()
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

void TestSessionSending::absentRecipientIsNotPestered()
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

void TestSessionSending::noAnswerMeansUnknown()
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

void TestSessionSending::linkLostBeforeTheAnswer()
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

void TestSessionSending::unsafeGroupNeverLeaves()
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
void TestSessionSending::notesStayHere()
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
void TestSessionSending::filesThatFailSendNothing()
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

MESH_TEST(TestSessionSending)

} // namespace tst_session_sending

#include "tst_session_sending.moc"
