// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QHash>
#include <QtCore/QJsonValue>
#include <QtCore/QStringList>

#include "models/protocol/expected.h"
#include "models/session/messageopener.h"

namespace mesh::session {

//! The word peers put into their capabilities when they understand these signals.
inline constexpr QLatin1StringView HumanSignalsCapability{"x-human-chat/1"};

//! The stream on which \a key receives signals (wire reference 6.8).
QString humanStream(const QString &key);

//! Typing or read signal between clients of this kind. The wire has neither.
struct HumanSignal
{
    enum class Kind { Typing, Read };

    Kind kind = Kind::Typing;
    bool on = false;     //!< Typing
    QString place;       //!< Typing: `@group` or `#topicId`; empty: between the two
    QStringList ids;     //!< Read: client message ids, at most 200
    qint64 sentAtMs = 0; //!< the sender's clock
    QString from;        //!< routing key, proved by the box that opened
};

//! `{"v":1,"from":…,"n":…,"c":…}` with the contents sealed as a direct message is. The recipient's key is sealed in as
//! well: a box opens in both directions, so without it a broker could send us our own signals back in the peer's name.
protocol::Expected<QJsonValue> sealSignal(const HumanSignal &signal, const QString &ownKey, const QString &recipientKey,
                                          MessageOpener &opener);
//! Errors: `malformed`, `cannot_open`, `not_for_us`.
protocol::Expected<HumanSignal> openSignal(const QJsonValue &data, const QString &ownKey, MessageOpener &opener);

//! Lets typing signals through once in a while for each peer, ends at once.
class TypingThrottle final
{
public:
    explicit TypingThrottle(qint64 intervalMs)
        : m_intervalMs(intervalMs)
    {
    }

    //! Whether a signal should go out now.
    bool pass(const QString &peer, bool on, qint64 nowMs);

private:
    struct Last
    {
        bool on = false;
        qint64 atMs = 0;
    };

    qint64 m_intervalMs;
    QHash<QString, Last> m_last;
};

} // namespace mesh::session
