// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QHash>
#include <QtCore/QList>
#include <QtCore/QSet>

#include <optional>

#include "models/protocol/expected.h"
#include "models/store/records.h"
#include "models/store/searchquery.h"

namespace mesh::store {

class MeshStore;

//! A conversation of a mesh; a peer that returned with another key has several ids in one conversation.
struct SearchPlace
{
    MeshId mesh;
    ConversationId conversation;

    friend bool operator==(const SearchPlace &, const SearchPlace &) = default;
};
size_t qHash(const SearchPlace &place, size_t seed = 0) noexcept;

//! Where a page of hits ends; the next page begins after it. Default: from the newest.
struct SearchCursor
{
    qint64 sentAtMs = 0;
    qint64 row = 0;

    friend bool operator==(const SearchCursor &, const SearchCursor &) = default;
};

//! A query with the names in it looked up, ready for the journal. Made where the stores are, used where the journal is.
struct SearchPlan
{
    SearchQuery query;
    //! Of the senders that from: means: their keys, besides what messages themselves say of their sender's name.
    QSet<QString> senderKeys;
    bool fromMe = false;
    QList<QStringList> senderNames; //!< normalised words of each from:
    bool limited = false;           //!< only in `places`; none then finds nothing
    QSet<SearchPlace> places;
    QHash<SearchPlace, qint64> unreadAfterMs; //!< with is:unread
    SearchCursor after;
    int limit = 50; //!< hits of a page, 1 to 1,000
};

//! Looks names up in the stores. \a within: only in this conversation. Adds problems for names that nothing has.
[[nodiscard]] SearchPlan planSearch(SearchQuery query, const QList<const MeshStore *> &stores,
                                    const std::optional<SearchPlace> &within = std::nullopt);

//! Part of a text.
struct TextSpan
{
    qsizetype at = 0;
    qsizetype length = 0;

    friend bool operator==(const TextSpan &, const TextSpan &) = default;
};

struct SearchHit
{
    MeshId mesh;
    Message message;       //!< seq is 0: it may not be in the store
    qint64 row = 0;        //!< of the journal
    QList<TextSpan> spans; //!< of message.text, ascending: what was found
};

//! Newest first. Comes in parts when it takes long: each replaces the one before it.
struct SearchPage
{
    quint64 request = 0;
    QList<SearchHit> hits;
    bool done = false;           //!< the last part
    bool more = false;           //!< with done: there are older hits
    SearchCursor next;           //!< give this for them
    qint64 searchedBackToMs = 0; //!< everything newer has been looked through; 0: everything
    int indexedPercent = 100;    //!< below: messages older than the index reaches are not found yet
    qint64 opened = 0;           //!< bodies that were opened for it
    std::optional<protocol::Error> error;
};

//! Whether \a text has what \a query asks of texts; \a spans gets what was found, at most 200 of them.
[[nodiscard]] bool matchText(const SearchQuery &query, QStringView text, QList<TextSpan> &spans);

} // namespace mesh::store

Q_DECLARE_METATYPE(mesh::store::SearchPage)
