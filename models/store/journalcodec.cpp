// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/journalcodec.h"

#include "models/protocol/fieldcodec.h"
#include "models/protocol/sodium.h"
#include "models/protocol/storagecrypto.h"

#include <QtCore/QJsonDocument>

#include <sodium.h>

using namespace Qt::StringLiterals;

namespace mesh::store {

using namespace protocol;
using namespace protocol::events;

namespace {

constexpr QByteArrayView kMark("claudemesh-desktop journal");
//! A full peers_list is written after this many differences, which bounds what one lost row can spoil.
constexpr int kDiffsBeforeFull = 500;
constexpr QLatin1StringView kPeersDiff{"peersDiff"};

QByteArray compact(const QJsonObject &object)
{
    return QJsonDocument(object).toJson(QJsonDocument::Compact);
}

//! Lists that are polled: told again and again, mostly the same. The word names the poll.
QByteArray pollName(const EventBody &body)
{
    if (const auto *members = getIf<TopicMembersListed>(&body))
        return "topicMembers/" + members->topicId.toUtf8();
    if (!holdsAny<StateListed, TasksListed, SkillsListed, FilesListed, StreamsListed, TopicsListed, ServersListed,
                  ServicesListed, SchedulesListed, WebhooksListed, ContextsListed, MeshDescribed, ClockReported>(body))
        return {};
    const QLatin1StringView word = eventType(body);
    return QByteArray(word.data(), word.size());
}

} // namespace

RowKind rowKindOf(const EventBody &body)
{
    if (holdsAny<MessageReceived, MessageComposed, OutgoingChanged, ConversationRead, DraftChanged,
                 ConversationArranged>(body))
        return RowKind::Message;
    if (holdsAny<TrafficSeen, AuditAppended>(body))
        return RowKind::Traffic;
    if (holds<Ticked>(body))
        return RowKind::Tick;
    return RowKind::Other;
}

Expected<JournalKeys> JournalKeys::derive(const SecretBytes &key)
{
    if (key.size() != StorageKeySize)
        return Error{u"bad_key"_s, u"The journal's key has the wrong size."_s, ErrorBand::Security};
    Expected<SecretBytes> body = deriveSubkey(key, "journal body 1");
    Expected<SecretBytes> index = deriveSubkey(key, "journal index 1");
    Expected<SecretBytes> search = deriveSubkey(key, "journal search 1", SearchHasher::kKeySize);
    if (!body)
        return body.error();
    if (!index)
        return index.error();
    if (!search)
        return search.error();
    JournalKeys keys;
    keys.m_body = *std::move(body);
    keys.m_index = *std::move(index);
    keys.m_hasher = SearchHasher(*std::move(search));
    return keys;
}

JournalKeys JournalKeys::clone() const
{
    JournalKeys copy;
    copy.m_body = m_body.clone();
    copy.m_index = m_index.clone();
    copy.m_hasher = m_hasher.clone();
    return copy;
}

Expected<QByteArray> JournalKeys::seal(const QByteArray &plain, const QByteArray &place) const
{
    return sealStorage(plain, place, m_body);
}

Expected<QByteArray> JournalKeys::open(const QByteArray &sealed, const QByteArray &place) const
{
    return openStorage(sealed, place, m_body);
}

QByteArray JournalKeys::token(const QByteArray &text) const
{
    QByteArray out(crypto_generichash_BYTES_MIN, Qt::Uninitialized);
    crypto_generichash(reinterpret_cast<unsigned char *>(out.data()), size_t(out.size()),
                       reinterpret_cast<const unsigned char *>(text.constData()),
                       static_cast<unsigned long long>(text.size()), m_index.data(), size_t(m_index.size()));
    return out;
}

QByteArray JournalKeys::eventPlace(qint64 row, qint64 mesh, qint64 atMs, RowKind kind)
{
    return "event|" + QByteArray::number(row) + '|' + QByteArray::number(mesh) + '|' + QByteArray::number(atMs) + '|'
        + QByteArray::number(int(kind));
}

QByteArray JournalKeys::snapshotPlace(qint64 mesh, qint64 upTo, qint64 atMs)
{
    return "snapshot|" + QByteArray::number(mesh) + '|' + QByteArray::number(upTo) + '|' + QByteArray::number(atMs);
}

QByteArray JournalKeys::conversationToken(const QString &mesh, const ConversationId &id) const
{
    return token("conversation|" + mesh.toUtf8() + '|' + QByteArray::number(int(id.kind)) + '|' + id.key.toUtf8());
}

Expected<bool> JournalKeys::checkMark(JournalDb &db, bool mayWrite) const
{
    QByteArray sealed;
    {
        Statement read = db.prepare("SELECT value FROM meta WHERE key='mark'");
        if (read.step())
            sealed = read.blob(0);
        else if (read.code() != 101) // SQLITE_DONE
            return JournalDb::errorFor(read.code());
    }
    if (!sealed.isEmpty())
        return bool(open(sealed, "mark"));
    if (!mayWrite)
        return true;
    Expected<QByteArray> fresh = seal(kMark.toByteArray(), "mark");
    if (!fresh)
        return fresh.error();
    Statement write = db.prepare("INSERT INTO meta(key, value) VALUES('mark', ?)");
    if (!write.bind(1, *fresh).run())
        return JournalDb::errorFor(write.code());
    return true;
}

std::optional<MessageIndex> messageIndexOf(const JournalKeys &keys, const Event &event)
{
    const QByteArray mesh = event.mesh.toUtf8();
    if (const auto *received = getIf<MessageReceived>(&event.body))
        return MessageIndex{keys.token("m|" + mesh + '|' + received->messageId.toUtf8()),
                            keys.conversationToken(event.mesh, received->conversation), received->sentAtMs};
    if (const auto *composed = getIf<MessageComposed>(&event.body))
        return MessageIndex{keys.token("o|" + mesh + '|' + composed->clientMessageId.toUtf8()),
                            keys.conversationToken(event.mesh, composed->conversation), composed->composedAtMs};
    if (const auto *outgoing = getIf<OutgoingChanged>(&event.body))
        return MessageIndex{keys.token("o|" + mesh + '|' + outgoing->clientMessageId.toUtf8()), {}, 0};
    return std::nullopt;
}

QByteArray PollEncoder::encode(const Event &event)
{
    if (const auto *list = getIf<PeersListed>(&event.body)) {
        QHash<QString, QByteArray> rows;
        QJsonArray changed;
        for (const PeerRow &row : list->peers) {
            const QJsonObject json = toJson(row);
            const QByteArray hash = sha256(compact(json));
            rows.insert(row.pubkey, hash);
            if (m_peers.value(row.pubkey) != hash)
                changed.append(json);
        }
        QJsonArray gone;
        for (auto it = m_peers.cbegin(); it != m_peers.cend(); ++it) {
            if (!rows.contains(it.key()))
                gone.append(it.key());
        }
        const bool full = !m_peersKnown || m_sinceFull >= kDiffsBeforeFull;
        m_peers = rows;
        m_peersKnown = true;
        if (full) {
            m_sinceFull = 0;
            return compact(eventBodyToJson(event.body));
        }
        if (changed.isEmpty() && gone.isEmpty())
            return {};
        ++m_sinceFull;
        return compact({{u"type"_s, kPeersDiff}, {u"rows"_s, changed}, {u"gone"_s, gone}});
    }
    const QByteArray payload = compact(eventBodyToJson(event.body));
    if (const QByteArray name = pollName(event.body); !name.isEmpty()) {
        QByteArray &last = m_lastPoll[name];
        const QByteArray hash = sha256(payload);
        if (last == hash)
            return {};
        last = hash;
    }
    return payload;
}

void PollEncoder::restart()
{
    *this = PollEncoder();
}

Expected<EventBody> PollDecoder::decode(const QByteArray &payload)
{
    const QJsonObject object = QJsonDocument::fromJson(payload).object();
    if (object[u"type"].toString() != kPeersDiff) {
        Expected<EventBody> body = eventBodyFromJson(object);
        if (body) {
            if (const auto *list = getIf<PeersListed>(&*body))
                m_peers = list->peers;
        }
        return body;
    }
    QSet<QString> leaves;
    for (const QJsonValue &key : object[u"gone"].toArray())
        leaves.insert(key.toString());
    m_peers.removeIf([&](const PeerRow &row) { return leaves.contains(row.pubkey); });
    for (const QJsonValue &value : object[u"rows"].toArray()) {
        Expected<PeerRow> row = fromJson<PeerRow>(value.toObject(), FieldRules::lenient());
        if (!row)
            return row.error();
        const auto same = std::find_if(m_peers.begin(), m_peers.end(),
                                       [&](const PeerRow &known) { return known.pubkey == row->pubkey; });
        if (same != m_peers.end())
            *same = *std::move(row);
        else
            m_peers.append(*std::move(row));
    }
    return EventBody(PeersListed{m_peers});
}

} // namespace mesh::store
