// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QByteArray>
#include <QtCore/QHash>
#include <QtCore/QSet>
#include <QtCore/QString>

#include <deque>

namespace mesh::local {

//! Remembers the signatures of hellos for as long as their timestamps are good, so that one that was overheard cannot
//! be used again. Bounded: when very many come the oldest is forgotten first.
//!
//! The signature of a plain hello does not cover its session (wire reference 2.2): two sessions of one member that sign
//! within the same millisecond have the same one. They are told apart by what they claim to be, but only while they
//! arrive together; later the same signature under another claim is a replay.
class ReplayGuard final
{
public:
    ReplayGuard() = default;
    Q_DISABLE_COPY_MOVE(ReplayGuard)

    //! True the first time. \a signatureHex is one that was verified; \a claim is who the hello says it is, where its
    //! signature does not tell; \a nowNs is monotonic.
    bool firstUse(const QString &signatureHex, const QByteArray &claim, qint64 nowNs)
    {
        while (!m_seen.empty() && (m_seen.front().untilNs <= nowNs || m_seen.size() >= MaxSeen)) {
            m_known.remove(m_seen.front().start);
            m_seen.pop_front();
        }
        const QByteArray start = signatureHex.left(StartChars).toLatin1();
        const auto known = m_known.find(start);
        if (known != m_known.end()) {
            const bool together = nowNs - known->firstNs <= TogetherNs && known->claims.size() < MaxTogether;
            if (!together || known->claims.contains(claim))
                return false;
            known->claims.insert(claim);
            return true;
        }
        m_known.insert(start, {.firstNs = nowNs, .claims = {claim}});
        m_seen.push_back({start, nowNs + GoodNs});
        return true;
    }

private:
    //! A timestamp may be a minute ahead, and is good for a minute after that (wire reference 2.4).
    static constexpr qint64 GoodNs = 125LL * 1'000'000'000;
    static constexpr qint64 TogetherNs = 1'000'000'000;
    static constexpr qsizetype MaxTogether = 32;
    static constexpr size_t MaxSeen = 100'000;
    static constexpr qsizetype StartChars = 32; //!< 128 bits tell signatures apart
    struct Seen
    {
        QByteArray start;
        qint64 untilNs;
    };
    struct Use
    {
        qint64 firstNs;
        QSet<QByteArray> claims;
    };

    std::deque<Seen> m_seen; //!< oldest first
    QHash<QByteArray, Use> m_known;
};

} // namespace mesh::local
