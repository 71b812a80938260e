// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "localmesh/personascript.h"

namespace mesh::local {

//! How many of which personas, and how they are run (docs/personas.md).
struct PersonaScenario
{
    QString name;
    quint32 seed = 1;
    double speed = 10;            //!< the mesh's clock is started at it when it never ran; 0: left alone
    QList<PersonaScript> scripts; //!< copies included: `api`, `api-2`, ...
};

//! Reads a scenario. \a folder is where persona files that it names are looked for. Errors `bad_scenario` (with line
//! and column), `bad_persona` (of a file it names), `file`.
protocol::Expected<PersonaScenario> parseScenario(const QByteArray &json, const QString &source, const QString &folder);
//! A file, or one of builtInScenarios(). Errors as parseScenario().
protocol::Expected<PersonaScenario> loadScenario(const QString &nameOrPath);
//! Names of those that come with the program.
QStringList builtInScenarios();

} // namespace mesh::local
