// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QObject>

#include "models/protocol/clock.h"
#include "models/store/journal.h"

namespace mesh::items {
class FocusState;
}
namespace mesh::views {
class ChatView;
class SearchPanel;
class Theme;
} // namespace mesh::views

namespace mesh::app {

class Workspace;

//! Joins the search view, the journal and the conversation: asks, shows what was found, and goes to a message.
class HistorySearch final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(HistorySearch)

public:
    //! All outlive this but the panel, which it makes and its place in the window owns.
    HistorySearch(views::Theme &theme, const protocol::Clock &clock, items::FocusState &focus, Workspace &workspace,
                  views::ChatView &chat, QObject *parent);

    [[nodiscard]] views::SearchPanel *panel() const { return m_panel; }
    //! Opens the search of everything, or \a here: of the conversation that is open.
    void begin(bool here);
    //! Shows a message of any mesh, however old it is.
    void goTo(const store::SearchPlace &place, const store::Message &message);

Q_SIGNALS:
    void panelWanted();
    void chatWanted();

private:
    items::FocusState &m_focus;
    Workspace &m_workspace;
    views::ChatView &m_chat;
    views::SearchPanel *m_panel = nullptr;
};

} // namespace mesh::app
