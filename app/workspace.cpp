// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/workspace.h"

#include <QtCore/QFileInfo>

#include <algorithm>

#include "models/protocol/logging.h"

namespace mesh::app {

using namespace Qt::StringLiterals;
using protocol::Event;
using protocol::EventList;
using protocol::Expected;
using protocol::MeshId;
namespace events = protocol::events;

namespace {

//! A snapshot makes the next start quick; taken when this many events came since the last one, at most this often.
constexpr int snapshotEveryMs = 5 * 60 * 1000;
constexpr qint64 snapshotMinEvents = 2'000;

} // namespace

//! The one door that views hold from the start. Before there are sessions, and in a replay, everything is refused.
//! While one mesh has no session, because its keys cannot be read now, what needs no broker is done all the same:
//! drafts, notes and messages are kept, and the messages go when the session starts.
class Workspace::Door final : public protocol::CommandSink
{
public:
    explicit Door(Workspace &workspace)
        : m_workspace(workspace)
    {
    }

    qint64 submit(const MeshId &mesh, protocol::Command command) override
    {
        if (m_workspace.m_host && m_workspace.m_running.contains(mesh))
            return m_workspace.m_host->submit(mesh, std::move(command));
        events::CommandFinished finished;
        finished.commandId = --m_last; // the sessions' own numbers are positive
        const bool known = m_workspace.m_host && m_workspace.m_stores.contains(mesh);
        if (known && holds<protocol::commands::ConnectNow>(command)) {
            finished.ok = true;
            if (m_workspace.m_keyless.remove(mesh))
                m_workspace.startSession(m_workspace.m_profiles.value(mesh));
        } else if (EventList kept = known ? keptOf(mesh, command) : EventList(); !kept.isEmpty()) {
            finished.ok = true;
            m_workspace.m_drain.post(kept);
        } else {
            finished.ok = false;
            finished.code = u"no_session"_s;
            finished.detail = Workspace::tr("There is no connection here; nothing was sent.");
        }
        m_workspace.m_drain.post({Event{mesh, m_workspace.m_clock.nowMs(), finished}});
        return m_last;
    }

private:
    //! What a command leads to without a session; nothing if it needs one.
    EventList keptOf(const MeshId &mesh, const protocol::Command &command) const
    {
        namespace cmd = protocol::commands;
        const qint64 now = m_workspace.m_clock.nowMs();
        const auto one = [&](protocol::EventBody body) { return EventList{Event{mesh, now, std::move(body)}}; };
        if (const auto *draft = getIf<cmd::SaveDraft>(&command))
            return one(events::DraftChanged{draft->conversation, draft->text, draft->replyToId});
        if (const auto *read = getIf<cmd::MarkRead>(&command))
            return one(events::ConversationRead{read->conversation, read->upToMs});
        if (const auto *arrange = getIf<cmd::ArrangeConversation>(&command))
            return one(events::ConversationArranged{arrange->conversation, arrange->pinned, arrange->archived,
                                                    arrange->attention});
        if (const auto *verify = getIf<cmd::VerifyPeer>(&command))
            return one(events::PeerVerified{verify->memberKey, verify->name, verify->verified});
        const auto *message = getIf<cmd::SendMessage>(&command);
        if (!message || message->text.isEmpty() || message->clientMessageId.isEmpty())
            return {};
        events::OutgoingChanged state;
        state.clientMessageId = message->clientMessageId;
        if (message->conversation.kind == protocol::ConversationKind::Notes) {
            state.state = events::OutgoingState::Accepted;
            state.messageId = message->clientMessageId;
        }
        return one(events::MessageComposed{message->clientMessageId, message->conversation, message->priority,
                                           message->text, message->replyToId, now})
            + one(state);
    }

    Workspace &m_workspace;
    qint64 m_last = 0;
};

Workspace::Workspace(const protocol::Clock &clock, QObject *parent)
    : QObject(parent)
    , m_clock(clock)
    , m_drain(clock)
    , m_door(std::make_unique<Door>(*this))
{
    connect(&m_snapshotTimer, &QTimer::timeout, this, [this] {
        if (m_journaled - m_journaledAtSnapshot >= snapshotMinEvents)
            snapshotAll();
    });
}

Workspace::~Workspace() = default;

void Workspace::startJournal(const QString &path, protocol::SecretBytes key)
{
    store::JournalOptions options;
    options.path = path;
    m_journal = std::make_unique<store::Journal>(std::move(key), options);
    connect(m_journal.get(), &store::Journal::loaded, this, &Workspace::onLoaded);
    connect(m_journal.get(), &store::Journal::committed, this, [this](const QStringList &messageIds) {
        if (m_host && !messageIds.isEmpty())
            m_host->confirmStored(messageIds);
    });
    connect(m_journal.get(), &store::Journal::historyReady, this, &Workspace::onHistoryPage);
    connect(m_journal.get(), &store::Journal::searchFound, this, &Workspace::searchFound);
    connect(m_journal.get(), &store::Journal::indexProgress, this, &Workspace::indexProgress);
    connect(m_journal.get(), &store::Journal::indexRebuilt, this, &Workspace::indexRebuilt);
    connect(m_journal.get(), &store::Journal::retentionKnown, this, &Workspace::retentionKnown);
    connect(m_journal.get(), &store::Journal::historyRemoved, this, &Workspace::historyRemoved);
    connect(m_journal.get(), &store::Journal::exported, this,
            [this](quint64, const QString &file, qint64 count, const QString &error) {
                Q_EMIT exported(file, count, error);
            });
    connect(m_journal.get(), &store::Journal::failed, this,
            [this](const protocol::Error &error) { Q_EMIT journalTroubled(error.detail); });
    connect(m_journal.get(), &store::Journal::recovered, this, [this] { Q_EMIT journalTroubled({}); });
    connect(m_journal.get(), &store::Journal::dropped, this, [this](qint64 count) {
        Q_EMIT noticed(tr("%n event(s) could not be kept; messages are never among them.", nullptr, int(count)));
    });
    connect(m_journal.get(), &store::Journal::setAside, this, [this](const QString &kept, const QString &reason) {
        Q_EMIT noticed(tr("The journal was damaged (%1). It was kept as %2, and a new one was begun.")
                           .arg(reason, QFileInfo(kept).fileName()));
    });
    m_drain.setJournal(m_journal.get());
    m_journal->open();
    m_snapshotTimer.start(snapshotEveryMs);
}

void Workspace::startSessions(const QString &installation, session::IdentityStore &identities)
{
    m_identities = &identities;
    session::SessionOptions options;
    options.installationId = installation;
    m_host = std::make_unique<session::SessionHost>(options);
    m_host->setSignals(m_signals);
    connect(m_host.get(), &session::SessionHost::eventsReady, this, [this](const EventList &batch) {
        m_journaled += std::count_if(batch.begin(), batch.end(), &store::Journal::isWorthKeeping);
        m_drain.post(batch);
    });
}

store::MeshStore *Workspace::addStore(const MeshId &mesh)
{
    if (store::MeshStore *known = m_stores.value(mesh))
        return known;
    auto *fresh = new store::MeshStore(mesh, {}, this);
    m_stores.insert(mesh, fresh);
    m_order << mesh;
    m_drain.addStore(fresh);
    connect(fresh, &store::MeshStore::changed, this,
            [this, mesh](const store::ChangeSet &changes) { onStoreChanged(mesh, changes); });
    return fresh;
}

void Workspace::openMesh(const session::MeshProfile &profile)
{
    m_profiles.insert(profile.meshId, profile);
    if (m_stores.contains(profile.meshId)) {
        startSession(profile);
        return;
    }
    addStore(profile.meshId);
    if (m_journal)
        m_journal->load(profile.meshId);
    else
        startSession(profile);
    Q_EMIT meshOpened(profile.meshId);
    if (!m_journal)
        Q_EMIT meshLoaded(profile.meshId);
}

void Workspace::closeMesh(const MeshId &mesh)
{
    if (m_host)
        m_host->close(mesh);
    m_drain.drainNow();
    m_drain.removeStore(mesh);
    m_order.removeAll(mesh);
    m_profiles.remove(mesh);
    m_keyless.remove(mesh);
    m_running.remove(mesh);
    Q_EMIT meshClosed(mesh);
    if (store::MeshStore *gone = m_stores.take(mesh))
        gone->deleteLater();
}

void Workspace::onLoaded(const store::JournalStart &start)
{
    store::MeshStore *store = m_stores.value(start.mesh);
    if (!store)
        return;
    if (!start.snapshot.isEmpty()) {
        if (const auto restored = store->restore(start.snapshot); !restored)
            qCWarning(lcApp) << "snapshot refused:" << restored.error().code;
    }
    store->apply(start.tail);
    qCInfo(lcApp) << "mesh shown from the journal";
    Q_EMIT meshLoaded(start.mesh);
    if (start.skipped > 0)
        Q_EMIT noticed(
            tr("%n entry(s) of the journal could not be read and were left out.", nullptr, int(start.skipped)));
    if (m_profiles.contains(start.mesh))
        startSession(m_profiles.value(start.mesh));
}

void Workspace::startSession(const session::MeshProfile &profile)
{
    if (!m_host || !m_identities)
        return;
    m_identities->keys(profile.meshId, [this, profile](Expected<session::IdentityStore::Keys> keys) {
        if (!keys) {
            m_keyless.insert(profile.meshId);
            events::ConnectionChanged failed;
            failed.state = protocol::ConnectionState::Failed;
            failed.code = keys.error().code;
            failed.detail = keys.error().detail;
            m_drain.post({Event{profile.meshId, m_clock.nowMs(), failed}});
            Q_EMIT meshFailed(profile.meshId, keys.error());
            return;
        }
        m_host->open(profile, std::move(keys->member), std::move(keys->session));
        m_running.insert(profile.meshId);
        m_drain.drainNow(); // what was written meanwhile
        resumeOutbox(profile.meshId);
    });
}

void Workspace::resumeOutbox(const MeshId &mesh)
{
    const store::MeshStore *store = m_stores.value(mesh);
    if (!store)
        return;
    EventList lost;
    const auto conversations = store->conversations();
    for (const store::Conversation &conversation : conversations) {
        for (const store::Message &message : store->messages(conversation.id)) {
            if (!message.own || message.clientMessageId.isEmpty())
                continue;
            if (message.state == events::OutgoingState::Queued) {
                m_host->submit(mesh,
                               protocol::commands::SendMessage{message.clientMessageId, conversation.target(),
                                                               message.text, message.priority, message.replyToId});
            } else if (message.state == events::OutgoingState::Sent) {
                // The program ended before the answer came; only the user can decide to send it again.
                events::OutgoingChanged unknown;
                unknown.clientMessageId = message.clientMessageId;
                unknown.state = events::OutgoingState::Unknown;
                unknown.code = u"no_answer"_s;
                lost << Event{mesh, m_clock.nowMs(), unknown};
            }
        }
    }
    m_drain.post(lost);
}

QList<protocol::ConversationId> Workspace::mergedInto(const MeshId &mesh,
                                                      const protocol::ConversationId &conversation) const
{
    const store::MeshStore *store = m_stores.value(mesh);
    return store ? store->mergedInto(conversation) : QList<protocol::ConversationId>();
}

void Workspace::loadHistory(const MeshId &mesh, const protocol::ConversationId &conversation, qint64 beforeMs,
                            int limit)
{
    const OlderWanted wanted{conversation, beforeMs, limit};
    const store::MeshStore *store = m_stores.value(mesh);
    const bool topic = conversation.kind == protocol::ConversationKind::Topic;
    // The broker is asked for everything up to the moment before: others of the oldest one's may be missing.
    if (topic && m_journal && m_host && store && store->connection().online())
        m_olderWanted.insert(
            m_host->submit(mesh, protocol::commands::LoadOlder{conversation, std::max<qint64>(0, beforeMs - 1)}),
            wanted);
    else
        readHistory(mesh, wanted, std::nullopt);
}

void Workspace::onStoreChanged(const MeshId &mesh, const store::ChangeSet &changes)
{
    for (const events::CommandFinished &finished : changes.commandsFinished) {
        const auto wanted = m_olderWanted.constFind(finished.commandId);
        if (wanted == m_olderWanted.cend())
            continue;
        std::optional<bool> atStart;
        if (finished.ok)
            atStart = finished.result[u"atStart"].toBool();
        // What came with this batch is given to the journal right after this.
        QMetaObject::invokeMethod(
            this, [this, mesh, wanted = *wanted, atStart] { readHistory(mesh, wanted, atStart); },
            Qt::QueuedConnection);
        m_olderWanted.erase(wanted);
    }
}

void Workspace::readHistory(const MeshId &mesh, const OlderWanted &wanted, std::optional<bool> brokerAtStart)
{
    if (m_journal) {
        const quint64 request =
            m_journal->loadConversation(mesh, wanted.conversation, store::HistoryCursor{wanted.beforeMs, 0},
                                        wanted.limit, mergedInto(mesh, wanted.conversation), brokerAtStart.has_value());
        if (brokerAtStart)
            m_brokerAtStart.insert(request, *brokerAtStart);
        return;
    }
    store::HistoryPage nothing;
    nothing.mesh = mesh;
    nothing.conversation = wanted.conversation;
    nothing.atStart = true;
    Q_EMIT historyReady(nothing);
}

void Workspace::loadNewer(const MeshId &mesh, const protocol::ConversationId &conversation,
                          const store::HistoryCursor &after, int limit)
{
    if (m_journal)
        m_journal->loadNewer(mesh, conversation, after, limit, mergedInto(mesh, conversation));
}

void Workspace::loadAround(const MeshId &mesh, const protocol::ConversationId &conversation,
                           const store::HistoryTarget &target, int limit)
{
    if (m_journal) {
        m_journal->loadAround(mesh, conversation, target, limit, mergedInto(mesh, conversation));
        return;
    }
    store::HistoryPage nothing; // what there is, is on the screen
    nothing.mesh = mesh;
    nothing.conversation = conversation;
    nothing.piece = store::HistoryPage::Piece::Around;
    nothing.target = target;
    Q_EMIT historyReady(nothing);
}

void Workspace::onHistoryPage(store::HistoryPage page)
{
    if (const auto broker = m_brokerAtStart.constFind(page.request); broker != m_brokerAtStart.cend()) {
        page.atStart = page.atStart && *broker;
        page.beginning = page.atStart;
        m_brokerAtStart.erase(broker);
    }
    Q_EMIT historyReady(page);
}

quint64 Workspace::search(const store::SearchPlan &plan)
{
    return m_journal ? m_journal->search(plan) : 0;
}

QString Workspace::nameOf(const MeshId &mesh) const
{
    const auto profile = m_profiles.value(mesh);
    return profile.name.isEmpty() ? profile.slug : profile.name;
}

protocol::CommandSink &Workspace::commands()
{
    return *m_door;
}

void Workspace::setSignals(bool on)
{
    m_signals = on;
    if (m_host)
        m_host->setSignals(on);
}

void Workspace::setVisible(bool visible)
{
    if (m_host)
        m_host->setVisible(visible);
}

void Workspace::snapshotAll()
{
    if (!m_journal)
        return;
    m_journaledAtSnapshot = m_journaled;
    for (auto it = m_stores.cbegin(); it != m_stores.cend(); ++it)
        m_journal->saveSnapshot(it.key(), it.value()->snapshot());
}

void Workspace::finish()
{
    if (m_host)
        m_host->flush();
    m_host.reset();
    m_running.clear();
    m_drain.drainNow();
    snapshotAll();
    if (m_journal)
        m_journal->flush();
    m_drain.setJournal(nullptr);
    m_journal.reset();
}

} // namespace mesh::app
