// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/timelineaxis.h"
#include "views/timelinedata.h"

#include <QtCore/QPointF>
#include <QtWidgets/QWidget>

#include <optional>

namespace mesh::views {

class Theme;

//! The lanes of the timeline, painted by the widget itself: only what is in view, nothing kept for each event. It owns
//! the axis (what part of time is in view); the cursor in time is told by its owner.
class TimelineCanvas final : public QWidget
{
    Q_OBJECT
public:
    enum Lane : int { Messages, Presence, State, Memory, Tasks, Ticks, LaneCount };

    explicit TimelineCanvas(Theme &theme, QWidget *parent = nullptr);

    TimelineData &data() { return m_data; }
    const TimelineData &data() const { return m_data; }
    const TimelineAxis &axis() const { return m_axis; }
    void setAxis(const TimelineAxis &axis);
    //! Pixels at the right end of the head that something else covers; no label is put there.
    void setHeadReserve(int pixels);

    //! Present time, ms since the epoch; while following it stays near the right edge.
    void setNow(qint64 nowMs);
    bool isFollowing() const { return m_following; }
    void setFollowing(bool on);
    void setCursor(std::optional<qint64> cursorMs);
    std::optional<qint64> cursorMs() const { return m_cursorMs; }
    //! The lanes leave out what a filter does not let pass, and say so.
    void setFiltered(bool filtered);
    bool isFiltered() const { return m_filtered; }
    //! Something in data() changed.
    void refresh();

    //! What is told about a point: for the tool tip and for tests. Empty where nothing is.
    QString describeAt(const QPointF &position) const;
    QRectF laneRect(Lane lane) const;
    static QString laneName(Lane lane);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

Q_SIGNALS:
    //! The user put the cursor at a moment, or took it away (nullopt: live).
    void cursorRequested(std::optional<qint64> atMs);
    void followingChanged(bool on);

protected:
    bool event(QEvent *event) override;
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void wheelEvent(QWheelEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    struct Chip
    {
        QRectF rect;
        QString text;
        qsizetype first = 0;
        qsizetype count = 1;
    };

    double labelWidth() const;
    double rowHeight() const;
    double axisHeight() const;
    double footHeight() const;
    QRectF plotRect() const;
    double toPlot(double x) const { return x - labelWidth(); }
    double fromTime(qint64 timeMs) const { return labelWidth() + m_axis.xOf(timeMs); }
    void userMovedAxis();
    qint64 barStepMs() const;
    QList<Chip> layoutChips() const;
    QString describePoints(const QList<TimelinePoint> &points, qsizetype first, qsizetype count) const;

    void paintAxis(QPainter &p) const;
    void paintMessages(QPainter &p) const;
    void paintPresence(QPainter &p) const;
    void paintState(QPainter &p) const;
    void paintMemory(QPainter &p) const;
    void paintTasks(QPainter &p) const;
    void paintTicks(QPainter &p) const;
    void paintCursor(QPainter &p) const;

    Theme &m_theme;
    TimelineData m_data;
    TimelineAxis m_axis;
    std::optional<qint64> m_cursorMs;
    std::optional<QPointF> m_hover;
    int m_headReserve = 0;
    qint64 m_nowMs = 0;
    bool m_following = true;
    bool m_filtered = false;
    QPointF m_pressedAt;
    double m_lastDragX = 0;
    bool m_pressed = false;
    bool m_dragging = false;
    bool m_scrubbing = false;
};

} // namespace mesh::views
