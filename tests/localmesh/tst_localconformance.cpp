// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/protocol/attestation.h"
#include "tests/localmesh/localfixture.h"
#include "tests/localmesh/transcriptplayer.h"
#include "tests/localmesh/watchedsite.h"
#include "tests/support/testprogram.h"

#include <QtCore/QDateTime>
#include <QtCore/QFile>
#include <QtCore/QJsonDocument>

namespace tst_localconformance {

using namespace Qt::StringLiterals;
using mesh::local::BrokerOptions;
using mesh::local::LocalBroker;
using mesh::protocol::KeyPair;
using mesh::tests::Deviation;
using mesh::tests::Identity;
using mesh::tests::ManualClock;
using mesh::tests::TestClient;
using mesh::tests::TranscriptPlayer;

class TestLocalConformance final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void transcript_data();
    void transcript();
    void refusedHandshake_data();
    void refusedHandshake();

private:
    void start();

    std::unique_ptr<QTemporaryDir> m_dir;
    std::unique_ptr<LocalBroker> m_broker;
    std::shared_ptr<ManualClock> m_clock; //!< of recordings in which time has to pass as it did
};

void TestLocalConformance::init()
{
    m_dir = std::make_unique<QTemporaryDir>();
    m_broker = std::make_unique<LocalBroker>();
    m_clock.reset();
    const QByteArrayView tag(QTest::currentDataTag());
    if (tag == "28-rate-limit" || tag == "30-left-and-ping")
        m_clock = std::make_shared<ManualClock>();
    // It makes a job for every full minute, which must not come due before the recording gets there.
    if (tag == "12-schedule")
        QVERIFY(QTest::qWaitFor([] { return QTime::currentTime().second() < 35; }, 30'000));
    start();
}

void TestLocalConformance::start()
{
    BrokerOptions options;
    // The meshes of the recordings are called like this.
    options.meshName = u"Probe "_s + QString::fromLatin1(QTest::currentDataTag());
    options.dataDir = m_dir->path();
    options.port = 0;
    options.clock = m_clock;
    const QByteArrayView tag(QTest::currentDataTag());
    if (tag == "28-rate-limit") {
        options.sendBurst = 10;
        options.sendPerSecond = 1;
    } else if (tag == "30-left-and-ping") {
        // By the clock of the recording a ping comes every 30 s; how often in real time does not matter.
        options.pingIntervalMs = 20;
        options.sweepIntervalMs = 20;
    } else if (tag == "34-capacity-leak") {
        // Many more sessions come than fit, each in place of the one before.
        options.maxConnections = 2;
    }
    QVERIFY(m_broker->start(options).hasValue());
}

void TestLocalConformance::cleanup()
{
    m_broker.reset();
    m_dir.reset();
}

void TestLocalConformance::transcript_data()
{
    QTest::addColumn<Deviation>("deviation");
    const auto row = [](const char *name, const Deviation &deviation = {}) { QTest::newRow(name) << deviation; };
    // What each difference is, is said in docs/local-broker.md.
    row("01-hello-and-peers", {.differing = {u"r3-list_peers"_s}});
    row("02-session-hello",
        {.leftOut = {u"attestation_mismatch"_s, u"attestation_expired"_s, u"attestation_ttl_too_long"_s,
                     u"attestation_bad_signature"_s, u"session_sig_bad"_s, u"session_stale"_s, u"bad_session_pubkey"_s,
                     u"member_id_mismatch"_s, u"stranger"_s}});
    row("03-send-direct", {.differing = {u"r7-message_status"_s}});
    row("04-groups-and-broadcast");
    row("05-priority-and-status", {.differing = {u"r3-list_peers"_s}});
    row("07-state",
        {.differing = {u"r8-get_state"_s, u"r9-get_state"_s, u"r10-get_state"_s, u"r11-get_state"_s,
                       u"r12-get_state"_s}});
    row("08-memory");
    row("10-streams");
    row("11-contexts");
    // What comes after the note takes until the next full minute; tst_localschedule has it.
    row("12-schedule", {.until = u"waiting for the cron minute"_s});
    row("13-clock");
    row("14-skills");
    row("15-peer-files", {.missing = {u"made-up"_s}, .extra = {u"made-up"_s}});
    row("16-mcp",
        {.differing = {u"r11-mcp_list"_s, u"r12-mcp_call"_s, u"r14-mcp_deploy"_s, u"r16-mcp_catalog"_s,
                       u"r21-mcp_update"_s},
         .missing = {u"r17-mcp_schema"_s, u"r19-mcp_scope"_s, u"r20-mcp_scope"_s, u"mcp_scope_changed"_s,
                     u"mcp_undeployed"_s, u"r23-skill_deploy"_s},
         .extra = {u"r8-mcp_unregister"_s, u"r17-mcp_schema"_s, u"r19-mcp_scope"_s, u"r20-mcp_scope"_s,
                   u"r23-skill_deploy"_s}});
    row("17-webhooks",
        {.differing = {u"r3-create_webhook"_s, u"r8-list_webhooks"_s},
         .extra = {u"r2-create_webhook"_s, u"r6-create_webhook"_s}});
    row("18-vault");
    row("19-watch");
    row("21-apikeys",
        {.differing = {u"r4-apikey_list"_s, u"r5-apikey_revoke"_s, u"r7-apikey_revoke"_s},
         .missing = {u"r2-apikey_create"_s, u"r3-apikey_create"_s},
         .extra = {u"r2-apikey_create"_s, u"r3-apikey_create"_s}});
    row("22-mesh-database",
        {.differing = {u"r9-mesh_schema"_s},
         .missing = {u"r2-mesh_execute"_s, u"r3-mesh_execute"_s, u"r4-mesh_query"_s, u"r5-mesh_query"_s,
                     u"r6-mesh_query"_s, u"r10-mesh_query"_s},
         .extra = {u"r2-mesh_execute"_s, u"r3-mesh_execute"_s, u"r4-mesh_query"_s, u"r5-mesh_query"_s,
                   u"r6-mesh_query"_s, u"r10-mesh_query"_s},
         .otherWords = {u"r7-mesh_query"_s, u"r8-mesh_execute"_s}});
    row("23-vector-and-graph", {.otherWords = {u"r1-vector_store"_s, u"r5-graph_query"_s, u"r6-graph_execute"_s}});
    row("25-moderation", {.otherWords = {u"r1-kick"_s, u"r2-disconnect"_s}});
    // The refusals are played one by one, below. A hello that says too little is refused instead of left without an
    // answer, and what comes right behind a hello is answered.
    row("26-errors-at-hello",
        {.leftOut = {u"bad-signature"_s, u"signed-by-another-key"_s, u"signature-not-hex"_s, u"stale-61s"_s,
                     u"future-61s"_s, u"timestamp-missing"_s, u"wrong-mesh"_s, u"mesh-slug-instead-of-id"_s,
                     u"bad-session-pubkey"_s, u"stranger"_s, u"hello-without-sessionId"_s, u"hello-without-cwd-pid"_s},
         .missing = {u"pipelined error"_s},
         .extra = {u"r3-list_peers"_s},
         .until = u"never says hello: still open after 10 s?"_s});
    // A request is refused for its missing members, before anybody is looked for; larger frames end the connection.
    row("27-errors-in-frames", {.differing = {u"r19-peer_file_request"_s}, .until = u"<15728640 bytes>"_s});
    row("28-rate-limit");
    row("30-left-and-ping", {.deaf = {u"deaf"_s}});
    row("31-files",
        {.differing = {u"r1-list_files"_s, u"r11-list_files"_s},
         .missing = {u"r10-delete_file"_s},
         .extra = {u"r10-delete_file"_s}});
    // The recording ends before the last message has arrived.
    row("32-grants", {.skipped = {u"795fd4eaa497239c"_s}});
    // The faults that end the original, fill it up, or poison its registry: here they are refused, and all goes on.
    row("34-capacity-leak", {.letIn = {u"c100"_s, u"owner"_s}});
    row("35-schedule-without-message", {.missing = {u"r1-schedule"_s}, .extra = {u"r1-schedule"_s}});
    row("36-group-name-with-apostrophe", {.extra = {u"1juhe/zif4VnfmEyjCeT8Udcpsxy"_s}});
    row("37-broker-restart");
    row("38-join-errors-http",
        {.differing = {u"POST /invites/ABCDEFGH/claim"_s},
         .statuses = {{u"POST /join not json"_s, 400}, {u"POST /cli/mesh/create"_s, 404}}});
    row("39-poisoned-registry",
        {.missing = {u"mcp_call_forward"_s, u"mcp_unregistered"_s},
         .extra = {u"r1-mcp_register"_s, u"r2-mcp_list"_s, u"r3-mcp_call"_s, u"r4-mcp_unregister"_s}});
}

void TestLocalConformance::transcript()
{
    QFETCH(Deviation, deviation);
    mesh::tests::WatchedSite site;
    site.makeBody = [] { return R"({"epoch":)" + QByteArray::number(QDateTime::currentMSecsSinceEpoch()) + '}'; };
    TranscriptPlayer player(*m_broker, QString::fromLatin1(QTest::currentDataTag()));
    player.deviation = deviation;
    player.sibling = {{u"ada"_s, u"ada2"_s}, {u"ada2"_s, u"ada"_s}};
    player.replaced = {{u"http://127.0.0.1:7900/test/clock"_s, site.url(u"/clock"_s)}};
    player.restart = [this] { start(); };
    if (m_clock)
        player.passTime = [this, passed = qint64(0)](qint64 ms) mutable {
            m_clock->advance(ms - std::exchange(passed, ms));
        };
    const QStringList problems = player.play();
    QVERIFY2(problems.isEmpty(), qPrintable(problems.join(u'\n')));
    // Whatever was done to it, it goes on.
    QCOMPARE(mesh::tests::httpGet(m_broker->port(), "/health").status, 200);
}

void TestLocalConformance::refusedHandshake_data()
{
    QTest::addColumn<QString>("recording");
    // Named as the peers of the recordings.
    for (const char *name :
         {"attestation_mismatch", "attestation_expired", "attestation_ttl_too_long", "attestation_bad_signature",
          "session_sig_bad", "session_stale", "bad_session_pubkey", "member_id_mismatch", "stranger"})
        QTest::newRow(name) << u"02-session-hello"_s;
    for (const char *name : {"bad-signature", "signed-by-another-key", "signature-not-hex", "stale-61s", "future-61s",
                             "timestamp-missing", "wrong-mesh", "mesh-slug-instead-of-id", "bad-session-pubkey"})
        QTest::newRow(name) << u"26-errors-at-hello"_s;
}

void TestLocalConformance::refusedHandshake()
{
    QFETCH(QString, recording);
    const QString name = QString::fromLatin1(QTest::currentDataTag());
    QJsonObject error;
    QJsonObject close;
    QFile file(QStringLiteral(MESH_TEST_DATA "/transcripts/%1.jsonl").arg(recording));
    QVERIFY(file.open(QIODevice::ReadOnly));
    while (!file.atEnd()) {
        const QJsonObject line = QJsonDocument::fromJson(file.readLine()).object();
        if (line.value("peer"_L1) != name || line.value("dir"_L1) != "in"_L1)
            continue;
        (line.contains("event"_L1) ? close : error) =
            line.contains("event"_L1) ? line : line.value("frame"_L1).toObject();
    }
    QVERIFY(!error.isEmpty() && !close.isEmpty());

    const auto link = m_broker->makeInvite(mesh::local::InviteRole::Member);
    Identity ada = mesh::tests::joinMesh(m_broker->port(), *link, u"ada"_s);
    const QString adaId = ada.memberId;
    const qint64 now = QDateTime::currentMSecsSinceEpoch();
    TestClient client;
    QVERIFY(client.open(m_broker->port()));
    if (name == "stranger"_L1)
        ada.member = KeyPair::generate();
    if (name == "member_id_mismatch"_L1)
        ada.memberId = QString(32, u'x');
    if (name == "wrong-mesh"_L1)
        ada.meshId = QString(32, u'x');
    if (name == "mesh-slug-instead-of-id"_L1)
        ada.meshId = m_broker->meshSlug();

    QJsonObject frame =
        recording.startsWith("02"_L1) ? client.sessionHello(ada, u"ada"_s) : client.hello(ada, u"ada"_s, true);
    const auto attest = [&](const KeyPair &signer, const KeyPair &session, qint64 expiresAt) {
        const auto made = mesh::protocol::makeAttestation(signer, session.publicKey, expiresAt);
        frame.insert("parentAttestation"_L1,
                     QJsonObject{{u"sessionPubkey"_s, made->sessionPubkey},
                                 {u"parentMemberPubkey"_s, ada.member.publicKey.hex()},
                                 {u"expiresAt"_s, made->expiresAt},
                                 {u"signature"_s, made->signature}});
    };
    if (name == "attestation_mismatch"_L1)
        attest(ada.member, KeyPair::generate(), now + 60'000);
    else if (name == "attestation_expired"_L1)
        attest(ada.member, ada.session, now - 1'000);
    else if (name == "attestation_ttl_too_long"_L1)
        attest(ada.member, ada.session, now + 25LL * 3'600'000);
    else if (name == "attestation_bad_signature"_L1)
        attest(KeyPair::generate(), ada.session, now + 60'000);
    else if (name == "session_sig_bad"_L1 || name == "bad-signature"_L1)
        frame.insert("signature"_L1, QString(128, u'0'));
    else if (name == "signed-by-another-key"_L1)
        frame.insert("signature"_L1,
                     *mesh::protocol::signHello(ada.meshId, ada.memberId, KeyPair::generate(),
                                                frame.value("timestamp"_L1).toInteger()));
    else if (name == "signature-not-hex"_L1)
        frame.insert("signature"_L1, u"not hex"_s);
    else if (name == "session_stale"_L1 || name == "stale-61s"_L1)
        frame.insert("timestamp"_L1, now - 61'000);
    else if (name == "future-61s"_L1)
        frame.insert("timestamp"_L1, now + 63'000);
    else if (name == "timestamp-missing"_L1)
        frame.remove("timestamp"_L1);
    else if (name == "bad_session_pubkey"_L1)
        frame.insert("sessionPubkey"_L1, ada.session.publicKey.hex().toUpper());
    else if (name == "bad-session-pubkey"_L1)
        frame.insert("sessionPubkey"_L1, u"XYZ"_s);
    client.send(frame);

    QCOMPARE(client.takeType(u"error"_s), error);
    QVERIFY(client.waitClosed());
    QCOMPARE(int(client.socket.closeCode()), close.value("code"_L1).toInt());
    QCOMPARE(client.socket.closeReason(), close.value("reason"_L1).toString());
    QCOMPARE(m_broker->connectionCount(), 0);
}

MESH_TEST(TestLocalConformance)

} // namespace tst_localconformance

#include "tst_localconformance.moc"
