// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/nodecard.h"

#include <QtWidgets/QPushButton>
#include <QtWidgets/QVBoxLayout>

#include <array>

#include "models/items/attentionmodel.h"
#include "models/items/displaytext.h"
#include "models/items/edgefigures.h"
#include "models/items/graphmodel.h"
#include "models/items/peermatches.h"
#include "models/protocol/clock.h"
#include "models/store/meshstore.h"
#include "views/figures.h"
#include "views/theme.h"

namespace mesh::views {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype kMembers = 8; // of a group, by name
constexpr int kRows = 10;         // of a peer's card

QString wordForStatus(protocol::PeerStatus status)
{
    switch (status) {
    case protocol::PeerStatus::Idle:
        return NodeCard::tr("idle");
    case protocol::PeerStatus::Working:
        return NodeCard::tr("working");
    case protocol::PeerStatus::Dnd:
        return NodeCard::tr("do not disturb");
    case protocol::PeerStatus::Offline:
        break;
    }
    return NodeCard::tr("offline");
}

QString stateLine(const store::Peer &peer, qint64 nowMs)
{
    QStringList parts{wordForStatus(peer.status)};
    if (peer.statusSinceMs > 0)
        parts.append(Figures::duration(nowMs - peer.statusSinceMs));
    if (peer.presence == store::Presence::Grace)
        parts.append(NodeCard::tr("connection lost"));
    if (peer.presence == store::Presence::Gone)
        parts.append(NodeCard::tr("has left"));
    if (!peer.model.isEmpty())
        parts.append(items::oneLine(peer.model, 40));
    return parts.join(u" · "_s);
}

QString contextLine(const store::Peer &peer)
{
    const auto share = peer.stats.contextShare();
    if (!share)
        return Figures::notReported();
    //: 62 % · 124k of 200k
    return NodeCard::tr("%1 · %2 of %3")
        .arg(items::percent(*share, 1), Figures::compact(double(*peer.stats.contextUsed)),
             Figures::compact(double(*peer.stats.contextMax)));
}

QString tokensLine(const store::PeerStats &stats)
{
    if (!stats.tokensIn && !stats.tokensOut)
        return Figures::notReported();
    QStringList parts;
    if (stats.tokensIn)
        parts.append(NodeCard::tr("%1 in").arg(Figures::compact(double(*stats.tokensIn))));
    if (stats.tokensOut)
        parts.append(NodeCard::tr("%1 out").arg(Figures::compact(double(*stats.tokensOut))));
    if (stats.costUsd)
        parts.append(NodeCard::tr("%1 $").arg(QLocale().toString(*stats.costUsd, 'f', 2)));
    return parts.join(u" · "_s);
}

} // namespace

NodeCard::NodeCard(Theme &theme, const protocol::Clock &clock, items::AttentionModel &attention, QWidget *parent)
    : InspectorCard(theme, parent)
    , m_clock(clock)
    , m_attention(attention)
{
    setObjectName(u"nodeCard"_s);
    for (QPushButton *&partner : m_partners) {
        partner = new QPushButton;
        partner->setProperty("flat", true);
        partner->setStyleSheet(u"text-align: left; padding: %1px %2px; min-height: %3px;"_s.arg(theme.px(2))
                                   .arg(theme.px(4))
                                   .arg(theme.px(18)));
        column()->addWidget(partner);
    }
    m_chat = new QPushButton(tr("Open the chat"));
    m_chat->setObjectName(u"nodeCardChat"_s);
    connect(m_chat, &QPushButton::clicked, this, [this] { Q_EMIT chatRequested(m_peer); });
    column()->addWidget(m_chat);
    for (int i = 0; i < kPartners; ++i) {
        m_partners[i]->setObjectName(u"nodeCardPartner-%1"_s.arg(i));
        connect(m_partners[i], &QPushButton::clicked, this,
                [this, i] { Q_EMIT edgeRequested(m_peer, m_partners[i]->property("peer").toString()); });
    }
}

void NodeCard::setStore(store::MeshStore *store)
{
    m_store = store;
    showPeer({});
}

void NodeCard::showPeer(const QString &key)
{
    m_peer = key;
    if (key.isEmpty() || !m_store || (!m_store->peer(key) && !items::GraphModel::isGroupKey(key))) {
        hide();
        return;
    }
    refresh();
    if (!m_peer.isEmpty())
        show();
}

void NodeCard::refreshGroup()
{
    // The members as the graph collapses them: those whose first group it is.
    const QString group = m_peer.mid(1);
    QStringList names;
    std::array<int, 4> byStatus{};
    qint64 sent = 0;
    qint64 received = 0;
    for (const store::Peer &peer : m_store->peers()) {
        if (peer.groups.isEmpty() || !items::PeerMatches::isHere(peer)
            || items::GraphModel::groupName(peer.groups.constFirst().name) != group)
            continue;
        names.append(items::displayName(peer.name, peer.key));
        ++byStatus[size_t(peer.status)];
        sent += peer.sent;
        received += peer.received;
    }
    if (names.isEmpty()) {
        m_peer.clear();
        hide();
        return;
    }
    names.sort(Qt::CaseInsensitive);
    QStringList statuses;
    for (const auto status : {protocol::PeerStatus::Working, protocol::PeerStatus::Dnd, protocol::PeerStatus::Idle,
                              protocol::PeerStatus::Offline}) {
        if (const int count = byStatus[size_t(status)]; count > 0)
            statuses.append(Figures::whole(count) + u' ' + wordForStatus(status));
    }
    setTitle(m_peer, statuses.join(u" · "_s));
    const qsizetype more = names.size() - kMembers;
    QString members = names.mid(0, kMembers).join(u", "_s);
    if (more > 0) //: %1: names of members of a group, %2: how many are not named
        members = tr("%1 and %2 more").arg(members, Figures::whole(more));
    int row = 0;
    setFigure(row++, tr("Members"), members);
    setFigure(row++, tr("Messages"), tr("%1 sent, %2 received").arg(Figures::whole(sent), Figures::whole(received)));
    for (; row < kRows; ++row)
        setFigure(row, {}, {});
    for (QPushButton *partner : m_partners)
        partner->hide();
    m_chat->hide();
    settle();
}

void NodeCard::refresh()
{
    if (m_store && items::GraphModel::isGroupKey(m_peer)) {
        refreshGroup();
        return;
    }
    const store::Peer *peer = m_store ? m_store->peer(m_peer) : nullptr;
    if (!peer) {
        hide();
        return;
    }
    const qint64 now = m_clock.nowMs();
    setTitle(items::displayName(peer->name, peer->key), stateLine(*peer, now));
    int row = 0;
    QStringList reasons;
    for (int i = 0; i < m_attention.rowCount(); ++i) {
        if (m_attention.item(i).peer == m_peer || m_attention.item(i).other == m_peer)
            reasons.append(m_attention.index(i).data().toString());
    }
    setFigure(row++, tr("Attention"), reasons.join(u'\n'));
    setFigure(row++, tr("Doing"), items::oneLine(peer->summary, 200));
    QStringList groups;
    for (const protocol::GroupRef &group : peer->groups)
        groups.append(u'@' + items::oneLine(group.name, 40));
    setFigure(row++, tr("Groups"), groups.join(u", "_s));
    setFigure(row++, tr("Folder"), items::oneLine(peer->cwd, 120));
    setFigure(row++, tr("Host"), items::oneLine(peer->hostname, 64));
    if (peer->kind == protocol::PeerKind::Ai) {
        setFigure(row++, tr("Context"), contextLine(*peer));
        const auto burn = m_attention.burn(m_peer);
        QString rate;
        if (burn) {
            //: tokens of context a minute
            rate = tr("%1 a minute").arg(Figures::compact(burn->tokensPerMinute));
            if (burn->leftMs > 0)
                rate += u" · "_s + tr("full in %1").arg(Figures::duration(burn->leftMs));
        }
        setFigure(row++, tr("Burn rate"), rate);
        setFigure(row++, tr("Tokens"), tokensLine(peer->stats));
    } else {
        for (int i = 0; i < 3; ++i)
            setFigure(row++, {}, {});
    }
    setFigure(row++, tr("Messages"),
              tr("%1 sent, %2 received").arg(Figures::whole(peer->sent), Figures::whole(peer->received)));
    setFigure(row++, tr("Last seen"), Figures::ago(peer->lastSeenMs, now), items::exactTime(peer->lastSeenMs));

    const auto partners = items::EdgeFigures::partnersOf(*m_store, m_peer, kPartners);
    for (int i = 0; i < kPartners; ++i) {
        m_partners[i]->setVisible(i < partners.size());
        if (i >= partners.size())
            continue;
        const auto &[key, messages] = partners.at(i);
        const QString name = items::displayName(m_store->nameOf(key), key).replace(u'&', "&&"_L1);
        m_partners[i]->setText(tr("With %1: %n message(s)", nullptr, messages).arg(name));
        m_partners[i]->setProperty("peer", key);
    }
    m_chat->setVisible(!peer->self);
    settle();
}

} // namespace mesh::views
