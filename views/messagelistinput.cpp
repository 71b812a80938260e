// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtGui/QAccessible>
#include <QtGui/QClipboard>
#include <QtGui/QContextMenuEvent>
#include <QtGui/QGuiApplication>
#include <QtGui/QHelpEvent>
#include <QtGui/QKeyEvent>
#include <QtGui/QMouseEvent>
#include <QtGui/QStyleHints>
#include <QtGui/QWheelEvent>
#include <QtWidgets/QMenu>
#include <QtWidgets/QScrollBar>
#include <QtWidgets/QToolTip>

#include <algorithm>
#include <cstdlib>
#include <tuple>

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

constexpr int kCopiedAtOnce = 200; // messages; more would hold up the window

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

MessageListView::Selected MessageListView::selection() const
{
    if (!m_model || m_caretFrom.seq == 0)
        return {};
    Selected selected{m_model->rowOfSeq(m_caretFrom.seq), m_model->rowOfSeq(m_caretTo.seq), m_caretFrom.at,
                      m_caretTo.at};
    if (selected.firstRow < 0 || selected.lastRow < 0)
        return {}; // one of them went
    if (std::tie(selected.lastRow, selected.to) < std::tie(selected.firstRow, selected.from)) {
        std::swap(selected.firstRow, selected.lastRow);
        std::swap(selected.from, selected.to);
    }
    return selected;
}

QString MessageListView::selectedText() const
{
    const Selected selected = selection();
    if (selected.isEmpty())
        return {};
    if (selected.firstRow == selected.lastRow) {
        const Visible *visible = visibleRow(selected.firstRow);
        return visible ? visible->layout->textBetween(selected.from, selected.to)
                       : copiedMessage(m_model->copyLine(selected.firstRow), false, false);
    }
    QStringList parts;
    for (int row = selected.firstRow; row <= selected.lastRow; ++row)
        parts.append(copiedMessage(m_model->copyLine(row), false, true));
    return parts.join(u"\n\n"_s);
}

QString MessageListView::selectedMarkdown() const
{
    const Selected selected = selection();
    if (selected.isEmpty())
        return {};
    QStringList parts;
    for (int row = selected.firstRow; row <= selected.lastRow; ++row)
        parts.append(copiedMessage(m_model->copyLine(row), true, selected.firstRow != selected.lastRow));
    return parts.join(u"\n\n"_s);
}

void MessageListView::clearSelection()
{
    m_caretFrom = m_caretTo = {};
    viewport()->update();
}

void MessageListView::selectRows(int first, int last)
{
    if (!m_model || first < 0 || last >= m_model->rowCount() || first > last)
        return;
    m_caretFrom = {m_model->seqAt(first), layoutFor(first)->all().first};
    m_caretTo = {m_model->seqAt(last), layoutFor(last)->all().second};
    viewport()->update();
}

void MessageListView::copy(bool markdown)
{
    const Selected selected = selection();
    if (selected.lastRow - selected.firstRow >= kCopiedAtOnce) {
        QList<items::CopyLine> lines;
        lines.reserve(selected.lastRow - selected.firstRow + 1);
        for (int row = selected.firstRow; row <= selected.lastRow; ++row)
            lines.append(m_model->copyLine(row));
        m_copier->start(lines, markdown);
        return;
    }
    m_copier->cancel();
    QString text = markdown ? selectedMarkdown() : selectedText();
    if (text.isEmpty()) {
        const int row = currentRow();
        if (row < 0)
            return;
        text = m_model->row(row).text;
    }
    QGuiApplication::clipboard()->setText(text);
}

//! What stands above a row that changes its height must not move: the row becomes the anchor.
void MessageListView::keepInPlace(quint64 seq)
{
    if (const Visible *visible = visibleSeq(seq)) {
        m_anchorRow = visible->row;
        m_anchorOffset = -visible->top;
        setStick(false);
    }
    m_cache.remove(seq);
    scheduleLayout();
}

void MessageListView::changeCode(quint64 seq, int block, const std::function<void(CodeView &)> &change)
{
    change(m_code[seq][block]);
    keepInPlace(seq);
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
    case Part::Expand:
        m_expanded.insert(row.seq);
        keepInPlace(row.seq);
        break;
    case Part::WrapCode:
        changeCode(row.seq, hit.position.block, [](CodeView &view) {
            view.unwrapped = !view.unwrapped;
            view.scroll = 0;
        });
        break;
    case Part::ExpandCode:
        changeCode(row.seq, hit.position.block, [](CodeView &view) { view.expanded = true; });
        break;
    case Part::Reply:
        Q_EMIT originRequested(hit.target);
        break;
    case Part::Foot:
        if (row.own && !row.note)
            Q_EMIT deliveryRequested(m_model->rowOfSeq(row.seq));
        break;
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
    const bool onText =
        m_pressHit.part == Part::Text || m_pressHit.part == Part::Bubble || m_pressHit.part == Part::Link;
    if (visible && onText && event->modifiers().testFlag(Qt::ShiftModifier) && m_caretFrom.seq != 0) {
        m_caretTo = {visible->layout->row().seq, visible->layout->positionNear(event->pos() - QPoint(0, visible->top))};
        m_selecting = true;
        viewport()->update();
        return;
    }
    clearSelection();
    if (!visible)
        return;
    m_currentSeq = visible->layout->row().seq;
    if (third && m_pressHit.part == Part::Text) {
        const auto whole = visible->layout->all();
        m_caretFrom = {m_currentSeq, whole.first};
        m_caretTo = {m_currentSeq, whole.second};
    } else if (onText) {
        m_selecting = true;
        m_caretFrom = m_caretTo = {m_currentSeq, visible->layout->positionNear(event->pos() - QPoint(0, visible->top))};
    }
    viewport()->update();
}

void MessageListView::mouseMoveEvent(QMouseEvent *event)
{
    m_pointer = event->pos();
    if (m_selecting) {
        dragTo(event->pos());
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

void MessageListView::dragTo(const QPoint &point)
{
    m_dragPoint = point;
    const bool beyond = point.y() < 0 || point.y() >= viewport()->height();
    if (beyond && !m_dragTimer.isActive())
        m_dragTimer.start(30, this);
    else if (!beyond)
        m_dragTimer.stop();
    ensureLayout();
    if (m_visible.empty())
        return;
    const int y =
        std::clamp(point.y(), m_visible.front().top, m_visible.back().top + m_visible.back().layout->height() - 1);
    if (const Visible *visible = visibleAt({point.x(), std::clamp(y, 0, viewport()->height() - 1)}))
        m_caretTo = {visible->layout->row().seq,
                     visible->layout->positionNear(QPoint(point.x(), y) - QPoint(0, visible->top))};
    viewport()->update();
}

void MessageListView::timerEvent(QTimerEvent *event)
{
    if (event->timerId() != m_dragTimer.timerId()) {
        QAbstractScrollArea::timerEvent(event);
        return;
    }
    const int beyond = m_dragPoint.y() < 0 ? m_dragPoint.y() : m_dragPoint.y() - viewport()->height();
    verticalScrollBar()->setValue(verticalScrollBar()->value() + std::clamp(beyond, -m_theme.px(60), m_theme.px(60)));
    dragTo(m_dragPoint);
}

//! Sideways over a block of code that does not wrap moves that block; everything else scrolls the list.
void MessageListView::wheelEvent(QWheelEvent *event)
{
    const QPoint delta = event->pixelDelta().isNull() ? event->angleDelta() / 2 : event->pixelDelta();
    const int sideways = event->modifiers().testFlag(Qt::ShiftModifier) && delta.x() == 0 ? delta.y() : delta.x();
    const Visible *visible = visibleAt(event->position().toPoint());
    if (visible && std::abs(sideways) > 0 && (delta.x() != 0 || event->modifiers().testFlag(Qt::ShiftModifier))) {
        const int block = visible->layout->codeAt(event->position() - QPointF(0, visible->top));
        const int range = visible->layout->scrollRange(block);
        if (range > 0) {
            changeCode(visible->layout->row().seq, block,
                       [&](CodeView &view) { view.scroll = std::clamp(view.scroll - sideways, 0, range); });
            event->accept();
            return;
        }
    }
    QAbstractScrollArea::wheelEvent(event);
}

void MessageListView::mouseReleaseEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton)
        return;
    m_selecting = false;
    m_dragTimer.stop();
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
    if (visible && hit.part == Part::Bubble) { // beside the words: an answer
        Q_EMIT replyRequested(visible->row);
        return;
    }
    if (!visible || hit.part != Part::Text)
        return;
    const auto word = visible->layout->wordAt(hit.position);
    m_caretFrom = {visible->layout->row().seq, word.first};
    m_caretTo = {visible->layout->row().seq, word.second};
    m_sinceDoubleClick.start();
    viewport()->update();
}

void MessageListView::fillMenu(QMenu *menu, const items::MessageRow &row, const MessageHit &hit,
                               const QPointF &codePoint)
{
    if (hit.part == Part::Link) {
        menu->addAction(m_theme.icon(u"link"_s), tr("Open link…"), this,
                        [this, target = hit.target] { Q_EMIT linkActivated(target); });
        menu->addAction(tr("Copy link address"), this,
                        [target = hit.target] { QGuiApplication::clipboard()->setText(target); });
        menu->addSeparator();
    }
    if (!row.messageId.isEmpty()) {
        QAction *reply = menu->addAction(m_theme.icon(u"reply"_s), tr("Reply"), this, [this, seq = row.seq] {
            if (const int at = m_model->rowOfSeq(seq); at >= 0)
                Q_EMIT replyRequested(at);
        });
        reply->setObjectName(u"replyAction"_s);
        menu->addSeparator();
    }
    if (const Visible *visible = visibleSeq(row.seq); visible && hit.position.block >= 0) {
        const int code = visible->layout->codeAt(codePoint);
        if (code >= 0) {
            menu->addAction(m_theme.icon(u"code"_s), tr("Copy code"), this,
                            [text = visible->layout->codeOf(code)] { QGuiApplication::clipboard()->setText(text); })
                ->setObjectName(u"copyCodeAction"_s);
            menu->addAction(m_theme.icon(u"wrap"_s), tr("Wrap lines or not"), this,
                            [this, seq = row.seq, code] {
                                changeCode(seq, code, [](CodeView &view) {
                                    view.unwrapped = !view.unwrapped;
                                    view.scroll = 0;
                                });
                            })
                ->setObjectName(u"wrapCodeAction"_s);
            menu->addSeparator();
        }
    }
    QAction *copySelected = menu->addAction(m_theme.icon(u"copy"_s), tr("Copy"), this, [this] { copy(); });
    copySelected->setObjectName(u"copyAction"_s);
    copySelected->setEnabled(!selection().isEmpty());
    QAction *copyMarkdown = menu->addAction(tr("Copy as markdown"), this, [this] { copy(true); });
    copyMarkdown->setObjectName(u"copyMarkdownAction"_s);
    copyMarkdown->setEnabled(!selection().isEmpty());
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
            menu->addAction(m_theme.icon(u"edit"_s), tr("Edit"), this,
                            [this, seq = row.seq] {
                                if (const int at = m_model->rowOfSeq(seq); at >= 0)
                                    Q_EMIT editRequested(at);
                            })
                ->setObjectName(u"editAction"_s);
            menu->addAction(m_theme.icon(u"close"_s), tr("Take back"), this,
                            [this, id = row.clientMessageId] { Q_EMIT cancelRequested(id); });
        }
        if (row.note)
            return;
        menu->addAction(m_theme.icon(u"info"_s), tr("Who got it…"), this,
                        [this, seq = row.seq] {
                            if (const int at = m_model->rowOfSeq(seq); at >= 0)
                                Q_EMIT deliveryRequested(at);
                        })
            ->setObjectName(u"deliveryAction"_s);
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
    fillMenu(menu, visible->layout->row(), hit, at - QPoint(0, visible->top));
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
    if (QAccessible::isActive()) {
        QAccessibleEvent event(this, QAccessible::Focus);
        event.setChild(row);
        QAccessible::updateAccessibility(&event);
    }
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
            const auto whole = visible->layout->all();
            const Selected selected = selection();
            // The message first; once more, everything that is here.
            if (selected.firstRow == visible->row && selected.lastRow == visible->row && selected.from == whole.first
                && selected.to == whole.second)
                selectRows(0, m_model->rowCount() - 1);
            else
                selectRows(visible->row, visible->row);
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
        if (m_copier->isRunning())
            m_copier->cancel();
        else if (m_caretFrom.seq != 0)
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
        if (hit.part == Part::Sender && visible->layout->row().keyChanged)
            QToolTip::showText(help->globalPos(),
                               tr("The key behind this name changed. Compare safety numbers before you trust it."),
                               viewport());
        else if (hit.part == Part::Sender && !visible->layout->row().imitates.isEmpty())
            QToolTip::showText(help->globalPos(),
                               tr("This name looks like %1, but it is another peer. Compare safety numbers before you "
                                  "trust it.")
                                   .arg(visible->layout->row().imitates),
                               viewport());
        else if (hit.part == Part::WrapCode)
            QToolTip::showText(help->globalPos(), tr("Wrap long lines, or scroll them with Shift and the wheel"),
                               viewport());
        else if (hit.part == Part::Link)
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
