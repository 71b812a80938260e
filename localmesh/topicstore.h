// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "localmesh/database.h"
#include "models/protocol/topiccrypto.h"

#include <QtCore/QStringList>

#include <optional>

namespace mesh::local {

//! A row of the topic list.
struct Topic
{
    QString id;
    QString name;
    std::optional<QString> description;
    QString visibility; //!< "public", "private" or "dm"
    QString createdBy;  //!< member id
    qint64 createdAtMs = 0;
    QString keySealer; //!< public key of who made the topic's key; empty: the topic has none
    int memberCount = 0;

    bool isOpen() const { return visibility == QLatin1StringView("public"); }
};

//! Somebody's place in a topic.
struct TopicMembership
{
    QString memberId;
    QString role; //!< "lead", "member" or "observer"
    qint64 joinedAtMs = 0;
    std::optional<qint64> lastReadAtMs;
};

//! One message of a topic's history.
struct TopicPost
{
    QString id;
    QString senderMember; //!< member id
    QString senderKey;    //!< routing key at the time of posting
    QString senderName;
    QString nonce;
    QString ciphertext;
    int bodyVersion = 1; //!< 1: base64 text, 2: a secret box of the topic's key
    std::optional<QString> replyToId;
    qint64 createdAtMs = 0;
};

//! A message that names a member.
struct TopicMention
{
    QString id;
    QString topicId;
    QString topicName;
    TopicPost post;
    qint64 createdAtMs = 0;
    std::optional<qint64> readAtMs;
};

//! Topics with their members, history, keys and mentions (wire reference 6.9, 4.5, 4.6; the REST calls of 1.7).
//! Everything is in the database, so nothing needs reading again after a rollback.
class TopicStore final
{
public:
    explicit TopicStore(Database &database);
    Q_DISABLE_COPY_MOVE(TopicStore)

    //! Makes the open topic `general` where there is none.
    void ensureGeneral(qint64 nowMs);

    //! By id or name.
    std::optional<Topic> find(const QString &idOrName);
    //! Makes a topic; \a createdBy becomes its lead. Nothing when there are too many, or it cannot be written.
    std::optional<Topic> create(const QString &name, const std::optional<QString> &description,
                                const QString &visibility, const QString &createdBy, qint64 nowMs);
    //! Those that \a memberId may know of, oldest first.
    QList<Topic> list(const QString &memberId);
    //! Open topics are everybody's; the others belong to those who are in them. The original asks nobody.
    bool mayRead(const Topic &topic, const QString &memberId);

    bool isMember(const QString &topicId, const QString &memberId);
    //! Puts \a memberId in; who is in already only changes the role, and only where one is given.
    void join(const QString &topicId, const QString &memberId, const std::optional<QString> &role, qint64 nowMs);
    void leave(const QString &topicId, const QString &memberId);
    //! In the order in which they joined.
    QList<TopicMembership> members(const QString &topicId);
    //! False when \a memberId is not in the topic.
    bool markRead(const QString &topicId, const QString &memberId, qint64 nowMs);
    //! Messages of others that came after the member's read mark.
    int unread(const QString &topicId, const QString &memberId);

    //! Appends a message. A replyToId that is no message of this topic is dropped. \a mentioned are member ids.
    bool post(const QString &topicId, TopicPost &post, const QStringList &mentioned);
    //! Newest first, at most \a limit, before the message \a beforeId. Nothing when that is no message of this topic.
    std::optional<QList<TopicPost>> history(const QString &topicId, int limit, const std::optional<QString> &beforeId);

    //! The topic's key as it was sealed for \a memberId.
    std::optional<protocol::SealedTopicKey> sealFor(const QString &topicId, const QString &memberId, qint64 *atMs);
    //! Keeps a seal, in place of an older one for the same member.
    bool putSeal(const QString &topicId, const QString &memberId, const protocol::SealedTopicKey &seal, qint64 nowMs);
    //! Members of a topic that have no seal, in the order in which they joined.
    QStringList unsealed(const QString &topicId);
    //! Gives a topic without a key one that was made by \a sealerKey. False when it has one already.
    bool claimKey(const QString &topicId, const QString &sealerKey);

    //! Mentions of \a memberId since \a sinceMs, newest first, at most \a limit.
    QList<TopicMention> mentions(const QString &memberId, qint64 sinceMs, bool unreadOnly, int limit);
    //! Marks mentions of \a memberId read: one of them, or with an empty \a id all up to \a beforeMs. \return how many.
    int markMentionsRead(const QString &memberId, const QString &id, qint64 beforeMs, qint64 nowMs);

private:
    static Topic topicOf(const Query &query);
    qint64 seqOf(const QString &topicId, const QString &messageId);

    Statement m_findById;
    Statement m_findByName;
    Statement m_insert;
    Statement m_count;
    Statement m_list;
    Statement m_isMember;
    Statement m_join;
    Statement m_joinAs;
    Statement m_leave;
    Statement m_members;
    Statement m_markRead;
    Statement m_unread;
    Statement m_seq;
    Statement m_post;
    Statement m_mention;
    Statement m_history;
    Statement m_seal;
    Statement m_putSeal;
    Statement m_unsealed;
    Statement m_claim;
    Statement m_mentions;
    Statement m_readMention;
    Statement m_readMentions;
};

} // namespace mesh::local
