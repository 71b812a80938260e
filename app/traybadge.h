// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QObject>

#include <memory>

class QSystemTrayIcon;

namespace mesh::views {
class Theme;
}

namespace mesh::app {

//! The icon in the desktop's tray, with the number of unread messages. Where there is no tray it does nothing.
class TrayBadge final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(TrayBadge)

public:
    explicit TrayBadge(const views::Theme &theme, QObject *parent = nullptr);
    ~TrayBadge() override;

    void setUnread(int unread);
    //! nullptr where the desktop has no tray.
    [[nodiscard]] QSystemTrayIcon *icon() const { return m_icon.get(); }

Q_SIGNALS:
    void activated();

private:
    void draw();

    const views::Theme &m_theme;
    std::unique_ptr<QSystemTrayIcon> m_icon;
    int m_unread = 0;
};

} // namespace mesh::app
