// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QList>
#include <QtCore/QString>

#include <array>
#include <optional>

#include "models/store/records.h"

namespace mesh::store {
class MeshStore;
}

namespace mesh::items {

//! What is known of the direct messages between two peers, from what the store keeps of the last hour. Either may be a
//! collapsed group, by its key in the graph: then of all its members.
struct EdgeFigures
{
    struct Way
    {
        int messages = 0;
        int lastMinute = 0;
        std::array<int, 3> byPriority{}; //!< indexed by protocol::Priority
    };
    struct Said
    {
        QString senderKey;
        QString text; //!< untrusted
        qint64 atMs = 0;
    };
    static constexpr int kRecent = 4;

    QString a;
    QString b;
    Way there; //!< from a to b
    Way back;
    qint64 sinceMs = 0; //!< the oldest message that is counted; 0: none
    qint64 lastMs = 0;
    //! From sending to delivery. Told for messages of one's own only; nullopt: no such message.
    std::optional<double> delayP50Ms;
    std::optional<double> delayP95Ms;
    int delaySamples = 0;
    bool readable = false; //!< one of the two is this user
    QList<Said> recent;    //!< newest last; only what the user may read

    [[nodiscard]] static EdgeFigures of(const store::MeshStore &store, const QString &a, const QString &b,
                                        qint64 nowMs);
    //! Partners of \a key with the number of messages either way, busiest first.
    [[nodiscard]] static QList<std::pair<QString, int>> partnersOf(const store::MeshStore &store, const QString &key,
                                                                   int most = 5);
};

//! The value below which a share of \a values lies (nearest rank); sorts them. NaN if there are none.
[[nodiscard]] double percentileOf(QList<double> &values, double share);

} // namespace mesh::items
