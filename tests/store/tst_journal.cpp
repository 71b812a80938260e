// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QTemporaryDir>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

#include <sys/resource.h>
#include <csignal>

#include "models/store/journal.h"
#include "models/store/journalcodec.h"
#include "models/store/journaldb.h"
#include "tests/store/storefixture.h"
#include "tests/support/testprogram.h"

namespace tst_journal {

using namespace Qt::StringLiterals;
using namespace mesh::protocol;
using namespace mesh::protocol::events;
using namespace mesh::store;
using namespace fixture;

namespace {

SecretBytes testKey(char c = 'k')
{
    return SecretBytes::fromBytes(QByteArray(32, c));
}

//! A journal with everything it said.
struct Watched
{
    explicit Watched(const QString &path, char keyChar = 'k', int pendingLimit = 200'000)
        : journal(testKey(keyChar),
                  [&] {
                      JournalOptions o;
                      o.path = path;
                      o.batchMs = 1;
                      o.retryMs = 20;
                      o.pendingLimit = pendingLimit;
                      return o;
                  }())
        , opened(&journal, &Journal::opened)
        , loaded(&journal, &Journal::loaded)
        , history(&journal, &Journal::historyReady)
        , committed(&journal, &Journal::committed)
        , failed(&journal, &Journal::failed)
        , recovered(&journal, &Journal::recovered)
        , setAside(&journal, &Journal::setAside)
        , dropped(&journal, &Journal::dropped)
    {
        journal.open();
    }
    QStringList acks() const
    {
        QStringList out;
        for (const auto &call : committed)
            out += call.first().toStringList();
        return out;
    }
    QString failure() const { return failed.isEmpty() ? QString() : failed.first().first().value<Error>().code; }
    JournalStart load(bool useSnapshot = true)
    {
        const qsizetype before = loaded.size();
        journal.load(kMesh, useSnapshot);
        if (!QTest::qWaitFor([&] { return loaded.size() > before; }, 10'000))
            return {};
        return loaded.last().first().value<JournalStart>();
    }
    HistoryPage page(const ConversationId &id, HistoryCursor before, int limit,
                     const QList<ConversationId> &merged = {})
    {
        const quint64 request = journal.loadConversation(kMesh, id, before, limit, merged);
        HistoryPage found;
        if (QTest::qWaitFor(
                [&] { return !history.isEmpty() && history.last().first().value<HistoryPage>().request == request; },
                10'000))
            found = history.last().first().value<HistoryPage>();
        return found;
    }

    HistoryPage after(const ConversationId &id, HistoryCursor cursor, int limit)
    {
        return answerTo(journal.loadNewer(kMesh, id, cursor, limit));
    }
    HistoryPage around(const ConversationId &id, const HistoryTarget &target, int limit)
    {
        return answerTo(journal.loadAround(kMesh, id, target, limit));
    }
    HistoryPage answerTo(quint64 request)
    {
        const auto answered = [&] {
            return !history.isEmpty() && history.last().first().value<HistoryPage>().request == request;
        };
        return QTest::qWaitFor(answered, 10'000) ? history.last().first().value<HistoryPage>() : HistoryPage();
    }

    Journal journal;
    QSignalSpy opened, loaded, history, committed, failed, recovered, setAside, dropped;
};

} // namespace

class TestJournal final : public QObject
{
    Q_OBJECT

private:
    QTemporaryDir m_dir;
    QString m_path;
    int m_number = 0;

private Q_SLOTS:
    void init() { m_path = m_dir.filePath(u"j%1.db"_s.arg(++m_number)); }

    void keepsEventsAndTellsWhatToAcknowledge();
    void fileIsPrivateAndSealed();
    void rowsCannotBeExchanged();
    void snapshotAndTailGiveTheStore();
    void unchangedPollsAreNotKept();
    void historyIsPaged();
    void historyIsReadAroundATarget();
    void topicHistoryToldAgainIsKeptOnce();
    void versionOneIsMigrated();
    void newerVersionIsRefused();
    void wrongKeyIsToldAndChangesNothing();
    void damagedFileIsSetAside_data();
    void damagedFileIsSetAside();
    void fullDiskKeepsInMemory();
    void missingFolderIsTriedAgain();
    void messagesAreNeverDropped();
    void trafficIsBoundedOnDisk();
    void forgetsAMesh();
};

void TestJournal::keepsEventsAndTellsWhatToAcknowledge()
{
    {
        Watched w(m_path);
        w.journal.append(
            {at(0, session()), at(1, direct(2, u"m1"_s, u"one"_s, 1)), at(2, LinkMeasured{}), at(3, TypingChanged{})});
        w.journal.append({at(4, direct(2, u"m1"_s, u"one"_s, 1)), at(5, composed(2, u"c1"_s, u"mine"_s, 5))});
        QVERIFY(w.journal.flush());
        QTRY_COMPARE(w.acks(), (QStringList{u"m1"_s, u"m1"_s})); // duplicates are acknowledged too
        QVERIFY(w.failed.isEmpty());
    }
    Watched again(m_path);
    const JournalStart start = again.load();
    QCOMPARE(again.opened.first().first().toStringList(), QStringList{kMesh});
    QCOMPARE(start.tail.size(), 4);
    QVERIFY(start.snapshot.isEmpty());
    QCOMPARE(start.skipped, 0);
    QCOMPARE(eventBodyToJson(start.tail.at(1).body), eventBodyToJson(EventBody(direct(2, u"m1"_s, u"one"_s, 1))));
    QCOMPARE(start.tail.at(3).atMs, kStart + 5);
}

void TestJournal::fileIsPrivateAndSealed()
{
    Watched w(m_path);
    w.journal.append({at(1, direct(2, u"m1"_s, u"a very secret sentence"_s, 1)),
                      at(2, StateSet{u"hidden key name"_s, u"hidden value"_s, u"A"_s})});
    QVERIFY(w.journal.flush());
    for (const QString &suffix : {QString(), u"-wal"_s}) {
        QFile file(m_path + suffix);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QVERIFY(!(file.permissions() & (QFile::ReadGroup | QFile::ReadOther | QFile::WriteGroup | QFile::WriteOther)));
        const QByteArray bytes = file.readAll();
        for (const char *text : {"secret sentence", "hidden key", "hidden value", "m1\"", "\"message\""})
            QVERIFY2(!bytes.contains(text), text);
        QVERIFY(!bytes.contains(key(2).toLatin1()));
    }
}

void TestJournal::rowsCannotBeExchanged()
{
    {
        Watched w(m_path);
        w.journal.append({at(1, direct(2, u"m1"_s, u"one"_s, 1)), at(2, direct(2, u"m2"_s, u"two"_s, 2)),
                          at(3, direct(2, u"m3"_s, u"three"_s, 3))});
        QVERIFY(w.journal.flush());
    }
    {
        JournalDb db;
        QVERIFY(db.open(m_path));
        QVERIFY(db.exec("UPDATE events SET body = (SELECT body FROM events WHERE row = 2) WHERE row = 1"));
    }
    Watched w(m_path);
    const JournalStart start = w.load();
    QCOMPARE(start.skipped, 1);
    QCOMPARE(start.tail.size(), 2);
}

void TestJournal::snapshotAndTailGiveTheStore()
{
    MeshStore live(kMesh);
    {
        Watched w(m_path);
        const auto both = [&](const EventList &events) {
            live.apply(events);
            w.journal.append(events);
        };
        both({at(0, session()), at(1, PeersListed{{row(2, u"Ada"_s), row(3, u"Bea"_s)}}),
              at(2, direct(2, u"m1"_s, u"one"_s, 2))});
        w.journal.saveSnapshot(kMesh, live.snapshot());
        both({at(3, PeersListed{{row(2, u"Ada"_s, PeerStatus::Working), row(3, u"Bea"_s)}}),
              at(4, direct(3, u"m2"_s, u"two"_s, 4)), at(5, PeersListed{{row(3, u"Bea"_s)}}),
              at(6, StateSet{u"k"_s, 1, u"Ada"_s})});
        QVERIFY(w.journal.flush());
    }
    Watched w(m_path);
    const JournalStart start = w.load();
    QVERIFY(!start.snapshot.isEmpty());
    QCOMPARE(start.tail.size(), 4);
    MeshStore restored(kMesh);
    QVERIFY(restored.restore(start.snapshot));
    restored.apply(start.tail);
    const QJsonObject wanted = live.digestJson(), got = restored.digestJson();
    for (auto part = wanted.begin(); part != wanted.end(); ++part)
        QVERIFY2(got.value(part.key()) == part.value(), qPrintable(part.key()));
    MeshStore refolded(kMesh);
    refolded.apply(w.load(false).tail);
    QCOMPARE(refolded.digestJson(), live.digestJson());
}

void TestJournal::unchangedPollsAreNotKept()
{
    Watched w(m_path);
    const PeersListed two{{row(2, u"Ada"_s), row(3, u"Bea"_s)}};
    const PeersListed one{{row(2, u"Ada"_s)}};
    for (int i = 0; i < 50; ++i)
        w.journal.append({at(i, two), at(i, TasksListed{}), at(i, StateListed{{{u"k"_s, 1, u"A"_s, {}}}})});
    w.journal.append({at(60, one), at(61, one), at(62, two)});
    const JournalStart start = w.load();
    QCOMPARE(start.tail.size(), 5); // list, tasks, state, one gone, one back
    const auto &back = get<PeersListed>(start.tail.last().body);
    QCOMPARE(back.peers.size(), 2);
    QCOMPARE(get<PeersListed>(start.tail.at(3).body).peers, one.peers);
}

void TestJournal::historyIsPaged()
{
    const ConversationId ada{ConversationKind::Direct, key(2)}, adaAgain{ConversationKind::Direct, key(9)};
    Watched w(m_path);
    EventList events{at(0, session())};
    for (int i = 1; i <= 100; ++i)
        events.append(at(i, direct(2, u"m%1"_s.arg(i), u"text %1"_s.arg(i), i * 10)));
    events.append(at(200, direct(2, u"m50"_s, u"text 50"_s, 500))); // redelivered
    events.append(at(201, composed(2, u"c1"_s, u"mine"_s, 2'000)));
    events.append(at(202, OutgoingChanged{u"c1"_s, OutgoingState::Accepted, u"b1"_s, {}, {}, {}}));
    events.append(at(203, OutgoingChanged{u"c1"_s, OutgoingState::Delivered, u"b1"_s, {}, {}, key(2)}));
    events.append(at(204, direct(3, u"x1"_s, u"someone else"_s, 2'001)));
    events.append(at(205, direct(9, u"n1"_s, u"new key"_s, 3'000)));
    w.journal.append(events);
    QVERIFY(w.journal.flush());
    HistoryPage page = w.page(ada, {}, 30);
    QCOMPARE(page.messages.size(), 30);
    QCOMPARE(page.messages.last().text, u"mine"_s);
    QCOMPARE(page.messages.last().state, OutgoingState::Delivered);
    QVERIFY(page.messages.last().own);
    QCOMPARE(page.messages.first().text, u"text 72"_s);
    QStringList texts;
    HistoryCursor cursor;
    int pages = 0;
    do {
        page = w.page(ada, cursor, 30);
        QVERIFY(!page.error);
        cursor = page.next;
        for (auto m = page.messages.crbegin(); m != page.messages.crend(); ++m)
            texts.append(m->text);
    } while (!page.atStart && ++pages < 10);
    QCOMPARE(texts.size(), 101);
    QCOMPARE(QSet<QString>(texts.begin(), texts.end()).size(), 101);
    QCOMPARE(texts.last(), u"text 1"_s);
    QCOMPARE(w.page(ada, {}, 5, {adaAgain}).messages.last().text, u"new key"_s);
    QVERIFY(w.page({ConversationKind::Topic, u"none"_s}, {}, 5).atStart);
}

//! What surrounds a message or a moment, and what comes after: found by any of the ids a message is known under.
void TestJournal::historyIsReadAroundATarget()
{
    const ConversationId ada{ConversationKind::Direct, key(2)};
    Watched w(m_path);
    EventList events{at(0, session())};
    for (int i = 1; i <= 200; ++i) {
        events.append(at(i, direct(2, u"m%1"_s.arg(i), u"text %1"_s.arg(i), i * 10)));
        if (i % 50 == 0) {
            const QString own = u"c%1"_s.arg(i);
            events.append(at(i, composed(2, own, u"mine %1"_s.arg(i), i * 10 + 1)));
            events.append(at(i, OutgoingChanged{own, OutgoingState::Accepted, u"b%1"_s.arg(i), {}, {}, {}}));
        }
    }
    w.journal.append(events);
    QVERIFY(w.journal.flush());
    HistoryPage page = w.around(ada, {u"m80"_s, 0}, 5);
    QVERIFY(page.found && !page.atStart && !page.atEnd);
    QCOMPARE(page.messages.size(), 10);
    QCOMPARE(page.messages.first().text, u"text 76"_s);
    QCOMPARE(page.messages.last().text, u"text 85"_s);
    QCOMPARE(w.page(ada, page.next, 3).messages.last().text, u"text 75"_s);
    page = w.after(ada, page.newest, 3);
    QCOMPARE(page.messages.first().text, u"text 86"_s);
    QCOMPARE(page.messages.size(), 3);
    QVERIFY(!page.atEnd);
    page = w.after(ada, w.around(ada, {u"m198"_s, 0}, 1).newest, 50);
    QCOMPARE(page.messages.last().text, u"mine 200"_s);
    QVERIFY(page.atEnd);
    // own ones, by the sender's id and by the broker's
    for (const QString &id : {u"c100"_s, u"b100"_s}) {
        page = w.around(ada, {id, 0}, 1);
        QVERIFY(page.found);
        QCOMPARE(page.messages.first().text, u"mine 100"_s);
        QCOMPARE(page.messages.last().text, u"text 101"_s);
    }
    page = w.around(ada, {{}, kStart + 1'505}, 2); // a moment between two messages
    QCOMPARE(page.messages.size(), 4);
    QCOMPARE(page.messages.at(2).text, u"text 151"_s);
    QVERIFY(w.around(ada, {{}, kStart + 1}, 2).atStart);
    QVERIFY(w.around(ada, {u"m200"_s, 0}, 2).atEnd);
    page = w.around(ada, {u"nowhere"_s, 1'000}, 2);
    QVERIFY(!page.found && page.messages.isEmpty() && !page.error);
    QVERIFY(!w.around({ConversationKind::Direct, key(3)}, {u"m80"_s, 0}, 2).found); // another conversation's
}

void TestJournal::topicHistoryToldAgainIsKeptOnce()
{
    const ConversationId topic{ConversationKind::Topic, u"t1"_s};
    MessageReceived closed;
    closed.messageId = u"h1"_s;
    closed.conversation = topic;
    closed.senderKey = key(2);
    closed.body = BodyKind::Undecryptable;
    closed.sentAtMs = kStart + 10;
    MessageReceived opened = closed;
    opened.body = BodyKind::Sealed;
    opened.text = u"the plan"_s;
    const auto rows = [&](Watched &w) {
        qsizetype count = 0;
        for (const Event &event : w.load(false).tail)
            count += holds<MessageReceived>(event.body) ? 1 : 0;
        return count;
    };
    {
        Watched w(m_path);
        w.journal.append({at(0, session()), at(20, closed), at(30, closed), at(40, opened)});
        QCOMPARE(rows(w), 2);
    }
    Watched w(m_path); // another start reads the history of the topic again
    w.journal.append({at(50, opened), at(60, closed)});
    // Asked for together with what is on its way to the disk.
    MessageReceived news = opened;
    news.messageId = u"h2"_s;
    news.sentAtMs = kStart + 20;
    w.journal.append({at(70, news)});
    const quint64 request = w.journal.loadConversation(kMesh, topic, {}, 10, {}, true);
    QTRY_VERIFY(!w.history.isEmpty());
    const HistoryPage page = w.history.last().first().value<HistoryPage>();
    QCOMPARE(page.request, request);
    QCOMPARE(page.messages.size(), 2);
    QCOMPARE(page.messages.first().text, u"the plan"_s);
    QCOMPARE(rows(w), 3);
}

void TestJournal::versionOneIsMigrated()
{
    {
        // as version 1 wrote it: no index of messages
        JournalDb db;
        QVERIFY(db.open(m_path));
        QVERIFY(db.createSchema(1));
        const Expected<JournalKeys> keys = JournalKeys::derive(testKey());
        QVERIFY(keys->checkMark(db, true));
        QVERIFY(db.exec("INSERT INTO meshes(id, mesh) VALUES(1, 'MeshMeshMeshMeshMeshMeshMeshMesh')"));
        PollEncoder encoder;
        for (int i = 1; i <= 20; ++i) {
            const Event event = i == 20 ? at(i, EventBody(StateSet{u"k"_s, 1, u"A"_s}))
                                        : at(i, direct(2, u"m%1"_s.arg(i), u"old %1"_s.arg(i), i));
            const RowKind kind = rowKindOf(event.body);
            const QByteArray body = *keys->seal(encoder.encode(event), JournalKeys::eventPlace(i, 1, event.atMs, kind));
            Statement insert = db.prepare("INSERT INTO events(row, mesh, at, kind, body) VALUES(?,1,?,?,?)");
            QVERIFY(insert.bind(1, i).bind(2, event.atMs).bind(3, qint64(kind)).bind(4, body).run());
        }
    }
    {
        Watched w(m_path);
        QTRY_COMPARE(w.opened.size(), 1);
        QCOMPARE(w.opened.first().at(1).toInt(), 1);
        QCOMPARE(w.load().tail.size(), 20);
        const HistoryPage page = w.page({ConversationKind::Direct, key(2)}, {}, 10);
        QCOMPARE(page.messages.size(), 10);
        QCOMPARE(page.messages.last().text, u"old 19"_s);
        w.journal.append({at(30, direct(2, u"m30"_s, u"new"_s, 30))});
        QVERIFY(w.journal.flush());
        QCOMPARE(w.page({ConversationKind::Direct, key(2)}, {}, 1).messages.last().text, u"new"_s);
    }
    Watched again(m_path);
    QTRY_COMPARE(again.opened.size(), 1);
    QCOMPARE(again.opened.first().at(1).toInt(), 0);
}

void TestJournal::newerVersionIsRefused()
{
    {
        Watched w(m_path);
        w.journal.append({at(1, direct(2, u"m"_s, u"t"_s, 1))});
        QVERIFY(w.journal.flush());
    }
    {
        JournalDb db;
        QVERIFY(db.open(m_path));
        QVERIFY(db.exec(("PRAGMA user_version=" + QByteArray::number(kJournalSchema + 1)).constData()));
    }
    Watched w(m_path);
    QTRY_COMPARE(w.failure(), u"newer_version"_s);
    w.journal.append({at(1, direct(2, u"m2"_s, u"t"_s, 1))});
    QVERIFY(!w.journal.flush());
    QVERIFY(w.setAside.isEmpty() && w.committed.isEmpty());
    JournalDb db;
    QVERIFY(db.open(m_path));
    QCOMPARE(db.scalar("SELECT count(*) FROM events"), 1);
}

void TestJournal::wrongKeyIsToldAndChangesNothing()
{
    {
        Watched w(m_path);
        w.journal.append({at(1, direct(2, u"m"_s, u"t"_s, 1))});
        QVERIFY(w.journal.flush());
    }
    {
        Watched w(m_path, 'x');
        QTRY_COMPARE(w.failure(), u"wrong_key"_s);
        w.journal.append({at(2, direct(2, u"m2"_s, u"t"_s, 1))});
        QVERIFY(!w.journal.flush());
        QVERIFY(w.setAside.isEmpty() && w.opened.isEmpty());
    }
    Watched w(m_path);
    QCOMPARE(w.load().tail.size(), 1);
    Journal none(SecretBytes(), {});
    QSignalSpy failed(&none, &Journal::failed);
    QTRY_COMPARE(failed.size(), 1);
    QVERIFY(!none.flush());
}

void TestJournal::damagedFileIsSetAside_data()
{
    QTest::addColumn<int>("how");
    QTest::addRow("another file") << 0;
    QTest::addRow("header overwritten") << 1;
    QTest::addRow("pages overwritten") << 2;
    QTest::addRow("foreign database") << 3;
}

void TestJournal::damagedFileIsSetAside()
{
    QFETCH(int, how);
    {
        Watched w(m_path);
        for (int i = 0; i < 400; ++i)
            w.journal.append({at(i, direct(2, u"m%1"_s.arg(i), QString(500, u'x'), i))});
        QVERIFY(w.journal.flush());
    }
    if (how == 3) {
        JournalDb db;
        QVERIFY(db.open(m_path));
        QVERIFY(db.exec("PRAGMA application_id=1"));
    } else {
        QFile file(m_path);
        QVERIFY(file.open(how == 0 ? QIODevice::WriteOnly : QIODevice::ReadWrite));
        if (how == 2)
            file.seek(3 * 4096);
        file.write(QByteArray(how == 2 ? 40'000 : 300, '#'));
    }
    Watched w(m_path);
    w.journal.append({at(1, direct(2, u"after"_s, u"t"_s, 1))});
    QTRY_COMPARE_WITH_TIMEOUT(w.setAside.size(), 1, 10'000);
    const QString aside = w.setAside.first().first().toString();
    QVERIFY(aside.startsWith(m_path + u".damaged-"_s) && QFile::exists(aside));
    QVERIFY(!w.setAside.first().at(1).toString().isEmpty());
    QCOMPARE(w.load().tail.size(), 1); // the new one works, and nothing appended was lost
    QCOMPARE(w.acks(), QStringList{u"after"_s});
}

void TestJournal::fullDiskKeepsInMemory()
{
    // A limit on file size is how a full disk looks to SQLite, and it works for root too.
    Watched w(m_path);
    w.journal.append({at(1, direct(2, u"before"_s, u"t"_s, 1))});
    QVERIFY(w.journal.flush());
    std::signal(SIGXFSZ, SIG_IGN);
    rlimit was{};
    getrlimit(RLIMIT_FSIZE, &was);
    rlimit small = was;
    small.rlim_cur = 64 * 1024;
    QCOMPARE(setrlimit(RLIMIT_FSIZE, &small), 0);
    for (int i = 0; i < 50; ++i)
        w.journal.append({at(i, direct(2, u"m%1"_s.arg(i), QString(8'000, u'x'), i))});
    // Written by the user meanwhile: it goes out, and what became of it is kept in memory as well.
    w.journal.append({at(60, composed(2, u"own"_s, u"sent while the disk was full"_s, 60)),
                      at(61, OutgoingChanged{u"own"_s, OutgoingState::Refused, {}, u"blocked"_s, u"no"_s, {}})});
    const bool flushed = w.journal.flush();
    const bool told = QTest::qWaitFor([&] { return !w.failed.isEmpty(); }, 5'000);
    setrlimit(RLIMIT_FSIZE, &was);
    QVERIFY(!flushed && told);
    QVERIFY2(w.failure() == u"disk_full"_s || w.failure() == u"io_error"_s, qPrintable(w.failure()));
    QVERIFY(w.failed.first().first().value<Error>().detail.contains(u"memory"_s));
    QTRY_COMPARE_WITH_TIMEOUT(w.recovered.size(), 1, 10'000);
    QCOMPARE(w.failed.size(), 1); // said once, not at every try
    const Message own = w.page({ConversationKind::Direct, key(2)}, {}, 1).messages.value(0);
    QCOMPARE(own.text, u"sent while the disk was full"_s);
    QCOMPARE(own.state, OutgoingState::Refused);
    QCOMPARE(own.code, u"blocked"_s);
    QCOMPARE(w.load().tail.size(), 53);
    QCOMPARE(w.acks().size(), 51);
}

void TestJournal::missingFolderIsTriedAgain()
{
    const QString folder = m_dir.filePath(u"later%1"_s.arg(m_number));
    Watched w(folder + u"/journal.db"_s);
    w.journal.append({at(1, direct(2, u"m"_s, u"t"_s, 1))});
    QTRY_COMPARE(w.failure(), u"no_access"_s);
    QVERIFY(QDir().mkpath(folder));
    QTRY_COMPARE_WITH_TIMEOUT(w.acks(), QStringList{u"m"_s}, 10'000);
    QCOMPARE(w.recovered.size(), 1);
}

void TestJournal::messagesAreNeverDropped()
{
    const QString folder = m_dir.filePath(u"drop%1"_s.arg(m_number));
    Watched w(folder + u"/journal.db"_s, 'k', 100);
    for (int i = 0; i < 300; ++i)
        w.journal.append({at(i, direct(2, u"m%1"_s.arg(i), u"t"_s, i)), at(i, TrafficSeen{})});
    QTRY_VERIFY(!w.dropped.isEmpty());
    QVERIFY(QDir().mkpath(folder));
    QTRY_COMPARE_WITH_TIMEOUT(w.acks().size(), 300, 10'000);
}

void TestJournal::trafficIsBoundedOnDisk()
{
    JournalOptions options;
    options.path = m_path;
    options.maxTraffic = 500;
    Journal journal(testKey(), options);
    journal.open();
    EventList events;
    for (int i = 0; i < 20'100; ++i) {
        TrafficSeen t;
        t.messageId = QString::number(i);
        events.append(at(i, t));
    }
    events.append(at(0, direct(2, u"m"_s, u"t"_s, 0)));
    journal.append(events);
    QVERIFY(journal.flush(60'000));
    JournalDb db;
    QVERIFY(db.open(m_path));
    QCOMPARE(db.scalar("SELECT count(*) FROM events WHERE kind=2"), 500);
    QCOMPARE(db.scalar("SELECT count(*) FROM events WHERE kind=1"), 1);
}

void TestJournal::forgetsAMesh()
{
    Watched w(m_path);
    w.journal.append({at(1, direct(2, u"m"_s, u"t"_s, 1)), Event{u"another"_s, 5, StateSet{u"k"_s, 1, {}}}});
    QVERIFY(w.journal.flush());
    w.journal.forgetMesh(kMesh);
    QCOMPARE(w.load().tail.size(), 0);
    JournalDb db;
    QVERIFY(db.openReadOnly(m_path));
    QCOMPARE(db.scalar("SELECT count(*) FROM events"), 1);
    QCOMPARE(db.scalar("SELECT count(*) FROM message_rows"), 0);
}

MESH_TEST(TestJournal)

} // namespace tst_journal

#include "tst_journal.moc"
