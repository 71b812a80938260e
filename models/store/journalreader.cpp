// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/journalreader.h"

#include "models/store/historyexport.h"

#include <QtCore/QDateTime>
#include <QtCore/QSaveFile>
#include <QtCore/QSet>

#include <sqlite3.h>

using namespace Qt::StringLiterals;

namespace mesh::store {

using namespace protocol;
using namespace protocol::events;

JournalReader::JournalReader(JournalKeys keys, QString path)
    : m_keys(std::move(keys))
    , m_path(std::move(path))
    , m_search(m_keys, m_path)
{
}
JournalReader::~JournalReader() = default;

Expected<QStringList> JournalReader::meshes()
{
    JournalDb db;
    if (Expected<void> opened = db.openReadOnly(m_path); !opened)
        return opened.error();
    Expected<int> version = db.checkSchema();
    if (!version)
        return version.error();
    Expected<bool> right = m_keys.checkMark(db, false);
    if (!right)
        return right.error();
    if (!*right)
        return Error{u"wrong_key"_s, Journal::tr("The journal was made with another key."), ErrorBand::Security};
    QStringList out;
    Statement rows = db.prepare("SELECT mesh FROM meshes ORDER BY id");
    while (rows.step())
        out.append(rows.text(0));
    return out;
}

Expected<JournalStart> JournalReader::read(const MeshId &mesh, bool useSnapshot)
{
    JournalStart start;
    start.mesh = mesh;
    JournalDb db;
    if (Expected<void> opened = db.openReadOnly(m_path); !opened)
        return opened.error();
    Statement find = db.prepare("SELECT id FROM meshes WHERE mesh=?");
    if (!find.isValid())
        return JournalDb::errorFor(find.code());
    if (!find.bind(1, mesh).step())
        return start; // nothing was ever kept of it
    const qint64 id = find.integer(0);
    qint64 upTo = 0;
    if (useSnapshot) {
        Statement snapshots = db.prepare("SELECT upto, at, body FROM snapshots WHERE mesh=? ORDER BY id DESC");
        snapshots.bind(1, id);
        while (snapshots.step()) {
            const qint64 covered = snapshots.integer(0);
            Expected<QByteArray> bytes =
                m_keys.open(snapshots.blob(2), JournalKeys::snapshotPlace(id, covered, snapshots.integer(1)));
            if (!bytes) {
                ++start.skipped;
                continue;
            }
            start.snapshot = *std::move(bytes);
            upTo = covered;
            break;
        }
    }
    Statement rows = db.prepare("SELECT row, at, kind, body FROM events WHERE row > ? AND mesh = ? ORDER BY row");
    rows.bind(1, upTo).bind(2, id);
    PollDecoder decoder;
    while (rows.step()) {
        const qint64 atMs = rows.integer(1);
        const auto kind = RowKind(int(rows.integer(2)));
        Expected<QByteArray> plain =
            m_keys.open(rows.blob(3), JournalKeys::eventPlace(rows.integer(0), id, atMs, kind));
        Expected<EventBody> body = plain ? decoder.decode(*plain) : Expected<EventBody>(plain.error());
        if (body)
            start.tail.append({mesh, atMs, *std::move(body)});
        else
            ++start.skipped;
    }
    if (rows.code() != SQLITE_DONE)
        return JournalDb::errorFor(rows.code());
    return start;
}

void JournalReader::load(const MeshId &mesh, bool useSnapshot)
{
    Expected<JournalStart> start = read(mesh, useSnapshot);
    if (start) {
        Q_EMIT loaded(*start);
        return;
    }
    if (start.error().code == "damaged"_L1)
        Q_EMIT damaged(start.error().detail);
    else
        Q_EMIT failed(start.error());
    JournalStart nothing;
    nothing.mesh = mesh;
    Q_EMIT loaded(nothing);
}

void JournalReader::exportConversation(quint64 number, const ExportRequest &request)
{
    constexpr int kExportPage = 1'000;
    const auto refuse = [&](const QString &reason) { Q_EMIT exported(number, request.path, 0, reason); };
    QSaveFile file(request.path);
    if (!file.open(QIODevice::WriteOnly))
        return refuse(file.errorString());
    file.setPermissions(QFileDevice::ReadOwner | QFileDevice::WriteOwner);
    // Pages go backwards, the document forwards: the first pass finds where pages begin, the second writes them.
    QList<HistoryCursor> starts;
    for (HistoryCursor at;;) {
        const Expected<HistoryPage> page = readPage(request.mesh, request.parts, at, kExportPage);
        if (!page)
            return refuse(page.error().detail);
        starts.append(at);
        if (page->atStart)
            break;
        at = page->next;
    }
    HistoryExporter exporter(file, request);
    exporter.begin(QDateTime::currentMSecsSinceEpoch());
    while (!starts.isEmpty()) {
        const Expected<HistoryPage> page = readPage(request.mesh, request.parts, starts.takeLast(), kExportPage);
        if (!page)
            return refuse(page.error().detail);
        for (const Message &message : page->messages)
            exporter.add(message);
    }
    exporter.end();
    if (!file.commit())
        return refuse(file.errorString());
    Q_EMIT exported(number, request.path, exporter.count(), {});
}

void JournalReader::search(quint64 request, const SearchPlan &plan, const std::atomic<quint64> &wanted)
{
    const auto isCancelled = [&] { return wanted.load(std::memory_order_relaxed) != request; };
    if (isCancelled())
        return;
    Expected<std::optional<SearchPage>> page = m_search.run(plan, isCancelled, [&](SearchPage part) {
        part.request = request;
        Q_EMIT searchFound(part);
    });
    if (page && !*page)
        return; // cancelled
    SearchPage told;
    if (page) {
        told = **std::move(page);
    } else {
        told.done = true;
        told.error = page.error();
        if (page.error().code == "index_damaged"_L1)
            Q_EMIT indexDamaged();
        else if (page.error().code == "damaged"_L1)
            Q_EMIT damaged(page.error().detail);
    }
    told.request = request;
    Q_EMIT searchFound(told);
}

} // namespace mesh::store
