// SPDX-License-Identifier: GPL-3.0-or-later
// What a row of the conversation list says. Which rows there are is in conversationlistmodel.cpp.
#include "models/items/conversationlistmodel.h"

#include <algorithm>

#include "models/items/displaytext.h"
#include "models/items/topicinfo.h"

namespace mesh::items {

using namespace Qt::StringLiterals;
using protocol::ConversationId;
using protocol::ConversationKind;

namespace {

constexpr int kPreviewChars = 140;

QString sectionTitle(ConversationListModel::Section section)
{
    switch (section) {
    case ConversationListModel::Section::Notes:
        return ConversationListModel::tr("Notes");
    case ConversationListModel::Section::NeedsYou:
        return ConversationListModel::tr("Needs you");
    case ConversationListModel::Section::Direct:
        return ConversationListModel::tr("Direct");
    case ConversationListModel::Section::Groups:
        return ConversationListModel::tr("Groups and topics");
    case ConversationListModel::Section::Peers:
        return ConversationListModel::tr("Peers");
    case ConversationListModel::Section::Archive:
        return ConversationListModel::tr("Archive");
    }
    return {};
}

QString statusWord(protocol::PeerStatus status)
{
    switch (status) {
    case protocol::PeerStatus::Idle:
        return ConversationListModel::tr("idle");
    case protocol::PeerStatus::Working:
        return ConversationListModel::tr("working");
    case protocol::PeerStatus::Dnd:
        return ConversationListModel::tr("do not disturb");
    case protocol::PeerStatus::Offline:
        break;
    }
    return ConversationListModel::tr("offline");
}

//! "idle · sonnet-4 · shop"
QString peerLine(const store::Peer &peer)
{
    QStringList parts{peer.kind == protocol::PeerKind::Connector ? ConversationListModel::tr("connector")
                                                                 : statusWord(peer.status)};
    if (!peer.model.isEmpty())
        parts.append(oneLine(peer.model, 32));
    if (!peer.groups.isEmpty())
        parts.append(oneLine(peer.groups.first().name, 32));
    else if (!peer.channel.isEmpty())
        parts.append(oneLine(peer.channel, 32));
    return parts.join(u" · "_s);
}

//! The beginning of a message without the marks of its markup.
QString previewText(const QString &text)
{
    QString line = oneLine(text, kPreviewChars);
    while (line.startsWith(u'#') || line.startsWith("> "_L1))
        line = line.mid(1).trimmed();
    return line.remove("**"_L1).remove(u'`');
}

} // namespace

void ConversationListModel::fillPreview(Row &row, const store::Conversation *conversation) const
{
    if (conversation && conversation->hasDraft()) {
        row.previewKind = Preview::Draft;
        row.preview = conversation->draft.isEmpty() ? tr("a reply begun") : oneLine(conversation->draft, kPreviewChars);
        return;
    }
    if (conversation && conversation->mentions > 0 && row.id.kind != ConversationKind::Direct) {
        row.preview = tr("you were mentioned");
        return;
    }
    const QList<store::Message> &messages = m_store->messages(row.id);
    if (!messages.isEmpty()) {
        const store::Message &last = messages.last();
        if (last.own && row.id.kind != ConversationKind::Notes) {
            row.previewKind = Preview::Own;
            row.ownState = last.state;
        }
        if (last.body == protocol::BodyKind::Undecryptable) {
            row.preview = row.id.kind == ConversationKind::Topic ? tr("Encrypted message")
                                                                 : tr("Message that could not be opened");
            return;
        }
        row.preview = previewText(last.text);
        if (!last.own && row.id.kind != ConversationKind::Direct) {
            const QString who = displayName(
                last.senderName.isEmpty() ? m_store->nameOf(last.senderKey) : last.senderName, last.senderKey);
            row.preview = who + u": "_s + row.preview;
        }
        return;
    }
    if (row.id.kind == ConversationKind::Direct) {
        if (const store::Peer *peer = m_store->peer(row.peerKey))
            row.preview = peerLine(*peer);
        return;
    }
    if (row.id.kind == ConversationKind::Notes) {
        row.preview = tr("only on this computer");
        return;
    }
    if (row.id.kind == ConversationKind::Topic) {
        const std::optional<TopicInfo> topic = topicOf(*m_store, row.id.key);
        row.preview = topic && !topic->description.isEmpty() ? topic->description : tr("No messages yet");
        return;
    }
    int members = 0;
    int working = 0;
    for (const store::Peer &peer : m_store->peers()) {
        if (peer.presence == store::Presence::Gone || peer.hidden || peer.controlPlane || peer.self || peer.stub)
            continue;
        const bool counts = row.id.kind == ConversationKind::Broadcast
            || std::any_of(peer.groups.begin(), peer.groups.end(), [&](const auto &g) { return g.name == row.id.key; });
        members += counts;
        working += counts && peer.status == protocol::PeerStatus::Working;
    }
    row.preview = members == 1 ? tr("1 peer") : tr("%n peers", nullptr, members);
    if (working > 0)
        row.preview += u" · "_s + tr("%n working", nullptr, working);
}

ConversationListModel::Row ConversationListModel::row(int number) const
{
    Row row;
    if (number < 0 || number >= m_entries.size() || !m_store)
        return row;
    const Entry &entry = m_entries.at(number);
    row.kind = entry.kind;
    row.section = entry.section;
    row.id = entry.id;
    if (entry.kind == RowKind::Header) {
        row.title = sectionTitle(entry.section);
        for (int i = number + 1; i < m_entries.size() && m_entries.at(i).kind != RowKind::Header; ++i)
            ++row.count;
        if (entry.section == Section::Archive) {
            row.folded = !m_archiveOpen;
            const auto conversations = m_store->conversations();
            row.count = int(std::count_if(conversations.begin(), conversations.end(),
                                          [](const store::Conversation &c) { return c.isArchived(); }));
        }
        return row;
    }
    const store::Conversation *conversation = m_store->conversation(entry.id);
    if (conversation) {
        row.unread = conversation->unread;
        row.mentions = conversation->mentions;
        row.pinned = conversation->arrangement.pinned;
        row.archived = conversation->isArchived();
        row.attention = conversation->arrangement.attention;
        row.atMs = conversation->lastAtMs;
        row.time = relativeTime(conversation->lastAtMs, m_clock.nowMs());
    }
    switch (entry.id.kind) {
    case ConversationKind::Direct: {
        row.peerKey = conversation && !conversation->peerKey.isEmpty() ? conversation->peerKey : entry.id.key;
        const store::Peer *peer = m_store->peer(row.peerKey);
        QString name = peer ? peer->name : QString();
        if (name.isEmpty() && conversation)
            name = conversation->title;
        row.title = displayName(name, row.peerKey);
        row.initials = initials(row.title);
        row.trust = m_trust.of(*m_store, row.peerKey);
        if (row.trust != KeyTrust::Changed)
            row.imitates = m_likeness.imitated(*m_store, row.peerKey);
        if (peer) {
            row.peerKind = peer->kind;
            row.status = peer->presence == store::Presence::Gone ? protocol::PeerStatus::Offline : peer->status;
        }
        const auto typing = m_store->typing().constFind(row.peerKey);
        row.typing = typing != m_store->typing().cend() && typing->on && typing->untilMs > m_clock.nowMs()
            && typing->conversation.kind == ConversationKind::Direct;
        if (row.typing)
            row.preview = tr("typing…");
        break;
    }
    case ConversationKind::Group:
        row.title = u'@' + oneLine(entry.id.key, 64);
        row.initials = u"@"_s;
        break;
    case ConversationKind::Topic: {
        QString name = conversation ? conversation->title : QString();
        if (name.isEmpty()) {
            for (const auto &topic : m_store->listings().topics) {
                if (topic.id == entry.id.key)
                    name = topic.name;
            }
        }
        name = displayName(name, entry.id.key);
        row.title = name.startsWith(u'#') ? name : u'#' + name;
        row.initials = u"#"_s;
        break;
    }
    case ConversationKind::Broadcast:
        row.title = tr("Everyone");
        row.initials = u"*"_s;
        break;
    case ConversationKind::System:
        row.title = tr("System");
        row.initials = u"!"_s;
        break;
    case ConversationKind::Notes:
        row.title = tr("Notes");
        row.initials = u"="_s;
        break;
    }
    if (entry.id.kind != ConversationKind::Direct) {
        const QStringList names = whoTypes(*m_store, entry.id, m_clock.nowMs());
        row.typing = !names.isEmpty();
        if (row.typing)
            row.preview = tr("%1: typing…", "names").arg(names.join(u", "_s));
    }
    if (!row.typing)
        fillPreview(row, conversation);
    return row;
}

QVariant ConversationListModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    switch (role) {
    case KindRole:
        return int(m_entries.at(index.row()).kind);
    case SectionRole:
        return int(m_entries.at(index.row()).section);
    case Qt::DisplayRole:
        return row(index.row()).title;
    case PreviewRole:
        return row(index.row()).preview;
    case TimeRole:
        return row(index.row()).time;
    case UnreadRole:
        return row(index.row()).unread;
    case CountRole:
        return row(index.row()).count;
    case Qt::ToolTipRole:
        return exactTime(row(index.row()).atMs);
    case Qt::AccessibleTextRole: {
        const Row r = row(index.row());
        if (r.kind == RowKind::Header)
            return r.title;
        QStringList parts{r.title};
        if (r.id.kind == ConversationKind::Direct)
            parts.append(statusWord(r.status));
        if (r.unread > 0)
            parts.append(tr("%n unread", nullptr, r.unread));
        if (r.mentions > 0)
            parts.append(tr("%n mention(s)", nullptr, r.mentions));
        if (r.pinned)
            parts.append(tr("pinned"));
        if (r.attention != protocol::events::Attention::All)
            parts.append(tr("muted"));
        if (r.trust == KeyTrust::Changed)
            parts.append(tr("key changed"));
        else if (r.trust == KeyTrust::Unknown && r.kind == RowKind::Conversation)
            parts.append(tr("not verified"));
        if (!r.imitates.isEmpty())
            parts.append(tr("not %1", "a name that looks like another's").arg(r.imitates));
        parts.append(r.previewKind == Preview::Draft ? tr("Draft: %1").arg(r.preview) : r.preview);
        return parts.join(u", "_s);
    }
    default:
        return {};
    }
}

} // namespace mesh::items
