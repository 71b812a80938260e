// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QHashFunctions>
#include <QtCore/QString>

#include <array>
#include <optional>
#include <type_traits>
#include <utility>

namespace mesh::protocol {

//! Words an enum has on the wire and on disk. Specialise it with `static constexpr std::array words{std::pair{E::A,
//! "a"}, ...}`; the field codec, the journal and the two helpers below all read the same table.
template <class E>
struct EnumWords;

template <class E>
QLatin1StringView toWord(E value)
{
    for (const auto &[member, word] : EnumWords<E>::words) {
        if (member == value)
            return QLatin1StringView(word);
    }
    return {};
}

template <class E>
std::optional<E> fromWord(QStringView text)
{
    for (const auto &[member, word] : EnumWords<E>::words) {
        if (text == QLatin1StringView(word))
            return member;
    }
    return std::nullopt;
}

//! A mesh is known by its id (32 characters of [0-9A-Za-z]), never by its slug.
using MeshId = QString;

//! Wire reference 6.4: now interrupts, next is the default, low is quiet.
enum class Priority { Now, Next, Low };
template <>
struct EnumWords<Priority>
{
    static constexpr std::array words{std::pair{Priority::Now, "now"}, std::pair{Priority::Next, "next"},
                                      std::pair{Priority::Low, "low"}};
};

//! Status of a peer as `peers_list` reports it; Offline is ours, for peers that left.
enum class PeerStatus { Idle, Working, Dnd, Offline };
template <>
struct EnumWords<PeerStatus>
{
    static constexpr std::array words{std::pair{PeerStatus::Idle, "idle"}, std::pair{PeerStatus::Working, "working"},
                                      std::pair{PeerStatus::Dnd, "dnd"}, std::pair{PeerStatus::Offline, "offline"}};
};

//! Kind of peer, told by shape in the graph. `bridge` on the wire counts as a connector; an absent type as Ai.
enum class PeerKind { Ai, Human, Connector };
template <>
struct EnumWords<PeerKind>
{
    static constexpr std::array words{std::pair{PeerKind::Ai, "ai"}, std::pair{PeerKind::Human, "human"},
                                      std::pair{PeerKind::Connector, "connector"}};
};

//! Whom a conversation is with. Notes: with oneself, on this computer only; nothing of it is on the wire.
enum class ConversationKind { Direct, Group, Topic, Broadcast, System, Notes };
template <>
struct EnumWords<ConversationKind>
{
    static constexpr std::array words{
        std::pair{ConversationKind::Direct, "direct"}, std::pair{ConversationKind::Group, "group"},
        std::pair{ConversationKind::Topic, "topic"},   std::pair{ConversationKind::Broadcast, "broadcast"},
        std::pair{ConversationKind::System, "system"}, std::pair{ConversationKind::Notes, "notes"}};
};

//! Names one conversation of a mesh.
//! Direct: `key` is the peer's routing key (64 hex) at first contact; the store follows the peer when it returns with a
//! new one. Group: the group's name without `@`. Topic: the topic's id. Broadcast, System and Notes: empty. A multicast
//! push does not say what it was addressed to (wire/observed 3), so what others send to groups arrives in Broadcast.
struct ConversationId
{
    ConversationKind kind = ConversationKind::Direct;
    QString key;

    friend bool operator==(const ConversationId &, const ConversationId &) = default;

    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("kind", self.kind);
        v("key", self.key);
    }
};

inline size_t qHash(const ConversationId &id, size_t seed = 0) noexcept
{
    return qHashMulti(seed, int(id.kind), id.key);
}

//! How a message body travelled. Sealed: crypto_box or a topic key. Clear: base64 text that the broker could read.
//! Undecryptable: nothing of ours opened it; the text is empty.
enum class BodyKind { Sealed, Clear, Undecryptable };
template <>
struct EnumWords<BodyKind>
{
    static constexpr std::array words{std::pair{BodyKind::Sealed, "sealed"}, std::pair{BodyKind::Clear, "clear"},
                                      std::pair{BodyKind::Undecryptable, "undecryptable"}};
};

//! State of the link to one broker. Waiting: will try again by itself at `nextTryAtMs`. Failed: the user must act.
enum class ConnectionState { Offline, Connecting, Handshaking, Online, Waiting, Failed };
template <>
struct EnumWords<ConnectionState>
{
    static constexpr std::array words{
        std::pair{ConnectionState::Offline, "offline"},         std::pair{ConnectionState::Connecting, "connecting"},
        std::pair{ConnectionState::Handshaking, "handshaking"}, std::pair{ConnectionState::Online, "online"},
        std::pair{ConnectionState::Waiting, "waiting"},         std::pair{ConnectionState::Failed, "failed"}};
};

} // namespace mesh::protocol
