// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QJsonValue>
#include <QtCore/QList>
#include <QtCore/QString>
#include <QtCore/QStringList>

#include "localmesh/personawork.h"
#include "models/protocol/expected.h"
#include "models/protocol/types.h"

namespace mesh::local {

//! A stretch of a persona's simulated day.
struct PersonaHours
{
    int from = 0;                                             //!< hour, 0 to 23
    int to = 24;                                              //!< hour, 1 to 24, not included
    protocol::PeerStatus status = protocol::PeerStatus::Idle; //!< Idle or Dnd, outside of spells of work
    double busy = 0; //!< share of the time in spells of work, shown as `working`, 0 to 0.75
    double rate = 0; //!< actions in a simulated hour, 0 to 600
    QString summary; //!< what the persona says it does

    friend bool operator==(const PersonaHours &, const PersonaHours &) = default;
};

//! Something a persona tells somebody. In all texts `{n}` becomes a number from 1 to 99, `{40-60}` one from 40 to 60
//! and
//! `{peer}` the name of the peer it goes to.
struct PersonaTalk
{
    QString to; //!< name of a peer, `@group` or `*`
    protocol::Priority priority = protocol::Priority::Next;
    int weight = 1; //!< share among the talks, 1 to 100
    int from = 0;   //!< hour of the day it begins to be said, 0 to 23
    int until = 24; //!< and ends, 1 to 24, not included
    QStringList lines;

    friend bool operator==(const PersonaTalk &, const PersonaTalk &) = default;
};

//! Something a persona answers.
struct PersonaReply
{
    QStringList when; //!< beginnings of words that it fits to, lower case; empty: fits always
    QString text;

    friend bool operator==(const PersonaReply &, const PersonaReply &) = default;
};

struct PersonaState
{
    QString key;
    QList<QJsonValue> values; //!< set one after the other

    friend bool operator==(const PersonaState &, const PersonaState &) = default;
};

struct PersonaGroup
{
    QString name;
    QString role;

    friend bool operator==(const PersonaGroup &, const PersonaGroup &) = default;
};

//! One simulated peer, as a JSON file describes it (docs/personas.md).
struct PersonaScript
{
    QString name;
    protocol::PeerKind kind = protocol::PeerKind::Ai;
    QString model;
    QString channel;
    QString role;
    QString cwd;
    QString host;
    QList<PersonaGroup> groups;
    qint64 contextMax = 0;   //!< tokens; 0: does not report a context
    double contextStart = 0; //!< share in use at the start, 0 to 1
    qint64 tokensPerAction = 0;
    double costPerAction = 0; //!< US dollars
    QList<PersonaHours> day;  //!< covers every hour
    QList<PersonaTalk> talks;
    QList<PersonaState> states;
    QStringList memories;
    QList<PersonaReply> replies; //!< to a human's direct message; at least two fit always
    QList<PersonaReply> answers; //!< to other peers; may be empty, then they get none

    PersonaWork work;     //!< what it does besides talking
    PersonaStyle style;   //!< how it answers
    PersonaErrors errors; //!< how it errs

    //! The stretch of the day that \a hour (0 to 23) falls into.
    const PersonaHours &hoursAt(int hour) const;

    friend bool operator==(const PersonaScript &, const PersonaScript &) = default;
};

//! Reads one persona (UTF-8). Error `bad_persona` (Persistent); the detail names \a source, line and column, the member
//! and what is wrong with it. Members that nobody knows are errors too, so that a misspelt one is noticed.
protocol::Expected<PersonaScript> parsePersona(const QByteArray &json, const QString &source);

//! The personas that come with the program, by name.
protocol::Expected<QList<PersonaScript>> builtInPersonas();

} // namespace mesh::local
