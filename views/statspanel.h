// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QPointer>
#include <QtCore/QTimer>
#include <QtWidgets/QWidget>

class QLabel;
class QLineEdit;
class QSortFilterProxyModel;
class QStackedWidget;
class QTableView;

namespace mesh::protocol {
class Clock;
}
namespace mesh::store {
class MeshStore;
struct ChangeSet;
} // namespace mesh::store
namespace mesh::items {
class FocusState;
}

namespace mesh::views {

class PeerStatsModel;
class Sparkline;
class Theme;

//! Figures of each peer, sortable, with a trend line, and of the whole mesh. What a peer does not report says so and is
//! never 0. Samples are taken as peers report, whether or not the panel is seen; the rest waits until it is.
class StatsPanel final : public QWidget
{
    Q_OBJECT
public:
    StatsPanel(Theme &theme, const protocol::Clock &time, items::FocusState *focus, QWidget *parent = nullptr);
    ~StatsPanel() override;

    void setStore(store::MeshStore *store);

protected:
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;

private:
    QWidget *buildTotals();
    void restyle();
    void onChanged(const store::ChangeSet &changes);
    void refreshTotals();
    void updatePage();

    Theme &m_theme;
    const protocol::Clock &m_time;
    items::FocusState *m_focus;
    QPointer<store::MeshStore> m_store;
    PeerStatsModel *m_model = nullptr;
    QSortFilterProxyModel *m_proxy = nullptr;
    QStackedWidget *m_pages = nullptr;
    QTableView *m_table = nullptr;
    QLineEdit *m_filter = nullptr;
    QLabel *m_empty = nullptr;
    QTimer m_timer;
    QWidget *m_totals = nullptr;
    QList<QLabel *> m_totalValues;
};

} // namespace mesh::views
