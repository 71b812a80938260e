// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QAbstractListModel>
#include <QtCore/QPointer>

#include <optional>
#include <vector>

#include "models/items/keytrust.h"
#include "models/items/namelikeness.h"
#include "models/protocol/clock.h"
#include "models/store/changeset.h"
#include "models/store/meshstore.h"

namespace mesh::items {

class PeerMatches;

//! What the left side shows, top to bottom: the user's own notes, without a head; who needs the user, direct
//! conversations, groups and topics, the peers nobody has talked with yet, and what was archived, which is folded until
//! it is opened. Pinned conversations lead their section. Section heads are rows of the model; an empty section has
//! none.
class ConversationListModel final : public QAbstractListModel
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(ConversationListModel)

public:
    enum class Section { Notes, NeedsYou, Direct, Groups, Peers, Archive };
    Q_ENUM(Section)
    enum class RowKind { Header, Conversation, Peer };
    Q_ENUM(RowKind)
    //! How conversations of a section follow each other, after the pinned ones. Need: mentions, then unread ones that
    //! may ask for attention, then drafts, then the rest; among equals the newest first.
    enum class Order { Newest, Need };
    Q_ENUM(Order)
    //! What the second line tells.
    enum class Preview { Text, Draft, Own };

    enum Role {
        KindRole = Qt::UserRole + 1, //!< RowKind as int
        SectionRole,                 //!< Section as int
        PreviewRole,
        TimeRole,
        UnreadRole,
        CountRole //!< Header: rows below it
    };

    //! One row as the delegate paints it; texts are safe for display.
    struct Row
    {
        RowKind kind = RowKind::Header;
        Section section = Section::Direct;
        protocol::ConversationId id;
        QString peerKey; //!< Direct: the key the peer has now
        QString title;
        QString initials;
        QString preview;
        Preview previewKind = Preview::Text;
        protocol::events::OutgoingState ownState = protocol::events::OutgoingState::Accepted; //!< with Preview::Own
        QString time;
        qint64 atMs = 0;
        protocol::PeerKind peerKind = protocol::PeerKind::Ai;
        protocol::PeerStatus status = protocol::PeerStatus::Offline;
        bool typing = false;
        int unread = 0;
        int mentions = 0;
        int count = 0;
        bool pinned = false;
        bool archived = false;
        bool folded = false; //!< Header: its rows are hidden
        protocol::events::Attention attention = protocol::events::Attention::All;
        QString imitates;                    //!< Direct: the peer whose name this one's looks like; else empty
        KeyTrust trust = KeyTrust::Verified; //!< Direct: of the key the peer has now
    };

    explicit ConversationListModel(const protocol::Clock &clock, QObject *parent = nullptr);

    //! nullptr empties the model. The store must outlive it or be taken away first.
    void setStore(store::MeshStore *store);
    [[nodiscard]] store::MeshStore *store() const { return m_store; }
    [[nodiscard]] protocol::MeshId mesh() const { return m_store ? m_store->mesh() : protocol::MeshId(); }

    //! Peers that do not pass the window's filter are left out of the section of peers; conversations always stay.
    //! Borrowed; nullptr: no filter.
    void setMatches(PeerMatches *matches);

    [[nodiscard]] Row row(int row) const;
    //! -1 if it is not listed. Follows peers that returned with a new key.
    [[nodiscard]] int rowOf(const protocol::ConversationId &id) const;
    //! Unread messages of all conversations that may ask for attention.
    [[nodiscard]] int totalUnread() const;

    void setOrder(Order order);
    [[nodiscard]] Order order() const { return m_order; }
    //! Only what is unread, mentions the user or holds a draft; the kept conversation stays in any case.
    void setUnreadOnly(bool on);
    [[nodiscard]] bool isUnreadOnly() const { return m_unreadOnly; }
    //! The open conversation: it does not vanish from under the user when it is read or archived.
    void setKept(const std::optional<protocol::ConversationId> &id);
    void setArchiveOpen(bool open);
    [[nodiscard]] bool isArchiveOpen() const { return m_archiveOpen; }

    //! The times are relative: call once a minute while visible.
    void refreshTimes();

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] Qt::ItemFlags flags(const QModelIndex &index) const override;

    //! Whether a direct conversation waits for the user: the other side spoke last, and something that interrupts
    //! (priority now) is unread or the last message asks something.
    [[nodiscard]] static bool needsUser(const store::Conversation &conversation, const QList<store::Message> &messages);

private:
    //! What a row is; equal rows are the same row in another place.
    struct Entry
    {
        RowKind kind = RowKind::Header;
        Section section = Section::Direct;
        protocol::ConversationId id;

        friend bool operator==(const Entry &a, const Entry &b)
        {
            // A conversation that begins to need the user moves; it is not another one.
            return a.kind == b.kind && a.id == b.id && (a.kind != RowKind::Header || a.section == b.section);
        }
        friend size_t qHash(const Entry &e, size_t seed = 0) noexcept
        {
            return qHashMulti(seed, int(e.kind), e.kind == RowKind::Header ? int(e.section) : 0, e.id);
        }
    };

    void reload();
    void onChanged(const store::ChangeSet &changes);
    void rearrange();
    [[nodiscard]] QList<Entry> wanted() const;
    [[nodiscard]] static int need(const store::Conversation &conversation);
    void moveTo(const QList<Entry> &target);
    void reindex();
    [[nodiscard]] bool isListedPeer(const store::Peer &peer) const;
    void fillPreview(Row &row, const store::Conversation *conversation) const;
    void emitChanged(std::vector<int> rows);

    const protocol::Clock &m_clock;
    QPointer<store::MeshStore> m_store;
    QPointer<PeerMatches> m_matches;
    NameLikeness m_likeness;
    KeyTrustBook m_trust;
    Order m_order = Order::Newest;
    bool m_unreadOnly = false;
    bool m_archiveOpen = false;
    std::optional<protocol::ConversationId> m_kept;
    QList<Entry> m_entries;
    QHash<Entry, int> m_rowOf;
};

} // namespace mesh::items
