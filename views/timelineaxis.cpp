// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/timelineaxis.h"

#include <QtCore/QDateTime>
#include <QtCore/QLocale>

#include <algorithm>
#include <array>
#include <cmath>

namespace mesh::views {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 kSecond = 1'000;
constexpr qint64 kMinute = 60 * kSecond;
constexpr qint64 kHour = 60 * kMinute;
constexpr qint64 kDay = 24 * kHour;

constexpr std::array<qint64, 25> kSteps{100,         200,          500,          kSecond,      2 * kSecond,
                                        5 * kSecond, 10 * kSecond, 15 * kSecond, 30 * kSecond, kMinute,
                                        2 * kMinute, 5 * kMinute,  10 * kMinute, 15 * kMinute, 30 * kMinute,
                                        kHour,       2 * kHour,    3 * kHour,    6 * kHour,    12 * kHour,
                                        kDay,        2 * kDay,     7 * kDay,     14 * kDay,    28 * kDay};

QString markText(qint64 atMs, qint64 offsetMs, qint64 stepMs)
{
    const QDateTime local = QDateTime::fromMSecsSinceEpoch(atMs + offsetMs, Qt::UTC);
    const bool dayBegins = (atMs + offsetMs) % kDay == 0;
    if (dayBegins)
        return QLocale().toString(local.date(), u"d MMM"_s);
    if (stepMs < kSecond)
        return local.toString(u"HH:mm:ss.zzz"_s).chopped(2);
    return local.toString(stepMs < kMinute ? u"HH:mm:ss"_s : u"HH:mm"_s);
}

} // namespace

double TimelineAxis::msPerPixel() const
{
    return double(spanMs) / std::max(1.0, width);
}

double TimelineAxis::xOf(qint64 timeMs) const
{
    return double(timeMs - startMs) / msPerPixel();
}

qint64 TimelineAxis::timeAt(double x) const
{
    return startMs + qint64(std::llround(x * msPerPixel()));
}

void TimelineAxis::zoomAt(double x, double factor)
{
    if (!(factor > 0) || !std::isfinite(factor))
        return;
    const qint64 fixedMs = timeAt(x);
    spanMs = std::clamp(qint64(std::llround(std::clamp(double(spanMs) / factor, 1.0, double(MaxSpanMs)))), MinSpanMs,
                        MaxSpanMs);
    startMs = fixedMs - qint64(std::llround(x * msPerPixel()));
}

void TimelineAxis::pan(double dx)
{
    startMs -= qint64(std::llround(dx * msPerPixel()));
}

qint64 TimelineAxis::markStepMs(double minPixels) const
{
    const double wanted = minPixels * msPerPixel();
    for (const qint64 step : kSteps) {
        if (double(step) >= wanted)
            return step;
    }
    return kSteps.back() * qint64(std::ceil(wanted / double(kSteps.back())));
}

QList<TimeMark> TimelineAxis::marks(double minPixels) const
{
    const qint64 step = markStepMs(minPixels);
    // Multiples are counted in local time, so that hours and days begin where people see them begin. One offset serves
    // the whole view: across a change of daylight saving the far side is off by an hour rather than the labels uneven.
    const qint64 offsetMs = qint64(QDateTime::fromMSecsSinceEpoch(endMs()).offsetFromUtc()) * kSecond;
    qint64 first = (startMs + offsetMs) / step * step;
    if (first > startMs + offsetMs)
        first -= step;
    QList<TimeMark> result;
    for (qint64 local = first; local - offsetMs <= endMs(); local += step) {
        const qint64 atMs = local - offsetMs;
        result.append({atMs, xOf(atMs), markText(atMs, offsetMs, step)});
    }
    return result;
}

} // namespace mesh::views
