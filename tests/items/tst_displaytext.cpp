// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/displaytext.h"
#include "tests/support/testprogram.h"

#include <QtCore/QDateTime>
#include <QtTest/QTest>

namespace tst_displaytext {

using namespace Qt::StringLiterals;
using namespace mesh::items;

class TestDisplayText final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void oneLine_data()
    {
        QTest::addColumn<QString>("in");
        QTest::addColumn<QString>("out");
        QTest::newRow("plain") << u"sales-rep-1"_s << u"sales-rep-1"_s;
        QTest::newRow("breaks") << u" a\r\n\tb\u2028c "_s << u"a b c"_s;
        QTest::newRow("override") << u"invoice\u202Egnp.exe"_s << u"invoicegnp.exe"_s;
        QTest::newRow("isolates") << u"\u2066a\u2067b\u2069"_s << u"ab"_s;
        QTest::newRow("zero width") << u"ad\u200Bmin\uFEFF\u2060"_s << u"admin"_s;
        QTest::newRow("fillers") << u"a\u3164\u115F\u2800b\u00AD"_s << u"ab"_s;
        QTest::newRow("controls") << QString(u"a\u0007\u001B[31mb\u0085c"_s) << u"a[31mb c"_s;
        QTest::newRow("marks") << u"Z\u0300\u0301\u0302\u0303\u0304\u0305x"_s << u"Z\u0300\u0301\u0302x"_s;
        QTest::newRow("emoji family") << u"👩\u200D💻 ok"_s << u"👩\u200D💻 ok"_s;
        QTest::newRow("joiner between letters") << u"a\u200Db"_s << u"ab"_s;
        QTest::newRow("tags") << u"x\U000E0041\U000E0042"_s << u"x"_s;
        QTest::newRow("markup stays") << u"<img src=x>"_s << u"<img src=x>"_s;
        QTest::newRow("nothing") << u"\u202E\u200B"_s << QString();
    }
    void oneLine()
    {
        QFETCH(QString, in);
        QFETCH(QString, out);
        QCOMPARE(mesh::items::oneLine(in), out);
    }

    void oneLineCuts()
    {
        QCOMPARE(mesh::items::oneLine(u"abcdefghij", 5), u"abcd…"_s);
        // never half a character
        QCOMPARE(mesh::items::oneLine(u"ab😀cd", 4), u"ab…"_s);
        const QString longText(48'000, u'x');
        QCOMPARE(mesh::items::oneLine(longText, 160).size(), 160);
    }

    void loneSurrogates()
    {
        const QString broken = QString(u"a"_s) + QChar(0xD800) + u"b"_s;
        QCOMPARE(mesh::items::oneLine(broken), u"a\uFFFDb"_s);
        QCOMPARE(safeText(broken), u"a\uFFFDb"_s);
    }

    void bodiesKeepLines()
    {
        QCOMPARE(safeText(u"a\r\nb\rc\u2029d\te"), u"a\nb\nc\nd\te"_s);
        QCOMPARE(safeText(u"x\u202Ecba\u202Cy\u0000z"_s), u"xcbayz"_s);
        QCOMPARE(safeText(u"<b>&amp;</b>"), u"<b>&amp;</b>"_s);
        QCOMPARE(safeText(u"שלום \u200Fabc"), u"שלום \u200Fabc"_s); // marks that real writing needs stay
    }

    void names()
    {
        QCOMPARE(displayName(u"  Maya "), u"Maya"_s);
        QCOMPARE(displayName(u"\u200B", u"0123456789abcdef"), u"01234567"_s);
        QCOMPARE(displayName({}, {}), u"Unknown"_s);
        QVERIFY(displayName(QString(500, u'n')).size() <= 48);
    }

    void initials_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("letters");
        QTest::newRow("two") << u"sales-rep-1"_s << u"SA"_s;
        QTest::newRow("lower") << u"maya"_s << u"MA"_s;
        QTest::newRow("short word") << u"a-team"_s << u"A"_s;
        QTest::newRow("signs first") << u"#ops"_s << u"OP"_s;
        QTest::newRow("digits") << u"42nd"_s << u"42"_s;
        QTest::newRow("accents") << u"élodie"_s << u"ÉL"_s;
        QTest::newRow("none") << u"***"_s << u"?"_s;
        QTest::newRow("hidden") << u"\u202Eqa"_s << u"QA"_s;
    }
    void initials()
    {
        QFETCH(QString, name);
        QFETCH(QString, letters);
        QCOMPARE(mesh::items::initials(name), letters);
    }

    void times()
    {
        const qint64 now = QDateTime(QDate(2026, 4, 8), QTime(14, 5)).toMSecsSinceEpoch();
        QCOMPARE(relativeTime(now - 5'000, now), u"now"_s);
        QCOMPARE(relativeTime(now - 125'000, now), u"2 m"_s);
        QCOMPARE(relativeTime(now - 5 * 3'600'000LL, now), u"09:05"_s);
        QCOMPARE(relativeTime(now + 600'000, now), u"14:15"_s); // another clock is ahead: never "now"
        QCOMPARE(relativeTime(now - 24 * 3'600'000LL, now), QLocale().dayName(2, QLocale::ShortFormat));
        QVERIFY(relativeTime(now - 40 * 86'400'000LL, now).contains(u"27"_s));
        QVERIFY(relativeTime(now - 400 * 86'400'000LL, now).contains(u"2025"_s));
        QCOMPARE(relativeTime(0, now), QString());
        QCOMPARE(dayLabel(now, now), u"Today"_s);
        QCOMPARE(dayLabel(now - 86'400'000, now), u"Yesterday"_s);
        QVERIFY(dayLabel(now - 400 * 86'400'000LL, now).contains(u"2025"_s));
    }

    void figures()
    {
        QCOMPARE(duration(42'900), u"0:42"_s);
        QCOMPARE(duration(725'000), u"12:05"_s);
        QCOMPARE(duration(3'723'000), u"1:02:03"_s);
        QCOMPARE(duration(-5), u"0:00"_s);
        QCOMPARE(percent(62, 100), u"62 %"_s);
        QCOMPARE(percent(1, 0), QString());
    }

    void stable()
    {
        QCOMPARE(stableIndex(u"qa", 7), stableIndex(u"qa", 7));
        QVERIFY(stableIndex(u"anything", 7) < 7);
    }
};

MESH_TEST(TestDisplayText)

} // namespace tst_displaytext

#include "tst_displaytext.moc"
