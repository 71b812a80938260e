// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/store/changetrack.h"
#include "models/store/foldcontext.h"

namespace mesh::store {

//! The simulation clock, from ticks (pushed) and reports (answers).
class ClockBook final
{
public:
    const ClockState &state() const { return m_state; }

    void ticked(const protocol::events::Ticked &event, qint64 atMs, FoldContext &context);
    void reported(const protocol::events::ClockReported &event, qint64 atMs, FoldContext &context);

    QJsonObject save() const;
    void load(const QJsonObject &object);

private:
    struct TickSeen
    {
        qint64 atMs = 0;
        qint64 atNs = 0;
        qint64 tick = 0;
        qint64 simTimeMs = 0;
        double speed = 1;

        template <class Self, class Visitor>
        static void describe(Self &self, Visitor &v)
        {
            v("atMs", self.atMs);
            v("tick", self.tick);
            v("simTimeMs", self.simTimeMs);
            v("speed", self.speed);
        }
    };

    void note(const QString &label, qint64 atMs, FoldContext &context);
    void measure();

    ClockState m_state;
    qint64 m_stateAtMs = -1; // of the telling m_state is from
    bool m_stateFromTick = false;
    QList<TickSeen> m_ticks;       // ascending by time
    ChangeTrack<QString> m_course; // "paused" or the speed
};

} // namespace mesh::store
