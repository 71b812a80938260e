// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/statusdot.h"

#include "views/theme.h"

#include <QtGui/QPainter>

namespace mesh::views {

StatusDot::StatusDot(Theme &theme, QWidget *parent)
    : QWidget(parent)
    , m_theme(theme)
{
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    connect(&m_theme, &Theme::changed, this, [this] {
        updateGeometry();
        update();
    });
}

void StatusDot::setStatus(protocol::PeerStatus status)
{
    if (m_status == status)
        return;
    m_status = status;
    update();
}

QSize StatusDot::sizeHint() const
{
    return {m_theme.px(9), m_theme.px(9)};
}

void StatusDot::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    m_theme.paintStatusDot(&painter, QRectF(rect()).center(), std::min(width(), height()) - 1.0, m_status,
                           m_theme.color(Theme::Role::Panel));
}

} // namespace mesh::views
