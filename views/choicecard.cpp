// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/choicecard.h"

#include "views/theme.h"

#include <QtGui/QKeyEvent>
#include <QtGui/QPainter>

namespace mesh::views {

using namespace Qt::StringLiterals;

ChoiceCard::ChoiceCard(Theme &theme, const QString &icon, const QString &title, const QString &text, QWidget *parent)
    : QAbstractButton(parent)
    , m_theme(theme)
    , m_icon(icon)
    , m_text(text)
{
    setText(title);
    setAccessibleName(title);
    setAccessibleDescription(text);
    setFocusPolicy(Qt::StrongFocus);
    setCursor(Qt::PointingHandCursor);
    QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Minimum);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    connect(&m_theme, &Theme::changed, this, [this] {
        updateGeometry();
        update();
    });
}

int ChoiceCard::textLeft() const
{
    return m_theme.px(64);
}

QSize ChoiceCard::sizeHint() const
{
    const int wide = m_theme.px(560);
    return {wide, heightForWidth(wide)};
}

int ChoiceCard::heightForWidth(int width) const
{
    const QFontMetrics body(m_theme.font(Theme::Text::Second));
    const QRect text = body.boundingRect(QRect(0, 0, std::max(40, width - textLeft() - m_theme.px(44)), 10'000),
                                         Qt::TextWordWrap, m_text);
    return m_theme.px(14) + QFontMetrics(m_theme.font(Theme::Text::Title)).height() + m_theme.px(3) + text.height()
        + m_theme.px(14);
}

void ChoiceCard::paintEvent(QPaintEvent *)
{
    QPainter p(this);
    p.setRenderHint(QPainter::Antialiasing);
    const bool hot = isEnabled() && (underMouse() || hasFocus());
    const QRectF area = QRectF(rect()).adjusted(0.75, 0.75, -0.75, -0.75);
    p.setBrush(m_theme.color(isDown() ? Theme::Role::Selection : Theme::Role::Panel));
    p.setPen(QPen(m_theme.color(hot ? Theme::Role::Accent : Theme::Role::Line), hasFocus() ? 1.5 : 1));
    p.drawRoundedRect(area, m_theme.px(10), m_theme.px(10));

    const double badge = m_theme.px(36);
    const QRectF badgeRect(m_theme.px(14), m_theme.px(15), badge, badge);
    p.setPen(Qt::NoPen);
    p.setBrush(m_theme.color(hot ? Theme::Role::Selection : Theme::Role::Raised));
    p.drawRoundedRect(badgeRect, m_theme.px(8), m_theme.px(8));
    const double icon = m_theme.px(20);
    QRectF iconRect(0, 0, icon, icon);
    iconRect.moveCenter(badgeRect.center());
    const auto ink = !isEnabled() ? Theme::Role::Faint : hot ? Theme::Role::Accent : Theme::Role::Text2;
    m_theme.paintIcon(&p, m_icon, iconRect, m_theme.color(ink));
    QRectF arrow(0, 0, m_theme.px(16), m_theme.px(16));
    arrow.moveCenter(QPointF(width() - m_theme.px(22), height() / 2.0));
    m_theme.paintIcon(&p, u"chevron-right"_s, arrow, m_theme.color(hot ? Theme::Role::Accent : Theme::Role::Faint));

    const QFont title = m_theme.font(Theme::Text::Title);
    const int titleHeight = QFontMetrics(title).height();
    const int right = m_theme.px(44);
    p.setFont(title);
    p.setPen(m_theme.color(isEnabled() ? Theme::Role::Text1 : Theme::Role::Text3));
    p.drawText(QRect(textLeft(), m_theme.px(14), width() - textLeft() - right, titleHeight),
               Qt::AlignLeft | Qt::AlignVCenter, text());
    p.setFont(m_theme.font(Theme::Text::Second));
    p.setPen(m_theme.color(isEnabled() ? Theme::Role::Text2 : Theme::Role::Text3));
    const int top = m_theme.px(14) + titleHeight + m_theme.px(3);
    p.drawText(QRect(textLeft(), top, width() - textLeft() - right, height() - top),
               Qt::TextWordWrap | Qt::AlignLeft | Qt::AlignTop, m_text);
}

void ChoiceCard::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter)
        click();
    else
        QAbstractButton::keyPressEvent(event);
}

void ChoiceCard::enterEvent(QEnterEvent *event)
{
    QAbstractButton::enterEvent(event);
    update();
}

void ChoiceCard::leaveEvent(QEvent *event)
{
    QAbstractButton::leaveEvent(event);
    update();
}

} // namespace mesh::views
