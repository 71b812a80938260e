// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/statemodel.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>

#include <algorithm>

#include "models/items/displaytext.h"
#include "models/items/rowranges.h"

namespace mesh::items {

QString jsonText(const QJsonValue &value)
{
    if (value.isString())
        return value.toString();
    // QJsonDocument takes no bare values: the array's brackets are cut off again.
    QByteArray bytes = QJsonDocument(QJsonArray{value}).toJson(QJsonDocument::Compact);
    return QString::fromUtf8(bytes.mid(1, bytes.size() - 2));
}

StateModel::StateModel(QObject *parent)
    : QAbstractTableModel(parent)
{
}

void StateModel::setStore(store::MeshStore *store)
{
    if (m_store == store)
        return;
    if (m_store)
        m_store->disconnect(this);
    m_store = store;
    if (m_store)
        connect(m_store, &store::MeshStore::changed, this, &StateModel::onChanged);
    reload();
}

void StateModel::reload()
{
    beginResetModel();
    m_keys = m_store ? m_store->stateKeys() : QStringList();
    std::sort(m_keys.begin(), m_keys.end());
    endResetModel();
}

void StateModel::onChanged(const store::ChangeSet &changes)
{
    if (changes.reset) {
        reload();
        return;
    }
    if (changes.stateKeys.isEmpty())
        return;
    QStringList fresh;
    std::vector<int> changed;
    std::vector<int> gone;
    for (const QString &key : changes.stateKeys) {
        const auto at = std::lower_bound(m_keys.cbegin(), m_keys.cend(), key);
        const bool shown = at != m_keys.cend() && *at == key;
        const int row = int(at - m_keys.cbegin());
        if (!m_store->state(key)) {
            if (shown)
                gone.push_back(row);
        } else if (shown) {
            changed.push_back(row);
        } else {
            fresh.append(key);
        }
    }
    forEachRange(changed,
                 [&](int first, int last) { Q_EMIT dataChanged(index(first, 0), index(last, ColumnCount - 1)); });
    forEachRangeBackwards(gone, [&](int first, int last) {
        beginRemoveRows({}, first, last);
        m_keys.remove(first, last - first + 1);
        endRemoveRows();
    });
    // New keys that stand together go in together.
    std::sort(fresh.begin(), fresh.end());
    for (qsizetype i = 0; i < fresh.size();) {
        const auto at = std::lower_bound(m_keys.cbegin(), m_keys.cend(), fresh.at(i));
        const int row = int(at - m_keys.cbegin());
        qsizetype end = i + 1;
        while (end < fresh.size() && (at == m_keys.cend() || fresh.at(end) < *at))
            ++end;
        beginInsertRows({}, row, row + int(end - i) - 1);
        for (qsizetype k = i; k < end; ++k)
            m_keys.insert(row + (k - i), fresh.at(k));
        endInsertRows();
        i = end;
    }
}

int StateModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_keys.size());
}

int StateModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(ColumnCount);
}

QVariant StateModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid) || !m_store)
        return {};
    const QString &key = m_keys.at(index.row());
    if (role == KeyRole)
        return key;
    if (role != Qt::DisplayRole && role != SortRole && role != JsonRole && role != Qt::ToolTipRole)
        return {};
    const auto value = m_store->state(key);
    if (!value)
        return {};
    if (role == JsonRole)
        return jsonText(value->value);
    if (role == Qt::ToolTipRole)
        return index.column() == At ? exactTime(value->atMs) : QString();
    switch (index.column()) {
    case Key:
        return oneLine(key, 200);
    case Value:
        return oneLine(jsonText(value->value), 400);
    case By:
        return oneLine(value->by, 48);
    case At:
        return role == SortRole ? QVariant(value->atMs) : QVariant(timeOfDay(value->atMs));
    default:
        return {};
    }
}

QVariant StateModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Key:
        return tr("Key");
    case Value:
        return tr("Value");
    case By:
        return tr("Set by");
    case At:
        return tr("At");
    default:
        return {};
    }
}

} // namespace mesh::items
