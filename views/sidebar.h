// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QPointer>
#include <QtCore/QTimer>
#include <QtWidgets/QWidget>

#include <functional>

#include "models/protocol/clock.h"
#include "models/protocol/command.h"

class QLabel;
class QListView;
class QMenu;
class QModelIndex;
class QToolButton;

namespace mesh::store {
class MeshStore;
}
namespace mesh::items {
class ConversationListModel;
class FocusState;
class MeshSummary;
class PeerMatches;
} // namespace mesh::items

namespace mesh::views {

class MeshHeader;
class Theme;

//! A mesh the user has joined, for the switcher.
struct MeshChoice
{
    protocol::MeshId id;
    QString name;
    bool personal = false;
    int unread = 0;
    protocol::ConnectionState state = protocol::ConnectionState::Offline;
};

//! The left side: which mesh, who needs the user, conversations, peers.
class SideBar final : public QWidget
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(SideBar)

public:
    SideBar(Theme &theme, const protocol::Clock &clock, items::FocusState *focus, protocol::CommandSink *commands,
            QWidget *parent = nullptr);

    //! Data of the mesh on the screen; nullptr for none. The store must outlive the view or be taken away first.
    void setStore(store::MeshStore *store);
    //! The window's filter, for the peers below the conversations; borrowed.
    void setMatches(items::PeerMatches *matches);
    //! All meshes, for the switcher.
    void setMeshes(const QList<MeshChoice> &meshes);

    //! Which conversations are listed and in what order, as the user chose it before.
    void setListChoice(bool unreadOnly, bool byNeed);

    [[nodiscard]] items::ConversationListModel *model() const { return m_model; }
    //! Puts the keyboard on the list, at the open conversation.
    void focusList();

Q_SIGNALS:
    //! The user chose otherwise; to be kept.
    void listChoiceChanged(bool unreadOnly, bool byNeed);
    void meshChosen(const mesh::protocol::MeshId &mesh);
    //! "Join or add a mesh" in the switcher.
    void addMeshRequested();
    //! A conversation was opened by the user; the keyboard may go to its composer.
    void conversationOpened(const mesh::protocol::ConversationId &conversation);
    void peerRequested(const QString &key);
    //! The page of topics, with one chosen unless \a topicId is empty.
    void topicsRequested(const QString &topicId);
    void leaveTopicRequested(const QString &topicId);

protected:
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void showChosen();
    void follow();
    void noteInSight();
    void arrange(const protocol::ConversationId &id,
                 const std::function<void(protocol::commands::ArrangeConversation &)> &change);
    void onThemeChanged();
    void refreshHeader();
    void refreshEmpty();
    void showMeshMenu();
    void open(const QModelIndex &index);
    void showRowMenu(const QPoint &at);

    Theme &m_theme;
    QPointer<items::FocusState> m_focus;
    protocol::CommandSink *m_commands;
    QPointer<store::MeshStore> m_store;
    items::ConversationListModel *m_model = nullptr;
    items::MeshSummary *m_summary = nullptr;
    MeshHeader *m_header = nullptr;
    QListView *m_list = nullptr;
    QLabel *m_empty = nullptr;
    QList<MeshChoice> m_meshes;
    QTimer m_timesTimer;
    QTimer m_countdown;
    QToolButton *m_unreadOnly = nullptr;
    QToolButton *m_byNeed = nullptr;
    QTimer m_followTimer;
    int m_chosenRow = -1;      //!< where the open conversation was when it was last shown
    bool m_chosenPeer = false; //!< it stood among the peers nobody has talked with
    bool m_chosenInSight = false;
};

} // namespace mesh::views
