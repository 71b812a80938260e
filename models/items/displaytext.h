// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QString>
#include <QtCore/QStringView>

//! Words for the screen made from what others sent. Nothing that comes from the wire reaches a view without passing
//! here: direction overrides, invisible characters and line breaks can make a name look like another one, or a list
//! fall apart.
namespace mesh::items {

//! Characters of a name that one may give oneself, at most.
inline constexpr int kMaxDisplayName = 64;
//! The share of its context window from which a peer is marked.
inline constexpr double kContextAlarm = 0.8;

//! For labels of one line: control, invisible and direction characters are dropped, line breaks and tabs become spaces,
//! runs of spaces one, piles of combining marks are cut to three. Longer than \a maxChars (UTF-16 units): cut at a
//! character's edge and ended with an ellipsis.
[[nodiscard]] QString oneLine(QStringView text, int maxChars = 160);

//! For message bodies: keeps line breaks (as \n) and tabs; drops control characters and explicit direction embeddings,
//! overrides and isolates. Everything else stays, markup included: it is text.
[[nodiscard]] QString safeText(QStringView text);

//! A peer's name for display, at most 48 units; the first 8 characters of \a key if nothing visible is left.
[[nodiscard]] QString displayName(QStringView name, QStringView key = {});

//! Up to two letters for an avatar, in capitals: "sales-rep-1" is "SA". "?" if there is no letter or digit.
[[nodiscard]] QString initials(QStringView name);

//! One colour per peer would be louder than the drawings; the same name always gives the same number in [0, n).
[[nodiscard]] int stableIndex(QStringView text, int n);

// Times are milliseconds since the epoch (UTC) and are shown in local time. 0 or less gives an empty text.

//! For lists: "now" under a minute, "2 m" under an hour, "09:12" today, "Mon" this week, else "8 Apr" or "8 Apr 2025".
//! A time in the future (another clock) shows as the exact time of day, never as "now".
[[nodiscard]] QString relativeTime(qint64 atMs, qint64 nowMs);
//! "14:05".
[[nodiscard]] QString timeOfDay(qint64 atMs);
//! "Today", "Yesterday", "Wednesday, 8 April", with the year if it is another one.
[[nodiscard]] QString dayLabel(qint64 atMs, qint64 nowMs);
//! Date and time to the second, for tool tips.
[[nodiscard]] QString exactTime(qint64 atMs);
//! Number of the local day, for separators.
[[nodiscard]] qint64 localDay(qint64 atMs);

//! "0:42", "12:05", "1:02:03".
[[nodiscard]] QString duration(qint64 ms);

//! "48 %"; \a max <= 0 gives an empty text.
[[nodiscard]] QString percent(double used, double max);

} // namespace mesh::items
