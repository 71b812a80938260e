// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QTemporaryDir>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

#include "models/protocol/frameevents.h"
#include "models/store/journal.h"
#include "models/store/meshstore.h"
#include "models/store/replay.h"
#include "tests/store/storefixture.h"
#include "tests/support/testprogram.h"

namespace tst_replay {

using namespace Qt::StringLiterals;
using namespace mesh::protocol;
using namespace mesh::protocol::events;
using namespace mesh::store;
using namespace fixture;

class TestReplay final : public QObject
{
    Q_OBJECT

private:
    QTemporaryDir m_dir;

    static QString transcript(const QString &name) { return QStringLiteral(MESH_TEST_DATA "/transcripts/") + name; }
    QString file(const QString &name, const QByteArray &text)
    {
        QFile f(m_dir.filePath(name));
        if (f.open(QIODevice::WriteOnly))
            f.write(text);
        return f.fileName();
    }
    static MeshStore *folded(const Recording &recording, QObject *parent)
    {
        auto *store = new MeshStore(recording.meshes.value(0), {}, parent);
        store->apply(recording.events);
        return store;
    }

private Q_SLOTS:
    void timesAreRead_data();
    void timesAreRead();
    void everyTranscriptReads_data();
    void everyTranscriptReads();
    void directMessagesAreOpened();
    void withoutKeysBodiesStayClosed();
    void clockTranscript();
    void topicsAndGroups();
    void eventLinesRoundTrip();
    void journalsNeedTheirKey();
    void badFilesNameTheLine();
    void playsAtASpeed();
    void trafficOfAudit();
};

void TestReplay::timesAreRead_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<qint64>("ms");
    QTest::addRow("wire") << u"2026-04-08T00:00:01.234Z"_s << kStart + 1'234;
    QTest::addRow("no millis") << u"2026-04-08T00:00:01Z"_s << kStart + 1'000;
    QTest::addRow("offset") << u"2026-04-08T02:00:00+02:00"_s << kStart;
    QTest::addRow("no zone") << u"2026-04-08T00:00:00.5"_s << kStart + 500;
    QTest::addRow("no such day") << u"2026-02-30T00:00:00.000Z"_s << qint64(-1);
    QTest::addRow("letters") << u"2026-04-0xT00:00:00.000Z"_s << qint64(-1);
    QTest::addRow("empty") << QString() << qint64(-1);
    QTest::addRow("long") << QString(10'000, u'2') << qint64(-1);
}

void TestReplay::timesAreRead()
{
    QFETCH(QString, text);
    QFETCH(qint64, ms);
    QCOMPARE(isoToMs(text).value_or(-1), ms);
}

void TestReplay::everyTranscriptReads_data()
{
    QTest::addColumn<QString>("name");
    const QStringList names = QDir(QStringLiteral(MESH_TEST_DATA "/transcripts")).entryList({u"*.jsonl"_s});
    QVERIFY(names.size() > 30);
    for (const QString &name : names)
        QTest::addRow("%s", qPrintable(name)) << name;
}

void TestReplay::everyTranscriptReads()
{
    QFETCH(QString, name);
    const Expected<Recording> recording = readRecording(transcript(name));
    QVERIFY2(recording, qPrintable(recording ? QString() : recording.error().detail));
    QVERIFY2(recording->skipped == 0, qPrintable(recording->notes.join(u'\n')));
    if (recording->events.isEmpty())
        return; // HTTP only
    const MeshStore *store = folded(*recording, this);
    QVERIFY(store->counters().events > 0);
    QCOMPARE(store->counters().otherMesh, 0);
    delete store;
}

void TestReplay::directMessagesAreOpened()
{
    ReadOptions options;
    options.peer = u"ada"_s;
    const Expected<Recording> recording = readRecording(transcript(u"03-send-direct.jsonl"_s), options);
    QVERIFY(recording);
    int sealedBodies = 0, closed = 0;
    for (const Event &event : recording->events) {
        if (const auto *m = getIf<MessageReceived>(&event.body)) {
            sealedBodies += m->body == BodyKind::Sealed && !m->text.isEmpty();
            closed += m->body == BodyKind::Undecryptable;
        }
    }
    QVERIFY2(sealedBodies > 0, qPrintable(u"%1 events, %2 closed"_s.arg(recording->events.size()).arg(closed)));
}

void TestReplay::withoutKeysBodiesStayClosed()
{
    const QString copy = m_dir.filePath(u"alone.jsonl"_s);
    QVERIFY(QFile::copy(transcript(u"03-send-direct.jsonl"_s), copy));
    ReadOptions options;
    options.peer = u"ada"_s;
    const Expected<Recording> recording = readRecording(copy, options);
    QVERIFY(recording);
    int closed = 0;
    for (const Event &event : recording->events) {
        if (const auto *m = getIf<MessageReceived>(&event.body)) {
            QVERIFY(m->body != BodyKind::Sealed);
            closed += m->body == BodyKind::Undecryptable && m->text.isEmpty();
        }
    }
    QVERIFY(closed > 0);
}

void TestReplay::clockTranscript()
{
    const Expected<Recording> recording = readRecording(transcript(u"13-clock.jsonl"_s));
    QVERIFY(recording);
    const MeshStore *store = folded(*recording, this);
    QVERIFY(store->clock().known);
    QVERIFY(store->clock().tick > 0);
    QVERIFY(store->peers().size() >= 2);
    delete store;
}

void TestReplay::topicsAndGroups()
{
    ReadOptions options;
    options.peer = u"ada"_s;
    const Expected<Recording> recording = readRecording(transcript(u"04-groups-and-broadcast.jsonl"_s), options);
    QVERIFY(recording);
    const MeshStore *store = folded(*recording, this);
    const QList<Message> &all = store->messages({ConversationKind::Broadcast, {}});
    int fromOthers = 0;
    for (const Message &message : all) {
        QCOMPARE(message.body, BodyKind::Clear);
        QVERIFY(message.own || !message.senderName.isEmpty());
        fromOthers += message.own ? 0 : 1;
    }
    QVERIFY(fromOthers > 0);
    delete store;
}

void TestReplay::eventLinesRoundTrip()
{
    const EventList events{at(0, session()), at(1, PeersListed{{row(2, u"Ada"_s)}}),
                           at(2, direct(2, u"m"_s, u"t\n\u202e"_s, 2)),
                           at(3, StateSet{u"k"_s, QJsonObject{{u"a"_s, 1}}, u"A"_s}), at(4, Ticked{1, kStart, 2.5, 7})};
    const QString path = m_dir.filePath(u"events.jsonl"_s);
    QVERIFY(exportEvents(events, path));
    QVERIFY(!(QFile(path).permissions() & (QFile::ReadGroup | QFile::ReadOther)));
    const Expected<Recording> back = readRecording(path);
    QVERIFY(back);
    QCOMPARE(back->form, Recording::Form::Events);
    QCOMPARE(back->events.size(), events.size());
    for (qsizetype i = 0; i < events.size(); ++i)
        QCOMPARE(eventBodyToJson(back->events.at(i).body), eventBodyToJson(events.at(i).body));
    QCOMPARE(exportEvents(events, m_dir.filePath(u"no/such/folder"_s)).error().code, u"no_access"_s);
}

void TestReplay::journalsNeedTheirKey()
{
    const QString path = m_dir.filePath(u"journal.db"_s);
    const SecretBytes right = SecretBytes::fromBytes(QByteArray(32, 'k')),
                      wrong = SecretBytes::fromBytes(QByteArray(32, 'x'));
    {
        JournalOptions options;
        options.path = path;
        Journal journal(right.clone(), options);
        journal.open();
        journal.append({at(0, session()), at(1, direct(2, u"m"_s, u"t"_s, 1))});
        QVERIFY(journal.flush());
    }
    QCOMPARE(readRecording(path).error().code, u"key_needed"_s);
    ReadOptions options;
    options.key = &wrong;
    QCOMPARE(readRecording(path, options).error().code, u"wrong_key"_s);
    options.key = &right;
    const Expected<Recording> recording = readRecording(path, options);
    QVERIFY(recording);
    QCOMPARE(recording->events.size(), 2);
    QCOMPARE(recording->meshes, QStringList{kMesh});
}

void TestReplay::badFilesNameTheLine()
{
    QCOMPARE(readRecording(m_dir.filePath(u"none"_s)).error().code, u"no_access"_s);
    QCOMPARE(readRecording(file(u"empty"_s, {})).error().code, u"not_a_recording"_s);
    const Error rubbish = readRecording(file(u"rubbish"_s, "\n\nhello\n")).error();
    QCOMPARE(rubbish.code, u"not_a_recording"_s);
    QVERIFY(rubbish.detail.contains(u"line 3"_s));
    const Expected<Recording> partly =
        readRecording(file(u"partly"_s,
                           "{\"mesh\":\"m\",\"at\":1,\"type\":\"read\",\"upToMs\":3}\n{broken\n"
                           "{\"mesh\":\"m\",\"at\":1,\"type\":\"nonsense\"}\n"
                           "{\"mesh\":\"m\",\"type\":\"read\"}\n"));
    QVERIFY(partly);
    QCOMPARE(partly->events.size(), 1);
    QCOMPARE(partly->skipped, 3);
    QVERIFY(partly->notes.first().startsWith(u"line 2:"_s));
}

void TestReplay::playsAtASpeed()
{
    Recording recording;
    for (int i = 0; i < 10; ++i)
        recording.events.append(at(i * 1'000, StateSet{u"k"_s, i, u"A"_s}));
    FakeClock clock;
    ReplaySource source(recording, 1'000, clock);
    int played = 0;
    connect(&source, &ReplaySource::eventsReady, this, [&](const EventList &events) { played += int(events.size()); });
    QSignalSpy finished(&source, &ReplaySource::finished);
    source.start();
    QTRY_COMPARE(played, 1);
    clock.ns += 4'000'000; // 4 ms, 4 s recorded
    QTRY_COMPARE(played, 5);
    source.pause();
    clock.ns += 100'000'000;
    QCOMPARE(source.positionMs(), kStart + 4'000);
    source.start();
    source.setSpeed(0);
    QTRY_COMPARE(finished.size(), 1);
    QCOMPARE(played, 10);
    QCOMPARE(source.positionMs(), kStart + 9'000);
}

void TestReplay::trafficOfAudit()
{
    AuditRow row;
    row.id = 4;
    row.eventType = u"message_sent"_s;
    row.actor = u"Ada"_s;
    row.payload = QJsonObject{{u"targetSpec"_s, u"@ops"_s}, {u"priority"_s, u"now"_s}};
    row.createdAt = u"2026-04-08T00:00:00.000Z"_s;
    const auto traffic =
        trafficFromAudit(row, [](const QString &name) { return name == u"Ada"_s ? key(2) : QString(); });
    QVERIFY(traffic);
    QCOMPARE(traffic->senderKey, key(2));
    QCOMPARE(traffic->priority, Priority::Now);
    QCOMPARE(traffic->sentAtMs, kStart);
    row.eventType = u"state_set"_s;
    QVERIFY(!trafficFromAudit(row, {}));
    AuditRow older = row;
    older.id = 3;
    QCOMPARE(ascendingAfter({row, older, row}, 0).size(), 2);
    QCOMPARE(ascendingAfter({row, older}, 3).first().id, 4);
    StreamData published{QString(kTrafficStream), trafficToStream(*traffic), u"broker"_s};
    const auto told = trafficFromStream(published, 9);
    QVERIFY(told);
    QCOMPARE(told->senderKey, key(2));
    QCOMPARE(told->sentAtMs, kStart);
    published.data = u"rubbish"_s;
    QVERIFY(!trafficFromStream(published, 9));
}

MESH_TEST(TestReplay)

} // namespace tst_replay

#include "tst_replay.moc"
