// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/sessionspage.h"

#include "models/items/displaytext.h"
#include "models/protocol/clock.h"
#include "views/figures.h"
#include "views/theme.h"

#include <QtCore/QRegularExpression>
#include <QtGui/QClipboard>
#include <QtGui/QGuiApplication>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QVBoxLayout>

#include <algorithm>

namespace mesh::views {

using namespace Qt::StringLiterals;
using protocol::Expected;
using protocol::InviteRecord;

namespace {

constexpr qint64 sessionInviteS = 24LL * 3'600;
constexpr qsizetype namesShown = 6;

} // namespace

SessionsPage::SessionsPage(Theme &theme, const protocol::Clock &clock, protocol::InviteDesk &desk,
                           store::MeshStore &store, const Mesh &mesh, QWidget *parent)
    : QDialog(parent)
    , m_theme(theme)
    , m_clock(clock)
    , m_desk(desk)
    , m_store(store)
{
    setObjectName(u"sessionsPage"_s);
    setWindowTitle(tr("Connect Claude Code"));
    auto *column = new QVBoxLayout(this);
    auto *title = new QLabel(tr("Bring in your own Claude Code sessions"));
    title->setProperty("tone", u"display"_s);
    column->addWidget(title);
    auto *lead =
        new QLabel(tr("Run these in a terminal on this computer. The first three are needed once; the last one "
                      "starts a session that is in %1 from its first moment.")
                       .arg(items::oneLine(mesh.name, 80)));
    lead->setProperty("tone", u"second"_s);
    lead->setTextFormat(Qt::PlainText);
    lead->setWordWrap(true);
    column->addWidget(lead);

    auto *card = new QFrame;
    card->setProperty("card", true);
    m_card = card;
    auto *state = new QVBoxLayout(card);
    m_state = new QLabel;
    m_state->setObjectName(u"sessionsState"_s);
    m_state->setProperty("tone", u"title"_s);
    m_who = new QLabel;
    m_who->setObjectName(u"sessionsWho"_s);
    m_who->setProperty("tone", u"second"_s);
    m_who->setTextFormat(Qt::PlainText);
    m_who->setWordWrap(true);
    state->addWidget(m_state);
    state->addWidget(m_who);
    column->addWidget(card);

    addStep(column, "stepInstall", tr("1. Install the command-line tool (needs Node.js)"),
            u"npm install -g claudemesh-cli"_s);
    addStep(column, "stepRegister", tr("2. Register it with Claude Code, then start Claude Code again"),
            u"claudemesh install"_s);
    m_join = addStep(column, "stepJoin", tr("3. Join this mesh"), {});
    auto *invite = new QHBoxLayout;
    m_inviteNote = new QLabel;
    m_inviteNote->setObjectName(u"sessionsInviteNote"_s);
    m_inviteNote->setProperty("tone", u"second"_s);
    m_inviteNote->setTextFormat(Qt::PlainText);
    m_inviteNote->setWordWrap(true);
    m_newInvite = new QPushButton(tr("Make a new link"));
    m_newInvite->setObjectName(u"sessionsNewInvite"_s);
    m_newInvite->setProperty("flat", true);
    m_newInvite->setAutoDefault(false);
    invite->addWidget(m_inviteNote, 1);
    invite->addWidget(m_newInvite);
    column->addLayout(invite);
    addStep(column, "stepLaunch", tr("4. Start a session"),
            u"claudemesh launch --mesh %1 --name %2"_s.arg(shellWord(mesh.slug),
                                                           shellWord(tr("%1's session").arg(mesh.userName))));
    addStep(column, "stepBroker", tr("Address of the mesh's broker, for other clients"), mesh.brokerUrl);
    column->addStretch(1);

    auto *buttons = new QHBoxLayout;
    auto *people = new QPushButton(tr("Invite people instead…"));
    people->setObjectName(u"sessionsInvitePeople"_s);
    people->setAutoDefault(false);
    auto *close = new QPushButton(tr("Close"));
    close->setObjectName(u"sessionsClose"_s);
    close->setAutoDefault(false);
    m_samples = new QPushButton(tr("Show sample sessions"));
    m_samples->setObjectName(u"sessionsSamples"_s);
    m_samples->setAutoDefault(false);
    m_samples->setToolTip(
        tr("A dozen simulated sessions play their parts in this mesh. You can send them away again."));
    buttons->addWidget(m_samples);
    buttons->addWidget(people);
    buttons->addStretch(1);
    buttons->addWidget(close);
    column->addLayout(buttons);

    connect(people, &QPushButton::clicked, this, &SessionsPage::invitePeopleRequested);
    connect(m_samples, &QPushButton::clicked, this, [this] {
        m_samples->setEnabled(false);
        Q_EMIT samplesRequested();
    });
    connect(close, &QPushButton::clicked, this, &QDialog::close);
    connect(m_newInvite, &QPushButton::clicked, this, &SessionsPage::makeInvite);
    connect(&m_store, &store::MeshStore::changed, this, &SessionsPage::onStoreChanged);
    connect(&m_theme, &Theme::changed, this, &SessionsPage::restyle);
    restyle();
    refreshSessions();
}

QString SessionsPage::shellWord(const QString &text)
{
    static const QRegularExpression plain(u"^[A-Za-z0-9_./:@%+=-]+$"_s);
    if (plain.match(text).hasMatch())
        return text;
    QString quoted = text;
    return u'\'' + quoted.replace(u"'"_s, u"'\\''"_s) + u'\'';
}

QLineEdit *SessionsPage::addStep(QVBoxLayout *column, const char *name, const QString &caption, const QString &command)
{
    auto *label = new QLabel(caption);
    label->setProperty("tone", u"second"_s);
    auto *row = new QHBoxLayout;
    auto *line = new QLineEdit(command);
    line->setObjectName(QLatin1StringView(name));
    line->setReadOnly(true);
    line->setProperty("mono", true);
    line->setCursorPosition(0);
    line->setAccessibleName(caption);
    label->setBuddy(line);
    auto *copy = new QPushButton(tr("Copy"));
    copy->setObjectName(QLatin1StringView(name) + "Copy"_L1);
    copy->setAutoDefault(false);
    copy->setAccessibleName(tr("Copy: %1").arg(caption));
    row->addWidget(line, 1);
    row->addWidget(copy);
    column->addWidget(label);
    column->addLayout(row);
    connect(copy, &QPushButton::clicked, line, [line] { QGuiApplication::clipboard()->setText(line->text()); });
    return line;
}

void SessionsPage::restyle()
{
    layout()->setContentsMargins(m_theme.px(24), m_theme.px(22), m_theme.px(24), m_theme.px(20));
    layout()->setSpacing(m_theme.px(6));
    m_card->layout()->setContentsMargins(m_theme.px(14), m_theme.px(12), m_theme.px(14), m_theme.px(12));
    m_card->layout()->setSpacing(m_theme.px(4));
    setMinimumWidth(m_theme.px(640));
}

// --- the invite ---------------------------------------------------------------------------------------------------

void SessionsPage::ensureInvite()
{
    if (m_inviteId.isEmpty()) {
        makeInvite();
        return;
    }
    m_desk.list([guarded = QPointer(this)](const Expected<QList<InviteRecord>> &invites) {
        if (!guarded || !invites)
            return;
        const auto mine = std::find_if(invites->cbegin(), invites->cend(),
                                       [&](const InviteRecord &invite) { return invite.id == guarded->m_inviteId; });
        if (mine == invites->cend() || mine->state(guarded->m_clock.nowMs()) != InviteRecord::State::Open)
            guarded->makeInvite();
    });
}

void SessionsPage::makeInvite()
{
    if (m_making)
        return;
    m_making = true;
    m_newInvite->setEnabled(false);
    protocol::InviteWish wish;
    wish.lifetimeSeconds = sessionInviteS;
    m_desk.make(wish, [guarded = QPointer(this)](const Expected<InviteRecord> &made) {
        if (!guarded)
            return;
        guarded->m_making = false;
        guarded->m_newInvite->setEnabled(true);
        if (!made) {
            guarded->m_inviteNote->setText(
                tr("The link could not be made: %1").arg(items::oneLine(made.error().detail, 200)));
            return;
        }
        guarded->m_inviteId = made->id;
        guarded->m_join->setText(u"claudemesh join %1"_s.arg(shellWord(made->link)));
        guarded->m_join->setCursorPosition(0);
        guarded->m_inviteNote->setText(
            //: %1 is a time such as "24 h"
            tr("The link in it was made just now, for one use within %1.")
                .arg(Figures::duration(made->expiresAtMs - guarded->m_clock.nowMs())));
    });
}

void SessionsPage::showEvent(QShowEvent *event)
{
    QDialog::showEvent(event);
    ensureInvite();
    refreshSessions();
}

// --- who is there -------------------------------------------------------------------------------------------------

QStringList SessionsPage::sessionsIn(const store::MeshStore &store)
{
    QStringList names;
    for (const store::Peer &peer : store.peers()) {
        const bool counts = peer.kind == protocol::PeerKind::Ai && peer.presence == store::Presence::Live && !peer.self
            && !peer.hidden && !peer.stub;
        // Personas say so by their session id (docs/personas.md).
        if (counts && !peer.sessionId.startsWith("persona-"_L1))
            names << items::displayName(peer.name);
    }
    names.sort(Qt::CaseInsensitive);
    return names;
}

void SessionsPage::onStoreChanged(const store::ChangeSet &changes)
{
    if (!isVisible())
        return;
    if (changes.reset || !changes.peersAdded.isEmpty() || !changes.peersChanged.isEmpty()
        || !changes.peersRemoved.isEmpty())
        refreshSessions();
}

void SessionsPage::refreshSessions()
{
    const QStringList sessions = sessionsIn(m_store);
    if (sessions == m_sessions && !m_state->text().isEmpty())
        return;
    const bool more = sessions.size() > m_sessions.size();
    m_sessions = sessions;
    if (sessions.isEmpty()) {
        m_state->setText(tr("No session has joined yet"));
        m_who->setText(tr("This changes by itself as soon as one does."));
        return;
    }
    m_state->setText(tr("%n session(s) joined", nullptr, int(sessions.size())));
    QString who = sessions.first(std::min(namesShown, sessions.size())).join(u", "_s);
    if (sessions.size() > namesShown)
        //: after a list of names
        who = tr("%1 and %n more", nullptr, int(sessions.size() - namesShown)).arg(who);
    m_who->setText(who);
    if (more && isVisible())
        ensureInvite(); // the link may have been used just now
}

} // namespace mesh::views
