// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/traybadge.h"

#include <QtGui/QPainter>
#include <QtWidgets/QSystemTrayIcon>

#include "views/theme.h"

namespace mesh::app {

using namespace Qt::StringLiterals;
using views::Theme;

TrayBadge::TrayBadge(const Theme &theme, QObject *parent)
    : QObject(parent)
    , m_theme(theme)
{
    if (!QSystemTrayIcon::isSystemTrayAvailable())
        return;
    m_icon = std::make_unique<QSystemTrayIcon>();
    connect(m_icon.get(), &QSystemTrayIcon::activated, this, [this](QSystemTrayIcon::ActivationReason reason) {
        if (reason != QSystemTrayIcon::Context)
            Q_EMIT activated();
    });
    connect(&theme, &Theme::changed, this, &TrayBadge::draw);
    draw();
    m_icon->show();
}

TrayBadge::~TrayBadge() = default;

void TrayBadge::setUnread(int unread)
{
    if (m_unread == unread)
        return;
    m_unread = unread;
    draw();
}

void TrayBadge::draw()
{
    if (!m_icon)
        return;
    constexpr int side = 64; // scaled down by the tray
    QPixmap image(side, side);
    image.fill(Qt::transparent);
    QPainter painter(&image);
    painter.setRenderHint(QPainter::Antialiasing);
    m_theme.paintIcon(&painter, u"mesh"_s, QRectF(4, 4, side - 8, side - 8), m_theme.color(Theme::Role::Accent));
    if (m_unread > 0) {
        const QString words = m_unread > 99 ? u"99+"_s : QString::number(m_unread);
        QFont font = m_theme.font(Theme::Text::BodyStrong);
        font.setPixelSize(m_unread > 99 ? 20 : 26);
        const QRectF badge(side - 38, side - 34, 38, 34);
        painter.setPen(Qt::NoPen);
        painter.setBrush(m_theme.color(Theme::Role::Now));
        painter.drawRoundedRect(badge, 14, 14);
        painter.setFont(font);
        painter.setPen(m_theme.color(Theme::Role::OnAccent));
        painter.drawText(badge, Qt::AlignCenter, words);
    }
    painter.end();
    m_icon->setIcon(QIcon(image));
    m_icon->setToolTip(m_unread > 0 ? tr("Claudemesh Desktop, %n unread", nullptr, m_unread)
                                    : tr("Claudemesh Desktop"));
}

} // namespace mesh::app
