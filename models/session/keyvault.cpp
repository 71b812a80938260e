// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/session/keyvault.h"

#include <QtCore/QFile>
#include <QtCore/QSaveFile>
#include <QtCore/QThread>
#include <QtCore/QUuid>

#include <qt6keychain/keychain.h>

#include "models/protocol/logging.h"
#include "models/session/sealedkeyfile.h"

namespace mesh::session {

using namespace Qt::StringLiterals;
using protocol::Error;
using protocol::ErrorBand;
using protocol::Expected;
using protocol::SecretBytes;

namespace {

constexpr auto keyFileName = "keys.sealed"_L1;
constexpr auto installationFileName = "installation"_L1;
constexpr auto keychainMarker = "keys-in-keychain"_L1;

bool writeSmallFile(const QString &path, const QByteArray &text)
{
    QSaveFile file(path);
    return file.open(QIODevice::WriteOnly) && file.setPermissions(QFileDevice::ReadOwner | QFileDevice::WriteOwner)
        && file.write(text) == text.size() && file.commit();
}

//! Tells this data folder's entries in the keychain from another's.
QString installationId(const QString &folder)
{
    const QString path = folder + u'/' + installationFileName;
    QFile file(path);
    if (file.open(QIODevice::ReadOnly)) {
        const QUuid id = QUuid::fromString(QString::fromLatin1(file.read(64)).trimmed());
        if (!id.isNull())
            return id.toString(QUuid::WithoutBraces);
    }
    const QString id = QUuid::createUuid().toString(QUuid::WithoutBraces);
    writeSmallFile(path, id.toLatin1() + '\n');
    return id;
}

Error keychainError(const QKeychain::Job &job)
{
    if (job.error() == QKeychain::EntryNotFound)
        return Error{u"not_found"_s, KeyVault::tr("The keychain holds no such secret."), ErrorBand::Persistent};
    if (job.error() == QKeychain::AccessDeniedByUser || job.error() == QKeychain::AccessDenied) {
        return Error{u"keychain_denied"_s, KeyVault::tr("The keychain refused access: %1").arg(job.errorString()),
                     ErrorBand::Persistent};
    }
    return Error{u"keychain_failed"_s, KeyVault::tr("The keychain failed: %1").arg(job.errorString()),
                 ErrorBand::Persistent};
}

} // namespace

KeyVault::KeyVault(Options options, QObject *parent)
    : QObject(parent)
    , m_options(std::move(options))
{
    m_probeTimer.setSingleShot(true);
    connect(&m_probeTimer, &QTimer::timeout, this, &KeyVault::noKeychain);
}

KeyVault::~KeyVault()
{
    // A derivation under way cannot be interrupted; it takes about a second.
    for (QThread *thread : findChildren<QThread *>())
        thread->wait();
}

void KeyVault::open()
{
    if (m_backend != Backend::None || m_working)
        return;
    m_installation = installationId(m_options.folder);
    if (QFile::exists(m_options.folder + u'/' + keyFileName)) {
        Q_EMIT passphraseWanted(Ask::Unlock);
        return;
    }
    probeKeychain();
}

void KeyVault::probeKeychain()
{
    m_probeTimer.start(m_options.probeTimeoutMs);
    // Written, not read: a service without a keyring answers reads, and would ask for a new keyring's password at the
    // first write, where perhaps nobody can answer.
    auto *job = new QKeychain::WritePasswordJob(m_options.service, this);
    job->setKey(keychainKey(u"probe"_s));
    job->setBinaryData("works");
    job->setInsecureFallback(false);
    connect(job, &QKeychain::Job::finished, this, [this](QKeychain::Job *done) {
        // An answer after the time-out still counts, as long as nobody made a key file meanwhile: the user may just
        // have needed a moment to unlock the keyring.
        if (m_backend != Backend::None || m_working)
            return;
        if (done->error() == QKeychain::NoError) {
            useKeychain();
        } else if (m_probeTimer.isActive()) {
            qCInfo(lcIdentity) << "no keychain:" << done->error() << done->errorString();
            noKeychain();
        }
    });
    job->start();
}

void KeyVault::useKeychain()
{
    m_probeTimer.stop();
    m_backend = Backend::Keychain;
    writeSmallFile(m_options.folder + u'/' + keychainMarker,
                   "The secrets of this folder are in the system's keychain.\n");
    Q_EMIT opened(m_backend);
}

void KeyVault::noKeychain()
{
    m_probeTimer.stop();
    if (QFile::exists(m_options.folder + u'/' + keychainMarker)) {
        // A second identity beside the one in the keychain would look like lost messages.
        Q_EMIT failed(
            Error{u"keychain_away"_s,
                  tr("Your keys are in the system's keychain, and it does not answer. Start or unlock it, then "
                     "try again. Nothing was changed."),
                  ErrorBand::Persistent});
        return;
    }
    Q_EMIT passphraseWanted(Ask::Create);
}

QString KeyVault::keychainKey(const QString &name) const
{
    return m_installation + u'/' + name;
}

void KeyVault::workOnFile(std::function<Expected<std::unique_ptr<SealedKeyFile>>()> work, Ask onWrong)
{
    if (m_working || m_backend != Backend::None)
        return;
    m_working = true;
    m_probeTimer.stop();
    auto result = std::make_shared<std::optional<Expected<std::unique_ptr<SealedKeyFile>>>>();
    QThread *thread = QThread::create([work = std::move(work), result] { result->emplace(work()); });
    thread->setParent(this);
    connect(thread, &QThread::finished, this, [this, thread, result, onWrong] {
        thread->deleteLater();
        m_working = false;
        auto &file = **result;
        if (file) {
            m_file = std::move(*file);
            m_backend = Backend::PassphraseFile;
            Q_EMIT opened(m_backend);
        } else if (file.error().code == "wrong_passphrase"_L1) {
            Q_EMIT passphraseWanted(onWrong);
        } else {
            Q_EMIT failed(file.error());
        }
    });
    thread->start();
}

void KeyVault::create(SecretBytes passphrase)
{
    auto shared = std::make_shared<SecretBytes>(std::move(passphrase));
    const QString path = m_options.folder + u'/' + keyFileName;
    workOnFile([path, shared] { return SealedKeyFile::create(path, *shared); }, Ask::Create);
}

void KeyVault::unlock(SecretBytes passphrase)
{
    auto shared = std::make_shared<SecretBytes>(std::move(passphrase));
    const QString path = m_options.folder + u'/' + keyFileName;
    workOnFile([path, shared] { return SealedKeyFile::open(path, *shared); }, Ask::Retry);
}

void KeyVault::read(const QString &name, QObject *context, ReadDone done)
{
    if (m_backend != Backend::Keychain) {
        const Error closed{u"vault_closed"_s, tr("The key vault is not open."), ErrorBand::Persistent};
        auto value =
            std::make_shared<Expected<SecretBytes>>(m_file ? m_file->read(name) : Expected<SecretBytes>(closed));
        QMetaObject::invokeMethod(
            context, [value, done = std::move(done)] { done(std::move(*value)); }, Qt::QueuedConnection);
        return;
    }
    auto *job = new QKeychain::ReadPasswordJob(m_options.service, this);
    job->setKey(keychainKey(name));
    job->setInsecureFallback(false);
    connect(job, &QKeychain::Job::finished, context,
            [this, job, context, done = std::move(done)](QKeychain::Job *finished) {
                if (finished->error() == QKeychain::EntryNotFound) {
                    tellMissing(context, done);
                    return;
                }
                if (finished->error() != QKeychain::NoError) {
                    done(keychainError(*finished));
                    return;
                }
                QByteArray bytes = job->binaryData();
                done(SecretBytes::takeFrom(bytes));
            });
    job->start();
}

//! A locked keyring whose unlocking nobody answered finds nothing, as if it had nothing. Taken for the truth, that
//! would have fresh keys written over the old ones; whether it is true, a write tells.
void KeyVault::tellMissing(QObject *context, ReadDone done)
{
    auto *probe = new QKeychain::WritePasswordJob(m_options.service, this);
    probe->setKey(keychainKey(u"probe"_s));
    probe->setBinaryData("works");
    probe->setInsecureFallback(false);
    connect(probe, &QKeychain::Job::finished, context, [done = std::move(done)](QKeychain::Job *finished) {
        if (finished->error() == QKeychain::NoError)
            done(Error{u"not_found"_s, tr("The keychain holds no such secret."), ErrorBand::Persistent});
        else
            done(Error{u"keychain_locked"_s,
                       tr("The keychain is locked. Unlock it and try again; nothing was changed."),
                       ErrorBand::Persistent});
    });
    probe->start();
}

void KeyVault::write(const QString &name, SecretBytes value, QObject *context, WriteDone done)
{
    if (m_backend != Backend::Keychain) {
        const Error closed{u"vault_closed"_s, tr("The key vault is not open."), ErrorBand::Persistent};
        const Expected<void> result = m_file ? m_file->write(name, value) : Expected<void>(closed);
        QMetaObject::invokeMethod(
            context, [result, done = std::move(done)] { done(result); }, Qt::QueuedConnection);
        return;
    }
    auto *job = new QKeychain::WritePasswordJob(m_options.service, this);
    job->setKey(keychainKey(name));
    job->setInsecureFallback(false);
    job->setBinaryData(value.view().toByteArray());
    connect(job, &QKeychain::Job::finished, context, [done = std::move(done)](QKeychain::Job *finished) {
        done(finished->error() == QKeychain::NoError ? Expected<void>() : Expected<void>(keychainError(*finished)));
    });
    job->start();
}

void KeyVault::remove(const QString &name, QObject *context, WriteDone done)
{
    if (m_backend != Backend::Keychain) {
        const Error closed{u"vault_closed"_s, tr("The key vault is not open."), ErrorBand::Persistent};
        const Expected<void> result = m_file ? m_file->remove(name) : Expected<void>(closed);
        QMetaObject::invokeMethod(
            context, [result, done = std::move(done)] { done(result); }, Qt::QueuedConnection);
        return;
    }
    auto *job = new QKeychain::DeletePasswordJob(m_options.service, this);
    job->setKey(keychainKey(name));
    job->setInsecureFallback(false);
    connect(job, &QKeychain::Job::finished, context, [done = std::move(done)](QKeychain::Job *finished) {
        const bool gone = finished->error() == QKeychain::NoError || finished->error() == QKeychain::EntryNotFound;
        done(gone ? Expected<void>() : Expected<void>(keychainError(*finished)));
    });
    job->start();
}

} // namespace mesh::session
