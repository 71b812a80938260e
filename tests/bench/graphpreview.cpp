// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/graphpreview.h"

#include <QtCore/QRandomGenerator>
#include <QtCore/QTextStream>
#include <QtGui/QMouseEvent>
#include <QtWidgets/QApplication>

#include "graph/frameclock.h"
#include "graph/graphview.h"
#include "models/items/graphmodel.h"
#include "tests/graph/graphtesthelper.h"

using namespace Qt::StringLiterals;
using namespace mesh;
using store::PeerKind;
using store::PeerStatus;
using store::Priority;

namespace {

struct Person
{
    QString name;
    QString group;
    PeerStatus status;
    double context;
    PeerKind kind = PeerKind::Ai;
    bool waiting = false;
    QString second = {};
};

QList<Person> people()
{
    using enum PeerStatus;
    return {
        {u"backend-lead"_s, u"backend"_s, Working, 0.91},
        {u"api"_s, u"backend"_s, Working, 0.42},
        {u"db"_s, u"backend"_s, Idle, 0.12},
        {u"slack-#general"_s, u"backend"_s, Idle, -1, PeerKind::Connector},
        {u"frontend"_s, u"frontend"_s, Idle, 0.48},
        {u"design"_s, u"frontend"_s, Dnd, 0.62},
        {u"Maya"_s, u"frontend"_s, Idle, -1, PeerKind::Human},
        {u"qa"_s, u"ops"_s, Working, 0.55, PeerKind::Ai, false, u"frontend"_s},
        {u"reviewer"_s, u"ops"_s, Working, 0.33, PeerKind::Ai, true},
        {u"admin-1"_s, u"ops"_s, Idle, 0.18, PeerKind::Ai, true},
        {u"sales-rep-1"_s, u"sales"_s, Working, 0.62},
        {u"sales-rep-2"_s, u"sales"_s, Idle, 0.27},
        {u"customer-1"_s, u"sales"_s, Idle, 0.14},
        {u"customer-2"_s, u"sales"_s, Working, 0.22},
    };
}

struct Word
{
    int atMs;
    QString from;
    QString to;
    Priority priority;
};

} // namespace

int renderPreview(const PreviewOptions &options)
{
    graphtest::ManualClock clock;
    graph::FrameClock frames(clock);
    items::GraphModel model(clock);
    graph::GraphView view(frames);
    view.setStyleTokens(graphtest::style(options.light));
    view.setModel(&model);
    view.resize(options.size);
    view.show();
    model.setMeshName(u"Personal mesh"_s);

    QSet<QString> waiting;
    if (!options.empty) {
        const QList<Person> all = people();
        for (const Person &person : all) {
            QStringList groups{person.group};
            if (!person.second.isEmpty())
                groups << person.second;
            store::Peer peer = graphtest::peer(person.name, person.name, groups, person.status);
            peer.kind = person.kind;
            peer.model = u"opus-4"_s;
            peer.hostname = u"workbench"_s;
            peer.self = person.name == "Maya"_L1;
            peer.summary =
                u"Answering the shop's customers; waits for ops to confirm the reorder of ABC-123 before promising a date."_s;
            peer.statusSinceMs = clock.nowMs() - 42'000;
            peer.sent = 24;
            peer.received = 31;
            if (person.context >= 0) {
                peer.stats.contextMax = 1000;
                peer.stats.contextUsed = qint64(person.context * 1000);
            }
            if (person.waiting)
                waiting.insert(person.name);
            model.upsertPeer(peer);
        }
        QRandomGenerator random(7);
        for (int i = int(all.size()); i < options.peers; ++i) {
            const QString name = u"agent-%1"_s.arg(i);
            store::Peer peer =
                graphtest::peer(name, name, {u"team-%1"_s.arg(random.bounded(9))}, PeerStatus(random.bounded(3)));
            peer.stats.contextMax = 100;
            peer.stats.contextUsed = random.bounded(100);
            model.upsertPeer(peer);
        }
    }
    model.setWaiting(waiting);
    model.flush();
    view.selectPeer(u"sales-rep-1"_s);
    if (options.zoom != 1)
        view.zoomBy(options.zoom, view.rect().toRectF().center());

    QList<Word> words;
    if (!options.empty) {
        for (int i = 0; i < 40; ++i)
            words.append({1, u"sales-rep-1"_s, i % 2 ? u"db"_s : u"backend-lead"_s, Priority::Low});
        words.append({{2000, u"sales-rep-1"_s, u"db"_s, Priority::Low},
                      {2600, u"admin-1"_s, u"db"_s, Priority::Low},
                      {3500, u"backend-lead"_s, u"frontend"_s, Priority::Low},
                      {5000, u"Maya"_s, u"design"_s, Priority::Low},
                      {6400, u"qa"_s, u"frontend"_s, Priority::Next},
                      {6900, u"sales-rep-1"_s, u"customer-1"_s, Priority::Next},
                      {7300, u"admin-1"_s, u"sales-rep-1"_s, Priority::Now},
                      {7250, u"backend-lead"_s, u"slack-#general"_s, Priority::Low},
                      {7300, u"db"_s, u"api"_s, Priority::Low},
                      {7350, u"backend-lead"_s, u"api"_s, Priority::Next},
                      {7380, u"sales-rep-2"_s, u"customer-2"_s, Priority::Next},
                      {7450, u"reviewer"_s, u"backend-lead"_s, Priority::Now},
                      {7500, u"design"_s, u"@sales"_s, Priority::Next},
                      {7480, u"qa"_s, u"frontend"_s, Priority::Next},
                      {7500, u"qa"_s, u"frontend"_s, Priority::Next}});
        QRandomGenerator random(9);
        for (int i = 0; i < options.peers - 14; ++i) {
            words.append({int(random.bounded(7900)), u"agent-%1"_s.arg(14 + random.bounded(options.peers - 14)),
                          u"agent-%1"_s.arg(14 + random.bounded(options.peers - 14)), Priority(random.bounded(3))});
        }
        std::stable_sort(words.begin(), words.end(), [](const Word &a, const Word &b) { return a.atMs < b.atMs; });
    }
    qsizetype next = 0;
    for (int ms = 0; ms < 7900; ms += 16) {
        clock.advance(16);
        QList<store::TrafficEntry> entries;
        for (; next < words.size() && words[next].atMs <= ms; ++next)
            entries.append(graphtest::traffic(words[next].from, words[next].to, words[next].priority));
        if (!entries.isEmpty())
            model.addTraffic(entries);
        Q_EMIT frames.frame(clock.monotonicNs());
        view.finishRaster();
    }
    if (options.hover) {
        const QPointF at = view.peerPosition(u"backend-lead"_s);
        QMouseEvent move(QEvent::MouseMove, at, view.mapToGlobal(at), Qt::NoButton, Qt::NoButton, Qt::NoModifier);
        QCoreApplication::sendEvent(&view, &move);
    }
    view.finishRaster();
    const QPixmap picture = view.grab();
    if (!picture.save(options.file)) {
        QTextStream(stderr) << "cannot write " << options.file << '\n';
        return 1;
    }
    return 0;
}
