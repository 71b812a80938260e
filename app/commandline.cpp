// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/commandline.h"

#include <QtCore/QCommandLineParser>
#include <QtCore/QCoreApplication>
#include <QtCore/QDir>
#include <QtCore/QFileInfo>
#include <QtCore/QStandardPaths>

namespace mesh::app {

using namespace Qt::StringLiterals;
using protocol::Error;

namespace {

struct LineWords
{
    Q_DECLARE_TR_FUNCTIONS(CommandLine)
};

struct Parser
{
    QCommandLineParser parser;
    QCommandLineOption help{{u"h"_s, u"help"_s}, LineWords::tr("Show this help and end.")};
    QCommandLineOption version{{u"v"_s, u"version"_s}, LineWords::tr("Show the version and end.")};
    QCommandLineOption data{u"data"_s, LineWords::tr("Keep everything below this folder."), u"DIR"_s};
    QCommandLineOption join{u"join"_s, LineWords::tr("Join a mesh by its invite link."), u"LINK"_s};
    QCommandLineOption import{
        u"import"_s, LineWords::tr("Import meshes from a claudemesh CLI's config folder (read only)."), u"DIR"_s};
    QCommandLineOption mesh{u"mesh"_s, LineWords::tr("Show this mesh first."), u"SLUG"_s};
    QCommandLineOption name{u"name"_s, LineWords::tr("Your name in meshes joined from now on."), u"NAME"_s};
    QCommandLineOption personal{u"personal"_s, LineWords::tr("Start the personal mesh with its personas.")};
    QCommandLineOption replay{u"replay"_s, LineWords::tr("Play a journal or a recorded transcript, without a network."),
                              u"FILE"_s};
    QCommandLineOption speed{
        u"speed"_s, LineWords::tr("Speed of the replay: 0.1 to 1000, or 0 for everything at once."), u"N"_s, u"1"_s};
    QCommandLineOption screenshot{u"screenshot"_s, LineWords::tr("Paint the window to a PNG file and end."), u"FILE"_s};
    QCommandLineOption after{u"after"_s, LineWords::tr("Seconds to wait before the screenshot."), u"SECONDS"_s, u"3"_s};
    QCommandLineOption size{u"size"_s, LineWords::tr("Size of the window, for instance 1280x800."), u"WxH"_s};
    QCommandLineOption scheme{u"scheme"_s, LineWords::tr("Colours: system, dark or light."), u"NAME"_s, u"system"_s};

    Parser()
    {
        parser.setApplicationDescription(
            LineWords::tr("Claudemesh Desktop: the window onto a mesh of AI coding sessions."));
        parser.addOptions(
            {help, version, data, join, import, mesh, name, personal, replay, speed, screenshot, after, size, scheme});
        parser.addPositionalArgument(u"link"_s, LineWords::tr("An invite link, as with --join."), u"[LINK]"_s);
    }
};

Error usage(const QString &detail)
{
    return Error{u"usage"_s, detail, protocol::ErrorBand::Persistent};
}

protocol::Expected<double> number(const QString &text, const char *option, double low, double high)
{
    bool ok = false;
    const double value = text.toDouble(&ok);
    if (!ok || value < low || value > high) {
        return usage(LineWords::tr("%1 wants a number from %2 to %3, not \"%4\".")
                         .arg(QLatin1StringView(option))
                         .arg(low)
                         .arg(high)
                         .arg(text.left(40)));
    }
    return value;
}

QString defaultDataDir()
{
    return QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation) + u"/claudemesh-desktop"_s;
}

} // namespace

QString CommandLine::helpText()
{
    return Parser().parser.helpText();
}

bool CommandLine::isPlain() const
{
    return !personal && importDir.isEmpty() && meshSlug.isEmpty() && replayFile.isEmpty() && screenshotFile.isEmpty();
}

protocol::Expected<CommandLine> CommandLine::parse(const QStringList &arguments)
{
    Parser p;
    if (!p.parser.parse(arguments))
        return usage(p.parser.errorText());

    CommandLine line;
    if (p.parser.isSet(p.help))
        line.action = Action::ShowHelp;
    else if (p.parser.isSet(p.version))
        line.action = Action::ShowVersion;
    line.dataDir = QDir(p.parser.isSet(p.data) ? p.parser.value(p.data) : defaultDataDir()).absolutePath();
    if (p.parser.isSet(p.data) && p.parser.value(p.data).isEmpty())
        return usage(LineWords::tr("--data wants a folder."));
    line.joinLink = p.parser.value(p.join);
    line.importDir = p.parser.value(p.import);
    line.meshSlug = p.parser.value(p.mesh);
    line.name = p.parser.value(p.name).simplified();
    line.personal = p.parser.isSet(p.personal);
    line.replayFile = p.parser.value(p.replay);
    line.screenshotFile = p.parser.value(p.screenshot);

    const QStringList rest = p.parser.positionalArguments();
    if (rest.size() > 1)
        return usage(LineWords::tr("Only one link can be opened at a time; there are %1.").arg(rest.size()));
    if (!rest.isEmpty()) {
        if (!line.joinLink.isEmpty())
            return usage(LineWords::tr("There are two invite links: one with --join and one without."));
        line.joinLink = rest.first();
    }
    if (p.parser.isSet(p.name) && line.name.isEmpty())
        return usage(LineWords::tr("--name wants a name."));
    if (line.name.size() > 64)
        return usage(LineWords::tr("--name wants at most 64 characters."));
    if (!line.replayFile.isEmpty() && (line.personal || !line.joinLink.isEmpty() || !line.importDir.isEmpty()))
        return usage(
            LineWords::tr("--replay works without a network, so it does not go with --personal, --join or --import."));
    if (!line.replayFile.isEmpty() && !QFileInfo(line.replayFile).isFile())
        return usage(LineWords::tr("--replay: there is no file \"%1\".").arg(line.replayFile));
    if (!line.importDir.isEmpty() && !QFileInfo(line.importDir).isDir())
        return usage(LineWords::tr("--import: there is no folder \"%1\".").arg(line.importDir));

    const auto speed = number(p.parser.value(p.speed), "--speed", 0, 1000);
    if (!speed)
        return speed.error();
    line.replaySpeed = *speed;
    const auto after = number(p.parser.value(p.after), "--after", 0, 3600);
    if (!after)
        return after.error();
    line.screenshotAfterS = *after;

    if (p.parser.isSet(p.size)) {
        const QStringList parts = p.parser.value(p.size).split(u'x');
        const QSize size = parts.size() == 2 ? QSize(parts[0].toInt(), parts[1].toInt()) : QSize();
        if (size.width() < 320 || size.height() < 240 || size.width() > 16384 || size.height() > 16384)
            return usage(LineWords::tr("--size wants WIDTHxHEIGHT between 320x240 and 16384x16384, not \"%1\".")
                             .arg(p.parser.value(p.size).left(40)));
        line.windowSize = size;
    }
    const QString scheme = p.parser.value(p.scheme);
    if (scheme == "dark"_L1)
        line.scheme = Scheme::Dark;
    else if (scheme == "light"_L1)
        line.scheme = Scheme::Light;
    else if (scheme != "system"_L1)
        return usage(LineWords::tr("--scheme wants system, dark or light, not \"%1\".").arg(scheme.left(40)));
    return line;
}

} // namespace mesh::app
