// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/brokerthread.h"
#include "localmesh/invitetools.h"
#include "models/protocol/invite.h"
#include "tests/localmesh/localfixture.h"
#include "tests/support/testprogram.h"

#include <QtCore/QJsonDocument>
#include <QtCore/QProcess>
#include <QtTest/QTest>

namespace tst_localinvites {

using namespace Qt::StringLiterals;
using namespace mesh;
using local::InviteRequest;
using local::InviteRole;
using protocol::InviteRecord;
using tests::httpPost;
using State = InviteRecord::State;

namespace {

qint64 now()
{
    return protocol::SystemClock().nowMs();
}

struct Outcome
{
    int code = -1;
    QString out;
    QString err;
};

Outcome runLocal(const QStringList &arguments)
{
    QProcess process;
    process.start(QStringLiteral(MESH_LOCAL_BROKER), arguments);
    Outcome outcome;
    if (process.waitForFinished(20'000))
        outcome.code = process.exitCode();
    outcome.out = QString::fromUtf8(process.readAllStandardOutput());
    outcome.err = QString::fromUtf8(process.readAllStandardError());
    return outcome;
}

} // namespace

//! Invites as their owner sees them: counted, listed and taken back, on a broker that really enrols.
class TestLocalInvites final : public QObject, private tests::LocalFixture
{
    Q_OBJECT

private Q_SLOTS:
    void init() { setUp(); }
    void cleanup() { tearDown(); }
    void usesAreCountedAndKept();
    void revokedOnesAreRefused();
    void statesFollowTheOrderOfJoin();
    void anotherProcessSeesAndRevokes();
    void commandLine();
    void theThreadAnswersWithoutWaiting();

private:
    QString dataDir() const { return m_dir->filePath(u"data"_s); }

    //! What /join says to a stranger with this link: "ok" or the error code.
    QString joinWith(const QString &link) const
    {
        const auto invite = std::get<protocol::Invite>(*protocol::parseInvite(link));
        const QJsonObject body{{u"invite_token"_s, invite.token},
                               {u"invite_payload"_s, invite.payload},
                               {u"peer_pubkey"_s, protocol::KeyPair::generate().publicKey.hex()},
                               {u"display_name"_s, u"stranger"_s}};
        const auto answer = httpPost(m_port, "/join", QJsonDocument(body).toJson());
        return answer.status == 200 ? u"ok"_s : answer.json().value("error"_L1).toString();
    }
};

void TestLocalInvites::usesAreCountedAndKept()
{
    start();
    const auto single = m_broker->issueInvite({.role = InviteRole::Admin});
    const auto many = m_broker->issueInvite({.maxUses = 3, .lifetimeSeconds = 3'600});
    QVERIFY(single && many);
    QCOMPARE(single->role, u"admin"_s);
    QVERIFY(many->expiresAtMs > now() + 3'500'000 && many->expiresAtMs < now() + 3'700'000);
    QCOMPARE(joinWith(many->link), u"ok"_s);
    QCOMPARE(joinWith(many->link), u"ok"_s);
    QCOMPARE(joinWith(single->link), u"ok"_s);
    QCOMPARE(joinWith(single->link), u"invite_exhausted"_s);

    // What the program makes for itself is no invite of the owner's.
    const auto own = m_broker->issueInvite({.lifetimeSeconds = 60, .forProgram = true});
    QCOMPARE(joinWith(own->link), u"ok"_s);

    start(); // on the same folder
    const auto listed = m_broker->invites();
    QVERIFY(listed.hasValue());
    QCOMPARE(listed->size(), 2);
    QCOMPARE(listed->at(0).id, many->id); // the newest first
    QCOMPARE(listed->at(0).link, many->link);
    QCOMPARE(listed->at(0).used, 2);
    QCOMPARE(listed->at(0).maxUses, 3);
    QCOMPARE(listed->at(0).state(now()), State::Open);
    QCOMPARE(listed->at(1).used, 1);
    QCOMPARE(listed->at(1).state(now()), State::UsedUp);
    QCOMPARE(joinWith(many->link), u"ok"_s);
    QCOMPARE(joinWith(many->link), u"invite_exhausted"_s);
}

void TestLocalInvites::revokedOnesAreRefused()
{
    start();
    const auto invite = m_broker->issueInvite({.maxUses = 9});
    QVERIFY(invite.hasValue());
    const tests::Identity early = tests::joinMesh(m_port, invite->link, u"early"_s);
    QVERIFY(!early.memberId.isEmpty());
    const auto revoked = m_broker->revokeInvite(invite->id);
    QVERIFY(revoked.hasValue());
    QVERIFY(revoked->revokedAtMs > 0);
    QCOMPARE(revoked->used, 1);
    QCOMPARE(joinWith(invite->link), u"invite_revoked"_s);
    // Once more changes nothing, and the link names it as well as its id.
    QCOMPARE(m_broker->revokeInvite(invite->link)->revokedAtMs, revoked->revokedAtMs);

    start();
    QCOMPARE(m_broker->invites()->constFirst().state(now()), State::Revoked);
    QCOMPARE(joinWith(invite->link), u"invite_revoked"_s);
    tests::TestClient client;
    QVERIFY(client.enter(m_port, early, u"early"_s)); // who has joined stays

    for (const QString &unknown : {QString(), u"nothing"_s, u"ic://join/"_s, u"' OR 1=1 --"_s}) {
        const auto refused = m_broker->revokeInvite(unknown);
        QVERIFY(!refused.hasValue());
        QCOMPARE(refused.error().code, u"invite_not_found"_s);
    }
    m_broker->stop();
    QCOMPARE(m_broker->revokeInvite(invite->id).error().code, u"not_running"_s);
    QCOMPARE(m_broker->invites().error().code, u"not_running"_s);
}

void TestLocalInvites::statesFollowTheOrderOfJoin()
{
    InviteRecord record{.maxUses = 2, .used = 1, .expiresAtMs = 1'000};
    QCOMPARE(record.state(1'000), State::Open);
    record.used = 2;
    QCOMPARE(record.state(1'000), State::UsedUp);
    QCOMPARE(record.state(1'001), State::Expired);
    record.revokedAtMs = 5;
    QCOMPARE(record.state(1'001), State::Revoked);
}

void TestLocalInvites::anotherProcessSeesAndRevokes()
{
    QCOMPARE(local::listInvitesFor(dataDir()).error().code, u"no_mesh"_s);
    QVERIFY(!QFileInfo::exists(dataDir())); // looking makes nothing
    start();
    const auto link = local::makeInviteFor(dataDir(), m_port, {.maxUses = 2});
    QVERIFY(link.hasValue());
    QCOMPARE(joinWith(*link), u"ok"_s);
    const auto listed = local::listInvitesFor(dataDir());
    QVERIFY(listed.hasValue());
    QCOMPARE(listed->size(), 1);
    QCOMPARE(listed->constFirst().used, 1);
    QVERIFY(local::revokeInviteFor(dataDir(), listed->constFirst().id).hasValue());
    QCOMPARE(joinWith(*link), u"invite_revoked"_s); // the running broker knows at once
}

void TestLocalInvites::commandLine()
{
    start();
    const auto invite = m_broker->issueInvite({.maxUses = 5});
    QVERIFY(invite.hasValue());
    const Outcome listed = runLocal({u"--data"_s, dataDir(), u"--invites"_s});
    QCOMPARE(listed.code, 0);
    const QStringList lines = listed.out.trimmed().split(u'\n');
    QCOMPARE(lines.size(), 2);
    QVERIFY(lines[0].startsWith("ID "_L1));
    QVERIFY2(lines[1].startsWith(invite->id + "  member  0/5 "_L1), qPrintable(lines[1]));
    QVERIFY(lines[1].endsWith(" open"_L1));
    const Outcome revoked = runLocal({u"--data"_s, dataDir(), u"--revoke"_s, invite->id});
    QCOMPARE(revoked.code, 0);
    QVERIFY(revoked.out.contains(invite->id));
    QCOMPARE(joinWith(invite->link), u"invite_revoked"_s);
    QVERIFY(runLocal({u"--data"_s, dataDir(), u"--invites"_s}).out.contains(" revoked\n"_L1));
    const Outcome unknown = runLocal({u"--data"_s, dataDir(), u"--revoke"_s, u"nothing"_s});
    QCOMPARE(unknown.code, 2);
    QVERIFY(unknown.err.contains("no invite \"nothing\""_L1));
}

void TestLocalInvites::theThreadAnswersWithoutWaiting()
{
    local::BrokerThread thread;
    QString code;
    const auto listed = [&code](protocol::Expected<QList<InviteRecord>> list) {
        code = list ? QString::number(list->size()) : list.error().code;
    };
    const auto question = [](local::LocalBroker &broker) { return broker.invites(); };
    thread.ask<QList<InviteRecord>>(question, listed);
    QVERIFY(code.isEmpty());
    QTRY_COMPARE(code, u"not_running"_s);
    local::BrokerOptions options;
    options.dataDir = dataDir();
    options.port = 0;
    QVERIFY(thread.start(options).hasValue());
    QVERIFY(thread.makeInvite(InviteRole::Member).hasValue());
    thread.ask<QList<InviteRecord>>(question, listed);
    QTRY_COMPARE(code, u"1"_s);
}

MESH_TEST(TestLocalInvites)

} // namespace tst_localinvites

#include "tst_localinvites.moc"
