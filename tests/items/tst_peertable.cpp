// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QRandomGenerator>
#include <QtCore/QTemporaryDir>
#include <QtTest/QAbstractItemModelTester>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

#include "models/items/edgefigures.h"
#include "models/items/peerexport.h"
#include "models/items/peerlistmodel.h"
#include "models/items/peermatches.h"
#include "models/items/peertablemodel.h"
#include "tests/items/storefixture.h"
#include "tests/support/testprogram.h"

namespace tst_peertable {

using namespace Qt::StringLiterals;
using namespace mesh::items;
using namespace mesh::test;
using mesh::protocol::PeerStatus;
using mesh::protocol::Priority;

namespace {

events::TrafficSeen seen(int from, int to, Priority priority, qint64 atMs, int id)
{
    events::TrafficSeen traffic;
    traffic.source = events::TrafficSource::Stream;
    traffic.messageId = u"t%1"_s.arg(id);
    traffic.senderKey = keyOf(from);
    traffic.targetSpec = keyOf(to);
    traffic.priority = priority;
    traffic.sentAtMs = atMs;
    return traffic;
}

QByteArray contents(const QString &file)
{
    QFile f(file);
    return f.open(QIODevice::ReadOnly) ? f.readAll() : QByteArray();
}

//! Reads CSV the strict way, as RFC 4180 has it.
QList<QStringList> readCsv(const QString &text)
{
    QList<QStringList> rows;
    QStringList row;
    QString cell;
    bool quotes = false;
    for (qsizetype i = 0; i < text.size(); ++i) {
        const QChar c = text.at(i);
        if (quotes) {
            if (c == u'"' && i + 1 < text.size() && text.at(i + 1) == u'"')
                cell += text.at(++i);
            else if (c == u'"')
                quotes = false;
            else
                cell += c;
        } else if (c == u'"') {
            quotes = true;
        } else if (c == u',') {
            row.append(std::exchange(cell, {}));
        } else if (c == u'\n') {
            row.append(std::exchange(cell, {}));
            rows.append(std::exchange(row, {}));
        } else if (c != u'\r') {
            cell += c;
        }
    }
    return rows;
}

} // namespace

class TestPeerTable final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void sortsAndFilters()
    {
        StoreFixture f;
        f.online();
        auto full = StoreFixture::peer(1, u"qa"_s, PeerStatus::Working);
        full.stats = QJsonObject{{u"contextUsed"_s, 190}, {u"contextMax"_s, 200}, {u"tokensOut"_s, 5}};
        auto half = StoreFixture::peer(2, u"db"_s);
        half.stats = QJsonObject{{u"contextUsed"_s, 90}, {u"contextMax"_s, 200}};
        f.list({full, half, StoreFixture::peer(3, u"Api"_s)});
        FocusState focus;
        PeerMatches matches(focus, f.clock);
        matches.setStore(&f.store);
        PeerListModel peers;
        peers.setStore(&f.store);
        PeerTableModel table(peers, matches, focus);
        const QAbstractItemModelTester tester(&table, QAbstractItemModelTester::FailureReportingMode::QtTest);
        const auto names = [&] {
            QStringList list;
            for (int row = 0; row < table.rowCount(); ++row)
                list.append(table.index(row, PeerListModel::Name).data().toString());
            return list;
        };
        table.sort(PeerListModel::Name);
        QCOMPARE(names(), QStringList({u"Api"_s, u"db"_s, u"qa"_s}));
        table.sort(PeerListModel::Context, Qt::DescendingOrder);
        QCOMPARE(names(), QStringList({u"qa"_s, u"db"_s, u"Api"_s}));
        table.sort(PeerListModel::Context, Qt::AscendingOrder);
        QCOMPARE(names(), QStringList({u"db"_s, u"qa"_s, u"Api"_s})); // not reported stays last
        QCOMPARE(table.index(2, PeerListModel::Tokens).data().toString(), u"not reported"_s);

        QSignalSpy resets(&table, &QAbstractItemModel::modelReset);
        focus.setFilterText(u"status:working"_s);
        QCOMPARE(names(), QStringList({u"qa"_s}));
        QCOMPARE(table.rowOf(keyOf(1)), 0);
        QCOMPARE(table.rowOf(keyOf(2)), -1);
        f.list({full, StoreFixture::peer(2, u"db"_s, PeerStatus::Working)});
        QCOMPARE(names(), QStringList({u"qa"_s, u"db"_s}));
        focus.setFilterText({});
        QCOMPARE(names().size(), 2); // Api left
        focus.setFilterText(u"status:offline"_s);
        QCOMPARE(names(), QStringList({u"Api"_s})); // unless one asks for it
        QCOMPARE(resets.size(), 0);
    }

    void everyColumnSortsEveryRow()
    {
        StoreFixture f;
        f.online();
        QRandomGenerator random(3);
        FocusState focus;
        PeerMatches matches(focus, f.clock);
        matches.setStore(&f.store);
        PeerListModel peers;
        peers.setStore(&f.store);
        PeerTableModel table(peers, matches, focus);
        const QAbstractItemModelTester tester(&table, QAbstractItemModelTester::FailureReportingMode::QtTest);
        for (int round = 0; round < 40; ++round) {
            QList<mesh::protocol::PeerRow> rows;
            for (int n = 0; n < 30; ++n) {
                auto row = StoreFixture::peer(n, u"p%1"_s.arg(random.bounded(9)), PeerStatus(random.bounded(3)));
                if (random.bounded(2))
                    row.stats = QJsonObject{
                        {u"contextUsed"_s, random.bounded(100)}, {u"contextMax"_s, 100}, {u"costUsd"_s, 1.5}};
                rows.append(row);
            }
            f.list(rows);
            table.sort(random.bounded(int(PeerListModel::ColumnCount)), Qt::SortOrder(random.bounded(2)));
            QSet<QString> keys;
            for (int row = 0; row < table.rowCount(); ++row) {
                keys.insert(table.keyAt(row));
                QCOMPARE(table.rowOf(table.keyAt(row)), row);
            }
            QCOMPARE(keys.size(), 30);
        }
        for (int column = 0; column < PeerListModel::ColumnCount; ++column)
            QVERIFY(!table.headerData(column, Qt::Horizontal).toString().isEmpty());
    }

    void edgeFigures()
    {
        StoreFixture f;
        f.online();
        f.list({StoreFixture::peer(1, u"qa"_s), StoreFixture::peer(2, u"db"_s)});
        int id = 0;
        const qint64 now = f.clock.now;
        f.apply(seen(1, 2, Priority::Now, now - 90'000, ++id));
        f.apply(seen(1, 2, Priority::Next, now - 30'000, ++id));
        f.apply(seen(2, 1, Priority::Low, now - 10'000, ++id));
        f.apply(seen(2, 3, Priority::Low, now - 5'000, ++id)); // another edge
        const EdgeFigures edge = EdgeFigures::of(f.store, keyOf(1), keyOf(2), now);
        QCOMPARE(edge.there.messages, 2);
        QCOMPARE(edge.there.lastMinute, 1);
        QCOMPARE(edge.there.byPriority, (std::array{1, 1, 0}));
        QCOMPARE(edge.back.messages, 1);
        QCOMPARE(edge.back.byPriority, (std::array{0, 0, 1}));
        QCOMPARE(edge.lastMs, now - 10'000);
        QCOMPARE(edge.sinceMs, now - 90'000);
        QVERIFY(!edge.readable && edge.recent.isEmpty() && !edge.delayP50Ms);
        const auto partners = EdgeFigures::partnersOf(f.store, keyOf(1));
        QCOMPARE(partners.size(), 1);
        QCOMPARE(partners.constFirst(), std::pair(keyOf(2), 3));
    }

    void ownEdgesTellDelaysAndWords()
    {
        StoreFixture f;
        f.online();
        f.list({StoreFixture::peer(1, u"qa"_s), StoreFixture::peer(StoreFixture::kSelf, u"Maya"_s)});
        for (const int delay : {10, 20, 30, 400}) {
            const QString id = f.compose(direct(1), u"message %1"_s.arg(delay));
            f.clock.now += delay - 20; // two steps of ten follow
            f.outgoing(id, events::OutgoingState::Accepted);
            f.outgoing(id, events::OutgoingState::Delivered);
        }
        f.receive(1, u"thanks"_s);
        const EdgeFigures edge = EdgeFigures::of(f.store, keyOf(StoreFixture::kSelf), keyOf(1), f.clock.now);
        QVERIFY(edge.readable);
        QCOMPARE(edge.recent.size(), EdgeFigures::kRecent);
        QCOMPARE(edge.recent.constLast().text, u"thanks"_s);
        QCOMPARE(edge.recent.constLast().senderKey, keyOf(1));
        QCOMPARE(edge.delaySamples, 4);
        QCOMPARE(*edge.delayP95Ms, 400.0);
        QVERIFY(*edge.delayP50Ms < 400.0);
    }

    void percentiles()
    {
        QList<double> values{5, 1, 4, 2, 3};
        QCOMPARE(percentileOf(values, 0.5), 3.0);
        QCOMPARE(percentileOf(values, 0.95), 5.0);
        QCOMPARE(percentileOf(values, 0.0), 1.0);
        QList<double> none;
        QVERIFY(std::isnan(percentileOf(none, 0.5)));
    }

    void exportsJson()
    {
        const QTemporaryDir dir;
        StoreFixture f;
        f.online();
        auto odd = StoreFixture::peer(2, u"=cmd|\"x\", y\nz"_s);
        odd.stats = QJsonObject{{u"contextUsed"_s, 9}, {u"contextMax"_s, 10}};
        f.list({StoreFixture::peer(1, u"qa"_s), odd, StoreFixture::peer(3, u"hidden"_s)});
        f.apply(seen(1, 2, Priority::Now, f.clock.now, 1));
        f.apply(seen(1, 2, Priority::Next, f.clock.now, 2));
        f.apply(seen(1, 3, Priority::Next, f.clock.now, 3)); // not among what is shown
        PeerExport exporter;
        QSignalSpy finished(&exporter, &PeerExport::finished);
        const QString file = dir.filePath(u"peers.json"_s);
        QVERIFY(exporter.start(f.store, {keyOf(2), keyOf(1)}, {u"Personal mesh"_s, u"-name:hidden"_s, f.clock.now, 3},
                               ExportFormat::Json, file));
        QVERIFY(!exporter.start(f.store, {}, {}, ExportFormat::Json, file));
        QTRY_COMPARE(finished.size(), 1);
        QVERIFY2(finished.at(0).at(0).toBool(), qPrintable(finished.at(0).at(1).toString()));
        QJsonParseError error;
        const QJsonObject object = QJsonDocument::fromJson(contents(file), &error).object();
        QVERIFY2(error.error == QJsonParseError::NoError, qPrintable(error.errorString()));
        QCOMPARE(object["filter"_L1].toString(), u"-name:hidden"_s);
        QCOMPARE(object["shown"_L1].toInt(), 2);
        QCOMPARE(object["total"_L1].toInt(), 3);
        const QJsonArray peers = object["peers"_L1].toArray();
        QCOMPARE(peers.size(), 2);
        QCOMPARE(peers.at(0)["name"_L1].toString(), u"=cmd|\"x\", y\nz"_s);
        QCOMPARE(peers.at(0)["contextMax"_L1].toInt(), 10);
        QVERIFY(!peers.at(1).toObject().contains("contextMax"_L1)); // not reported
        const QJsonArray edges = object["edges"_L1].toArray();
        QCOMPARE(edges.size(), 1);
        QCOMPARE(edges.at(0)["now"_L1].toInt(), 1);
        QCOMPARE(edges.at(0)["next"_L1].toInt(), 1);
    }

    void exportsCsv()
    {
        const QTemporaryDir dir;
        StoreFixture f;
        f.online();
        QList<mesh::protocol::PeerRow> rows;
        QStringList keys;
        for (int n = 0; n < 1'000; ++n) {
            rows.append(StoreFixture::peer(n, n == 7 ? u"=cmd|\"x\", y\nz"_s : u"peer %1"_s.arg(n)));
            keys.append(keyOf(n));
        }
        f.list(rows);
        PeerExport exporter;
        QSignalSpy progressed(&exporter, &PeerExport::progressed);
        QSignalSpy finished(&exporter, &PeerExport::finished);
        const QString file = dir.filePath(u"peers.csv"_s);
        QVERIFY(exporter.start(f.store, keys, {}, ExportFormat::Csv, file));
        QTRY_COMPARE(finished.size(), 1);
        QVERIFY(progressed.size() > 2); // in steps
        const QList<QStringList> table = readCsv(QString::fromUtf8(contents(file)));
        QCOMPARE(table.size(), 1'001);
        for (const QStringList &row : table)
            QCOMPARE(row.size(), table.constFirst().size());
        QCOMPARE(table.at(8).at(1), u"'=cmd|\"x\", y\nz"_s); // no spreadsheet runs it
        QCOMPARE(table.at(1'000).at(0), keyOf(999));
    }

    void exportEmptyMesh()
    {
        const QTemporaryDir dir;
        StoreFixture f;
        PeerExport exporter;
        QSignalSpy finished(&exporter, &PeerExport::finished);
        const QString file = dir.filePath(u"none.json"_s);
        QVERIFY(exporter.start(f.store, {}, {}, ExportFormat::Json, file));
        QTRY_COMPARE(finished.size(), 1);
        QVERIFY(QJsonDocument::fromJson(contents(file)).object()["peers"_L1].toArray().isEmpty());
        QVERIFY(QJsonDocument::fromJson(contents(file)).isObject());
    }

    void aFailedExportKeepsWhatWasThere()
    {
        const QTemporaryDir dir;
        StoreFixture f;
        f.list({StoreFixture::peer(1, u"qa"_s)});
        PeerExport exporter;
        QSignalSpy finished(&exporter, &PeerExport::finished);
        const QString file = dir.filePath(u"no/such/folder/peers.csv"_s);
        QVERIFY(exporter.start(f.store, {keyOf(1)}, {}, ExportFormat::Csv, file));
        QTRY_COMPARE(finished.size(), 1);
        QVERIFY(!finished.at(0).at(0).toBool());
        QVERIFY(finished.at(0).at(1).toString().contains(u"unchanged"_s));

        const QString kept = dir.filePath(u"kept.csv"_s);
        QFile before(kept);
        QVERIFY(before.open(QIODevice::WriteOnly));
        before.write("before");
        before.close();
        QVERIFY(exporter.start(f.store, {keyOf(1)}, {}, ExportFormat::Csv, kept));
        exporter.cancel();
        QCOMPARE(finished.size(), 2);
        QCOMPARE(contents(kept), QByteArray("before"));
        QVERIFY(!exporter.isRunning());
    }
};

MESH_TEST(TestPeerTable)

} // namespace tst_peertable

#include "tst_peertable.moc"
