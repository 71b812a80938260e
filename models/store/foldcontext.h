// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>

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
    //! Adds a point to a track and brings the timeline's rows for it in line. \a rowOf makes the row of a change from
    //! the value before (nullptr for the first) to this one, or none. \return whether the course of the value is
    //! another one now.
    template <class V, class RowOf>
    bool follow(ChangeTrack<V> &track, typename ChangeTrack<V>::Point point, qsizetype limit, qint64 &dropped,
                const RowOf &rowOf)
    {
        using Effect = typename ChangeTrack<V>::Effect;
        const bool late = !track.isEmpty() && point.atMs <= track.points().last().atMs;
        const QList<TimelineEntry> before = late ? rowsOf(track, rowOf) : QList<TimelineEntry>();
        const qint64 droppedBefore = dropped;
        const Effect effect = track.add(std::move(point), limit, dropped);
        const auto &points = track.points();
        if (effect == Effect::Appended) {
            // Only what is new; rows of points that the bound took away stay in the timeline.
            const auto *former = points.size() > 1 ? &points.at(points.size() - 2) : nullptr;
            if (std::optional<TimelineEntry> row = rowOf(former, points.last()))
                addRow(*std::move(row));
        } else if (effect == Effect::Changed && dropped == droppedBefore) {
            replaceRows(before, rowsOf(track, rowOf));
        }
        return effect != Effect::None;
    }
    //! A value cut for the timeline.
    QString cut(const QString &text) const;
    QString cut(const QJsonValue &value) const;

private:
    template <class V, class RowOf>
    static QList<TimelineEntry> rowsOf(const ChangeTrack<V> &track, const RowOf &rowOf)
    {
        QList<TimelineEntry> out;
        const auto changes = track.changes();
        for (qsizetype i = 0; i < changes.size(); ++i) {
            if (std::optional<TimelineEntry> row = rowOf(i > 0 ? &changes.at(i - 1) : nullptr, changes.at(i)))
                out.append(*std::move(row));
        }
        return out;
    }
    void trim(TimelineEntry &entry) const;
};

//! Compact JSON of any value, scalars included.
QString compactJson(const QJsonValue &value);

} // namespace mesh::store
