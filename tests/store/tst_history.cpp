// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtCore/QFile>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QTemporaryDir>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

#include "models/store/historyexport.h"
#include "models/store/journaldb.h"
#include "tests/store/storefixture.h"
#include "tests/store/writtenjournal.h"
#include "tests/support/testprogram.h"

namespace tst_history {

using namespace Qt::StringLiterals;
using namespace mesh::protocol;
using namespace mesh::protocol::events;
using namespace mesh::store;
using namespace fixture;

namespace {

const ConversationId kAda{ConversationKind::Direct, key(2)};
const ConversationId kBea{ConversationKind::Direct, key(3)};

struct Kept : WrittenJournal
{
    explicit Kept(const QString &path)
        : WrittenJournal(path)
        , removed(&journal, &Journal::historyRemoved)
        , finished(&journal, &Journal::removalFinished)
        , known(&journal, &Journal::retentionKnown)
        , exported(&journal, &Journal::exported)
        , history(&journal, &Journal::historyReady)
    {
        journal.open();
    }
    qsizetype hits(const QString &typed)
    {
        const SearchPage page = run(planSearch(parseSearch(typed, kStart), {}));
        return page.done && !page.error ? page.hits.size() : -1;
    }
    qsizetype stored(const ConversationId &id)
    {
        const quint64 request = journal.loadConversation(kMesh, id, {}, 5'000);
        if (!QTest::qWaitFor(
                [&] { return !history.isEmpty() && history.last().first().value<HistoryPage>().request == request; }))
            return -1;
        return history.last().first().value<HistoryPage>().messages.size();
    }

    QSignalSpy removed, finished, known, exported, history;
};

QByteArray sealedBody(const QString &path, int row)
{
    JournalDb db;
    if (!db.openReadOnly(path))
        return {};
    Statement select = db.prepare("SELECT body FROM events WHERE row=?");
    return select.bind(1, qint64(row)).step() ? select.blob(0) : QByteArray();
}

QByteArray bytesOf(const QString &path)
{
    QByteArray all;
    for (const QString &suffix : {QString(), u"-wal"_s}) {
        QFile file(path + suffix);
        if (file.open(QIODevice::ReadOnly))
            all += file.readAll();
    }
    return all;
}

} // namespace

//! Removal, retention and export of what a journal has.
class TestHistory final : public QObject
{
    Q_OBJECT

private:
    QTemporaryDir m_dir;
    QString m_path;
    int m_number = 0;

    QString exportOf(Kept &kept, ExportFormat format)
    {
        ExportRequest request;
        request.mesh = kMesh;
        request.meshName = u"A <mesh>"_s;
        request.parts = {kAda};
        request.title = u"Ada <script>"_s;
        request.ownName = u"Olga"_s;
        request.names = {{key(2), u"Ada*"_s}};
        request.format = format;
        request.path = m_dir.filePath(u"export%1"_s.arg(m_number));
        const qsizetype before = kept.exported.size();
        kept.journal.exportConversation(request);
        if (!QTest::qWaitFor([&] { return kept.exported.size() > before; }, 20'000))
            return u"no answer"_s;
        if (!kept.exported.last().at(3).toString().isEmpty())
            return kept.exported.last().at(3).toString();
        QFile file(request.path);
        return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : u"no file"_s;
    }

private Q_SLOTS:
    void init() { m_path = m_dir.filePath(u"h%1.db"_s.arg(++m_number)); }

    void removedMessagesLeaveNoTrace()
    {
        Kept kept(m_path);
        MeshStore store(kMesh);
        EventList events{at(0, session())};
        for (int i = 0; i < 2'600; ++i)
            events << at(i, direct(2 + i % 2, u"m%1"_s.arg(i), u"zirconium number%1"_s.arg(i), i));
        events << at(9, DraftChanged{kAda, u"a draft"_s});
        store.apply(events);
        kept.write(events);
        kept.journal.saveSnapshot(kMesh, store.snapshot());
        QVERIFY(kept.journal.flush());
        QCOMPARE(kept.hits(u"number100"_s), 11);
        QList<QByteArray> sealed;
        for (const int row : {2, 1'002, 2'602}) // messages of Ada, and the draft
            sealed << sealedBody(m_path, row);
        const QByteArray others = sealedBody(m_path, 3);
        for (const QByteArray &one : std::as_const(sealed))
            QVERIFY(!one.isEmpty() && bytesOf(m_path).contains(one));

        store.forgetMessages(kAda, std::numeric_limits<qint64>::max(), true);
        QVERIFY(!store.conversation(kAda));
        kept.journal.removeHistory(kMesh, {kAda}, std::numeric_limits<qint64>::max(), true);
        QTRY_COMPARE_WITH_TIMEOUT(kept.finished.size(), 1, 20'000);
        QCOMPARE(kept.removed.first().at(3).toLongLong(), 1'300);
        for (const QByteArray &one : std::as_const(sealed))
            QVERIFY(!bytesOf(m_path).contains(one));
        QVERIFY(bytesOf(m_path).contains(others));
        QCOMPARE(kept.stored(kAda), 0);
        QCOMPARE(kept.stored(kBea), 1'300);
        QCOMPARE(kept.hits(u"number100"_s), 5); // odd numbers are Bea's
        JournalDb db;
        QVERIFY(db.openReadOnly(m_path));
        QCOMPARE(db.scalar("SELECT count(*) FROM snapshots"), 0); // they held messages too
        QCOMPARE(db.scalar("SELECT count(*) FROM search_gone"), 0);
        QCOMPARE(db.scalar("SELECT sum(documents) FROM search_segments"), 1'024);
    }

    void storeForgetsWhatWasRemoved()
    {
        MeshStore store(kMesh);
        store.apply(
            {at(0, session()), at(1, direct(2, u"m1"_s, u"old"_s, 1'000)), at(2, direct(2, u"m2"_s, u"new"_s, 5'000))});
        QSignalSpy changed(&store, &MeshStore::changed);
        store.forgetMessages(kAda, kStart + 1'000, false);
        QCOMPARE(changed.size(), 1);
        QCOMPARE(store.messages(kAda).size(), 1);
        QVERIFY(!store.message(u"m1"_s));
        QCOMPARE(store.conversation(kAda)->unread, 1);
        store.forgetMessages(kBea, kStart, true); // nothing is known of it
        QCOMPARE(changed.size(), 1);
    }

    void keepsOnlySoLongAndSoMuch()
    {
        {
            Kept kept(m_path);
            EventList events;
            for (int i = 0; i < 100; ++i) {
                events << at(i, direct(2, u"a%1"_s.arg(i), u"age"_s, i * 1'000));
                events << at(i, direct(3, u"b%1"_s.arg(i), QString(1'000, u's'), i * 1'000));
            }
            kept.write(events);
            kept.journal.setRetention({{kMesh, {kAda}, 30'000, 0}, {kMesh, {kBea}, 0, 20'000}});
            QTRY_VERIFY(!kept.known.isEmpty() && kept.known.last().first().value<QList<RetentionRule>>().size() == 2);
            kept.journal.applyRetention(kStart + 99'000);
            QTRY_COMPARE(kept.finished.size(), 1);
            QTRY_COMPARE(kept.removed.size(), 2);
            QCOMPARE(kept.stored(kAda), 30);
            const qsizetype left = kept.stored(kBea);
            QVERIFY(left > 5 && left < 20);
            kept.journal.applyRetention(kStart + 99'000); // nothing more to do
            QVERIFY(kept.journal.flush());
            QCOMPARE(kept.removed.size(), 2);
            QVERIFY(!bytesOf(m_path).contains(key(2).toLatin1())); // rules name conversations, sealed
        }
        Kept again(m_path);
        QTRY_VERIFY(!again.known.isEmpty());
        QCOMPARE(again.known.first().first().value<QList<RetentionRule>>().at(1).maxBytes, 20'000);
    }

    //! A snapshot taken after the journal removed something and before the store forgot it holds what is gone: it must
    //! not be kept. The next one, taken after forgetting, is.
    void noSnapshotBringsBackWhatARuleRemoved()
    {
        {
            Kept kept(m_path);
            MeshStore store(kMesh);
            EventList events{at(0, session())};
            for (int i = 0; i < 200; ++i)
                events << at(i, direct(2, u"m%1"_s.arg(i), u"beryllium %1 "_s.arg(i) + QString(500, u's'), i));
            store.apply(events);
            kept.write(events);
            kept.journal.setRetention({{kMesh, {kAda}, 0, 20'000}});
            QVERIFY(kept.journal.flush());
            const StoreSnapshot stale = store.snapshot();
            kept.journal.applyRetention(kStart + 1'000);
            QVERIFY(kept.journal.flush()); // it is removed on disk, and nobody here was told yet
            QVERIFY(kept.removed.isEmpty());
            kept.journal.saveSnapshot(kMesh, stale);
            QVERIFY(kept.journal.flush());
            QTRY_COMPARE(kept.removed.size(), 1);
            JournalDb db;
            QVERIFY(db.openReadOnly(m_path));
            QCOMPARE(db.scalar("SELECT count(*) FROM snapshots"), 0);
            db.close();
            store.forgetMessages(kAda, kept.removed.first().at(2).toLongLong(), false);
            kept.journal.saveSnapshot(kMesh, store.snapshot());
            QVERIFY(kept.journal.flush());
        }
        Kept reopened(m_path);
        QSignalSpy loaded(&reopened.journal, &Journal::loaded);
        reopened.journal.load(kMesh);
        QTRY_COMPARE(loaded.size(), 1);
        const auto start = loaded.first().first().value<JournalStart>();
        QVERIFY(!start.snapshot.isEmpty());
        MeshStore again(kMesh);
        QVERIFY(again.restore(start.snapshot).hasValue());
        again.apply(start.tail);
        QVERIFY(!again.message(u"m0"_s));
        QVERIFY(again.message(u"m199"_s));
        QVERIFY(again.messages(kAda).size() < 60);
    }

    //! The disk is full when the user removes something: it is done as soon as there is room.
    void removalWaitsForTheDisk()
    {
        Kept kept(m_path);
        EventList events{at(0, session())};
        for (int i = 0; i < 50; ++i)
            events << at(i, direct(2, u"m%1"_s.arg(i), u"scandium"_s, i));
        kept.write(events);
        JournalDb other; // holds the file as a full disk would: nothing can be written
        QVERIFY(other.open(m_path));
        QVERIFY(other.exec("BEGIN IMMEDIATE"));
        QSignalSpy failed(&kept.journal, &Journal::failed);
        kept.journal.append({at(60, direct(2, u"late"_s, u"scandium too"_s, 60))});
        kept.journal.removeHistory(kMesh, {kAda}, std::numeric_limits<qint64>::max(), true);
        QTRY_VERIFY_WITH_TIMEOUT(!failed.isEmpty(), 20'000);
        QVERIFY(kept.removed.isEmpty());
        QVERIFY(other.exec("ROLLBACK"));
        other.close();
        QTRY_COMPARE_WITH_TIMEOUT(kept.removed.size(), 1, 20'000);
        QTRY_COMPARE(kept.stored(kAda), 0);
    }

    void exportsWithEverythingEscaped()
    {
        Kept kept(m_path);
        EventList events{at(0, session())};
        for (int i = 0; i < 2'500; ++i) // several pages
            events << at(i, direct(2, u"m%1"_s.arg(i), u"line %1"_s.arg(i), i * 1'000));
        events << at(3,
                     direct(2, u"evil"_s, u"<script>alert(1)</script> ```` **bold** \"quoted\" & [x](javascript:1)"_s,
                            9'000'000));
        events << at(4, composed(2, u"c1"_s, u"mine"_s, 9'000'001));
        kept.write(events);

        const QJsonObject json = QJsonDocument::fromJson(exportOf(kept, ExportFormat::Json).toUtf8()).object();
        const QJsonArray messages = json["messages"_L1].toArray();
        QCOMPARE(messages.size(), 2'502);
        for (int i = 0; i < 2'500; ++i)
            QCOMPARE(messages.at(i)["text"_L1].toString(), u"line %1"_s.arg(i)); // oldest first
        QVERIFY(messages.at(2'500)["text"_L1].toString().startsWith(u"<script>"_s));
        QCOMPARE(messages.at(2'501)["sender"_L1].toString(), u"Olga"_s);
        QCOMPARE(json["conversation"_L1].toString(), u"Ada <script>"_s);

        const QString html = exportOf(kept, ExportFormat::Html);
        QVERIFY(!html.contains(u"<script"_s));
        QVERIFY(html.contains(u"&lt;script&gt;alert(1)&lt;/script&gt;"_s));
        QVERIFY(html.contains(u"default-src 'none'"_s));

        const QString markdown = exportOf(kept, ExportFormat::Markdown);
        QVERIFY(markdown.contains(u"**Ada\\***"_s));
        QVERIFY(markdown.contains(u"\n`````text\n<script>"_s)); // a fence that the body cannot leave
        QFile file(m_dir.filePath(u"export%1"_s.arg(m_number)));
        QVERIFY(!(file.permissions() & (QFile::ReadGroup | QFile::ReadOther)));
    }

    void refusedExportChangesNothing()
    {
        Kept kept(m_path);
        kept.write({at(0, session())});
        ExportRequest request;
        request.mesh = kMesh;
        request.parts = {kAda};
        request.path = m_dir.filePath(u"no folder/x"_s);
        kept.journal.exportConversation(request);
        QTRY_COMPARE(kept.exported.size(), 1);
        QVERIFY(!kept.exported.first().at(3).toString().isEmpty());
        QVERIFY(!QFile::exists(request.path));
    }
};

MESH_TEST(TestHistory)

} // namespace tst_history

#include "tst_history.moc"
