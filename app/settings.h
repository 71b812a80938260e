// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QByteArray>
#include <QtCore/QObject>
#include <QtCore/QSettings>
#include <QtCore/QStringList>

#include <optional>

#include "graph/arrangement.h"
#include "models/items/notificationrules.h"

namespace mesh::app {

//! The program's settings: one typed place with clamped values, kept in an INI file. Nothing secret is ever in it.
class Settings final : public QObject, public graph::ArrangementStore
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

    //! What the user is told of while they look elsewhere.
    items::NotificationPolicy notifications() const;
    void setNotifications(const items::NotificationPolicy &policy);

    //! Whether personas live in the personal mesh.
    bool personas() const;
    void setPersonas(bool on);

    //! Whether other people's clients are told when the user types and what was read.
    bool signalsSent() const;
    void setSignalsSent(bool on);

    //! The conversation list: only unread ones; ordered by need instead of by time.
    bool unreadOnly() const;
    bool orderByNeed() const;
    void setConversationList(bool unreadOnly, bool byNeed);

    //! The mesh that was shown last (its id); empty if none.
    QString lastMesh() const;
    void setLastMesh(const QString &meshId);

    //! Window geometry and dock state as QMainWindow saves them.
    QByteArray windowGeometry() const;
    QByteArray windowState() const;
    void setWindow(const QByteArray &geometry, const QByteArray &state);

    //! "standard", "high-contrast" or "colour-blind"; anything else in the file reads as "standard".
    QString colours() const;
    void setColours(const QString &name);

    QByteArray graphArrangement(const QString &meshId) const override;
    void setGraphArrangement(const QString &meshId, const QByteArray &bytes) override;

    //! Saved filters of a mesh: name, text, name, text...
    QStringList savedFilters(const QString &meshId) const;
    void setSavedFilters(const QString &meshId, const QStringList &namesAndTexts);

    //! Words of the attention rules that are switched off.
    QStringList attentionOff() const;
    void setAttentionOff(const QStringList &words);
    //! The figure chosen for an attention rule, by its word; nullopt: none, or not a number.
    std::optional<int> attentionThreshold(const QString &word) const;
    void setAttentionThreshold(const QString &word, std::optional<int> value);

Q_SIGNALS:
    void schemeChanged(const QString &name);
    void coloursChanged(const QString &name);
    void reducedMotionChanged(bool on);
    void notificationsChanged();
    void signalsSentChanged(bool on);

private:
    QSettings m_file;
};

} // namespace mesh::app
