// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/messagetext.h"

#include <QtCore/QElapsedTimer>
#include <QtCore/QRandomGenerator>
#include <QtTest/QTest>

#include <numeric>

#include "views/heightindex.h"

using namespace Qt::StringLiterals;
using namespace mesh::views;
using Kind = TextSpan::Kind;

class TestMessageText final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void prose()
    {
        const auto blocks = parseMessage(u"Stock for **ABC-123** is low: `order:1` at https://a.example/x?y=1, go.");
        QCOMPARE(blocks.size(), 1);
        QCOMPARE(blocks[0].text, u"Stock for ABC-123 is low: order:1 at https://a.example/x?y=1, go."_s);
        QCOMPARE(blocks[0].spans.size(), 3);
        QCOMPARE(blocks[0].spans[0], (TextSpan{10, 7, Kind::Bold}));
        QCOMPARE(blocks[0].spans[1].kind, Kind::Code);
        const TextSpan link = blocks[0].spans[2];
        QCOMPARE(blocks[0].text.mid(link.start, link.length), u"https://a.example/x?y=1"_s);
    }

    void fences()
    {
        const auto blocks = parseMessage(u"before\n```TS\nconst a = \"b\"; // c\n\tcall(1)\n```\nafter");
        QCOMPARE(blocks.size(), 3);
        QVERIFY(blocks[1].code);
        QCOMPARE(blocks[1].language, u"ts"_s);
        QCOMPARE(blocks[1].text, u"const a = \"b\"; // c\n    call(1)"_s);
        QCOMPARE(blocks[2].text, u"after"_s);
        QList<Kind> kinds;
        for (const TextSpan &span : blocks[1].spans)
            kinds.append(span.kind);
        QCOMPARE(kinds, (QList<Kind>{Kind::Keyword, Kind::String, Kind::Comment, Kind::Function}));
    }

    void openFenceRunsToTheEnd()
    {
        const auto blocks = parseMessage(u"```\n**not bold**");
        QCOMPARE(blocks.size(), 1);
        QVERIFY(blocks[0].code);
        QCOMPARE(blocks[0].text, u"**not bold**"_s);
    }

    void literal_data()
    {
        QTest::addColumn<QString>("text");
        QTest::newRow("html") << u"<img src=http://evil.example/x.png onerror=alert(1)> <b>x</b> &lt;"_s;
        QTest::newRow("image") << u"![x](ftp://evil.example/x.png)"_s;
        QTest::newRow("javascript") << u"javascript:alert(1) file:///etc/passwd"_s;
        QTest::newRow("lone markers") << u"a ** b ` c ** d"_s;
        QTest::newRow("empty markers") << u"**** `` x"_s;
    }
    void literal()
    {
        QFETCH(QString, text);
        const auto blocks = parseMessage(text);
        QCOMPARE(blocks.size(), 1);
        QCOMPARE(blocks[0].text, text);
        for (const TextSpan &span : blocks[0].spans) // an address may be a link; nothing else is anything
            QCOMPARE(span.kind, Kind::Link);
    }

    void bombsAreLinear_data()
    {
        QTest::addColumn<QString>("text");
        QTest::newRow("stars") << u"**a "_s.repeated(250'000);
        QTest::newRow("ticks") << u"`"_s.repeated(1'000'001);
        QTest::newRow("fences") << u"```\n"_s.repeated(250'000);
        QTest::newRow("lines of ticks") << u"a`b\n"_s.repeated(250'000);
        QTest::newRow("addresses") << u"http://"_s.repeated(150'000);
        QTest::newRow("one long line") << QString(1'000'000, u'x');
    }
    void bombsAreLinear()
    {
        QFETCH(QString, text);
        QElapsedTimer timer;
        timer.start();
        const auto blocks = parseMessage(text);
        Q_UNUSED(blocks)
        QVERIFY2(timer.elapsed() < 5'000, qPrintable(QString::number(timer.elapsed())));
    }

    void folding()
    {
        QCOMPARE(foldedPart(u"short", 100, 10).size(), 5);
        QCOMPARE(foldedPart(u"a\nb\nc\nd", 100, 2).toString(), u"a\nb"_s);
        QCOMPARE(foldedPart(QString(500, u'x'), 100, 10).size(), 100);
        QCOMPARE(foldedPart(u"first line\n"_s + QString(500, u'x'), 100, 10).toString(), u"first line"_s);
    }

    //! Sums and searches equal those of a plain list, whatever happens to it.
    void heightsAddUp()
    {
        QRandomGenerator random(7);
        HeightIndex index;
        QList<int> plain;
        for (int step = 0; step < 2'000; ++step) {
            const int action = int(random.bounded(4u));
            if (action < 2 || plain.isEmpty()) {
                const int at = random.bounded(2) ? int(plain.size()) : int(random.bounded(quint32(plain.size() + 1)));
                const int n = 1 + int(random.bounded(4u));
                QList<int> heights;
                for (int i = 0; i < n; ++i)
                    heights.append(int(random.bounded(90u)));
                index.insert(at, n, [&](int row) { return heights.at(row - at); });
                for (int i = 0; i < n; ++i)
                    plain.insert(at + i, heights.at(i));
            } else if (action == 2) {
                const int row = int(random.bounded(quint32(plain.size())));
                plain[row] = int(random.bounded(200u));
                index.setMeasured(row, plain.at(row));
            } else {
                const int first = int(random.bounded(quint32(plain.size())));
                const int n = std::min<int>(2, int(plain.size()) - first);
                plain.remove(first, n);
                index.remove(first, n);
            }
            QCOMPARE(index.count(), int(plain.size()));
            QCOMPARE(index.total(), std::accumulate(plain.begin(), plain.end(), qint64(0)));
            if (plain.isEmpty())
                continue;
            const int row = int(random.bounded(quint32(plain.size())));
            const qint64 top = std::accumulate(plain.begin(), plain.begin() + row, qint64(0));
            QCOMPARE(index.top(row), top);
            if (plain.at(row) > 0)
                QCOMPARE(index.rowAt(top), row);
        }
        QCOMPARE(HeightIndex().rowAt(5), -1);
    }
};

QTEST_GUILESS_MAIN(TestMessageText)
#include "tst_messagetext.moc"
