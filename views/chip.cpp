// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/chip.h"

#include <QtGui/QPainter>
#include <QtGui/QPainterPath>

#include <cmath>

namespace mesh::views {

using namespace Qt::StringLiterals;

namespace {
constexpr int kChipHeight = 28;
constexpr int kChipPadding = 10;
} // namespace

Chip::Chip(Theme &theme, QWidget *parent)
    : QAbstractButton(parent)
    , m_theme(theme)
{
    setFocusPolicy(Qt::TabFocus);
    setCursor(Qt::PointingHandCursor);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    connect(&m_theme, &Theme::changed, this, [this] {
        updateGeometry();
        update();
    });
}

void Chip::setSpans(const QList<items::AttentionSpan> &spans)
{
    QString text;
    for (const items::AttentionSpan &span : spans)
        text += span.text;
    m_spans = spans;
    if (text != this->text()) {
        setText(text);
        setAccessibleName(text);
        updateGeometry();
    }
    update();
}

void Chip::setEdge(std::optional<Theme::Role> role)
{
    m_edge = role;
    update();
}

QFont Chip::fontOf(bool strong) const
{
    return m_theme.font(strong ? Theme::Text::SecondStrong : Theme::Text::Second);
}

QSize Chip::sizeHint() const
{
    double width = 0;
    for (const items::AttentionSpan &span : m_spans)
        width += QFontMetricsF(fontOf(span.strong)).horizontalAdvance(span.text);
    return {int(std::ceil(width)) + 2 * m_theme.px(kChipPadding), m_theme.px(kChipHeight)};
}

QSize Chip::minimumSizeHint() const
{
    return {m_theme.px(40), m_theme.px(kChipHeight)};
}

void Chip::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const double radius = m_theme.px(7);
    const QRectF box = QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5);
    const Theme::Role surface = isChecked() ? Theme::Role::Selection
        : underMouse() || isDown()          ? Theme::Role::Hover
                                            : Theme::Role::Panel;
    painter.setBrush(m_theme.color(surface));
    painter.setPen(QPen(m_theme.color(hasFocus() || isChecked() ? Theme::Role::Accent : Theme::Role::Line), 1));
    painter.drawRoundedRect(box, radius, radius);
    if (m_edge) {
        QPainterPath shape;
        shape.addRoundedRect(QRectF(rect()), radius, radius);
        painter.save();
        painter.setClipPath(shape);
        painter.fillRect(QRectF(0, 0, m_theme.px(3), height()), m_theme.color(*m_edge));
        painter.restore();
    }
    double x = m_theme.px(kChipPadding);
    const double right = width() - m_theme.px(kChipPadding) + 1;
    for (const items::AttentionSpan &span : m_spans) {
        const QFont font = fontOf(span.strong);
        const QFontMetricsF metrics(font);
        painter.setFont(font);
        painter.setPen(m_theme.color(span.strong ? Theme::Role::Text1 : Theme::Role::Text2));
        const QString text = metrics.elidedText(span.text, Qt::ElideRight, std::max(0.0, right - x));
        painter.drawText(QRectF(x, 0, right - x, height()), Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine,
                         text);
        x += metrics.horizontalAdvance(text);
        if (text != span.text)
            break;
    }
}

void Chip::enterEvent(QEnterEvent *event)
{
    QAbstractButton::enterEvent(event);
    update();
}

void Chip::leaveEvent(QEvent *event)
{
    QAbstractButton::leaveEvent(event);
    update();
}

} // namespace mesh::views
