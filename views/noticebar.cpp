// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/noticebar.h"

#include <QtGui/QPainter>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QToolButton>

#include "views/theme.h"

namespace mesh::views {

NoticeBar::NoticeBar(Theme &theme, QWidget *parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_text(new QLabel(this))
    , m_more(new QLabel(this))
    , m_close(new QToolButton(this))
{
    using namespace Qt::StringLiterals;
    setObjectName("noticeBar"_L1);
    m_text->setObjectName("noticeText"_L1);
    m_text->setTextFormat(Qt::PlainText);
    m_text->setWordWrap(true);
    m_close->setObjectName("noticeClose"_L1);
    m_close->setText(tr("Dismiss"));
    m_close->setAutoRaise(true);
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(16, 8, 12, 8);
    row->setSpacing(12);
    row->addWidget(m_text, 1);
    row->addWidget(m_more);
    row->addWidget(m_close);
    connect(m_close, &QToolButton::clicked, this, &NoticeBar::dismiss);
    connect(&theme, &Theme::changed, this, &NoticeBar::refresh);
    refresh();
}

void NoticeBar::add(const QString &sentence)
{
    if (sentence.isEmpty())
        return;
    m_notices.removeAll(sentence);
    m_notices << sentence;
    if (m_notices.size() > maxNotices)
        m_notices.removeFirst();
    refresh();
}

void NoticeBar::dismiss()
{
    if (!m_notices.isEmpty())
        m_notices.removeLast();
    refresh();
}

void NoticeBar::refresh()
{
    m_text->setFont(m_theme.font(Theme::Text::Body));
    m_more->setFont(m_theme.font(Theme::Text::Label));
    m_text->setText(m_notices.isEmpty() ? QString() : m_notices.last());
    m_more->setVisible(m_notices.size() > 1);
    m_more->setText(tr("%n more", "notices waiting", int(m_notices.size()) - 1));
    setVisible(!m_notices.isEmpty());
}

void NoticeBar::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(rect(), m_theme.color(Theme::Role::Panel));
    painter.fillRect(QRect(0, 0, 3, height()), m_theme.color(Theme::Role::Working));
    painter.fillRect(QRect(0, height() - 1, width(), 1), m_theme.color(Theme::Role::Line));
}

} // namespace mesh::views
