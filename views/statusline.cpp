// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/statusline.h"

#include "models/items/displaytext.h"
#include "models/store/meshstore.h"
#include "views/figures.h"
#include "views/statusdot.h"
#include "views/theme.h"

#include <QtCore/QUrl>
#include <QtGui/QKeyEvent>
#include <QtGui/QPainter>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>

#include <cmath>

namespace mesh::views {

using namespace Qt::StringLiterals;

StatusLine::StatusLine(Theme &theme, QWidget *parent)
    : QWidget(parent)
    , m_theme(theme)
{
    setObjectName(u"statusLine"_s);
    //: name of the bottom line for screen readers
    setAccessibleName(tr("Status"));
    auto *row = new QHBoxLayout(this);
    m_dot = new StatusDot(m_theme);
    row->addWidget(m_dot, 0, Qt::AlignVCenter);
    const auto add = [&](const char *name, bool figures) {
        auto *label = new QLabel;
        label->setObjectName(QLatin1StringView(name));
        label->setTextFormat(Qt::PlainText);
        label->setProperty("tone", figures ? u"mono"_s : u"label"_s);
        row->addWidget(label, 0, Qt::AlignVCenter);
        return label;
    };
    m_link = add("statusLink", false);
    m_rate = add("statusRate", true);
    m_ack = add("statusAck", true);
    m_lost = add("statusLost", true);
    row->addStretch(1);
    m_journal = add("statusJournal", false);
    m_cost = add("statusCost", true);
    m_journal->installEventFilter(this);
    connect(&m_theme, &Theme::changed, this, &StatusLine::restyle);
    setMessagesPerMinute({});
    setAckDelay({});
    setFramesLost(0, 0);
    setOwnCost({}, {});
    restyle();
}

StatusLine::~StatusLine() = default;

void StatusLine::setStore(store::MeshStore *store)
{
    if (m_store)
        m_store->disconnect(this);
    m_store = store;
    if (m_store) {
        connect(m_store, &store::MeshStore::changed, this, [this](const store::ChangeSet &changes) {
            if (changes.reset || changes.connection)
                refreshLink();
        });
    }
    refreshLink();
}

void StatusLine::restyle()
{
    setFixedHeight(m_theme.px(26));
    layout()->setContentsMargins(m_theme.px(14), 1, m_theme.px(14), 0);
    layout()->setSpacing(m_theme.px(16));
    const QString figure = u"color: %1; font-size: %2px;"_s.arg(m_theme.color(Theme::Role::Text2).name())
                               .arg(m_theme.font(Theme::Text::Label).pixelSize());
    for (QLabel *label : {m_rate, m_ack, m_cost})
        label->setStyleSheet(figure);
    QFont font = m_theme.font(Theme::Text::Number);
    font.setPixelSize(m_theme.font(Theme::Text::Label).pixelSize());
    const QFontMetrics metrics(font);
    m_rate->setMinimumWidth(metrics.horizontalAdvance(u"00000 msg/min"_s));
    m_ack->setMinimumWidth(metrics.horizontalAdvance(u"p95 0000 ms"_s));
    m_cost->setMinimumWidth(metrics.horizontalAdvance(u"60 fps · 100 % cpu"_s));
    m_cost->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    refreshLink();
    refreshJournal();
}

void StatusLine::refreshLink()
{
    auto *dot = static_cast<StatusDot *>(m_dot);
    if (!m_store) {
        dot->setStatus(protocol::PeerStatus::Offline);
        m_link->setText(tr("no mesh"));
        m_link->setToolTip({});
        return;
    }
    const store::Connection &link = m_store->connection();
    const QString name = items::oneLine(link.meshName.isEmpty() ? link.meshSlug : link.meshName, 60);
    const QUrl url(link.brokerUrl);
    const bool tls = url.scheme() == "wss"_L1;
    dot->setStatus(link.online() ? protocol::PeerStatus::Idle : protocol::PeerStatus::Offline);
    //: %1 is a mesh; direct messages in it are encrypted between the people who talk
    m_link->setText(link.online() ? tr("encrypted · %1").arg(name) : tr("not connected · %1").arg(name));
    m_link->setToolTip(
        Figures::toolTip(!link.online() ? tr("Nothing is sent or received now.")
                             : tls ? tr("Direct messages are sealed for their recipient, and the link to the broker "
                                        "uses TLS. Messages to groups and to everyone can be read by the broker.")
                                   : tr("Direct messages are sealed for their recipient. The broker runs on this "
                                        "computer. Messages to groups and to everyone can be read by it.")));
}

void StatusLine::setMessagesPerMinute(std::optional<double> rate)
{
    //: messages a minute
    m_rate->setText(rate ? tr("%1 msg/min").arg(Figures::compact(std::round(*rate))) : tr("– msg/min"));
    m_rate->setToolTip(tr("Messages in this mesh in the last minute, as far as this program was told"));
}

void StatusLine::setAckDelay(std::optional<double> p95Ms)
{
    //: 95th percentile of a delay
    m_ack->setText(p95Ms ? tr("p95 %1").arg(Figures::milliseconds(*p95Ms)) : tr("p95 –"));
    m_ack->setToolTip(tr("95 of 100 of your messages were acknowledged by the broker within this time"));
}

void StatusLine::setFramesLost(qint64 dropped, qint64 rejected, const QString &reason)
{
    //: frames that were thrown away; and, in the longer form, frames that were not understood
    m_lost->setText(rejected > 0 ? tr("dropped %1 · rejected %2").arg(Figures::whole(dropped), Figures::whole(rejected))
                                 : tr("dropped %1").arg(Figures::whole(dropped)));
    QString tip = tr("Dropped: thrown away because a bound was reached. Rejected: frames of the broker that this "
                     "program did not accept.");
    if (!reason.isEmpty())
        //: %1 is the reason of the latest
        tip += u'\n' + tr("Latest: %1").arg(items::oneLine(reason));
    m_lost->setToolTip(Figures::toolTip(tip));
    const QColor ink = dropped > 0 ? m_theme.textColor(Theme::Role::Error)
        : rejected > 0             ? m_theme.textColor(Theme::Role::Working)
                                   : m_theme.color(Theme::Role::Text2);
    m_lost->setStyleSheet(
        u"color: %1; font-size: %2px;"_s.arg(ink.name()).arg(m_theme.font(Theme::Text::Label).pixelSize()));
}

void StatusLine::setJournalEvents(std::optional<qint64> count)
{
    if (m_journalEvents == count)
        return;
    m_journalEvents = count;
    refreshJournal();
}

void StatusLine::setJournalFailure(const QString &sentence)
{
    if (m_journalFailure == sentence)
        return;
    m_journalFailure = sentence;
    refreshJournal();
}

void StatusLine::refreshJournal()
{
    const bool failed = !m_journalFailure.isEmpty();
    if (failed)
        m_journal->setText(tr("not recording: %1").arg(items::oneLine(m_journalFailure, 60)));
    else
        //: number of events kept on disk
        m_journal->setText(m_journalEvents ? tr("journal %1 events").arg(Figures::whole(*m_journalEvents))
                                           : tr("no journal"));
    m_journal->setToolTip(
        Figures::toolTip(failed ? m_journalFailure : tr("Everything that happened is kept, sealed, on this computer")));
    m_journal->setFocusPolicy(failed ? Qt::TabFocus : Qt::NoFocus);
    m_journal->setCursor(failed ? Qt::PointingHandCursor : Qt::ArrowCursor);
    m_journal->setStyleSheet(
        failed ? u"color: %1; font-weight: 600;"_s.arg(m_theme.textColor(Theme::Role::Error).name()) : QString());
}

void StatusLine::setOwnCost(std::optional<double> framesPerSecond, std::optional<double> cpuPercent)
{
    QStringList parts;
    if (framesPerSecond)
        parts.append(*framesPerSecond < 0.5 ? tr("still") : tr("%1 fps").arg(std::lround(*framesPerSecond)));
    if (cpuPercent)
        //: share of one processor core
        parts.append(
            tr("%1 % cpu").arg(QString::number(*cpuPercent, 'f', *cpuPercent < 0.95 && *cpuPercent > 0 ? 1 : 0)));
    m_cost->setText(parts.join(u" · "_s));
    m_cost->setToolTip(tr("What this window costs: frames painted a second, and its share of one processor core"));
}

bool StatusLine::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_journal && !m_journalFailure.isEmpty()) {
        const bool key = event->type() == QEvent::KeyPress
            && (static_cast<QKeyEvent *>(event)->key() == Qt::Key_Return
                || static_cast<QKeyEvent *>(event)->key() == Qt::Key_Space);
        if (key || event->type() == QEvent::MouseButtonRelease) {
            Q_EMIT journalDetailsRequested();
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

void StatusLine::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(rect(), m_theme.color(Theme::Role::Panel));
    painter.fillRect(QRect(0, 0, width(), 1), m_theme.color(Theme::Role::Line));
}

} // namespace mesh::views
