// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/localmesh/localfixture.h"
#include "tests/support/testprogram.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QRandomGenerator>
#include <QtCore/QTimer>
#include <QtNetwork/QTcpSocket>

#include <sys/resource.h>

namespace tst_localhostile {

using namespace Qt::StringLiterals;
using mesh::local::BrokerOptions;
using mesh::tests::httpGet;
using mesh::tests::Identity;
using mesh::tests::ManualClock;
using mesh::tests::TestClient;

//! Peers that mean harm, over real sockets. Slow readers, oversize frames and refused upgrades are in tst_localhttp,
//! paths in file names in tst_localweb, signatures that are wrong in every other way in tst_localconformance.
class TestLocalHostile final : public QObject, private mesh::tests::LocalFixture
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init() { setUp(); }
    void cleanup() { tearDown(); }
    void signaturesOfOthersLetNobodyIn();
    void helloWorksOnce_data();
    void helloWorksOnce();
    void sessionsOfOneMillisecondAllGetIn();
    void floodStarvesNobody();
    void endlessFrameEnds();
    void deepAndWideFramesAreRefused();
    void halfOpenThousandKeepsNobodyOut();
    void slowRequestsEnd();
    void anyRequestIsAnsweredOrClosed_data();
    void anyRequestIsAnsweredOrClosed();

private:
    static QByteArray mutated(QRandomGenerator &random);
};

void TestLocalHostile::initTestCase()
{
    // A thousand sockets, both ends in this process.
    rlimit limit{};
    QCOMPARE(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = limit.rlim_max;
    QCOMPARE(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

void TestLocalHostile::signaturesOfOthersLetNobodyIn()
{
    start();
    const Identity ada = newMember(u"ada"_s);
    const Identity ben = newMember(u"ben"_s);
    // Ben signs, but says that he is Ada.
    TestClient client;
    QVERIFY(client.open(m_port));
    const QString genuine = client.hello(ben, u"x"_s, false).value("signature"_L1).toString();
    client.send(client.hello(ada, u"Ada"_s, false, {{u"signature"_s, genuine}}));
    QCOMPARE(client.takeType(u"error"_s).value("code"_L1).toString(), u"bad_signature"_s);
    QVERIFY(client.waitClosed());
    QCOMPARE(int(client.socket.closeCode()), 1008);
    // What was signed for one mesh, member or moment is worth nothing for another.
    for (const QJsonObject &change : {QJsonObject{{u"memberId"_s, ben.memberId}}, QJsonObject{{u"timestamp"_s, 1}},
                                      QJsonObject{{u"meshId"_s, QString(32, u'x')}}}) {
        TestClient other;
        QVERIFY(other.open(m_port));
        other.send(other.hello(ada, u"Ada"_s, false, change));
        QVERIFY(!other.takeType(u"error"_s).isEmpty());
        QVERIFY(other.waitClosed());
    }
    QCOMPARE(m_broker->connectionCount(), 0);
}

void TestLocalHostile::helloWorksOnce_data()
{
    QTest::addColumn<bool>("session");
    QTest::newRow("hello") << false;
    QTest::newRow("session_hello") << true;
}

void TestLocalHostile::helloWorksOnce()
{
    QFETCH(bool, session);
    m_clock = std::make_shared<ManualClock>();
    start();
    const Identity ada = newMember(u"ada"_s);
    TestClient honest;
    QVERIFY(honest.open(m_port));
    const QJsonObject hello = session ? honest.sessionHello(ada, u"Ada"_s) : honest.hello(ada, u"Ada"_s, false);
    honest.send(hello);
    QVERIFY(!honest.takeType(u"hello_ack"_s).isEmpty());
    // Overheard and said again: as it was, and later under another name and session id, which are not signed.
    for (const QJsonObject &changes :
         {QJsonObject(), QJsonObject{{u"sessionId"_s, u"thief"_s}, {u"displayName"_s, u"X"_s}}}) {
        QJsonObject replayed = hello;
        for (auto it = changes.begin(); it != changes.end(); ++it)
            replayed.insert(it.key(), it.value());
        TestClient thief;
        QVERIFY(thief.open(m_port));
        thief.send(replayed);
        QCOMPARE(thief.takeType(u"error"_s).value("code"_L1).toString(), u"timestamp_skew"_s);
        QVERIFY(thief.waitClosed());
        m_clock->advance(1'001);
    }
    // The honest one keeps its place, and may come back with a fresh signature.
    QVERIFY(!honest.ask({{u"type"_s, u"list_peers"_s}}).isEmpty());
    honest.socket.abort();
    TestClient again;
    QVERIFY(again.enter(m_port, ada, u"Ada"_s));
}

void TestLocalHostile::sessionsOfOneMillisecondAllGetIn()
{
    m_clock = std::make_shared<ManualClock>();
    start();
    const Identity ada = newMember(u"ada"_s);
    // A plain hello signs member and time: at one moment all sessions of a member have one signature.
    TestClient first;
    QVERIFY(first.open(m_port));
    const QJsonObject hello = first.hello(ada, u"Ada"_s, false);
    const auto of = [&hello](const QString &sessionId, const QJsonValue &sessionKey = {}) {
        QJsonObject frame = hello;
        frame.insert("sessionId"_L1, sessionId);
        if (sessionKey.isString())
            frame.insert("sessionPubkey"_L1, sessionKey);
        return frame;
    };
    first.send(hello);
    QVERIFY(!first.takeType(u"hello_ack"_s).isEmpty());
    const QString key = mesh::protocol::KeyPair::generate().publicKey.hex();
    TestClient second;
    TestClient third;
    QVERIFY(second.open(m_port) && third.open(m_port));
    second.send(of(u"another"_s));
    QVERIFY(!second.takeType(u"hello_ack"_s).isEmpty());
    m_clock->advance(1'000);
    third.send(of(u"third"_s, key));
    QVERIFY(!third.takeType(u"hello_ack"_s).isEmpty());
    QCOMPARE(m_broker->connectionCount(), 3);
    // Each of them once.
    for (const QJsonObject &frame : {hello, of(u"another"_s), of(u"third"_s, key)}) {
        TestClient thief;
        QVERIFY(thief.open(m_port));
        thief.send(frame);
        QCOMPARE(thief.takeType(u"error"_s).value("code"_L1).toString(), u"timestamp_skew"_s);
    }
    // And not as many as one likes.
    int entered = 3;
    for (int i = 0; i < 40; ++i) {
        TestClient more;
        QVERIFY(more.open(m_port));
        more.send(of(u"more-%1"_s.arg(i)));
        entered += more.take([](const QJsonObject &) { return true; }).value("type"_L1) == "hello_ack"_L1 ? 1 : 0;
    }
    QCOMPARE(entered, 32);
}

void TestLocalHostile::floodStarvesNobody()
{
    start();
    TestClient calm;
    TestClient wild;
    QVERIFY(calm.enter(m_port, newMember(u"calm"_s), u"Calm"_s));
    QVERIFY(wild.enter(m_port, newMember(u"wild"_s), u"Wild"_s));
    QObject::disconnect(&wild.socket, &QWebSocket::textMessageReceived, nullptr, nullptr);
    int answers = 0;
    bool calmAnswered = false;
    int answersBefore = -1;
    QObject::connect(&wild.socket, &QWebSocket::textMessageReceived, &wild.socket, [&] { ++answers; });
    QObject::connect(&calm.socket, &QWebSocket::textMessageReceived, &calm.socket, [&] {
        calmAnswered = true;
        answersBefore = answers;
    });
    constexpr int Flood = 20'000;
    for (int i = 0; i < Flood; ++i)
        wild.sendText(u"{\"type\":\"get_clock\",\"_reqId\":\"f\"}"_s);
    calm.sendText(u"{\"type\":\"get_clock\",\"_reqId\":\"c\"}"_s);
    // Asked last, answered long before the flood is.
    QTRY_VERIFY_WITH_TIMEOUT(calmAnswered, 30'000);
    QVERIFY2(answersBefore < Flood / 2, qPrintable(QString::number(answersBefore)));
    QTRY_COMPARE_WITH_TIMEOUT(answers, Flood, 60'000);
}

void TestLocalHostile::endlessFrameEnds()
{
    start();
    const Identity ada = newMember(u"ada"_s);
    // A frame that claims 2^62 bytes, and one in fragments that never end.
    for (const QByteArray &start : {QByteArray("\x81\xff\x3f\xff\xff\xff\xff\xff\xff\xff\0\0\0\0", 14),
                                    QByteArray("\x01\xfe\xff\xff\0\0\0\0", 8)}) {
        QTcpSocket socket;
        socket.connectToHost(u"127.0.0.1"_s, m_port);
        socket.write("GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                     "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n");
        QTRY_VERIFY(socket.bytesAvailable() > 0);
        socket.write(start);
        qint64 sent = 0;
        const QByteArray fragment = QByteArray("\0\xfe\xff\xff\0\0\0\0", 8) + QByteArray(65'535, 'x');
        socket.write(QByteArray(65'535, 'x'));
        while (socket.state() == QAbstractSocket::ConnectedState && sent < 64LL * 1024 * 1024) {
            socket.write(fragment);
            sent += fragment.size();
            QTest::qWait(0);
            (void)QTest::qWaitFor([&] {
                return socket.bytesToWrite() < 1024 * 1024 || socket.state() != QAbstractSocket::ConnectedState;
            });
        }
        QTRY_COMPARE(socket.state(), QAbstractSocket::UnconnectedState);
        QVERIFY(sent < 64LL * 1024 * 1024);
    }
    TestClient a;
    QVERIFY(a.enter(m_port, ada, u"Ada"_s));
}

void TestLocalHostile::deepAndWideFramesAreRefused()
{
    start();
    TestClient a;
    QVERIFY(a.enter(m_port, newMember(u"ada"_s), u"Ada"_s));
    a.sendText(u"{\"type\":\"set_state\",\"key\":\"k\",\"value\":"_s + QString(100'000, u'[') + QString(100'000, u']')
               + u'}');
    QCOMPARE(a.takeType(u"error"_s).value("code"_L1).toString(), u"invalid_args"_s);
    a.sendText(u"{\"type\":\"set_state\",\"key\":\"k\",\"value\":[0"_s + u",0"_s.repeated(300'000) + u"]}"_s);
    QCOMPARE(a.takeType(u"error"_s).value("code"_L1).toString(), u"invalid_args"_s);
    QVERIFY(!a.ask({{u"type"_s, u"list_peers"_s}}).isEmpty());
}

void TestLocalHostile::halfOpenThousandKeepsNobodyOut()
{
    start();
    const Identity ada = newMember(u"ada"_s);
    std::vector<std::unique_ptr<QTcpSocket>> crowd;
    for (int i = 0; i < 1'000; ++i) {
        crowd.push_back(std::make_unique<QTcpSocket>());
        crowd.back()->connectToHost(u"127.0.0.1"_s, m_port);
        if (i % 3 == 1)
            crowd.back()->write("GET /heal");
        if (i % 3 == 2)
            crowd.back()->write("POST /join HTTP/1.1\r\nContent-Length: 100\r\n\r\n{");
    }
    QTRY_VERIFY_WITH_TIMEOUT(std::all_of(crowd.begin(), crowd.end(),
                                         [](const auto &socket) {
                                             return socket->state() != QAbstractSocket::ConnectingState
                                                 && socket->state() != QAbstractSocket::HostLookupState;
                                         }),
                             30'000);
    QTRY_COMPARE(m_broker->halfOpenCount(), 256);
    // While they all stand there.
    QCOMPARE(httpGet(m_port, "/health").status, 200);
    TestClient client;
    QVERIFY(client.enter(m_port, ada, u"Ada"_s));
    QVERIFY(!client.ask({{u"type"_s, u"list_peers"_s}}).isEmpty());
}

void TestLocalHostile::slowRequestsEnd()
{
    BrokerOptions options;
    options.httpTimeoutMs = 300;
    start(options);
    // One byte now and then does not buy more time.
    QTcpSocket drip;
    drip.connectToHost(u"127.0.0.1"_s, m_port);
    QTRY_COMPARE(drip.state(), QAbstractSocket::ConnectedState);
    QTimer timer;
    QObject::connect(&timer, &QTimer::timeout, &drip, [&drip] { drip.write("G"); });
    timer.start(20);
    QTRY_COMPARE_WITH_TIMEOUT(drip.state(), QAbstractSocket::UnconnectedState, 10'000);
    QTcpSocket mute;
    mute.connectToHost(u"127.0.0.1"_s, m_port);
    QTRY_COMPARE_WITH_TIMEOUT(mute.state(), QAbstractSocket::UnconnectedState, 10'000);
    QTRY_COMPARE(m_broker->halfOpenCount(), 0);
}

QByteArray TestLocalHostile::mutated(QRandomGenerator &random)
{
    static const QList<QByteArray> seeds{
        "GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        "GET /metrics HTTP/1.0\r\n\r\n",
        "POST /join HTTP/1.1\r\nContent-Length: 20\r\n\r\n{\"invite_token\":\"x\"}",
        "POST /hook/set-status HTTP/1.1\r\nContent-Length: 35\r\n\r\n{\"cwd\":\"/x\",\"pid\":1,\"status\":\"idle\"}",
        "POST /hook/abc/def HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}",
        "POST /upload HTTP/1.1\r\nAuthorization: Bearer cm_x\r\nX-File-Name: a\r\nContent-Length: 3\r\n\r\nabc",
        "GET /download/abc?mesh=x HTTP/1.1\r\nAuthorization: Bearer cm_x\r\n\r\n",
        "GET /file/abc/name?until=9&sig=00 HTTP/1.1\r\n\r\n",
        "GET /api/v1/peers HTTP/1.1\r\nAuthorization: Bearer cm_x\r\n\r\n",
        "GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"};
    static const QList<QByteArray> tokens{"\r\n",
                                          "\r\n\r\n",
                                          "\0",
                                          ": ",
                                          "Content-Length: -1\r\n",
                                          "%2e%2e/",
                                          "//",
                                          "Content-Length: 99999999999999999999\r\n",
                                          "Transfer-Encoding: chunked\r\n",
                                          "\xff\xfe",
                                          "?",
                                          "HTTP/9.9",
                                          "Upgrade: websocket\r\n"};
    QByteArray request = seeds.at(random.bounded(seeds.size()));
    const int changes = 1 + random.bounded(6);
    for (int i = 0; i < changes && !request.isEmpty(); ++i) {
        const qsizetype at = random.bounded(request.size());
        switch (random.bounded(5)) {
        case 0:
            request[at] = char(random.bounded(256));
            break;
        case 1:
            request.insert(at, tokens.at(random.bounded(tokens.size())));
            break;
        case 2:
            request.remove(at, 1 + random.bounded(20));
            break;
        case 3: { // one after the other: arguments have no order that all compilers keep
            const qsizetype from = random.bounded(request.size());
            const int count = random.bounded(40);
            request.insert(at, request.mid(from, count));
            break;
        }
        case 4:
            request.truncate(at);
            break;
        }
    }
    return request;
}

void TestLocalHostile::anyRequestIsAnsweredOrClosed_data()
{
    QTest::addColumn<quint32>("seed");
    for (quint32 seed = 1; seed <= 8; ++seed)
        QTest::addRow("seed %u", seed) << seed;
}

void TestLocalHostile::anyRequestIsAnsweredOrClosed()
{
    QFETCH(quint32, seed);
    BrokerOptions options;
    options.httpTimeoutMs = 300;
    options.helloTimeoutMs = 300;
    start(options);
    QRandomGenerator random(seed);
    static const QSet<int> statuses{200, 400, 401, 403, 404, 405, 408, 413, 426, 429, 431, 501};
    struct Case
    {
        QByteArray request;
        QByteArray answer;
        std::unique_ptr<QTcpSocket> socket = std::make_unique<QTcpSocket>();
    };
    std::vector<Case> cases(100);
    for (Case &one : cases) {
        one.request = mutated(random);
        connect(one.socket.get(), &QTcpSocket::readyRead, this, [&one] { one.answer += one.socket->readAll(); });
        one.socket->connectToHost(u"127.0.0.1"_s, m_port);
        one.socket->write(one.request);
    }
    // Every connection ends, whatever came over it.
    QTRY_VERIFY_WITH_TIMEOUT(
        std::all_of(cases.begin(), cases.end(),
                    [](const Case &one) { return one.socket->state() == QAbstractSocket::UnconnectedState; }),
        20'000);
    for (const Case &one : cases) {
        if (one.answer.isEmpty() || one.answer.startsWith("HTTP/1.1 101 "))
            continue;
        QVERIFY2(one.answer.startsWith("HTTP/1.1 "), one.request.toPercentEncoding().constData());
        QVERIFY2(statuses.contains(one.answer.mid(9, 3).toInt()), one.request.toPercentEncoding().constData());
        // The length told is the length sent; refused upgrades are the WebSocket library's to answer, and tell none.
        if (!one.answer.contains("Content-Length: "))
            continue;
        const qsizetype end = one.answer.indexOf("\r\n\r\n");
        const qsizetype length = one.answer.indexOf("Content-Length: ") + 16;
        QCOMPARE(one.answer.size() - end - 4,
                 one.answer.mid(length, one.answer.indexOf('\r', length) - length).toLongLong());
    }
    QCOMPARE(httpGet(m_port, "/health").status, 200);
    QTRY_COMPARE(m_broker->halfOpenCount(), 0);
}

MESH_TEST(TestLocalHostile)

} // namespace tst_localhostile

#include "tst_localhostile.moc"
