// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QList>
#include <QtCore/QString>

#include <optional>

#include "models/store/meshstore.h"

//! \file
//! Topics as pages show them, from the polled lists. Texts are safe for display.
namespace mesh::items {

struct TopicInfo
{
    QString id;
    QString title; //!< `#name`
    QString description;
    bool open = true;           //!< everybody of the mesh sees it
    std::optional<int> members; //!< as far as the broker says
    std::optional<bool> joined; //!< nothing while that is not known
    protocol::events::TopicKeyState key = protocol::events::TopicKeyState::Unknown;
};

struct TopicMember
{
    QString name;
    QString peerKey; //!< a session of it, the live one if there is one; empty if none was ever seen
    QString role;    //!< `lead`, `member`, `observer`
    bool self = false;
    protocol::PeerKind kind = protocol::PeerKind::Ai;
    protocol::PeerStatus status = protocol::PeerStatus::Offline;
    qint64 readUpToMs = 0; //!< the broker's time; 0: nothing yet
};

//! By name; those the user is in come first.
[[nodiscard]] QList<TopicInfo> topicsOf(const store::MeshStore &store);
//! nullopt if the mesh lists no such topic.
[[nodiscard]] std::optional<TopicInfo> topicOf(const store::MeshStore &store, const QString &topicId);
//! Whether the user is in a topic; nothing while that is not known.
[[nodiscard]] std::optional<bool> isInTopic(const store::MeshStore &store, const QString &topicId);
//! Whether a topic is one of the user's conversations: it is in it, or that is not known and something was said there.
[[nodiscard]] bool isTopicShown(const store::MeshStore &store, const QString &topicId);
//! Those who are there come first, then by name.
[[nodiscard]] QList<TopicMember> membersOf(const store::MeshStore &store, const QString &topicId);

//! Names of the humans who write in a conversation now, sorted.
[[nodiscard]] QStringList whoTypes(const store::MeshStore &store, const protocol::ConversationId &id, qint64 nowMs);
//! Whether somebody would be told that the user types there.
[[nodiscard]] bool isTypingHeard(const store::MeshStore &store, const protocol::ConversationId &id);

} // namespace mesh::items
