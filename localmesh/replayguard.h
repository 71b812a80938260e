// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QByteArray>
#include <QtCore/QSet>
#include <QtCore/QString>

#include <deque>

namespace mesh::local {

//! Remembers the signatures of hellos for as long as their timestamps are good, so that one that was overheard cannot
//! be used again. Bounded: when very many come the oldest is forgotten first.
class ReplayGuard final
{
public:
    ReplayGuard() = default;
    Q_DISABLE_COPY_MOVE(ReplayGuard)

    //! True the first time. \a signatureHex is one that was verified; \a nowNs is monotonic.
    bool firstUse(const QString &signatureHex, qint64 nowNs)
    {
        while (!m_seen.empty() && (m_seen.front().untilNs <= nowNs || m_seen.size() >= MaxSeen)) {
            m_known.remove(m_seen.front().start);
            m_seen.pop_front();
        }
        const QByteArray start = signatureHex.left(StartChars).toLatin1();
        if (m_known.contains(start))
            return false;
        m_known.insert(start);
        m_seen.push_back({start, nowNs + GoodNs});
        return true;
    }

private:
    //! A timestamp may be a minute ahead, and is good for a minute after that (wire reference 2.4).
    static constexpr qint64 GoodNs = 125LL * 1'000'000'000;
    static constexpr size_t MaxSeen = 100'000;
    static constexpr qsizetype StartChars = 32; //!< 128 bits tell signatures apart
    struct Seen
    {
        QByteArray start;
        qint64 untilNs;
    };

    std::deque<Seen> m_seen; //!< oldest first
    QSet<QByteArray> m_known;
};

} // namespace mesh::local
