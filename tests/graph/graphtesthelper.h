// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGui/QFontDatabase>

#include "graph/graphstyle.h"
#include "models/protocol/clock.h"
#include "models/store/records.h"

//! Colours, a clock and peers for tests and benchmarks of the graph.
namespace graphtest {

using namespace Qt::StringLiterals;

//! The tokens of the theme, dark or light.
inline mesh::graph::GraphStyle style(bool light = false)
{
    mesh::graph::GraphStyle s;
    s.background = QColor(light ? 0xf6f5f2 : 0x16181c);
    s.panel = QColor(light ? 0xffffff : 0x1c1f24);
    s.raised = QColor(light ? 0xf0eeea : 0x23272e);
    s.line = QColor(light ? 0xdfdcd5 : 0x2e333b);
    s.text1 = QColor(light ? 0x23252a : 0xe8e6e1);
    s.text2 = QColor(light ? 0x5d626b : 0xa9adb5);
    s.text3 = QColor(light ? 0x8b8f96 : 0x71767f);
    s.accent = QColor(light ? 0xb8552f : 0xd97757);
    s.idle = QColor(light ? 0x2c8a60 : 0x4fb286);
    s.working = QColor(light ? 0xb3741a : 0xe0a14f);
    s.dnd = QColor(light ? 0xa8446a : 0xc46686);
    s.offline = QColor(light ? 0xa8a59e : 0x5b6069);
    s.now = QColor(light ? 0xcc3a36 : 0xf0605d);
    s.next = QColor(light ? 0x3f74a8 : 0x8fb4d8);
    s.low = QColor(light ? 0x4c8069 : 0x6f9f8a);
    s.font = QFont(u"Inter"_s);
    s.font.setPixelSize(12);
    return s;
}

//! A clock that stands still until it is told otherwise.
class ManualClock final : public mesh::protocol::Clock
{
public:
    qint64 nowMs() const override { return m_ms; }
    qint64 monotonicNs() const override { return m_ms * 1'000'000; }
    void advance(qint64 ms) { m_ms += ms; }

private:
    qint64 m_ms = 1'700'000'000'000;
};

inline mesh::store::Peer peer(const QString &key, const QString &name, const QStringList &groups = {},
                              mesh::store::PeerStatus status = mesh::store::PeerStatus::Idle)
{
    mesh::store::Peer p;
    p.key = key;
    p.memberKey = u"m-"_s + key;
    p.name = name;
    p.status = status;
    p.presence = mesh::store::Presence::Live;
    for (const QString &group : groups)
        p.groups.append({group, std::nullopt});
    return p;
}

inline mesh::store::TrafficEntry traffic(const QString &from, const QString &to,
                                         mesh::store::Priority priority = mesh::store::Priority::Next)
{
    mesh::store::TrafficEntry entry;
    entry.senderKey = from;
    entry.targetSpec = to;
    entry.priority = priority;
    return entry;
}

} // namespace graphtest
