// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/timelinecanvas.h"

#include "views/figures.h"
#include "views/theme.h"

#include <QtGui/QHelpEvent>
#include <QtGui/QKeyEvent>
#include <QtGui/QMouseEvent>
#include <QtGui/QWheelEvent>
#include <QtWidgets/QApplication>
#include <QtWidgets/QToolTip>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace mesh::views {

using namespace Qt::StringLiterals;

namespace {

constexpr double kZoomPerNotch = 1.25;
constexpr double kFutureShare = 0.04; //!< empty part right of now while following
constexpr int kMaxLinesInTip = 8;
constexpr std::array<qint64, 15> kBarSteps{1'000,     2'000,     5'000,      10'000,     15'000,
                                           30'000,    60'000,    120'000,    300'000,    600'000,
                                           1'800'000, 3'600'000, 21'600'000, 86'400'000, 604'800'000};

} // namespace

TimelineCanvas::TimelineCanvas(Theme &theme, QWidget *parent)
    : QWidget(parent)
    , m_theme(theme)
{
    setObjectName(u"timelineCanvas"_s);
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setAttribute(Qt::WA_OpaquePaintEvent);
    //: name of the timeline for screen readers
    setAccessibleName(tr("Timeline lanes"));
    //: keys of the timeline, for screen readers
    setAccessibleDescription(
        tr("Left and right arrow move the cursor in time, plus and minus zoom, End returns to live."));
    connect(&m_theme, &Theme::changed, this, [this] {
        updateGeometry();
        update();
    });
}

QString TimelineCanvas::laneName(Lane lane)
{
    switch (lane) {
    case Messages:
        return tr("Messages");
    case Presence:
        return tr("Presence");
    case State:
        //: lane of shared key and value changes
        return tr("State");
    case Memory:
        //: lane of shared memories
        return tr("Memory");
    case Tasks:
        return tr("Tasks");
    case Ticks:
        //: lane of simulation clock ticks
        return tr("Ticks");
    case LaneCount:
        break;
    }
    return {};
}

// --- geometry

double TimelineCanvas::labelWidth() const
{
    return m_theme.px(104);
}

double TimelineCanvas::axisHeight() const
{
    return m_theme.px(28);
}

double TimelineCanvas::footHeight() const
{
    return m_theme.px(22);
}

double TimelineCanvas::rowHeight() const
{
    return std::clamp(std::floor((height() - axisHeight() - footHeight()) / int(LaneCount)), double(m_theme.px(18)),
                      double(m_theme.px(40)));
}

QRectF TimelineCanvas::laneRect(Lane lane) const
{
    return {labelWidth(), axisHeight() + int(lane) * rowHeight() + 1, std::max(1.0, width() - labelWidth()),
            rowHeight() - 1};
}

QRectF TimelineCanvas::plotRect() const
{
    return {labelWidth(), axisHeight(), std::max(1.0, width() - labelWidth()), rowHeight() * int(LaneCount)};
}

QSize TimelineCanvas::sizeHint() const
{
    return {m_theme.px(790), m_theme.px(206)};
}

QSize TimelineCanvas::minimumSizeHint() const
{
    return {m_theme.px(260), m_theme.px(28 + 22 + LaneCount * 18)};
}

qint64 TimelineCanvas::barStepMs() const
{
    const double wanted = m_theme.px(5) * m_axis.msPerPixel();
    const auto step = std::lower_bound(kBarSteps.begin(), kBarSteps.end(), qint64(std::ceil(wanted)));
    return step == kBarSteps.end() ? kBarSteps.back() : *step;
}

// --- what is in view

void TimelineCanvas::setFiltered(bool filtered)
{
    if (m_filtered == filtered)
        return;
    m_filtered = filtered;
    update();
}

void TimelineCanvas::setHeadReserve(int pixels)
{
    if (std::exchange(m_headReserve, pixels) != pixels)
        update();
}

void TimelineCanvas::setAxis(const TimelineAxis &axis)
{
    m_axis = axis;
    m_axis.width = plotRect().width();
    update();
}

void TimelineCanvas::setNow(qint64 nowMs)
{
    const qint64 before = m_nowMs;
    m_nowMs = nowMs;
    if (!m_following) {
        if (before == 0)
            m_axis.endAt(nowMs + qint64(m_axis.spanMs * kFutureShare));
        return;
    }
    const qint64 end = nowMs + qint64(double(m_axis.spanMs) * kFutureShare);
    // Less than a pixel is not worth a frame.
    if (std::abs(double(end - m_axis.endMs())) < m_axis.msPerPixel())
        return;
    m_axis.endAt(end);
    update();
}

void TimelineCanvas::setFollowing(bool on)
{
    if (on) {
        m_axis.endAt(m_nowMs + qint64(double(m_axis.spanMs) * kFutureShare));
        update();
    }
    if (m_following == on)
        return;
    m_following = on;
    Q_EMIT followingChanged(on);
}

void TimelineCanvas::setCursor(std::optional<qint64> cursorMs)
{
    if (m_cursorMs == cursorMs)
        return;
    m_cursorMs = cursorMs;
    update();
}

void TimelineCanvas::refresh()
{
    update();
}

void TimelineCanvas::resizeEvent(QResizeEvent *)
{
    // The right edge keeps its time, so a wider window shows more of the past.
    const qint64 end = m_axis.endMs();
    const double perPixel = m_axis.msPerPixel();
    const double wide = plotRect().width();
    if (m_axis.width > 1) {
        m_axis.spanMs = std::clamp(qint64(perPixel * wide), TimelineAxis::MinSpanMs, TimelineAxis::MaxSpanMs);
        m_axis.endAt(end);
    }
    m_axis.width = wide;
}

void TimelineCanvas::userMovedAxis()
{
    const bool nowInView = m_nowMs >= m_axis.startMs && m_nowMs <= m_axis.endMs();
    const bool nearRight = nowInView && m_axis.xOf(m_nowMs) > m_axis.width * 0.9;
    if (m_following != (nearRight && !m_cursorMs)) {
        m_following = nearRight && !m_cursorMs;
        Q_EMIT followingChanged(m_following);
    }
    update();
}

// --- input

void TimelineCanvas::wheelEvent(QWheelEvent *event)
{
    const QPoint turn = event->angleDelta();
    if (std::abs(turn.x()) > std::abs(turn.y()) || event->modifiers().testFlag(Qt::ShiftModifier)) {
        m_axis.pan((turn.x() != 0 ? turn.x() : turn.y()) / 2.0);
    } else {
        // While following, now is the fixed point: zooming does not lose the present.
        const double x = m_following ? m_axis.xOf(m_nowMs) : toPlot(event->position().x());
        m_axis.zoomAt(x, std::pow(kZoomPerNotch, turn.y() / 120.0));
    }
    userMovedAxis();
    event->accept();
}

void TimelineCanvas::mousePressEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton || event->position().x() < labelWidth()) {
        event->ignore();
        return;
    }
    m_pressed = true;
    m_pressedAt = event->position();
    m_lastDragX = m_pressedAt.x();
    m_dragging = false;
    const bool onCursor = m_cursorMs && std::abs(fromTime(*m_cursorMs) - m_pressedAt.x()) <= m_theme.px(5);
    m_scrubbing = onCursor || !plotRect().contains(m_pressedAt);
}

void TimelineCanvas::mouseMoveEvent(QMouseEvent *event)
{
    const QPointF at = event->position();
    if (m_pressed) {
        if (!m_dragging && std::abs(at.x() - m_pressedAt.x()) >= QApplication::startDragDistance())
            m_dragging = true;
        if (m_dragging && m_scrubbing) {
            Q_EMIT cursorRequested(std::clamp(m_axis.timeAt(toPlot(at.x())), m_axis.startMs, m_nowMs));
        } else if (m_dragging) {
            m_axis.pan(at.x() - m_lastDragX);
            m_lastDragX = at.x();
            userMovedAxis();
        }
    }
    m_hover = at;
    update();
}

void TimelineCanvas::mouseReleaseEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton || !m_pressed)
        return;
    m_pressed = false;
    if (m_dragging) {
        m_dragging = false;
        return;
    }
    const qint64 atMs = m_axis.timeAt(toPlot(event->position().x()));
    if (atMs >= m_nowMs)
        Q_EMIT cursorRequested(std::nullopt);
    else
        Q_EMIT cursorRequested(atMs);
}

void TimelineCanvas::mouseDoubleClickEvent(QMouseEvent *event)
{
    if (event->button() == Qt::LeftButton)
        Q_EMIT cursorRequested(std::nullopt);
}

void TimelineCanvas::keyPressEvent(QKeyEvent *event)
{
    const double page = event->modifiers().testFlag(Qt::ShiftModifier) ? 100 : 10;
    const auto step = qint64(page * m_axis.msPerPixel());
    switch (event->key()) {
    case Qt::Key_Left:
        Q_EMIT cursorRequested(m_cursorMs.value_or(m_nowMs) - step);
        break;
    case Qt::Key_Right:
        if (m_cursorMs && *m_cursorMs + step < m_nowMs)
            Q_EMIT cursorRequested(*m_cursorMs + step);
        else
            Q_EMIT cursorRequested(std::nullopt);
        break;
    case Qt::Key_PageUp:
        m_axis.pan(m_axis.width * 0.8);
        userMovedAxis();
        break;
    case Qt::Key_PageDown:
        m_axis.pan(-m_axis.width * 0.8);
        userMovedAxis();
        break;
    case Qt::Key_Home:
        if (!m_data.isEmpty())
            Q_EMIT cursorRequested(m_data.firstMs());
        break;
    case Qt::Key_End:
    case Qt::Key_Escape:
        Q_EMIT cursorRequested(std::nullopt);
        break;
    case Qt::Key_Plus:
    case Qt::Key_Equal:
    case Qt::Key_Minus: {
        const double factor = event->key() == Qt::Key_Minus ? 1 / kZoomPerNotch : kZoomPerNotch;
        m_axis.zoomAt(m_axis.xOf(m_cursorMs.value_or(m_nowMs)), factor);
        userMovedAxis();
        break;
    }
    default:
        QWidget::keyPressEvent(event);
    }
}

bool TimelineCanvas::event(QEvent *event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto *help = static_cast<QHelpEvent *>(event);
        const QString text = describeAt(help->pos());
        if (text.isEmpty())
            QToolTip::hideText();
        else
            QToolTip::showText(help->globalPos(), Figures::toolTip(text), this);
        return true;
    }
    if (event->type() == QEvent::Leave) {
        m_hover.reset();
        update();
    }
    return QWidget::event(event);
}

// --- what is under the pointer

namespace {

QString pointLine(const TimelinePoint &point)
{
    QString text = Figures::clockTime(point.atMs) + u"  "_s;
    if (point.subject.isEmpty())
        text += Figures::line(point.newValue, 120);
    else if (point.oldValue.isEmpty())
        text += u"%1 = %2"_s.arg(point.subject, Figures::line(point.newValue, 120));
    else
        text += u"%1: %2 \u2192 %3"_s.arg(point.subject, Figures::line(point.oldValue, 80),
                                          Figures::line(point.newValue, 80));
    return text;
}

} // namespace

QString TimelineCanvas::describePoints(const QList<TimelinePoint> &points, qsizetype first, qsizetype count) const
{
    QStringList lines;
    for (qsizetype i = first; i < first + count && i < points.size(); ++i) {
        if (lines.size() == kMaxLinesInTip) {
            //: %n further events at the same place of the timeline
            lines.append(tr("and %n more", nullptr, int(first + count - i)));
            break;
        }
        QString text = pointLine(points[i]);
        if (!points[i].actor.isEmpty())
            //: a change and who made it
            text = tr("%1, by %2").arg(text, points[i].actor);
        lines.append(text);
    }
    return lines.join(u'\n');
}

QString TimelineCanvas::describeAt(const QPointF &position) const
{
    if (m_filtered && position.x() < labelWidth() && position.y() > plotRect().bottom())
        return tr("The lanes show what concerns the peers that pass the filter above the graph.");
    if (!plotRect().contains(position))
        return {};
    const double x = toPlot(position.x());
    const qint64 atMs = m_axis.timeAt(x);
    int lane = int((position.y() - axisHeight()) / rowHeight());
    lane = std::clamp(lane, 0, int(LaneCount) - 1);
    switch (Lane(lane)) {
    case Messages: {
        const qint64 step = barStepMs();
        const QList<MessageBar> bars = m_data.bars(atMs, atMs + 1, step);
        if (bars.isEmpty())
            return {};
        const MessageBar &bar = bars.constFirst();
        //: %1 a time, %2 a duration, %n messages, then how many of each priority
        return tr("%1, %2: %n message(s)\nnow %3 · next %4 · low %5", nullptr, bar.total())
            .arg(Figures::clockTime(bar.fromMs), Figures::duration(step))
            .arg(bar.count[0])
            .arg(bar.count[1])
            .arg(bar.count[2]);
    }
    case Presence: {
        const QList<PresenceSpan> spans = m_data.presence(atMs, atMs + 1);
        if (spans.isEmpty() || atMs > std::max(m_nowMs, m_data.lastMs()))
            return {};
        const PresenceSpan &span = spans.constFirst();
        //: how many peers there were at a time %1
        return tr("%1: %n peer(s)\nworking %2 · do not disturb %3 · idle %4", nullptr, span.live)
            .arg(Figures::clockTime(atMs))
            .arg(span.working)
            .arg(span.dnd)
            .arg(std::max(0, span.live - span.working - span.dnd));
    }
    case State:
        for (const Chip &chip : layoutChips()) {
            if (position.x() >= chip.rect.left() && position.x() <= chip.rect.right())
                return describePoints(m_data.states(), chip.first, chip.count);
        }
        return {};
    case Memory: {
        const double reach = m_theme.px(6);
        const qsizetype first = TimelineData::lowerBound(m_data.memories(), m_axis.timeAt(x - reach));
        const qsizetype last = TimelineData::lowerBound(m_data.memories(), m_axis.timeAt(x + reach) + 1);
        return describePoints(m_data.memories(), first, last - first);
    }
    case Tasks: {
        QStringList lines;
        for (const TaskSpan &task : m_data.tasks()) {
            if (task.fromMs > atMs || (task.toMs != 0 && task.toMs < atMs) || lines.size() >= kMaxLinesInTip)
                continue;
            const QString from = Figures::clockTime(task.fromMs);
            lines.append(
                task.toMs == 0
                    ? tr("%1: open since %2").arg(Figures::line(task.title, 120), from)
                    : tr("%1: %2 to %3").arg(Figures::line(task.title, 120), from, Figures::clockTime(task.toMs)));
        }
        return atMs > m_nowMs ? QString() : lines.join(u'\n');
    }
    case Ticks: {
        const qint64 reach = qint64(m_theme.px(4) * m_axis.msPerPixel());
        const QList<qint64> ticks = m_data.ticks(atMs - reach, atMs + reach);
        //: a tick of the simulation clock at time %1
        return ticks.isEmpty() ? QString() : tr("Tick at %1").arg(Figures::clockTime(ticks.constFirst()));
    }
    case LaneCount:
        break;
    }
    return {};
}

} // namespace mesh::views
