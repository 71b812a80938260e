// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtCore/QLibraryInfo>
#include <QtCore/QTranslator>
#include <QtWidgets/QApplication>

#include <cstdio>

#include "app/application.h"
#include "app/commandline.h"
#include "app/endsignals.h"
#include "app/hardening.h"

using namespace Qt::StringLiterals;

namespace {

//! Qt ends the process where it finds no display; saying how to go on is better.
bool hasDisplay()
{
    return qEnvironmentVariableIsSet("DISPLAY") || qEnvironmentVariableIsSet("WAYLAND_DISPLAY")
        || qEnvironmentVariableIsSet("QT_QPA_PLATFORM");
}

} // namespace

int main(int argc, char *argv[])
{
    mesh::app::hardenProcess();
    QCoreApplication::setApplicationName(u"claudemesh-desktop"_s);
    QCoreApplication::setApplicationVersion(QStringLiteral(MESH_VERSION));
    QGuiApplication::setApplicationDisplayName(u"Claudemesh Desktop"_s);

    // The command line is read before there is a window system, so that --help works without one.
    mesh::app::CommandLine line;
    {
        const QCoreApplication early(argc, argv);
        const auto parsed = mesh::app::CommandLine::parse(QCoreApplication::arguments());
        if (!parsed) {
            std::fprintf(stderr, "claudemesh-desktop: %s\n", qPrintable(parsed.error().detail));
            std::fprintf(stderr, "See claudemesh-desktop --help.\n");
            return 2;
        }
        line = *parsed;
        if (line.action == mesh::app::CommandLine::Action::ShowHelp) {
            std::fputs(qPrintable(mesh::app::CommandLine::helpText()), stdout);
            return 0;
        }
        if (line.action == mesh::app::CommandLine::Action::ShowVersion) {
            std::printf("claudemesh-desktop %s\n", MESH_VERSION);
            return 0;
        }
    }
    if (!hasDisplay()) {
        std::fputs("claudemesh-desktop: there is no display (DISPLAY and WAYLAND_DISPLAY are not set).\n"
                   "Use a virtual one: xvfb-run -a claudemesh-desktop\n",
                   stderr);
        return 2;
    }

    QApplication application(argc, argv);
    QGuiApplication::setDesktopFileName(u"claudemesh-desktop"_s);
    QTranslator qtTexts;
    if (qtTexts.load(QLocale(), u"qtbase"_s, u"_"_s, QLibraryInfo::path(QLibraryInfo::TranslationsPath)))
        QCoreApplication::installTranslator(&qtTexts);
    QTranslator texts;
    // English needs its file too: it has the singular forms.
    if (texts.load(QLocale(), u"claudemesh-desktop"_s, u"_"_s, u":/translations"_s)
        || texts.load(u":/translations/claudemesh-desktop_en.qm"_s))
        QCoreApplication::installTranslator(&texts);

    const mesh::app::EndSignals endSignals;
    QObject::connect(&endSignals, &mesh::app::EndSignals::asked, &application, &QCoreApplication::quit);
    mesh::app::Application program(line);
    if (const auto code = program.start())
        return *code;
    return QApplication::exec();
}
