// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph/graphview.h"

#include <QtGui/QAccessible>
#include <QtGui/QPainter>

#include "graph/frameclock.h"
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
    connect(m_focus, &items::FocusState::selectedPeerChanged, this, &GraphView::selectPeer);
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
    if (m_focus)
        m_focus->setSelectedPeer(key);
    describe();
    if (hasFocus() && QAccessible::isActive()) {
        QAccessibleEvent event(this, QAccessible::DescriptionChanged);
        QAccessible::updateAccessibility(&event);
    }
    wake();
    Q_EMIT peerSelected(key);
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
    wake();
}

void GraphView::fit()
{
    m_scene->fit(m_clock.nowNs());
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

FrameCost GraphView::lastCost() const
{
    return m_scene->cost();
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
    describe();
    wake();
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
    m_clock.setRate(this, m_scene->wantedRate());
    update();
}

void GraphView::onFrame(qint64 nowNs)
{
    if (!isVisible() || m_clock.rate(this) == 0)
        return;
    if (m_scene->advance(nowNs))
        update();
    m_clock.setRate(this, m_scene->wantedRate());
}

void GraphView::describe()
{
    if (!m_model || m_model->peerCount() == 0) {
        setAccessibleDescription(tr("No peers yet."));
        return;
    }
    QString text = Overlay::summary(*m_model);
    if (const items::GraphNode *node = m_model->node(m_scene->selected())) {
        //: selected peer: name, kind, status
        text = tr("%1, %2, %3. %4")
                   .arg(node->name, Overlay::kindWord(node->kind), Overlay::statusWord(node->status), text);
    }
    setAccessibleDescription(text);
}

void GraphView::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    m_scene->setViewport(QSizeF(size()), devicePixelRatioF(), m_clock.nowNs());
    m_scene->paint(painter, m_clock.nowNs(), m_clock.nowMs());
    if (m_focusByKey && hasFocus())
        m_scene->paintFocusFrame(painter);
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
    m_scene->dropMotion();
    m_clock.setRate(this, 0);
}

} // namespace mesh::graph
