// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QAbstractListModel>
#include <QtCore/QPointer>

#include "models/items/keytrust.h"
#include "models/items/messagerow.h"
#include "models/items/namelikeness.h"
#include "models/store/changeset.h"
#include "models/store/historypage.h"
#include "models/store/meshstore.h"

namespace mesh::items {

//! What copying a message takes of it; texts as they came.
struct CopyLine
{
    QString sender; //!< safe for display
    qint64 sentAtMs = 0;
    QString text;
};

//! The messages of one conversation, oldest first: the store's recent window, and before it what was read from the
//! journal or went out of the window while on the screen. After a jump far back there may be a gap: an island of what
//! was read around the target, then the window, and what is between is read when somebody gets there. Changing the
//! conversation resets the model; nothing else does, but a reset of the store.
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
    [[nodiscard]] CopyLine copyLine(int row) const;
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
    //! What the next older page must come before: a message's time, or just past it where others share it.
    [[nodiscard]] qint64 olderBeforeMs() const;

    //! Puts a piece read around a target in the place of what was read before. The window stays.
    void showAround(const store::HistoryPage &page);
    //! Goes on after the island; a gap that is reached from both sides is closed.
    void appendNewer(const store::HistoryPage &page);
    //! First row after the gap, -1 if there is none. rowCount() if nothing is after it.
    [[nodiscard]] int gapRow() const { return m_gap > 0 ? int(m_gap) : -1; }
    //! Where newer messages go on from the island.
    [[nodiscard]] store::HistoryCursor newerAfter() const { return m_newest; }
    //! Whoever comes from below goes on as if nothing had been jumped to.
    void forgetBeforeGap();

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;

Q_SIGNALS:
    //! The store keeps the conversation under another id now (the peer returned with a new key).
    void conversationMoved(const mesh::protocol::ConversationId &id);
    //! A page of older messages was taken in, new ones or not.
    void olderArrived();
    //! The same for newer ones after the island.
    void newerArrived();

private:
    void reload();
    void onChanged(const store::ChangeSet &changes);
    void applyChange(const store::MessagesChange &change);
    void mergeReordered(const QList<store::Message> &window);
    void appendRows(const QList<store::Message> &rows);
    void trimOlder();
    [[nodiscard]] QSet<QString> idsFrom(qsizetype row) const;
    [[nodiscard]] QList<store::Message> unknownOf(const QList<store::Message> &messages, const QSet<QString> &known);
    void emitRows(std::vector<int> rows);
    [[nodiscard]] static bool startsGroup(const store::Message &before, const store::Message &message);
    [[nodiscard]] QString nameFor(const store::Message &message) const;
    void fillReply(MessageRow &row) const;
    void fillNotice(MessageRow &row, int number) const;
    [[nodiscard]] QString directKey() const;
    void onTrustChanged();
    void fillTopic(MessageRow &row, const store::Message &message) const;
    void onTopicLists(const store::ChangeSet &changes);
    void readMarks();

    QPointer<store::MeshStore> m_store;
    std::optional<protocol::ConversationId> m_conversation;
    QList<store::Message> m_rows;
    NameLikeness m_likeness;
    KeyTrustBook m_trust;
    qsizetype m_older = 0;         //!< rows before the store's window
    qsizetype m_gap = 0;           //!< first row after what is missing; 0: nothing is
    store::HistoryCursor m_newest; //!< of the island
    qint64 m_olderBeforeMs = 0;    //!< 0: the first row tells
    bool m_atStart = false;
    bool m_beginning = false;
    QList<qint64> m_readMarks; //!< of the others in the topic, by this machine's clock; 0: nothing read
    quint64 m_dividerSeq = 0;  //!< 0: none
    qint64 m_changedAtMs = 0;  //!< when the peer's key changed; 0: it did not
    quint64 m_lastOwnSeq = 0;  //!< numbers given to rows from the journal
};

} // namespace mesh::items
