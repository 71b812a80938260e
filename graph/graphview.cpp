// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph/graphview.h"

#include <QtCore/QScopedValueRollback>
#include <QtGui/QPaintEngine>
#include <QtGui/QPaintEvent>
#include <QtGui/QPainter>

#include <chrono>
#include <cmath>
#include <utility>

#include "graph/arrangement.h"
#include "graph/frameclock.h"
#include "graph/graphaccessible.h"
#include "graph/graphscene.h"
#include "models/items/focusstate.h"

namespace mesh::graph {

GraphView::GraphView(FrameClock &clock, QWidget *parent)
    : QWidget(parent)
    , m_clock(clock)
    , m_scene(std::make_unique<GraphScene>())
{
    setObjectName(QStringLiteral("graphView"));
    setAttribute(Qt::WA_OpaquePaintEvent);
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    grabGesture(Qt::PinchGesture);
    setAccessibleName(tr("Mesh graph"));
    connect(&m_clock, &FrameClock::frame, this, &GraphView::onFrame);
    m_keepTimer.setSingleShot(true);
    m_keepTimer.setInterval(std::chrono::milliseconds(800));
    connect(&m_keepTimer, &QTimer::timeout, this, &GraphView::keepArrangement);
    m_describeTimer.setSingleShot(true);
    m_describeTimer.setInterval(std::chrono::milliseconds(500));
    connect(&m_describeTimer, &QTimer::timeout, this, &GraphView::describe);
    installGraphAccessibility();
    describe();
}

GraphView::~GraphView()
{
    m_clock.setRate(this, 0);
}

void GraphView::setModel(items::GraphModel *model)
{
    if (m_model == model)
        return;
    if (m_model)
        m_model->disconnect(this);
    m_model = model;
    if (m_model) {
        connect(m_model, &items::GraphModel::nodesChanged, this, &GraphView::onNodesChanged);
        connect(m_model, &items::GraphModel::pulsesArrived, this, &GraphView::onPulses);
        connect(m_model, &items::GraphModel::summaryChanged, this, &GraphView::onSummaryChanged);
        connect(m_model, &QObject::destroyed, this, [this] {
            m_scene->setModel(nullptr, m_clock.nowNs());
            wake();
        });
    }
    m_scene->setModel(model, m_clock.nowNs());
    describe();
    wake();
}

void GraphView::setFocusState(items::FocusState *focus)
{
    if (m_focus == focus)
        return;
    if (m_focus)
        m_focus->disconnect(this);
    m_focus = focus;
    if (!m_focus)
        return;
    connect(m_focus, &items::FocusState::selectedPeerChanged, this, [this](const QString &key) {
        if (!m_tellingFocus)
            selectPeer(key);
    });
    connect(m_focus, &items::FocusState::hoveredPeerChanged, this, [this](const QString &key) {
        m_scene->setHovered(key);
        wake();
    });
    selectPeer(m_focus->selectedPeer());
}

void GraphView::setStyleTokens(const GraphStyle &style)
{
    m_scene->setStyle(style);
    wake();
}

void GraphView::setReducedMotion(bool on)
{
    m_scene->setReducedMotion(on);
    wake();
}

void GraphView::setArrangementStore(ArrangementStore *store)
{
    m_arrangements = store;
}

void GraphView::showMesh(const QString &meshId)
{
    if (m_keepTimer.isActive())
        keepArrangement();
    m_meshId = meshId;
    GraphArrangement arrangement;
    if (m_arrangements && !meshId.isEmpty())
        arrangement = GraphArrangement::fromBytes(m_arrangements->graphArrangement(meshId));
    if (m_model) {
        m_model->setPins(arrangement.pins);
        m_model->setCollapsedGroups(arrangement.collapsed);
    }
    m_scene->setView(arrangement.zoom, arrangement.centre, m_clock.nowNs());
    wake();
}

void GraphView::arranged()
{
    if (m_arrangements && !m_meshId.isEmpty())
        m_keepTimer.start();
}

void GraphView::keepArrangement()
{
    m_keepTimer.stop();
    if (!m_arrangements || m_meshId.isEmpty() || !m_model)
        return;
    const GraphCamera &camera = m_scene->camera();
    const GraphArrangement now{m_model->pins(), m_model->collapsedGroups(), camera.zoom,
                               camera.pan.isNull() ? QPointF() : camera.centre()};
    m_arrangements->setGraphArrangement(m_meshId, now == GraphArrangement() ? QByteArray() : now.toBytes());
}

std::pair<QString, QString> GraphView::selectedEdge() const
{
    return {m_scene->selectedEdge().from, m_scene->selectedEdge().to};
}

void GraphView::selectEdge(const QString &from, const QString &to)
{
    const EdgeName edge = from.isEmpty() || to.isEmpty() ? EdgeName() : EdgeName{from, to};
    if (edge == m_scene->selectedEdge())
        return;
    m_scene->setSelectedEdge(edge);
    wake();
    Q_EMIT edgeSelected(edge.from, edge.to);
}

void GraphView::setFollowing(bool on)
{
    const bool before = m_scene->isFollowing();
    m_scene->setFollowing(on, m_clock.nowNs());
    wake();
    if (m_scene->isFollowing() != before)
        Q_EMIT followingChanged(!before);
}

bool GraphView::isFollowing() const
{
    return m_scene->isFollowing();
}

void GraphView::setLegendShownWhole(bool on)
{
    m_scene->setLegendShownWhole(on);
    wake();
}

bool GraphView::isLegendShownWhole() const
{
    return m_scene->isLegendShownWhole();
}

QString GraphView::selectedPeer() const
{
    return m_scene->selected();
}

QString GraphView::hoveredPeer() const
{
    return m_scene->hovered();
}

void GraphView::selectPeer(const QString &key)
{
    if (key == m_scene->selected())
        return;
    m_scene->setSelected(key);
    const items::GraphNode *node = m_model ? m_model->node(key) : nullptr;
    const bool group = node && node->isGroup(); // the other views know peers only
    if (m_focus) {
        const QScopedValueRollback telling(m_tellingFocus, true);
        m_focus->setSelectedPeer(group ? QString() : key);
    }
    describe();
    if (hasFocus())
        announceSelection(this);
    wake();
    tellSelectedPeer();
}

void GraphView::tellSelectedPeer()
{
    const items::GraphNode *node = m_model ? m_model->node(selectedPeer()) : nullptr;
    Q_EMIT peerSelected(node && node->isGroup() ? QString() : selectedPeer());
}

void GraphView::hover(const QString &key)
{
    if (key == m_scene->hovered())
        return;
    m_scene->setHovered(key);
    if (m_focus)
        m_focus->setHoveredPeer(key);
    wake();
}

double GraphView::zoom() const
{
    return m_scene->camera().zoom;
}

void GraphView::zoomBy(double factor, QPointF at)
{
    m_scene->zoomBy(factor, at, m_clock.nowNs());
    arranged();
    wake();
}

void GraphView::fit()
{
    m_scene->fit(m_clock.nowNs());
    arranged();
    wake();
}

QString GraphView::peerAt(QPointF position) const
{
    return m_scene->keyAt(position);
}

QPointF GraphView::peerPosition(const QString &key) const
{
    return m_scene->positionOf(key);
}

QRectF GraphView::peerBox(const QString &key) const
{
    return m_scene->boxOf(key);
}

QList<QRectF> GraphView::chrome() const
{
    return m_scene->chrome();
}

void GraphView::setCoveredArea(const QRectF &area)
{
    m_scene->setCovered(area);
    wake();
}

std::pair<QString, QString> GraphView::edgeAt(QPointF position) const
{
    const EdgeName edge = m_scene->edgeAt(position, m_clock.nowNs());
    return {edge.from, edge.to};
}

QPointF GraphView::edgePosition(const QString &from, const QString &to, double t) const
{
    return m_scene->edgePosition({from, to}, t);
}

QString GraphView::honesty() const
{
    return Overlay::honestyText(m_scene->honesty());
}

FrameCost GraphView::lastCost() const
{
    return m_scene->cost();
}

FrameWork GraphView::lastWork() const
{
    return m_scene->work();
}

qint64 GraphView::dotsMerged() const
{
    return m_scene->dotsMerged();
}

int GraphView::dotCount() const
{
    return m_scene->dotCount();
}

bool GraphView::trailsVisible() const
{
    return m_scene->trailsVisible();
}

void GraphView::finishRaster()
{
    m_scene->finishRaster(m_clock.nowNs());
    update();
}

void GraphView::onNodesChanged(bool placesMoved)
{
    m_scene->syncNodes(placesMoved, m_clock.nowNs());
    if (!m_describeTimer.isActive())
        m_describeTimer.start();
    if (!isVisible())
        return;
    m_clock.setRate(this, m_scene->wantedRate());
    if (m_clock.rate(this) == 0)
        update();
}

void GraphView::onPulses(const QList<items::GraphPulse> &pulses)
{
    if (!isVisible())
        return; // nothing is drawn while hidden, and what happened then is not replayed
    m_scene->addPulses(pulses, m_clock.nowNs());
    m_clock.setRate(this, FrameClock::kFullRate);
}

void GraphView::onSummaryChanged()
{
    m_scene->refreshSizes();
    wake();
}

void GraphView::wake()
{
    if (!isVisible())
        return;
    const int rate = m_scene->wantedRate();
    m_clock.setRate(this, rate > 0 ? FrameClock::kFullRate : 0);
    if (rate > 0)
        m_repaint = true; // with the next frame: one more between two would be painted for nobody
    else
        update();
}

void GraphView::paintAll()
{
    m_allAsked = true;
    update();
}

void GraphView::onFrame(qint64 nowNs)
{
    if (!isVisible() || m_clock.rate(this) == 0)
        return;
    const bool following = m_scene->isFollowing();
    const GraphScene::Change change = m_scene->advance(nowNs);
    m_movedRegion = {};
    if (std::exchange(m_repaint, false) || change == GraphScene::Change::All) {
        paintAll();
    } else if (change == GraphScene::Change::Moved) {
        m_movedRegion = m_scene->movedRegion() & rect();
        update(m_movedRegion);
    }
    if (following != m_scene->isFollowing())
        Q_EMIT followingChanged(!following);
    m_clock.setRate(this, m_scene->wantedRate());
}

QString GraphView::description() const
{
    if (!m_model || m_model->isEmpty())
        return tr("No peers yet.");
    QString text = Overlay::summary(*m_model);
    if (const QString left = honesty(); !left.isEmpty())
        text += u' ' + left;
    if (const items::GraphNode *node = m_model->node(m_scene->selected())) {
        //: selected peer: name, kind, status
        text = tr("%1, %2, %3. %4")
                   .arg(node->name, Overlay::kindWord(node->kind), Overlay::statusWord(node->status), text);
    }
    return text;
}

void GraphView::describe()
{
    setAccessibleDescription(description());
}

// The pixels that a painter of the view writes to, from the view's corner on; null if they are not to be had. Qt clips
// whatever is painted into a region of many parts line by line, which costs more than to paint all; copying rows does
// not.
QImage GraphView::pixelsOf(const QPainter &painter) const
{
    QPaintDevice *device = painter.paintEngine() ? painter.paintEngine()->paintDevice() : nullptr;
    const qreal ratio = devicePixelRatioF();
    if (!device || device->devType() != QInternal::Image || ratio != std::floor(ratio))
        return {};
    const auto *image = static_cast<QImage *>(device);
    const bool known =
        image->format() == QImage::Format_RGB32 || image->format() == QImage::Format_ARGB32_Premultiplied;
    const QPoint corner = painter.deviceTransform().map(QPointF()).toPoint();
    const QSize size = this->size() * int(ratio);
    if (!known || painter.deviceTransform().type() > QTransform::TxScale
        || !image->rect().contains(QRect(corner, size)))
        return {};
    // Not bits(): that might copy them first.
    auto *first = const_cast<uchar *>(image->constScanLine(corner.y())) + qsizetype(corner.x()) * 4;
    QImage pixels(first, size.width(), size.height(), image->bytesPerLine(), image->format());
    pixels.setDevicePixelRatio(ratio);
    return pixels;
}

void GraphView::paintEvent(QPaintEvent *event)
{
    QPainter painter(this);
    m_scene->setViewport(QSizeF(size()), devicePixelRatioF(), m_clock.nowNs());
    if (QImage window = pixelsOf(painter);
        event->region() == m_movedRegion && m_scene->canPaintMoved() && !window.isNull()) {
        m_scene->paintMoved(window, m_movedRegion);
    } else {
        m_scene->paint(painter, m_clock.nowNs(), m_clock.nowMs());
        // Who asked for a part only: what moves is elsewhere now, outside of that part as well. (Asked for all, one
        // gets less where something opaque lies over the view.)
        if (!m_allAsked && event->region() != QRegion(rect()))
            paintAll();
        else
            m_allAsked = false;
    }
    m_movedRegion = {};
    if (m_focusByKey && hasFocus())
        m_scene->paintFocusFrame(painter);
    const std::pair part(m_scene->camera().zoom, m_scene->camera().pan);
    if (const QList<QRectF> chrome = m_scene->chrome(); part != m_shownPart || chrome != m_shownChrome) {
        m_shownPart = part;
        m_shownChrome = chrome;
        QMetaObject::invokeMethod(this, &GraphView::viewMoved, Qt::QueuedConnection); // nothing moves within a paint
    }
}

void GraphView::resizeEvent(QResizeEvent *)
{
    m_scene->setViewport(QSizeF(size()), devicePixelRatioF(), m_clock.nowNs());
    wake();
}

void GraphView::showEvent(QShowEvent *)
{
    wake();
}

void GraphView::hideEvent(QHideEvent *)
{
    if (m_keepTimer.isActive())
        keepArrangement();
    m_scene->dropMotion();
    m_clock.setRate(this, 0);
}

} // namespace mesh::graph
