// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QAbstractListModel>
#include <QtCore/QPointer>

#include "models/items/messagerow.h"
#include "models/items/namelikeness.h"
#include "models/store/changeset.h"
#include "models/store/meshstore.h"

namespace mesh::items {

//! The messages of one conversation, oldest first: the store's recent window, and before it what was read from the
//! journal or went out of the window while on the screen. Changing the conversation resets the model; nothing else
//! does, but a reset of the store.
class MessageListModel final : public QAbstractListModel
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(MessageListModel)

public:
    enum Role { SeqRole = Qt::UserRole + 1, OwnRole, SenderRole, SentAtRole, StateRole };

    static constexpr int kMaxOlder = 200'000;            //!< rows kept before the store's window
    static constexpr qint64 kGroupGapMs = 5 * 60 * 1000; //!< silence that begins a new group of bubbles

    explicit MessageListModel(QObject *parent = nullptr);

    //! nullptr empties the model. The store must outlive it or be taken away first.
    void setStore(store::MeshStore *store);
    [[nodiscard]] store::MeshStore *store() const { return m_store; }

    //! Shows another conversation; the unread divider stands above the first message after its read mark.
    void setConversation(const std::optional<protocol::ConversationId> &id);
    [[nodiscard]] const std::optional<protocol::ConversationId> &conversation() const { return m_conversation; }

    [[nodiscard]] MessageRow row(int row) const;
    //! Number and text length of a row, without making its texts.
    [[nodiscard]] quint64 seqAt(int row) const { return m_rows.at(row).seq; }
    [[nodiscard]] qsizetype textLength(int row) const { return m_rows.at(row).text.size(); }
    //! The text as it was sent, for sending it again.
    [[nodiscard]] QString rawText(int row) const { return m_rows.at(row).text; }
    [[nodiscard]] bool isOwn(int row) const { return m_rows.at(row).own; }
    [[nodiscard]] qint64 sentAtMs(int row) const { return m_rows.at(row).sentAtMs; }
    //! Who got and read an own message, by key of the recipient.
    [[nodiscard]] QList<store::Receipt> receipts(int row) const { return m_rows.at(row).receipts; }
    //! First row of a time or later; rowCount() if all are older.
    [[nodiscard]] int rowAtTime(qint64 atMs) const;
    //! -1 if there is none.
    [[nodiscard]] int rowOfSeq(quint64 seq) const;
    //! Row by broker or client id, for replies; -1 if it is not here.
    [[nodiscard]] int rowOfMessage(const QString &id) const;

    //! Row under the unread divider, -1 for none.
    [[nodiscard]] int firstUnreadRow() const { return m_dividerSeq ? rowOfSeq(m_dividerSeq) : -1; }
    //! Puts the divider above \a row; -1 takes it away.
    void setFirstUnreadRow(int row);

    //! Puts older messages before the first row; those that are here already are left out. \a atStart: nothing older
    //! can be had now. \a beginning: nothing older was ever said.
    void prependOlder(const protocol::ConversationId &conversation, const QList<store::Message> &messages, bool atStart,
                      bool beginning = false);
    [[nodiscard]] bool isAtStart() const { return m_atStart; }

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;

Q_SIGNALS:
    //! The store keeps the conversation under another id now (the peer returned with a new key).
    void conversationMoved(const mesh::protocol::ConversationId &id);
    //! A page of older messages was taken in, new ones or not.
    void olderArrived();

private:
    void reload();
    void onChanged(const store::ChangeSet &changes);
    void applyChange(const store::MessagesChange &change);
    void mergeReordered(const QList<store::Message> &window);
    void appendRows(const QList<store::Message> &rows);
    void trimOlder();
    void emitRows(std::vector<int> rows);
    [[nodiscard]] static bool startsGroup(const store::Message &before, const store::Message &message);
    [[nodiscard]] QString nameFor(const store::Message &message) const;
    void fillReply(MessageRow &row) const;
    void fillTopic(MessageRow &row, const store::Message &message) const;
    void onTopicLists(const store::ChangeSet &changes);
    void readMarks();

    QPointer<store::MeshStore> m_store;
    std::optional<protocol::ConversationId> m_conversation;
    QList<store::Message> m_rows;
    NameLikeness m_likeness;
    qsizetype m_older = 0; //!< rows before the store's window
    bool m_atStart = false;
    bool m_beginning = false;
    QList<qint64> m_readMarks; //!< of the others in the topic, by this machine's clock; 0: nothing read
    quint64 m_dividerSeq = 0;  //!< 0: none
    quint64 m_lastOwnSeq = 0;  //!< numbers given to rows from the journal
};

} // namespace mesh::items
