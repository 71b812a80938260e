// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest/QTest>

#include "models/session/humansignals.h"
#include "models/session/messageopener.h"
#include "models/session/namecache.h"
#include "models/session/outbox.h"
#include "models/session/refusals.h"
#include "models/session/sendflow.h"
#include "tests/support/testprogram.h"

namespace tst_session_messages {

using namespace Qt::StringLiterals;
using namespace mesh::session;
using namespace mesh::protocol;

namespace {

Push pushOf(const QString &sender, const SealedText &body)
{
    Push push;
    push.messageId = u"M1"_s;
    push.senderPubkey = sender;
    push.nonce = body.nonce;
    push.ciphertext = body.ciphertext;
    return push;
}

} // namespace

//! What is in a message, before it leaves and when it has come.
class TestSessionMessages : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void bodiesOpen();
    void bodiesThatDoNotOpen();
    void signalsRoundTrip();
    void typingIsThrottled();
    void outboxStates();
    void refusalTexts();
    void mentions();
};

void TestSessionMessages::bodiesOpen()
{
    const KeyPair session = KeyPair::generate();
    const KeyPair member = KeyPair::generate();
    const KeyPair peerSession = KeyPair::generate();
    const KeyPair peerMember = KeyPair::generate();
    MessageOpener opener(session, member);
    struct Way
    {
        const KeyPair *from;
        const KeyPair *to;
        bool toMember;
    };
    // All four of {sender's session, member} x {our session, member}; the push always names the session.
    for (const Way &way : {Way{&peerSession, &session, false}, Way{&peerSession, &member, true},
                           Way{&peerMember, &session, false}, Way{&peerMember, &member, true}}) {
        const Expected<SealedText> sealed = sealDirect(u"Hello ☕", way.to->publicKey, way.from->secretKey);
        QVERIFY(sealed.hasValue());
        const OpenedPush opened = opener.open(pushOf(peerSession.publicKey.hex(), *sealed), peerMember.publicKey.hex());
        QCOMPARE(opened.kind, OpenedPush::Kind::Direct);
        QCOMPARE(opened.body, BodyKind::Sealed);
        QCOMPARE(opened.text, u"Hello ☕"_s);
        QCOMPARE(opened.toMemberKey, way.toMember);
    }
    const Expected<SealedText> clear = encodeBroadcast(u"Stand-up");
    Push multicast = pushOf(peerSession.publicKey.hex(), *clear);
    multicast.senderMemberId = u"Member1"_s;
    QCOMPARE(opener.open(multicast, {}).kind, OpenedPush::Kind::Multicast);
    QCOMPARE(opener.open(multicast, {}).text, u"Stand-up"_s);
    Push reminder = pushOf(peerSession.publicKey.hex(), {QString(), clear->ciphertext});
    QCOMPARE(opener.open(reminder, {}).kind, OpenedPush::Kind::Reminder);
}

void TestSessionMessages::bodiesThatDoNotOpen()
{
    const KeyPair session = KeyPair::generate();
    const KeyPair member = KeyPair::generate();
    const KeyPair peer = KeyPair::generate();
    const KeyPair stranger = KeyPair::generate();
    MessageOpener opener(session, member);
    const Expected<SealedText> foreign = sealDirect(u"not for you", stranger.publicKey, peer.secretKey);
    OpenedPush opened = opener.open(pushOf(peer.publicKey.hex(), *foreign), {});
    QCOMPARE(opened.kind, OpenedPush::Kind::Unexplained);
    QCOMPARE(opened.body, BodyKind::Undecryptable);
    QVERIFY(opened.text.isEmpty());
    opened = opener.open(pushOf(peer.publicKey.hex(), *encodeBroadcast(u"via Slack")), {});
    QCOMPARE(opened.kind, OpenedPush::Kind::Unexplained);
    QCOMPARE(opened.body, BodyKind::Clear);
    QCOMPARE(opened.text, u"via Slack"_s);
    for (const SealedText &broken : {SealedText{u"%%%"_s, u"%%%"_s}, SealedText{u"AAAA"_s, u""_s}})
        QVERIFY(opener.open(pushOf(u"webhook:x"_s, broken), u"short"_s).body != BodyKind::Sealed);
}

void TestSessionMessages::signalsRoundTrip()
{
    const KeyPair ann = KeyPair::generate();
    const KeyPair bob = KeyPair::generate();
    const KeyPair none = KeyPair::generate();
    MessageOpener annOpener(ann, none);
    MessageOpener bobOpener(bob, none);
    HumanSignal typing;
    typing.on = true;
    typing.sentAtMs = 1'800'000'000'123;
    const QString annKey = ann.publicKey.hex();
    const QString bobKey = bob.publicKey.hex();
    const Expected<QJsonValue> data = sealSignal(typing, annKey, bobKey, annOpener);
    QVERIFY(data.hasValue());
    const Expected<HumanSignal> opened = openSignal(*data, bobKey, bobOpener);
    QVERIFY(opened.hasValue());
    QCOMPARE(opened->from, annKey);
    QCOMPARE(opened->on, true);
    QCOMPARE(opened->sentAtMs, typing.sentAtMs);

    // The same box sent back in Bob's name opens for Ann, and must not count.
    QJsonObject mirrored = data->toObject();
    mirrored["from"_L1] = bobKey;
    QCOMPARE(openSignal(mirrored, annKey, annOpener).error().code, u"not_for_us"_s);
    QJsonObject forged = data->toObject();
    forged["from"_L1] = none.publicKey.hex();
    QVERIFY(!openSignal(forged, bobKey, bobOpener));
    QVERIFY(!openSignal(QJsonValue(3), bobKey, bobOpener));

    HumanSignal read;
    read.kind = HumanSignal::Kind::Read;
    for (int i = 0; i < 300; ++i)
        read.ids.append(QString::number(i));
    const Expected<HumanSignal> back = openSignal(*sealSignal(read, annKey, bobKey, annOpener), bobKey, bobOpener);
    QVERIFY(back.hasValue());
    QCOMPARE(back->kind, HumanSignal::Kind::Read);
    QCOMPARE(back->ids.size(), 200);
}

void TestSessionMessages::typingIsThrottled()
{
    TypingThrottle throttle(3'000);
    QVERIFY(throttle.pass(u"a"_s, true, 0));
    QVERIFY(!throttle.pass(u"a"_s, true, 2'999));
    QVERIFY(throttle.pass(u"b"_s, true, 1));
    QVERIFY(throttle.pass(u"a"_s, true, 3'000));
    QVERIFY(throttle.pass(u"a"_s, false, 3'001));
    QVERIFY(!throttle.pass(u"a"_s, false, 3'002));
    QVERIFY(!throttle.pass(u"c"_s, false, 3'002));
}

void TestSessionMessages::outboxStates()
{
    Outbox outbox(2);
    bool isNew = false;
    const auto message = [](const QString &id, ConversationKind kind, Priority priority = Priority::Next) {
        return commands::SendMessage{id, {kind, u"k"_s + id}, u"text"_s, priority, {}};
    };
    OutgoingMessage *first = outbox.compose(message(u"1"_s, ConversationKind::Direct), &isNew);
    QVERIFY(first && isNew);
    QVERIFY(outbox.compose(message(u"2"_s, ConversationKind::Group), &isNew));
    QVERIFY(outbox.compose(message(u"3"_s, ConversationKind::Direct, Priority::Now), &isNew));
    QCOMPARE(outbox.waiting(), 3);
    QCOMPARE(outbox.nextQueued()->content.clientMessageId, u"3"_s); // urgent first
    for (const auto &id : {u"1"_s, u"2"_s, u"3"_s})
        outbox.setState(*outbox.find(id), OutgoingState::Sent);
    QVERIFY(!outbox.nextQueued());
    QVERIFY(!outbox.compose(message(u"1"_s, ConversationKind::Direct), &isNew)); // on its way
    QVERIFY(!outbox.cancel(u"1"_s));
    outbox.linkLost();
    QCOMPARE(outbox.find(u"1"_s)->state, OutgoingState::Queued);
    QCOMPARE(outbox.find(u"2"_s)->state, OutgoingState::Unknown); // the group may have it already
    QVERIFY(outbox.cancel(u"1"_s));
    QVERIFY(outbox.compose(message(u"2"_s, ConversationKind::Group), &isNew));
    QVERIFY(!isNew);
    // Of one conversation only one at a time.
    QVERIFY(outbox.compose({u"4"_s, {ConversationKind::Direct, u"k3"_s}, u"t"_s, Priority::Next, {}}, &isNew));
    outbox.setState(*outbox.find(u"3"_s), OutgoingState::Sent);
    QCOMPARE(outbox.nextQueued()->content.clientMessageId, u"2"_s);
    outbox.setState(*outbox.find(u"2"_s), OutgoingState::Sent);
    QVERIFY(!outbox.nextQueued());
    for (const auto &id : {u"2"_s, u"3"_s})
        outbox.setState(*outbox.find(id), OutgoingState::Accepted);
    QVERIFY(!outbox.find(u"1"_s)); // finished first, forgotten first
}

void TestSessionMessages::refusalTexts()
{
    QCOMPARE(refusalCode(u"rate_limit: max 60 msg/min (burst 10)"_s), u"rate_limit"_s);
    QCOMPARE(refusalCode(u"payload too large: 70000 bytes"_s), u"payload_too_large"_s);
    QCOMPARE(refusalCode(u"no connected peer for target abc"_s), u"not_connected"_s);
    QCOMPARE(refusalCode(u"blocked by recipient grants"_s), u"blocked"_s);
    QCOMPARE(refusalCode(u"something else"_s), u"refused"_s);
}

void TestSessionMessages::mentions()
{
    QCOMPARE(mentionsIn(u"deploy finished @Bob, cc @ada-2. and @Bob again"_s), (QStringList{u"bob"_s, u"ada-2"_s}));
    QVERIFY(mentionsIn(u"mail bob@example.org or @@x"_s).isEmpty());
    QString many;
    for (int i = 0; i < 40; ++i)
        many += u"@p%1 "_s.arg(i);
    QCOMPARE(mentionsIn(many).size(), 16);
}

MESH_TEST(TestSessionMessages)

} // namespace tst_session_messages

#include "tst_session_messages.moc"
