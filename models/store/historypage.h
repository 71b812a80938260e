// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QMetaType>

#include <optional>

#include "models/protocol/expected.h"
#include "models/store/records.h"

namespace mesh::store {

//! Place in a conversation's history; default: the end.
struct HistoryCursor
{
    qint64 sentAtMs = 0; //!< 0: from the newest
    qint64 row = 0;

    friend bool operator==(const HistoryCursor &, const HistoryCursor &) = default;
};

//! A message or a moment to go to.
struct HistoryTarget
{
    QString messageId;   //!< the broker's or the sender's; empty: the moment alone
    qint64 sentAtMs = 0; //!< 0: not known

    friend bool operator==(const HistoryTarget &, const HistoryTarget &) = default;
};

//! A piece of one conversation's stored history, oldest first.
struct HistoryPage
{
    //! What was asked for: what comes before a place, after it, or what surrounds a target.
    enum class Piece { Before, After, Around };

    quint64 request = 0;
    MeshId mesh;
    ConversationId conversation;
    Piece piece = Piece::Before;
    QList<Message> messages; //!< seq is 0: they are not in the store
    HistoryCursor from;      //!< Before and After: the place as asked for
    HistoryCursor next;      //!< give this for the page before
    HistoryCursor newest;    //!< give this for the page after
    bool atStart = false;    //!< nothing is older
    bool beginning = false;  //!< the first message is the first that was ever said; only others than the journal know
    bool atEnd = false;      //!< After and Around: nothing stored is newer
    HistoryTarget target;    //!< Around: as asked for
    bool found = false;      //!< Around: the message is stored, or the target is a moment
    std::optional<protocol::Error> error;
};

} // namespace mesh::store

Q_DECLARE_METATYPE(mesh::store::HistoryPage)
