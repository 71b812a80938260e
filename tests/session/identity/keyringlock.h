// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtDBus/QDBusArgument>
#include <QtDBus/QDBusInterface>
#include <QtDBus/QDBusMetaType>
#include <QtDBus/QDBusObjectPath>
#include <QtDBus/QDBusReply>
#include <QtTest/QTest>

//! Locks and unlocks the keyring that tests/support/with-secret-service made.
namespace mesh::tests {

inline QString keyringPath()
{
    QDBusInterface service(QStringLiteral("org.freedesktop.secrets"), QStringLiteral("/org/freedesktop/secrets"),
                           QStringLiteral("org.freedesktop.Secret.Service"));
    const QDBusReply<QDBusObjectPath> path = service.call(QStringLiteral("ReadAlias"), QStringLiteral("default"));
    return path.isValid() ? path.value().path() : QString();
}

inline bool isKeyringLocked()
{
    QDBusInterface collection(QStringLiteral("org.freedesktop.secrets"), keyringPath(),
                              QStringLiteral("org.freedesktop.Secret.Collection"));
    return collection.property("Locked").toBool();
}

inline bool lockKeyring()
{
    QDBusInterface service(QStringLiteral("org.freedesktop.secrets"), QStringLiteral("/org/freedesktop/secrets"),
                           QStringLiteral("org.freedesktop.Secret.Service"));
    const QList<QDBusObjectPath> keyrings{QDBusObjectPath(keyringPath())};
    service.call(QStringLiteral("Lock"), QVariant::fromValue(keyrings));
    return QTest::qWaitFor([] { return isKeyringLocked(); }, 5'000);
}

//! A secret as the service takes it.
struct KeyringSecret
{
    QDBusObjectPath session;
    QByteArray parameters;
    QByteArray value;
    QString contentType;
};

inline QDBusArgument &operator<<(QDBusArgument &argument, const KeyringSecret &secret)
{
    argument.beginStructure();
    argument << secret.session << secret.parameters << secret.value << secret.contentType;
    argument.endStructure();
    return argument;
}

inline const QDBusArgument &operator>>(const QDBusArgument &argument, KeyringSecret &secret)
{
    argument.beginStructure();
    argument >> secret.session >> secret.parameters >> secret.value >> secret.contentType;
    argument.endStructure();
    return argument;
}

} // namespace mesh::tests

Q_DECLARE_METATYPE(mesh::tests::KeyringSecret)

namespace mesh::tests {

//! With the password that the script chose; what a person would type into the desktop's prompt.
inline bool unlockKeyring()
{
    qDBusRegisterMetaType<KeyringSecret>();
    QDBusInterface service(QStringLiteral("org.freedesktop.secrets"), QStringLiteral("/org/freedesktop/secrets"),
                           QStringLiteral("org.freedesktop.Secret.Service"));
    const QDBusMessage opened = service.call(QStringLiteral("OpenSession"), QStringLiteral("plain"),
                                             QVariant::fromValue(QDBusVariant(QString())));
    if (opened.arguments().size() != 2)
        return false;
    const KeyringSecret password{
        opened.arguments().at(1).value<QDBusObjectPath>(), {}, "test", QStringLiteral("text/plain")};
    QDBusInterface keyring(QStringLiteral("org.freedesktop.secrets"), QStringLiteral("/org/freedesktop/secrets"),
                           QStringLiteral("org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface"));
    keyring.call(QStringLiteral("UnlockWithMasterPassword"), QVariant::fromValue(QDBusObjectPath(keyringPath())),
                 QVariant::fromValue(password));
    return QTest::qWaitFor([] { return !isKeyringLocked(); }, 5'000);
}

} // namespace mesh::tests
