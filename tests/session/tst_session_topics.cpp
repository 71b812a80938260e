// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest/QTest>

#include "models/protocol/frameevents.h"
#include "models/session/topicmemberships.h"
#include "tests/protocol/cryptovectors.h"
#include "tests/support/sessionside.h"
#include "tests/support/testprogram.h"

namespace tst_session_topics {

using namespace Qt::StringLiterals;
using namespace mesh::session;
using namespace mesh::protocol;
using namespace mesh::protocol::events;
using namespace mesh::tests;

namespace {

TopicRow deploys()
{
    TopicRow topic;
    topic.id = u"t1"_s;
    topic.name = u"deploys & more"_s;
    return topic;
}

const ConversationId kTopic{ConversationKind::Topic, u"t1"_s};

//! A side whose topics know keys.
struct KeyedSide : Side
{
    KeyedSide()
    {
        topics.setKeys(&keys);
        sending.setTopicKeys(&keys);
        keys.onChanged = [this](const QString &id) {
            topics.reopen(id);
            sending.topicKeyChanged();
        };
        keys.listed({deploys()});
        topics.listed({deploys()});
    }
    //! Makes the API key that the first REST call needs.
    void mint()
    {
        ApikeyCreated created;
        created.id = u"K1"_s;
        created.secret = u"cm_secret"_s;
        port.answerWith(created);
    }
    void askForKey()
    {
        keys.want(u"t1"_s);
        keys.advance();
        mint();
    }
    QString said(const TopicMessageRow &row)
    {
        topics.advance();
        port.answerWith(TopicHistoryResponse{u"t1"_s, {row}, {}});
        return port.all<MessageReceived>().last().text;
    }
};

QJsonObject sealFor(const KeyPair &member, const TopicKey &key, const KeyPair &sealer)
{
    const Expected<SealedTopicKey> sealed = sealTopicKey(key, member.publicKey, sealer.secretKey);
    return {{u"topic"_s, u"deploys & more"_s},
            {u"topicId"_s, u"t1"_s},
            {u"encryptedKey"_s, sealed->encryptedKey},
            {u"nonce"_s, sealed->nonce}};
}

TopicMessageRow sealedRow(const QString &id, const QString &text, const TopicKey &key)
{
    const Expected<SealedText> body = sealTopicText(text, key);
    TopicMessageRow row = topicRow(id, u"x"_s);
    row.nonce = body->nonce;
    row.ciphertext = body->ciphertext;
    row.bodyVersion = 2;
    return row;
}

QString isoAt(int second)
{
    return QDateTime::fromMSecsSinceEpoch(1'775'000'000'000 + second * 1'000LL, Qt::UTC).toString(Qt::ISODateWithMs);
}

} // namespace

//! Topics in a session without a link: history, keys, memberships.
class TestSessionTopics : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void drainedTopicRowIsNotAMessage();
    void livePushOfATopicAsksItsHistory();
    void topicHistoryOnlyNewRows();
    void topicGapIsFilled();
    void ownTopicMessageKeepsItsId();
    void olderPagesToTheStart();
    void equalTimesAtAPageEdge();
    void sealOfTheVectorsOpens();
    void sealedMessageOpensWhenTheSealArrives();
    void messageWaitsForTheKey();
    void topicWithoutKeyIsClear();
    void whatWasSealedGetsNoClearText();
    void clearTopicWithAKeyNobodyUses();
    void keyIsSealedForNewMembers();
    void refusedApiKeyIsRenewed();
    void onlyJoinedTopicsAreFollowed();
    void typingInATopic();
};

void TestSessionTopics::drainedTopicRowIsNotAMessage()
{
    Side ann;
    TopicRow topic;
    topic.id = u"t1"_s;
    ann.topics.listed({topic});
    const TopicMessageRow history = topicRow(u"h1"_s, u"in the topic"_s);
    Push drained;
    drained.messageId = u"M1"_s;
    drained.senderPubkey = u"k"_s;
    drained.nonce = history.nonce;
    drained.ciphertext = history.ciphertext;
    ann.receiving.take(drained);
    ann.port.clock.advance(1'000);
    ann.receiving.advance();
    QCOMPARE(ann.port.askedFrame<TopicHistory>().topic, u"t1"_s);
    ann.port.answerWith(TopicHistoryResponse{u"t1"_s, {history}, {}});
    QCOMPARE(ann.port.all<MessageReceived>().size(), 1);
    QCOMPARE(ann.port.all<MessageReceived>().first().conversation.kind, ConversationKind::Topic);
    ann.receiving.confirmStored({u"M1"_s});
    QVERIFY(ann.port.posted.isEmpty()); // a confirmation would take it from the other members
}

void TestSessionTopics::livePushOfATopicAsksItsHistory()
{
    Side ann;
    TopicRow topic;
    topic.id = u"t1"_s;
    topic.name = u"deploys"_s;
    ann.topics.listed({topic});
    ann.topics.linkUp();
    ann.topics.advance();
    ann.port.answerWith(TopicListResponse{{topic}, {}});
    ann.port.answerWith(TopicHistoryResponse{u"t1"_s, {}, {}});
    ann.topics.advance();
    QVERIFY(ann.port.asked.empty()); // nothing is due for a while
    Push push;
    push.messageId = u"h1"_s;
    push.topic = u"deploys"_s;
    push.senderPubkey = QString(64, u'a');
    push.senderMemberPubkey = QString(64, u'b');
    push.ciphertext = u"aGk="_s;
    ann.receiving.take(push);
    QVERIFY(ann.port.all<MessageReceived>().isEmpty()); // not a broadcast
    ann.topics.advance();
    QCOMPARE(ann.port.askedFrame<TopicHistory>().topic, u"t1"_s);
    ann.port.answerWith(TopicHistoryResponse{u"t1"_s, {topicRow(u"h1"_s, u"hi"_s)}, {}});
    QCOMPARE(ann.port.all<MessageReceived>().size(), 1);
    QCOMPARE(ann.port.all<MessageReceived>().first().text, u"hi"_s);
}

void TestSessionTopics::topicHistoryOnlyNewRows()
{
    Side ann;
    TopicRow topic;
    topic.id = u"t1"_s;
    ann.topics.listed({topic});
    ann.topics.advance();
    QCOMPARE(ann.port.askedFrame<TopicHistory>().limit, 50);
    const TopicMessageRow one = topicRow(u"h1"_s, u"one"_s);
    const TopicMessageRow two = topicRow(u"h2"_s, u"two"_s);
    TopicMessageRow sealed = topicRow(u"h3"_s, u"three"_s);
    sealed.bodyVersion = 2;
    ann.port.answerWith(TopicHistoryResponse{u"t1"_s, {two, one}, {}});
    QCOMPARE(ann.port.all<MessageReceived>().size(), 2);
    QCOMPARE(ann.port.all<MessageReceived>().first().text, u"one"_s); // oldest first
    ann.port.clock.advance(20'000);
    ann.topics.advance();
    QCOMPARE(ann.port.askedFrame<TopicHistory>().limit, 20);
    ann.port.answerWith(TopicHistoryResponse{u"t1"_s, {sealed, two, one}, {}});
    QCOMPARE(ann.port.all<MessageReceived>().size(), 3);
    QCOMPARE(ann.port.all<MessageReceived>().last().body, BodyKind::Undecryptable);
    ann.topics.show(u"t1"_s);
    ann.topics.advance();
    QCOMPARE(ann.port.askedFrame<TopicHistory>().topic, u"t1"_s); // at once, then every 2 s
    ann.port.answerWith(TopicHistoryResponse{u"t1"_s, {sealed, two, one}, {}});
    QCOMPARE(ann.topics.nextDueMs(), ann.port.monoMs() + 2'000);
    QCOMPARE(ann.port.all<MessageReceived>().size(), 3);
}

void TestSessionTopics::topicGapIsFilled()
{
    Side ann;
    TopicRow topic;
    topic.id = u"t1"_s;
    ann.topics.listed({topic});
    ann.topics.advance();
    QList<TopicMessageRow> rows; // newest first
    for (int i = 0; i < 60; ++i)
        rows.prepend(topicRow(u"h%1"_s.arg(i), QString::number(i)));
    ann.port.answerWith(TopicHistoryResponse{u"t1"_s, rows.mid(55), {}});
    ann.port.clock.advance(20'000);
    ann.topics.advance();
    ann.port.answerWith(TopicHistoryResponse{u"t1"_s, rows.mid(0, 20), {}});
    QCOMPARE(ann.port.askedFrame<TopicHistory>().beforeId, u"h40"_s);
    ann.port.answerWith(TopicHistoryResponse{u"t1"_s, rows.mid(20, 20), {}});
    ann.port.answerWith(TopicHistoryResponse{u"t1"_s, rows.mid(40), {}});
    QVERIFY(ann.port.asked.empty());
    const QList<MessageReceived> messages = ann.port.all<MessageReceived>();
    QCOMPARE(messages.size(), 60);
    for (int i = 0; i < 60; ++i)
        QCOMPARE(messages.at(i).text, QString::number(i));
}

void TestSessionTopics::ownTopicMessageKeepsItsId()
{
    Side ann;
    QVERIFY(ann.sending.submit({u"c1"_s, {ConversationKind::Topic, u"t1"_s}, u"mine @Bob"_s, Priority::Next, {}})
                .hasValue());
    const Send sent = ann.port.askedFrame<Send>();
    QCOMPARE(sent.targetSpec, u"#t1"_s);
    QCOMPARE(sent.mentions, QStringList{u"bob"_s});
    ann.port.answerWith(accepted(u"c1"_s, u"Queue1"_s));
    TopicRow topic;
    topic.id = u"t1"_s;
    ann.topics.listed({topic});
    ann.topics.advance();
    TopicMessageRow row = topicRow(u"h1"_s, u"x"_s);
    row.nonce = sent.nonce;
    row.ciphertext = sent.ciphertext;
    ann.port.answerWith(TopicHistoryResponse{u"t1"_s, {row}, {}});
    QCOMPARE(ann.port.all<MessageReceived>().value(0).clientMessageId, u"c1"_s);
}

void TestSessionTopics::olderPagesToTheStart()
{
    Side ann;
    ann.topics.listed({deploys()});
    QList<TopicMessageRow> rows; // newest first
    for (int i = 0; i < 270; ++i) {
        rows.prepend(topicRow(u"h%1"_s.arg(i), QString::number(i)));
        rows.first().createdAt = isoAt(i);
    }
    const auto before = [&](const QString &id) {
        for (qsizetype i = 0; i < rows.size(); ++i) {
            if (rows.at(i).id == id)
                return rows.mid(i + 1, 100);
        }
        return QList<TopicMessageRow>();
    };
    ann.topics.advance();
    ann.port.answerWith(TopicHistoryResponse{u"t1"_s, rows.mid(0, 50), {}});
    std::optional<bool> atStart;
    const auto load = [&] {
        atStart.reset();
        const qint64 oldest = ann.port.all<MessageReceived>().last().sentAtMs;
        ann.topics.loadOlder(u"t1"_s, oldest, [&](const Expected<bool> &result) { atStart = *result; });
    };
    ann.topics.loadOlder(u"t1"_s, isoToMs(isoAt(220)).value_or(0), [&](const Expected<bool> &at) { atStart = *at; });
    for (int pages = 0; !ann.port.asked.empty() && pages < 5; ++pages) {
        const TopicHistory asked = ann.port.askedFrame<TopicHistory>();
        ann.port.answerWith(TopicHistoryResponse{u"t1"_s, before(asked.beforeId.value_or(QString())), {}});
    }
    QCOMPARE(atStart, std::optional(false));
    QVERIFY(ann.port.all<MessageReceived>().size() < 160); // one page, not everything
    for (int turn = 0; turn < 5 && atStart != true; ++turn) {
        load();
        while (!ann.port.asked.empty()) {
            const TopicHistory asked = ann.port.askedFrame<TopicHistory>();
            ann.port.answerWith(TopicHistoryResponse{u"t1"_s, before(asked.beforeId.value_or(QString())), {}});
        }
    }
    QCOMPARE(atStart, std::optional(true));
    QSet<QString> ids;
    for (const MessageReceived &message : ann.port.all<MessageReceived>()) {
        QVERIFY2(!ids.contains(message.messageId), qPrintable(message.messageId)); // each is told once
        ids.insert(message.messageId);
    }
    QCOMPARE(ids.size(), 270);
    load();
    QVERIFY(ann.port.asked.empty() && atStart == true); // nothing is older, and nobody is asked
    ann.port.isOnline = false;
    bool failed = false;
    ann.topics.loadOlder(u"t1"_s, 1, [&](const Expected<bool> &result) { failed = !result; });
    QVERIFY(failed);
}

//! Brokers leave out rows of the very time of the row before which they are asked (6.9).
void TestSessionTopics::equalTimesAtAPageEdge()
{
    Side ann;
    ann.topics.listed({deploys()});
    QList<TopicMessageRow> rows; // newest first; thirty at each second
    for (int i = 0; i < 180; ++i) {
        rows.prepend(topicRow(u"h%1"_s.arg(i), QString::number(i)));
        rows.first().createdAt = isoAt(i / 30);
    }
    const auto strictlyBefore = [&](const QString &id) {
        QString at;
        QList<TopicMessageRow> page;
        for (const TopicMessageRow &row : rows) {
            if (!at.isEmpty() && row.createdAt < at && page.size() < 100)
                page.append(row);
            if (row.id == id)
                at = row.createdAt;
        }
        return page;
    };
    ann.topics.advance();
    ann.port.answerWith(TopicHistoryResponse{u"t1"_s, rows.mid(0, 50), {}});
    bool atStart = false;
    for (int turn = 0; turn < 9 && !atStart; ++turn) {
        const qint64 oldest = isoToMs(isoAt(5 - turn)).value_or(0);
        ann.topics.loadOlder(u"t1"_s, oldest, [&](const Expected<bool> &result) { atStart = *result; });
        for (int guard = 0; !ann.port.asked.empty() && guard < 9; ++guard) {
            const TopicHistory asked = ann.port.askedFrame<TopicHistory>();
            ann.port.answerWith(TopicHistoryResponse{u"t1"_s, strictlyBefore(asked.beforeId.value_or(QString())), {}});
        }
    }
    QVERIFY(atStart);
    QSet<QString> ids;
    for (const MessageReceived &message : ann.port.all<MessageReceived>())
        ids.insert(message.messageId);
    QCOMPARE(ids.size(), 180);
}

void TestSessionTopics::sealOfTheVectorsOpens()
{
    CryptoVectors vectors;
    QVERIFY(vectors.load());
    const QJsonObject seal = vectors.section("topic_key_seal"_L1);
    const QJsonObject message = vectors.section("topic_message_v2"_L1);
    FakeSessionPort port;
    QList<AppApi::Done> waiting;
    AppApi api(port, [&](const ApiCall &call, const QString &bearer, AppApi::Done done) {
        QCOMPARE(call.path, u"/api/v1/topics/deploys%20%26%20more/key"_s);
        QCOMPARE(bearer, u"cm_secret"_s);
        waiting.append(done);
    });
    const KeyPair bob = vectors.keys(seal["recipient"_L1]);
    TopicKeys keys(port, api, bob);
    keys.listed({deploys()});
    keys.want(u"t1"_s);
    keys.advance();
    ApikeyCreated created;
    created.secret = u"cm_secret"_s;
    port.answerWith(created);
    QCOMPARE(waiting.size(), 1);
    waiting.takeFirst()(
        {200,
         true,
         {{u"topicId"_s, u"t1"_s}, {u"encryptedKey"_s, seal[u"encryptedKey_b64"]}, {u"nonce"_s, seal[u"nonce_b64"]}}});
    QCOMPARE(keys.state(u"t1"_s), TopicKeyState::Held);
    const Expected<QString> text =
        keys.open(u"t1"_s, {message[u"nonce_b64"].toString(), message[u"ciphertext_b64"].toString()});
    QVERIFY(text.hasValue());
    QCOMPARE(*text, u"deploy finished @bob"_s);
}

void TestSessionTopics::sealedMessageOpensWhenTheSealArrives()
{
    KeyedSide ann;
    const TopicKey key = TopicKey::generate();
    ann.topics.advance();
    ann.port.answerWith(TopicHistoryResponse{u"t1"_s, {sealedRow(u"h1"_s, u"for members"_s, key)}, {}});
    QCOMPARE(ann.port.all<MessageReceived>().last().body, BodyKind::Undecryptable);
    ann.askForKey();
    ann.answerHttp(404, {{u"error"_s, u"key_not_sealed_for_member"_s}});
    QCOMPARE(ann.port.all<TopicKeyChanged>().last().state, TopicKeyState::Waiting);
    QVERIFY(ann.keys.nextDueMs() <= ann.port.monoMs() + ann.port.options.topicKeyMs);
    ann.port.clock.advance(ann.port.options.topicKeyMs);
    ann.keys.advance();
    QCOMPARE(ann.http.size(), 1);
    ann.answerHttp(200, sealFor(ann.member, key, KeyPair::generate()));
    QCOMPARE(ann.port.all<TopicKeyChanged>().last().state, TopicKeyState::Held);
    const MessageReceived opened = ann.port.all<MessageReceived>().last();
    QCOMPARE(opened.messageId, u"h1"_s);
    QCOMPARE(opened.body, BodyKind::Sealed);
    QCOMPARE(opened.text, u"for members"_s);
    // One sealed with another key stays closed, and the topic goes on.
    ann.port.clock.advance(20'000);
    ann.said(sealedRow(u"h2"_s, u"foreign"_s, TopicKey::generate()));
    QCOMPARE(ann.port.all<MessageReceived>().last().body, BodyKind::Undecryptable);
    ann.port.clock.advance(20'000);
    QCOMPARE(ann.said(sealedRow(u"h3"_s, u"again"_s, key)), u"again"_s);
}

void TestSessionTopics::messageWaitsForTheKey()
{
    KeyedSide ann;
    const TopicKey key = TopicKey::generate();
    QVERIFY(ann.sending.submit({u"c1"_s, kTopic, u"secret @Bob"_s, Priority::Next, {}}).hasValue());
    QVERIFY(!ann.port.askedFrame<Send>().clientMessageId); // nothing left
    QCOMPARE(ann.port.all<OutgoingChanged>().last().state, OutgoingState::Queued);
    QCOMPARE(ann.port.all<OutgoingChanged>().last().code, u"topic_key_wanted"_s);
    // Other conversations do not wait behind it.
    QVERIFY(ann.sending.submit({u"c2"_s, {ConversationKind::Broadcast, {}}, u"x"_s, Priority::Next, {}}).hasValue());
    QCOMPARE(ann.port.askedFrame<Send>().id, u"c2"_s);
    ann.port.answerWith(accepted(u"c2"_s, u"M2"_s));
    ann.keys.advance();
    ann.mint();
    ann.answerHttp(200, sealFor(ann.member, key, KeyPair::generate()));
    const Send sent = ann.port.askedFrame<Send>();
    QCOMPARE(sent.id, u"c1"_s);
    QCOMPARE(sent.bodyVersion, 2);
    QCOMPARE(sent.mentions, QStringList{u"bob"_s}); // in the clear: nobody else could tell the named
    QCOMPARE(*openTopicText({sent.nonce, sent.ciphertext}, key), u"secret @Bob"_s);
}

void TestSessionTopics::topicWithoutKeyIsClear()
{
    for (const bool hasInterface : {true, false}) {
        KeyedSide ann;
        QVERIFY(ann.sending.submit({u"c1"_s, kTopic, u"hello"_s, Priority::Next, {}}).hasValue());
        ann.keys.advance();
        ann.mint();
        if (hasInterface)
            ann.answerHttp(409, {{u"error"_s, u"topic_unencrypted"_s}});
        else
            ann.answerHttp(404, {}, false);
        QCOMPARE(ann.port.all<TopicKeyChanged>().last().state, TopicKeyState::Clear);
        const Send sent = ann.port.askedFrame<Send>();
        QCOMPARE(sent.bodyVersion, 1);
        QCOMPARE(*decodeBroadcast(sent.ciphertext), u"hello"_s);
    }
}

void TestSessionTopics::whatWasSealedGetsNoClearText()
{
    KeyedSide ann;
    ann.said(sealedRow(u"h1"_s, u"x"_s, TopicKey::generate()));
    ann.askForKey();
    ann.answerHttp(404, {}, false); // a broker that gives no keys out
    QCOMPARE(ann.port.all<TopicKeyChanged>().last().state, TopicKeyState::Unavailable);
    QVERIFY(ann.sending.submit({u"c1"_s, kTopic, u"secret"_s, Priority::Next, {}}).hasValue());
    QVERIFY(ann.port.asked.empty());
    QCOMPARE(ann.port.all<OutgoingChanged>().last().state, OutgoingState::Refused);
    QCOMPARE(ann.port.all<OutgoingChanged>().last().code, u"topic_encrypted"_s);
}

//! Brokers give every topic a key; where all speak in the clear, nobody is kept from it by a key that nobody uses.
void TestSessionTopics::clearTopicWithAKeyNobodyUses()
{
    KeyedSide ann;
    ann.said(topicRow(u"h1"_s, u"in the clear"_s));
    ann.askForKey();
    ann.answerHttp(404, {{u"error"_s, u"key_not_sealed_for_member"_s}});
    QCOMPARE(ann.port.all<TopicKeyChanged>().last().state, TopicKeyState::Clear);
    ann.port.clock.advance(20'000);
    ann.said(sealedRow(u"h2"_s, u"x"_s, TopicKey::generate()));
    QCOMPARE(ann.port.all<TopicKeyChanged>().last().state, TopicKeyState::Waiting);
}

void TestSessionTopics::keyIsSealedForNewMembers()
{
    KeyedSide ann;
    const TopicKey key = TopicKey::generate();
    ann.askForKey();
    ann.answerHttp(200, sealFor(ann.member, key, KeyPair::generate()));
    ann.keys.advance();
    QCOMPARE(ann.http.size(), 1);
    QCOMPARE(ann.http.first().first.path, u"/api/v1/topics/deploys%20%26%20more/pending-seals"_s);
    const KeyPair bob = KeyPair::generate();
    ann.answerHttp(200,
                   {{u"pending"_s,
                     QJsonArray{QJsonObject{{u"memberId"_s, u"B"_s}, {u"pubkey"_s, bob.publicKey.hex()}},
                                QJsonObject{{u"memberId"_s, u"C"_s}, {u"pubkey"_s, u"no key"_s}}}}});
    QCOMPARE(ann.http.size(), 1);
    const ApiCall seal = ann.http.first().first;
    QCOMPARE(seal.method, QByteArray("POST"));
    QCOMPARE(seal.path, u"/api/v1/topics/deploys%20%26%20more/seal"_s);
    QCOMPARE(seal.body[u"memberId"].toString(), u"B"_s);
    const Expected<TopicKey> opened =
        openTopicKey({seal.body[u"encryptedKey"].toString(), seal.body[u"nonce"].toString()}, bob.secretKey);
    QVERIFY(opened.hasValue());
    const Expected<SealedText> body = sealTopicText(u"same key", key);
    QCOMPARE(*openTopicText(*body, *opened), u"same key"_s);
    ann.answerHttp(200, {});
    ann.keys.membersChanged(u"t1"_s);
    ann.keys.advance();
    QCOMPARE(ann.http.size(), 1); // looked at again at once
}

void TestSessionTopics::refusedApiKeyIsRenewed()
{
    KeyedSide ann;
    ann.askForKey();
    ann.answerHttp(401, {{u"code"_s, u"invalid_or_revoked_token"_s}});
    QCOMPARE(ann.port.askedFrame<ApikeyCreate>().capabilities, (QStringList{u"read"_s, u"send"_s}));
    ann.mint();
    QCOMPARE(ann.http.size(), 1);
    ann.answerHttp(401, {});
    QVERIFY(ann.port.asked.empty()); // once is enough
    QCOMPARE(ann.keys.state(u"t1"_s), TopicKeyState::Unknown);
    ann.api.revoke();
    QCOMPARE(ann.port.askedFrame<ApikeyRevoke>().id, u"K1"_s);
}

void TestSessionTopics::onlyJoinedTopicsAreFollowed()
{
    Side ann;
    TopicMemberships memberships(ann.port, u"A"_s, ann.member.publicKey.hex());
    ann.topics.setMemberships(&memberships);
    memberships.onChanged = [&](const QString &id) { ann.topics.membershipChanged(id); };
    memberships.listed({deploys()});
    ann.topics.listed({deploys()});
    ann.topics.advance();
    QVERIFY(ann.port.asked.empty()); // not before it is known
    memberships.advance();
    QCOMPARE(ann.port.askedFrame<TopicMembers>().topic, u"t1"_s);
    TopicMemberRow bob;
    bob.memberId = u"B"_s;
    bob.pubkey = u"bob"_s;
    ann.port.answerWith(TopicMembersResponse{u"t1"_s, {bob}, {}});
    memberships.learned(u"t1"_s, {bob});
    QCOMPARE(memberships.isJoined(u"t1"_s), std::optional(false));
    ann.port.clock.advance(30'000);
    ann.topics.advance();
    QVERIFY(ann.port.asked.empty());
    ann.topics.markRead(u"t1"_s);
    QVERIFY(ann.port.asked.empty()); // read marks need a membership
    ann.topics.show(u"t1"_s);        // what is on the screen can be looked at all the same
    ann.topics.advance();
    QCOMPARE(ann.port.askedFrame<TopicHistory>().topic, u"t1"_s);
    ann.port.answerWith(TopicHistoryResponse{u"t1"_s, {}, {}});
    ann.topics.show({});
    TopicMemberRow self;
    self.memberId = u"A"_s;
    self.pubkey = ann.member.publicKey.hex();
    memberships.learned(u"t1"_s, {bob, self});
    QCOMPARE(memberships.isJoined(u"t1"_s), std::optional(true));
    ann.topics.advance();
    QCOMPARE(ann.port.askedFrame<TopicHistory>().topic, u"t1"_s);
    ann.port.answerWith(TopicHistoryResponse{u"t1"_s, {}, {}});
    ann.topics.markRead(u"t1"_s);
    QCOMPARE(ann.port.askedFrame<TopicMarkRead>().topic, u"t1"_s);
    ann.port.answer(std::optional<BrokerFrame>());
    // A private one that was left is none any more; the store must not go on believing the last list of members.
    memberships.soon(u"t1"_s);
    memberships.advance();
    QCOMPARE(ann.port.askedFrame<TopicMembers>().topic, u"t1"_s);
    ann.port.answer(Error{u"topic_not_found"_s, {}, ErrorBand::Persistent});
    QCOMPARE(memberships.isJoined(u"t1"_s), std::optional(false));
    QVERIFY(ann.port.all<TopicMembersListed>().last().members.isEmpty());
}

void TestSessionTopics::typingInATopic()
{
    Side ann;
    Side bob;
    Side eve;
    PeerRow bobRow = row(bob.session, bob.member, u"Bob"_s);
    bobRow.profile.emplace().capabilities = QStringList{u"x-human-chat/1"_s};
    GroupRef ops;
    ops.name = u"ops"_s;
    bobRow.groups = {ops};
    PeerRow eveRow = row(eve.session, eve.member, u"Eve"_s);
    eveRow.profile = bobRow.profile;
    ann.names.learnList({row(ann.session, ann.member, u"Ann"_s), bobRow, eveRow}, 0);
    ann.human.membersOf = [&](const QString &id) {
        return id == u"t1" ? QSet<QString>{ann.member.publicKey.hex(), bob.member.publicKey.hex()} : QSet<QString>();
    };
    ann.port.clock.advance(10'000);
    ann.human.setTyping(kTopic, true);
    QCOMPARE(ann.port.posted.size(), 1); // Eve is not in it
    const Publish toBob = get<Publish>(ann.port.posted.first());
    QCOMPARE(toBob.stream, humanStream(bob.key()));
    QVERIFY(bob.human.take(toBob.data).hasValue());
    QCOMPARE(bob.port.all<TypingChanged>().last().conversation, kTopic);
    QVERIFY(bob.port.all<TypingChanged>().last().on);
    ann.human.setTyping(kTopic, true);
    QCOMPARE(ann.port.posted.size(), 1); // throttled
    // Writing to him alone is another place, with a throttle of its own.
    ann.human.setTyping({ConversationKind::Direct, bob.key()}, true);
    QCOMPARE(ann.port.posted.size(), 2);
    ann.port.clock.advance(10);
    ann.human.setTyping({ConversationKind::Group, u"ops"_s}, true);
    QCOMPARE(ann.port.posted.size(), 3);
    QVERIFY(bob.human.take(get<Publish>(ann.port.posted.last()).data).hasValue());
    QCOMPARE(bob.port.all<TypingChanged>().last().conversation, (ConversationId{ConversationKind::Group, u"ops"_s}));
    ann.human.setTyping({ConversationKind::Topic, u"t2"_s}, true);
    ann.human.setTyping({ConversationKind::Broadcast, {}}, true);
    QCOMPARE(ann.port.posted.size(), 3);
    bob.port.clock.advance(bob.port.options.typingExpiryMs);
    bob.human.advance();
    QVERIFY(!bob.port.all<TypingChanged>().last().on);
    QCOMPARE(bob.port.all<TypingChanged>().last().conversation.kind, ConversationKind::Group);
}

MESH_TEST(TestSessionTopics)

} // namespace tst_session_topics

#include "tst_session_topics.moc"
