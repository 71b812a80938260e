// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/invitepage.h"

#include "models/items/displaytext.h"
#include "models/protocol/clock.h"
#include "views/figures.h"
#include "views/invitelistmodel.h"
#include "views/qrcode.h"
#include "views/theme.h"

#include <QtCore/QPointer>
#include <QtCore/QUrl>
#include <QtCore/QUrlQuery>
#include <QtGui/QClipboard>
#include <QtGui/QDesktopServices>
#include <QtGui/QGuiApplication>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QFileDialog>
#include <QtWidgets/QGridLayout>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QHeaderView>
#include <QtWidgets/QLabel>
#include <QtWidgets/QPlainTextEdit>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QSpinBox>
#include <QtWidgets/QStyle>
#include <QtWidgets/QTableView>
#include <QtWidgets/QVBoxLayout>

namespace mesh::views {

using namespace Qt::StringLiterals;
using protocol::Expected;
using protocol::InviteRecord;

namespace {

constexpr int refreshEveryMs = 2'000;
constexpr int usesAtMost = 10'000;
constexpr qint64 hourS = 3'600;
constexpr int qrFileScale = 8;

QLabel *captionFor(const QString &text, QWidget *buddy)
{
    auto *label = new QLabel(text);
    label->setProperty("tone", u"second"_s);
    label->setBuddy(buddy);
    return label;
}

QPushButton *inviteButton(const char *name, const QString &text)
{
    auto *button = new QPushButton(text);
    button->setObjectName(QLatin1StringView(name));
    button->setAutoDefault(false);
    return button;
}

} // namespace

InvitePage::InvitePage(Theme &theme, const protocol::Clock &clock, protocol::InviteDesk &desk, const QString &meshName,
                       const QString &reach, QWidget *parent)
    : QDialog(parent)
    , m_theme(theme)
    , m_clock(clock)
    , m_desk(desk)
    , m_meshName(items::oneLine(meshName, 80))
    , m_model(new InviteListModel(clock, this))
{
    setObjectName(u"invitePage"_s);
    setWindowTitle(tr("Invite people"));
    auto *column = new QVBoxLayout(this);
    auto *title = new QLabel(tr("Invite people"));
    title->setProperty("tone", u"display"_s);
    column->addWidget(title);
    auto *lead = new QLabel(tr("Whoever has a link can join %1 until it is used up, expires or is revoked. %2")
                                .arg(m_meshName, reach)
                                .trimmed());
    lead->setObjectName(u"inviteLead"_s);
    lead->setProperty("tone", u"second"_s);
    lead->setWordWrap(true);
    lead->setTextFormat(Qt::PlainText);
    column->addWidget(lead);
    column->addWidget(buildForm());
    column->addWidget(buildLink());
    m_message = new QLabel;
    m_message->setObjectName(u"inviteMessage"_s);
    m_message->setTextFormat(Qt::PlainText);
    m_message->setWordWrap(true);
    column->addWidget(m_message);
    column->addWidget(buildList(), 1);

    auto *buttons = new QHBoxLayout;
    m_revoke = inviteButton("inviteRevoke", tr("Revoke the selected invite"));
    m_revoke->setProperty("danger", true);
    auto *close = inviteButton("inviteClose", tr("Close"));
    buttons->addWidget(m_revoke);
    buttons->addStretch(1);
    buttons->addWidget(close);
    column->addLayout(buttons);

    connect(m_revoke, &QPushButton::clicked, this, &InvitePage::revoke);
    connect(close, &QPushButton::clicked, this, &QDialog::close);
    connect(&m_refreshTimer, &QTimer::timeout, this, &InvitePage::refresh);
    connect(&m_theme, &Theme::changed, this, &InvitePage::restyle);
    restyle();
    showChosen();
    say({}, false);
    resize(m_theme.px(720), m_theme.px(640));
}

// --- building -----------------------------------------------------------------------------------------------------

QWidget *InvitePage::buildForm()
{
    auto *form = new QWidget;
    auto *grid = new QGridLayout(form);
    grid->setContentsMargins(0, 0, 0, 0);
    m_role = new QComboBox;
    m_role->setObjectName(u"inviteRole"_s);
    m_role->addItem(tr("Member"), u"member"_s);
    m_role->addItem(tr("Admin: may also remove others"), u"admin"_s);
    m_uses = new QSpinBox;
    m_uses->setButtonSymbols(QAbstractSpinBox::NoButtons); // as the clock's field: typed, or up and down by key
    m_uses->setObjectName(u"inviteUses"_s);
    m_uses->setRange(1, usesAtMost);
    m_lifetime = new QComboBox;
    m_lifetime->setObjectName(u"inviteLifetime"_s);
    for (const auto &[text, hours] :
         {std::pair{tr("1 hour"), 1}, std::pair{tr("1 day"), 24}, std::pair{tr("7 days"), 7 * 24},
          std::pair{tr("30 days"), 30 * 24}, std::pair{tr("1 year"), 365 * 24}})
        m_lifetime->addItem(text, hours * hourS);
    m_lifetime->setCurrentIndex(2);
    m_make = new QPushButton(tr("Make a link"));
    m_make->setObjectName(u"inviteMake"_s);
    m_make->setProperty("primary", true);
    m_make->setDefault(true);
    grid->addWidget(captionFor(tr("&Role"), m_role), 0, 0);
    grid->addWidget(captionFor(tr("&Uses"), m_uses), 0, 1);
    //: how long an invite can be used
    grid->addWidget(captionFor(tr("&Valid for"), m_lifetime), 0, 2);
    grid->addWidget(m_role, 1, 0);
    grid->addWidget(m_uses, 1, 1);
    grid->addWidget(m_lifetime, 1, 2);
    grid->addWidget(m_make, 1, 3);
    grid->setColumnStretch(0, 2);
    grid->setColumnStretch(1, 1);
    grid->setColumnStretch(2, 1);
    connect(m_make, &QPushButton::clicked, this, &InvitePage::make);
    return form;
}

QWidget *InvitePage::buildLink()
{
    auto *card = new QFrame;
    card->setProperty("card", true);
    card->setObjectName(u"inviteCard"_s);
    m_card = card;
    auto *row = new QHBoxLayout(card);
    m_qr = new QrCode;
    m_qr->setObjectName(u"inviteQr"_s);
    m_qr->setAccessibleName(tr("QR code of the link"));
    row->addWidget(m_qr);
    auto *column = new QVBoxLayout;
    m_linkHead = new QLabel;
    m_linkHead->setObjectName(u"inviteHead"_s);
    m_linkHead->setProperty("tone", u"title"_s);
    m_linkHead->setTextFormat(Qt::PlainText);
    m_linkHead->setWordWrap(true);
    m_link = new QPlainTextEdit;
    m_link->setObjectName(u"invitePageLink"_s);
    m_link->setReadOnly(true);
    m_link->setTabChangesFocus(true);
    m_link->setWordWrapMode(QTextOption::WrapAnywhere);
    m_link->setProperty("mono", true);
    m_link->setAccessibleName(tr("Invite link"));
    m_copyLink = inviteButton("invitePageCopy", tr("Copy link"));
    m_copyMail = inviteButton("inviteCopyMail", tr("Copy mail text"));
    m_writeMail = inviteButton("inviteMail", tr("Write a mail…"));
    m_saveQr = inviteButton("inviteSaveQr", tr("Save QR picture…"));
    auto *buttons = new QGridLayout;
    buttons->addWidget(m_copyLink, 0, 0);
    buttons->addWidget(m_saveQr, 0, 1);
    buttons->addWidget(m_copyMail, 1, 0);
    buttons->addWidget(m_writeMail, 1, 1);
    column->addWidget(m_linkHead);
    column->addWidget(m_link, 1);
    column->addLayout(buttons);
    row->addLayout(column, 1);

    const auto chosen = [this] { return m_model->at(m_model->rowOf(m_chosen)); };
    connect(m_copyLink, &QPushButton::clicked, this, [this, chosen] {
        QGuiApplication::clipboard()->setText(chosen().link);
        say(tr("The link is on the clipboard."), false);
    });
    connect(m_copyMail, &QPushButton::clicked, this, [this, chosen] {
        QGuiApplication::clipboard()->setText(mailText(chosen()));
        say(tr("The text of the mail is on the clipboard."), false);
    });
    connect(m_writeMail, &QPushButton::clicked, this, [this, chosen] {
        QUrl url(u"mailto:"_s);
        QUrlQuery query;
        query.addQueryItem(u"subject"_s,
                           QString::fromUtf8(QUrl::toPercentEncoding(tr("Invitation to the mesh %1").arg(m_meshName))));
        query.addQueryItem(u"body"_s, QString::fromUtf8(QUrl::toPercentEncoding(mailText(chosen()))));
        url.setQuery(query);
        if (!QDesktopServices::openUrl(url))
            say(tr("No mail program answered. Copy the mail text instead."), true);
    });
    connect(m_saveQr, &QPushButton::clicked, this, [this] {
        const QString file =
            QFileDialog::getSaveFileName(this, tr("Save QR picture"), u"invite.png"_s, tr("Pictures (*.png)"));
        if (!file.isEmpty() && !m_qr->picture(qrFileScale).save(file, "PNG"))
            say(tr("The picture cannot be written to %1.").arg(items::oneLine(file, 120)), true);
    });
    return card;
}

QWidget *InvitePage::buildList()
{
    auto *box = new QWidget;
    auto *column = new QVBoxLayout(box);
    column->setContentsMargins(0, 0, 0, 0);
    m_empty = new QLabel(tr("No invites yet. Those you make are listed here, with how often they were used."));
    m_empty->setObjectName(u"inviteEmpty"_s);
    m_empty->setProperty("tone", u"second"_s);
    m_empty->setAlignment(Qt::AlignCenter);
    m_empty->setWordWrap(true);
    m_list = new QTableView;
    m_list->setObjectName(u"inviteList"_s);
    m_list->setModel(m_model);
    m_list->setAccessibleName(tr("Invites"));
    m_list->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_list->setSelectionMode(QAbstractItemView::SingleSelection);
    m_list->setShowGrid(false);
    m_list->setTabKeyNavigation(false);
    m_list->verticalHeader()->hide();
    m_list->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
    m_list->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_list->horizontalHeader()->setHighlightSections(false);
    column->addWidget(m_list, 1);
    column->addWidget(m_empty, 1);
    connect(m_list->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this](const QModelIndex &now) {
        if (now.isValid())
            choose(m_model->at(now.row()).id);
    });
    return box;
}

void InvitePage::restyle()
{
    layout()->setContentsMargins(m_theme.px(24), m_theme.px(22), m_theme.px(24), m_theme.px(20));
    layout()->setSpacing(m_theme.px(10));
    m_card->layout()->setContentsMargins(m_theme.px(14), m_theme.px(14), m_theme.px(14), m_theme.px(14));
    m_card->layout()->setSpacing(m_theme.px(16));
    m_qr->setFixedSize(m_theme.px(224), m_theme.px(224));
    m_list->verticalHeader()->setDefaultSectionSize(m_theme.px(30));
    m_list->setMinimumHeight(m_theme.px(130));
    setMinimumWidth(m_theme.px(720));
}

// --- acting -------------------------------------------------------------------------------------------------------

void InvitePage::make()
{
    m_make->setEnabled(false);
    protocol::InviteWish wish;
    wish.role = m_role->currentData().toString();
    wish.maxUses = m_uses->value();
    wish.lifetimeSeconds = m_lifetime->currentData().toLongLong();
    m_desk.make(wish, [guarded = QPointer(this)](const Expected<InviteRecord> &made) {
        if (!guarded)
            return;
        guarded->m_make->setEnabled(true);
        if (!made) {
            guarded->say(
                tr("The link could not be made, nothing was changed: %1").arg(items::oneLine(made.error().detail, 200)),
                true);
            return;
        }
        guarded->m_chosen = made->id; // shown when the list has it
        guarded->say({}, false);
        guarded->refresh();
    });
}

void InvitePage::revoke()
{
    m_revoke->setEnabled(false);
    m_desk.revoke(m_chosen, [guarded = QPointer(this)](const Expected<InviteRecord> &revoked) {
        if (!guarded)
            return;
        if (revoked)
            guarded->say(tr("The link works no longer. Whoever has joined with it stays in the mesh."), false);
        else
            guarded->say(tr("The invite could not be revoked: %1").arg(items::oneLine(revoked.error().detail, 200)),
                         true);
        guarded->refresh();
    });
}

void InvitePage::refresh()
{
    m_desk.list([guarded = QPointer(this)](const Expected<QList<InviteRecord>> &invites) {
        if (!guarded)
            return;
        if (!invites) {
            guarded->say(items::oneLine(invites.error().detail, 200), true);
            return;
        }
        guarded->m_model->update(*invites);
        guarded->showChosen();
    });
}

void InvitePage::choose(const QString &id)
{
    if (m_chosen == id)
        return;
    m_chosen = id;
    say({}, false);
    showChosen();
}

void InvitePage::showChosen()
{
    m_list->setVisible(m_model->rowCount() > 0);
    m_empty->setVisible(m_model->rowCount() == 0);
    const int row = m_model->rowOf(m_chosen);
    m_card->setVisible(row >= 0);
    m_revoke->setVisible(row >= 0);
    if (row < 0)
        return;
    if (m_list->currentIndex().row() != row)
        m_list->setCurrentIndex(m_model->index(row, 0));
    const InviteRecord &invite = m_model->at(row);
    const auto state = invite.state(m_clock.nowMs());
    const bool open = state == InviteRecord::State::Open;
    const QString role = invite.role == "admin"_L1 ? tr("Admin") : tr("Member");
    m_linkHead->setText(open ? tr("%1, %n use(s) left, valid until %2", nullptr, invite.maxUses - invite.used)
                                   .arg(role, items::exactTime(invite.expiresAtMs))
                             //: role and state of an invite that cannot be used any more
                             : tr("%1, %2").arg(role, InviteListModel::stateText(state)));
    if (m_link->toPlainText() != invite.link)
        m_link->setPlainText(invite.link);
    m_qr->setText(open ? invite.link : QString());
    m_link->setEnabled(open);
    for (QPushButton *button : {m_copyLink, m_copyMail, m_writeMail, m_saveQr})
        button->setEnabled(open);
    m_revoke->setEnabled(open);
}

QString InvitePage::mailText(const InviteRecord &invite) const
{
    return tr("Hello,\n\n"
              "this link lets you into the mesh %1 as %2:\n\n"
              "%3\n\n"
              "Open it with Claudemesh Desktop, or join from a terminal:\n\n"
              "claudemesh join %3\n\n"
              "It works until %4, %n time(s).\n",
              nullptr, invite.maxUses - invite.used)
        .arg(m_meshName, invite.role == "admin"_L1 ? tr("admin") : tr("member"), invite.link,
             items::exactTime(invite.expiresAtMs));
}

void InvitePage::say(const QString &sentence, bool problem)
{
    m_message->setProperty("tone", problem ? u"error"_s : u"second"_s);
    m_message->style()->unpolish(m_message);
    m_message->style()->polish(m_message);
    m_message->setText(sentence);
    m_message->setVisible(!sentence.isEmpty());
}

void InvitePage::showEvent(QShowEvent *event)
{
    QDialog::showEvent(event);
    refresh();
    m_refreshTimer.start(refreshEveryMs);
}

void InvitePage::hideEvent(QHideEvent *event)
{
    QDialog::hideEvent(event);
    m_refreshTimer.stop();
}

} // namespace mesh::views
