// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QHash>
#include <QtCore/QString>

namespace mesh::local {

//! Token buckets by name: so many at once, and so many a second. Full buckets are forgotten, so it stays small.
class RateLimiter final
{
public:
    RateLimiter(int burst, double perSecond)
        : m_burst(burst)
        , m_perSecond(perSecond)
    {
    }

    //! Takes a token of \a name, or says that there is none. \a nowNs is monotonic.
    bool take(const QString &name, qint64 nowNs)
    {
        if (m_buckets.size() > MaxBuckets)
            forgetFull(nowNs);
        const auto found = m_buckets.find(name);
        Bucket &bucket = found != m_buckets.end() ? *found : *m_buckets.insert(name, {double(m_burst), nowNs});
        refill(bucket, nowNs);
        if (bucket.tokens < 1.0)
            return false;
        bucket.tokens -= 1.0;
        return true;
    }

    int burst() const { return m_burst; }
    double perSecond() const { return m_perSecond; }

private:
    static constexpr qsizetype MaxBuckets = 4'096;
    struct Bucket
    {
        double tokens;
        qint64 atNs;
    };

    void refill(Bucket &bucket, qint64 nowNs) const
    {
        bucket.tokens = qMin(double(m_burst), bucket.tokens + double(nowNs - bucket.atNs) / 1e9 * m_perSecond);
        bucket.atNs = nowNs;
    }
    void forgetFull(qint64 nowNs)
    {
        m_buckets.removeIf([this, nowNs](QHash<QString, Bucket>::iterator entry) {
            refill(*entry, nowNs);
            return entry->tokens >= m_burst;
        });
    }

    int m_burst;
    double m_perSecond;
    QHash<QString, Bucket> m_buckets;
};

} // namespace mesh::local
