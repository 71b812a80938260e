// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/items/attention.h"
#include "tests/items/storefixture.h"

namespace mesh::test {

inline constexpr qint64 kSecond = 1'000;
inline constexpr qint64 kMinute = 60 * kSecond;

//! A mesh with a journal that a test makes up, watched by an Attention.
class WatchedMesh final : public StoreFixture
{
public:
    WatchedMesh()
    {
        QObject::connect(&store, &store::MeshStore::changed, &m_context,
                         [this](const store::ChangeSet &changes) { attention.fold(store, changes, clock.now); });
        online();
        sessions(protocol::PeerStatus::Idle, protocol::PeerStatus::Idle);
    }

    void sessions(protocol::PeerStatus qa, protocol::PeerStatus frontend)
    {
        rows = {peer(1, u"qa"_s, qa), peer(2, u"frontend"_s, frontend), peer(3, u"db"_s)};
        list(rows);
    }

    void traffic(int from, const QString &to, protocol::Priority priority = protocol::Priority::Next)
    {
        events::TrafficSeen seen;
        seen.source = events::TrafficSource::Stream;
        seen.messageId = u"t%1"_s.arg(++m_ids);
        seen.senderKey = keyOf(from);
        seen.targetSpec = to;
        seen.priority = priority;
        seen.sentAtMs = clock.now;
        apply(seen);
    }
    void traffic(int from, int to, protocol::Priority priority = protocol::Priority::Next)
    {
        traffic(from, keyOf(to), priority);
    }

    QStringList said()
    {
        QStringList list;
        for (const items::AttentionItem &item : attention.evaluate(store, clock.now))
            list.append(
                items::Attention::sentence(item, store).replace("(s)"_L1, "s"_L1)); // plurals are the translation's
        return list;
    }

    void pass(qint64 ms) { clock.now += ms; }

    items::Attention attention;
    QList<protocol::PeerRow> rows;

private:
    QObject m_context;
    int m_ids = 0;
};

} // namespace mesh::test
