// SPDX-License-Identifier: GPL-3.0-or-later
// How PeerFilter reads what people write.
#include "models/items/peerfilter.h"

#include <QtCore/QCoreApplication>

#include <cmath>

#include "models/items/displaytext.h"
#include "models/items/filterwords.h"

namespace mesh::items {

using namespace Qt::StringLiterals;

//! One pass over the text; the first thing that is wrong ends it.
class FilterParser final
{
    Q_DECLARE_TR_FUNCTIONS(mesh::items::PeerFilter)
public:
    explicit FilterParser(const QString &text)
        : m_text(text)
    {
    }

    PeerFilter::Parsed run()
    {
        PeerFilter::Parsed parsed;
        if (m_text.size() > PeerFilter::kMaxChars) {
            fail(PeerFilter::kMaxChars, m_text.size() - PeerFilter::kMaxChars,
                 tr("The filter is too long: at most %1 characters.").arg(PeerFilter::kMaxChars));
        }
        while (!m_error) {
            skipSpace();
            if (atEnd())
                break;
            if (m_terms.size() == PeerFilter::kMaxTerms) {
                fail(m_at, m_text.size() - m_at, tr("At most %1 conditions.").arg(PeerFilter::kMaxTerms));
                break;
            }
            readTerm();
        }
        parsed.error = m_error;
        if (!m_error)
            parsed.filter.m_terms = m_terms;
        return parsed;
    }

private:
    struct Value
    {
        QString text;
        qsizetype at = 0;
        qsizetype length = 0;
        bool quoted = false;
    };

    bool atEnd() const { return m_at >= m_text.size(); }
    QChar peek(qsizetype ahead = 0) const
    {
        return m_at + ahead < m_text.size() ? m_text.at(m_at + ahead) : QChar(u'\0');
    }
    void skipSpace()
    {
        while (!atEnd() && peek().isSpace())
            ++m_at;
    }
    void fail(qsizetype at, qsizetype length, const QString &sentence)
    {
        if (!m_error)
            m_error = FilterError{at, length, sentence};
    }

    void readTerm()
    {
        FilterTerm term;
        term.at = m_at;
        if (peek() == u'-' || peek() == u'!') {
            term.negated = true;
            ++m_at;
            if (atEnd() || peek().isSpace()) {
                fail(term.at, 1, tr("Nothing follows the minus sign. Write what to leave out, as in -group:test."));
                return;
            }
        }
        const qsizetype wordAt = m_at;
        qsizetype end = m_at;
        while (end < m_text.size() && m_text.at(end).isLetter())
            ++end;
        const QChar sign = end < m_text.size() ? m_text.at(end) : QChar(u'\0');
        if (end > wordAt && (sign == u':' || sign == u'>' || sign == u'<' || sign == u'=')) {
            const QString word = m_text.mid(wordAt, end - wordAt);
            const FilterWord *known = filterWord(word);
            if (!known) {
                fail(wordAt, end - wordAt,
                     tr("There is no field “%1”. Fields are %2. To find it in names, put it in quotes.")
                         .arg(oneLine(word, 24), fieldList()));
                return;
            }
            m_at = end;
            readField(term, *known, wordAt);
        } else {
            term.bare = true;
            readPatterns(term, wordAt);
        }
        term.length = m_at - term.at;
        if (!m_error)
            m_terms.append(term);
    }

    void readField(FilterTerm &term, const FilterWord &field, qsizetype wordAt)
    {
        term.field = field.field;
        const qsizetype signAt = m_at;
        term.compare = readCompare();
        const bool ordered = term.compare != FilterCompare::Has && term.compare != FilterCompare::Is;
        if (ordered && field.kind != FilterKind::Number) {
            fail(signAt, m_at - signAt,
                 tr("“%1” is no number and cannot be compared. Write it with a colon: %2.")
                     .arg(QLatin1StringView(field.word), QLatin1StringView(field.example)));
            return;
        }
        if (atEnd() || peek().isSpace() || peek() == u',') {
            fail(wordAt, m_at - wordAt,
                 tr("A value is missing. Write for instance %1.").arg(QLatin1StringView(field.example)));
            return;
        }
        if (field.kind == FilterKind::Number)
            readNumber(term, field);
        else if (field.kind == FilterKind::Word)
            readWords(term);
        else
            readPatterns(term, m_at);
    }

    FilterCompare readCompare()
    {
        const QChar sign = peek();
        ++m_at;
        if (sign == u':')
            return FilterCompare::Has;
        if (sign == u'=')
            return FilterCompare::Is;
        const bool orEqual = peek() == u'=';
        if (orEqual)
            ++m_at;
        if (sign == u'<')
            return orEqual ? FilterCompare::LessOrEqual : FilterCompare::Less;
        return orEqual ? FilterCompare::MoreOrEqual : FilterCompare::More;
    }

    //! A value up to a space or a comma, or in quotes.
    Value readValue()
    {
        Value value;
        value.at = m_at;
        if (peek() == u'"') {
            value.quoted = true;
            ++m_at;
            while (!atEnd() && peek() != u'"') {
                if (peek() == u'\\' && (peek(1) == u'"' || peek(1) == u'\\'))
                    ++m_at;
                value.text.append(peek());
                ++m_at;
            }
            if (atEnd()) {
                fail(value.at, m_text.size() - value.at, tr("The quotation mark is never closed. Add one at the end."));
                return value;
            }
            ++m_at;
            if (!atEnd() && !peek().isSpace() && peek() != u',') {
                fail(m_at, 1, tr("A space or a comma must follow the closing quotation mark."));
                return value;
            }
        } else {
            while (!atEnd() && !peek().isSpace() && peek() != u',') {
                if (peek() == u'"') {
                    fail(m_at, 1, tr("A quotation mark belongs at the beginning of a value."));
                    return value;
                }
                value.text.append(peek());
                ++m_at;
            }
        }
        value.length = m_at - value.at;
        return value;
    }

    //! Values with commas between them; calls \a take for each.
    template <class Take>
    void readValues(Take take)
    {
        for (;;) {
            const Value value = readValue();
            if (m_error)
                return;
            if (value.text.isEmpty() && !value.quoted) {
                const qsizetype at = std::min(value.at, m_text.size() - 1);
                fail(at, 1, tr("A value is missing beside the comma."));
                return;
            }
            take(value);
            if (m_error || peek() != u',')
                return;
            ++m_at;
        }
    }

    void readPatterns(FilterTerm &term, qsizetype at)
    {
        m_at = at;
        readValues([&](const Value &value) {
            QString pattern = value.text.toCaseFolded();
            // Groups are written with their sign everywhere else.
            if (term.field == FilterField::Group && pattern.startsWith(u'@'))
                pattern.remove(0, 1);
            term.patterns.append(pattern);
        });
    }

    void readWords(FilterTerm &term)
    {
        readValues([&](const Value &value) {
            const QString word = value.text.toLower();
            QString meant;
            if (term.field == FilterField::Type) {
                if (word == "bridge"_L1)
                    meant = u"connector"_s;
                else if (const auto kind = protocol::fromWord<protocol::PeerKind>(word))
                    meant = protocol::toWord(*kind);
            } else if (const auto status = protocol::fromWord<protocol::PeerStatus>(word)) {
                meant = protocol::toWord(*status);
            }
            if (meant.isEmpty()) {
                fail(value.at, value.length,
                     term.field == FilterField::Type
                         ? tr("There is no type “%1”. Types are ai, human and connector.").arg(oneLine(value.text, 24))
                         : tr("There is no status “%1”. It is idle, working, dnd or offline.")
                               .arg(oneLine(value.text, 24)));
                return;
            }
            term.patterns.append(meant);
        });
    }

    void readNumber(FilterTerm &term, const FilterWord &field)
    {
        const Value value = readValue();
        if (m_error)
            return;
        if (peek() == u',') {
            fail(m_at, 1, tr("Numbers have no alternatives. Write one number."));
            return;
        }
        const QString word = value.text.toLower();
        const bool ordered = term.compare != FilterCompare::Has && term.compare != FilterCompare::Is;
        if (term.field == FilterField::Unread && !ordered && (word == "yes"_L1 || word == "no"_L1)) {
            term.compare = word == "yes"_L1 ? FilterCompare::More : FilterCompare::Is;
            return;
        }
        if (term.field == FilterField::Context && !ordered && word == "unknown"_L1) {
            term.reported = false;
            return;
        }
        if (!ordered && term.field != FilterField::Unread) {
            fail(value.at - 1, value.length + 1,
                 tr("Say whether more or less is meant, as in %1.").arg(QLatin1StringView(field.example)));
            return;
        }
        const auto number = readFigure(word, term.field);
        if (!number) {
            QString sentence;
            switch (term.field) {
            case FilterField::Context:
                sentence = tr("A percentage from 0 to 100 is wanted here, as in context>80.");
                break;
            case FilterField::Idle:
                sentence = tr("A time is wanted here: a number with s, m, h or d, as in idle>5m.");
                break;
            default:
                sentence = tr("A number of messages is wanted here, as in unread>3, or unread:yes.");
            }
            fail(value.at, value.length, sentence);
            return;
        }
        term.number = *number;
        if (term.compare == FilterCompare::Has)
            term.compare = FilterCompare::Is;
    }

    static std::optional<double> readFigure(QString word, FilterField field)
    {
        double factor = 1;
        double most = 1e9;
        if (field == FilterField::Context) {
            most = 100;
            if (word.endsWith(u'%'))
                word.chop(1);
        } else if (field == FilterField::Idle) {
            most = 1e13;
            factor = 60'000; // minutes, unless said otherwise
            const QChar unit = word.isEmpty() ? QChar(u'\0') : word.back();
            if (unit.isLetter()) {
                factor = unit == u's' ? 1000
                    : unit == u'm'    ? 60'000
                    : unit == u'h'    ? 3'600'000
                    : unit == u'd'    ? 86'400'000
                                      : 0;
                word.chop(1);
            }
        }
        // QString::toDouble() would take "nan", "inf" and "1e5" too.
        for (const QChar c : std::as_const(word)) {
            if (!(c >= u'0' && c <= u'9') && c != u'.')
                return std::nullopt;
        }
        bool ok = false;
        const double number = word.toDouble(&ok) * factor;
        if (!ok || factor == 0 || !std::isfinite(number) || number < 0 || number > most)
            return std::nullopt;
        return number;
    }

    static QString fieldList()
    {
        QStringList names;
        for (const FilterWord &entry : filterWords)
            names.append(QLatin1StringView(entry.word));
        return names.join(u", "_s);
    }

    const QString m_text;
    qsizetype m_at = 0;
    QList<FilterTerm> m_terms;
    std::optional<FilterError> m_error;
};

PeerFilter::Parsed PeerFilter::parse(const QString &text)
{
    return FilterParser(text).run();
}

} // namespace mesh::items
