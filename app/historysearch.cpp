// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/historysearch.h"

#include "app/workspace.h"
#include "models/items/focusstate.h"
#include "views/chatview.h"
#include "views/messagelistview.h"
#include "views/searchpanel.h"

namespace mesh::app {

HistorySearch::HistorySearch(views::Theme &theme, const protocol::Clock &clock, items::FocusState &focus,
                             Workspace &workspace, views::ChatView &chat, QObject *parent)
    : QObject(parent)
    , m_focus(focus)
    , m_workspace(workspace)
    , m_chat(chat)
    , m_panel(new views::SearchPanel(theme, clock,
                                     [&workspace](const store::SearchPlan &plan) { return workspace.search(plan); }))
{
    m_panel->setStoresProvider([this] {
        QList<const store::MeshStore *> stores;
        for (const QString &mesh : m_workspace.meshes())
            stores << m_workspace.store(mesh);
        return stores;
    });
    connect(&workspace, &Workspace::searchFound, m_panel, &views::SearchPanel::showPage);
    connect(&workspace, &Workspace::indexProgress, m_panel, &views::SearchPanel::setIndexed);
    connect(&workspace, &Workspace::indexRebuilt, m_panel, &views::SearchPanel::repeat);
    connect(&focus, &items::FocusState::conversationChanged, this, [this] {
        if (m_focus.conversation())
            m_panel->setConversation(store::SearchPlace{m_focus.mesh(), *m_focus.conversation()});
        else
            m_panel->setConversation(std::nullopt);
    });
    connect(m_panel, &views::SearchPanel::hitActivated, this, [this](const store::SearchHit &hit) {
        goTo({hit.mesh, hit.message.conversation}, hit.message);
    });
    connect(m_panel, &views::SearchPanel::leaveRequested, this, [this] {
        Q_EMIT chatWanted();
        m_chat.focusComposer();
    });
}

void HistorySearch::begin(bool here)
{
    Q_EMIT panelWanted();
    m_panel->begin(here);
}

void HistorySearch::goTo(const store::SearchPlace &place, const store::Message &message)
{
    m_focus.setMesh(place.mesh);
    m_focus.setConversation(place.conversation);
    Q_EMIT chatWanted();
    m_chat.goToMessage(message.messageId.isEmpty() ? message.clientMessageId : message.messageId, message.sentAtMs);
    m_chat.list()->setFocus(Qt::OtherFocusReason);
}

} // namespace mesh::app
