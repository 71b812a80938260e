// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/persona.h"
#include "models/protocol/box.h"
#include "models/protocol/framecodec.h"
#include "tests/support/testprogram.h"

#include <QtCore/QDateTime>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtNetwork/QNetworkAccessManager>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>
#include <QtWebSockets/QWebSocketServer>

namespace tst_personaclient {

using namespace Qt::StringLiterals;
using namespace mesh::local;
namespace p = mesh::protocol;

namespace {

//! A broker's end of one socket that does what the test says, for what a well-behaved broker would not do.
class Stage final : public QObject
{
public:
    Stage()
        : m_server(u"stage"_s, QWebSocketServer::NonSecureMode)
    {
        m_server.listen(QHostAddress::LocalHost);
        connect(&m_server, &QWebSocketServer::newConnection, this, [this] {
            socket = m_server.nextPendingConnection();
            socket->setParent(this);
            ++connections;
            connect(socket, &QWebSocket::textMessageReceived, this, [this](const QString &text) {
                if (const auto frame = p::decodeClientFrame(text.toUtf8()))
                    receive(*frame);
                else
                    ++badFrames;
            });
        });
    }

    QString url() const { return u"ws://127.0.0.1:%1/ws"_s.arg(m_server.serverPort()); }

    void send(const p::BrokerFrame &frame) { socket->sendTextMessage(QString::fromUtf8(p::encode(frame))); }

    void pushEvent(const QString &event, const QJsonObject &data)
    {
        p::Push push;
        push.subtype = u"system"_s;
        push.event = event;
        push.eventData = data;
        push.messageId = u"event"_s;
        push.senderPubkey = u"system"_s;
        send(push);
    }

    void tick(int n, double speed)
    {
        const QString time =
            QDateTime(QDate(2026, 4, 8), QTime(10, n % 60), QTimeZone::utc()).toString(Qt::ISODateWithMs);
        pushEvent(u"tick"_s, {{u"tick"_s, n}, {u"simTime"_s, time}, {u"speed"_s, speed}});
    }

    void pushDirect(const QString &id, const QString &text, const p::KeyPair &from, const QString &to)
    {
        const auto sealed = p::sealDirect(text, *p::PublicKey::fromHex(to), from.secretKey);
        p::Push push;
        push.messageId = id;
        push.senderPubkey = from.publicKey.hex();
        push.nonce = sealed->nonce;
        push.ciphertext = sealed->ciphertext;
        push.createdAt = u"2026-04-08T10:00:00.000Z"_s;
        send(push);
    }

    template <class Frame>
    QList<Frame> all() const
    {
        QList<Frame> list;
        for (const p::ClientFrame &frame : frames) {
            if (const auto *found = getIf<Frame>(&frame))
                list << *found;
        }
        return list;
    }

    QList<p::ClientFrame> frames;
    QList<p::PeerRow> peers;
    QWebSocket *socket = nullptr;
    int connections = 0;
    int badFrames = 0;
    bool welcome = true;
    QString refusal;

private:
    void receive(const p::ClientFrame &frame)
    {
        frames << frame;
        if (holds<p::SessionHello>(frame)) {
            if (!refusal.isEmpty()) {
                p::ErrorFrame error;
                error.code = refusal;
                send(error);
                socket->close(QWebSocketProtocol::CloseCodePolicyViolated, refusal);
            } else if (welcome) {
                p::HelloAck ack;
                ack.presenceId = u"p"_s;
                send(ack);
            }
        } else if (holds<p::ListPeers>(frame)) {
            p::PeersList list;
            list.peers = peers;
            send(list);
        }
    }

    QWebSocketServer m_server;
};

PersonaScript script(double rate = 0, const QString &status = u"idle"_s)
{
    const QString json = uR"({"name": "ada", "cwd": "~/x", "host": "h", "model": "opus-4", "role": "Lead",
        "groups": [{"name": "ops", "role": "lead"}], "contextMax": 1000, "contextStart": 0.9, "tokensPerAction": 40,
        "day": [{"from": 0, "to": 24, "status": "%1", "rate": %2, "summary": "at work"}],
        "talks": [{"to": "@ops", "lines": ["a", "b"]}],
        "replies": ["first", "second", {"when": ["deploy"], "text": "the deploy"}], "answers": ["ok"]})"_s.arg(status)
                             .arg(rate);
    return *parsePersona(json.toUtf8(), u"test"_s);
}

PersonaPace pace()
{
    PersonaPace pace;
    pace.replyMinMs = 150;
    pace.replyMaxMs = 250;
    pace.retryMs = 50;
    pace.zone = QTimeZone::utc();
    return pace;
}

p::PeerRow row(const p::KeyPair &key, const QString &name, const QString &type)
{
    p::PeerRow row;
    row.pubkey = key.publicKey.hex();
    row.memberPubkey = row.pubkey;
    row.displayName = name;
    row.peerType = type;
    row.sessionId = u"session"_s;
    return row;
}

} // namespace

class TestPersonaClient final : public QObject
{
    Q_OBJECT

private:
    p::SystemClock m_clock;
    QNetworkAccessManager m_network;
    std::unique_ptr<Stage> m_stage;
    std::unique_ptr<Persona> m_persona;
    p::KeyPair m_human = p::KeyPair::generate();

    void begin(const PersonaScript &script, const PersonaPace &pace)
    {
        m_persona = std::make_unique<Persona>(script, p::KeyPair::generate(), p::KeyPair::generate(), m_clock,
                                              m_network, 1, pace);
        m_persona->client().connectTo({QString(32, u'M'), QString(32, u'A'), m_stage->url()});
    }

    void direct(const QString &id, const QString &text, const p::KeyPair &from)
    {
        m_stage->pushDirect(id, text, from, m_persona->client().key());
    }

    QString opened(const p::Send &frame, const p::KeyPair &reader) const
    {
        const auto text = p::openDirect({frame.nonce, frame.ciphertext},
                                        *p::PublicKey::fromHex(m_persona->client().key()), reader.secretKey);
        return text ? *text : QString();
    }

private Q_SLOTS:
    void init() { m_stage = std::make_unique<Stage>(); }
    void cleanup()
    {
        m_persona.reset();
        m_stage.reset();
    }

    void introducesItself()
    {
        begin(script(), pace());
        QTRY_COMPARE(m_stage->all<p::ListPeers>().size(), 1);
        const p::SessionHello hello = m_stage->all<p::SessionHello>().value(0);
        QCOMPARE(hello.displayName, u"ada"_s);
        QCOMPARE(hello.peerType, u"ai"_s);
        QCOMPARE(hello.model, u"opus-4"_s);
        QCOMPARE(hello.groups->size(), 1);
        QCOMPARE(hello.sessionPubkey, m_persona->client().key());
        QCOMPARE(m_stage->all<p::SetStatus>().value(0).status, p::PeerStatus::Idle);
        QCOMPARE(m_stage->all<p::SetSummary>().value(0).summary, u"at work"_s);
        QCOMPARE(m_stage->all<p::SetProfile>().value(0).title, u"Lead"_s);
        const QJsonObject stats = m_stage->all<p::SetStats>().value(0).stats;
        QCOMPARE(stats.value("contextUsed"_L1).toInt(), 900);
        QCOMPARE(stats.value("contextMax"_L1).toInt(), 1000);
        QVERIFY(stats.value("tokensOut"_L1).toInt() > 0);
        QCOMPARE(m_stage->badFrames, 0);
    }

    void oneListForManyReasons()
    {
        begin(script(), pace());
        QTRY_COMPARE(m_stage->all<p::ListPeers>().size(), 1);
        for (int i = 0; i < 40; ++i)
            m_stage->pushEvent(i % 2 ? u"peer_joined"_s : u"peer_left"_s, {{u"name"_s, u"x"_s}, {u"pubkey"_s, u"y"_s}});
        QTRY_COMPARE(m_stage->all<p::ListPeers>().size(), 2);
        m_stage->tick(1, 100);               // a list that young is not asked for again
        direct(u"m1"_s, u"ping"_s, m_human); // but an unknown sender is a reason: all in between was one request
        QTRY_COMPARE(m_stage->all<p::ListPeers>().size(), 3);
    }

    void answersHumansWhileWorking()
    {
        m_stage->peers = {row(m_human, u"Ines"_s, u"human"_s)};
        begin(script(), pace());
        QTRY_COMPARE(m_stage->all<p::SetStatus>().size(), 1);
        m_stage->frames.clear();
        direct(u"m1"_s, u"Is the deploy done?"_s, m_human);
        QTRY_COMPARE(m_stage->all<p::Send>().size(), 1);
        QTRY_COMPARE(m_stage->all<p::SetStatus>().size(), 2);
        QCOMPARE(m_stage->all<p::ClientAck>().value(0).brokerMessageId, u"m1"_s);
        const p::Send reply = m_stage->all<p::Send>().value(0);
        QCOMPARE(reply.targetSpec, m_human.publicKey.hex());
        QCOMPARE(opened(reply, m_human), u"the deploy"_s);
        QCOMPARE(m_stage->all<p::SetStatus>().value(0).status, p::PeerStatus::Working);
        QCOMPARE(m_stage->all<p::SetStatus>().value(1).status, p::PeerStatus::Idle);
        // working comes before the reply, and ends after it.
        QList<QString> order;
        for (const p::ClientFrame &frame : std::as_const(m_stage->frames))
            order << QString(p::typeOf(frame));
        QVERIFY(order.indexOf(u"set_status"_s) < order.indexOf(u"send"_s));
        QVERIFY(order.lastIndexOf(u"set_status"_s) > order.indexOf(u"send"_s));
    }

    void threeLinesOneAnswer()
    {
        m_stage->peers = {row(m_human, u"Ines"_s, u"human"_s)};
        begin(script(), pace());
        QTRY_COMPARE(m_stage->all<p::SetStatus>().size(), 1);
        direct(u"m1"_s, u"Hello"_s, m_human);
        direct(u"m2"_s, u"one question:"_s, m_human);
        direct(u"m3"_s, u"is the deploy done?"_s, m_human);
        direct(u"m3"_s, u"is the deploy done?"_s, m_human); // pushed again by the broker
        QTRY_COMPARE(m_stage->all<p::ClientAck>().size(), 4);
        QTRY_COMPARE(m_stage->all<p::Send>().size(), 1);
        QCOMPARE(opened(m_stage->all<p::Send>().value(0), m_human), u"the deploy"_s);
        direct(u"m3"_s, u"is the deploy done?"_s, m_human);
        direct(u"m4"_s, u"thanks"_s, m_human);
        QTRY_COMPARE(m_stage->all<p::Send>().size(), 2);
        QTRY_COMPARE(m_stage->all<p::SetStats>().last().stats.value("messagesIn"_L1).toInt(), 4);
        QCOMPARE(m_stage->all<p::Send>().size(), 2);
    }

    void strangersBecomeKnown()
    {
        begin(script(), pace());
        QTRY_COMPARE(m_stage->all<p::ListPeers>().size(), 1);
        m_stage->peers = {row(m_human, u"Ines"_s, u"human"_s)}; // came without a push
        direct(u"m1"_s, u"deploy?"_s, m_human);
        QTRY_COMPARE(m_stage->all<p::Send>().size(), 1);
        QCOMPARE(m_stage->all<p::ListPeers>().size(), 2);
    }

    void otherSessionsAreNotAnsweredWithoutEnd()
    {
        const p::KeyPair claude = p::KeyPair::generate();
        m_stage->peers = {row(claude, u"claude"_s, u"ai"_s)};
        begin(script(), pace());
        QTRY_COMPARE(m_stage->all<p::SetStatus>().size(), 1);
        for (int i = 0; i < 5; ++i) {
            direct(u"m%1"_s.arg(i), u"again"_s, claude);
            QTRY_COMPARE(m_stage->all<p::ClientAck>().size(), i + 1);
            if (i < PersonaHabits::answersInARow())
                QTRY_COMPARE(m_stage->all<p::Send>().size(), i + 1);
        }
        QTRY_COMPARE(m_stage->all<p::SetStatus>().last().status, p::PeerStatus::Idle);
        QCOMPARE(m_stage->all<p::Send>().size(), PersonaHabits::answersInARow());
    }

    void groupsAndGarbageAreHeardOnly()
    {
        begin(script(), pace());
        QTRY_COMPARE(m_stage->all<p::ListPeers>().size(), 1);
        const auto body = p::encodeBroadcast(u"all"_s);
        p::Push push;
        push.messageId = u"g1"_s;
        push.senderPubkey = m_human.publicKey.hex();
        push.senderMemberPubkey = push.senderPubkey;
        push.nonce = body->nonce;
        push.ciphertext = body->ciphertext;
        m_stage->send(push);
        m_stage->socket->sendTextMessage(u"not json"_s);
        m_stage->socket->sendTextMessage(u"{\"type\":\"push\"}"_s);
        m_stage->pushDirect(u"d1"_s, u"for somebody else"_s, m_human, p::KeyPair::generate().publicKey.hex());
        QTRY_COMPARE(m_stage->all<p::ClientAck>().size(), 1); // what cannot be opened is confirmed all the same
        direct(u"d2"_s, u"deploy"_s, m_human);
        // Nobody lists the human, so the persona looks for them for five seconds before it answers a stranger.
        QTRY_COMPARE_WITH_TIMEOUT(m_stage->all<p::Send>().size(), 1, 20'000);
        QCOMPARE(m_stage->connections, 1);
    }

    void dndIsShownAgainAfterAnAnswer()
    {
        m_stage->peers = {row(m_human, u"Ines"_s, u"human"_s)};
        begin(script(0, u"dnd"_s), pace());
        QTRY_COMPARE(m_stage->all<p::SetStatus>().value(0).status, p::PeerStatus::Dnd);
        direct(u"m1"_s, u"urgent"_s, m_human);
        QTRY_COMPARE(m_stage->all<p::Send>().size(), 1);
        QTRY_COMPARE(m_stage->all<p::SetStatus>().size(), 3);
        QCOMPARE(m_stage->all<p::SetStatus>().value(1).status, p::PeerStatus::Working);
        QCOMPARE(m_stage->all<p::SetStatus>().value(2).status, p::PeerStatus::Dnd);
    }

    //! However wild script and clock are, a persona says no more than its allowance.
    void politeAtAnySpeed()
    {
        PersonaPace polite = pace();
        polite.sendBurst = 5;
        polite.sendPerSecond = 0.001;
        begin(script(600), polite);
        QTRY_COMPARE(m_stage->all<p::ListPeers>().size(), 1);
        for (int i = 1; i <= 10; ++i)
            m_stage->tick(i, 1000); // 60 ms each: a hundred things to say
        QTRY_COMPARE(m_stage->all<p::Send>().size(), 5);
        direct(u"m1"_s, u"deploy"_s, m_human); // a human is answered all the same
        // As above: a stranger waits five seconds.
        QTRY_COMPARE_WITH_TIMEOUT(m_stage->all<p::Send>().size(), 6, 20'000);
        QCOMPARE(m_stage->all<p::Send>().last().targetSpec, m_human.publicKey.hex());
    }

    void comesBack()
    {
        begin(script(), pace());
        QTRY_COMPARE(m_stage->all<p::ListPeers>().size(), 1);
        const QString key = m_persona->client().key();
        m_stage->frames.clear();
        m_stage->socket->abort(); // as when a broker is killed
        QTRY_COMPARE(m_stage->connections, 2);
        QTRY_COMPARE(m_stage->all<p::SetStatus>().size(), 1); // said again: a new broker does not know it
        QTRY_COMPARE(m_stage->all<p::SetStats>().size(), 1);
        QCOMPARE(m_stage->all<p::SessionHello>().value(0).sessionPubkey, key);
        m_stage->socket->close(QWebSocketProtocol::CloseCodeGoingAway, u"shutting down"_s);
        QTRY_COMPARE(m_stage->connections, 3);
    }

    void staysAway_data()
    {
        QTest::addColumn<int>("code");
        QTest::addColumn<QString>("reason");
        QTest::newRow("kicked") << 4001 << u"kicked"_s;
        QTest::newRow("banned") << 4002 << u"banned"_s;
        QTest::newRow("replaced") << 1000 << u"session_replaced"_s;
    }

    void staysAway()
    {
        QFETCH(int, code);
        QFETCH(QString, reason);
        begin(script(), pace());
        QSignalSpy left(&m_persona->client(), &PersonaClient::left);
        QTRY_VERIFY(m_persona->client().isReady());
        m_stage->socket->close(QWebSocketProtocol::CloseCode(code), reason);
        QTRY_COMPARE(left.size(), 1);
        QVERIFY(m_persona->client().staysAway());
        QVERIFY(!m_persona->client().isReady());
        QVERIFY(!QTest::qWaitFor([&] { return m_stage->connections > 1; }, 400)); // tries begin within 50 ms
    }

    void refused()
    {
        m_stage->refusal = u"revoked"_s;
        begin(script(), pace());
        QSignalSpy left(&m_persona->client(), &PersonaClient::left);
        QTRY_COMPARE(left.size(), 1);
        QCOMPARE(left.first().first().toString(), u"banned"_s);
    }
};

MESH_TEST(TestPersonaClient)

} // namespace tst_personaclient

#include "tst_personaclient.moc"
