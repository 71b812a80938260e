// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/protocol/canonicaljson.h"
#include "tests/protocol/cryptovectors.h"
#include "tests/support/testprogram.h"

#include <QtCore/QJsonArray>
#include <QtTest/QTest>

#include <bit>
#include <limits>

namespace tst_canonicaljson {

using namespace mesh::protocol;
using namespace Qt::StringLiterals;

class TestCanonicalJson : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void vectors();
    void numbers_data();
    void numbers();
    void numbersReadBack();
    void numbersFromText_data();
    void numbersFromText();
    void strings_data();
    void strings();
    void loneSurrogatesFromTheWire();
    void keysSortByCodeUnits();
    void structure();
    void depth();
};

void TestCanonicalJson::vectors()
{
    CryptoVectors vectors;
    QVERIFY(vectors.load());
    const QJsonArray chain = vectors.section("audit_chain"_L1).value("chain"_L1).toArray();
    QCOMPARE(chain.size(), 4);
    for (const QJsonValue &link : chain)
        QCOMPARE(QString::fromUtf8(*canonicalJson(link.toObject().value("payload"_L1))),
                 link.toObject().value("canonical_payload"_L1).toString());
}

void TestCanonicalJson::numbers_data()
{
    QTest::addColumn<double>("number");
    QTest::addColumn<QByteArray>("text");
    const auto row = [](double number, const char *text) { QTest::newRow(text) << number << QByteArray(text); };
    row(0, "0");
    QTest::newRow("minus zero") << -0.0 << QByteArray("0");
    row(1, "1");
    row(-1, "-1");
    row(10, "10");
    row(100, "100");
    row(123456789, "123456789");
    row(0.1, "0.1");
    row(-0.5, "-0.5");
    row(2.5, "2.5");
    row(1.0 / 3, "0.3333333333333333");
    row(0.1 + 0.2, "0.30000000000000004");
    row(123.456, "123.456");
    row(0.000001, "0.000001");
    row(1.5e-6, "0.0000015");
    row(1e-7, "1e-7");
    row(1.5e-7, "1.5e-7");
    row(-1e-7, "-1e-7");
    row(1e20, "100000000000000000000");
    row(1.5e20, "150000000000000000000");
    row(123456789012345680000.0, "123456789012345680000");
    row(1e21, "1e+21");
    row(1.5e21, "1.5e+21");
    row(-1e21, "-1e+21");
    row(1e22, "1e+22");
    row(1e23, "1e+23");
    row(1e100, "1e+100");
    row(9007199254740991.0, "9007199254740991");
    row(9007199254740993.0, "9007199254740992");
    row(4294967296.5, "4294967296.5");
    row(5e-324, "5e-324");
    row(std::numeric_limits<double>::min(), "2.2250738585072014e-308");
    row(std::numeric_limits<double>::max(), "1.7976931348623157e+308");
    row(std::numeric_limits<double>::epsilon(), "2.220446049250313e-16");
    row(9.5e-7, "9.5e-7");
    row(999999999999999900000.0, "999999999999999900000");
    row(2e-323, "2e-323");
    QTest::newRow("not a number") << std::numeric_limits<double>::quiet_NaN() << QByteArray("null");
    QTest::newRow("infinity") << std::numeric_limits<double>::infinity() << QByteArray("null");
}

void TestCanonicalJson::numbers()
{
    QFETCH(double, number);
    QFETCH(QByteArray, text);
    QCOMPARE(ecmaScriptNumber(number), text);
    QCOMPARE(*canonicalJson(number), text);
}

void TestCanonicalJson::numbersReadBack()
{
    // A fixed walk over the bit patterns: every finite number has to read back as itself.
    quint64 state = 0x9E3779B97F4A7C15;
    for (int i = 0; i < 20'000; ++i) {
        state = state * 6364136223846793005ULL + 1442695040888963407ULL;
        const auto number = std::bit_cast<double>(state);
        if (!qIsFinite(number))
            continue;
        bool ok = false;
        const QByteArray text = ecmaScriptNumber(number);
        QCOMPARE(std::bit_cast<quint64>(text.toDouble(&ok)), std::bit_cast<quint64>(number));
        QVERIFY(ok);
    }
}

void TestCanonicalJson::numbersFromText_data()
{
    QTest::addColumn<QByteArray>("wire");
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("integer beyond doubles") << QByteArray("9007199254740993") << QByteArray("9007199254740992");
    QTest::newRow("integer beyond 64 bits") << QByteArray("12345678901234567890") << QByteArray("12345678901234567000");
    QTest::newRow("largest 64 bit") << QByteArray("9223372036854775807") << QByteArray("9223372036854776000");
    QTest::newRow("whole with point") << QByteArray("1.0") << QByteArray("1");
    QTest::newRow("exponent") << QByteArray("1E3") << QByteArray("1000");
    QTest::newRow("minus zero") << QByteArray("-0") << QByteArray("0");
    QTest::newRow("minus zero with point") << QByteArray("-0.0") << QByteArray("0");
}

void TestCanonicalJson::numbersFromText()
{
    QFETCH(QByteArray, wire);
    QFETCH(QByteArray, text);
    const QJsonDocument document = QJsonDocument::fromJson('[' + wire + ']');
    QVERIFY(document.isArray());
    QCOMPARE(*canonicalJson(document.array()), '[' + text + ']');
}

void TestCanonicalJson::strings_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QByteArray>("literal");
    QTest::newRow("empty") << u""_s << QByteArray(R"("")");
    QTest::newRow("plain") << u"abc/é☃"_s << QByteArray("\"abc/\xC3\xA9\xE2\x98\x83\"");
    QTest::newRow("quote and backslash") << u"a\"b\\c"_s << QByteArray(R"("a\"b\\c")");
    QTest::newRow("short escapes") << u"\b\f\n\r\t"_s << QByteArray(R"("\b\f\n\r\t")");
    QTest::newRow("controls") << QString(QChar(u'\0')) + u"\x01\x0b\x1f\x7f"_s
                              << QByteArray("\"\\u0000\\u0001\\u000b\\u001f\x7f\"");
    QTest::newRow("line separators stay") << u"\u2028\u2029"_s << QByteArray("\"\xE2\x80\xA8\xE2\x80\xA9\"");
    QTest::newRow("pair") << u"x\U0001F600y"_s << QByteArray("\"x\xF0\x9F\x98\x80y\"");
    QTest::newRow("lone high") << u"a"_s + QChar(0xD83D) + u"b"_s << QByteArray(R"("a\ud83db")");
    QTest::newRow("lone low") << QString(QChar(0xDE00)) << QByteArray(R"("\ude00")");
    QTest::newRow("wrong way round") << QString(QChar(0xDE00)) + QChar(0xD83D) << QByteArray(R"("\ude00\ud83d")");
    QTest::newRow("high before a pair") << QString(QChar(0xD83D)) + u"\U0001F600"_s
                                        << QByteArray("\"\\ud83d\xF0\x9F\x98\x80\"");
    QTest::newRow("high at the end") << u"é"_s + QChar(0xDBFF) << QByteArray("\"\xC3\xA9\\udbff\"");
}

void TestCanonicalJson::strings()
{
    QFETCH(QString, text);
    QFETCH(QByteArray, literal);
    QCOMPARE(jsonStringLiteral(text), literal);
    QCOMPARE(*canonicalJson(text), literal);
    QCOMPARE(*canonicalJson(QJsonObject{{text, 1}}), '{' + literal + ":1}");
}

void TestCanonicalJson::loneSurrogatesFromTheWire()
{
    const QJsonDocument document = QJsonDocument::fromJson(R"({"k":"a\ud83d","\ude00":"\ud83d\ude00"})");
    QVERIFY(document.isObject());
    QCOMPARE(*canonicalJson(document.object()), QByteArray("{\"k\":\"a\\ud83d\",\"\\ude00\":\"\xF0\x9F\x98\x80\"}"));
}

void TestCanonicalJson::keysSortByCodeUnits()
{
    // U+1F600 starts with 0xD83D and so comes before U+FF5E, although its code point is larger.
    const QJsonObject object{{u"\uFF5E"_s, 1}, {u"\U0001F600"_s, 2}, {u"b"_s, 3}, {u"a"_s, 4}, {u"B"_s, 5},
                             {u"é"_s, 6},      {u"10"_s, 7},         {u"9"_s, 8}, {u""_s, 9},  {u"aa"_s, 10}};
    QCOMPARE(*canonicalJson(object),
             QByteArray("{\"\":9,\"10\":7,\"9\":8,\"B\":5,\"a\":4,\"aa\":10,\"b\":3,"
                        "\"\xC3\xA9\":6,\"\xF0\x9F\x98\x80\":2,\"\xEF\xBD\x9E\":1}"));
}

void TestCanonicalJson::structure()
{
    const QJsonDocument document = QJsonDocument::fromJson(
        R"( { "z" : [ ] , "y" : { } , "x" : [ 1 , { "b" : null , "a" : [ true , false ] } ] } )");
    QCOMPARE(*canonicalJson(document.object()), QByteArray(R"({"x":[1,{"a":[true,false],"b":null}],"y":{},"z":[]})"));
    QCOMPARE(*canonicalJson(QJsonValue()), QByteArray("null"));
    QCOMPARE(*canonicalJson(QJsonValue(QJsonValue::Undefined)), QByteArray("null"));
    QCOMPARE(*canonicalJson(true), QByteArray("true"));
}

void TestCanonicalJson::depth()
{
    QJsonValue value = 1;
    for (int i = 0; i < MaxJsonDepth; ++i)
        value = QJsonArray{value};
    QCOMPARE(*canonicalJson(value), QByteArray(MaxJsonDepth, '[') + '1' + QByteArray(MaxJsonDepth, ']'));
    QCOMPARE(codeOf(canonicalJson(QJsonArray{value})), u"malformed"_s);
}

MESH_TEST(TestCanonicalJson)

} // namespace tst_canonicaljson

#include "tst_canonicaljson.moc"
