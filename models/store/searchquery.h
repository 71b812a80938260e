// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QList>
#include <QtCore/QString>
#include <QtCore/QStringList>

#include <optional>

namespace mesh::store {

//! Words that must follow one another. Bare text matches word beginnings (`lim` finds limiter), what stands in quotes
//! matches whole words.
struct SearchTerm
{
    QStringList words; //!< normalised, at least one
    bool exact = false;
    bool excluded = false; //!< written with a minus: must not occur

    friend bool operator==(const SearchTerm &, const SearchTerm &) = default;
};

//! Something in what was typed that cannot be understood; the rest counts all the same.
struct SearchProblem
{
    qsizetype at = 0; //!< first character
    qsizetype length = 0;
    QString text;            //!< a sentence for people
    bool unfinished = false; //!< nothing wrong yet: the user is about to type on

    friend bool operator==(const SearchProblem &, const SearchProblem &) = default;
};

//! A name that stands in a filter, and where.
struct SearchName
{
    QString text;
    qsizetype at = 0; //!< of the whole filter
    qsizetype length = 0;

    friend bool operator==(const SearchName &, const SearchName &) = default;
};

//! What the user asks for. All parts must hold; several values of from: (and of in:) are alternatives.
struct SearchQuery
{
    QList<SearchTerm> terms;
    QList<SearchName> from;         //!< as typed; `me` is the user
    QList<SearchName> in;           //!< as typed
    std::optional<qint64> beforeMs; //!< sent before this
    std::optional<qint64> afterMs;  //!< sent at or after this
    bool hasCode = false;
    bool hasLink = false;
    bool unread = false;
    QList<SearchProblem> problems;

    //! Nothing is asked for.
    [[nodiscard]] bool isEmpty() const;
    friend bool operator==(const SearchQuery &, const SearchQuery &) = default;
};

//! Reads a query: words, `"phrases"`, `-words`, `from:NAME in:CONVERSATION before:WHEN after:WHEN has:code has:link
//! is:unread`. Values with spaces stand in quotes. WHEN is `2026`, `2026-04`, `2026-04-08`, `today`, `yesterday`, or
//! `5h`, `3d`, `2w` for that long ago; days are local ones and begin at midnight.
[[nodiscard]] SearchQuery parseSearch(QStringView typed, qint64 nowMs);

} // namespace mesh::store
