// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/invitetools.h"
#include "localmesh/localbroker.h"
#include "localmesh/meshbackup.h"
#include "localmesh/meshseed.h"
#include "localmesh/personarunner.h"
#include "localmesh/terminationsignal.h"

#include <QtCore/QCommandLineParser>
#include <QtCore/QCoreApplication>
#include <QtCore/QDir>
#include <QtCore/QStandardPaths>
#include <QtCore/QTextStream>

#include <csignal>
#include <optional>
#include <sys/resource.h>

using namespace Qt::StringLiterals;

namespace {

constexpr int UsageError = 2;
constexpr int RestoreWaitMs = 30'000;

int complain(const QString &text)
{
    QTextStream(stderr) << "claudemesh-local: " << text << Qt::endl;
    return UsageError;
}

//! A whole number in a range, or nothing after having complained.
std::optional<int> number(const QCommandLineParser &parser, const QString &name, int least, int most)
{
    bool ok = false;
    const int value = parser.value(name).toInt(&ok);
    if (ok && value >= least && value <= most)
        return value;
    complain(
        u"--%1 takes a number from %2 to %3, not \"%4\"."_s.arg(name).arg(least).arg(most).arg(parser.value(name)));
    return std::nullopt;
}

//! Each peer takes a descriptor, and the usual soft limit is 1,024.
void raiseDescriptorLimit()
{
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

QString defaultDataDir()
{
    return QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation) + "/claudemesh-local"_L1;
}

void addOptions(QCommandLineParser &parser)
{
    const auto add = [&parser](const char *name, const char *text, const char *value = "", const QString &preset = {}) {
        parser.addOption({QString::fromLatin1(name), QString::fromLatin1(text), QString::fromLatin1(value), preset});
    };
    const mesh::local::BrokerOptions defaults;
    add("port", "Port to listen on; 0 takes any free one.", "N", QString::number(defaults.port));
    add("listen", "Address to listen on; anything but this machine's own needs --cert and --key.", "ADDRESS",
        defaults.address);
    add("cert", "Certificate chain (PEM) to speak TLS with.", "FILE");
    add("key", "Its private key (PEM, without passphrase).", "FILE");
    add("host", "Name of this machine in links and URLs, when peers know it by another than --listen.", "NAME");
    add("data", "Folder that everything is kept in; made when missing.", "DIR", defaultDataDir());
    add("max-connections", "Peers that may be connected at once.", "N", QString::number(defaults.maxConnections));
    add("send-burst", "Messages one member may send at once.", "N", QString::number(defaults.sendBurst));
    add("send-rate", "Messages one member may send a second after that.", "N",
        QString::number(int(defaults.sendPerSecond)));
    add("sync", "Write every batch through to the disk, so that a power cut loses nothing either.");
    add("invite", "Print an invite link and end; a broker may be running meanwhile.");
    add("backup", "Write the mesh into one file and end; a broker may be running meanwhile.", "FILE");
    add("restore", "Replace the mesh by a backup and end; a running broker takes it up. What was there is kept aside.",
        "FILE");
    add("invites", "Print the invites with their use counts and end.");
    add("revoke", "Take back the invite with this id, or this link, and end.", "ID");
    add("template", "Make the mesh from this template: a file, or the key of one that comes along.", "TEMPLATE");
    add("personas", "Let the personas of this scenario play: a file, or shop or crowd.", "SCENARIO");
    add("join", "Let them join by this invite instead of starting a broker.", "LINK");
    add("role", "Role that the invite gives: member or admin.", "ROLE", u"member"_s);
    add("uses", "How often the invite can be used.", "N", u"1"_s);
    add("expires", "Hours until the invite expires.", "HOURS", u"168"_s);
}

int printInvite(const QCommandLineParser &parser, quint16 port)
{
    const auto uses = number(parser, u"uses"_s, 1, 100'000);
    const auto hours = number(parser, u"expires"_s, 1, 24 * 365);
    if (!uses || !hours)
        return UsageError;
    const QString role = parser.value(u"role"_s);
    if (role != "member"_L1 && role != "admin"_L1)
        return complain(u"--role is member or admin, not \"%1\"."_s.arg(role));
    const mesh::local::InviteRequest request{.role = role == "admin"_L1 ? mesh::local::InviteRole::Admin
                                                                        : mesh::local::InviteRole::Member,
                                             .maxUses = *uses,
                                             .lifetimeSeconds = qint64(*hours) * 3'600};
    const auto link = mesh::local::makeInviteFor(parser.value(u"data"_s), port, request);
    if (!link)
        return complain(link.error().detail);
    QTextStream(stdout) << *link << Qt::endl;
    return 0;
}

//! Exit code of a command that has nothing to print.
int exitCode(const mesh::protocol::Expected<void> &done)
{
    return done ? 0 : complain(done.error().detail);
}

int printInvites(const QString &dataDir)
{
    const auto invites = mesh::local::listInvitesFor(dataDir);
    if (!invites)
        return complain(invites.error().detail);
    QTextStream(stdout) << mesh::local::inviteTable(*invites, mesh::protocol::SystemClock().nowMs());
    return 0;
}

int revokeInvite(const QString &dataDir, const QString &idOrLink)
{
    const auto invite = mesh::local::revokeInviteFor(dataDir, idOrLink);
    if (!invite)
        return complain(invite.error().detail);
    QTextStream(stdout) << "revoked " << invite->id << ", which was used " << invite->used << " of " << invite->maxUses
                        << " times" << Qt::endl;
    return 0;
}

//! Says what the personas say; ends the program when they cannot go on.
void tellOf(mesh::local::PersonaRunner &runner)
{
    QObject::connect(&runner, &mesh::local::PersonaRunner::said,
                     [](const QString &line) { QTextStream(stdout) << line << Qt::endl; });
    QObject::connect(&runner, &mesh::local::PersonaRunner::failed, [](const mesh::protocol::Error &error) {
        complain(u"the personas cannot join: %1"_s.arg(error.detail.isEmpty() ? error.code : error.detail));
        QCoreApplication::exit(UsageError);
    });
}

//! The scenario asked for, or nothing after having complained.
std::optional<mesh::local::PersonaScenario> scenarioOf(const QCommandLineParser &parser)
{
    auto scenario = mesh::local::loadScenario(parser.value(u"personas"_s));
    if (scenario)
        return std::move(*scenario);
    complain(scenario.error().detail);
    return std::nullopt;
}

//! Personas on somebody's broker, without one of our own.
int runPersonas(const QCommandLineParser &parser)
{
    const auto scenario = scenarioOf(parser);
    if (!scenario)
        return UsageError;
    const mesh::local::TerminationSignal termination;
    QObject::connect(&termination, &mesh::local::TerminationSignal::received, qApp, &QCoreApplication::quit);
    mesh::local::PersonaRunner runner;
    tellOf(runner);
    const auto started = runner.start(*scenario, parser.value(u"join"_s), QDir(parser.value(u"data"_s)).absolutePath());
    if (!started) {
        const auto &error = started.error();
        return complain(u"--join: %1"_s.arg(error.detail.isEmpty() ? error.code : error.detail));
    }
    return QCoreApplication::exec();
}

//! Makes a new mesh from the template asked for; one that has members already stays as it is.
bool applyTemplate(const QCommandLineParser &parser, const QString &dataDir)
{
    const auto meshTemplate = mesh::local::loadTemplate(parser.value(u"template"_s));
    const auto seeded = meshTemplate ? mesh::local::seedMesh(dataDir, *meshTemplate)
                                     : mesh::protocol::Expected<bool>(meshTemplate.error());
    if (!seeded)
        complain(seeded.error().detail);
    else if (!*seeded)
        QTextStream(stderr) << "claudemesh-local: the mesh is there already; --template leaves it as it is" << Qt::endl;
    return seeded.hasValue();
}

} // namespace

int main(int argc, char *argv[])
{
    QCoreApplication application(argc, argv);
    QCoreApplication::setApplicationName(u"claudemesh-local"_s);
    QCoreApplication::setApplicationVersion(QString::fromLatin1(MESH_VERSION));

    QCommandLineParser parser;
    parser.setApplicationDescription(u"The personal mesh: a claudemesh broker on this machine.\n"
                                     "Peers join with the link that --invite prints."_s);
    parser.addHelpOption();
    parser.addVersionOption();
    addOptions(parser);
    if (!parser.parse(QCoreApplication::arguments()))
        return complain(parser.errorText());
    if (parser.isSet(u"help"_s))
        parser.showHelp(0);
    if (parser.isSet(u"version"_s))
        parser.showVersion();
    if (!parser.positionalArguments().isEmpty())
        return complain(u"\"%1\" is not an option; see --help."_s.arg(parser.positionalArguments().constFirst()));

    const auto port = number(parser, u"port"_s, 0, 65'535);
    if (!port)
        return UsageError;
    if (parser.isSet(u"invite"_s))
        return printInvite(parser, parser.isSet(u"port"_s) ? quint16(*port) : quint16(0));
    const QString dataDir = QDir(parser.value(u"data"_s)).absolutePath();
    if (parser.isSet(u"backup"_s))
        return exitCode(mesh::local::backUpMesh(dataDir, QDir().absoluteFilePath(parser.value(u"backup"_s))));
    if (parser.isSet(u"restore"_s))
        return exitCode(mesh::local::restoreMesh(dataDir, parser.value(u"restore"_s), RestoreWaitMs));
    if (parser.isSet(u"invites"_s))
        return printInvites(parser.value(u"data"_s));
    if (parser.isSet(u"revoke"_s))
        return revokeInvite(parser.value(u"data"_s), parser.value(u"revoke"_s));
    if (parser.isSet(u"join"_s) && !parser.isSet(u"personas"_s))
        return complain(u"--join says where --personas join; name a scenario as well."_s);
    if (parser.isSet(u"join"_s)) {
        raiseDescriptorLimit();
        return runPersonas(parser);
    }
    std::optional<mesh::local::PersonaScenario> scenario;
    if (parser.isSet(u"personas"_s)) {
        scenario = scenarioOf(parser);
        if (!scenario)
            return UsageError;
    }
    const auto connections = number(parser, u"max-connections"_s, 1, 100'000);
    const auto burst = number(parser, u"send-burst"_s, 1, 1'000'000);
    const auto rate = number(parser, u"send-rate"_s, 1, 1'000'000);
    if (!connections || !burst || !rate)
        return UsageError;

    raiseDescriptorLimit();
    // A full disk shows as a failed write, also where it is a limit on file sizes.
    std::signal(SIGXFSZ, SIG_IGN);
    const mesh::local::TerminationSignal termination;
    QObject::connect(&termination, &mesh::local::TerminationSignal::received, &application, &QCoreApplication::quit);

    mesh::local::BrokerOptions options;
    options.dataDir = dataDir;
    options.address = parser.value(u"listen"_s);
    options.certificatePath = parser.value(u"cert"_s);
    options.keyPath = parser.value(u"key"_s);
    options.publicHost = parser.value(u"host"_s);
    options.port = quint16(*port);
    options.maxConnections = *connections;
    options.sendBurst = *burst;
    options.sendPerSecond = *rate;
    options.syncEveryCommit = parser.isSet(u"sync"_s);
    if (parser.isSet(u"template"_s) && !applyTemplate(parser, options.dataDir))
        return UsageError;
    mesh::local::LocalBroker broker;
    QObject::connect(&broker, &mesh::local::LocalBroker::failed, &application,
                     [](const mesh::protocol::Error &error) { QCoreApplication::exit(complain(error.detail)); });
    const auto started = broker.start(options);
    if (!started)
        return complain(started.error().detail);
    QTextStream(stdout) << "listening on " << broker.brokerUrl() << " mesh " << broker.meshId() << Qt::endl;

    mesh::local::PersonaRunner runner;
    tellOf(runner);
    if (scenario) {
        const auto link =
            broker.makeInvite({.maxUses = int(scenario->scripts.size()), .lifetimeSeconds = 3'600, .forProgram = true});
        const auto begun =
            link ? runner.start(*scenario, *link, options.dataDir) : mesh::protocol::Expected<void>(link.error());
        if (!begun)
            return complain(begun.error().detail);
    }

    const int code = QCoreApplication::exec();
    broker.stop();
    return code;
}
