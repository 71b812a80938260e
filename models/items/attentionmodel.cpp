// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/attentionmodel.h"

#include <algorithm>

#include "models/items/displaytext.h"
#include "models/store/changeset.h"
#include "models/store/meshstore.h"

namespace mesh::items {

using namespace Qt::StringLiterals;

namespace {
constexpr int kSoonMs = 1'000;
constexpr int kSteadyMs = 5'000;
} // namespace

AttentionModel::AttentionModel(const protocol::Clock &clock, QObject *parent)
    : QAbstractListModel(parent)
    , m_clock(clock)
{
    m_soon.setSingleShot(true);
    m_soon.setInterval(kSoonMs);
    m_steady.setInterval(kSteadyMs);
    connect(&m_soon, &QTimer::timeout, this, &AttentionModel::refresh);
    connect(&m_steady, &QTimer::timeout, this, &AttentionModel::refresh);
}

void AttentionModel::setStore(store::MeshStore *store)
{
    if (m_store == store)
        return;
    if (m_store)
        m_store->disconnect(this);
    m_store = store;
    m_attention = Attention(m_attention.rules());
    if (m_store) {
        connect(m_store, &store::MeshStore::changed, this, &AttentionModel::onChanged);
        m_attention.restart(*m_store, m_clock.nowMs());
        m_steady.start();
    } else {
        m_steady.stop();
    }
    refresh();
}

void AttentionModel::setSettings(AttentionSettings *settings)
{
    m_settings = settings;
    AttentionRules rules;
    if (settings) {
        rules.off = settings->off();
        for (const AttentionKind kind : attentionKinds) {
            if (const auto value = settings->threshold(kind))
                rules.setThreshold(kind, *value);
        }
    }
    useRules(rules);
}

void AttentionModel::useRules(const AttentionRules &rules)
{
    m_attention.setRules(rules);
    Q_EMIT rulesChanged();
    refresh();
}

void AttentionModel::setOn(AttentionKind kind, bool on)
{
    if (!m_settings || on == isOn(kind))
        return;
    AttentionRules rules = m_attention.rules();
    if (on)
        rules.off.remove(kind);
    else
        rules.off.insert(kind);
    m_settings->setOff(rules.off);
    useRules(rules);
}

void AttentionModel::setThreshold(AttentionKind kind, int value)
{
    AttentionRules rules = m_attention.rules();
    rules.setThreshold(kind, value);
    const int figure = rules.threshold(kind);
    const auto range = thresholdOf(kind);
    if (!m_settings || !range || figure == m_attention.rules().threshold(kind))
        return;
    m_settings->setThreshold(kind, figure == range->standard ? std::nullopt : std::optional(figure));
    useRules(rules);
}

void AttentionModel::onChanged(const store::ChangeSet &changes)
{
    m_attention.fold(*m_store, changes, m_clock.nowMs());
    if (changes.reset)
        refresh();
    else if (!m_soon.isActive())
        m_soon.start();
}

void AttentionModel::refresh()
{
    m_soon.stop();
    QList<AttentionItem> items;
    if (m_store)
        items = m_attention.evaluate(*m_store, m_clock.nowMs());
    m_hidden = int(std::max<qsizetype>(0, items.size() - kMost));
    items.resize(std::min(items.size(), kMost));
    moveTo(items);
}

void AttentionModel::moveTo(const QList<AttentionItem> &target)
{
    bool structure = false;
    const auto indexIn = [](const QList<AttentionItem> &list, const AttentionItem &item, qsizetype from = 0) {
        for (qsizetype i = from; i < list.size(); ++i) {
            if (list.at(i).sameAs(item))
                return i;
        }
        return qsizetype(-1);
    };
    for (qsizetype i = m_items.size() - 1; i >= 0; --i) {
        if (indexIn(target, m_items.at(i)) >= 0)
            continue;
        beginRemoveRows({}, int(i), int(i));
        m_items.removeAt(i);
        endRemoveRows();
        structure = true;
    }
    for (qsizetype i = 0; i < target.size(); ++i) {
        const qsizetype at = indexIn(m_items, target.at(i), i);
        if (at < 0) {
            beginInsertRows({}, int(i), int(i));
            m_items.insert(i, target.at(i));
            endInsertRows();
            structure = true;
        } else if (at != i) {
            beginMoveRows({}, int(at), int(at), {}, int(i));
            m_items.move(at, i);
            endMoveRows();
            structure = true;
        }
        m_items[i] = target.at(i);
    }
    // Ages grow all the time; there are few rows.
    if (!m_items.isEmpty())
        Q_EMIT dataChanged(index(0), index(int(m_items.size()) - 1));
    if (structure)
        Q_EMIT itemsChanged();
}

QList<AttentionSpan> AttentionModel::spans(int row) const
{
    return m_store && row >= 0 && row < m_items.size() ? Attention::spans(m_items.at(row), *m_store)
                                                       : QList<AttentionSpan>();
}

QString AttentionModel::age(int row) const
{
    const qint64 since = m_items.value(row).sinceMs;
    const qint64 minutes = since > 0 ? (m_clock.nowMs() - since) / 60'000 : 0;
    if (minutes < 1)
        return {};
    if (minutes < 120)
        return tr("%1 min").arg(minutes);
    return minutes < 48 * 60 ? tr("%1 h").arg(minutes / 60) : tr("%1 d").arg(minutes / 1440);
}

std::optional<ContextBurn> AttentionModel::burn(const QString &key) const
{
    const store::Peer *peer = m_store ? m_store->peer(key) : nullptr;
    return peer ? m_attention.burn(*peer, m_clock.nowMs()) : std::nullopt;
}

int AttentionModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_items.size());
}

QVariant AttentionModel::data(const QModelIndex &index, int role) const
{
    if (!m_store || !checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const AttentionItem &item = m_items.at(index.row());
    switch (role) {
    case Qt::DisplayRole: {
        const QString text = Attention::sentence(item, *m_store);
        const QString since = age(index.row());
        return since.isEmpty() ? text : text + u" · "_s + since;
    }
    case Qt::ToolTipRole: {
        const QString since = tr("Since %1").arg(exactTime(item.sinceMs));
        QStringList lines{Attention::ruleText(item.kind, m_attention.rules()), since};
        if (!item.said.isEmpty())
            lines.prepend(u"“%1”"_s.arg(item.said));
        return u"<qt>%1</qt>"_s.arg(lines.join(u'\n').toHtmlEscaped().replace(u'\n', "<br>"_L1));
    }
    case KindRole:
        return int(item.kind);
    case PeerRole:
        return item.peer;
    case OtherRole:
        return item.other;
    case SinceRole:
        return item.sinceMs;
    case SaidRole:
        return item.said;
    default:
        return {};
    }
}

} // namespace mesh::items
