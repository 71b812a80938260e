// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QHash>
#include <QtCore/QObject>
#include <QtCore/QPointer>
#include <QtCore/QSet>
#include <QtCore/QTimer>

#include "models/items/filtercompletion.h"
#include "models/items/focusstate.h"
#include "models/items/peerfilter.h"
#include "models/protocol/clock.h"

namespace mesh::store {
class MeshStore;
struct ChangeSet;
} // namespace mesh::store

namespace mesh::items {

//! Which peers of the mesh pass the filter of FocusState now: one answer for graph, table, timeline and peers list.
//! Kept up to date from change sets; only filters that ask for idle times look at all peers again every few seconds.
class PeerMatches final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(PeerMatches)

public:
    //! \a focus and \a clock are borrowed and outlive this.
    PeerMatches(FocusState &focus, const protocol::Clock &clock, QObject *parent = nullptr);

    //! nullptr: no peers. The store must outlive this or be taken away first.
    void setStore(store::MeshStore *store);

    [[nodiscard]] bool isFiltering() const { return !m_focus.filter().isEmpty(); }
    //! Whether the peer passes; true for keys that nothing is known of.
    [[nodiscard]] bool passes(const QString &key) const { return !m_excluded.contains(key); }
    [[nodiscard]] const QSet<QString> &excluded() const { return m_excluded; }
    //! Peers that people see in graph and lists, and how many of those pass. Gone ones do not count.
    [[nodiscard]] int total() const { return m_total; }
    [[nodiscard]] int shown() const { return m_shown; }

    //! A condition that can be switched on or off by one click, with the number of peers that meet it alone.
    struct Chip
    {
        QString label;
        QString term; //!< as written in the expression
        int count = 0;
        bool active = false; //!< it stands in the expression
        friend bool operator==(const Chip &, const Chip &) = default;
    };
    //! The conditions in force, then those worth a look: working, nearly full context, unread. Without count left out.
    [[nodiscard]] QList<Chip> chips() const;
    //! Switches a condition of chips() on or off.
    void toggle(const Chip &chip);

    [[nodiscard]] FilterVocabulary vocabulary() const;

    //! A peer as people see it in graph and lists.
    [[nodiscard]] static bool isPublic(const store::Peer &peer);
    //! Such a peer that is there now, or whose place the broker still holds.
    [[nodiscard]] static bool isHere(const store::Peer &peer);
    //! How many those are, oneself among them: the number of peers of a mesh, wherever the window tells it.
    [[nodiscard]] static int countHere(const store::MeshStore &store);

Q_SIGNALS:
    //! passes() is different for \a keys (few), or for any peer if \a keys is empty.
    void changed(const QSet<QString> &keys);
    //! total(), shown() or chips() may be different; at most four times a second.
    void countsChanged();

private:
    [[nodiscard]] FilterSubject subject(const store::Peer &peer, qint64 nowMs) const;
    void onChanged(const store::ChangeSet &changes);
    void evaluateAll();
    void evaluate(const QSet<QString> &keys);
    void scheduleCounts();
    void count();

    FocusState &m_focus;
    const protocol::Clock &m_clock;
    QPointer<store::MeshStore> m_store;
    QSet<QString> m_excluded;
    int m_total = 0;
    int m_shown = 0;
    QTimer m_countTimer;
    QTimer m_idleTimer;
};

} // namespace mesh::items
