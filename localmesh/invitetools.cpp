// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/invitetools.h"

#include "localmesh/database.h"
#include "localmesh/datafolder.h"
#include "localmesh/invites.h"
#include "localmesh/meshstore.h"
#include "localmesh/schema.h"
#include "models/protocol/clock.h"

#include <QtCore/QDateTime>
#include <QtCore/QFileInfo>

#include <algorithm>
#include <array>

namespace mesh::local {

using namespace Qt::StringLiterals;
using protocol::Error;
using protocol::ErrorBand;
using protocol::Expected;
using protocol::InviteRecord;

namespace {

//! A mesh opened beside the broker that may run on it.
struct InviteFolder
{
    std::unique_ptr<Database> database;
    std::unique_ptr<MeshStore> mesh;
    std::unique_ptr<Invites> invites;

    static Expected<InviteFolder> open(const QString &dataDir, bool makeMesh)
    {
        const QString path = DataFolder::databasePath(dataDir);
        if (!makeMesh && !QFileInfo::exists(path)) {
            return Error{u"no_mesh"_s, u"There is no mesh in %1 yet."_s.arg(dataDir), ErrorBand::Persistent};
        }
        if (auto prepared = DataFolder::prepare(dataDir); !prepared)
            return prepared.error();
        auto database = Database::open(path, true);
        if (!database)
            return database.error();
        if (auto prepared = prepareSchema(**database); !prepared)
            return prepared.error();
        InviteFolder folder;
        folder.database = std::move(*database);
        folder.mesh = std::make_unique<MeshStore>(*folder.database);
        const BrokerOptions defaults;
        const protocol::SystemClock clock;
        if (auto loaded = folder.mesh->load(defaults.meshSlug, defaults.meshName, clock.nowMs()); !loaded)
            return loaded.error();
        folder.invites = std::make_unique<Invites>(*folder.database, *folder.mesh);
        return folder;
    }
};

QString wordOf(InviteRecord::State state)
{
    switch (state) {
    case InviteRecord::State::Open:
        return u"open"_s;
    case InviteRecord::State::UsedUp:
        return u"used up"_s;
    case InviteRecord::State::Expired:
        return u"expired"_s;
    case InviteRecord::State::Revoked:
        break;
    }
    return u"revoked"_s;
}

} // namespace

Expected<QString> makeInviteFor(const QString &dataDir, quint16 port, const InviteRequest &request)
{
    auto folder = InviteFolder::open(dataDir, true);
    if (!folder)
        return folder.error();
    // The address peers reached it by last, which may be a name and TLS, unless a port is asked for.
    QString url = folder->mesh->mesh().lastUrl;
    if (port != 0 || url.isEmpty())
        url = u"ws://127.0.0.1:%1/ws"_s.arg(port != 0 ? port : BrokerOptions().port);
    const protocol::SystemClock clock;
    const auto invite = folder->invites->make(request, url, clock.nowMs());
    if (auto committed = folder->database->commit(); !committed)
        return committed.error();
    if (!invite)
        return invite.error();
    return invite->link;
}

Expected<QList<InviteRecord>> listInvitesFor(const QString &dataDir)
{
    auto folder = InviteFolder::open(dataDir, false);
    if (!folder)
        return folder.error();
    return folder->invites->list();
}

Expected<InviteRecord> revokeInviteFor(const QString &dataDir, const QString &idOrLink)
{
    auto folder = InviteFolder::open(dataDir, false);
    if (!folder)
        return folder.error();
    const protocol::SystemClock clock;
    auto invite = folder->invites->revoke(idOrLink, clock.nowMs());
    if (auto committed = folder->database->commit(); !committed)
        return committed.error();
    return invite;
}

QString inviteTable(const QList<InviteRecord> &invites, qint64 nowMs)
{
    using Row = std::array<QString, 5>;
    QList<Row> rows{{u"ID"_s, u"ROLE"_s, u"USED"_s, u"EXPIRES"_s, u"STATE"_s}};
    for (const InviteRecord &invite : invites) {
        rows << Row{invite.id, invite.role, u"%1/%2"_s.arg(invite.used).arg(invite.maxUses),
                    QDateTime::fromMSecsSinceEpoch(invite.expiresAtMs).toString(u"yyyy-MM-dd HH:mm"_s),
                    wordOf(invite.state(nowMs))};
    }
    std::array<qsizetype, 5> widths{};
    for (const Row &row : std::as_const(rows)) {
        for (size_t i = 0; i < row.size(); ++i)
            widths[i] = std::max(widths[i], row[i].size());
    }
    QString text;
    for (const Row &row : std::as_const(rows)) {
        QString line;
        for (size_t i = 0; i < row.size(); ++i)
            line += row[i].leftJustified(widths[i] + 2);
        text += line.trimmed() + u'\n';
    }
    return text;
}

} // namespace mesh::local
