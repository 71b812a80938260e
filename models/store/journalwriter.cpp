// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/journalwriter.h"

#include "models/protocol/logging.h"

#include <QtCore/QDateTime>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>

#include <sqlite3.h>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mesh::store {

using namespace protocol;
using namespace protocol::events;

namespace {

//! One transaction never holds more, so that a stop in between loses little time.
constexpr qsizetype kBatch = 4'096;
constexpr qint64 kBoundsEvery = 20'000;

} // namespace

JournalWriter::JournalWriter(JournalKeys keys, JournalOptions options)
    : m_keys(std::move(keys))
    , m_options(std::move(options))
    , m_timer(this)
    , m_indexTimer(this)
{
    m_timer.setSingleShot(true);
    m_indexTimer.setSingleShot(true);
    connect(&m_indexTimer, &QTimer::timeout, this, &JournalWriter::indexStep);
    connect(&m_timer, &QTimer::timeout, this, [this] { commitPending(); });
}

JournalWriter::~JournalWriter()
{
    commitPending();
    closeDb();
}

bool JournalWriter::enqueue(const EventList &events)
{
    const QMutexLocker lock(&m_mutex);
    for (const Event &event : events) {
        if (Journal::isWorthKeeping(event))
            m_pending.push_back(event);
    }
    if (m_pending.empty() || m_woken)
        return false;
    m_woken = true;
    return true;
}

bool JournalWriter::enqueueSnapshot(const MeshId &mesh, const StoreSnapshot &snapshot, quint64 removals)
{
    const QMutexLocker lock(&m_mutex);
    m_snapshots.append({m_pending.size(), mesh, snapshot, removals});
    return !std::exchange(m_woken, true);
}

void JournalWriter::wake()
{
    if (!m_timer.isActive())
        m_timer.start(m_failing ? m_options.retryMs : m_options.batchMs);
}

void JournalWriter::open()
{
    const OpenOutcome outcome = tryOpen();
    if (!outcome.ready) {
        if (!m_refused)
            m_timer.start(m_options.retryMs);
        return;
    }
    QStringList meshes = m_meshRows.keys();
    meshes.sort();
    Q_EMIT opened(meshes, outcome.migratedFrom);
    commitPending();
}

JournalWriter::OpenOutcome JournalWriter::tryOpen()
{
    for (int attempt = 0; attempt < 2; ++attempt) {
        Expected<void> opened = m_db.open(m_options.path);
        Expected<int> version = opened ? m_db.checkSchema() : Expected<int>(opened.error());
        if (version) {
            // A file that has rows but no mark was made by nobody we know; only an empty one gets a mark.
            const bool empty = m_db.scalar("SELECT count(*) FROM (SELECT 1 FROM events LIMIT 1)") == 0;
            Expected<bool> right = m_keys.checkMark(m_db, empty);
            if (!right) {
                version = right.error();
            } else if (!*right) {
                m_refused = true;
                closeDb();
                fail({u"wrong_key"_s, Journal::tr("The journal was made with another key. It was left as it is."),
                      ErrorBand::Security});
                return {};
            }
        }
        if (version) {
            Expected<void> migrated = migrate(*version);
            if (migrated) {
                m_nextRow = m_db.scalar("SELECT coalesce(max(row), 0) + 1 FROM events", 1);
                m_meshRows.clear();
                Statement meshes = m_db.prepare("SELECT id, mesh FROM meshes");
                while (meshes.step())
                    m_meshRows.insert(meshes.text(1), meshes.integer(0));
                prepareStatements();
                openIndex();
                return {true, *version < kJournalSchema ? *version : 0};
            }
            version = migrated.error();
        }
        const Error error = version.error();
        closeDb();
        if (error.code == "newer_version"_L1) {
            m_refused = true;
            fail(error);
            return {};
        }
        if (error.code != "damaged"_L1) {
            fail(error);
            return {};
        }
        moveAside(error.detail);
    }
    return {};
}

void JournalWriter::prepareStatements()
{
    m_insertEvent = m_db.prepare("INSERT INTO events(row, mesh, at, kind, body) VALUES(?,?,?,?,?)");
    m_insertMessage = m_db.prepare("INSERT OR IGNORE INTO messages(conv, sent, row, msg) SELECT ?1, ?2, ?3, ?4"
                                   " WHERE NOT EXISTS (SELECT 1 FROM message_rows WHERE msg = ?4)");
    m_insertMessageRow = m_db.prepare("INSERT OR IGNORE INTO message_rows(msg, row) VALUES(?,?)");
}

void JournalWriter::closeDb()
{
    m_insertEvent = Statement();
    m_insertMessage = Statement();
    m_insertMessageRow = Statement();
    m_index.reset();
    m_db.close();
    m_encoders.clear();
}

Expected<void> JournalWriter::migrate(int from)
{
    if (from >= kJournalSchema)
        return {};
    // One transaction: a stop in the middle leaves the old version, complete.
    if (!m_db.exec("BEGIN IMMEDIATE"))
        return m_db.error();
    // The search index of what is there already is made afterwards, in the background.
    const bool made = (from >= 2 || m_db.createTables(2)) && m_db.createTables(3);
    Expected<void> indexed = made ? Expected<void>() : Expected<void>(m_db.error());
    if (indexed && from < 2)
        indexed = indexOldMessages();
    if (indexed && !(m_db.exec("PRAGMA user_version=3") && m_db.exec("COMMIT")))
        indexed = m_db.error();
    if (!indexed)
        m_db.exec("ROLLBACK");
    return indexed;
}

Expected<void> JournalWriter::indexOldMessages()
{
    prepareStatements();
    Statement rows =
        m_db.prepare("SELECT e.row, e.mesh, e.at, e.body, m.mesh FROM events e JOIN meshes m ON m.id = e.mesh"
                     " WHERE e.kind = 1 ORDER BY e.row");
    while (rows.step()) {
        const qint64 row = rows.integer(0);
        Expected<QByteArray> plain =
            m_keys.open(rows.blob(3), JournalKeys::eventPlace(row, rows.integer(1), rows.integer(2), RowKind::Message));
        if (!plain)
            continue; // counted and left out by the reader, which tells
        if (Expected<EventBody> body = PollDecoder().decode(*plain);
            body && !writeIndex({rows.text(4), rows.integer(2), *body}, row))
            return m_db.error();
    }
    if (rows.code() != SQLITE_DONE)
        return JournalDb::errorFor(rows.code());
    return {};
}

void JournalWriter::moveAside(const QString &reason)
{
    const QString stamp = QDateTime::currentDateTimeUtc().toString(u"yyyyMMdd-HHmmss-zzz"_s);
    const QString aside = m_options.path + u".damaged-"_s + stamp;
    if (!QFile::rename(m_options.path, aside)) {
        fail({u"no_access"_s, Journal::tr("The journal is damaged and cannot be moved aside."), ErrorBand::Transient});
        return;
    }
    for (const QLatin1StringView suffix : {"-wal"_L1, "-shm"_L1})
        QFile::rename(m_options.path + suffix, aside + suffix);
    qCWarning(lcJournal) << "a damaged journal was set aside";
    Q_EMIT setAside(aside, reason);
}

void JournalWriter::damageFound(const QString &reason)
{
    if (m_refused)
        return;
    closeDb();
    moveAside(reason);
    open();
}

void JournalWriter::fail(const Error &error)
{
    const bool first = !m_failing;
    m_failing = true;
    if (!first)
        return; // said already
    Error told = error;
    if (!m_refused)
        told.detail += u' ' + Journal::tr("What happens is kept in memory, and writing is tried again.");
    qCWarning(lcJournal) << "journal:" << error.code;
    Q_EMIT failed(told);
}

qint64 JournalWriter::meshRow(const MeshId &mesh)
{
    if (const qint64 known = m_meshRows.value(mesh))
        return known;
    Statement insert = m_db.prepare("INSERT INTO meshes(mesh) VALUES(?) ON CONFLICT DO NOTHING");
    if (!insert.bind(1, mesh).run())
        return 0;
    Statement select = m_db.prepare("SELECT id FROM meshes WHERE mesh=?");
    const qint64 id = select.bind(1, mesh).step() ? select.integer(0) : 0;
    if (id > 0)
        m_meshRows.insert(mesh, id);
    return id;
}

bool JournalWriter::writeIndex(const Event &event, qint64 row)
{
    const std::optional<MessageIndex> index = messageIndexOf(m_keys, event);
    if (!index)
        return true;
    if (!index->conversationToken.isEmpty()
        && !m_insertMessage.bind(1, index->conversationToken)
                .bind(2, index->sentAtMs)
                .bind(3, row)
                .bind(4, index->messageToken)
                .run())
        return false;
    return m_insertMessageRow.bind(1, index->messageToken).bind(2, row).run();
}

void JournalWriter::learnOwnKey(qint64 mesh, const QString &key)
{
    // Public keys; the reader tells own messages of a topic's history by them.
    Statement update = m_db.prepare("UPDATE meshes SET own = own || ? || ' ' WHERE id = ? AND instr(own, ?) = 0");
    update.bind(1, key).bind(2, mesh).bind(3, key).run();
}

//! Topics are told anew from their history after each start: the very same words need no second row.
bool JournalWriter::isToldAlready(const Event &event, const QByteArray &payload, qint64 mesh)
{
    const auto *message = getIf<MessageReceived>(&event.body);
    if (!message || message->conversation.kind != ConversationKind::Topic)
        return false;
    const std::optional<MessageIndex> index = messageIndexOf(m_keys, event);
    Statement rows = m_db.prepare("SELECT events.row, at, kind, body FROM message_rows JOIN events"
                                  " ON events.row = message_rows.row WHERE msg=? AND mesh=?");
    rows.bind(1, index->messageToken).bind(2, mesh);
    while (rows.step()) {
        const auto place =
            JournalKeys::eventPlace(rows.integer(0), mesh, rows.integer(1), RowKind(int(rows.integer(2))));
        if (const Expected<QByteArray> plain = m_keys.open(rows.blob(3), place); plain && *plain == payload)
            return true;
    }
    return false;
}

bool JournalWriter::writeBatch(const EventList &batch, QStringList &acks, int &code)
{
    if (!m_db.exec("BEGIN IMMEDIATE")) {
        code = m_db.code();
        return false;
    }
    const qint64 firstRow = m_nextRow;
    bool ok = true;
    for (const Event &event : batch) {
        if (const auto *message = getIf<MessageReceived>(&event.body); message && message->ackWanted)
            acks.append(message->messageId);
        const QByteArray payload = m_encoders[event.mesh].encode(event);
        if (payload.isEmpty())
            continue;
        const qint64 mesh = meshRow(event.mesh);
        const RowKind kind = rowKindOf(event.body);
        if (isToldAlready(event, payload, mesh))
            continue;
        const qint64 row = m_nextRow;
        const Expected<QByteArray> body = m_keys.seal(payload, JournalKeys::eventPlace(row, mesh, event.atMs, kind));
        ok = mesh > 0 && body
            && m_insertEvent.bind(1, row).bind(2, mesh).bind(3, event.atMs).bind(4, qint64(kind)).bind(5, *body).run()
            && writeIndex(event, row);
        if (!ok)
            break;
        if (const auto *session = getIf<SessionEstablished>(&event.body); session && !session->ownKey.isEmpty())
            learnOwnKey(mesh, session->ownKey);
        ++m_nextRow;
    }
    if (ok && m_db.exec("COMMIT")) {
        m_index->written(std::count_if(batch.begin(), batch.end(),
                                       [](const Event &event) { return rowKindOf(event.body) == RowKind::Message; }),
                         m_nextRow - 1);
        return true;
    }
    code = m_db.code();
    m_db.exec("ROLLBACK");
    m_nextRow = firstRow;
    m_meshRows.clear(); // those of this batch are gone; the others are found again
    for (PollEncoder &encoder : m_encoders)
        encoder.restart();
    acks.clear();
    return false;
}

bool JournalWriter::commitPending()
{
    if (m_refused) {
        dropSome();
        const QMutexLocker lock(&m_mutex);
        return m_pending.empty();
    }
    if (!m_db.isOpen()) {
        const OpenOutcome outcome = tryOpen();
        if (!outcome.ready) {
            dropSome();
            if (!m_refused)
                m_timer.start(m_options.retryMs);
            return false;
        }
        QStringList meshes = m_meshRows.keys();
        meshes.sort();
        Q_EMIT opened(meshes, outcome.migratedFrom);
    }
    qint64 written = 0;
    for (;;) {
        EventList batch;
        std::optional<PendingSnapshot> snapshot;
        {
            const QMutexLocker lock(&m_mutex);
            qsizetype count = std::min(qsizetype(m_pending.size()), kBatch);
            if (!m_snapshots.isEmpty()) {
                // A snapshot covers exactly what came before it.
                count = std::min(count, qsizetype(m_snapshots.first().after));
                if (count == 0)
                    snapshot = m_snapshots.takeFirst();
            }
            batch = EventList(m_pending.begin(), m_pending.begin() + count);
            if (batch.isEmpty() && !snapshot) {
                m_woken = false;
                break;
            }
        }
        if (snapshot) {
            // One taken between a removal here and the forgetting there would bring back what was removed.
            if (snapshot->removals >= m_removals.value(snapshot->mesh))
                writeSnapshot(snapshot->mesh, snapshot->snapshot);
            continue;
        }
        QStringList acks;
        int code = SQLITE_OK;
        if (!writeBatch(batch, acks, code)) {
            if (JournalDb::isDamage(code)) {
                damageFound(JournalDb::errorFor(code).detail);
                return false;
            }
            fail(JournalDb::errorFor(code));
            dropSome();
            m_timer.start(m_options.retryMs);
            return false;
        }
        {
            const QMutexLocker lock(&m_mutex);
            m_pending.erase(m_pending.begin(), m_pending.begin() + batch.size());
            for (PendingSnapshot &waiting : m_snapshots)
                waiting.after -= size_t(batch.size());
        }
        written += batch.size();
        m_sinceBounds += batch.size();
        Q_EMIT committed(acks);
        while (m_index->isFarBehind()) {
            if (Expected<void> indexed = m_index->step(); !indexed) {
                if (!indexFailed(indexed.error()))
                    return false;
                break;
            }
        }
    }
    if (m_failing && written > 0) {
        m_failing = false;
        Q_EMIT recovered(int(written));
    }
    if (m_sinceBounds >= kBoundsEvery) {
        m_sinceBounds = 0;
        enforceBounds();
    }
    indexLater();
    removeWaiting();
    return true;
}

void JournalWriter::openIndex()
{
    m_index = std::make_unique<SearchIndex>(m_db, m_keys);
    if (Expected<void> opened = m_index->open(m_nextRow - 1); !opened)
        indexFailed(opened.error());
    m_removing = m_index->remembersRemoved();
    if (const Expected<QList<RetentionRule>> rules = readRetention(m_db, m_keys); rules)
        Q_EMIT retentionKnown(*rules);
    m_toldPercent = 100;
    indexLater();
}

void JournalWriter::indexLater()
{
    if (m_index && m_index->hasWork() && !m_indexTimer.isActive())
        m_indexTimer.start(0);
}

void JournalWriter::indexStep()
{
    if (!m_index || !m_index->hasWork())
        return;
    if (Expected<void> done = m_index->step(); !done) {
        indexFailed(done.error());
        return;
    }
    if (const int percent = m_index->reach().percent(); percent != m_toldPercent) {
        m_toldPercent = percent;
        Q_EMIT indexProgress(percent);
    }
    if (m_removing && !m_index->remembersRemoved())
        finishRemoval();
    indexLater();
}

//! \return false if the file itself was given up.
bool JournalWriter::indexFailed(const Error &error)
{
    qCWarning(lcJournal) << "search index:" << error.code;
    if (error.code == "index_damaged"_L1) {
        rebuildIndex();
        return true;
    }
    if (error.code == "damaged"_L1) {
        damageFound(error.detail);
        return false;
    }
    // A full disk, most likely. Events tell of it when they are refused; the index can wait.
    m_indexTimer.start(m_options.retryMs);
    return true;
}

void JournalWriter::rebuildIndex()
{
    if (!m_index)
        return;
    if (Expected<void> rebuilt = m_index->rebuild(); !rebuilt) {
        m_indexTimer.start(m_options.retryMs);
        return;
    }
    Q_EMIT indexRebuilt();
    m_toldPercent = -1;
    indexLater();
}

void JournalWriter::dropSome()
{
    const QMutexLocker lock(&m_mutex);
    qsizetype over = qsizetype(m_pending.size()) - m_options.pendingLimit;
    if (over <= 0)
        return;
    m_snapshots.clear(); // their place among the events would be lost; later ones do as well
    const qsizetype before = qsizetype(m_pending.size());
    // Messages cannot be learnt again and are never given up; the oldest of the rest goes first.
    const auto end = std::remove_if(m_pending.begin(), m_pending.end(), [&](const Event &event) {
        if (over <= 0 || rowKindOf(event.body) == RowKind::Message || holds<SessionEstablished>(event.body))
            return false;
        --over;
        return true;
    });
    m_pending.erase(end, m_pending.end());
    if (const qsizetype count = before - qsizetype(m_pending.size()); count > 0)
        Q_EMIT dropped(count);
}

void JournalWriter::enforceBounds()
{
    for (const qint64 mesh : std::as_const(m_meshRows)) {
        for (const auto &[kind, keep] :
             {std::pair(RowKind::Traffic, m_options.maxTraffic), std::pair(RowKind::Tick, m_options.maxTicks)}) {
            Statement remove = m_db.prepare(
                "DELETE FROM events WHERE mesh=?1 AND kind=?2 AND kind>=2 AND row <= (SELECT row FROM events"
                " WHERE mesh=?1 AND kind=?2 AND kind>=2 ORDER BY row DESC LIMIT 1 OFFSET ?3)");
            remove.bind(1, mesh).bind(2, qint64(kind)).bind(3, qint64(keep)).run();
        }
    }
}

void JournalWriter::barrier(const std::function<void()> &next)
{
    commitPending();
    next();
}

void JournalWriter::writeSnapshot(const MeshId &mesh, const StoreSnapshot &snapshot)
{
    if (snapshot.isNull())
        return;
    const qint64 id = meshRow(mesh);
    const qint64 upTo = m_nextRow - 1;
    const qint64 atMs = QDateTime::currentMSecsSinceEpoch();
    const Expected<QByteArray> body = m_keys.seal(snapshot.toBytes(), JournalKeys::snapshotPlace(id, upTo, atMs));
    if (!body || id == 0)
        return;
    Statement insert = m_db.prepare("INSERT INTO snapshots(mesh, upto, at, body) VALUES(?,?,?,?)");
    if (!insert.bind(1, id).bind(2, upTo).bind(3, atMs).bind(4, *body).run())
        return fail(JournalDb::errorFor(insert.code()));
    Statement trim = m_db.prepare("DELETE FROM snapshots WHERE mesh=?1 AND id NOT IN"
                                  " (SELECT id FROM snapshots WHERE mesh=?1 ORDER BY id DESC LIMIT ?2)");
    trim.bind(1, id).bind(2, qint64(m_options.snapshotsKept)).run();
    m_encoders[mesh].restart();
}

} // namespace mesh::store
