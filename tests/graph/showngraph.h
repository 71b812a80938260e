// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGui/QMouseEvent>
#include <QtTest/QTest>

#include "graph/frameclock.h"
#include "graph/graphview.h"
#include "models/items/focusstate.h"
#include "models/items/graphmodel.h"
#include "tests/graph/graphtesthelper.h"

namespace graphtest {

//! A shown view of a few peers in two groups, with hand-driven time.
struct ShownGraph
{
    ManualClock clock;
    mesh::graph::FrameClock frames{clock};
    mesh::items::GraphModel model{clock};
    mesh::items::FocusState focus;
    mesh::graph::GraphView view{frames};

    explicit ShownGraph(int peers = 6, QSize size = {640, 480})
    {
        for (int i = 0; i < peers; ++i)
            model.upsertPeer(peer(u"k%1"_s.arg(i), u"peer-%1"_s.arg(i), {i % 2 ? u"ops"_s : u"sales"_s}));
        model.setMeshName(u"Test mesh"_s);
        model.flush();
        view.setStyleTokens(style());
        view.setModel(&model);
        view.setFocusState(&focus);
        view.resize(size);
        view.show();
        QVERIFY(QTest::qWaitForWindowExposed(&view));
        settle();
    }

    void frame(qint64 ms)
    {
        clock.advance(ms);
        Q_EMIT frames.frame(clock.monotonicNs());
    }
    //! Lets everything come to rest that moves.
    void settle()
    {
        QCoreApplication::processEvents();
        frame(500);
        view.finishRaster();
        frame(100);
        view.finishRaster();
        frame(1);
    }
    QImage grab() { return view.grab().toImage().convertToFormat(QImage::Format_RGB32); }
    //! Where a peer is drawn.
    QPoint at(const QString &key) const { return view.peerPosition(key).toPoint(); }
    //! A move of the pointer as an event alone: the platform's pointer may be elsewhere.
    void pointAt(QPointF at)
    {
        QMouseEvent move(QEvent::MouseMove, at, view.mapToGlobal(at), Qt::NoButton, Qt::NoButton, Qt::NoModifier);
        QCoreApplication::sendEvent(&view, &move);
    }
};

inline int differentPixels(const QImage &a, const QImage &b, QRect part = {})
{
    if (part.isNull())
        part = a.rect();
    int count = 0;
    for (int y = std::max(0, part.top()); y <= std::min(a.height() - 1, part.bottom()); ++y) {
        for (int x = std::max(0, part.left()); x <= std::min(a.width() - 1, part.right()); ++x)
            count += a.pixel(x, y) != b.pixel(x, y) ? 1 : 0;
    }
    return count;
}

} // namespace graphtest
