// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/clockbar.h"

#include "models/items/displaytext.h"
#include "models/items/peermatches.h"
#include "models/protocol/clock.h"
#include "models/protocol/command.h"
#include "models/store/meshstore.h"
#include "views/figures.h"
#include "views/sparkline.h"
#include "views/statusdot.h"
#include "views/theme.h"

#include <QtCore/QDateTime>
#include <QtCore/QLocale>
#include <QtGui/QKeyEvent>
#include <QtGui/QPainter>
#include <QtWidgets/QButtonGroup>
#include <QtWidgets/QDoubleSpinBox>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QStackedWidget>
#include <QtWidgets/QVBoxLayout>

#include <cmath>

#include <array>

namespace mesh::views {

using namespace Qt::StringLiterals;

namespace {

constexpr int kRefreshMs = 100;
constexpr int kMaxJitterValues = 60;
constexpr double kMinSpeed = 1;
constexpr double kMaxSpeed = 100;

QLabel *addLabel(QBoxLayout *box, const char *name, const QString &tone)
{
    auto *label = new QLabel;
    label->setObjectName(QLatin1StringView(name));
    label->setTextFormat(Qt::PlainText);
    label->setProperty("tone", tone);
    box->addWidget(label);
    return label;
}

//! A figure with its caption below, as one block.
QWidget *block(QBoxLayout *row, const char *valueName, const QString &caption, QLabel *&value,
               QLabel **captionLabel = nullptr)
{
    auto *box = new QWidget;
    auto *column = new QVBoxLayout(box);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(1);
    value = addLabel(column, valueName, u"mono"_s);
    QLabel *below = addLabel(column, "", u"label"_s);
    below->setText(caption);
    value->setAccessibleName(caption);
    if (captionLabel)
        *captionLabel = below;
    row->addWidget(box, 0, Qt::AlignVCenter);
    return box;
}

} // namespace

QList<int> ClockBar::presets()
{
    return {1, 2, 5, 10, 50, 100};
}

ClockBar::ClockBar(Theme &theme, const protocol::Clock &time, protocol::CommandSink *sink, QWidget *parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_time(time)
    , m_sink(sink)
{
    setObjectName(u"clockBar"_s);
    //: name of the top bar for screen readers
    setAccessibleName(tr("Mesh and simulation clock"));
    auto *row = new QHBoxLayout(this);
    row->setObjectName(u"clockBarRow"_s);
    buildMesh(row);
    m_pages = new QStackedWidget;
    m_pages->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    row->addWidget(m_pages, 0, Qt::AlignVCenter);
    buildClock();
    row->addStretch(1);
    m_trailing = new QHBoxLayout;
    row->addLayout(m_trailing);

    m_timer.setInterval(kRefreshMs);
    connect(&m_timer, &QTimer::timeout, this, &ClockBar::refreshTime);
    connect(&m_theme, &Theme::changed, this, &ClockBar::restyle);
    restyle();
    setStore(nullptr);
    refreshConnection();
    refreshClock();
}

ClockBar::~ClockBar() = default;

void ClockBar::buildMesh(QBoxLayout *row)
{
    m_meshBox = new QWidget;
    auto *grid = new QHBoxLayout(m_meshBox);
    grid->setContentsMargins(0, 0, 0, 0);
    m_dot = new StatusDot(m_theme);
    grid->addWidget(m_dot, 0, Qt::AlignVCenter);
    auto *column = new QVBoxLayout;
    column->setSpacing(0);
    column->addStretch(1);
    m_meshName = addLabel(column, "meshName", u"title"_s);
    m_meshLine = addLabel(column, "connectionLine", u"label"_s);
    column->addStretch(1);
    grid->addLayout(column, 1);
    row->addWidget(m_meshBox);
}

void ClockBar::buildClock()
{
    // page 0: no clock yet
    auto *none = new QWidget;
    auto *noneRow = new QHBoxLayout(none);
    noneRow->setContentsMargins(0, 0, 0, 0);
    m_start = new QPushButton(tr("Start clock"));
    m_start->setObjectName(u"clockStart"_s);
    m_start->setToolTip(
        tr("Start the simulation clock of this mesh at its slowest speed: one simulated minute each minute"));
    m_start->installEventFilter(this);
    noneRow->addWidget(m_start);
    m_noClock = addLabel(noneRow, "clockNone", u"second"_s);
    noneRow->addStretch(1);
    m_pages->addWidget(none);
    connect(m_start, &QPushButton::clicked, this, [this] { requestSpeed(kMinSpeed); });

    // page 1: the clock
    auto *page = new QWidget;
    auto *clock = new QHBoxLayout(page);
    clock->setObjectName(u"clockRow"_s);
    clock->setContentsMargins(0, 0, 0, 0);
    m_pause = new QPushButton;
    m_pause->setObjectName(u"clockPause"_s);
    m_pause->installEventFilter(this);
    clock->addWidget(m_pause);
    connect(m_pause, &QPushButton::clicked, this, &ClockBar::togglePause);

    m_speedBox = new QWidget;
    m_speedBox->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    auto *speeds = new QHBoxLayout(m_speedBox);
    speeds->setContentsMargins(0, 0, 0, 0);
    speeds->setSpacing(0);
    m_speeds = new QButtonGroup(this);
    m_speeds->setExclusive(false);
    const QList<int> offered = presets();
    for (const int speed : offered) {
        //: simulation speed, for instance ×10
        auto *button = new QPushButton(tr("×%1").arg(speed));
        button->setObjectName(u"clockSpeed%1"_s.arg(speed));
        button->setCheckable(true);
        button->setProperty("segment",
                            speed == offered.constFirst()      ? u"first"_s
                                : speed == offered.constLast() ? u"last"_s
                                                               : u"middle"_s);
        button->setToolTip(
            tr("Run the clock %1 times as fast as real time. Plus and minus step through the speeds").arg(speed));
        button->setAccessibleName(tr("Speed %1").arg(speed));
        button->installEventFilter(this);
        m_speeds->addButton(button, speed);
        button->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
        speeds->addWidget(button);
    }
    connect(m_speeds, &QButtonGroup::idClicked, this, [this](int speed) {
        requestSpeed(speed);
        refreshClock();
    });
    clock->addWidget(m_speedBox);

    m_speedField = new QDoubleSpinBox;
    m_speedField->setObjectName(u"clockSpeedField"_s);
    m_speedField->setRange(kMinSpeed, kMaxSpeed);
    m_speedField->setDecimals(1);
    m_speedField->setButtonSymbols(QAbstractSpinBox::NoButtons);
    m_speedField->setKeyboardTracking(false);
    m_speedField->setPrefix(u"×"_s);
    m_speedField->setAccessibleName(tr("Any speed from 1 to 100"));
    m_speedField->setToolTip(tr("Any speed from 1 to 100, then Enter"));
    clock->addWidget(m_speedField);
    connect(m_speedField, &QDoubleSpinBox::editingFinished, this, [this] {
        if (m_store && std::abs(m_speedField->value() - m_store->clock().speed) > 0.05)
            requestSpeed(m_speedField->value());
    });

    block(clock, "simTime", tr("simulated time"), m_simDate, &m_simCaption);
    //: caption of the number of clock ticks so far
    m_tickBox = block(clock, "clockTick", tr("tick"), m_tick);
    //: caption of the speed the clock really reaches
    m_achievedBox = block(clock, "clockAchieved", tr("achieved"), m_achieved);
    m_achievedBox->setToolTip(tr("Speed measured over the last ticks, beside the one asked for"));
    m_jitterBox = new QWidget;
    auto *jitter = new QHBoxLayout(m_jitterBox);
    jitter->setContentsMargins(0, 0, 0, 0);
    m_spark = new Sparkline(m_theme);
    m_spark->setObjectName(u"clockJitterLine"_s);
    m_spark->setMinimumSpan(4);
    m_spark->setAccessibleName(tr("Tick jitter over the last ticks"));
    jitter->addWidget(m_spark, 0, Qt::AlignVCenter);
    //: caption of how unevenly the ticks arrive
    block(jitter, "clockJitter", tr("jitter"), m_jitterText);
    m_jitterBox->setToolTip(tr("How far the ticks' intervals are from the expected one"));
    clock->addWidget(m_jitterBox);
    m_pages->addWidget(page);
}

void ClockBar::restyle()
{
    setFixedHeight(m_theme.px(47));
    auto *row = static_cast<QBoxLayout *>(layout());
    row->setContentsMargins(m_theme.px(14), 0, m_theme.px(14), 1);
    row->setSpacing(m_theme.px(16));
    m_meshBox->layout()->setSpacing(m_theme.px(12));
    m_meshBox->setMinimumWidth(m_theme.px(190));
    m_meshBox->setMaximumWidth(m_theme.px(277));
    m_pages->widget(1)->layout()->setSpacing(m_theme.px(14));
    m_pages->widget(0)->layout()->setSpacing(m_theme.px(12));
    m_jitterBox->layout()->setSpacing(m_theme.px(10));
    m_trailing->setSpacing(m_theme.px(12));
    m_pause->setIconSize({m_theme.px(14), m_theme.px(14)});
    m_start->setIconSize({m_theme.px(14), m_theme.px(14)});
    m_start->setIcon(m_theme.icon(u"play"_s));
    const auto buttons = m_speeds->buttons();
    for (QAbstractButton *button : buttons)
        button->setStyleSheet(u"padding: %1px %2px; min-width: 0;"_s.arg(m_theme.px(3)).arg(m_theme.px(9)));
    m_speedField->setFixedWidth(m_theme.px(62));
    // Figures that change keep the width of the widest text they can show, so nothing beside them moves.
    const QFontMetrics number(m_theme.font(Theme::Text::Number));
    m_simDate->setMinimumWidth(number.horizontalAdvance(u"Wed 28 Apr  14:30:24"_s) + 2);
    m_tick->setMinimumWidth(number.horizontalAdvance(u"000000"_s));
    m_achieved->setMinimumWidth(number.horizontalAdvance(u"×99.98"_s));
    m_jitterText->setMinimumWidth(number.horizontalAdvance(u"±000 ms"_s));
    refreshClock();
    fitToWidth();
}

void ClockBar::setStore(store::MeshStore *store)
{
    if (m_store && m_store == store)
        return;
    if (m_store)
        m_store->disconnect(this);
    m_store = store;
    m_estimate = {};
    m_jitter.clear();
    m_lastTick = -1;
    if (m_store)
        connect(m_store, &store::MeshStore::changed, this, &ClockBar::onChanged);
    refreshConnection();
    refreshClock();
}

void ClockBar::addTrailing(QWidget *widget)
{
    m_trailing->addWidget(widget, 0, Qt::AlignVCenter);
}

bool ClockBar::online() const
{
    return m_store && m_store->connection().online();
}

void ClockBar::onChanged(const store::ChangeSet &changes)
{
    if (changes.reset || changes.connection || !changes.peersAdded.isEmpty() || !changes.peersRemoved.isEmpty()
        || !changes.peersChanged.isEmpty())
        refreshConnection();
    if (changes.reset || changes.clock || changes.connection)
        refreshClock();
}

void ClockBar::refreshConnection()
{
    auto *dot = static_cast<StatusDot *>(m_dot);
    if (!m_store) {
        m_meshName->setText(tr("No mesh"));
        m_meshLine->setText(tr("join one or start your own"));
        dot->setStatus(protocol::PeerStatus::Offline);
        return;
    }
    const store::Connection &link = m_store->connection();
    const QString name = items::oneLine(link.meshName.isEmpty() ? link.meshSlug : link.meshName, 60);
    m_meshName->setText(name.isEmpty() ? m_store->mesh().left(8) : name);
    using State = protocol::ConnectionState;
    QString line;
    switch (link.state) {
    case State::Online: {
        //: %n peers of a mesh
        line = tr("connected · %n peer(s)", nullptr, items::PeerMatches::countHere(*m_store));
        if (link.rttMs)
            line += u" · "_s + Figures::milliseconds(*link.rttMs);
        break;
    }
    case State::Connecting:
    case State::Handshaking:
        line = tr("connecting …");
        break;
    case State::Waiting:
        line = tr("connection lost · trying again");
        break;
    case State::Failed:
        line = tr("not connected · needs you");
        break;
    case State::Offline:
        line = tr("offline");
        break;
    }
    m_meshLine->setText(line);
    dot->setStatus(link.state == State::Online        ? protocol::PeerStatus::Idle
                       : link.state == State::Failed  ? protocol::PeerStatus::Dnd
                       : link.state == State::Offline ? protocol::PeerStatus::Offline
                                                      : protocol::PeerStatus::Working);
}

void ClockBar::refreshClock()
{
    static const store::ClockState none;
    const store::ClockState &clock = m_store ? m_store->clock() : none;
    m_pages->setCurrentIndex(clock.known ? 1 : 0);
    m_pages->setEnabled(m_store != nullptr);
    m_start->setVisible(m_store != nullptr);
    m_start->setEnabled(online());
    m_noClock->setText(!m_store       ? QString()
                           : online() ? tr("No simulation clock yet")
                                      : tr("The clock is shown once the mesh is connected"));
    if (!clock.known) {
        updateTimer();
        return;
    }
    const bool paused = clock.paused;
    m_pause->setText(paused ? tr("Run") : tr("Pause"));
    m_pause->setIcon(m_theme.icon(paused ? u"play"_s : u"pause"_s, Theme::Role::Text1));
    m_pause->setToolTip(paused ? tr("Run the simulation clock (Space)") : tr("Pause the simulation clock (Space)"));
    const QFontMetrics body(m_theme.font(Theme::Text::Body));
    m_pause->setMinimumWidth(std::max(body.horizontalAdvance(tr("Pause")), body.horizontalAdvance(tr("Run")))
                             + m_theme.px(48));
    const bool usable = online();
    m_pause->setEnabled(usable);
    m_speedBox->setEnabled(usable);
    m_speedField->setEnabled(usable);
    const auto buttons = m_speeds->buttons();
    for (QAbstractButton *button : buttons)
        button->setChecked(std::abs(clock.speed - m_speeds->id(button)) < 0.001);
    if (!m_speedField->hasFocus())
        m_speedField->setValue(clock.speed);

    m_tick->setText(Figures::whole(clock.tick));
    m_achieved->setText(clock.achievedSpeed && !paused ? u"×%1"_s.arg(QLocale().toString(*clock.achievedSpeed, 'f', 2))
                                                       : u"–"_s);
    if (clock.jitterMs && clock.tick != m_lastTick) {
        m_jitter.append(*clock.jitterMs);
        if (m_jitter.size() > kMaxJitterValues)
            m_jitter.remove(0, m_jitter.size() - kMaxJitterValues);
        m_spark->setValues(m_jitter);
    }
    m_lastTick = clock.tick;
    m_jitterText->setText(clock.jitterMs ? u"±%1"_s.arg(Figures::milliseconds(std::round(*clock.jitterMs))) : u"–"_s);

    // A base from another run of the program (a replay) has a monotonic time that means nothing here.
    const qint64 nowNs = m_time.monotonicNs();
    const qint64 byWall = nowNs - (m_time.nowMs() - clock.baseAtMs) * 1'000'000;
    const bool comparable = clock.baseNs != 0 && std::abs(clock.baseNs - byWall) < 5'000'000'000;
    m_estimate.anchor(clock.simTimeMs, comparable ? clock.baseNs : byWall, clock.speed, clock.running() && usable);
    refreshTime();
    updateTimer();
}

void ClockBar::refreshTime()
{
    if (!m_store || !m_store->clock().known)
        return;
    const store::ClockState &clock = m_store->clock();
    const QDateTime simulated = QDateTime::fromMSecsSinceEpoch(m_estimate.at(m_time.monotonicNs()), Qt::UTC);
    const QLocale locale;
    m_simDate->setText(
        u"%1  %2"_s.arg(locale.toString(simulated.date(), u"ddd d MMM"_s), simulated.toString(u"HH:mm:ss"_s)));
    m_simDate->setToolTip(tr("Simulated time (UTC). One tick is one simulated minute"));
    const bool stalled = clock.running() && (!online() || clock.stalledAt(m_time.nowMs()));
    m_simCaption->setText(!online()          ? tr("as of the lost connection")
                              : stalled      ? tr("stalled: no tick arrives")
                              : clock.paused ? tr("paused")
                                             : tr("simulated time"));
    if (m_simCaption->property("stalled").toBool() != stalled) {
        m_simCaption->setProperty("stalled", stalled);
        m_simCaption->setStyleSheet(stalled ? u"color: %1;"_s.arg(m_theme.textColor(Theme::Role::Working).name())
                                            : QString());
    }
}

void ClockBar::updateTimer()
{
    const bool needed = isVisible() && m_store && m_store->clock().running();
    if (needed && !m_timer.isActive())
        m_timer.start();
    else if (!needed)
        m_timer.stop();
}

void ClockBar::togglePause()
{
    if (!m_store || !m_sink || !online())
        return;
    if (!m_store->clock().known)
        requestSpeed(kMinSpeed);
    else if (m_store->clock().paused)
        m_sink->submit(m_store->mesh(), protocol::commands::ResumeClock{});
    else
        m_sink->submit(m_store->mesh(), protocol::commands::PauseClock{});
}

void ClockBar::stepSpeed(int direction)
{
    if (!m_store || direction == 0)
        return;
    const double now = m_store->clock().known ? m_store->clock().speed : kMinSpeed;
    const QList<int> offered = presets();
    double wanted = now;
    if (direction > 0) {
        const auto next =
            std::find_if(offered.cbegin(), offered.cend(), [now](int speed) { return speed > now + 0.001; });
        wanted = next == offered.cend() ? offered.constLast() : *next;
    } else {
        const auto next =
            std::find_if(offered.crbegin(), offered.crend(), [now](int speed) { return speed < now - 0.001; });
        wanted = next == offered.crend() ? offered.constFirst() : *next;
    }
    if (std::abs(wanted - now) > 0.001)
        requestSpeed(wanted);
}

void ClockBar::requestSpeed(double speed)
{
    if (!m_store || !m_sink || !online() || !std::isfinite(speed))
        return;
    m_sink->submit(m_store->mesh(), protocol::commands::SetClockSpeed{std::clamp(speed, kMinSpeed, kMaxSpeed)});
}

bool ClockBar::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::KeyPress) {
        const auto *key = static_cast<QKeyEvent *>(event);
        // On a speed button Space would press that button; in this bar it always runs or pauses, and Enter presses.
        if (key->key() == Qt::Key_Space && key->modifiers() == Qt::NoModifier && watched != m_start) {
            togglePause();
            return true;
        }
        if (key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter) {
            if (auto *button = qobject_cast<QAbstractButton *>(watched)) {
                button->click();
                return true;
            }
        }
    }
    return QWidget::eventFilter(watched, event);
}

void ClockBar::keyPressEvent(QKeyEvent *event)
{
    switch (event->key()) {
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        stepSpeed(1);
        break;
    case Qt::Key_Minus:
        stepSpeed(-1);
        break;
    case Qt::Key_Space:
        togglePause();
        break;
    default:
        QWidget::keyPressEvent(event);
    }
}

void ClockBar::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    refreshClock();
}

void ClockBar::hideEvent(QHideEvent *event)
{
    QWidget::hideEvent(event);
    m_timer.stop();
}

void ClockBar::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    fitToWidth();
}

QSize ClockBar::minimumSizeHint() const
{
    return {m_theme.px(520), m_theme.px(47)};
}

void ClockBar::setMeshShown(bool shown)
{
    m_meshBox->setVisible(shown);
    fitToWidth();
}

void ClockBar::fitToWidth()
{
    // The least needed goes first; running and pausing, the speed and the time stay.
    const std::array parts{m_jitterBox, m_achievedBox, static_cast<QWidget *>(m_speedField), m_tickBox};
    for (QWidget *part : parts)
        part->setVisible(true);
    QLayout *clockRow = m_pages->widget(1)->layout();
    for (QWidget *part : parts) {
        clockRow->invalidate();
        layout()->invalidate();
        // The pages hint at the widest of them; what counts is the clock itself.
        const int others = layout()->sizeHint().width() - m_pages->sizeHint().width();
        if (clockRow->sizeHint().width() + others <= width())
            break;
        part->setVisible(false);
    }
}

void ClockBar::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(rect(), m_theme.color(Theme::Role::Panel));
    painter.fillRect(QRect(0, height() - 1, width(), 1), m_theme.color(Theme::Role::Line));
}

} // namespace mesh::views
