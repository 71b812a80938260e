// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/settings.h"

#include <QtCore/QProcessEnvironment>

#include <algorithm>

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
    return m_file.value("personal/personas"_L1, false).toBool();
}

void Settings::setPersonas(bool on)
{
    m_file.setValue("personal/personas"_L1, on);
}

items::NotificationPolicy Settings::notifications() const
{
    items::NotificationPolicy policy;
    const auto flag = [this](QLatin1StringView name, bool fallback) {
        return m_file.value("notifications/"_L1 + name, fallback).toBool();
    };
    const auto minute = [this](QLatin1StringView name, int fallback) {
        return std::clamp(m_file.value("notifications/"_L1 + name, fallback).toInt(), 0, 24 * 60 - 1);
    };
    policy.enabled = flag("enabled"_L1, policy.enabled);
    policy.showContent = flag("content"_L1, policy.showContent);
    policy.sound = flag("sound"_L1, policy.sound);
    policy.quietHours = flag("quiet"_L1, policy.quietHours);
    policy.quietFromMinute = minute("quietFrom"_L1, policy.quietFromMinute);
    policy.quietToMinute = minute("quietTo"_L1, policy.quietToMinute);
    return policy;
}

void Settings::setNotifications(const items::NotificationPolicy &policy)
{
    m_file.setValue("notifications/enabled"_L1, policy.enabled);
    m_file.setValue("notifications/content"_L1, policy.showContent);
    m_file.setValue("notifications/sound"_L1, policy.sound);
    m_file.setValue("notifications/quiet"_L1, policy.quietHours);
    m_file.setValue("notifications/quietFrom"_L1, policy.quietFromMinute);
    m_file.setValue("notifications/quietTo"_L1, policy.quietToMinute);
    Q_EMIT notificationsChanged();
}

bool Settings::signalsSent() const
{
    return m_file.value("conversations/signals"_L1, true).toBool();
}

void Settings::setSignalsSent(bool on)
{
    if (on == signalsSent())
        return;
    m_file.setValue("conversations/signals"_L1, on);
    Q_EMIT signalsSentChanged(on);
}

bool Settings::unreadOnly() const
{
    return m_file.value("conversations/unreadOnly"_L1, false).toBool();
}

bool Settings::orderByNeed() const
{
    return m_file.value("conversations/byNeed"_L1, false).toBool();
}

void Settings::setConversationList(bool unreadOnly, bool byNeed)
{
    m_file.setValue("conversations/unreadOnly"_L1, unreadOnly);
    m_file.setValue("conversations/byNeed"_L1, byNeed);
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

QString Settings::colours() const
{
    const QString name = m_file.value("look/colours"_L1).toString();
    return name == "high-contrast"_L1 || name == "colour-blind"_L1 ? name : u"standard"_s;
}

void Settings::setColours(const QString &name)
{
    if (name == colours())
        return;
    m_file.setValue("look/colours"_L1, name);
    Q_EMIT coloursChanged(colours());
}

QByteArray Settings::graphArrangement(const QString &meshId) const
{
    return m_file.value("graph/arrangement-"_L1 + meshId).toByteArray();
}

void Settings::setGraphArrangement(const QString &meshId, const QByteArray &bytes)
{
    const QString key = "graph/arrangement-"_L1 + meshId;
    if (bytes.isEmpty())
        m_file.remove(key);
    else
        m_file.setValue(key, bytes);
}

QStringList Settings::savedFilters(const QString &meshId) const
{
    return m_file.value("filters/"_L1 + meshId).toStringList();
}

void Settings::setSavedFilters(const QString &meshId, const QStringList &namesAndTexts)
{
    m_file.setValue("filters/"_L1 + meshId, namesAndTexts);
}

QStringList Settings::attentionOff() const
{
    return m_file.value("attention/off"_L1).toStringList();
}

void Settings::setAttentionOff(const QStringList &words)
{
    m_file.setValue("attention/off"_L1, words);
}

std::optional<int> Settings::attentionThreshold(const QString &word) const
{
    bool isNumber = false;
    const int value = m_file.value("attention/from-"_L1 + word).toInt(&isNumber);
    return isNumber ? std::optional(value) : std::nullopt;
}

void Settings::setAttentionThreshold(const QString &word, std::optional<int> value)
{
    const QString key = "attention/from-"_L1 + word;
    if (value)
        m_file.setValue(key, *value);
    else
        m_file.remove(key);
}

} // namespace mesh::app
