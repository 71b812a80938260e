// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QObject>
#include <QtCore/QTimer>

#include <optional>

#include "models/protocol/clock.h"
#include "models/protocol/event.h"
#include "models/protocol/secretbytes.h"

namespace mesh::store {

//! What was found in a file to replay.
struct Recording
{
    enum class Form { Journal, Transcript, Events };
    Form form = Form::Events;
    protocol::EventList events; //!< by time, ready to fold
    QStringList meshes;         //!< in order of appearance
    qint64 skipped = 0;         //!< frames or rows that could not be read, left out
    QStringList notes;          //!< about those, at most 20: "line 12: ..."
};

struct ReadOptions
{
    //! Key of a journal; without it a journal is refused (`key_needed`).
    const protocol::SecretBytes *key = nullptr;
    //! Whose inbound frames of a transcript are shown; empty: the first that got a hello_ack.
    QString peer;
    //! When a transcript's first line was, as its times count from there.
    qint64 startMs = 1'700'000'000'000;
};

//! Reads a journal, a recorded transcript (one `{"t","peer","dir","frame"}` a line) or plain events (one
//! `{"mesh","at","type",...}` a line). Bodies in a transcript are opened where a `keys.json` beside it has the key,
//! else they are shown as not decryptable. Errors: `no_access`, `not_a_recording` (the detail has the line),
//! `key_needed`, `wrong_key`.
protocol::Expected<Recording> readRecording(const QString &path, const ReadOptions &options = {});

//! Writes events as plain lines, mode 0600: the contents are NOT sealed. Errors: `no_access`, `disk_full`.
protocol::Expected<void> exportEvents(const protocol::EventList &events, const QString &path);

//! Plays a recording: emits its events at the pace they had, times \a speed, unchanged in content.
class ReplaySource final : public QObject
{
    Q_OBJECT
public:
    //! \a clock must outlive the source. \a speed 0: everything at once.
    ReplaySource(Recording recording, double speed, const protocol::Clock &clock, QObject *parent = nullptr);
    Q_DISABLE_COPY_MOVE(ReplaySource)

    void start();
    void pause();
    bool isRunning() const { return m_running; }
    void setSpeed(double speed);
    double speed() const { return m_speed; }
    //! Recorded time reached so far, ms.
    qint64 positionMs() const;
    qint64 firstMs() const;
    qint64 lastMs() const;
    const Recording &recording() const { return m_recording; }

Q_SIGNALS:
    void eventsReady(const mesh::protocol::EventList &events);
    void finished();

private:
    void step();
    void schedule();

    Recording m_recording;
    const protocol::Clock &m_clock;
    QTimer m_timer;
    double m_speed = 1;
    bool m_running = false;
    qsizetype m_next = 0;
    qint64 m_baseRecordedMs = 0; // recorded time at m_baseNs
    qint64 m_baseNs = 0;
};

//! The time of a recording: what "now", "since" and "for 5 minutes" mean while one is shown. Until a source is followed
//! it is the real time. Monotonic time is always the real one, so that what moves on the screen moves at its own pace.
class ReplayClock final : public protocol::Clock
{
public:
    //! \a real is borrowed and outlives this.
    explicit ReplayClock(const protocol::Clock &real)
        : m_real(real)
    {
    }

    //! Borrowed; nullptr: the real time again.
    void follow(const ReplaySource *source) { m_source = source; }

    qint64 nowMs() const override { return m_source ? m_source->positionMs() : m_real.nowMs(); }
    qint64 monotonicNs() const override { return m_real.monotonicNs(); }

private:
    const protocol::Clock &m_real;
    const ReplaySource *m_source = nullptr;
};

} // namespace mesh::store
