// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/meshheader.h"

#include <QtGui/QPainter>

#include "models/items/meshsummary.h"
#include "views/theme.h"

namespace mesh::views {

using namespace Qt::StringLiterals;
using protocol::ConnectionState;

MeshHeader::MeshHeader(Theme &theme, items::MeshSummary &summary, QWidget *parent)
    : QAbstractButton(parent)
    , m_theme(theme)
    , m_summary(summary)
{
    setObjectName(u"meshHeader"_s);
    setFocusPolicy(Qt::TabFocus);
    setAttribute(Qt::WA_Hover);
    setToolTip(tr("Choose another mesh"));
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    connect(&m_theme, &Theme::changed, this, &QWidget::updateGeometry);
}

void MeshHeader::setChoices(int meshes, int unreadElsewhere)
{
    m_meshes = meshes;
    m_unreadElsewhere = unreadElsewhere;
    update();
}

QSize MeshHeader::sizeHint() const
{
    return {m_theme.px(240), m_theme.px(48)};
}

void MeshHeader::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.fillRect(rect(), m_theme.color(underMouse() ? Theme::Role::Hover : Theme::Role::Panel));
    painter.fillRect(QRect(0, height() - 1, width(), 1), m_theme.color(Theme::Role::Line));
    if (hasFocus()) {
        painter.setPen(QPen(m_theme.color(Theme::Role::Accent), 1));
        painter.drawRoundedRect(QRectF(rect()).adjusted(2.5, 2.5, -2.5, -3.5), m_theme.px(7), m_theme.px(7));
    }

    Theme::Role dot = Theme::Role::Offline;
    switch (m_summary.connectionState()) {
    case ConnectionState::Online:
        dot = Theme::Role::Idle;
        break;
    case ConnectionState::Connecting:
    case ConnectionState::Handshaking:
    case ConnectionState::Waiting:
        dot = Theme::Role::Working;
        break;
    case ConnectionState::Failed:
        dot = Theme::Role::Error;
        break;
    case ConnectionState::Offline:
        break;
    }
    const double r = m_theme.px(8) / 2.0;
    const QPointF centre(m_theme.px(18), height() / 2.0);
    if (m_summary.connectionState() == ConnectionState::Online) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(m_theme.color(dot));
        painter.drawEllipse(centre, r, r);
    } else { // an open ring: the link is told by form too
        painter.setPen(QPen(m_theme.color(dot), 1.75));
        painter.setBrush(Qt::NoBrush);
        painter.drawEllipse(centre, r - 0.5, r - 0.5);
    }

    const int left = m_theme.px(32);
    int right = width() - m_theme.px(14);
    const int icon = m_theme.px(14);
    m_theme.paintIcon(&painter, u"chevron-down"_s, QRectF(right - icon, (height() - icon) / 2.0, icon, icon),
                      m_theme.color(Theme::Role::Text3));
    right -= icon + m_theme.px(8);
    if (m_unreadElsewhere > 0) {
        const QString text = QString::number(m_unreadElsewhere);
        painter.setFont(m_theme.font(Theme::Text::LabelStrong));
        const double w =
            std::max<double>(m_theme.px(18), painter.fontMetrics().horizontalAdvance(text) + m_theme.px(10));
        const QRectF box(right - w, (height() - m_theme.px(18)) / 2.0, w, m_theme.px(18));
        painter.setPen(Qt::NoPen);
        painter.setBrush(m_theme.color(Theme::Role::Accent));
        painter.drawRoundedRect(box, box.height() / 2, box.height() / 2);
        painter.setPen(m_theme.color(Theme::Role::OnAccent));
        painter.drawText(box, Qt::AlignCenter, text);
        right -= int(w) + m_theme.px(8);
    }
    painter.setFont(m_theme.font(Theme::Text::Title));
    painter.setPen(m_theme.color(Theme::Role::Text1));
    const QString name = m_summary.isValid() ? m_summary.name() : tr("No mesh");
    const QRect top(left, height() / 2 - m_theme.px(18), right - left, m_theme.px(19));
    painter.drawText(top, Qt::AlignVCenter | Qt::AlignLeft,
                     painter.fontMetrics().elidedText(name, Qt::ElideRight, top.width()));
    painter.setFont(m_theme.font(Theme::Text::Label));
    painter.setPen(m_theme.color(Theme::Role::Text2));
    const QRect bottom(left, height() / 2 + m_theme.px(1), right - left, m_theme.px(16));
    painter.drawText(bottom, Qt::AlignVCenter | Qt::AlignLeft,
                     painter.fontMetrics().elidedText(m_summary.line(), Qt::ElideRight, bottom.width()));
}

} // namespace mesh::views
