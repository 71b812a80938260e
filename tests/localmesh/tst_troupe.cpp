// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/localbroker.h"
#include "localmesh/personatroupe.h"
#include "models/protocol/attestation.h"
#include "models/protocol/box.h"
#include "models/protocol/command.h"
#include "models/protocol/framecodec.h"
#include "models/session/enrolment.h"
#include "tests/support/testprogram.h"

#include <QtCore/QHash>
#include <QtCore/QJsonObject>
#include <QtCore/QTemporaryDir>
#include <QtCore/QTimer>
#include <QtCore/QUrl>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

namespace tst_troupe {

using namespace Qt::StringLiterals;
using namespace mesh;
using local::LocalBroker;
using local::PersonaTroupe;
namespace p = mesh::protocol;

namespace {

constexpr int all = 12;
constexpr int patience = 30'000; // for twelve sessions on a busy machine

//! A person at the mesh: asks, listens and keeps what comes.
class Onlooker final : public QObject
{
public:
    explicit Onlooker(const session::MeshProfile &profile, const p::KeyPair &member)
        : m_profile(profile)
        , m_member(member)
    {
        connect(&m_socket, &QWebSocket::connected, this, &Onlooker::hello);
        connect(&m_socket, &QWebSocket::disconnected, this, [this] { online = false; });
        connect(&m_socket, &QWebSocket::textMessageReceived, this, [this](const QString &text) {
            if (const auto frame = p::decodeBrokerFrame(text.toUtf8()))
                receive(*frame);
        });
        connect(&m_poll, &QTimer::timeout, this, [this] { send(p::ListPeers()); });
    }

    void open() { m_socket.open(QUrl(m_profile.brokerUrl)); }
    void poll(int everyMs) { m_poll.start(everyMs); }

    void send(const p::ClientFrame &frame)
    {
        if (const auto bytes = p::encode(frame))
            m_socket.sendTextMessage(QString::fromUtf8(*bytes));
    }

    void ask(const QString &key, const QString &text)
    {
        const auto sealed = p::sealDirect(text, *p::PublicKey::fromHex(key), m_session.secretKey);
        p::Send frame;
        frame.id = p::newMessageId();
        frame.targetSpec = key;
        frame.nonce = sealed->nonce;
        frame.ciphertext = sealed->ciphertext;
        send(frame);
    }

    std::optional<p::PeerRow> peer(const QString &name) const
    {
        const auto it =
            std::find_if(peers.cbegin(), peers.cend(), [&](const p::PeerRow &row) { return row.displayName == name; });
        return it == peers.cend() ? std::nullopt : std::optional<p::PeerRow>(*it);
    }

    p::PeerStatus statusOf(const QString &name) const
    {
        const auto row = peer(name);
        return row ? row->status : p::PeerStatus::Offline;
    }

    struct Heard
    {
        QString from; //!< routing key
        QString text;
    };

    bool online = false;
    QList<p::PeerRow> peers;
    QList<Heard> direct;
    QStringList broadcasts;
    QStringList stateKeys;
    QHash<QString, int> sends; //!< of each routing key, as the traffic stream tells
    qint64 lastSendMs = 0;
    qint64 tick = 0;
    std::optional<p::MeshInfoResult> info;
    QStringList refusals;

private:
    void hello()
    {
        const qint64 now = m_clock.nowMs();
        const auto attestation = p::makeAttestation(m_member, m_session.publicKey, now + p::AttestationLifeMs);
        p::SessionHello frame;
        frame.meshId = m_profile.meshId;
        frame.parentMemberId = m_profile.memberId;
        frame.parentMemberPubkey = m_member.publicKey.hex();
        frame.sessionPubkey = m_session.publicKey.hex();
        frame.parentAttestation = {attestation->sessionPubkey, attestation->parentMemberPubkey, attestation->expiresAt,
                                   attestation->signature};
        frame.displayName = u"Ines"_s;
        frame.sessionId = u"onlooker"_s;
        frame.pid = 1;
        frame.cwd = u"desktop:ines"_s;
        frame.peerType = u"human"_s;
        frame.timestamp = now;
        frame.signature = *p::signSessionHello(m_profile.meshId, m_member.publicKey, m_session, now);
        send(frame);
    }

    void receive(const p::BrokerFrame &frame)
    {
        if (holds<p::HelloAck>(frame)) {
            online = true;
            p::Subscribe subscribe;
            subscribe.stream = u"x-mesh:traffic"_s;
            send(subscribe);
            send(p::ListPeers());
        } else if (const auto *list = getIf<p::PeersList>(&frame)) {
            peers = list->peers;
        } else if (const auto *state = getIf<p::StateChange>(&frame)) {
            stateKeys << state->key;
        } else if (const auto *data = getIf<p::StreamData>(&frame)) {
            lastSendMs = m_clock.nowMs();
            ++sends[data->data.toObject().value("sender"_L1).toString()];
        } else if (const auto *result = getIf<p::MeshInfoResult>(&frame)) {
            info = *result;
        } else if (const auto *ack = getIf<p::Ack>(&frame); ack && ack->error) {
            refusals << *ack->error;
        } else if (const auto *push = getIf<p::Push>(&frame)) {
            hear(*push);
        }
    }

    void hear(const p::Push &push)
    {
        if (push.subtype) {
            if (push.event == u"tick"_s)
                tick = push.eventData.toObject().value("tick"_L1).toInteger();
            return;
        }
        if (push.senderMemberPubkey) {
            if (const auto text = p::decodeBroadcast(push.ciphertext))
                broadcasts << *text;
            return;
        }
        p::ClientAck ack;
        ack.brokerMessageId = push.messageId;
        send(ack);
        const auto sender = p::PublicKey::fromHex(push.senderPubkey);
        if (!sender)
            return;
        if (const auto text = p::openDirect({push.nonce, push.ciphertext}, *sender, m_session.secretKey))
            direct << Heard{push.senderPubkey, *text};
    }

    const session::MeshProfile m_profile;
    const p::KeyPair &m_member;
    p::KeyPair m_session = p::KeyPair::generate();
    p::SystemClock m_clock;
    QWebSocket m_socket;
    QTimer m_poll;
};

} // namespace

//! The twelve personas on the real broker over real sockets. The tests build on each other.
class TestTroupe final : public QObject
{
    Q_OBJECT

private:
    p::SystemClock m_clock;
    QTemporaryDir m_dir;
    LocalBroker m_broker;
    PersonaTroupe m_troupe;
    p::KeyPair m_member = p::KeyPair::generate();
    std::unique_ptr<Onlooker> m_human;
    int m_connected = 0;
    int m_mostConnected = 0;

    LocalBroker::Options options(quint16 port) const
    {
        LocalBroker::Options options;
        options.dataDir = m_dir.path();
        options.port = port;
        return options;
    }

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY(m_dir.isValid());
        const auto port = m_broker.start(options(0));
        QVERIFY2(port.hasValue(), port ? "" : qPrintable(port.error().detail));
        const auto scripts = local::builtInPersonas();
        QVERIFY(scripts.hasValue());
        const auto link = m_broker.makeInvite({.role = local::InviteRole::Member, .maxUses = all + 1});
        QVERIFY(link.hasValue());

        PersonaTroupe::Options troupe;
        troupe.scripts = *scripts;
        troupe.inviteLink = *link;
        troupe.firstSpeed = 100;
        troupe.pace.replyMinMs = 600;
        troupe.pace.replyMaxMs = 1200;
        troupe.pace.retryMs = 200;
        connect(&m_troupe, &PersonaTroupe::progress, this, [this](int connected, int of) {
            QCOMPARE(of, all);
            m_connected = connected;
            m_mostConnected = std::max(m_mostConnected, connected);
        });
        QSignalSpy failed(&m_troupe, &PersonaTroupe::failed);
        m_troupe.start(troupe, p::SecretBytes::random(32));
        QVERIFY(m_troupe.isRunning());

        const auto invite = p::parseInvite(*link);
        QVERIFY(invite.hasValue());
        session::Enrolment enrolment(m_clock);
        std::optional<session::MeshProfile> profile;
        enrolment.join(std::get<p::Invite>(*invite), m_member.publicKey, u"Ines"_s,
                       [&](p::Expected<session::MeshProfile> joined) {
                           QVERIFY2(joined.hasValue(), joined ? "" : qPrintable(joined.error().detail));
                           profile = *joined;
                       });
        QTRY_VERIFY_WITH_TIMEOUT(profile.has_value(), patience);
        m_human = std::make_unique<Onlooker>(*profile, m_member);
        m_human->open();
        m_human->poll(100);
        QTRY_VERIFY_WITH_TIMEOUT(m_human->online, patience);
        QTRY_COMPARE_WITH_TIMEOUT(m_connected, all, patience);
        QCOMPARE(failed.size(), 0);
    }

    void allAreListed()
    {
        const auto scripts = local::builtInPersonas();
        QTRY_COMPARE_WITH_TIMEOUT(m_human->peers.size(), all + 1, patience);
        // Stats, title and summary follow the hello.
        QTRY_VERIFY_WITH_TIMEOUT(std::all_of(m_human->peers.cbegin(), m_human->peers.cend(),
                                             [](const p::PeerRow &row) {
                                                 return row.displayName == u"Ines"_s
                                                     || (row.stats && row.profile && row.summary);
                                             }),
                                 patience);
        for (const local::PersonaScript &script : *scripts) {
            const auto row = m_human->peer(script.name);
            QVERIFY2(row.has_value(), qPrintable(script.name));
            QCOMPARE(row->peerType, QString(p::toWord(script.kind)));
            QCOMPARE(row->cwd, script.cwd);
            QCOMPARE(row->model.value_or(QString()), script.model);
            QCOMPARE(row->profile->title, script.role);
            QCOMPARE(row->groups.size(), script.groups.size());
            for (qsizetype i = 0; i < script.groups.size(); ++i) {
                QCOMPARE(row->groups[i].name, script.groups[i].name);
                QCOMPARE(row->groups[i].role.value_or(QString()), script.groups[i].role);
            }
            const QJsonObject stats = *row->stats;
            QVERIFY(stats.contains("messagesOut"_L1));
            QCOMPARE(stats.contains("contextUsed"_L1), script.contextMax > 0);
            if (script.contextMax > 0) {
                const double used = stats.value("contextUsed"_L1).toDouble() / stats.value("contextMax"_L1).toDouble();
                QVERIFY(used > 0.1 && used < 1.0);
                QVERIFY(stats.value("tokensIn"_L1).toDouble() > 0);
                QVERIFY(stats.value("costUsd"_L1).toDouble() > 0);
            }
        }
    }

    void ticksMakeTraffic()
    {
        QTRY_VERIFY_WITH_TIMEOUT(m_human->tick >= 5, patience);
        QTRY_VERIFY_WITH_TIMEOUT(m_human->sends.size() >= 9, 60'000); // at night some are quiet
        QTRY_VERIFY_WITH_TIMEOUT(m_human->stateKeys.size() >= 3, 60'000);
        const auto memories = [this] {
            m_human->send(p::MeshInfo());
            return m_human->info ? m_human->info->memoryCount : 0;
        };
        QTRY_VERIFY_WITH_TIMEOUT(memories() >= 2, 60'000);
        QVERIFY(!m_human->info->stateKeys.isEmpty());
        QTRY_VERIFY_WITH_TIMEOUT(
            std::any_of(m_human->peers.cbegin(), m_human->peers.cend(),
                        [](const p::PeerRow &row) { return row.status == p::PeerStatus::Working; }),
            patience);
        QTRY_VERIFY_WITH_TIMEOUT(m_human->peer(u"backend-lead"_s)->stats->value("messagesIn"_L1).toInt() > 0, 60'000);
    }

    //! At the highest speed they say about 1,000 to 1,300 things a minute, and the mesh takes them all.
    void paceAndPoliteness()
    {
        const qint64 from = m_human->tick;
        m_human->sends.clear();
        QTRY_VERIFY_WITH_TIMEOUT(m_human->tick >= from + 20, patience);
        int sends = 0;
        for (const int count : std::as_const(m_human->sends)) {
            QVERIFY2(count < 20 * 60 / 5, qPrintable(QString::number(count))); // 12 s: below 20 a second
            sends += count;
        }
        const double perTick = double(sends) / double(m_human->tick - from);
        qInfo("at x10 this is %.0f messages a minute", perTick * 10);
        QVERIFY2(perTick > 7 && perTick < 17, qPrintable(QString::number(perTick)));
        QCOMPARE(m_connected, all);
    }

    void humanIsAnsweredAfterWork()
    {
        m_human->send(p::PauseClock()); // nobody works now for another reason
        QTRY_COMPARE_WITH_TIMEOUT(m_human->statusOf(u"sales-rep-1"_s), p::PeerStatus::Idle, patience);
        const QString key = m_human->peer(u"sales-rep-1"_s)->pubkey;
        QVERIFY(std::none_of(m_human->direct.cbegin(), m_human->direct.cend(),
                             [&](const Onlooker::Heard &heard) { return heard.from == key; }));
        m_human->ask(key, u"How are today's orders going? Anything blocked?"_s);
        const auto answers = [&] {
            return std::count_if(m_human->direct.cbegin(), m_human->direct.cend(),
                                 [&](const Onlooker::Heard &heard) { return heard.from == key; });
        };
        QTRY_COMPARE(m_human->statusOf(u"sales-rep-1"_s), p::PeerStatus::Working);
        QCOMPARE(answers(), 0); // the pause is seen before its end
        QTRY_COMPARE_WITH_TIMEOUT(answers(), 1, patience);
        QVERIFY2(m_human->direct.last().text.contains(u"Three orders are in"_s),
                 qPrintable(m_human->direct.last().text));
        QTRY_COMPARE_WITH_TIMEOUT(m_human->statusOf(u"sales-rep-1"_s), p::PeerStatus::Idle, patience);

        // The same question again gets another answer.
        m_human->ask(key, u"How are today's orders going? Anything blocked?"_s);
        QTRY_COMPARE_WITH_TIMEOUT(answers(), 2, patience);
        QVERIFY(!m_human->direct.last().text.contains(u"Three orders are in"_s));
    }

    //! With the clock paused everything comes to rest: nobody talks for ever.
    void restWhilePaused() { QTRY_VERIFY_WITH_TIMEOUT(m_clock.nowMs() - m_human->lastSendMs > 3000, patience); }

    void brokerRestart()
    {
        const quint16 port = m_broker.port();
        const QString key = m_human->peer(u"api"_s)->pubkey;
        m_broker.stop();
        QTRY_COMPARE_WITH_TIMEOUT(m_connected, 0, patience);
        QTRY_VERIFY(!m_human->online);
        const auto again = m_broker.start(options(port));
        QVERIFY2(again.hasValue(), again ? "" : qPrintable(again.error().detail));
        m_human->tick = 0;
        m_human->peers.clear();
        m_human->open();
        QTRY_VERIFY_WITH_TIMEOUT(m_human->online, patience);
        QTRY_COMPARE_WITH_TIMEOUT(m_connected, all, 60'000);
        QTRY_COMPARE_WITH_TIMEOUT(m_human->peers.size(), all + 1, patience);
        QTRY_VERIFY_WITH_TIMEOUT(m_human->peer(u"api"_s)->stats.has_value(), patience);
        QCOMPARE(m_human->peer(u"api"_s)->pubkey, key);         // the same session, so messages find it
        QTRY_VERIFY_WITH_TIMEOUT(m_human->tick >= 2, patience); // the clock was lost with the broker and runs again
        m_human->sends.clear();
        QTRY_VERIFY_WITH_TIMEOUT(m_human->sends.size() >= 3, patience);
    }

    void stops()
    {
        m_troupe.stop();
        QVERIFY(!m_troupe.isRunning());
        QTRY_COMPARE_WITH_TIMEOUT(m_broker.connectionCount(), 1, patience);
        QCOMPARE(m_human->refusals, QStringList());
    }

    void badInvites_data()
    {
        QTest::addColumn<QString>("link");
        QTest::addColumn<QString>("code");
        QTest::newRow("garbage") << u"ic://join/@@@"_s << u"invite_malformed"_s;
        QTest::newRow("short code") << u"https://claudemesh.example/i/abCD1234"_s << u"invite_malformed"_s;
        const auto used = m_broker.makeInvite(local::InviteRole::Member);
        QTest::newRow("one use for twelve") << *used << u"invite_exhausted"_s;
    }

    void badInvites()
    {
        QFETCH(QString, link);
        QFETCH(QString, code);
        PersonaTroupe troupe;
        QSignalSpy failed(&troupe, &PersonaTroupe::failed);
        PersonaTroupe::Options options;
        options.scripts = *local::builtInPersonas();
        options.inviteLink = link;
        troupe.start(options, p::SecretBytes::random(32));
        QTRY_COMPARE_WITH_TIMEOUT(failed.size(), 1, patience);
        QCOMPARE(failed.first().first().value<p::Error>().code, code);
    }

    void cleanupTestCase()
    {
        m_troupe.stop();
        m_human.reset();
        m_broker.stop();
    }
};

MESH_TEST(TestTroupe)

} // namespace tst_troupe

#include "tst_troupe.moc"
