// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/peeravatar.h"

#include "models/items/displaytext.h"
#include "views/theme.h"

#include <QtGui/QPainter>
#include <QtGui/QPainterPath>

#include <cmath>
#include <numbers>

namespace mesh::views {

namespace {
}

QPainterPath peerShape(protocol::PeerKind kind, const QRectF &area)
{
    QPainterPath path;
    switch (kind) {
    case protocol::PeerKind::Human:
        path.addEllipse(area);
        break;
    case protocol::PeerKind::Connector:
        path.addRoundedRect(area.adjusted(1, 1, -1, -1), area.width() * 0.2, area.width() * 0.2);
        break;
    case protocol::PeerKind::Ai: {
        const QPointF c = area.center();
        for (int corner = 0; corner < 6; ++corner) {
            const double angle = std::numbers::pi / 3 * corner - std::numbers::pi / 2;
            const QPointF at = c + QPointF(std::cos(angle), std::sin(angle)) * area.width() / 2;
            if (corner == 0)
                path.moveTo(at);
            else
                path.lineTo(at);
        }
        path.closeSubpath();
        break;
    }
    }
    return path;
}

PeerAvatar::PeerAvatar(Theme &theme, QWidget *parent)
    : QWidget(parent)
    , m_theme(theme)
{
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    connect(&m_theme, &Theme::changed, this, [this] {
        updateGeometry();
        update();
    });
}

void PeerAvatar::setPeer(const QString &initials, protocol::PeerKind kind, protocol::PeerStatus status,
                         double contextShare)
{
    m_initials = initials;
    m_kind = kind;
    m_status = status;
    m_contextShare = contextShare;
    update();
}

QSize PeerAvatar::sizeHint() const
{
    return {m_theme.px(52), m_theme.px(52)};
}

void PeerAvatar::paintEvent(QPaintEvent *)
{
    QPainter p(this);
    p.setRenderHint(QPainter::Antialiasing);
    const QRectF area = QRectF(rect()).adjusted(2, 2, -2, -2);
    if (m_contextShare >= 0) {
        const double share = std::min(1.0, m_contextShare);
        p.setPen(QPen(m_theme.color(Theme::Role::Line), 2));
        p.drawArc(area, 0, 360 * 16);
        const auto ink = share >= items::kContextAlarm ? Theme::Role::Now : Theme::Role::Text2;
        p.setPen(QPen(m_theme.color(ink), 2, Qt::SolidLine, Qt::RoundCap));
        p.drawArc(area, 90 * 16, -int(share * 360 * 16));
    }
    const double inset = m_theme.px(5);
    const QRectF body = area.adjusted(inset, inset, -inset, -inset);
    p.setPen(QPen(m_theme.color(Theme::statusRole(m_status)), 2));
    p.setBrush(m_theme.color(Theme::Role::Raised));
    p.drawPath(peerShape(m_kind, body));
    if (m_kind == protocol::PeerKind::Human) {
        p.setBrush(Qt::NoBrush);
        p.setPen(QPen(m_theme.color(Theme::statusRole(m_status)), 1));
        p.drawEllipse(body.adjusted(-3, -3, 3, 3));
    }
    p.setFont(m_theme.font(Theme::Text::SecondStrong));
    p.setPen(m_theme.color(Theme::Role::Text1));
    p.drawText(body, Qt::AlignCenter, m_initials);
}

} // namespace mesh::views
