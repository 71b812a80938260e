// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/attention.h"

#include <QtCore/QCoreApplication>

#include <algorithm>
#include <cmath>
#include <tuple>

#include "models/items/conversationlistmodel.h"
#include "models/items/displaytext.h"
#include "models/store/changeset.h"
#include "models/store/meshstore.h"

namespace mesh::items {

using namespace Qt::StringLiterals;
using protocol::ConversationId;
using protocol::ConversationKind;

namespace {

constexpr qint64 kMinuteMs = 60'000;
constexpr int kSeconds = 60;
constexpr size_t kSamples = 32;
constexpr qint64 kBurnWindowMs = 15 * 60'000;
constexpr qint64 kBurnLeastMs = 20'000; // a rate over less is noise
constexpr int kSaidChars = 140;

struct AttentionWords
{
    Q_DECLARE_TR_FUNCTIONS(mesh::items::Attention)
};

QString nameFor(const store::MeshStore &store, const QString &key)
{
    return displayName(store.nameOf(key), key);
}

//! Local time of a message, never in the future.
qint64 timeOf(const store::MeshStore &store, const store::TrafficEntry &entry, qint64 nowMs)
{
    const qint64 sent = entry.sentAtMs > 0 ? entry.sentAtMs - store.connection().clockOffsetMs.value_or(0) : entry.atMs;
    return std::min(sent, nowMs);
}

const store::Peer *addressee(const store::MeshStore &store, const QString &spec)
{
    if (const store::Peer *peer = store.peer(spec))
        return peer;
    for (const store::Peer *peer : store.peersOfMember(spec)) {
        if (peer->presence != store::Presence::Gone)
            return peer;
    }
    return nullptr;
}

//! A sentence with names in it, cut where the names stand.
QList<AttentionSpan> cut(const QString &pattern, const QStringList &names)
{
    QList<AttentionSpan> spans;
    qsizetype from = 0;
    while (from < pattern.size()) {
        qsizetype at = pattern.indexOf(u'%', from);
        const int number = at >= 0 && at + 1 < pattern.size() ? pattern.at(at + 1).digitValue() : -1;
        if (number < 1 || number > names.size())
            at = pattern.size();
        if (at > from)
            spans.append({pattern.mid(from, at - from), false});
        if (at < pattern.size())
            spans.append({names.at(number - 1), true});
        from = at + 2;
    }
    return spans;
}

QString roughly(qint64 ms)
{
    const qint64 minutes = (ms + 30'000) / 60'000;
    if (minutes < 1)
        return AttentionWords::tr("less than a minute");
    return minutes < 120 ? AttentionWords::tr("%1 min").arg(minutes) : AttentionWords::tr("%1 h").arg(minutes / 60);
}

} // namespace

std::optional<AttentionThreshold> thresholdOf(AttentionKind kind)
{
    switch (kind) {
    case AttentionKind::WaitsForYou:
        break;
    case AttentionKind::Stalled:
        return AttentionThreshold{1, 240, 5};
    case AttentionKind::Looping:
        return AttentionThreshold{2, 100, 6};
    case AttentionKind::Silent:
        return AttentionThreshold{1, 240, 10};
    case AttentionKind::ContextFull:
        return AttentionThreshold{10, 100, 80};
    case AttentionKind::Flooding:
        return AttentionThreshold{2, 100'000, 120};
    }
    return std::nullopt;
}

int AttentionRules::threshold(AttentionKind kind) const
{
    switch (kind) {
    case AttentionKind::WaitsForYou:
        break;
    case AttentionKind::Stalled:
        return int(stalledAfterMs / kMinuteMs);
    case AttentionKind::Looping:
        return loopRounds;
    case AttentionKind::Silent:
        return int(silentAfterMs / kMinuteMs);
    case AttentionKind::ContextFull:
        return int(std::lround(contextFrom * 100));
    case AttentionKind::Flooding:
        return floodPerMinute;
    }
    return 0;
}

void AttentionRules::setThreshold(AttentionKind kind, int value)
{
    const auto range = thresholdOf(kind);
    if (!range)
        return;
    const int figure = std::clamp(value, range->least, range->most);
    switch (kind) {
    case AttentionKind::WaitsForYou:
        break;
    case AttentionKind::Stalled:
        stalledAfterMs = figure * kMinuteMs;
        break;
    case AttentionKind::Looping:
        loopRounds = figure;
        break;
    case AttentionKind::Silent:
        silentAfterMs = figure * kMinuteMs;
        break;
    case AttentionKind::ContextFull:
        contextFrom = figure / 100.0;
        break;
    case AttentionKind::Flooding:
        floodPerMinute = figure;
        break;
    }
}

void Attention::restart(const store::MeshStore &store, qint64 nowMs)
{
    m_signs.clear();
    m_runs.clear();
    m_waiting.clear();
    for (const store::Peer &peer : store.peers())
        notePeer(peer, nowMs);
    QList<store::TrafficEntry> traffic = store.traffic();
    std::stable_sort(traffic.begin(), traffic.end(),
                     [&](const auto &a, const auto &b) { return timeOf(store, a, nowMs) < timeOf(store, b, nowMs); });
    for (const store::TrafficEntry &entry : std::as_const(traffic))
        noteTraffic(store, entry, nowMs);
    const store::Timeline &timeline = store.timeline();
    for (qsizetype row = timeline.lowerBound(nowMs - m_rules.silentAfterMs * 2); row < timeline.size(); ++row)
        noteRow(store, timeline, row);
    for (const store::Conversation &conversation : store.conversations())
        noteConversation(store, conversation.id);
}

void Attention::fold(const store::MeshStore &store, const store::ChangeSet &changes, qint64 nowMs)
{
    if (changes.reset) {
        restart(store, nowMs);
        return;
    }
    for (const QString &key : changes.peersRemoved)
        m_signs.remove(key);
    for (const auto *keys : {&changes.peersAdded, &changes.peersChanged}) {
        for (const QString &key : *keys) {
            if (const store::Peer *peer = store.peer(key))
                notePeer(*peer, nowMs);
        }
    }
    QList<const store::TrafficEntry *> traffic;
    traffic.reserve(changes.traffic.size());
    for (const store::TrafficEntry &entry : changes.traffic)
        traffic.append(&entry);
    std::stable_sort(traffic.begin(), traffic.end(),
                     [&](const auto *a, const auto *b) { return timeOf(store, *a, nowMs) < timeOf(store, *b, nowMs); });
    for (const store::TrafficEntry *entry : std::as_const(traffic))
        noteTraffic(store, *entry, nowMs);
    // Rows that came in between are older news; what is at the end tells what a peer did last.
    const store::Timeline &timeline = store.timeline();
    for (qsizetype row = std::max<qsizetype>(0, timeline.size() - changes.timelineAppended); row < timeline.size();
         ++row)
        noteRow(store, timeline, row);

    QSet<ConversationId> touched =
        changes.conversationsAdded | changes.conversationsChanged | changes.conversationsRemoved;
    for (auto it = changes.messages.cbegin(); it != changes.messages.cend(); ++it)
        touched.insert(it.key());
    for (const ConversationId &id : std::as_const(touched))
        noteConversation(store, id);
}

void Attention::noteSign(Signs &signs, qint64 atMs, bool progress)
{
    signs.doneMs = std::max(signs.doneMs, atMs);
    if (progress)
        signs.progressMs = std::max(signs.progressMs, atMs);
    if (signs.askedMs > 0 && atMs >= signs.askedMs) {
        signs.askedMs = 0;
        signs.asked = 0;
    }
}

void Attention::notePeer(const store::Peer &peer, qint64 nowMs)
{
    auto found = m_signs.find(peer.key);
    const bool fresh = found == m_signs.end();
    if (fresh) {
        found = m_signs.insert(peer.key, {});
        found->doneMs = std::max({peer.statusSinceMs, peer.connectedAtMs, peer.firstSeenMs});
    }
    Signs &signs = *found;
    if (!fresh) {
        if (peer.summary != signs.summary)
            noteSign(signs, nowMs, true);
        else if (peer.status != signs.status || peer.stats != signs.stats)
            noteSign(signs, nowMs, false);
    }
    signs.summary = peer.summary;
    signs.status = peer.status;
    signs.stats = peer.stats;

    const auto share = peer.stats.contextShare();
    if (share && *share >= m_rules.contextFrom) {
        if (signs.contextSinceMs == 0)
            signs.contextSinceMs = nowMs;
    } else {
        signs.contextSinceMs = 0;
    }
    if (!peer.stats.contextUsed)
        return;
    const qint64 used = *peer.stats.contextUsed;
    if (!signs.context.empty() && used < signs.context.back().used)
        signs.context.clear(); // it was compacted: the rate begins anew
    if (signs.context.empty() || used != signs.context.back().used)
        signs.context.push_back({nowMs, used});
    if (signs.context.size() > kSamples)
        signs.context.erase(signs.context.begin());
}

void Attention::noteRow(const store::MeshStore &store, const store::Timeline &timeline, qsizetype row)
{
    using Kind = store::TimelineKind;
    if (timeline.kind(row) == Kind::Message)
        return; // messages come as traffic, with their addressee
    const store::TimelineEntry entry = timeline.at(row);
    if (entry.actor.isEmpty() || entry.kind == Kind::Left)
        return;
    QString key = entry.actor;
    if (!m_signs.contains(key)) {
        const store::Peer *peer = store.peerByName(entry.actor);
        if (!peer)
            return;
        key = peer->key;
    }
    const bool progress = entry.kind != Kind::Joined && entry.kind != Kind::Status;
    noteSign(m_signs[key], entry.atMs, progress);
}

void Attention::countSent(Signs &signs, qint64 atMs)
{
    const qint64 second = atMs / 1000;
    if (signs.perSecond.empty()) {
        signs.perSecond.assign(kSeconds, 0);
        signs.second = second;
    }
    for (qint64 s = std::max(signs.second + 1, second - kSeconds + 1); s <= second; ++s)
        signs.perSecond[size_t(s % kSeconds)] = 0;
    signs.second = std::max(signs.second, second);
    if (second > signs.second - kSeconds)
        ++signs.perSecond[size_t(second % kSeconds)];
}

int Attention::perMinute(const Signs &signs, qint64 nowMs) const
{
    if (signs.perSecond.empty())
        return 0;
    int sum = 0;
    for (qint64 s = std::max<qint64>(signs.second - kSeconds + 1, nowMs / 1000 - kSeconds + 1); s <= signs.second; ++s)
        sum += signs.perSecond[size_t(s % kSeconds)];
    return sum;
}

void Attention::noteTraffic(const store::MeshStore &store, const store::TrafficEntry &entry, qint64 nowMs)
{
    const store::Peer *sender =
        entry.senderKey.isEmpty() ? store.peerByName(entry.senderName) : store.peer(entry.senderKey);
    const store::Peer *target = addressee(store, entry.targetSpec);
    const qint64 atMs = timeOf(store, entry, nowMs);
    if (sender) {
        Signs &signs = m_signs[sender->key];
        noteSign(signs, atMs, false);
        signs.spoke = true;
        countSent(signs, atMs);
        if (target && target != sender)
            noteRun(sender->key, target->key, atMs);
        else
            turnTo(sender->key, entry.targetSpec);
    }
    if (target && target != sender && entry.priority != protocol::Priority::Low) {
        Signs &signs = m_signs[target->key];
        if (atMs > signs.doneMs) {
            if (signs.askedMs == 0)
                signs.askedMs = atMs;
            ++signs.asked;
        }
    }
}

void Attention::turnTo(const QString &from, const QString &to)
{
    Signs &signs = m_signs[from];
    // Whoever turns to somebody else breaks its run, so there are never more runs than peers.
    if (signs.talksTo != to && !signs.talksTo.isEmpty())
        m_runs.remove(pairOf(from, signs.talksTo));
    signs.talksTo = to;
}

void Attention::noteRun(const QString &from, const QString &to, qint64 atMs)
{
    const auto talks = [this](const QString &who, const QString &with) {
        const auto signs = m_signs.constFind(who);
        return signs != m_signs.cend() && signs->talksTo == with;
    };
    const bool stayed = talks(from, to) && talks(to, from);
    turnTo(from, to);
    Run &run = m_runs[pairOf(from, to)];
    if (run.lastSender == to && (stayed || run.turns == 1) && atMs - run.lastMs <= m_rules.loopWindowMs)
        ++run.turns;
    else
        run = {1, atMs, atMs, {}};
    run.lastMs = atMs;
    run.lastSender = from;
}

void Attention::noteConversation(const store::MeshStore &store, const ConversationId &id)
{
    m_waiting.remove(id);
    const store::Conversation *conversation = store.conversation(id);
    if (!conversation || conversation->id != id)
        return;
    const QList<store::Message> &messages = store.messages(id);
    if (messages.isEmpty())
        return;
    AttentionItem item;
    item.kind = AttentionKind::WaitsForYou;
    item.conversation = id;
    if (id.kind == ConversationKind::Direct) {
        if (!ConversationListModel::needsUser(*conversation, messages))
            return;
        item.peer = conversation->target().key;
        // It has waited since the first thing it said after we last spoke.
        for (auto it = messages.crbegin(); it != messages.crend() && !it->own; ++it)
            item.sinceMs = it->sentAtMs;
        item.said = oneLine(messages.last().text, kSaidChars);
    } else {
        if (conversation->mentions == 0)
            return;
        const auto told = std::find_if(messages.crbegin(), messages.crend(), [&](const store::Message &message) {
            return message.mention && !message.own && message.sentAtMs > conversation->readUpToMs;
        });
        if (told == messages.crend() || told->senderKey.isEmpty())
            return;
        item.peer = told->senderKey;
        item.sinceMs = told->sentAtMs;
        item.said = oneLine(told->text, kSaidChars);
    }
    m_waiting.insert(id, item);
}

std::optional<ContextBurn> Attention::burn(const store::Peer &peer, qint64 nowMs) const
{
    const auto found = m_signs.constFind(peer.key);
    if (found == m_signs.cend())
        return std::nullopt;
    const std::vector<Sample> &samples = found->context;
    const auto first = std::find_if(samples.cbegin(), samples.cend(),
                                    [&](const Sample &s) { return nowMs - s.atMs <= kBurnWindowMs; });
    if (first == samples.cend())
        return std::nullopt;
    const auto spent = double(samples.back().used - first->used);
    const auto tookMs = double(samples.back().atMs - first->atMs);
    if (tookMs < kBurnLeastMs || spent <= 0)
        return std::nullopt;
    const double room =
        double(peer.stats.contextMax.value_or(0) - peer.stats.contextUsed.value_or(samples.back().used));
    return ContextBurn{spent / tookMs * 60'000, room > 0 ? qint64(room / spent * tookMs) : 0};
}

void Attention::judge(const store::Peer &peer, Signs &signs, qint64 onlineSinceMs, qint64 nowMs,
                      QList<AttentionItem> &items) const
{
    const bool there = peer.presence == store::Presence::Live;
    const bool ai = peer.kind == protocol::PeerKind::Ai;
    AttentionItem item;
    item.peer = peer.key;

    // What happened while there was no link is not known.
    const qint64 doneMs = std::max(signs.doneMs, onlineSinceMs);
    if (on(AttentionKind::Stalled) && there && ai && peer.status == protocol::PeerStatus::Working
        && nowMs - doneMs >= m_rules.stalledAfterMs) {
        item.kind = AttentionKind::Stalled;
        item.sinceMs = doneMs;
        items.append(item);
    }
    if (on(AttentionKind::Silent) && ai) {
        item.kind = AttentionKind::Silent;
        const qint64 askedMs = std::max(signs.askedMs, onlineSinceMs);
        if (peer.presence == store::Presence::Grace) {
            item.sinceMs = peer.lastSeenMs;
            item.linkLost = true;
            items.append(item);
        } else if (there && peer.status == protocol::PeerStatus::Idle && signs.spoke && signs.askedMs > 0
                   && nowMs - askedMs >= m_rules.silentAfterMs) {
            item.sinceMs = signs.askedMs;
            item.amount = signs.asked;
            items.append(item);
        }
        item.linkLost = false;
        item.amount = 0;
    }
    const auto share = peer.stats.contextShare();
    if (on(AttentionKind::ContextFull) && share && *share >= m_rules.contextFrom) {
        if (signs.contextSinceMs == 0) // the threshold was another one when it got there
            signs.contextSinceMs = nowMs;
        item.kind = AttentionKind::ContextFull;
        item.sinceMs = signs.contextSinceMs;
        item.amount = std::llround(*share * 100);
        if (const auto rate = burn(peer, nowMs))
            item.leftMs = rate->leftMs;
        items.append(item);
        item.amount = 0;
        item.leftMs = 0;
    }
    const int rate = perMinute(signs, nowMs);
    if (rate >= m_rules.floodPerMinute) {
        if (signs.floodSinceMs == 0)
            signs.floodSinceMs = nowMs;
    } else if (rate < m_rules.floodPerMinute / 2) {
        signs.floodSinceMs = 0;
    }
    if (on(AttentionKind::Flooding) && signs.floodSinceMs > 0) {
        item.kind = AttentionKind::Flooding;
        item.sinceMs = signs.floodSinceMs;
        item.amount = rate;
        items.append(item);
    }
}

QList<AttentionItem> Attention::evaluate(const store::MeshStore &store, qint64 nowMs)
{
    const store::Connection &link = store.connection();
    if (!link.online() && link.lastOnlineMs > 0)
        nowMs = std::min(nowMs, link.lastOnlineMs);
    QList<AttentionItem> items;
    if (on(AttentionKind::WaitsForYou)) {
        for (const AttentionItem &item : std::as_const(m_waiting))
            items.append(item);
    }
    for (auto it = m_signs.begin(); it != m_signs.end(); ++it) {
        const store::Peer *peer = store.peer(it.key());
        if (peer && !peer->self && !peer->hidden && !peer->controlPlane && !peer->stub
            && peer->presence != store::Presence::Gone)
            judge(*peer, *it, link.onlineSinceMs, nowMs, items);
    }
    for (auto it = m_runs.begin(); it != m_runs.end();) {
        const Run &run = *it;
        if (nowMs - run.lastMs > m_rules.loopWindowMs) {
            it = m_runs.erase(it);
            continue;
        }
        const auto &[a, b] = it.key();
        const store::Peer *first = store.peer(a);
        const store::Peer *second = store.peer(b);
        const auto machine = [](const store::Peer *peer) {
            return peer && peer->kind == protocol::PeerKind::Ai && peer->presence != store::Presence::Gone;
        };
        if (on(AttentionKind::Looping) && run.turns / 2 >= m_rules.loopRounds && machine(first) && machine(second)) {
            const Signs signsA = m_signs.value(a);
            const Signs signsB = m_signs.value(b);
            const bool progress = std::max(signsA.progressMs, signsB.progressMs) > run.firstMs;
            if (!progress && signsA.talksTo == b && signsB.talksTo == a) {
                AttentionItem item;
                item.kind = AttentionKind::Looping;
                item.peer = run.lastSender == a ? b : a; // who began an even run; stable enough to name it by
                item.other = item.peer == a ? b : a;
                if (nameFor(store, item.other) < nameFor(store, item.peer))
                    std::swap(item.peer, item.other);
                item.sinceMs = run.firstMs;
                item.amount = run.turns / 2;
                items.append(item);
            }
        }
        ++it;
    }
    std::sort(items.begin(), items.end(), [](const AttentionItem &a, const AttentionItem &b) {
        return std::tuple(a.kind, a.sinceMs, a.peer, a.other, a.conversation.key)
            < std::tuple(b.kind, b.sinceMs, b.peer, b.other, b.conversation.key);
    });
    return items;
}

QList<AttentionSpan> Attention::spans(const AttentionItem &item, const store::MeshStore &store)
{
    const QStringList names{nameFor(store, item.peer), item.other.isEmpty() ? QString() : nameFor(store, item.other)};
    const int amount = int(std::min<qint64>(item.amount, 1'000'000));
    QString pattern;
    QString figure;
    switch (item.kind) {
    case AttentionKind::WaitsForYou:
        //: %1 is a name, here and in the sentences that follow
        pattern = AttentionWords::tr("%1 waits for you");
        break;
    case AttentionKind::Stalled:
        pattern = AttentionWords::tr("%1 works without a sign of life");
        break;
    case AttentionKind::Looping:
        pattern = AttentionWords::tr("%1 is looping with %2");
        figure = AttentionWords::tr("%n round(s)", nullptr, amount);
        break;
    case AttentionKind::Silent:
        if (item.linkLost) {
            pattern = AttentionWords::tr("%1 lost its connection");
        } else {
            pattern = AttentionWords::tr("%1 went silent");
            figure = AttentionWords::tr("%n message(s) unanswered", nullptr, amount);
        }
        break;
    case AttentionKind::ContextFull:
        pattern = AttentionWords::tr("%1 runs out of context");
        //: %1 is a number: percent
        figure = AttentionWords::tr("%1 % full").arg(amount);
        if (item.leftMs > 0)
            figure += u" · "_s + AttentionWords::tr("full in %1").arg(roughly(item.leftMs));
        break;
    case AttentionKind::Flooding:
        pattern = AttentionWords::tr("%1 floods the mesh");
        figure = AttentionWords::tr("%n message(s) a minute", nullptr, amount);
        break;
    }
    QList<AttentionSpan> spans = cut(pattern, names);
    if (!figure.isEmpty())
        spans.append({u" · "_s + figure, false});
    return spans;
}

QString Attention::sentence(const AttentionItem &item, const store::MeshStore &store)
{
    QString text;
    for (const AttentionSpan &span : spans(item, store))
        text += span.text;
    return text;
}

QString Attention::ruleName(AttentionKind kind)
{
    switch (kind) {
    case AttentionKind::WaitsForYou:
        return AttentionWords::tr("Waits for you");
    case AttentionKind::Stalled:
        return AttentionWords::tr("Stalled");
    case AttentionKind::Looping:
        return AttentionWords::tr("Looping");
    case AttentionKind::Silent:
        return AttentionWords::tr("Went silent");
    case AttentionKind::ContextFull:
        return AttentionWords::tr("Out of context");
    case AttentionKind::Flooding:
        return AttentionWords::tr("Flooding");
    }
    return {};
}

QString Attention::ruleText(AttentionKind kind, const AttentionRules &rules)
{
    const int figure = rules.threshold(kind);
    switch (kind) {
    case AttentionKind::WaitsForYou:
        return AttentionWords::tr(
            "It spoke last and asks something or interrupts, or it mentioned you and you have not "
            "read it.");
    case AttentionKind::Stalled:
        //: %1: minutes
        return AttentionWords::tr("It says it works, but did nothing others can see for %1 min.").arg(figure);
    case AttentionKind::Looping:
        return AttentionWords::tr("Two peers wrote to each other in turn for %1 rounds, to nobody else, and changed "
                                  "nothing.")
            .arg(figure);
    case AttentionKind::Silent:
        //: %1: minutes
        return AttentionWords::tr("It is idle and left messages unanswered for %1 min, or its connection is lost.")
            .arg(figure);
    case AttentionKind::ContextFull:
        return AttentionWords::tr("It reports that %1 % or more of its context is used.").arg(figure);
    case AttentionKind::Flooding:
        return AttentionWords::tr("It sent %1 messages or more within a minute.").arg(figure);
    }
    return {};
}

} // namespace mesh::items
