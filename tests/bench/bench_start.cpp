// SPDX-License-Identifier: GPL-3.0-or-later
// Start-up time and memory of the whole program, each beside its yardstick in the same run:
//   bench_start PROGRAM [--messages N] [--runs N]
// PROGRAM is claudemesh-desktop. Time runs from the start of the process to the line in its log that says the window
// was painted (or the mesh is shown). The yardstick is a bare window with six docks, in a process of its own.
#include <QtCore/QElapsedTimer>
#include <QtCore/QProcess>
#include <QtCore/QTemporaryDir>
#include <QtCore/QTimer>
#include <QtWidgets/QApplication>
#include <QtWidgets/QDockWidget>
#include <QtWidgets/QLabel>
#include <QtWidgets/QMainWindow>

#include <algorithm>
#include <cstdio>
#include <optional>

#include "models/protocol/event.h"
#include "models/protocol/storagecrypto.h"
#include "models/session/identitystore.h"
#include "models/session/keyvault.h"
#include "models/store/journal.h"
#include "models/store/replay.h"

using namespace Qt::StringLiterals;
using namespace mesh;

namespace {

constexpr auto passphrase = "a passphrase for benchmarks";
const QString meshId(32, u'B');

int bareWindow()
{
    QMainWindow window;
    window.setCentralWidget(new QLabel(u"bare"_s));
    for (int i = 0; i < 6; ++i) {
        auto *dock = new QDockWidget(u"dock"_s, &window);
        dock->setWidget(new QLabel(u"dock"_s));
        window.addDockWidget(i % 2 ? Qt::LeftDockWidgetArea : Qt::RightDockWidgetArea, dock);
    }
    window.resize(1280, 800);
    window.show();
    QTimer::singleShot(0, [] {
        std::fputs("window painted\n", stderr);
        QCoreApplication::quit();
    });
    return QApplication::exec();
}

//! Milliseconds until each of \a lines was printed; negative where it was not.
QList<double> timeLines(const QString &program, const QStringList &arguments, const QList<QByteArray> &lines)
{
    QList<double> times(lines.size(), -1);
    QProcess process;
    QElapsedTimer timer;
    timer.start();
    process.setReadChannel(QProcess::StandardError); // what waitForReadyRead() waits for
    process.start(program, arguments);
    QByteArray output;
    for (bool running = true; running && times.contains(-1.0) && timer.elapsed() < 120'000;) {
        running = process.waitForReadyRead(1000) || process.state() != QProcess::NotRunning;
        output += process.readAllStandardError();
        for (qsizetype i = 0; i < lines.size(); ++i) {
            if (times[i] < 0 && output.contains(lines[i]))
                times[i] = double(timer.nsecsElapsed()) / 1e6;
        }
    }
    process.terminate();
    process.waitForFinished(20'000);
    return times;
}

double median(QList<double> values)
{
    std::sort(values.begin(), values.end());
    return values.isEmpty() ? -1 : values[values.size() / 2];
}

//! A data folder as the program leaves it, with one mesh and \a count messages in 100 conversations.
bool fillFolder(const QString &folder, int count)
{
    session::KeyVault vault({.folder = folder});
    bool open = false;
    QObject::connect(&vault, &session::KeyVault::opened, &vault, [&] { open = true; });
    vault.create(protocol::SecretBytes::fromUtf8(QString::fromLatin1(passphrase)));
    while (!open)
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);

    session::IdentityStore identities(vault, folder + u"/meshes.json"_s);
    session::MeshProfile profile;
    profile.meshId = meshId;
    profile.slug = u"bench"_s;
    profile.memberId = QString(32, u'M');
    profile.brokerUrl = u"ws://127.0.0.1:9/ws"_s; // nobody there: the start must not need a broker
    bool added = false;
    identities.add(profile, protocol::KeyPair::generate(), [&](protocol::Expected<void>) { added = true; });
    std::optional<protocol::SecretBytes> key;
    identities.storageKey(u"journal"_s, [&](protocol::Expected<protocol::SecretBytes> made) {
        if (made)
            key = std::move(*made);
    });
    while (!added || !key)
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);

    QDir(folder).mkpath(u"journal"_s);
    store::Journal journal(std::move(*key), {.path = folder + u"/journal/journal.db"_s});
    journal.open();
    protocol::EventList batch;
    for (int i = 0; i < count; ++i) {
        protocol::events::MessageReceived message;
        message.messageId = u"m%1"_s.arg(i, 31, 10, QLatin1Char('0'));
        message.conversation = protocol::ConversationId{protocol::ConversationKind::Direct,
                                                        u"%1"_s.arg(i % 100, 64, 16, QLatin1Char('0'))};
        message.senderKey = message.conversation.key;
        message.senderName = u"peer-%1"_s.arg(i % 100);
        message.text = u"Message %1: the build is green and the limiter is on main."_s.arg(i);
        message.sentAtMs = 1'700'000'000'000 + qint64(i) * 1000;
        batch << protocol::Event{meshId, message.sentAtMs, message};
        if (batch.size() == 5000) {
            journal.append(batch);
            batch.clear();
            if (i % 100'000 < 5000 && !journal.flush(120'000))
                return false;
        }
    }
    journal.append(batch);
    return journal.flush(120'000);
}

//! Proportional set size in megabytes; 0 where the kernel does not tell.
double pssOf(qint64 pid)
{
    QFile file(u"/proc/%1/smaps_rollup"_s.arg(pid));
    if (!file.open(QIODevice::ReadOnly))
        return 0;
    for (const QByteArray &line : file.readAll().split('\n')) {
        if (line.startsWith("Pss:"))
            return line.mid(4).trimmed().split(' ').first().toDouble() / 1024;
    }
    return 0;
}

bool writePeers(const QString &path, int count)
{
    protocol::events::PeersListed listed;
    for (int i = 0; i < count; ++i) {
        protocol::PeerRow row;
        row.pubkey = u"%1"_s.arg(i + 1, 64, 16, QLatin1Char('0'));
        row.memberPubkey = row.pubkey;
        row.displayName = u"peer-%1"_s.arg(i);
        row.sessionId = u"s%1"_s.arg(i);
        row.cwd = u"~/work"_s;
        row.peerRole = u"session"_s;
        row.groups = {{u"group-%1"_s.arg(i % 8), {}}};
        listed.peers << row;
    }
    return store::exportEvents({protocol::Event{meshId, 1'700'000'000'000, listed}}, path).hasValue();
}

double idleMemory(const QString &program, const QStringList &arguments)
{
    QProcess process;
    process.start(program, arguments);
    process.waitForStarted();
    QElapsedTimer timer;
    timer.start();
    while (timer.elapsed() < 8000)
        process.waitForReadyRead(500);
    const double pss = pssOf(process.processId());
    process.terminate();
    process.waitForFinished(20'000);
    return pss;
}

} // namespace

int main(int argc, char *argv[])
{
    QApplication application(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    if (arguments.contains(u"--bare"_s))
        return bareWindow();
    if (arguments.size() < 2) {
        std::fputs("usage: bench_start PROGRAM [--messages N] [--runs N]\n", stderr);
        return 2;
    }
    const auto option = [&](const QString &name, int fallback) {
        const qsizetype at = arguments.indexOf(name);
        return at > 0 && at + 1 < arguments.size() ? arguments[at + 1].toInt() : fallback;
    };
    const int runs = option(u"--runs"_s, 5);
    const int messages = option(u"--messages"_s, 1'000'000);
    const QString program = arguments[1];

    QTemporaryDir dir;
    QFile secret(dir.filePath(u"passphrase"_s));
    if (!secret.open(QIODevice::WriteOnly))
        return 1;
    secret.write(passphrase);
    secret.close();
    qputenv("CLAUDEMESH_DESKTOP_PASSPHRASE_FILE", secret.fileName().toLocal8Bit());
    qputenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus");

    const QString full = dir.filePath(u"full"_s);
    QDir().mkpath(full);
    QElapsedTimer timer;
    timer.start();
    if (!fillFolder(full, messages)) {
        std::fputs("the journal could not be filled\n", stderr);
        return 1;
    }
    std::printf("%d messages journaled in %.1f s\n", messages, double(timer.elapsed()) / 1000);

    const QByteArray painted = "window painted";
    const QByteArray shown = "mesh shown";
    timeLines(program, {u"--data"_s, full}, {painted, shown}); // makes the snapshot and warms the cache

    QList<double> bare, empty, first, usable, derive;
    for (int i = 0; i < runs; ++i) {
        bare << timeLines(arguments.first(), {u"x"_s, u"--bare"_s}, {painted})[0];
        empty << timeLines(program, {u"--data"_s, dir.filePath(u"empty%1"_s.arg(i))}, {painted})[0];
        const auto times = timeLines(program, {u"--data"_s, full}, {painted, shown});
        first << times[0];
        usable << times[1];
        timer.start();
        const auto derived = protocol::deriveStorageKey(protocol::SecretBytes::fromUtf8(u"x"), QByteArray(16, 'x'));
        if (derived)
            derive << double(timer.nsecsElapsed()) / 1e6;
    }
    std::printf("first paint, bare window with six docks (yardstick)  %7.0f ms\n", median(bare));
    std::printf("first paint, nothing stored                          %7.0f ms\n", median(empty));
    std::printf("first paint, %d messages stored                 %7.0f ms\n", messages, median(first));
    std::printf("mesh shown from the journal                          %7.0f ms\n", median(usable));
    std::printf("  of that, the key from the passphrase (not needed with a keychain) %.0f ms\n", median(derive));

    const QString peers = dir.filePath(u"peers.jsonl"_s);
    if (!writePeers(peers, 100))
        return 1;
    std::printf("memory (PSS), 100 peers, idle                        %7.1f MB\n",
                idleMemory(program, {u"--data"_s, dir.filePath(u"m"_s), u"--replay"_s, peers, u"--speed"_s, u"0"_s}));
    return 0;
}
