// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtCore/QRandomGenerator>
#include <QtTest/QTest>

#include <algorithm>
#include <cmath>
#include <limits>

#include "models/items/graphlayout.h"
#include "tests/support/testprogram.h"

namespace tst_graphlayout {

using namespace Qt::StringLiterals;
using mesh::items::GraphLayout;

namespace {

QList<GraphLayout::Member> members(int count, int groups)
{
    QList<GraphLayout::Member> list;
    for (int i = 0; i < count; ++i)
        list.append({u"k%1"_s.arg(i), groups == 0 ? QString() : u"g%1"_s.arg(i % groups)});
    return list;
}

// The smallest distance between two points, by sorting into squares.
double closest(const QList<QPointF> &points, double cell)
{
    QHash<std::pair<int, int>, QList<QPointF>> grid;
    double least = std::numeric_limits<double>::max();
    for (const QPointF &p : points) {
        const int x = int(std::floor(p.x() / cell));
        const int y = int(std::floor(p.y() / cell));
        for (int dx = -1; dx <= 1; ++dx) {
            for (int dy = -1; dy <= 1; ++dy) {
                const QList<QPointF> near = grid.value({x + dx, y + dy});
                for (const QPointF &q : near)
                    least = std::min(least, std::hypot(p.x() - q.x(), p.y() - q.y()));
            }
        }
        grid[{x, y}].append(p);
    }
    return least;
}

QHash<QString, QPointF> positions(const GraphLayout &layout, const QStringList &keys)
{
    QHash<QString, QPointF> result;
    for (const QString &key : keys)
        result.insert(key, layout.position(key));
    return result;
}

} // namespace

class TestGraphLayout final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void noOverlap_data()
    {
        QTest::addColumn<int>("count");
        QTest::addColumn<int>("groups");
        for (const int count : {1, 2, 3, 14, 26, 27, 60, 333, 1000, 5000}) {
            for (const int groups : {0, 1, 4, 37, 400}) {
                if (groups <= count)
                    QTest::addRow("%d peers, %d groups", count, groups) << count << groups;
            }
        }
    }

    void noOverlap()
    {
        QFETCH(int, count);
        QFETCH(int, groups);
        GraphLayout layout;
        layout.reset(members(count, groups));
        QCOMPARE(int(layout.size()), count);
        // Newcomers fill the overflow slots too.
        QStringList keys;
        for (const auto &member : members(count, groups))
            keys << member.key;
        QSet<QString> full;
        for (int i = 0; i < std::min(count, 1500); ++i) {
            const QString key = u"new%1"_s.arg(i);
            const QString group = groups == 0 ? QString() : u"g%1"_s.arg(i % groups);
            if (full.contains(group))
                continue;
            if (layout.add({key, group}))
                keys << key;
            else
                full.insert(group);
        }
        QList<QPointF> points;
        for (const QString &key : std::as_const(keys)) {
            const QPointF p = layout.position(key);
            const double r = std::hypot(p.x(), p.y());
            QVERIFY2(r < GraphLayout::kArcRadius - layout.nodeRadius() && r > 0.2, qPrintable(key));
            points << p;
        }
        QVERIFY(layout.nodeRadius() > 0.001);
        const double largest = 2 * 1.3 * layout.nodeRadius();
        const double least = closest(points, largest);
        QVERIFY2(points.size() < 2 || least >= largest * 0.999, qPrintable(u"%1 < %2"_s.arg(least).arg(largest)));
    }

    void sectorsDoNotMeet()
    {
        GraphLayout layout;
        layout.reset(members(50, 7));
        double end = GraphLayout::kStartAngle;
        QCOMPARE(layout.sectors().size(), size_t(7));
        for (const GraphLayout::Sector &sector : layout.sectors()) {
            QVERIFY(sector.startAngle >= end - 1e-9);
            QVERIFY(sector.span > 0);
            end = sector.startAngle + sector.span;
        }
        QVERIFY(end < GraphLayout::kStartAngle + 2 * M_PI);
    }

    void sameMembersSameLayout()
    {
        GraphLayout a;
        GraphLayout b;
        a.reset(members(100, 5));
        b.reset(members(3, 1));
        b.reset(members(100, 5));
        for (const auto &member : members(100, 5))
            QCOMPARE(a.position(member.key), b.position(member.key));
    }

    void placesStayUnderChurn()
    {
        GraphLayout layout;
        layout.reset(members(60, 4));
        QRandomGenerator random(3);
        QStringList there;
        for (const auto &member : members(60, 4))
            there << member.key;
        QHash<QString, QString> groupOf;
        for (const auto &member : members(60, 4))
            groupOf.insert(member.key, member.group);
        for (int round = 0; round < 500; ++round) {
            const auto before = positions(layout, there);
            if (random.bounded(2) == 0 && there.size() > 20) {
                const QString key = there.takeAt(random.bounded(int(there.size())));
                layout.remove(key);
                QVERIFY(!layout.contains(key));
            } else {
                const QString key = u"n%1"_s.arg(round);
                const QString group = u"g%1"_s.arg(random.bounded(4));
                if (layout.add({key, group})) {
                    groupOf.insert(key, group);
                    there << key;
                }
            }
            for (const QString &key : std::as_const(there)) {
                if (before.contains(key))
                    QCOMPARE(layout.position(key), before.value(key));
            }
        }
        QCOMPARE(layout.generation(), 1);
    }

    void gapsAreUsedAgain()
    {
        GraphLayout layout;
        layout.reset(members(10, 2));
        const QPointF place = layout.position(u"k4"_s);
        layout.remove(u"k4"_s);
        QVERIFY(layout.add({u"other"_s, u"g0"_s}));
        QCOMPARE(layout.position(u"other"_s), place);
        QVERIFY(!layout.add({u"x"_s, u"unknown group"_s}, GraphLayout::Growth::Prepared));
        QVERIFY(layout.sectorIndex(u"unknown group"_s) < 0);
    }

    void newGroupsTakeFreeRoom_data()
    {
        QTest::addColumn<int>("count");
        QTest::addColumn<int>("groups");
        for (const auto &[count, groups] : {std::pair{1, 1}, {14, 4}, {60, 8}, {1000, 8}, {1000, 60}})
            QTest::addRow("%d peers, %d groups", count, groups) << count << groups;
    }

    void newGroupsTakeFreeRoom()
    {
        QFETCH(int, count);
        QFETCH(int, groups);
        GraphLayout layout;
        layout.reset(members(count, groups));
        QStringList keys;
        for (const auto &member : members(count, groups))
            keys << member.key;
        const auto before = positions(layout, keys);
        const auto inside = [&](const QString &key) {
            const GraphLayout::Sector &sector = layout.sectors()[size_t(layout.sectorOf(key))];
            const QPointF at = layout.position(key);
            const double turns = (std::atan2(at.y(), at.x()) - sector.startAngle) / (2 * M_PI);
            return (turns - std::floor(turns)) * 2 * M_PI <= sector.span;
        };
        // As many new groups as there are, of two peers each.
        for (int i = 0; i < 2 * groups; ++i) {
            const QString key = u"new%1"_s.arg(i);
            QVERIFY2(layout.add({key, u"later%1"_s.arg(i % groups)}), qPrintable(key));
            QVERIFY2(inside(key), qPrintable(key));
        }
        QCOMPARE(positions(layout, keys), before);
        QCOMPARE(layout.generation(), 1);
        std::vector<GraphLayout::Sector> sectors = layout.sectors();
        QCOMPARE(int(sectors.size()), 2 * groups);
        std::sort(sectors.begin(), sectors.end(),
                  [](const auto &a, const auto &b) { return a.startAngle < b.startAngle; });
        for (size_t i = 0; i + 1 < sectors.size(); ++i)
            QVERIFY(sectors[i].startAngle + sectors[i].span < sectors[i + 1].startAngle);
        QVERIFY(sectors.back().startAngle + sectors.back().span < sectors.front().startAngle + 2 * M_PI);
    }

    void fullSectorsGrowWithoutMovingAnybody()
    {
        GraphLayout layout;
        layout.reset(members(14, 4));
        QStringList keys;
        for (const auto &member : members(14, 4))
            keys << member.key;
        const double radius = layout.nodeRadius();
        int added = 0;
        while (added < 200 && layout.add({u"new%1"_s.arg(added), u"g0"_s})) {
            const auto before = positions(layout, keys);
            keys << u"new%1"_s.arg(added++);
            for (auto it = before.cbegin(); it != before.cend(); ++it)
                QCOMPARE(layout.position(it.key()), it.value());
        }
        QVERIFY2(added >= 6, qPrintable(QString::number(added))); // a group of four more than doubles
        QVERIFY2(added < 200, "places without end");
        QVERIFY(layout.nodeRadius() >= radius * GraphLayout::kLeastShrink);
        QCOMPARE(layout.generation(), 1);
    }

    void aGroupThatIsGoneGivesItsSector()
    {
        GraphLayout layout;
        layout.reset(members(12, 3));
        int opened = 0;
        while (layout.add({u"x%1"_s.arg(opened), u"later%1"_s.arg(opened)}))
            ++opened;
        QVERIFY(opened >= 3);
        const auto sector = size_t(layout.sectorIndex(u"g1"_s));
        const double angle = layout.sectors()[sector].startAngle;
        for (const QString &key : {u"k1"_s, u"k4"_s, u"k7"_s, u"k10"_s})
            layout.remove(key);
        QVERIFY(layout.add({u"heir"_s, u"heirs"_s}));
        QCOMPARE(layout.sectors()[size_t(layout.sectorOf(u"heir"_s))].startAngle, angle);
        QCOMPARE(layout.sectorIndex(u"g1"_s), -1);
    }

    void aReturningPeerGetsItsPlace()
    {
        GraphLayout layout;
        layout.reset(members(10, 2));
        const QPointF place = layout.position(u"k6"_s);
        for (int i = 0; i < 100; ++i) {
            layout.remove(u"k2"_s);
            layout.remove(u"k6"_s);
            QVERIFY(layout.add({u"k6"_s, u"g0"_s}));
            QVERIFY(layout.add({u"k2"_s, u"g0"_s}));
            QCOMPARE(layout.position(u"k6"_s), place);
        }
    }
};

MESH_TEST(TestGraphLayout)

} // namespace tst_graphlayout

#include "tst_graphlayout.moc"
