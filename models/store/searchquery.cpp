// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/searchquery.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QDateTime>

#include <array>

#include "models/store/searchwords.h"

using namespace Qt::StringLiterals;

namespace mesh::store {

namespace {

//! A query is typed by hand; more is a paste by mistake.
constexpr qsizetype kMaxTyped = 2'000;
constexpr qsizetype kMaxTerms = 32;

QString searchTr(const char *text)
{
    return QCoreApplication::translate("SearchQuery", text);
}

std::optional<qint64> momentOf(QStringView word, qint64 nowMs)
{
    const QDateTime now = QDateTime::fromMSecsSinceEpoch(nowMs);
    if (word.compare("today"_L1, Qt::CaseInsensitive) == 0)
        return now.date().startOfDay().toMSecsSinceEpoch();
    if (word.compare("yesterday"_L1, Qt::CaseInsensitive) == 0)
        return now.date().addDays(-1).startOfDay().toMSecsSinceEpoch();
    if (word.size() >= 2 && word.size() <= 6) {
        bool number = false;
        const int count = word.chopped(1).toInt(&number);
        if (number && count >= 0) {
            switch (word.back().toLower().unicode()) {
            case u'h':
                return nowMs - count * 3'600'000LL;
            case u'd':
                return nowMs - count * 86'400'000LL;
            case u'w':
                return nowMs - count * 7 * 86'400'000LL;
            default:
                break;
            }
        }
    }
    for (const QLatin1StringView format : {"yyyy-M-d"_L1, "yyyy-M"_L1, "yyyy"_L1}) {
        const QDate date = QDate::fromString(word.toString(), QString(format));
        if (date.isValid() && date.year() >= 1970)
            return date.startOfDay().toMSecsSinceEpoch();
    }
    return std::nullopt;
}

class QueryReader final
{
public:
    QueryReader(QStringView typed, qint64 nowMs)
        : m_typed(typed)
        , m_nowMs(nowMs)
    {
    }

    SearchQuery read()
    {
        if (m_typed.size() > kMaxTyped) {
            problem(kMaxTyped, m_typed.size() - kMaxTyped, searchTr("The search is too long; the rest is left out."));
            m_typed = m_typed.first(kMaxTyped);
        }
        while (m_at < m_typed.size()) {
            if (m_typed[m_at].isSpace())
                ++m_at;
            else
                readPart();
        }
        return m_query;
    }

private:
    struct Value
    {
        QString text;
        qsizetype at = 0;
        qsizetype end = 0;
        bool quoted = false;
        bool closed = true;
    };

    void problem(qsizetype at, qsizetype length, const QString &text, bool unfinished = false)
    {
        m_query.problems.append({at, length, text, unfinished});
    }

    Value readValue()
    {
        Value value;
        value.at = m_at;
        if (m_at < m_typed.size() && m_typed[m_at] == u'"') {
            value.quoted = true;
            const qsizetype close = m_typed.indexOf(u'"', m_at + 1);
            value.closed = close >= 0;
            const qsizetype end = close >= 0 ? close : m_typed.size();
            value.text = m_typed.sliced(m_at + 1, end - m_at - 1).toString();
            m_at = std::min(m_typed.size(), end + 1);
        } else {
            while (m_at < m_typed.size() && !m_typed[m_at].isSpace())
                ++m_at;
            value.text = m_typed.sliced(value.at, m_at - value.at).toString();
        }
        value.end = m_at;
        return value;
    }

    void readPart()
    {
        const qsizetype begin = m_at;
        const bool minus = m_typed[m_at] == u'-' && m_at + 1 < m_typed.size() && !m_typed[m_at + 1].isSpace();
        if (!minus) {
            for (const QLatin1StringView name :
                 {"from:"_L1, "in:"_L1, "before:"_L1, "after:"_L1, "has:"_L1, "is:"_L1}) {
                if (m_typed.sliced(m_at).startsWith(name, Qt::CaseInsensitive)) {
                    m_at += name.size();
                    filter(name, begin);
                    return;
                }
            }
        }
        if (minus)
            ++m_at;
        const Value value = readValue();
        SearchTerm term;
        forEachWord(value.text, [&](const SearchWord &word) { term.words.append(word.normalised.toString()); });
        term.exact = value.quoted && value.closed;
        term.excluded = minus;
        if (!value.closed)
            problem(value.at, value.end - value.at, searchTr("The quotation has no end yet."), true);
        if (term.words.isEmpty())
            return; // punctuation alone
        if (m_query.terms.size() >= kMaxTerms) {
            problem(begin, value.end - begin, searchTr("Too many words; this one is left out."));
            return;
        }
        m_query.terms.append(term);
    }

    void filter(QLatin1StringView name, qsizetype begin)
    {
        const Value value = readValue();
        const qsizetype length = value.end - begin;
        if (value.text.trimmed().isEmpty()) {
            problem(begin, length, searchTr("Something has to follow the colon."), value.end == m_typed.size());
            return;
        }
        // A value at the end of the line may be half a word.
        const bool unfinished = value.end == m_typed.size();
        if (name == "from:"_L1) {
            m_query.from.append({value.text.trimmed(), begin, length});
        } else if (name == "in:"_L1) {
            m_query.in.append({value.text.trimmed(), begin, length});
        } else if (name == "has:"_L1) {
            if (value.text.compare("code"_L1, Qt::CaseInsensitive) == 0)
                m_query.hasCode = true;
            else if (value.text.compare("link"_L1, Qt::CaseInsensitive) == 0)
                m_query.hasLink = true;
            else
                problem(value.at, value.end - value.at, searchTr("Only has:code and has:link can be asked for."),
                        unfinished && startsOneOf(value.text, {"code"_L1, "link"_L1}));
        } else if (name == "is:"_L1) {
            if (value.text.compare("unread"_L1, Qt::CaseInsensitive) == 0)
                m_query.unread = true;
            else
                problem(value.at, value.end - value.at, searchTr("Only is:unread can be asked for."),
                        unfinished && startsOneOf(value.text, {"unread"_L1}));
        } else if (const std::optional<qint64> moment = momentOf(value.text, m_nowMs)) {
            std::optional<qint64> &bound = name == "before:"_L1 ? m_query.beforeMs : m_query.afterMs;
            bound = *moment;
        } else {
            problem(value.at, value.end - value.at,
                    searchTr("This is no date: write 2026-04-08, 2026-04, today, yesterday, or 3d for three days ago."),
                    unfinished);
        }
    }

    static bool startsOneOf(const QString &text, std::initializer_list<QLatin1StringView> words)
    {
        return std::any_of(words.begin(), words.end(),
                           [&](QLatin1StringView word) { return word.startsWith(text, Qt::CaseInsensitive); });
    }

    QStringView m_typed;
    const qint64 m_nowMs;
    qsizetype m_at = 0;
    SearchQuery m_query;
};

} // namespace

bool SearchQuery::isEmpty() const
{
    return terms.isEmpty() && from.isEmpty() && in.isEmpty() && !beforeMs && !afterMs && !hasCode && !hasLink
        && !unread;
}

SearchQuery parseSearch(QStringView typed, qint64 nowMs)
{
    return QueryReader(typed, nowMs).read();
}

} // namespace mesh::store
