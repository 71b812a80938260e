// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QHash>

#include <functional>
#include <tuple>
#include <vector>

#include "models/store/searchindex.h"
#include "models/store/searchplan.h"

namespace mesh::store {

//! Answers searches from a journal file: candidates from the index, newest first, each opened and looked at before it
//! counts. Lives on the reader's thread; keeps nothing between searches but the tokens of the messages that came after
//! the index.
class JournalSearch final
{
public:
    JournalSearch(const JournalKeys &keys, QString path);

    //! What a search that runs asks between two pieces of work: whether nobody waits for it any more.
    using IsCancelled = std::function<bool()>;
    //! Gets what was found so far, while the search goes on.
    using Tell = std::function<void(const SearchPage &)>;
    //! \return the last page; without a value when it was cancelled. Errors: `index_damaged`, and those of JournalDb.
    protocol::Expected<std::optional<SearchPage>> run(const SearchPlan &plan, const IsCancelled &isCancelled,
                                                      const Tell &tell);
    //! The file is another one now.
    void forget();

private:
    using Alternative = std::vector<SearchToken>; //!< a message must have all of them
    using Clause = std::vector<Alternative>;      //!< and one of these
    struct Candidate
    {
        qint64 sentAtMs = 0;
        qint64 row = 0;

        friend bool operator<(const Candidate &a, const Candidate &b)
        {
            return std::tie(a.sentAtMs, a.row) < std::tie(b.sentAtMs, b.row);
        }
    };

    [[nodiscard]] std::vector<Clause> clausesOf(const SearchPlan &plan) const;
    [[nodiscard]] protocol::Expected<void> readTail(JournalDb &db, qint64 afterRow);
    void searchTail(const std::vector<Clause> &clauses, std::vector<Candidate> &out) const;
    [[nodiscard]] static protocol::Expected<void> searchSegment(SegmentReader &reader, const SegmentInfo &segment,
                                                                const std::vector<Clause> &clauses,
                                                                std::vector<Candidate> &out);
    //! Opens a candidate; nothing if it is no hit after all.
    [[nodiscard]] protocol::Expected<std::optional<SearchHit>> verify(Statement &event, qint64 row,
                                                                      const SearchPlan &plan) const;

    const JournalKeys &m_keys;
    const QString m_path;
    QHash<QString, QStringList> m_ownKeys; //!< of each mesh, as the file knows them
    std::vector<SearchDocument> m_tail;    //!< messages after the index, by row
    qint64 m_tailRow = 0;                  //!< read up to here
};

} // namespace mesh::store
