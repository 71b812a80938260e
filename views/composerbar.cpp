// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/composerbar.h"

#include <QtGui/QMouseEvent>
#include <QtGui/QPainter>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QToolButton>
#include <QtWidgets/QVBoxLayout>

#include "views/elidedlabel.h"
#include "views/theme.h"

namespace mesh::views {

using namespace Qt::StringLiterals;

ComposerBar::ComposerBar(Theme &theme, const QString &icon, QWidget *parent)
    : QFrame(parent)
    , m_theme(theme)
    , m_iconName(icon)
    , m_icon(new QLabel)
    , m_title(new ElidedLabel)
    , m_text(new ElidedLabel)
    , m_choices(new QHBoxLayout)
    , m_close(new QToolButton)
{
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(m_theme.px(8), 0, 0, 0);
    row->setSpacing(m_theme.px(8));
    row->addWidget(m_icon, 0, Qt::AlignTop);
    auto *lines = new QVBoxLayout;
    lines->setSpacing(0);
    lines->addWidget(m_title);
    lines->addWidget(m_text);
    m_choices->setSpacing(m_theme.px(4));
    m_choices->addStretch(1);
    lines->addLayout(m_choices); // below: beside them a narrow chat would have no room for the words
    row->addLayout(lines, 1);
    m_close->setObjectName(u"barClose"_s);
    m_close->setAccessibleName(tr("Close"));
    m_close->setProperty("quiet", true);
    row->addWidget(m_close, 0, Qt::AlignTop);
    connect(m_close, &QToolButton::clicked, this, &ComposerBar::closed);
    connect(&m_theme, &Theme::changed, this, &ComposerBar::onThemeChanged);
    onThemeChanged();
    hide();
}

void ComposerBar::onThemeChanged()
{
    const QSize side(m_theme.px(15), m_theme.px(15));
    m_icon->setPixmap(m_theme.icon(m_iconName, Theme::Role::Accent).pixmap(side, devicePixelRatioF()));
    m_title->setFont(m_theme.font(Theme::Text::SecondStrong));
    m_text->setFont(m_theme.font(Theme::Text::Second));
    QPalette palette = m_title->palette();
    palette.setColor(QPalette::WindowText, m_theme.textColor(Theme::Role::Accent));
    m_title->setPalette(palette);
    palette.setColor(QPalette::WindowText, m_theme.color(Theme::Role::Text2));
    m_text->setPalette(palette);
    m_close->setIcon(m_theme.icon(u"close"_s));
    m_close->setIconSize(side);
    update();
}

void ComposerBar::setTexts(const QString &title, const QString &text)
{
    m_title->setText(title);
    m_text->setText(text);
    m_text->setVisible(!text.isEmpty());
    setAccessibleName(title);
    setAccessibleDescription(text);
}

QToolButton *ComposerBar::addChoice(const QString &name, const QString &text, const std::function<void()> &run)
{
    auto *button = new QToolButton;
    button->setObjectName(name);
    button->setText(text);
    connect(button, &QToolButton::clicked, this, run);
    m_choices->setContentsMargins(0, m_theme.px(6), 0, m_theme.px(2));
    m_choices->insertWidget(m_choices->count() - 1, button);
    return button;
}

void ComposerBar::setChoicesVisible(bool visible)
{
    for (int i = 0; i < m_choices->count(); ++i) {
        if (QWidget *choice = m_choices->itemAt(i)->widget())
            choice->setVisible(visible);
    }
}

void ComposerBar::mouseReleaseEvent(QMouseEvent *event)
{
    if (event->button() == Qt::LeftButton && rect().contains(event->pos()))
        Q_EMIT activated();
}

void ComposerBar::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(QRect(0, m_theme.px(2), 2, height() - m_theme.px(4)), m_theme.color(Theme::Role::Accent));
}

} // namespace mesh::views
