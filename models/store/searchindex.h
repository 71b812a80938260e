// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <functional>
#include <optional>

#include "models/store/searchsegment.h"

namespace mesh::store {

//! How far the index reaches. Message rows from `firstRow` to `lastRow` are in segments; those after it are few, and
//! the reader looks through them itself. Rows before `firstRow` are still to come, newest first.
struct IndexReach
{
    qint64 firstRow = 1;
    qint64 lastRow = 0;

    [[nodiscard]] bool isComplete() const { return firstRow <= 1; }
    //! Of what is to be indexed from the beginning, 0 to 100.
    [[nodiscard]] int percent() const
    {
        return isComplete() ? 100 : int(std::clamp<qint64>(100 * (lastRow - firstRow + 1) / lastRow, 0, 99));
    }

    //! From the file. An index of another format counts as none.
    static std::optional<IndexReach> read(JournalDb &db);
};

//! Keeps the search index of a journal, on the writer's connection and in small steps, so that events never wait long.
class SearchIndex final
{
public:
    SearchIndex(JournalDb &db, const JournalKeys &keys);

    //! The file was opened; \a lastRow is its newest row.
    [[nodiscard]] protocol::Expected<void> open(qint64 lastRow);
    //! \a messages rows about messages were committed; \a lastRow is the newest of all.
    void written(qint64 messages, qint64 lastRow);
    //! Whether step() would do something.
    [[nodiscard]] bool hasWork() const;
    //! So much waits that events should let it go first.
    [[nodiscard]] bool isFarBehind() const;
    //! One transaction of about 50 ms.
    [[nodiscard]] protocol::Expected<void> step();
    //! Throws the index away; step() makes it again.
    [[nodiscard]] protocol::Expected<void> rebuild();
    //! Rows were removed and noted in search_gone; step() takes them out of the index.
    void rowsRemoved() { m_rowsGone = true; }
    //! Removed rows may still be in the index.
    [[nodiscard]] bool remembersRemoved() const { return m_rowsGone; }

    [[nodiscard]] const IndexReach &reach() const { return m_reach; }

private:
    struct Read
    {
        std::vector<SearchDocument> documents; //!< in the order of rows
        qint64 messages = 0;                   //!< rows looked at
        qint64 reachedRow = 0;
    };
    [[nodiscard]] protocol::Expected<Read> readDocuments(qint64 fromRow, bool backwards);
    [[nodiscard]] protocol::Expected<void> indexSome(bool backwards);
    [[nodiscard]] protocol::Expected<void> mergeSmall();
    [[nodiscard]] protocol::Expected<void> forgetRemoved();
    [[nodiscard]] protocol::Expected<void> saveReach(const IndexReach &reach);
    [[nodiscard]] protocol::Expected<void> transaction(const std::function<protocol::Expected<void>()> &work);

    JournalDb &m_db;
    const JournalKeys &m_keys;
    IndexReach m_reach;
    qint64 m_lastRow = 0;
    qint64 m_newMessages = 0; //!< rows about messages after the reach
    qint64 m_small = 0;       //!< segments of level 0
    bool m_rowsGone = false;  //!< search_gone has rows
};

} // namespace mesh::store
