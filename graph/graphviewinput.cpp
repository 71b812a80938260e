// SPDX-License-Identifier: GPL-3.0-or-later
// The input half of GraphView: pointer, wheel, gestures, keys.
#include "graph/graphview.h"

#include <QtGui/QKeyEvent>
#include <QtGui/QMouseEvent>
#include <QtGui/QNativeGestureEvent>
#include <QtGui/QWheelEvent>
#include <QtWidgets/QApplication>
#include <QtWidgets/QGestureEvent>
#include <QtWidgets/QPinchGesture>

#include <algorithm>
#include <cmath>

#include "graph/frameclock.h"
#include "graph/graphscene.h"
#include "models/items/focusstate.h"

namespace mesh::graph {

namespace {
constexpr double kZoomPerDegree = 1.013; // of the wheel; a notch has 15 degrees
constexpr double kKeyZoom = 1.25;
constexpr double kKeyPan = 60; // logical pixels
} // namespace

bool GraphView::event(QEvent *event)
{
    if (event->type() == QEvent::NativeGesture) {
        const auto *gesture = static_cast<QNativeGestureEvent *>(event);
        if (gesture->gestureType() == Qt::ZoomNativeGesture) {
            zoomBy(std::clamp(1 + gesture->value(), 0.2, 5.0), gesture->position());
            return true;
        }
    }
    if (event->type() == QEvent::Gesture) {
        auto *gestures = static_cast<QGestureEvent *>(event);
        if (auto *pinch = static_cast<QPinchGesture *>(gestures->gesture(Qt::PinchGesture))) {
            if (pinch->changeFlags() & QPinchGesture::ScaleFactorChanged)
                zoomBy(std::clamp(pinch->scaleFactor(), 0.2, 5.0), mapFromGlobal(pinch->centerPoint()));
            gestures->accept(pinch);
            return true;
        }
    }
    if (event->type() == QEvent::LanguageChange) {
        setAccessibleName(tr("Mesh graph"));
        describe();
    }
    return QWidget::event(event);
}

void GraphView::mousePressEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton && event->button() != Qt::MiddleButton)
        return;
    m_focusByKey = false;
    m_pressed = true;
    m_dragging = false;
    m_pressAt = event->position();
    m_lastAt = m_pressAt;
    m_pressedPeer = event->button() == Qt::LeftButton ? peerAt(m_pressAt) : QString();
}

void GraphView::mouseMoveEvent(QMouseEvent *event)
{
    const QPointF at = event->position();
    if (!m_pressed) {
        refreshHover(at);
        return;
    }
    if (!m_dragging && (at - m_pressAt).manhattanLength() < QApplication::startDragDistance())
        return;
    if (!m_dragging) {
        m_dragging = true;
        hover({});
        setCursor(Qt::ClosedHandCursor);
    }
    const qint64 now = m_clock.nowNs();
    if (m_pressedPeer.isEmpty())
        m_scene->panBy(at - m_lastAt, now);
    else
        m_scene->dragNode(m_pressedPeer, at, now);
    m_lastAt = at;
    wake();
}

void GraphView::mouseReleaseEvent(QMouseEvent *event)
{
    if (!m_pressed)
        return;
    m_pressed = false;
    if (!m_dragging) {
        if (event->button() == Qt::LeftButton)
            selectPeer(m_pressedPeer);
    } else if (!m_pressedPeer.isEmpty() && m_model) {
        m_model->pin(m_pressedPeer, m_scene->camera().toWorld(event->position()));
        Q_EMIT pinsChanged();
    }
    m_dragging = false;
    m_pressedPeer.clear();
    refreshHover(event->position());
}

void GraphView::mouseDoubleClickEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton)
        return;
    const QString key = peerAt(event->position());
    if (key.isEmpty()) {
        fit();
        return;
    }
    selectPeer(key);
    Q_EMIT peerActivated(key);
}

void GraphView::leaveEvent(QEvent *)
{
    hover({});
    unsetCursor();
}

void GraphView::refreshHover(QPointF at)
{
    const QString key = peerAt(at);
    hover(key);
    setCursor(key.isEmpty() ? Qt::ArrowCursor : Qt::PointingHandCursor);
}

void GraphView::wheelEvent(QWheelEvent *event)
{
    // Touch pads scroll with pixels and pan; wheels, and touch pads with Ctrl, zoom.
    if (!event->pixelDelta().isNull() && !(event->modifiers() & Qt::ControlModifier)) {
        m_scene->panBy(event->pixelDelta(), m_clock.nowNs());
        wake();
    } else {
        zoomBy(std::pow(kZoomPerDegree, event->angleDelta().y() / 8.0), event->position());
    }
    event->accept();
}

void GraphView::walk(QPointF step)
{
    const QString next = m_scene->neighbourInDirection(selectedPeer(), step);
    if (next.isEmpty())
        return;
    selectPeer(next);
    m_scene->reveal(next, m_clock.nowNs());
    wake();
}

void GraphView::togglePin()
{
    const items::GraphNode *node = m_model ? m_model->node(selectedPeer()) : nullptr;
    if (!node)
        return;
    if (node->pinned)
        m_model->unpin(node->key);
    else
        m_model->pin(node->key, node->position);
    Q_EMIT pinsChanged();
}

void GraphView::keyPressEvent(QKeyEvent *event)
{
    const QPointF middle = rect().toRectF().center();
    const bool shift = event->modifiers() & Qt::ShiftModifier;
    const auto arrow = [&](QPointF step) {
        if (shift) {
            m_scene->panBy(-step * kKeyPan, m_clock.nowNs());
            wake();
        } else {
            walk(step);
        }
    };
    switch (event->key()) {
    case Qt::Key_Left:
        arrow({-1, 0});
        break;
    case Qt::Key_Right:
        arrow({1, 0});
        break;
    case Qt::Key_Up:
        arrow({0, -1});
        break;
    case Qt::Key_Down:
        arrow({0, 1});
        break;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (!selectedPeer().isEmpty())
            Q_EMIT peerActivated(selectedPeer());
        break;
    case Qt::Key_Escape:
        if (selectedPeer().isEmpty()) {
            event->ignore(); // somebody else may have use for it
            return;
        }
        selectPeer({});
        break;
    case Qt::Key_F:
        fit();
        break;
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        zoomBy(kKeyZoom, middle);
        break;
    case Qt::Key_Minus:
        zoomBy(1 / kKeyZoom, middle);
        break;
    case Qt::Key_P:
        togglePin();
        break;
    default:
        QWidget::keyPressEvent(event);
        return;
    }
    m_focusByKey = true;
    event->accept();
}

void GraphView::focusInEvent(QFocusEvent *event)
{
    m_focusByKey = event->reason() == Qt::TabFocusReason || event->reason() == Qt::BacktabFocusReason
        || event->reason() == Qt::ShortcutFocusReason;
    update();
}

void GraphView::focusOutEvent(QFocusEvent *)
{
    update();
}

} // namespace mesh::graph
