// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/peermatches.h"

#include <algorithm>
#include <array>

#include "models/items/displaytext.h"
#include "models/store/changeset.h"
#include "models/store/meshstore.h"

namespace mesh::items {

using namespace Qt::StringLiterals;

namespace {

constexpr int kCountEveryMs = 250;
constexpr int kIdleEveryMs = 5'000;
//! Offered as chips while peers meet them.
constexpr std::array kFacets{"status:working", "status:dnd", "context>80", "unread:yes"};

} // namespace

PeerMatches::PeerMatches(FocusState &focus, const protocol::Clock &clock, QObject *parent)
    : QObject(parent)
    , m_focus(focus)
    , m_clock(clock)
{
    m_countTimer.setSingleShot(true);
    m_countTimer.setInterval(kCountEveryMs);
    connect(&m_countTimer, &QTimer::timeout, this, &PeerMatches::count);
    m_idleTimer.setInterval(kIdleEveryMs);
    connect(&m_idleTimer, &QTimer::timeout, this, &PeerMatches::evaluateAll);
    connect(&m_focus, &FocusState::filterChanged, this, &PeerMatches::evaluateAll);
}

void PeerMatches::setStore(store::MeshStore *store)
{
    if (m_store == store)
        return;
    if (m_store)
        m_store->disconnect(this);
    m_store = store;
    if (m_store)
        connect(m_store, &store::MeshStore::changed, this, &PeerMatches::onChanged);
    evaluateAll();
}

bool PeerMatches::isPublic(const store::Peer &peer)
{
    return !peer.hidden && !peer.stub && !(peer.controlPlane && peer.kind != protocol::PeerKind::Human);
}

bool PeerMatches::isHere(const store::Peer &peer)
{
    return isPublic(peer) && peer.presence != store::Presence::Gone;
}

int PeerMatches::countHere(const store::MeshStore &store)
{
    const auto &peers = store.peers();
    return int(std::count_if(peers.cbegin(), peers.cend(), isHere));
}

FilterSubject PeerMatches::subject(const store::Peer &peer, qint64 nowMs) const
{
    const store::Conversation *conversation = m_store->conversation({protocol::ConversationKind::Direct, peer.key});
    return {peer, conversation ? conversation->unread : 0, nowMs};
}

void PeerMatches::evaluateAll()
{
    QSet<QString> excluded;
    const PeerFilter &filter = m_focus.filter();
    if (m_store && !filter.isEmpty()) {
        const qint64 now = m_clock.nowMs();
        for (const store::Peer &peer : m_store->peers()) {
            if (!filter.matches(subject(peer, now)))
                excluded.insert(peer.key);
        }
    }
    if (m_store && filter.dependsOnTime())
        m_idleTimer.start();
    else
        m_idleTimer.stop();
    if (excluded != m_excluded) {
        m_excluded = excluded;
        Q_EMIT changed({});
    }
    count();
}

void PeerMatches::evaluate(const QSet<QString> &keys)
{
    const PeerFilter &filter = m_focus.filter();
    if (filter.isEmpty())
        return;
    const qint64 now = m_clock.nowMs();
    QSet<QString> different;
    for (const QString &key : keys) {
        const store::Peer *peer = m_store->peer(key);
        const bool out = peer && !filter.matches(subject(*peer, now));
        if (out == m_excluded.contains(key))
            continue;
        different.insert(key);
        if (out)
            m_excluded.insert(key);
        else
            m_excluded.remove(key);
    }
    if (!different.isEmpty())
        Q_EMIT changed(different);
}

void PeerMatches::onChanged(const store::ChangeSet &changes)
{
    if (changes.reset) {
        evaluateAll();
        return;
    }
    QSet<QString> keys = changes.peersAdded | changes.peersChanged | changes.peersRemoved;
    for (const auto *ids :
         {&changes.conversationsAdded, &changes.conversationsChanged, &changes.conversationsRemoved}) {
        for (const protocol::ConversationId &id : *ids) {
            if (id.kind != protocol::ConversationKind::Direct)
                continue;
            keys.insert(id.key);
            if (const store::Conversation *conversation = m_store->conversation(id))
                keys.insert(conversation->target().key);
        }
    }
    if (keys.isEmpty())
        return;
    evaluate(keys);
    scheduleCounts();
}

void PeerMatches::scheduleCounts()
{
    if (!m_countTimer.isActive())
        m_countTimer.start();
}

void PeerMatches::count()
{
    m_countTimer.stop();
    m_total = 0;
    m_shown = 0;
    if (m_store) {
        for (const store::Peer &peer : m_store->peers()) {
            if (!isHere(peer))
                continue;
            ++m_total;
            m_shown += passes(peer.key) ? 1 : 0;
        }
    }
    Q_EMIT countsChanged();
}

QList<PeerMatches::Chip> PeerMatches::chips() const
{
    QList<Chip> chips;
    QList<FilterTerm> terms;
    const auto has = [&](const QString &label) {
        return std::any_of(chips.cbegin(), chips.cend(), [&](const Chip &chip) { return chip.label == label; });
    };
    for (const FilterTerm &term : m_focus.filterError() ? QList<FilterTerm>() : m_focus.filter().terms()) {
        const QString label = PeerFilter::label(term);
        if (!has(label)) {
            chips.append({label, m_focus.filterText().mid(term.at, term.length), 0, true});
            terms.append(term);
        }
    }
    for (const char *facet : kFacets) {
        const QString text = QString::fromLatin1(facet);
        const FilterTerm term = PeerFilter::parse(text).filter.terms().constFirst();
        const QString label = PeerFilter::label(term);
        if (!has(label)) {
            chips.append({label, text, 0, false});
            terms.append(term);
        }
    }
    if (m_store) {
        const qint64 now = m_clock.nowMs();
        for (const store::Peer &peer : m_store->peers()) {
            if (!isHere(peer))
                continue;
            const FilterSubject asked = subject(peer, now);
            for (qsizetype i = 0; i < chips.size(); ++i) {
                // What is not in force counts among what is shown: a click leaves just so many.
                if (chips.at(i).active || passes(peer.key))
                    chips[i].count += PeerFilter::matches(terms.at(i), asked) ? 1 : 0;
            }
        }
    }
    erase_if(chips, [](const Chip &chip) { return !chip.active && chip.count == 0; });
    return chips;
}

void PeerMatches::toggle(const Chip &chip)
{
    if (!chip.active) {
        m_focus.setFilterText(PeerFilter::withTerm(m_focus.filterText(), chip.term));
        return;
    }
    for (const FilterTerm &term : m_focus.filter().terms()) {
        if (!m_focus.filterError() && PeerFilter::label(term) == chip.label) {
            m_focus.setFilterText(PeerFilter::withoutTerm(m_focus.filterText(), term));
            return;
        }
    }
}

FilterVocabulary PeerMatches::vocabulary() const
{
    FilterVocabulary vocabulary;
    if (m_store) {
        for (const store::Peer &peer : m_store->peers()) {
            if (isHere(peer))
                vocabulary.add(peer);
        }
    }
    vocabulary.sortValues();
    return vocabulary;
}

} // namespace mesh::items
