// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/edgecard.h"

#include <QtWidgets/QLabel>
#include <QtWidgets/QVBoxLayout>

#include "models/items/displaytext.h"
#include "models/items/edgefigures.h"
#include "models/items/graphmodel.h"
#include "models/protocol/clock.h"
#include "models/store/meshstore.h"
#include "views/figures.h"
#include "views/theme.h"

namespace mesh::views {

using namespace Qt::StringLiterals;
using items::EdgeFigures;
using protocol::Priority;

namespace {

//: How many messages of each priority went one way: "12 · 1 now, 9 next, 2 low"
QString wayLine(const EdgeFigures::Way &way)
{
    if (way.messages == 0)
        return EdgeCard::tr("none");
    QStringList parts;
    const auto add = [&](Priority priority, const QString &pattern) {
        if (const int count = way.byPriority[size_t(priority)]; count > 0)
            parts.append(pattern.arg(Figures::whole(count)));
    };
    add(Priority::Now, EdgeCard::tr("%1 now"));
    add(Priority::Next, EdgeCard::tr("%1 next"));
    add(Priority::Low, EdgeCard::tr("%1 low"));
    return Figures::whole(way.messages) + u" · "_s + parts.join(u", "_s);
}

} // namespace

EdgeCard::EdgeCard(Theme &theme, const protocol::Clock &clock, QWidget *parent)
    : InspectorCard(theme, parent)
    , m_clock(clock)
{
    setObjectName(u"edgeCard"_s);
    m_recent = new QLabel;
    m_recent->setObjectName(u"edgeCardRecent"_s);
    m_recent->setProperty("tone", u"second"_s);
    m_recent->setTextFormat(Qt::PlainText);
    m_recent->setWordWrap(true);
    column()->addWidget(m_recent);
}

void EdgeCard::setStore(store::MeshStore *store)
{
    m_store = store;
    showEdge({}, {});
}

void EdgeCard::showEdge(const QString &from, const QString &to)
{
    m_from = from;
    m_to = to;
    if (from.isEmpty() || to.isEmpty() || !m_store) {
        hide();
        return;
    }
    refresh();
    show();
}

void EdgeCard::refresh()
{
    if (!m_store || m_from.isEmpty()) {
        hide();
        return;
    }
    const qint64 now = m_clock.nowMs();
    const EdgeFigures edge = EdgeFigures::of(*m_store, m_from, m_to, now);
    const auto nameOf = [this](const QString &key) {
        return items::GraphModel::isGroupKey(key) ? key : items::displayName(m_store->nameOf(key), key);
    };
    const QString from = nameOf(m_from);
    const QString to = nameOf(m_to);
    const int rate = edge.there.lastMinute + edge.back.lastMinute;
    QString second = tr("%n message(s) in the last minute", nullptr, rate);
    if (edge.lastMs > 0)
        second += u" · "_s + tr("last %1", "when").arg(Figures::ago(edge.lastMs, now));
    setTitle(from + u" – "_s + to, second);
    int row = 0;
    setFigure(row++, tr("To %1").arg(items::oneLine(to, 14)), wayLine(edge.there));
    setFigure(row++, tr("To %1").arg(items::oneLine(from, 14)), wayLine(edge.back));
    setFigure(
        row++, tr("Counted"), edge.sinceMs > 0 ? tr("since %1").arg(items::timeOfDay(edge.sinceMs)) : tr("nothing yet"),
        tr("The program keeps the traffic of the last hour, at most %1 messages.").arg(m_store->limits().traffic));
    const QString delay = edge.delayP50Ms
        ? tr("p50 %1 · p95 %2").arg(Figures::milliseconds(*edge.delayP50Ms), Figures::milliseconds(*edge.delayP95Ms))
        : tr("not known");
    setFigure(row++, tr("Delivery"), delay,
              edge.delayP50Ms ? tr("Of your last %n message(s) that arrived", nullptr, edge.delaySamples)
                              : tr("The broker tells deliveries to the sender only."));
    QStringList lines;
    for (const EdgeFigures::Said &said : edge.recent) {
        const QString name = said.senderKey == m_from ? from : to;
        lines.append(items::timeOfDay(said.atMs) + u"  "_s + name + u": "_s + items::oneLine(said.text, 120));
    }
    if (!edge.readable)
        lines = {tr("What they say is sealed for the two of them.")};
    else if (lines.isEmpty())
        lines = {tr("No messages between you yet.")};
    m_recent->setText(lines.join(u'\n'));
    settle();
}

} // namespace mesh::views
