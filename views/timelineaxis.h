// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QList>
#include <QtCore/QString>

namespace mesh::views {

//! One label of the time axis.
struct TimeMark
{
    qint64 atMs = 0;
    double x = 0;
    QString text; //!< local time: hours and minutes, with seconds where marks are closer than a minute, the day where a
                  //!< day begins

    friend bool operator==(const TimeMark &, const TimeMark &) = default;
};

//! Time to pixels and back, as a plain value with no window. Times are ms since the epoch; x counts from the left edge
//! of the plot in device-independent pixels.
struct TimelineAxis
{
    static constexpr qint64 MinSpanMs = 2'000;
    static constexpr qint64 MaxSpanMs = 366LL * 24 * 3'600'000;

    qint64 startMs = 0;
    qint64 spanMs = 10 * 60'000;
    double width = 1;

    qint64 endMs() const { return startMs + spanMs; }
    double xOf(qint64 timeMs) const;
    qint64 timeAt(double x) const;
    double msPerPixel() const;

    //! Zooms by \a factor (over 1: closer) and keeps the time under \a x where it is, within the span limits.
    void zoomAt(double x, double factor);
    //! Moves the view by pixels; positive looks further into the past, as a dragged sheet does.
    void pan(double dx);
    //! Puts \a timeMs at the right edge.
    void endAt(qint64 timeMs) { startMs = timeMs - spanMs; }

    //! Distance of marks: a round step of the clock such that marks are at least \a minPixels apart. It depends on the
    //! zoom only, so panning never changes which times are marked and labels do not jitter.
    qint64 markStepMs(double minPixels) const;
    //! Marks in view, and one before it, at multiples of the step in local time.
    QList<TimeMark> marks(double minPixels) const;

    friend bool operator==(const TimelineAxis &, const TimelineAxis &) = default;
};

} // namespace mesh::views
