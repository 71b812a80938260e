// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/localmesh/localfixture.h"

#include "localmesh/invitetools.h"
#include "models/protocol/invite.h"
#include "tests/support/testprogram.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtNetwork/QSslCertificate>
#include <QtNetwork/QSslConfiguration>
#include <QtNetwork/QSslSocket>
#include <QtWebSockets/QWebSocket>

namespace tst_localtls {

using namespace Qt::StringLiterals;
using mesh::local::BrokerOptions;
using mesh::local::LocalBroker;
using mesh::tests::HttpAnswer;
using mesh::tests::Identity;
using mesh::tests::TestClient;

class TestLocalTls final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void elsewhereNeedsTls();
    void badFilesAreNamed();
    void peersComeInOverTls();
    void plainTextGetsNothing();
    void slowReaderIsCutOverTls();

private:
    BrokerOptions secureOptions() const;
    void start(LocalBroker &broker, const BrokerOptions &options);
    QSslConfiguration trusting() const;
    QByteArray exchangeSecurely(const QByteArray &request) const;
    Identity join(LocalBroker &broker, const QString &name) const;

    std::unique_ptr<QTemporaryDir> m_dir;
    quint16 m_port = 0;
};

void TestLocalTls::init()
{
    m_dir = std::make_unique<QTemporaryDir>();
}

BrokerOptions TestLocalTls::secureOptions() const
{
    BrokerOptions options;
    options.dataDir = m_dir->path();
    options.port = 0;
    options.publicHost = u"localhost"_s;
    options.certificatePath = QStringLiteral(MESH_SOURCE_DIR "/tests/localmesh/tls/test-cert.pem");
    options.keyPath = QStringLiteral(MESH_SOURCE_DIR "/tests/localmesh/tls/test-key.pem");
    options.maxSendQueueBytes = 1024 * 1024;
    return options;
}

void TestLocalTls::start(LocalBroker &broker, const BrokerOptions &options)
{
    const auto port = broker.start(options);
    QVERIFY2(port.hasValue(), port ? "" : qPrintable(port.error().detail));
    m_port = *port;
}

QSslConfiguration TestLocalTls::trusting() const
{
    QSslConfiguration configuration = QSslConfiguration::defaultConfiguration();
    configuration.setCaCertificates(QSslCertificate::fromPath(secureOptions().certificatePath));
    return configuration;
}

QByteArray TestLocalTls::exchangeSecurely(const QByteArray &request) const
{
    QSslSocket socket;
    socket.setSslConfiguration(trusting());
    socket.connectToHostEncrypted(u"127.0.0.1"_s, m_port, u"localhost"_s);
    if (!QTest::qWaitFor([&] { return socket.isEncrypted(); }))
        return {};
    socket.write(request);
    (void)QTest::qWaitFor([&] { return socket.state() == QAbstractSocket::UnconnectedState; }, 10'000);
    return socket.readAll();
}

Identity TestLocalTls::join(LocalBroker &broker, const QString &name) const
{
    Identity identity;
    const auto link = broker.makeInvite(mesh::local::InviteRole::Member);
    const auto invite = std::get<mesh::protocol::Invite>(*mesh::protocol::parseInvite(*link));
    identity.member = mesh::protocol::KeyPair::generate();
    identity.session = mesh::protocol::KeyPair::generate();
    identity.meshId = invite.meshId;
    const QByteArray body = QJsonDocument(QJsonObject{{u"invite_token"_s, invite.token},
                                                      {u"invite_payload"_s, invite.payload},
                                                      {u"peer_pubkey"_s, identity.member.publicKey.hex()},
                                                      {u"display_name"_s, name}})
                                .toJson();
    const QByteArray answer = exchangeSecurely(
        "POST /join HTTP/1.1\r\nContent-Length: " + QByteArray::number(body.size()) + "\r\n\r\n" + body);
    identity.memberId =
        QJsonDocument::fromJson(answer.mid(answer.indexOf("\r\n\r\n") + 4)).object().value("memberId"_L1).toString();
    return identity;
}

void TestLocalTls::elsewhereNeedsTls()
{
    for (const QString &address : {u"0.0.0.0"_s, u"::"_s, u"192.0.2.1"_s}) {
        BrokerOptions options;
        options.dataDir = m_dir->path();
        options.port = 0;
        options.address = address;
        LocalBroker broker;
        const auto started = broker.start(options);
        QVERIFY(!started);
        QCOMPARE(started.error().code, u"tls_required"_s);
    }
    BrokerOptions options = secureOptions();
    options.address = u"not an address"_s;
    LocalBroker broker;
    QCOMPARE(broker.start(options).error().code, u"bad_address"_s);
    options.address = u"0.0.0.0"_s;
    options.publicHost = u"mesh.example.org"_s;
    start(broker, options);
    QCOMPARE(broker.brokerUrl(), u"wss://mesh.example.org:%1/ws"_s.arg(m_port));
    const auto link = broker.makeInvite(mesh::local::InviteRole::Member);
    QCOMPARE(std::get<mesh::protocol::Invite>(*mesh::protocol::parseInvite(*link)).brokerUrl, broker.brokerUrl());
    // Links made beside the broker name the same address.
    const auto beside = mesh::local::makeInviteFor(m_dir->path(), 0, {});
    QCOMPARE(std::get<mesh::protocol::Invite>(*mesh::protocol::parseInvite(*beside)).brokerUrl, broker.brokerUrl());
}

void TestLocalTls::badFilesAreNamed()
{
    const auto refusal = [](const BrokerOptions &options) {
        LocalBroker broker;
        const auto started = broker.start(options);
        return started ? QString() : started.error().code + u' ' + started.error().detail;
    };
    BrokerOptions missing = secureOptions();
    missing.certificatePath = u"/nowhere/cert.pem"_s;
    QVERIFY2(refusal(missing).startsWith("tls_files /nowhere/cert.pem"_L1), qPrintable(refusal(missing)));
    BrokerOptions swapped = secureOptions();
    std::swap(swapped.certificatePath, swapped.keyPath);
    QVERIFY(refusal(swapped).startsWith("tls_files "_L1));
    BrokerOptions half = secureOptions();
    half.keyPath.clear();
    QVERIFY(refusal(half).startsWith("tls_files "_L1));
}

void TestLocalTls::peersComeInOverTls()
{
    LocalBroker broker;
    start(broker, secureOptions());
    QCOMPARE(broker.brokerUrl(), u"wss://localhost:%1/ws"_s.arg(m_port));
    QVERIFY(exchangeSecurely("GET /health HTTP/1.1\r\n\r\n").startsWith("HTTP/1.1 200 OK\r\n"));
    const Identity ada = join(broker, u"ada"_s);
    QCOMPARE(ada.memberId.size(), 32);
    TestClient a;
    a.socket.setSslConfiguration(trusting());
    a.socket.open(QUrl(broker.brokerUrl()));
    QTRY_COMPARE(a.socket.state(), QAbstractSocket::ConnectedState);
    a.send(a.sessionHello(ada, u"Ada"_s));
    QCOMPARE(a.takeType(u"hello_ack"_s).value("memberDisplayName"_L1).toString(), u"Ada"_s);
    const QJsonObject made = a.ask({{u"type"_s, u"create_webhook"_s}, {u"name"_s, u"ci"_s}});
    QVERIFY(made.value("url"_L1).toString().startsWith(u"https://localhost:%1/hook/"_s.arg(m_port)));
    QCOMPARE(a.ask({{u"type"_s, u"list_peers"_s}}).value("peers"_L1).toArray().size(), 1);

    // A file larger than every buffer on its way.
    const QByteArray bearer = "Authorization: Bearer "
        + a.ask({{u"type"_s, u"apikey_create"_s},
                 {u"label"_s, u"files"_s},
                 {u"capabilities"_s, QJsonArray{u"send"_s, u"read"_s}}})
              .value("secret"_L1)
              .toString()
              .toLatin1()
        + "\r\n";
    const QByteArray contents(8 * 1024 * 1024, 'x');
    const QByteArray up =
        exchangeSecurely("POST /upload HTTP/1.1\r\n" + bearer + "X-Mesh-Id: " + ada.meshId.toLatin1()
                         + "\r\nX-Member-Id: " + ada.memberId.toLatin1() + "\r\nX-File-Name: a.bin\r\nContent-Length: "
                         + QByteArray::number(contents.size()) + "\r\n\r\n" + contents);
    const QString id =
        QJsonDocument::fromJson(up.mid(up.indexOf("\r\n\r\n") + 4)).object().value("fileId"_L1).toString();
    const QByteArray down = exchangeSecurely("GET /download/" + id.toLatin1() + "?mesh=" + ada.meshId.toLatin1()
                                             + " HTTP/1.1\r\n" + bearer + "\r\n");
    QCOMPARE(down.size() - down.indexOf("\r\n\r\n") - 4, contents.size());
}

void TestLocalTls::plainTextGetsNothing()
{
    LocalBroker broker;
    start(broker, secureOptions());
    const HttpAnswer answer = mesh::tests::httpGet(m_port, "/health");
    QCOMPARE(answer.status, 0);
    TestClient client;
    QVERIFY(!client.open(m_port));
    QVERIFY(exchangeSecurely("GET /health HTTP/1.1\r\n\r\n").startsWith("HTTP/1.1 200 OK\r\n"));
}

void TestLocalTls::slowReaderIsCutOverTls()
{
    LocalBroker broker;
    start(broker, secureOptions());
    const Identity ada = join(broker, u"ada"_s);
    const Identity ben = join(broker, u"ben"_s);
    // By hand, because it has to be one that stops reading.
    QSslSocket slow;
    slow.setSslConfiguration(trusting());
    slow.setReadBufferSize(1'024);
    slow.connectToHostEncrypted(u"127.0.0.1"_s, m_port, u"localhost"_s);
    QTRY_VERIFY(slow.isEncrypted());
    slow.write("GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
               "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n");
    QTRY_VERIFY(slow.bytesAvailable() > 0);
    const auto say = [&slow](const QJsonObject &frame) {
        const QByteArray text = QJsonDocument(frame).toJson(QJsonDocument::Compact);
        QByteArray head("\x81", 1);
        if (text.size() < 126)
            head.append(char(0x80 | text.size()));
        else
            head.append('\xfe').append(char(text.size() >> 8)).append(char(text.size() & 0xff));
        slow.write(head + QByteArray(4, '\0') + text);
    };
    const TestClient signer;
    say(signer.sessionHello(ada, u"slow"_s));
    QTRY_COMPARE(broker.connectionCount(), 1);
    say({{u"type"_s, u"subscribe"_s}, {u"stream"_s, u"s"_s}});

    TestClient writer;
    writer.socket.setSslConfiguration(trusting());
    writer.socket.open(QUrl(broker.brokerUrl()));
    QTRY_COMPARE(writer.socket.state(), QAbstractSocket::ConnectedState);
    writer.send(writer.sessionHello(ben, u"writer"_s));
    QVERIFY(!writer.takeType(u"hello_ack"_s).isEmpty());
    const QJsonObject big{{u"type"_s, u"publish"_s}, {u"stream"_s, u"s"_s}, {u"data"_s, QString(512 * 1024, u'x')}};
    for (int i = 0; i < 40 && broker.connectionCount() == 2; ++i) {
        writer.send(big);
        QVERIFY(!writer.ask({{u"type"_s, u"get_clock"_s}}).isEmpty());
    }
    QTRY_COMPARE(broker.connectionCount(), 1);
}

MESH_TEST(TestLocalTls)

} // namespace tst_localtls

#include "tst_localtls.moc"
