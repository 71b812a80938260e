// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/peerstatsmodel.h"

#include "models/items/displaytext.h"
#include "models/protocol/clock.h"
#include "models/store/meshstore.h"
#include "views/figures.h"

#include <QtCore/QLocale>

#include <algorithm>

namespace mesh::views {

using namespace Qt::StringLiterals;

namespace {

constexpr double kNotReported = -1;

std::optional<qint64> tokensOf(const store::PeerStats &stats)
{
    if (!stats.tokensIn && !stats.tokensOut)
        return std::nullopt;
    return stats.tokensIn.value_or(0) + stats.tokensOut.value_or(0);
}

template <class T>
double orMissing(const std::optional<T> &value)
{
    return value ? double(*value) : kNotReported;
}

} // namespace

PeerStatsModel::PeerStatsModel(const protocol::Clock &time, QObject *parent)
    : QAbstractTableModel(parent)
    , m_time(time)
{
}

PeerStatsModel::~PeerStatsModel() = default;

bool PeerStatsModel::belongs(const store::Peer &peer)
{
    return peer.presence != store::Presence::Gone && !peer.hidden && !peer.self && !peer.stub;
}

void PeerStatsModel::setStore(store::MeshStore *store)
{
    if (m_store)
        m_store->disconnect(this);
    m_store = store;
    m_trends.clear();
    if (m_store)
        connect(m_store, &store::MeshStore::changed, this, &PeerStatsModel::onChanged);
    reload();
}

void PeerStatsModel::reload()
{
    beginResetModel();
    m_keys.clear();
    m_rows.clear();
    if (m_store) {
        for (const store::Peer &peer : m_store->peers()) {
            if (!belongs(peer))
                continue;
            m_rows.insert(peer.key, int(m_keys.size()));
            m_keys.append(peer.key);
            sample(peer);
        }
    }
    endResetModel();
}

void PeerStatsModel::sample(const store::Peer &peer)
{
    if (!peer.stats.isEmpty())
        m_trends[peer.key].add(m_time.nowMs(), peer.stats.contextUsed, tokensOf(peer.stats));
}

void PeerStatsModel::insert(const QStringList &keys)
{
    if (keys.isEmpty())
        return;
    beginInsertRows({}, int(m_keys.size()), int(m_keys.size() + keys.size()) - 1);
    for (const QString &key : keys) {
        m_rows.insert(key, int(m_keys.size()));
        m_keys.append(key);
    }
    endInsertRows();
}

void PeerStatsModel::remove(const QString &key)
{
    const int row = m_rows.value(key, -1);
    if (row < 0)
        return;
    beginRemoveRows({}, row, row);
    m_keys.removeAt(row);
    m_rows.remove(key);
    for (int i = row; i < m_keys.size(); ++i)
        m_rows[m_keys[i]] = i;
    m_trends.remove(key);
    endRemoveRows();
}

void PeerStatsModel::onChanged(const store::ChangeSet &changes)
{
    if (changes.reset) {
        reload();
        return;
    }
    for (const QString &key : changes.peersRemoved)
        remove(key);
    QStringList added;
    QList<int> changed;
    const auto look = [&](const QSet<QString> &keys) {
        for (const QString &key : keys) {
            const store::Peer *peer = m_store->peer(key);
            const bool wanted = peer && belongs(*peer);
            if (!wanted) {
                remove(key);
                continue;
            }
            sample(*peer);
            if (m_rows.contains(key))
                changed.append(m_rows.value(key));
            else if (!added.contains(key))
                added.append(key);
        }
    };
    // Removals may move rows, so the rows that changed are looked up after them.
    look(changes.peersAdded);
    look(changes.peersChanged);
    changed.clear();
    for (const QString &key : changes.peersChanged) {
        if (const int row = m_rows.value(key, -1); row >= 0)
            changed.append(row);
    }
    insert(added);
    std::sort(changed.begin(), changed.end());
    for (qsizetype i = 0; i < changed.size();) {
        qsizetype last = i;
        while (last + 1 < changed.size() && changed[last + 1] <= changed[last] + 1)
            ++last;
        Q_EMIT dataChanged(index(changed[i], 0), index(changed[last], ColumnCount - 1));
        i = last + 1;
    }
}

std::optional<double> PeerStatsModel::totalBurn() const
{
    std::optional<double> total;
    for (const PeerTrend &trend : m_trends) {
        if (const std::optional<double> burn = trend.tokensPerMinute())
            total = total.value_or(0) + *burn;
    }
    return total;
}

std::optional<double> PeerStatsModel::totalCost() const
{
    std::optional<double> total;
    for (const QString &key : m_keys) {
        const store::Peer *peer = m_store ? m_store->peer(key) : nullptr;
        if (peer && peer->stats.costUsd)
            total = total.value_or(0) + *peer->stats.costUsd;
    }
    return total;
}

int PeerStatsModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_keys.size());
}

int PeerStatsModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(ColumnCount);
}

QString PeerStatsModel::text(const store::Peer &peer, int column) const
{
    const store::PeerStats &stats = peer.stats;
    const PeerTrend trend = m_trends.value(peer.key);
    switch (column) {
    case Name:
        return items::displayName(peer.name, peer.key);
    case Context:
        if (const auto share = stats.contextShare())
            return items::percent(*share, 1);
        return stats.contextUsed ? Figures::compact(double(*stats.contextUsed)) : Figures::notReported();
    case Burn: {
        if (!tokensOf(stats))
            return Figures::notReported();
        const auto burn = trend.tokensPerMinute();
        //: tokens a minute
        return burn ? tr("%1/min").arg(Figures::compact(*burn)) : tr("measuring");
    }
    case ToFull: {
        if (!stats.contextShare())
            return Figures::notReported();
        const auto left = trend.msToFull(stats.contextMax);
        //: the context does not grow
        return left ? Figures::duration(*left) : tr("steady");
    }
    case Tokens: {
        const auto tokens = tokensOf(stats);
        return tokens ? Figures::compact(double(*tokens)) : Figures::notReported();
    }
    case Messages:
        return u"%1 / %2"_s.arg(Figures::compact(double(peer.sent)), Figures::compact(double(peer.received)));
    case ToolCalls:
        return stats.toolCalls ? Figures::compact(double(*stats.toolCalls)) : Figures::notReported();
    case Errors:
        return stats.errors ? Figures::whole(*stats.errors) : Figures::notReported();
    case Cost:
        return stats.costUsd ? u"$%1"_s.arg(QLocale().toString(*stats.costUsd, 'f', 2)) : Figures::notReported();
    default:
        return {};
    }
}

QVariant PeerStatsModel::sortValue(const store::Peer &peer, int column) const
{
    const store::PeerStats &stats = peer.stats;
    const PeerTrend trend = m_trends.value(peer.key);
    switch (column) {
    case Name:
        return items::displayName(peer.name, peer.key).toCaseFolded();
    case Context:
        return orMissing(stats.contextShare());
    case Burn:
        return orMissing(trend.tokensPerMinute());
    case ToFull:
        return orMissing(trend.msToFull(stats.contextMax));
    case Tokens:
        return orMissing(tokensOf(stats));
    case Messages:
        return double(peer.sent + peer.received);
    case ToolCalls:
        return orMissing(stats.toolCalls);
    case Errors:
        return orMissing(stats.errors);
    case Cost:
        return orMissing(stats.costUsd);
    default:
        return {};
    }
}

QVariant PeerStatsModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid() || !m_store || index.row() >= m_keys.size())
        return {};
    const QString &key = m_keys[index.row()];
    const store::Peer *peer = m_store->peer(key);
    if (!peer)
        return {};
    switch (role) {
    case Qt::DisplayRole:
        return text(*peer, index.column());
    case Qt::ToolTipRole:
        if (index.column() == Context && peer->stats.contextUsed && peer->stats.contextMax)
            return tr("%1 of %2 tokens")
                .arg(Figures::whole(*peer->stats.contextUsed), Figures::whole(*peer->stats.contextMax));
        return Figures::toolTip(text(*peer, index.column()));
    case SortRole:
        return sortValue(*peer, index.column());
    case KeyRole:
        return key;
    case ShareRole: {
        const auto share = peer->stats.contextShare();
        return share ? QVariant(*share) : QVariant();
    }
    case TrendRole:
        return QVariant::fromValue(m_trends.value(key).contextLine());
    case StatusRole:
        return int(peer->status);
    default:
        return {};
    }
}

QVariant PeerStatsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || (role != Qt::DisplayRole && role != Qt::ToolTipRole))
        return {};
    const bool tip = role == Qt::ToolTipRole;
    switch (section) {
    case Name:
        return tip ? tr("Peers that are in the mesh now") : tr("Peer");
    case Context:
        return tip ? tr("Share of the context window in use, as the peer reports it, and its trend") : tr("Context");
    case Burn:
        return tip ? tr("Tokens read and written a minute, over the last ten minutes") : tr("Burn rate");
    case ToFull:
        return tip ? tr("Time until the context is full at its present growth") : tr("Full in");
    case Tokens:
        return tip ? tr("Tokens read and written so far") : tr("Tokens");
    case Messages:
        return tip ? tr("Messages this program saw the peer send and get") : tr("Sent / got");
    case ToolCalls:
        return tip ? tr("Tool calls, as the peer reports them") : tr("Tools");
    case Errors:
        return tip ? tr("Errors, as the peer reports them") : tr("Errors");
    case Cost:
        return tip ? tr("Cost in US dollars, as the peer reports it") : tr("Cost");
    default:
        return {};
    }
}

} // namespace mesh::views
