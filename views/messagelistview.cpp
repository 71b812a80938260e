// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/messagelistview.h"

#include <QtCore/QLocale>
#include <QtCore/QTimer>
#include <QtGui/QClipboard>
#include <QtGui/QGuiApplication>
#include <QtGui/QPainter>
#include <QtGui/QPaintEvent>
#include <QtWidgets/QScrollBar>
#include <QtWidgets/QToolButton>

#include <algorithm>
#include <cmath>
#include <optional>

#include "models/items/messagelistmodel.h"
#include "views/messagelistaccessible.h"
#include "views/theme.h"

//! \file
//! Geometry and painting; what mouse and keyboard do is in messagelistinput.cpp.
namespace mesh::views {

using namespace Qt::StringLiterals;
using items::MessageListModel;

namespace {

constexpr int kCachedLayouts = 300;
constexpr int kNearGap = 8; // rows from which what is missing is asked for

} // namespace

MessageListView::MessageListView(Theme &theme, const protocol::Clock &clock, QWidget *parent)
    : QAbstractScrollArea(parent)
    , m_theme(theme)
    , m_clock(clock)
    , m_style(theme)
    , m_cache(kCachedLayouts)
{
    MessageListAccessible::install();
    setObjectName(u"messageList"_s);
    setAccessibleName(tr("Messages"));
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFocusPolicy(Qt::StrongFocus);
    viewport()->setMouseTracking(true);
    viewport()->setAttribute(Qt::WA_OpaquePaintEvent);
    viewport()->setObjectName(u"messageListViewport"_s);

    m_newButton = new QToolButton(this);
    m_newButton->setObjectName(u"newMessagesButton"_s);
    m_newButton->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_newButton->setFocusPolicy(Qt::NoFocus);
    m_newButton->hide();
    connect(m_newButton, &QToolButton::clicked, this, &MessageListView::scrollToBottom);
    m_copier = new MessageCopier(this);
    m_copyButton = new QToolButton(this);
    m_copyButton->setObjectName(u"copyProgress"_s);
    m_copyButton->setToolTip(tr("Click to end this (Escape)"));
    m_copyButton->setFocusPolicy(Qt::NoFocus);
    m_copyButton->hide();
    connect(m_copyButton, &QToolButton::clicked, m_copier, &MessageCopier::cancel);
    connect(m_copier, &MessageCopier::progressed, this, &MessageListView::showCopying);
    connect(m_copier, &MessageCopier::cancelled, this, [this] { showCopying(0, 0); });
    connect(m_copier, &MessageCopier::finished, this, [this](const QString &text) {
        showCopying(0, 0);
        QGuiApplication::clipboard()->setText(text);
    });
    m_flashTimer.setSingleShot(true);
    m_flashTimer.setInterval(1'600);
    connect(&m_flashTimer, &QTimer::timeout, this, [this] {
        m_flashSeq = 0;
        viewport()->update();
    });
    connect(verticalScrollBar(), &QScrollBar::valueChanged, this, &MessageListView::onBarMoved);
    connect(&m_theme, &Theme::changed, this, &MessageListView::onThemeChanged);
    onThemeChanged();
}

MessageListView::~MessageListView() = default;

void MessageListView::onThemeChanged()
{
    m_style = MessageStyle(m_theme);
    m_newButton->setIcon(m_theme.icon(u"arrow-down"_s, Theme::Role::Text1));
    m_newButton->setIconSize({m_theme.px(16), m_theme.px(16)});
    verticalScrollBar()->setSingleStep(m_theme.px(40));
    dropLayouts();
    m_heights.invalidateAll();
    scheduleLayout();
}

void MessageListView::setModel(MessageListModel *model)
{
    if (m_model == model)
        return;
    if (m_model)
        m_model->disconnect(this);
    m_model = model;
    if (m_model) {
        connect(m_model, &MessageListModel::modelReset, this, &MessageListView::onReset);
        connect(m_model, &MessageListModel::rowsInserted, this,
                [this](const QModelIndex &, int first, int last) { onRowsInserted(first, last); });
        connect(m_model, &MessageListModel::rowsRemoved, this,
                [this](const QModelIndex &, int first, int last) { onRowsRemoved(first, last); });
        // The page may have brought nothing new: what is wanted is asked for again.
        connect(m_model, &MessageListModel::olderArrived, this, [this] {
            m_olderAsked = false;
            scheduleLayout();
        });
        connect(m_model, &MessageListModel::newerArrived, this, [this] {
            m_newerAsked = false;
            scheduleLayout();
        });
        // Late messages: rare, and only a few rows wide.
        connect(m_model, &MessageListModel::rowsMoved, this,
                [this](const QModelIndex &, int first, int last, const QModelIndex &, int to) {
                    onDataChanged(std::min(first, to), std::min(std::max(last, to), m_model->rowCount() - 1));
                });
        connect(m_model, &MessageListModel::dataChanged, this,
                [this](const QModelIndex &first, const QModelIndex &last) { onDataChanged(first.row(), last.row()); });
    }
    onReset();
}

MessageListModel *MessageListView::model() const
{
    return m_model;
}

void MessageListView::setDirect(bool direct)
{
    if (m_direct == direct)
        return;
    m_direct = direct;
    dropLayouts();
    m_heights.invalidateAll();
    scheduleLayout();
}

void MessageListView::setOnline(bool online)
{
    if (m_online == online)
        return;
    m_online = online;
    dropLayouts();
    scheduleLayout();
}

void MessageListView::refreshTimes()
{
    dropLayouts();
    scheduleLayout();
}

void MessageListView::dropLayouts()
{
    m_cache.clear();
}

int MessageListView::guessHeight(int row) const
{
    // Good enough for the scroll bar: the real height is measured before the row is shown.
    const double perLine =
        std::max(20.0, (m_layoutWidth - m_style.textLeft - 3.0 * m_style.side) / (m_style.body.pixelSize() * 0.52));
    const qsizetype shown = std::min<qsizetype>(m_model->textLength(row), 4'000);
    const int lines = 1 + int(double(shown) / perLine);
    return lines * m_style.lineHeight + 2 * m_style.padY + m_style.groupGap + m_style.nameHeight / 2;
}

void MessageListView::onReset()
{
    m_heights.clear();
    dropLayouts();
    m_visible.clear();
    m_expanded.clear();
    m_code.clear();
    m_caretFrom = m_caretTo = {};
    m_currentSeq = m_flashSeq = 0;
    m_selecting = false;
    m_dragTimer.stop();
    m_olderAsked = m_newerAsked = false;
    m_anchorRow = m_anchorOffset = 0;
    m_layoutWidth = viewport()->width();
    if (m_model)
        m_heights.insert(0, m_model->rowCount(), [this](int row) { return guessHeight(row); });
    setNewCount(0);
    setStick(true);
    scheduleLayout();
}

//! While rows around it come and go, the message in the middle of the view stays where it is: that is what is read.
//! Those of one moment may come in between the ones above it.
void MessageListView::holdMiddle()
{
    if (m_stick || m_dirty || m_visible.empty())
        return; // at the end the end stays; before the next layout the anchor is what was held already
    const int middle = viewport()->height() / 2;
    const auto below = std::find_if(m_visible.cbegin() + 1, m_visible.cend(),
                                    [middle](const Visible &visible) { return visible.top > middle; });
    const Visible &held = *std::prev(below);
    m_anchorRow = held.row;
    m_anchorOffset = -held.top;
}

void MessageListView::onRowsInserted(int first, int last)
{
    holdMiddle();
    const int n = last - first + 1;
    const bool appended = first == m_heights.count();
    m_heights.insert(first, n, [this](int row) { return guessHeight(row); });
    if (first == 0)
        m_olderAsked = false;
    if (appended && QAccessible::isActive()) {
        for (int row = first; row <= last; ++row) {
            QAccessibleEvent event(this, QAccessible::ObjectShow);
            event.setChild(row);
            QAccessible::updateAccessibility(&event);
        }
    }
    if (appended) {
        int fresh = 0;
        for (int row = first; row <= last; ++row)
            fresh += !m_model->isOwn(row);
        if (m_model->isOwn(last))
            scrollToBottom();
        else if (!m_stick && fresh > 0)
            setNewCount(m_newCount + fresh);
    } else if (first <= m_anchorRow && !m_stick) {
        m_anchorRow += n;
    }
    scheduleLayout();
}

void MessageListView::onRowsRemoved(int first, int last)
{
    holdMiddle();
    const int n = last - first + 1;
    m_heights.remove(first, n);
    m_olderAsked = m_newerAsked = false;
    if (m_anchorRow > last) {
        m_anchorRow -= n;
    } else if (m_anchorRow >= first) {
        m_anchorRow = first;
        m_anchorOffset = 0;
    }
    m_visible.clear(); // row numbers in it are wrong now
    scheduleLayout();
}

void MessageListView::onDataChanged(int first, int last)
{
    holdMiddle();
    const bool anchored = !m_stick && first <= m_anchorRow && m_anchorRow <= last;
    const auto *kept = anchored ? m_cache.object(m_model->seqAt(m_anchorRow)) : nullptr;
    const bool shown = kept != nullptr;
    const double before = shown ? (*kept)->bubble().top() : 0;
    for (int row = first; row <= last; ++row) {
        m_cache.remove(m_model->seqAt(row));
        m_heights.invalidate(row);
    }
    if (shown) // the day or the sender above the message comes and goes with older ones: it stays where it is
        m_anchorOffset += int(std::lround(layoutFor(m_anchorRow)->bubble().top() - before));
    scheduleLayout();
}

std::shared_ptr<MessageLayout> MessageListView::layoutFor(int row)
{
    const quint64 seq = m_model->seqAt(row);
    if (auto *cached = m_cache.object(seq)) {
        if (!m_heights.isMeasured(row))
            m_heights.setMeasured(row, (*cached)->height());
        return *cached;
    }
    MessageLayout::Options options;
    options.expanded = m_expanded.contains(seq);
    options.direct = m_direct;
    options.online = m_online;
    options.nowMs = m_clock.nowMs();
    options.code = m_code.value(seq);
    auto layout = std::make_shared<MessageLayout>(m_model->row(row), m_theme, m_style, m_layoutWidth, options);
    ++m_layoutsMade;
    m_heights.setMeasured(row, layout->height());
    m_cache.insert(seq, new std::shared_ptr<MessageLayout>(layout));
    return layout;
}

void MessageListView::scheduleLayout()
{
    m_dirty = true;
    viewport()->update();
    // The scroll bar and "at the end" are known after layout, also while nothing is painted.
    QTimer::singleShot(0, this, [this] {
        if (isVisible())
            ensureLayout();
    });
}

void MessageListView::ensureLayout() const
{
    if (m_dirty)
        const_cast<MessageListView *>(this)->arrange();
}

void MessageListView::arrange()
{
    m_dirty = false;
    m_visible.clear();
    if (m_layoutWidth != viewport()->width()) {
        m_layoutWidth = viewport()->width();
        dropLayouts();
        m_heights.invalidateAll();
    }
    if (m_model && m_model->rowCount() > 0) {
        m_anchorRow = std::clamp(m_anchorRow, 0, m_model->rowCount() - 1);
        if (m_stick)
            arrangeFromBottom();
        else
            arrangeFromAnchor();
    }
    syncBar();
    placeButton();
    askForMore();
}

//! Asks for what is next to the visible rows and not loaded.
void MessageListView::askForMore()
{
    if (!m_model || !m_model->conversation())
        return;
    const int gap = m_model->gapRow();
    const int last = m_visible.empty() ? m_anchorRow : m_visible.back().row;
    if (gap >= 0 && !m_stick && m_anchorRow < gap) {
        if (last + kNearGap >= gap && !m_newerAsked) {
            m_newerAsked = true;
            Q_EMIT newerWanted();
        }
    } else if (gap >= 0 && m_anchorRow - kNearGap < gap) {
        // Coming from below: what was jumped to is given up, and older pages come as always. Not while rows are used.
        QTimer::singleShot(0, this, [this] {
            if (m_model && m_model->gapRow() >= 0 && (m_stick || m_anchorRow >= m_model->gapRow()))
                m_model->forgetBeforeGap();
        });
        return;
    }
    const bool nearTop = !m_model->isAtStart() && m_anchorRow == 0 && m_anchorOffset < viewport()->height();
    if (nearTop && !m_olderAsked) {
        m_olderAsked = true;
        Q_EMIT olderWanted();
    }
}

void MessageListView::arrangeFromBottom()
{
    int y = viewport()->height() - m_style.padY * 2;
    for (int row = m_model->rowCount() - 1; row >= 0 && (y > 0 || m_visible.empty()); --row) {
        auto layout = layoutFor(row);
        y -= layout->height();
        m_visible.push_back({row, y, std::move(layout)});
    }
    std::reverse(m_visible.begin(), m_visible.end());
    if (y > 0) { // fewer messages than room: they stand at the top
        for (Visible &visible : m_visible)
            visible.top -= y;
    }
    m_anchorRow = m_visible.front().row;
    m_anchorOffset = -m_visible.front().top;
}

void MessageListView::arrangeFromAnchor()
{
    const int height = viewport()->height();
    const int rows = m_model->rowCount();
    while (m_anchorOffset < 0 && m_anchorRow > 0) {
        --m_anchorRow;
        m_anchorOffset += layoutFor(m_anchorRow)->height();
    }
    m_anchorOffset = std::max(0, m_anchorOffset);
    for (int h = layoutFor(m_anchorRow)->height(); m_anchorOffset >= h && m_anchorRow + 1 < rows;
         h = layoutFor(m_anchorRow)->height()) {
        m_anchorOffset -= h;
        ++m_anchorRow;
    }
    int y = -m_anchorOffset;
    int row = m_anchorRow;
    for (; row < rows && y < height; ++row) {
        auto layout = layoutFor(row);
        const int h = layout->height();
        m_visible.push_back({row, y, std::move(layout)});
        y += h;
    }
    if (row == rows && y + m_style.padY * 2 <= height) {
        m_visible.clear();
        setStick(true);
        setNewCount(0);
        arrangeFromBottom();
    }
}

void MessageListView::syncBar()
{
    m_syncing = true;
    QScrollBar *bar = verticalScrollBar();
    const int height = viewport()->height();
    const int maximum = int(std::clamp<qint64>(m_heights.total() + m_style.padY * 2 - height, 0, 2'000'000'000));
    bar->setRange(0, maximum);
    bar->setPageStep(std::max(1, height - m_style.lineHeight * 2));
    int value = maximum;
    if (!m_stick) {
        value = int(std::clamp<qint64>(m_heights.top(m_anchorRow) + m_anchorOffset, 0, maximum));
        if (value == maximum) // guesses below are short; the end is not reached yet
            value = std::max(0, maximum - 1);
    }
    bar->setValue(value);
    m_lastBar = value;
    m_syncing = false;
}

void MessageListView::onBarMoved(int value)
{
    if (m_syncing)
        return;
    ensureLayout();
    const int delta = value - m_lastBar;
    if (delta == 0)
        return;
    m_lastBar = value;
    if (value >= verticalScrollBar()->maximum()) {
        scrollToBottom();
        return;
    }
    setStick(false);
    if (std::abs(delta) <= viewport()->height() * 3) {
        m_anchorOffset += delta; // exact: rows on the way are measured
    } else {
        m_anchorRow = std::max(0, m_heights.rowAt(value));
        m_anchorOffset = int(value - m_heights.top(m_anchorRow));
    }
    scheduleLayout();
    ensureLayout();
}

void MessageListView::scrollContentsBy(int, int)
{
    // Rows are arranged from the anchor; there is nothing to move.
}

void MessageListView::setStick(bool stick)
{
    if (m_stick == stick)
        return;
    m_stick = stick;
    Q_EMIT atBottomChanged(stick);
}

void MessageListView::setNewCount(int count)
{
    if (m_newCount == count)
        return;
    m_newCount = count;
    Q_EMIT newCountChanged(count);
}

void MessageListView::scrollToBottom()
{
    setStick(true);
    setNewCount(0);
    scheduleLayout();
}

void MessageListView::scrollToRow(int row)
{
    if (!m_model || row < 0 || row >= m_model->rowCount())
        return;
    setStick(false);
    m_anchorRow = row;
    m_anchorOffset = -viewport()->height() / 4;
    scheduleLayout();
}

void MessageListView::pointOut(int row)
{
    if (!m_model || row < 0 || row >= m_model->rowCount())
        return;
    scrollToRow(row);
    m_currentSeq = m_flashSeq = m_model->seqAt(row);
    m_flashTimer.start();
}

void MessageListView::placeButton()
{
    const qint64 below = m_heights.total() - m_heights.top(m_anchorRow) - m_anchorOffset - viewport()->height();
    const bool show = !m_stick && (m_newCount > 0 || below > viewport()->height() / 2);
    if (show) {
        m_newButton->setToolButtonStyle(m_newCount > 0 ? Qt::ToolButtonTextBesideIcon : Qt::ToolButtonIconOnly);
        m_newButton->setText(m_newCount > 0 ? tr("%1 new").arg(m_newCount) : QString());
        m_newButton->setToolTip(tr("Go to the newest message (End)"));
        m_newButton->setAccessibleName(m_newCount > 0 ? tr("%1 new messages").arg(m_newCount) : tr("Newest message"));
        m_newButton->adjustSize();
        m_newButton->move(width() - m_newButton->width() - m_theme.px(20),
                          height() - m_newButton->height() - m_theme.px(12));
    }
    m_newButton->setVisible(show);
}

//! \a total 0: nothing is copied now.
void MessageListView::showCopying(int done, int total)
{
    m_copyButton->setVisible(total > 0);
    if (total == 0)
        return;
    m_copyButton->setText(
        tr("Copying %1 messages · %2 %").arg(QLocale().toString(total)).arg(qint64(done) * 100 / total));
    m_copyButton->adjustSize();
    m_copyButton->move(m_theme.px(20), height() - m_copyButton->height() - m_theme.px(12));
}

void MessageListView::resizeEvent(QResizeEvent *event)
{
    QAbstractScrollArea::resizeEvent(event);
    scheduleLayout();
    ensureLayout();
}

void MessageListView::paintEvent(QPaintEvent *event)
{
    ensureLayout();
    QPainter painter(viewport());
    const QColor surface = m_theme.color(Theme::Role::Panel);
    painter.fillRect(event->rect(), surface);
    const Selected selected = selection();
    for (const Visible &visible : m_visible) {
        const QRect rect(0, visible.top, m_layoutWidth, visible.layout->height());
        if (!rect.intersects(event->rect()))
            continue;
        MessageLayout::PaintState state;
        const quint64 seq = visible.layout->row().seq;
        if (visible.row >= selected.firstRow && visible.row <= selected.lastRow) {
            // Over several messages whole ones are taken, and shown as taken.
            const bool several = selected.firstRow != selected.lastRow;
            const auto whole = visible.layout->all();
            state.selectionFrom = several ? whole.first : selected.from;
            state.selectionTo = several ? whole.second : selected.to;
        }
        state.flash = seq == m_flashSeq ? 1 : 0;
        if (rect.contains(m_pointer))
            state.pointer = m_pointer - rect.topLeft();
        state.current = hasFocus() && seq == m_currentSeq;
        state.surface = surface;
        painter.save();
        painter.translate(0, visible.top);
        visible.layout->paint(&painter, m_theme, m_style, state);
        painter.restore();
    }
}

const MessageListView::Visible *MessageListView::visibleAt(const QPoint &point) const
{
    ensureLayout();
    for (const Visible &visible : m_visible) {
        if (point.y() >= visible.top && point.y() < visible.top + visible.layout->height())
            return &visible;
    }
    return nullptr;
}

const MessageListView::Visible *MessageListView::visibleRow(int row) const
{
    ensureLayout();
    const auto found =
        std::find_if(m_visible.begin(), m_visible.end(), [row](const Visible &v) { return v.row == row; });
    return found == m_visible.end() ? nullptr : &*found;
}

const MessageListView::Visible *MessageListView::visibleSeq(quint64 seq) const
{
    ensureLayout();
    const auto found = std::find_if(m_visible.begin(), m_visible.end(),
                                    [seq](const Visible &v) { return v.layout->row().seq == seq; });
    return found == m_visible.end() ? nullptr : &*found;
}

int MessageListView::rowAt(const QPoint &point) const
{
    const Visible *visible = visibleAt(point);
    return visible ? visible->row : -1;
}

QRect MessageListView::rowRect(int row) const
{
    const Visible *visible = visibleRow(row);
    return visible ? QRect(0, visible->top, m_layoutWidth, visible->layout->height()) : QRect();
}

const MessageLayout *MessageListView::layoutOf(int row) const
{
    const Visible *visible = visibleRow(row);
    return visible ? visible->layout.get() : nullptr;
}

} // namespace mesh::views
