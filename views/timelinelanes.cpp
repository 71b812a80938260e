// SPDX-License-Identifier: GPL-3.0-or-later
// The painting half of TimelineCanvas; input and geometry are in timelinecanvas.cpp.
#include "views/timelinecanvas.h"

#include "views/figures.h"
#include "views/theme.h"

#include <QtGui/QFontMetricsF>
#include <QtGui/QPainter>
#include <QtGui/QPainterPath>

#include <algorithm>
#include <cmath>

namespace mesh::views {

using namespace Qt::StringLiterals;

void TimelineCanvas::paintEvent(QPaintEvent *)
{
    QPainter p(this);
    p.fillRect(rect(), m_theme.color(Theme::Role::Panel));
    p.setFont(m_theme.font(Theme::Text::Second));
    const QColor line = m_theme.color(Theme::Role::Line);
    for (int lane = 0; lane < LaneCount; ++lane) {
        const QRectF row = laneRect(Lane(lane));
        p.fillRect(QRectF(0, row.top() - 1, width(), 1), line);
        p.setPen(m_theme.color(Theme::Role::Text2));
        p.drawText(QRectF(m_theme.px(14), row.top(), labelWidth() - m_theme.px(16), row.height()),
                   Qt::AlignVCenter | Qt::AlignLeft, laneName(Lane(lane)));
    }
    const QRectF plot = plotRect();
    if (m_filtered) {
        p.setFont(m_theme.font(Theme::Text::Label));
        p.setPen(m_theme.color(Theme::Role::Accent));
        p.drawText(QRectF(m_theme.px(14), plot.bottom(), labelWidth() - m_theme.px(16), footHeight()),
                   Qt::AlignVCenter | Qt::AlignLeft,
                   //: below the names of the timeline's lanes: they show only what passes the filter
                   tr("Filtered"));
    }
    p.setClipRect(QRectF(plot.left(), 0, plot.width(), height()));
    paintAxis(p);
    p.setClipRect(plot);
    paintMessages(p);
    paintPresence(p);
    paintState(p);
    paintMemory(p);
    paintTasks(p);
    paintTicks(p);
    p.setClipping(false);
    paintCursor(p);
    if (hasFocus()) {
        p.setPen(QPen(m_theme.color(Theme::Role::Accent), 1));
        p.setBrush(Qt::NoBrush);
        p.drawRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5));
    }
}

void TimelineCanvas::paintAxis(QPainter &p) const
{
    p.setFont(m_theme.font(Theme::Text::Label));
    const QFontMetricsF metrics(p.font());
    const QColor grid = m_theme.mix(Theme::Role::Panel, Theme::Role::Line, 0.45);
    const QRectF plot = plotRect();
    // A label that would be cut, or lie below what floats over the head, is left out; its line says enough.
    const double labelsEnd = plot.right() - m_headReserve;
    for (const TimeMark &mark : m_axis.marks(m_theme.px(96))) {
        const double x = std::round(labelWidth() + mark.x);
        p.fillRect(QRectF(x, plot.top(), 1, plot.height()), grid);
        p.setPen(m_theme.color(Theme::Role::Text3));
        const double half = metrics.horizontalAdvance(mark.text) / 2;
        if (x - half < plot.left() || x + half > labelsEnd)
            continue;
        p.drawText(QPointF(std::round(x - half), std::round((axisHeight() + metrics.ascent() - metrics.descent()) / 2)),
                   mark.text);
    }
    if (m_nowMs >= m_axis.startMs && m_nowMs <= m_axis.endMs()) {
        const double x = std::round(fromTime(m_nowMs));
        // What lies after now is not yet; a wash says so without a word.
        p.fillRect(QRectF(x, plot.top(), plot.right() - x, plot.height()),
                   m_theme.mix(Theme::Role::Panel, Theme::Role::Bg, 0.6));
    }
}

void TimelineCanvas::paintMessages(QPainter &p) const
{
    const QRectF row = laneRect(Messages).adjusted(0, 3, 0, -3);
    const qint64 step = barStepMs();
    const QList<MessageBar> bars = m_data.bars(m_axis.startMs, m_axis.endMs(), step);
    int most = 4;
    for (const MessageBar &bar : bars)
        most = std::max(most, bar.total());
    const double unit = row.height() / most;
    const double pixels = double(step) / m_axis.msPerPixel();
    const double barWidth = std::max(1.0, std::floor(pixels) - 1);
    const std::array<QColor, 3> inks{m_theme.color(Theme::Role::Now),
                                     m_theme.mix(Theme::Role::Next, Theme::Role::Panel, m_theme.isDark() ? 0.3 : 0.2),
                                     m_theme.color(Theme::Role::Low)};
    for (const MessageBar &bar : bars) {
        const double x = std::round(fromTime(bar.fromMs));
        double top = row.bottom();
        // From the bottom: what most are (next), then quiet ones, and what interrupts on top where it is seen.
        for (const int i : {1, 2, 0}) {
            if (bar.count[size_t(i)] == 0)
                continue;
            const double tall = std::max(i == 0 ? 2.0 : 1.0, bar.count[size_t(i)] * unit);
            p.fillRect(QRectF(x, std::max(row.top(), top - tall), barWidth, std::min(tall, top - row.top())),
                       inks[size_t(i)]);
            top -= tall;
        }
    }
}

void TimelineCanvas::paintPresence(QPainter &p) const
{
    const QRectF row = laneRect(Presence).adjusted(0, 6, 0, -6);
    const QList<PresenceSpan> spans = m_data.presence(m_axis.startMs, m_axis.endMs());
    int most = 1;
    for (const PresenceSpan &span : spans)
        most = std::max(most, span.live);
    const std::array<QColor, 3> inks{m_theme.mix(Theme::Role::Working, Theme::Role::Panel, 0.4),
                                     m_theme.mix(Theme::Role::Dnd, Theme::Role::Panel, 0.45),
                                     m_theme.mix(Theme::Role::Idle, Theme::Role::Panel, 0.72)};
    const qint64 endOfKnown = std::min(m_axis.endMs(), std::max(m_nowMs, m_data.lastMs()));
    QPainterPath outline;
    const double left = spans.isEmpty() ? row.left() : std::max(row.left(), fromTime(spans.constFirst().fromMs));
    const double right = std::min(row.right(), fromTime(endOfKnown));
    outline.addRoundedRect(QRectF(left, row.top(), std::max(0.0, right - left), row.height()), 3, 3);
    p.save();
    p.setRenderHint(QPainter::Antialiasing);
    p.setClipPath(outline, Qt::IntersectClip);
    p.setRenderHint(QPainter::Antialiasing, false);
    for (qsizetype i = 0; i < spans.size(); ++i) {
        const PresenceSpan &span = spans[i];
        const qint64 until = i + 1 < spans.size() ? spans[i + 1].fromMs : endOfKnown;
        const double x0 = std::round(std::max(row.left(), fromTime(span.fromMs)));
        const double x1 = std::round(std::min(row.right(), fromTime(until)));
        if (x1 <= x0)
            continue;
        const int idle = std::max(0, span.live - span.working - span.dnd);
        double bottom = row.bottom();
        const std::array<int, 3> counts{span.working, span.dnd, idle};
        for (size_t k = 0; k < counts.size(); ++k) {
            const double tall = row.height() * counts[k] / most;
            p.fillRect(QRectF(x0, bottom - tall, x1 - x0, tall), inks[k]);
            bottom -= tall;
        }
        if (i > 0 && x1 - x0 > 6)
            p.fillRect(QRectF(x0, row.top(), 1, row.height()), m_theme.color(Theme::Role::Panel));
    }
    p.restore();
}

QList<TimelineCanvas::Chip> TimelineCanvas::layoutChips() const
{
    QList<Chip> chips;
    const QList<TimelinePoint> &states = m_data.states();
    const QRectF row = laneRect(State);
    const QFontMetricsF metrics(m_theme.font(Theme::Text::Label));
    const double inset = m_theme.px(5);
    const double narrowest = m_theme.px(34);
    const double widest = m_theme.px(150);
    const double tall = std::min(row.height() - 6, metrics.height() + 4);
    // Chips that began a little left of the view still reach into it.
    const qint64 from = m_axis.timeAt(-widest);
    for (qsizetype i = TimelineData::lowerBound(states, from); i < states.size() && states[i].atMs <= m_axis.endMs();
         ++i) {
        const double x = std::round(fromTime(states[i].atMs));
        if (!chips.isEmpty() && x < chips.constLast().rect.left() + narrowest) {
            ++chips.last().count;
            continue;
        }
        Chip chip;
        chip.first = i;
        chip.rect = QRectF(x, row.center().y() - tall / 2, narrowest, tall);
        chips.append(chip);
    }
    // From the newest to the oldest, each as wide as the next one leaves it. The newest often begins close to the edge;
    // it is then read to the left of its moment, and what is too narrow for a word moves with it.
    double limit = plotRect().right() - inset;
    for (qsizetype i = chips.size() - 1; i >= 0; --i) {
        Chip &chip = chips[i];
        const TimelinePoint &state = states[chip.first];
        const QString text = state.newValue.isEmpty() ? state.subject : u"%1=%2"_s.arg(state.subject, state.newValue);
        const QString more = chip.count > 1 ? u" +%1"_s.arg(chip.count - 1) : QString();
        const double wanted = std::min(metrics.horizontalAdvance(text + more) + 2 * inset + 2, widest);
        const double least = i == chips.size() - 1 ? wanted : std::min(narrowest, wanted);
        const double left = std::min(chip.rect.left(), std::floor(limit - least));
        chip.rect.setLeft(left);
        chip.rect.setRight(std::floor(std::min(left + wanted, limit)));
        chip.text =
            metrics.elidedText(text, Qt::ElideRight, chip.rect.width() - 2 * inset - metrics.horizontalAdvance(more))
            + more;
        limit = left - 3;
    }
    return chips;
}

void TimelineCanvas::paintState(QPainter &p) const
{
    p.save();
    p.setFont(m_theme.font(Theme::Text::Label));
    p.setRenderHint(QPainter::Antialiasing);
    const QColor edge = m_theme.color(Theme::Role::Accent);
    for (const Chip &chip : layoutChips()) {
        const bool hovered = m_hover && chip.rect.contains(*m_hover);
        p.setPen(QPen(edge, 1));
        p.setBrush(m_theme.color(hovered ? Theme::Role::Selection : Theme::Role::Raised));
        p.drawRoundedRect(chip.rect.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3);
        p.setPen(m_theme.color(Theme::Role::Text1));
        p.drawText(chip.rect.adjusted(m_theme.px(5), 0, -2, 0), Qt::AlignVCenter | Qt::AlignLeft, chip.text);
    }
    p.restore();
}

void TimelineCanvas::paintMemory(QPainter &p) const
{
    const QRectF row = laneRect(Memory);
    const QList<TimelinePoint> &memories = m_data.memories();
    const double r = m_theme.px(6);
    p.save();
    p.setRenderHint(QPainter::Antialiasing);
    const QColor edge = m_theme.color(Theme::Role::Panel);
    double last = -1e9;
    for (qsizetype i = TimelineData::lowerBound(memories, m_axis.timeAt(-r)); i < memories.size(); ++i) {
        if (memories[i].atMs > m_axis.endMs())
            break;
        const double x = fromTime(memories[i].atMs);
        if (x - last < 2)
            continue; // the one before covers it; the tool tip names both
        last = x;
        const QPointF c(x, row.center().y());
        const bool hovered = m_hover && std::abs(m_hover->x() - x) <= r && row.contains(*m_hover);
        const double s = hovered ? r + 1 : r;
        p.setPen(QPen(edge, 1));
        p.setBrush(m_theme.color(Theme::Role::Dnd));
        p.drawPolygon(QPolygonF({c - QPointF(0, s), c + QPointF(s, 0), c + QPointF(0, s), c - QPointF(s, 0)}));
    }
    p.restore();
}

void TimelineCanvas::paintTasks(QPainter &p) const
{
    const QRectF row = laneRect(Tasks).adjusted(0, 7, 0, -7);
    p.save();
    p.setRenderHint(QPainter::Antialiasing);
    p.setPen(Qt::NoPen);
    QColor ink = m_theme.color(Theme::Role::Low);
    ink.setAlphaF(0.55f);
    const qint64 openEnd = std::max(m_nowMs, m_data.lastMs());
    for (const TaskSpan &task : m_data.tasks()) {
        const qint64 until = task.toMs == 0 ? openEnd : task.toMs;
        if (until < m_axis.startMs || task.fromMs > m_axis.endMs())
            continue;
        const double x0 = std::max(plotRect().left() - 8, fromTime(task.fromMs));
        const double x1 = std::min(plotRect().right() + 8, fromTime(until));
        p.setBrush(ink);
        p.drawRoundedRect(QRectF(x0, row.top(), std::max(3.0, x1 - x0), row.height()), 2, 2);
    }
    p.restore();
}

void TimelineCanvas::paintTicks(QPainter &p) const
{
    const QRectF row = laneRect(Ticks);
    const QList<qint64> ticks = m_data.ticks(m_axis.startMs, m_axis.endMs());
    const QColor ink = m_theme.color(Theme::Role::Faint);
    const double tall = std::min(10.0, row.height() - 8);
    double last = -1e9;
    for (const qint64 tick : ticks) {
        const double x = std::round(fromTime(tick));
        if (x - last < 3)
            continue;
        last = x;
        p.fillRect(QRectF(x, std::round(row.center().y() - tall / 2), 1, tall), ink);
    }
}

void TimelineCanvas::paintCursor(QPainter &p) const
{
    if (m_hover && plotRect().contains(*m_hover)) {
        const double x = std::round(m_hover->x());
        p.fillRect(QRectF(x, plotRect().top(), 1, plotRect().height()),
                   m_theme.mix(Theme::Role::Panel, Theme::Role::Text3, 0.5));
    }
    if (!m_cursorMs)
        return;
    const double x = std::round(fromTime(*m_cursorMs));
    const QColor accent = m_theme.color(Theme::Role::Accent);
    const bool inView = x >= plotRect().left() && x <= plotRect().right();
    if (inView)
        p.fillRect(QRectF(x - 0.5, axisHeight() * 0.8, 1.5, plotRect().bottom() - axisHeight() * 0.8), accent);

    //: The window shows a past moment; %1 is a time of day such as 14:24:10
    const QString text = tr("%1 past").arg(Figures::clockTime(*m_cursorMs));
    p.save();
    p.setFont(m_theme.font(Theme::Text::LabelStrong));
    const QFontMetricsF metrics(p.font());
    const double wide = metrics.horizontalAdvance(text) + m_theme.px(20);
    const double left =
        std::clamp(x - wide / 2, plotRect().left() + 2, std::max(plotRect().left() + 2, plotRect().right() - wide - 2));
    const QRectF label(std::round(left), height() - footHeight(), std::round(wide), footHeight() - 3);
    p.setRenderHint(QPainter::Antialiasing);
    p.setPen(Qt::NoPen);
    p.setBrush(accent);
    p.drawRoundedRect(label, 4, 4);
    p.setPen(m_theme.color(Theme::Role::OnAccent));
    p.drawText(label, Qt::AlignCenter, text);
    p.restore();
}

} // namespace mesh::views
