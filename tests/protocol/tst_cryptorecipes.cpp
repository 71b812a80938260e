// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/protocol/audithash.h"
#include "models/protocol/backup.h"
#include "models/protocol/box.h"
#include "models/protocol/encoding.h"
#include "models/protocol/filecrypto.h"
#include "models/protocol/framescontrol.h"
#include "models/protocol/safetynumber.h"
#include "models/protocol/storagecrypto.h"
#include "models/protocol/topiccrypto.h"
#include "tests/protocol/cryptovectors.h"
#include "tests/support/testprogram.h"

#include <QtCore/QJsonArray>
#include <QtTest/QTest>

namespace tst_cryptorecipes {

using namespace mesh::protocol;
using namespace Qt::StringLiterals;

class TestCryptoRecipes : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY(m_vectors.load()); }
    void directMessageVectors_data();
    void directMessageVectors();
    void directMessageRefusals();
    void directMessageSizes();
    void broadcast();
    void requestFingerprintVector();
    void topicMessage();
    void topicKeySeal();
    void encryptedFile();
    void vaultEntry();
    void backupVector();
    void backupRefusals();
    void safetyNumbers();
    void auditChainVector();
    void auditVerifier();
    void auditVerifierAfterAltering();
    void storage();
    void passphraseFile();

private:
    QList<AuditRow> auditRows() const;

    CryptoVectors m_vectors;
};

void TestCryptoRecipes::directMessageVectors_data()
{
    QTest::addColumn<QString>("name");
    QTest::newRow("to a session key") << u"direct_message"_s;
    QTest::newRow("to a member key") << u"direct_message_to_member_key"_s;
}

void TestCryptoRecipes::directMessageVectors()
{
    QFETCH(QString, name);
    const QJsonObject vector = m_vectors.section(QLatin1StringView(name.toLatin1()));
    const KeyPair sender = m_vectors.keys(vector.value("sender"_L1));
    const KeyPair recipient = m_vectors.keys(vector.value("recipient"_L1));
    const QString plaintext = vector.value("plaintext"_L1).toString();
    const SealedText sealed{vector.value("nonce_b64"_L1).toString(), vector.value("ciphertext_b64"_L1).toString()};

    const auto session = BoxSession::create(recipient.publicKey, sender.secretKey);
    QVERIFY(session);
    const auto nonce = fromBase64(sealed.nonce, BoxNonceSize);
    QVERIFY(nonce);
    QCOMPARE(toBase64(*session->sealBytes(plaintext.toUtf8(), *nonce)), sealed.ciphertext);
    if (vector.contains("ciphertext_hex"_L1)) {
        QCOMPARE(toHex(*fromBase64(sealed.ciphertext)), vector.value("ciphertext_hex"_L1).toString());
        QCOMPARE(toHex(*nonce), vector.value("nonce_hex"_L1).toString());
        QCOMPARE(toHex(plaintext.toUtf8()), vector.value("plaintext_utf8_hex"_L1).toString());
    }
    QCOMPARE(*openDirect(sealed, sender.publicKey, recipient.secretKey), plaintext);
    QCOMPARE(*session->open(sealed), plaintext); // one's own copy
    // Fresh nonces: the same text twice is two boxes, and both open.
    const auto first = sealDirect(plaintext, recipient.publicKey, sender.secretKey);
    const auto second = session->seal(plaintext);
    QVERIFY(first->nonce != second->nonce && first->ciphertext != second->ciphertext);
    QCOMPARE(*openDirect(*first, sender.publicKey, recipient.secretKey), plaintext);
    QCOMPARE(*openDirect(*second, sender.publicKey, recipient.secretKey), plaintext);
}

void TestCryptoRecipes::directMessageRefusals()
{
    const KeyPair alice = m_vectors.keys("alice_session"_L1);
    const KeyPair bob = m_vectors.keys("bob_session"_L1);
    const SealedText good = *sealDirect(u"Hello", bob.publicKey, alice.secretKey);
    const auto open = [&](const SealedText &sealed) {
        return codeOf(openDirect(sealed, alice.publicKey, bob.secretKey));
    };
    QCOMPARE(open(good), QString());
    const QByteArray ciphertext = *fromBase64(good.ciphertext);
    for (qsizetype i = 0; i < ciphertext.size(); ++i)
        QCOMPARE(open({good.nonce, toBase64(flipped(ciphertext, i))}), u"cannot_open"_s);
    QCOMPARE(open({toBase64(flipped(*fromBase64(good.nonce), 23)), good.ciphertext}), u"cannot_open"_s);
    QCOMPARE(open({good.nonce, toBase64(ciphertext.chopped(1))}), u"cannot_open"_s);
    QCOMPARE(open({good.nonce, toBase64(ciphertext + '\0')}), u"cannot_open"_s);
    QCOMPARE(open({good.nonce, toBase64(ciphertext.first(15))}), u"malformed"_s);
    QCOMPARE(open({good.nonce, u""_s}), u"malformed"_s);
    QCOMPARE(open({u""_s, good.ciphertext}), u"malformed"_s);
    QCOMPARE(open({toBase64(QByteArray(23, 'n')), good.ciphertext}), u"malformed"_s);
    QCOMPARE(open({toBase64(QByteArray(25, 'n')), good.ciphertext}), u"malformed"_s);
    QCOMPARE(open({good.nonce, good.ciphertext + u' '}), u"malformed"_s);
    QCOMPARE(open({good.nonce, good.ciphertext.chopped(1)}), u"malformed"_s);
    QCOMPARE(codeOf(openDirect(good, alice.publicKey, m_vectors.keys("bob_member"_L1).secretKey)), u"cannot_open"_s);
    QCOMPARE(codeOf(openDirect(good, m_vectors.keys("alice_member"_L1).publicKey, bob.secretKey)), u"cannot_open"_s);
    QCOMPARE(codeOf(openDirect(good, alice.publicKey, SecretKey())), u"bad_key"_s);
    QCOMPARE(codeOf(BoxSession().seal(u"x")), u"bad_key"_s);
    QCOMPARE(codeOf(BoxSession().open(good)), u"bad_key"_s);
    // Opens, but holds no text.
    const auto session = BoxSession::create(bob.publicKey, alice.secretKey);
    const QByteArray nonce(BoxNonceSize, 'n');
    QCOMPARE(open({toBase64(nonce), toBase64(*session->sealBytes("\xff\xfe", nonce))}), u"not_text"_s);
    QCOMPARE(codeOf(session->sealBytes("x", "short")), u"malformed"_s);
}

void TestCryptoRecipes::directMessageSizes()
{
    const KeyPair alice = m_vectors.keys("alice_session"_L1);
    const KeyPair bob = m_vectors.keys("bob_session"_L1);
    const QString longest(MaxTextBytes, u'x');
    const auto sealed = sealDirect(longest, bob.publicKey, alice.secretKey);
    QVERIFY(sealed);
    QVERIFY(sealed->ciphertext.size() + sealed->nonce.size() + 64 <= 65'536); // what the broker counts
    QCOMPARE(*openDirect(*sealed, alice.publicKey, bob.secretKey), longest);
    QCOMPARE(codeOf(sealDirect(longest + u'x', bob.publicKey, alice.secretKey)), u"too_large"_s);
    QCOMPARE(codeOf(sealDirect(QString(MaxTextBytes / 2 + 1, u'ä'), bob.publicKey, alice.secretKey)), u"too_large"_s);
    QCOMPARE(codeOf(encodeBroadcast(longest + u'x')), u"too_large"_s);
    QCOMPARE(codeOf(sealTopicText(longest + u'x', TopicKey::generate())), u"too_large"_s);
    QVERIFY(openDirect(*sealDirect(u"", bob.publicKey, alice.secretKey), alice.publicKey, bob.secretKey)->isEmpty());
}

void TestCryptoRecipes::broadcast()
{
    const QJsonObject vector = m_vectors.section("broadcast_or_group"_L1);
    const QString plaintext = vector.value("plaintext"_L1).toString();
    const auto encoded = encodeBroadcast(plaintext);
    QCOMPARE(encoded->ciphertext, vector.value("ciphertext_b64"_L1).toString());
    QCOMPARE(fromBase64(encoded->nonce)->size(), BoxNonceSize);
    QCOMPARE(*decodeBroadcast(encoded->ciphertext), plaintext);
    QCOMPARE(*guessUnencrypted(encoded->ciphertext), plaintext);
    QCOMPARE(codeOf(decodeBroadcast(u"not base64")), u"malformed"_s);
    QCOMPARE(codeOf(decodeBroadcast(toBase64("\xff"))), u"not_text"_s);
    QCOMPARE(*decodeBroadcast(toBase64("\x1b[1mbold")), u"\x1b[1mbold"_s);
    QCOMPARE(codeOf(guessUnencrypted(toBase64("\x1b[1mbold"))), u"not_text"_s);
    QCOMPARE(codeOf(guessUnencrypted(toBase64(QByteArray("a\0b", 3)))), u"not_text"_s);
    QCOMPARE(codeOf(guessUnencrypted(u"")), u"not_text"_s);
    QCOMPARE(*guessUnencrypted(toBase64("a\tb\r\n")), u"a\tb\r\n"_s);
}

void TestCryptoRecipes::requestFingerprintVector()
{
    const QJsonObject vector = m_vectors.section("request_fingerprint"_L1);
    FingerprintInput input;
    input.destinationKind = vector.value("destination_kind"_L1).toString();
    input.destinationRef = vector.value("destination_ref"_L1).toString();
    input.replyToId = vector.value("reply_to_id"_L1).toString();
    input.priority = vector.value("priority"_L1).toString();
    input.meta = vector.value("meta"_L1);
    input.body = vector.value("body"_L1).toString();
    const QString expected = vector.value("fingerprint_hex"_L1).toString();
    QCOMPARE(*requestFingerprint(input), expected);
    input.body += u'!';
    QVERIFY(*requestFingerprint(input) != expected);
    input.body.chop(1);
    input.meta = QJsonObject{{u"a"_s, 1}};
    QVERIFY(*requestFingerprint(input) != expected);
}

void TestCryptoRecipes::topicMessage()
{
    const QJsonObject vector = m_vectors.section("topic_message_v2"_L1);
    const auto key = TopicKey::fromBytes(SecretBytes::fromBytes(bytesOf(vector.value("topic_key_hex"_L1))));
    QVERIFY(key);
    const SealedText sealed{vector.value("nonce_b64"_L1).toString(), vector.value("ciphertext_b64"_L1).toString()};
    const QString plaintext = vector.value("plaintext"_L1).toString();
    QCOMPARE(toHex(*fromBase64(sealed.ciphertext)), vector.value("ciphertext_hex"_L1).toString());
    QCOMPARE(*openTopicText(sealed, *key), plaintext);
    QCOMPARE(*openTopicText(*sealTopicText(u"größer ☃", *key), *key), u"größer ☃"_s);
    QCOMPARE(codeOf(openTopicText({sealed.nonce, flipped(sealed.ciphertext, 20)}, *key)), u"cannot_open"_s);
    QCOMPARE(codeOf(openTopicText({flipped(sealed.nonce, 2), sealed.ciphertext}, *key)), u"cannot_open"_s);
    QCOMPARE(codeOf(openTopicText(sealed, TopicKey::generate())), u"cannot_open"_s);
    QCOMPARE(codeOf(openTopicText({sealed.nonce, u"AAAA"_s}, *key)), u"malformed"_s);
    QCOMPARE(codeOf(openTopicText({u"AAAA"_s, sealed.ciphertext}, *key)), u"malformed"_s);
    QCOMPARE(codeOf(openTopicText(sealed, TopicKey())), u"bad_key"_s);
    QCOMPARE(codeOf(sealTopicText(u"x", TopicKey())), u"bad_key"_s);
    QCOMPARE(codeOf(TopicKey::fromBytes(SecretBytes(31))), u"bad_key"_s);
}

void TestCryptoRecipes::topicKeySeal()
{
    const QJsonObject vector = m_vectors.section("topic_key_seal"_L1);
    const KeyPair alice = m_vectors.keys(vector.value("sealer"_L1));
    const KeyPair bob = m_vectors.keys(vector.value("recipient"_L1));
    const SealedTopicKey sealed{vector.value("encryptedKey_b64"_L1).toString(),
                                vector.value("nonce_b64"_L1).toString()};
    QCOMPARE(toHex(*fromBase64(sealed.encryptedKey)), vector.value("encryptedKey_hex"_L1).toString());
    const auto key = openTopicKey(sealed, bob.secretKey);
    QVERIFY(key);
    QCOMPARE(toHex(key->bytes().view()), vector.value("topic_key_hex"_L1).toString());

    const auto again = sealTopicKey(*key, bob.publicKey, alice.secretKey);
    QVERIFY(again);
    // The same sealer in front, and opens to the same key.
    QCOMPARE(fromBase64(again->encryptedKey)->first(32), fromBase64(sealed.encryptedKey)->first(32));
    QVERIFY(openTopicKey(*again, bob.secretKey)->bytes().equals(key->bytes()));

    const QByteArray raw = *fromBase64(sealed.encryptedKey);
    QCOMPARE(codeOf(openTopicKey({toBase64(flipped(raw, 0)), sealed.nonce}, bob.secretKey)), u"cannot_open"_s);
    QCOMPARE(codeOf(openTopicKey({toBase64(flipped(raw, 79)), sealed.nonce}, bob.secretKey)), u"cannot_open"_s);
    QCOMPARE(codeOf(openTopicKey({toBase64(raw.chopped(1)), sealed.nonce}, bob.secretKey)), u"malformed"_s);
    QCOMPARE(codeOf(openTopicKey({toBase64(raw + 'x'), sealed.nonce}, bob.secretKey)), u"malformed"_s);
    QCOMPARE(codeOf(openTopicKey({toBase64(QByteArray(32, '\0') + raw.sliced(32)), sealed.nonce}, bob.secretKey)),
             u"bad_key"_s);
    QCOMPARE(codeOf(openTopicKey(sealed, alice.secretKey)), u"cannot_open"_s);
    QCOMPARE(codeOf(openTopicKey(sealed, SecretKey())), u"bad_key"_s);
}

void TestCryptoRecipes::encryptedFile()
{
    const QJsonObject vector = m_vectors.section("encrypted_file"_L1);
    const SecretBytes key = SecretBytes::fromBytes(bytesOf(vector.value("file_key_hex"_L1)));
    const QByteArray stored = bytesOf(vector.value("stored_bytes_hex"_L1));
    const QByteArray contents = vector.value("plaintext_utf8"_L1).toString().toUtf8();
    QCOMPARE(*decryptFile(stored, key), contents);
    const KeyPair bob = m_vectors.keys(vector.value("recipient"_L1));
    const QString sealedKey = vector.value("sealedKey_b64"_L1).toString();
    QVERIFY(openFileKey(sealedKey, bob)->equals(key));
    QVERIFY(openFileKey(*sealFileKey(key, bob.publicKey), bob)->equals(key));

    const auto file = encryptFile(contents);
    QCOMPARE(file->stored.size(), contents.size() + 40);
    QCOMPARE(*decryptFile(file->stored, file->key), contents);
    QVERIFY(decryptFile(encryptFile("")->stored.first(40), SecretBytes(32)).error().code == "cannot_open"_L1);
    QCOMPARE(codeOf(decryptFile(stored, file->key)), u"cannot_open"_s);
    QCOMPARE(codeOf(decryptFile(flipped(stored, 0), key)), u"cannot_open"_s);
    QCOMPARE(codeOf(decryptFile(flipped(stored, stored.size() - 1), key)), u"cannot_open"_s);
    QCOMPARE(codeOf(decryptFile(stored.first(39), key)), u"malformed"_s);
    QCOMPARE(codeOf(decryptFile({}, key)), u"malformed"_s);
    QCOMPARE(codeOf(decryptFile(stored, SecretBytes(31))), u"bad_key"_s);
    QCOMPARE(codeOf(encryptFile(QByteArray(MaxFileBytes + 1, Qt::Uninitialized))), u"too_large"_s);
    QCOMPARE(codeOf(openFileKey(flipped(sealedKey, 50), bob)), u"cannot_open"_s);
    QCOMPARE(codeOf(openFileKey(sealedKey.chopped(4), bob)), u"malformed"_s);
    QCOMPARE(codeOf(openFileKey(sealedKey, m_vectors.keys("bob_member"_L1))), u"cannot_open"_s);
    QCOMPARE(codeOf(openFileKey(sealedKey, KeyPair())), u"bad_key"_s);
    QCOMPARE(codeOf(sealFileKey(SecretBytes(16), bob.publicKey)), u"bad_key"_s);
}

void TestCryptoRecipes::vaultEntry()
{
    const QJsonObject vector = m_vectors.section("vault_entry"_L1);
    const KeyPair alice = m_vectors.keys(vector.value("recipient"_L1));
    const VaultCipher entry{vector.value("ciphertext_b64"_L1).toString(), vector.value("nonce_b64"_L1).toString(),
                            vector.value("sealed_key_b64"_L1).toString()};
    QCOMPARE(QString::fromUtf8(openVaultValue(entry, alice)->view()), vector.value("value"_L1).toString());
    QCOMPARE(toHex(openFileKey(entry.sealedKey, alice)->view()), vector.value("entry_key_hex"_L1).toString());
    const auto again = sealVaultValue(SecretBytes::fromUtf8(u"pässword"), alice.publicKey);
    QVERIFY(openVaultValue(*again, alice)->equals(SecretBytes::fromUtf8(u"pässword")));
    QVERIFY(openVaultValue(*sealVaultValue(SecretBytes(), alice.publicKey), alice)->isEmpty());
    QCOMPARE(codeOf(openVaultValue({flipped(entry.ciphertext, 5), entry.nonce, entry.sealedKey}, alice)),
             u"cannot_open"_s);
    QCOMPARE(codeOf(openVaultValue({entry.ciphertext, entry.nonce, again->sealedKey}, alice)), u"cannot_open"_s);
    QCOMPARE(codeOf(openVaultValue({u"AAAA"_s, entry.nonce, entry.sealedKey}, alice)), u"malformed"_s);
    QCOMPARE(codeOf(openVaultValue({entry.ciphertext, u"?"_s, entry.sealedKey}, alice)), u"malformed"_s);
    QCOMPARE(codeOf(openVaultValue(entry, m_vectors.keys("bob_member"_L1))), u"cannot_open"_s);
    QCOMPARE(codeOf(sealVaultValue(SecretBytes(48'001), alice.publicKey)), u"too_large"_s);
}

void TestCryptoRecipes::backupVector()
{
    const QJsonObject vector = m_vectors.section("config_backup_CMB1"_L1);
    const SecretBytes passphrase = SecretBytes::fromUtf8(vector.value("passphrase"_L1).toString());
    const auto contents = openBackup(bytesOf(vector.value("file_hex"_L1)), passphrase);
    QVERIFY(contents);
    QCOMPARE(QString::fromUtf8(contents->view()), vector.value("plaintext"_L1).toString());
    // The key itself, so that a wrong cost could not hide behind a round trip.
    const KdfCost cost{static_cast<quint32>(vector.value("opslimit"_L1).toInt()),
                       static_cast<quint32>(vector.value("memlimit_bytes"_L1).toInt())};
    const auto key = deriveStorageKey(passphrase, bytesOf(vector.value("salt_hex"_L1)), cost);
    QCOMPARE(toHex(key->view()), vector.value("key_hex"_L1).toString());
    const auto file = sealBackup(*contents, passphrase);
    QVERIFY(file);
    QVERIFY(file->startsWith("CMB1"));
    QVERIFY(openBackup(*file, passphrase)->equals(*contents));
}

void TestCryptoRecipes::backupRefusals()
{
    const QJsonObject vector = m_vectors.section("config_backup_CMB1"_L1);
    const SecretBytes passphrase = SecretBytes::fromUtf8(vector.value("passphrase"_L1).toString());
    const QByteArray file = bytesOf(vector.value("file_hex"_L1));
    QCOMPARE(codeOf(openBackup(file, SecretBytes::fromUtf8(u"correct horse batterx"))), u"cannot_open"_s);
    QCOMPARE(codeOf(openBackup(flipped(file, file.size() - 1), passphrase)), u"cannot_open"_s);
    QCOMPARE(codeOf(openBackup(flipped(file, 5), passphrase)), u"cannot_open"_s);
    QCOMPARE(codeOf(openBackup(file.chopped(1), passphrase)), u"cannot_open"_s);
    QCOMPARE(codeOf(openBackup(flipped(file, 3), passphrase)), u"malformed"_s);
    QCOMPARE(codeOf(openBackup(file.first(59), passphrase)), u"malformed"_s);
    QCOMPARE(codeOf(openBackup({}, passphrase)), u"malformed"_s);
    QCOMPARE(codeOf(openBackup(file + QByteArray(MaxBackupBytes, 'x'), passphrase)), u"too_large"_s);
    QCOMPARE(codeOf(sealBackup(SecretBytes::fromBytes("x"), SecretBytes::fromUtf8(u"eleven char"))),
             u"passphrase_too_short"_s);
    QCOMPARE(codeOf(sealBackup(SecretBytes(MaxBackupBytes), passphrase)), u"too_large"_s);
    QCOMPARE(openBackup(file, SecretBytes()).error().band, ErrorBand::Persistent);
}

void TestCryptoRecipes::safetyNumbers()
{
    const QJsonObject vector = m_vectors.section("safety_number"_L1);
    const PublicKey a = m_vectors.keys(vector.value("a"_L1)).publicKey;
    const PublicKey b = m_vectors.keys(vector.value("b"_L1)).publicKey;
    QCOMPARE(safetyNumber(a, b), vector.value("digits"_L1).toString());
    QCOMPARE(safetyNumber(b, a), vector.value("digits"_L1).toString());
    QVERIFY(safetyNumber(a, a) != safetyNumber(a, b));
    QCOMPARE(keyFingerprint(a).size(), 39);
    QVERIFY(keyFingerprint(a) != keyFingerprint(b));
}

QList<AuditRow> TestCryptoRecipes::auditRows() const
{
    QList<AuditRow> rows;
    const QJsonArray chain = m_vectors.section("audit_chain"_L1).value("chain"_L1).toArray();
    for (const QJsonValue &link : chain) {
        const QJsonObject entry = link.toObject().value("wire_entry"_L1).toObject();
        AuditRow row;
        row.id = entry.value("id"_L1).toInteger();
        row.eventType = entry.value("eventType"_L1).toString();
        row.actor = entry.value("actor"_L1).toString();
        row.payload = entry.value("payload"_L1);
        row.hash = entry.value("hash"_L1).toString();
        row.createdAt = entry.value("createdAt"_L1).toString();
        rows += row;
    }
    return rows;
}

void TestCryptoRecipes::auditChainVector()
{
    const QString meshId = m_vectors.section("audit_chain"_L1).value("meshId"_L1).toString();
    const QJsonArray chain = m_vectors.section("audit_chain"_L1).value("chain"_L1).toArray();
    QCOMPARE(chain.size(), 4);
    QCOMPARE(chain.first().toObject().value("prevHash"_L1).toString(), auditGenesis());
    for (const QJsonValue &value : chain) {
        const QJsonObject link = value.toObject();
        const auto hash = auditHash(link.value("prevHash"_L1).toString(), meshId, link.value("eventType"_L1).toString(),
                                    link.value("actorMemberId"_L1).toString(), link.value("payload"_L1),
                                    link.value("createdAt"_L1).toString());
        QCOMPARE(*hash, link.value("hash"_L1).toString());
    }
}

void TestCryptoRecipes::auditVerifier()
{
    const QList<AuditRow> rows = auditRows();
    const QString alice = m_vectors.section("ids"_L1).value("memberId"_L1).toString();
    AuditVerifier verifier(m_vectors.meshId());
    verifier.addCandidates({u"somebody"_s, u""_s, alice, alice});
    for (const AuditRow &row : rows)
        QCOMPARE(verifier.feed(row), AuditVerdict::Verified);
    QCOMPARE(verifier.lastActorId(), QString());
    QCOMPARE(verifier.verifiedCount(), 4);
    QCOMPARE(verifier.feed(rows.last()), AuditVerdict::OutOfOrder);
    QCOMPARE(verifier.verifiedCount(), 4);

    // Going on after a row that was checked before; a hint is enough.
    AuditVerifier later(m_vectors.meshId(), rows.at(0).hash, rows.at(0).id);
    later.addHint(u"Alice"_s, alice);
    QCOMPARE(later.feed(rows.at(1)), AuditVerdict::Verified);
    QCOMPARE(later.lastActorId(), alice);
}

void TestCryptoRecipes::auditVerifierAfterAltering()
{
    QList<AuditRow> rows = auditRows();
    const QString alice = m_vectors.section("ids"_L1).value("memberId"_L1).toString();
    AuditVerifier unknownActor(m_vectors.meshId());
    QCOMPARE(unknownActor.feed(rows.at(0)), AuditVerdict::Unverifiable);
    unknownActor.addCandidates({alice});
    QCOMPARE(unknownActor.feed(rows.at(1)), AuditVerdict::Verified); // goes on from the claimed hash
    QCOMPARE(unknownActor.unverifiableCount(), 1);

    AuditVerifier removedRow(m_vectors.meshId());
    removedRow.addCandidates({alice});
    QCOMPARE(removedRow.feed(rows.at(0)), AuditVerdict::Verified);
    QCOMPARE(removedRow.feed(rows.at(2)), AuditVerdict::Unverifiable);

    rows[1].payload = QJsonObject{{u"targetSpec"_s, u"*"_s}, {u"priority"_s, u"low"_s}};
    AuditVerifier altered(m_vectors.meshId());
    altered.addCandidates({alice});
    QCOMPARE(altered.feed(rows.at(0)), AuditVerdict::Verified);
    QCOMPARE(altered.feed(rows.at(1)), AuditVerdict::Unverifiable);
    QCOMPARE(altered.feed(rows.at(2)), AuditVerdict::Verified);
    QCOMPARE(altered.prevHash(), rows.at(2).hash);
    QCOMPARE(altered.lastId(), 3);
}

void TestCryptoRecipes::storage()
{
    const SecretBytes key = generateStorageKey();
    const auto sealed = sealStorage("row", "events/7", key);
    QCOMPARE(sealed->size(), 3 + StorageOverhead);
    QCOMPARE(*openStorage(*sealed, "events/7", key), QByteArray("row"));
    QVERIFY(openStorageSecret(*sealed, "events/7", key)->equals(SecretBytes::fromBytes("row")));
    QCOMPARE(codeOf(openStorage(*sealed, "events/8", key)), u"cannot_open"_s);
    QCOMPARE(codeOf(openStorage(*sealed, "events/7", generateStorageKey())), u"cannot_open"_s);
    for (qsizetype i = 0; i < sealed->size(); ++i)
        QCOMPARE(codeOf(openStorage(flipped(*sealed, i), "events/7", key)), u"cannot_open"_s);
    QCOMPARE(codeOf(openStorage(sealed->first(StorageOverhead - 1), "events/7", key)), u"malformed"_s);
    QCOMPARE(codeOf(openStorage({}, {}, key)), u"malformed"_s);
    QCOMPARE(codeOf(sealStorage("row", "", SecretBytes(16))), u"bad_key"_s);
    QCOMPARE(codeOf(openStorage(*sealed, "events/7", SecretBytes())), u"bad_key"_s);
    QVERIFY(openStorage(*sealStorage({}, {}, key), {}, key)->isEmpty());
    QVERIFY(openStorageSecret(*sealStorage({}, {}, key), {}, key)->isEmpty());
    QVERIFY(*sealStorage("row", "", key) != *sealStorage("row", "", key));

    QVERIFY(deriveSubkey(key, "journal")->equals(*deriveSubkey(key, "journal")));
    QVERIFY(!deriveSubkey(key, "journal")->equals(*deriveSubkey(key, "search")));
    QVERIFY(!deriveSubkey(key, "journal")->equals(key));
    QCOMPARE(deriveSubkey(key, "journal", 64)->size(), 64);
    QCOMPARE(codeOf(deriveSubkey(key, "journal", 65)), u"bad_key"_s);
    QCOMPARE(codeOf(deriveSubkey(SecretBytes(), "journal")), u"bad_key"_s);
}

void TestCryptoRecipes::passphraseFile()
{
    const KdfCost cheap{1, 8 * 1024};
    const SecretBytes passphrase = SecretBytes::fromUtf8(u"open sesame");
    const SecretBytes contents = SecretBytes::random(100);
    const auto file = sealWithPassphrase(contents, passphrase, cheap);
    QVERIFY(openWithPassphrase(*file, passphrase)->equals(contents));
    QVERIFY(openWithPassphrase(*sealWithPassphrase(SecretBytes(), passphrase, cheap), passphrase)->isEmpty());
    QCOMPARE(codeOf(openWithPassphrase(*file, SecretBytes::fromUtf8(u"open sesamf"))), u"cannot_open"_s);
    QCOMPARE(codeOf(openWithPassphrase(flipped(*file, 0), passphrase)), u"malformed"_s);
    QCOMPARE(codeOf(openWithPassphrase(flipped(*file, 12), passphrase)), u"cannot_open"_s); // salt
    QCOMPARE(codeOf(openWithPassphrase(flipped(*file, 10), passphrase)), u"cannot_open"_s); // cost, still in range
    QCOMPARE(codeOf(openWithPassphrase(flipped(*file, file->size() - 1), passphrase)), u"cannot_open"_s);
    QCOMPARE(codeOf(openWithPassphrase(file->first(67), passphrase)), u"malformed"_s);
    QCOMPARE(codeOf(openWithPassphrase(QByteArray(5 * 1024 * 1024, 'C'), passphrase)), u"too_large"_s);
    QByteArray greedy = *file; // asks for 4 GiB: refused before any work
    greedy.replace(8, 4, "\xff\xff\xff\xff");
    QCOMPARE(codeOf(openWithPassphrase(greedy, passphrase)), u"bad_cost"_s);
    greedy = *file;
    greedy.replace(4, 4, "\xff\xff\xff\xff");
    QCOMPARE(codeOf(openWithPassphrase(greedy, passphrase)), u"bad_cost"_s);
    QCOMPARE(codeOf(sealWithPassphrase(contents, passphrase, KdfCost{0, 8 * 1024})), u"bad_cost"_s);
    QCOMPARE(codeOf(sealWithPassphrase(contents, passphrase, KdfCost{1, 1024})), u"bad_cost"_s);
    QCOMPARE(codeOf(sealWithPassphrase(contents, SecretBytes(), cheap)), u"passphrase_empty"_s);
    QCOMPARE(codeOf(deriveStorageKey(passphrase, "short salt", cheap)), u"malformed"_s);
}

MESH_TEST(TestCryptoRecipes)

} // namespace tst_cryptorecipes

#include "tst_cryptorecipes.moc"
