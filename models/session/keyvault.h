// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QObject>
#include <QtCore/QPointer>
#include <QtCore/QString>
#include <QtCore/QTimer>

#include <functional>
#include <memory>

#include "models/protocol/expected.h"
#include "models/protocol/secretbytes.h"

namespace mesh::session {

class SealedKeyFile;

//! Where the secrets of this installation are: the system's keychain (QtKeychain), or, where no secret service answers,
//! a file sealed with a passphrase. Never plain text. Lives on the GUI thread, since the keychain's client library
//! wants the main event loop.
//!
//! open() ends in one of opened(), passphraseWanted() or failed(). After passphraseWanted(), unlock() or create() try,
//! and end in opened() or in passphraseWanted() again with the reason.
class KeyVault final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(KeyVault)

public:
    enum class Backend { None, Keychain, PassphraseFile };
    //! Why a passphrase is asked for.
    enum class Ask {
        Create, //!< no secret service, and no key file yet
        Unlock, //!< there is a key file
        Retry,  //!< the passphrase was wrong
    };

    struct Options
    {
        QString folder; //!< where the key file and the installation's id are kept
        QString service = QStringLiteral("claudemesh-desktop"); //!< as the keychain shows it
        int probeTimeoutMs = 3000;                              //!< how long a secret service may take to answer
    };

    explicit KeyVault(Options options, QObject *parent = nullptr);
    ~KeyVault() override;

    void open();
    Backend backend() const { return m_backend; }
    //! Tells this data folder's installation from others; made at the first open().
    const QString &installation() const { return m_installation; }

    //! Makes the key file, sealed with \a passphrase (at least 12 characters are the caller's rule). Takes about a
    //! second, on a thread of its own.
    void create(protocol::SecretBytes passphrase);
    //! Opens the key file.
    void unlock(protocol::SecretBytes passphrase);

    using ReadDone = std::function<void(protocol::Expected<protocol::SecretBytes>)>;
    using WriteDone = std::function<void(protocol::Expected<void>)>;
    //! The secret called \a name; error `not_found` where there is none, `keychain_locked` where the keychain was
    //! locked meanwhile and stays so, `keychain_denied` and `keychain_failed` where the service refuses or fails. \a
    //! done is called later, on this thread, unless \a context is gone by then.
    void read(const QString &name, QObject *context, ReadDone done);
    void write(const QString &name, protocol::SecretBytes value, QObject *context, WriteDone done);
    void remove(const QString &name, QObject *context, WriteDone done);

Q_SIGNALS:
    void opened(mesh::session::KeyVault::Backend backend);
    void passphraseWanted(mesh::session::KeyVault::Ask ask);
    //! Persistent: the user has to act, then open() may be called again.
    void failed(const mesh::protocol::Error &error);

private:
    void probeKeychain();
    void useKeychain();
    void noKeychain();
    QString keychainKey(const QString &name) const;
    void tellMissing(QObject *context, ReadDone done);
    void workOnFile(std::function<protocol::Expected<std::unique_ptr<SealedKeyFile>>()> work, Ask onWrong);

    Options m_options;
    QString m_installation;
    Backend m_backend = Backend::None;
    std::unique_ptr<SealedKeyFile> m_file;
    QTimer m_probeTimer;
    bool m_working = false;
};

} // namespace mesh::session
