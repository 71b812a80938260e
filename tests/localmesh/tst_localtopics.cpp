// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/topicstore.h"
#include "localmesh/datafolder.h"
#include "localmesh/schema.h"
#include "tests/localmesh/localfixture.h"
#include "tests/support/testprogram.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>

namespace tst_localtopics {

using namespace Qt::StringLiterals;
using mesh::tests::Identity;
using mesh::tests::isPush;
using mesh::tests::TestClient;

class TestLocalTopics final : public QObject, private mesh::tests::LocalFixture
{
    Q_OBJECT

private Q_SLOTS:
    void init() { setUp(); }
    void cleanup() { tearDown(); }
    void generalIsThere();
    void createJoinAndLeave();
    void postsArePushedAndKept();
    void historyIsPagedWithoutGaps();
    void repliesAndVersions();
    void readMarksNeedAPlace();
    void privateTopicsAreForTheirMembers();
    void refusals();
    void historySurvivesARestart();
    void keysAreSealedForTheCreator();
    void mentionsAreKept();

private:
    static QString create(TestClient &client, const QString &name, const QString &visibility = u"public"_s)
    {
        const QJsonObject made =
            client.ask({{u"type"_s, u"topic_create"_s}, {u"name"_s, name}, {u"visibility"_s, visibility}});
        return made.value("topic"_L1).toObject().value("id"_L1).toString();
    }
    static QJsonArray history(TestClient &client, const QString &topic, const QJsonObject &more = {})
    {
        QJsonObject frame{{u"type"_s, u"topic_history"_s}, {u"topic"_s, topic}};
        for (auto it = more.constBegin(); it != more.constEnd(); ++it)
            frame.insert(it.key(), it.value());
        return client.ask(frame).value("messages"_L1).toArray();
    }
    static void act(TestClient &client, const QString &type, const QString &topic)
    {
        client.send({{u"type"_s, type}, {u"topic"_s, topic}});
    }
    //! The broker's own store on the folder of a broker that has stopped.
    template <class Use>
    void withStore(const Use &use)
    {
        m_broker.reset();
        auto database =
            mesh::local::Database::open(mesh::local::DataFolder::databasePath(m_dir->filePath(u"data"_s)), false);
        QVERIFY(database.hasValue());
        mesh::local::TopicStore topics(**database);
        use(topics);
        QVERIFY((*database)->commit().hasValue());
    }
};

void TestLocalTopics::generalIsThere()
{
    start();
    TestClient a;
    QVERIFY(a.enter(m_port, newMember(u"ada"_s), u"Ada"_s));
    const QJsonArray topics = a.ask({{u"type"_s, u"topic_list"_s}}).value("topics"_L1).toArray();
    QCOMPARE(topics.size(), 1);
    const QJsonObject row = topics.at(0).toObject();
    QCOMPARE(row.value("name"_L1).toString(), u"general"_s);
    QCOMPARE(row.value("visibility"_L1).toString(), u"public"_s);
    QCOMPARE(row.value("memberCount"_L1).toInt(-1), 0);
    // Twice started is one topic.
    start();
    TestClient b;
    QVERIFY(b.enter(m_port, newMember(u"ben"_s), u"Ben"_s));
    QCOMPARE(b.ask({{u"type"_s, u"topic_list"_s}}).value("topics"_L1).toArray().size(), 1);
}

void TestLocalTopics::createJoinAndLeave()
{
    start();
    const Identity ada = newMember(u"ada"_s);
    const Identity ben = newMember(u"ben"_s);
    TestClient a;
    TestClient b;
    QVERIFY(a.enter(m_port, ada, u"Ada"_s) && b.enter(m_port, ben, u"Ben"_s));
    const QJsonObject made =
        a.ask({{u"type"_s, u"topic_create"_s}, {u"name"_s, u"deploys"_s}, {u"description"_s, u"What goes out"_s}});
    QCOMPARE(made.value("type"_L1).toString(), u"topic_created"_s);
    QCOMPARE(made.value("created"_L1).toBool(), true);
    const QJsonObject topic = made.value("topic"_L1).toObject();
    const QString id = topic.value("id"_L1).toString();
    QCOMPARE(id.size(), 32);
    QCOMPARE(topic.keys(), QStringList({u"id"_s, u"name"_s, u"visibility"_s}));
    // The same name again is the same topic, whoever asks.
    const QJsonObject again = b.ask({{u"type"_s, u"topic_create"_s}, {u"name"_s, u"deploys"_s}});
    QCOMPARE(again.value("created"_L1).toBool(true), false);
    QCOMPARE(again.value("topic"_L1).toObject().value("id"_L1).toString(), id);

    act(b, u"topic_join"_s, u"deploys"_s);
    const auto members = [&] {
        return a.ask({{u"type"_s, u"topic_members"_s}, {u"topic"_s, id}}).value("members"_L1).toArray();
    };
    QTRY_COMPARE(members().size(), 2);
    const QJsonObject lead = members().at(0).toObject();
    QCOMPARE(lead.value("role"_L1).toString(), u"lead"_s);
    QCOMPARE(lead.value("pubkey"_L1).toString(), ada.member.publicKey.hex());
    QVERIFY(lead.value("lastReadAt"_L1).isNull());
    QCOMPARE(members().at(1).toObject().value("memberId"_L1).toString(), ben.memberId);
    // Joining again keeps the role, unless one is asked for.
    act(a, u"topic_join"_s, id);
    b.send({{u"type"_s, u"topic_join"_s}, {u"topic"_s, id}, {u"role"_s, u"observer"_s}});
    QTRY_COMPARE(members().at(1).toObject().value("role"_L1).toString(), u"observer"_s);
    QCOMPARE(members().at(0).toObject().value("role"_L1).toString(), u"lead"_s);
    act(b, u"topic_leave"_s, id);
    QTRY_COMPARE(members().size(), 1);
}

void TestLocalTopics::postsArePushedAndKept()
{
    start();
    const Identity ada = newMember(u"ada"_s);
    const Identity ben = newMember(u"ben"_s);
    TestClient a;
    TestClient b;
    TestClient c;
    QVERIFY(a.enter(m_port, ada, u"Ada"_s) && b.enter(m_port, ben, u"Ben"_s));
    QVERIFY(c.enter(m_port, newMember(u"cyd"_s), u"Cyd"_s));
    const QString id = create(a, u"deploys"_s);
    act(b, u"topic_join"_s, id);
    QVERIFY(b.nothing(isPush));

    const QJsonObject ack = a.message(u'#' + id, u"out it goes"_s, u"next"_s, {{u"client_message_id"_s, u"cm1"_s}});
    QCOMPARE(ack.value("queued"_L1).toBool(), true);
    const QJsonObject push = b.takeMessage();
    QCOMPARE(push.value("topic"_L1).toString(), u"deploys"_s);
    QCOMPARE(push.value("messageId"_L1), ack.value("messageId"_L1));
    QCOMPARE(push.value("senderName"_L1).toString(), u"Ada"_s);
    QCOMPARE(push.value("senderMemberPubkey"_L1).toString(), ada.member.publicKey.hex());
    QCOMPARE(push.value("client_message_id"_L1).toString(), u"cm1"_s);
    // Not to the sender itself, nor to those who did not join.
    QVERIFY(a.nothing(isPush));
    QVERIFY(c.nothing(isPush));
    // Who polls finds it under the id that was pushed; who did not join may read an open topic as well.
    const QJsonArray messages = history(c, u"deploys"_s);
    QCOMPARE(messages.size(), 1);
    const QJsonObject row = messages.at(0).toObject();
    QCOMPARE(row.value("id"_L1), push.value("messageId"_L1));
    QCOMPARE(row.value("senderPubkey"_L1).toString(), a.routingKey);
    QCOMPARE(row.value("senderMemberId"_L1).toString(), ada.memberId);
    QCOMPARE(row.value("bodyVersion"_L1).toInt(), 1);
    QCOMPARE(row.value("ciphertext"_L1), push.value("ciphertext"_L1));
    QVERIFY(!row.contains("replyToId"_L1));

    const QJsonObject status =
        a.ask({{u"type"_s, u"message_status"_s}, {u"messageId"_s, ack.value("messageId"_L1).toString()}});
    QCOMPARE(status.value("targetSpec"_L1).toString(), u'#' + id);
    QCOMPARE(status.value("recipients"_L1).toArray().size(), 1);
    // An acknowledgement of a pushed row takes it from nobody.
    b.send({{u"type"_s, u"client_ack"_s}, {u"brokerMessageId"_s, ack.value("messageId"_L1).toString()}});
    QVERIFY(b.nothing(isPush));
    QCOMPARE(history(c, id).size(), 1);
}

void TestLocalTopics::historyIsPagedWithoutGaps()
{
    start();
    TestClient a;
    QVERIFY(a.enter(m_port, newMember(u"ada"_s), u"Ada"_s));
    const QString id = create(a, u"long"_s);
    for (int i = 0; i < 25; ++i)
        QVERIFY(a.message(u'#' + id, QString::number(i)).value("queued"_L1).toBool());
    QStringList seen;
    QJsonObject before;
    for (;;) {
        QJsonObject page = before;
        page.insert("limit"_L1, 10);
        const QJsonArray messages = history(a, id, page);
        for (const QJsonValue &message : messages)
            seen.append(QString::fromUtf8(
                QByteArray::fromBase64(message.toObject().value("ciphertext"_L1).toString().toLatin1())));
        if (messages.size() < 10)
            break;
        before.insert("beforeId"_L1, messages.last().toObject().value("id"_L1));
    }
    QCOMPARE(seen.size(), 25);
    for (int i = 0; i < 25; ++i)
        QCOMPARE(seen.at(i), QString::number(24 - i));
    QCOMPARE(history(a, id, {{u"limit"_s, 0}}).size(), 1);
    QCOMPARE(history(a, id, {{u"limit"_s, 1'000'000}}).size(), 25);
}

void TestLocalTopics::repliesAndVersions()
{
    start();
    TestClient a;
    QVERIFY(a.enter(m_port, newMember(u"ada"_s), u"Ada"_s));
    const QString id = create(a, u"talk"_s);
    const QString other = create(a, u"other"_s);
    const QString first = a.message(u'#' + id, u"1"_s).value("messageId"_L1).toString();
    a.message(u'#' + id, u"2"_s, u"next"_s, {{u"replyToId"_s, first}, {u"bodyVersion"_s, 2}});
    a.message(u'#' + other, u"3"_s, u"next"_s, {{u"replyToId"_s, first}});
    const QJsonObject reply = history(a, id).at(0).toObject();
    QCOMPARE(reply.value("replyToId"_L1).toString(), first);
    QCOMPARE(reply.value("bodyVersion"_L1).toInt(), 2);
    QVERIFY(!history(a, other).at(0).toObject().contains("replyToId"_L1));
    // A topic can be posted to by its name as well.
    QVERIFY(a.message(u"#talk"_s, u"4"_s).value("queued"_L1).toBool());
    QCOMPARE(history(a, id).size(), 3);
}

void TestLocalTopics::readMarksNeedAPlace()
{
    start();
    TestClient a;
    TestClient b;
    QVERIFY(a.enter(m_port, newMember(u"ada"_s), u"Ada"_s) && b.enter(m_port, newMember(u"ben"_s), u"Ben"_s));
    const QString id = create(a, u"talk"_s);
    QCOMPARE(b.ask({{u"type"_s, u"topic_mark_read"_s}, {u"topic"_s, id}}).value("code"_L1).toString(), u"forbidden"_s);
    act(b, u"topic_join"_s, id);
    act(b, u"topic_mark_read"_s, id);
    const auto readAt = [&] {
        return a.ask({{u"type"_s, u"topic_members"_s}, {u"topic"_s, id}})
            .value("members"_L1)
            .toArray()
            .at(1)
            .toObject()
            .value("lastReadAt"_L1);
    };
    QTRY_VERIFY(readAt().isString());
}

void TestLocalTopics::privateTopicsAreForTheirMembers()
{
    start();
    TestClient a;
    TestClient b;
    QVERIFY(a.enter(m_port, newMember(u"ada"_s), u"Ada"_s) && b.enter(m_port, newMember(u"ben"_s), u"Ben"_s));
    const QString id = create(a, u"secret"_s, u"private"_s);
    QVERIFY(!b.ask({{u"type"_s, u"subscribe"_s}, {u"stream"_s, u"x-mesh:traffic"_s}}).isEmpty());
    const QString messageId = a.message(u'#' + id, u"x"_s).value("messageId"_L1).toString();
    QCOMPARE(messageId.size(), 32);
    // Nothing that others can ask or hear of gives the id away, by which one could join.
    const QJsonObject audit = b.ask({{u"type"_s, u"audit_query"_s}, {u"eventType"_s, u"message_sent"_s}});
    QCOMPARE(audit.value("total"_L1).toInt(), 1);
    QVERIFY(!QJsonDocument(audit).toJson().contains(id.toLatin1()));
    QVERIFY(b.nothing([](const QJsonObject &frame) { return frame.value("type"_L1) == "stream_data"_L1; }));
    QCOMPARE(b.ask({{u"type"_s, u"message_status"_s}, {u"messageId"_s, messageId}}).value("code"_L1).toString(),
             u"not_found"_s);
    QCOMPARE(a.ask({{u"type"_s, u"topic_list"_s}}).value("topics"_L1).toArray().size(), 2);
    QCOMPARE(b.ask({{u"type"_s, u"topic_list"_s}}).value("topics"_L1).toArray().size(), 1);
    const auto code = [&b](const QString &type, const QString &topic) {
        return b.ask({{u"type"_s, type}, {u"topic"_s, topic}}).value("code"_L1).toString();
    };
    for (const QString &type : {u"topic_history"_s, u"topic_members"_s, u"topic_mark_read"_s, u"topic_leave"_s})
        QCOMPARE(code(type, id), u"topic_not_found"_s);
    QCOMPARE(code(u"topic_join"_s, u"secret"_s), u"topic_not_found"_s);
    QVERIFY(b.message(u'#' + id, u"y"_s).value("error"_L1).toString().startsWith("topic_not_found"_L1));
    // Who was told the id is in.
    act(b, u"topic_join"_s, id);
    QCOMPARE(history(b, id).size(), 1);
    QVERIFY(b.message(u'#' + id, u"y"_s).value("queued"_L1).toBool());
    QVERIFY(!a.takeMessage().isEmpty());
}

void TestLocalTopics::refusals()
{
    start();
    TestClient a;
    QVERIFY(a.enter(m_port, newMember(u"ada"_s), u"Ada"_s));
    const QString id = create(a, u"talk"_s);
    const auto code = [&a](const QJsonObject &frame) { return a.ask(frame).value("code"_L1).toString(); };
    QCOMPARE(code({{u"type"_s, u"topic_create"_s}, {u"name"_s, u""_s}}), u"invalid_args"_s);
    QCOMPARE(code({{u"type"_s, u"topic_create"_s}, {u"name"_s, QString(200, u'x')}}), u"invalid_args"_s);
    QCOMPARE(code({{u"type"_s, u"topic_create"_s}}), u"invalid_args"_s);
    QCOMPARE(code({{u"type"_s, u"topic_create"_s}, {u"name"_s, u"n"_s}, {u"visibility"_s, u"odd"_s}}),
             u"invalid_args"_s);
    QCOMPARE(code({{u"type"_s, u"topic_join"_s}, {u"topic"_s, id}, {u"role"_s, u"king"_s}}), u"invalid_args"_s);
    QCOMPARE(code({{u"type"_s, u"topic_history"_s}, {u"topic"_s, id}, {u"beforeId"_s, u"nope"_s}}), u"invalid_args"_s);
    QVERIFY(a.message(u'#' + id, u"x"_s, u"next"_s, {{u"bodyVersion"_s, 3}})
                .value("error"_L1)
                .toString()
                .startsWith("invalid_args"_L1));
    QVERIFY(
        a.message(u"#talk'; DROP TABLE topic"_s, u"x"_s).value("error"_L1).toString().startsWith("topic_not_found"_L1));
}

void TestLocalTopics::historySurvivesARestart()
{
    start();
    const Identity ada = newMember(u"ada"_s);
    QString id;
    {
        TestClient a;
        QVERIFY(a.enter(m_port, ada, u"Ada"_s));
        id = create(a, u"kept"_s);
        QVERIFY(a.message(u'#' + id, u"still here"_s).value("queued"_L1).toBool());
    }
    m_broker.reset();
    start();
    TestClient a;
    QVERIFY(a.enter(m_port, ada, u"Ada"_s));
    QCOMPARE(history(a, u"kept"_s).size(), 1);
    QCOMPARE(history(a, id).at(0).toObject().value("senderName"_L1).toString(), u"Ada"_s);
}

void TestLocalTopics::keysAreSealedForTheCreator()
{
    start();
    const Identity ada = newMember(u"ada"_s);
    const Identity ben = newMember(u"ben"_s);
    QString id;
    {
        TestClient a;
        TestClient b;
        QVERIFY(a.enter(m_port, ada, u"Ada"_s) && b.enter(m_port, ben, u"Ben"_s));
        id = create(a, u"sealed"_s);
        act(b, u"topic_join"_s, id);
        QVERIFY(b.nothing(isPush));
    }
    withStore([&](mesh::local::TopicStore &topics) {
        const auto topic = topics.find(id);
        QVERIFY(topic);
        const auto seal = topics.sealFor(id, ada.memberId, nullptr);
        QVERIFY(seal);
        const auto key = mesh::protocol::openTopicKey(*seal, ada.member.secretKey);
        QVERIFY(key.hasValue());
        QVERIFY(!mesh::protocol::openTopicKey(*seal, ben.member.secretKey).hasValue());
        QCOMPARE(QString::fromLatin1(QByteArray::fromBase64(seal->encryptedKey.toLatin1()).left(32).toHex()),
                 topic->keySealer);
        // Others wait until somebody who holds the key seals it for them.
        QCOMPARE(topics.unsealed(id), QStringList{ben.memberId});
        const auto more = mesh::protocol::sealTopicKey(*key, ben.member.publicKey, ada.member.secretKey);
        QVERIFY(topics.putSeal(id, ben.memberId, *more, 1));
        QVERIFY(topics.unsealed(id).isEmpty());
        // A key is claimed once: the broker made this one, `general` has none.
        QVERIFY(!topics.claimKey(id, QString(64, u'a')));
        const QString general = topics.find(u"general"_s)->id;
        QVERIFY(topics.claimKey(general, QString(64, u'a')));
        QVERIFY(!topics.claimKey(general, QString(64, u'b')));
    });
}

void TestLocalTopics::mentionsAreKept()
{
    start();
    const Identity ada = newMember(u"ada"_s);
    const Identity ben = newMember(u"ben"_s);
    QString id;
    {
        TestClient a;
        TestClient b;
        QVERIFY(a.enter(m_port, ada, u"Ada"_s) && b.enter(m_port, ben, u"Ben at work"_s));
        id = create(a, u"talk"_s);
        const auto mention = [&](const QString &name) {
            return a.message(u'#' + id, u"hi"_s, u"next"_s, {{u"mentions"_s, QJsonArray{name}}})
                .value("queued"_L1)
                .toBool();
        };
        QVERIFY(mention(u"ben"_s));
        QVERIFY(mention(u"ben at work"_s));
        QVERIFY(mention(u"nobody"_s));
        QVERIFY(mention(u"ada"_s)); // oneself
        QJsonArray many;
        for (int i = 0; i < 17; ++i)
            many.append(u"ben"_s);
        QCOMPARE(a.message(u'#' + id, u"hi"_s, u"next"_s, {{u"mentions"_s, many}}).value("queued"_L1).toBool(true),
                 false);
    }
    withStore([&](mesh::local::TopicStore &topics) {
        const auto mentions = topics.mentions(ben.memberId, 0, true, 50);
        QCOMPARE(mentions.size(), 2);
        QCOMPARE(mentions.at(0).topicName, u"talk"_s);
        QCOMPARE(mentions.at(0).post.senderName, u"Ada"_s);
        QVERIFY(topics.mentions(ada.memberId, 0, false, 50).isEmpty());
        QCOMPARE(topics.unread(id, ben.memberId), 4);
        QCOMPARE(topics.unread(id, ada.memberId), 0);
        QCOMPARE(topics.markMentionsRead(ben.memberId, mentions.at(0).id, 0, 5), 1);
        QCOMPARE(topics.mentions(ben.memberId, 0, true, 50).size(), 1);
        QCOMPARE(topics.markMentionsRead(ben.memberId, {}, mentions.at(1).createdAtMs, 5), 1);
        QVERIFY(topics.mentions(ben.memberId, 0, true, 50).isEmpty());
        QCOMPARE(topics.mentions(ben.memberId, 0, false, 50).size(), 2);
    });
}

MESH_TEST(TestLocalTopics)

} // namespace tst_localtopics

#include "tst_localtopics.moc"
