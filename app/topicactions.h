// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QObject>
#include <QtCore/QSet>

#include "models/protocol/clock.h"
#include "models/protocol/types.h"

class QWidget;

namespace mesh::items {
class FocusState;
}
namespace mesh::views {
class Theme;
class TopicsPage;
} // namespace mesh::views

namespace mesh::app {

class Workspace;

//! What the user can do with topics beyond writing in them: the page of all topics, leaving one after a question. Puts
//! the user into `general` the first time, which no broker does by itself (wire reference 3.2).
class TopicActions final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(TopicActions)

public:
    TopicActions(views::Theme &theme, const protocol::Clock &clock, items::FocusState &focus, Workspace &workspace,
                 QWidget *window);

    //! Shows the page, with a topic chosen if \a topicId names one.
    void browse(const QString &topicId = {});
    void create();
    //! Asks, then leaves.
    void leave(const QString &topicId);
    //! The one that is open; says so if none is.
    void leaveOpen();

Q_SIGNALS:
    //! The chat shows another topic now and should be looked at.
    void opened();
    //! Worth a sentence in the bar above the graph.
    void told(const QString &sentence);

private:
    views::TopicsPage &page();
    void welcome(const protocol::MeshId &mesh);
    void leaveNow(const protocol::MeshId &mesh, const QString &topicId);

    views::Theme &m_theme;
    const protocol::Clock &m_clock;
    items::FocusState &m_focus;
    Workspace &m_workspace;
    QWidget *m_window = nullptr;
    views::TopicsPage *m_page = nullptr; // child of the window
    QSet<protocol::MeshId> m_welcomed;
};

} // namespace mesh::app
