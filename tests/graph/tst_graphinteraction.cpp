// SPDX-License-Identifier: GPL-3.0-or-later
// What the user does with the graph: lines, groups, filter, following, arrangement, assistive programs.
#include <QtGui/QAccessible>
#include <QtGui/QPainter>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

#include <algorithm>
#include <cmath>

#include "graph/arrangement.h"
#include "graph/backgroundlayer.h"
#include "graph/minimap.h"
#include "graph/pulses.h"
#include "models/protocol/frameevents.h"
#include "tests/graph/showngraph.h"
#include "tests/support/testprogram.h"

namespace tst_graphinteraction {

using namespace Qt::StringLiterals;
using namespace mesh;
using namespace mesh::graph;
using graphtest::differentPixels;
using graphtest::peer;
using graphtest::ShownGraph;
using graphtest::traffic;
using items::GraphMark;
using items::GraphModel;
using items::GraphOutcome;
using protocol::Priority;

namespace {

class MemoryStore final : public ArrangementStore
{
public:
    QByteArray graphArrangement(const QString &meshId) const override { return kept.value(meshId); }
    void setGraphArrangement(const QString &meshId, const QByteArray &bytes) override { kept.insert(meshId, bytes); }
    QMap<QString, QByteArray> kept;
};

double distance(QPointF a, QPointF b)
{
    return std::hypot(a.x() - b.x(), a.y() - b.y());
}

} // namespace

class TestGraphInteraction final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void linesAreHoveredAndSelected()
    {
        ShownGraph b;
        b.model.addTraffic({traffic(u"k0"_s, u"k3"_s), traffic(u"k0"_s, u"k3"_s, Priority::Now)});
        b.settle();
        QSignalSpy hovered(&b.view, &GraphView::edgeHovered);
        QSignalSpy selected(&b.view, &GraphView::edgeSelected);
        const QPointF on = b.view.edgePosition(u"k0"_s, u"k3"_s, 0.4);
        const QImage before = b.grab();
        b.pointAt(on + QPointF(1, 1));
        QCOMPARE(hovered.count(), 1);
        QCOMPARE(hovered.last().at(0).toString(), u"k0"_s);
        QCOMPARE(hovered.last().at(1).toString(), u"k3"_s);
        QVERIFY(differentPixels(before, b.grab()) > 200); // lit, the rest dimmed
        QTest::mouseClick(&b.view, Qt::LeftButton, {}, on.toPoint());
        QCOMPARE(selected.count(), 1);
        QCOMPARE(b.view.selectedEdge(), std::pair(u"k0"_s, u"k3"_s));
        b.pointAt({3, 240});
        QCOMPARE(hovered.count(), 2);
        QVERIFY(hovered.last().at(0).toString().isEmpty());
        QTest::keyClick(&b.view, Qt::Key_Escape);
        QCOMPARE(selected.count(), 2);
        QVERIFY(b.view.selectedEdge().first.isEmpty());
        // The other direction is another line, and one that nothing passed is none.
        QCOMPARE(b.view.edgePosition(u"k3"_s, u"k0"_s, 0.5), QPointF(-1, -1));
        // Long after its last message it cannot be seen, and not be hit.
        b.frame(20'000);
        QVERIFY(b.view.edgeAt(on).first.isEmpty());
    }

    void edgesCountByPriorityAndForget()
    {
        graphtest::ManualClock clock;
        GraphModel model(clock);
        for (int i = 0; i < 4; ++i)
            model.upsertPeer(peer(u"k%1"_s.arg(i), u"p%1"_s.arg(i)));
        model.flush();
        model.addTraffic({traffic(u"k0"_s, u"k1"_s), traffic(u"k0"_s, u"k1"_s, Priority::Now),
                          traffic(u"k0"_s, u"k1"_s, Priority::Now), traffic(u"k1"_s, u"k0"_s, Priority::Low)});
        model.addOther(u"k0"_s, u"k1"_s, Priority::Next, GraphMark::ToolCall, GraphOutcome::Sent);
        model.addOther(u"k0"_s, u"k1"_s, Priority::Next, GraphMark::FileRequest, GraphOutcome::Sent);
        model.addOther(u"k0"_s, u"k1"_s, Priority::Next, GraphMark::Message, GraphOutcome::Refused);
        const items::GraphEdge *edge = model.edge(u"k0"_s, u"k1"_s);
        QVERIFY(edge);
        QCOMPARE(edge->messages[size_t(Priority::Now)], 2);
        QCOMPARE(edge->messages[size_t(Priority::Next)], 1);
        QCOMPARE(edge->calls, 1);
        QCOMPARE(edge->files, 1);
        QCOMPARE(edge->failed, 1);
        QCOMPARE(edge->total(), 6);
        QCOMPARE(model.edge(u"k1"_s, u"k0"_s)->total(), 1);
        QCOMPARE(model.counters().calls, 2);
        QCOMPARE(model.counters().failed, 1);
        QCOMPARE(model.counters().messages, 4);
        // A peer that comes in the place of another one has none of its lines.
        model.removePeer(u"k1"_s);
        model.upsertPeer(peer(u"k9"_s, u"nine"_s));
        model.flush();
        QVERIFY(!model.edge(u"k0"_s, u"k9"_s));
        QVERIFY(!model.edge(u"k0"_s, u"k1"_s));
    }

    void callsAreToldOnAStream()
    {
        const protocol::PeerCall call{true, u"a"_s, u"b"_s, u"notes.md"_s};
        const auto read = protocol::callFromStream(u"x-mesh:calls"_s, protocol::callToStream(call));
        QVERIFY(read);
        QVERIFY(read->file);
        QCOMPARE(read->senderKey, u"a"_s);
        QCOMPARE(read->name, u"notes.md"_s);
        QVERIFY(!protocol::callFromStream(u"x-mesh:traffic"_s, protocol::callToStream(call)));
        QVERIFY(!protocol::callFromStream(u"x-mesh:calls"_s, QJsonValue(7)));
        QVERIFY(!protocol::callFromStream(u"x-mesh:calls"_s, QJsonObject{{u"kind"_s, u"dance"_s}}));
    }

    void eachMarkLooksDifferent()
    {
        SpriteAtlas atlas;
        atlas.setStyle(graphtest::style(), 1);
        QList<QImage> forms;
        for (const GraphMark mark : {GraphMark::Message, GraphMark::ToolCall, GraphMark::FileRequest}) {
            for (const GraphOutcome outcome : {GraphOutcome::Sent, GraphOutcome::Undelivered, GraphOutcome::Refused}) {
                const QImage form = atlas.dot(Priority::Next, false, mark, outcome).pixmap.toImage();
                for (const QImage &other : std::as_const(forms))
                    QVERIFY(differentPixels(form, other) > 8);
                forms << form;
            }
        }
    }

    void refusedStaysHalfWay()
    {
        ShownGraph b;
        const QImage still = b.grab();
        b.model.addOther(u"k0"_s, u"k3"_s, Priority::Next, GraphMark::Message, GraphOutcome::Refused);
        for (int i = 0; i < 20; ++i) {
            b.frame(100);
            b.view.finishRaster();
        }
        QCOMPARE(b.view.dotCount(), 0);
        const auto around = [](QPointF at) { return QRect(at.toPoint() - QPoint(6, 6), QSize(13, 13)); };
        const QImage after = b.grab();
        QVERIFY(differentPixels(still, after, around(b.view.edgePosition(u"k0"_s, u"k3"_s, 0.5))) > 20); // the cross
        QCOMPARE(differentPixels(still, after, around(b.view.edgePosition(u"k0"_s, u"k3"_s, 0.75))), 0);
        for (int i = 0; i < 400 && b.frames.rate(&b.view) > 0; ++i) {
            b.frame(33);
            b.view.finishRaster();
        }
        QCOMPARE(b.frames.rate(&b.view), 0);
        QCOMPARE(differentPixels(still, b.grab(), around(b.view.edgePosition(u"k0"_s, u"k3"_s, 0.5))), 0);
    }

    void groupsCollapseToOneNode()
    {
        ShownGraph b;
        const QPointF kept = b.view.peerPosition(u"k1"_s);
        b.model.setCollapsed(u"sales"_s, true);
        b.model.flush();
        b.settle();
        QCOMPARE(b.model.peerCount(), 6);
        const items::GraphNode *group = b.model.node(GraphModel::groupKey(u"sales"_s));
        QVERIFY(group && group->isGroup());
        QCOMPARE(group->members, 3);
        QCOMPARE(b.view.peerPosition(u"k1"_s), kept); // nobody else moved
        QVERIFY(b.view.peerAt(b.view.peerPosition(group->key)) == group->key);
        // Traffic of members is the group's; within the group it is counted, not drawn.
        QSignalSpy pulses(&b.model, &GraphModel::pulsesArrived);
        b.model.addTraffic({traffic(u"k0"_s, u"k1"_s), traffic(u"k2"_s, u"k1"_s), traffic(u"k0"_s, u"k2"_s)});
        QCOMPARE(pulses.count(), 1);
        const auto sent = pulses.last().first().value<QList<items::GraphPulse>>();
        QCOMPARE(sent.size(), 1);
        QCOMPARE(sent.first().messages, 2);
        QCOMPARE(b.model.counters().inside, 1);
        QVERIFY(b.view.honesty().contains(u"1"_s));
        QVERIFY(b.model.edge(group->key, u"k1"_s));
        // Its figures follow the members.
        b.model.upsertPeer(peer(u"k0"_s, u"peer-0"_s, {u"sales"_s}, store::PeerStatus::Working));
        b.model.flush();
        QCOMPARE(b.model.node(group->key)->memberStatus[size_t(store::PeerStatus::Working)], 1);
        // A double click expands it, everybody back in place.
        const QPoint at = b.view.peerPosition(group->key).toPoint();
        QTest::mouseDClick(&b.view, Qt::LeftButton, {}, at);
        QVERIFY(!b.model.isCollapsed(u"sales"_s));
        QVERIFY(!b.model.node(GraphModel::groupKey(u"sales"_s)));
        QVERIFY(!b.model.node(u"k0"_s)->folded);
        // By key as well, and the selection goes along.
        b.view.selectPeer(u"k0"_s);
        QTest::keyClick(&b.view, Qt::Key_C);
        QCOMPARE(b.view.selectedPeer(), GraphModel::groupKey(u"sales"_s));
        QVERIFY(b.focus.selectedPeer().isEmpty()); // other views know peers only
        QTest::keyClick(&b.view, Qt::Key_Return);
        QVERIFY(!b.model.isCollapsed(u"sales"_s));
        // The last member leaves: so does the node.
        b.model.setCollapsed(u"ops"_s, true);
        b.model.flush();
        for (const QString &key : {u"k1"_s, u"k3"_s, u"k5"_s})
            b.model.removePeer(key);
        b.model.flush();
        QVERIFY(!b.model.node(GraphModel::groupKey(u"ops"_s)));
        QVERIFY(!b.grab().isNull());
    }

    //! Nothing of a collapsed group lies over a peer or a label, however narrow its sector is.
    void collapsedGroupsKeepToTheirRoom()
    {
        ShownGraph b(0, {900, 700});
        for (int i = 0; i < 60; ++i)
            b.model.upsertPeer(peer(u"k%1"_s.arg(i), u"peer-%1"_s.arg(i), {u"g%1"_s.arg(i % 20)}));
        b.model.flush();
        for (int g = 0; g < 20; g += 2)
            b.model.setCollapsed(u"g%1"_s.arg(g), true);
        b.model.flush();
        b.settle();
        SpriteAtlas atlas;
        atlas.setStyle(graphtest::style(), 1);
        NodeLayer layer;
        GraphCamera camera;
        camera.viewport = {900, 700};
        layer.sync(b.model.nodes(), b.model.layout().nodeRadius(), false, 0, false);
        for (const double zoom : {1.0, 2.0, 5.0}) {
            camera.zoom = zoom;
            layer.place(b.model.nodes(), camera, {}, atlas);
            const std::vector<PlacedNode> &placed = layer.placed();
            for (size_t i = 0; i < placed.size(); ++i) {
                if (!placed[i].visible || !b.model.nodes()[i].isGroup())
                    continue;
                for (size_t j = 0; j < placed.size(); ++j) {
                    if (i == j || !placed[j].visible)
                        continue;
                    QVERIFY(distance(placed[i].view, placed[j].view) > double(placed[i].radius + placed[j].radius));
                }
                const double r = double(placed[i].radius) * 0.8;
                const QRectF count(placed[i].view - QPointF(r, r), QSizeF(2 * r, 2 * r));
                const QList<QRectF> labels = layer.labelRects();
                for (const QRectF &label : labels)
                    QVERIFY(!label.intersects(count));
            }
        }
    }

    void filterDimsOrHides()
    {
        ShownGraph b;
        const QImage before = b.grab();
        const auto even = [](const items::GraphNode &node) { return (node.name.back().digitValue() % 2) == 0; };
        b.model.setFilter(even, false);
        b.model.flush();
        QCOMPARE(b.model.filteredOut(), 3);
        const QImage dimmed = b.grab();
        const QRect odd(b.view.peerPosition(u"k1"_s).toPoint() - QPoint(20, 20), QSize(40, 40));
        QVERIFY(differentPixels(before, dimmed, odd) > 100);
        QCOMPARE(b.view.peerAt(b.view.peerPosition(u"k1"_s)), u"k1"_s);
        QVERIFY(b.view.honesty().contains(u"3"_s));
        // What goes between those that step back does so too; what concerns one that passes does not.
        const auto lineOf = [&](const QString &from, const QString &to) {
            b.model.addTraffic({traffic(from, to)});
            for (int i = 0; i < 40; ++i) {
                b.frame(50);
                b.view.finishRaster();
            }
            const QImage picture = b.grab();
            int most = 0;
            const QPoint at = b.view.edgePosition(from, to, 0.8).toPoint();
            for (int dy = -3; dy <= 3; ++dy)
                most = std::max(most, qBlue(picture.pixel(at + QPoint(0, dy))));
            return most;
        };
        const int ground = qBlue(graphtest::style().background.rgb());
        const int between = lineOf(u"k1"_s, u"k5"_s);
        const int concerning = lineOf(u"k1"_s, u"k4"_s);
        QVERIFY2(concerning - ground > 2 * (between - ground),
                 qPrintable(u"%1 against %2"_s.arg(concerning).arg(between)));
        b.model.setFilter(even, true);
        b.model.flush();
        QVERIFY(differentPixels(dimmed, b.grab(), odd) > 100);
        QVERIFY(b.view.peerAt(QRectF(odd).center()).isEmpty());
        // Newcomers are asked too, and who leaves is not counted any longer.
        b.model.upsertPeer(peer(u"k7"_s, u"peer-7"_s, {u"ops"_s}));
        QCOMPARE(b.model.filteredOut(), 4);
        b.model.removePeer(u"k7"_s);
        QCOMPARE(b.model.filteredOut(), 3);
        b.model.setFilter({}, false);
        b.model.flush();
        QCOMPARE(b.model.filteredOut(), 0);
        QVERIFY(b.view.honesty().isEmpty());
    }

    void spaceFollowsTheSelectedPeer()
    {
        ShownGraph b;
        QSignalSpy following(&b.view, &GraphView::followingChanged);
        QTest::keyClick(&b.view, Qt::Key_Space);
        QVERIFY(!b.view.isFollowing()); // nobody is selected
        b.view.selectPeer(u"k2"_s);
        b.view.zoomBy(2, {320, 240});
        QTest::keyClick(&b.view, Qt::Key_Space);
        QVERIFY(b.view.isFollowing());
        QCOMPARE(following.count(), 1);
        QCOMPARE(b.frames.rate(&b.view), 60);
        b.settle();
        QVERIFY(distance(b.view.peerPosition(u"k2"_s), {320, 240}) < 1);
        b.view.selectPeer(u"k5"_s); // whoever is selected
        b.frame(16);
        b.settle();
        QVERIFY(distance(b.view.peerPosition(u"k5"_s), {320, 240}) < 1);
        b.model.pin(u"k5"_s, {0.2, -0.3}); // wherever it goes
        b.model.flush();
        b.settle();
        b.settle();
        QVERIFY(distance(b.view.peerPosition(u"k5"_s), {320, 240}) < 1);
        QTest::mousePress(&b.view, Qt::LeftButton, {}, {20, 60});
        QTest::mouseMove(&b.view, {60, 90});
        QTest::mouseRelease(&b.view, Qt::LeftButton, {}, {60, 90});
        QVERIFY(!b.view.isFollowing());
        QCOMPARE(following.count(), 2);
        for (int i = 0; i < 20; ++i) {
            b.frame(50);
            b.view.finishRaster();
        }
        QCOMPARE(b.frames.rate(&b.view), 0); // and nothing moves any more
    }

    void minimapShowsAndMoves()
    {
        ShownGraph b(30, {900, 700});
        b.view.zoomBy(3, {450, 350});
        b.settle();
        GraphCamera camera;
        camera.viewport = QSizeF(900, 700);
        QVERIFY(!Minimap::isShown(camera));
        camera.zoom = b.view.zoom();
        QVERIFY(Minimap::isShown(camera));
        const QRectF map = Minimap::rect(camera);
        const QPointF before = b.view.peerPosition(u"k0"_s);
        QTest::mouseClick(&b.view, Qt::LeftButton, {}, (map.center() + QPointF(20, 0)).toPoint());
        QVERIFY(b.view.peerPosition(u"k0"_s).x() < before.x() - 50); // the view went right
        QVERIFY(b.view.selectedPeer().isEmpty());
    }

    void arrangementIsKeptByMesh()
    {
        MemoryStore store;
        {
            ShownGraph b;
            b.view.setArrangementStore(&store);
            b.view.showMesh(u"one"_s);
            b.view.zoomBy(2.5, {200, 100});
            b.model.pin(u"k1"_s, {0.25, 0.5});
            b.model.setCollapsed(u"sales"_s, true);
            b.model.flush();
            b.view.keepArrangement();
            b.view.showMesh(u"two"_s);
            QCOMPARE(b.view.zoom(), 1.0);
            QVERIFY(b.model.pins().isEmpty());
            QVERIFY(b.model.collapsedGroups().isEmpty());
        }
        ShownGraph b(6, {700, 500}); // another window, another size
        b.view.setArrangementStore(&store);
        b.view.showMesh(u"one"_s);
        b.settle();
        QCOMPARE(b.view.zoom(), 2.5);
        QCOMPARE(b.model.pins().value(u"k1"_s), QPointF(0.25, 0.5));
        QCOMPARE(b.model.collapsedGroups(), QStringList{u"sales"_s});
        const GraphArrangement kept = GraphArrangement::fromBytes(store.kept.value(u"one"_s));
        GraphCamera camera;
        camera.viewport = QSizeF(700, 500);
        camera.zoom = kept.zoom;
        camera.centreOn(kept.centre);
        QVERIFY(distance(b.view.peerPosition(u"k1"_s), camera.toView({0.25, 0.5})) < 1);
    }

    void badArrangementsGiveNothing()
    {
        const double nan = std::numeric_limits<double>::quiet_NaN();
        GraphArrangement bad;
        bad.pins = {{u"a"_s, {nan, 0}}, {u"b"_s, {0.5, 0.5}}, {u"c"_s, {1e300, 0}}};
        bad.zoom = nan;
        bad.centre = {0, nan};
        const GraphArrangement read = GraphArrangement::fromBytes(bad.toBytes());
        QCOMPARE(read.pins.keys(), QStringList{u"b"_s});
        QCOMPARE(read.zoom, 1.0);
        QCOMPARE(read.centre, QPointF());
        QCOMPARE(GraphArrangement::fromBytes({}), GraphArrangement());
        const QByteArray good = GraphArrangement{{{u"k"_s, {0, 1}}}, {u"g"_s}, 3, {0.1, 0.2}}.toBytes();
        for (qsizetype cut = 0; cut < good.size(); ++cut)
            QCOMPARE(GraphArrangement::fromBytes(good.left(cut)), GraphArrangement());
        QCOMPARE(GraphArrangement::fromBytes(good).zoom, 3.0);
    }

    void detailGrowsWithZoom()
    {
        graphtest::ManualClock clock;
        GraphModel model(clock);
        store::Peer p = peer(u"k"_s, u"peer"_s, {u"ops"_s});
        p.summary = u"Looks after the deployment"_s;
        p.model = u"opus-4"_s;
        p.cwd = u"/home/maya/shop"_s;
        model.upsertPeer(p);
        model.flush();
        SpriteAtlas atlas;
        atlas.setStyle(graphtest::style(), 1);
        NodeLayer layer;
        GraphCamera camera;
        camera.viewport = {500, 400};
        const auto labelHeight = [&](double zoom) {
            camera.zoom = zoom;
            camera.centreOn(model.node(u"k"_s)->position);
            layer.sync(model.nodes(), model.layout().nodeRadius(), false, 0, false);
            layer.place(model.nodes(), camera, {}, atlas);
            return layer.labelRects().isEmpty() ? 0.0 : layer.labelRects().first().height();
        };
        QCOMPARE(labelHeight(0.25), 0.0); // a dot
        const double name = labelHeight(1);
        QVERIFY(name > 8);
        QVERIFY(labelHeight(3) > name * 3); // summary, model and folder, figures
    }

    void labelsLeaveLegendAndEdgesAlone()
    {
        graphtest::ManualClock clock;
        GraphModel model(clock);
        for (int i = 0; i < 24; ++i)
            model.upsertPeer(peer(u"k%1"_s.arg(i), u"a peer with a name %1"_s.arg(i), {u"g%1"_s.arg(i % 4)}));
        model.flush();
        SpriteAtlas atlas;
        atlas.setStyle(graphtest::style(), 1);
        NodeLayer layer;
        GraphCamera camera;
        camera.viewport = {900, 620};
        const QRectF view(QPointF(), camera.viewport);
        const QRectF legend(0, 560, 700, 60);
        QVERIFY(layer.setKeepOut({legend}));
        QVERIFY(!layer.setKeepOut({legend}));
        layer.sync(model.nodes(), model.layout().nodeRadius(), false, 0, false);
        for (const double zoom : {1.0, 1.6, 2.5}) {
            camera.zoom = zoom;
            layer.place(model.nodes(), camera, {}, atlas);
            const QList<QRectF> labels = layer.labelRects();
            QVERIFY(labels.size() > 4);
            for (const QRectF &label : labels) {
                QVERIFY(!label.intersects(legend));
                if (view.contains(label) || !view.intersects(label))
                    continue;
                // The edge cuts a label only where it cuts the peer.
                QVERIFY(std::any_of(layer.placed().cbegin(), layer.placed().cend(), [&](const PlacedNode &placed) {
                    return placed.there && !view.contains(placed.view) && distance(placed.view, label.center()) < 100;
                }));
            }
        }
    }

    void legendOpensAndCloses()
    {
        ShownGraph b(6, {900, 600});
        const QImage before = b.grab();
        QTest::keyClick(&b.view, Qt::Key_L);
        QVERIFY(b.view.isLegendShownWhole());
        QVERIFY(differentPixels(before, b.grab(), QRect(0, 400, 500, 200)) > 2000);
        QTest::mouseClick(&b.view, Qt::LeftButton, {}, {40, 560});
        QVERIFY(!b.view.isLegendShownWhole());
        QVERIFY(b.view.selectedPeer().isEmpty());
    }

    void namesOfGroupsLeaveTheLegendAlone()
    {
        SpriteAtlas atlas;
        atlas.setStyle(graphtest::style(), 1);
        QList<items::GraphLayout::Member> members;
        for (int i = 0; i < 48; ++i)
            members.append({u"k%1"_s.arg(i), u"a longer name %1"_s.arg(i % 16)});
        items::GraphLayout layout;
        layout.reset(members);
        GraphCamera camera;
        QImage image(900, 640, QImage::Format_RGB32);
        for (const QSizeF size : {QSizeF(900, 640), QSizeF(560, 460), QSizeF(700, 400)}) {
            camera.viewport = size;
            BackgroundLayer background;
            const QRectF legend(16, size.height() - 40, size.width() * 0.7, 26);
            background.setLegend(legend);
            QPainter painter(&image);
            background.paint(painter, camera, layout, atlas);
            const QPointF centre = camera.toView({});
            for (double x = legend.left(); x < legend.right(); x += 3) {
                for (double y = legend.top(); y < legend.bottom(); y += 3) {
                    const bool onArc = std::abs(distance({x, y}, centre) - camera.scale()) < 12;
                    QVERIFY(onArc || background.groupAt({x, y}, layout).isEmpty());
                }
            }
        }
    }

    void assistiveProgramsWalkIt()
    {
        ShownGraph b;
        b.model.addTraffic({traffic(u"k0"_s, u"k3"_s, Priority::Now)});
        QAccessibleInterface *list = QAccessible::queryAccessibleInterface(&b.view);
        QVERIFY(list);
        QCOMPARE(list->role(), QAccessible::List);
        QCOMPARE(list->childCount(), 7); // six peers, one line
        QSet<QString> names;
        for (int i = 0; i < list->childCount(); ++i) {
            QAccessibleInterface *item = list->child(i);
            QVERIFY(item && item->isValid());
            QCOMPARE(list->indexOfChild(item), i);
            QCOMPARE(item->parent(), list);
            QVERIFY(!item->text(QAccessible::Description).isEmpty());
            QVERIFY(b.view.rect().contains(b.view.mapFromGlobal(item->rect().center())));
            names << item->text(QAccessible::Name);
        }
        QVERIFY(names.contains(u"peer-4"_s));
        QVERIFY(names.contains(u"peer-0 to peer-3"_s));
        QAccessibleInterface *first = list->child(0);
        QVERIFY(first->text(QAccessible::Description).contains(u"idle"_s));
        QVERIFY(first->text(QAccessible::Description).contains(u"@sales"_s));
        QCOMPARE(list->childAt(first->rect().center().x(), first->rect().center().y()), first);

        QSignalSpy activated(&b.view, &GraphView::peerActivated);
        QAccessibleActionInterface *actions = first->actionInterface();
        QVERIFY(actions);
        actions->doAction(QAccessibleActionInterface::setFocusAction());
        QCOMPARE(b.view.selectedPeer(), u"k0"_s);
        QVERIFY(first->state().selected);
        actions->doAction(QAccessibleActionInterface::pressAction());
        QCOMPARE(activated.count(), 1);
        QAccessibleInterface *line = list->child(6);
        QCOMPARE(line->role(), QAccessible::Link);
        line->actionInterface()->doAction(QAccessibleActionInterface::setFocusAction());
        QCOMPARE(b.view.selectedEdge(), std::pair(u"k0"_s, u"k3"_s));

        // Who has left is not valid any more, and harmless.
        b.model.removePeer(u"k0"_s);
        b.model.flush();
        QVERIFY(!first->isValid());
        QVERIFY(first->state().invalid);
        QVERIFY(first->text(QAccessible::Name).isEmpty());
        actions->doAction(QAccessibleActionInterface::pressAction());
        QCOMPARE(activated.count(), 1);
        QCOMPARE(list->childCount(), 5);
    }
};

MESH_TEST(TestGraphInteraction)

} // namespace tst_graphinteraction

#include "tst_graphinteraction.moc"
