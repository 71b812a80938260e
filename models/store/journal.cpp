// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/journal.h"

#include "models/store/historyexport.h"
#include "models/store/journalreader.h"
#include "models/store/journalwriter.h"

#include <QtCore/QSemaphore>

using namespace Qt::StringLiterals;

namespace mesh::store {

using namespace protocol;
using namespace protocol::events;

Journal::Journal(SecretBytes key, JournalOptions options, QObject *parent)
    : QObject(parent)
{
    qRegisterMetaType<JournalStart>();
    qRegisterMetaType<HistoryPage>();
    qRegisterMetaType<SearchPage>();
    qRegisterMetaType<QList<RetentionRule>>();
    qRegisterMetaType<MeshId>("mesh::protocol::MeshId");
    qRegisterMetaType<ConversationId>("mesh::protocol::ConversationId");
    qRegisterMetaType<Error>("mesh::protocol::Error");
    m_writerThread.setObjectName(u"journal writer"_s);
    m_readerThread.setObjectName(u"journal reader"_s);
    Expected<JournalKeys> keys = JournalKeys::derive(key);
    if (!keys) {
        // Told when the user of this object can hear it.
        QMetaObject::invokeMethod(
            this, [this, error = keys.error()] { Q_EMIT failed(error); }, Qt::QueuedConnection);
        return;
    }
    m_reader = new JournalReader(keys->clone(), options.path);
    m_writer = new JournalWriter(*std::move(keys), std::move(options));
    m_writer->moveToThread(&m_writerThread);
    m_reader->moveToThread(&m_readerThread);
    connect(&m_writerThread, &QThread::finished, m_writer, &QObject::deleteLater);
    connect(&m_readerThread, &QThread::finished, m_reader, &QObject::deleteLater);
    connect(m_writer, &JournalWriter::opened, this, &Journal::opened);
    connect(m_writer, &JournalWriter::committed, this, &Journal::committed);
    connect(m_writer, &JournalWriter::failed, this, &Journal::failed);
    connect(m_writer, &JournalWriter::recovered, this, &Journal::recovered);
    connect(m_writer, &JournalWriter::setAside, this, &Journal::setAside);
    connect(m_writer, &JournalWriter::dropped, this, &Journal::dropped);
    connect(m_writer, &JournalWriter::indexProgress, this, &Journal::indexProgress);
    connect(m_writer, &JournalWriter::indexRebuilt, this, &Journal::indexRebuilt);
    connect(m_writer, &JournalWriter::retentionKnown, this, &Journal::retentionKnown);
    connect(m_writer, &JournalWriter::historyRemoved, this,
            [this](const MeshId &mesh, const ConversationId &conversation, qint64 upToMs, qint64 count, bool byRule) {
                if (byRule)
                    ++m_removals[mesh]; // whoever is told now forgets before the next snapshot
                Q_EMIT historyRemoved(mesh, conversation, upToMs, count);
            });
    connect(m_writer, &JournalWriter::removalFinished, this, &Journal::removalFinished);
    connect(m_reader, &JournalReader::exported, this, &Journal::exported);
    connect(m_writer, &JournalWriter::setAside, m_reader, &JournalReader::forget);
    connect(m_reader, &JournalReader::loaded, this, &Journal::loaded);
    connect(m_reader, &JournalReader::historyReady, this, &Journal::historyReady);
    connect(m_reader, &JournalReader::failed, this, &Journal::failed);
    connect(m_reader, &JournalReader::searchFound, this, &Journal::searchFound);
    connect(m_reader, &JournalReader::damaged, m_writer, &JournalWriter::damageFound);
    connect(m_reader, &JournalReader::indexDamaged, m_writer, &JournalWriter::rebuildIndex);
    m_writerThread.start();
    m_readerThread.start();
}

Journal::~Journal()
{
    cancelSearch();
    m_readerThread.quit();
    m_readerThread.wait();
    m_writerThread.quit(); // the writer's destructor writes what waits
    m_writerThread.wait();
}

void Journal::open()
{
    if (m_writer)
        QMetaObject::invokeMethod(m_writer, &JournalWriter::open, Qt::QueuedConnection);
}

void Journal::append(const EventList &events)
{
    if (m_writer && m_writer->enqueue(events))
        QMetaObject::invokeMethod(m_writer, &JournalWriter::wake, Qt::QueuedConnection);
}

void Journal::saveSnapshot(const MeshId &mesh, const StoreSnapshot &snapshot)
{
    if (m_writer && m_writer->enqueueSnapshot(mesh, snapshot, m_removals.value(mesh)))
        QMetaObject::invokeMethod(m_writer, &JournalWriter::wake, Qt::QueuedConnection);
}

void Journal::load(const MeshId &mesh, bool useSnapshot)
{
    if (!m_writer)
        return;
    // Over the writer, so that everything appended before is in the file when it is read.
    QMetaObject::invokeMethod(
        m_writer,
        [writer = m_writer, reader = m_reader, mesh, useSnapshot] {
            writer->barrier([=] {
                QMetaObject::invokeMethod(
                    reader, [=] { reader->load(mesh, useSnapshot); }, Qt::QueuedConnection);
            });
        },
        Qt::QueuedConnection);
}

//! Has the reader do something under a number of its own, which is returned.
quint64 Journal::read(const std::function<void(JournalReader &, quint64)> &what)
{
    const quint64 request = ++m_lastRequest;
    if (m_reader)
        QMetaObject::invokeMethod(
            m_reader, [what, request, reader = m_reader] { what(*reader, request); }, Qt::QueuedConnection);
    return request;
}

quint64 Journal::loadConversation(const MeshId &mesh, const ConversationId &conversation, HistoryCursor before,
                                  int limit, const QList<ConversationId> &mergedWith, bool afterPending)
{
    const QList<ConversationId> parts = QList<ConversationId>{conversation} + mergedWith;
    const auto load = [=](JournalReader &reader, quint64 request) {
        reader.loadConversation(request, mesh, parts, before, limit);
    };
    if (!afterPending || !m_reader)
        return read(load);
    const quint64 request = ++m_lastRequest;
    const auto onceWritten = [=, reader = m_reader] {
        QMetaObject::invokeMethod(
            reader, [=] { load(*reader, request); }, Qt::QueuedConnection);
    };
    QMetaObject::invokeMethod(
        m_writer, [onceWritten, writer = m_writer] { writer->barrier(onceWritten); }, Qt::QueuedConnection);
    return request;
}

quint64 Journal::loadNewer(const MeshId &mesh, const ConversationId &conversation, HistoryCursor after, int limit,
                           const QList<ConversationId> &mergedWith)
{
    const QList<ConversationId> parts = QList<ConversationId>{conversation} + mergedWith;
    return read([=](JournalReader &reader, quint64 request) { reader.loadNewer(request, mesh, parts, after, limit); });
}

quint64 Journal::loadAround(const MeshId &mesh, const ConversationId &conversation, const HistoryTarget &target,
                            int limit, const QList<ConversationId> &mergedWith)
{
    const QList<ConversationId> parts = QList<ConversationId>{conversation} + mergedWith;
    return read(
        [=](JournalReader &reader, quint64 request) { reader.loadAround(request, mesh, parts, target, limit); });
}

quint64 Journal::search(const SearchPlan &plan)
{
    const quint64 request = ++m_lastRequest;
    m_searchWanted = request;
    if (m_reader) {
        QMetaObject::invokeMethod(
            m_reader, [this, request, plan, reader = m_reader] { reader->search(request, plan, m_searchWanted); },
            Qt::QueuedConnection);
    }
    return request;
}

void Journal::cancelSearch()
{
    m_searchWanted = 0;
}

quint64 Journal::exportConversation(const ExportRequest &request)
{
    const quint64 number = ++m_lastRequest;
    if (m_writer) {
        // Over the writer, so that what was said just now is in the file.
        QMetaObject::invokeMethod(
            m_writer,
            [writer = m_writer, reader = m_reader, number, request] {
                writer->barrier([=] {
                    QMetaObject::invokeMethod(
                        reader, [=] { reader->exportConversation(number, request); }, Qt::QueuedConnection);
                });
            },
            Qt::QueuedConnection);
    }
    return number;
}

void Journal::removeHistory(const MeshId &mesh, const QList<ConversationId> &parts, qint64 upToMs, bool whole)
{
    if (m_writer) {
        QMetaObject::invokeMethod(
            m_writer, [=, writer = m_writer] { writer->removeHistory(mesh, parts, upToMs, whole); },
            Qt::QueuedConnection);
    }
}

void Journal::setRetention(const QList<RetentionRule> &rules)
{
    if (m_writer) {
        QMetaObject::invokeMethod(
            m_writer, [writer = m_writer, rules] { writer->setRetention(rules); }, Qt::QueuedConnection);
    }
}

void Journal::applyRetention(qint64 nowMs)
{
    if (m_writer) {
        QMetaObject::invokeMethod(
            m_writer, [writer = m_writer, nowMs] { writer->applyRetention(nowMs); }, Qt::QueuedConnection);
    }
}

void Journal::forgetMesh(const MeshId &mesh)
{
    if (m_writer)
        QMetaObject::invokeMethod(
            m_writer, [writer = m_writer, mesh] { writer->forgetMesh(mesh); }, Qt::QueuedConnection);
}

bool Journal::flush(int timeoutMs)
{
    if (!m_writer)
        return false;
    // Shared, because the writer may finish after the wait was given up.
    struct Outcome
    {
        QSemaphore done;
        std::atomic_bool ok = false;
    };
    const auto outcome = std::make_shared<Outcome>();
    QMetaObject::invokeMethod(
        m_writer,
        [writer = m_writer, outcome] {
            outcome->ok = writer->commitPending();
            outcome->done.release();
        },
        Qt::QueuedConnection);
    return outcome->done.tryAcquire(1, timeoutMs) && outcome->ok;
}

bool Journal::isWorthKeeping(const Event &event)
{
    return !holdsAny<LinkMeasured, TypingChanged, SendQueueChanged, FileOfferProgress, FramesRejected, CommandFinished,
                     StreamDataReceived, TopicKeyChanged>(event.body);
}

} // namespace mesh::store
