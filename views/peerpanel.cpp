// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/peerpanel.h"

#include "models/items/displaytext.h"
#include "models/items/focusstate.h"
#include "models/protocol/clock.h"
#include "models/store/meshstore.h"
#include "views/figures.h"
#include "views/peeravatar.h"
#include "views/theme.h"

#include <QtCore/QLocale>
#include <QtGui/QClipboard>
#include <QtGui/QGuiApplication>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QScrollArea>
#include <QtWidgets/QStackedWidget>
#include <QtWidgets/QVBoxLayout>

namespace mesh::views {

using namespace Qt::StringLiterals;

namespace {

constexpr int kRefreshMs = 1'000;
constexpr int kCopiedMs = 1'500;
constexpr int kRecentMessages = 5;

QString kindWord(protocol::PeerKind kind)
{
    switch (kind) {
    case protocol::PeerKind::Human:
        return PeerPanel::tr("human");
    case protocol::PeerKind::Connector:
        return PeerPanel::tr("connector");
    case protocol::PeerKind::Ai:
        break;
    }
    return PeerPanel::tr("AI session");
}

QString statusWord(const store::Peer &peer)
{
    if (peer.presence == store::Presence::Grace)
        return PeerPanel::tr("connection lost, may return");
    switch (peer.status) {
    case protocol::PeerStatus::Idle:
        return PeerPanel::tr("idle");
    case protocol::PeerStatus::Working:
        return PeerPanel::tr("working");
    case protocol::PeerStatus::Dnd:
        return PeerPanel::tr("do not disturb");
    case protocol::PeerStatus::Offline:
        break;
    }
    return PeerPanel::tr("gone");
}

} // namespace

PeerPanel::PeerPanel(Theme &theme, const protocol::Clock &time, items::FocusState *focus, QWidget *parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_time(time)
    , m_focus(focus)
{
    setObjectName(u"peerPanel"_s);
    //: name of a panel for screen readers
    setAccessibleName(tr("Peer details"));
    auto *outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    m_pages = new QStackedWidget;
    outer->addWidget(m_pages);

    m_empty =
        new QLabel(tr("Select a peer in the graph or in the list to see its groups, model, folder, keys and figures."));
    m_empty->setObjectName(u"peerEmpty"_s);
    m_empty->setProperty("tone", u"second"_s);
    m_empty->setAlignment(Qt::AlignCenter);
    m_empty->setWordWrap(true);
    m_pages->addWidget(m_empty);

    auto *scroll = new QScrollArea;
    scroll->setObjectName(u"peerScroll"_s);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_body = new QWidget;
    m_body->setObjectName(u"peerBody"_s);
    auto *column = new QVBoxLayout(m_body);
    buildHead(column);
    buildFields(column);
    addSection(column, tr("Recent messages"));
    m_recent = new QLabel;
    m_recent->setObjectName(u"peerRecent"_s);
    m_recent->setTextFormat(Qt::PlainText);
    m_recent->setWordWrap(true);
    m_recent->setProperty("tone", u"second"_s);
    column->addWidget(m_recent);
    column->addStretch(1);
    scroll->setWidget(m_body);
    m_pages->addWidget(scroll);

    m_timer.setInterval(kRefreshMs);
    connect(&m_timer, &QTimer::timeout, this, &PeerPanel::refresh);
    m_copied.setSingleShot(true);
    m_copied.setInterval(kCopiedMs);
    connect(&m_copied, &QTimer::timeout, this, [this] {
        m_copy->setText(tr("Copy key"));
        m_copy->setIcon(m_theme.icon(u"copy"_s));
    });
    if (m_focus)
        connect(m_focus, &items::FocusState::selectedPeerChanged, this, &PeerPanel::refresh);
    connect(&m_theme, &Theme::changed, this, &PeerPanel::restyle);
    restyle();
    refresh();
}

PeerPanel::~PeerPanel() = default;

void PeerPanel::buildHead(QVBoxLayout *column)
{
    auto *head = new QHBoxLayout;
    head->setObjectName(u"peerHead"_s);
    m_avatar = new PeerAvatar(m_theme);
    head->addWidget(m_avatar, 0, Qt::AlignTop);
    auto *words = new QVBoxLayout;
    words->setSpacing(1);
    words->addStretch(1);
    m_name = new QLabel;
    m_name->setObjectName(u"peerName"_s);
    m_name->setProperty("tone", u"title"_s);
    m_status = new QLabel;
    m_status->setObjectName(u"peerStatus"_s);
    m_status->setProperty("tone", u"second"_s);
    words->addWidget(m_name);
    words->addWidget(m_status);
    words->addStretch(1);
    head->addLayout(words, 1);
    column->addLayout(head);
    m_summary = new QLabel;
    m_summary->setObjectName(u"peerSummary"_s);
    column->addWidget(m_summary);
    for (QLabel *label : {m_name, m_status, m_summary}) {
        label->setTextFormat(Qt::PlainText);
        label->setWordWrap(true);
    }
    auto *buttons = new QHBoxLayout;
    m_message = new QPushButton(tr("Message"));
    m_message->setObjectName(u"peerMessage"_s);
    m_message->setProperty("primary", true);
    m_message->setToolTip(tr("Open the conversation with this peer"));
    m_copy = new QPushButton(tr("Copy key"));
    m_copy->setObjectName(u"peerCopyKey"_s);
    m_copy->setToolTip(tr("Copy the key that messages to this peer are addressed to"));
    buttons->addWidget(m_message);
    buttons->addWidget(m_copy);
    buttons->addStretch(1);
    column->addLayout(buttons);
    connect(m_message, &QPushButton::clicked, this, [this] {
        if (m_focus && !m_focus->selectedPeer().isEmpty())
            Q_EMIT messageRequested(m_focus->selectedPeer());
    });
    connect(m_copy, &QPushButton::clicked, this, &PeerPanel::copyKey);
}

void PeerPanel::addSection(QVBoxLayout *column, const QString &title)
{
    auto *label = new QLabel(title);
    label->setProperty("tone", u"section"_s);
    label->setContentsMargins(0, m_theme.px(12), 0, m_theme.px(2));
    m_sections.append(label);
    column->addWidget(label);
}

void PeerPanel::addField(QVBoxLayout *column, Field field, const char *name, const QString &caption, bool mono)
{
    FieldRow &row = m_fields[field];
    row.row = new QWidget;
    auto *line = new QHBoxLayout(row.row);
    line->setContentsMargins(0, 0, 0, 0);
    row.caption = new QLabel(caption);
    row.caption->setProperty("tone", u"second"_s);
    row.caption->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    row.value = new QLabel;
    row.value->setObjectName(QLatin1StringView(name));
    row.value->setTextFormat(Qt::PlainText);
    row.value->setWordWrap(true);
    row.value->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    row.value->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    row.value->setAccessibleName(caption);
    row.value->setProperty("tone", mono ? u"mono"_s : QString());
    row.caption->setBuddy(row.value);
    line->addWidget(row.caption);
    line->addWidget(row.value, 1);
    column->addWidget(row.row);
}

void PeerPanel::buildFields(QVBoxLayout *column)
{
    addSection(column, tr("Profile"));
    addField(column, Title, "peerTitle", tr("Title"));
    addField(column, Bio, "peerBio", tr("About"));
    addField(column, Groups, "peerGroups", tr("Groups"));
    addField(column, Capabilities, "peerCapabilities", tr("Capabilities"));
    addSection(column, tr("Session"));
    addField(column, Model, "peerModel", tr("Model"));
    addField(column, Host, "peerHost", tr("Host"));
    addField(column, Folder, "peerCwd", tr("Folder"), true);
    //: which program the peer runs in
    addField(column, Channel, "peerChannel", tr("Channel"));
    addField(column, ConnectedSince, "peerConnected", tr("Connected"));
    addField(column, LastSeen, "peerSeen", tr("Last seen"));
    addSection(column, tr("Figures"));
    addField(column, Context, "peerContext", tr("Context"));
    addField(column, Tokens, "peerTokens", tr("Tokens"));
    addField(column, Cost, "peerCost", tr("Cost"));
    //: tool calls and errors of a peer
    addField(column, Activity, "peerActivity", tr("Tool calls"));
    addField(column, Traffic, "peerTraffic", tr("Messages seen"));
    addSection(column, tr("Keys"));
    addField(column, SessionKey, "peerKey", tr("Session key"), true);
    addField(column, MemberKey, "peerMemberKey", tr("Member key"), true);
    addField(column, Safety, "peerSafety", tr("Safety number"), true);
}

void PeerPanel::restyle()
{
    auto *column = static_cast<QVBoxLayout *>(m_body->layout());
    column->setContentsMargins(m_theme.px(16), m_theme.px(14), m_theme.px(16), m_theme.px(16));
    column->setSpacing(m_theme.px(6));
    for (QLabel *section : std::as_const(m_sections))
        section->setContentsMargins(0, m_theme.px(12), 0, m_theme.px(2));
    for (const FieldRow &row : m_fields) {
        row.caption->setFixedWidth(m_theme.px(104));
        row.row->layout()->setSpacing(m_theme.px(8));
    }
    m_empty->setContentsMargins(m_theme.px(32), 0, m_theme.px(32), 0);
    m_message->setIcon(m_theme.icon(u"chat"_s, Theme::Role::OnAccent));
    m_copy->setIcon(m_theme.icon(u"copy"_s));
}

void PeerPanel::setStore(store::MeshStore *store)
{
    if (m_store)
        m_store->disconnect(this);
    m_store = store;
    if (m_store)
        connect(m_store, &store::MeshStore::changed, this, &PeerPanel::onChanged);
    refresh();
}

void PeerPanel::setSafetyNumberProvider(SafetyNumberProvider provider)
{
    m_safetyNumber = std::move(provider);
    refresh();
}

void PeerPanel::onChanged(const store::ChangeSet &changes)
{
    if (!isVisible() || !m_focus)
        return;
    const QString &key = m_focus->selectedPeer();
    const protocol::ConversationId direct{protocol::ConversationKind::Direct, key};
    if (changes.reset || changes.peersAdded.contains(key) || changes.peersChanged.contains(key)
        || changes.peersRemoved.contains(key) || changes.messages.contains(m_store->resolve(direct)))
        refresh();
}

void PeerPanel::refresh()
{
    const store::Peer *peer = m_store && m_focus ? m_store->peer(m_focus->selectedPeer()) : nullptr;
    m_pages->setCurrentIndex(peer ? 1 : 0);
    if (peer)
        showPeer(*peer);
}

void PeerPanel::set(Field field, const QString &text, const QString &toolTip)
{
    FieldRow &row = m_fields[field];
    row.row->setVisible(!text.isEmpty());
    if (row.value->text() != text)
        row.value->setText(text);
    row.value->setToolTip(Figures::toolTip(toolTip));
}

void PeerPanel::showPeer(const store::Peer &peer)
{
    const qint64 now = m_time.nowMs();
    const QString name = items::displayName(peer.name, peer.key);
    m_avatar->setPeer(items::initials(name), peer.kind, peer.status, peer.stats.contextShare().value_or(-1));
    m_name->setText(peer.self ? tr("%1 (you)").arg(name) : name);
    QString status = u"%1 · %2"_s.arg(kindWord(peer.kind), statusWord(peer));
    if (peer.statusSinceMs > 0 && peer.presence != store::Presence::Gone)
        //: %1 is a status, %2 a duration
        status = tr("%1 for %2").arg(status, Figures::duration(now - peer.statusSinceMs));
    m_status->setText(status);
    m_status->setToolTip(Figures::toolTip(items::exactTime(peer.statusSinceMs)));
    m_summary->setText(items::oneLine(peer.summary, 600));
    m_summary->setVisible(!m_summary->text().isEmpty());
    m_message->setVisible(!peer.self);

    set(Title, items::oneLine(peer.title));
    set(Bio, items::oneLine(peer.bio, 600));
    QStringList groups;
    for (const protocol::GroupRef &group : peer.groups) {
        const QString label = u'@' + items::oneLine(group.name, 64);
        groups.append(group.role && !group.role->isEmpty() ? u"%1 (%2)"_s.arg(label, items::oneLine(*group.role, 40))
                                                           : label);
    }
    set(Groups, groups.isEmpty() ? tr("none") : groups.join(u", "_s));
    QStringList capabilities;
    for (const QString &capability : peer.capabilities)
        capabilities.append(items::oneLine(capability, 60));
    set(Capabilities, capabilities.join(u", "_s));

    set(Model,
        peer.model.isEmpty() ? (peer.kind == protocol::PeerKind::Ai ? Figures::notReported() : QString())
                             : items::oneLine(peer.model));
    set(Host, items::oneLine(peer.hostname));
    set(Folder, items::oneLine(peer.cwd, 400));
    set(Channel, items::oneLine(peer.channel));
    const bool there = peer.presence != store::Presence::Gone;
    set(ConnectedSince, there ? Figures::ago(peer.connectedAtMs, now) : QString(),
        items::exactTime(peer.connectedAtMs));
    set(LastSeen, there ? QString() : Figures::ago(peer.goneAtMs > 0 ? peer.goneAtMs : peer.lastSeenMs, now),
        items::exactTime(peer.lastSeenMs));
    showStats(peer);

    set(SessionKey, Figures::grouped(peer.key));
    set(MemberKey, Figures::grouped(peer.memberKey));
    const QString own = m_store->connection().ownMemberKey;
    const QString safety = m_safetyNumber && !own.isEmpty() && !peer.memberKey.isEmpty() && peer.memberKey != own
        ? m_safetyNumber(own, peer.memberKey)
        : QString();
    set(Safety, safety,
        tr("Compare these digits with the other person over another channel. If they are the same on both sides, "
           "nobody is in between."));
    showRecent(peer);
}

void PeerPanel::showStats(const store::Peer &peer)
{
    const store::PeerStats &stats = peer.stats;
    const bool ai = peer.kind == protocol::PeerKind::Ai;
    const QString missing = ai ? Figures::notReported() : QString();
    QString context = missing;
    if (stats.contextUsed && stats.contextMax && *stats.contextMax > 0)
        //: used and most tokens of a context window
        context = tr("%1 of %2 (%3)")
                      .arg(Figures::compact(double(*stats.contextUsed)), Figures::compact(double(*stats.contextMax)),
                           items::percent(double(*stats.contextUsed), double(*stats.contextMax)));
    else if (stats.contextUsed)
        context = Figures::compact(double(*stats.contextUsed));
    set(Context, context);
    QString tokens = missing;
    if (stats.tokensIn || stats.tokensOut)
        //: tokens read and tokens written
        tokens = tr("%1 in, %2 out")
                     .arg(stats.tokensIn ? Figures::compact(double(*stats.tokensIn)) : u"–"_s,
                          stats.tokensOut ? Figures::compact(double(*stats.tokensOut)) : u"–"_s);
    set(Tokens, tokens);
    set(Cost, stats.costUsd ? u"$%1"_s.arg(QLocale().toString(*stats.costUsd, 'f', 2)) : missing);
    QString activity;
    if (stats.toolCalls)
        activity = Figures::whole(*stats.toolCalls);
    if (stats.errors && *stats.errors > 0)
        activity = tr("%1, errors %2").arg(activity.isEmpty() ? u"–"_s : activity, Figures::whole(*stats.errors));
    set(Activity, activity.isEmpty() ? missing : activity);
    //: messages this program saw the peer send and get
    set(Traffic, tr("%1 sent, %2 received").arg(Figures::whole(peer.sent), Figures::whole(peer.received)));
}

void PeerPanel::showRecent(const store::Peer &peer)
{
    const QList<store::Message> &messages = m_store->messages({protocol::ConversationKind::Direct, peer.key});
    QStringList lines;
    for (qsizetype i = std::max<qsizetype>(0, messages.size() - kRecentMessages); i < messages.size(); ++i) {
        const store::Message &message = messages[i];
        //: who wrote a message, when the reader did
        const QString who = message.own
            ? tr("You")
            : items::displayName(message.senderName.isEmpty() ? peer.name : message.senderName, peer.key);
        lines.append(u"%1  %2: %3"_s.arg(items::timeOfDay(message.sentAtMs), who, items::oneLine(message.text, 120)));
    }
    m_recent->setText(lines.isEmpty() ? tr("No messages with this peer yet.") : lines.join(u'\n'));
}

void PeerPanel::copyKey()
{
    const store::Peer *peer = m_store && m_focus ? m_store->peer(m_focus->selectedPeer()) : nullptr;
    if (!peer)
        return;
    QGuiApplication::clipboard()->setText(peer->key);
    m_copy->setText(tr("Copied"));
    m_copy->setIcon(m_theme.icon(u"check"_s, Theme::Role::Success));
    m_copied.start();
}

void PeerPanel::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    refresh();
    m_timer.start();
}

void PeerPanel::hideEvent(QHideEvent *event)
{
    QWidget::hideEvent(event);
    m_timer.stop();
}

} // namespace mesh::views
