// SPDX-License-Identifier: GPL-3.0-or-later
// Searching and paging over a journal of a million sealed messages of mixed markdown, beside bare SQLite in the same
// run:
//   bench_search [--messages N] [--keep FOLDER]
// Each query is typed letter by letter; every keystroke is one search of the real journal, with its threads, until the
// answer is here. The yardstick is FTS5 with the same texts in clear, and LIKE over them.
#include <QtCore/QCoreApplication>
#include <QtCore/QDir>
#include <QtCore/QElapsedTimer>
#include <QtCore/QEventLoop>
#include <QtCore/QFileInfo>
#include <QtCore/QRandomGenerator>
#include <QtCore/QTemporaryDir>
#include <QtCore/QTimer>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "models/store/journal.h"
#include "models/store/journaldb.h"
#include "models/store/searchindex.h"

using namespace Qt::StringLiterals;
using namespace mesh::protocol;
using namespace mesh::store;

namespace {

constexpr qint64 kFirst = 1'700'000'000'000;
constexpr int kConversations = 200;
const QString kMesh(32, u'B');

//! Words as people and agents use them: a few very often, most seldom (Zipf), 60,000 of them.
class Vocabulary final
{
public:
    explicit Vocabulary(QRandomGenerator &random)
        : m_random(random)
    {
        const QStringList common =
            u"the to a of is and in it for on that with this be as not are build test branch main "
            "error file fix merge deploy server client limiter queue token review check run "
            "message peer broker state please done failed green"_s.split(u' ');
        static const char *const syllables[] = {"ra",  "ne",  "ti",  "lo",  "con", "ser", "mi", "da",
                                                "ver", "pro", "ent", "al",  "is",  "tor", "um", "ex",
                                                "pa",  "qui", "sta", "gen", "fu",  "ble"};
        m_words = common;
        while (m_words.size() < 60'000) {
            QString word;
            for (int i = 0, count = 2 + int(m_random.bounded(3)); i < count; ++i)
                word += QString::fromLatin1(syllables[m_random.bounded(int(std::size(syllables)))]);
            m_words << word;
        }
    }
    const QString &next()
    {
        const double u = m_random.generateDouble();
        return m_words.at(std::min<qsizetype>(m_words.size() - 1, qsizetype(std::pow(double(m_words.size()), u)) - 1));
    }
    const QString &at(qsizetype rank) const { return m_words.at(rank); }

private:
    QRandomGenerator &m_random;
    QStringList m_words;
};

QString text(Vocabulary &words, QRandomGenerator &random, int number)
{
    const auto sentence = [&](int count) {
        QString out;
        for (int i = 0; i < count; ++i)
            out += (i ? u" "_s : QString()) + words.next();
        return out;
    };
    const int dice = int(random.bounded(100));
    if (dice < 45)
        return sentence(3 + int(random.bounded(12)));
    if (dice < 70)
        return sentence(10 + int(random.bounded(40)));
    if (dice < 80)
        return u"- "_s + sentence(6) + u"\n- **"_s + sentence(3) + u"**\n- "_s + sentence(8);
    if (dice < 90)
        return sentence(8) + u"\n```cpp\nint "_s + words.next() + u" = "_s + QString::number(number) + u";\nreturn "_s
            + words.next() + u";\n```\n"_s + sentence(6);
    if (dice < 96)
        return sentence(8) + u" https://example.org/"_s + words.next() + u'/' + QString::number(number);
    return u"# "_s + sentence(4) + u"\n\n"_s + sentence(60) + u"\n\n> "_s + sentence(20);
}

struct Figures
{
    double p50 = 0;
    double p95 = 0;
    double worst = 0;
};

Figures figures(QList<double> values)
{
    std::sort(values.begin(), values.end());
    const auto at = [&](double share) {
        return values.isEmpty() ? 0.0 : values[std::min(values.size() - 1, qsizetype(share * double(values.size())))];
    };
    return {at(0.5), at(0.95), values.isEmpty() ? 0.0 : values.last()};
}

double since(const QElapsedTimer &timer)
{
    return double(timer.nsecsElapsed()) / 1e6;
}

template <class Done>
bool waitFor(Done done, int timeoutMs = 600'000)
{
    QElapsedTimer timer;
    timer.start();
    while (!done() && timer.elapsed() < timeoutMs)
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents, 50);
    return done();
}

struct Asked
{
    double ms = 0;
    SearchPage page;
};

Asked ask(Journal &journal, const SearchPlan &plan)
{
    QElapsedTimer timer;
    QEventLoop loop;
    Asked asked;
    quint64 request = 0;
    const auto connection = QObject::connect(&journal, &Journal::searchFound, &loop, [&](const SearchPage &page) {
        if (page.request == request && page.done) {
            asked.ms = since(timer);
            asked.page = page;
            loop.quit();
        }
    });
    timer.start();
    request = journal.search(plan);
    loop.exec();
    QObject::disconnect(connection);
    return asked;
}

void typeOut(Journal &journal, const char *what, const QString &typed)
{
    QList<double> times;
    SearchPage last;
    for (int round = 0; round < 5; ++round) {
        for (qsizetype length = 1; length <= typed.size(); ++length) {
            const SearchPlan plan = planSearch(parseSearch(typed.first(length), kFirst), {});
            if (plan.query.isEmpty())
                continue;
            const Asked asked = ask(journal, plan);
            times << asked.ms;
            last = asked.page;
        }
    }
    const Figures f = figures(times);
    std::printf("  %-28s %-34s p50 %7.2f  p95 %7.2f  max %7.2f ms   %2lld%s hits, %lld opened\n", what,
                qPrintable(typed), f.p50, f.p95, f.worst, static_cast<long long>(last.hits.size()),
                last.more ? "+" : "", static_cast<long long>(last.opened));
    std::fflush(stdout);
}

qint64 bytesOf(JournalDb &db, const char *table)
{
    Statement size = db.prepare("SELECT sum(pgsize) FROM dbstat WHERE name = ?");
    return size.isValid() && size.bind(1, QString::fromLatin1(table)).step() ? size.integer(0) : -1;
}

} // namespace

int main(int argc, char *argv[])
{
    QCoreApplication application(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    const auto option = [&](const QString &name, const QString &fallback) {
        const qsizetype at = arguments.indexOf(name);
        return at > 0 && at + 1 < arguments.size() ? arguments[at + 1] : fallback;
    };
    const int count = option(u"--messages"_s, u"1000000"_s).toInt();
    QTemporaryDir temporary;
    const QString folder = option(u"--keep"_s, temporary.path());
    QDir().mkpath(folder);
    const QString path = folder + u"/journal.db"_s;
    const QString clearPath = folder + u"/clear.db"_s;

    QRandomGenerator random(7);
    Vocabulary words(random);
    JournalDb clear;
    const bool fill = !QFileInfo::exists(path);
    if (!clear.open(clearPath) || !clear.exec("PRAGMA synchronous=OFF"))
        return 1;
    Journal journal(SecretBytes::fromBytes(QByteArray(32, 'b')), {.path = path});
    int indexed = -1;
    QObject::connect(&journal, &Journal::indexProgress, &application, [&](int percent) { indexed = percent; });
    journal.open();
    QElapsedTimer timer;
    timer.start();
    if (fill) {
        clear.exec("CREATE TABLE texts(id INTEGER PRIMARY KEY, conv INTEGER, text TEXT);"
                   "CREATE INDEX texts_conv ON texts(conv, id);"
                   "CREATE VIRTUAL TABLE found USING fts5(text, content='texts', content_rowid='id', prefix='1 2 3')");
        clear.exec("BEGIN");
        Statement insert = clear.prepare("INSERT INTO texts VALUES(?, ?, ?)");
        Statement insertFound = clear.prepare("INSERT INTO found(rowid, text) VALUES(?, ?)");
        double journalMs = 0;
        EventList batch;
        for (int i = 0; i < count; ++i) {
            events::MessageReceived message;
            const int conversation = int(random.bounded(kConversations));
            message.messageId = u"m%1"_s.arg(i, 31, 10, QLatin1Char('0'));
            message.conversation = {ConversationKind::Direct, u"%1"_s.arg(conversation, 64, 16, QLatin1Char('0'))};
            message.senderKey = message.conversation.key;
            message.senderName = u"peer-%1"_s.arg(conversation);
            message.text = text(words, random, i);
            if (i == count / 2)
                message.text += u" zirconium"_s;
            message.sentAtMs = kFirst + qint64(i) * 1000;
            insert.bind(1, qint64(i)).bind(2, qint64(conversation)).bind(3, message.text).run();
            insertFound.bind(1, qint64(i)).bind(2, message.text).run();
            batch << Event{kMesh, message.sentAtMs, message};
            if (batch.size() == 20'000 || i + 1 == count) {
                QElapsedTimer part;
                part.start();
                journal.append(batch);
                if (!journal.flush(600'000))
                    return 1;
                journalMs += since(part);
                batch.clear();
            }
        }
        clear.exec("COMMIT");
        std::printf("%d messages journaled and indexed while they came: %.1f s, %.0f messages/s\n", count,
                    journalMs / 1000, count / journalMs * 1000);
    }
    const auto reach = [&] {
        JournalDb db;
        const auto opened = db.openReadOnly(path);
        return opened ? IndexReach::read(db).value_or(IndexReach()) : IndexReach();
    };
    waitFor([&] { return reach().isComplete() && reach().lastRow > count - 2'000; });
    if (fill) {
        // The migration of a journal that has no index yet.
        {
            JournalDb db;
            if (!db.open(path) || !db.exec("UPDATE meta SET value='0|1|0' WHERE key='search'"))
                return 1;
        }
        Journal again(SecretBytes::fromBytes(QByteArray(32, 'b')), {.path = path});
        int percent = 0;
        QObject::connect(&again, &Journal::indexProgress, &application, [&](int told) { percent = told; });
        timer.start();
        again.open();
        waitFor([&] { return percent == 100; }, 1'200'000);
        std::printf("index of a journal without one, in the background: %.1f s, %.0f messages/s\n", since(timer) / 1000,
                    count / since(timer) * 1000);
    }
    {
        JournalDb db;
        if (!db.openReadOnly(path))
            return 1;
        const double mb = 1024.0 * 1024;
        std::printf("file %.0f MB: messages %.0f MB, search index %.0f MB; FTS5 in clear with prefixes 1-3: %.0f MB\n",
                    double(QFileInfo(path).size()) / mb, double(bytesOf(db, "events")) / mb,
                    double(bytesOf(db, "search_pieces")) / mb, double(bytesOf(clear, "found_data")) / mb);
    }

    std::printf("per keystroke, sealed journal, newest 50 hits:\n");
    typeOut(journal, "frequent word", words.at(40));
    typeOut(journal, "middling word", words.at(2'000));
    typeOut(journal, "seldom word", words.at(50'000));
    typeOut(journal, "one of all", u"zirconium"_s);
    typeOut(journal, "nothing", u"xylophonist"_s);
    typeOut(journal, "two words", words.at(25) + u' ' + words.at(3'000));
    typeOut(journal, "frequent and one", u"the zirconium"_s);
    typeOut(journal, "phrase", u"\"of the\""_s);
    typeOut(journal, "phrase that is seldom", u'"' + words.at(300) + u' ' + words.at(301) + u'"');
    typeOut(journal, "from and words", u"from:peer-77 "_s + words.at(500));
    typeOut(journal, "code and a date", u"has:code before:2023-11-20 limiter"_s);

    std::printf("yardstick, the same texts in clear, newest 50:\n");
    const auto bare = [&](const char *what, const char *sql, const QString &value) {
        QList<double> times;
        Statement select = clear.prepare(sql);
        for (int i = 0; i < 20; ++i) {
            QElapsedTimer one;
            one.start();
            select.bind(1, value);
            while (select.step()) {}
            select.reset();
            times << since(one);
        }
        const Figures f = figures(times);
        std::printf("  %-28s %-34s p50 %7.2f  p95 %7.2f ms\n", what, qPrintable(value), f.p50, f.p95);
        std::fflush(stdout);
    };
    constexpr char kMatch[] = "SELECT t.text FROM found f JOIN texts t ON t.id = f.rowid WHERE found MATCH ?"
                              " ORDER BY f.rowid DESC LIMIT 50";
    bare("FTS5, frequent word", kMatch, words.at(40));
    bare("FTS5, one of all", kMatch, u"zirconium"_s);
    bare("FTS5, two words", kMatch, words.at(25) + u' ' + words.at(3'000));
    bare("FTS5, prefix", kMatch, u"lim*"_s);
    bare("LIKE, one of all", "SELECT text FROM texts WHERE text LIKE ? ORDER BY id DESC LIMIT 50", u"%zirconium%"_s);

    // Switching conversations: the newest page of one after the other.
    QList<double> pages, barePages;
    for (int i = 0; i < 100; ++i) {
        const int conversation = int(random.bounded(kConversations));
        QEventLoop loop;
        const auto connection = QObject::connect(&journal, &Journal::historyReady, &loop, &QEventLoop::quit);
        timer.start();
        journal.loadConversation(kMesh, {ConversationKind::Direct, u"%1"_s.arg(conversation, 64, 16, QLatin1Char('0'))},
                                 {}, 100);
        loop.exec();
        pages << since(timer);
        QObject::disconnect(connection);
        timer.start();
        Statement select = clear.prepare("SELECT text FROM texts WHERE conv=? ORDER BY id DESC LIMIT 100");
        select.bind(1, qint64(conversation));
        while (select.step()) {}
        barePages << since(timer);
    }
    const Figures page = figures(pages), barePage = figures(barePages);
    std::printf("page of 100 of a conversation: p50 %.2f  p95 %.2f ms; bare query in clear p50 %.2f  p95 %.2f ms\n",
                page.p50, page.p95, barePage.p50, barePage.p95);
    return 0;
}
