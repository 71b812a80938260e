// SPDX-License-Identifier: GPL-3.0-or-later
// The input half of GraphView: pointer, wheel, gestures, keys.
#include "graph/graphview.h"

#include <QtGui/QKeyEvent>
#include <QtGui/QMouseEvent>
#include <QtGui/QNativeGestureEvent>
#include <QtGui/QWheelEvent>
#include <QtWidgets/QApplication>
#include <QtWidgets/QGestureEvent>
#include <QtWidgets/QMenu>
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

// A press on legend or minimap is for them, not for what lies below.
bool GraphView::pressOnChrome(QPointF at)
{
    if (m_scene->isOnLegend(at)) {
        setLegendShownWhole(!isLegendShownWhole());
        return true;
    }
    m_onMinimap = m_scene->isOnMinimap(at);
    if (m_onMinimap) {
        m_scene->centreFromMinimap(at, m_clock.nowNs());
        arranged();
        wake();
    }
    return m_onMinimap;
}

void GraphView::mousePressEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton && event->button() != Qt::MiddleButton)
        return;
    m_focusByKey = false;
    if (event->button() == Qt::LeftButton && pressOnChrome(event->position()))
        return;
    m_pressed = true;
    m_dragging = false;
    m_pressAt = event->position();
    m_lastAt = m_pressAt;
    m_pressedPeer = event->button() == Qt::LeftButton ? peerAt(m_pressAt) : QString();
}

void GraphView::mouseMoveEvent(QMouseEvent *event)
{
    const QPointF at = event->position();
    m_pointerAt = at;
    if (m_onMinimap) {
        m_scene->centreFromMinimap(at, m_clock.nowNs());
        arranged();
        wake();
        return;
    }
    if (!m_pressed) {
        refreshHover(at);
        return;
    }
    if (!m_dragging && (at - m_pressAt).manhattanLength() < QApplication::startDragDistance())
        return;
    if (!m_dragging) {
        m_dragging = true;
        hoverNothing();
        setCursor(Qt::ClosedHandCursor);
    }
    const qint64 now = m_clock.nowNs();
    if (m_pressedPeer.isEmpty()) {
        setFollowing(false);
        m_scene->panBy(at - m_lastAt, now);
        arranged();
    } else {
        m_scene->dragNode(m_pressedPeer, at, now);
    }
    m_lastAt = at;
    wake();
}

void GraphView::mouseReleaseEvent(QMouseEvent *event)
{
    m_onMinimap = false;
    if (!m_pressed)
        return;
    m_pressed = false;
    if (!m_dragging) {
        if (event->button() == Qt::LeftButton) {
            const auto edge = m_pressedPeer.isEmpty() ? edgeAt(event->position()) : std::pair<QString, QString>();
            const bool peerAgain = !m_pressedPeer.isEmpty() && m_pressedPeer == selectedPeer();
            const bool edgeAgain = !edge.first.isEmpty() && edge == selectedEdge();
            selectPeer(m_pressedPeer);
            selectEdge(edge.first, edge.second);
            if (peerAgain)
                tellSelectedPeer();
            if (edgeAgain)
                Q_EMIT edgeSelected(edge.first, edge.second);
        }
    } else if (!m_pressedPeer.isEmpty() && m_model) {
        m_model->pin(m_pressedPeer, m_scene->camera().toWorld(event->position()));
        arranged();
    }
    m_dragging = false;
    m_pressedPeer.clear();
    refreshHover(event->position());
}

void GraphView::mouseDoubleClickEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton)
        return;
    const QPointF at = event->position();
    if (m_scene->isOnLegend(at) || m_scene->isOnMinimap(at))
        return;
    const QString key = peerAt(at);
    if (!key.isEmpty()) {
        selectPeer(key);
        activatePeer(key);
    } else if (const QString group = m_scene->groupAt(at); !group.isEmpty()) {
        toggleGroup(group);
    } else {
        fit();
    }
}

void GraphView::activatePeer(const QString &key)
{
    const items::GraphNode *node = m_model ? m_model->node(key) : nullptr;
    if (node && node->isGroup())
        toggleGroup(node->groups.value(0));
    else if (node)
        Q_EMIT peerActivated(key);
}

void GraphView::toggleGroup(const QString &group)
{
    if (!m_model || group.isEmpty())
        return;
    const bool collapse = !m_model->isCollapsed(group);
    const items::GraphNode *selected = m_model->node(selectedPeer());
    const bool within = selected && selected->groups.value(0) == group;
    m_model->setCollapsed(group, collapse);
    m_model->flush();
    if (within) // the selection goes with what stands for it
        selectPeer(collapse ? items::GraphModel::groupKey(group) : QString());
    arranged();
}

void GraphView::contextMenuEvent(QContextMenuEvent *event)
{
    const QPointF at = event->reason() == QContextMenuEvent::Keyboard ? peerPosition(selectedPeer()) : event->pos();
    const QString key = peerAt(at);
    const items::GraphNode *node = m_model ? m_model->node(key) : nullptr;
    QMenu menu(this);
    menu.setObjectName(QStringLiteral("graphMenu"));
    if (node) {
        if (!node->isGroup())
            menu.addAction(tr("Open chat"), this, [this, key] { activatePeer(key); });
        menu.addAction(node->pinned ? tr("Unpin") : tr("Pin here"), this, [this, key] {
            selectPeer(key);
            togglePin();
        });
        menu.addAction(tr("Follow"), this, [this, key] {
            selectPeer(key);
            setFollowing(true);
        });
    }
    const QString group = node ? node->groups.value(0) : m_scene->groupAt(at);
    if (!group.isEmpty()) {
        const QString text = m_model && m_model->isCollapsed(group) ? tr("Expand @%1") : tr("Collapse @%1");
        menu.addAction(text.arg(group), this, [this, group] { toggleGroup(group); });
    }
    if (!menu.isEmpty())
        menu.addSeparator();
    menu.addAction(tr("Fit"), this, &GraphView::fit);
    QAction *legend =
        menu.addAction(tr("Explain the signs"), this, [this] { setLegendShownWhole(!isLegendShownWhole()); });
    legend->setCheckable(true);
    legend->setChecked(isLegendShownWhole());
    QAction *pins = menu.addAction(tr("Unpin all"), this, [this] {
        m_model->unpinAll();
        arranged();
    });
    pins->setEnabled(m_model && !m_model->pins().isEmpty());
    QAction *again = menu.addAction(tr("Lay out again"), this, [this] { m_model->relayout(); });
    again->setObjectName(QStringLiteral("graphLayOutAgain"));
    again->setEnabled(m_model && !m_model->isEmpty());
    menu.addSeparator();
    menu.addAction(tr("Save picture…"), this, &GraphView::savePicture);
    menu.exec(event->globalPos());
}

void GraphView::leaveEvent(QEvent *)
{
    hoverNothing();
    unsetCursor();
}

void GraphView::hoverNothing()
{
    hover({});
    if (m_scene->hoveredEdge().isEmpty())
        return;
    m_scene->setHoveredEdge({});
    wake();
    Q_EMIT edgeHovered({}, {});
}

void GraphView::refreshHover(QPointF at)
{
    const bool chrome = m_scene->isOnLegend(at) || m_scene->isOnMinimap(at);
    const QString key = chrome ? QString() : peerAt(at);
    hover(key);
    const EdgeName edge = chrome || !key.isEmpty() ? EdgeName() : m_scene->edgeAt(at, m_clock.nowNs());
    if (edge != m_scene->hoveredEdge()) {
        m_scene->setHoveredEdge(edge);
        wake();
        Q_EMIT edgeHovered(edge.from, edge.to);
    }
    setCursor(key.isEmpty() && edge.isEmpty() && !chrome ? Qt::ArrowCursor : Qt::PointingHandCursor);
}

void GraphView::wheelEvent(QWheelEvent *event)
{
    // Touch pads scroll with pixels and pan; wheels, and touch pads with Ctrl, zoom.
    if (!event->pixelDelta().isNull() && !(event->modifiers() & Qt::ControlModifier)) {
        setFollowing(false);
        m_scene->panBy(event->pixelDelta(), m_clock.nowNs());
        arranged();
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
    arranged();
}

void GraphView::keyPressEvent(QKeyEvent *event)
{
    const QPointF middle = rect().toRectF().center();
    const bool shift = event->modifiers() & Qt::ShiftModifier;
    const auto arrow = [&](QPointF step) {
        if (shift) {
            setFollowing(false);
            arranged();
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
        activatePeer(selectedPeer());
        break;
    case Qt::Key_Escape:
        if (selectedPeer().isEmpty() && m_scene->selectedEdge().isEmpty()) {
            event->ignore(); // somebody else may have use for it
            return;
        }
        selectPeer({});
        selectEdge({}, {});
        break;
    case Qt::Key_F:
        Q_EMIT findRequested();
        break;
    case Qt::Key_Space:
        setFollowing(!isFollowing());
        break;
    case Qt::Key_0:
    case Qt::Key_Home:
        setFollowing(false);
        fit();
        break;
    case Qt::Key_L:
        setLegendShownWhole(!isLegendShownWhole());
        break;
    case Qt::Key_C:
        if (const items::GraphNode *node = m_model ? m_model->node(selectedPeer()) : nullptr)
            toggleGroup(node->groups.value(0));
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
