// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/personaworker.h"

#include <QtCore/QDir>
#include <QtCore/QJsonArray>

#include <algorithm>

#include "models/protocol/box.h"
#include "models/protocol/command.h"

namespace mesh::local {

using namespace Qt::StringLiterals;
namespace p = mesh::protocol;

namespace {

constexpr qsizetype askedAtMost = 200;
constexpr qsizetype folderEntriesAtMost = 500;
constexpr qint64 minuteMs = 60'000;
constexpr qint64 bytesOfWork = 4'000; // of a file: as much as one action

//! "fix the login page" fits "log".
bool titleFits(const QStringList &claims, const QString &title)
{
    const QStringList words = title.toLower().split(u' ', Qt::SkipEmptyParts);
    return std::any_of(claims.cbegin(), claims.cend(), [&words](const QString &claim) {
        return std::any_of(words.cbegin(), words.cend(),
                           [&claim](const QString &word) { return word.startsWith(claim); });
    });
}

} // namespace

PersonaWorker::PersonaWorker(const PersonaScript &script, PersonaClient &client, PersonaHabits &habits,
                             const p::Clock &clock, QNetworkAccessManager &network,
                             std::function<QString(const QString &)> keyOf, QObject *parent)
    : QObject(parent)
    , m_script(script)
    , m_client(client)
    , m_habits(habits)
    , m_clock(clock)
    , m_keyOf(std::move(keyOf))
    , m_files(script, client, clock, network)
{
    connect(&m_files, &PersonaFiles::failed, this, [this](bool refused) {
        ++m_errors;
        if (refused)
            m_unknown << Skill::Uploads;
    });
    // What goes up or comes down has been written, or is read.
    connect(&m_files, &PersonaFiles::done, this, [this](qint64 bytes) { Q_EMIT worked(1 + int(bytes / bytesOfWork)); });
    connect(&client, &PersonaClient::ready, this, &PersonaWorker::onReady);
    connect(&client, &PersonaClient::frameReceived, this, &PersonaWorker::onFrame);
}

template <class Frame>
bool PersonaWorker::request(Skill skill, Frame frame)
{
    if (!canUse(skill))
        return false;
    const QString id = p::newMessageId();
    frame.reqId = id;
    if (m_asked.size() >= askedAtMost)
        m_asked.clear(); // long answered; only errors are looked up
    m_asked.insert(id, skill);
    return m_client.send(frame);
}

//! What a session tells anew each time it comes: a broker forgets topics' readers and servers' hosts with it.
void PersonaWorker::onReady()
{
    m_wantsTask = false;
    m_claiming.clear();
    const PersonaWork &work = m_script.work;
    for (const PersonaSkill &skill : work.skills) {
        p::ShareSkill frame;
        frame.name = skill.name;
        frame.description = skill.description;
        frame.instructions = skill.instructions;
        if (!skill.tags.isEmpty())
            frame.tags = skill.tags;
        request(Skill::Skills, frame);
    }
    for (const PersonaTopic &topic : work.topics) {
        p::TopicCreate create;
        create.name = topic.name;
        if (!topic.description.isEmpty())
            create.description = topic.description;
        request(Skill::Topics, create);
        p::TopicJoin join;
        join.topic = topic.name;
        request(Skill::Topics, join);
    }
    for (const PersonaServer &server : work.servers) {
        p::McpRegister frame;
        frame.serverName = server.name;
        frame.description = server.description;
        for (const PersonaTool &tool : server.tools) {
            p::McpToolRow row;
            row.name = tool.name;
            row.description = tool.description;
            row.inputSchema = QJsonObject{{u"type"_s, u"object"_s}};
            frame.tools << row;
        }
        request(Skill::Mcp, frame);
    }
    if (!work.schedules.isEmpty())
        request(Skill::Schedules, p::ListScheduled()); // what is there already is not scheduled twice
}

bool PersonaWorker::perform(const PersonaChore &chore)
{
    switch (chore.kind) {
    case PersonaChore::Kind::OpenTask:
        return openTask(chore);
    case PersonaChore::Kind::WorkOnTask:
        return workOnTasks();
    case PersonaChore::Kind::Post:
        return post(chore);
    case PersonaChore::Kind::Fetch:
        return fetch(m_script.work.fetches[chore.index]);
    case PersonaChore::Kind::Upload:
        return upload(m_script.work.uploads[chore.index]);
    case PersonaChore::Kind::Download:
        return canUse(Skill::Uploads) && m_files.download(m_script.work.downloads[chore.index]);
    case PersonaChore::Kind::Call: {
        const PersonaCall &call = m_script.work.calls[chore.index];
        p::McpCall frame;
        frame.serverName = call.server;
        frame.toolName = call.tool;
        frame.args = call.args;
        return request(Skill::Mcp, frame);
    }
    }
    return false;
}

// --- what it does -------------------------------------------------------------------------------------------------

bool PersonaWorker::openTask(const PersonaChore &chore)
{
    const PersonaTask &task = m_script.work.tasks[chore.index];
    p::CreateTask frame;
    frame.title = chore.text;
    if (!task.assignee.isEmpty())
        frame.assignee = task.assignee;
    if (!task.priority.isEmpty())
        frame.priority = task.priority;
    if (!task.tags.isEmpty())
        frame.tags = task.tags;
    return request(Skill::Tasks, frame);
}

bool PersonaWorker::workOnTasks()
{
    if (!m_claimed.isEmpty()) {
        p::CompleteTask frame;
        frame.taskId = std::exchange(m_claimed, {});
        frame.result = m_habits.choose(m_script.work.results, m_script.name);
        return request(Skill::Tasks, frame);
    }
    m_wantsTask = true; // onTasks() goes on
    p::ListTasks frame;
    frame.status = u"open"_s;
    return request(Skill::Tasks, frame);
}

void PersonaWorker::onTasks(const QList<p::TaskRow> &tasks)
{
    // A claim is answered with the whole list as well.
    if (!m_claiming.isEmpty()) {
        const bool mine = std::any_of(tasks.cbegin(), tasks.cend(), [this](const p::TaskRow &task) {
            return task.id == m_claiming && task.status == "claimed"_L1;
        });
        if (mine)
            m_claimed = std::exchange(m_claiming, {});
        return;
    }
    if (!std::exchange(m_wantsTask, false))
        return;
    const auto fits = [this](const p::TaskRow &task) {
        if (task.status != "open"_L1)
            return false;
        const QString assignee = task.assignee.value_or(QString());
        return assignee.isEmpty() ? titleFits(m_script.work.claims, task.title) : assignee == m_script.name;
    };
    // The oldest that fits: brokers list the newest first.
    const auto found = std::find_if(tasks.crbegin(), tasks.crend(), fits);
    if (found == tasks.crend())
        return;
    m_claiming = found->id;
    p::ClaimTask frame;
    frame.taskId = found->id;
    if (request(Skill::Tasks, frame))
        Q_EMIT worked(1);
}

bool PersonaWorker::post(const PersonaChore &chore)
{
    if (!canUse(Skill::Topics))
        return false;
    const auto body = p::encodeBroadcast(chore.text);
    if (!body)
        return false;
    p::Send frame;
    frame.id = p::newMessageId();
    frame.targetSpec = u'#' + m_script.work.topics[chore.index].name;
    frame.priority = p::Priority::Low;
    frame.nonce = body->nonce;
    frame.ciphertext = body->ciphertext;
    m_asked.insert(*frame.id, Skill::Topics);
    return m_client.send(frame);
}

bool PersonaWorker::fetch(const PersonaFetch &fetch)
{
    p::PeerFileRequest frame;
    frame.targetPubkey = m_keyOf(fetch.from);
    frame.filePath = fetch.path;
    return !frame.targetPubkey.isEmpty() && request(Skill::Files, frame);
}

bool PersonaWorker::upload(const PersonaUpload &upload)
{
    if (!canUse(Skill::Uploads))
        return false;
    const bool many = upload.to.isEmpty() || upload.to == "*"_L1 || upload.to.startsWith(u'@');
    const QString target = many ? upload.to : m_keyOf(upload.to);
    if (!many && target.isEmpty())
        return false; // not there
    return m_files.upload({.name = m_habits.choose({upload.name}, {}),
                           .text = m_habits.choose({upload.text}, {}),
                           .target = target,
                           .tags = upload.tags});
}

// --- what others ask ----------------------------------------------------------------------------------------------

void PersonaWorker::onCall(const p::McpCallForward &call)
{
    p::McpCallResponse response;
    response.callId = call.callId;
    const PersonaTool *tool = nullptr;
    for (const PersonaServer &server : m_script.work.servers) {
        for (const PersonaTool &candidate : server.tools) {
            if (server.name == call.serverName && candidate.name == call.toolName)
                tool = &candidate;
        }
    }
    if (!tool) {
        response.error = u"%1 has no tool %2"_s.arg(call.serverName, call.toolName).left(200);
    } else if (m_habits.fails()) {
        response.error = u"%1 gave up after a time-out"_s.arg(call.toolName).left(200);
        ++m_errors;
    } else {
        const QString text = m_habits.choose(tool->answers, call.callerName);
        response.result =
            QJsonObject{{u"content"_s, QJsonArray{QJsonObject{{u"type"_s, u"text"_s}, {u"text"_s, text}}}}};
    }
    m_client.send(response);
    Q_EMIT worked(1);
}

void PersonaWorker::onFileAsked(const p::PeerFileRequestForward &request)
{
    p::PeerFileResponse response;
    response.requesterPubkey = request.requesterPubkey;
    response.filePath = request.filePath;
    response.reqId = request.reqId;
    const auto &files = m_script.work.files;
    // Whole names only, so that no path leads anywhere.
    const auto found = std::find_if(files.cbegin(), files.cend(),
                                    [&request](const PersonaFile &file) { return file.path == request.filePath; });
    if (found == files.cend())
        response.error = u"no such file"_s;
    else
        response.content = QString::fromLatin1(found->text.toUtf8().toBase64());
    m_client.send(response);
}

void PersonaWorker::onFolderAsked(const p::PeerDirRequestForward &request)
{
    p::PeerDirResponse response;
    response.requesterPubkey = request.requesterPubkey;
    response.dirPath = request.dirPath;
    response.reqId = request.reqId;
    QString folder = request.dirPath;
    while (folder.startsWith("./"_L1))
        folder.remove(0, 2);
    if (folder == "."_L1 || folder == "/"_L1)
        folder.clear();
    if (!folder.isEmpty() && !folder.endsWith(u'/'))
        folder += u'/';
    QStringList entries;
    for (const PersonaFile &file : m_script.work.files) {
        if (!file.path.startsWith(folder))
            continue;
        const QString below = file.path.mid(folder.size());
        const QString entry = below.contains(u'/') ? below.section(u'/', 0, 0) + u'/' : below;
        const bool wanted =
            !request.pattern || request.pattern->isEmpty() || QDir::match(*request.pattern, entry.section(u'/', 0, 0));
        if (wanted && !entries.contains(entry) && entries.size() < folderEntriesAtMost)
            entries << entry;
    }
    if (entries.isEmpty() && !folder.isEmpty())
        response.error = u"no such folder"_s;
    else
        response.entries = entries;
    m_client.send(response);
}

// --- answers ------------------------------------------------------------------------------------------------------

void PersonaWorker::onFrame(const p::BrokerFrame &frame)
{
    if (const auto *tasks = getIf<p::TaskList>(&frame)) {
        onTasks(tasks->tasks);
    } else if (const auto *call = getIf<p::McpCallForward>(&frame)) {
        onCall(*call);
    } else if (const auto *file = getIf<p::PeerFileRequestForward>(&frame)) {
        onFileAsked(*file);
    } else if (const auto *folder = getIf<p::PeerDirRequestForward>(&frame)) {
        onFolderAsked(*folder);
    } else if (const auto *scheduled = getIf<p::ScheduledList>(&frame)) {
        onScheduled(scheduled->messages);
    } else if (const auto *result = getIf<p::McpCallResult>(&frame)) {
        m_errors += result->error ? 1 : 0;
    } else if (const auto *error = getIf<p::ErrorFrame>(&frame)) {
        onError(*error);
    } else if (const auto *ack = getIf<p::Ack>(&frame); ack && ack->error && m_asked.contains(ack->id)) {
        // Only posts in topics are noted by message id: this broker does not take them.
        m_unknown << m_asked.take(ack->id);
        ++m_errors;
    }
}

void PersonaWorker::onScheduled(const QList<p::ScheduleRow> &rows)
{
    for (const PersonaSchedule &schedule : m_script.work.schedules) {
        const bool there = std::any_of(rows.cbegin(), rows.cend(), [&schedule](const p::ScheduleRow &row) {
            return row.to == schedule.to && row.message == schedule.text;
        });
        if (there)
            continue;
        p::Schedule frame;
        frame.to = schedule.to;
        frame.message = schedule.text;
        if (schedule.cron.isEmpty())
            frame.deliverAt = m_clock.nowMs() + qint64(schedule.inMinutes) * minuteMs;
        else
            frame.cron = schedule.cron;
        request(Skill::Schedules, frame);
    }
}

void PersonaWorker::onError(const p::ErrorFrame &error)
{
    const QString id = error.reqId.value_or(error.id.value_or(QString()));
    const auto asked = m_asked.constFind(id);
    if (asked == m_asked.cend())
        return;
    ++m_errors;
    if (error.code == "not_available"_L1 || error.code == "unknown_type"_L1)
        m_unknown << *asked;
    if (*asked == Skill::Tasks)
        m_claiming.clear(); // somebody else was faster
    m_asked.erase(asked);
}

} // namespace mesh::local
