// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/meshseed.h"

#include "localmesh/brokeroptions.h"
#include "localmesh/database.h"
#include "localmesh/datafolder.h"
#include "localmesh/meshstore.h"
#include "localmesh/schema.h"
#include "localmesh/skillstore.h"
#include "localmesh/statestore.h"
#include "models/protocol/sodium.h"

#include <QtCore/QFile>
#include <QtCore/QFileInfo>

namespace mesh::local {

using namespace Qt::StringLiterals;
using protocol::Error;
using protocol::ErrorBand;
using protocol::Expected;
using protocol::MeshTemplate;

namespace {

constexpr qint64 templateBytesAtMost = 256 * 1024;

} // namespace

Expected<MeshTemplate> loadTemplate(const QString &keyOrPath)
{
    if (auto builtIn = protocol::builtInTemplate(keyOrPath))
        return *builtIn;
    QFile file(keyOrPath);
    if (!file.open(QIODevice::ReadOnly) || file.size() > templateBytesAtMost) {
        return Error{u"file"_s,
                     u"There is no template %1: it is neither a file of at most 256 KiB nor one of dev-team, research, "
                     "ops-incident, simulation and personal."_s.arg(keyOrPath),
                     ErrorBand::Persistent};
    }
    return protocol::parseTemplate(file.readAll(), QFileInfo(keyOrPath).fileName());
}

Expected<bool> seedMesh(const QString &dataDir, const MeshTemplate &meshTemplate)
{
    if (!protocol::initSodium())
        return Error{u"database"_s, u"This system has no source of random numbers."_s, ErrorBand::Persistent};
    if (auto prepared = DataFolder::prepare(dataDir); !prepared)
        return prepared.error();
    DataFolder folder;
    if (auto locked = folder.lock(dataDir); !locked)
        return locked.error();
    auto database = Database::open(DataFolder::databasePath(dataDir), true);
    if (!database)
        return database.error();
    if (auto prepared = prepareSchema(**database); !prepared)
        return prepared.error();
    MeshStore mesh(**database);
    const BrokerOptions defaults;
    const qint64 now = protocol::SystemClock().nowMs();
    if (auto loaded = mesh.load(defaults.meshSlug, defaults.meshName, now); !loaded)
        return loaded.error();
    StateStore state(**database);
    if (mesh.memberCount() > 0 || !state.keys().isEmpty())
        return false;

    const QString author = mesh.mesh().name;
    for (const protocol::TemplateState &entry : meshTemplate.state)
        state.set(entry.key, entry.value, author, now);
    state.set(QString(protocol::TemplateStateKey), protocol::templateStateValue(meshTemplate), author, now);
    SkillStore skills(**database);
    for (const protocol::TemplateSkill &skill : meshTemplate.skills) {
        protocol::ShareSkill frame;
        frame.name = skill.name;
        frame.description = skill.description;
        frame.instructions = skill.instructions;
        if (!skill.tags.isEmpty())
            frame.tags = skill.tags;
        skills.share(frame, author, now);
    }
    if (auto committed = (*database)->commit(); !committed)
        return committed.error();
    return true;
}

} // namespace mesh::local
