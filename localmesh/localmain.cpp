// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/localbroker.h"
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
    add("port", "Port on 127.0.0.1; 0 takes any free one.", "N", QString::number(defaults.port));
    add("data", "Folder that everything is kept in; made when missing.", "DIR", defaultDataDir());
    add("max-connections", "Peers that may be connected at once.", "N", QString::number(defaults.maxConnections));
    add("send-burst", "Messages one member may send at once.", "N", QString::number(defaults.sendBurst));
    add("send-rate", "Messages one member may send a second after that.", "N",
        QString::number(int(defaults.sendPerSecond)));
    add("sync", "Write every batch through to the disk, so that a power cut loses nothing either.");
    add("invite", "Print an invite link and end; a broker may be running meanwhile.");
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
    options.dataDir = QDir(parser.value(u"data"_s)).absolutePath();
    options.port = quint16(*port);
    options.maxConnections = *connections;
    options.sendBurst = *burst;
    options.sendPerSecond = *rate;
    options.syncEveryCommit = parser.isSet(u"sync"_s);
    mesh::local::LocalBroker broker;
    const auto started = broker.start(options);
    if (!started)
        return complain(started.error().detail);
    QTextStream(stdout) << "listening on " << broker.brokerUrl() << " mesh " << broker.meshId() << Qt::endl;

    const int code = QCoreApplication::exec();
    broker.stop();
    return code;
}
