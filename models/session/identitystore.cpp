// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/session/identitystore.h"

#include <QtCore/QFile>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QSaveFile>

#include <algorithm>
#include <memory>

#include "models/protocol/storagecrypto.h"
#include "models/session/keyvault.h"

namespace mesh::session {

using namespace Qt::StringLiterals;
using protocol::Error;
using protocol::ErrorBand;
using protocol::Expected;
using protocol::KeyPair;
using protocol::SecretBytes;

namespace {

QString memberName(const protocol::MeshId &mesh)
{
    return u"member/"_s + mesh;
}

QString sessionName(const protocol::MeshId &mesh)
{
    return u"session/"_s + mesh;
}

} // namespace

IdentityStore::IdentityStore(KeyVault &vault, const QString &file, QObject *parent)
    : QObject(parent)
    , m_vault(vault)
    , m_file(file)
{
}

Expected<void> IdentityStore::load()
{
    QFile file(m_file);
    if (!file.exists())
        return {};
    if (!file.open(QIODevice::ReadOnly))
        return Error{u"read_failed"_s, tr("%1 cannot be read: %2").arg(m_file, file.errorString()),
                     ErrorBand::Persistent};
    const QJsonDocument document = QJsonDocument::fromJson(file.readAll());
    const Error malformed{u"malformed"_s, tr("%1 is damaged. It was left as it is.").arg(m_file),
                          ErrorBand::Persistent};
    if (!document.object().value("meshes"_L1).isArray())
        return malformed;
    QList<MeshProfile> profiles;
    for (const QJsonValue &value : document.object().value("meshes"_L1).toArray()) {
        const auto profile = meshProfileFromJson(value.toObject());
        if (!profile)
            return malformed;
        profiles << *profile;
    }
    m_profiles = profiles;
    return {};
}

Expected<void> IdentityStore::save() const
{
    QJsonArray meshes;
    for (const MeshProfile &profile : m_profiles)
        meshes << toJson(profile);
    QSaveFile file(m_file);
    const QByteArray text = QJsonDocument(QJsonObject{{u"version"_s, 1}, {u"meshes"_s, meshes}}).toJson();
    if (file.open(QIODevice::WriteOnly) && file.setPermissions(QFileDevice::ReadOwner | QFileDevice::WriteOwner)
        && file.write(text) == text.size() && file.commit())
        return {};
    return Error{u"write_failed"_s, tr("%1 cannot be written: %2").arg(m_file, file.errorString()),
                 ErrorBand::Persistent};
}

void IdentityStore::add(const MeshProfile &profile, KeyPair member, Done done)
{
    m_vault.write(memberName(profile.meshId), member.secretKey.toHex(), this,
                  [this, profile, done = std::move(done)](Expected<void> written) {
                      if (!written) {
                          done(written);
                          return;
                      }
                      const auto before = m_profiles;
                      m_profiles.removeIf([&](const MeshProfile &other) { return other.meshId == profile.meshId; });
                      m_profiles << profile;
                      auto saved = save();
                      if (!saved)
                          m_profiles = before;
                      done(saved);
                  });
}

void IdentityStore::remove(const protocol::MeshId &mesh, Done done)
{
    const auto before = m_profiles;
    m_profiles.removeIf([&](const MeshProfile &profile) { return profile.meshId == mesh; });
    if (auto saved = save(); !saved) {
        m_profiles = before;
        done(saved);
        return;
    }
    m_vault.remove(sessionName(mesh), this, [this, mesh, done = std::move(done)](Expected<void>) {
        m_vault.remove(memberName(mesh), this, done);
    });
}

void IdentityStore::keys(const protocol::MeshId &mesh, std::function<void(Expected<Keys>)> done)
{
    m_vault.read(memberName(mesh), this, [this, mesh, done = std::move(done)](Expected<SecretBytes> hex) {
        if (!hex) {
            done(hex.error());
            return;
        }
        auto member = KeyPair::fromSecretHex(*hex);
        if (!member) {
            done(member.error());
            return;
        }
        auto shared = std::make_shared<KeyPair>(std::move(*member));
        sessionKey(mesh, [shared, done](Expected<KeyPair> session) {
            if (session)
                done(Keys{std::move(*shared), std::move(*session)});
            else
                done(session.error());
        });
    });
}

void IdentityStore::sessionKey(const protocol::MeshId &mesh, std::function<void(Expected<KeyPair>)> done)
{
    m_vault.read(sessionName(mesh), this, [this, mesh, done = std::move(done)](Expected<SecretBytes> hex) {
        if (hex) {
            done(KeyPair::fromSecretHex(*hex));
            return;
        }
        if (hex.error().code != "not_found"_L1) {
            done(hex.error());
            return;
        }
        auto fresh = std::make_shared<KeyPair>(KeyPair::generate());
        m_vault.write(sessionName(mesh), fresh->secretKey.toHex(), this, [fresh, done](Expected<void> written) {
            if (written)
                done(std::move(*fresh));
            else
                done(written.error());
        });
    });
}

void IdentityStore::storageKey(const QString &name, std::function<void(Expected<SecretBytes>)> done)
{
    const QString entry = u"storage/"_s + name;
    m_vault.read(entry, this, [this, entry, done = std::move(done)](Expected<SecretBytes> key) {
        if (key || key.error().code != "not_found"_L1) {
            done(std::move(key));
            return;
        }
        auto fresh = std::make_shared<SecretBytes>(protocol::generateStorageKey());
        m_vault.write(entry, fresh->clone(), this, [fresh, done](Expected<void> written) {
            if (written)
                done(std::move(*fresh));
            else
                done(written.error());
        });
    });
}

} // namespace mesh::session
