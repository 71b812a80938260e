// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtCore/QFile>
#include <QtCore/QTemporaryDir>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

#include "models/store/journalcodec.h"
#include "models/store/journaldb.h"
#include "models/store/searchindex.h"
#include "models/store/searchwords.h"
#include "tests/store/storefixture.h"
#include "tests/store/writtenjournal.h"
#include "tests/support/testprogram.h"

namespace tst_search {

using namespace Qt::StringLiterals;
using namespace mesh::protocol;
using namespace mesh::protocol::events;
using namespace mesh::store;
using namespace fixture;

namespace {

constexpr qint64 kHour = 3'600'000;

QStringList words(const QString &text)
{
    QStringList out;
    forEachWord(text, [&](const SearchWord &word) { out << word.normalised.toString(); });
    return out;
}

struct Searched : WrittenJournal
{
    explicit Searched(const QString &path)
        : WrittenJournal(path)
        , opened(&journal, &Journal::opened)
        , progress(&journal, &Journal::indexProgress)
        , rebuilt(&journal, &Journal::indexRebuilt)
    {
        journal.open();
    }
    using WrittenJournal::run;
    SearchPage run(const QString &typed, const QList<const MeshStore *> &stores = {},
                   const std::optional<SearchPlace> &within = std::nullopt)
    {
        return run(planSearch(parseSearch(typed, kStart + 48 * kHour), stores, within));
    }
    QStringList texts(const QString &typed, const QList<const MeshStore *> &stores = {},
                      const std::optional<SearchPlace> &within = std::nullopt)
    {
        QStringList out;
        for (const SearchHit &hit : run(typed, stores, within).hits)
            out << hit.message.text;
        return out;
    }

    QSignalSpy opened, progress, rebuilt;
};

IndexReach reachOf(const QString &path)
{
    JournalDb db;
    const auto opened = db.openReadOnly(path);
    return opened ? IndexReach::read(db).value_or(IndexReach{-1, -1}) : IndexReach{-1, -1};
}

qint64 count(const QString &path, const char *sql)
{
    JournalDb db;
    const auto opened = db.openReadOnly(path);
    return opened ? db.scalar(sql, -1) : -1;
}

//! Messages with words that come in every, every 100th and one of them.
EventList many(int from, int to)
{
    EventList events;
    for (int i = from; i < to; ++i)
        events << at(i,
                     direct(2 + i % 5, u"m%1"_s.arg(i),
                            u"common word number%1%2%3"_s.arg(i)
                                .arg(i % 100 == 0 ? u" hundredth"_s : QString())
                                .arg(i == 777 ? u" unique needle"_s : QString()),
                            i * 1000LL));
    return events;
}

} // namespace

class TestSearch final : public QObject
{
    Q_OBJECT

private:
    QTemporaryDir m_dir;
    QString m_path;
    int m_number = 0;

private Q_SLOTS:
    void init() { m_path = m_dir.filePath(u"s%1.db"_s.arg(++m_number)); }

    void cutsWords();
    void readsQueries();
    void readsDates_data();
    void readsDates();
    void saysWhereAProblemIs_data();
    void saysWhereAProblemIs();
    void findsWordsPhrasesAndFilters();
    void findsInOneConversation();
    void findsUnread();
    void marksWhatWasFound();
    void showsAMessageOnce();
    void newestFirstAcrossSegments();
    void pagesAreCompleteAndDisjoint();
    void keystrokeEndsTheFormerSearch();
    void indexShowsNoWords();
    void olderJournalIsIndexedInTheBackground();
    void damagedIndexIsRebuilt_data();
    void damagedIndexIsRebuilt();
    void neverOpensMoreThanItMust();
};

void TestSearch::cutsWords()
{
    QCOMPARE(words(u"The Limiter's on `main`: 42%"_s),
             (QStringList{u"the"_s, u"limiter"_s, u"s"_s, u"on"_s, u"main"_s, u"42"_s}));
    QCOMPARE(words(u"snake_case path/to/file.cpp"_s),
             (QStringList{u"snake"_s, u"case"_s, u"path"_s, u"to"_s, u"file"_s, u"cpp"_s}));
    QCOMPARE(words(u"Füße ÉCOLE e\u0301cole"_s), (QStringList{u"fusse"_s, u"ecole"_s, u"ecole"_s}));
    // Invisible characters cannot hide a word from a search.
    QCOMPARE(words(u"lim\u200biter pass\u00adword"_s), (QStringList{u"limiter"_s, u"password"_s}));
    QCOMPARE(words(u"東京tower"_s), (QStringList{u"東"_s, u"京"_s, u"tower"_s}));
    QCOMPARE(words(QString(1'000'000, u'x')).value(0).size(), kMaxWord);
    QVERIFY(words(u"… -- \u0301 \U0001F600"_s).isEmpty());
    QCOMPARE(words(QString(QChar(0xd800)) + u"a"_s), QStringList{u"a"_s}); // half a character
}

void TestSearch::readsQueries()
{
    const SearchQuery q = parseSearch(
        u"deploy \"rate limiter\" -staging from:ada from:\"Bea Ng\" in:backend has:code has:link is:unread"_s, kStart);
    QVERIFY(q.problems.isEmpty());
    QCOMPARE(q.terms,
             (QList<SearchTerm>{{{u"deploy"_s}, false, false},
                                {{u"rate"_s, u"limiter"_s}, true, false},
                                {{u"staging"_s}, false, true}}));
    QCOMPARE(q.from.size(), 2);
    QCOMPARE(q.from.at(1).text, u"Bea Ng"_s);
    QCOMPARE(q.in.at(0).text, u"backend"_s);
    QVERIFY(q.hasCode && q.hasLink && q.unread);
    QVERIFY(parseSearch(u"   "_s, kStart).isEmpty());
    QVERIFY(parseSearch(u"!!! ..."_s, kStart).isEmpty());
    // A colon that is no filter is text.
    QCOMPARE(parseSearch(u"std::string"_s, kStart).terms.at(0).words, (QStringList{u"std"_s, u"string"_s}));
    // What is still being typed finds beginnings.
    QVERIFY(!parseSearch(u"\"rate lim"_s, kStart).terms.at(0).exact);
}

void TestSearch::readsDates_data()
{
    QTest::addColumn<QString>("typed");
    QTest::addColumn<QDateTime>("moment");
    const QDateTime now = QDateTime::fromMSecsSinceEpoch(kStart);
    QTest::newRow("day") << u"2026-04-08"_s << QDate(2026, 4, 8).startOfDay();
    QTest::newRow("short day") << u"2026-4-8"_s << QDate(2026, 4, 8).startOfDay();
    QTest::newRow("month") << u"2026-04"_s << QDate(2026, 4, 1).startOfDay();
    QTest::newRow("year") << u"2025"_s << QDate(2025, 1, 1).startOfDay();
    QTest::newRow("today") << u"today"_s << now.date().startOfDay();
    QTest::newRow("yesterday") << u"Yesterday"_s << now.date().addDays(-1).startOfDay();
    QTest::newRow("hours") << u"5h"_s << now.addSecs(-5 * 3600);
    QTest::newRow("days") << u"3d"_s << now.addSecs(-3 * 86400);
    QTest::newRow("weeks") << u"2w"_s << now.addSecs(-14 * 86400);
}

void TestSearch::readsDates()
{
    QFETCH(QString, typed);
    QFETCH(QDateTime, moment);
    const SearchQuery q = parseSearch(u"after:%1 before:%1"_s.arg(typed), kStart);
    QVERIFY(q.problems.isEmpty());
    QCOMPARE(q.afterMs, std::optional(moment.toMSecsSinceEpoch()));
    QCOMPARE(q.beforeMs, q.afterMs);
}

void TestSearch::saysWhereAProblemIs_data()
{
    QTest::addColumn<QString>("typed");
    QTest::addColumn<int>("at");
    QTest::addColumn<int>("length");
    QTest::addColumn<bool>("unfinished");
    QTest::newRow("no date") << u"word before:someday more"_s << 12 << 7 << false;
    QTest::newRow("half a date") << u"before:2026-"_s << 7 << 5 << true;
    QTest::newRow("impossible day") << u"after:2026-02-31 x"_s << 6 << 10 << false;
    QTest::newRow("unknown has") << u"has:video x"_s << 4 << 5 << false;
    QTest::newRow("half has") << u"x has:co"_s << 6 << 2 << true;
    QTest::newRow("unknown is") << u"is:blue"_s << 3 << 4 << false;
    QTest::newRow("nothing after the colon") << u"a from: b"_s << 2 << 5 << false;
    QTest::newRow("about to go on") << u"from:"_s << 0 << 5 << true;
    QTest::newRow("open quotation") << u"a \"b c"_s << 2 << 4 << true;
}

void TestSearch::saysWhereAProblemIs()
{
    QFETCH(QString, typed);
    const SearchQuery q = parseSearch(typed, kStart);
    QCOMPARE(q.problems.size(), 1);
    QVERIFY(!q.problems.at(0).text.isEmpty());
    QTEST(int(q.problems.at(0).at), "at");
    QTEST(int(q.problems.at(0).length), "length");
    QTEST(q.problems.at(0).unfinished, "unfinished");
}

void TestSearch::findsWordsPhrasesAndFilters()
{
    Searched s(m_path);
    MeshStore store(kMesh);
    MessageReceived named = direct(3, u"m2"_s, u"limiter on the rate side"_s, 2 * kHour);
    named.senderName = u"Ada Lovelace"_s;
    MessageReceived group = direct(4, u"m4"_s, u"see `limiter.cpp` at https://example.org/x"_s, 4 * kHour);
    group.conversation = {ConversationKind::Group, u"backend"_s};
    const EventList events{at(0, session()),
                           at(1, PeersListed{{row(2, u"Bea"_s), row(3, u"ada"_s), row(4, u"Cyd"_s)}}),
                           at(2, direct(2, u"m1"_s, u"The rate limiter is on main"_s, kHour)),
                           at(3, named),
                           at(4, composed(2, u"c1"_s, u"I will limit it"_s, 3 * kHour)),
                           at(5, group),
                           at(6, direct(2, u"m5"_s, u"unrelated"_s, 30 * kHour))};
    store.apply(events);
    s.write(events);
    const QList<const MeshStore *> stores{&store};

    const QString m1 = u"The rate limiter is on main"_s, m2 = u"limiter on the rate side"_s, c1 = u"I will limit it"_s,
                  m4 = u"see `limiter.cpp` at https://example.org/x"_s, m5 = u"unrelated"_s;
    QCOMPARE(s.texts(u"lim"_s), (QStringList{m4, c1, m2, m1})); // newest first
    QCOMPARE(s.texts(u"LIMITER"_s), (QStringList{m4, m2, m1}));
    QCOMPARE(s.texts(u"\"limit\""_s), QStringList{c1});
    QCOMPARE(s.texts(u"rate lim"_s), (QStringList{m2, m1}));
    QCOMPARE(s.texts(u"\"rate limiter\""_s), QStringList{m1});
    QCOMPARE(s.texts(u"\"rate lim"_s), QStringList{m1});
    QCOMPARE(s.texts(u"limiter -main"_s), (QStringList{m4, m2}));
    QCOMPARE(s.texts(u"limiterx"_s), QStringList{});
    QCOMPARE(s.texts(u"from:love"_s, stores), QStringList{m2}); // as the message told
    QCOMPARE(s.texts(u"from:ADA"_s, stores), QStringList{m2});
    QCOMPARE(s.texts(u"from:bea lim"_s, stores), QStringList{m1}); // as the list of peers told
    QCOMPARE(s.texts(u"from:me"_s, stores), QStringList{c1});
    QCOMPARE(s.texts(u"from:bea from:me lim"_s, stores), (QStringList{c1, m1}));
    QCOMPARE(s.texts(u"in:backend"_s, stores), QStringList{m4});
    QCOMPARE(s.texts(u"in:bea limit"_s, stores), (QStringList{c1, m1}));
    QCOMPARE(s.texts(u"has:code"_s), QStringList{m4});
    QCOMPARE(s.texts(u"has:link limiter"_s), QStringList{m4});
    QCOMPARE(s.texts(u"after:1d"_s), QStringList{m5}); // a day before hour 48
    QCOMPARE(s.texts(u"before:1d lim"_s), (QStringList{m4, c1, m2, m1}));
    const SearchPlan nobody = planSearch(parseSearch(u"x in:nowhere"_s, kStart), stores);
    QCOMPARE(nobody.query.problems.size(), 1);
    QCOMPARE(nobody.query.problems.at(0).at, 2);
    QVERIFY(s.run(nobody).hits.isEmpty());
}

void TestSearch::findsInOneConversation()
{
    Searched s(m_path);
    s.write({at(1, direct(2, u"m1"_s, u"green build"_s, 1)), at(2, direct(3, u"m2"_s, u"green light"_s, 2)),
             at(3, composed(2, u"c1"_s, u"green tea"_s, 3))});
    const SearchPlace place{kMesh, {ConversationKind::Direct, key(2)}};
    QCOMPARE(s.texts(u"gre"_s, {}, place), (QStringList{u"green tea"_s, u"green build"_s}));
    QCOMPARE(s.texts(u"gre"_s, {}, SearchPlace{u"another mesh"_s, place.conversation}), QStringList{});
}

void TestSearch::findsUnread()
{
    Searched s(m_path);
    MeshStore store(kMesh);
    const EventList events{at(0, session()),
                           at(1, direct(2, u"m1"_s, u"read it"_s, kHour)),
                           at(2, ConversationRead{{ConversationKind::Direct, key(2)}, kStart + kHour}),
                           at(3, direct(2, u"m2"_s, u"unread one"_s, 2 * kHour)),
                           at(4, composed(2, u"c1"_s, u"own"_s, 3 * kHour)),
                           at(5, direct(3, u"m3"_s, u"unread two"_s, 4 * kHour))};
    store.apply(events);
    s.write(events);
    QCOMPARE(s.texts(u"is:unread"_s, {&store}), (QStringList{u"unread two"_s, u"unread one"_s}));
    QCOMPARE(s.texts(u"is:unread one"_s, {&store}), QStringList{u"unread one"_s});
    store.apply({at(6, ConversationRead{{ConversationKind::Direct, key(2)}, kStart + 5 * kHour}),
                 at(7, ConversationRead{{ConversationKind::Direct, key(3)}, kStart + 5 * kHour})});
    QCOMPARE(s.texts(u"is:unread"_s, {&store}), QStringList{});
}

void TestSearch::marksWhatWasFound()
{
    const auto spans = [](const QString &typed, const QString &text) {
        QList<TextSpan> found;
        return matchText(parseSearch(typed, kStart), text, found) ? found : QList<TextSpan>{{-1, -1}};
    };
    QCOMPARE(spans(u"lim"_s, u"a Limiter, limits"_s), (QList<TextSpan>{{2, 3}, {11, 3}}));
    QCOMPARE(spans(u"\"rate limiter\""_s, u"the rate-limiter!"_s), (QList<TextSpan>{{4, 12}}));
    QCOMPARE(spans(u"ecole"_s, u"l'école"_s), (QList<TextSpan>{{2, 5}}));
    QCOMPARE(spans(u"fuss"_s, u"Füße"_s), (QList<TextSpan>{{0, 4}})); // the letters do not stand one to one
    QCOMPARE(spans(u"lim -limits"_s, u"a limiter, limits"_s), (QList<TextSpan>{{-1, -1}}));
    QCOMPARE(spans(u"a"_s, u"a "_s.repeated(5'000)).size(), 200);
}

void TestSearch::showsAMessageOnce()
{
    Searched s(m_path);
    MessageReceived again = direct(2, u"m1"_s, u"told twice"_s, 1);
    again.senderName = u"Ada"_s;
    s.write({at(1, direct(2, u"m1"_s, u"told twice"_s, 1)), at(5, again)});
    QCOMPARE(s.texts(u"told"_s).size(), 1);
}

void TestSearch::newestFirstAcrossSegments()
{
    Searched s(m_path);
    // Out of order, with a clock that is years ahead, over several segments and what is after them.
    EventList events = many(0, 3'000);
    std::reverse(events.begin(), events.end());
    events.insert(40, at(1, direct(2, u"future"_s, u"common future"_s, 40LL * 365 * 24 * kHour)));
    s.write(events);
    QTRY_VERIFY(reachOf(m_path).lastRow >= 2'048);
    const SearchPage page = s.run(u"common"_s);
    QCOMPARE(page.hits.size(), 50);
    QVERIFY(page.more);
    QCOMPARE(page.hits.at(0).message.text, u"common future"_s);
    for (int i = 1; i < 50; ++i)
        QCOMPARE(page.hits.at(i).message.messageId, u"m%1"_s.arg(3'000 - i));
    QCOMPARE(s.texts(u"unique needle"_s).size(), 1);
    QCOMPARE(s.run(u"hundredth"_s).hits.size(), 30);
}

void TestSearch::pagesAreCompleteAndDisjoint()
{
    Searched s(m_path);
    EventList events = many(0, 5'000);
    for (int i = 0; i < 5'000; i += 7) // the same moment many times over
        events[i].body = [&] {
            MessageReceived message = *getIf<MessageReceived>(&events.at(i).body);
            message.sentAtMs = kStart;
            return EventBody(message);
        }();
    s.write(events);
    SearchPlan plan = planSearch(parseSearch(u"number"_s, kStart), {});
    plan.limit = 700;
    QSet<QString> seen;
    qint64 last = std::numeric_limits<qint64>::max();
    for (int pages = 0; pages < 10; ++pages) {
        const SearchPage page = s.run(plan);
        for (const SearchHit &hit : page.hits) {
            QVERIFY(!seen.contains(hit.message.messageId));
            QVERIFY(hit.message.sentAtMs <= last);
            last = hit.message.sentAtMs;
            seen.insert(hit.message.messageId);
        }
        if (!page.more)
            break;
        plan.after = page.next;
    }
    QCOMPARE(seen.size(), 5'000);
}

void TestSearch::keystrokeEndsTheFormerSearch()
{
    Searched s(m_path);
    s.write(many(0, 4'000));
    const quint64 first = s.journal.search(planSearch(parseSearch(u"\"word common\""_s, kStart), {}));
    const SearchPage second = s.run(u"needle"_s);
    QCOMPARE(second.hits.size(), 1);
    QVERIFY(second.request > first);
    // The first one was asked for and given up before it could end; it never says that it is done.
    for (const auto &call : std::as_const(s.found))
        QVERIFY(call.first().value<SearchPage>().request != first || !call.first().value<SearchPage>().done);
}

void TestSearch::indexShowsNoWords()
{
    {
        Searched s(m_path);
        EventList events = many(0, 2'000);
        MessageReceived secret = *getIf<MessageReceived>(&events.at(10).body);
        secret.text = u"xylophone quarterdeck"_s;
        secret.senderName = u"Wilhelmina"_s;
        events[10].body = secret;
        s.write(events);
        QTRY_COMPARE(reachOf(m_path).lastRow, 1'024);
        QCOMPARE(s.texts(u"xylo"_s).size(), 1);
        // Another key makes other tokens: nothing in the file can be recognised by who guesses words.
        const auto mine = JournalKeys::derive(testKey());
        const auto other = JournalKeys::derive(SecretBytes::fromBytes(QByteArray(32, 'o')));
        QVERIFY(mine->hasher().token(SearchHasher::Field::Word, u"xylophone")
                != other->hasher().token(SearchHasher::Field::Word, u"xylophone"));
        QVERIFY(mine->hasher().token(SearchHasher::Field::Word, u"a")
                != mine->hasher().token(SearchHasher::Field::Prefix, u"a"));
    }
    for (const QString &suffix : {QString(), u"-wal"_s}) {
        QFile file(m_path + suffix);
        if (!file.open(QIODevice::ReadOnly))
            continue;
        const QByteArray bytes = file.readAll();
        const auto keys = JournalKeys::derive(testKey());
        const SearchToken token = keys->hasher().token(SearchHasher::Field::Word, u"xylophone");
        QByteArray little;
        for (int i = 0; i < 6; ++i)
            little.append(char(token >> (8 * i)));
        QVERIFY(!bytes.contains(little)); // not even the tokens stand in clear
        for (const char *text : {"xylo", "quarterdeck", "Wilhelmina", "wilhelmina", "common"}) {
            QVERIFY2(!bytes.contains(text), text);
            QVERIFY2(!bytes.contains(QByteArray(reinterpret_cast<const char *>(QString::fromLatin1(text).utf16()),
                                                qsizetype(2 * qstrlen(text)))),
                     text);
        }
    }
}

void TestSearch::olderJournalIsIndexedInTheBackground()
{
    {
        Searched s(m_path);
        s.write(many(0, 3'000));
    }
    {
        JournalDb db;
        QVERIFY(db.open(m_path));
        QVERIFY(db.exec("DROP TABLE search_segments; DROP TABLE search_pieces; DROP TABLE search_gone; DELETE FROM "
                        "meta WHERE key='search';"
                        "PRAGMA user_version=2"));
    }
    Searched s(m_path);
    QTRY_COMPARE(s.opened.size(), 1);
    QCOMPARE(s.opened.first().at(1).toInt(), 2);
    QTRY_VERIFY(!s.progress.isEmpty() && s.progress.last().first().toInt() == 100);
    QVERIFY(s.progress.size() > 1); // in steps
    QCOMPARE(count(m_path, "SELECT sum(documents) FROM search_segments"), 3'000);
    const SearchPage page = s.run(u"needle"_s);
    QCOMPARE(page.hits.size(), 1);
    QCOMPARE(page.indexedPercent, 100);
    QCOMPARE(s.run(u"hundredth"_s).hits.size(), 30);
    s.write({at(9, direct(2, u"late"_s, u"needle again"_s, 4'000'000))});
    QCOMPARE(s.run(u"needle"_s).hits.size(), 2);
}

void TestSearch::damagedIndexIsRebuilt_data()
{
    QTest::addColumn<QByteArray>("damage");
    QTest::newRow("a piece is missing") << QByteArray("DELETE FROM search_pieces WHERE number % 7 = 0");
    QTest::newRow("a piece was altered") << QByteArray("UPDATE search_pieces SET body = zeroblob(length(body))");
    QTest::newRow("pieces were exchanged")
        << QByteArray("UPDATE search_pieces SET body = (SELECT body FROM search_pieces LIMIT 1)");
    QTest::newRow("impossible size") << QByteArray("UPDATE search_segments SET documents = 99999999");
    QTest::newRow("reach past the end") << QByteArray("UPDATE meta SET value = '1|1|99999999' WHERE key = 'search'");
    QTest::newRow("reach is rubbish") << QByteArray("UPDATE meta SET value = 'x|y' WHERE key = 'search'");
}

void TestSearch::damagedIndexIsRebuilt()
{
    QFETCH(QByteArray, damage);
    {
        Searched s(m_path);
        s.write(many(0, 2'500));
        QTRY_VERIFY(reachOf(m_path).lastRow >= 2'048);
    }
    {
        JournalDb db;
        QVERIFY(db.open(m_path));
        QVERIFY(db.exec(damage.constData()));
    }
    Searched s(m_path);
    QTRY_COMPARE(s.opened.size(), 1);
    // The first search meets the damage, if opening did not; soon what was made anew answers.
    QTRY_COMPARE(s.run(u"needle"_s).hits.size(), 1);
    QTRY_VERIFY(reachOf(m_path).isComplete());
    QCOMPARE(s.run(u"hundredth"_s).hits.size(), 25);
    QCOMPARE(count(m_path, "SELECT count(*) FROM events"), 2'500); // no message was touched
}

void TestSearch::neverOpensMoreThanItMust()
{
    Searched s(m_path);
    s.write(many(0, 20'000));
    QTRY_VERIFY_WITH_TIMEOUT(count(m_path, "SELECT count(*) FROM search_segments WHERE level = 1") == 1, 60'000);
    QCOMPARE(s.run(u"needle"_s).opened, 1);
    QVERIFY(s.run(u"common"_s).opened <= 51);
    QCOMPARE(s.run(u"number19999"_s).hits.size(), 1);
    QCOMPARE(s.run(u"common absent"_s).opened, 0);
}

MESH_TEST(TestSearch)

} // namespace tst_search

#include "tst_search.moc"
