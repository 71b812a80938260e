// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QSize>
#include <QtCore/QString>
#include <QtCore/QStringList>

#include <optional>

#include "models/protocol/expected.h"

namespace mesh::app {

//! What the command line asked for.
struct CommandLine
{
    enum class Action { Run, ShowHelp, ShowVersion };
    enum class Scheme { System, Dark, Light };

    Action action = Action::Run;
    QString dataDir;   //!< absolute; everything the program keeps lives below it
    QString joinLink;  //!< an invite in any of its spellings, checked later with everything else that is untrusted
    QString importDir; //!< a claudemesh CLI's config folder
    QString meshSlug;  //!< which mesh to show first
    QString name;      //!< display name for new memberships
    bool personal = false;
    QString replayFile;
    double replaySpeed = 1; //!< 0: everything at once
    QString screenshotFile;
    double screenshotAfterS = 3; //!< seconds after the window was painted first
    std::optional<QSize> windowSize;
    Scheme scheme = Scheme::System;

    //! \a arguments as QCoreApplication::arguments() gives them, program name first. Errors: `usage`, with a sentence
    //! that names the option.
    static protocol::Expected<CommandLine> parse(const QStringList &arguments);
    static QString helpText();
    //! Nothing asked for but the folder and perhaps a link: what a click on the program or on a link starts.
    bool isPlain() const;
};

} // namespace mesh::app
