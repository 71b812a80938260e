// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QPointer>
#include <QtWidgets/QDialog>

#include "models/protocol/invitedesk.h"
#include "models/store/meshstore.h"

class QLabel;
class QLineEdit;
class QPushButton;
class QVBoxLayout;

namespace mesh::protocol {
class Clock;
}

namespace mesh::views {

class Theme;

//! How the user's own Claude Code sessions come into the mesh: the commands for the claudemesh CLI, ready to copy, with
//! an invite made on the spot, and who has joined so far. The invite is made when the page is first shown, and again
//! when that one cannot be used any more.
class SessionsPage final : public QDialog
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(SessionsPage)

public:
    struct Mesh
    {
        QString name;
        QString slug;
        QString brokerUrl;
        QString userName; //!< suggested as the beginning of a session's name
    };

    //! \a desk, \a clock and \a store outlive it.
    SessionsPage(Theme &theme, const protocol::Clock &clock, protocol::InviteDesk &desk, store::MeshStore &store,
                 const Mesh &mesh, QWidget *parent = nullptr);

    //! The user's sessions in \a store that are there now: AI peers that are no personas.
    static QStringList sessionsIn(const store::MeshStore &store);
    //! \a text as one word for a POSIX shell.
    static QString shellWord(const QString &text);

Q_SIGNALS:
    //! The user wants other people in, too.
    void invitePeopleRequested();
    //! Nobody is there to look at yet: simulated sessions are to play their parts.
    void samplesRequested();

protected:
    void showEvent(QShowEvent *event) override;

private:
    //! A line to copy, with what it is for.
    QLineEdit *addStep(QVBoxLayout *column, const char *name, const QString &caption, const QString &command);
    void makeInvite();
    void ensureInvite();
    void refreshSessions();
    void onStoreChanged(const store::ChangeSet &changes);
    void restyle();

    Theme &m_theme;
    const protocol::Clock &m_clock;
    protocol::InviteDesk &m_desk;
    store::MeshStore &m_store;
    QString m_inviteId;
    QStringList m_sessions;
    bool m_making = false;

    QLabel *m_state = nullptr;
    QLabel *m_who = nullptr;
    QWidget *m_card = nullptr;
    QLineEdit *m_join = nullptr;
    QLabel *m_inviteNote = nullptr;
    QPushButton *m_newInvite = nullptr;
    QPushButton *m_samples = nullptr;
};

} // namespace mesh::views
