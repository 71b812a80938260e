// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QJsonObject>
#include <QtCore/QList>
#include <QtCore/QString>
#include <QtCore/QStringList>

namespace mesh::protocol {
class JsonMembers;
}

//! What a persona does in a mesh besides talking, and how it errs: the parts of its file that docs/personas.md lists
//! under work, style and errors.
namespace mesh::local {

//! A task that it opens.
struct PersonaTask
{
    QString title;
    QString priority; //!< empty: the broker's default
    QString assignee; //!< a peer's name; empty: for anybody
    QStringList tags;

    friend bool operator==(const PersonaTask &, const PersonaTask &) = default;
};

//! A skill that it shares.
struct PersonaSkill
{
    QString name;
    QString description;
    QString instructions;
    QStringList tags;

    friend bool operator==(const PersonaSkill &, const PersonaSkill &) = default;
};

//! A file of the folder it serves. There is no such folder on the disk.
struct PersonaFile
{
    QString path;
    QString text;

    friend bool operator==(const PersonaFile &, const PersonaFile &) = default;
};

//! A file of another persona that it reads.
struct PersonaFetch
{
    QString from; //!< a peer's name
    QString path;

    friend bool operator==(const PersonaFetch &, const PersonaFetch &) = default;
};

//! A file that it uploads to the broker, where it is kept for a day.
struct PersonaUpload
{
    QString name;
    QString text;
    QString to; //!< a peer's name, `@group` or `*`; empty: everybody
    QStringList tags;

    friend bool operator==(const PersonaUpload &, const PersonaUpload &) = default;
};

//! A topic that it keeps open and posts in.
struct PersonaTopic
{
    QString name;
    QString description;
    QStringList lines;

    friend bool operator==(const PersonaTopic &, const PersonaTopic &) = default;
};

//! A message that it lets the broker deliver later.
struct PersonaSchedule
{
    QString to; //!< `@group` or `*`
    QString text;
    QString cron;      //!< five fields, or
    int inMinutes = 0; //!< once, after that many real minutes

    friend bool operator==(const PersonaSchedule &, const PersonaSchedule &) = default;
};

//! A tool of an MCP server that it hosts.
struct PersonaTool
{
    QString name;
    QString description;
    QStringList answers;

    friend bool operator==(const PersonaTool &, const PersonaTool &) = default;
};

struct PersonaServer
{
    QString name;
    QString description;
    QList<PersonaTool> tools;

    friend bool operator==(const PersonaServer &, const PersonaServer &) = default;
};

//! A tool of somebody's MCP server that it calls.
struct PersonaCall
{
    QString server;
    QString tool;
    QJsonObject args;

    friend bool operator==(const PersonaCall &, const PersonaCall &) = default;
};

//! Everything it does besides talking.
struct PersonaWork
{
    QList<PersonaTask> tasks;
    QStringList claims; //!< beginnings of words in titles of tasks that it takes, lower case
    QStringList results;
    QList<PersonaSkill> skills;
    QList<PersonaFile> files;
    QList<PersonaFetch> fetches;
    QList<PersonaUpload> uploads;
    QStringList downloads; //!< parts of names of uploaded files that it reads
    QList<PersonaTopic> topics;
    QList<PersonaSchedule> schedules;
    QList<PersonaServer> servers;
    QList<PersonaCall> calls;

    friend bool operator==(const PersonaWork &, const PersonaWork &) = default;
};

//! How it writes its answers.
struct PersonaStyle
{
    double pauseMinS = 0; //!< real seconds before an answer; both 0: the pace of the troupe
    double pauseMaxS = 0;
    double quotes = 0; //!< share of answers that begin with what they answer
    double splits = 0; //!< share of answers that come as one message for each paragraph or sentence
    QStringList emoji; //!< one of them ends an answer in `emojiShare` of the cases
    double emojiShare = 0;
    bool lowerCase = false; //!< except in code

    friend bool operator==(const PersonaStyle &, const PersonaStyle &) = default;
};

//! How it errs. Shares are 0 to 1.
struct PersonaErrors
{
    double silent = 0;   //!< of direct messages that are never answered
    double late = 0;     //!< of answers that take five times as long
    double typos = 0;    //!< of texts with a slip of the hand
    double failures = 0; //!< of actions that fail: nothing is done, and it counts as an error in the stats
    double drops = 0;    //!< lost connections in a simulated hour, 0 to 60

    friend bool operator==(const PersonaErrors &, const PersonaErrors &) = default;
};

//! Read their members of a persona file and complain about mistakes there. \a name is the persona's own.
PersonaWork readPersonaWork(protocol::JsonMembers &members, const QString &name);
PersonaStyle readPersonaStyle(protocol::JsonMembers &members);
PersonaErrors readPersonaErrors(protocol::JsonMembers &members);

} // namespace mesh::local
