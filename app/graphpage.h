// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QPointer>
#include <QtCore/QTimer>
#include <QtWidgets/QWidget>

#include <memory>
#include <utility>

#include "models/items/attentionmodel.h"
#include "models/items/peerexport.h"
#include "models/items/peermatches.h"
#include "models/items/savedfilters.h"
#include "models/protocol/types.h"

class QButtonGroup;
class QStackedWidget;
class QToolButton;

namespace mesh::graph {
class FrameClock;
class GraphView;
} // namespace mesh::graph
namespace mesh::items {
class GraphModel;
}
namespace mesh::views {
class AttentionChips;
class AttentionList;
class EdgeCard;
class FilterBar;
class InspectorCard;
class NodeCard;
class PeerTable;
class SaveTarget;
class Theme;
} // namespace mesh::views

namespace mesh::app {

class Settings;

//! The middle of the window: the mesh as a graph or as a table, the filter above it, who needs attention and what is
//! known of the chosen peer or line on top of it.
class GraphPage final : public QWidget
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(GraphPage)

public:
    //! What the page is built on; all outlive it.
    struct Parts
    {
        views::Theme &theme;
        graph::FrameClock &frames;
        const protocol::Clock &clock;
        items::FocusState &focus;
        Settings &settings;
    };
    enum class Mode { Graph, Table };

    explicit GraphPage(const Parts &parts, QWidget *parent = nullptr);
    ~GraphPage() override;

    //! The mesh on the screen; nullptr for none. The store must outlive the page or be taken away first.
    void setStore(store::MeshStore *store);

    [[nodiscard]] graph::GraphView &graph() const { return *m_graph; }
    //! One answer for all views: who passes the filter.
    [[nodiscard]] items::PeerMatches &matches() { return m_matches; }
    [[nodiscard]] items::AttentionModel &attention() { return m_attention; }

    void setMode(Mode mode);
    [[nodiscard]] Mode mode() const;
    void focusFilter();
    void showAttentionList();
    //! Asks for a file and writes what is shown into it.
    void exportPeers(items::ExportFormat format);
    //! For tests; the page takes it over.
    void setSaveTarget(std::unique_ptr<views::SaveTarget> target);

Q_SIGNALS:
    //! Double click, Enter or a button: open the chat with this peer.
    void chatRequested(const QString &peerKey);
    //! A conversation was chosen in FocusState and should be seen.
    void conversationRequested();
    //! Something for the notice bar.
    void noticed(const QString &sentence);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    void buildTrailing();
    void wireGraph();
    void applyTheme();
    void markMode();
    void applyFilter();
    void placeOverlays();
    void attend(const items::AttentionItem &item);
    void markAlarms();
    void onSelected(const QString &key);
    void onHovered(const QString &key);
    void onEdgeHovered(const QString &from, const QString &to);
    void onPointerRested();
    void showNode(const QString &key);
    void showEdge(const QString &from, const QString &to);
    views::InspectorCard *shownCard() const;
    void placeCard(views::InspectorCard &card);
    QRectF edgeSubject() const;
    void onExportFinished(bool ok, const QString &sentence);

    //! Where a card was put, and for what.
    struct Placement
    {
        QRectF subject;
        QRect view;
        QRect card;
    };

    const Parts m_parts;
    QPointer<store::MeshStore> m_store;
    std::unique_ptr<items::SavedFilters> m_savedFilters;
    std::unique_ptr<items::AttentionSettings> m_rules;
    std::unique_ptr<views::SaveTarget> m_saveTarget;
    std::unique_ptr<items::GraphModel> m_model;
    items::PeerMatches m_matches;
    items::AttentionModel m_attention;
    items::PeerExport m_export;

    views::FilterBar *m_bar = nullptr;
    QStackedWidget *m_stack = nullptr;
    graph::GraphView *m_graph = nullptr;
    views::PeerTable *m_table = nullptr;
    views::AttentionChips *m_chips = nullptr;
    views::AttentionList *m_list = nullptr;
    views::NodeCard *m_nodeCard = nullptr;
    views::EdgeCard *m_edgeCard = nullptr;
    QToolButton *m_graphButton = nullptr;
    QToolButton *m_tableButton = nullptr;
    QToolButton *m_listButton = nullptr;
    QToolButton *m_exportButton = nullptr;
    QTimer m_hoverTimer;
    QString m_hovered;
    std::pair<QString, QString> m_hoveredEdge;
    std::pair<QString, QString> m_shownEdge;
    double m_edgeShare = 0.5; //!< how far along the shown edge its card points
    Placement m_placement;
    bool m_cardByHover = false; //!< a card is up only because the pointer rests; a click keeps it
};

} // namespace mesh::app
