// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QHash>
#include <QtCore/QObject>
#include <QtCore/QTimeZone>
#include <QtCore/QTimer>

#include "localmesh/personaclient.h"
#include "localmesh/personahabits.h"
#include "localmesh/personaworker.h"
#include "localmesh/ratelimiter.h"

namespace mesh::local {

//! How fast a persona is in real time.
struct PersonaPace
{
    int replyMinMs = 2'000; //!< pause before an answer
    int replyMaxMs = 7'000;
    double tickMs = 60'000; //!< real length of a simulated minute at speed 1
    int sendBurst = 20;     //!< messages at once, and
    double sendPerSecond =
        10; //!< how fast that allowance comes back; what is over it is not said. Answers to humans are exempt
    int listEveryMs = 30'000;                     //!< how old the list of peers may be before it is asked for again
    int retryMs = 1'000;                          //!< longest wait before the first try to come back
    QTimeZone zone = QTimeZone::systemTimeZone(); //!< whose hours the day has
};

//! One simulated peer: lets its habits decide on each clock tick what it does, and answers direct messages of humans
//! after a pause in which it is `working`.
class Persona final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(Persona)

public:
    using Pace = PersonaPace;

    //! \a clock and \a network outlive the persona; many may share them.
    Persona(const PersonaScript &script, protocol::KeyPair member, protocol::KeyPair session,
            const protocol::Clock &clock, QNetworkAccessManager &network, quint32 seed, Pace pace,
            QObject *parent = nullptr);

    PersonaClient &client() { return m_client; }
    const PersonaScript &script() const { return m_script; }

private:
    struct Known
    {
        QString name;
        PersonaSender::Kind kind = PersonaSender::Kind::Human;
        bool dnd = false;
    };
    struct Question
    {
        QString text;
        bool answering = false; //!< the pause runs; else the sender has still to be found out
    };

    void onReady();
    void onTick(qint64 simTimeMs, double speed);
    void onDirect(const QString &senderKey, const QString &text);
    void onPeers(const QList<protocol::PeerRow> &peers);
    void consider(const QString &senderKey);
    void answer(const QString &senderKey);
    bool deliver(const QString &senderKey, const PersonaSender &sender, const QString &question);
    void perform(const PersonaDeed &deed);
    bool say(const PersonaSay &say);
    QString keyOf(const QString &name);
    bool mayTalk();
    void askForPeers();
    void updateStatus();
    void work(int factor);
    void report();

    const PersonaScript m_script;
    const Pace m_pace;
    const protocol::Clock &m_clock;
    PersonaClient m_client;
    PersonaHabits m_habits;
    PersonaWorker m_worker;
    RateLimiter m_limiter;
    QHash<QString, Known> m_peers;        //!< by routing key
    QHash<QString, Question> m_questions; //!< by the sender's routing key
    QTimer m_listTimer;                   //!< joins the reasons to ask for the peers into one request
    QTimer m_reportTimer;                 //!< the same for stats
    QTimer m_statusTimer;                 //!< while working: brokers let `working` decay, and spells end
    qint64 m_listedAtMs = 0;
    protocol::PeerStatus m_baseStatus = protocol::PeerStatus::Idle;
    protocol::PeerStatus m_shownStatus = protocol::PeerStatus::Idle;
    qint64 m_shownAtMs = 0;
    qint64 m_spellUntilMs = 0;
    int m_answering = 0;
    bool m_ticked = false;
    QString m_summary;
    qint64 m_contextUsed = 0;
    qint64 m_tokensIn = 0;
    qint64 m_tokensOut = 0;
    double m_cost = 0;
    qint64 m_messagesIn = 0;
    qint64 m_messagesOut = 0;
    qint64 m_toolCalls = 0;
    qint64 m_failures = 0;
    size_t m_copyTurn = 0; //!< whose turn it is among copies of one persona
    qint64 m_startedMs = 0;
};

} // namespace mesh::local
