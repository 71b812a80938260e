// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/trustbar.h"

#include <QtGui/QAccessible>
#include <QtGui/QPainter>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QPushButton>

#include "views/theme.h"

namespace mesh::views {

using namespace Qt::StringLiterals;

TrustBar::TrustBar(Theme &theme, QWidget *parent)
    : QFrame(parent)
    , m_theme(theme)
    , m_icon(new QLabel)
    , m_text(new QLabel)
    , m_compare(new QPushButton(tr("Compare…")))
{
    setObjectName(u"trustBar"_s);
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(m_theme.px(14), m_theme.px(8), m_theme.px(12), m_theme.px(8));
    row->setSpacing(m_theme.px(10));
    m_text->setObjectName(u"trustText"_s);
    m_text->setTextFormat(Qt::PlainText);
    m_text->setWordWrap(true);
    m_compare->setObjectName(u"trustCompare"_s);
    m_compare->setToolTip(tr("Compare safety numbers with this peer"));
    row->addWidget(m_icon, 0, Qt::AlignTop);
    row->addWidget(m_text, 1);
    row->addWidget(m_compare, 0, Qt::AlignVCenter);
    connect(m_compare, &QPushButton::clicked, this, &TrustBar::compareRequested);
    connect(&m_theme, &Theme::changed, this, &TrustBar::onThemeChanged);
    onThemeChanged();
    hide();
}

void TrustBar::setWarning(const QString &sentence)
{
    const bool news = !sentence.isEmpty() && m_text->text() != sentence;
    m_text->setText(sentence);
    setVisible(!sentence.isEmpty());
    setAccessibleName(sentence);
    if (news && QAccessible::isActive()) {
        QAccessibleEvent event(m_text, QAccessible::Alert);
        QAccessible::updateAccessibility(&event);
    }
}

void TrustBar::onThemeChanged()
{
    const QSize side(m_theme.px(16), m_theme.px(16));
    m_icon->setPixmap(m_theme.icon(u"alert"_s, Theme::Role::Error).pixmap(side, devicePixelRatioF()));
    m_text->setFont(m_theme.font(Theme::Text::Second));
    QPalette palette = m_text->palette();
    palette.setColor(QPalette::WindowText, m_theme.color(Theme::Role::Text1));
    m_text->setPalette(palette);
    update();
}

void TrustBar::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(rect(), m_theme.mix(Theme::Role::Panel, Theme::Role::Error, 0.12));
    painter.fillRect(QRect(0, 0, m_theme.px(2), height()), m_theme.color(Theme::Role::Error));
    painter.fillRect(QRect(0, height() - 1, width(), 1), m_theme.color(Theme::Role::Line));
}

} // namespace mesh::views
