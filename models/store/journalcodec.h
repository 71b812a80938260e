// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QHash>

#include <optional>

#include "models/protocol/event.h"
#include "models/protocol/secretbytes.h"
#include "models/store/journaldb.h"
#include "models/store/searchwords.h"

namespace mesh::store {

//! Classes of rows, as far as the file shows them in clear. From Traffic on they are bounded.
enum class RowKind : int { Other = 0, Message = 1, Traffic = 2, Tick = 3 };
RowKind rowKindOf(const protocol::EventBody &body);

//! The keys of one journal, derived from the one the keychain holds.
class JournalKeys final
{
public:
    //! Error: `bad_key`.
    static protocol::Expected<JournalKeys> derive(const protocol::SecretBytes &key);
    JournalKeys clone() const;

    protocol::Expected<QByteArray> seal(const QByteArray &plain, const QByteArray &place) const;
    protocol::Expected<QByteArray> open(const QByteArray &sealed, const QByteArray &place) const;
    //! 16 bytes that stand for a text in an index without showing it.
    QByteArray token(const QByteArray &text) const;

    //! Where a sealed blob belongs; it opens nowhere else.
    static QByteArray eventPlace(qint64 row, qint64 mesh, qint64 atMs, RowKind kind);
    static QByteArray snapshotPlace(qint64 mesh, qint64 upTo, qint64 atMs);
    QByteArray conversationToken(const QString &mesh, const protocol::ConversationId &id) const;
    //! Makes the tokens of the search index.
    const SearchHasher &hasher() const { return m_hasher; }

    //! Writes or compares the mark by which a wrong key is known. False: another key made this file.
    protocol::Expected<bool> checkMark(JournalDb &db, bool mayWrite) const;

private:
    protocol::SecretBytes m_body;
    protocol::SecretBytes m_index;
    SearchHasher m_hasher;
};

//! Which messages a row is about, for the index.
struct MessageIndex
{
    QByteArray messageToken;
    QByteArray conversationToken; //!< empty: the row only changes a message
    qint64 sentAtMs = 0;
};
std::optional<MessageIndex> messageIndexOf(const JournalKeys &keys, const protocol::Event &event);

//! Turns the events of one mesh into payloads. Polls that say nothing new give none; a peers_list gives what changed in
//! it.
class PollEncoder final
{
public:
    //! Empty: nothing to keep.
    QByteArray encode(const protocol::Event &event);
    //! The next polls are kept whole again: what comes must be readable from here on (a snapshot) or was not written.
    void restart();

private:
    QHash<QByteArray, QByteArray> m_lastPoll; // kind of poll -> hash
    QHash<QString, QByteArray> m_peers;       // key -> row
    bool m_peersKnown = false;
    int m_sinceFull = 0;
};

//! The reverse.
class PollDecoder final
{
public:
    protocol::Expected<protocol::EventBody> decode(const QByteArray &payload);

private:
    QList<protocol::PeerRow> m_peers;
};

} // namespace mesh::store
