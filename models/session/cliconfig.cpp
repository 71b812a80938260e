// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/session/cliconfig.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QProcessEnvironment>

#include "models/protocol/secretbytes.h"

namespace mesh::session {

using namespace Qt::StringLiterals;
using protocol::Error;
using protocol::ErrorBand;
using protocol::Expected;

namespace {

constexpr qint64 maxConfigBytes = 4 * 1024 * 1024;

struct ConfigWords
{
    Q_DECLARE_TR_FUNCTIONS(CliConfig)
};

Error error(QLatin1StringView code, const QString &detail)
{
    return Error{code, detail, ErrorBand::Persistent};
}

//! Why the entry cannot be used, or nothing with \a mesh filled in.
QString readEntry(const QJsonObject &entry, CliMesh &mesh)
{
    MeshProfile &profile = mesh.profile;
    profile.meshId = entry.value("meshId"_L1).toString();
    profile.memberId = entry.value("memberId"_L1).toString();
    profile.slug = entry.value("slug"_L1).toString();
    profile.name = entry.value("name"_L1).toString(profile.slug);
    profile.brokerUrl = entry.value("brokerUrl"_L1).toString();
    const QString label = profile.slug.isEmpty() ? ConfigWords::tr("A mesh without a name") : profile.slug;
    if (profile.meshId.isEmpty() || profile.memberId.isEmpty() || profile.slug.isEmpty() || profile.brokerUrl.isEmpty())
        return ConfigWords::tr("%1: the entry is incomplete.").arg(label);
    QString secret = entry.value("secretKey"_L1).toString();
    auto pair = protocol::KeyPair::fromSecretHex(secret);
    protocol::wipe(secret);
    if (!pair || pair->publicKey.hex() != entry.value("pubkey"_L1).toString())
        return ConfigWords::tr("%1: its secret key does not belong to its public key.").arg(label);
    // The round trip checks ids and the broker's address by the one rule there is.
    if (const auto checked = meshProfileFromJson(toJson(profile)); !checked)
        return ConfigWords::tr("%1: %2").arg(label, checked.error().detail);
    mesh.member = std::move(*pair);
    mesh.unregisteredKey = entry.value("inviteVersion"_L1).toInt(1) == 2;
    return {};
}

} // namespace

QString defaultCliConfigDir()
{
    const QString fromEnvironment = QProcessEnvironment::systemEnvironment().value(u"CLAUDEMESH_CONFIG_DIR"_s);
    if (!fromEnvironment.isEmpty() && QDir(fromEnvironment).exists())
        return fromEnvironment;
    return QDir::homePath() + u"/.claudemesh"_s;
}

Expected<CliConfig> readCliConfig(const QString &dir)
{
    const QString path = QDir(dir).filePath(u"config.json"_s);
    QFile file(path);
    if (!file.exists())
        return error("not_found"_L1,
                     ConfigWords::tr("There is no configuration of the claudemesh CLI in %1.").arg(dir));
    if (!file.open(QIODevice::ReadOnly))
        return error("read_failed"_L1, ConfigWords::tr("%1 cannot be read: %2").arg(path, file.errorString()));
    const Error malformed =
        error("malformed"_L1, ConfigWords::tr("%1 is not a configuration of the claudemesh CLI.").arg(path));
    if (file.size() > maxConfigBytes)
        return malformed;
    QByteArray bytes = file.readAll();
    const QJsonDocument document = QJsonDocument::fromJson(bytes);
    protocol::wipe(bytes);
    if (!document.isObject() || !document.object().value("meshes"_L1).isArray())
        return malformed;
    const QJsonObject root = document.object();
    if (root.value("version"_L1).toInt(1) != 1)
        return error("version"_L1, ConfigWords::tr("%1 has a version that this program does not know.").arg(path));

    CliConfig config;
    config.displayName = root.value("displayName"_L1).toString().simplified().left(64);
    const QJsonArray meshes = root.value("meshes"_L1).toArray();
    for (const QJsonValue &entry : meshes) {
        CliMesh mesh;
        if (const QString why = readEntry(entry.toObject(), mesh); !why.isEmpty()) {
            config.skipped << why;
            continue;
        }
        mesh.profile.displayName = config.displayName;
        config.meshes.push_back(std::move(mesh));
    }
    return config;
}

} // namespace mesh::session
