// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtWidgets/QAbstractButton>

namespace mesh::items {
class MeshSummary;
}

namespace mesh::views {

class Theme;

//! Name and link of the mesh on the screen; a click opens the switcher.
class MeshHeader final : public QAbstractButton
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(MeshHeader)

public:
    MeshHeader(Theme &theme, items::MeshSummary &summary, QWidget *parent = nullptr);

    //! How many meshes there are, and the unread messages in those not on the screen.
    void setChoices(int meshes, int unreadElsewhere);

    [[nodiscard]] QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    Theme &m_theme;
    items::MeshSummary &m_summary;
    int m_meshes = 0;
    int m_unreadElsewhere = 0;
};

} // namespace mesh::views
