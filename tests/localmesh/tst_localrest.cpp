// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/apikeys.h"
#include "localmesh/database.h"
#include "localmesh/datafolder.h"
#include "localmesh/limits.h"
#include "tests/localmesh/webfixture.h"
#include "tests/support/testprogram.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QJsonDocument>
#include <QtNetwork/QTcpSocket>

namespace tst_localrest {

using namespace Qt::StringLiterals;
using mesh::tests::HttpAnswer;
using mesh::tests::Identity;
using mesh::tests::TestClient;

//! API keys, and the REST calls that they open.
class TestLocalRest final : public QObject, private mesh::tests::WebFixture
{
    Q_OBJECT

private Q_SLOTS:
    void init() { setUp(); }
    void cleanup() { tearDown(); }
    void apiKeysAreMadeListedRevokedAndHashed();
    void apiKeysFollowTheirRules();
    void apiKeysOfNoUseMakeRoom();
    void restCallsNeedTheRightKey();
    void topicsOverRest();
    void topicKeysOverRest();
    void topicStreamTellsAtOnce();
    void restKeepsToScopesAndPrivateTopics();
};

void TestLocalRest::apiKeysAreMadeListedRevokedAndHashed()
{
    start();
    TestClient a;
    TestClient b;
    QVERIFY(a.enter(m_port, newMember(u"ada"_s), u"Ada"_s));
    QVERIFY(b.enter(m_port, newMember(u"ben"_s), u"Ben"_s));
    const QJsonObject made = a.ask({{u"type"_s, u"apikey_create"_s},
                                    {u"label"_s, u"desk"_s},
                                    {u"capabilities"_s, QJsonArray{u"read"_s, u"send"_s}},
                                    {u"topicScopes"_s, QJsonArray{u"general"_s}},
                                    {u"expiresAt"_s, u"2999-01-01T00:00:00.000Z"_s}});
    const QString secret = made.value("secret"_L1).toString();
    QVERIFY(secret.startsWith("cm_"_L1));
    QCOMPARE(secret.size(), 46);
    QCOMPARE(made.value("prefix"_L1).toString(), secret.left(11));
    QCOMPARE(made.value("topicScopes"_L1).toArray(), QJsonArray{u"general"_s});
    const QJsonArray keys = a.ask({{u"type"_s, u"apikey_list"_s}}).value("keys"_L1).toArray();
    QCOMPARE(keys.size(), 1);
    const QJsonObject row = keys.at(0).toObject();
    QVERIFY(row.value("lastUsedAt"_L1).isNull() && row.value("revokedAt"_L1).isNull());
    QCOMPARE(row.value("expiresAt"_L1).toString(), u"2999-01-01T00:00:00.000Z"_s);
    QVERIFY(!QJsonDocument(row).toJson().contains(secret.toLatin1()));
    // Others neither see nor revoke it.
    QCOMPARE(b.ask({{u"type"_s, u"apikey_list"_s}}).value("keys"_L1).toArray().size(), 0);
    const QString id = made.value("id"_L1).toString();
    const auto revoke = [](TestClient &client, const QString &which) {
        return client.ask({{u"type"_s, u"apikey_revoke"_s}, {u"id"_s, which}}).value("status"_L1).toString();
    };
    QCOMPARE(revoke(b, id), u"not_found"_s);

    const Fields bearer{{"Authorization", "Bearer " + secret.toLatin1()}};
    QCOMPARE(request("GET", "/api/v1/members", bearer).status, 200);
    QVERIFY(!a.ask({{u"type"_s, u"apikey_list"_s}})
                 .value("keys"_L1)
                 .toArray()
                 .at(0)
                 .toObject()
                 .value("lastUsedAt"_L1)
                 .isNull());
    QCOMPARE(revoke(a, id.left(6)), u"revoked"_s);
    QCOMPARE(request("GET", "/api/v1/members", bearer).status, 401);
    QCOMPARE(revoke(a, u"nope"_s), u"not_found"_s);

    // The secret is nowhere on the disk.
    m_broker.reset();
    const QDir folder(m_dir->filePath(u"data"_s));
    const QStringList files = folder.entryList(QDir::Files);
    QVERIFY(files.contains("mesh.db"_L1));
    for (const QString &name : files) {
        QFile file(folder.filePath(name));
        QVERIFY(file.open(QIODevice::ReadOnly));
        QVERIFY2(!file.readAll().contains(secret.mid(3).toLatin1()), qPrintable(name));
    }
}

void TestLocalRest::apiKeysFollowTheirRules()
{
    start();
    TestClient a;
    TestClient admin;
    QVERIFY(a.enter(m_port, newMember(u"ada"_s), u"Ada"_s));
    QVERIFY(admin.enter(m_port, newAdmin(u"own"_s), u"Owner"_s));
    const auto create = [](TestClient &client, const QJsonObject &more) {
        QJsonObject frame{
            {u"type"_s, u"apikey_create"_s}, {u"label"_s, u"x"_s}, {u"capabilities"_s, QJsonArray{u"read"_s}}};
        for (auto it = more.begin(); it != more.end(); ++it)
            frame.insert(it.key(), it.value());
        return client.ask(frame);
    };
    QCOMPARE(code(create(a, {{u"label"_s, QString()}})), u"invalid_args"_s);
    QCOMPARE(code(create(a, {{u"capabilities"_s, QJsonArray()}})), u"invalid_args"_s);
    QCOMPARE(code(create(a, {{u"capabilities"_s, QJsonArray{u"fly"_s}}})), u"invalid_args"_s);
    QCOMPARE(code(create(a, {{u"expiresAt"_s, u"2001-01-01T00:00:00.000Z"_s}})), u"invalid_args"_s);
    QCOMPARE(code(create(a, {{u"expiresAt"_s, u"soon"_s}})), u"invalid_args"_s);
    QCOMPARE(code(create(a, {{u"topicScopes"_s, QJsonArray{QString()}}})), u"invalid_args"_s);
    QCOMPARE(code(create(a, {{u"capabilities"_s, QJsonArray{u"admin"_s}}})), u"forbidden"_s);
    // An admin's key may everything, and an admin sees and revokes all keys.
    const QString secret = create(admin, {{u"capabilities"_s, QJsonArray{u"admin"_s}}}).value("secret"_L1).toString();
    QCOMPARE(request("GET", "/api/v1/peers", {{"Authorization", "Bearer " + secret.toLatin1()}}).status, 200);
    const QString own = create(a, {}).value("id"_L1).toString();
    QCOMPARE(admin.ask({{u"type"_s, u"apikey_list"_s}}).value("keys"_L1).toArray().size(), 2);
    QCOMPARE(admin.ask({{u"type"_s, u"apikey_revoke"_s}, {u"id"_s, own}}).value("status"_L1).toString(), u"revoked"_s);
}

void TestLocalRest::apiKeysOfNoUseMakeRoom()
{
    start();
    const Identity ada = newMember(u"ada"_s);
    m_broker.reset();
    // What years of keys for one task each leave behind, and one that is still good.
    QString good;
    {
        auto database =
            mesh::local::Database::open(mesh::local::DataFolder::databasePath(m_dir->filePath(u"data"_s)), false);
        QVERIFY(database.hasValue());
        mesh::local::ApiKeys keys(**database);
        for (qint64 i = 0; i < mesh::local::limits::ApiKeys; ++i) {
            mesh::local::ApiKey key;
            key.label = u"k%1"_s.arg(i);
            key.capabilities = QStringList{u"read"_s};
            key.memberId = ada.memberId;
            key.createdAtMs = 1;
            if (i > 0)
                key.expiresAtMs = 2;
            const QString secret = keys.create(key);
            QVERIFY(!secret.isEmpty());
            if (i == 0)
                good = secret;
        }
        QVERIFY((*database)->commit().hasValue());
    }
    start();
    TestClient a;
    QVERIFY(a.enter(m_port, ada, u"Ada"_s));
    QVERIFY(!newKey(a, {u"read"_s}).isEmpty());
    QCOMPARE(a.ask({{u"type"_s, u"apikey_list"_s}}).value("keys"_L1).toArray().size(), 2);
    QCOMPARE(request("GET", "/api/v1/peers", {{"Authorization", "Bearer " + good.toLatin1()}}).status, 200);
}

void TestLocalRest::restCallsNeedTheRightKey()
{
    start();
    const Identity ada = newMember(u"ada"_s);
    TestClient a;
    QVERIFY(a.enter(m_port, ada, u"Ada"_s, {{u"peerType"_s, u"human"_s}}));
    TestClient b;
    QVERIFY(b.enter(m_port, newMember(u"ben"_s), u"Ben"_s));
    a.send({{u"type"_s, u"set_summary"_s}, {u"summary"_s, u"busy"_s}});
    const QString reads = newKey(a, {u"read"_s});
    const QString sends = newKey(b, {u"send"_s});
    const auto get = [this](const QByteArray &path, const QByteArray &authorization) {
        return request("GET", path, authorization.isEmpty() ? Fields() : Fields{{"Authorization", authorization}});
    };
    const auto refused = [&](const QByteArray &authorization) {
        const HttpAnswer answer = get("/api/v1/members", authorization);
        const QJsonObject body = answer.json();
        return body.value("path"_L1) == "/api/v1/members"_L1 && body.value("status"_L1).toInt() == answer.status
            ? QString::number(answer.status) + u' ' + body.value("code"_L1).toString()
            : QString();
    };
    QCOMPARE(refused({}), u"401 missing_bearer_token"_s);
    QCOMPARE(refused("Basic abc"), u"401 missing_bearer_token"_s);
    QCOMPARE(refused("Bearer cm_" + QByteArray(43, 'x')), u"401 invalid_or_revoked_token"_s);
    QCOMPARE(refused("Bearer " + sends.toLatin1()), u"403 missing_capability"_s);
    const QByteArray bearer = "Bearer " + reads.toLatin1();
    const QJsonArray members = get("/api/v1/members", bearer).json().value("members"_L1).toArray();
    QCOMPARE(members.size(), 2);
    const QJsonObject row = members.at(0).toObject();
    QCOMPARE(row.value("memberId"_L1).toString(), ada.memberId);
    QCOMPARE(row.value("online"_L1).toBool(), true);
    QCOMPARE(row.value("isHuman"_L1).toBool(), true);
    QCOMPARE(row.value("summary"_L1).toString(), u"busy"_s);
    QCOMPARE(row.value("status"_L1).toString(), u"idle"_s);
    a.socket.abort();
    b.socket.abort();
    QTRY_COMPARE(m_broker->connectionCount(), 0);
    // Who is only there through a key shows as such.
    const QJsonArray peers = get("/api/v1/peers", bearer).json().value("peers"_L1).toArray();
    QCOMPARE(peers.size(), 1);
    QCOMPARE(peers.at(0).toObject().value("via"_L1).toString(), u"rest"_s);
    QCOMPARE(get("/api/v1/nothing", bearer).status, 404);
}

void TestLocalRest::topicsOverRest()
{
    start();
    const Identity ada = newMember(u"ada"_s);
    TestClient a;
    TestClient b;
    QVERIFY(a.enter(m_port, ada, u"Ada"_s));
    QVERIFY(b.enter(m_port, newMember(u"ben"_s), u"Ben"_s));
    QCOMPARE(b.ask({{u"type"_s, u"topic_create"_s}, {u"name"_s, u"build"_s}}).value("created"_L1).toBool(), true);
    const Fields ours{{"Authorization", "Bearer " + newKey(a, {u"send"_s, u"read"_s}).toLatin1()}};
    const Fields theirs{{"Authorization", "Bearer " + newKey(b, {u"read"_s}).toLatin1()}};
    const auto post = [&](const QJsonObject &body) {
        return request("POST", "/api/v1/messages", ours, QJsonDocument(body).toJson());
    };
    const HttpAnswer posted = post({{u"topic"_s, u"build"_s},
                                    {u"ciphertext"_s, u"aGk="_s},
                                    {u"nonce"_s, u""_s},
                                    {u"mentions"_s, QJsonArray{u"ben"_s}}});
    QCOMPARE(posted.status, 200);
    const QString id = posted.json().value("messageId"_L1).toString();
    QCOMPARE(posted.json().value("historyId"_L1).toString(), id);
    // Ben is in the topic and connected: he gets it at once, by REST or by socket.
    const QJsonObject push = b.takeMessage();
    QCOMPARE(push.value("topic"_L1).toString(), u"build"_s);
    QCOMPARE(push.value("senderMemberPubkey"_L1).toString(), ada.member.publicKey.hex());

    const auto get = [this](const QByteArray &path, const Fields &as) { return request("GET", path, as); };
    const QJsonArray rows = get("/api/v1/topics/build/messages?limit=5", theirs).json().value("messages"_L1).toArray();
    QCOMPARE(rows.size(), 1);
    QCOMPARE(rows.at(0).toObject().value("id"_L1).toString(), id);
    QCOMPARE(rows.at(0).toObject().value("senderPubkey"_L1).toString(), ada.member.publicKey.hex());
    QCOMPARE(get("/api/v1/topics/build/messages?before=" + id.toLatin1(), theirs)
                 .json()
                 .value("messages"_L1)
                 .toArray()
                 .size(),
             0);
    const auto unread = [&] {
        const QJsonArray topics = get("/api/v1/topics", theirs).json().value("topics"_L1).toArray();
        for (const QJsonValue &topic : topics) {
            if (topic.toObject().value("name"_L1) == "build"_L1)
                return topic.toObject().value("unread"_L1).toInt();
        }
        return -1;
    };
    QCOMPARE(unread(), 1);
    QCOMPARE(request("PATCH", "/api/v1/topics/build/read", theirs).status, 200);
    QCOMPARE(unread(), 0);

    const QJsonArray mentions =
        get("/api/v1/notifications?unread=1", theirs).json().value("notifications"_L1).toArray();
    QCOMPARE(mentions.size(), 1);
    const QJsonObject mention = mentions.at(0).toObject();
    QCOMPARE(mention.value("id"_L1).toString(), id);
    const QJsonObject marked =
        request("POST", "/api/v1/notifications/read", theirs,
                QJsonDocument(QJsonObject{{u"ids"_s, QJsonArray{mention.value("notificationId"_L1)}}}).toJson())
            .json();
    QCOMPARE(marked.value("marked"_L1).toInt(), 1);
    QCOMPARE(get("/api/v1/notifications?unread=1", theirs).json().value("notifications"_L1).toArray().size(), 0);

    QCOMPARE(post({{u"topic"_s, u"nothing"_s}, {u"ciphertext"_s, u"aGk="_s}, {u"nonce"_s, u""_s}}).status, 404);
    QCOMPARE(post({{u"topic"_s, u"build"_s}}).status, 400);
    QCOMPARE(request("POST", "/api/v1/messages", ours, "not json").status, 422);
    QCOMPARE(request("POST", "/api/v1/messages", theirs, "{}").status, 403);
    QCOMPARE(get("/api/v1/topics/build/messages?limit=0", theirs).status, 400);
    QCOMPARE(get("/api/v1/topics/build/nothing", theirs).status, 404);
    QCOMPARE(get("/api/v1/topics/nothing/messages", theirs).json().value("error"_L1).toString(), u"topic_not_found"_s);
    QCOMPARE(get("/api/v1/notifications?since=soon", theirs).status, 400);
}

void TestLocalRest::topicKeysOverRest()
{
    start();
    const Identity ada = newMember(u"ada"_s);
    const Identity ben = newMember(u"ben"_s);
    TestClient a;
    TestClient b;
    QVERIFY(a.enter(m_port, ada, u"Ada"_s));
    QVERIFY(b.enter(m_port, ben, u"Ben"_s));
    // `general` is the one topic that starts without a key.
    b.send({{u"type"_s, u"topic_join"_s}, {u"topic"_s, u"general"_s}});
    const Fields first{{"Authorization", "Bearer " + newKey(a, {u"send"_s, u"read"_s}).toLatin1()}};
    const Fields second{{"Authorization", "Bearer " + newKey(b, {u"send"_s, u"read"_s}).toLatin1()}};
    const auto call = [this](const QByteArray &method, const QByteArray &action, const Fields &as,
                             const QJsonObject &body = {}) {
        return request(method, "/api/v1/topics/general/" + action, as, QJsonDocument(body).toJson());
    };
    const auto error = [](const HttpAnswer &answer) {
        return QString::number(answer.status) + u' ' + answer.json().value("error"_L1).toString();
    };
    const auto sealedKey = [](const QString &text) {
        return QJsonObject{{u"encryptedKey"_s, text}, {u"nonce"_s, u"AAAA"_s}};
    };
    QCOMPARE(error(call("GET", "key", first)), u"409 topic_unencrypted"_s);
    QJsonObject claim = sealedKey(u"Zm9yIGFkYQ=="_s);
    claim.insert("encryptedKeyPubkey"_L1, ada.member.publicKey.hex());
    QCOMPARE(call("POST", "claim-key", first, claim).json().value("claimed"_L1).toBool(), true);
    QCOMPARE(error(call("POST", "claim-key", second, claim)), u"409 already_encrypted"_s);
    QCOMPARE(call("GET", "key", first).json().value("encryptedKey"_L1).toString(), u"Zm9yIGFkYQ=="_s);
    QCOMPARE(error(call("GET", "key", second)), u"404 key_not_sealed_for_member"_s);
    const QJsonArray pending = call("GET", "pending-seals", first).json().value("pending"_L1).toArray();
    QCOMPARE(pending.size(), 1);
    QCOMPARE(pending.at(0).toObject().value("memberId"_L1).toString(), ben.memberId);
    QJsonObject seal = sealedKey(u"Zm9yIGJlbg=="_s);
    seal.insert("memberId"_L1, ben.memberId);
    // Who has no key cannot vouch for one, not even for himself.
    QCOMPARE(call("POST", "seal", second, seal).status, 403);
    QCOMPARE(call("POST", "seal", first, seal).status, 200);
    QCOMPARE(call("GET", "key", second).json().value("encryptedKey"_L1).toString(), u"Zm9yIGJlbg=="_s);
    seal.insert("memberId"_L1, u"nobody"_s);
    QCOMPARE(error(call("POST", "seal", first, seal)), u"404 recipient_not_in_topic"_s);
}

void TestLocalRest::topicStreamTellsAtOnce()
{
    start();
    const Identity ada = newMember(u"ada"_s);
    TestClient a;
    QVERIFY(a.enter(m_port, ada, u"Ada"_s));
    (void)a.ask({{u"type"_s, u"topic_create"_s}, {u"name"_s, u"build"_s}});
    (void)a.ask({{u"type"_s, u"topic_create"_s}, {u"name"_s, u"other"_s}});
    const QByteArray bearer = "Authorization: Bearer " + newKey(a, {u"read"_s}).toLatin1() + "\r\n\r\n";
    QTcpSocket listener;
    listener.connectToHost(u"127.0.0.1"_s, m_port);
    listener.write("GET /api/v1/topics/build/stream HTTP/1.1\r\n" + bearer);
    QByteArray all;
    const auto has = [&](const QByteArray &text) {
        all += listener.readAll();
        return all.contains(text);
    };
    QTRY_VERIFY(has("event: ready\n"));
    QVERIFY(all.startsWith("HTTP/1.1 200 OK\r\n") && all.contains("Content-Type: text/event-stream\r\n"));
    QVERIFY(!all.contains("Content-Length"));
    // It is no half-open connection any more, and others' topics are not heard on it.
    QCOMPARE(m_broker->halfOpenCount(), 0);
    (void)a.message(u"#other"_s, u"quiet"_s);
    const QString id = a.message(u"#build"_s, u"loud"_s).value("messageId"_L1).toString();
    QTRY_VERIFY(has("event: message\nid: " + id.toLatin1() + "\n"));
    QVERIFY(all.endsWith("\n\n"));
    QCOMPARE(all.count("event: message"), 1);
    const QByteArray data = all.mid(all.lastIndexOf("data: ") + 6);
    QCOMPARE(QJsonDocument::fromJson(data).object().value("senderPubkey"_L1).toString(), ada.member.publicKey.hex());
    // Stopping the broker ends it.
    m_broker.reset();
    QTRY_COMPARE(listener.state(), QAbstractSocket::UnconnectedState);
}

void TestLocalRest::restKeepsToScopesAndPrivateTopics()
{
    start();
    TestClient a;
    TestClient b;
    QVERIFY(a.enter(m_port, newMember(u"ada"_s), u"Ada"_s));
    QVERIFY(b.enter(m_port, newMember(u"ben"_s), u"Ben"_s));
    (void)a.ask({{u"type"_s, u"topic_create"_s}, {u"name"_s, u"open"_s}});
    (void)a.ask({{u"type"_s, u"topic_create"_s}, {u"name"_s, u"ours"_s}, {u"visibility"_s, u"private"_s}});
    const QString scoped = a.ask({{u"type"_s, u"apikey_create"_s},
                                  {u"label"_s, u"scoped"_s},
                                  {u"capabilities"_s, QJsonArray{u"read"_s}},
                                  {u"topicScopes"_s, QJsonArray{u"open"_s}}})
                               .value("secret"_L1)
                               .toString();
    const auto status = [this](const QByteArray &topic, const QString &key) {
        return request("GET", "/api/v1/topics/" + topic + "/messages", {{"Authorization", "Bearer " + key.toLatin1()}})
            .status;
    };
    QCOMPARE(status("open", scoped), 200);
    QCOMPARE(status("ours", scoped), 404);
    QCOMPARE(status("ours", newKey(a, {u"read"_s})), 200);
    QCOMPARE(status("ours", newKey(b, {u"read"_s})), 404);
}

MESH_TEST(TestLocalRest)

} // namespace tst_localrest

#include "tst_localrest.moc"
