// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QObject>
#include <QtCore/QTimer>

#include <functional>
#include <optional>

#include "models/protocol/clock.h"
#include "models/store/journal.h"

class QWidget;

namespace mesh::items {
class FocusState;
}

namespace mesh::app {

class Workspace;

//! What the user can do with the stored history of the open conversation: export it, bound it, remove it. Each asks
//! first. Keeps the rules of retention and has the journal follow them once an hour.
class HistoryActions final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(HistoryActions)

public:
    HistoryActions(const protocol::Clock &clock, items::FocusState &focus, Workspace &workspace, QWidget *window);

    void exportConversation();
    void removeConversation();
    void chooseRetention();

    //! Asks for the file of an export: suggested name in, path out, empty if the user thought better of it.
    using PathChooser = std::function<QString(const QString &suggested)>;
    void setPathChooser(PathChooser chooser) { m_choosePath = std::move(chooser); }

Q_SIGNALS:
    //! Worth a sentence in the bar above the graph.
    void told(const QString &sentence);

private:
    [[nodiscard]] std::optional<store::SearchPlace> place();
    [[nodiscard]] QList<protocol::ConversationId> partsOf(const store::SearchPlace &place) const;
    [[nodiscard]] QString titleOf(const store::SearchPlace &place) const;
    void writeExport(const store::SearchPlace &place, const QString &path);
    void remove(const store::SearchPlace &place);
    void setRule(const store::SearchPlace &place, qint64 maxAgeMs, qint64 maxBytes);
    void applyRules();

    const protocol::Clock &m_clock;
    items::FocusState &m_focus;
    Workspace &m_workspace;
    QWidget *m_window = nullptr;
    PathChooser m_choosePath;
    QList<store::RetentionRule> m_rules;
    QTimer m_hour;
};

} // namespace mesh::app
