// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/store/changeset.h"
#include "models/store/changetrack.h"
#include "models/store/timeline.h"

namespace mesh::store {

//! What every part of the store needs while a batch is folded.
struct FoldContext
{
    const StoreLimits &limits;
    StoreCounters &counters;
    ChangeSet &changes;
    Timeline &timeline;

    void addRow(TimelineEntry entry);
    void removeRow(TimelineEntry entry);
    //! Replaces rows by others; rows in both stay.
    void replaceRows(const QList<TimelineEntry> &before, const QList<TimelineEntry> &after);
    //! Adds a point to a track and brings the timeline's rows for it in line. \a rows makes the rows of a whole track.
    //! \return whether the course of the value is another one now.
    template <class V, class Rows>
    bool follow(ChangeTrack<V> &track, typename ChangeTrack<V>::Point point, qsizetype limit, qint64 &dropped,
                Rows rows)
    {
        using Effect = typename ChangeTrack<V>::Effect;
        const bool late = !track.isEmpty() && point.atMs <= track.points().last().atMs;
        const QList<TimelineEntry> before = late ? rows(track) : QList<TimelineEntry>();
        const qint64 droppedBefore = dropped;
        const Effect effect = track.add(std::move(point), limit, dropped);
        if (effect == Effect::Appended) {
            // Only what is new; rows of points that the bound took away stay in the timeline.
            if (const QList<TimelineEntry> after = rows(track);
                !after.isEmpty() && after.last().atMs == track.points().last().atMs)
                addRow(after.last());
        } else if (effect == Effect::Changed && dropped == droppedBefore) {
            replaceRows(before, rows(track));
        }
        return effect != Effect::None;
    }
    //! A value cut for the timeline.
    QString cut(const QString &text) const;
    QString cut(const QJsonValue &value) const;

private:
    void trim(TimelineEntry &entry) const;
};

//! Compact JSON of any value, scalars included.
QString compactJson(const QJsonValue &value);

} // namespace mesh::store
