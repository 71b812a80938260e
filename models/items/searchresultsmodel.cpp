// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/searchresultsmodel.h"

#include "models/items/displaytext.h"
#include "models/store/meshstore.h"

namespace mesh::items {

using protocol::ConversationKind;
using store::SearchHit;

SearchResultsModel::SearchResultsModel(const protocol::Clock &clock, QObject *parent)
    : QAbstractListModel(parent)
    , m_clock(clock)
{
}

void SearchResultsModel::setStores(const QList<const store::MeshStore *> &stores)
{
    m_stores = stores;
}

void SearchResultsModel::show(const QList<SearchHit> &hits)
{
    // A part of a search that goes on has what the part before it had, and more.
    const bool continues = !m_hits.isEmpty() && hits.size() >= m_hits.size()
        && std::equal(m_hits.begin(), m_hits.end(), hits.begin(), [](const SearchHit &a, const SearchHit &b) {
               return a.row == b.row && a.mesh == b.mesh && a.spans == b.spans;
           });
    if (continues) {
        append(hits.mid(m_hits.size()));
        return;
    }
    if (m_hits.isEmpty() && hits.isEmpty())
        return;
    beginResetModel();
    m_hits = hits;
    endResetModel();
}

void SearchResultsModel::append(const QList<SearchHit> &hits)
{
    if (hits.isEmpty())
        return;
    beginInsertRows({}, int(m_hits.size()), int(m_hits.size() + hits.size()) - 1);
    m_hits += hits;
    endInsertRows();
}

const store::MeshStore *SearchResultsModel::storeOf(const protocol::MeshId &mesh) const
{
    const auto found =
        std::find_if(m_stores.begin(), m_stores.end(), [&](const auto *store) { return store->mesh() == mesh; });
    return found == m_stores.end() ? nullptr : *found;
}

QString SearchResultsModel::placeName(const store::SearchPlace &place) const
{
    switch (place.conversation.kind) {
    case ConversationKind::Broadcast:
        return tr("Everyone");
    case ConversationKind::System:
        return tr("System");
    case ConversationKind::Notes:
        return tr("Notes");
    default:
        break;
    }
    QString title;
    if (const store::MeshStore *store = storeOf(place.mesh)) {
        if (const store::Conversation *conversation = store->conversation(place.conversation))
            title = conversation->title;
        if (title.isEmpty() && place.conversation.kind == ConversationKind::Direct)
            title = store->nameOf(place.conversation.key);
    }
    return displayName(title, place.conversation.key);
}

QString SearchResultsModel::senderName(const SearchHit &hit) const
{
    if (hit.message.own)
        return tr("You");
    QString name = hit.message.senderName;
    if (const store::MeshStore *store = storeOf(hit.mesh); store && name.isEmpty())
        name = store->nameOf(hit.message.senderKey);
    return displayName(name, hit.message.senderKey);
}

int SearchResultsModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_hits.size());
}

QVariant SearchResultsModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const SearchHit &hit = m_hits.at(index.row());
    switch (role) {
    case SenderRole:
        return senderName(hit);
    case PlaceRole:
        return placeName({hit.mesh, hit.message.conversation});
    case TimeRole:
        return relativeTime(hit.message.sentAtMs, m_clock.nowMs());
    case ExcerptRole:
        return QVariant::fromValue(searchExcerpt(hit.message.text, hit.spans));
    case Qt::DisplayRole:
        return oneLine(hit.message.text);
    case Qt::ToolTipRole:
        return exactTime(hit.message.sentAtMs);
    case Qt::AccessibleTextRole:
        return tr("%1 in %2, %3: %4", "sender, conversation, time, text")
            .arg(senderName(hit), placeName({hit.mesh, hit.message.conversation}), exactTime(hit.message.sentAtMs),
                 oneLine(hit.message.text, 400));
    default:
        return {};
    }
}

} // namespace mesh::items
