// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/conversationinfo.h"

#include <algorithm>

#include "models/items/displaytext.h"
#include "models/items/topicinfo.h"

namespace mesh::items {

using namespace Qt::StringLiterals;
using protocol::ConversationId;
using protocol::ConversationKind;
using protocol::PeerStatus;
using protocol::events::OutgoingState;
using protocol::events::TopicKeyState;

ConversationInfo::ConversationInfo(const protocol::Clock &clock, QObject *parent)
    : QObject(parent)
    , m_clock(clock)
{
}

void ConversationInfo::setStore(store::MeshStore *store)
{
    if (m_store == store)
        return;
    if (m_store)
        m_store->disconnect(this);
    m_store = store;
    m_likeness.clear();
    m_trust.clear();
    if (m_store)
        connect(m_store, &store::MeshStore::changed, this, &ConversationInfo::onChanged);
    Q_EMIT changed();
}

void ConversationInfo::setConversation(const std::optional<ConversationId> &id)
{
    std::optional<ConversationId> kept = id;
    if (kept && m_store)
        kept = m_store->resolve(*kept);
    if (m_id == kept)
        return;
    m_id = kept;
    Q_EMIT changed();
}

void ConversationInfo::onChanged(const store::ChangeSet &changes)
{
    m_likeness.note(changes);
    m_trust.note(changes);
    if (!m_id)
        return;
    const ConversationId before = *m_id;
    m_id = m_store->resolve(before);
    bool mine = changes.reset || changes.connection || !changes.verified.isEmpty() || *m_id != before
        || changes.conversationsAdded.contains(*m_id) || changes.conversationsChanged.contains(*m_id)
        || changes.messages.contains(*m_id) || changes.listings.testFlag(store::Listed::Topics)
        || changes.listings.testFlag(store::Listed::TopicMembers)
        || changes.listings.testFlag(store::Listed::TopicKeys);
    if (m_id->kind == ConversationKind::Direct) {
        const QString key = target().key;
        mine = mine || changes.peersAdded.contains(key) || changes.peersChanged.contains(key)
            || changes.peersRemoved.contains(key) || changes.typing.contains(key);
    } else {
        mine = mine || !changes.peersAdded.isEmpty() || !changes.peersChanged.isEmpty()
            || !changes.peersRemoved.isEmpty() || !changes.typing.isEmpty();
    }
    if (mine)
        Q_EMIT changed();
}

const store::Conversation *ConversationInfo::conversation() const
{
    return isValid() ? m_store->conversation(*m_id) : nullptr;
}

ConversationId ConversationInfo::target() const
{
    const store::Conversation *c = conversation();
    return c ? c->target() : id();
}

const store::Peer *ConversationInfo::peer() const
{
    return isDirect() && m_store ? m_store->peer(target().key) : nullptr;
}

QString ConversationInfo::title() const
{
    if (!isValid())
        return {};
    const store::Conversation *c = conversation();
    switch (m_id->kind) {
    case ConversationKind::Direct: {
        const store::Peer *p = peer();
        const QString name = p && !p->name.isEmpty() ? p->name : c ? c->title : QString();
        return displayName(name, target().key);
    }
    case ConversationKind::Group:
        return u'@' + oneLine(m_id->key, 64);
    case ConversationKind::Topic: {
        QString name = c ? c->title : QString();
        for (const auto &topic : m_store->listings().topics) {
            if (name.isEmpty() && topic.id == m_id->key)
                name = topic.name;
        }
        name = displayName(name, m_id->key);
        return name.startsWith(u'#') ? name : u'#' + name;
    }
    case ConversationKind::Broadcast:
        return tr("Everyone");
    case ConversationKind::System:
        return tr("System");
    case ConversationKind::Notes:
        return tr("Notes");
    }
    return {};
}

QString ConversationInfo::initials() const
{
    if (!isValid())
        return {};
    switch (m_id->kind) {
    case ConversationKind::Direct:
        return items::initials(title());
    case ConversationKind::Group:
        return u"@"_s;
    case ConversationKind::Topic:
        return u"#"_s;
    case ConversationKind::Broadcast:
        return u"*"_s;
    case ConversationKind::System:
        return u"!"_s;
    case ConversationKind::Notes:
        return u"="_s;
    }
    return {};
}

protocol::PeerKind ConversationInfo::peerKind() const
{
    const store::Peer *p = peer();
    return p ? p->kind : protocol::PeerKind::Ai;
}

PeerStatus ConversationInfo::status() const
{
    const store::Peer *p = peer();
    return !p || p->presence == store::Presence::Gone ? PeerStatus::Offline : p->status;
}

QString ConversationInfo::subtitle() const
{
    if (!isValid())
        return {};
    QStringList parts;
    if (const store::Peer *p = peer()) {
        if (p->kind == protocol::PeerKind::Human)
            parts.append(tr("human"));
        else if (p->kind == protocol::PeerKind::Connector)
            parts.append(tr("connector"));
        if (!p->model.isEmpty())
            parts.append(oneLine(p->model, 32));
        if (!p->groups.isEmpty()) {
            const auto &group = p->groups.first();
            QString text = u'@' + oneLine(group.name, 32);
            if (group.role && !group.role->isEmpty())
                text += u' ' + oneLine(*group.role, 24);
            parts.append(text);
        }
        if (const auto share = p->stats.contextShare())
            parts.append(tr("context %1").arg(percent(*share, 1)));
        if (parts.isEmpty() && !p->summary.isEmpty())
            parts.append(oneLine(p->summary, 80));
        return parts.join(u" · "_s);
    }
    if (isDirect())
        return tr("not seen in this mesh now");
    if (isNotes())
        return tr("what you write to yourself");
    if (m_id->kind == ConversationKind::Group || m_id->kind == ConversationKind::Broadcast)
        return recipientsText();
    if (isTopic()) {
        const auto topic = topicOf(*m_store, m_id->key);
        if (topic && topic->members)
            parts.append(*topic->members == 1 ? tr("1 member") : tr("%1 members").arg(*topic->members));
        if (topic && !topic->open)
            parts.append(tr("private"));
        if (topic && !topic->description.isEmpty())
            parts.append(topic->description);
        if (canJoin())
            parts.prepend(tr("you are not in it"));
        return parts.join(u" · "_s);
    }
    return {};
}

ConversationInfo::Security ConversationInfo::security() const
{
    if (isDirect())
        return Security::EndToEnd;
    if (isNotes())
        return Security::Local;
    if (isValid() && isTopic()) {
        const auto key = m_store->listings().topicKeys.constFind(m_id->key);
        switch (key == m_store->listings().topicKeys.cend() ? TopicKeyState::Unknown : *key) {
        case TopicKeyState::Held:
            return Security::TopicKey;
        case TopicKeyState::Waiting:
        case TopicKeyState::Unavailable:
            return Security::TopicKeyMissing;
        case TopicKeyState::Clear:
            return Security::NotEncrypted;
        case TopicKeyState::Unknown:
            break;
        }
        // Before the broker was asked: as the last message came.
        const auto &messages = m_store->messages(*m_id);
        if (!messages.isEmpty() && messages.last().body != protocol::BodyKind::Clear)
            return Security::TopicKey;
    }
    return Security::NotEncrypted;
}

QString ConversationInfo::securityText() const
{
    switch (security()) {
    case Security::EndToEnd:
        switch (trust()) {
        case KeyTrust::Verified:
            return tr("end-to-end encrypted, verified");
        case KeyTrust::Unknown:
            return tr("encrypted, key not verified");
        case KeyTrust::Changed:
            return tr("key changed");
        }
        break;
    case Security::Local:
        return tr("only on this computer");
    case Security::TopicKey:
        return tr("encrypted for members");
    case Security::TopicKeyMissing:
        return tr("encrypted, key missing");
    case Security::NotEncrypted:
        break;
    }
    return tr("not encrypted on this mesh");
}

QString ConversationInfo::securityDetail() const
{
    switch (security()) {
    case Security::EndToEnd: {
        const QString sealed =
            tr("Only you and this peer can read what you write. The broker sees who writes to whom, and when.");
        if (trust() == KeyTrust::Verified)
            return sealed + u' ' + tr("You have compared safety numbers.");
        if (trust() == KeyTrust::Changed)
            return trustWarning();
        return sealed + u' ' + tr("Whether its key is really this peer's, only comparing safety numbers tells.");
    }
    case Security::Local:
        return tr("Notes are kept in the sealed history of this computer. Nothing of them is ever sent.");
    case Security::TopicKey:
        return tr("Members who hold the topic's key can read it. The broker keeps sealed text; it made the key and "
                  "forgot it.");
    case Security::TopicKeyMissing:
        return cannotSend();
    case Security::NotEncrypted:
        break;
    }
    return tr("The broker and every peer it reaches can read this. Write secrets in a direct conversation.");
}

QString ConversationInfo::imitates() const
{
    const store::Peer *p = peer();
    // A name whose former key is gone counts as changed, which says more.
    return p && trust() != KeyTrust::Changed ? m_likeness.imitated(*m_store, p->key) : QString();
}

KeyTrust ConversationInfo::trust() const
{
    return isDirect() && m_store ? m_trust.of(*m_store, target().key) : KeyTrust::Verified;
}

QString ConversationInfo::trustWarning() const
{
    if (trust() != KeyTrust::Changed)
        return {};
    return tr("%1's key changed on %2. It may be a new installation, or somebody else under this name.", "peer, time")
        .arg(title(), exactTime(m_trust.changedAtMs(*m_store, target().key)));
}

QString ConversationInfo::ownMemberKey() const
{
    return m_store ? m_store->connection().ownMemberKey : QString();
}

QString ConversationInfo::peerMemberKey() const
{
    const store::Peer *p = peer();
    return p ? p->memberKey : QString();
}

bool ConversationInfo::isOnline() const
{
    return m_store && m_store->connection().online();
}

ConversationInfo::Reach ConversationInfo::reach() const
{
    Reach reach;
    if (!isValid() || (m_id->kind != ConversationKind::Group && m_id->kind != ConversationKind::Broadcast))
        return reach;
    const QString own = m_store->connection().ownMemberKey;
    for (const store::Peer &p : m_store->peers()) {
        if (p.presence == store::Presence::Gone || p.hidden || p.self || p.stub)
            continue;
        if (m_id->kind == ConversationKind::Group
            && std::none_of(p.groups.begin(), p.groups.end(), [&](const auto &g) { return g.name == m_id->key; }))
            continue;
        // Wire reference 6.2 and observed 3: live, visible, of another member, exactly that group.
        const QString name = displayName(p.name, p.key);
        if (p.presence != store::Presence::Live)
            reach.misses.append({name, tr("lost its connection")});
        else if (!own.isEmpty() && p.memberKey == own)
            reach.misses.append({name, tr("is yours")});
        else
            reach.gets.append(name);
    }
    reach.gets.sort(Qt::CaseInsensitive);
    std::sort(reach.misses.begin(), reach.misses.end(),
              [](const auto &a, const auto &b) { return a.name.compare(b.name, Qt::CaseInsensitive) < 0; });
    return reach;
}

int ConversationInfo::recipients() const
{
    return int(reach().gets.size());
}

QString ConversationInfo::recipientsText() const
{
    const Reach r = reach();
    const int n = int(r.gets.size());
    QString text = n == 0 ? tr("reaches nobody now") : n == 1 ? tr("goes to 1 peer") : tr("goes to %1 peers").arg(n);
    if (r.misses.size() == 1)
        text += tr(", not to %1 (%2)", "name, reason").arg(r.misses.first().name, r.misses.first().reason);
    else if (!r.misses.isEmpty())
        text += tr(", not to %n", nullptr, int(r.misses.size()));
    return text;
}

QString ConversationInfo::cannotSend() const
{
    if (!isValid())
        return tr("Choose a conversation first.");
    if (m_id->kind == ConversationKind::System)
        return tr("Notices of the mesh cannot be answered.");
    if (canJoin())
        return tr("You are not in this topic. Join it to write here.");
    if (isTopic()) {
        const TopicKeyState key = m_store->listings().topicKeys.value(m_id->key);
        if (key == TopicKeyState::Waiting)
            return tr(
                "You do not have the topic's key yet. A member who has it passes it on as soon as both of you are "
                "connected.");
        if (key == TopicKeyState::Unavailable)
            return tr("This topic is encrypted, and its broker gives no keys out.");
    }
    return {};
}

std::optional<int> ConversationInfo::members() const
{
    const auto topic = isValid() && isTopic() ? topicOf(*m_store, m_id->key) : std::nullopt;
    return topic ? topic->members : std::nullopt;
}

bool ConversationInfo::canJoin() const
{
    return isValid() && isTopic() && isInTopic(*m_store, m_id->key) == false;
}

bool ConversationInfo::takesTyping() const
{
    return isValid() && isTypingHeard(*m_store, target());
}

ConversationInfo::Activity ConversationInfo::activity() const
{
    if (!isValid())
        return Activity::None;
    if (!isDirect())
        return whoTypes(*m_store, *m_id, m_clock.nowMs()).isEmpty() ? Activity::None : Activity::Typing;
    const store::Peer *p = peer();
    if (!p)
        return Activity::None;
    const auto typing = m_store->typing().constFind(p->key);
    if (typing != m_store->typing().cend() && typing->on && typing->untilMs > m_clock.nowMs()
        && typing->conversation.kind == ConversationKind::Direct)
        return Activity::Typing;
    if (p->presence != store::Presence::Live)
        return Activity::Away;
    const auto &messages = m_store->messages(*m_id);
    const bool ownLast = !messages.isEmpty() && messages.last().own;
    switch (p->status) {
    case PeerStatus::Working:
        return Activity::Working;
    case PeerStatus::Dnd:
        return ownLast && messages.last().state == OutgoingState::Accepted ? Activity::Held : Activity::None;
    case PeerStatus::Idle:
        return ownLast && messages.last().state == OutgoingState::Delivered && p->kind == protocol::PeerKind::Ai
            ? Activity::DeliveredIdle
            : Activity::None;
    case PeerStatus::Offline:
        break;
    }
    return Activity::Away;
}

QString ConversationInfo::typingText() const
{
    if (isDirect())
        return tr("%1 is typing…").arg(title());
    const QStringList names = whoTypes(*m_store, *m_id, m_clock.nowMs());
    if (names.size() == 1)
        return tr("%1 is typing…").arg(names.first());
    if (names.size() == 2)
        return tr("%1 and %2 are typing…").arg(names.first(), names.last());
    return tr("%1 people are typing…").arg(names.size());
}

QString ConversationInfo::activityText() const
{
    const store::Peer *p = peer();
    switch (activity()) {
    case Activity::None:
        return {};
    case Activity::Typing:
        return typingText();
    case Activity::Working:
        if (p && p->statusSinceMs > 0 && p->statusSinceMs <= m_clock.nowMs())
            return tr("%1 is working · %2", "name, duration")
                .arg(title(), duration(m_clock.nowMs() - p->statusSinceMs));
        return tr("%1 is working").arg(title());
    case Activity::DeliveredIdle:
        return tr("delivered, %1 is idle").arg(title());
    case Activity::Held:
        return tr("%1 does not want to be disturbed; the message is held").arg(title());
    case Activity::Away:
        if (p && p->presence == store::Presence::Grace)
            return tr("%1 lost its connection a moment ago").arg(title());
        if (p && p->goneAtMs > 0)
            return tr("%1 is not connected since %2").arg(title(), timeOfDay(p->goneAtMs));
        return tr("%1 is not connected").arg(title());
    }
    return {};
}

QString ConversationInfo::draft() const
{
    const store::Conversation *c = conversation();
    return c ? c->draft : QString();
}

QString ConversationInfo::draftReplyToId() const
{
    const store::Conversation *c = conversation();
    return c ? c->draftReplyToId : QString();
}

int ConversationInfo::unread() const
{
    const store::Conversation *c = conversation();
    return c ? c->unread : 0;
}

qint64 ConversationInfo::lastMessageAtMs() const
{
    const store::Conversation *c = conversation();
    return c ? c->lastAtMs : 0;
}

} // namespace mesh::items
