// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QHash>
#include <QtCore/QSet>
#include <QtCore/QString>
#include <QtCore/QStringList>

#include <optional>
#include <random>
#include <variant>

#include "localmesh/personascript.h"

namespace mesh::local {

//! Says something to a peer's name, `@group` or `*`.
struct PersonaSay
{
    QString to;
    QString text;
    protocol::Priority priority = protocol::Priority::Next;

    friend bool operator==(const PersonaSay &, const PersonaSay &) = default;
};

//! Sets a state.
struct PersonaSet
{
    QString key;
    QJsonValue value;

    friend bool operator==(const PersonaSet &, const PersonaSet &) = default;
};

//! Remembers something.
struct PersonaNote
{
    QString text;
    QStringList tags;

    friend bool operator==(const PersonaNote &, const PersonaNote &) = default;
};

//! Something it does besides talking (PersonaWorker).
struct PersonaChore
{
    enum class Kind { OpenTask, WorkOnTask, Post, Fetch, Call, Upload, Download };
    Kind kind = Kind::WorkOnTask;
    qsizetype index = 0; //!< of the task, topic, fetch, call, upload or download in PersonaWork
    QString text = {};   //!< title or post

    friend bool operator==(const PersonaChore &, const PersonaChore &) = default;
};

//! One thing that a persona does, and when within the simulated minute (0 to 1).
struct PersonaDeed
{
    double at = 0;
    std::variant<PersonaSay, PersonaSet, PersonaNote, PersonaChore> what;

    friend bool operator==(const PersonaDeed &, const PersonaDeed &) = default;
};

//! What a persona does and shows in one simulated minute.
struct PersonaMinute
{
    protocol::PeerStatus status = protocol::PeerStatus::Idle;
    QString summary;
    QList<PersonaDeed> deeds;
};

//! Who wrote to a persona.
struct PersonaSender
{
    enum class Kind { Human, Persona, Other }; //!< Other: an AI session or a connector that is none of the troupe
    QString name;
    Kind kind = Kind::Human;
};

//! What a persona decides, without sockets, timers or clocks: the same script, seed and calls give the same habits.
class PersonaHabits final
{
public:
    PersonaHabits(const PersonaScript &script, quint32 seed);

    //! The next simulated minute, in \a hour (0 to 23) of the day. \a undisturbed are names of peers that do not want
    //! to be disturbed: they are told urgent things only.
    PersonaMinute nextMinute(int hour, const QSet<QString> &undisturbed = {});

    //! Whether a direct message gets an answer. A human always gets one. Peers get one at times, and never more than
    //! answersInARow() within a few simulated minutes, so that two personas do not talk for ever.
    bool wantsToAnswer(const PersonaSender &sender);
    //! The answer to \a question, empty if there is none for that kind of sender. Never the text that came before it.
    QString answer(const PersonaSender &sender, const QString &question);
    //! How long reading, thinking and writing take, between \a minMs and \a maxMs and longer for a long question.
    int pauseMs(int minMs, int maxMs, qsizetype questionLength);

    //! How an answer is sent: in the style of the persona, one message for each element. \a question may be quoted.
    QStringList styled(const QString &answer, const QString &question);
    //! \a text, at times with a slip of the hand.
    QString typed(const QString &text);
    //! Whether this message is one that the persona lets lie; whether this answer comes late; whether what it does now
    //! fails.
    bool ignores() { return errs(m_script.errors.silent); }
    bool isLate() { return errs(m_script.errors.late); }
    bool fails() { return errs(m_script.errors.failures); }
    //! Whether it loses its connection in this simulated minute.
    bool drops() { return errs(m_script.errors.drops / 60); }
    //! One of \a lines with its blanks filled; empty when there are none.
    QString choose(const QStringList &lines, const QString &peer);

    //! Tokens (or anything that wobbles) for \a amount of it on average.
    qint64 wobbled(qint64 amount);
    bool happens(double probability) { return share() < probability; }

    static int answersInARow();

private:
    bool isWorking(const PersonaHours &hours);
    std::optional<PersonaSay> say(int hour, const QSet<QString> &undisturbed);
    std::optional<PersonaSet> set();
    std::optional<PersonaNote> note();
    std::optional<PersonaChore> chore();
    bool errs(double share);
    double mishap() { return std::uniform_real_distribution<double>(0, 1)(m_workRandom); }
    QString fill(const QString &text, const QString &peer, std::mt19937 &random);
    QString fill(const QString &text, const QString &peer) { return fill(text, peer, m_random); }
    qsizetype pick(qsizetype count, qsizetype butNot);
    double share() { return std::uniform_real_distribution<double>(0, 1)(m_random); }

    struct Rounds
    {
        int answers = 0;
        qint64 sinceMinute = 0;
    };

    const PersonaScript m_script;
    std::mt19937 m_random;
    std::mt19937 m_workRandom; //!< of its own, so that work and errors leave the talk of a seed as it is
    qint64 m_minute = 0;
    bool m_inSpell = false;
    QHash<qsizetype, qsizetype> m_lastLine; //!< of each talk
    QHash<QString, qsizetype> m_nextValue;  //!< of each state
    qsizetype m_lastNote = -1;
    qsizetype m_lastReply = -1;
    qsizetype m_lastAnswer = -1;
    QHash<QString, Rounds> m_rounds; //!< by the other's name
};

} // namespace mesh::local
