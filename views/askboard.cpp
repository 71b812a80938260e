// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/askboard.h"

#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QListWidget>
#include <QtWidgets/QPlainTextEdit>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QStackedWidget>
#include <QtWidgets/QVBoxLayout>

#include <algorithm>

#include "models/items/displaytext.h"
#include "models/items/messagelistmodel.h"
#include "models/store/meshstore.h"
#include "views/composer.h"
#include "views/messagelistview.h"
#include "views/theme.h"

namespace mesh::views {

using namespace Qt::StringLiterals;
using protocol::ConversationId;
using protocol::ConversationKind;
namespace commands = protocol::commands;

AskBoard::AskBoard(Theme &theme, const protocol::Clock &clock, store::MeshStore &store, protocol::CommandSink &commands,
                   const QString &chosenPeer, QWidget *parent)
    : QDialog(parent)
    , m_theme(theme)
    , m_clock(clock)
    , m_store(&store)
    , m_commands(commands)
    , m_pages(new QStackedWidget)
{
    setObjectName(u"askBoard"_s);
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Ask several peers"));
    setWindowFlag(Qt::WindowMaximizeButtonHint);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_pages);
    buildChoice(chosenPeer);

    auto *page = new QWidget;
    auto *answers = new QVBoxLayout(page);
    m_columnsLayout = new QHBoxLayout;
    m_columnsLayout->setSpacing(1);
    answers->addLayout(m_columnsLayout, 1);
    m_more = new QLineEdit;
    m_more->setObjectName(u"askMore"_s);
    m_more->setPlaceholderText(tr("Ask all of them something more"));
    m_more->setAccessibleName(m_more->placeholderText());
    connect(m_more, &QLineEdit::returnPressed, this, [this] {
        if (m_more->text().trimmed().isEmpty())
            return;
        sendToAll(m_more->text());
        m_more->clear();
    });
    answers->addWidget(m_more);
    m_pages->addWidget(page);

    m_second.setInterval(1'000);
    connect(&m_second, &QTimer::timeout, this, &AskBoard::refreshStates);
    connect(&store, &QObject::destroyed, this, &QDialog::reject);
    connect(&store, &store::MeshStore::changed, this, &AskBoard::refreshStates);
    resize(m_theme.px(760), m_theme.px(520));
}

void AskBoard::buildChoice(const QString &chosenPeer)
{
    auto *page = new QWidget;
    auto *layout = new QVBoxLayout(page);
    auto *intro = new QLabel(tr("The question goes to each peer as a direct message, sealed for that peer alone. The "
                                "answers stand side by side, and in the conversations as usual."));
    intro->setWordWrap(true);
    intro->setProperty("tone", u"second"_s);
    layout->addWidget(intro);
    m_peers = new QListWidget;
    m_peers->setObjectName(u"askPeers"_s);
    m_peers->setAccessibleName(tr("Peers to ask"));
    QList<const store::Peer *> peers;
    for (const store::Peer &peer : m_store->peers()) {
        if (!peer.self && !peer.hidden && !peer.controlPlane && !peer.stub && peer.presence == store::Presence::Live)
            peers.append(&peer);
    }
    std::sort(peers.begin(), peers.end(), [](const store::Peer *a, const store::Peer *b) {
        const int byName = a->name.compare(b->name, Qt::CaseInsensitive);
        return byName != 0 ? byName < 0 : a->key < b->key;
    });
    for (const store::Peer *peer : std::as_const(peers)) {
        auto *item = new QListWidgetItem(items::displayName(peer->name, peer->key), m_peers);
        item->setData(Qt::UserRole, peer->key);
        item->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsUserCheckable);
        item->setCheckState(peer->key == chosenPeer ? Qt::Checked : Qt::Unchecked);
    }
    layout->addWidget(m_peers, 1);
    m_question = new QPlainTextEdit;
    m_question->setObjectName(u"askQuestion"_s);
    m_question->setAccessibleName(tr("Question"));
    m_question->setPlaceholderText(tr("Question"));
    m_question->setTabChangesFocus(true);
    m_question->setFixedHeight(m_theme.px(96));
    layout->addWidget(m_question);
    auto *row = new QHBoxLayout;
    m_hint = new QLabel;
    m_hint->setObjectName(u"askHint"_s);
    m_hint->setProperty("tone", u"second"_s);
    row->addWidget(m_hint, 1);
    m_ask = new QPushButton(tr("Ask"));
    m_ask->setObjectName(u"askButton"_s);
    m_ask->setProperty("primary", true);
    row->addWidget(m_ask);
    layout->addLayout(row);
    connect(m_peers, &QListWidget::itemChanged, this, &AskBoard::refreshChoice);
    connect(m_question, &QPlainTextEdit::textChanged, this, &AskBoard::refreshChoice);
    connect(m_ask, &QPushButton::clicked, this, &AskBoard::ask);
    m_pages->addWidget(page);
    refreshChoice();
}

QStringList AskBoard::chosen() const
{
    QStringList keys;
    for (int i = 0; i < m_peers->count(); ++i) {
        if (m_peers->item(i)->checkState() == Qt::Checked)
            keys.append(m_peers->item(i)->data(Qt::UserRole).toString());
    }
    return keys;
}

void AskBoard::refreshChoice()
{
    const int peers = int(chosen().size());
    const qsizetype bytes = m_question->toPlainText().toUtf8().size();
    const bool blank = m_question->toPlainText().trimmed().isEmpty();
    if (m_peers->count() == 0)
        m_hint->setText(tr("Nobody is connected who could be asked."));
    else if (peers > kMaxPeers)
        m_hint->setText(tr("Choose %1 peers at most; more columns could not be read.").arg(kMaxPeers));
    else if (bytes > Composer::kMaxBytes)
        m_hint->setText(tr("%1 bytes too long").arg(bytes - Composer::kMaxBytes));
    else if (peers == 0)
        m_hint->setText(tr("Choose whom to ask."));
    else
        m_hint->setText(tr("Goes to %n peer(s)", nullptr, peers));
    m_ask->setEnabled(peers > 0 && peers <= kMaxPeers && !blank && bytes <= Composer::kMaxBytes);
}

void AskBoard::ask()
{
    const QStringList keys = chosen();
    if (!m_store || keys.isEmpty())
        return;
    for (const QString &key : keys)
        addColumn(key);
    sendToAll(m_question->toPlainText());
    m_pages->setCurrentIndex(1);
    resize(std::min(m_theme.px(400) * int(keys.size()), m_theme.px(1'360)), m_theme.px(680));
    m_more->setFocus(Qt::OtherFocusReason);
    m_second.start();
    refreshStates();
}

void AskBoard::addColumn(const QString &key)
{
    Column column;
    column.key = key;
    auto *lines = new QVBoxLayout;
    auto *name = new QLabel(items::displayName(m_store->nameOf(key), key));
    name->setTextFormat(Qt::PlainText);
    name->setProperty("tone", u"title"_s);
    name->setContentsMargins(m_theme.px(14), m_theme.px(10), m_theme.px(14), 0);
    lines->addWidget(name);
    column.state = new QLabel;
    column.state->setObjectName(u"askState-"_s + key);
    column.state->setTextFormat(Qt::PlainText);
    column.state->setProperty("tone", u"second"_s);
    column.state->setContentsMargins(m_theme.px(14), 0, m_theme.px(14), m_theme.px(6));
    lines->addWidget(column.state);
    column.model = new items::MessageListModel(this);
    column.model->setStore(m_store);
    column.model->setConversation(ConversationId{ConversationKind::Direct, key});
    column.list = new MessageListView(m_theme, m_clock);
    column.list->setObjectName(u"askList-"_s + key);
    column.list->setAccessibleName(tr("Answers of %1").arg(name->text()));
    column.list->setModel(column.model);
    connect(column.list, &MessageListView::linkActivated, this, &AskBoard::linkActivated);
    lines->addWidget(column.list, 1);
    m_columnsLayout->addLayout(lines, 1);
    m_columns.append(column);
}

void AskBoard::sendToAll(const QString &text)
{
    if (!m_store)
        return;
    m_askedAtMs = m_clock.nowMs();
    for (Column &column : m_columns) {
        column.messageId = protocol::newMessageId();
        const store::Conversation *conversation = m_store->conversation({ConversationKind::Direct, column.key});
        const ConversationId target =
            conversation ? conversation->target() : ConversationId{ConversationKind::Direct, column.key};
        m_commands.submit(m_store->mesh(),
                          commands::SendMessage{column.messageId, target, text, protocol::Priority::Next, {}});
        column.list->scrollToBottom();
    }
}

void AskBoard::refreshStates()
{
    if (!m_store)
        return;
    for (const Column &column : std::as_const(m_columns)) {
        const auto &messages = m_store->messages({ConversationKind::Direct, column.key});
        const store::Message *question = m_store->message(column.messageId);
        qint64 answeredAtMs = 0;
        if (question) {
            for (auto it = messages.crbegin(); it != messages.crend() && it->seq != question->seq; ++it) {
                if (!it->own)
                    answeredAtMs = it->sentAtMs;
            }
        }
        QString words;
        const store::Peer *peer = m_store->peer(column.key);
        using State = protocol::events::OutgoingState;
        if (answeredAtMs > 0)
            words = tr("answered after %1").arg(items::duration(std::max<qint64>(0, answeredAtMs - m_askedAtMs)));
        else if (question && question->state == State::Refused)
            words = tr("was not reached");
        else if (peer && peer->status == protocol::PeerStatus::Working)
            words = tr("working · %1").arg(items::duration(m_clock.nowMs() - m_askedAtMs));
        else
            words = tr("no answer yet · %1").arg(items::duration(m_clock.nowMs() - m_askedAtMs));
        if (column.state->text() != words)
            column.state->setText(words);
    }
}

} // namespace mesh::views
