// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/localbroker.h"
#include "models/protocol/invite.h"
#include "tests/support/testclient.h"
#include "tests/support/testprogram.h"

#include <QtCore/QJsonDocument>
#include <QtCore/QTemporaryDir>
#include <QtNetwork/QTcpSocket>
#include <QtTest/QTest>

namespace tst_localhttp {

using namespace Qt::StringLiterals;
using mesh::local::BrokerOptions;
using mesh::local::InviteRequest;
using mesh::local::LocalBroker;
using mesh::tests::exchange;
using mesh::tests::httpGet;
using mesh::tests::httpPost;
using mesh::tests::TestClient;
namespace protocol = mesh::protocol;

class TestLocalHttp final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void healthHasADate();
    void wrongRequestsGetClearStatuses();
    void joinFollowsTheInvite();
    void upgradesElsewhereAreDropped();
    void halfOpenSocketsKeepNobodyOut();
    void oversizeAndGarbageFramesHarmOnlyTheirSender();
    void slowReaderIsCut();

private:
    QJsonObject joinBody(const QString &link, const QString &pubkey) const;

    std::unique_ptr<QTemporaryDir> m_dir;
    std::unique_ptr<LocalBroker> m_broker;
    quint16 m_port = 0;
};

void TestLocalHttp::init()
{
    m_dir = std::make_unique<QTemporaryDir>();
    m_broker = std::make_unique<LocalBroker>();
    BrokerOptions options;
    options.dataDir = m_dir->path();
    options.port = 0;
    options.maxHalfOpen = 64;
    options.maxSendQueueBytes = 1024 * 1024;
    const auto port = m_broker->start(options);
    QVERIFY(port.hasValue());
    m_port = *port;
}

void TestLocalHttp::cleanup()
{
    m_broker.reset();
    m_dir.reset();
}

QJsonObject TestLocalHttp::joinBody(const QString &link, const QString &pubkey) const
{
    const auto invite = std::get<protocol::Invite>(*protocol::parseInvite(link));
    return {{u"invite_token"_s, invite.token},
            {u"invite_payload"_s, invite.payload},
            {u"peer_pubkey"_s, pubkey},
            {u"display_name"_s, u"ada"_s}};
}

void TestLocalHttp::healthHasADate()
{
    const auto answer = httpGet(m_port, "/health");
    QCOMPARE(answer.status, 200);
    QCOMPARE(answer.json().value("status"_L1).toString(), u"ok"_s);
    QVERIFY(answer.head.contains("\r\nDate: "));
    QVERIFY(answer.head.contains(" GMT\r\n"));
}

void TestLocalHttp::wrongRequestsGetClearStatuses()
{
    QCOMPARE(httpGet(m_port, "/nothing").status, 404);
    QCOMPARE(httpGet(m_port, "/nothing").body, QByteArray("not found"));
    QCOMPARE(httpGet(m_port, "/join").status, 405);
    QCOMPARE(httpGet(m_port, "/ws").status, 426);
    QCOMPARE(httpPost(m_port, "/join", QByteArray(65'537, 'x')).status, 413);
    QCOMPARE(httpPost(m_port, "/join", "not json").status, 400);
    QCOMPARE(exchange(m_port, "GET / HTTP/1.1\r\nX: " + QByteArray(17'000, 'x') + "\r\n\r\n").status, 431);
    QCOMPARE(exchange(m_port, "\x16\x03\x01 nonsense\r\n\r\n").status, 400);
    QCOMPARE(exchange(m_port, "POST /join HTTP/1.1\r\nContent-Length: -1\r\n\r\n").status, 400);
    QCOMPARE(exchange(m_port, "POST /join HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n").status, 501);
    QCOMPARE(exchange(m_port, "GET /health HTTP/1.1\r\nOrigin: https://evil.example\r\n\r\n").status, 403);
}

void TestLocalHttp::joinFollowsTheInvite()
{
    const auto post = [this](const QJsonObject &body) {
        return httpPost(m_port, "/join", QJsonDocument(body).toJson());
    };
    const auto error = [&post](const QJsonObject &body) {
        const auto answer = post(body);
        return answer.status == 400 ? answer.json().value("error"_L1).toString() : QString::number(answer.status);
    };
    const QString key = protocol::KeyPair::generate().publicKey.hex();
    const auto link = m_broker->makeInvite(InviteRequest{});
    QVERIFY(link.hasValue());
    const QJsonObject good = joinBody(*link, key);

    QJsonObject forged = good;
    QJsonObject payload = good.value("invite_payload"_L1).toObject();
    payload.insert("role"_L1, u"admin"_s);
    forged.insert("invite_payload"_L1, payload);
    QCOMPARE(error(forged), u"invite_bad_signature"_s);
    QJsonObject badKey = good;
    badKey.insert("peer_pubkey"_L1, u"xyz"_s);
    QCOMPARE(error(badKey), u"peer_pubkey must be 64 hex chars (32 bytes)"_s);
    QCOMPARE(error({{u"invite_token"_s, u"x"_s}}),
             u"invite_token, invite_payload, peer_pubkey, display_name required"_s);
    QJsonObject otherToken = good;
    otherToken.insert("invite_token"_L1, u"unknown"_s);
    QCOMPARE(error(otherToken), u"invite_not_found"_s);
    // Signed well, but not by this mesh's owner; and for another mesh.
    const auto stranger = protocol::KeyPair::generate();
    const auto invite = std::get<protocol::Invite>(*protocol::parseInvite(*link));
    protocol::InviteDraft draft{.meshId = invite.meshId,
                                .meshSlug = invite.meshSlug,
                                .brokerUrl = invite.brokerUrl,
                                .expiresAt = invite.expiresAt,
                                .meshRootKey = invite.meshRootKey,
                                .role = invite.role};
    QJsonObject foreign = good;
    foreign.insert("invite_payload"_L1, protocol::makeInvite(draft, stranger)->payload);
    QCOMPARE(error(foreign), u"invite_owner_mismatch"_s);
    draft.meshId = QString(32, u'x');
    foreign.insert("invite_payload"_L1, protocol::makeInvite(draft, stranger)->payload);
    QCOMPARE(error(foreign), u"mesh_not_found"_s);

    const auto joined = post(good);
    QCOMPARE(joined.status, 200);
    const QString memberId = joined.json().value("memberId"_L1).toString();
    QCOMPARE(memberId.size(), 32);
    const auto again = post(good);
    QCOMPARE(again.json().value("alreadyMember"_L1).toBool(), true);
    QCOMPARE(again.json().value("memberId"_L1).toString(), memberId);
    QCOMPARE(error(joinBody(*link, protocol::KeyPair::generate().publicKey.hex())), u"invite_exhausted"_s);

    const auto brief = m_broker->makeInvite(InviteRequest{.lifetimeSeconds = 1});
    QTRY_COMPARE_WITH_TIMEOUT(error(joinBody(*brief, protocol::KeyPair::generate().publicKey.hex())),
                              u"invite_expired"_s, 5'000);
    QCOMPARE(m_broker->makeInvite(InviteRequest{.maxUses = 0}).hasValue(), false);
}

void TestLocalHttp::upgradesElsewhereAreDropped()
{
    for (const QString &path : {u"/"_s, u"/ws/"_s, u"/ws?x=1"_s, u"/socket"_s}) {
        TestClient client;
        QVERIFY2(!client.open(m_port, path), qPrintable(path));
    }
    TestClient client;
    QVERIFY(client.open(m_port));
}

void TestLocalHttp::halfOpenSocketsKeepNobodyOut()
{
    const auto link = m_broker->makeInvite(mesh::local::InviteRole::Member);
    std::vector<std::unique_ptr<QTcpSocket>> crowd;
    for (int i = 0; i < 500; ++i) {
        crowd.push_back(std::make_unique<QTcpSocket>());
        crowd.back()->connectToHost(u"127.0.0.1"_s, m_port);
        if (i % 2 == 0)
            crowd.back()->write("GET /heal");
    }
    QTRY_VERIFY(std::all_of(crowd.begin(), crowd.end(),
                            [](const auto &socket) { return socket->state() != QAbstractSocket::ConnectingState; }));
    QTRY_VERIFY(m_broker->halfOpenCount() <= 64);
    QTRY_COMPARE(std::count_if(crowd.begin(), crowd.end(),
                               [](const auto &socket) { return socket->state() == QAbstractSocket::ConnectedState; }),
                 64);
    QCOMPARE(httpGet(m_port, "/health").status, 200);
    TestClient client;
    QVERIFY(client.enter(m_port, mesh::tests::joinMesh(m_port, *link, u"ada"_s), u"Ada"_s));
}

void TestLocalHttp::oversizeAndGarbageFramesHarmOnlyTheirSender()
{
    const auto enter = [this](TestClient &client, const QString &name) {
        const auto link = m_broker->makeInvite(mesh::local::InviteRole::Member);
        return client.enter(m_port, mesh::tests::joinMesh(m_port, *link, name), name);
    };
    TestClient calm;
    TestClient wild;
    TestClient endless;
    QVERIFY(enter(calm, u"calm"_s));
    QVERIFY(enter(wild, u"wild"_s));
    QVERIFY(enter(endless, u"endless"_s));
    endless.socket.setOutgoingFrameSize(1'000);
    endless.sendText(QString(3 * 1024 * 1024, u'x')); // thousands of fragments, one message too large
    QVERIFY(endless.waitClosed(10'000));
    for (int i = 0; i < 250; ++i)
        wild.sendText(u"{\"type\":"_s + QString(40, u'[') + QString::number(i));
    QVERIFY(wild.waitClosed());
    QCOMPARE(wild.socket.closeReason(), u"bad_frames"_s);
    QVERIFY(!calm.ask({{u"type"_s, u"list_peers"_s}}).isEmpty());
}

void TestLocalHttp::slowReaderIsCut()
{
    const auto identity = [this](const QString &name) {
        const auto link = m_broker->makeInvite(mesh::local::InviteRole::Member);
        return mesh::tests::joinMesh(m_port, *link, name);
    };
    // A bare socket, because it has to be one that stops reading: upgrade and frames are made by hand.
    QTcpSocket slow;
    slow.setReadBufferSize(1'024);
    slow.connectToHost(u"127.0.0.1"_s, m_port);
    slow.write("GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
               "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n");
    QTRY_VERIFY(slow.bytesAvailable() > 0);
    const auto say = [&slow](const QJsonObject &frame) {
        const QByteArray text = QJsonDocument(frame).toJson(QJsonDocument::Compact);
        QByteArray head("\x81", 1); // one masked text frame
        if (text.size() < 126)
            head.append(char(0x80 | text.size()));
        else
            head.append('\xfe').append(char(text.size() >> 8)).append(char(text.size() & 0xff));
        slow.write(head + QByteArray(4, '\0') + text);
    };
    const TestClient signer;
    say(signer.sessionHello(identity(u"slow"_s), u"slow"_s));
    QTRY_COMPARE(m_broker->connectionCount(), 1);
    say({{u"type"_s, u"subscribe"_s}, {u"stream"_s, u"s"_s}});

    TestClient writer;
    QVERIFY(writer.enter(m_port, identity(u"writer"_s), u"writer"_s));
    QCOMPARE(m_broker->connectionCount(), 2);
    const QJsonObject big{{u"type"_s, u"publish"_s}, {u"stream"_s, u"s"_s}, {u"data"_s, QString(512 * 1024, u'x')}};
    for (int i = 0; i < 40 && m_broker->connectionCount() == 2; ++i) {
        writer.send(big);
        QVERIFY(!writer.ask({{u"type"_s, u"get_clock"_s}}).isEmpty());
    }
    QTRY_COMPARE(m_broker->connectionCount(), 1);
}

MESH_TEST(TestLocalHttp)

} // namespace tst_localhttp

#include "tst_localhttp.moc"
