// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>

#include <QtCore/QVarLengthArray>

#include "models/store/foldcontext.h"

namespace mesh::store {

//! Conversations and their recent messages. Tellings of one message (pushed twice, pushed bare and with its sender, in
//! a topic's history, composed here) merge into one; which telling wins depends on what it knows, never on its arrival.
class MessageBook final
{
public:
    using IsOwnKey = std::function<bool(const QString &)>;

    QList<Conversation> conversations() const;
    const Conversation *conversation(const ConversationId &id) const;
    QList<ConversationId> mergedInto(const ConversationId &id) const;
    ConversationId resolve(const ConversationId &id) const;
    const QList<Message> &messages(const ConversationId &id) const;
    const Message *message(const QString &id) const;
    //! Delays between Sent and Accepted of own messages, newest last, ms.
    const QList<double> &ackDelays() const { return m_ackDelays; }

    void received(const protocol::events::MessageReceived &event, const IsOwnKey &isOwn, FoldContext &context);
    void composed(const protocol::events::MessageComposed &event, const QString &ownKey, FoldContext &context);
    void outgoing(const protocol::events::OutgoingChanged &event, qint64 atMs, FoldContext &context);
    void read(const protocol::events::ConversationRead &event, FoldContext &context);
    void draft(const protocol::events::DraftChanged &event, qint64 atMs, FoldContext &context);
    void arranged(const protocol::events::ConversationArranged &event, qint64 atMs, FoldContext &context);
    //! Takes messages sent up to \a upToMs out; \a whole: the conversation itself, drafts and marks with it.
    void forget(const ConversationId &id, qint64 upToMs, bool whole, FoldContext &context);
    //! A conversation that exists although nothing was said in it yet (a topic of the list).
    void ensure(const ConversationId &id, FoldContext &context);
    void setTitle(const ConversationId &id, const QString &title, FoldContext &context);
    //! Which peers returned under a new key: new key to the key before it. Their conversations are one; when that turns
    //! out otherwise, they are taken apart again.
    void setReturns(const QHash<QString, QString> &formerKeys, FoldContext &context);
    //! Who we are changed: own marks and mentions are set anew.
    void setIdentity(const QString &displayName, const IsOwnKey &isOwn, FoldContext &context);

    //! End of a batch: bounds, unread counts.
    void finish(FoldContext &context);

    QJsonObject save() const;
    void load(const QJsonObject &object);

private:
    struct Record
    {
        Conversation shown;
        QList<Message> messages; // by (sentAtMs, tie)
    };
    //! What was said of a conversation under one id, whichever conversation that is part of now.
    struct Part
    {
        qint64 readUpToMs = 0;
        QString draft;
        QString draftReplyToId;
        qint64 draftAtMs = -1;
        Arrangement arrangement;
    };
    struct Place
    {
        ConversationId conversation;
        quint64 seq = 0;
    };

    //! The ids a message is found by: the broker's as it is, the sender's with its owner.
    using Names = QVarLengthArray<QString, 2>;
    QString newestKey(const QString &key) const;
    Record &record(const ConversationId &id, FoldContext &context);
    static bool before(const Message &a, const Message &b);
    Message *at(const Place &place);
    const Message *peek(const Place &place) const;
    Place find(const Names &names) const;
    Place twinOf(const Message &message) const;
    void merge(const Place &place, const Message &telling, FoldContext &context);
    void insert(Message &&message, const Names &names, FoldContext &context);
    void index(const Message &message);
    void unindex(const Message &message);
    void touch(const ConversationId &id, quint64 seq, FoldContext &context);
    bool mentions(const Message &message) const;
    static Names names(const Message &message);
    static bool absorbState(Message &message, OutgoingState state, qint64 atMs, const QString &code,
                            const QString &detail);
    void removeRecord(const ConversationId &id, FoldContext &context);
    void applyParts(const ConversationId &id, FoldContext &context);
    void summarise(Record &record, FoldContext &context);
    void dropConversations(FoldContext &context);

    QHash<ConversationId, Record> m_records;
    QHash<ConversationId, Part> m_parts;
    QHash<QString, QString> m_formerKeys; // of peers that returned: key -> the key before it
    QHash<QString, Place> m_index;        // see names()
    QSet<ConversationId> m_touched;
    QHash<QString, qint64> m_sentAt; // own messages on the socket without an answer
    QList<double> m_ackDelays;
    QString m_displayName;
    quint64 m_lastSeq = 0;
};

} // namespace mesh::store
