// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/displaytext.h"
#include "views/messagetext.h"

#include <QtCore/QElapsedTimer>
#include <QtCore/QRandomGenerator>
#include <QtCore/QUrl>
#include <QtTest/QTest>

#include <algorithm>
#include <numeric>

#include "views/heightindex.h"
#include "tests/support/testprogram.h"

namespace tst_messagetext {

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
        QCOMPARE(kinds, (QList<Kind>{Kind::Keyword, Kind::String, Kind::Comment, Kind::Function, Kind::Number}));
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

    void structure()
    {
        using Block = TextBlock::Kind;
        const auto blocks =
            parseMessage(u"# Plan\n\nFirst *this*, then ~~that~~.\n\n- one\n- two\n  1. deep\n\n> said\n> "
                         u"> before\n\n---\n- [x] done\n- [ ] open");
        QList<Block> kinds;
        for (const TextBlock &block : blocks)
            kinds.append(block.kind);
        QCOMPARE(kinds,
                 (QList<Block>{Block::Heading, Block::Prose, Block::Prose, Block::Prose, Block::Prose, Block::Prose,
                               Block::Prose, Block::Rule, Block::Prose, Block::Prose}));
        QCOMPARE(blocks[0].level, 1);
        QCOMPARE(blocks[1].text, u"First this, then that."_s);
        QCOMPARE(blocks[1].spans[0].kind, Kind::Italic);
        QCOMPARE(blocks[1].spans[1].kind, Kind::Strike);
        QCOMPARE(blocks[2].marker, u"\u2022"_s);
        QCOMPARE(blocks[4].marker, u"1."_s);
        QCOMPARE(blocks[4].indent, 2);
        QCOMPARE(blocks[5].quote, 1);
        QCOMPARE(blocks[6].quote, 2);
        QCOMPARE(blocks[6].text, u"before"_s);
        QCOMPARE(blocks[8].marker, u"\u2611"_s);
        QCOMPARE(blocks[9].marker, u"\u2610"_s);
    }

    void lineBreaksStay()
    {
        const auto blocks = parseMessage(u"one\ntwo\n\nthree");
        QCOMPARE(blocks.size(), 2);
        QCOMPARE(blocks[0].text, u"one\ntwo"_s);
    }

    void tables()
    {
        const auto blocks = parseMessage(u"| peer | tokens |\n|:--|--:|\n| **qa** | 12 |\n| api | 7 |");
        QCOMPARE(blocks.size(), 6);
        QCOMPARE(blocks[0].row, 0);
        QCOMPARE(blocks[2].text, u"qa"_s);
        QCOMPARE(blocks[2].row, 1);
        QCOMPARE(blocks[2].spans[0].kind, Kind::Bold);
        QCOMPARE(blocks[3].column, 1);
        QVERIFY(blocks[3].align == Qt::AlignRight);
        QCOMPARE(plainText(blocks), u"peer\ttokens\nqa\t12\napi\t7"_s);
    }

    void linksShowWhereTheyLead()
    {
        auto blocks = parseMessage(u"see [the docs](https://docs.example/a) now");
        QCOMPARE(blocks[0].text, u"see the docs (docs.example) now"_s);
        QCOMPARE(blocks[0].spans.size(), 1);
        QCOMPARE(blocks[0].spans[0].target, u"https://docs.example/a"_s);
        blocks = parseMessage(u"[https://bank.example](https://evil.example/x)"); // words that lie
        QCOMPARE(blocks[0].text, u"https://bank.example (evil.example)"_s);
        QCOMPARE(blocks[0].spans.size(), 1);
        QCOMPARE(blocks[0].spans[0].target, u"https://evil.example/x"_s);
        blocks = parseMessage(u"[here](https://b\u0430nk.example)"); // a Cyrillic letter
        QVERIFY2(blocks[0].text.contains(u"xn--"_s), qPrintable(blocks[0].text));
        for (const QString &text :
             {u"[x](javascript:alert(1))"_s, u"[x](file:///etc/passwd)"_s, u"[x](data:text/html,hi)"_s, u"[x](http:)"_s,
              u"[x](HTTPS://)"_s, u"<javascript:alert(1)>"_s}) {
            blocks = parseMessage(text);
            QCOMPARE(blocks.size(), 1);
            for (const TextSpan &span : blocks[0].spans)
                QVERIFY2(span.kind != Kind::Link, qPrintable(text));
        }
        QCOMPARE(parseMessage(u"[x](file:///etc/passwd)")[0].text, u"x (file:///etc/passwd)"_s);
    }

    //! Letters that cannot be seen, or that turn the line around, neither hide where a link leads nor make its words
    //! say something else than its address.
    void invisibleLettersInLinks()
    {
        const auto turns = [](QChar c) {
            const char16_t u = c.unicode();
            return (u >= 0x202A && u <= 0x202E) || (u >= 0x2066 && u <= 0x2069) || u == 0x200E || u == 0x200F;
        };
        int links = 0;
        for (const QString &text :
             {u"[\u202Ebank.example\u202C](https://evil.example/x)"_s,
              u"[bank\u200B.example](https://evil.example/x)"_s, u"[bank.example](https://evil\u200D.example/x)"_s,
              u"[a](https://evil.example/\u202Egpj.exe)"_s, u"https://evil.example/\u2066x\u2069"_s}) {
            const auto blocks = parseMessage(mesh::items::safeText(text));
            QCOMPARE(blocks.size(), 1);
            QVERIFY2(std::none_of(blocks[0].text.cbegin(), blocks[0].text.cend(), turns), qPrintable(text));
            for (const TextSpan &span : blocks[0].spans) {
                if (span.kind != Kind::Link)
                    continue;
                ++links;
                // What the browser will see stands in the text, and is all of it visible.
                const QString host = QString::fromLatin1(QUrl(span.target).host(QUrl::FullyEncoded).toLatin1());
                QVERIFY2(!host.isEmpty() && blocks[0].text.contains(host), qPrintable(blocks[0].text));
                for (const QChar c : span.target)
                    QVERIFY2(c.category() != QChar::Other_Format, qPrintable(span.target));
            }
        }
        QVERIFY(links >= 3);
    }

    //! Spans lie within their text, whatever is thrown at the reader.
    void randomMarkup()
    {
        QRandomGenerator random(11);
        const QString pieces[]{u"*"_s,  u"**"_s,   u"_"_s,           u"`"_s,          u"```"_s, u"\n"_s,
                               u"> "_s, u"- "_s,   u"1. "_s,         u"| "_s,         u"|-"_s,  u"["_s,
                               u"]("_s, u")"_s,    u"http://a.b "_s, u"\U0001F600"_s, u"x"_s,   u"~~"_s,
                               u"!["_s, u"&lt;"_s, u"<b>"_s,         u"# "_s,         u"\t"_s,  u"\\"_s};
        for (int turn = 0; turn < 4'000; ++turn) {
            QString text;
            for (int i = int(random.bounded(60u)); i >= 0; --i)
                text += pieces[random.bounded(quint32(std::size(pieces)))];
            const auto blocks = parseMessage(text);
            for (const TextBlock &block : blocks) {
                for (const TextSpan &span : block.spans)
                    QVERIFY2(span.start >= 0 && span.length > 0 && span.start + span.length <= block.text.size(),
                             qPrintable(text));
            }
        }
    }

    void tooManyBlocksShowAsWritten()
    {
        const auto blocks = parseMessage(u"- x\n"_s.repeated(2'000));
        QCOMPARE(blocks.size(), 1);
        QVERIFY(blocks[0].text.startsWith(u"- x\n- x"_s));
    }

    void diffs()
    {
        const auto spans = highlightCode(u"@@ -1 +1 @@\n-old\n+new\n same", u"diff");
        QCOMPARE(spans.size(), 3);
        QCOMPARE(spans[1].kind, Kind::Removed);
        QCOMPARE(spans[2].kind, Kind::Added);
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
        // The largest that is read as markdown.
        const auto filled = [](const QString &piece) { return piece.repeated(kMaxMarkup / piece.size()); };
        QTest::newRow("quotes 10,000 deep") << u">"_s.repeated(10'000) + u" deep"_s;
        QTest::newRow("quotes over lines") << (u">"_s.repeated(200) + u"x\n"_s).repeated(300);
        QTest::newRow("brackets") << filled(u"["_s);
        QTest::newRow("bracket pairs") << filled(u"[a]("_s);
        QTest::newRow("images") << filled(u"![a]("_s);
        QTest::newRow("emphasis") << filled(u"*a _b "_s);
        QTest::newRow("definitions") << filled(u"[a]: b\n"_s);
        QTest::newRow("table") << filled(u"|a|b|\n|-|-|\n"_s);
        QTest::newRow("wide table") << u"|a"_s.repeated(8'000) + u"\n"_s + u"|-"_s.repeated(8'000) + u"\n"_s
                + u"|\n"_s.repeated(8'000);
        QTest::newRow("lists") << filled(u"- "_s);
        QTest::newRow("tildes") << filled(u"~~a"_s);
        QTest::newRow("entities") << filled(u"&"_s);
        QTest::newRow("angles") << filled(u"<a "_s);
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

MESH_TEST(TestMessageText)

} // namespace tst_messagetext

#include "tst_messagetext.moc"
