// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QObject>
#include <QtCore/QPointer>

#include "models/items/templateapplier.h"
#include "models/items/templateshelf.h"
#include "models/protocol/clock.h"
#include "models/session/meshprofile.h"

class QWidget;

namespace mesh::protocol {
class InviteDesk;
}
namespace mesh::views {
class InvitePage;
class SessionsPage;
class TemplatesPage;
class Theme;
} // namespace mesh::views

namespace mesh::app {

class Workspace;

//! The pages around a mesh of one's own: inviting people, connecting Claude Code, templates. Made when they are first
//! asked for.
class MeshPages final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(MeshPages)

public:
    //! All outlive it. \a templateFolder holds the user's own templates.
    MeshPages(views::Theme &theme, const protocol::Clock &clock, Workspace &workspace, const QString &templateFolder,
              QWidget *window);
    ~MeshPages() override;

    //! The personal mesh runs: its invites are made at \a desk.
    void setPersonal(const session::MeshProfile &profile, protocol::InviteDesk &desk, const QString &userName);
    //! It does not run any more.
    void clearPersonal();
    //! The mesh on the screen; templates are put into it.
    void setCurrent(const protocol::MeshId &mesh);

    void invitePeople();
    void connectSessions();
    void showTemplates();
    //! Puts the template of this key (the one for one person where there is none) into a mesh without a page, as soon
    //! as it is connected; only what went wrong is told.
    void applyQuietly(const QString &templateKey, const protocol::MeshId &mesh);
    const items::TemplateShelf &shelf() const { return m_shelf; }
    //! Where links that name this broker lead to, for people.
    static QString reachOf(const QString &brokerUrl);

Q_SIGNALS:
    //! Worth telling once.
    void noticed(const QString &sentence);
    void samplesRequested();

private:
    bool needsPersonal();

    views::Theme &m_theme;
    const protocol::Clock &m_clock;
    Workspace &m_workspace;
    QWidget *m_window;
    items::TemplateShelf m_shelf;
    items::TemplateApplier m_applier;
    session::MeshProfile m_personal;
    protocol::InviteDesk *m_desk = nullptr;
    QString m_userName;
    protocol::MeshId m_current;
    QPointer<views::InvitePage> m_invites;
    QPointer<views::SessionsPage> m_sessions;
    QPointer<views::TemplatesPage> m_templates;
};

} // namespace mesh::app
