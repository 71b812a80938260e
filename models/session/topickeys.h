// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QHash>

#include <functional>

#include "models/protocol/event.h"
#include "models/protocol/keys.h"
#include "models/protocol/topiccrypto.h"
#include "models/session/appapi.h"
#include "models/session/pollschedule.h"

namespace mesh::session {

//! The keys of encrypted topics (wire reference 4.5, 4.6): fetches what a member sealed for us, seals for members that
//! have none, opens and seals bodies. Keys are in memory only; the broker has our seal for the next start. Whatever was
//! once seen encrypted is never written to in the clear.
class TopicKeys final
{
public:
    //! \a member outlives this.
    TopicKeys(SessionPort &port, AppApi &api, const protocol::KeyPair &member);

    //! What may be read or written in a topic has changed.
    std::function<void(const QString &topicId)> onChanged;

    void linkUp();
    void linkDown();
    void listed(const QList<protocol::TopicRow> &topics);
    //! The topic on the screen is looked after more often.
    void show(const QString &topicId);
    //! Asks for the key of a topic that is used from now on.
    void want(const QString &topicId);
    //! Its members are others now: some may need the key.
    void membersChanged(const QString &topicId);
    //! Forgets the key of a topic that was left.
    void drop(const QString &topicId);
    //! A body of this kind was seen there.
    void saw(const QString &topicId, bool sealed);

    //! What is known, as told with TopicKeyChanged. Messages wait while it is Unknown or Waiting.
    protocol::events::TopicKeyState state(const QString &topicId) const;
    //! Errors: `topic_key_missing`, and those of sealTopicText().
    protocol::Expected<protocol::SealedText> seal(const QString &topicId, const QString &text) const;
    //! Errors: `topic_key_missing`, and those of openTopicText().
    protocol::Expected<QString> open(const QString &topicId, const protocol::SealedText &sealed) const;

    void advance();
    qint64 nextDueMs() const;

private:
    static constexpr int MaxInFlight = 4;

    //! What the broker said about the key.
    enum class Told { Nothing, NoKey, NotForUs, Sealed, NoInterface };

    struct Topic
    {
        QString name;
        bool wanted = false;
        bool sawSealed = false;
        bool sawClear = false;
        Told told = Told::Nothing;
        protocol::TopicKey key;
        PollSchedule ask;    //!< for our seal
        PollSchedule spread; //!< to members that have none
        protocol::events::TopicKeyState state = protocol::events::TopicKeyState::Unknown;
    };

    void askKey(const QString &topicId);
    void onKey(const QString &topicId, const ApiResult &result);
    void askPending(const QString &topicId);
    void sealFor(const QString &topicId, const QJsonArray &pending);
    void update(const QString &topicId);
    void setPace(Topic &topic, bool shown);
    QString path(const Topic &topic, QLatin1StringView action) const;

    SessionPort &m_port;
    AppApi &m_api;
    const protocol::KeyPair &m_member;
    QHash<QString, std::shared_ptr<Topic>> m_topics; // shared, since keys cannot be copied
    QString m_shown;
    int m_inFlight = 0;
};

} // namespace mesh::session
