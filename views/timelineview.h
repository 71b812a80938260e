// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QPointer>
#include <QtCore/QTimer>
#include <QtWidgets/QWidget>

class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QStackedWidget;
class QTableView;
class QToolButton;

namespace mesh::protocol {
class Clock;
}
namespace mesh::store {
class MeshStore;
struct ChangeSet;
} // namespace mesh::store
namespace mesh::items {
class FocusState;
class PeerMatches;
class TimelineModel;
} // namespace mesh::items

namespace mesh::views {

class Theme;
class TimelineCanvas;
class TimelineFilter;

//! Everything that happened, along time: lanes to see, a list to read, one cursor in time for the whole window
//! (FocusState::timeCursorMs). While hidden it does nothing and catches up when it is shown.
class TimelineView final : public QWidget
{
    Q_OBJECT
public:
    TimelineView(Theme &theme, const protocol::Clock &time, items::FocusState *focus, QWidget *parent = nullptr);
    ~TimelineView() override;

    void setStore(store::MeshStore *store);

    //! The filter of the window, for lanes and list; nullptr: none. Borrowed.
    void setMatches(items::PeerMatches *matches);

    enum class Mode { Lanes, List };
    void setMode(Mode mode);
    Mode mode() const;

public Q_SLOTS:
    //! Takes the cursor away: the window shows now, and the view follows it.
    void goLive();

protected:
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    QWidget *buildList();
    void buildOverlay();
    void placeOverlay();
    void updateModeIcons();
    void applyFilter();
    void applyMatches();
    void restyle();
    void onChanged(const store::ChangeSet &changes);
    void catchUp();
    void advance();
    void syncCursor();
    void updateLiveButton();
    void updateEmptyState();

    Theme &m_theme;
    const protocol::Clock &m_time;
    items::FocusState *m_focus;
    QPointer<store::MeshStore> m_store;
    QTimer m_timer;
    QPointer<items::PeerMatches> m_matches;
    QTimer m_filterDelay;
    QTimer m_matchesDelay; //!< single peers pass or not all the time: not for each is everything read anew
    bool m_stale = true;
    bool m_atEnd = true;

    QWidget *m_modes = nullptr;
    QWidget *m_listHead = nullptr;
    QComboBox *m_lane = nullptr;
    QToolButton *m_lanesButton = nullptr;
    QToolButton *m_listButton = nullptr;
    QLineEdit *m_filter = nullptr;
    QLabel *m_count = nullptr;
    QPushButton *m_live = nullptr;
    QStackedWidget *m_pages = nullptr;
    TimelineCanvas *m_canvas = nullptr;
    QTableView *m_list = nullptr;
    QStackedWidget *m_listPages = nullptr;
    QLabel *m_empty = nullptr;
    items::TimelineModel *m_model = nullptr;
    TimelineFilter *m_proxy = nullptr;
};

} // namespace mesh::views
