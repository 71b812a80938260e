// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/protocol/attestation.h"
#include "models/protocol/box.h"
#include "models/protocol/encoding.h"
#include "models/protocol/filecrypto.h"
#include "models/protocol/sodium.h"
#include "models/protocol/topiccrypto.h"
#include "tests/protocol/cryptovectors.h"
#include "tests/support/testprogram.h"

#include <QtCore/QSet>
#include <QtCore/QVariant>
#include <QtTest/QTest>

#include <limits>
#include <type_traits>

namespace tst_crypto {

using namespace mesh::protocol;
using namespace Qt::StringLiterals;

namespace {

// What must not compile, checked where it can be.
static_assert(!std::is_copy_constructible_v<SecretBytes> && !std::is_copy_assignable_v<SecretBytes>);
static_assert(!std::is_copy_constructible_v<SecretKey> && !std::is_copy_constructible_v<KeyPair>);
static_assert(!std::is_copy_constructible_v<BoxSession> && !std::is_copy_constructible_v<TopicKey>);
static_assert(!std::is_convertible_v<SecretBytes, QByteArray> && !std::is_convertible_v<SecretBytes, QByteArrayView>);
static_assert(std::is_nothrow_move_constructible_v<SecretBytes>);

} // namespace

class TestCrypto : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void secretBytes();
    void secretBytesMoveEmptiesTheSource();
    void wipeOverwritesOwnMemoryOnly();
    void hexIsStrict();
    void base64IsStrict_data();
    void base64IsStrict();
    void utf8IsStrict();
    void keysFromVectors();
    void keysRefuse();
    void signatures();
    void smallOrderPointsAreRefused_data();
    void smallOrderPointsAreRefused();
    void helloVector();
    void sessionHelloVector();
    void helloTimes();
    void attestationTimes();
    void sessionHelloErrors();

private:
    CryptoVectors m_vectors;
    QString m_meshId;
};

void TestCrypto::initTestCase()
{
    QVERIFY(initSodium());
    QVERIFY(m_vectors.load());
    m_meshId = m_vectors.meshId();
    QVERIFY(!m_meshId.isEmpty());
}

void TestCrypto::secretBytes()
{
    QVERIFY(SecretBytes().isEmpty());
    QVERIFY(SecretBytes(-5).isEmpty());
    QCOMPARE(SecretBytes(3).view().toByteArray(), QByteArray(3, '\0'));
    const SecretBytes a = SecretBytes::random(32);
    const SecretBytes b = SecretBytes::random(32);
    QCOMPARE(a.size(), 32);
    QVERIFY(!a.equals(b));
    QVERIFY(a.equals(a.clone()));
    QVERIFY(a.clone().data() != a.data());
    QVERIFY(!a.equals(SecretBytes(31)));
    QVERIFY(SecretBytes().equals(SecretBytes()));
    QCOMPARE(SecretBytes::fromUtf8(u"pä").view().toByteArray(), QByteArray("p\xC3\xA4"));
    const SecretBytes four = SecretBytes::fromBytes("abcd");
    QCOMPARE(four.view(1, 2).toByteArray(), QByteArray("bc"));
    QCOMPARE(four.view(3, 100).toByteArray(), QByteArray("d"));
    QVERIFY(four.view(4, 1).isEmpty());
    QVERIFY(four.view(-1, 1).isEmpty());
}

void TestCrypto::secretBytesMoveEmptiesTheSource()
{
    SecretBytes a = SecretBytes::fromBytes("secret");
    const unsigned char *memory = a.data();
    SecretBytes b = std::move(a);
    QVERIFY(a.isEmpty() && !a.data());
    QVERIFY(b.data() == memory);
    SecretBytes c = SecretBytes::fromBytes("other");
    c = std::move(b);
    QVERIFY(b.isEmpty() && !b.data());
    QCOMPARE(c.view().toByteArray(), QByteArray("secret"));
    SecretBytes &same = c;
    c = std::move(same);
    QCOMPARE(c.view().toByteArray(), QByteArray("secret"));
}

void TestCrypto::wipeOverwritesOwnMemoryOnly()
{
    QByteArray own("passphrase");
    own.detach();
    const QByteArray shared = own;
    const SecretBytes taken = SecretBytes::takeFrom(own);
    QVERIFY(own.isEmpty());
    QCOMPARE(shared, QByteArray("passphrase"));
    QCOMPARE(taken.view().toByteArray(), QByteArray("passphrase"));
    char memory[] = "raw data";
    QByteArray raw = QByteArray::fromRawData(memory, 8);
    wipe(raw);
    QVERIFY(raw.isEmpty());
    QString text = u"typed"_s;
    text.detach();
    wipe(text);
    QVERIFY(text.isEmpty());
}

void TestCrypto::hexIsStrict()
{
    QCOMPARE(toHex(QByteArray("\x00\x0f\xa5\xff", 4)), u"000fa5ff"_s);
    QCOMPARE(*fromHex(u"000fa5ff"), QByteArray("\x00\x0f\xa5\xff", 4));
    QVERIFY(fromHex(u"")->isEmpty());
    for (const QString &bad : {u"0"_s, u"0G"_s, u"AB"_s, u"aB"_s, u" ab"_s, u"ab "_s, u"ab\n"_s, u"0x"_s, u"abc"_s,
                               u"é1"_s, u"\uff11\uff12"_s})
        QCOMPARE(codeOf(fromHex(bad)), u"malformed"_s);
    QCOMPARE(codeOf(fromHex(u"abcd", 1)), u"malformed"_s);
    QCOMPARE(codeOf(fromHex(u"abcd", 3)), u"malformed"_s);
    QCOMPARE(codeOf(fromHex(u"abcde", 2)), u"malformed"_s);
    QCOMPARE(codeOf(secretFromHex(u"abcde", 2)), u"malformed"_s);
    QCOMPARE(codeOf(secretFromHex(u"ABCD", 2)), u"malformed"_s);
    QCOMPARE(secretFromHex(u"abcd", 2)->view().toByteArray(), QByteArray("\xab\xcd"));
}

void TestCrypto::base64IsStrict_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<bool>("standard");
    QTest::addColumn<bool>("urlSafe");
    QTest::newRow("empty") << u""_s << true << true;
    QTest::newRow("three bytes") << u"AAEC"_s << true << true;
    QTest::newRow("padded one") << u"/w=="_s << true << false;
    QTest::newRow("padded two") << u"//8="_s << true << false;
    QTest::newRow("standard letters") << u"+/+/"_s << true << false;
    QTest::newRow("url letters") << u"-_-_"_s << false << true;
    QTest::newRow("no padding") << u"_w"_s << false << true;
    QTest::newRow("half padding") << u"/w="_s << false << false;
    QTest::newRow("too much padding") << u"AAEC===="_s << false << false;
    QTest::newRow("padding inside") << u"/w==AAEC"_s << false << false;
    QTest::newRow("unused bits set") << u"/x=="_s << false << false;
    QTest::newRow("unused bits set, url") << u"_x"_s << false << false;
    QTest::newRow("one letter") << u"A"_s << false << false;
    QTest::newRow("line end") << u"AAEC\n"_s << false << false;
    QTest::newRow("space inside") << u"AA EC"_s << false << false;
    QTest::newRow("junk after") << u"AAEC!"_s << false << false;
    QTest::newRow("not latin") << u"AAE\u4e00"_s << false << false;
    QTest::newRow("zero byte") << u"AAEC"_s + QChar(u'\0') << false << false;
}

void TestCrypto::base64IsStrict()
{
    QFETCH(QString, text);
    QFETCH(bool, standard);
    QFETCH(bool, urlSafe);
    const auto a = fromBase64(text);
    QCOMPARE(a.hasValue(), standard);
    if (a)
        QCOMPARE(toBase64(*a), text);
    const auto b = fromBase64Url(text);
    QCOMPARE(b.hasValue(), urlSafe);
    if (b)
        QCOMPARE(toBase64Url(*b), text);
    QCOMPARE(codeOf(fromBase64(text, 77)), u"malformed"_s);
    QCOMPARE(codeOf(fromBase64Url(text, 77)), u"malformed"_s);
}

void TestCrypto::utf8IsStrict()
{
    QCOMPARE(*fromUtf8Strict("\xE2\x98\x95"), u"☕"_s);
    QCOMPARE(*fromUtf8Strict("\xEF\xBB\xBFx"), u"\uFEFFx"_s);
    QVERIFY(fromUtf8Strict("")->isEmpty());
    for (const QByteArray &bad : {QByteArray("\xE2\x98"), QByteArray("\xff"), QByteArray("\xC0\xAF"),
                                  QByteArray("\xED\xA0\x80"), QByteArray("\xF4\x90\x80\x80"), QByteArray("a\x80")})
        QCOMPARE(codeOf(fromUtf8Strict(bad)), u"not_text"_s);
}

void TestCrypto::keysFromVectors()
{
    const QJsonObject all = m_vectors.section("keys"_L1);
    QCOMPARE(all.size(), 5);
    for (auto it = all.begin(); it != all.end(); ++it) {
        const QJsonObject vector = it.value().toObject();
        const auto pair = KeyPair::fromSeed(SecretBytes::fromBytes(bytesOf(vector.value("seed"_L1))));
        QVERIFY(pair);
        QCOMPARE(pair->publicKey.hex(), vector.value("ed25519_public"_L1).toString());
        QCOMPARE(QString::fromLatin1(pair->secretKey.toHex().view()), vector.value("ed25519_secret"_L1).toString());
        QCOMPARE(pair->secretKey.toBoxSecret().view().toByteArray(), bytesOf(vector.value("x25519_secret"_L1)));
        const auto box = BoxPublicKey::fromSigningKey(pair->publicKey);
        QVERIFY(box);
        QCOMPARE(box->view().toByteArray(), bytesOf(vector.value("x25519_public"_L1)));
        QCOMPARE(*PublicKey::fromHex(pair->publicKey.hex()), pair->publicKey);
        QCOMPARE(KeyPair::fromSecretHex(pair->secretKey.toHex())->publicKey, pair->publicKey);
        QVERIFY(pair->clone().secretKey.toHex().equals(pair->secretKey.toHex()));
    }
    const KeyPair one = KeyPair::generate();
    QVERIFY(!one.isNull() && !one.publicKey.isNull());
    QVERIFY(KeyPair::generate().publicKey != one.publicKey);
    QVERIFY((QSet<PublicKey>{one.publicKey, one.publicKey}).size() == 1);
    QVERIFY(QVariant::fromValue(one.publicKey).value<PublicKey>() == one.publicKey);
}

void TestCrypto::keysRefuse()
{
    const QString publicHex = m_vectors.keys("alice_member"_L1).publicKey.hex();
    QCOMPARE(codeOf(PublicKey::fromHex(publicHex.toUpper())), u"malformed"_s);
    QCOMPARE(codeOf(PublicKey::fromHex(publicHex.chopped(1))), u"malformed"_s);
    QCOMPARE(codeOf(PublicKey::fromHex(publicHex + u"00"_s)), u"malformed"_s);
    QCOMPARE(codeOf(PublicKey::fromHex(publicHex + u'\n')), u"malformed"_s);
    QCOMPARE(codeOf(PublicKey::fromBytes(QByteArray(31, 'x'))), u"malformed"_s);
    const QJsonObject vector = m_vectors.section("keys"_L1).value("alice_member"_L1).toObject();
    const QString secretHex = vector.value("ed25519_secret"_L1).toString();
    QCOMPARE(codeOf(KeyPair::fromSecretHex(secretHex.toUpper())), u"bad_key"_s);
    QCOMPARE(codeOf(KeyPair::fromSecretHex(secretHex.chopped(2))), u"bad_key"_s);
    QCOMPARE(codeOf(KeyPair::fromSecretHex(flipped(secretHex, 0))), u"bad_key"_s);
    QCOMPARE(codeOf(KeyPair::fromSecretHex(flipped(secretHex, 127))), u"bad_key"_s);
    QCOMPARE(codeOf(KeyPair::fromSecretHex(SecretBytes())), u"bad_key"_s);
    QCOMPARE(codeOf(KeyPair::fromSeed(SecretBytes(31))), u"bad_key"_s);
    QCOMPARE(codeOf(SecretKey::fromBytes(SecretBytes())), u"bad_key"_s);
    QVERIFY(SecretKey().toHex().isEmpty());
    QVERIFY(SecretKey().toBoxSecret().isEmpty());
}

void TestCrypto::signatures()
{
    const KeyPair alice = m_vectors.keys("alice_member"_L1);
    const auto signature = signDetached("text", alice.secretKey);
    QVERIFY(signature);
    QVERIFY(verifyDetached(*signature, "text", alice.publicKey));
    QCOMPARE(codeOf(verifyDetached(*signature, "texu", alice.publicKey)), u"bad_signature"_s);
    QCOMPARE(codeOf(verifyDetached(flipped(*signature, 3), "text", alice.publicKey)), u"bad_signature"_s);
    QCOMPARE(codeOf(verifyDetached(*signature, "text", m_vectors.keys("bob_member"_L1).publicKey)), u"bad_signature"_s);
    QCOMPARE(codeOf(verifyDetached(signature->toUpper(), "text", alice.publicKey)), u"malformed"_s);
    QCOMPARE(codeOf(verifyDetached(signature->chopped(2), "text", alice.publicKey)), u"malformed"_s);
    QCOMPARE(codeOf(verifyDetached(*signature + u"00"_s, "text", alice.publicKey)), u"malformed"_s);
    QCOMPARE(codeOf(signDetached("text", SecretKey())), u"bad_key"_s);
}

void TestCrypto::smallOrderPointsAreRefused_data()
{
    QTest::addColumn<QString>("hex");
    QTest::newRow("order 4, zero") << QString(64, u'0');
    QTest::newRow("order 1") << u"01"_s + QString(62, u'0');
    QTest::newRow("order 8") << u"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"_s;
    QTest::newRow("order 2") << u"ec"_s + QString(60, u'f') + u"7f"_s;
    QTest::newRow("off the curve") << u"02"_s + QString(62, u'0');
}

void TestCrypto::smallOrderPointsAreRefused()
{
    QFETCH(QString, hex);
    const auto key = PublicKey::fromHex(hex);
    QVERIFY(key);
    const KeyPair alice = m_vectors.keys("alice_member"_L1);
    const auto session = BoxSession::create(*key, alice.secretKey);
    QCOMPARE(codeOf(session), u"bad_key"_s);
    QCOMPARE(session.error().band, ErrorBand::Security);
    QCOMPARE(codeOf(sealDirect(u"x", *key, alice.secretKey)), u"bad_key"_s);
    QCOMPARE(codeOf(sealFileKey(SecretBytes::random(FileKeySize), *key)), u"bad_key"_s);
    QCOMPARE(codeOf(sealTopicKey(TopicKey::generate(), *key, alice.secretKey)), u"bad_key"_s);
    // With such a key a signature of zeros could pass for any text.
    QCOMPARE(codeOf(verifyDetached(QString(128, u'0'), "text", *key)), u"bad_signature"_s);
    QCOMPARE(codeOf(verifyDetached(u"01"_s + QString(126, u'0'), "text", *key)), u"bad_signature"_s);
}

void TestCrypto::helloVector()
{
    const QJsonObject vector = m_vectors.section("hello"_L1);
    const KeyPair alice = m_vectors.keys("alice_member"_L1);
    const QString memberId = m_vectors.section("ids"_L1).value("memberId"_L1).toString();
    const auto timestamp = vector.value("timestamp"_L1).toInteger();
    const QByteArray canonical = helloCanonical(m_meshId, memberId, alice.publicKey.hex(), timestamp);
    QCOMPARE(QString::fromUtf8(canonical), vector.value("canonical"_L1).toString());
    QCOMPARE(canonical, bytesOf(vector.value("canonical_utf8_hex"_L1)));
    const QString signature = vector.value("signature_hex"_L1).toString();
    QCOMPARE(*signHello(m_meshId, memberId, alice, timestamp), signature);
    QVERIFY(verifyHello(m_meshId, memberId, alice.publicKey.hex(), timestamp, signature, timestamp));
    QCOMPARE(helloCanonical(u"", u"m", u"p", 1), QByteArray("|m|p|1"));
}

void TestCrypto::sessionHelloVector()
{
    const QJsonObject attest = m_vectors.section("session_hello"_L1).value("attestation"_L1).toObject();
    const QJsonObject hello = m_vectors.section("session_hello"_L1).value("hello"_L1).toObject();
    const KeyPair member = m_vectors.keys("alice_member"_L1);
    const KeyPair session = m_vectors.keys("alice_session"_L1);
    const auto expiresAt = attest.value("expiresAt"_L1).toInteger();
    const auto timestamp = hello.value("timestamp"_L1).toInteger();
    QCOMPARE(QString::fromUtf8(attestationCanonical(member.publicKey.hex(), session.publicKey.hex(), expiresAt)),
             attest.value("canonical"_L1).toString());
    const auto attestation = makeAttestation(member, session.publicKey, expiresAt);
    QVERIFY(attestation);
    QCOMPARE(attestation->signature, attest.value("signature_hex"_L1).toString());
    QCOMPARE(
        QString::fromUtf8(sessionHelloCanonical(m_meshId, member.publicKey.hex(), session.publicKey.hex(), timestamp)),
        hello.value("canonical"_L1).toString());
    const auto signature = signSessionHello(m_meshId, member.publicKey, session, timestamp);
    QCOMPARE(*signature, hello.value("signature_hex"_L1).toString());
    QVERIFY(verifySessionHello(m_meshId, member.publicKey.hex(), session.publicKey.hex(), *attestation, timestamp,
                               *signature, timestamp));
    QCOMPARE(codeOf(makeAttestation(KeyPair(), session.publicKey, expiresAt)), u"bad_key"_s);
}

void TestCrypto::helloTimes()
{
    const KeyPair alice = m_vectors.keys("alice_member"_L1);
    const qint64 now = 1'775'606'400'000;
    const auto check = [&](qint64 timestamp) {
        const auto signature = signHello(m_meshId, u"m", alice, timestamp);
        return codeOf(verifyHello(m_meshId, u"m", alice.publicKey.hex(), timestamp, *signature, now));
    };
    QCOMPARE(check(now - 60'000), QString());
    QCOMPARE(check(now + 60'000), QString());
    QCOMPARE(check(now - 60'001), u"timestamp_skew"_s);
    QCOMPARE(check(now + 60'001), u"timestamp_skew"_s);
    QCOMPARE(check(0), u"timestamp_skew"_s);
    QCOMPARE(check(std::numeric_limits<qint64>::max()), u"timestamp_skew"_s);
    QCOMPARE(check(std::numeric_limits<qint64>::min()), u"timestamp_skew"_s);
    const QString good = *signHello(m_meshId, u"m", alice, now);
    const QString key = alice.publicKey.hex();
    QCOMPARE(codeOf(verifyHello(m_meshId, u"m", key, now, u"no hex", now)), u"malformed"_s);
    QCOMPARE(codeOf(verifyHello(m_meshId, u"m", key.toUpper(), now, good, now)), u"malformed"_s);
    QCOMPARE(codeOf(verifyHello(m_meshId, u"n", key, now, good, now)), u"bad_signature"_s);
    QCOMPARE(codeOf(verifyHello(u"other", u"m", key, now, good, now)), u"bad_signature"_s);
    QCOMPARE(codeOf(verifyHello(m_meshId, u"m", key, now + 1, good, now)), u"bad_signature"_s);
}

void TestCrypto::attestationTimes()
{
    const KeyPair member = m_vectors.keys("alice_member"_L1);
    const PublicKey session = m_vectors.keys("alice_session"_L1).publicKey;
    const qint64 now = 1'775'606'400'000;
    const auto check = [&](qint64 expiresAt) {
        return codeOf(verifyAttestation(*makeAttestation(member, session, expiresAt), now));
    };
    QCOMPARE(check(now + 1), QString());
    QCOMPARE(check(now + AttestationLifeMs), QString());
    QCOMPARE(check(now + AttestationMaxMs), QString());
    QCOMPARE(check(now + AttestationMaxMs + 1), u"ttl_too_long"_s);
    QCOMPARE(check(std::numeric_limits<qint64>::max()), u"ttl_too_long"_s);
    QCOMPARE(check(now), u"expired"_s);
    QCOMPARE(check(std::numeric_limits<qint64>::min()), u"expired"_s);
    auto forged = *makeAttestation(member, session, now + 1000);
    ++forged.expiresAt;
    QCOMPARE(codeOf(verifyAttestation(forged, now)), u"bad_signature"_s);
    QCOMPARE(verifyAttestation(forged, now).error().band, ErrorBand::Security);
    forged.signature = u"zz"_s;
    QCOMPARE(codeOf(verifyAttestation(forged, now)), u"malformed"_s);
    forged.parentMemberPubkey.clear();
    QCOMPARE(codeOf(verifyAttestation(forged, now)), u"malformed"_s);
}

void TestCrypto::sessionHelloErrors()
{
    const KeyPair member = m_vectors.keys("alice_member"_L1);
    const KeyPair session = m_vectors.keys("alice_session"_L1);
    const KeyPair other = m_vectors.keys("bob_member"_L1);
    const qint64 now = 1'775'606'400'000;
    const QString memberHex = member.publicKey.hex();
    const QString sessionHex = session.publicKey.hex();
    const SessionAttestation good = *makeAttestation(member, session.publicKey, now + AttestationLifeMs);
    const QString signature = *signSessionHello(m_meshId, member.publicKey, session, now);
    const auto check = [&](const QString &parent, const QString &key, const SessionAttestation &attestation,
                           const QString &sign, qint64 time) {
        const auto result = verifySessionHello(m_meshId, parent, key, attestation, time, sign, now);
        return result ? QString() : result.error().code + u' ' + result.error().detail.section(u' ', 0, 0);
    };
    QCOMPARE(check(memberHex, sessionHex, good, signature, now), QString());
    QCOMPARE(check(memberHex, sessionHex.toUpper(), good, signature, now), u"bad_session_pubkey session_hello"_s);
    QCOMPARE(check(u"x"_s, sessionHex, good, signature, now), u"bad_parent_pubkey session_hello"_s);
    QCOMPARE(check(other.publicKey.hex(), sessionHex, good, signature, now), u"attestation_mismatch session_hello"_s);
    const SessionAttestation none;
    QCOMPARE(check(memberHex, sessionHex, none, signature, now), u"attestation_mismatch session_hello"_s);
    SessionAttestation old = *makeAttestation(member, session.publicKey, now - 1);
    QCOMPARE(check(memberHex, sessionHex, old, signature, now), u"expired attestation"_s);
    SessionAttestation forged = good;
    forged.signature = *signDetached("anything", other.secretKey);
    QCOMPARE(check(memberHex, sessionHex, forged, signature, now), u"bad_signature attestation"_s);
    QCOMPARE(check(memberHex, sessionHex, good, signature, now + 60'001), u"timestamp_skew session_hello"_s);
    QCOMPARE(check(memberHex, sessionHex, good, u""_s, now), u"malformed session_hello"_s);
    // Signed by the member key instead of the session key.
    const QString wrong = *signDetached(sessionHelloCanonical(m_meshId, memberHex, sessionHex, now), member.secretKey);
    QCOMPARE(check(memberHex, sessionHex, good, wrong, now), u"bad_signature session_hello"_s);
}

MESH_TEST(TestCrypto)

} // namespace tst_crypto

#include "tst_crypto.moc"
