// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/displaytext.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QDateTime>
#include <QtCore/QLocale>
#include <QtCore/QTextBoundaryFinder>

#include <algorithm>
#include <cmath>

namespace mesh::items {

using namespace Qt::StringLiterals;

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(DisplayText)
};

constexpr int kMaxMarks = 3;

//! Embeddings, overrides, isolates and their ends: they reach over the rest of the line.
bool isDirectionControl(char32_t c)
{
    return (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

bool isControl(char32_t c)
{
    return c < 0x20 || (c >= 0x7F && c < 0xA0);
}

//! Takes no room or shows as nothing, and so can make two names look alike.
bool isInvisible(char32_t c)
{
    switch (c) {
    case 0x00AD: // soft hyphen
    case 0x034F: // grapheme joiner
    case 0x061C: // Arabic letter mark
    case 0x115F: // Hangul fillers
    case 0x1160:
    case 0x3164:
    case 0xFFA0:
    case 0x17B4:
    case 0x17B5:
    case 0x180E:
    case 0x2800: // blank Braille pattern
    case 0xFEFF:
        return true;
    default:
        break;
    }
    return (c >= 0x200B && c <= 0x200F) || (c >= 0x2060 && c <= 0x206F) || (c >= 0xFFF0 && c <= 0xFFFB)
        || (c >= 0xE0000 && c <= 0xE0FFF) || (c >= 0x1D173 && c <= 0x1D17A);
}

bool isMark(char32_t c)
{
    const QChar::Category category = QChar::category(c);
    return category == QChar::Mark_NonSpacing || category == QChar::Mark_Enclosing;
}

bool isPictograph(char32_t c)
{
    return c >= 0x1F000 || (c >= 0x2190 && c <= 0x2BFF) || c == 0xFE0F;
}

bool isSpace(char32_t c)
{
    return c == 0x0A || c == 0x0D || c == 0x09 || c == 0x85 || QChar::isSpace(c);
}

//! Calls \a f(code point) for each; a lone surrogate becomes U+FFFD.
template <class F>
void forEachCodePoint(QStringView text, F f)
{
    for (qsizetype i = 0; i < text.size(); ++i) {
        const QChar c = text[i];
        if (c.isHighSurrogate() && i + 1 < text.size() && text[i + 1].isLowSurrogate()) {
            f(QChar::surrogateToUcs4(c, text[i + 1]));
            ++i;
        } else {
            f(c.isSurrogate() ? char32_t(0xFFFD) : char32_t(c.unicode()));
        }
    }
}

void append(QString &out, char32_t c)
{
    if (QChar::requiresSurrogates(c)) {
        out += QChar(QChar::highSurrogate(c));
        out += QChar(QChar::lowSurrogate(c));
    } else {
        out += QChar(char16_t(c));
    }
}

QString cut(const QString &text, int maxChars)
{
    if (text.size() <= maxChars)
        return text;
    if (maxChars <= 1)
        return u"…"_s.left(std::max(0, maxChars));
    QTextBoundaryFinder finder(QTextBoundaryFinder::Grapheme, text);
    finder.setPosition(maxChars - 1);
    qsizetype end = finder.isAtBoundary() ? maxChars - 1 : finder.toPreviousBoundary();
    if (end <= 0)
        end = text[maxChars - 2].isHighSurrogate() ? maxChars - 2 : maxChars - 1;
    return text.left(end).trimmed() + u'…';
}

} // namespace

QString oneLine(QStringView text, int maxChars)
{
    QString out;
    out.reserve(std::min<qsizetype>(text.size(), maxChars + 8));
    bool pendingSpace = false;
    bool afterPictograph = false;
    bool pendingJoiner = false;
    int marks = 0;
    // A long hostile text is not walked to its end for a line that shows its beginning.
    forEachCodePoint(text.left(qsizetype(maxChars) * 8 + 64), [&](char32_t c) {
        if (isSpace(c)) {
            pendingSpace = !out.isEmpty();
            pendingJoiner = afterPictograph = false;
            return;
        }
        if (c == 0x200D) { // joins emoji; elsewhere it is only invisible
            pendingJoiner = afterPictograph;
            return;
        }
        if (isControl(c) || isDirectionControl(c) || isInvisible(c))
            return;
        if (isMark(c) && c != 0xFE0F) {
            if (++marks > kMaxMarks || (out.isEmpty() && !pendingSpace))
                return;
        } else {
            marks = 0;
        }
        if (pendingSpace) {
            out += u' ';
            pendingSpace = false;
        }
        if (pendingJoiner && isPictograph(c))
            out += QChar(u'\u200D');
        pendingJoiner = false;
        append(out, c);
        afterPictograph = isPictograph(c);
    });
    return cut(out, maxChars);
}

QString safeText(QStringView text)
{
    QString out;
    out.reserve(text.size());
    bool afterReturn = false;
    int marks = 0;
    forEachCodePoint(text, [&](char32_t c) {
        if (c == 0x0A && afterReturn) {
            afterReturn = false;
            return;
        }
        afterReturn = c == 0x0D;
        if (c == 0x0A || c == 0x0D || c == 0x85 || c == 0x2028 || c == 0x2029) {
            out += u'\n';
            marks = 0;
            return;
        }
        if (c == 0x09) {
            out += u'\t';
            return;
        }
        if (isControl(c) || isDirectionControl(c) || c == 0xFEFF || (c >= 0xE0000 && c <= 0xE0FFF))
            return;
        if (isMark(c)) {
            if (++marks > kMaxMarks)
                return;
        } else {
            marks = 0;
        }
        append(out, c);
    });
    return out;
}

QString displayName(QStringView name, QStringView key)
{
    QString shown = oneLine(name, 48);
    if (shown.isEmpty())
        shown = oneLine(key, 8 + 1).left(8);
    return shown.isEmpty() ? Words::tr("Unknown") : shown;
}

QString initials(QStringView name)
{
    const QString line = oneLine(name, 48);
    QString out;
    QTextBoundaryFinder finder(QTextBoundaryFinder::Grapheme, line);
    qsizetype start = 0;
    int letters = 0;
    while (letters < 2) {
        const qsizetype end = finder.toNextBoundary();
        if (end < 0)
            break;
        const QStringView grapheme = QStringView(line).mid(start, end - start);
        start = end;
        const char32_t c = grapheme[0].isHighSurrogate() && grapheme.size() > 1
            ? QChar::surrogateToUcs4(grapheme[0], grapheme[1])
            : grapheme[0].unicode();
        if (QChar::isLetterOrNumber(c)) {
            out += grapheme.left(4).toString().toUpper();
            ++letters;
        } else if (letters > 0) {
            break; // "R2-D2" is R2, "a-team" is A: the first word only
        }
    }
    return out.isEmpty() ? u"?"_s : out;
}

int stableIndex(QStringView text, int n)
{
    quint32 hash = 2166136261u; // FNV-1a: the same in every run, unlike qHash
    for (const QChar c : text)
        hash = (hash ^ c.unicode()) * 16777619u;
    return n > 0 ? int(hash % quint32(n)) : 0;
}

QString timeOfDay(qint64 atMs)
{
    if (atMs <= 0)
        return {};
    return QDateTime::fromMSecsSinceEpoch(atMs).toString(u"HH:mm"_s);
}

QString relativeTime(qint64 atMs, qint64 nowMs)
{
    if (atMs <= 0)
        return {};
    const qint64 age = nowMs - atMs;
    if (age >= 0 && age < 60'000)
        return Words::tr("now", "time in a list: less than a minute ago");
    if (age >= 0 && age < 3'600'000)
        return Words::tr("%1 m", "time in a list: minutes ago").arg(age / 60'000);
    const QDateTime at = QDateTime::fromMSecsSinceEpoch(atMs);
    const QDate day = at.date();
    const QDate today = QDateTime::fromMSecsSinceEpoch(nowMs).date();
    if (day == today)
        return timeOfDay(atMs);
    if (day < today && day.daysTo(today) < 7)
        return QLocale().dayName(day.dayOfWeek(), QLocale::ShortFormat);
    return QLocale().toString(day, day.year() == today.year() ? u"d MMM"_s : u"d MMM yyyy"_s);
}

QString dayLabel(qint64 atMs, qint64 nowMs)
{
    if (atMs <= 0)
        return {};
    const QDate day = QDateTime::fromMSecsSinceEpoch(atMs).date();
    const QDate today = QDateTime::fromMSecsSinceEpoch(nowMs).date();
    if (day == today)
        return Words::tr("Today");
    if (day.addDays(1) == today)
        return Words::tr("Yesterday");
    return QLocale().toString(day, day.year() == today.year() ? u"dddd, d MMMM"_s : u"dddd, d MMMM yyyy"_s);
}

QString exactTime(qint64 atMs)
{
    if (atMs <= 0)
        return {};
    const QDateTime at = QDateTime::fromMSecsSinceEpoch(atMs);
    return QLocale().toString(at.date(), QLocale::LongFormat) + u' ' + at.toString(u"HH:mm:ss"_s);
}

qint64 localDay(qint64 atMs)
{
    return QDateTime::fromMSecsSinceEpoch(atMs).date().toJulianDay();
}

QString duration(qint64 ms)
{
    const qint64 s = std::max<qint64>(0, ms) / 1000;
    if (s < 3600)
        return u"%1:%2"_s.arg(s / 60).arg(s % 60, 2, 10, QChar(u'0'));
    return u"%1:%2:%3"_s.arg(s / 3600).arg(s / 60 % 60, 2, 10, QChar(u'0')).arg(s % 60, 2, 10, QChar(u'0'));
}

QString percent(double used, double max)
{
    if (!(max > 0) || !std::isfinite(used))
        return {};
    return Words::tr("%1 %").arg(int(std::lround(std::clamp(used / max, 0.0, 9.99) * 100)));
}

} // namespace mesh::items
