// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/simtimeestimate.h"

#include <QtCore/QPointer>
#include <QtCore/QTimer>
#include <QtWidgets/QWidget>

class QBoxLayout;
class QButtonGroup;
class QDoubleSpinBox;
class QLabel;
class QPushButton;
class QStackedWidget;

namespace mesh::protocol {
class Clock;
class CommandSink;
} // namespace mesh::protocol
namespace mesh::store {
class MeshStore;
struct ChangeSet;
struct ClockState;
} // namespace mesh::store

namespace mesh::views {

class Sparkline;
class Theme;

//! The top bar: the mesh and its link, and the simulation clock. Space runs or pauses and + / - change the speed while
//! a control of the bar has the focus. It works only while it is visible; between ticks it refreshes 10 times a second.
class ClockBar final : public QWidget
{
    Q_OBJECT
public:
    ClockBar(Theme &theme, const protocol::Clock &time, protocol::CommandSink *sink, QWidget *parent = nullptr);
    ~ClockBar() override;

    //! The mesh shown; nullptr for none. The bar never writes it.
    void setStore(store::MeshStore *store);
    //! Adds a widget (search, notifications) at the right end.
    void addTrailing(QWidget *widget);

    //! Whether the mesh and its link stand at the left end; not needed where another part shows them.
    void setMeshShown(bool shown);
    //! Speeds offered as buttons.
    static QList<int> presets();

    QSize minimumSizeHint() const override;

public Q_SLOTS:
    void togglePause();
    //! The next preset up (\a direction > 0) or down from the speed now asked for.
    void stepSpeed(int direction);
    //! Asks for a speed, 1 to 100; others are clamped. Starts the clock where there is none.
    void requestSpeed(double speed);

protected:
    void keyPressEvent(QKeyEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    void buildMesh(QBoxLayout *row);
    void buildClock();
    void restyle();
    void onChanged(const store::ChangeSet &changes);
    void refreshConnection();
    void refreshClock();
    void refreshTime();
    void updateTimer();
    bool online() const;
    void fitToWidth();

    Theme &m_theme;
    const protocol::Clock &m_time;
    protocol::CommandSink *m_sink;
    QPointer<store::MeshStore> m_store;
    SimTimeEstimate m_estimate;
    QTimer m_timer;
    QList<double> m_jitter;
    qint64 m_lastTick = -1;

    QWidget *m_meshBox = nullptr;
    QWidget *m_dot = nullptr;
    QLabel *m_meshName = nullptr;
    QLabel *m_meshLine = nullptr;
    QStackedWidget *m_pages = nullptr;
    QPushButton *m_start = nullptr;
    QLabel *m_noClock = nullptr;
    QPushButton *m_pause = nullptr;
    QButtonGroup *m_speeds = nullptr;
    QWidget *m_speedBox = nullptr;
    QDoubleSpinBox *m_speedField = nullptr;
    QLabel *m_simDate = nullptr;
    QLabel *m_simCaption = nullptr;
    QWidget *m_tickBox = nullptr;
    QLabel *m_tick = nullptr;
    QLabel *m_achieved = nullptr;
    QWidget *m_achievedBox = nullptr;
    QWidget *m_jitterBox = nullptr;
    QLabel *m_jitterText = nullptr;
    Sparkline *m_spark = nullptr;
    QBoxLayout *m_trailing = nullptr;
};

} // namespace mesh::views
