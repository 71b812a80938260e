// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QHash>
#include <QtCore/QObject>

#include <functional>

#include "localmesh/personaclient.h"
#include "localmesh/personafiles.h"
#include "localmesh/personahabits.h"

namespace mesh::local {

//! The persona's side of tasks, skills, files, topics, schedules and MCP calls: says at the start what it has, does the
//! chores its habits come up with, and answers what others ask of its folder and its tools. A request that the broker
//! does not know is made once and then left alone, so that personas live on any broker.
class PersonaWorker final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(PersonaWorker)

public:
    //! What one can do on a broker, and find that it cannot.
    enum class Skill { Tasks, Skills, Files, Uploads, Topics, Schedules, Mcp };

    //! All outlive it. \a keyOf gives the routing key of a peer's name, empty when it is not there.
    PersonaWorker(const PersonaScript &script, PersonaClient &client, PersonaHabits &habits,
                  const protocol::Clock &clock, QNetworkAccessManager &network,
                  std::function<QString(const QString &)> keyOf, QObject *parent = nullptr);

    //! \return whether a request left.
    bool perform(const PersonaChore &chore);
    bool canUse(Skill skill) const { return !m_unknown.contains(skill); }
    //! Answers with an error that others sent, or the broker, in the time since it began.
    qint64 errors() const { return m_errors; }

Q_SIGNALS:
    //! It did something of its own accord or for others; \a factor as of one action.
    void worked(int factor);

private:
    void onReady();
    void onFrame(const protocol::BrokerFrame &frame);
    void onError(const protocol::ErrorFrame &error);
    void onTasks(const QList<protocol::TaskRow> &tasks);
    void onCall(const protocol::McpCallForward &call);
    void onFileAsked(const protocol::PeerFileRequestForward &request);
    void onFolderAsked(const protocol::PeerDirRequestForward &request);
    void onScheduled(const QList<protocol::ScheduleRow> &rows);
    bool openTask(const PersonaChore &chore);
    bool workOnTasks();
    bool post(const PersonaChore &chore);
    bool fetch(const PersonaFetch &fetch);
    bool upload(const PersonaUpload &upload);
    //! Sends a request, so that an error in answer to it can be told from others.
    template <class Frame>
    bool request(Skill skill, Frame frame);

    const PersonaScript &m_script;
    PersonaClient &m_client;
    PersonaHabits &m_habits;
    const protocol::Clock &m_clock;
    std::function<QString(const QString &)> m_keyOf;
    PersonaFiles m_files;
    QHash<QString, Skill> m_asked; //!< by request id; answered ones are forgotten with the oldest
    QList<Skill> m_unknown;
    QString m_claimed;  //!< id of the task it works on
    QString m_claiming; //!< id of the task it asked for
    bool m_wantsTask = false;
    qint64 m_errors = 0;
};

} // namespace mesh::local
