// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/protocol/encoding.h"
#include "models/protocol/invite.h"
#include "tests/protocol/cryptovectors.h"
#include "tests/support/testprogram.h"

#include <QtCore/QJsonArray>
#include <QtTest/QTest>

#include <limits>

namespace tst_invite {

using namespace mesh::protocol;
using namespace Qt::StringLiterals;

namespace {

QString tokenOf(const QJsonObject &payload)
{
    return toBase64Url(QJsonDocument(payload).toJson(QJsonDocument::Compact));
}

} // namespace

class TestInvite : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void vector();
    void verify();
    void spellings_data();
    void spellings();
    void shortSpellings_data();
    void shortSpellings();
    void notInvites_data();
    void notInvites();
    void badPayloads_data();
    void badPayloads();
    void bigTexts();
    void brokerUrls_data();
    void brokerUrls();
    void make();
    void joinUrls_data();
    void joinUrls();
    void loopback();
    void sealedRootKey();
    void v2Canonical();

private:
    QJsonObject payload() const { return m_vector.value("payload"_L1).toObject(); }

    CryptoVectors m_vectors;
    QJsonObject m_vector;
    QString m_token;
};

void TestInvite::initTestCase()
{
    QVERIFY(m_vectors.load());
    m_vector = m_vectors.section("invite_v1"_L1);
    m_token = m_vector.value("token_base64url"_L1).toString();
    QVERIFY(m_token.size() > 100);
}

void TestInvite::vector()
{
    const auto parsed = parseInvite(m_vector.value("link"_L1).toString());
    QVERIFY(parsed);
    const auto *invite = std::get_if<Invite>(&*parsed);
    QVERIFY(invite);
    QCOMPARE(invite->meshId, payload().value("mesh_id"_L1).toString());
    QCOMPARE(invite->meshSlug, u"acme"_s);
    QCOMPARE(invite->brokerUrl, u"wss://broker.example.org/ws"_s);
    QCOMPARE(invite->expiresAt, 1'776'211'200);
    QCOMPARE(invite->meshRootKey, payload().value("mesh_root_key"_L1).toString());
    QCOMPARE(invite->role, u"member"_s);
    QCOMPARE(invite->ownerPubkey, m_vectors.keys("mesh_owner"_L1).publicKey.hex());
    QCOMPARE(invite->signature, payload().value("signature"_L1).toString());
    QCOMPARE(invite->token, m_token);
    QCOMPARE(invite->payload, payload());
    QCOMPARE(invite->payload, m_vector.value("join_request"_L1).toObject().value("invite_payload"_L1).toObject());
    QCOMPARE(QString::fromUtf8(inviteCanonical(*invite)), m_vector.value("canonical"_L1).toString());
    QCOMPARE(inviteLink(*invite), m_vector.value("link"_L1).toString());
}

void TestInvite::verify()
{
    const Invite good = *parseInviteToken(m_token);
    const qint64 expiresMs = good.expiresAt * 1000;
    QCOMPARE(codeOf(verifyInvite(good, expiresMs - 1)), QString());
    QCOMPARE(codeOf(verifyInvite(good, expiresMs)), QString());
    QCOMPARE(codeOf(verifyInvite(good, expiresMs + 1)), u"invite_expired"_s);
    QCOMPARE(codeOf(verifyInvite(good, expiresMs + 5000)), u"invite_expired"_s);
    QCOMPARE(codeOf(verifyInvite(good, std::numeric_limits<qint64>::max())), u"invite_expired"_s);

    const auto altered = [&](auto change) {
        Invite invite = good;
        change(invite);
        return verifyInvite(invite, 0);
    };
    QCOMPARE(codeOf(altered([](Invite &i) { i.meshId += u'x'; })), u"invite_bad_signature"_s);
    QCOMPARE(codeOf(altered([](Invite &i) { i.brokerUrl = u"wss://evil.example/ws"_s; })), u"invite_bad_signature"_s);
    QCOMPARE(codeOf(altered([](Invite &i) { i.role = u"admin"_s; })), u"invite_bad_signature"_s);
    QCOMPARE(codeOf(altered([](Invite &i) { ++i.expiresAt; })), u"invite_bad_signature"_s);
    QCOMPARE(codeOf(altered([](Invite &i) { i.signature = flipped(i.signature, 0); })), u"invite_bad_signature"_s);
    QCOMPARE(codeOf(altered([](Invite &i) { i.signature.chop(2); })), u"invite_bad_signature"_s);
    QCOMPARE(codeOf(altered([](Invite &i) { i.ownerPubkey = QString(64, u'0'); })), u"invite_bad_signature"_s);
    QCOMPARE(altered([](Invite &i) { i.meshSlug.clear(); }).error().band, ErrorBand::Security);
    // Altered and expired: the alteration is what matters.
    Invite both = good;
    both.meshSlug = u"other"_s;
    QCOMPARE(codeOf(verifyInvite(both, expiresMs + 1)), u"invite_bad_signature"_s);
}

void TestInvite::spellings_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<InviteSpelling>("spelling");
    QTest::newRow("ic") << u"ic://join/"_s + m_token << InviteSpelling::IcLink;
    QTest::newRow("ic, capitals") << u"IC://join/"_s + m_token << InviteSpelling::IcLink;
    QTest::newRow("app scheme") << u"claudemesh://join/"_s + m_token << InviteSpelling::AppScheme;
    QTest::newRow("web") << u"https://claudemesh.example/join/"_s + m_token << InviteSpelling::WebLink;
    QTest::newRow("web with locale") << u"https://claudemesh.example/de/join/"_s + m_token << InviteSpelling::WebLink;
    QTest::newRow("web on this machine") << u"http://localhost:3000/join/"_s + m_token << InviteSpelling::WebLink;
    QTest::newRow("bare") << m_token << InviteSpelling::BareToken;
    QTest::newRow("pasted with line ends") << u"\n  "_s + m_token + u" \r\n"_s << InviteSpelling::BareToken;
}

void TestInvite::spellings()
{
    QFETCH(QString, text);
    QFETCH(InviteSpelling, spelling);
    const auto parsed = parseInvite(text);
    QCOMPARE(codeOf(parsed), QString());
    const auto *invite = std::get_if<Invite>(&*parsed);
    QVERIFY(invite);
    QCOMPARE(invite->spelling, spelling);
    QCOMPARE(invite->token, m_token);
    QVERIFY(verifyInvite(*invite, 0));
}

void TestInvite::shortSpellings_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("host");
    QTest::addColumn<QString>("resolve");
    const QString tail = u"/api/public/invite-code/aB3dE6gH"_s;
    QTest::newRow("web") << u"https://mesh.example/i/aB3dE6gH"_s << u"mesh.example"_s
                         << u"https://mesh.example"_s + tail;
    QTest::newRow("locale") << u"https://mesh.example/fr/i/aB3dE6gH"_s << u"mesh.example"_s
                            << u"https://mesh.example"_s + tail;
    QTest::newRow("port") << u"https://mesh.example:8443/i/aB3dE6gH"_s << u"mesh.example:8443"_s
                          << u"https://mesh.example:8443"_s + tail;
    QTest::newRow("this machine") << u"http://127.0.0.1:3000/i/aB3dE6gH"_s << u"127.0.0.1:3000"_s
                                  << u"http://127.0.0.1:3000"_s + tail;
    QTest::newRow("app scheme") << u"claudemesh://i/aB3dE6gH"_s << QString() << u"https://default.example"_s + tail;
}

void TestInvite::shortSpellings()
{
    QFETCH(QString, text);
    QFETCH(QString, host);
    QFETCH(QString, resolve);
    const auto parsed = parseInvite(text);
    QCOMPARE(codeOf(parsed), QString());
    const auto *invite = std::get_if<ShortInvite>(&*parsed);
    QVERIFY(invite);
    QCOMPARE(invite->code, u"aB3dE6gH"_s);
    QCOMPARE(invite->appHost, host);
    QCOMPARE(invite->resolveUrl(u"default.example"_s).toString(), resolve);
}

void TestInvite::notInvites_data()
{
    QTest::addColumn<QString>("text");
    QTest::newRow("empty") << QString();
    QTest::newRow("blank") << u"  \n "_s;
    QTest::newRow("word") << u"hello"_s;
    QTest::newRow("short word") << u"aB3dE6gH"_s;
    QTest::newRow("20 letters") << QString(20, u'a');
    QTest::newRow("21 letters, no JSON") << QString(21, u'a');
    QTest::newRow("other scheme") << u"ftp://join/"_s + m_token;
    QTest::newRow("ic without token") << u"ic://join/"_s;
    QTest::newRow("ic without slash") << u"ic://join"_s;
    QTest::newRow("ic with code") << u"ic://i/aB3dE6gH"_s;
    QTest::newRow("other path") << u"https://mesh.example/invite/"_s + m_token;
    QTest::newRow("long locale") << u"https://mesh.example/deu/join/"_s + m_token;
    QTest::newRow("locale in capitals") << u"https://mesh.example/DE/join/"_s + m_token;
    QTest::newRow("plain http elsewhere") << u"http://mesh.example/join/"_s + m_token;
    QTest::newRow("plain http elsewhere, code") << u"http://mesh.example/i/aB3dE6gH"_s;
    QTest::newRow("no host") << u"https:///join/"_s + m_token;
    QTest::newRow("user in the address") << u"https://me:pw@mesh.example/i/aB3dE6gH"_s;
    QTest::newRow("query") << u"https://mesh.example/i/aB3dE6gH?x=1"_s;
    QTest::newRow("fragment") << u"https://mesh.example/i/aB3dE6gH#x"_s;
    QTest::newRow("trailing slash") << u"ic://join/"_s + m_token + u'/';
    QTest::newRow("trailing path") << u"https://mesh.example/i/aB3dE6gH/more"_s;
    QTest::newRow("trailing junk") << m_token + u'!';
    QTest::newRow("token with padding") << m_token + u"=="_s;
    QTest::newRow("token cut") << m_token.chopped(3);
    QTest::newRow("two tokens") << m_token + u' ' + m_token;
    QTest::newRow("code with a dot") << u"claudemesh://i/aB3.E6gH"_s;
    QTest::newRow("code with escapes") << u"https://mesh.example/i/aB3%2e%2e%2f"_s;
    QTest::newRow("code too short") << u"claudemesh://i/abc"_s;
    QTest::newRow("code too long") << u"claudemesh://i/"_s + QString(65, u'a');
    QTest::newRow("not Latin") << QString(40, u'я');
    QTest::newRow("JSON array") << toBase64Url("[1,2,3,4,5,6,7,8,9,10]");
    QTest::newRow("not UTF-8") << toBase64Url("{\"v\":1,\"mesh_id\":\"\xff\xfe\"}");
    QTest::newRow("JSON and more") << toBase64Url(m_vector.value("payload_json"_L1).toString().toUtf8() + "{}");
}

void TestInvite::notInvites()
{
    QFETCH(QString, text);
    const auto parsed = parseInvite(text);
    QCOMPARE(codeOf(parsed), u"invite_malformed"_s);
    QCOMPARE(parsed.error().band, ErrorBand::Persistent);
    QVERIFY(!parsed.error().detail.isEmpty());
}

void TestInvite::badPayloads_data()
{
    QTest::addColumn<QString>("field");
    QTest::addColumn<QJsonValue>("value");
    QTest::addColumn<QString>("code");
    const QString bad = u"invite_malformed"_s;
    const QJsonValue none(QJsonValue::Undefined);
    for (const QString &field : payload().keys()) {
        QTest::addRow("%s missing", qPrintable(field)) << field << none << bad;
        QTest::addRow("%s null", qPrintable(field)) << field << QJsonValue() << bad;
        QTest::addRow("%s wrong type", qPrintable(field)) << field << QJsonValue(QJsonArray{1}) << bad;
    }
    QTest::newRow("version 2") << u"v"_s << QJsonValue(2) << u"invite_version"_s;
    QTest::newRow("version as text") << u"v"_s << QJsonValue(u"1"_s) << bad;
    QTest::newRow("empty mesh id") << u"mesh_id"_s << QJsonValue(u""_s) << bad;
    QTest::newRow("separator in slug") << u"mesh_slug"_s << QJsonValue(u"a|b"_s) << bad;
    QTest::newRow("endless slug") << u"mesh_slug"_s << QJsonValue(QString(3000, u'x')) << bad;
    QTest::newRow("expiry as text") << u"expires_at"_s << QJsonValue(u"1776211200"_s) << bad;
    QTest::newRow("expiry with fraction") << u"expires_at"_s << QJsonValue(1776211200.5) << bad;
    QTest::newRow("negative expiry") << u"expires_at"_s << QJsonValue(-1) << bad;
    QTest::newRow("expiry beyond time") << u"expires_at"_s << QJsonValue(1e300) << bad;
    QTest::newRow("role") << u"role"_s << QJsonValue(u"owner"_s) << bad;
    QTest::newRow("owner in capitals") << u"owner_pubkey"_s
                                       << QJsonValue(payload().value("owner_pubkey"_L1).toString().toUpper()) << bad;
    QTest::newRow("owner cut") << u"owner_pubkey"_s << QJsonValue(QString(62, u'a')) << bad;
    QTest::newRow("signature cut") << u"signature"_s << QJsonValue(QString(126, u'a')) << bad;
    QTest::newRow("signature in capitals") << u"signature"_s << QJsonValue(QString(128, u'A')) << bad;
    QTest::newRow("root key") << u"mesh_root_key"_s << QJsonValue(u"a+b="_s) << bad;
}

void TestInvite::badPayloads()
{
    QFETCH(QString, field);
    QFETCH(QJsonValue, value);
    QFETCH(QString, code);
    QJsonObject object = payload();
    QVERIFY(object.contains(field));
    if (value.isUndefined())
        object.remove(field);
    else
        object.insert(field, value);
    QCOMPARE(codeOf(parseInviteToken(tokenOf(object))), code);
    QCOMPARE(codeOf(parseInviteToken(tokenOf(payload()))), QString()); // and it is that field alone
}

void TestInvite::bigTexts()
{
    const QString megabyte(1024 * 1024, u'e');
    for (const QString &prefix : {u""_s, u"ic://join/"_s, u"https://mesh.example/join/"_s, u"claudemesh://i/"_s})
        QCOMPARE(codeOf(parseInvite(prefix + megabyte)), u"invite_malformed"_s);
    QCOMPARE(codeOf(parseInviteToken(megabyte)), u"invite_malformed"_s);
    QCOMPARE(codeOf(parseInviteToken(toBase64Url(QByteArray(10'000, '[')))), u"invite_malformed"_s);
}

void TestInvite::brokerUrls_data()
{
    QTest::addColumn<QString>("url");
    QTest::addColumn<bool>("good");
    QTest::newRow("wss") << u"wss://broker.example.org/ws"_s << true;
    QTest::newRow("wss with port") << u"wss://broker.example.org:7900/ws"_s << true;
    QTest::newRow("ws here") << u"ws://127.0.0.1:7900/ws"_s << true;
    QTest::newRow("ws here, v6") << u"ws://[::1]:7900/ws"_s << true;
    QTest::newRow("ws localhost") << u"ws://localhost:7900/ws"_s << true;
    QTest::newRow("ws elsewhere") << u"ws://broker.example.org/ws"_s << false;
    QTest::newRow("ws made to look local") << u"ws://localhost.example.org/ws"_s << false;
    QTest::newRow("ws with local user") << u"ws://localhost@evil.example/ws"_s << false;
    QTest::newRow("https") << u"https://broker.example.org/ws"_s << false;
    QTest::newRow("file") << u"file:///etc/passwd"_s << false;
    QTest::newRow("user") << u"wss://me:pw@broker.example.org/ws"_s << false;
    QTest::newRow("no host") << u"wss:///ws"_s << false;
    QTest::newRow("words") << u"not a url"_s << false;
}

void TestInvite::brokerUrls()
{
    QFETCH(QString, url);
    QFETCH(bool, good);
    QJsonObject object = payload();
    object.insert(u"broker_url"_s, url);
    QCOMPARE(codeOf(parseInviteToken(tokenOf(object))), good ? QString() : u"invite_bad_broker_url"_s);
}

void TestInvite::make()
{
    const KeyPair owner = m_vectors.keys("mesh_owner"_L1);
    InviteDraft draft{u"AbCdEfGhIjKlMnOpQrStUvWxYz012345"_s,
                      u"acme"_s,
                      u"wss://broker.example.org/ws"_s,
                      1'776'211'200,
                      u"mZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZk"_s,
                      u"member"_s};
    const auto invite = makeInvite(draft, owner);
    QVERIFY(invite);
    QCOMPARE(invite->token, m_token); // to the byte what the project's own tools make
    QCOMPARE(inviteLink(*invite), m_vector.value("link"_L1).toString());
    QVERIFY(verifyInvite(*invite, 0));

    draft.meshSlug = u"größe \"x\""_s;
    QCOMPARE(makeInvite(draft, owner)->meshSlug, draft.meshSlug);
    QVERIFY(verifyInvite(*makeInvite(draft, owner), 0));
    QCOMPARE(codeOf(makeInvite(draft, KeyPair())), u"bad_key"_s);
    draft.role = u"owner"_s;
    QCOMPARE(codeOf(makeInvite(draft, owner)), u"invite_malformed"_s);
    draft.role = u"admin"_s;
    draft.brokerUrl = u"ws://elsewhere.example/ws"_s;
    QCOMPARE(codeOf(makeInvite(draft, owner)), u"invite_bad_broker_url"_s);
}

void TestInvite::joinUrls_data()
{
    QTest::addColumn<QString>("broker");
    QTest::addColumn<QString>("join");
    QTest::newRow("wss") << u"wss://broker.example.org/ws"_s << u"https://broker.example.org/join"_s;
    QTest::newRow("port") << u"ws://127.0.0.1:7900/ws"_s << u"http://127.0.0.1:7900/join"_s;
    QTest::newRow("path") << u"wss://broker.example.org/some/ws?x=1"_s << u"https://broker.example.org/join"_s;
    QTest::newRow("no path") << u"wss://broker.example.org"_s << u"https://broker.example.org/join"_s;
}

void TestInvite::joinUrls()
{
    QFETCH(QString, broker);
    QFETCH(QString, join);
    Invite invite;
    invite.brokerUrl = broker;
    QCOMPARE(joinUrl(invite).toString(), join);
}

void TestInvite::loopback()
{
    for (const QString &host : {u"localhost"_s, u"LocalHost"_s, u"127.0.0.1"_s, u"127.255.0.3"_s, u"::1"_s})
        QVERIFY2(isLoopbackHost(host), qPrintable(host));
    for (const QString &host : {u""_s, u"localhost."_s, u"127.0.0"_s, u"127.0.0.1.example"_s, u"127.0.0.256"_s,
                                u"127.0.0.+1"_s, u"128.0.0.1"_s, u"0.0.0.0"_s, u"::"_s, u"::2"_s})
        QVERIFY2(!isLoopbackHost(host), qPrintable(host));
}

void TestInvite::sealedRootKey()
{
    const QJsonObject vector = m_vectors.section("invite_v2"_L1);
    const SecretBytes secret = SecretBytes::fromBytes(bytesOf(vector.value("recipient_x25519_secret_hex"_L1)));
    const QString sealed = vector.value("sealed_root_key_base64url"_L1).toString();
    const auto rootKey = openSealedRootKey(sealed, secret);
    QVERIFY(rootKey);
    QCOMPARE(toHex(rootKey->view()), vector.value("root_key_hex"_L1).toString());
    QCOMPARE(toBase64Url(rootKey->view()), vector.value("root_key_base64url"_L1).toString());
    QCOMPARE(toHex(*fromBase64Url(sealed)), vector.value("sealed_root_key_hex"_L1).toString());
    QCOMPARE(codeOf(openSealedRootKey(flipped(sealed, 60), secret)), u"cannot_open"_s);
    QCOMPARE(codeOf(openSealedRootKey(sealed.chopped(4), secret)), u"malformed"_s);
    QCOMPARE(codeOf(openSealedRootKey(sealed + u'=', secret)), u"malformed"_s);
    QCOMPARE(codeOf(openSealedRootKey(sealed, SecretBytes::random(32))), u"cannot_open"_s);
    QCOMPARE(codeOf(openSealedRootKey(sealed, SecretBytes(31))), u"bad_key"_s);
}

void TestInvite::v2Canonical()
{
    const QJsonObject vector = m_vectors.section("invite_v2"_L1);
    const PublicKey owner = m_vectors.keys("mesh_owner"_L1).publicKey;
    const QByteArray canonical = inviteV2Canonical(m_vectors.meshId(), vector.value("invite_id"_L1).toString(),
                                                   1'776'211'200, u"member", owner.hex());
    QCOMPARE(QString::fromUtf8(canonical), vector.value("canonical"_L1).toString());
    QVERIFY(verifyDetached(vector.value("owner_signature_hex"_L1).toString(), canonical, owner));
}

MESH_TEST(TestInvite)

} // namespace tst_invite

#include "tst_invite.moc"
