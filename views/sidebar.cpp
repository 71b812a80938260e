// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/sidebar.h"

#include <QtGui/QClipboard>
#include <QtGui/QGuiApplication>
#include <QtGui/QKeyEvent>
#include <QtGui/QPainter>
#include <QtWidgets/QAbstractButton>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QListView>
#include <QtWidgets/QMenu>
#include <QtWidgets/QScrollBar>
#include <QtWidgets/QToolButton>
#include <QtWidgets/QVBoxLayout>

#include <algorithm>

#include "models/items/conversationlistmodel.h"
#include "models/items/displaytext.h"
#include "models/items/focusstate.h"
#include "models/items/meshsummary.h"
#include "views/meshheader.h"
#include "views/sidebardelegate.h"
#include "views/theme.h"

namespace mesh::views {

using namespace Qt::StringLiterals;
using items::ConversationListModel;

SideBar::SideBar(Theme &theme, const protocol::Clock &clock, items::FocusState *focus, protocol::CommandSink *commands,
                 QWidget *parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_focus(focus)
    , m_commands(commands)
    , m_model(new ConversationListModel(clock, this))
    , m_summary(new items::MeshSummary(clock, this))
{
    setObjectName(u"sideBar"_s);
    setProperty("surface", u"panel"_s);
    setAttribute(Qt::WA_StyledBackground);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    m_header = new MeshHeader(m_theme, *m_summary);
    layout->addWidget(m_header);

    auto *filters = new QHBoxLayout;
    filters->setContentsMargins(m_theme.px(14), m_theme.px(6), m_theme.px(14), m_theme.px(8));
    filters->setSpacing(m_theme.px(6));
    const auto chip = [&](const QString &name, const QString &text, const QString &tip) {
        auto *button = new QToolButton;
        button->setObjectName(name);
        button->setText(text);
        button->setToolTip(tip);
        button->setCheckable(true);
        button->setProperty("quiet", true);
        filters->addWidget(button);
        return button;
    };
    m_unreadOnly = chip(u"unreadOnly"_s, tr("Unread"), tr("Show only what is unread, mentions you or holds a draft"));
    m_byNeed = chip(u"orderByNeed"_s, tr("By need"), tr("Mentions and unread ones first, instead of the newest"));
    filters->addStretch(1);
    auto *topics = new QToolButton;
    topics->setObjectName(u"topicsButton"_s);
    topics->setIcon(m_theme.icon(u"hash"_s));
    topics->setAccessibleName(tr("Topics"));
    topics->setToolTip(tr("Topics: find, join and make them"));
    topics->setProperty("flat", true);
    filters->addWidget(topics);
    connect(topics, &QToolButton::clicked, this, [this] { Q_EMIT topicsRequested({}); });
    layout->addLayout(filters);
    connect(m_unreadOnly, &QToolButton::toggled, m_model, &ConversationListModel::setUnreadOnly);
    connect(m_byNeed, &QToolButton::toggled, this, [this](bool on) {
        m_model->setOrder(on ? ConversationListModel::Order::Need : ConversationListModel::Order::Newest);
    });
    for (QToolButton *button : {m_unreadOnly, m_byNeed}) {
        connect(button, &QToolButton::toggled, this,
                [this] { Q_EMIT listChoiceChanged(m_unreadOnly->isChecked(), m_byNeed->isChecked()); });
    }

    m_list = new QListView;
    m_list->setObjectName(u"conversationList"_s);
    m_list->setAccessibleName(tr("Conversations and peers"));
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setModel(m_model);
    m_list->setItemDelegate(new SideBarDelegate(m_theme, *m_model, focus, m_list));
    m_list->setSelectionMode(QAbstractItemView::NoSelection);
    m_list->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setMouseTracking(true);
    m_list->viewport()->setAttribute(Qt::WA_Hover);
    m_list->setContextMenuPolicy(Qt::CustomContextMenu);
    m_list->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_list->installEventFilter(this);
    layout->addWidget(m_list, 1);
    m_empty = new QLabel;
    m_empty->setObjectName(u"sideBarEmpty"_s);
    m_empty->setTextFormat(Qt::PlainText);
    m_empty->setWordWrap(true);
    m_empty->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    m_empty->setProperty("tone", u"second"_s);
    m_empty->setContentsMargins(m_theme.px(14), m_theme.px(16), m_theme.px(14), m_theme.px(14));
    layout->addWidget(m_empty, 1);
    setFocusProxy(m_list);

    connect(m_list, &QListView::clicked, this, &SideBar::open);
    connect(m_list, &QWidget::customContextMenuRequested, this, &SideBar::showRowMenu);
    connect(m_header, &QAbstractButton::clicked, this, &SideBar::showMeshMenu);
    connect(m_summary, &items::MeshSummary::changed, this, &SideBar::refreshHeader);
    connect(m_model, &ConversationListModel::rowsInserted, this, &SideBar::refreshEmpty);
    connect(m_model, &ConversationListModel::rowsRemoved, this, &SideBar::refreshEmpty);
    connect(m_model, &ConversationListModel::modelReset, this, &SideBar::refreshEmpty);
    if (m_focus) {
        connect(m_focus, &items::FocusState::conversationChanged, this, &SideBar::showChosen);
        // The first message takes a conversation from the peers below to the top, where it must be seen as well. The
        // rows are right once the model has finished, so this waits for it.
        m_followTimer.setSingleShot(true);
        m_followTimer.setInterval(0);
        connect(&m_followTimer, &QTimer::timeout, this, &SideBar::follow);
        const auto later = [this] { m_followTimer.start(); };
        connect(m_model, &ConversationListModel::rowsInserted, this, later);
        connect(m_model, &ConversationListModel::rowsRemoved, this, later);
        connect(m_model, &ConversationListModel::rowsMoved, this, later);
        connect(m_list->verticalScrollBar(), &QScrollBar::valueChanged, this, &SideBar::noteInSight);
    }
    connect(&m_theme, &Theme::changed, this, &SideBar::onThemeChanged);
    m_timesTimer.setInterval(20'000);
    connect(&m_timesTimer, &QTimer::timeout, m_model, &ConversationListModel::refreshTimes);
    m_countdown.setInterval(1'000);
    connect(&m_countdown, &QTimer::timeout, this, &SideBar::refreshHeader);
    onThemeChanged();
    refreshEmpty();
}

void SideBar::showChosen()
{
    m_list->viewport()->update();
    const auto &chosen = m_focus->conversation();
    m_model->setKept(chosen);
    const int row = chosen ? m_model->rowOf(*chosen) : -1;
    m_chosenRow = row;
    m_chosenPeer = row >= 0 && m_model->row(row).kind == ConversationListModel::RowKind::Peer;
    if (row >= 0) {
        m_list->setCurrentIndex(m_model->index(row));
        if (row <= 2)
            m_list->scrollToTop(); // with the head of its section
        else
            m_list->scrollTo(m_model->index(row));
    }
    noteInSight();
}

//! Keeps the open conversation in sight when its row moves, unless the user has scrolled away from it.
void SideBar::follow()
{
    const auto &chosen = m_focus->conversation();
    const int row = chosen ? m_model->rowOf(*chosen) : -1;
    if (row == m_chosenRow)
        return;
    const bool peer = row >= 0 && m_model->row(row).kind == ConversationListModel::RowKind::Peer;
    if (m_chosenInSight || peer != m_chosenPeer || m_chosenRow < 0)
        showChosen();
    else
        m_chosenRow = row;
}

void SideBar::noteInSight()
{
    if (m_followTimer.isActive())
        return; // rows are on their way: where the row was counts
    m_chosenInSight =
        m_chosenRow >= 0 && m_list->viewport()->rect().intersects(m_list->visualRect(m_model->index(m_chosenRow)));
}

void SideBar::arrange(const protocol::ConversationId &id,
                      const std::function<void(protocol::commands::ArrangeConversation &)> &change)
{
    const store::Conversation *conversation = m_store ? m_store->conversation(id) : nullptr;
    if (!m_commands || !m_store)
        return;
    protocol::commands::ArrangeConversation command{conversation ? conversation->target() : id, false, false,
                                                    protocol::events::Attention::All};
    if (conversation) {
        command.pinned = conversation->arrangement.pinned;
        command.archived = conversation->isArchived();
        command.attention = conversation->arrangement.attention;
    }
    change(command);
    m_commands->submit(m_model->mesh(), command);
}

void SideBar::onThemeChanged()
{
    setMinimumWidth(m_theme.px(180));
    m_list->doItemsLayout();
}

void SideBar::setStore(store::MeshStore *store)
{
    m_store = store;
    m_model->setStore(store);
    m_summary->setStore(store);
    refreshEmpty();
}

void SideBar::setListChoice(bool unreadOnly, bool byNeed)
{
    m_unreadOnly->setChecked(unreadOnly);
    m_byNeed->setChecked(byNeed);
}

void SideBar::setMatches(items::PeerMatches *matches)
{
    m_model->setMatches(matches);
}

void SideBar::setMeshes(const QList<MeshChoice> &meshes)
{
    m_meshes = meshes;
    int elsewhere = 0;
    for (const MeshChoice &choice : meshes)
        elsewhere += m_focus && choice.id == m_focus->mesh() ? 0 : choice.unread;
    m_header->setChoices(int(meshes.size()), elsewhere);
}

void SideBar::refreshHeader()
{
    m_header->update();
    m_header->setAccessibleName(m_summary->name());
    m_header->setAccessibleDescription(m_summary->line());
    if (m_summary->isWaiting() && isVisible())
        m_countdown.start();
    else
        m_countdown.stop();
    refreshEmpty();
}

void SideBar::refreshEmpty()
{
    const bool empty = m_model->rowCount() == 0;
    m_list->setVisible(!empty);
    m_empty->setVisible(empty);
    if (!empty)
        return;
    if (!m_summary->isValid())
        m_empty->setText(
            tr("No mesh is open. Start the personal mesh or join one with an invite link; its peers and your "
               "conversations will stand here."));
    else if (m_summary->connectionState() == protocol::ConnectionState::Online)
        m_empty->setText(tr("Nobody is here yet. Peers appear as soon as they join this mesh."));
    else
        m_empty->setText(tr("Peers and conversations appear once the mesh is connected."));
}

void SideBar::focusList()
{
    m_list->setFocus(Qt::OtherFocusReason);
    if (!m_list->currentIndex().isValid()) {
        for (int row = 0; row < m_model->rowCount(); ++row) {
            if (m_model->flags(m_model->index(row)).testFlag(Qt::ItemIsSelectable)) {
                m_list->setCurrentIndex(m_model->index(row));
                break;
            }
        }
    }
}

void SideBar::open(const QModelIndex &index)
{
    const auto row = m_model->row(index.row());
    if (row.kind == ConversationListModel::RowKind::Header) {
        if (row.section == ConversationListModel::Section::Archive)
            m_model->setArchiveOpen(!m_model->isArchiveOpen());
        return;
    }
    if (!m_focus)
        return;
    m_focus->setConversation(row.id);
    if (row.id.kind == protocol::ConversationKind::Direct)
        m_focus->setSelectedPeer(row.peerKey);
    Q_EMIT conversationOpened(row.id);
}

void SideBar::showMeshMenu()
{
    auto *menu = new QMenu(this);
    menu->setObjectName(u"meshMenu"_s);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    for (const MeshChoice &choice : std::as_const(m_meshes)) {
        QString text = items::oneLine(choice.name, 48).replace(u'&', "&&"_L1);
        if (choice.unread > 0)
            text += tr(" (%1)", "unread messages").arg(choice.unread);
        QAction *action = menu->addAction(m_theme.icon(choice.personal ? u"home"_s : u"mesh"_s), text, this,
                                          [this, id = choice.id] { Q_EMIT meshChosen(id); });
        action->setCheckable(true);
        action->setChecked(m_focus && choice.id == m_focus->mesh());
    }
    if (!m_meshes.isEmpty())
        menu->addSeparator();
    menu->addAction(m_theme.icon(u"plus"_s), tr("Join or add a mesh…"), this, &SideBar::addMeshRequested)
        ->setObjectName(u"addMeshAction"_s);
    menu->popup(m_header->mapToGlobal(QPoint(m_theme.px(8), m_header->height())));
}

void SideBar::showRowMenu(const QPoint &at)
{
    const QModelIndex index = m_list->indexAt(at);
    const auto row = m_model->row(index.row());
    if (!index.isValid() || row.kind == ConversationListModel::RowKind::Header)
        return;
    auto *menu = new QMenu(this);
    menu->setObjectName(u"conversationMenu"_s);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addAction(m_theme.icon(u"chat"_s), tr("Open"), this, [this, index = QPersistentModelIndex(index)] {
        if (index.isValid())
            open(index);
    });
    if (row.id.kind == protocol::ConversationKind::Direct) {
        menu->addAction(m_theme.icon(u"user"_s), tr("Show peer"), this, [this, key = row.peerKey] {
            if (m_focus)
                m_focus->setSelectedPeer(key);
            Q_EMIT peerRequested(key);
        });
    }
    if (row.id.kind == protocol::ConversationKind::Notes) { // always there, always quiet
        menu->popup(m_list->viewport()->mapToGlobal(at));
        return;
    }
    if (row.id.kind == protocol::ConversationKind::Topic) {
        menu->addAction(m_theme.icon(u"group"_s), tr("Members…"), this,
                        [this, id = row.id.key] { Q_EMIT topicsRequested(id); })
            ->setObjectName(u"aboutTopicAction"_s);
        menu->addAction(m_theme.icon(u"close"_s), tr("Leave the topic…"), this,
                        [this, id = row.id.key] { Q_EMIT leaveTopicRequested(id); })
            ->setObjectName(u"leaveTopicAction"_s);
    }
    QAction *read = menu->addAction(m_theme.icon(u"check-double"_s), tr("Mark as read"), this, [this, row] {
        if (m_commands && m_store) {
            auto target = row.id;
            if (!row.peerKey.isEmpty())
                target.key = row.peerKey;
            m_commands->submit(m_model->mesh(), protocol::commands::MarkRead{target, row.atMs});
        }
    });
    read->setObjectName(u"markReadAction"_s);
    read->setEnabled(row.unread > 0);
    menu->addSeparator();
    using protocol::commands::ArrangeConversation;
    using protocol::events::Attention;
    menu->addAction(
            m_theme.icon(u"pin"_s), row.pinned ? tr("Unpin") : tr("Pin to the top"), this,
            [this, row] { arrange(row.id, [&](ArrangeConversation &command) { command.pinned = !row.pinned; }); })
        ->setObjectName(u"pinAction"_s);
    QMenu *attention = menu->addMenu(m_theme.icon(u"bell"_s), tr("Notifications"));
    const auto level = [&](const QString &name, const QString &text, Attention value) {
        QAction *action = attention->addAction(text, this, [this, id = row.id, value] {
            arrange(id, [&](ArrangeConversation &command) { command.attention = value; });
        });
        action->setObjectName(name);
        action->setCheckable(true);
        action->setChecked(row.attention == value);
    };
    level(u"attentionAll"_s, tr("All messages"), Attention::All);
    level(u"attentionMentions"_s, tr("Only when I am mentioned"), Attention::Mentions);
    level(u"attentionNothing"_s, tr("Nothing: mute"), Attention::Nothing);
    menu->addAction(
            m_theme.icon(u"archive"_s), row.archived ? tr("Take out of the archive") : tr("Archive"), this,
            [this, row] { arrange(row.id, [&](ArrangeConversation &command) { command.archived = !row.archived; }); })
        ->setObjectName(u"archiveAction"_s);
    menu->addSeparator();
    menu->addAction(m_theme.icon(u"copy"_s), tr("Copy name"), this,
                    [title = row.title] { QGuiApplication::clipboard()->setText(title); });
    menu->popup(m_list->viewport()->mapToGlobal(at));
}

bool SideBar::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_list && event->type() == QEvent::KeyPress) {
        const auto *key = static_cast<QKeyEvent *>(event);
        if (key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter || key->key() == Qt::Key_Space) {
            if (m_list->currentIndex().isValid())
                open(m_list->currentIndex());
            return true;
        }
        if (key->key() == Qt::Key_Menu && m_list->currentIndex().isValid()) {
            showRowMenu(m_list->visualRect(m_list->currentIndex()).center());
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

void SideBar::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    m_timesTimer.start();
    m_model->refreshTimes();
    refreshHeader();
}

void SideBar::hideEvent(QHideEvent *event)
{
    QWidget::hideEvent(event);
    m_timesTimer.stop();
    m_countdown.stop();
}

} // namespace mesh::views
