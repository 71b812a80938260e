// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/chatview.h"

#include <QtCore/QDateTime>
#include <QtGui/QDesktopServices>
#include <QtGui/QPainter>
#include <QtWidgets/QGridLayout>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QMessageBox>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QStackedWidget>
#include <QtWidgets/QVBoxLayout>

#include <algorithm>

#include "models/items/completion.h"
#include "models/items/conversationinfo.h"
#include "models/items/displaytext.h"
#include "models/items/focusstate.h"
#include "models/items/messagelistmodel.h"
#include "views/chatheader.h"
#include "views/composer.h"
#include "views/elidedlabel.h"
#include "views/messagelistview.h"
#include "views/theme.h"
#include "views/trustbar.h"

namespace mesh::views {

using namespace Qt::StringLiterals;
using items::ConversationInfo;
using items::MessageListModel;
using protocol::ConversationId;

namespace {

constexpr int kTypingEveryMs = 3'000; // wire reference 6.8: one signal in 3 s, expiry after 6 s
constexpr int kTypingPauseMs = 5'000;

} // namespace

ChatView::ChatView(Theme &theme, const protocol::Clock &clock, items::FocusState *focus,
                   protocol::CommandSink *commands, QWidget *parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_clock(clock)
    , m_focus(focus)
    , m_commands(commands)
    , m_model(new MessageListModel(this))
    , m_info(new ConversationInfo(clock, this))
    , m_openUrl([](const QUrl &url) { QDesktopServices::openUrl(url); })
{
    setObjectName(u"chatView"_s);
    setProperty("surface", u"panel"_s);
    setAttribute(Qt::WA_StyledBackground);
    build();
    m_second.setInterval(1'000);
    connect(&m_second, &QTimer::timeout, this, &ChatView::refreshActivity);
    m_typingPause.setSingleShot(true);
    m_typingPause.setInterval(kTypingPauseMs);
    connect(&m_typingPause, &QTimer::timeout, this, [this] { setTyping(false); });

    m_midnight.setSingleShot(true);
    connect(&m_midnight, &QTimer::timeout, this, [this] {
        m_list->refreshTimes();
        waitForMidnight();
    });

    if (m_focus) {
        connect(m_focus, &items::FocusState::conversationChanged, this, &ChatView::onConversation);
        connect(m_focus, &items::FocusState::timeCursorChanged, this, &ChatView::onInfo);
    }
    connect(m_info, &ConversationInfo::changed, this, &ChatView::onInfo);
    connect(m_model, &MessageListModel::rowsInserted, this,
            [this](const QModelIndex &, int first, int last) { onRowsInserted(first, last); });
    connect(m_model, &MessageListModel::rowsRemoved, this, &ChatView::refreshEmpty);
    connect(m_model, &MessageListModel::modelReset, this, &ChatView::refreshEmpty);
    connect(m_list, &MessageListView::atBottomChanged, this, &ChatView::markRead);
    connect(m_list, &MessageListView::linkActivated, this, &ChatView::askToOpen);
    connect(m_list, &MessageListView::retryRequested, this, &ChatView::retry);
    connect(m_list, &MessageListView::cancelRequested, this,
            [this](const QString &id) { submit(protocol::commands::CancelMessage{id}); });
    connect(m_list, &MessageListView::senderActivated, this, &ChatView::peerRequested);
    connect(m_list, &MessageListView::olderWanted, this, [this] {
        if (m_info->isValid())
            Q_EMIT olderWanted(m_info->id(), m_model->olderBeforeMs());
    });
    connect(m_list, &MessageListView::newerWanted, this, [this] {
        if (m_info->isValid())
            Q_EMIT newerWanted(m_info->id(), m_model->newerAfter());
    });
    connect(m_list, &MessageListView::textTyped, this, [this](const QString &text) {
        m_composer->focusEditor();
        m_composer->insertText(text);
    });
    connect(m_list, &MessageListView::escapePressed, this, &ChatView::focusComposer);
    connect(m_header, &ChatHeader::peerRequested, this, [this] { Q_EMIT peerRequested(m_info->target().key); });
    connect(m_header, &ChatHeader::markReadRequested, this, [this] {
        if (m_info->isValid() && m_info->lastMessageAtMs() > 0)
            submit(protocol::commands::MarkRead{m_info->target(), m_info->lastMessageAtMs()});
    });
    connect(m_header, &ChatHeader::topicRequested, this, [this] { Q_EMIT topicRequested(m_info->id().key); });
    connect(m_header, &ChatHeader::leaveTopicRequested, this, [this] { Q_EMIT leaveTopicRequested(m_info->id().key); });
    connect(m_header, &ChatHeader::firstUnreadRequested, this, &ChatView::goToFirstUnread);
    connect(m_header, &ChatHeader::dateRequested, this, &ChatView::chooseDate);
    connect(m_header, &ChatHeader::askSeveralRequested, this,
            [this] { Q_EMIT askSeveralRequested(m_info->isDirect() ? m_info->target().key : QString()); });
    connect(m_header, &ChatHeader::verifyRequested, this, &ChatView::compareSafetyNumbers);
    connect(m_trust, &TrustBar::compareRequested, this, &ChatView::compareSafetyNumbers);
    connect(m_list, &MessageListView::replyRequested, this, &ChatView::replyTo);
    connect(m_list, &MessageListView::editRequested, this, &ChatView::editWaiting);
    connect(m_list, &MessageListView::deliveryRequested, this, &ChatView::showDelivery);
    connect(m_list, &MessageListView::originRequested, this, [this](const QString &id) { goToMessage(id); });
    connect(m_model, &MessageListModel::olderArrived, m_list,
            &MessageListView::refreshTimes); // quotes may be known now
    m_composer->setCompleter([this](QStringView before) {
        return m_store ? items::completionsFor(*m_store, before) : items::Completions();
    });
    m_composer->setJudge([this](const QString &text) { return Composer::Verdict(judge(text)); });
    connect(m_composer, &Composer::replyStepped, this, &ChatView::stepReply);
    connect(m_composer, &Composer::originRequested, this, [this](const QString &id) { goToMessage(id); });
    connect(m_composer, &Composer::sendRequested, this, &ChatView::send);
    connect(m_composer, &Composer::draftEdited, this, [this](const QString &text) {
        if (m_commands && !m_draftMesh.isEmpty())
            m_commands->submit(m_draftMesh,
                               protocol::commands::SaveDraft{m_draftTarget, text, m_composer->reply().messageId});
    });
    connect(m_composer, &Composer::edited, this, &ChatView::onEdited);
    connect(m_composer, &Composer::fileRequested, this, &ChatView::offerFile);
    connect(m_composer, &Composer::fileCancelRequested, this, &ChatView::cancelFile);
    connect(m_composer, &Composer::upPressed, this, [this] { m_list->setFocus(Qt::TabFocusReason); });
    connect(m_composer, &Composer::escapePressed, this, [this] {
        if (!m_list->isAtBottom())
            m_list->scrollToBottom();
        else
            Q_EMIT leaveRequested();
    });
    connect(&m_theme, &Theme::changed, this, &ChatView::onThemeChanged);
    onThemeChanged();
    onConversation();
}

ChatView::~ChatView()
{
    flushDraft();
}

void ChatView::build()
{
    auto *outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    m_pages = new QStackedWidget;
    outer->addWidget(m_pages);

    auto *empty = new QWidget;
    empty->setObjectName(u"chatEmpty"_s);
    auto *emptyLayout = new QVBoxLayout(empty);
    emptyLayout->setContentsMargins(m_theme.px(24), m_theme.px(24), m_theme.px(24), m_theme.px(24));
    emptyLayout->setSpacing(m_theme.px(8));
    m_emptyIcon = new QLabel;
    m_emptyIcon->setAlignment(Qt::AlignCenter);
    auto *emptyTitle = new QLabel(tr("No conversation chosen"));
    emptyTitle->setProperty("tone", u"title"_s);
    emptyTitle->setAlignment(Qt::AlignCenter);
    auto *emptyText =
        new QLabel(tr("Choose a peer or a group on the left, or double-click a peer in the graph, to write to it."));
    emptyText->setObjectName(u"chatEmptyText"_s);
    emptyText->setProperty("tone", u"second"_s);
    emptyText->setAlignment(Qt::AlignCenter);
    emptyText->setWordWrap(true);
    emptyLayout->addStretch(2);
    emptyLayout->addWidget(m_emptyIcon);
    emptyLayout->addWidget(emptyTitle);
    emptyLayout->addWidget(emptyText);
    emptyLayout->addStretch(3);
    m_pages->addWidget(empty);

    auto *page = new QWidget;
    auto *layout = new QVBoxLayout(page);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    m_header = new ChatHeader(m_theme, *m_info);
    layout->addWidget(m_header);
    m_trust = new TrustBar(m_theme);
    layout->addWidget(m_trust);
    m_list = new MessageListView(m_theme, m_clock);
    m_list->setModel(m_model);
    m_noMessages = new QLabel;
    m_noMessages->setObjectName(u"noMessages"_s);
    m_noMessages->setTextFormat(Qt::PlainText);
    m_noMessages->setAlignment(Qt::AlignCenter);
    m_noMessages->setWordWrap(true);
    m_noMessages->setProperty("tone", u"second"_s);
    m_noMessages->setAttribute(Qt::WA_TransparentForMouseEvents);
    m_noMessages->setContentsMargins(m_theme.px(24), 0, m_theme.px(24), 0);
    auto *over = new QGridLayout; // both in one cell
    over->addWidget(m_list, 0, 0);
    over->addWidget(m_noMessages, 0, 0);
    layout->addLayout(over, 1);

    m_activityLine = new QWidget;
    m_activityLine->setObjectName(u"activityLine"_s);
    auto *activity = new QHBoxLayout(m_activityLine);
    activity->setContentsMargins(m_theme.px(14), 0, m_theme.px(14), 0);
    activity->setSpacing(m_theme.px(6));
    m_activityDot = new QLabel;
    m_activity = new ElidedLabel;
    m_activity->setObjectName(u"activityText"_s);
    activity->addWidget(m_activityDot);
    activity->addWidget(m_activity, 1);
    layout->addWidget(m_activityLine);

    m_composer = new Composer(m_theme);
    auto *margin = new QHBoxLayout;
    margin->setContentsMargins(m_theme.px(12), 0, m_theme.px(12), m_theme.px(12));
    margin->addWidget(m_composer);
    margin->addWidget(buildJoinBar());
    layout->addLayout(margin);
    m_pages->addWidget(page);
}

void ChatView::setStore(store::MeshStore *store)
{
    if (m_store == store)
        return;
    flushDraft();
    if (m_store)
        m_store->disconnect(this);
    m_pending.clear();
    m_offers.clear();
    m_store = store;
    if (m_store)
        connect(m_store, &store::MeshStore::changed, this, &ChatView::onStoreChanged);
    m_model->setStore(store);
    m_info->setStore(store);
    onConversation();
}

void ChatView::setUrlOpener(std::function<void(const QUrl &)> opener)
{
    m_openUrl = std::move(opener);
}

void ChatView::focusComposer()
{
    m_composer->focusEditor();
}

void ChatView::flushDraft()
{
    m_composer->flushDraft();
}

void ChatView::onThemeChanged()
{
    const int side = m_theme.px(40);
    m_emptyIcon->setPixmap(m_theme.icon(u"chat"_s, Theme::Role::Faint).pixmap(QSize(side, side), devicePixelRatioF()));
    m_activity->setFont(m_theme.font(Theme::Text::Second));
    // The line keeps its height whether it says something or not: nothing above it ever jumps.
    m_activityLine->setFixedHeight(m_theme.px(28));
    refreshActivity();
}

void ChatView::onConversation()
{
    flushDraft();
    setTyping(false);
    m_sought.reset();
    const auto id = m_store && m_focus ? m_focus->conversation() : std::nullopt;
    m_info->setConversation(id);
    m_list->setDirect(m_info->isDirect());
    m_model->setConversation(id);
    m_markedUpToMs = 0;
    m_draftTarget = m_info->target();
    m_draftMesh = m_info->mesh();
    m_composer->setText(m_info->draft());
    m_composer->setAnswer({});
    m_composer->setNotes(m_info->isNotes());
    restoreReply();
    showFileOffer();
    m_pages->setCurrentIndex(m_info->isValid() ? 1 : 0);
    if (m_info->isValid()) {
        submit(protocol::commands::ShowConversation{m_info->target()});
        if (const int unread = m_model->firstUnreadRow(); unread >= 0)
            m_list->scrollToRow(unread);
    }
    onInfo();
}

void ChatView::onInfo()
{
    if (!m_info->isValid()) {
        m_second.stop();
        return;
    }
    m_draftTarget = m_info->target(); // the peer may have returned with a new key
    m_list->setOnline(m_info->isOnline());
    const bool past = m_focus && !m_focus->isLive();
    m_composer->setBlocked(past ? tr("This is the past. Go back to live to write.") : m_info->cannotSend());
    m_composer->setPlaceholder(m_info->isNotes() ? tr("Write a note to yourself")
                                                 : tr("Message %1").arg(m_info->title()));
    m_trust->setWarning(m_info->trustWarning());
    QString recipients;
    if (!m_info->isDirect() && !m_info->isNotes() && m_info->id().kind != protocol::ConversationKind::System) {
        recipients = m_info->id().kind == protocol::ConversationKind::Topic
            ? m_info->securityText()
            : tr("%1 · %2", "how many get it, how safe it is").arg(m_info->recipientsText(), m_info->securityText());
    }
    const ConversationInfo::Reach reach = m_info->reach();
    QStringList detail;
    if (!reach.gets.isEmpty())
        detail.append(tr("Gets it: %1").arg(reach.gets.join(u", "_s)));
    for (const auto &missed : reach.misses)
        detail.append(tr("Does not get it: %1 (%2)").arg(missed.name, missed.reason));
    m_composer->setRecipients(recipients, detail.join(u'\n'));
    refreshJoin();
    refreshActivity();
    refreshEmpty();
    markRead();
}

void ChatView::refreshActivity()
{
    const auto activity = m_info->activity();
    const QString text = m_info->activityText();
    Theme::Role role = Theme::Role::Text3;
    switch (activity) {
    case ConversationInfo::Activity::Working:
        role = Theme::Role::Working;
        break;
    case ConversationInfo::Activity::Typing:
        role = Theme::Role::Idle;
        break;
    case ConversationInfo::Activity::Held:
        role = Theme::Role::Dnd;
        break;
    case ConversationInfo::Activity::None:
    case ConversationInfo::Activity::DeliveredIdle:
    case ConversationInfo::Activity::Away:
        break;
    }
    if (m_activity->text() != text)
        m_activity->setText(text);
    QPalette palette = m_activity->palette();
    palette.setColor(QPalette::WindowText, m_theme.textColor(role));
    m_activity->setPalette(palette);
    m_activityDot->setVisible(!text.isEmpty());
    if (!text.isEmpty()) {
        const int side = m_theme.px(12);
        const double ratio = devicePixelRatioF();
        QPixmap dot(QSizeF(side * ratio, side * ratio).toSize());
        dot.setDevicePixelRatio(ratio);
        dot.fill(Qt::transparent);
        QPainter painter(&dot);
        const auto status =
            activity == ConversationInfo::Activity::Typing ? protocol::PeerStatus::Idle : m_info->status();
        m_theme.paintStatusDot(&painter, {side / 2.0, side / 2.0}, m_theme.px(8), status,
                               m_theme.color(Theme::Role::Panel));
        painter.end();
        m_activityDot->setPixmap(dot);
    }
    const bool counts =
        activity == ConversationInfo::Activity::Working || activity == ConversationInfo::Activity::Typing;
    if (counts && isVisible())
        m_second.start();
    else
        m_second.stop();
}

void ChatView::refreshEmpty()
{
    const bool empty = m_info->isValid() && m_model->rowCount() == 0;
    if (empty) {
        m_noMessages->setText(
            m_info->isNotes()
                ? tr("No notes yet. They stay in the sealed history of this computer; nobody else ever gets them.")
                : m_info->isTopic() ? tr("No messages here yet.")
                : m_info->isDirect()
                ? tr("No messages with %1 yet. What you write is sealed for this peer alone.").arg(m_info->title())
                : tr("No messages here yet. What you write here %1.").arg(m_info->recipientsText()));
    }
    m_noMessages->setVisible(empty);
}

void ChatView::waitForMidnight()
{
    const QDateTime now = QDateTime::fromMSecsSinceEpoch(m_clock.nowMs());
    const qint64 left = now.date().addDays(1).startOfDay().toMSecsSinceEpoch() - now.toMSecsSinceEpoch();
    // A computer that slept is late: an hour at most passes before the days are looked at again.
    m_midnight.start(int(std::clamp<qint64>(left + 500, 1'000, 3'600'000)));
}

void ChatView::onRowsInserted(int first, int last)
{
    refreshEmpty();
    const bool appended = last == m_model->rowCount() - 1;
    if (!appended)
        return;
    if (isReading()) {
        markRead();
        return;
    }
    if (m_model->firstUnreadRow() >= 0)
        return;
    for (int row = first; row <= last; ++row) {
        if (!m_model->isOwn(row)) {
            m_model->setFirstUnreadRow(row);
            break;
        }
    }
}

bool ChatView::isReading() const
{
    return isVisible() && isActiveWindow() && m_list->isAtBottom() && m_focus && m_focus->isLive();
}

void ChatView::markRead()
{
    if (!m_info->isValid() || !isReading() || m_info->unread() == 0)
        return;
    const qint64 upTo = m_info->lastMessageAtMs();
    if (upTo <= m_markedUpToMs)
        return;
    m_markedUpToMs = upTo;
    submit(protocol::commands::MarkRead{m_info->target(), upTo});
}

void ChatView::submit(protocol::Command command)
{
    const protocol::MeshId mesh = m_info->mesh();
    if (m_commands && !mesh.isEmpty())
        m_commands->submit(mesh, std::move(command));
}

void ChatView::askToOpen(const QString &address)
{
    const QUrl url(address, QUrl::StrictMode);
    const bool web = url.scheme() == "https"_L1 || url.scheme() == "http"_L1;
    auto *box = new QMessageBox(this);
    box->setObjectName(u"openLinkDialog"_s);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setTextFormat(Qt::PlainText);
    if (!url.isValid() || !web || url.host().isEmpty()) {
        box->setIcon(QMessageBox::Warning);
        box->setText(tr("This is not an address a browser can open."));
        box->setInformativeText(items::oneLine(address, 400));
        box->setStandardButtons(QMessageBox::Close);
        box->open();
        return;
    }
    // The encoded form shows what the browser will see: look-alike letters in a host stand as xn--.
    box->setIcon(QMessageBox::Question);
    box->setText(tr("Open this address in the browser?"));
    box->setInformativeText(QString::fromLatin1(url.toEncoded()));
    QPushButton *open = box->addButton(tr("Open"), QMessageBox::AcceptRole);
    open->setObjectName(u"openLinkButton"_s);
    box->addButton(QMessageBox::Cancel);
    box->setDefaultButton(QMessageBox::Cancel);
    connect(open, &QPushButton::clicked, this, [this, url] { m_openUrl(url); });
    box->open();
}

void ChatView::onEdited(bool empty)
{
    if (empty) {
        setTyping(false);
        return;
    }
    if (!m_info->takesTyping())
        return;
    m_typingPause.start();
    if (!m_typing || !m_typingSent.isValid() || m_typingSent.elapsed() >= kTypingEveryMs)
        setTyping(true);
}

void ChatView::setTyping(bool on)
{
    if (!on && !m_typing)
        return;
    m_typing = on;
    if (on)
        m_typingSent.start();
    else
        m_typingPause.stop();
    submit(protocol::commands::SetTyping{m_info->target(), on});
}

bool ChatView::event(QEvent *event)
{
    if (event->type() == QEvent::WindowActivate)
        markRead();
    return QWidget::event(event);
}

void ChatView::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::ActivationChange)
        markRead();
    QWidget::changeEvent(event);
}

void ChatView::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    m_list->refreshTimes();
    waitForMidnight();
    refreshActivity();
    markRead();
}

void ChatView::hideEvent(QHideEvent *event)
{
    QWidget::hideEvent(event);
    m_second.stop();
    m_midnight.stop();
    flushDraft();
}

} // namespace mesh::views
