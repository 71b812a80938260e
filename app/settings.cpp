// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/settings.h"

#include <QtCore/QProcessEnvironment>

namespace mesh::app {

using namespace Qt::StringLiterals;

Settings::Settings(const QString &file, QObject *parent)
    : QObject(parent)
    , m_file(file, QSettings::IniFormat)
{
}

QString Settings::scheme() const
{
    const QString name = m_file.value("look/scheme"_L1).toString();
    return name == "dark"_L1 || name == "light"_L1 ? name : u"system"_s;
}

void Settings::setScheme(const QString &name)
{
    if (name == scheme())
        return;
    m_file.setValue("look/scheme"_L1, name);
    Q_EMIT schemeChanged(scheme());
}

bool Settings::reducedMotion() const
{
    return m_file.value("look/reducedMotion"_L1, false).toBool();
}

void Settings::setReducedMotion(bool on)
{
    if (on == reducedMotion())
        return;
    m_file.setValue("look/reducedMotion"_L1, on);
    Q_EMIT reducedMotionChanged(on);
}

QString Settings::displayName() const
{
    const QString stored = m_file.value("person/name"_L1).toString().simplified().left(64);
    if (!stored.isEmpty())
        return stored;
    const QString login = QProcessEnvironment::systemEnvironment().value(u"USER"_s).simplified().left(64);
    return login.isEmpty() || login == "root"_L1 ? tr("Human", "display name when the system has none") : login;
}

void Settings::setDisplayName(const QString &name)
{
    m_file.setValue("person/name"_L1, name.simplified().left(64));
}

bool Settings::personas() const
{
    return m_file.value("personal/personas"_L1, true).toBool();
}

void Settings::setPersonas(bool on)
{
    m_file.setValue("personal/personas"_L1, on);
}

QString Settings::lastMesh() const
{
    return m_file.value("window/mesh"_L1).toString();
}

void Settings::setLastMesh(const QString &meshId)
{
    m_file.setValue("window/mesh"_L1, meshId);
}

QByteArray Settings::windowGeometry() const
{
    return m_file.value("window/geometry"_L1).toByteArray();
}

QByteArray Settings::windowState() const
{
    return m_file.value("window/state"_L1).toByteArray();
}

void Settings::setWindow(const QByteArray &geometry, const QByteArray &state)
{
    m_file.setValue("window/geometry"_L1, geometry);
    m_file.setValue("window/state"_L1, state);
}

QByteArray Settings::graphPins(const QString &meshId) const
{
    return m_file.value("graph/pins-"_L1 + meshId).toByteArray();
}

void Settings::setGraphPins(const QString &meshId, const QByteArray &pins)
{
    m_file.setValue("graph/pins-"_L1 + meshId, pins);
}

} // namespace mesh::app
