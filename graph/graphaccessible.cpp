// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph/graphaccessible.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QHash>
#include <QtGui/QAccessible>
#include <QtWidgets/QAccessibleWidget>

#include <algorithm>
#include <cmath>

#include "graph/graphview.h"
#include "graph/overlay.h"
#include "models/items/graphmodel.h"

using namespace Qt::StringLiterals;

namespace mesh::graph {

namespace {

constexpr qsizetype kMostSpokenEdges = 500; // the newest; nobody walks more

struct AccessibleWords
{
    Q_DECLARE_TR_FUNCTIONS(mesh::graph::GraphAccessible)
};

// A peer or a line. Named by keys, so that it stays right when the model moves things about; once gone it is invalid
// and says nothing.
class GraphItemAccessible final : public QAccessibleInterface, public QAccessibleActionInterface
{
public:
    GraphItemAccessible(GraphView *view, const QString &from, const QString &to)
        : m_view(view)
        , m_from(from)
        , m_to(to)
    {
    }
    Q_DISABLE_COPY_MOVE(GraphItemAccessible)

    bool isValid() const override { return m_view && (isEdge() ? edge() != nullptr : node() != nullptr); }
    QObject *object() const override { return nullptr; }
    QWindow *window() const override { return m_view ? m_view->window()->windowHandle() : nullptr; }
    QAccessibleInterface *parent() const override
    {
        return m_view ? QAccessible::queryAccessibleInterface(m_view) : nullptr;
    }
    QAccessibleInterface *child(int) const override { return nullptr; }
    QAccessibleInterface *childAt(int, int) const override { return nullptr; }
    int childCount() const override { return 0; }
    int indexOfChild(const QAccessibleInterface *) const override { return -1; }
    QAccessible::Role role() const override { return isEdge() ? QAccessible::Link : QAccessible::ListItem; }
    void setText(QAccessible::Text, const QString &) override {}

    QString text(QAccessible::Text what) const override
    {
        if (!isValid())
            return {};
        if (what == QAccessible::Name)
            return isEdge() ? edgeName() : node()->name;
        if (what == QAccessible::Description)
            return isEdge() ? edgeWords() : peerWords();
        return {};
    }

    QRect rect() const override
    {
        if (!isValid())
            return {};
        const QPointF at = isEdge() ? m_view->edgePosition(m_from, m_to, 0.5) : m_view->peerPosition(m_from);
        const int reach = isEdge() ? 8 : 22;
        return {m_view->mapToGlobal(at.toPoint()) - QPoint(reach, reach), QSize(2 * reach, 2 * reach)};
    }

    QAccessible::State state() const override
    {
        QAccessible::State state;
        if (!isValid()) {
            state.invalid = true;
            return state;
        }
        state.selectable = true;
        state.focusable = true;
        state.selected =
            isEdge() ? m_view->selectedEdge() == std::pair(m_from, m_to) : m_view->selectedPeer() == m_from;
        state.focused = state.selected && m_view->hasFocus();
        state.invisible = !m_view->isVisible();
        state.offscreen = !m_view->rect().contains(m_view->mapFromGlobal(rect().center()));
        state.collapsed = !isEdge() && node()->isGroup();
        state.expandable = state.collapsed;
        return state;
    }

    void *interface_cast(QAccessible::InterfaceType type) override
    {
        return type == QAccessible::ActionInterface ? static_cast<QAccessibleActionInterface *>(this) : nullptr;
    }

    QStringList actionNames() const override
    {
        if (!isValid())
            return {};
        return isEdge() ? QStringList{setFocusAction()} : QStringList{setFocusAction(), pressAction()};
    }
    void doAction(const QString &name) override
    {
        if (!isValid())
            return;
        if (isEdge()) {
            m_view->selectEdge(m_from, m_to);
            return;
        }
        m_view->selectPeer(m_from);
        if (name == pressAction())
            m_view->activatePeer(m_from);
    }
    QStringList keyBindingsForAction(const QString &name) const override
    {
        return name == pressAction() ? QStringList{u"Return"_s} : QStringList();
    }

private:
    bool isEdge() const { return !m_to.isEmpty(); }
    const items::GraphModel *model() const { return m_view ? m_view->model() : nullptr; }
    const items::GraphNode *node() const
    {
        const items::GraphNode *known = model() ? model()->node(m_from) : nullptr;
        return known && !known->folded && (known->matches || !model()->hidesFiltered()) ? known : nullptr;
    }
    const items::GraphEdge *edge() const { return model() ? model()->edge(m_from, m_to) : nullptr; }

    QString edgeName() const
    {
        //: a line of the graph: sender and receiver
        return AccessibleWords::tr("%1 to %2").arg(model()->node(m_from)->name, model()->node(m_to)->name);
    }
    QString edgeWords() const
    {
        const items::GraphEdge &line = *edge();
        QStringList parts;
        const auto add = [&parts](const QString &text, qint64 count) {
            if (count > 0)
                parts << text.arg(count);
        };
        add(AccessibleWords::tr("%1 urgent"), line.messages[size_t(protocol::Priority::Now)]);
        add(AccessibleWords::tr("%1 next"), line.messages[size_t(protocol::Priority::Next)]);
        add(AccessibleWords::tr("%1 low"), line.messages[size_t(protocol::Priority::Low)]);
        add(AccessibleWords::tr("%1 tool calls"), line.calls);
        add(AccessibleWords::tr("%1 file requests"), line.files);
        add(AccessibleWords::tr("%1 failed"), line.failed);
        return parts.join(u", "_s);
    }
    QString peerWords() const
    {
        const items::GraphNode &peer = *node();
        QStringList parts;
        if (peer.isGroup()) {
            parts << AccessibleWords::tr("collapsed group of %1").arg(peer.members);
            for (size_t i = 0; i < peer.memberStatus.size(); ++i) {
                if (peer.memberStatus[i] > 0)
                    parts
                        << u"%1 %2"_s.arg(peer.memberStatus[i]).arg(Overlay::statusWord(protocol::PeerStatus(int(i))));
            }
        } else {
            parts << Overlay::kindWord(peer.kind) << Overlay::statusWord(peer.status);
        }
        if (peer.presence == items::GraphPresence::Grace)
            parts << AccessibleWords::tr("link lost");
        if (peer.presence == items::GraphPresence::Gone)
            parts << AccessibleWords::tr("has left");
        if (peer.alarm != items::GraphAlarm::None)
            parts << AccessibleWords::tr("needs attention");
        if (peer.waiting)
            parts << AccessibleWords::tr("waits for you");
        for (const QString &group : peer.groups)
            parts << u'@' + group;
        if (peer.context >= 0)
            parts << AccessibleWords::tr("context %1 % used").arg(int(std::lround(double(peer.context) * 100)));
        parts << AccessibleWords::tr("%1 sent, %2 received").arg(peer.sent).arg(peer.received);
        if (!peer.summary.isEmpty())
            parts << peer.summary;
        return parts.join(u", "_s);
    }

    QPointer<GraphView> m_view;
    QString m_from;
    QString m_to; // empty: a peer
};

class GraphAccessible final : public QAccessibleWidget
{
public:
    explicit GraphAccessible(GraphView *view)
        : QAccessibleWidget(view, QAccessible::List)
        , m_view(view)
    {
    }
    ~GraphAccessible() override
    {
        for (const QAccessible::Id id : std::as_const(m_ids))
            QAccessible::deleteAccessibleInterface(id);
    }
    Q_DISABLE_COPY_MOVE(GraphAccessible)

    int childCount() const override { return int(names().size()); }
    QAccessibleInterface *child(int index) const override
    {
        const QList<Name> all = names();
        return index >= 0 && index < all.size() ? interfaceOf(all[index]) : nullptr;
    }
    QAccessibleInterface *childAt(int x, int y) const override
    {
        if (!m_view)
            return nullptr;
        const QPointF at = m_view->mapFromGlobal(QPoint(x, y));
        if (const QString key = m_view->peerAt(at); !key.isEmpty())
            return interfaceOf({key, {}});
        const auto [from, to] = m_view->edgeAt(at);
        return from.isEmpty() ? nullptr : interfaceOf({from, to});
    }
    int indexOfChild(const QAccessibleInterface *wanted) const override
    {
        const QList<Name> all = names();
        for (qsizetype i = 0; i < all.size(); ++i) {
            const auto known = m_ids.constFind(all[i]);
            if (known != m_ids.cend() && QAccessible::accessibleInterface(*known) == wanted)
                return int(i);
        }
        return -1;
    }
    QAccessibleInterface *focusChild() const override
    {
        if (!m_view || !m_view->hasFocus())
            return nullptr;
        const QString key = m_view->selectedPeer();
        return key.isEmpty() ? nullptr : interfaceOf({key, {}});
    }

    QAccessibleInterface *interfaceOf(const std::pair<QString, QString> &name) const
    {
        const auto known = m_ids.constFind(name);
        if (known != m_ids.cend()) {
            if (QAccessibleInterface *item = QAccessible::accessibleInterface(*known))
                return item;
        }
        auto *item = new GraphItemAccessible(m_view, name.first, name.second); // QAccessible owns it from here on
        m_ids.insert(name, QAccessible::registerAccessibleInterface(item));
        return item;
    }

private:
    using Name = std::pair<QString, QString>;

    // Peers by name, then lines, the newest first.
    QList<Name> names() const
    {
        QList<Name> all;
        const items::GraphModel *model = m_view ? m_view->model() : nullptr;
        if (!model)
            return all;
        std::vector<const items::GraphNode *> peers;
        for (const items::GraphNode &node : model->nodes()) {
            if (!node.key.isEmpty() && !node.folded && (node.matches || !model->hidesFiltered()))
                peers.push_back(&node);
        }
        std::sort(peers.begin(), peers.end(), [](const auto *a, const auto *b) {
            const int order = a->name.compare(b->name, Qt::CaseInsensitive);
            return order != 0 ? order < 0 : a->key < b->key;
        });
        for (const items::GraphNode *peer : peers)
            all.append({peer->key, {}});
        std::vector<const items::GraphEdge *> lines;
        for (const items::GraphEdge &edge : model->edges()) {
            if (model->isCurrent(edge))
                lines.push_back(&edge);
        }
        std::sort(lines.begin(), lines.end(), [](const auto *a, const auto *b) { return a->lastNs > b->lastNs; });
        for (size_t i = 0; i < std::min(lines.size(), size_t(kMostSpokenEdges)); ++i)
            all.append({model->nodes()[size_t(lines[i]->from)].key, model->nodes()[size_t(lines[i]->to)].key});
        return all;
    }

    QPointer<GraphView> m_view;
    mutable QHash<Name, QAccessible::Id> m_ids;
};

QAccessibleInterface *makeGraphAccessible(const QString &className, QObject *object)
{
    if (className != "mesh::graph::GraphView"_L1)
        return nullptr;
    auto *view = qobject_cast<GraphView *>(object);
    return view ? new GraphAccessible(view) : nullptr;
}

} // namespace

void installGraphAccessibility()
{
    static const bool installed = [] {
        QAccessible::installFactory(makeGraphAccessible);
        return true;
    }();
    Q_UNUSED(installed)
}

void announceSelection(GraphView *view)
{
    if (!QAccessible::isActive())
        return;
    auto *list = dynamic_cast<GraphAccessible *>(QAccessible::queryAccessibleInterface(view));
    QAccessibleInterface *item = list ? list->focusChild() : nullptr;
    QAccessibleEvent description(view, QAccessible::DescriptionChanged);
    QAccessible::updateAccessibility(&description);
    if (item) {
        QAccessibleEvent focus(item, QAccessible::Focus);
        QAccessible::updateAccessibility(&focus);
    }
}

} // namespace mesh::graph
