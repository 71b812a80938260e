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

//! \file
//! How ChatView gets to a message that is not on the screen, perhaps not even loaded.
namespace mesh::views {

using namespace Qt::StringLiterals;

void ChatView::goToMessage(const QString &id)
{
    if (id.isEmpty() || !m_info->isValid())
        return;
    m_seekMs = 0;
    m_seekId = id;
    seek();
}

void ChatView::goToDate(const QDate &day)
{
    if (!day.isValid() || !m_info->isValid())
        return;
    m_seekId.clear();
    m_seekMs = day.startOfDay().toMSecsSinceEpoch();
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

//! Goes on until what is looked for is loaded. One page a turn: each is asked for when the one before has come.
void ChatView::seek()
{
    if (m_seekId.isEmpty() && m_seekMs == 0)
        return;
    int row = -1;
    const int rows = m_model->rowCount();
    if (!m_seekId.isEmpty())
        row = m_model->rowOfMessage(m_seekId);
    else if (rows > 0 && (m_model->isAtStart() || m_model->sentAtMs(0) < m_seekMs))
        row = std::min(m_model->rowAtTime(m_seekMs), rows - 1);
    if (row >= 0) {
        endSeek();
        m_list->pointOut(row);
        return;
    }
    if (m_model->isAtStart()) {
        if (!m_seekId.isEmpty())
            m_composer->setAnswer(tr("That message is not in the history on this computer."), true);
        endSeek();
        return;
    }
    Q_EMIT olderWanted(m_info->id(), rows > 0 ? m_model->sentAtMs(0) : 0);
}

void ChatView::endSeek()
{
    m_seekId.clear();
    m_seekMs = 0;
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
