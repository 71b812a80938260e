// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/topicspage.h"

#include <QtCore/QRegularExpression>
#include <QtGui/QClipboard>
#include <QtGui/QGuiApplication>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QListWidget>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QStackedWidget>
#include <QtWidgets/QStyle>
#include <QtWidgets/QVBoxLayout>

#include <utility>

#include "models/items/displaytext.h"
#include "views/formparts.h"
#include "views/theme.h"
#include "views/topicdelegate.h"
#include "views/topicform.h"

namespace mesh::views {

using namespace Qt::StringLiterals;
using items::TopicInfo;
using protocol::events::TopicKeyState;

namespace {

constexpr int kPollMs = 5'000;

QListWidget *topicRows(const char *name, const QString &spoken, Theme &theme, int inset)
{
    auto *list = new QListWidget;
    list->setObjectName(QLatin1StringView(name));
    list->setAccessibleName(spoken);
    list->setItemDelegate(new TopicDelegate(theme, inset, list));
    list->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    list->setMouseTracking(true);
    list->viewport()->setAttribute(Qt::WA_Hover);
    return list;
}

//! Rows are told again every few seconds: they are kept, and with them the place in the list.
void resizeRows(QListWidget *list, int count)
{
    while (list->count() > count)
        delete list->takeItem(list->count() - 1);
    while (list->count() < count)
        new QListWidgetItem(list);
}

QString securityOf(const TopicInfo &topic)
{
    switch (topic.key) {
    case TopicKeyState::Held:
        return TopicsPage::tr("encrypted for members");
    case TopicKeyState::Waiting:
        return TopicsPage::tr("encrypted, you have no key yet");
    case TopicKeyState::Unavailable:
        return TopicsPage::tr("encrypted, no keys to be had");
    case TopicKeyState::Clear:
        return TopicsPage::tr("not encrypted");
    case TopicKeyState::Unknown:
        break;
    }
    return {};
}

QString roleWord(const QString &role)
{
    if (role == "lead"_L1)
        return TopicsPage::tr("leads the topic");
    return role == "observer"_L1 ? TopicsPage::tr("observes") : QString();
}

QString presenceWord(protocol::PeerStatus status)
{
    switch (status) {
    case protocol::PeerStatus::Idle:
        return TopicsPage::tr("here");
    case protocol::PeerStatus::Working:
        return TopicsPage::tr("working");
    case protocol::PeerStatus::Dnd:
        return TopicsPage::tr("do not disturb");
    case protocol::PeerStatus::Offline:
        break;
    }
    return TopicsPage::tr("not connected");
}

} // namespace

TopicsPage::TopicsPage(Theme &theme, const protocol::Clock &clock, protocol::CommandSink &commands, QWidget *parent)
    : QDialog(parent)
    , m_theme(theme)
    , m_clock(clock)
    , m_commands(commands)
{
    setObjectName(u"topicsPage"_s);
    setWindowTitle(tr("Topics"));
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    row->addWidget(buildList());
    auto *line = new QFrame;
    line->setProperty("surface", u"raised"_s);
    line->setFixedWidth(1);
    row->addWidget(line);
    m_pages = new QStackedWidget;
    m_detail = buildDetail();
    m_form = new TopicForm(m_theme);
    m_pages->addWidget(m_detail);
    m_pages->addWidget(m_form);
    auto *right = new QVBoxLayout;
    right->addWidget(m_pages, 1);
    m_message = formLabel("topicMessage", u"second"_s);
    right->addWidget(m_message);
    right->setContentsMargins(0, 0, 0, 0);
    row->addLayout(right, 1);

    connect(m_form, &TopicForm::createRequested, this, &TopicsPage::create);
    connect(m_form, &TopicForm::cancelled, this, [this] {
        say({}, false);
        m_pages->setCurrentWidget(m_detail);
        m_list->setFocus();
    });
    m_poll.setInterval(kPollMs);
    connect(&m_poll, &QTimer::timeout, this, &TopicsPage::poll);
    connect(&m_theme, &Theme::changed, this, &TopicsPage::restyle);
    restyle();
    say({}, false);
    fill();
}

QWidget *TopicsPage::buildList()
{
    auto *side = new QWidget;
    auto *column = new QVBoxLayout(side);
    column->setContentsMargins(m_theme.px(14), m_theme.px(18), m_theme.px(14), m_theme.px(14));
    column->setSpacing(m_theme.px(10));
    auto *head = formLabel("topicsTitle", u"title"_s, tr("Topics"));
    head->setWordWrap(false);
    column->addWidget(head);
    m_find = new QLineEdit;
    m_find->setObjectName(u"topicFind"_s);
    m_find->setPlaceholderText(tr("Find a topic"));
    m_find->setAccessibleName(tr("Find a topic"));
    m_find->setClearButtonEnabled(true);
    m_find->addAction(m_theme.icon(u"search"_s, Theme::Role::Text3), QLineEdit::LeadingPosition);
    column->addWidget(m_find);
    m_list = topicRows("topicList", tr("Topics of this mesh"), m_theme, 8);
    column->addWidget(m_list, 1);
    m_none = formLabel("topicNone", u"second"_s);
    m_none->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    column->addWidget(m_none, 1);
    m_new = formButton("topicNew", tr("New topic…"));
    m_new->setIcon(m_theme.icon(u"plus"_s));
    column->addWidget(m_new);
    side->setFixedWidth(m_theme.px(280));

    connect(m_find, &QLineEdit::textChanged, this, &TopicsPage::fill);
    connect(m_find, &QLineEdit::returnPressed, this, [this] {
        if (!isAddress()) {
            m_list->setFocus();
            return;
        }
        m_address = m_find->text().trimmed();
        join(m_address);
    });
    connect(m_list, &QListWidget::currentItemChanged, this, [this](QListWidgetItem *item) {
        if (m_filling)
            return;
        m_awaited.clear();
        m_chosen = item ? item->data(TopicDelegate::IdRole).toString() : QString();
        say({}, false);
        m_pages->setCurrentWidget(m_detail);
        showDetail();
        poll();
    });
    connect(m_list, &QListWidget::itemActivated, this,
            [this](QListWidgetItem *item) { Q_EMIT openRequested(item->data(TopicDelegate::IdRole).toString()); });
    connect(m_new, &QPushButton::clicked, this, &TopicsPage::beginCreate);
    return side;
}

QWidget *TopicsPage::buildDetail()
{
    auto *page = new QWidget;
    auto *column = new QVBoxLayout(page);
    column->setContentsMargins(m_theme.px(22), m_theme.px(18), m_theme.px(22), m_theme.px(8));
    column->setSpacing(m_theme.px(8));
    m_title = formLabel("topicTitle", u"display"_s);
    column->addWidget(m_title);
    auto *facts = new QHBoxLayout;
    facts->setSpacing(m_theme.px(6));
    m_lock = new QLabel;
    m_facts = formLabel("topicFacts", u"second"_s);
    facts->addWidget(m_lock, 0, Qt::AlignTop);
    facts->addWidget(m_facts, 1);
    column->addLayout(facts);
    m_about = formLabel("topicAbout", u""_s);
    m_about->setTextInteractionFlags(Qt::TextSelectableByMouse);
    column->addWidget(m_about);
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(m_theme.px(8));
    m_join = formButton("topicJoin", tr("Join"));
    m_join->setProperty("primary", true);
    m_open = formButton("topicOpen", {});
    m_copy = formButton("topicCopy", tr("Copy its address"));
    m_copy->setToolTip(tr("Whoever pastes it into the field that finds topics can join"));
    m_leave = formButton("topicLeave", tr("Leave…"));
    m_leave->setProperty("danger", true);
    for (QPushButton *button : {m_join, m_open, m_copy, m_leave})
        buttons->addWidget(button);
    buttons->addStretch(1);
    column->addSpacing(m_theme.px(4));
    column->addLayout(buttons);
    column->addSpacing(m_theme.px(10));
    m_membersHead = formLabel("topicMembersHead", u"section"_s);
    column->addWidget(m_membersHead);
    m_members = topicRows("topicMembers", tr("Members of the topic"), m_theme, 0);
    m_members->setSelectionMode(QAbstractItemView::NoSelection);
    column->addWidget(m_members, 1);

    connect(m_join, &QPushButton::clicked, this, [this] { join(m_chosen); });
    connect(m_copy, &QPushButton::clicked, this, [this] {
        QGuiApplication::clipboard()->setText(m_chosen);
        say(tr("The address is in the clipboard. Give it to those who should join."), false);
    });
    connect(m_open, &QPushButton::clicked, this, [this] { Q_EMIT openRequested(m_chosen); });
    connect(m_leave, &QPushButton::clicked, this, [this] { Q_EMIT leaveRequested(m_chosen); });
    return page;
}

void TopicsPage::restyle()
{
    setMinimumSize(m_theme.px(780), m_theme.px(540));
    m_message->setContentsMargins(m_theme.px(22), 0, m_theme.px(22), m_theme.px(14));
    fill();
}

void TopicsPage::setStore(store::MeshStore *store)
{
    if (m_store == store)
        return;
    if (m_store)
        m_store->disconnect(this);
    m_store = store;
    m_creating = m_joining = 0;
    m_awaited.clear();
    if (m_store)
        connect(m_store, &store::MeshStore::changed, this, &TopicsPage::onChanged);
    fill();
    if (isVisible())
        poll();
}

void TopicsPage::showTopic(const QString &topicId)
{
    if (!topicId.isEmpty())
        m_chosen = m_awaited = topicId;
    m_find->clear();
    m_pages->setCurrentWidget(m_detail);
    say({}, false);
    fill();
    m_list->setFocus();
}

void TopicsPage::beginCreate()
{
    m_pages->setCurrentWidget(m_form);
    say({}, false);
    m_form->begin();
}

// --- what is shown ------------------------------------------------------------------------------------------------

void TopicsPage::onChanged(const store::ChangeSet &changes)
{
    bool mine = false;
    for (const auto &finished : changes.commandsFinished) {
        if (finished.commandId != m_joining && finished.commandId != m_creating)
            continue;
        mine = true;
        const QString reason = items::oneLine(finished.detail.isEmpty() ? finished.code : finished.detail, 200);
        if (finished.commandId == m_joining) {
            m_joining = 0;
            const QString address = std::exchange(m_address, {});
            if (!finished.ok)
                say(tr("Joining did not work: %1").arg(reason), true);
            else if (!address.isEmpty())
                showTopic(address);
        } else {
            m_creating = 0;
            m_form->setBusy(false);
            const QString id = finished.result[u"topic"][u"id"].toString();
            if (!finished.ok || id.isEmpty()) {
                say(tr("The topic was not made: %1").arg(reason), true);
            } else if (!finished.result[u"created"].toBool()) {
                say(tr("There is a topic of this name already."), true);
            } else {
                m_chosen = m_awaited = id;
                m_askedClear = m_form->wantsClear() ? id : QString();
                m_pages->setCurrentWidget(m_detail);
                say({}, false);
            }
        }
    }
    const bool lists = changes.reset || changes.listings.testFlag(store::Listed::Topics)
        || changes.listings.testFlag(store::Listed::TopicMembers)
        || changes.listings.testFlag(store::Listed::TopicKeys);
    if (lists || mine || changes.connection)
        fill();
    else if (!changes.peersAdded.isEmpty() || !changes.peersChanged.isEmpty() || !changes.peersRemoved.isEmpty())
        showDetail();
}

QString TopicsPage::memberCount(const TopicInfo &topic)
{
    return !topic.members ? QString() : *topic.members == 1 ? tr("1 member") : tr("%1 members").arg(*topic.members);
}

void TopicsPage::fill()
{
    if (!m_members)
        return; // still being built
    const QList<TopicInfo> topics = m_store ? items::topicsOf(*m_store) : QList<TopicInfo>();
    const QString wanted = m_find->text().trimmed();
    QList<TopicInfo> shown;
    for (const TopicInfo &topic : topics) {
        if (topic.id == m_awaited)
            m_awaited.clear();
        if (wanted.isEmpty() || topic.title.contains(wanted, Qt::CaseInsensitive)
            || topic.description.contains(wanted, Qt::CaseInsensitive))
            shown.append(topic);
    }
    m_filling = true;
    resizeRows(m_list, int(shown.size()));
    const bool coming = !m_awaited.isEmpty(); // the list does not have it yet: no other is chosen meanwhile
    int current = shown.isEmpty() || coming ? -1 : 0;
    for (int i = 0; i < shown.size(); ++i) {
        const TopicInfo &topic = shown.at(i);
        QListWidgetItem *item = m_list->item(i);
        QStringList parts;
        if (!topic.open)
            parts.append(tr("private"));
        parts.append(topic.description.isEmpty() ? memberCount(topic) : topic.description);
        const QString second = parts.join(u" · "_s);
        const bool joined = topic.joined.value_or(false);
        item->setText(topic.title);
        item->setData(TopicDelegate::SecondRole, second);
        item->setData(TopicDelegate::SignRole, u"#"_s);
        item->setData(TopicDelegate::IdRole, topic.id);
        item->setData(TopicDelegate::WordRole, joined ? tr("joined") : QString());
        item->setData(TopicDelegate::MarkedRole, joined);
        item->setData(Qt::AccessibleTextRole,
                      QStringList{topic.title, second, joined ? tr("joined") : tr("not joined")}.join(u", "_s));
        item->setToolTip(topic.description);
        if (topic.id == m_chosen)
            current = i;
    }
    m_list->setCurrentRow(current);
    m_filling = false;
    if (m_list->currentItem() && !coming)
        m_chosen = m_list->currentItem()->data(TopicDelegate::IdRole).toString();
    const bool empty = m_list->count() == 0;
    m_list->setVisible(!empty);
    m_none->setVisible(empty);
    if (empty)
        m_none->setText(isAddress()             ? tr("Press Enter to join the private topic with this address.")
                            : !wanted.isEmpty() ? tr("No topic is called like that.")
                            : m_store ? tr("There is no topic yet. Make one for whatever several of you talk about.")
                                      : tr("No mesh is open."));
    const bool online = m_store && m_store->connection().online();
    m_new->setEnabled(online);
    m_form->setOnline(online);
    showDetail();
}

std::optional<TopicInfo> TopicsPage::chosen() const
{
    return m_store && !m_chosen.isEmpty() ? items::topicOf(*m_store, m_chosen) : std::nullopt;
}

void TopicsPage::showDetail()
{
    const std::optional<TopicInfo> topic = chosen();
    for (QWidget *part : std::initializer_list<QWidget *>{m_lock, m_facts, m_about, m_join, m_open, m_copy, m_leave,
                                                          m_membersHead, m_members})
        part->setVisible(topic.has_value());
    m_title->setText(topic ? topic->title : tr("Choose a topic"));
    if (!topic)
        return;
    const bool online = m_store->connection().online();
    const bool joined = topic->joined.value_or(false);
    QStringList facts{topic->open ? tr("open to the mesh") : tr("private")};
    if (const QString security = securityOf(*topic); !security.isEmpty())
        facts.append(security);
    m_facts->setText(facts.join(u" · "_s));
    const bool sealed = topic->key == TopicKeyState::Held || topic->key == TopicKeyState::Waiting
        || topic->key == TopicKeyState::Unavailable;
    const int side = m_theme.px(14);
    m_lock->setPixmap(m_theme
                          .icon(sealed ? u"lock"_s : u"lock-open"_s,
                                topic->key == TopicKeyState::Held ? Theme::Role::Idle : Theme::Role::Working)
                          .pixmap(QSize(side, side), devicePixelRatioF()));
    m_lock->setVisible(topic->key != TopicKeyState::Unknown);
    m_about->setText(topic->description);
    m_about->setVisible(!topic->description.isEmpty());
    m_join->setVisible(!joined);
    m_join->setEnabled(online && m_joining == 0);
    m_join->setText(m_joining != 0 ? tr("Joining…") : tr("Join"));
    m_open->setText(joined ? tr("Open") : tr("Look inside"));
    if (m_open->property("primary").toBool() != joined) {
        m_open->setProperty("primary", joined);
        m_open->style()->unpolish(m_open); // the style sheet reads properties once
        m_open->style()->polish(m_open);
    }
    m_copy->setVisible(joined && !topic->open);
    m_leave->setVisible(joined);
    m_leave->setEnabled(online);
    if (topic->id == m_askedClear && topic->key == TopicKeyState::Held) {
        m_askedClear.clear();
        say(tr("This broker gives every topic a key: what you write here is encrypted for members after all."), false);
    }
    fillMembers(*topic);
}

void TopicsPage::fillMembers(const TopicInfo &topic)
{
    const QList<items::TopicMember> members = items::membersOf(*m_store, topic.id);
    m_membersHead->setText(members.isEmpty() ? tr("Nobody is in it yet") : memberCount(topic));
    const qint64 nowMs = m_clock.nowMs();
    resizeRows(m_members, int(members.size()));
    for (int i = 0; i < members.size(); ++i) {
        const items::TopicMember &member = members.at(i);
        QListWidgetItem *item = m_members->item(i);
        QStringList second{presenceWord(member.status)};
        if (const QString role = roleWord(member.role); !role.isEmpty())
            second.append(role);
        QString read;
        if (member.readUpToMs > 0) {
            const bool today = items::localDay(member.readUpToMs) == items::localDay(nowMs);
            read =
                tr("read until %1", "a time or day")
                    .arg(today ? items::timeOfDay(member.readUpToMs) : items::relativeTime(member.readUpToMs, nowMs));
        }
        item->setText(member.self ? tr("%1 (you)").arg(member.name) : member.name);
        item->setData(TopicDelegate::SecondRole, second.join(u" · "_s));
        item->setData(TopicDelegate::SignRole, items::initials(member.name));
        item->setData(TopicDelegate::HumanRole, member.kind == protocol::PeerKind::Human);
        item->setData(TopicDelegate::StatusRole, int(member.status));
        item->setData(TopicDelegate::WordRole, read);
        item->setToolTip(member.readUpToMs > 0
                             ? tr("Has read what was written up to %1").arg(items::exactTime(member.readUpToMs))
                             : QString());
        item->setData(Qt::AccessibleTextRole, QStringList{item->text(), second.join(u", "_s), read}.join(u", "_s));
    }
}

// --- what is done -------------------------------------------------------------------------------------------------

//! Private topics are listed to their members only: who is told the address can join.
bool TopicsPage::isAddress() const
{
    static const QRegularExpression pattern(u"^[0-9A-Za-z]{32}$"_s);
    return m_list->count() == 0 && m_store && pattern.match(m_find->text().trimmed()).hasMatch();
}

void TopicsPage::join(const QString &topicId)
{
    if (!m_store || topicId.isEmpty() || m_joining != 0)
        return;
    protocol::TopicJoin frame;
    frame.topic = topicId;
    m_joining = m_commands.submit(m_store->mesh(), protocol::commands::Request{frame});
    say({}, false);
    showDetail();
}

void TopicsPage::create(const protocol::TopicCreate &frame)
{
    if (!m_store)
        return;
    m_creating = m_commands.submit(m_store->mesh(), protocol::commands::Request{frame});
    m_form->setBusy(true);
    say({}, false);
}

void TopicsPage::say(const QString &sentence, bool bad)
{
    m_message->setProperty("tone", bad ? u"error"_s : u"second"_s);
    m_message->style()->unpolish(m_message);
    m_message->style()->polish(m_message);
    m_message->setText(sentence);
    m_message->setVisible(!sentence.isEmpty());
}

//! Nothing on the wire tells of topics and members that come and go.
void TopicsPage::poll()
{
    if (!m_store || !m_store->connection().online() || !isVisible())
        return;
    m_commands.submit(m_store->mesh(), protocol::commands::Refresh{protocol::commands::Listing::Topics});
    if (m_chosen.isEmpty())
        return;
    protocol::TopicMembers frame;
    frame.topic = m_chosen;
    m_commands.submit(m_store->mesh(), protocol::commands::Request{frame});
}

void TopicsPage::showEvent(QShowEvent *event)
{
    QDialog::showEvent(event);
    fill();
    poll();
    m_poll.start();
}

void TopicsPage::hideEvent(QHideEvent *event)
{
    QDialog::hideEvent(event);
    m_poll.stop();
}

} // namespace mesh::views
