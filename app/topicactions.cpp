// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/topicactions.h"

#include <QtWidgets/QMessageBox>
#include <QtWidgets/QPushButton>

#include "app/workspace.h"
#include "models/items/focusstate.h"
#include "models/items/topicinfo.h"
#include "views/topicspage.h"

namespace mesh::app {

using namespace Qt::StringLiterals;
using protocol::ConversationId;
using protocol::ConversationKind;
using protocol::MeshId;

TopicActions::TopicActions(views::Theme &theme, const protocol::Clock &clock, items::FocusState &focus,
                           Workspace &workspace, QWidget *window)
    : QObject(window)
    , m_theme(theme)
    , m_clock(clock)
    , m_focus(focus)
    , m_workspace(workspace)
    , m_window(window)
{
    connect(&workspace, &Workspace::meshOpened, this, [this](const MeshId &mesh) {
        connect(m_workspace.store(mesh), &store::MeshStore::changed, this,
                [this, mesh](const store::ChangeSet &changes) {
                    if (changes.reset || changes.listings.testFlag(store::Listed::TopicMembers))
                        welcome(mesh);
                });
    });
    connect(&focus, &items::FocusState::meshChanged, this, [this](const MeshId &mesh) {
        if (m_page)
            m_page->setStore(m_workspace.store(mesh));
    });
}

void TopicActions::welcome(const MeshId &mesh)
{
    const store::MeshStore *store = m_workspace.store(mesh);
    if (!store || !store->connection().online() || m_welcomed.contains(mesh))
        return;
    for (const protocol::TopicRow &topic : store->listings().topics) {
        if (topic.name != "general"_L1 || !items::isInTopic(*store, topic.id))
            continue;
        m_welcomed.insert(mesh);
        if (*items::isInTopic(*store, topic.id) || store->listings().topicsLeft.contains(topic.id))
            return;
        protocol::TopicJoin frame;
        frame.topic = topic.id;
        m_workspace.commands().submit(mesh, protocol::commands::Request{frame});
        return;
    }
}

views::TopicsPage &TopicActions::page()
{
    if (!m_page) {
        m_page = new views::TopicsPage(m_theme, m_clock, m_workspace.commands(), m_window);
        m_page->setStore(m_workspace.store(m_focus.mesh()));
        connect(m_page, &views::TopicsPage::openRequested, this, [this](const QString &topicId) {
            m_page->hide();
            m_focus.setConversation(ConversationId{ConversationKind::Topic, topicId});
            Q_EMIT opened();
        });
        connect(m_page, &views::TopicsPage::leaveRequested, this, &TopicActions::leave);
    }
    m_page->show();
    m_page->raise();
    m_page->activateWindow();
    return *m_page;
}

void TopicActions::browse(const QString &topicId)
{
    page().showTopic(topicId);
}

void TopicActions::create()
{
    page().beginCreate();
}

void TopicActions::leaveOpen()
{
    const auto &open = m_focus.conversation();
    if (open && open->kind == ConversationKind::Topic)
        leave(open->key);
    else
        Q_EMIT told(tr("Open the topic first that you want to leave."));
}

void TopicActions::leave(const QString &topicId)
{
    const MeshId mesh = m_focus.mesh();
    const store::MeshStore *store = m_workspace.store(mesh);
    const auto topic = store ? items::topicOf(*store, topicId) : std::nullopt;
    if (!topic)
        return;
    if (!topic->joined.value_or(false)) {
        Q_EMIT told(tr("You are not in %1.").arg(topic->title));
        return;
    }
    QWidget *above = m_page && m_page->isVisible() ? static_cast<QWidget *>(m_page) : m_window;
    auto *box = new QMessageBox(QMessageBox::Question, tr("Leave"), tr("Leave %1?").arg(topic->title),
                                QMessageBox::Cancel, above);
    box->setObjectName(u"leaveTopicDialog"_s);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setTextFormat(Qt::PlainText);
    QString words = tr("You will not hear of what is new there. What you have read stays on this computer until you "
                       "remove it.");
    if (!topic->open)
        words += u' ' + tr("The topic is private: to come back you need its address.");
    box->setInformativeText(words);
    QPushButton *go = box->addButton(tr("Leave"), QMessageBox::DestructiveRole);
    go->setObjectName(u"leaveTopicButton"_s);
    box->setDefaultButton(QMessageBox::Cancel);
    connect(go, &QPushButton::clicked, this, [this, mesh, topicId] { leaveNow(mesh, topicId); });
    box->open();
}

void TopicActions::leaveNow(const MeshId &mesh, const QString &topicId)
{
    const store::MeshStore *store = m_workspace.store(mesh);
    if (!store)
        return;
    const ConversationId id{ConversationKind::Topic, topicId};
    if (const store::Conversation *conversation = store->conversation(id); conversation && conversation->unread > 0)
        m_workspace.commands().submit(mesh, protocol::commands::MarkRead{id, conversation->lastAtMs});
    protocol::TopicLeave frame;
    frame.topic = topicId;
    m_workspace.commands().submit(mesh, protocol::commands::Request{frame});
    if (m_focus.mesh() == mesh && m_focus.conversation() == id)
        m_focus.setConversation(std::nullopt);
}

} // namespace mesh::app
