// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/session/sealedkeyfile.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QFile>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QSaveFile>

#include "models/protocol/encoding.h"
#include "models/protocol/storagecrypto.h"

namespace mesh::session {

using namespace Qt::StringLiterals;
using protocol::Error;
using protocol::ErrorBand;
using protocol::Expected;
using protocol::SecretBytes;

namespace {

constexpr qint64 maxFileBytes = 4 * 1024 * 1024; // some hundred meshes; more is not ours

struct KeyFileWords
{
    Q_DECLARE_TR_FUNCTIONS(SealedKeyFile)
};

Error error(QLatin1StringView code, const QString &detail)
{
    return Error{code, detail, ErrorBand::Persistent};
}

QByteArray associatedData(const QString &name)
{
    return "claudemesh-desktop key " + name.toUtf8();
}

} // namespace

Expected<std::unique_ptr<SealedKeyFile>> SealedKeyFile::create(const QString &path, const SecretBytes &passphrase)
{
    if (QFile::exists(path))
        return error("exists"_L1, KeyFileWords::tr("There is a key file at %1 already.").arg(path));
    std::unique_ptr<SealedKeyFile> file(new SealedKeyFile);
    file->m_path = path;
    file->m_master = protocol::generateStorageKey();
    auto sealed = protocol::sealWithPassphrase(file->m_master, passphrase);
    if (!sealed)
        return sealed.error();
    file->m_sealedMaster = *sealed;
    if (const auto saved = file->save(); !saved)
        return saved.error();
    return file;
}

Expected<std::unique_ptr<SealedKeyFile>> SealedKeyFile::open(const QString &path, const SecretBytes &passphrase)
{
    QFile disk(path);
    if (!disk.open(QIODevice::ReadOnly) || disk.size() > maxFileBytes)
        return error("read_failed"_L1,
                     KeyFileWords::tr("The key file %1 cannot be read: %2").arg(path, disk.errorString()));
    const Error damaged =
        error("malformed"_L1,
              KeyFileWords::tr("The key file %1 is damaged or not one of this program. It was left as it is; put a "
                               "copy of yours in its place.")
                  .arg(path));
    const QJsonObject root = QJsonDocument::fromJson(disk.readAll()).object();
    if (root.value("version"_L1).toInt() != 1)
        return damaged;

    std::unique_ptr<SealedKeyFile> file(new SealedKeyFile);
    file->m_path = path;
    const auto master = protocol::fromBase64(root.value("master"_L1).toString());
    if (!master)
        return damaged;
    file->m_sealedMaster = *master;
    const QJsonObject entries = root.value("entries"_L1).toObject();
    for (auto it = entries.begin(); it != entries.end(); ++it) {
        const auto sealed = protocol::fromBase64(it.value().toString());
        if (!sealed)
            return damaged;
        file->m_entries.insert(it.key(), *sealed);
    }

    auto key = protocol::openWithPassphrase(file->m_sealedMaster, passphrase);
    if (!key) {
        if (key.error().code == "cannot_open"_L1 || key.error().code == "passphrase_empty"_L1)
            return error("wrong_passphrase"_L1, KeyFileWords::tr("That is not the passphrase of this key file."));
        return key.error().code == "no_memory"_L1 ? key.error() : damaged;
    }
    file->m_master = std::move(*key);
    return file;
}

Expected<SecretBytes> SealedKeyFile::read(const QString &name) const
{
    const auto it = m_entries.constFind(name);
    if (it == m_entries.constEnd())
        return error("not_found"_L1, KeyFileWords::tr("The key file holds no secret called %1.").arg(name));
    auto value = protocol::openStorageSecret(*it, associatedData(name), m_master);
    if (!value)
        return error("malformed"_L1, KeyFileWords::tr("The secret %1 in the key file is damaged.").arg(name));
    return value;
}

Expected<void> SealedKeyFile::write(const QString &name, const SecretBytes &value)
{
    auto sealed = protocol::sealStorage(value.view(), associatedData(name), m_master);
    if (!sealed)
        return sealed.error();
    const auto before = m_entries;
    m_entries.insert(name, *sealed);
    auto saved = save();
    if (!saved)
        m_entries = before;
    return saved;
}

Expected<void> SealedKeyFile::remove(const QString &name)
{
    const auto before = m_entries;
    if (m_entries.remove(name) == 0)
        return {};
    auto saved = save();
    if (!saved)
        m_entries = before;
    return saved;
}

Expected<void> SealedKeyFile::save() const
{
    QJsonObject entries;
    for (auto it = m_entries.begin(); it != m_entries.end(); ++it)
        entries.insert(it.key(), protocol::toBase64(it.value()));
    const QJsonObject root{
        {u"version"_s, 1}, {u"master"_s, protocol::toBase64(m_sealedMaster)}, {u"entries"_s, entries}};
    QSaveFile disk(m_path);
    const bool written = disk.open(QIODevice::WriteOnly)
        && disk.setPermissions(QFileDevice::ReadOwner | QFileDevice::WriteOwner)
        && disk.write(QJsonDocument(root).toJson(QJsonDocument::Indented)) > 0 && disk.commit();
    if (!written)
        return error("write_failed"_L1,
                     KeyFileWords::tr("The key file %1 cannot be written: %2").arg(m_path, disk.errorString()));
    return {};
}

} // namespace mesh::session
