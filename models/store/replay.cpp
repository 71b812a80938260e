// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/replay.h"

#include "models/store/journalreader.h"
#include "models/store/replaytranscript.h"

#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QJsonDocument>
#include <QtCore/QSaveFile>

#include <algorithm>
#include <array>
#include <cmath>

using namespace Qt::StringLiterals;

namespace mesh::store {

using namespace protocol;

namespace {

constexpr qsizetype kLongestLine = 64LL * 1024 * 1024;
constexpr qsizetype kNotes = 20;
//! At "everything at once" the events still go in batches, so that the window lives.
constexpr qsizetype kBatch = 500;
constexpr int kLongestWaitMs = 60'000;

Error notARecording(const QString &detail)
{
    return {u"not_a_recording"_s, detail, ErrorBand::Persistent};
}

Expected<Recording> readJournal(const QString &path, const SecretBytes *key)
{
    if (!key)
        return Error{u"key_needed"_s, ReplaySource::tr("The journal is sealed; its key is needed to replay it."),
                     ErrorBand::Persistent};
    Expected<JournalKeys> keys = JournalKeys::derive(*key);
    if (!keys)
        return keys.error();
    JournalReader reader(*std::move(keys), path);
    Expected<QStringList> meshes = reader.meshes();
    if (!meshes)
        return meshes.error();
    Recording recording;
    recording.form = Recording::Form::Journal;
    recording.meshes = *meshes;
    for (const QString &mesh : std::as_const(recording.meshes)) {
        Expected<JournalStart> start = reader.read(mesh, false);
        if (!start)
            return start.error();
        recording.events += start->tail;
        recording.skipped += start->skipped;
    }
    if (recording.skipped > 0)
        recording.notes.append(ReplaySource::tr("%n row(s) could not be opened", nullptr, int(recording.skipped)));
    return recording;
}

//! The next line, at most kLongestLine bytes of it. QIODevice::readLine() with that limit would allocate all of it for
//! every line.
QByteArray nextLine(QIODevice &device)
{
    QByteArray line;
    std::array<char, 16 * 1024> piece;
    while (line.size() < kLongestLine) {
        const qint64 got = device.readLine(piece.data(), qint64(piece.size()));
        if (got <= 0)
            break;
        line.append(piece.data(), got);
        if (line.endsWith('\n'))
            break;
    }
    return line;
}

} // namespace

Expected<Recording> readRecording(const QString &path, const ReadOptions &options)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return Error{u"no_access"_s, ReplaySource::tr("%1 cannot be read: %2").arg(path, file.errorString()),
                     ErrorBand::Persistent};
    if (file.peek(16) == QByteArrayView("SQLite format 3\0", 16)) {
        file.close();
        Expected<Recording> recording = readJournal(path, options.key);
        if (recording)
            std::stable_sort(recording->events.begin(), recording->events.end(),
                             [](const Event &a, const Event &b) { return a.atMs < b.atMs; });
        return recording;
    }
    Recording recording;
    std::optional<TranscriptReader> transcript;
    bool formKnown = false;
    const auto skip = [&](qint64 line, const QString &why) {
        ++recording.skipped;
        if (recording.notes.size() < kNotes)
            recording.notes.append(ReplaySource::tr("line %1: %2").arg(line).arg(why));
    };
    for (qint64 number = 1; !file.atEnd(); ++number) {
        const QByteArray line = nextLine(file).trimmed();
        if (line.isEmpty())
            continue;
        QJsonParseError parse;
        const QJsonObject object = QJsonDocument::fromJson(line, &parse).object();
        if (!formKnown) {
            const bool isTranscript = object.contains("dir"_L1) && object.contains("peer"_L1);
            if (!isTranscript && !(object.contains("mesh"_L1) && object.contains("type"_L1)))
                return notARecording(ReplaySource::tr("line %1: neither an event nor a recorded frame").arg(number));
            recording.form = isTranscript ? Recording::Form::Transcript : Recording::Form::Events;
            if (isTranscript)
                transcript.emplace(QFileInfo(path), options);
            formKnown = true;
        }
        if (object.isEmpty()) {
            skip(number,
                 parse.error == QJsonParseError::NoError ? ReplaySource::tr("not an object") : parse.errorString());
            continue;
        }
        if (transcript) {
            if (Expected<void> read = transcript->readLine(object); !read)
                skip(number, read.error().detail);
            continue;
        }
        Expected<EventBody> body = eventBodyFromJson(object);
        const QString mesh = object[u"mesh"].toString();
        if (!body || mesh.isEmpty() || !object[u"at"].isDouble()) {
            skip(number, body ? ReplaySource::tr("no mesh or time") : body.error().detail);
            continue;
        }
        recording.events.append({mesh, object[u"at"].toInteger(), *std::move(body)});
    }
    if (!formKnown)
        return notARecording(ReplaySource::tr("The file is empty."));
    if (transcript)
        recording.events = transcript->takeEvents();
    std::stable_sort(recording.events.begin(), recording.events.end(),
                     [](const Event &a, const Event &b) { return a.atMs < b.atMs; });
    for (const Event &event : std::as_const(recording.events)) {
        if (!recording.meshes.contains(event.mesh))
            recording.meshes.append(event.mesh);
    }
    return recording;
}

Expected<void> exportEvents(const EventList &events, const QString &path)
{
    QSaveFile file(path);
    const auto failure = [&] {
        const bool full = file.error() == QFileDevice::ResourceError || file.error() == QFileDevice::WriteError;
        return Error{full ? u"disk_full"_s : u"no_access"_s,
                     ReplaySource::tr("%1 cannot be written: %2").arg(path, file.errorString()), ErrorBand::Persistent};
    };
    if (!file.open(QIODevice::WriteOnly))
        return failure();
    file.setPermissions(QFileDevice::ReadOwner | QFileDevice::WriteOwner);
    for (const Event &event : events) {
        QJsonObject object = eventBodyToJson(event.body);
        object.insert(u"mesh"_s, event.mesh);
        object.insert(u"at"_s, event.atMs);
        if (file.write(QJsonDocument(object).toJson(QJsonDocument::Compact) + '\n') < 0)
            return failure();
    }
    if (!file.commit())
        return failure();
    return {};
}

ReplaySource::ReplaySource(Recording recording, double speed, const Clock &clock, QObject *parent)
    : QObject(parent)
    , m_recording(std::move(recording))
    , m_clock(clock)
    , m_timer(this)
{
    m_speed = std::isfinite(speed) && speed > 0 ? speed : 0;
    m_timer.setSingleShot(true);
    m_timer.setTimerType(Qt::PreciseTimer);
    connect(&m_timer, &QTimer::timeout, this, &ReplaySource::step);
    m_baseRecordedMs = firstMs();
}

qint64 ReplaySource::firstMs() const
{
    return m_recording.events.isEmpty() ? 0 : m_recording.events.first().atMs;
}

qint64 ReplaySource::lastMs() const
{
    return m_recording.events.isEmpty() ? 0 : m_recording.events.last().atMs;
}

qint64 ReplaySource::positionMs() const
{
    if (m_speed <= 0)
        return m_next > 0 ? m_recording.events.at(m_next - 1).atMs : firstMs();
    if (!m_running)
        return m_baseRecordedMs;
    const double passedMs = double(m_clock.monotonicNs() - m_baseNs) / 1e6 * m_speed;
    return std::min(lastMs(), m_baseRecordedMs + qint64(passedMs));
}

void ReplaySource::start()
{
    if (m_running)
        return;
    m_running = true;
    m_baseNs = m_clock.monotonicNs();
    m_timer.start(0);
}

void ReplaySource::pause()
{
    if (!m_running)
        return;
    m_baseRecordedMs = positionMs();
    m_running = false;
    m_timer.stop();
}

void ReplaySource::setSpeed(double speed)
{
    m_baseRecordedMs = positionMs();
    m_baseNs = m_clock.monotonicNs();
    m_speed = std::isfinite(speed) && speed > 0 ? speed : 0;
    if (m_running)
        m_timer.start(0);
}

void ReplaySource::step()
{
    const EventList &events = m_recording.events;
    const qint64 upTo = positionMs();
    EventList due;
    while (m_next < events.size() && due.size() < kBatch && (m_speed <= 0 || events.at(m_next).atMs <= upTo))
        due.append(events.at(m_next++));
    if (!due.isEmpty())
        Q_EMIT eventsReady(due);
    if (m_next >= events.size()) {
        m_running = false;
        m_baseRecordedMs = lastMs();
        Q_EMIT finished();
    } else if (m_running) {
        schedule();
    }
}

void ReplaySource::schedule()
{
    const qint64 dueMs = m_recording.events.at(m_next).atMs;
    const double waitMs = m_speed <= 0 ? 0 : std::ceil(double(dueMs - positionMs()) / m_speed);
    m_timer.start(int(std::clamp(waitMs, 0.0, double(kLongestWaitMs))));
}

} // namespace mesh::store
