// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/session/commandrunner.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QJsonDocument>

#include <algorithm>
#include <array>

#include "models/protocol/framecodec.h"
#include "models/session/requesttable.h"

namespace mesh::session {

using namespace Qt::StringLiterals;
using namespace protocol;
namespace cmd = protocol::commands;

namespace {

constexpr int MaxStateLooks = 5;

Error badArgument(const char *text)
{
    return {u"bad_argument"_s, QCoreApplication::translate("mesh::session", text), ErrorBand::Persistent};
}

Error closedError()
{
    return {u"closed"_s, QCoreApplication::translate("mesh::session", "The mesh was closed."), ErrorBand::Transient};
}

//! The words of commands, in the order of the variant.
QString nameOf(const Command &command)
{
    static constexpr std::array names{"sendMessage"_L1,
                                      "offerFile"_L1,
                                      "saveFile"_L1,
                                      "cancelMessage"_L1,
                                      "markRead"_L1,
                                      "saveDraft"_L1,
                                      "arrangeConversation"_L1,
                                      "verifyPeer"_L1,
                                      "setTyping"_L1,
                                      "showConversation"_L1,
                                      "loadOlder"_L1,
                                      "setStatus"_L1,
                                      "setSummary"_L1,
                                      "joinGroup"_L1,
                                      "leaveGroup"_L1,
                                      "setState"_L1,
                                      "remember"_L1,
                                      "recall"_L1,
                                      "forget"_L1,
                                      "setClockSpeed"_L1,
                                      "pauseClock"_L1,
                                      "resumeClock"_L1,
                                      "refresh"_L1,
                                      "connectNow"_L1,
                                      "disconnect"_L1,
                                      "request"_L1};
    static_assert(names.size() == Command::Kinds::kSize);
    if (const auto *request = getIf<cmd::Request>(&command))
        return typeOf(request->frame);
    return names.at(command.index());
}

ClientFrame listingRequest(cmd::Listing what)
{
    switch (what) {
    case cmd::Listing::Peers:
        return ListPeers{};
    case cmd::Listing::State:
        return ListState{};
    case cmd::Listing::Tasks:
        return ListTasks{};
    case cmd::Listing::Skills:
        return ListSkills{};
    case cmd::Listing::Files:
        return ListFiles{};
    case cmd::Listing::Streams:
        return ListStreams{};
    case cmd::Listing::Topics:
        return TopicList{};
    case cmd::Listing::Servers:
        return McpList{};
    case cmd::Listing::Services:
        return McpCatalog{};
    case cmd::Listing::Schedules:
        return ListScheduled{};
    case cmd::Listing::Webhooks:
        return ListWebhooks{};
    case cmd::Listing::Contexts:
        return ListContexts{};
    case cmd::Listing::MeshInfo:
        return MeshInfo{};
    case cmd::Listing::Clock:
        return GetClock{};
    }
    return ListPeers{};
}

} // namespace

CommandRunner::CommandRunner(Parts parts)
    : m_parts(parts)
{
}

struct CommandRunner::Runner
{
    CommandRunner &self;
    qint64 id;

    SessionPort &port() { return self.m_parts.port; }

    void operator()(const cmd::SendMessage &command)
    {
        self.finish(id, self.m_parts.sending.submit(command));
        if (command.conversation.kind == ConversationKind::Topic)
            self.m_parts.topics.nudge(command.conversation.key);
    }
    void operator()(const cmd::OfferFile &command)
    {
        self.m_parts.files.offer(
            command, [&runner = self, id = id](const Expected<void> &outcome) { runner.finish(id, outcome); });
    }
    void operator()(const cmd::SaveFile &command)
    {
        self.m_parts.files.save(
            command, [&runner = self, id = id](const Expected<void> &outcome) { runner.finish(id, outcome); });
    }
    void operator()(const cmd::CancelMessage &command)
    {
        if (self.m_parts.files.cancel(command.clientMessageId)) {
            self.finish(id);
            return;
        }
        self.finish(id, self.m_parts.sending.cancel(command.clientMessageId));
    }
    void operator()(const cmd::MarkRead &command)
    {
        port().emitEvent(events::ConversationRead{command.conversation, command.upToMs});
        if (command.conversation.kind == ConversationKind::Topic)
            self.m_parts.topics.markRead(command.conversation.key);
        else
            self.m_parts.human.markRead(command.conversation, command.upToMs);
        self.finish(id);
    }
    void operator()(const cmd::SaveDraft &command)
    {
        port().emitEvent(events::DraftChanged{command.conversation, command.text, command.replyToId});
        self.finish(id);
    }
    void operator()(const cmd::ArrangeConversation &command)
    {
        port().emitEvent(
            events::ConversationArranged{command.conversation, command.pinned, command.archived, command.attention});
        self.finish(id);
    }
    void operator()(const cmd::VerifyPeer &command)
    {
        if (command.memberKey.size() != 64) {
            self.finish(id, Expected<void>(badArgument("A member is named by a key of 64 digits.")));
            return;
        }
        port().emitEvent(events::PeerVerified{command.memberKey, command.name, command.verified});
        self.finish(id);
    }
    void operator()(const cmd::SetTyping &command)
    {
        self.m_parts.human.setTyping(command.conversation, command.on);
        self.finish(id);
    }
    void operator()(const cmd::ShowConversation &command)
    {
        const bool topic = command.conversation.kind == ConversationKind::Topic;
        self.m_parts.topics.show(topic ? command.conversation.key : QString());
        self.finish(id);
    }
    void operator()(const cmd::LoadOlder &command)
    {
        if (command.conversation.kind != ConversationKind::Topic) {
            self.finish(id, Expected<void>(badArgument("Only topics are kept by the broker.")));
            return;
        }
        self.m_parts.topics.loadOlder(
            command.conversation.key, command.beforeMs, [runner = &self, id = id](const Expected<bool> &atStart) {
                if (atStart)
                    runner->finish(id, Expected<QJsonObject>(QJsonObject{{"atStart"_L1, *atStart}}));
                else
                    runner->finish(id, Expected<void>(atStart.error()));
            });
    }
    void operator()(const cmd::SetStatus &command)
    {
        if (command.status == PeerStatus::Offline) {
            self.finish(id, Expected<void>(badArgument("A connected peer cannot be offline.")));
            return;
        }
        const Expected<void> sent = port().post(SetStatus{command.status, {}});
        if (sent) {
            OwnPresence &own = self.m_parts.presence;
            own.releasePending = own.status == PeerStatus::Dnd && command.status != PeerStatus::Dnd;
            own.status = command.status;
            self.onOwnRowChanged();
        }
        self.finish(id, sent);
    }
    void operator()(const cmd::SetSummary &command)
    {
        const Expected<void> sent = port().post(SetSummary{command.text, {}});
        if (sent) {
            self.m_parts.presence.summary = command.text;
            self.onOwnRowChanged();
        }
        self.finish(id, sent);
    }
    void operator()(const cmd::JoinGroup &command)
    {
        const Expected<GroupName> name = GroupName::parse(command.name);
        if (!name) {
            self.finish(id, Expected<void>(name.error()));
            return;
        }
        protocol::JoinGroup frame;
        frame.name = *name;
        if (!command.role.isEmpty())
            frame.role = command.role;
        const Expected<void> sent = port().post(frame);
        if (sent) {
            self.m_parts.presence.groups.removeAll(name->text());
            self.m_parts.presence.groups.append(name->text());
            self.onOwnRowChanged();
        }
        self.finish(id, sent);
    }
    void operator()(const cmd::LeaveGroup &command)
    {
        const Expected<GroupName> name = GroupName::parse(command.name);
        if (!name) {
            self.finish(id, Expected<void>(name.error()));
            return;
        }
        protocol::LeaveGroup frame;
        frame.name = *name;
        const Expected<void> sent = port().post(frame);
        if (sent) {
            self.m_parts.presence.groups.removeAll(name->text());
            self.onOwnRowChanged();
        }
        self.finish(id, sent);
    }
    void operator()(const cmd::SetState &command)
    {
        SetState frame;
        frame.key = command.key;
        frame.value = command.value;
        const Expected<void> sent = port().post(frame);
        if (!sent) {
            self.finish(id, sent);
            return;
        }
        self.m_checks.append({id, command.key, command.value, 0, port().monoMs() + port().timings().stateCheckMs});
        port().wake();
    }
    void operator()(const cmd::Remember &command)
    {
        Remember frame;
        frame.content = command.content;
        if (!command.tags.isEmpty())
            frame.tags = command.tags;
        self.ask(id, frame);
    }
    void operator()(const cmd::Recall &command)
    {
        Recall frame;
        frame.query = command.query;
        self.ask(id, frame);
    }
    void operator()(const cmd::Forget &command)
    {
        Forget frame;
        frame.memoryId = command.memoryId;
        self.ask(id, frame);
    }
    void operator()(const cmd::SetClockSpeed &command)
    {
        if (!(command.speed >= 1 && command.speed <= 100)) {
            self.finish(id, Expected<void>(badArgument("The speed of the clock goes from 1 to 100.")));
            return;
        }
        SetClock frame;
        frame.speed = command.speed;
        self.ask(id, frame);
    }
    void operator()(const cmd::PauseClock &) { self.ask(id, PauseClock{}); }
    void operator()(const cmd::ResumeClock &) { self.ask(id, ResumeClock{}); }
    void operator()(const cmd::Refresh &command) { self.ask(id, listingRequest(command.what)); }
    void operator()(const cmd::ConnectNow &)
    {
        self.onConnect();
        self.finish(id);
    }
    void operator()(const cmd::Disconnect &)
    {
        self.onDisconnect();
        self.finish(id);
    }
    void operator()(const cmd::Request &command)
    {
        // Greetings, messages and confirmations have ways of their own, which keep the rules for them.
        if (holdsAny<Hello, SessionHello, Send, ClientAck>(command.frame)) {
            self.finish(id, Expected<void>(badArgument("This cannot be sent as a request.")));
            return;
        }
        if (answerKind(command.frame) == AnswerKind::None)
            self.tell(id, command.frame);
        else
            self.ask(id, command.frame);
    }
};

void CommandRunner::run(qint64 id, Command command)
{
    m_open.insert(id, nameOf(command));
    visit(Runner{*this, id}, command);
}

void CommandRunner::closeAll()
{
    m_checks.clear();
    QList<qint64> ids = m_open.keys();
    std::sort(ids.begin(), ids.end());
    for (const qint64 id : std::as_const(ids))
        finish(id, Expected<void>(closedError()));
}

void CommandRunner::finish(qint64 id, const Expected<QJsonObject> &outcome)
{
    const auto it = m_open.constFind(id);
    if (it == m_open.cend())
        return;
    events::CommandFinished done;
    done.commandId = id;
    done.name = *it;
    m_open.erase(it);
    done.ok = outcome.hasValue();
    if (outcome) {
        done.result = *outcome;
    } else {
        done.code = outcome.error().code;
        done.detail = outcome.error().detail;
    }
    m_parts.port.emitEvent(std::move(done));
}

void CommandRunner::finish(qint64 id, const Expected<void> &outcome)
{
    finish(id, outcome ? Expected<QJsonObject>(QJsonObject()) : Expected<QJsonObject>(outcome.error()));
}

void CommandRunner::ask(qint64 id, ClientFrame frame)
{
    m_parts.port.request(std::move(frame), [this, id](const Answer &answer) {
        if (!answer) {
            finish(id, Expected<void>(answer.error()));
            return;
        }
        QJsonObject result;
        if (*answer)
            result = QJsonDocument::fromJson(encode(**answer)).object();
        finish(id, Expected<QJsonObject>(result));
    });
}

void CommandRunner::tell(qint64 id, const ClientFrame &frame)
{
    finish(id, m_parts.port.post(frame));
}

void CommandRunner::advance()
{
    const qint64 now = m_parts.port.monoMs();
    QList<StateCheck> due;
    m_checks.removeIf([&](const StateCheck &check) {
        if (check.dueMs > now)
            return false;
        due.append(check);
        return true;
    });
    for (StateCheck &check : due)
        look(std::move(check));
}

void CommandRunner::look(StateCheck check)
{
    GetState question;
    question.key = check.key;
    m_parts.port.request(question, [this, check](const Answer &answer) mutable {
        if (!answer) {
            finish(check.commandId, Expected<void>(answer.error()));
            return;
        }
        const auto *state = *answer ? getIf<StateResult>(&**answer) : nullptr;
        if (state && state->value == check.value) {
            m_parts.port.emitEvent(events::StateSet{check.key, check.value, state->updatedBy});
            finish(check.commandId);
            return;
        }
        if (++check.looks >= MaxStateLooks) {
            finish(check.commandId,
                   Expected<void>(Error{
                       u"not_confirmed"_s,
                       QCoreApplication::translate("mesh::session", "The broker shows another value than the one set."),
                       ErrorBand::Transient}));
            return;
        }
        check.dueMs = m_parts.port.monoMs() + (qint64(m_parts.port.timings().stateCheckMs) << check.looks);
        m_checks.append(check);
        m_parts.port.wake();
    });
}

qint64 CommandRunner::nextDueMs() const
{
    qint64 due = Never;
    for (const StateCheck &check : m_checks)
        due = std::min(due, check.dueMs);
    return due;
}

} // namespace mesh::session
