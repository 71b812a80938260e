// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/protocol/jsontape.h"
#include "tests/support/testprogram.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtTest/QTest>

#include <limits>

namespace tst_jsontape {

using namespace Qt::StringLiterals;
using namespace mesh::protocol;

namespace {

QString codeOf(const QByteArray &text, const Limits &limits = {})
{
    JsonTape tape;
    const Expected<void> read = tape.read(text, limits);
    return read ? u"ok"_s : read.error().code;
}

//! The member \a key of an object text; the text must outlive the result's use, so the value is read here.
template <class T, class Read>
std::optional<T> memberOf(const QByteArray &text, const char *key, Read read)
{
    JsonTape tape;
    TapeNode::Object object;
    if (!tape.read(text, {}) || !TapeNode(&tape, 0).openObject(object))
        return std::nullopt;
    const TapeNode node = object.member(key);
    T value{};
    if (!node.exists() || !read(node, value))
        return std::nullopt;
    return value;
}

std::optional<QString> stringOf(const QByteArray &text)
{
    return memberOf<QString>(text, "k", [](const TapeNode &node, QString &out) { return node.toString(out); });
}

std::optional<qint64> integerOf(const QByteArray &number)
{
    return memberOf<qint64>("{\"k\":" + number + '}', "k",
                            [](const TapeNode &node, qint64 &out) { return node.toInteger(out); });
}

std::optional<double> doubleOf(const QByteArray &number)
{
    return memberOf<double>("{\"k\":" + number + '}', "k",
                            [](const TapeNode &node, double &out) { return node.toDouble(out); });
}

} // namespace

class TestJsonTape final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void grammar_data();
    void grammar();
    void strings_data();
    void strings();
    void numbers();
    void lastOfTheSameNamesCounts();
    void membersAreFoundByWholeName();
    void anyJson();
    void depth();
    void sizes();
    void tapeCanBeUsedAgain();
};

void TestJsonTape::grammar_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<bool>("good");
    const auto row = [](const QByteArray &text, bool good) {
        QTest::addRow("%s %s", good ? "good" : "bad", text.toPercentEncoding(" {}[]:,\"\\").constData())
            << text << good;
    };
    for (const char *text :
         {"{}", "[]", "null", "true", "false", "0", "-0", "1.5", "1e5", "1E+5", "1e-5", "\"\"",
          " \t\r\n{ \"a\" : [ 1 , 2 ] } ", "[[],{}]", "{\"a\":{\"b\":[null]}}", "\"\\u12aF\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
          "{\"\":0}", "[\"\xc3\xa9\xe2\x82\xac\xf0\x9f\xa6\x8a\"]"})
        row(text, true);
    for (const char *text : {"",
                             " ",
                             "{",
                             "}",
                             "[",
                             "]",
                             "[1",
                             "[1,",
                             "[1,]",
                             "[,1]",
                             "{\"a\"}",
                             "{\"a\":}",
                             "{\"a\":1,}",
                             "{a:1}",
                             "{1:1}",
                             "{\"a\" 1}",
                             "{\"a\":1 \"b\":2}",
                             "[1 2]",
                             "[1}",
                             "{\"a\":1]",
                             "01",
                             "-",
                             "+1",
                             ".5",
                             "1.",
                             "1.e5",
                             "1e",
                             "1e+",
                             "tru",
                             "True",
                             "nul",
                             "NaN",
                             "Infinity",
                             "'a'",
                             "\"",
                             "\"a",
                             "\"\\\"",
                             "\"\\x\"",
                             "\"\\u12g4\"",
                             "\"\\u12\"",
                             "\"\\",
                             "{}{}",
                             "{} x",
                             "null null",
                             "\xef\xbb\xbf{}",
                             "\"\x01\"",
                             "\"a\nb\"",
                             "\"\xff\"",
                             "\"\xc0\x80\"",
                             "\"\xed\xa0\x80\"",
                             "\"\xe2\x82\"",
                             "/* */1",
                             "[1]//"})
        row(text, false);
    row(QByteArray("\"a\0b\"", 5), false);
    row(QByteArray("{}\0", 3), false);
}

void TestJsonTape::grammar()
{
    QFETCH(QByteArray, text);
    QFETCH(bool, good);
    QCOMPARE(codeOf(text), good ? u"ok"_s : u"not_json"_s);
}

void TestJsonTape::strings_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("wanted");
    QTest::newRow("plain") << QByteArray("abc") << u"abc"_s;
    QTest::newRow("empty") << QByteArray() << u""_s;
    QTest::newRow("utf8") << QByteArray("ça va ☕ 🦊") << u"ça va ☕ 🦊"_s;
    QTest::newRow("escapes") << QByteArray(R"(a\"\\\/\b\f\n\r\tz)") << u"a\"\\/\b\f\n\r\tz"_s;
    QTest::newRow("unicode escape") << QByteArray(R"(\u00e9x\u20AC)") << u"éx€"_s;
    QTest::newRow("escaped pair") << QByteArray(R"(\ud83e\udd8a)") << u"🦊"_s;
    QTest::newRow("lone high") << QByteArray(R"(a\ud83eb)") << QString(u"a"_s + QChar(0xd83e) + u'b');
    QTest::newRow("lone low") << QByteArray(R"(\udd8a)") << QString(QChar(0xdd8a));
    QTest::newRow("swapped pair") << QByteArray(R"(\udd8a\ud83e)") << QString(QString(QChar(0xdd8a)) + QChar(0xd83e));
    QTest::newRow("escaped nul") << QByteArray(R"(a\u0000b)") << QString::fromUtf16(u"a\0b", 3);
    QTest::newRow("delete is plain") << QByteArray("\x7f") << u"\x7f"_s;
    // The scanner takes eight bytes at a time: a quote or an escape must be found at every place.
    for (int length = 0; length < 18; ++length) {
        QTest::addRow("%d before escape", length) << QByteArray(length, 'x') + R"(\n)" << QString(length, u'x') + u'\n';
        QTest::addRow("%d before utf8", length) << QByteArray(length, 'x') + "é" << QString(length, u'x') + u'é';
    }
}

void TestJsonTape::strings()
{
    QFETCH(QByteArray, text);
    QFETCH(QString, wanted);
    const std::optional<QString> read = stringOf("{\"k\":\"" + text + "\",\"z\":1}");
    QVERIFY(read);
    QCOMPARE(*read, wanted);
}

void TestJsonTape::numbers()
{
    QCOMPARE(integerOf("0"), 0);
    QCOMPARE(integerOf("-0"), 0);
    QCOMPARE(integerOf("42"), 42);
    QCOMPARE(integerOf("1e3"), 1000);
    QCOMPARE(integerOf("5.0"), 5);
    QCOMPARE(integerOf("9223372036854775807"), std::numeric_limits<qint64>::max());
    QCOMPARE(integerOf("-9223372036854775808"), std::numeric_limits<qint64>::min());
    QCOMPARE(integerOf("9223372036854775808"), std::nullopt);
    QCOMPARE(integerOf("1.5"), std::nullopt);
    QCOMPARE(integerOf("1e300"), std::nullopt);
    QCOMPARE(integerOf("1e400"), std::nullopt);
    QCOMPARE(integerOf("\"1\""), std::nullopt);
    QCOMPARE(integerOf("null"), std::nullopt);
    QCOMPARE(doubleOf("2.5"), 2.5);
    QCOMPARE(doubleOf("-1e-7"), -1e-7);
    QCOMPARE(doubleOf("1e400"), std::nullopt);
    QCOMPARE(doubleOf("true"), std::nullopt);
}

void TestJsonTape::lastOfTheSameNamesCounts()
{
    QCOMPARE(stringOf(R"({"k":"a","k":"b"})"), u"b"_s);
    QCOMPARE(stringOf(R"({"k":"a","\u006b":"b"})"), u"b"_s);
    QCOMPARE(stringOf(R"({"\u006b":"a","k":"b"})"), u"b"_s);
    QCOMPARE(stringOf(R"({"k":"a","k":7})"), std::nullopt);
}

void TestJsonTape::membersAreFoundByWholeName()
{
    // Same length, first and last character: the fingerprints are the same, the names are not.
    QCOMPARE(memberOf<QString>(R"({"abc":"1","adc":"2"})", "adc",
                               [](const TapeNode &n, QString &o) { return n.toString(o); }),
             u"2"_s);
    QCOMPARE(memberOf<QString>(R"({"abc":"1"})", "adc", [](const TapeNode &n, QString &o) { return n.toString(o); }),
             std::nullopt);
    QCOMPARE(memberOf<QString>(R"({"":"1"})", "", [](const TapeNode &n, QString &o) { return n.toString(o); }), u"1"_s);
    QCOMPARE(stringOf(R"({"v":{"k":"inner"},"k":"outer"})"), u"outer"_s);
    QCOMPARE(stringOf(R"({"v":{"k":"inner"}})"), std::nullopt);
}

void TestJsonTape::anyJson()
{
    const QByteArray text = R"({"k":{"n":null,"t":true,"i":9007199254740993,"d":0.1,"s":"\ud800","l":[1,"x",{}]}})";
    const auto value =
        memberOf<QJsonValue>(text, "k", [](const TapeNode &node, QJsonValue &out) { return node.toJson(out); });
    QVERIFY(value);
    QCOMPARE(*value, QJsonDocument::fromJson(text).object()["k"_L1]);
    QCOMPARE((*value)["i"_L1].toInteger(), 9007199254740993);
    for (const char *one : {"null", "true", "7", "-2.5", "\"x\"", "[]", "{}"}) {
        const QByteArray whole = QByteArray("{\"k\":") + one + '}';
        const auto read =
            memberOf<QJsonValue>(whole, "k", [](const TapeNode &node, QJsonValue &out) { return node.toJson(out); });
        QVERIFY2(read, one);
        QVERIFY2(*read == QJsonDocument::fromJson(whole).object()["k"_L1], one);
    }
}

void TestJsonTape::depth()
{
    const auto nested = [](int levels) { return QByteArray(levels, '[') + QByteArray(levels, ']'); };
    QCOMPARE(codeOf(nested(32)), u"ok"_s);
    QCOMPARE(codeOf(nested(33)), u"too_deep"_s);
    QCOMPARE(codeOf(QByteArray(5'000'000, '[')), u"too_deep"_s);
    QCOMPARE(codeOf(QByteArray("{\"a\":").repeated(1'000'000)), u"too_deep"_s);
    QCOMPARE(codeOf(nested(3), {.maxDepth = 2}), u"too_deep"_s);
}

void TestJsonTape::sizes()
{
    QCOMPARE(codeOf("[1,2,3]", {.maxListSize = 3}), u"ok"_s);
    QCOMPARE(codeOf("[1,2,3,4]", {.maxListSize = 3}), u"too_large"_s);
    QCOMPARE(codeOf(R"({"a":1,"b":2})", {.maxListSize = 1}), u"too_large"_s);
    QCOMPARE(codeOf("\"abc\"", {.maxStringBytes = 3}), u"ok"_s);
    QCOMPARE(codeOf("\"abcd\"", {.maxStringBytes = 3}), u"too_large"_s);
    QCOMPARE(codeOf("{\"abcd\":1}", {.maxStringBytes = 3}), u"too_large"_s);
    QCOMPARE(codeOf("[[1],[2]]", {.maxValues = 5}), u"ok"_s);
    QCOMPARE(codeOf("[[1],[2]]", {.maxValues = 4}), u"too_large"_s);
    QCOMPARE(codeOf("[1, 2]", {.maxBytes = 6}), u"ok"_s);
    QCOMPARE(codeOf("[1, 2]", {.maxBytes = 5}), u"too_large"_s);
    QCOMPARE(codeOf('[' + QByteArray("0,").repeated(100'000) + "0]"), u"too_large"_s);
    QCOMPARE(codeOf('"' + QByteArray(9 * 1024 * 1024, 'x') + '"'), u"too_large"_s);
    QCOMPARE(codeOf(QByteArray(17 * 1024 * 1024, ' ')), u"too_large"_s);
}

void TestJsonTape::tapeCanBeUsedAgain()
{
    JsonTape tape;
    QVERIFY(!tape.read("[1,", {}));
    QVERIFY(tape.read("{\"k\":1}", {}));
    QCOMPARE(tape.at(0).kind, JsonTape::Kind::Object);
    QCOMPARE(tape.at(0).count, 1u);
    QVERIFY(tape.read("[]", {}));
    QCOMPARE(tape.at(0).kind, JsonTape::Kind::Array);
    QCOMPARE(tape.at(0).next, 1u);
}

MESH_TEST(TestJsonTape)

} // namespace tst_jsontape

#include "tst_jsontape.moc"
