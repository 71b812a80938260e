// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtWidgets/QWidget>

#include "models/protocol/types.h"

class QAction;
class QToolButton;

namespace mesh::items {
class ConversationInfo;
}

namespace mesh::views {

class ElidedLabel;
class Theme;

//! Who one talks with: sign and status, name, how safe it is, and a second line of facts.
class ChatHeader final : public QWidget
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(ChatHeader)

public:
    ChatHeader(Theme &theme, items::ConversationInfo &info, QWidget *parent = nullptr);

Q_SIGNALS:
    void peerRequested();
    void markReadRequested();
    void firstUnreadRequested();
    void dateRequested();
    void askSeveralRequested();
    //! The user wants to compare safety numbers.
    void verifyRequested();
    //! Members of the topic, and what it is about.
    void topicRequested();
    void leaveTopicRequested();

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    void refresh();
    void onThemeChanged();
    [[nodiscard]] QRectF avatarRect() const;

    Theme &m_theme;
    items::ConversationInfo &m_info;
    ElidedLabel *m_title = nullptr;
    QToolButton *m_lock = nullptr;
    ElidedLabel *m_security = nullptr;
    ElidedLabel *m_subtitle = nullptr;
    QToolButton *m_members = nullptr;
    QToolButton *m_more = nullptr;
    QAction *m_aboutTopic = nullptr;
    QAction *m_leaveTopic = nullptr;
};

} // namespace mesh::views
