// SPDX-License-Identifier: GPL-3.0-or-later
// Decoding and folding of frames beside bare parsing of the same bytes; journal commits beside bare SQLite commits of
// blobs of the same sizes in the same batches. Medians of several rounds.
#include <QtCore/QCoreApplication>
#include <QtCore/QElapsedTimer>
#include <QtCore/QJsonDocument>
#include <QtCore/QRandomGenerator>
#include <QtCore/QTemporaryDir>

#include <algorithm>
#include <cstdio>
#include <ctime>

#include "models/protocol/box.h"
#include "models/protocol/framecodec.h"
#include "models/protocol/frameevents.h"
#include "models/protocol/storagecrypto.h"
#include "models/store/journal.h"
#include "models/store/journalcodec.h"
#include "models/store/journaldb.h"
#include "models/store/meshstore.h"

using namespace Qt::StringLiterals;
using namespace mesh::protocol;
using namespace mesh::store;

namespace {

constexpr int kFrames = 40'000;
//! Folded before the clock runs: a store that has been up for a while is what is measured, not its first seconds.
constexpr int kWarmUp = 30'000;
constexpr int kRounds = 9;
constexpr int kChunk = 256;
const QString kMesh = u"BenchBenchBenchBenchBenchBenchBe"_s;

QString key(int n)
{
    return u"%1"_s.arg(n, 64, 16, QLatin1Char('0'));
}

QString iso(int n)
{
    return u"2026-04-08T%1:%2:%3.%4Z"_s.arg(n / 3'600'000 % 24, 2, 10, QLatin1Char('0'))
        .arg(n / 60'000 % 60, 2, 10, QLatin1Char('0'))
        .arg(n / 1'000 % 60, 2, 10, QLatin1Char('0'))
        .arg(n % 1'000, 3, 10, QLatin1Char('0'));
}

//! 40 % messages of 1 KB, 30 % traffic, 15 % state, 10 % stream data of 1 KB, 5 % ticks.
QList<QByteArray> frames()
{
    QRandomGenerator random(1);
    QList<QByteArray> out;
    const QString text(560, u'x');
    const QString body = QString::fromLatin1(text.toUtf8().toBase64());
    for (int i = 0; i < kFrames + kWarmUp; ++i) {
        const int who = int(random.bounded(100)) + 2;
        const int dice = int(random.bounded(100));
        if (dice < 40) {
            Push push;
            push.messageId = u"message%1"_s.arg(i, 25, 10, QLatin1Char('0'));
            push.meshId = kMesh;
            push.senderPubkey = key(who);
            push.senderMemberPubkey = key(1'000 + who);
            push.senderMemberId = u"member%1"_s.arg(who, 26, 10, QLatin1Char('0'));
            push.senderName = u"peer %1"_s.arg(who);
            push.nonce = QString(32, u'A');
            push.ciphertext = body;
            push.createdAt = iso(i);
            out.append(encode(push));
        } else if (dice < 70) {
            events::TrafficSeen traffic;
            traffic.messageId = u"traffic%1"_s.arg(i, 25, 10, QLatin1Char('0'));
            traffic.senderKey = key(who);
            traffic.targetSpec = key(int(random.bounded(100)) + 2);
            traffic.sentAtMs = 1'775'606'400'000 + i;
            out.append(encode(StreamData{QString(kTrafficStream), trafficToStream(traffic), u"broker"_s}));
        } else if (dice < 85) {
            out.append(encode(BrokerFrame(StateChange{u"state.key.%1"_s.arg(random.bounded(200)),
                                                      QJsonObject{{u"value"_s, i}, {u"note"_s, u"deploying"_s}},
                                                      u"peer %1"_s.arg(who)})));
        } else if (dice < 95) {
            out.append(encode(StreamData{u"telemetry"_s, QJsonObject{{u"payload"_s, QString(900, u'y')}, {u"n"_s, i}},
                                         u"peer %1"_s.arg(who)}));
        } else {
            Push push;
            push.subtype = u"system"_s;
            push.event = u"tick"_s;
            push.eventData = QJsonObject{{u"tick"_s, i}, {u"simTime"_s, iso(i)}, {u"speed"_s, 100}};
            push.messageId = u"tick"_s;
            push.meshId = kMesh;
            push.senderPubkey = u"system"_s;
            push.createdAt = iso(i);
            out.append(encode(push));
        }
    }
    return out;
}

//! \a open: message bodies are decoded too. (Opening sealed ones is the session's work and is not measured here.)
void eventsOf(const QByteArray &bytes, qint64 atMs, EventList &out, bool open)
{
    const Expected<BrokerFrame> frame = decodeBrokerFrame(bytes);
    if (!frame)
        return;
    if (const auto *push = getIf<Push>(&*frame); push && isMessagePush(*push)) {
        events::MessageReceived message = messageFrom(*push, atMs);
        message.body = BodyKind::Clear;
        if (open)
            message.text = *decodeBroadcast(push->ciphertext);
        else
            message.text = push->ciphertext;
        out.append({kMesh, atMs, std::move(message)});
        return;
    }
    if (const auto *data = getIf<StreamData>(&*frame)) {
        if (std::optional<events::TrafficSeen> traffic = trafficFromStream(*data, atMs)) {
            out.append({kMesh, atMs, *std::move(traffic)});
            return;
        }
    }
    static QList<EventBody> bodies;
    bodies.clear();
    eventsFromFrame(*frame, 0, bodies);
    for (EventBody &body : bodies)
        out.append({kMesh, atMs, std::move(body)});
}

double median(QList<double> values)
{
    std::sort(values.begin(), values.end());
    return values.at(values.size() / 2);
}

//! Processor time of this thread, which other programs disturb less than the wall clock.
qint64 cpuNs()
{
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return qint64(now.tv_sec) * 1'000'000'000 + now.tv_nsec;
}

void benchFold()
{
    const QList<QByteArray> all = frames();
    const QList<QByteArray> before = all.first(kWarmUp), input = all.sliced(kWarmUp);
    qint64 bytes = 0, sink = 0, folded = 0;
    for (const QByteArray &frame : input)
        bytes += frame.size();
    const auto foldAll = [&](MeshStore &store, const QList<QByteArray> &frames, bool open) {
        EventList batch;
        batch.reserve(kChunk + 8);
        qint64 atMs = 1'775'606'400'000 + store.counters().events;
        for (const QByteArray &frame : frames) {
            eventsOf(frame, ++atMs, batch, open);
            if (batch.size() >= kChunk) {
                store.apply(batch);
                batch.clear();
            }
        }
        store.apply(batch);
        folded = store.counters().events - (store.counters().events > kFrames ? kWarmUp : 0);
    };
    // All kinds of work take turns in every round, so that a busy machine is busy for each of them.
    QList<double> parse, decode, fold, foldOpen, ratio;
    for (int round = 0; round < kRounds; ++round) {
        const auto rate = [](auto work) {
            const qint64 begin = cpuNs();
            work();
            return double(kFrames) * 1e9 / double(cpuNs() - begin);
        };
        MeshStore closedStore(kMesh), openStore(kMesh);
        foldAll(closedStore, before, false);
        foldAll(openStore, before, true);
        parse.append(rate([&] {
            for (const QByteArray &frame : input)
                sink += QJsonDocument::fromJson(frame).object().size();
        }));
        decode.append(rate([&] {
            for (const QByteArray &frame : input)
                sink += decodeBrokerFrame(frame) ? 1 : 0;
        }));
        fold.append(rate([&] { foldAll(closedStore, input, false); }));
        foldOpen.append(rate([&] { foldAll(openStore, input, true); }));
        ratio.append(fold.last() / parse.last());
    }
    std::printf("frames: %d, %.0f bytes on average, %lld events folded (%lld)\n", kFrames, double(bytes) / kFrames,
                static_cast<long long>(folded), static_cast<long long>(sink % 10));
    std::printf("QJsonDocument parse     %10.0f frames/s of processor time   (yardstick)\n", median(parse));
    std::printf("decode                  %10.0f frames/s\n", median(decode));
    std::printf("decode + fold           %10.0f frames/s\n", median(fold));
    std::printf("the same, bodies read   %10.0f frames/s\n", median(foldOpen));
    std::printf("ratio decode+fold / parse   %.2f   (aim: at least 0.50)\n", median(ratio));
}

void benchJournal()
{
    constexpr int kEvents = 40'000;
    const QList<QByteArray> input = frames();
    EventList events;
    for (qsizetype i = 0; events.size() < kEvents; ++i)
        eventsOf(input.at(i % input.size()), 1'775'606'400'000 + i, events, true);
    for (const int batch : {20, 1'000}) {
        const int count = batch == 20 ? 4'000 : kEvents;
        QList<double> journal, bare;
        for (int round = 0; round < 5; ++round) {
            QTemporaryDir dir;
            {
                JournalOptions options;
                options.path = dir.filePath(u"journal.db"_s);
                options.batchMs = 0;
                Journal log(generateStorageKey(), options);
                log.open();
                log.flush();
                QElapsedTimer timer;
                timer.start();
                for (int i = 0; i < count; i += batch) {
                    log.append(events.sliced(i, batch));
                    log.flush(60'000);
                }
                journal.append(double(count) * 1e9 / double(timer.nsecsElapsed()));
            }
            JournalDb db;
            if (!db.open(dir.filePath(u"bare.db"_s))
                || !db.exec("CREATE TABLE t(row INTEGER PRIMARY KEY, at INTEGER, body BLOB)"))
                return;
            PollEncoder encoder;
            QList<QByteArray> blobs;
            for (int i = 0; i < count; ++i)
                blobs.append(encoder.encode(events.at(i)));
            Statement insert = db.prepare("INSERT INTO t(at, body) VALUES(?, ?)");
            QElapsedTimer timer;
            timer.start();
            for (int i = 0; i < count; i += batch) {
                db.exec("BEGIN IMMEDIATE");
                for (int j = i; j < i + batch; ++j)
                    insert.bind(1, events.at(j).atMs).bind(2, blobs.at(j)).run();
                db.exec("COMMIT");
            }
            bare.append(double(count) * 1e9 / double(timer.nsecsElapsed()));
        }
        std::printf("journal, batches of %4d     %8.0f events/s   (sealed, indexed, durable)\n", batch,
                    median(journal));
        std::printf("bare SQLite, same batches   %8.0f rows/s     (yardstick)   ratio %.2f\n", median(bare),
                    median(journal) / median(bare));
    }
}

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    benchFold();
    if (!app.arguments().contains(u"--fold-only"_s))
        benchJournal();
    return 0;
}
