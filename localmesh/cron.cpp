// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/cron.h"

#include <QtCore/QDateTime>
#include <QtCore/QStringList>

namespace mesh::local {

namespace {

constexpr int HorizonYears = 100; //!< the 29th of February on a given weekday can be 40 years away
constexpr qint64 MinuteMs = 60'000;
constexpr qint64 DayMs = 24 * 60 * MinuteMs;

//! One or two digits within the bounds; -1 when it is anything else.
int cronNumber(QStringView text, int lowest, int highest)
{
    if (text.isEmpty() || text.size() > 2)
        return -1;
    int value = 0;
    for (const QChar c : text) {
        if (c < u'0' || c > u'9')
            return -1;
        value = value * 10 + (c.unicode() - u'0');
    }
    return value >= lowest && value <= highest ? value : -1;
}

//! Sets what one field names; false when it makes no sense.
template <size_t Size>
bool parseField(QStringView text, int lowest, int highest, std::bitset<Size> &out)
{
    for (const QStringView part : text.split(u',')) {
        const qsizetype slash = part.indexOf(u'/');
        const QStringView range = slash < 0 ? part : part.first(slash);
        const int step = slash < 0 ? 1 : cronNumber(part.sliced(slash + 1), 1, 99);
        if (step < 0)
            return false;
        int from = lowest;
        int to = highest;
        if (range != u"*") {
            const qsizetype dash = range.indexOf(u'-');
            from = cronNumber(dash < 0 ? range : range.first(dash), lowest, highest);
            if (dash >= 0)
                to = cronNumber(range.sliced(dash + 1), lowest, highest);
            else if (slash < 0)
                to = from;
            if (from < 0 || to < from)
                return false;
        }
        for (int value = from; value <= to; value += step)
            out.set(size_t(value));
    }
    return true;
}

} // namespace

std::optional<CronRule> CronRule::parse(const QString &text)
{
    const QStringList fields = text.simplified().split(u' ');
    CronRule rule;
    if (fields.size() != 5 || !parseField(fields.at(0), 0, 59, rule.m_minutes)
        || !parseField(fields.at(1), 0, 23, rule.m_hours) || !parseField(fields.at(2), 1, 31, rule.m_days)
        || !parseField(fields.at(3), 1, 12, rule.m_months) || !parseField(fields.at(4), 0, 7, rule.m_weekdays))
        return std::nullopt;
    if (rule.m_weekdays.test(7))
        rule.m_weekdays.set(0);
    return rule;
}

std::optional<qint64> CronRule::next(qint64 afterMs, const QTimeZone &zone) const
{
    QDate day = QDateTime::fromMSecsSinceEpoch(afterMs, zone).date();
    const QDate last = day.addYears(HorizonYears);
    while (day <= last) {
        if (!m_months.test(size_t(day.month()))) {
            day = QDate(day.year(), day.month(), 1).addMonths(1);
            continue;
        }
        if (m_days.test(size_t(day.day())) && m_weekdays.test(size_t(day.dayOfWeek() % 7))) {
            if (const auto found = firstOn(day, afterMs, zone))
                return found;
        }
        day = day.addDays(1);
    }
    return std::nullopt;
}

std::optional<qint64> CronRule::firstOn(QDate day, qint64 afterMs, const QTimeZone &zone) const
{
    const qint64 startMs = day.startOfDay(zone).toMSecsSinceEpoch();
    const qint64 endMs = day.addDays(1).startOfDay(zone).toMSecsSinceEpoch();
    if (endMs <= afterMs)
        return std::nullopt;
    if (endMs - startMs != DayMs)
        return firstOnChangingDay(startMs, endMs, afterMs, zone);
    for (size_t hour = 0; hour < m_hours.size(); ++hour) {
        for (size_t minute = 0; m_hours.test(hour) && minute < m_minutes.size(); ++minute) {
            const qint64 atMs = startMs + qint64(hour * 60 + minute) * MinuteMs;
            if (m_minutes.test(minute) && atMs > afterMs)
                return atMs;
        }
    }
    return std::nullopt;
}

std::optional<qint64> CronRule::firstOnChangingDay(qint64 startMs, qint64 endMs, qint64 afterMs,
                                                   const QTimeZone &zone) const
{
    const auto matches = [this](int minuteOfDay) {
        return m_hours.test(size_t(minuteOfDay / 60)) && m_minutes.test(size_t(minuteOfDay % 60));
    };
    const bool everyHour = m_hours.all();
    int reached = -1; // the latest minute that the clocks have shown today
    for (qint64 atMs = startMs; atMs < endMs; atMs += MinuteMs) {
        const QTime shown = QDateTime::fromMSecsSinceEpoch(atMs, zone).time();
        const int minuteOfDay = shown.hour() * 60 + shown.minute();
        bool due = matches(minuteOfDay) && (everyHour || minuteOfDay > reached);
        for (int skipped = reached + 1; !everyHour && skipped < minuteOfDay; ++skipped)
            due = due || matches(skipped);
        reached = qMax(reached, minuteOfDay);
        if (due && atMs > afterMs)
            return atMs;
    }
    return std::nullopt;
}

} // namespace mesh::local
