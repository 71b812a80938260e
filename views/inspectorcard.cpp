// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/inspectorcard.h"

#include <QtGui/QKeyEvent>
#include <QtWidgets/QGridLayout>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QToolButton>
#include <QtWidgets/QVBoxLayout>

#include "views/theme.h"

namespace mesh::views {

using namespace Qt::StringLiterals;

namespace {
constexpr int kCardWidth = 300;
constexpr int kCardEveryMs = 1'000;
} // namespace

InspectorCard::InspectorCard(Theme &theme, QWidget *parent)
    : QFrame(parent)
    , m_theme(theme)
    , m_column(new QVBoxLayout(this))
    , m_grid(new QGridLayout)
{
    setProperty("card", true);
    setAttribute(Qt::WA_StyledBackground);
    setFocusPolicy(Qt::ClickFocus);
    auto *head = new QHBoxLayout;
    m_title = new QLabel;
    m_title->setObjectName(u"cardTitle"_s);
    m_title->setProperty("tone", u"title"_s);
    m_title->setTextFormat(Qt::PlainText);
    m_title->setMinimumWidth(0);
    m_title->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    head->addWidget(m_title, 1);
    auto *close = new QToolButton;
    close->setObjectName(u"cardClose"_s);
    close->setProperty("flat", true);
    close->setIcon(m_theme.icon(u"close"_s));
    close->setToolTip(tr("Close"));
    close->setAccessibleName(tr("Close"));
    connect(close, &QToolButton::clicked, this, [this] {
        hide();
        Q_EMIT closed();
    });
    head->addWidget(close);
    m_column->addLayout(head);
    m_second = new QLabel;
    m_second->setObjectName(u"cardSecond"_s);
    m_second->setProperty("tone", u"second"_s);
    m_second->setTextFormat(Qt::PlainText);
    m_second->setWordWrap(true);
    m_column->addWidget(m_second);
    m_column->addLayout(m_grid);
    m_grid->setColumnStretch(1, 1);
    const auto restyle = [this] {
        m_column->setContentsMargins(m_theme.px(14), m_theme.px(8), m_theme.px(10), m_theme.px(12));
        m_column->setSpacing(m_theme.px(6));
        m_grid->setHorizontalSpacing(m_theme.px(12));
        m_grid->setVerticalSpacing(m_theme.px(4));
        setFixedWidth(m_theme.px(kCardWidth));
        settle();
    };
    connect(&m_theme, &Theme::changed, this, restyle);
    restyle();
    m_timer.setInterval(kCardEveryMs);
    connect(&m_timer, &QTimer::timeout, this, [this] { refresh(); });
    hide();
}

void InspectorCard::setTitle(const QString &title, const QString &second)
{
    m_title->setText(title);
    m_title->setToolTip(title);
    m_second->setText(second);
    m_second->setVisible(!second.isEmpty());
    setAccessibleName(title);
    setAccessibleDescription(second);
}

void InspectorCard::setFigure(int row, const QString &caption, const QString &value, const QString &toolTip)
{
    while (m_rows.size() <= row) {
        Row fresh{new QLabel(this), new QLabel(this)};
        fresh.caption->setProperty("tone", u"label"_s);
        fresh.value->setProperty("tone", u"second"_s);
        fresh.value->setObjectName(u"cardFigure-%1"_s.arg(m_rows.size()));
        fresh.value->setTextFormat(Qt::PlainText);
        fresh.value->setWordWrap(true);
        fresh.value->setTextInteractionFlags(Qt::TextSelectableByMouse);
        const auto line = int(m_rows.size());
        m_grid->addWidget(fresh.caption, line, 0, Qt::AlignTop | Qt::AlignLeft);
        m_grid->addWidget(fresh.value, line, 1);
        m_rows.append(fresh);
    }
    m_rows.at(row).caption->setText(caption);
    m_rows.at(row).value->setText(value);
    m_rows.at(row).value->setToolTip(toolTip);
    m_rows.at(row).caption->setVisible(!value.isEmpty());
    m_rows.at(row).value->setVisible(!value.isEmpty());
}

void InspectorCard::settle()
{
    m_column->activate();
    const int wanted =
        m_column->hasHeightForWidth() ? m_column->totalHeightForWidth(width()) : m_column->sizeHint().height();
    if (wanted != height()) {
        resize(width(), wanted);
        Q_EMIT resized();
    }
}

void InspectorCard::showEvent(QShowEvent *event)
{
    QFrame::showEvent(event);
    m_timer.start();
    refresh();
}

void InspectorCard::hideEvent(QHideEvent *event)
{
    QFrame::hideEvent(event);
    m_timer.stop();
}

void InspectorCard::keyPressEvent(QKeyEvent *event)
{
    if (event->key() != Qt::Key_Escape) {
        QFrame::keyPressEvent(event);
        return;
    }
    hide();
    Q_EMIT closed();
}

} // namespace mesh::views
