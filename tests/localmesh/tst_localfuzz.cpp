// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/protocol/frames.h"
#include "tests/localmesh/localfixture.h"
#include "tests/support/testprogram.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QRandomGenerator>
#include <QtCore/QSet>

namespace tst_localfuzz {

using namespace Qt::StringLiterals;
using mesh::tests::Identity;
using mesh::tests::TestClient;

namespace {

template <size_t... I>
QStringList typesOf(std::index_sequence<I...>)
{
    return {QString(mesh::protocol::KindAt<I, mesh::protocol::ClientFrameKinds>::kType)...};
}

//! Every type of frame that a client can send.
QStringList clientTypes()
{
    return typesOf(std::make_index_sequence<mesh::protocol::ClientFrameKinds::kSize>());
}

bool isHello(const QString &type)
{
    return type == "hello"_L1 || type == "session_hello"_L1;
}

//! Types that are not answered when all is well, that are answered by other peers, or without an id.
bool mayStaySilent(const QString &type)
{
    static const QSet<QString> types{
        u"client_ack"_s,        u"set_status"_s,         u"set_summary"_s,      u"set_stats"_s,
        u"set_state"_s,         u"join_group"_s,         u"leave_group"_s,      u"publish"_s,
        u"unsubscribe"_s,       u"topic_join"_s,         u"topic_leave"_s,      u"topic_mark_read"_s,
        u"mcp_unregister"_s,    u"mcp_call_response"_s,  u"mcp_call"_s,         u"share_context"_s,
        u"peer_file_request"_s, u"peer_file_response"_s, u"peer_dir_request"_s, u"peer_dir_response"_s};
    return types.contains(type);
}

bool isAnswerTo(const QJsonObject &frame, const QString &id)
{
    return frame.value("_reqId"_L1) == id || frame.value("id"_L1) == id;
}

} // namespace

//! Frames without sense, or with a little of it, at the entry of the broker.
class TestLocalFuzz final : public QObject, private mesh::tests::LocalFixture
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();
    void everyTypeIsAnsweredOrRefused();
    void mutatedFramesAreAnsweredOrRefused();
    void bytesDoNoHarm();

private:
    void checkHealth();
    QJsonValue randomValue(int depth = 0);
    void mutate(QJsonObject &frame);

    QList<QJsonObject> m_corpus;
    QRandomGenerator m_random{27'112'026};
    Identity m_ada;
    Identity m_ben;
};

void TestLocalFuzz::initTestCase()
{
    const QDir folder(QStringLiteral(MESH_TEST_DATA "/transcripts"));
    for (const QString &name : folder.entryList({u"*.jsonl"_s}, QDir::Files)) {
        QFile file(folder.filePath(name));
        QVERIFY(file.open(QIODevice::ReadOnly));
        while (!file.atEnd()) {
            const QJsonObject line = QJsonDocument::fromJson(file.readLine()).object();
            const QJsonObject frame = line.value("frame"_L1).toObject();
            const QString type = frame.value("type"_L1).toString();
            if (line.value("dir"_L1) == "out"_L1 && !type.isEmpty() && !isHello(type))
                m_corpus.append(frame);
        }
    }
    QVERIFY(m_corpus.size() > 200);
    // The recordings lack topics and tasks.
    for (const char *text :
         {R"({"type":"topic_create","name":"fuzz","description":"d","visibility":"private"})",
          R"({"type":"topic_list"})", R"({"type":"topic_join","topic":"general","role":"member"})",
          R"({"type":"topic_members","topic":"general"})",
          R"({"type":"topic_history","topic":"general","limit":3,"beforeId":"x"})",
          R"({"type":"topic_mark_read","topic":"general"})", R"({"type":"topic_leave","topic":"general"})",
          R"({"type":"send","id":"s","targetSpec":"#general","priority":"next","nonce":"","ciphertext":"aGk=",)"
          R"("mentions":["ben"],"replyToId":"x","bodyVersion":1})",
          R"({"type":"create_task","title":"t","assignee":"ben","priority":"high","tags":["a"]})",
          R"({"type":"claim_task","taskId":"x"})", R"({"type":"complete_task","taskId":"x","result":"r"})",
          R"({"type":"list_tasks","status":"open","assignee":"ben"})"}) {
        for (int i = 0; i < 10; ++i)
            m_corpus.append(QJsonDocument::fromJson(text).object());
    }
}

void TestLocalFuzz::init()
{
    setUp();
    mesh::local::BrokerOptions options;
    options.sendBurst = 1'000'000;
    start(options);
    m_ada = newMember(u"ada"_s);
    m_ben = newMember(u"ben"_s);
}

void TestLocalFuzz::cleanup()
{
    tearDown();
}

void TestLocalFuzz::checkHealth()
{
    for (int start = 0; start < 2; ++start) {
        TestClient client;
        QVERIFY(client.enter(m_port, m_ben, u"Ben"_s));
        const QJsonObject verified = client.ask({{u"type"_s, u"audit_verify"_s}});
        QCOMPARE(verified.value("valid"_L1).toBool(), true);
        QVERIFY(verified.value("entries"_L1).toInt() > 0);
        for (const QString &type : {u"mesh_info"_s, u"list_peers"_s, u"list_state"_s, u"topic_list"_s, u"list_tasks"_s,
                                    u"list_skills"_s, u"list_contexts"_s, u"list_streams"_s, u"list_scheduled"_s})
            QVERIFY2(client.ask({{u"type"_s, type}}).value("type"_L1) != "error"_L1, qPrintable(type));
        if (start == 0) { // and what was written can be read by the next broker
            m_broker.reset();
            this->start();
        }
    }
}

void TestLocalFuzz::everyTypeIsAnsweredOrRefused()
{
    const QStringList types = clientTypes();
    QVERIFY(types.size() > 90);
    TestClient client;
    QVERIFY(client.enter(m_port, m_ada, u"Ada"_s));
    for (const QString &type : types) {
        if (isHello(type) || type == "client_ack"_L1)
            continue;
        const QJsonObject answer = client.ask({{u"type"_s, type}, {u"id"_s, u"none"_s}});
        if (type == "send"_L1) {
            QVERIFY(!client.take([](const QJsonObject &frame) { return frame.value("id"_L1) == "none"_L1; }).isEmpty());
            continue;
        }
        QVERIFY2(!answer.isEmpty(), qPrintable(type));
        if (answer.value("type"_L1) == "error"_L1)
            QVERIFY2(!answer.value("message"_L1).toString().isEmpty(), qPrintable(type));
    }
    checkHealth();
}

QJsonValue TestLocalFuzz::randomValue(int depth)
{
    static const QStringList words{u""_s,
                                   u"x"_s,
                                   u"*"_s,
                                   u"@ops"_s,
                                   u"@o'ps"_s,
                                   u"#general"_s,
                                   u"general"_s,
                                   u"'; DROP--"_s,
                                   u"%"_s,
                                   QString(QChar(0)),
                                   QString(QChar(0xd800)),
                                   u"../../etc"_s,
                                   u"now"_s,
                                   u"env"_s,
                                   u"* * * * *"_s,
                                   u"null"_s,
                                   u"constructor"_s};
    switch (m_random.bounded(depth > 3 ? 6 : 8)) {
    case 0:
        return QJsonValue(QJsonValue::Null);
    case 1:
        return m_random.bounded(2) == 1;
    case 2:
        return m_random.bounded(-5, 100'000);
    case 3:
        return QList<double>{1e308, -1e308, 9.3e18, -0.0, 0.1, 2147483648.0}.at(m_random.bounded(6));
    case 4:
        return words.at(m_random.bounded(int(words.size())));
    case 5:
        return QString(m_random.bounded(40'000), QChar(m_random.bounded(0x20, 0x3000)));
    case 6: {
        QJsonArray array;
        for (int i = m_random.bounded(6); i > 0; --i)
            array.append(randomValue(depth + 1));
        return array;
    }
    default: {
        QJsonObject object;
        for (int i = m_random.bounded(6); i > 0; --i)
            object.insert(words.at(m_random.bounded(int(words.size()))), randomValue(depth + 1));
        return object;
    }
    }
}

void TestLocalFuzz::mutate(QJsonObject &frame)
{
    for (int i = m_random.bounded(4); i > 0; --i) {
        QStringList keys = frame.keys();
        keys.removeAll(u"type"_s);
        const QString key = keys.isEmpty() ? u"extra"_s : keys.at(m_random.bounded(int(keys.size())));
        switch (m_random.bounded(4)) {
        case 0:
            frame.remove(key);
            break;
        case 1:
            frame.insert(u"extra"_s, randomValue());
            break;
        default:
            frame.insert(key, randomValue());
        }
    }
}

void TestLocalFuzz::mutatedFramesAreAnsweredOrRefused()
{
    constexpr int rounds = 40;
    constexpr int framesPerRound = 50;
    int answered = 0;
    for (int round = 0; round < rounds; ++round) {
        TestClient client; // a new one each time: too much nonsense on one connection ends it
        QVERIFY(client.enter(m_port, m_ada, u"Ada"_s));
        QHash<QString, QString> waiting; // id, type
        for (int i = 0; i < framesPerRound; ++i) {
            QJsonObject frame = m_corpus.at(m_random.bounded(int(m_corpus.size())));
            const QString type = frame.value("type"_L1).toString();
            const QString idKey = type == "send"_L1 ? u"id"_s : u"_reqId"_s;
            frame.insert(idKey, u"fuzz-%1-%2"_s.arg(round).arg(i));
            mutate(frame);
            client.send(frame);
            const QString id = frame.value(idKey).toString();
            if (id.startsWith("fuzz-"_L1) && !mayStaySilent(type))
                waiting.insert(id, type);
        }
        QVERIFY(!client.ask({{u"type"_s, u"get_clock"_s}}).isEmpty());
        for (auto it = waiting.constBegin(); it != waiting.constEnd(); ++it) {
            const QJsonObject answer =
                client.take([&it](const QJsonObject &frame) { return isAnswerTo(frame, it.key()); });
            QVERIFY2(!answer.isEmpty(), qPrintable(it.value()));
            ++answered;
        }
    }
    QVERIFY(answered > rounds * framesPerRound / 3);
    checkHealth();
}

void TestLocalFuzz::bytesDoNoHarm()
{
    for (int round = 0; round < 30; ++round) {
        TestClient client;
        QVERIFY(client.enter(m_port, m_ada, u"Ada"_s));
        for (int i = 0; i < 60; ++i) {
            QJsonObject frame = m_corpus.at(m_random.bounded(int(m_corpus.size())));
            QByteArray bytes = QJsonDocument(frame).toJson(QJsonDocument::Compact);
            for (int flips = m_random.bounded(1, 6); flips > 0 && !bytes.isEmpty(); --flips)
                bytes[m_random.bounded(int(bytes.size()))] = char(m_random.bounded(256));
            if (m_random.bounded(3) == 0)
                bytes.truncate(m_random.bounded(int(bytes.size()) + 1));
            // A flip can make a hello of nothing here, so the connection stays.
            client.socket.sendBinaryMessage(bytes);
        }
        QVERIFY(!client.ask({{u"type"_s, u"get_clock"_s}}).isEmpty());
    }
    checkHealth();
}

MESH_TEST(TestLocalFuzz)

} // namespace tst_localfuzz

#include "tst_localfuzz.moc"
