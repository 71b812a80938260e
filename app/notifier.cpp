// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/notifier.h"

#include <QtWidgets/QSystemTrayIcon>

#include <algorithm>

#include "models/items/conversationlistmodel.h"
#include "models/items/displaytext.h"

namespace mesh::app {

using namespace Qt::StringLiterals;
using items::Notification;
using protocol::ConversationId;
using protocol::ConversationKind;
using protocol::events::Attention;

namespace {

quint64 newestSeq(const store::MeshStore &store)
{
    quint64 newest = 0;
    const auto conversations = store.conversations();
    for (const store::Conversation &conversation : conversations) {
        for (const store::Message &message : store.messages(conversation.id))
            newest = std::max(newest, message.seq);
    }
    return newest;
}

} // namespace

Notifier::Notifier(const protocol::Clock &clock, NotificationService &service, protocol::CommandSink &commands,
                   IsReading isReading, QObject *parent)
    : QObject(parent)
    , m_clock(clock)
    , m_service(service)
    , m_commands(commands)
    , m_isReading(std::move(isReading))
{
    connect(&m_service, &NotificationService::shown, this, &Notifier::onShown);
    connect(&m_service, &NotificationService::activated, this, &Notifier::onActivated);
    connect(&m_service, &NotificationService::failed, this, [this](const QString &token) { m_standing.remove(token); });
    connect(&m_service, &NotificationService::closed, this,
            [this](uint id) { m_standing.removeIf([id](const auto &entry) { return entry.value().id == id; }); });
}

Notifier::~Notifier()
{
    for (const Standing &standing : std::as_const(m_standing)) {
        if (standing.id != 0)
            m_service.close(standing.id);
    }
}

void Notifier::setPolicy(const items::NotificationPolicy &policy)
{
    m_policy = policy;
}

void Notifier::setTray(QSystemTrayIcon *tray)
{
    m_tray = tray;
    if (!tray)
        return;
    connect(tray, &QSystemTrayIcon::messageClicked, this, [this] {
        if (!m_newest.mesh.isEmpty())
            Q_EMIT openRequested(m_newest.mesh, m_newest.conversation);
    });
}

void Notifier::watch(store::MeshStore *store)
{
    if (!store || m_stores.contains(store))
        return;
    m_stores.append(store);
    m_seen.insert(store, newestSeq(*store));
    connect(store, &store::MeshStore::changed, this,
            [this, store](const store::ChangeSet &changes) { onChanged(store, changes); });
    connect(store, &QObject::destroyed, this, [this, store] {
        m_seen.remove(store);
        m_stores.removeIf([](const auto &pointer) { return pointer.isNull(); });
        recount();
    });
    recount();
}

QString Notifier::tokenOf(const Place &place)
{
    return u"%1|%2|%3"_s.arg(place.mesh, QString::number(int(place.conversation.kind)), place.conversation.key);
}

QString Notifier::titleOf(const store::MeshStore &store, const store::Conversation &conversation) const
{
    switch (conversation.id.kind) {
    case ConversationKind::Broadcast:
        return tr("Everyone");
    case ConversationKind::System:
        return tr("System");
    case ConversationKind::Notes:
        return tr("Notes");
    case ConversationKind::Direct:
        return items::displayName(store.nameOf(conversation.target().key), conversation.target().key);
    case ConversationKind::Group:
    case ConversationKind::Topic:
        break;
    }
    return items::oneLine(conversation.title, 64);
}

void Notifier::onChanged(store::MeshStore *store, const store::ChangeSet &changes)
{
    if (changes.reset) { // what a journal held
        m_seen[store] = newestSeq(*store);
        recount();
        return;
    }
    quint64 newest = m_seen.value(store);
    for (auto it = changes.messages.cbegin(); it != changes.messages.cend(); ++it) {
        if (it->appended == 0 && !it->reordered)
            continue;
        tell(store, it.key());
        for (const store::Message &message : store->messages(it.key()))
            newest = std::max(newest, message.seq);
    }
    m_seen[store] = newest;
    if (!changes.messages.isEmpty() || !changes.conversationsChanged.isEmpty() || !changes.conversationsAdded.isEmpty()
        || !changes.conversationsRemoved.isEmpty()) {
        closeRead(store);
        recount();
    }
}

void Notifier::tell(store::MeshStore *store, const ConversationId &id)
{
    const store::Conversation *conversation = store->conversation(id);
    if (!conversation)
        return;
    const auto &messages = store->messages(id);
    const quint64 seen = m_seen.value(store);
    const Place place{store->mesh(), conversation->id};
    std::optional<Notification> newest;
    qint64 upToMs = 0;
    int fresh = 0;
    for (const store::Message &message : messages) {
        if (message.seq <= seen)
            continue;
        items::NotificationRules::Scene scene;
        scene.conversationTitle = titleOf(*store, *conversation);
        scene.senderName = items::displayName(
            message.senderName.isEmpty() ? store->nameOf(message.senderKey) : message.senderName, message.senderKey);
        scene.reading = m_isReading && m_isReading(place.mesh, place.conversation);
        scene.needsUser =
            &message == &messages.last() && items::ConversationListModel::needsUser(*conversation, messages);
        scene.nowMs = m_clock.nowMs();
        auto note = items::NotificationRules::judge(m_policy, *conversation, message, scene);
        if (!note)
            continue;
        ++fresh;
        upToMs = std::max(upToMs, message.sentAtMs);
        // Something urgent is not covered by what comes right after it.
        if (!newest || note->urgent || !newest->urgent)
            newest = std::move(note);
    }
    if (!newest)
        return;
    m_newest = place;
    Standing &standing = m_standing[tokenOf(place)];
    standing.place = place;
    standing.upToMs = std::max(standing.upToMs, upToMs);
    standing.count += fresh;
    if (standing.count > 1 && m_policy.showContent)
        newest->title = tr("%1 (%2)", "title, number of messages").arg(newest->title).arg(standing.count);
    if (m_service.isAvailable()) {
        NotificationService::Note note{newest->title, newest->body, newest->urgent, newest->sound, {}, standing.id};
        note.actions = {u"default"_s, tr("Open"), u"read"_s, tr("Mark as read")};
        m_service.show(tokenOf(place), note);
    } else if (m_tray && m_tray->isVisible()) {
        m_tray->showMessage(newest->title, newest->body,
                            newest->urgent ? QSystemTrayIcon::Warning : QSystemTrayIcon::Information);
    }
}

void Notifier::closeRead(store::MeshStore *store)
{
    m_standing.removeIf([&](const auto &entry) {
        const Standing &standing = entry.value();
        if (standing.place.mesh != store->mesh())
            return false;
        const store::Conversation *conversation = store->conversation(standing.place.conversation);
        if (conversation && conversation->readUpToMs < standing.upToMs)
            return false;
        if (standing.id != 0)
            m_service.close(standing.id);
        return true;
    });
}

void Notifier::recount()
{
    int sum = 0;
    for (const auto &store : std::as_const(m_stores)) {
        if (!store)
            continue;
        const auto conversations = store->conversations();
        for (const store::Conversation &conversation : conversations) {
            const Attention attention = conversation.arrangement.attention;
            if (attention != Attention::Nothing)
                sum += attention == Attention::All ? conversation.unread : conversation.mentions;
        }
    }
    if (sum == m_unread)
        return;
    m_unread = sum;
    Q_EMIT unreadChanged(sum);
}

void Notifier::onShown(const QString &token, uint id)
{
    const auto standing = m_standing.find(token);
    if (standing == m_standing.end()) {
        m_service.close(id); // read before the desktop had shown it
        return;
    }
    standing->id = id;
}

void Notifier::onActivated(uint id, const QString &action)
{
    const auto standing =
        std::find_if(m_standing.cbegin(), m_standing.cend(), [id](const Standing &one) { return one.id == id; });
    if (standing == m_standing.cend())
        return;
    const Standing chosen = *standing;
    if (action == "read"_L1) {
        const auto store = std::find_if(m_stores.cbegin(), m_stores.cend(),
                                        [&](const auto &one) { return one && one->mesh() == chosen.place.mesh; });
        const store::Conversation *conversation =
            store == m_stores.cend() ? nullptr : (*store)->conversation(chosen.place.conversation);
        if (conversation)
            m_commands.submit(chosen.place.mesh, protocol::commands::MarkRead{conversation->target(), chosen.upToMs});
    } else {
        Q_EMIT openRequested(chosen.place.mesh, chosen.place.conversation);
    }
}

} // namespace mesh::app
