// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtWidgets/QDialog>

namespace mesh::views {

class Theme;

//! All keys on one page.
class ShortcutSheet final : public QDialog
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(ShortcutSheet)

public:
    struct Line
    {
        QString keys;
        QString what;
    };
    struct Section
    {
        QString title;
        QList<Line> lines;
    };

    //! \a window: the shortcuts of the window's own commands; what editor and lists know is added.
    ShortcutSheet(Theme &theme, const QList<Line> &window, QWidget *parent = nullptr);

    //! Keys that belong to the conversation, not to the window.
    [[nodiscard]] static QList<Section> conversationKeys();
};

} // namespace mesh::views
