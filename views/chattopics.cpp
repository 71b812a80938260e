// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QPushButton>

#include "models/items/conversationinfo.h"
#include "views/chatview.h"
#include "views/composer.h"
#include "views/theme.h"

//! \file
//! What ChatView does for topics: whoever is not in one can look at it and join it.
namespace mesh::views {

using namespace Qt::StringLiterals;

QWidget *ChatView::buildJoinBar()
{
    m_joinBar = new QFrame;
    m_joinBar->setObjectName(u"joinBar"_s);
    m_joinBar->setProperty("card", true);
    auto *row = new QHBoxLayout(m_joinBar);
    row->setContentsMargins(m_theme.px(14), m_theme.px(10), m_theme.px(10), m_theme.px(10));
    row->setSpacing(m_theme.px(10));
    m_joinText = new QLabel;
    m_joinText->setObjectName(u"joinText"_s);
    m_joinText->setTextFormat(Qt::PlainText);
    m_joinText->setWordWrap(true);
    m_joinText->setProperty("tone", u"second"_s);
    m_joinButton = new QPushButton;
    m_joinButton->setObjectName(u"joinButton"_s);
    m_joinButton->setProperty("primary", true);
    row->addWidget(m_joinText, 1);
    row->addWidget(m_joinButton);
    connect(m_joinButton, &QPushButton::clicked, this, &ChatView::joinTopic);
    m_joinBar->hide();
    return m_joinBar;
}

void ChatView::refreshJoin()
{
    const bool out = m_info->canJoin();
    if (!out)
        m_joinCommand = 0;
    const bool hadFocus = m_joinButton->hasFocus();
    m_joinBar->setVisible(out);
    m_composer->setVisible(!out);
    if (!out && hadFocus)
        m_composer->focusEditor(); // joined: one can write
    if (!out)
        return;
    m_joinText->setText(tr("You can look around here. Join to write, and to hear of what is new."));
    m_joinButton->setText(m_joinCommand != 0 ? tr("Joining…") : tr("Join %1").arg(m_info->title()));
    m_joinButton->setEnabled(m_info->isOnline() && m_joinCommand == 0);
}

void ChatView::joinTopic()
{
    if (!m_commands || !m_info->canJoin())
        return;
    protocol::TopicJoin frame;
    frame.topic = m_info->id().key;
    m_joinCommand = m_commands->submit(m_info->mesh(), protocol::commands::Request{frame});
    m_pending.insert(m_joinCommand, {{}, tr("Joining did not work: %1")});
    refreshJoin();
}

} // namespace mesh::views
