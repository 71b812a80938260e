// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QHash>
#include <QtCore/QObject>
#include <QtCore/QPointer>

#include <functional>

#include "app/notificationservice.h"
#include "models/items/notificationrules.h"
#include "models/protocol/clock.h"
#include "models/protocol/command.h"
#include "models/store/changeset.h"
#include "models/store/meshstore.h"

class QSystemTrayIcon;

namespace mesh::app {

//! Tells the user of messages while they look elsewhere: the desktop's service where there is one, the tray where not.
//! One notification for each conversation, replaced as messages come and closed once they are read.
class Notifier final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(Notifier)

public:
    //! Where a message is being read right now, so that it needs no notification.
    using IsReading = std::function<bool(const protocol::MeshId &, const protocol::ConversationId &)>;

    Notifier(const protocol::Clock &clock, NotificationService &service, protocol::CommandSink &commands,
             IsReading isReading, QObject *parent = nullptr);
    ~Notifier() override;

    void setPolicy(const items::NotificationPolicy &policy);
    //! Begins to tell of a mesh; what it holds already is not news.
    void watch(store::MeshStore *store);
    //! The fallback; nullptr for none. Its message() opens nothing: messageClicked() goes to the newest conversation.
    void setTray(QSystemTrayIcon *tray);
    //! Unread messages in all watched meshes that may ask for attention.
    [[nodiscard]] int unread() const { return m_unread; }

Q_SIGNALS:
    void openRequested(const mesh::protocol::MeshId &mesh, const mesh::protocol::ConversationId &conversation);
    void unreadChanged(int unread);

private:
    struct Place
    {
        protocol::MeshId mesh;
        protocol::ConversationId conversation;
    };
    //! A notification that stands on the desktop, or is on its way there (id 0).
    struct Standing
    {
        Place place;
        uint id = 0;
        qint64 upToMs = 0; //!< newest message it tells of
        int count = 0;
    };

    void onChanged(store::MeshStore *store, const store::ChangeSet &changes);
    void tell(store::MeshStore *store, const protocol::ConversationId &id);
    void closeRead(store::MeshStore *store);
    void recount();
    [[nodiscard]] static QString tokenOf(const Place &place);
    [[nodiscard]] QString titleOf(const store::MeshStore &store, const store::Conversation &conversation) const;
    void onShown(const QString &token, uint id);
    void onActivated(uint id, const QString &action);

    const protocol::Clock &m_clock;
    NotificationService &m_service;
    protocol::CommandSink &m_commands;
    IsReading m_isReading;
    items::NotificationPolicy m_policy;
    QPointer<QSystemTrayIcon> m_tray;
    QList<QPointer<store::MeshStore>> m_stores;
    QHash<store::MeshStore *, quint64> m_seen; //!< newest seq that was looked at
    QHash<QString, Standing> m_standing;       //!< by token
    Place m_newest;
    int m_unread = 0;
};

} // namespace mesh::app
