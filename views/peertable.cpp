// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/peertable.h"

#include <QtCore/QScopedValueRollback>
#include <QtGui/QKeyEvent>
#include <QtGui/QPainter>
#include <QtWidgets/QHeaderView>
#include <QtWidgets/QLabel>
#include <QtWidgets/QStyledItemDelegate>
#include <QtWidgets/QTableView>
#include <QtWidgets/QVBoxLayout>

#include <array>
#include <utility>

#include "models/items/displaytext.h"
#include "models/items/peerlistmodel.h"
#include "models/store/meshstore.h"
#include "views/theme.h"

namespace mesh::views {

using namespace Qt::StringLiterals;
using items::PeerListModel;

namespace {

//! Status as form and colour beside the name, context as a bar; everything else is text.
class PeerCellDelegate final : public QStyledItemDelegate
{
public:
    PeerCellDelegate(Theme &theme, QObject *parent)
        : QStyledItemDelegate(parent)
        , m_theme(theme)
    {
    }

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        if (index.column() == PeerListModel::Name) {
            paintBack(painter, option);
            const double size = m_theme.px(9);
            const QPointF centre(option.rect.left() + m_theme.px(14), QRectF(option.rect).center().y());
            painter->save();
            painter->setRenderHint(QPainter::Antialiasing);
            m_theme.paintStatusDot(painter, centre, size,
                                   protocol::PeerStatus(index.data(PeerListModel::StatusRole).toInt()),
                                   m_theme.color(Theme::Role::Bg));
            painter->setFont(m_theme.font(Theme::Text::BodyStrong));
            const bool gone = store::Presence(index.data(PeerListModel::PresenceRole).toInt()) != store::Presence::Live;
            painter->setPen(m_theme.color(gone ? Theme::Role::Text2 : Theme::Role::Text1));
            const QRect text = option.rect.adjusted(m_theme.px(26), 0, -m_theme.px(4), 0);
            painter->drawText(text, Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine,
                              painter->fontMetrics().elidedText(index.data().toString(), Qt::ElideRight, text.width()));
            painter->restore();
            return;
        }
        QStyledItemDelegate::paint(painter, option, index);
        const double share =
            index.column() == PeerListModel::Context ? index.data(PeerListModel::SortRole).toDouble() : -1;
        if (share < 0)
            return;
        const QRectF cell = option.rect;
        const QRectF track(cell.left() + m_theme.px(8), cell.bottom() - m_theme.px(5), cell.width() - m_theme.px(16),
                           m_theme.px(2));
        painter->fillRect(track, m_theme.color(Theme::Role::Line));
        painter->fillRect(QRectF(track.topLeft(), QSizeF(track.width() * std::min(share, 1.0), track.height())),
                          m_theme.color(share >= items::kContextAlarm ? Theme::Role::Now : Theme::Role::Next));
    }

private:
    static void paintBack(QPainter *painter, const QStyleOptionViewItem &option)
    {
        option.widget->style()->drawPrimitive(QStyle::PE_PanelItemViewItem, &option, painter, option.widget);
    }

    Theme &m_theme;
};

} // namespace

PeerTable::PeerTable(Theme &theme, items::FocusState &focus, items::PeerMatches &matches, QWidget *parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_focus(focus)
    , m_matches(matches)
    , m_peers(new PeerListModel(this))
    , m_model(new items::PeerTableModel(*m_peers, matches, focus, this))
{
    setObjectName(u"peerTablePage"_s);
    setProperty("surface", u"bg"_s);
    setAttribute(Qt::WA_StyledBackground);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    m_view = new QTableView;
    m_view->setObjectName(u"peerTable"_s);
    m_view->setAccessibleName(tr("Peers"));
    // When the selected peer's row goes, the view chooses a neighbour; the user did not. Connected before the view is.
    connect(m_model, &QAbstractItemModel::rowsAboutToBeRemoved, this, [this] { m_showing = true; });
    m_view->setModel(m_model);
    connect(m_model, &QAbstractItemModel::rowsRemoved, this, [this] {
        m_showing = false;
        showSelection();
    });
    m_view->setItemDelegate(new PeerCellDelegate(m_theme, m_view));
    m_view->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_view->setSelectionMode(QAbstractItemView::SingleSelection);
    m_view->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_view->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_view->setTabKeyNavigation(false);
    m_view->setShowGrid(false);
    m_view->setWordWrap(false);
    m_view->setMouseTracking(true);
    m_view->verticalHeader()->hide();
    m_view->horizontalHeader()->setHighlightSections(false);
    m_view->horizontalHeader()->setSectionsMovable(true);
    m_view->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_view->setSortingEnabled(true);
    m_view->sortByColumn(PeerListModel::Name, Qt::AscendingOrder);
    m_view->installEventFilter(this);
    m_view->viewport()->installEventFilter(this);
    column->addWidget(m_view, 1);
    m_empty = new QLabel;
    m_empty->setObjectName(u"peerTableEmpty"_s);
    m_empty->setAlignment(Qt::AlignCenter);
    m_empty->setWordWrap(true);
    m_empty->setProperty("tone", u"second"_s);
    column->addWidget(m_empty, 1);

    const auto restyle = [this] {
        m_view->verticalHeader()->setDefaultSectionSize(m_theme.px(30));
        constexpr std::array widths{170, 110, 90, 150, 110, 100, 70, 80, 100, 110, 260, 180, 110, 100, 90, 100};
        for (int i = 0; i < PeerListModel::ColumnCount && i < int(widths.size()); ++i)
            m_view->setColumnWidth(i, m_theme.px(widths.at(size_t(i))));
    };
    restyle();
    connect(&m_theme, &Theme::changed, this, restyle);
    connect(m_view->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this](const QModelIndex &now) {
        if (now.isValid() && !m_showing && isVisible())
            m_focus.setSelectedPeer(m_model->keyAt(now.row()));
    });
    connect(m_view, &QTableView::activated, this,
            [this](const QModelIndex &index) { Q_EMIT peerActivated(m_model->keyAt(index.row())); });
    connect(m_view, &QTableView::entered, this,
            [this](const QModelIndex &index) { m_focus.setHoveredPeer(m_model->keyAt(index.row())); });
    connect(&m_focus, &items::FocusState::selectedPeerChanged, this, &PeerTable::showSelection);
    for (const auto &signal : {&QAbstractItemModel::rowsInserted, &QAbstractItemModel::rowsRemoved})
        connect(m_model, signal, this, &PeerTable::showEmpty);
    connect(m_model, &QAbstractItemModel::modelReset, this, &PeerTable::showEmpty);
    showEmpty();
}

void PeerTable::setStore(store::MeshStore *store)
{
    m_store = store;
    const QScopedValueRollback guard(m_showing, true);
    m_peers->setStore(isVisible() ? store : nullptr);
}

void PeerTable::showSelection()
{
    if (!isVisible())
        return;
    const QScopedValueRollback guard(m_showing, true);
    const int row = m_model->rowOf(m_focus.selectedPeer());
    if (row < 0) {
        m_view->selectionModel()->clear();
    } else if (m_view->currentIndex().row() != row || !m_view->selectionModel()->isRowSelected(row)) {
        m_view->setCurrentIndex(m_model->index(row, PeerListModel::Name));
        m_view->selectRow(row);
    }
}

void PeerTable::showEmpty()
{
    const bool empty = m_model->rowCount() == 0;
    m_view->setVisible(!empty);
    m_empty->setVisible(empty);
    if (empty)
        m_empty->setText(m_matches.isFiltering()
                             ? tr("No peer passes the filter. Change it above, or clear it with Esc.")
                             : tr("Nobody is here yet. Peers appear as soon as they join this mesh."));
}

QStringList PeerTable::shownKeys()
{
    const bool idle = m_peers->store() != m_store;
    if (idle)
        m_peers->setStore(m_store);
    QStringList keys;
    keys.reserve(m_model->rowCount());
    for (int row = 0; row < m_model->rowCount(); ++row)
        keys.append(m_model->keyAt(row));
    if (idle)
        m_peers->setStore(nullptr);
    return keys;
}

void PeerTable::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    {
        const QScopedValueRollback guard(m_showing, true);
        m_peers->setStore(m_store);
    }
    showSelection();
    setFocusProxy(m_view);
}

void PeerTable::hideEvent(QHideEvent *event)
{
    QWidget::hideEvent(event);
    const QScopedValueRollback guard(m_showing, true);
    m_peers->setStore(nullptr);
}

bool PeerTable::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_view->viewport() && event->type() == QEvent::Leave)
        m_focus.setHoveredPeer({});
    if (watched == m_view && event->type() == QEvent::KeyPress) {
        const auto *key = static_cast<QKeyEvent *>(event);
        if ((key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter) && m_view->currentIndex().isValid()) {
            Q_EMIT peerActivated(m_model->keyAt(m_view->currentIndex().row()));
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace mesh::views
