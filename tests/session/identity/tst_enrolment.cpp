// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/session/cliconfig.h"
#include "models/session/enrolment.h"
#include "tests/support/testprogram.h"

#include <QtCore/QFile>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QTemporaryDir>
#include <QtNetwork/QTcpServer>
#include <QtNetwork/QTcpSocket>
#include <QtTest/QTest>

namespace tst_enrolment {

using namespace Qt::StringLiterals;
using namespace mesh;
using protocol::Expected;
using protocol::Invite;
using session::Enrolment;
using session::MeshProfile;

namespace {

//! A loopback HTTP server that gives one prepared answer to every request and keeps what it was asked.
class OneAnswer final : public QTcpServer
{
public:
    explicit OneAnswer(const QByteArray &answer)
        : m_answer(answer)
    {
        listen(QHostAddress::LocalHost);
        connect(this, &QTcpServer::newConnection, this, [this] {
            QTcpSocket *socket = nextPendingConnection();
            connect(socket, &QTcpSocket::readyRead, this, [this, socket] {
                request += socket->readAll();
                const qsizetype head = request.indexOf("\r\n\r\n");
                if (head < 0)
                    return;
                const qsizetype field = request.toLower().indexOf("content-length: ");
                const qsizetype length =
                    field < 0 ? 0 : request.mid(field + 16, request.indexOf('\r', field) - field - 16).toInt();
                if (request.size() < head + 4 + length)
                    return;
                socket->write(m_answer);
                socket->disconnectFromHost();
            });
        });
    }

    QByteArray request;

private:
    QByteArray m_answer;
};

QByteArray json(int status, const QByteArray &body)
{
    return "HTTP/1.1 " + QByteArray::number(status) + " x\r\nContent-Type: application/json\r\nContent-Length: "
        + QByteArray::number(body.size()) + "\r\nConnection: close\r\n\r\n" + body;
}

Invite makeInvite(quint16 port, const protocol::KeyPair &owner, qint64 expiresAt)
{
    protocol::InviteDraft draft;
    draft.meshId = QString(32, u'M');
    draft.meshSlug = u"acme"_s;
    draft.brokerUrl = u"ws://127.0.0.1:%1/ws"_s.arg(port);
    draft.expiresAt = expiresAt;
    draft.meshRootKey = u"mZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZk"_s;
    draft.role = u"member"_s;
    return *protocol::makeInvite(draft, owner);
}

} // namespace

class TestEnrolment final : public QObject
{
    Q_OBJECT

private:
    protocol::SystemClock m_clock;
    protocol::KeyPair m_owner = protocol::KeyPair::generate();
    protocol::KeyPair m_member = protocol::KeyPair::generate();

    std::optional<Expected<MeshProfile>> join(const Invite &invite)
    {
        Enrolment enrolment(m_clock);
        std::optional<Expected<MeshProfile>> result;
        enrolment.join(invite, m_member.publicKey, u"Ada"_s,
                       [&](Expected<MeshProfile> done) { result = std::move(done); });
        (void)QTest::qWaitFor([&] { return result.has_value(); }, 10'000);
        return result;
    }

    qint64 nextWeek() const { return m_clock.nowMs() / 1000 + 7 * 86400; }

private Q_SLOTS:
    void joins()
    {
        OneAnswer server(json(200, R"({"ok":true,"memberId":"MemberAda00000000000000000000001"})"));
        const Invite invite = makeInvite(server.serverPort(), m_owner, nextWeek());
        const auto result = join(invite);
        QVERIFY(result && result->hasValue());
        QCOMPARE((*result)->memberId, u"MemberAda00000000000000000000001"_s);
        QCOMPARE((*result)->brokerUrl, invite.brokerUrl);
        QVERIFY(server.request.startsWith("POST /join HTTP/1.1"));
        QVERIFY(server.request.contains(invite.token.toLatin1()));
        QVERIFY(server.request.contains(m_member.publicKey.hex().toLatin1()));
    }

    void refusals_data()
    {
        QTest::addColumn<QByteArray>("answer");
        QTest::addColumn<QString>("code");
        QTest::newRow("expired") << json(400, R"({"ok":false,"error":"invite_expired"})") << u"invite_expired"_s;
        QTest::newRow("exhausted") << json(400, R"({"ok":false,"error":"invite_exhausted"})") << u"invite_exhausted"_s;
        QTest::newRow("html") << QByteArray("HTTP/1.1 502 x\r\nContent-Length: 6\r\n\r\n<html>") << u"bad_answer"_s;
        QTest::newRow("redirect") << QByteArray(
            "HTTP/1.1 302 x\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n")
                                  << u"bad_answer"_s;
        QTest::newRow("no member id") << json(200, R"({"ok":true})") << u"bad_answer"_s;
        QTest::newRow("oversize") << json(200, "{\"ok\":true,\"memberId\":\"" + QByteArray(200'000, 'x') + "\"}")
                                  << u"bad_answer"_s;
        QTest::newRow("closed at once") << QByteArray() << u"network"_s;
    }

    void refusals()
    {
        QFETCH(QByteArray, answer);
        QFETCH(QString, code);
        OneAnswer server(answer);
        const auto result = join(makeInvite(server.serverPort(), m_owner, nextWeek()));
        QVERIFY(result && !result->hasValue());
        QCOMPARE(result->error().code, code);
        QVERIFY(!result->error().detail.isEmpty());
    }

    void nobodyListens()
    {
        QTcpServer free;
        QVERIFY(free.listen(QHostAddress::LocalHost));
        const quint16 port = free.serverPort();
        free.close();
        const auto result = join(makeInvite(port, m_owner, nextWeek()));
        QVERIFY(result && !result->hasValue());
        QCOMPARE(result->error().code, u"network"_s);
    }

    //! Nothing leaves the machine for an invite that is expired or was altered.
    void badInvitesAreNotSent()
    {
        OneAnswer server(json(200, R"({"ok":true,"memberId":"x"})"));
        auto result = join(makeInvite(server.serverPort(), m_owner, m_clock.nowMs() / 1000 - 10));
        QVERIFY(result && !result->hasValue());
        QCOMPARE(result->error().code, u"invite_expired"_s);
        Invite altered = makeInvite(server.serverPort(), m_owner, nextWeek());
        altered.role = u"admin"_s;
        result = join(altered);
        QVERIFY(result && !result->hasValue());
        QCOMPARE(result->error().code, u"invite_bad_signature"_s);
        QVERIFY(server.request.isEmpty());
    }

    void shortCodes()
    {
        const Invite invite = makeInvite(1, m_owner, nextWeek());
        OneAnswer server(json(200, "{\"found\":true,\"token\":\"" + invite.token.toLatin1() + "\"}"));
        protocol::ShortInvite code;
        code.code = u"abCD1234"_s;
        code.appHost = u"127.0.0.1:%1"_s.arg(server.serverPort());
        code.secure = false;
        Enrolment enrolment(m_clock);
        std::optional<Expected<Invite>> result;
        enrolment.resolve(code, [&](Expected<Invite> done) { result = std::move(done); });
        QTRY_VERIFY(result.has_value());
        QVERIFY(result->hasValue());
        QCOMPARE((*result)->meshId, invite.meshId);
        QVERIFY(server.request.startsWith("GET /api/public/invite-code/abCD1234 "));

        OneAnswer unknown(json(404, R"({"found":false})"));
        code.appHost = u"127.0.0.1:%1"_s.arg(unknown.serverPort());
        result.reset();
        enrolment.resolve(code, [&](Expected<Invite> done) { result = std::move(done); });
        QTRY_VERIFY(result.has_value());
        QCOMPARE(result->error().code, u"invite_unknown_code"_s);
    }

    void cliConfig()
    {
        QTemporaryDir dir;
        const auto hex = [](const protocol::KeyPair &pair) {
            return QString::fromLatin1(pair.secretKey.toHex().view());
        };
        const auto entry = [&](QChar id, const QString &slug, const protocol::KeyPair &shown,
                               const protocol::KeyPair &held) {
            return QJsonObject{{u"meshId"_s, QString(32, id)},
                               {u"memberId"_s, QString(32, u'B')},
                               {u"slug"_s, slug},
                               {u"name"_s, slug},
                               {u"pubkey"_s, shown.publicKey.hex()},
                               {u"secretKey"_s, hex(held)},
                               {u"brokerUrl"_s, u"wss://broker.example.org/ws"_s},
                               {u"inviteVersion"_s, 2}};
        };
        const QJsonArray meshes{entry(u'A', u"acme"_s, m_member, m_member), entry(u'C', u"odd"_s, m_owner, m_member),
                                QJsonObject(), 7};
        const QByteArray text =
            QJsonDocument(QJsonObject{{u"version"_s, 1}, {u"displayName"_s, u"ada"_s}, {u"meshes"_s, meshes}}).toJson();
        QFile file(dir.filePath(u"config.json"_s));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(text);
        file.close();

        const auto config = session::readCliConfig(dir.path());
        QVERIFY(config.hasValue());
        QCOMPARE(config->displayName, u"ada"_s);
        QCOMPARE(config->meshes.size(), size_t(1));
        QCOMPARE(config->meshes.front().profile.slug, u"acme"_s);
        QVERIFY(config->meshes.front().unregisteredKey);
        QVERIFY(config->meshes.front().member.publicKey == m_member.publicKey);
        QCOMPARE(config->skipped.size(), 3);
        QVERIFY(config->skipped.first().contains(u"odd"_s));
        QVERIFY(!config->skipped.join(u' ').contains(hex(m_member)));
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll(), text);
    }

    void foreignConfig_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("code");
        QTest::newRow("not json") << QByteArray("[core]\n\tbare = false\n") << u"malformed"_s;
        QTest::newRow("other json") << QByteArray("{\"name\":\"x\"}") << u"malformed"_s;
        QTest::newRow("array") << QByteArray("[]") << u"malformed"_s;
        QTest::newRow("newer") << QByteArray("{\"version\":9,\"meshes\":[]}") << u"version"_s;
        QTest::newRow("huge") << QByteArray(5 * 1024 * 1024, ' ') << u"malformed"_s;
    }

    void foreignConfig()
    {
        QFETCH(QByteArray, text);
        QFETCH(QString, code);
        QTemporaryDir dir;
        QFile file(dir.filePath(u"config.json"_s));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(text);
        file.close();
        const auto config = session::readCliConfig(dir.path());
        QVERIFY(!config.hasValue());
        QCOMPARE(config.error().code, code);
    }

    void noConfig()
    {
        QTemporaryDir dir;
        const auto config = session::readCliConfig(dir.path());
        QVERIFY(!config.hasValue());
        QCOMPARE(config.error().code, u"not_found"_s);
    }
};

MESH_TEST(TestEnrolment)

} // namespace tst_enrolment

#include "tst_enrolment.moc"
