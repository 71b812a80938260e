// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QObject>
#include <QtCore/QPointer>

#include "models/protocol/clock.h"
#include "models/session/enrolment.h"
#include "models/session/identitystore.h"
#include "models/session/keyvault.h"

class QWidget;

namespace mesh::views {
class ImportDialog;
class JoinDialog;
class PassphraseDialog;
class Theme;
} // namespace mesh::views

namespace mesh::app {

//! The conversations with the user around identities: the vault's passphrase, joining by invite, importing from the
//! CLI. Dialogs are window-modal to \a window; where nobody can be asked, the passphrase comes from a file.
class Onboarding final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(Onboarding)

public:
    //! Environment variable that names a file with the passphrase in its first line.
    static constexpr auto passphraseVariable = "CLAUDEMESH_DESKTOP_PASSPHRASE_FILE";

    Onboarding(views::Theme &theme, const protocol::Clock &clock, session::KeyVault &vault, QWidget *window);
    ~Onboarding() override;

    //! The identities to add to; must be set before join() and importFrom().
    void setIdentities(session::IdentityStore *identities) { m_identities = identities; }
    //! Whether a dialog may be shown; a screenshot run, for instance, has nobody to ask.
    void setUnattended(bool unattended) { m_unattended = unattended; }

    //! Shows the join dialog, with \a link filled in if there is one.
    void join(const QString &link, const QString &displayName);
    //! Shows the import dialog for \a folder (the CLI's usual one if empty).
    void importFrom(const QString &folder, const QString &displayName);

Q_SIGNALS:
    void memberOf(const mesh::session::MeshProfile &profile);
    //! The user closed a dialog without doing what it is for.
    void cancelled();
    //! The vault cannot be opened: nobody to ask, or the passphrase file is no good.
    void vaultRefused(const mesh::protocol::Error &error);

private:
    void askPassphrase(session::KeyVault::Ask ask);
    bool passphraseFromFile(session::KeyVault::Ask ask);
    void enrol(const protocol::Invite &invite, const QString &displayName);
    void resolve(const protocol::ShortInvite &code);
    void importMeshes(const QString &folder, const QStringList &meshIds, const QString &displayName);

    views::Theme &m_theme;
    const protocol::Clock &m_clock;
    session::KeyVault &m_vault;
    QWidget *m_window;
    session::IdentityStore *m_identities = nullptr;
    session::Enrolment m_enrolment;
    QPointer<views::PassphraseDialog> m_passphrase;
    QPointer<views::JoinDialog> m_join;
    QPointer<views::ImportDialog> m_import;
    bool m_unattended = false;
};

} // namespace mesh::app
