// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QObject>
#include <QtCore/QPointer>

#include <optional>

#include "models/items/keytrust.h"
#include "models/items/namelikeness.h"
#include "models/protocol/clock.h"
#include "models/store/changeset.h"
#include "models/store/meshstore.h"

namespace mesh::items {

//! Everything around the messages of one conversation: whom it is with, how safe it is, what the other side does, what
//! may be sent. Texts are safe for display. changed() tells that any of it may be different.
class ConversationInfo final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(ConversationInfo)

public:
    //! TopicKeyMissing: encrypted, and we cannot read it (yet).
    enum class Security { EndToEnd, TopicKey, TopicKeyMissing, NotEncrypted, Local };
    //! What stands in the line above the composer.
    enum class Activity { None, Typing, Working, DeliveredIdle, Held, Away };

    explicit ConversationInfo(const protocol::Clock &clock, QObject *parent = nullptr);

    //! nullptr empties it. The store must outlive it or be taken away first.
    void setStore(store::MeshStore *store);
    void setConversation(const std::optional<protocol::ConversationId> &id);

    [[nodiscard]] bool isValid() const { return m_store && m_id; }
    [[nodiscard]] protocol::MeshId mesh() const { return m_store ? m_store->mesh() : protocol::MeshId(); }
    [[nodiscard]] protocol::ConversationId id() const { return m_id.value_or(protocol::ConversationId{}); }
    //! For commands: to the key the peer has now.
    [[nodiscard]] protocol::ConversationId target() const;

    [[nodiscard]] QString title() const;
    [[nodiscard]] QString initials() const;
    //! The user's own notes.
    [[nodiscard]] bool isNotes() const { return m_id && m_id->kind == protocol::ConversationKind::Notes; }
    [[nodiscard]] bool isDirect() const { return m_id && m_id->kind == protocol::ConversationKind::Direct; }
    [[nodiscard]] protocol::PeerKind peerKind() const;
    [[nodiscard]] protocol::PeerStatus status() const;
    //! "opus-4 · @sales lead · context 62 %"; only what is reported.
    [[nodiscard]] QString subtitle() const;

    [[nodiscard]] Security security() const;
    [[nodiscard]] QString securityText() const;
    [[nodiscard]] QString securityDetail() const;

    //! The peer whose name this one's looks like although it is another; empty if its name is its own.
    [[nodiscard]] QString imitates() const;

    //! Of the key the peer has now; Verified for anything but a direct conversation.
    [[nodiscard]] KeyTrust trust() const;
    //! "ada's key changed on …": what the user must know before going on; empty unless the key changed.
    [[nodiscard]] QString trustWarning() const;
    //! Member keys of both sides, 64 hex digits; empty while unknown.
    [[nodiscard]] QString ownMemberKey() const;
    [[nodiscard]] QString peerMemberKey() const;

    [[nodiscard]] bool isOnline() const;
    //! Who would get a message of a group or broadcast now, and who would not although it is of the group, with the
    //! reason. Names are safe for display and sorted.
    struct Reach
    {
        struct Missed
        {
            QString name;
            QString reason;
        };
        QStringList gets;
        QList<Missed> misses;
    };
    [[nodiscard]] Reach reach() const;
    //! How many peers a message reaches now, and in words; 0 for direct conversations.
    [[nodiscard]] int recipients() const;
    [[nodiscard]] QString recipientsText() const;
    //! Empty if one can write; else the reason why not.
    [[nodiscard]] QString cannotSend() const;
    //! Whether there is a human whose client understands typing signals.
    [[nodiscard]] bool takesTyping() const;
    //! A topic the user is known not to be in: it can be read, and joined.
    [[nodiscard]] bool canJoin() const;
    //! Of a topic, as far as the broker says.
    [[nodiscard]] std::optional<int> members() const;
    [[nodiscard]] bool isTopic() const { return m_id && m_id->kind == protocol::ConversationKind::Topic; }

    [[nodiscard]] Activity activity() const;
    [[nodiscard]] QString activityText() const;

    [[nodiscard]] QString draft() const;
    [[nodiscard]] QString draftReplyToId() const;
    [[nodiscard]] int unread() const;
    [[nodiscard]] qint64 lastMessageAtMs() const;

Q_SIGNALS:
    void changed();

private:
    void onChanged(const store::ChangeSet &changes);
    [[nodiscard]] const store::Conversation *conversation() const;
    [[nodiscard]] const store::Peer *peer() const;
    [[nodiscard]] QString typingText() const;

    const protocol::Clock &m_clock;
    QPointer<store::MeshStore> m_store;
    std::optional<protocol::ConversationId> m_id;
    NameLikeness m_likeness;
    KeyTrustBook m_trust;
};

} // namespace mesh::items
