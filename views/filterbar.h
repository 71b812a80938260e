// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QTimer>
#include <QtWidgets/QWidget>

#include "models/items/peermatches.h"
#include "models/items/savedfilters.h"

class QCompleter;
class QHBoxLayout;
class QLabel;
class QLineEdit;
class QMenu;
class QStandardItemModel;
class QToolButton;

namespace mesh::views {

class Chip;
class Theme;

//! The row above graph and table: the filter as an expression with completion, chips that switch conditions, saved
//! filters, and room for what else belongs there. Shows and changes FocusState's filter; keeps nothing of its own.
class FilterBar final : public QWidget
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(FilterBar)

public:
    //! All outlive the bar. \a saved may be nullptr: then filters cannot be kept.
    FilterBar(Theme &theme, items::FocusState &focus, items::PeerMatches &matches, items::SavedFilters *saved,
              QWidget *parent = nullptr);

    //! Puts the cursor into the expression and selects it.
    void focusField();
    //! Adds something at the right end.
    void addTrailing(QWidget *widget);

protected:
    void resizeEvent(QResizeEvent *event) override;
    void showEvent(QShowEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void apply();
    void showFilter();
    void showCounts();
    void placeChips();
    void underline();
    void offerCompletions();
    void take(const QModelIndex &completion);
    void fillSavedMenu();
    void askForName();
    void save(const QString &name);
    void restyle();

    Theme &m_theme;
    items::FocusState &m_focus;
    items::PeerMatches &m_matches;
    items::SavedFilters *m_saved;
    QHBoxLayout *m_row = nullptr;
    QLineEdit *m_edit = nullptr;
    QToolButton *m_savedButton = nullptr;
    QMenu *m_savedMenu = nullptr;
    QToolButton *m_hide = nullptr;
    QWidget *m_chipArea = nullptr;
    QLabel *m_count = nullptr;
    QLabel *m_error = nullptr;
    QCompleter *m_completer = nullptr;
    QStandardItemModel *m_offers = nullptr;
    QList<items::FilterCompletion> m_completions;
    QTimer m_typing;
    QList<Chip *> m_chips;
    QList<items::PeerMatches::Chip> m_shownChips;
};

} // namespace mesh::views
