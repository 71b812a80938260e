// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/localmesh/webfixture.h"
#include "tests/support/testprogram.h"

#include <QtCore/QDir>
#include <QtCore/QJsonDocument>
#include <QtNetwork/QTcpSocket>

namespace tst_localweb {

using namespace Qt::StringLiterals;
using mesh::local::BrokerOptions;
using mesh::tests::exchange;
using mesh::tests::HttpAnswer;
using mesh::tests::httpGet;
using mesh::tests::httpPost;
using mesh::tests::Identity;
using mesh::tests::ManualClock;
using mesh::tests::TestClient;

//! What the mesh offers over HTTP to those outside: webhooks, files, metrics.
class TestLocalWeb final : public QObject, private mesh::tests::WebFixture
{
    Q_OBJECT

private Q_SLOTS:
    void init() { setUp(); }
    void cleanup() { tearDown(); }
    void webhooksReachEverybody();
    void webhooksBelongToTheirMaker();
    void filesGoUpAndComeDown();
    void encryptedFilesOpenForWhomTheyAreSealed();
    void filesForSomebodyAreTheirs();
    void uploadsAreRefusedClearly();
    void fileLinksEndAndCannotBeForged();
    void ephemeralFilesGo();
    void leftoversAreCleared();
    void metricsCount();

private:
    QStringList contentsOnDisk() const;
};

QStringList TestLocalWeb::contentsOnDisk() const
{
    return QDir(m_dir->filePath(u"data/files"_s)).entryList(QDir::Files | QDir::Hidden, QDir::Name);
}

void TestLocalWeb::webhooksReachEverybody()
{
    start();
    TestClient a;
    TestClient b;
    QVERIFY(a.enter(m_port, newMember(u"ada"_s), u"Ada"_s));
    QVERIFY(b.enter(m_port, newMember(u"ben"_s), u"Ben"_s));
    const QJsonObject made = a.ask({{u"type"_s, u"create_webhook"_s}, {u"name"_s, u"ci"_s}});
    const QString secret = made.value("secret"_L1).toString();
    QCOMPARE(secret.size(), 64);
    const QByteArray path = pathOf(made.value("url"_L1).toString());
    QCOMPARE(made.value("url"_L1).toString(),
             u"http://127.0.0.1:%1/hook/%2/%3"_s.arg(m_port).arg(m_broker->meshId(), secret));
    QCOMPARE(code(b.ask({{u"type"_s, u"create_webhook"_s}, {u"name"_s, u"ci"_s}})), u"webhook_exists"_s);
    QCOMPARE(code(b.ask({{u"type"_s, u"create_webhook"_s}, {u"name"_s, QString()}})), u"invalid_webhook"_s);

    const HttpAnswer posted = httpPost(m_port, path, R"({"build":42})");
    QCOMPARE(posted.status, 200);
    QCOMPARE(posted.json().value("delivered"_L1).toInt(), 2);
    for (TestClient *client : {&a, &b}) {
        const QJsonObject push =
            client->take([](const QJsonObject &frame) { return frame.value("subtype"_L1) == "webhook"_L1; });
        QCOMPARE(push.value("event"_L1).toString(), u"ci"_s);
        QCOMPARE(push.value("senderPubkey"_L1).toString(), u"webhook:ci"_s);
        QCOMPARE(push.value("priority"_L1).toString(), u"next"_s);
        QCOMPARE(push.value("eventData"_L1).toObject().value("build"_L1).toInt(), 42);
    }
    QCOMPARE(httpPost(m_port, path, "[1,2]").status, 200);
    QCOMPARE(b.take([](const QJsonObject &frame) { return frame.value("subtype"_L1) == "webhook"_L1; })
                 .value("eventData"_L1)
                 .toArray()
                 .size(),
             2);
    const auto error = [&](const QByteArray &body) {
        const HttpAnswer answer = httpPost(m_port, path, body);
        return QString::number(answer.status) + u' ' + answer.json().value("error"_L1).toString();
    };
    QCOMPARE(error("not json"), u"400 invalid JSON"_s);
    QCOMPARE(error(""), u"400 invalid JSON"_s);
    QCOMPARE(error("\"a string\""), u"400 invalid JSON body"_s);
    QCOMPARE(httpPost(m_port, path, QByteArray(65'537, ' ')).status, 413);
    QCOMPARE(httpGet(m_port, path).status, 405);
    for (const QByteArray &wrong :
         {path.chopped(1), path + "0", path + "/x", QByteArray("/hook/"), QByteArray("/hook/x/" + secret.toLatin1())})
        QCOMPARE(httpPost(m_port, wrong, "{}").status, 401);
    // A hook that is used too much is held back, and the mesh has its rest.
    HttpAnswer flood;
    for (int i = 0; i < 1'000 && flood.status != 429; ++i)
        flood = httpPost(m_port, path, "{}");
    QCOMPARE(flood.status, 429);
}

void TestLocalWeb::webhooksBelongToTheirMaker()
{
    start();
    TestClient a;
    TestClient b;
    TestClient admin;
    QVERIFY(a.enter(m_port, newMember(u"ada"_s), u"Ada"_s));
    QVERIFY(b.enter(m_port, newMember(u"ben"_s), u"Ben"_s));
    QVERIFY(admin.enter(m_port, newAdmin(u"own"_s), u"Owner"_s));
    const QJsonObject made = a.ask({{u"type"_s, u"create_webhook"_s}, {u"name"_s, u"ci"_s}});
    const auto urlFor = [](TestClient &client) {
        const QJsonArray rows = client.ask({{u"type"_s, u"list_webhooks"_s}}).value("webhooks"_L1).toArray();
        return rows.at(0).toObject().value("url"_L1).toString();
    };
    QCOMPARE(urlFor(a), made.value("url"_L1).toString());
    QCOMPARE(urlFor(admin), made.value("url"_L1).toString());
    QCOMPARE(urlFor(b), QString());
    QCOMPARE(code(b.ask({{u"type"_s, u"delete_webhook"_s}, {u"name"_s, u"ci"_s}})), u"forbidden"_s);
    const QJsonObject gone = admin.ask({{u"type"_s, u"delete_webhook"_s}, {u"name"_s, u"ci"_s}});
    QCOMPARE(gone.value("type"_L1).toString(), u"webhook_ack"_s);
    QCOMPARE(gone.value("secret"_L1).toString(), QString());
    QCOMPARE(httpPost(m_port, pathOf(made.value("url"_L1).toString()), "{}").status, 401);
    // The name is free again, with another secret.
    const QJsonObject again = b.ask({{u"type"_s, u"create_webhook"_s}, {u"name"_s, u"ci"_s}});
    QVERIFY(again.value("secret"_L1).toString() != made.value("secret"_L1).toString());
    QCOMPARE(again.value("secret"_L1).toString().size(), 64);
    // It is there after a restart.
    start();
    QCOMPARE(httpPost(m_port, pathOf(again.value("url"_L1).toString()), "{}").status, 200);
}

void TestLocalWeb::filesGoUpAndComeDown()
{
    start();
    const Identity ada = newMember(u"ada"_s);
    TestClient a;
    TestClient b;
    QVERIFY(a.enter(m_port, ada, u"Ada"_s));
    QVERIFY(b.enter(m_port, newMember(u"ben"_s), u"Ben"_s));
    const QString key = newKey(a, {u"send"_s, u"read"_s});
    QByteArray contents(3 * 1024 * 1024, 'x');
    contents[1'000'000] = '\0';
    Fields fields = uploadFields(key, ada, "b\xc3\xbcro \"1\".txt");
    fields.append(Field{"X-Tags", R"(["doc","q3"])"});
    fields.append(Field{"Expect", "100-continue"});
    const HttpAnswer up = request("POST", "/upload", fields, contents);
    // The interim answer comes first.
    QVERIFY(up.status == 100 && up.body.contains("HTTP/1.1 200 OK"));
    const QString id =
        QJsonDocument::fromJson(up.body.mid(up.body.indexOf("{"))).object().value("fileId"_L1).toString();
    QCOMPARE(contentsOnDisk(), QStringList{id});

    const auto files = [](TestClient &client, const QJsonObject &more) {
        QJsonObject frame = more;
        frame.insert("type"_L1, "list_files"_L1);
        return client.ask(frame).value("files"_L1).toArray();
    };
    QCOMPARE(files(b, {{u"query"_s, u"TXT"_s}}).size(), 1);
    QCOMPARE(files(b, {{u"query"_s, u"%"_s}}).size(), 0);
    QCOMPARE(files(b, {{u"from"_s, u"nobody"_s}}).size(), 0);
    const QJsonObject row = files(b, {{u"from"_s, ada.memberId}}).at(0).toObject();
    QCOMPARE(row.value("name"_L1).toString(), u"büro \"1\".txt"_s);
    QCOMPARE(row.value("size"_L1).toInt(), contents.size());
    QCOMPARE(row.value("tags"_L1).toArray(), (QJsonArray{u"doc"_s, u"q3"_s}));
    QCOMPARE(row.value("uploadedBy"_L1).toString(), ada.memberId);
    QCOMPARE(row.value("persistent"_L1).toBool(), true);

    const QJsonObject url = b.ask({{u"type"_s, u"get_file"_s}, {u"fileId"_s, id}});
    QCOMPARE(url.value("name"_L1).toString(), u"büro \"1\".txt"_s);
    const HttpAnswer down = httpGet(m_port, pathOf(url.value("url"_L1).toString()));
    QCOMPARE(down.status, 200);
    QVERIFY(down.body == contents);
    QVERIFY(down.head.contains("Content-Type: text/plain\r\n"));
    QVERIFY(down.head.contains("Content-Disposition: attachment; filename=\"b_ro _1_.txt\"; "
                               "filename*=UTF-8''b%C3%BCro%20%221%22.txt"));
    const QByteArray direct = "/download/" + id.toLatin1() + "?mesh=" + ada.meshId.toLatin1();
    QVERIFY(request("GET", direct, {{"Authorization", "Bearer " + key.toLatin1()}}).body == contents);
    QCOMPARE(httpGet(m_port, direct).status, 401);
    const QJsonArray accesses =
        a.ask({{u"type"_s, u"file_status"_s}, {u"fileId"_s, id}}).value("accesses"_L1).toArray();
    QCOMPARE(accesses.size(), 2);
    QCOMPARE(accesses.at(0).toObject().value("peerName"_L1).toString(), u"Ben"_s);
    QCOMPARE(accesses.at(1).toObject().value("peerName"_L1).toString(), u"ada"_s);

    // Only who uploaded it deletes it; then it is gone everywhere.
    QCOMPARE(code(b.ask({{u"type"_s, u"delete_file"_s}, {u"fileId"_s, id}})), u"forbidden"_s);
    QCOMPARE(a.ask({{u"type"_s, u"delete_file"_s}, {u"fileId"_s, id}}).value("messageId"_L1).toString(), id);
    QCOMPARE(contentsOnDisk(), QStringList());
    QCOMPARE(code(b.ask({{u"type"_s, u"get_file"_s}, {u"fileId"_s, id}})), u"not_found"_s);
    QCOMPARE(httpGet(m_port, pathOf(url.value("url"_L1).toString())).status, 404);
}

void TestLocalWeb::encryptedFilesOpenForWhomTheyAreSealed()
{
    start();
    const Identity ada = newMember(u"ada"_s);
    TestClient a;
    TestClient b;
    QVERIFY(a.enter(m_port, ada, u"Ada"_s));
    QVERIFY(b.enter(m_port, newMember(u"ben"_s), u"Ben"_s));
    Fields fields = uploadFields(newKey(a, {u"send"_s}), ada, "secret.bin");
    fields.append(Field{"X-Encrypted", "true"});
    QCOMPARE(request("POST", "/upload", fields, "x").status, 400); // without keys nobody could open it
    const QByteArray owner = a.routingKey.toLatin1();
    fields.append(Field{"X-Owner-Pubkey", owner});
    fields.append(Field{"X-File-Keys", R"([{"peerPubkey":")" + owner + R"(","sealedKey":"c2VhbGVk"}])"});
    const QString id = request("POST", "/upload", fields, "cipher").json().value("fileId"_L1).toString();
    const QJsonObject get{{u"type"_s, u"get_file"_s}, {u"fileId"_s, id}};
    QCOMPARE(a.ask(get).value("sealedKey"_L1).toString(), u"c2VhbGVk"_s);
    QCOMPARE(code(b.ask(get)), u"forbidden"_s);
    const QJsonObject grant{{u"type"_s, u"grant_file_access"_s},
                            {u"fileId"_s, id},
                            {u"peerPubkey"_s, b.routingKey},
                            {u"sealedKey"_s, u"Zm9yIGJlbg=="_s}};
    QCOMPARE(code(b.ask(grant)), u"forbidden"_s);
    QCOMPARE(a.ask(grant).value("type"_L1).toString(), u"grant_file_access_ok"_s);
    const QJsonObject url = b.ask(get);
    QCOMPARE(url.value("sealedKey"_L1).toString(), u"Zm9yIGJlbg=="_s);
    QCOMPARE(url.value("encrypted"_L1).toBool(), true);
    QCOMPARE(httpGet(m_port, pathOf(url.value("url"_L1).toString())).body, QByteArray("cipher"));
}

void TestLocalWeb::filesForSomebodyAreTheirs()
{
    start();
    const Identity ada = newMember(u"ada"_s);
    const Identity ben = newMember(u"ben"_s);
    TestClient a;
    TestClient b;
    TestClient c;
    TestClient admin;
    QVERIFY(a.enter(m_port, ada, u"Ada"_s));
    QVERIFY(b.enter(m_port, ben, u"Ben"_s));
    QVERIFY(c.enter(m_port, newMember(u"cyd"_s), u"Cyd"_s));
    QVERIFY(admin.enter(m_port, newAdmin(u"own"_s), u"Owner"_s));
    const QString sends = newKey(a, {u"send"_s});
    const auto upload = [&](const QByteArray &name, const QByteArray &target) {
        Fields fields = uploadFields(sends, ada, name);
        fields.append(Field{"X-Target-Spec", target});
        return request("POST", "/upload", fields, "body");
    };
    for (const QByteArray &nobody : {QByteArray("Ben"), QByteArray("@it's"), QByteArray("@"), QByteArray("#nowhere"),
                                     QByteArray(64, 'a'), ben.memberId.toLatin1()})
        QVERIFY2(upload("x", nobody).status == 400, nobody.constData());
    const QString topicId =
        a.ask({{u"type"_s, u"topic_create"_s}, {u"name"_s, u"plans"_s}, {u"visibility"_s, u"private"_s}})
            .value("topic"_L1)
            .toObject()
            .value("id"_L1)
            .toString();
    QCOMPARE(upload("everybody", "*").status, 200);
    QCOMPARE(upload("session", b.routingKey.toLatin1()).status, 200);
    QCOMPARE(upload("member", ben.member.publicKey.hex().toLatin1()).status, 200);
    QCOMPARE(upload("group", "@ops").status, 200);
    QCOMPARE(upload("topic", "#plans").status, 200);
    const auto names = [](TestClient &client) {
        const QJsonArray rows = client.ask({{u"type"_s, u"list_files"_s}}).value("files"_L1).toArray();
        QStringList list;
        for (const QJsonValue &row : rows)
            list.append(row.toObject().value("name"_L1).toString());
        list.sort();
        return list;
    };
    const QStringList all{u"everybody"_s, u"group"_s, u"member"_s, u"session"_s, u"topic"_s};
    QCOMPARE(names(a), all);
    QCOMPARE(names(admin), all);
    QCOMPARE(names(b), (QStringList{u"everybody"_s, u"member"_s, u"session"_s}));
    QCOMPARE(names(c), QStringList{u"everybody"_s});
    // What a list does not show cannot be had by its id either.
    const auto idOf = [&](const QString &name) {
        return a.ask({{u"type"_s, u"list_files"_s}, {u"query"_s, name}})
            .value("files"_L1)
            .toArray()
            .at(0)
            .toObject()
            .value("id"_L1)
            .toString();
    };
    for (const QString &type : {u"get_file"_s, u"file_status"_s, u"delete_file"_s})
        QCOMPARE(code(c.ask({{u"type"_s, type}, {u"fileId"_s, idOf(u"member"_s)}})), u"not_found"_s);
    const auto download = [&](TestClient &client, const QString &name) {
        return request("GET", "/download/" + idOf(name).toLatin1() + "?mesh=" + ada.meshId.toLatin1(),
                       {{"Authorization", "Bearer " + newKey(client, {u"read"_s}).toLatin1()}})
            .status;
    };
    QCOMPARE(download(b, u"member"_s), 200);
    QCOMPARE(download(c, u"member"_s), 404);
    QVERIFY(b.ask({{u"type"_s, u"get_file"_s}, {u"fileId"_s, idOf(u"session"_s)}}).contains("url"_L1));
    // Who comes into the group or the topic finds what was left there; also after a restart.
    c.send({{u"type"_s, u"join_group"_s}, {u"name"_s, u"ops"_s}});
    QCOMPARE(names(c), (QStringList{u"everybody"_s, u"group"_s}));
    c.send({{u"type"_s, u"topic_join"_s}, {u"topic"_s, topicId}});
    QCOMPARE(names(c), (QStringList{u"everybody"_s, u"group"_s, u"topic"_s}));
    start();
    TestClient again;
    QVERIFY(again.enter(m_port, ben, u"Ben"_s));
    QCOMPARE(names(again), (QStringList{u"everybody"_s, u"member"_s, u"session"_s}));
}

void TestLocalWeb::uploadsAreRefusedClearly()
{
    BrokerOptions options;
    options.maxStoredBytes = 100;
    start(options);
    const Identity ada = newMember(u"ada"_s);
    const Identity ben = newMember(u"ben"_s);
    TestClient a;
    QVERIFY(a.enter(m_port, ada, u"Ada"_s));
    const QString sends = newKey(a, {u"send"_s});
    const auto upload = [&](const Fields &fields) { return request("POST", "/upload", fields, "body").status; };
    const auto named = [&](const QByteArray &name) { return upload(uploadFields(sends, ada, name)); };
    QCOMPARE(upload({{"X-Mesh-Id", "x"}}), 401);
    QCOMPARE(upload(uploadFields(newKey(a, {u"read"_s}), ada, "a.txt")), 403);
    QCOMPARE(upload(uploadFields(sends, ben, "a.txt")), 403);
    Fields elsewhere = uploadFields(sends, ada, "a.txt");
    elsewhere[1].second = "another";
    QCOMPARE(upload(elsewhere), 403);
    // Names are names, whatever path they would like to be.
    for (const QByteArray &bad :
         {QByteArray(), QByteArray("."), QByteArray(".."), QByteArray("../../etc/passwd"), QByteArray("/etc/passwd"),
          QByteArray("a\\b"), QByteArray("a\x01b"), QByteArray(256, 'x'), QByteArray("\xff\xfe")})
        QVERIFY2(named(bad) == 400, bad.constData());
    Fields tags = uploadFields(sends, ada, "a.txt");
    tags.append(Field{"X-Tags", "not json"});
    QCOMPARE(upload(tags), 400);
    // Refused before the body is read: the client need not send it.
    const HttpAnswer large = exchange(m_port, "POST /upload HTTP/1.1\r\nContent-Length: 52428801\r\n\r\n");
    QCOMPARE(large.status, 413);
    QCOMPARE(exchange(m_port, "POST /upload HTTP/1.1\r\nContent-Length: 52428800\r\n\r\n").status, 401);
    QCOMPARE(named("a.txt"), 200);
    QCOMPARE(request("POST", "/upload", uploadFields(sends, ada, "b.txt"), QByteArray(97, 'x')).status, 507);
    QCOMPARE(request("GET", "/upload", {}).status, 404);
    QCOMPARE(contentsOnDisk().size(), 1);
    for (const QByteArray &path : {QByteArray("/download/../mesh.db"), QByteArray("/download/%2e%2e%2fmesh.db"),
                                   QByteArray("/download/x"), QByteArray("/download/")}) {
        const HttpAnswer answer = request("GET", path + "?mesh=" + ada.meshId.toLatin1(),
                                          {{"Authorization", "Bearer " + newKey(a, {u"read"_s}).toLatin1()}});
        QVERIFY2(answer.status == 404, path.constData());
    }
}

void TestLocalWeb::fileLinksEndAndCannotBeForged()
{
    BrokerOptions options;
    options.fileLinkMs = 700;
    start(options);
    const Identity ada = newMember(u"ada"_s);
    TestClient a;
    QVERIFY(a.enter(m_port, ada, u"Ada"_s));
    const QString sends = newKey(a, {u"send"_s});
    const auto upload = [&](const QByteArray &name) {
        return request("POST", "/upload", uploadFields(sends, ada, name), name).json().value("fileId"_L1).toString();
    };
    const QString one = upload("one");
    const QString two = upload("two");
    const QByteArray link = pathOf(a.ask({{u"type"_s, u"get_file"_s}, {u"fileId"_s, one}}).value("url"_L1).toString());
    for (QByteArray forged :
         {QByteArray(link).replace(one.toLatin1(), two.toLatin1()), QByteArray(link).replace("until=1", "until=2"),
          link.chopped(1), link.split('?').at(0), QByteArray("/file/"), QByteArray("/file/../mesh.db?until=9&sig=")})
        QVERIFY2(httpGet(m_port, forged).status == 403, forged.constData());
    QTRY_COMPARE_WITH_TIMEOUT(httpGet(m_port, link).status, 403, 5'000);
}

void TestLocalWeb::ephemeralFilesGo()
{
    BrokerOptions options;
    options.keepEphemeralMs = 0;
    m_clock = std::make_shared<ManualClock>();
    start(options);
    const Identity ada = newMember(u"ada"_s);
    TestClient a;
    QVERIFY(a.enter(m_port, ada, u"Ada"_s));
    const QString sends = newKey(a, {u"send"_s});
    Fields brief = uploadFields(sends, ada, "brief");
    brief.append(Field{"X-Persistent", "false"});
    QCOMPARE(request("POST", "/upload", brief, "x").status, 200);
    const QString kept =
        request("POST", "/upload", uploadFields(sends, ada, "kept"), "x").json().value("fileId"_L1).toString();
    QCOMPARE(contentsOnDisk().size(), 2);
    m_clock->advance(3'600'001);
    QTRY_COMPARE(contentsOnDisk(), QStringList{kept});
    QCOMPARE(a.ask({{u"type"_s, u"list_files"_s}}).value("files"_L1).toArray().size(), 1);
}

void TestLocalWeb::leftoversAreCleared()
{
    start();
    const Identity ada = newMember(u"ada"_s);
    TestClient a;
    QVERIFY(a.enter(m_port, ada, u"Ada"_s));
    // Half an upload, and then the connection is gone.
    QByteArray head = "POST /upload HTTP/1.1\r\nContent-Length: 1000\r\n";
    for (const auto &[name, value] : uploadFields(newKey(a, {u"send"_s}), ada, "half"))
        head += name + ": " + value + "\r\n";
    QTcpSocket socket;
    socket.connectToHost(u"127.0.0.1"_s, m_port);
    socket.write(head + "Expect: 100-continue\r\n\r\nhalf");
    QTRY_VERIFY(socket.peek(100).startsWith("HTTP/1.1 100 Continue\r\n"));
    socket.abort();
    QTRY_COMPARE(contentsOnDisk(), QStringList());
    // What a crash left is cleared at the next start, what has a row stays.
    const QString kept = request("POST", "/upload", uploadFields(newKey(a, {u"send"_s}), ada, "kept"), "x")
                             .json()
                             .value("fileId"_L1)
                             .toString();
    QFile stray(m_dir->filePath(u"data/files/stray"_s));
    QVERIFY(stray.open(QIODevice::WriteOnly));
    stray.close();
    m_broker.reset();
    start();
    QCOMPARE(contentsOnDisk(), QStringList{kept});
}

void TestLocalWeb::metricsCount()
{
    start();
    TestClient a;
    TestClient b;
    const Identity ben = newMember(u"ben"_s);
    QVERIFY(a.enter(m_port, newMember(u"ada"_s), u"Ada"_s));
    QVERIFY(b.enter(m_port, ben, u"Ben"_s));
    b.send({{u"type"_s, u"set_status"_s}, {u"status"_s, u"dnd"_s}});
    (void)b.ask({{u"type"_s, u"get_clock"_s}});
    QCOMPARE(a.message(b.routingKey, u"x"_s, u"low"_s).value("queued"_L1).toBool(), true);
    QCOMPARE(a.message(QString(64, u'0'), u"x"_s).value("queued"_L1).toBool(), false);
    TestClient refused;
    QVERIFY(refused.open(m_port));
    refused.send(refused.sessionHello(ben, u"Ben"_s, {{u"signature"_s, QString(128, u'0')}}));
    QVERIFY(refused.waitClosed());
    QCOMPARE(httpPost(m_port, "/hook/set-status", "{}").status, 400);

    const HttpAnswer answer = httpGet(m_port, "/metrics");
    QCOMPARE(answer.status, 200);
    QVERIFY(answer.head.contains("Content-Type: text/plain; version=0.0.4"));
    for (const char *line :
         {"broker_connections_total 2", "broker_connections_rejected_total{reason=\"bad_signature\"} 1",
          "broker_messages_routed_total{priority=\"low\"} 1",
          "broker_messages_rejected_total{reason=\"no_connected_peer\"} 1", "broker_hook_requests_total 1",
          "broker_hook_requests_rate_limited_total 0", "broker_connections_active 2", "broker_queue_depth 1",
          "broker_db_healthy 1", "# TYPE broker_connections_active gauge", "# TYPE broker_connections_total counter"})
        QVERIFY2(answer.body.contains(QByteArray(line) + '\n'), line);
    QCOMPARE(httpGet(m_port, "/health/ready").json().value("status"_L1).toString(), u"ready"_s);
}

MESH_TEST(TestLocalWeb)

} // namespace tst_localweb

#include "tst_localweb.moc"
