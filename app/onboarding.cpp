// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/onboarding.h"

#include <QtCore/QFile>

#include <algorithm>
#include <memory>

#include "models/session/cliconfig.h"
#include "views/importdialog.h"
#include "views/joindialog.h"
#include "views/passphrasedialog.h"

namespace mesh::app {

using namespace Qt::StringLiterals;
using protocol::Error;
using protocol::ErrorBand;
using protocol::Expected;
using protocol::SecretBytes;
using session::KeyVault;
using session::MeshProfile;
using views::PassphraseDialog;

Onboarding::Onboarding(views::Theme &theme, const protocol::Clock &clock, KeyVault &vault, QWidget *window)
    : QObject(window)
    , m_theme(theme)
    , m_clock(clock)
    , m_vault(vault)
    , m_window(window)
    , m_enrolment(clock)
{
    connect(&vault, &KeyVault::passphraseWanted, this, &Onboarding::askPassphrase);
    connect(&vault, &KeyVault::opened, this, [this] {
        if (m_passphrase)
            m_passphrase->accept();
    });
}

Onboarding::~Onboarding() = default;

// --- the vault ----------------------------------------------------------------------------------------------------

bool Onboarding::passphraseFromFile(KeyVault::Ask ask)
{
    const QString path = qEnvironmentVariable(passphraseVariable);
    if (path.isEmpty())
        return false;
    const auto refuse = [this](const QString &why) {
        Q_EMIT vaultRefused(Error{u"passphrase_file"_s, why, ErrorBand::Persistent});
        return true;
    };
    if (ask == KeyVault::Ask::Retry)
        return refuse(tr("The passphrase in %1 does not open the key file.").arg(path));
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return refuse(tr("The passphrase file %1 cannot be read: %2").arg(path, file.errorString()));
    QByteArray line = file.readLine(4096);
    while (line.endsWith('\n') || line.endsWith('\r'))
        line.chop(1);
    if (line.size() < PassphraseDialog::MinLength) {
        protocol::wipe(line);
        return refuse(tr("The passphrase in %1 is too short: %2 characters at least.")
                          .arg(path)
                          .arg(PassphraseDialog::MinLength));
    }
    SecretBytes passphrase = SecretBytes::takeFrom(line);
    if (ask == KeyVault::Ask::Create)
        m_vault.create(std::move(passphrase));
    else
        m_vault.unlock(std::move(passphrase));
    return true;
}

void Onboarding::askPassphrase(KeyVault::Ask ask)
{
    if (passphraseFromFile(ask))
        return;
    if (m_unattended) {
        Q_EMIT vaultRefused(
            Error{u"nobody_to_ask"_s,
                  tr("A passphrase is needed and nobody can be asked. Name a file that holds one in %1.")
                      .arg(QLatin1StringView(passphraseVariable)),
                  ErrorBand::Persistent});
        return;
    }
    if (m_passphrase && ask == KeyVault::Ask::Retry) {
        m_passphrase->setBusy(false);
        m_passphrase->showWrongPassphrase();
        return;
    }
    const bool create = ask == KeyVault::Ask::Create;
    m_passphrase = new PassphraseDialog(
        m_theme, create ? PassphraseDialog::Purpose::Create : PassphraseDialog::Purpose::Unlock, m_window);
    m_passphrase->setAttribute(Qt::WA_DeleteOnClose);
    connect(m_passphrase, &PassphraseDialog::passphraseEntered, this, [this, create] {
        m_passphrase->setBusy(true);
        if (create)
            m_vault.create(m_passphrase->takePassphrase());
        else
            m_vault.unlock(m_passphrase->takePassphrase());
    });
    connect(m_passphrase, &QDialog::rejected, this, [this] {
        Q_EMIT vaultRefused(
            Error{u"no_passphrase"_s,
                  tr("Without the passphrase your keys stay closed. Start again when you have it; nothing was "
                     "changed."),
                  ErrorBand::Persistent});
    });
    m_passphrase->open();
}

// --- joining ------------------------------------------------------------------------------------------------------

void Onboarding::join(const QString &link, const QString &displayName)
{
    if (m_join) {
        m_join->setLink(link);
        m_join->raise();
        return;
    }
    m_join = new views::JoinDialog(m_theme, m_clock, displayName, m_window);
    m_join->setAttribute(Qt::WA_DeleteOnClose);
    connect(m_join, &views::JoinDialog::shortInviteEntered, this, &Onboarding::resolve);
    connect(m_join, &views::JoinDialog::joinRequested, this, &Onboarding::enrol);
    connect(m_join, &QDialog::rejected, this, &Onboarding::cancelled);
    if (!link.isEmpty())
        m_join->setLink(link);
    m_join->open();
}

void Onboarding::resolve(const protocol::ShortInvite &code)
{
    m_join->setBusy(true);
    m_enrolment.resolve(code, [dialog = m_join](Expected<protocol::Invite> invite) {
        if (!dialog)
            return;
        dialog->setBusy(false);
        if (invite)
            dialog->setResolvedToken(invite->token);
        else
            dialog->setProblem(invite.error());
    });
}

void Onboarding::enrol(const protocol::Invite &invite, const QString &displayName)
{
    m_join->setBusy(true);
    auto member = std::make_shared<protocol::KeyPair>(protocol::KeyPair::generate());
    m_enrolment.join(invite, member->publicKey, displayName, [this, member](Expected<MeshProfile> joined) {
        const auto fail = [this](const Error &error) {
            if (m_join) {
                m_join->setBusy(false);
                m_join->setProblem(error);
            }
        };
        if (!joined) {
            fail(joined.error());
            return;
        }
        m_identities->add(*joined, std::move(*member), [this, profile = *joined, fail](Expected<void> kept) {
            if (!kept) {
                fail(kept.error());
                return;
            }
            if (m_join)
                m_join->accept();
            Q_EMIT memberOf(profile);
        });
    });
}

// --- importing ----------------------------------------------------------------------------------------------------

void Onboarding::importFrom(const QString &folder, const QString &displayName)
{
    const auto reader = [this](const QString &dir) -> Expected<views::ImportListing> {
        const auto config = session::readCliConfig(dir);
        if (!config)
            return config.error();
        views::ImportListing listing;
        listing.displayName = config->displayName;
        listing.skipped = config->skipped;
        for (const session::CliMesh &found : config->meshes) {
            views::ImportCandidate candidate;
            candidate.meshId = found.profile.meshId;
            candidate.slug = found.profile.slug;
            candidate.name = found.profile.name;
            candidate.brokerUrl = found.profile.brokerUrl;
            candidate.memberKey = found.member.publicKey.hex();
            if (found.unregisteredKey)
                candidate.problem =
                    tr("Joined by a short link whose key the broker does not know; it will most likely refuse.");
            const auto &mine = m_identities->profiles();
            candidate.known = std::any_of(mine.begin(), mine.end(),
                                          [&](const MeshProfile &p) { return p.meshId == candidate.meshId; });
            listing.meshes << candidate;
        }
        return listing;
    };
    m_import =
        new views::ImportDialog(m_theme, folder.isEmpty() ? session::defaultCliConfigDir() : folder, reader, m_window);
    m_import->setAttribute(Qt::WA_DeleteOnClose);
    connect(m_import, &views::ImportDialog::importRequested, this,
            [this, displayName](const QString &dir, const QStringList &ids) { importMeshes(dir, ids, displayName); });
    connect(m_import, &views::ImportDialog::inviteInsteadRequested, this, [this, displayName] {
        m_import->disconnect(this);
        m_import->close();
        join({}, displayName);
    });
    connect(m_import, &QDialog::rejected, this, &Onboarding::cancelled);
    m_import->open();
}

void Onboarding::importMeshes(const QString &folder, const QStringList &meshIds, const QString &displayName)
{
    // Read once more: what the dialog showed may be minutes old.
    auto config = session::readCliConfig(folder);
    if (!config) {
        m_import->setProblem(config.error().detail);
        return;
    }
    for (session::CliMesh &found : config->meshes) {
        if (!meshIds.contains(found.profile.meshId))
            continue;
        MeshProfile profile = found.profile;
        profile.displayName = displayName;
        m_identities->add(profile, std::move(found.member), [this, profile](Expected<void> kept) {
            if (kept) {
                if (m_import)
                    m_import->accept();
                Q_EMIT memberOf(profile);
            } else if (m_import) {
                m_import->setProblem(kept.error().detail);
            }
        });
    }
}

} // namespace mesh::app
