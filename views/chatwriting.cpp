// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtCore/QDateTime>
#include <QtCore/QLocale>
#include <QtWidgets/QLabel>

#include "models/items/conversationinfo.h"
#include "models/items/displaytext.h"
#include "models/items/messagelistmodel.h"
#include "models/items/slashcommand.h"
#include "views/chatview.h"
#include "views/composer.h"
#include "views/messagelistview.h"

//! \file
//! What ChatView does with what is written: sending, commands, replies, editing what waits.
namespace mesh::views {

using namespace Qt::StringLiterals;
using items::SlashCommands;
namespace commands = protocol::commands;

namespace {

constexpr int kReplyPreview = 160;

} // namespace

int ChatView::judge(const QString &text)
{
    if (!m_info->isValid() || !m_store)
        return int(Composer::Verdict::Keep);
    const items::SlashOutcome outcome =
        SlashCommands::read(text.trimmed(), m_info->target(), *m_store, m_clock.nowMs());
    if (!outcome.isCommand)
        return int(Composer::Verdict::Send);
    if (!outcome.error.isEmpty()) {
        m_composer->setAnswer(outcome.error, true);
        return int(Composer::Verdict::Keep);
    }
    if (!outcome.command) {
        m_composer->setAnswer(outcome.done);
        return int(Composer::Verdict::Done);
    }
    if (!m_info->isOnline()) {
        m_composer->setAnswer(tr("Commands need the connection. What you wrote stays here."), true);
        return int(Composer::Verdict::Keep);
    }
    m_composer->setAnswer(tr("Asking the mesh…"));
    const qint64 id = m_commands ? m_commands->submit(m_info->mesh(), *outcome.command) : 0;
    m_pending.insert(id, {outcome.done, tr("That did not work: %1")});
    return int(Composer::Verdict::Done);
}

//! A long paste goes to the broker as a file, and a message names it. The text is kept until that has worked.
void ChatView::offerFile(const QString &text)
{
    if (!m_info->isValid() || !m_commands || !m_info->cannotSend().isEmpty())
        return;
    if (!m_info->isOnline()) {
        m_composer->endFile(tr("there is no connection now"));
        return;
    }
    protocol::commands::OfferFile offer;
    offer.fileName =
        u"pasted-%1.txt"_s.arg(QDateTime::fromMSecsSinceEpoch(m_clock.nowMs()).toString(u"yyyyMMdd-HHmmss"_s));
    offer.contents = text.toUtf8();
    const QLocale locale;
    offer.message = {protocol::newMessageId(),
                     m_info->target(),
                     tr("I put **%1** on the mesh as a file (%2 lines, %3). Its id: `%4`")
                         .arg(offer.fileName, locale.toString(text.count(u'\n') + 1),
                              locale.formattedDataSize(offer.contents.size()), u"%1"_s),
                     m_composer->priority(),
                     {}};
    const QString id = offer.message.clientMessageId;
    const protocol::ConversationId conversation = m_info->target();
    m_offers.insert(m_commands->submit(m_info->mesh(), std::move(offer)), {conversation, id, text, 0});
    showFileOffer();
}

void ChatView::cancelFile()
{
    for (const FileOffer &offer : std::as_const(m_offers)) {
        if (offer.conversation == m_info->target())
            submit(protocol::commands::CancelMessage{offer.clientMessageId});
    }
}

//! The bar of the conversation on the screen.
void ChatView::showFileOffer()
{
    for (const FileOffer &offer : std::as_const(m_offers)) {
        if (offer.conversation == m_info->target())
            m_composer->showFile(offer.text, offer.percent);
    }
}

void ChatView::onFileOffers(const store::ChangeSet &changes)
{
    for (const protocol::events::FileOfferProgress &progress : changes.fileOffers) {
        for (FileOffer &offer : m_offers) {
            if (offer.clientMessageId == progress.clientMessageId && progress.totalBytes > 0)
                offer.percent = int(progress.sentBytes * 100 / progress.totalBytes);
        }
        showFileOffer();
    }
    for (const auto &finished : changes.commandsFinished) {
        const auto found = m_offers.constFind(finished.commandId);
        if (found == m_offers.cend())
            continue;
        const FileOffer offer = *found;
        m_offers.erase(found);
        const bool shown = offer.conversation == m_info->target();
        const QString problem = items::oneLine(finished.detail.isEmpty() ? finished.code : finished.detail, 200);
        if (shown) {
            m_composer->endFile(finished.ok ? QString() : problem);
            if (finished.ok)
                m_list->scrollToBottom();
        } else if (!finished.ok) {
            // The bar is gone with the conversation, the text must not be: it waits there as a draft.
            const store::Conversation *conversation = m_store->conversation(offer.conversation);
            const QString draft = conversation ? conversation->draft : QString();
            submit(commands::SaveDraft{offer.conversation,
                                       draft.isEmpty() ? offer.text : draft + u"\n\n"_s + offer.text,
                                       conversation ? conversation->draftReplyToId : QString()});
        }
    }
}

void ChatView::onStoreChanged(const store::ChangeSet &changes)
{
    if (!m_offers.isEmpty())
        onFileOffers(changes);
    for (const auto &finished : changes.commandsFinished) {
        const auto pending = m_pending.constFind(finished.commandId);
        if (pending == m_pending.cend())
            continue;
        if (finished.commandId == m_joinCommand && !finished.ok) {
            m_joinCommand = 0;
            refreshJoin();
            m_joinText->setText(
                pending->failed.arg(items::oneLine(finished.detail.isEmpty() ? finished.code : finished.detail, 200)));
        }
        if (!finished.ok)
            m_composer->setAnswer(
                pending->failed.arg(items::oneLine(finished.detail.isEmpty() ? finished.code : finished.detail, 200)),
                true);
        else if (!pending->done.isEmpty())
            m_composer->setAnswer(pending->done);
        m_pending.erase(pending);
    }
}

void ChatView::send(const QString &text, protocol::Priority priority)
{
    if (!m_info->isValid() || !m_store)
        return;
    setTyping(false);
    m_model->setFirstUnreadRow(-1);
    // Two slashes at the beginning stand for one.
    const QString message = text.startsWith("//"_L1)
        ? SlashCommands::read(text, m_info->target(), *m_store, m_clock.nowMs()).message
        : text;
    submit(commands::SendMessage{protocol::newMessageId(), m_info->target(), message, priority,
                                 m_composer->reply().messageId});
    submit(commands::SaveDraft{m_info->target(), {}, {}});
    m_list->scrollToBottom();
}

void ChatView::retry(const QString &clientMessageId)
{
    const int row = m_model->rowOfMessage(clientMessageId);
    if (row < 0)
        return;
    const items::MessageRow message = m_model->row(row);
    submit(protocol::commands::SendMessage{clientMessageId, m_info->target(), m_model->rawText(row), message.priority,
                                           message.replyToId});
}

//! Takes a waiting message back and puts it into the editor. Should it have left in the meantime, the text is a copy
//! and the composer says so.
void ChatView::editWaiting(int row)
{
    if (row < 0 || row >= m_model->rowCount() || !m_commands)
        return;
    const items::MessageRow message = m_model->row(row);
    if (!message.own || message.state != protocol::events::OutgoingState::Queued)
        return;
    const QString begun = m_composer->text();
    const QString text = m_model->rawText(row);
    m_composer->setText(begun.trimmed().isEmpty() ? text : text + u"\n\n"_s + begun);
    m_composer->setPriority(message.priority);
    if (const int origin = m_model->rowOfMessage(message.replyToId); origin >= 0)
        replyTo(origin);
    const qint64 id = m_commands->submit(m_info->mesh(), commands::CancelMessage{message.clientMessageId});
    m_pending.insert(id, {{}, tr("The message has left already; this is a copy. (%1)")});
    submit(commands::SaveDraft{m_info->target(), m_composer->text(), m_composer->reply().messageId});
    m_composer->focusEditor();
}

void ChatView::replyTo(int row)
{
    if (row < 0 || row >= m_model->rowCount())
        return;
    const items::MessageRow message = m_model->row(row);
    if (message.messageId.isEmpty() || !m_info->cannotSend().isEmpty())
        return;
    m_composer->setReply(
        {message.messageId, message.own ? tr("you") : message.senderName, items::oneLine(message.text, kReplyPreview)});
    m_composer->focusEditor();
}

//! What the draft of the conversation answers; its words as far as they are at hand.
void ChatView::restoreReply()
{
    const QString id = m_info->draftReplyToId();
    Composer::Reply reply{id, {}, {}};
    if (const int row = m_model->rowOfMessage(id); row >= 0) {
        const items::MessageRow message = m_model->row(row);
        reply.sender = message.own ? tr("you") : message.senderName;
        reply.text = items::oneLine(message.text, kReplyPreview);
    } else {
        reply.sender = tr("an earlier message");
    }
    m_composer->showReply(reply);
}

//! The message before or after the one that is answered now; past the newest one, none.
void ChatView::stepReply(int step)
{
    int row = m_model->rowOfMessage(m_composer->reply().messageId);
    if (row < 0) {
        if (step > 0)
            return;
        row = m_model->rowCount();
    }
    for (row += step; row >= 0 && row < m_model->rowCount(); row += step) {
        if (!m_model->row(row).messageId.isEmpty()) {
            replyTo(row);
            m_list->pointOut(row);
            return;
        }
    }
    if (step > 0) {
        m_composer->setReply({});
        m_list->scrollToBottom();
    }
}

} // namespace mesh::views
