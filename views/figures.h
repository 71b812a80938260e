// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QCoreApplication>
#include <QtCore/QJsonValue>
#include <QtCore/QString>

#include <optional>

namespace mesh::views {

//! Figures and times as people read them. Everything is plain text.
class Figures final
{
    Q_DECLARE_TR_FUNCTIONS(mesh::views::Figures)
public:
    //! 950, "12.4k", "3.1M".
    static QString compact(double value);
    //! With the locale's digit groups.
    static QString whole(qint64 value);
    //! "now", "42 s", "3 min", "2 h 5 min", "4 days".
    static QString duration(qint64 ms);
    //! "just now", "3 min ago", or the date when it is longer than a week ago; empty for 0.
    static QString ago(qint64 atMs, qint64 nowMs);
    //! "14:24:10", local.
    static QString clockTime(qint64 atMs);
    //! "12 KB".
    static QString bytes(qint64 bytes);
    //! Milliseconds with as many digits as matter: "3 ms", "0.4 ms".
    static QString milliseconds(double ms);
    //! A JSON value on one line, strings without quotes, cut to \a maxChars with an ellipsis.
    static QString json(const QJsonValue &value, int maxChars = 80);
    //! One safe line, cut to \a maxChars; see items::oneLine().
    static QString line(const QString &text, int maxChars = 200);
    //! \a text as a tool tip that is never read as markup.
    static QString toolTip(const QString &text);
    //! ISO 8601 text of the wire as ms since the epoch; 0 when it is not one.
    static qint64 fromIso(const QString &text);
    //! A key in groups of four, for reading out.
    static QString grouped(const QString &key);
    //! "not reported".
    static QString notReported();
};

} // namespace mesh::views
