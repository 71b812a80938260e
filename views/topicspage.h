// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QPointer>
#include <QtCore/QTimer>
#include <QtWidgets/QDialog>

#include "models/items/topicinfo.h"
#include "models/protocol/clock.h"
#include "models/protocol/command.h"

class QLabel;
class QLineEdit;
class QListWidget;
class QPushButton;
class QStackedWidget;

namespace mesh::store {
struct ChangeSet;
}

namespace mesh::views {

class Theme;
class TopicForm;

//! The topics of a mesh: which there are, who is in each, joining, leaving, and making one.
class TopicsPage final : public QDialog
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(TopicsPage)

public:
    TopicsPage(Theme &theme, const protocol::Clock &clock, protocol::CommandSink &commands, QWidget *parent = nullptr);

    //! nullptr empties it. The store must outlive the page or be taken away first.
    void setStore(store::MeshStore *store);
    //! Chooses a topic, with its members; an empty id chooses none in particular.
    void showTopic(const QString &topicId);
    //! The form for a new one.
    void beginCreate();

Q_SIGNALS:
    //! The user wants to read a topic.
    void openRequested(const QString &topicId);
    //! The user wants to leave one; whoever asks whether that is meant then leaves it.
    void leaveRequested(const QString &topicId);

protected:
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;

private:
    QWidget *buildList();
    QWidget *buildDetail();
    void restyle();
    void onChanged(const store::ChangeSet &changes);
    void fill();
    void showDetail();
    void fillMembers(const items::TopicInfo &topic);
    void join(const QString &topicId);
    [[nodiscard]] bool isAddress() const;
    void create(const protocol::TopicCreate &frame);
    void say(const QString &sentence, bool bad);
    void poll();
    [[nodiscard]] std::optional<items::TopicInfo> chosen() const;
    [[nodiscard]] static QString memberCount(const items::TopicInfo &topic);

    Theme &m_theme;
    const protocol::Clock &m_clock;
    protocol::CommandSink &m_commands;
    QPointer<store::MeshStore> m_store;
    QString m_chosen;
    QString m_awaited; //!< the chosen one while it is not in the list yet: it was just made or joined
    bool m_filling = false;
    qint64 m_creating = 0; //!< commands under way
    qint64 m_joining = 0;
    QString m_address;    //!< of the private topic that is being joined by it
    QString m_askedClear; //!< made just now, not to be encrypted
    QTimer m_poll;        //!< while it is on the screen

    QLineEdit *m_find = nullptr;
    QListWidget *m_list = nullptr;
    QLabel *m_none = nullptr;
    QPushButton *m_new = nullptr;
    QStackedWidget *m_pages = nullptr;
    QWidget *m_detail = nullptr;
    QLabel *m_title = nullptr;
    QLabel *m_lock = nullptr;
    QLabel *m_facts = nullptr;
    QLabel *m_about = nullptr;
    QPushButton *m_join = nullptr;
    QPushButton *m_open = nullptr;
    QPushButton *m_copy = nullptr;
    QPushButton *m_leave = nullptr;
    QLabel *m_membersHead = nullptr;
    QListWidget *m_members = nullptr;
    TopicForm *m_form = nullptr;
    QLabel *m_message = nullptr;
};

} // namespace mesh::views
