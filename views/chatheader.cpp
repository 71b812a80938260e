// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/chatheader.h"

#include <QtGui/QPainter>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QMenu>
#include <QtWidgets/QToolButton>
#include <QtWidgets/QVBoxLayout>

#include "models/items/conversationinfo.h"
#include "views/avatar.h"
#include "views/elidedlabel.h"
#include "views/theme.h"

namespace mesh::views {

using namespace Qt::StringLiterals;
using items::ConversationInfo;

ChatHeader::ChatHeader(Theme &theme, ConversationInfo &info, QWidget *parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_info(info)
{
    setObjectName(u"chatHeader"_s);
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(m_theme.px(60), m_theme.px(10), m_theme.px(12), m_theme.px(10));
    row->setSpacing(m_theme.px(8));
    auto *lines = new QVBoxLayout;
    lines->setSpacing(m_theme.px(2));
    auto *first = new QHBoxLayout;
    first->setSpacing(m_theme.px(4));
    m_title = new ElidedLabel;
    m_title->setObjectName(u"chatTitle"_s);
    m_lock = new QToolButton;
    m_lock->setObjectName(u"chatVerify"_s);
    m_lock->setProperty("sign", true);
    m_lock->setAccessibleName(tr("Compare safety numbers"));
    connect(m_lock, &QToolButton::clicked, this, [this] {
        if (m_info.isDirect())
            Q_EMIT verifyRequested();
    });
    m_security = new ElidedLabel;
    m_security->setObjectName(u"chatSecurity"_s);
    first->addWidget(m_title, 0);
    first->addSpacing(m_theme.px(4));
    first->addWidget(m_lock);
    first->addWidget(m_security, 1);
    m_subtitle = new ElidedLabel;
    m_subtitle->setObjectName(u"chatSubtitle"_s);
    lines->addStretch(1);
    lines->addLayout(first);
    lines->addWidget(m_subtitle);
    lines->addStretch(1);
    row->addLayout(lines, 1);
    m_members = new QToolButton;
    m_members->setObjectName(u"chatMembers"_s);
    m_members->setToolTip(tr("Members, and what the topic is about"));
    m_members->setProperty("flat", true);
    row->addWidget(m_members, 0, Qt::AlignVCenter);
    connect(m_members, &QToolButton::clicked, this, &ChatHeader::topicRequested);
    m_more = new QToolButton;
    m_more->setObjectName(u"chatMore"_s);
    m_more->setAccessibleName(tr("More about this conversation"));
    m_more->setPopupMode(QToolButton::InstantPopup);
    auto *menu = new QMenu(m_more);
    menu->addAction(m_theme.icon(u"user"_s), tr("Show peer"), this, &ChatHeader::peerRequested)
        ->setObjectName(u"showPeerAction"_s);
    menu->addAction(m_theme.icon(u"shield"_s), tr("Compare safety numbers…"), this, &ChatHeader::verifyRequested)
        ->setObjectName(u"verifyAction"_s);
    menu->addAction(m_theme.icon(u"check-double"_s), tr("Mark as read"), this, &ChatHeader::markReadRequested)
        ->setObjectName(u"markReadAction"_s);
    menu->addSeparator();
    menu->addAction(m_theme.icon(u"arrow-right"_s), tr("Go to the first unread"), this,
                    &ChatHeader::firstUnreadRequested)
        ->setObjectName(u"firstUnreadAction"_s);
    menu->addAction(m_theme.icon(u"clock"_s), tr("Go to a date…"), this, &ChatHeader::dateRequested)
        ->setObjectName(u"goToDateAction"_s);
    menu->addSeparator();
    menu->addAction(m_theme.icon(u"columns"_s), tr("Ask several peers…"), this, &ChatHeader::askSeveralRequested)
        ->setObjectName(u"askSeveralAction"_s);
    m_aboutTopic =
        menu->addAction(m_theme.icon(u"group"_s), tr("Members of the topic…"), this, &ChatHeader::topicRequested);
    m_aboutTopic->setObjectName(u"aboutTopicAction"_s);
    m_leaveTopic =
        menu->addAction(m_theme.icon(u"close"_s), tr("Leave the topic…"), this, &ChatHeader::leaveTopicRequested);
    m_leaveTopic->setObjectName(u"leaveTopicAction"_s);
    m_more->setMenu(menu);
    row->addWidget(m_more, 0, Qt::AlignVCenter);

    connect(&m_info, &ConversationInfo::changed, this, &ChatHeader::refresh);
    connect(&m_theme, &Theme::changed, this, &ChatHeader::onThemeChanged);
    onThemeChanged();
}

void ChatHeader::onThemeChanged()
{
    setFixedHeight(m_theme.px(60));
    m_title->setFont(m_theme.font(Theme::Text::Title));
    m_security->setFont(m_theme.font(Theme::Text::Label));
    m_subtitle->setFont(m_theme.font(Theme::Text::Second));
    const auto ink = [this](QWidget *widget, Theme::Role role) {
        QPalette palette = widget->palette();
        palette.setColor(QPalette::WindowText, m_theme.color(role));
        widget->setPalette(palette);
    };
    ink(m_title, Theme::Role::Text1);
    ink(m_security, Theme::Role::Text3);
    ink(m_subtitle, Theme::Role::Text2);
    m_more->setIcon(m_theme.icon(u"more"_s));
    m_more->setIconSize({m_theme.px(16), m_theme.px(16)});
    m_members->setIcon(m_theme.icon(u"group"_s));
    m_members->setIconSize({m_theme.px(16), m_theme.px(16)});
    refresh();
}

void ChatHeader::refresh()
{
    m_title->setText(m_info.title());
    const QString like = m_info.imitates();
    const QString detail = like.isEmpty()
        ? m_info.securityDetail()
        : tr("This name looks like %1, but it is another peer. Compare safety numbers before you trust it.").arg(like);
    m_security->setText(like.isEmpty() ? m_info.securityText()
                                       : tr("not %1", "a name that looks like another's").arg(like));
    m_security->setToolTip(detail);
    m_lock->setToolTip(detail);
    const ConversationInfo::Security security = m_info.security();
    const bool open = security == ConversationInfo::Security::NotEncrypted;
    const bool doubtful = open || security == ConversationInfo::Security::TopicKeyMissing;
    const int side = m_theme.px(13);
    const items::KeyTrust trust = m_info.trust();
    const bool alarm = !like.isEmpty() || trust == items::KeyTrust::Changed;
    const bool compared = m_info.isDirect() && trust == items::KeyTrust::Verified;
    const QString icon = alarm ? u"alert"_s : open ? u"lock-open"_s : compared ? u"shield"_s : u"lock"_s;
    const Theme::Role role = alarm          ? Theme::Role::Error
        : doubtful                          ? Theme::Role::Working
        : trust == items::KeyTrust::Unknown ? Theme::Role::Text2
                                            : Theme::Role::Idle;
    m_lock->setIcon(m_theme.icon(icon, role));
    m_lock->setIconSize({side, side});
    m_lock->setFocusPolicy(m_info.isDirect() ? Qt::TabFocus : Qt::NoFocus);
    m_subtitle->setText(m_info.subtitle());
    const auto actions = m_more->menu()->actions();
    actions.at(0)->setVisible(m_info.isDirect());
    actions.at(1)->setVisible(m_info.isDirect());
    m_members->setVisible(m_info.isTopic());
    m_members->setAccessibleName(m_info.members() ? tr("Members of this topic: %1").arg(*m_info.members())
                                                  : tr("Members of this topic"));
    m_aboutTopic->setVisible(m_info.isTopic());
    m_leaveTopic->setVisible(m_info.isTopic() && !m_info.canJoin());
    setAccessibleName(m_info.title());
    update();
}

QRectF ChatHeader::avatarRect() const
{
    const int side = m_theme.px(36);
    return QRectF(m_theme.px(14), (height() - side) / 2.0, side, side);
}

void ChatHeader::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    update();
}

void ChatHeader::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(rect(), m_theme.color(Theme::Role::Panel));
    painter.fillRect(QRect(0, height() - 1, width(), 1), m_theme.color(Theme::Role::Line));
    const QRectF avatar = avatarRect();
    paintAvatar(&painter, m_theme, avatar, m_info.initials(), m_info.peerKind());
    if (m_info.isDirect()) {
        const double dot = m_theme.px(8);
        m_theme.paintStatusDot(&painter, avatar.bottomRight() - QPointF(dot * 0.35, dot * 0.35), dot, m_info.status(),
                               m_theme.color(Theme::Role::Panel));
    }
}

} // namespace mesh::views
