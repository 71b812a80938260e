// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/protocol/clock.h"
#include "models/protocol/expected.h"
#include "models/protocol/framesdata.h"

#include <QtCore/QHash>
#include <QtCore/QObject>

#include <memory>
#include <optional>

class QNetworkAccessManager;
class QNetworkReply;

namespace mesh::local {

class Presence;

//! Watches of URLs (wire reference 7.18). They live in memory and end with the presence that made them.
//!
//! The broker fetches with GET, follows no redirects, keeps no cookies and reads 1 MiB. `https://` may go
//! anywhere, `http://` to this machine only.
class WatchKeeper final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(WatchKeeper)

public:
    //! An answer has to be complete within \a timeoutMs of real time.
    WatchKeeper(const protocol::Clock &clock, int timeoutMs, QObject *parent = nullptr);
    ~WatchKeeper() override;

    //! Errors: "invalid_args", "limit".
    protocol::Expected<protocol::WatchAck> add(Presence &owner, const protocol::Watch &request);
    //! Ends a watch of \a owner; what comes back is empty but for the id when there is none.
    protocol::WatchAck remove(const Presence &owner, const QString &id);
    QList<protocol::WatchRow> list(const Presence &owner) const;
    //! Before a presence goes away.
    void forget(const Presence &owner);
    //! Fetches what is due. To be called every second or so.
    void check();

    //! Whose watch it is; nullptr when it has ended.
    Presence *ownerOf(const QString &id) const;

Q_SIGNALS:
    //! \a data is the eventData of `watch_triggered`.
    void triggered(const QString &id, const QJsonObject &data);

private:
    enum class Mode { Hash, Json, Status };
    struct Entry
    {
        Presence *owner = nullptr;
        quint64 order = 0;
        QString url;
        Mode mode = Mode::Hash;
        QString extract;
        QString notifyOn; //!< "change", "match:<v>", "not_match:<v>"
        QList<std::pair<QByteArray, QByteArray>> headers;
        std::optional<QString> label;
        qint64 intervalNs = 0;
        qint64 dueNs = 0;
        qint64 createdAtMs = 0;
        std::optional<QString> value;
        std::optional<qint64> checkedAtMs;
        bool inFlight = false;
    };
    static QString word(Mode mode);
    static std::optional<QString> valueOf(const Entry &entry, int status, const QByteArray &body);
    static bool isNews(const Entry &entry, const QString &value);
    void fetch(const QString &id, Entry &entry);
    void fetched(const QString &id, QNetworkReply &reply);

    const protocol::Clock &m_clock;
    int m_timeoutMs;
    std::unique_ptr<QNetworkAccessManager> m_network; //!< made at first use
    QHash<QString, Entry> m_entries;
    quint64 m_nextOrder = 1;
    int m_inFlight = 0;
};

} // namespace mesh::local
