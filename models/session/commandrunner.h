// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QHash>

#include <functional>
#include <optional>

#include "models/protocol/command.h"
#include "models/session/fileflow.h"
#include "models/session/humanchat.h"
#include "models/session/sendflow.h"
#include "models/session/sessionport.h"
#include "models/session/topicpoller.h"

namespace mesh::session {

//! What the user wants to be for the mesh; said again after every reconnect, because brokers forget it.
struct OwnPresence
{
    std::optional<QString> summary;
    protocol::PeerStatus status = protocol::PeerStatus::Idle;
    QStringList groups;          //!< joined since the program started, beside those of the profile
    bool releasePending = false; //!< dnd was left: held messages are asked for once the broker shows it
};

//! Turns commands into frames and their outcome into CommandFinished, exactly one for each.
class CommandRunner final
{
public:
    struct Parts
    {
        SessionPort &port;
        SendFlow &sending;
        FileFlow &files;
        TopicPoller &topics;
        HumanChat &human;
        OwnPresence &presence;
    };

    explicit CommandRunner(Parts parts);

    std::function<void()> onConnect;
    std::function<void()> onDisconnect;
    //! Something of ours changed that only the peer list shows.
    std::function<void()> onOwnRowChanged;

    void run(qint64 id, protocol::Command command);
    //! The session ends: finishes what is still open.
    void closeAll();

    void advance();
    qint64 nextDueMs() const;

private:
    //! A state value whose storing is being looked after: brokers answer `set_state` never (wire/observed 2).
    struct StateCheck
    {
        qint64 commandId = 0;
        QString key;
        QJsonValue value;
        int looks = 0;
        qint64 dueMs = 0;
    };
    struct Runner;

    void finish(qint64 id, const protocol::Expected<QJsonObject> &outcome = QJsonObject());
    void finish(qint64 id, const protocol::Expected<void> &outcome);
    void ask(qint64 id, protocol::ClientFrame frame);
    void tell(qint64 id, const protocol::ClientFrame &frame);
    void look(StateCheck check);

    Parts m_parts;
    QHash<qint64, QString> m_open; // command id -> name
    QList<StateCheck> m_checks;
};

} // namespace mesh::session
