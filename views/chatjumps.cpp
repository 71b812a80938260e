// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtCore/QDateTime>
#include <QtWidgets/QCalendarWidget>
#include <QtWidgets/QDialog>
#include <QtWidgets/QDialogButtonBox>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QVBoxLayout>

#include <algorithm>

#include "models/items/conversationinfo.h"
#include "models/items/displaytext.h"
#include "models/items/messagelistmodel.h"
#include "models/items/topicinfo.h"
#include "views/chatview.h"
#include "views/composer.h"
#include "views/deliverydialog.h"
#include "views/messagelistview.h"
#include "views/safetydialog.h"

//! \file
//! How ChatView gets to a message that is not on the screen, perhaps not even loaded, and the dialogs it opens.
namespace mesh::views {

using namespace Qt::StringLiterals;

void ChatView::goToMessage(const QString &id, qint64 sentAtMs)
{
    if ((id.isEmpty() && sentAtMs == 0) || !m_info->isValid())
        return;
    m_sought = store::HistoryTarget{id, sentAtMs};
    seek();
}

void ChatView::goToDate(const QDate &day)
{
    if (!day.isValid() || !m_info->isValid())
        return;
    m_sought = store::HistoryTarget{{}, day.startOfDay().toMSecsSinceEpoch()};
    seek();
}

void ChatView::goToFirstUnread()
{
    const int row = m_model->firstUnreadRow();
    if (row >= 0)
        m_list->scrollToRow(row);
    else
        m_list->scrollToBottom();
}

//! The row of what is looked for; -1 if it is not loaded, or if what is loaded does not show which it is.
int ChatView::soughtRow() const
{
    if (!m_sought || m_model->rowCount() == 0)
        return -1;
    if (!m_sought->messageId.isEmpty())
        return m_model->rowOfMessage(m_sought->messageId);
    const int row = m_model->rowAtTime(m_sought->sentAtMs);
    const bool older = row > 0 || m_model->isAtStart(); // one that is loaded comes before, or none there is
    return older && row != m_model->gapRow() ? std::min(row, m_model->rowCount() - 1) : -1;
}

void ChatView::seek()
{
    if (const int row = soughtRow(); row >= 0) {
        m_sought.reset();
        m_list->pointOut(row);
        return;
    }
    Q_EMIT aroundWanted(m_info->id(), *m_sought);
}

void ChatView::takeHistory(const store::HistoryPage &page)
{
    if (!m_store || page.mesh != m_store->mesh() || !m_model->conversation()
        || m_store->resolve(page.conversation) != *m_model->conversation())
        return;
    if (page.error && page.piece != store::HistoryPage::Piece::Around)
        return; // asking again at once would not help; the journal says what is wrong
    switch (page.piece) {
    case store::HistoryPage::Piece::Before:
        m_model->prependOlder(page.conversation, page.messages, page.atStart, page.beginning);
        return;
    case store::HistoryPage::Piece::After:
        m_model->appendNewer(page);
        return;
    case store::HistoryPage::Piece::Around:
        break;
    }
    if (!m_sought || page.target != *m_sought)
        return; // the user wants something else by now
    if (page.found && !page.messages.isEmpty())
        m_model->showAround(page);
    int row = soughtRow();
    if (row < 0 && m_sought->messageId.isEmpty() && m_model->rowCount() > 0)
        row = std::min(m_model->rowAtTime(m_sought->sentAtMs), m_model->rowCount() - 1);
    m_sought.reset();
    if (row >= 0)
        m_list->pointOut(row);
    else
        m_composer->setAnswer(
            page.error ? page.error->detail : tr("That message is not in the history on this computer."), true);
}

void ChatView::chooseDate()
{
    auto *dialog = new QDialog(this);
    dialog->setObjectName(u"dateDialog"_s);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("Go to a date"));
    auto *layout = new QVBoxLayout(dialog);
    auto *calendar = new QCalendarWidget;
    calendar->setObjectName(u"dateCalendar"_s);
    calendar->setMaximumDate(QDateTime::fromMSecsSinceEpoch(m_clock.nowMs()).date());
    calendar->setVerticalHeaderFormat(QCalendarWidget::NoVerticalHeader);
    layout->addWidget(calendar);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel);
    buttons->button(QDialogButtonBox::Ok)->setText(tr("Go there"));
    layout->addWidget(buttons);
    const auto go = [this, dialog, calendar] {
        goToDate(calendar->selectedDate());
        dialog->accept();
    };
    connect(buttons, &QDialogButtonBox::accepted, this, go);
    connect(buttons, &QDialogButtonBox::rejected, dialog, &QDialog::reject);
    connect(calendar, &QCalendarWidget::activated, this, go);
    dialog->open();
}

void ChatView::compareSafetyNumbers()
{
    if (!m_info->isDirect() || !m_info->isValid())
        return;
    const QString memberKey = m_info->peerMemberKey();
    const QString name = m_info->title();
    auto *dialog = new SafetyDialog(m_theme, {name, m_info->ownMemberKey(), memberKey, m_info->trust()}, this);
    connect(dialog, &SafetyDialog::decided, this, [this, memberKey, name](bool verified) {
        submit(protocol::commands::VerifyPeer{memberKey, name, verified});
    });
    dialog->open();
}

void ChatView::showDelivery(int row)
{
    if (row < 0 || row >= m_model->rowCount() || !m_model->isOwn(row) || !m_store)
        return;
    const items::MessageRow message = m_model->row(row);
    QList<DeliveryDialog::Line> lines;
    if (m_info->isTopic()) {
        // Topics have one read mark for each member, and no word on what was delivered.
        const QList<items::TopicMember> members = items::membersOf(*m_store, m_info->id().key);
        for (const items::TopicMember &member : members) {
            if (!member.self)
                lines.append({member.name, 0, member.readUpToMs >= message.sentAtMs ? member.readUpToMs : 0});
        }
        (new DeliveryDialog(m_theme, message, lines, DeliveryDialog::Told::ReadMarks, this))->open();
        return;
    }
    const QList<store::Receipt> receipts = m_model->receipts(row);
    for (const store::Receipt &receipt : receipts) {
        const QString name = m_store->nameOf(receipt.key);
        lines.append({items::displayName(name, receipt.key), receipt.deliveredAtMs, receipt.readAtMs});
    }
    if (receipts.isEmpty() && (message.deliveredAtMs > 0 || message.readAtMs > 0))
        lines.append({m_info->title(), message.deliveredAtMs, message.readAtMs});
    (new DeliveryDialog(m_theme, message, lines, DeliveryDialog::Told::Receipts, this))->open();
}

} // namespace mesh::views
