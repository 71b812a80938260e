// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QList>
#include <QtCore/QString>
#include <QtCore/QStringList>

#include <optional>

#include "models/store/records.h"

namespace mesh::items {

//! What a term of a filter looks at. The words are in docs/filters.md.
enum class FilterField { Name, Type, Status, Group, Model, Channel, Host, Cwd, Unread, Context, Idle };

//! How a term compares. Has: contains, or matches the whole value where the pattern holds `*` or `?`. Is: equals.
enum class FilterCompare { Has, Is, Less, LessOrEqual, More, MoreOrEqual };

//! One condition of a filter. A peer passes if any alternative holds; `negated` turns that round.
struct FilterTerm
{
    FilterField field = FilterField::Name;
    FilterCompare compare = FilterCompare::Has;
    bool negated = false;
    bool bare = false;    //!< written without a field: looks at names
    QStringList patterns; //!< text fields, case-folded; Type and Status: the words on the wire
    double number = 0;    //!< Context: percent; Unread: messages; Idle: milliseconds
    bool reported = true; //!< Context: false for `context:unknown`
    qsizetype at = 0;     //!< where it stands in the text
    qsizetype length = 0;
};

//! Why an expression cannot be used, and where. The place is always inside the text, or at its end with length 0.
struct FilterError
{
    qsizetype at = 0;
    qsizetype length = 0;
    QString sentence; //!< for people: what is wrong and what to write
};

//! A peer and what a filter may ask of it that its record does not say.
struct FilterSubject
{
    const store::Peer &peer;
    int unread = 0; //!< messages of it that the user has not read
    qint64 nowMs = 0;
};

//! A condition over peers, written by a person: `type:ai status:working -group:test context>80 "Maya K"`. Terms stand
//! beside one another and must all hold; commas part alternatives. A plain value; an empty one lets everybody pass.
class PeerFilter final
{
public:
    static constexpr qsizetype kMaxChars = 1000;
    static constexpr qsizetype kMaxTerms = 64;

    struct Parsed;
    //! Never fails on any text: what cannot be understood comes back as an error with its place.
    [[nodiscard]] static Parsed parse(const QString &text);

    [[nodiscard]] bool isEmpty() const { return m_terms.isEmpty(); }
    [[nodiscard]] bool matches(const FilterSubject &subject) const;
    [[nodiscard]] const QList<FilterTerm> &terms() const { return m_terms; }
    //! Whether it may change with time alone, without any event.
    [[nodiscard]] bool dependsOnTime() const;
    //! Whether it asks for the status, and with it possibly for peers that left.
    [[nodiscard]] bool asksForStatus() const;

    [[nodiscard]] static bool matches(const FilterTerm &term, const FilterSubject &subject);
    //! What a chip says of a term: "working", "not @test", "context > 80 %".
    [[nodiscard]] static QString label(const FilterTerm &term);
    //! Milliseconds without traffic, change of status or joining; 0 while it works.
    [[nodiscard]] static qint64 idleMs(const store::Peer &peer, qint64 nowMs);
    //! \a value as it must be written to be read back as one value: in quotes where that is needed.
    [[nodiscard]] static QString quoted(const QString &value);
    //! \a text with one term more at its end, or without the term at \a term.
    [[nodiscard]] static QString withTerm(const QString &text, const QString &term);
    [[nodiscard]] static QString withoutTerm(const QString &text, const FilterTerm &term);

private:
    friend class FilterParser;
    QList<FilterTerm> m_terms;
};

struct PeerFilter::Parsed
{
    PeerFilter filter; //!< empty if there is an error
    std::optional<FilterError> error;
};

//! `*` stands for any characters, `?` for one. Both sides must have the same case. Takes time in proportion to the
//! product of the lengths at worst.
[[nodiscard]] bool globMatches(QStringView pattern, QStringView text);

} // namespace mesh::items
