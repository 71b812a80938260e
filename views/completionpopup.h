// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtWidgets/QFrame>

#include "models/items/completion.h"

class QListWidget;

namespace mesh::views {

class Theme;

//! The list above the composer that offers how to go on with a word. It never takes the keyboard: the editor keeps it
//! and hands over the keys that are for the list.
class CompletionPopup final : public QFrame
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(CompletionPopup)

public:
    explicit CompletionPopup(Theme &theme, QWidget *parent);

    //! Shows \a rows with the lower edge at \a bottomLeft of the parent; hides if there are none. The chosen row stays
    //! chosen while it is offered.
    void offer(const QList<items::Completion> &rows, const QPoint &bottomLeft, int width);
    //! Up, Down, Tab, Enter and Escape while it is open. \return whether the key was for the list
    bool handleKey(int key);
    [[nodiscard]] const QList<items::Completion> &rows() const { return m_rows; }

Q_SIGNALS:
    void chosen(const mesh::items::Completion &completion);
    //! Escape: nothing is wanted for this word.
    void dismissed();

private:
    void onThemeChanged();
    void choose(int row);

    Theme &m_theme;
    QListWidget *m_list = nullptr;
    QList<items::Completion> m_rows;
};

} // namespace mesh::views
