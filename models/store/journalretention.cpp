// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/journalretention.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>

#include <sqlite3.h>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mesh::store {

using namespace protocol;
using namespace protocol::events;

namespace {

const QByteArray kRetentionPlace = QByteArrayLiteral("retention");

} // namespace

Expected<QList<RetentionRule>> readRetention(JournalDb &db, const JournalKeys &keys)
{
    QList<RetentionRule> rules;
    Statement select = db.prepare("SELECT value FROM meta WHERE key='retention'");
    if (!select.step())
        return rules;
    const Expected<QByteArray> plain = keys.open(select.blob(0), kRetentionPlace);
    if (!plain)
        return plain.error();
    const QJsonArray array = QJsonDocument::fromJson(*plain).array();
    for (const QJsonValue &value : array) {
        const QJsonObject object = value.toObject();
        RetentionRule rule;
        rule.mesh = object["mesh"_L1].toString();
        rule.maxAgeMs = std::max<qint64>(0, object["maxAgeMs"_L1].toInteger());
        rule.maxBytes = std::max<qint64>(0, object["maxBytes"_L1].toInteger());
        const QJsonArray parts = object["parts"_L1].toArray();
        for (const QJsonValue &part : parts)
            rule.parts.append({ConversationKind(std::clamp(part["kind"_L1].toInt(), 0, int(ConversationKind::Notes))),
                               part["key"_L1].toString()});
        rules.append(rule);
    }
    return rules;
}

Expected<void> writeRetention(JournalDb &db, const JournalKeys &keys, const QList<RetentionRule> &rules)
{
    QJsonArray array;
    for (const RetentionRule &rule : rules) {
        QJsonArray parts;
        for (const ConversationId &part : rule.parts)
            parts.append(QJsonObject{{u"kind"_s, int(part.kind)}, {u"key"_s, part.key}});
        array.append(QJsonObject{{u"mesh"_s, rule.mesh},
                                 {u"parts"_s, parts},
                                 {u"maxAgeMs"_s, rule.maxAgeMs},
                                 {u"maxBytes"_s, rule.maxBytes}});
    }
    const Expected<QByteArray> sealed = keys.seal(QJsonDocument(array).toJson(QJsonDocument::Compact), kRetentionPlace);
    if (!sealed)
        return sealed.error();
    Statement write = db.prepare("INSERT INTO meta(key, value) VALUES('retention', ?)"
                                 " ON CONFLICT(key) DO UPDATE SET value = excluded.value");
    if (!write.bind(1, *sealed).run())
        return JournalDb::errorFor(write.code());
    return {};
}

JournalPruner::JournalPruner(JournalDb &db, const JournalKeys &keys)
    : m_db(db)
    , m_keys(keys)
{
}

Expected<qint64> JournalPruner::cutOf(const RetentionRule &rule, qint64 nowMs)
{
    qint64 cut = rule.maxAgeMs > 0 ? nowMs - rule.maxAgeMs : 0;
    if (rule.maxBytes <= 0)
        return cut;
    struct Sized
    {
        qint64 sentAtMs = 0;
        qint64 bytes = 0;
    };
    std::vector<Sized> sizes;
    for (const ConversationId &part : rule.parts) {
        Statement rows = m_db.prepare("SELECT m.sent, length(e.body) FROM messages m JOIN events e ON e.row = m.row"
                                      " WHERE m.conv = ?");
        const QByteArray token = m_keys.conversationToken(rule.mesh, part);
        rows.bind(1, token);
        while (rows.step())
            sizes.push_back({rows.integer(0), rows.integer(1)});
        if (rows.code() != SQLITE_DONE)
            return JournalDb::errorFor(rows.code());
    }
    std::sort(sizes.begin(), sizes.end(), [](const Sized &a, const Sized &b) { return a.sentAtMs > b.sentAtMs; });
    qint64 total = 0;
    for (const Sized &one : sizes) {
        total += one.bytes;
        if (total > rule.maxBytes)
            return std::max(cut, one.sentAtMs);
    }
    return cut;
}

Expected<qint64> JournalPruner::remove(const MeshId &mesh, const QList<ConversationId> &parts, qint64 upToMs,
                                       bool whole)
{
    if (!m_db.exec("BEGIN IMMEDIATE"))
        return m_db.error();
    Expected<qint64> removed = removeInside(mesh, parts, upToMs, whole);
    if (removed && !m_db.exec("COMMIT"))
        removed = m_db.error();
    if (!removed)
        m_db.exec("ROLLBACK");
    return removed;
}

Expected<qint64> JournalPruner::removeInside(const MeshId &mesh, const QList<ConversationId> &parts, qint64 upToMs,
                                             bool whole)
{
    Statement find = m_db.prepare("SELECT id FROM meshes WHERE mesh=?");
    if (!find.bind(1, mesh).step())
        return qint64(0);
    const qint64 meshRow = find.integer(0);
    Statement note = m_db.prepare("INSERT OR IGNORE INTO search_gone(row) SELECT row FROM message_rows WHERE msg=?");
    Statement events = m_db.prepare("DELETE FROM events WHERE row IN (SELECT row FROM message_rows WHERE msg=?)");
    Statement rows = m_db.prepare("DELETE FROM message_rows WHERE msg=?");
    qint64 count = 0;
    for (const ConversationId &part : parts) {
        const QByteArray token = m_keys.conversationToken(mesh, part);
        QList<QByteArray> messages;
        Statement select = m_db.prepare("SELECT msg FROM messages WHERE conv=? AND sent<=?");
        select.bind(1, token).bind(2, upToMs);
        while (select.step())
            messages.append(select.blob(0));
        if (select.code() != SQLITE_DONE)
            return JournalDb::errorFor(select.code());
        for (const QByteArray &message : std::as_const(messages)) {
            for (Statement *one : {&note, &events, &rows}) {
                if (!one->bind(1, message).run())
                    return JournalDb::errorFor(one->code());
            }
        }
        Statement places = m_db.prepare("DELETE FROM messages WHERE conv=? AND sent<=?");
        if (!places.bind(1, token).bind(2, upToMs).run())
            return JournalDb::errorFor(places.code());
        count += messages.size();
    }
    if (whole) {
        if (Expected<void> marks = removeMarks(meshRow, parts); !marks)
            return marks.error();
    }
    if (count > 0 || whole) {
        Statement snapshots = m_db.prepare("DELETE FROM snapshots WHERE mesh=?");
        if (!snapshots.bind(1, meshRow).run())
            return JournalDb::errorFor(snapshots.code());
    }
    return count;
}

//! Drafts and read marks, which stand in no index: looked for among the rows that are of no message.
Expected<void> JournalPruner::removeMarks(qint64 meshRow, const QList<ConversationId> &parts)
{
    QList<qint64> gone;
    Statement rows = m_db.prepare("SELECT row, at, body FROM events WHERE mesh=? AND kind=1"
                                  " AND row NOT IN (SELECT row FROM message_rows)");
    rows.bind(1, meshRow);
    while (rows.step()) {
        const qint64 row = rows.integer(0);
        const Expected<QByteArray> plain =
            m_keys.open(rows.blob(2), JournalKeys::eventPlace(row, meshRow, rows.integer(1), RowKind::Message));
        const Expected<EventBody> body = plain ? PollDecoder().decode(*plain) : Expected<EventBody>(plain.error());
        if (!body)
            continue;
        if (const auto *draft = getIf<DraftChanged>(&*body); draft && parts.contains(draft->conversation))
            gone.append(row);
        else if (const auto *read = getIf<ConversationRead>(&*body); read && parts.contains(read->conversation))
            gone.append(row);
    }
    if (rows.code() != SQLITE_DONE)
        return JournalDb::errorFor(rows.code());
    Statement remove = m_db.prepare("DELETE FROM events WHERE row=?");
    for (const qint64 row : std::as_const(gone)) {
        if (!remove.bind(1, row).run())
            return JournalDb::errorFor(remove.code());
    }
    return {};
}

} // namespace mesh::store
