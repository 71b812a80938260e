// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QRandomGenerator>
#include <QtTest/QTest>

#include "models/store/meshstore.h"
#include "tests/store/storefixture.h"
#include "tests/support/testprogram.h"

namespace tst_storeproperty {

using namespace Qt::StringLiterals;
using namespace mesh::protocol;
using namespace mesh::protocol::events;
using namespace mesh::store;
using namespace fixture;

//! A made-up mesh observed over several independent sources (lists, pushes, messages, own sends, audit log, traffic
//! stream, state, clock, ...). Whatever way the sources interleave, whatever is told twice, however the batches are
//! cut: the store must be the same.
class TestStoreProperty final : public QObject
{
    Q_OBJECT

private:
    using Sources = QList<EventList>;

    static Sources world(quint32 seed);
    static EventList merged(const Sources &sources, QRandomGenerator &random);

private Q_SLOTS:
    void interleavingsGiveTheSameStore_data();
    void interleavingsGiveTheSameStore();
};

TestStoreProperty::Sources TestStoreProperty::world(quint32 seed)
{
    QRandomGenerator random(seed);
    enum {
        Lists,
        Pushes,
        Messages,
        Own,
        Audit,
        Stream,
        State,
        StatePolls,
        Ticks,
        Reports,
        Memory,
        Link,
        Local,
        Tasks,
        Count
    };
    Sources sources(Count);
    const auto tell = [&](int source, qint64 ms, EventBody body) { sources[source].append(at(ms, std::move(body))); };

    struct Being
    {
        bool there = false;
        PeerStatus status = PeerStatus::Idle;
        int member = 0;
        QString name;
    };
    QHash<int, Being> beings;
    int nextKey = 10;
    for (int i = 0; i < 8; ++i)
        beings.insert(nextKey, {i < 4, PeerStatus::Idle, 0x1000 + nextKey, u"peer %1"_s.arg(nextKey)}), ++nextKey;
    QHash<QString, int> state;
    qint64 auditId = 100, tick = 0;
    int ids = 0;
    double speed = 10;
    bool paused = false;
    tell(Reports, 1, ClockReported{speed, false, 0, kStart, kStart});
    const auto list = [&](qint64 ms) {
        PeersListed listed;
        listed.peers.append(row(1, u"Olga"_s));
        QList<int> keys = beings.keys();
        std::sort(keys.begin(), keys.end());
        for (const int k : keys) {
            if (!beings[k].there)
                continue;
            PeerRow r = row(k, beings[k].name, beings[k].status);
            r.memberPubkey = key(beings[k].member);
            r.stats = QJsonObject{{u"messagesIn"_s, int(ms / 1000)}};
            listed.peers.append(r);
        }
        tell(Lists, ms, listed);
    };
    list(2);
    // every step is a moment of its own, so that no two sources tell of the same millisecond
    for (qint64 step = 1; step <= 400; ++step) {
        const qint64 ms = step * 7'000;
        const QList<int> keys = [&] {
            QList<int> k = beings.keys();
            std::sort(k.begin(), k.end());
            return k;
        }();
        const int who = keys.at(random.bounded(int(keys.size())));
        Being &being = beings[who];
        switch (random.bounded(14)) {
        case 0:
            being.there = !being.there;
            tell(Pushes, ms,
                 PeerPresence{
                     being.there ? PresenceChange::Joined : PresenceChange::Left, key(who), being.name, {}, {}});
            break;
        case 1: {
            // back under a new key
            if (being.there || random.bounded(2))
                break;
            const Being again{true, PeerStatus::Idle, being.member, being.name};
            bool others = false;
            for (const Being &b : std::as_const(beings))
                others = others || (b.there && b.member == being.member);
            if (others)
                break;
            beings.insert(nextKey, again);
            tell(Pushes, ms, PeerPresence{PresenceChange::Joined, key(nextKey), again.name, {}, {}});
            ++nextKey;
            break;
        }
        case 2:
            being.status = PeerStatus(random.bounded(3));
            [[fallthrough]];
        case 3:
            list(ms);
            break;
        case 4:
        case 5: {
            ++ids;
            MessageReceived m = direct(who, u"id%1"_s.arg(ids), u"text %1"_s.arg(ids), ms);
            if (random.bounded(3) == 0) {
                MessageReceived bare = m;
                bare.body = BodyKind::Undecryptable;
                bare.text.clear();
                m.conversation = {ConversationKind::Broadcast, {}};
                m.senderMemberId = u"member"_s;
                m.senderMemberKey = key(being.member);
                tell(Messages, ms + 1, bare);
            } else {
                AuditRow row;
                row.id = ++auditId;
                row.eventType = u"message_sent"_s;
                row.actor = being.name;
                tell(Audit, ms + 3'000, AuditAppended{{row}, auditId});
                TrafficSeen t;
                t.source = TrafficSource::Audit;
                t.auditId = auditId;
                t.senderKey = key(who);
                t.targetSpec = key(1);
                t.sentAtMs = kStart + ms;
                tell(Audit, ms + 3'001, t);
            }
            tell(Messages, ms + 2, m);
            break;
        }
        case 6: {
            const QString id = u"own%1"_s.arg(++ids);
            tell(Own, ms, composed(who, id, u"mine %1"_s.arg(ids), ms));
            tell(Own, ms + 1, OutgoingChanged{id, OutgoingState::Sent, {}, {}, {}, {}});
            if (random.bounded(4) == 0) {
                tell(Own, ms + 2, OutgoingChanged{id, OutgoingState::Refused, {}, u"not_connected"_s, {}, {}});
            } else {
                tell(Own, ms + 2, OutgoingChanged{id, OutgoingState::Accepted, u"b"_s + id, {}, {}, {}});
                tell(Own, ms + 900, OutgoingChanged{id, OutgoingState::Delivered, u"b"_s + id, {}, {}, key(who)});
            }
            break;
        }
        case 7: {
            TrafficSeen t;
            t.source = TrafficSource::Stream;
            t.messageId = u"s%1"_s.arg(++ids);
            t.senderKey = key(who);
            t.senderName = being.name;
            t.targetSpec = key(keys.at(random.bounded(int(keys.size()))));
            t.sentAtMs = kStart + ms;
            tell(Stream, ms + 1, t);
            t.source = TrafficSource::Audit;
            t.messageId.clear();
            t.auditId = ++auditId;
            t.sentAtMs += 2;
            tell(Audit, ms + 2'000, t);
            break;
        }
        case 8: {
            const QString k = u"key%1"_s.arg(random.bounded(4));
            state[k] = ++ids;
            tell(State, ms, StateSet{k, ids, being.name});
            break;
        }
        case 9: {
            StateListed listed;
            QStringList names = state.keys();
            names.sort();
            for (const QString &k : std::as_const(names))
                listed.entries.append({k, state[k], u"by"_s, {}});
            tell(StatePolls, ms, listed);
            break;
        }
        case 10:
            if (random.bounded(3) == 0) {
                paused = !paused;
                tell(Reports, ms, ClockReported{speed, paused, tick, kStart + tick * 60'000, kStart});
            } else if (!paused) {
                ++tick;
                tell(Ticks, ms, Ticked{tick, kStart + tick * 60'000, speed, 0});
            }
            break;
        case 11:
            if (random.bounded(3) != 0)
                tell(Memory, ms, MemoryRemembered{u"mem%1"_s.arg(++ids), u"content"_s, {u"t"_s}, being.name});
            else
                tell(Memory, ms, MemoryForgotten{u"mem%1"_s.arg(ids)});
            break;
        case 12:
            tell(Link, ms,
                 ConnectionChanged{
                     random.bounded(2) ? ConnectionState::Online : ConnectionState::Waiting, u"x"_s, {}, {}, {}, 0});
            tell(
                Tasks, ms + 1,
                TasksListed{{TaskRow{u"t%1"_s.arg(random.bounded(3)), u"title"_s, {}, {}, u"open"_s, {}, {}, {}, {}}}});
            break;
        default:
            tell(Local, ms, ConversationRead{{ConversationKind::Direct, key(who)}, kStart + ms});
            tell(Local, ms + 1,
                 DraftChanged{{ConversationKind::Direct, key(who)},
                              random.bounded(2) ? u"draft"_s : QString(),
                              random.bounded(2) ? u"m1"_s : QString()});
            tell(Local, ms + 2, PeerVerified{key(who), being.name, random.bounded(2) == 0});
            tell(
                Local, ms + 3,
                MessageComposed{
                    u"note%1"_s.arg(++ids), {ConversationKind::Notes, {}}, Priority::Next, u"note"_s, {}, kStart + ms});
            break;
        }
    }
    list(401 * 7'000);
    return sources;
}

EventList TestStoreProperty::merged(const Sources &sources, QRandomGenerator &random)
{
    EventList out;
    QList<qsizetype> next(sources.size(), 0);
    for (;;) {
        QList<int> open;
        for (int s = 0; s < sources.size(); ++s) {
            if (next[s] < sources[s].size())
                open.append(s);
        }
        if (open.isEmpty())
            return out;
        // runs of one source, so that sources overtake each other far as well as near
        const int s = open.at(random.bounded(int(open.size())));
        for (int run = random.bounded(1, 12); run > 0 && next[s] < sources[s].size(); --run)
            out.append(sources[s].at(next[s]++));
        // told again, any time later
        if (random.bounded(6) == 0)
            out.append(sources[s].at(random.bounded(int(next[s]))));
    }
}

void TestStoreProperty::interleavingsGiveTheSameStore_data()
{
    QTest::addColumn<quint32>("seed");
    // More of them with MESH_PROPERTY_WORLDS=500, for a search by hand.
    const quint32 worlds = std::max(12, qEnvironmentVariableIntValue("MESH_PROPERTY_WORLDS"));
    for (quint32 seed = 1; seed <= worlds; ++seed)
        QTest::addRow("world %u", seed) << seed;
}

void TestStoreProperty::interleavingsGiveTheSameStore()
{
    QFETCH(quint32, seed);
    StoreLimits limits; // bounds are tested elsewhere: what is dropped does depend on what came
    limits.trafficKeptMs = std::numeric_limits<qint64>::max();
    limits.presenceListsKept = 1'000;
    limits.stateHistory = 1'000;
    limits.ticksKept = 1'000;
    limits.trafficMatchMs = 3'000;
    const Sources sources = world(seed);
    EventList inOrder;
    for (const EventList &source : sources)
        inOrder += source;
    std::stable_sort(inOrder.begin(), inOrder.end(), [](const Event &a, const Event &b) { return a.atMs < b.atMs; });
    MeshStore reference(kMesh, limits);
    reference.apply({at(0, session())});
    for (const Event &event : std::as_const(inOrder))
        reference.apply({event});
    const QJsonObject wanted = reference.digestJson();
    QVERIFY(reference.traffic().size() > 20 && reference.timeline().size() > 100);

    QRandomGenerator random(seed * 7919);
    for (int round = 0; round < 6; ++round) {
        MeshStore store(kMesh, limits);
        store.apply({at(0, session())});
        const EventList events = merged(sources, random);
        for (qsizetype i = 0; i < events.size();) {
            const qsizetype n = std::min(events.size() - i, qsizetype(random.bounded(1, 60)));
            store.apply(events.sliced(i, n));
            i += n;
        }
        const QJsonObject got = store.digestJson();
        for (auto part = wanted.begin(); part != wanted.end(); ++part) {
            if (got.value(part.key()) == part.value())
                continue;
            const QJsonArray a = part.value().toArray(), b = got.value(part.key()).toArray();
            for (qsizetype i = 0; i < std::max(a.size(), b.size()); ++i) {
                if (a.at(i) != b.at(i)) {
                    qWarning().noquote()
                        << part.key() << i << "of" << a.size() << b.size() << "\n in order:"
                        << QJsonDocument(a.at(i).toObject()).toJson(QJsonDocument::Compact).left(1'500)
                        << "\n otherwise:"
                        << QJsonDocument(b.at(i).toObject()).toJson(QJsonDocument::Compact).left(1'500);
                    break;
                }
            }
            QFAIL(qPrintable(u"round %1: %2 differs"_s.arg(round).arg(part.key())));
        }
        QCOMPARE(store.digest(), reference.digest());
    }
}

MESH_TEST(TestStoreProperty)

} // namespace tst_storeproperty

#include "tst_storeproperty.moc"
