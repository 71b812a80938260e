// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/peerlistmodel.h"

#include <QtCore/QLocale>

#include <algorithm>

#include "models/items/displaytext.h"
#include "models/items/peermatches.h"
#include "models/items/rowranges.h"

namespace mesh::items {

using namespace Qt::StringLiterals;

namespace {

QString groupText(const store::Peer &peer)
{
    QStringList names;
    names.reserve(peer.groups.size());
    for (const auto &group : peer.groups)
        names.append(u'@' + oneLine(group.name, 64));
    return names.join(", "_L1);
}

} // namespace

PeerListModel::PeerListModel(QObject *parent)
    : QAbstractTableModel(parent)
{
}

void PeerListModel::setStore(store::MeshStore *store)
{
    if (m_store == store)
        return;
    if (m_store)
        m_store->disconnect(this);
    m_store = store;
    if (m_store)
        connect(m_store, &store::MeshStore::changed, this, &PeerListModel::onChanged);
    reload();
}

bool PeerListModel::isShown(const store::Peer &peer)
{
    return PeerMatches::isPublic(peer); // the same peers as in the graph
}

void PeerListModel::reload()
{
    beginResetModel();
    m_keys.clear();
    m_rowOf.clear();
    if (m_store) {
        for (const store::Peer &peer : m_store->peers()) {
            if (isShown(peer))
                m_keys.append(peer.key);
        }
        std::sort(m_keys.begin(), m_keys.end());
        reindexFrom(0);
    }
    endResetModel();
}

void PeerListModel::reindexFrom(int row)
{
    for (int i = row; i < m_keys.size(); ++i)
        m_rowOf.insert(m_keys.at(i), i);
}

void PeerListModel::removeKeys(const QSet<QString> &keys)
{
    std::vector<int> rows;
    for (const QString &key : keys) {
        if (const int row = rowOf(key); row >= 0)
            rows.push_back(row);
    }
    if (rows.empty())
        return;
    forEachRangeBackwards(rows, [&](int first, int last) {
        beginRemoveRows({}, first, last);
        for (int row = first; row <= last; ++row)
            m_rowOf.remove(m_keys.at(row));
        m_keys.remove(first, last - first + 1);
        reindexFrom(first);
        endRemoveRows();
    });
}

void PeerListModel::onChanged(const store::ChangeSet &changes)
{
    if (changes.reset) {
        reload();
        return;
    }
    if (changes.peersAdded.isEmpty() && changes.peersChanged.isEmpty() && changes.peersRemoved.isEmpty())
        return;
    QSet<QString> gone = changes.peersRemoved;
    QStringList fresh;
    std::vector<int> changed;
    const auto look = [&](const QString &key) {
        const store::Peer *peer = m_store->peer(key);
        const int row = rowOf(key);
        if (!peer || !isShown(*peer)) {
            if (row >= 0)
                gone.insert(key);
        } else if (row < 0) {
            fresh.append(key);
        } else {
            changed.push_back(row);
        }
    };
    for (const QString &key : changes.peersAdded)
        look(key);
    for (const QString &key : changes.peersChanged)
        look(key);
    // Changes are told while the row numbers are still the old ones.
    forEachRange(changed,
                 [&](int first, int last) { Q_EMIT dataChanged(index(first, 0), index(last, ColumnCount - 1)); });
    removeKeys(gone);
    if (!fresh.isEmpty()) {
        std::sort(fresh.begin(), fresh.end());
        const int first = int(m_keys.size());
        beginInsertRows({}, first, first + int(fresh.size()) - 1);
        m_keys += fresh;
        reindexFrom(first);
        endInsertRows();
    }
}

int PeerListModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_keys.size());
}

int PeerListModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(ColumnCount);
}

QVariant PeerListModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid) || !m_store)
        return {};
    const store::Peer *peer = m_store->peer(m_keys.at(index.row()));
    if (!peer)
        return {};
    const bool raw = role == SortRole;
    switch (role) {
    case KeyRole:
        return peer->key;
    case StatusRole:
        return int(peer->status);
    case KindRole:
        return int(peer->kind);
    case PresenceRole:
        return int(peer->presence);
    case SelfRole:
        return peer->self;
    case MemberKeyRole:
        return peer->memberKey;
    case Qt::ToolTipRole:
        switch (index.column()) {
        case LastTraffic:
            return exactTime(peer->lastTrafficMs);
        case StatusSince:
            return exactTime(peer->statusSinceMs);
        default:
            return {};
        }
    case Qt::TextAlignmentRole:
        if (index.column() == Context || index.column() == Sent || index.column() == Received
            || index.column() == Tokens || index.column() == Cost)
            return int(Qt::AlignRight | Qt::AlignVCenter);
        return {};
    case Qt::DisplayRole:
    case SortRole:
        break;
    default:
        return {};
    }
    switch (index.column()) {
    case Name: {
        const QString name = displayName(peer->name, peer->key);
        return raw ? name.toCaseFolded() : name;
    }
    case Status:
        if (raw)
            return int(peer->status);
        switch (peer->status) {
        case protocol::PeerStatus::Idle:
            return tr("idle");
        case protocol::PeerStatus::Working:
            return tr("working");
        case protocol::PeerStatus::Dnd:
            return tr("do not disturb");
        case protocol::PeerStatus::Offline:
            return tr("offline");
        }
        return {};
    case Kind:
        switch (peer->kind) {
        case protocol::PeerKind::Ai:
            return tr("AI");
        case protocol::PeerKind::Human:
            return tr("human");
        case protocol::PeerKind::Connector:
            return tr("connector");
        }
        return {};
    case Groups:
        return groupText(*peer);
    case Model:
        return oneLine(peer->model, 48);
    case Context: {
        const auto share = peer->stats.contextShare();
        if (raw)
            return share ? *share : -1.0;
        return share ? percent(*share, 1.0) : tr("not reported");
    }
    case Sent:
        return peer->sent;
    case Received:
        return peer->received;
    case LastTraffic:
        return raw ? QVariant(peer->lastTrafficMs) : QVariant(timeOfDay(peer->lastTrafficMs));
    case Host:
        return oneLine(peer->hostname, 64);
    case Summary:
        return oneLine(peer->summary);
    case Folder:
        return oneLine(peer->cwd, 96);
    case Channel:
        return oneLine(peer->channel, 48);
    case Tokens: {
        const bool told = peer->stats.tokensIn || peer->stats.tokensOut;
        const qint64 sum = peer->stats.tokensIn.value_or(0) + peer->stats.tokensOut.value_or(0);
        if (raw)
            return told ? sum : qint64(-1);
        return told ? QLocale().toString(sum) : tr("not reported");
    }
    case Cost:
        if (raw)
            return peer->stats.costUsd.value_or(-1);
        return peer->stats.costUsd ? tr("%1 $").arg(QLocale().toString(*peer->stats.costUsd, 'f', 2))
                                   : tr("not reported");
    case StatusSince:
        return raw ? QVariant(peer->statusSinceMs) : QVariant(timeOfDay(peer->statusSinceMs));
    default:
        return {};
    }
}

QVariant PeerListModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Name:
        return tr("Name");
    case Status:
        return tr("Status");
    case Kind:
        return tr("Kind");
    case Groups:
        return tr("Groups");
    case Model:
        return tr("Model");
    case Context:
        return tr("Context");
    case Sent:
        return tr("Sent");
    case Received:
        return tr("Received");
    case LastTraffic:
        return tr("Last traffic");
    case Host:
        return tr("Host");
    case Summary:
        return tr("Summary");
    case Folder:
        return tr("Folder");
    case Channel:
        return tr("Channel");
    case Tokens:
        return tr("Tokens");
    case Cost:
        return tr("Cost");
    case StatusSince:
        return tr("Status since");
    default:
        return {};
    }
}

} // namespace mesh::items
