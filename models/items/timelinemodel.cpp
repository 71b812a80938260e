// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/timelinemodel.h"

#include <QtCore/QDateTime>

#include <algorithm>

#include "models/items/displaytext.h"
#include "models/store/meshstore.h"

namespace mesh::items {

using namespace Qt::StringLiterals;

namespace {

constexpr int kMaxCellChars = 200;

//! Values are compact JSON; a plain string reads better without its quotes.
QString valueText(const QString &json)
{
    const bool quoted = json.size() >= 2 && json.startsWith(u'"') && json.endsWith(u'"') && !json.contains(u'\\');
    return oneLine(quoted ? QStringView(json).mid(1, json.size() - 2) : QStringView(json), kMaxCellChars);
}

} // namespace

TimelineModel::TimelineModel(QObject *parent)
    : QAbstractTableModel(parent)
{
}

TimelineModel::~TimelineModel() = default;

void TimelineModel::setStore(store::MeshStore *store)
{
    if (m_store == store)
        return;
    if (m_store)
        m_store->disconnect(this);
    m_store = store;
    if (m_store)
        connect(m_store, &store::MeshStore::changed, this, &TimelineModel::onChanged);
    reload();
}

void TimelineModel::setActive(bool active)
{
    if (m_active == active)
        return;
    m_active = active;
    if (active)
        reconcile();
}

void TimelineModel::reload()
{
    beginResetModel();
    m_times.clear();
    if (m_store) {
        const store::Timeline &timeline = m_store->timeline();
        m_times.reserve(timeline.size());
        for (qsizetype row = 0; row < timeline.size(); ++row)
            m_times.append(timeline.atMs(row));
    }
    endResetModel();
}

void TimelineModel::onChanged(const store::ChangeSet &changes)
{
    if (!m_active)
        return;
    if (changes.reset) {
        reload();
        return;
    }
    const qsizetype now = m_store->timeline().size();
    const bool plain =
        !changes.timelineReordered && m_times.size() - changes.timelineEvicted + changes.timelineAppended == now;
    if (plain) {
        m_untold = changes.timelineAppended;
        removeFront(changes.timelineEvicted);
        append(changes.timelineAppended);
    } else {
        reconcile();
    }
    // Names of actors are looked up when a cell is painted; a renamed peer needs the visible ones painted again.
    if ((!changes.peersChanged.isEmpty() || !changes.peersAdded.isEmpty()) && !m_times.isEmpty())
        Q_EMIT dataChanged(index(0, Actor), index(int(m_times.size()) - 1, What), {Qt::DisplayRole});
}

void TimelineModel::removeFront(qsizetype count)
{
    if (count <= 0)
        return;
    beginRemoveRows({}, 0, int(count) - 1);
    m_times.remove(0, count);
    endRemoveRows();
}

void TimelineModel::append(qsizetype count)
{
    if (count <= 0)
        return;
    const store::Timeline &timeline = m_store->timeline();
    beginInsertRows({}, int(m_times.size()), int(m_times.size() + count) - 1);
    for (qsizetype row = timeline.size() - count; row < timeline.size(); ++row)
        m_times.append(timeline.atMs(row));
    m_untold = 0;
    endInsertRows();
}

void TimelineModel::reconcile()
{
    QList<qint64> now;
    if (m_store) {
        const store::Timeline &timeline = m_store->timeline();
        now.reserve(timeline.size());
        for (qsizetype row = 0; row < timeline.size(); ++row)
            now.append(timeline.atMs(row));
    }
    const qsizetype most = std::min(m_times.size(), now.size());
    qsizetype head = 0;
    while (head < most && m_times[head] == now[head])
        ++head;
    // Rows of one millisecond are told apart by text only, so the border is put before all of them.
    while (head > 0 && head < std::max(m_times.size(), now.size())
           && ((head < m_times.size() && m_times[head - 1] == m_times[head])
               || (head < now.size() && now[head - 1] == now[head])))
        --head;
    qsizetype tail = 0;
    while (tail < most - head && m_times[m_times.size() - 1 - tail] == now[now.size() - 1 - tail])
        ++tail;
    m_split = head;
    const qsizetype oldEnd = m_times.size() - tail;
    const qsizetype newEnd = now.size() - tail;
    if (oldEnd > head) {
        beginRemoveRows({}, int(head), int(oldEnd) - 1);
        m_times.remove(head, oldEnd - head);
        endRemoveRows();
    }
    if (newEnd > head) {
        beginInsertRows({}, int(head), int(newEnd) - 1);
        m_times = now;
        endInsertRows();
    }
    m_split = 0;
    if (!m_times.isEmpty())
        Q_EMIT dataChanged(index(0, 0), index(int(m_times.size()) - 1, ColumnCount - 1), {Qt::DisplayRole});
}

int TimelineModel::rowAt(qint64 atMs) const
{
    return int(std::upper_bound(m_times.cbegin(), m_times.cend(), atMs) - m_times.cbegin()) - 1;
}

qsizetype TimelineModel::storeRow(int row) const
{
    if (!m_store || row < 0 || row >= m_times.size())
        return -1;
    const qsizetype size = m_store->timeline().size();
    const qsizetype there = row < m_split ? row : size - m_untold - (m_times.size() - row);
    return there < size ? there : -1;
}

store::Lane TimelineModel::lane(int row) const
{
    const qsizetype there = storeRow(row);
    return there >= 0 ? m_store->timeline().lane(there) : store::Lane::System;
}

bool TimelineModel::matches(int row, const QString &wanted) const
{
    const qsizetype there = storeRow(row);
    if (there < 0)
        return false;
    const store::TimelineEntry entry = m_store->timeline().at(there);
    return name(entry.actor).contains(wanted, Qt::CaseInsensitive)
        || entry.subject.contains(wanted, Qt::CaseInsensitive) || entry.oldValue.contains(wanted, Qt::CaseInsensitive)
        || entry.newValue.contains(wanted, Qt::CaseInsensitive)
        || text(entry, What).contains(wanted, Qt::CaseInsensitive);
}

QStringList TimelineModel::peersOf(int row) const
{
    const qsizetype there = storeRow(row);
    if (there < 0)
        return {};
    return peersOf(*m_store, m_store->timeline().at(there));
}

QStringList TimelineModel::peersOf(const store::MeshStore &store, const store::TimelineEntry &entry)
{
    QStringList keys;
    const bool message = entry.kind == store::TimelineKind::Message;
    for (const QString &named : {entry.actor, message ? entry.subject : QString()}) {
        if (named.isEmpty())
            continue;
        const store::Peer *peer = store.peer(named);
        if (!peer)
            peer = store.peerByName(named);
        if (peer)
            keys.append(peer->key);
    }
    return keys;
}

QString TimelineModel::laneName(store::Lane lane)
{
    switch (lane) {
    case store::Lane::Messages:
        return tr("Messages");
    case store::Lane::Presence:
        return tr("Presence");
    case store::Lane::State:
        //: shared key and value pairs
        return tr("State");
    case store::Lane::Memory:
        //: shared memories
        return tr("Memory");
    case store::Lane::Tasks:
        return tr("Tasks");
    case store::Lane::Ticks:
        //: simulation clock
        return tr("Clock");
    case store::Lane::System:
        return tr("System");
    }
    return {};
}

QString TimelineModel::name(const QString &keyOrName) const
{
    if (keyOrName.isEmpty() || !m_store)
        return keyOrName;
    const QString known = m_store->nameOf(keyOrName);
    if (!known.isEmpty())
        return displayName(known, keyOrName);
    // A routing key that nobody has a name for is told by its first digits.
    return keyOrName.size() == 64 ? keyOrName.left(8) : displayName(keyOrName);
}

QString TimelineModel::text(const store::TimelineEntry &entry, int column) const
{
    using Kind = store::TimelineKind;
    switch (column) {
    case Time:
        return QDateTime::fromMSecsSinceEpoch(entry.atMs).toString(u"HH:mm:ss"_s);
    case Lane:
        return laneName(entry.lane);
    case Actor:
        return name(entry.actor);
    case OldValue:
        return valueText(entry.oldValue);
    case NewValue:
        return valueText(entry.newValue);
    default:
        break;
    }
    switch (entry.kind) {
    case Kind::Message:
        if (entry.subject.isEmpty())
            return tr("sent a message");
        //: %1 is a peer, a group or a topic
        return entry.subject == u"*" ? tr("sent to everyone") : tr("sent to %1").arg(name(entry.subject));
    case Kind::Joined:
        return tr("joined");
    case Kind::Left:
        return tr("left");
    case Kind::Status:
        return tr("status");
    case Kind::Summary:
        return tr("summary");
    case Kind::Groups:
        return tr("groups");
    case Kind::Renamed:
        return tr("name");
    case Kind::StateSet:
        //: %1 is a state key
        return tr("set %1").arg(oneLine(entry.subject));
    case Kind::Remembered:
        return tr("remembered");
    case Kind::Forgotten:
        return tr("forgot");
    case Kind::TaskOpened:
        return tr("opened a task");
    case Kind::TaskClaimed:
        return tr("claimed a task");
    case Kind::TaskDone:
        return tr("completed a task");
    case Kind::Tick:
        return tr("tick");
    case Kind::ClockChanged:
        return tr("clock speed");
    case Kind::Connected:
        return tr("connected");
    case Kind::ConnectionLost:
        return tr("connection lost");
    case Kind::Notice:
        return oneLine(entry.subject);
    case Kind::Webhook:
        //: %1 is the name of a webhook
        return tr("webhook %1").arg(oneLine(entry.subject));
    }
    return {};
}

int TimelineModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_times.size());
}

int TimelineModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(ColumnCount);
}

QVariant TimelineModel::data(const QModelIndex &index, int role) const
{
    const qsizetype row = index.isValid() ? storeRow(index.row()) : -1;
    if (row < 0)
        return {};
    switch (role) {
    case Qt::DisplayRole:
        return text(m_store->timeline().at(row), index.column());
    case Qt::ToolTipRole: {
        const store::TimelineEntry entry = m_store->timeline().at(row);
        const QString when = QDateTime::fromMSecsSinceEpoch(entry.atMs).toString(u"yyyy-MM-dd HH:mm:ss.zzz"_s);
        QString tip = u"%1  %2 %3"_s.arg(when, name(entry.actor), text(entry, What)).toHtmlEscaped();
        if (!entry.oldValue.isEmpty() || !entry.newValue.isEmpty())
            tip += u"<br>%1 \u2192 %2"_s.arg(valueText(entry.oldValue).toHtmlEscaped(),
                                             valueText(entry.newValue).toHtmlEscaped());
        return u"<qt>%1</qt>"_s.arg(tip);
    }
    case AtMsRole:
        return m_store->timeline().atMs(row);
    case LaneRole:
        return int(m_store->timeline().lane(row));
    default:
        return {};
    }
}

QVariant TimelineModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Time:
        return tr("Time");
    case Lane:
        //: column: which part of the mesh an event belongs to
        return tr("Kind");
    case Actor:
        return tr("Who");
    case What:
        return tr("What");
    case OldValue:
        //: column: value before
        return tr("Before");
    case NewValue:
        //: column: value after
        return tr("After");
    default:
        return {};
    }
}

} // namespace mesh::items
