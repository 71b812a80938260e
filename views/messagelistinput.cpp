// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtGui/QClipboard>
#include <QtGui/QContextMenuEvent>
#include <QtGui/QGuiApplication>
#include <QtGui/QHelpEvent>
#include <QtGui/QKeyEvent>
#include <QtGui/QMouseEvent>
#include <QtGui/QStyleHints>
#include <QtWidgets/QMenu>
#include <QtWidgets/QScrollBar>
#include <QtWidgets/QToolTip>

#include "models/items/displaytext.h"
#include "models/items/messagelistmodel.h"
#include "views/messagelistview.h"
#include "views/theme.h"

//! \file
//! Mouse, keyboard, selection and menu of MessageListView.
namespace mesh::views {

using namespace Qt::StringLiterals;
using Part = MessageHit::Part;

namespace {

QString tipFor(const items::MessageRow &row)
{
    QStringList lines{items::exactTime(row.sentAtMs)};
    if (row.deliveredAtMs > 0)
        lines.append(MessageListView::tr("Delivered %1").arg(items::exactTime(row.deliveredAtMs)));
    if (row.readAtMs > 0)
        lines.append(MessageListView::tr("Read %1").arg(items::exactTime(row.readAtMs)));
    return lines.join(u'\n');
}

} // namespace

MessageHit MessageListView::hitAt(const QPoint &point, const Visible **visible) const
{
    const Visible *found = visibleAt(point);
    if (visible)
        *visible = found;
    return found ? found->layout->hitTest(point - QPoint(0, found->top)) : MessageHit{};
}

QString MessageListView::selectedText() const
{
    const Visible *visible = m_selectedSeq ? visibleSeq(m_selectedSeq) : nullptr;
    return visible ? visible->layout->textBetween(m_selectionFrom, m_selectionTo) : QString();
}

void MessageListView::clearSelection()
{
    m_selectedSeq = 0;
    m_selectionFrom = m_selectionTo = {};
    viewport()->update();
}

void MessageListView::copy() const
{
    QString text = selectedText();
    if (text.isEmpty()) {
        const int row = currentRow();
        if (row < 0)
            return;
        text = m_model->row(row).text;
    }
    QGuiApplication::clipboard()->setText(text);
}

void MessageListView::activate(const MessageHit &hit, const items::MessageRow &row)
{
    switch (hit.part) {
    case Part::Link:
        Q_EMIT linkActivated(hit.target);
        break;
    case Part::Retry:
        Q_EMIT retryRequested(row.clientMessageId);
        break;
    case Part::Cancel:
        Q_EMIT cancelRequested(row.clientMessageId);
        break;
    case Part::Expand: {
        // What stands above the fold must not move: this row becomes the anchor.
        if (const Visible *visible = visibleSeq(row.seq)) {
            m_anchorRow = visible->row;
            m_anchorOffset = -visible->top;
            setStick(false);
        }
        m_expanded.insert(row.seq);
        m_cache.remove(row.seq);
        scheduleLayout();
        break;
    }
    case Part::CopyCode:
        QGuiApplication::clipboard()->setText(hit.target);
        break;
    case Part::Sender:
        Q_EMIT senderActivated(row.senderKey);
        break;
    case Part::None:
    case Part::Bubble:
    case Part::Text:
        break;
    }
}

void MessageListView::mousePressEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton)
        return;
    const Visible *visible = nullptr;
    m_pressHit = hitAt(event->pos(), &visible);
    m_pressAt = event->pos();
    const bool third = m_sinceDoubleClick.isValid()
        && m_sinceDoubleClick.elapsed() < QGuiApplication::styleHints()->mouseDoubleClickInterval();
    m_sinceDoubleClick.invalidate();
    clearSelection();
    if (!visible)
        return;
    m_currentSeq = visible->layout->row().seq;
    if (third && m_pressHit.part == Part::Text) {
        m_selectedSeq = m_currentSeq;
        std::tie(m_selectionFrom, m_selectionTo) = visible->layout->all();
    } else if (m_pressHit.part == Part::Text || m_pressHit.part == Part::Bubble || m_pressHit.part == Part::Link) {
        m_selecting = true;
        m_selectedSeq = m_currentSeq;
        m_selectionFrom = m_selectionTo = visible->layout->positionNear(event->pos() - QPoint(0, visible->top));
    }
    viewport()->update();
}

void MessageListView::mouseMoveEvent(QMouseEvent *event)
{
    m_pointer = event->pos();
    if (m_selecting) {
        if (const Visible *visible = visibleSeq(m_selectedSeq))
            m_selectionTo = visible->layout->positionNear(event->pos() - QPoint(0, visible->top));
        viewport()->update();
        return;
    }
    switch (hitAt(event->pos()).part) {
    case Part::Text:
        viewport()->setCursor(Qt::IBeamCursor);
        break;
    case Part::None:
    case Part::Bubble:
        viewport()->setCursor(Qt::ArrowCursor);
        break;
    default:
        viewport()->setCursor(Qt::PointingHandCursor);
        break;
    }
    viewport()->update();
}

void MessageListView::mouseReleaseEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton)
        return;
    m_selecting = false;
    const bool dragged =
        (event->pos() - m_pressAt).manhattanLength() >= QGuiApplication::styleHints()->startDragDistance();
    if (dragged)
        return;
    const Visible *visible = nullptr;
    const MessageHit hit = hitAt(event->pos(), &visible);
    if (visible && hit.part == m_pressHit.part && hit.target == m_pressHit.target) {
        const items::MessageRow row = visible->layout->row(); // a copy: what follows may drop the layout
        activate(hit, row);
    }
}

void MessageListView::mouseDoubleClickEvent(QMouseEvent *event)
{
    const Visible *visible = nullptr;
    const MessageHit hit = hitAt(event->pos(), &visible);
    m_pressHit = {};
    if (!visible || hit.part != Part::Text)
        return;
    m_selectedSeq = visible->layout->row().seq;
    std::tie(m_selectionFrom, m_selectionTo) = visible->layout->wordAt(hit.position);
    m_sinceDoubleClick.start();
    viewport()->update();
}

void MessageListView::fillMenu(QMenu *menu, const items::MessageRow &row, const MessageHit &hit)
{
    if (hit.part == Part::Link) {
        menu->addAction(m_theme.icon(u"link"_s), tr("Open link…"), this,
                        [this, target = hit.target] { Q_EMIT linkActivated(target); });
        menu->addAction(tr("Copy link address"), this,
                        [target = hit.target] { QGuiApplication::clipboard()->setText(target); });
        menu->addSeparator();
    }
    QAction *copySelected = menu->addAction(m_theme.icon(u"copy"_s), tr("Copy"), this,
                                            [text = selectedText()] { QGuiApplication::clipboard()->setText(text); });
    copySelected->setObjectName(u"copyAction"_s);
    copySelected->setEnabled(!selectedText().isEmpty());
    QAction *copyAll = menu->addAction(tr("Copy whole message"), this,
                                       [text = row.text] { QGuiApplication::clipboard()->setText(text); });
    copyAll->setObjectName(u"copyAllAction"_s);
    copyAll->setEnabled(!row.text.isEmpty());
    if (row.own) {
        using State = protocol::events::OutgoingState;
        if (row.state == State::Refused || row.state == State::Unknown) {
            menu->addSeparator();
            menu->addAction(m_theme.icon(u"retry"_s), tr("Send again"), this,
                            [this, id = row.clientMessageId] { Q_EMIT retryRequested(id); });
        } else if (row.state == State::Queued) {
            menu->addSeparator();
            menu->addAction(m_theme.icon(u"close"_s), tr("Take back"), this,
                            [this, id = row.clientMessageId] { Q_EMIT cancelRequested(id); });
        }
    }
}

void MessageListView::contextMenuEvent(QContextMenuEvent *event)
{
    QPoint at = event->pos();
    if (event->reason() == QContextMenuEvent::Keyboard) {
        const Visible *current = visibleRow(currentRow());
        if (!current)
            return;
        at = current->layout->bubble().center().toPoint() + QPoint(0, current->top);
    }
    const Visible *visible = nullptr;
    const MessageHit hit = hitAt(at, &visible);
    if (!visible)
        return;
    auto *menu = new QMenu(this);
    menu->setObjectName(u"messageMenu"_s);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    fillMenu(menu, visible->layout->row(), hit);
    menu->popup(viewport()->mapToGlobal(at));
}

int MessageListView::currentRow() const
{
    return m_model && m_currentSeq ? m_model->rowOfSeq(m_currentSeq) : -1;
}

void MessageListView::setCurrentRow(int row)
{
    if (!m_model || m_model->rowCount() == 0)
        return;
    row = std::clamp(row, 0, m_model->rowCount() - 1);
    m_currentSeq = m_model->seqAt(row);
    const Visible *visible = visibleRow(row);
    const int height = viewport()->height();
    if (!visible || visible->top < 0) {
        setStick(false);
        m_anchorRow = row;
        m_anchorOffset = 0;
    } else if (visible->top + visible->layout->height() > height) {
        setStick(false);
        m_anchorOffset += std::min(visible->top, visible->top + visible->layout->height() - height);
    }
    if (row == m_model->rowCount() - 1)
        scrollToBottom();
    scheduleLayout();
}

void MessageListView::moveCurrent(int step)
{
    const int now = currentRow();
    if (now >= 0)
        setCurrentRow(now + step);
    else if (!m_visible.empty())
        setCurrentRow(step > 0 ? m_visible.front().row : m_visible.back().row);
}

void MessageListView::keyPressEvent(QKeyEvent *event)
{
    if (event->matches(QKeySequence::Copy)) {
        copy();
        return;
    }
    if (event->matches(QKeySequence::SelectAll)) {
        if (const Visible *visible = visibleRow(currentRow())) {
            m_selectedSeq = visible->layout->row().seq;
            std::tie(m_selectionFrom, m_selectionTo) = visible->layout->all();
            viewport()->update();
        }
        return;
    }
    switch (event->key()) {
    case Qt::Key_Up:
        moveCurrent(-1);
        return;
    case Qt::Key_Down:
        moveCurrent(1);
        return;
    case Qt::Key_PageUp:
        verticalScrollBar()->triggerAction(QAbstractSlider::SliderPageStepSub);
        return;
    case Qt::Key_PageDown:
        verticalScrollBar()->triggerAction(QAbstractSlider::SliderPageStepAdd);
        return;
    case Qt::Key_Home:
        setCurrentRow(0);
        return;
    case Qt::Key_End:
        scrollToBottom();
        return;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (const Visible *visible = visibleRow(currentRow())) {
            using State = protocol::events::OutgoingState;
            const items::MessageRow row = visible->layout->row();
            if (row.own && (row.state == State::Refused || row.state == State::Unknown))
                Q_EMIT retryRequested(row.clientMessageId);
            else if (!m_expanded.contains(row.seq))
                activate({Part::Expand, {}, {}}, row);
        }
        return;
    case Qt::Key_Escape:
        if (m_selectedSeq)
            clearSelection();
        else
            Q_EMIT escapePressed();
        return;
    default:
        break;
    }
    const QString text = event->text();
    const bool plain = !(event->modifiers() & (Qt::ControlModifier | Qt::AltModifier | Qt::MetaModifier));
    if (plain && !text.isEmpty() && text.at(0).isPrint()) {
        Q_EMIT textTyped(text);
        return;
    }
    QAbstractScrollArea::keyPressEvent(event);
}

void MessageListView::focusInEvent(QFocusEvent *event)
{
    QAbstractScrollArea::focusInEvent(event);
    ensureLayout();
    if (event->reason() != Qt::MouseFocusReason && currentRow() < 0 && !m_visible.empty())
        m_currentSeq = m_visible.back().layout->row().seq;
    viewport()->update();
}

void MessageListView::focusOutEvent(QFocusEvent *event)
{
    QAbstractScrollArea::focusOutEvent(event);
    viewport()->update();
}

bool MessageListView::viewportEvent(QEvent *event)
{
    if (event->type() == QEvent::Leave) {
        m_pointer = {-1, -1};
        viewport()->update();
    } else if (event->type() == QEvent::ToolTip) {
        auto *help = static_cast<QHelpEvent *>(event);
        const Visible *visible = nullptr;
        const MessageHit hit = hitAt(help->pos(), &visible);
        if (hit.part == Part::Link)
            QToolTip::showText(help->globalPos(), u"<qt>"_s + hit.target.toHtmlEscaped() + u"</qt>"_s, viewport());
        else if (visible)
            QToolTip::showText(help->globalPos(), tipFor(visible->layout->row()), viewport());
        else
            QToolTip::hideText();
        return true;
    }
    return QAbstractScrollArea::viewportEvent(event);
}

} // namespace mesh::views
