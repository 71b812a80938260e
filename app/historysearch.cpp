// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/historysearch.h"

#include "app/workspace.h"
#include "models/items/focusstate.h"
#include "models/items/messagelistmodel.h"
#include "views/chatview.h"
#include "views/messagelistview.h"
#include "views/searchpanel.h"

namespace mesh::app {

namespace {

constexpr int seekPage = 2'000; // messages read at once on the way to an old one

} // namespace

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
    connect(&workspace, &Workspace::historyReady, this, [this](const store::HistoryPage &page) {
        if (m_seeking && page.mesh == m_place.mesh)
            QMetaObject::invokeMethod(this, &HistorySearch::seek, Qt::QueuedConnection); // after the model took it
    });
}

void HistorySearch::begin(bool here)
{
    Q_EMIT panelWanted();
    m_panel->begin(here);
}

void HistorySearch::goTo(const store::SearchPlace &place, const store::Message &message)
{
    m_place = place;
    m_wanted = message;
    m_seeking = true;
    m_focus.setMesh(place.mesh);
    m_focus.setConversation(place.conversation);
    Q_EMIT chatWanted();
    seek();
}

void HistorySearch::seek()
{
    items::MessageListModel *model = m_chat.model();
    const store::MeshStore *store = m_workspace.store(m_place.mesh);
    if (!m_seeking || !store || m_focus.mesh() != m_place.mesh || !m_focus.conversation()
        || store->resolve(*m_focus.conversation()) != store->resolve(m_place.conversation)) {
        m_seeking = false; // the user went elsewhere
        return;
    }
    int row = model->rowOfMessage(m_wanted.messageId);
    if (row < 0)
        row = model->rowOfMessage(m_wanted.clientMessageId);
    if (row >= 0) {
        m_seeking = false;
        m_chat.list()->scrollToRow(row);
        m_chat.list()->setFocus(Qt::OtherFocusReason);
        return;
    }
    const qint64 oldest = model->rowCount() > 0 ? model->sentAtMs(0) : 0;
    if (model->isAtStart() || (oldest > 0 && oldest < m_wanted.sentAtMs)) {
        m_seeking = false; // it was removed meanwhile
        return;
    }
    m_workspace.loadHistory(m_place.mesh, m_place.conversation, oldest, seekPage);
}

} // namespace mesh::app
