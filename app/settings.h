// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QByteArray>
#include <QtCore/QObject>
#include <QtCore/QSettings>
#include <QtCore/QStringList>

namespace mesh::app {

//! The program's settings: one typed place with clamped values, kept in an INI file. Nothing secret is ever in it.
class Settings final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(Settings)

public:
    explicit Settings(const QString &file, QObject *parent = nullptr);

    //! "system", "dark" or "light"; anything else in the file reads as "system".
    QString scheme() const;
    void setScheme(const QString &name);

    bool reducedMotion() const;
    void setReducedMotion(bool on);

    //! The user's name for new memberships; the login name until one was given.
    QString displayName() const;
    void setDisplayName(const QString &name);

    //! Whether personas live in the personal mesh.
    bool personas() const;
    void setPersonas(bool on);

    //! The mesh that was shown last (its id); empty if none.
    QString lastMesh() const;
    void setLastMesh(const QString &meshId);

    //! Window geometry and dock state as QMainWindow saves them.
    QByteArray windowGeometry() const;
    QByteArray windowState() const;
    void setWindow(const QByteArray &geometry, const QByteArray &state);

    //! Pinned places in the graph of a mesh, as the graph model exports them.
    QByteArray graphPins(const QString &meshId) const;
    void setGraphPins(const QString &meshId, const QByteArray &pins);

Q_SIGNALS:
    void schemeChanged(const QString &name);
    void reducedMotionChanged(bool on);

private:
    QSettings m_file;
};

} // namespace mesh::app
