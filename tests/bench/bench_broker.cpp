// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/testclient.h"
#include "tests/support/waiting.h"

#include <QtCore/QCommandLineParser>
#include <QtCore/QCoreApplication>
#include <QtCore/QElapsedTimer>
#include <QtCore/QFile>
#include <QtCore/QJsonDocument>
#include <QtCore/QProcess>
#include <QtCore/QRandomGenerator>
#include <QtCore/QTemporaryDir>
#include <QtCore/QTextStream>
#include <QtWebSockets/QWebSocketServer>

#include <algorithm>
#include <deque>
#include <memory>
#include <sqlite3.h>
#include <sys/resource.h>
#include <vector>

//! \file
//! The personal mesh's broker in figures, each beside its yardstick: a bare WebSocket server that echoes or fans out
//! the same bytes, and bare SQLite commits of the same rows. Broker, yardstick and clients are three processes on one
//! machine; the clients' own work is in every figure.

using namespace Qt::StringLiterals;
using mesh::tests::Identity;
using mesh::tests::TestClient;
using mesh::tests::waitFor;

namespace {

constexpr int BodyChars = 272; //!< 200 bytes sealed and in base64
constexpr double OriginalDirect = 140;
constexpr double OriginalBroadcast50 = 14'000;

QTextStream &out()
{
    static QTextStream stream(stdout);
    return stream;
}

double seconds(const QElapsedTimer &timer)
{
    return double(timer.nsecsElapsed()) / 1e9;
}

//! Milliseconds, three of them.
QString percentiles(std::vector<double> values)
{
    if (values.empty())
        return u"none"_s;
    std::sort(values.begin(), values.end());
    const auto at = [&values](double share) { return values[size_t(share * double(values.size() - 1))]; };
    return u"p50 %1, p95 %2, p99 %3 ms"_s.arg(at(0.5), 0, 'f', 2).arg(at(0.95), 0, 'f', 2).arg(at(0.99), 0, 'f', 2);
}

double median(std::vector<double> values)
{
    std::nth_element(values.begin(), values.begin() + std::ptrdiff_t(values.size() / 2), values.end());
    return values.empty() ? 0 : values[values.size() / 2];
}

//! kB of a process, each shared page counted once among those who share it.
qint64 pssKb(qint64 pid)
{
    QFile file(u"/proc/%1/smaps_rollup"_s.arg(pid));
    if (!file.open(QIODevice::ReadOnly))
        return 0;
    const QByteArray text = file.readAll();
    const qsizetype at = text.indexOf("Pss:");
    return at < 0 ? 0 : text.mid(at + 4, text.indexOf("kB", at) - at - 4).trimmed().toLongLong();
}

//! A child process that says what port it listens on in its first line.
class Server
{
public:
    ~Server()
    {
        process.terminate();
        process.waitForFinished(5'000);
    }
    bool start(const QString &program, const QStringList &arguments)
    {
        QElapsedTimer timer;
        timer.start();
        process.start(program, arguments);
        if (!process.waitForStarted())
            return false;
        while (!process.canReadLine() && process.waitForReadyRead(10'000)) {}
        startMs = seconds(timer) * 1e3;
        const QString line = QString::fromUtf8(process.readLine());
        port = quint16(line.section(u':', 2, 2).section(u'/', 0, 0).toUInt());
        return port != 0;
    }

    QProcess process;
    quint16 port = 0;
    double startMs = 0;
};

//! The yardstick: what starts with "all" goes to everybody else, the rest back to its sender.
int serveBare()
{
    QWebSocketServer server(u"bare"_s, QWebSocketServer::NonSecureMode);
    QList<QWebSocket *> sockets;
    QObject::connect(&server, &QWebSocketServer::newConnection, &server, [&] {
        QWebSocket *socket = server.nextPendingConnection();
        sockets.append(socket);
        QObject::connect(socket, &QWebSocket::textMessageReceived, socket, [&sockets, socket](const QString &text) {
            if (!text.startsWith("all"_L1)) {
                socket->sendTextMessage(text);
                return;
            }
            for (QWebSocket *other : std::as_const(sockets)) {
                if (other != socket)
                    other->sendTextMessage(text);
            }
        });
    });
    if (!server.listen(QHostAddress::LocalHost, 0))
        return 1;
    QTextStream(stdout) << "ws://127.0.0.1:" << server.serverPort() << '/' << Qt::endl;
    return QCoreApplication::exec();
}

//! A peer whose frames are looked at only as far as the benchmark needs.
struct Peer
{
    TestClient client;
    std::vector<double> ackMs;
};

using Peers = std::vector<std::unique_ptr<Peer>>;

class BrokerBench
{
public:
    BrokerBench(int peers, double secondsEach)
        : m_peerCount(peers)
        , m_seconds(secondsEach)
    {
    }
    bool run();

private:
    bool startServers();
    bool addPeers(int count);
    void measureDirect(int peers, int window);
    double echoRate(int window);
    void measureBroadcast(int receivers);
    double fanOutRate(int receivers);
    void measureList();
    void measureCommits();

    int m_peerCount;
    double m_seconds;
    QTemporaryDir m_dir;
    Server m_broker;
    Server m_bare;
    QString m_invite;
    Peers m_peers;
    QElapsedTimer m_clock;
    qint64 m_nextId = 0;
};

bool BrokerBench::startServers()
{
    const QStringList options{u"--data"_s,
                              m_dir.path(),
                              u"--port"_s,
                              u"0"_s,
                              u"--send-burst"_s,
                              u"1000000"_s,
                              u"--send-rate"_s,
                              u"1000000"_s,
                              u"--max-connections"_s,
                              QString::number(m_peerCount + 10)};
    std::vector<double> starts;
    for (int i = 0; i < 5; ++i) {
        Server once;
        if (!once.start(QStringLiteral(MESH_LOCAL_BROKER), options))
            return false;
        starts.push_back(once.startMs);
    }
    out() << "start to listening: " << QString::number(median(starts), 'f', 0) << " ms, median of 5" << Qt::endl;
    if (!m_broker.start(QStringLiteral(MESH_LOCAL_BROKER), options)
        || !m_bare.start(QCoreApplication::applicationFilePath(), {u"--bare"_s}))
        return false;
    QProcess invite;
    invite.start(QStringLiteral(MESH_LOCAL_BROKER),
                 {u"--data"_s, m_dir.path(), u"--invite"_s, u"--uses"_s, QString::number(m_peerCount)});
    invite.waitForFinished();
    m_invite = QString::fromUtf8(invite.readAllStandardOutput()).trimmed();
    return !m_invite.isEmpty();
}

bool BrokerBench::addPeers(int count)
{
    while (int(m_peers.size()) < count) {
        auto peer = std::make_unique<Peer>();
        const QString name = u"peer-%1"_s.arg(m_peers.size());
        const Identity identity = mesh::tests::joinMesh(m_broker.port, m_invite, name);
        if (!peer->client.enter(m_broker.port, identity, name))
            return false;
        QObject::disconnect(&peer->client.socket, &QWebSocket::textMessageReceived, nullptr, nullptr);
        peer->client.frames.clear();
        m_peers.push_back(std::move(peer));
    }
    return true;
}

void BrokerBench::measureDirect(int peers, int window)
{
    std::vector<double> pushMs;
    QHash<QString, qint64> sentAt; // nanoseconds
    QHash<QString, qint64> ackDue; // the same, of messages without ack
    qint64 pushed = 0;
    qint64 sent = 0;
    bool stopped = false;
    const QString body(BodyChars, u'x');
    QRandomGenerator random(1);
    std::vector<std::unique_ptr<QObject>> guards;

    const auto sendOne = [&](size_t from) {
        size_t to = 1 - from;
        if (peers > 2) {
            to = size_t(random.bounded(peers - 1));
            to += to >= from ? 1 : 0;
        }
        Peer &peer = *m_peers[from];
        ++sent;
        const QString id = QString::number(m_nextId++); // never twice: the broker sends no message again
        const qint64 now = m_clock.nsecsElapsed();
        sentAt.insert(id, now);
        ackDue.insert(id, now);
        peer.client.socket.sendTextMessage(
            uR"({"type":"send","id":"%1","client_message_id":"%1","targetSpec":"%2","priority":"now","nonce":"AAAA","ciphertext":"%3"})"_s
                .arg(id, m_peers[to]->client.routingKey, body));
    };
    for (size_t i = 0; i < size_t(peers); ++i) {
        guards.push_back(std::make_unique<QObject>());
        Peer &peer = *m_peers[i];
        QObject::connect(
            &peer.client.socket, &QWebSocket::textMessageReceived, guards.back().get(), [&, i](const QString &text) {
                const qint64 now = m_clock.nsecsElapsed();
                const QJsonObject frame = QJsonDocument::fromJson(text.toUtf8()).object();
                if (frame.value("type"_L1) == "ack"_L1) {
                    m_peers[i]->ackMs.push_back(double(now - ackDue.take(frame.value("id"_L1).toString())) / 1e6);
                    if (!stopped)
                        sendOne(i);
                    return;
                }
                if (frame.value("type"_L1) != "push"_L1 || frame.contains("subtype"_L1))
                    return;
                ++pushed;
                pushMs.push_back(double(now - sentAt.take(frame.value("client_message_id"_L1).toString())) / 1e6);
                m_peers[i]->client.socket.sendTextMessage(
                    uR"({"type":"client_ack","brokerMessageId":"%1"})"_s.arg(frame.value("messageId"_L1).toString()));
            });
    }
    QElapsedTimer timer;
    timer.start();
    const size_t senders = peers == 2 ? 1 : size_t(peers);
    for (size_t i = 0; i < senders; ++i) {
        for (int j = 0; j < window; ++j)
            sendOne(i);
    }
    (void)waitFor([&] { return seconds(timer) >= m_seconds; }, int(m_seconds * 3e3) + 1'000);
    const double rate = double(pushed) / seconds(timer);
    stopped = true;
    (void)waitFor([&] { return pushed == sent && ackDue.isEmpty(); }, 10'000);
    std::vector<double> ackMs;
    for (size_t i = 0; i < size_t(peers); ++i) {
        ackMs.insert(ackMs.end(), m_peers[i]->ackMs.begin(), m_peers[i]->ackMs.end());
        m_peers[i]->ackMs.clear();
    }
    const double echo = echoRate(window * int(senders));
    out() << "direct, " << peers << " peers, " << window << " in flight each: " << QString::number(rate, 'f', 0)
          << "/s; bare echo " << QString::number(echo, 'f', 0) << "/s (ratio " << QString::number(rate / echo, 'f', 2)
          << ")";
    if (peers == 2)
        out() << "; the original about 140/s (x" << QString::number(rate / OriginalDirect, 'f', 1) << ")";
    out() << "\n  ack " << percentiles(ackMs) << "; push " << percentiles(pushMs) << "; lost " << (sent - pushed)
          << Qt::endl;
}

double BrokerBench::echoRate(int window)
{
    QWebSocket socket;
    socket.open(QUrl(u"ws://127.0.0.1:%1/"_s.arg(m_bare.port)));
    if (!waitFor([&] { return socket.state() == QAbstractSocket::ConnectedState; }))
        return 0;
    const QString text(BodyChars + 160, u'x');
    qint64 echoed = 0;
    QObject::connect(&socket, &QWebSocket::textMessageReceived, &socket, [&] {
        ++echoed;
        socket.sendTextMessage(text);
    });
    QElapsedTimer timer;
    timer.start();
    for (int i = 0; i < window; ++i)
        socket.sendTextMessage(text);
    (void)waitFor([&] { return seconds(timer) >= m_seconds / 2; }, int(m_seconds * 3e3) + 1'000);
    return double(echoed) / seconds(timer);
}

void BrokerBench::measureBroadcast(int receivers)
{
    constexpr int Window = 4;
    qint64 pushed = 0;
    qint64 sent = 0;
    bool stopped = false;
    std::vector<double> pushMs;
    QObject guard;
    Peer &sender = *m_peers.front();
    const QString body(BodyChars, u'x');
    std::deque<qint64> sentNs;
    const auto sendOne = [&] {
        ++sent;
        sentNs.push_back(m_clock.nsecsElapsed());
        sender.client.socket.sendTextMessage(
            uR"({"type":"send","id":"b","targetSpec":"@bench","priority":"now","nonce":"AAAA","ciphertext":"%1"})"_s
                .arg(body));
    };
    for (int i = 1; i <= receivers; ++i) {
        QWebSocket &socket = m_peers[size_t(i)]->client.socket;
        socket.sendTextMessage(uR"({"type":"join_group","name":"bench"})"_s);
        const bool last = i == receivers;
        QObject::connect(&socket, &QWebSocket::textMessageReceived, &guard, [&, last](const QString &text) {
            if (!text.contains("\"type\":\"push\""_L1) || text.contains("\"subtype\":"_L1)) // the system's own
                return;
            ++pushed;
            // The one served last tells how long the whole broadcast took, and makes room for the next.
            if (!last)
                return;
            pushMs.push_back(double(m_clock.nsecsElapsed() - sentNs.front()) / 1e6);
            sentNs.pop_front();
            if (!stopped)
                sendOne();
        });
    }
    (void)waitFor([] { return false; }, 200); // until all have joined
    QElapsedTimer timer;
    timer.start();
    for (int i = 0; i < Window; ++i)
        sendOne();
    (void)waitFor([&] { return seconds(timer) >= m_seconds; }, int(m_seconds * 3e3) + 1'000);
    const double rate = double(pushed) / seconds(timer);
    stopped = true;
    (void)waitFor([&] { return pushed == sent * receivers; }, 10'000);
    for (int i = 1; i <= receivers; ++i)
        m_peers[size_t(i)]->client.socket.sendTextMessage(uR"({"type":"leave_group","name":"bench"})"_s);
    const double bare = fanOutRate(receivers);
    out() << "broadcast to " << receivers << ": " << QString::number(rate, 'f', 0) << " deliveries/s; bare fan-out "
          << QString::number(bare, 'f', 0) << "/s (ratio " << QString::number(rate / bare, 'f', 2) << ")";
    if (receivers == 50)
        out() << "; the original 14,000/s (x" << QString::number(rate / OriginalBroadcast50, 'f', 1) << ")";
    out() << "\n  push " << percentiles(pushMs) << "; lost " << (sent * receivers - pushed) << Qt::endl;
}

double BrokerBench::fanOutRate(int receivers)
{
    std::vector<std::unique_ptr<QWebSocket>> sockets;
    qint64 received = 0;
    const QString text = u"all"_s + QString(BodyChars + 400, u'x');
    for (int i = 0; i <= receivers; ++i) {
        sockets.push_back(std::make_unique<QWebSocket>());
        QWebSocket &socket = *sockets.back();
        socket.open(QUrl(u"ws://127.0.0.1:%1/"_s.arg(m_bare.port)));
        if (!waitFor([&] { return socket.state() == QAbstractSocket::ConnectedState; }))
            return 0;
        const bool last = i == receivers;
        QObject::connect(&socket, &QWebSocket::textMessageReceived, &socket, [&, last] {
            ++received;
            if (last)
                sockets.front()->sendTextMessage(text);
        });
    }
    QElapsedTimer timer;
    timer.start();
    for (int i = 0; i < 4; ++i)
        sockets.front()->sendTextMessage(text);
    (void)waitFor([&] { return seconds(timer) >= m_seconds / 2; }, int(m_seconds * 3e3) + 1'000);
    const double rate = double(received) / seconds(timer);
    for (const auto &socket : sockets)
        socket->disconnect();
    return rate;
}

void BrokerBench::measureList()
{
    QWebSocket &socket = m_peers.front()->client.socket;
    QObject guard;
    std::vector<double> ms;
    qsizetype chars = 0;
    bool answered = false;
    QObject::connect(&socket, &QWebSocket::textMessageReceived, &guard, [&](const QString &text) {
        chars = text.size();
        answered = true;
    });
    for (int i = 0; i < 50; ++i) {
        QElapsedTimer timer;
        timer.start();
        answered = false;
        socket.sendTextMessage(uR"({"type":"list_peers","_reqId":"l"})"_s);
        if (!waitFor([&] { return answered; }))
            break;
        ms.push_back(seconds(timer) * 1e3);
    }
    out() << "list_peers with " << m_peers.size() << " peers: " << percentiles(ms) << ", " << chars / 1'000
          << " kB (the original 3.6 ms and 80 kB with 200)" << Qt::endl;
}

void BrokerBench::measureCommits()
{
    sqlite3 *database = nullptr;
    const QByteArray path = QFile::encodeName(m_dir.filePath(u"bare.db"_s));
    if (sqlite3_open(path.constData(), &database) != SQLITE_OK)
        return;
    sqlite3_exec(database,
                 "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
                 "CREATE TABLE message(seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE, target TEXT, body TEXT);"
                 "CREATE TABLE audit(id INTEGER PRIMARY KEY AUTOINCREMENT, payload TEXT, hash TEXT);",
                 nullptr, nullptr, nullptr);
    for (const int batch : {1, 8, 64}) {
        QElapsedTimer timer;
        timer.start();
        qint64 rows = 0;
        const QByteArray body(BodyChars, 'x');
        while (seconds(timer) < m_seconds / 2) {
            sqlite3_exec(database, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr);
            for (int i = 0; i < batch; ++i) {
                const QByteArray sql = "INSERT INTO message(id, target, body) VALUES(hex(randomblob(16)),'x','" + body
                    + "');INSERT INTO audit(payload, hash) VALUES('{}',hex(randomblob(32)));";
                sqlite3_exec(database, sql.constData(), nullptr, nullptr, nullptr);
                ++rows;
            }
            sqlite3_exec(database, "COMMIT", nullptr, nullptr, nullptr);
        }
        out() << "bare SQLite, a message and its audit row, " << batch
              << " to a commit: " << QString::number(double(rows) / seconds(timer), 'f', 0) << "/s" << Qt::endl;
    }
    sqlite3_close(database);
}

bool BrokerBench::run()
{
    m_clock.start();
    if (!startServers() || !addPeers(2))
        return false;
    measureCommits();
    for (const int window : {1, 8, 64})
        measureDirect(2, window);
    if (!addPeers(51))
        return false;
    measureDirect(50, 4);
    measureBroadcast(50);
    if (!addPeers(101))
        return false;
    measureBroadcast(100);
    const qint64 before = pssKb(m_broker.process.processId());
    const int had = int(m_peers.size());
    if (!addPeers(m_peerCount))
        return false;
    const qint64 after = pssKb(m_broker.process.processId());
    out() << "memory: " << after / 1'024 << " MB with " << m_peerCount << " peers, "
          << QString::number(double(after - before) / double(m_peerCount - had), 'f', 1) << " kB for each idle one"
          << Qt::endl;
    measureList();
    measureBroadcast(m_peerCount - 1);
    return true;
}

} // namespace

int main(int argc, char *argv[])
{
    QCoreApplication application(argc, argv);
    QCommandLineParser parser;
    parser.addOption({u"bare"_s, u"Be the yardstick (used by the benchmark itself)."_s});
    parser.addOption({u"peers"_s, u"Peers at the end."_s, u"N"_s, u"1000"_s});
    parser.addOption({u"seconds"_s, u"Length of each measurement."_s, u"S"_s, u"3"_s});
    parser.addHelpOption();
    parser.process(application);
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
    if (parser.isSet(u"bare"_s))
        return serveBare();
    BrokerBench bench(qMax(200, parser.value(u"peers"_s).toInt()), qMax(0.5, parser.value(u"seconds"_s).toDouble()));
    if (!bench.run()) {
        out() << "the benchmark could not run" << Qt::endl;
        return 1;
    }
    return 0;
}
