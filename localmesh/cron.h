// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QString>
#include <QtCore/QTimeZone>

#include <bitset>
#include <optional>

namespace mesh::local {

//! A cron rule of five fields: minute, hour, day of the month, month, weekday (0 is Sunday, and so is 7). Each is a
//! list of numbers, ranges `a-b` and `*`, with steps `/n`. Day of the month and weekday must both match (wire reference
//! 7.15), unlike in crontab files.
//!
//! Where clocks are put forward, a rule with fixed hours that falls into the missing hour is due right after it; where
//! they are put back, it is due once. Rules for every hour follow the time that really passes.
class CronRule final
{
public:
    //! Nothing when \a text is no rule.
    static std::optional<CronRule> parse(const QString &text);

    //! The first minute after \a afterMs that matches the clocks of \a zone (ms since the epoch); nothing when there is
    //! none within the next hundred years.
    std::optional<qint64> next(qint64 afterMs, const QTimeZone &zone) const;

private:
    CronRule() = default;
    std::optional<qint64> firstOn(QDate day, qint64 afterMs, const QTimeZone &zone) const;
    std::optional<qint64> firstOnChangingDay(qint64 startMs, qint64 endMs, qint64 afterMs, const QTimeZone &zone) const;

    std::bitset<60> m_minutes;
    std::bitset<24> m_hours;
    std::bitset<32> m_days;
    std::bitset<13> m_months;
    std::bitset<8> m_weekdays;
};

} // namespace mesh::local
