// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/personalmesh.h"

#include <algorithm>
#include <memory>

#include "models/protocol/logging.h"

namespace mesh::app {

using namespace Qt::StringLiterals;
using protocol::Error;
using protocol::Expected;
using protocol::InviteRecord;
using session::MeshProfile;

namespace {

local::InviteRequest ownInvite(local::InviteRole role, int uses)
{
    return {.role = role, .maxUses = uses, .lifetimeSeconds = 3'600, .forProgram = true};
}

} // namespace

//! The broker's invites, asked for on its own thread.
class PersonalMesh::Desk final : public protocol::InviteDesk
{
public:
    explicit Desk(local::BrokerThread &broker)
        : m_broker(broker)
    {
    }

    void list(Done<QList<InviteRecord>> done) override
    {
        m_broker.ask<QList<InviteRecord>>([](local::LocalBroker &broker) { return broker.invites(); }, std::move(done));
    }
    void make(const protocol::InviteWish &wish, Done<InviteRecord> done) override
    {
        local::InviteRequest request;
        request.role = wish.role == "admin"_L1 ? local::InviteRole::Admin : local::InviteRole::Member;
        request.maxUses = wish.maxUses;
        request.lifetimeSeconds = wish.lifetimeSeconds;
        m_broker.ask<InviteRecord>([request](local::LocalBroker &broker) { return broker.issueInvite(request); },
                                   std::move(done));
    }
    void revoke(const QString &id, Done<InviteRecord> done) override
    {
        m_broker.ask<InviteRecord>([id](local::LocalBroker &broker) { return broker.revokeInvite(id); },
                                   std::move(done));
    }

private:
    local::BrokerThread &m_broker;
};

PersonalMesh::PersonalMesh(session::IdentityStore &identities, const protocol::Clock &clock, const QString &dataDir,
                           QObject *parent)
    : QObject(parent)
    , m_identities(identities)
    , m_dataDir(dataDir)
    , m_enrolment(clock)
    , m_desk(std::make_unique<Desk>(m_broker))
{
    connect(&m_troupe, &local::PersonaTroupe::failed, this,
            [this](const Error &error) { Q_EMIT troubled(tr("The personas cannot join: %1").arg(error.detail)); });
}

PersonalMesh::~PersonalMesh() = default;

void PersonalMesh::start(const QString &displayName)
{
    local::BrokerOptions options;
    options.dataDir = m_dataDir;
    options.port = usualPort;
    auto port = m_broker.start(options);
    if (!port && port.error().code == "port_taken"_L1) {
        // Links made earlier name the usual port; a mesh on another one is still better than none.
        options.port = 0;
        port = m_broker.start(options);
        if (port)
            Q_EMIT troubled(
                tr("Port %1 is in use, so the personal mesh is on port %2 this time.").arg(usualPort).arg(*port));
    }
    if (!port) {
        Q_EMIT failed(port.error());
        return;
    }
    const auto &profiles = m_identities.profiles();
    const auto known = std::find_if(profiles.begin(), profiles.end(),
                                    [this](const MeshProfile &profile) { return profile.meshId == m_broker.meshId(); });
    if (known == profiles.end()) {
        enrol(displayName);
        return;
    }
    MeshProfile profile = *known;
    profile.brokerUrl = m_broker.brokerUrl();
    Q_EMIT ready(profile);
}

void PersonalMesh::enrol(const QString &displayName)
{
    const auto link = m_broker.makeInvite(ownInvite(local::InviteRole::Admin, 1));
    const auto parsed = link ? protocol::parseInvite(*link) : Expected<protocol::ParsedInvite>(link.error());
    if (!parsed) {
        Q_EMIT failed(parsed.error());
        return;
    }
    auto member = std::make_shared<protocol::KeyPair>(protocol::KeyPair::generate());
    const auto key = member->publicKey;
    m_enrolment.join(std::get<protocol::Invite>(*parsed), key, displayName,
                     [this, member](Expected<MeshProfile> joined) {
                         if (!joined) {
                             Q_EMIT failed(joined.error());
                             return;
                         }
                         MeshProfile profile = *joined;
                         profile.personal = true;
                         m_isNew = true;
                         profile.name = tr("Personal mesh");
                         m_identities.add(profile, std::move(*member), [this, profile](Expected<void> kept) {
                             if (kept)
                                 Q_EMIT ready(profile);
                             else
                                 Q_EMIT failed(kept.error());
                         });
                     });
}

void PersonalMesh::setPersonasRunning(bool running)
{
    if (running == m_troupe.isRunning())
        return;
    if (running)
        runTroupe();
    else
        m_troupe.stop();
}

void PersonalMesh::runTroupe()
{
    const auto scripts = local::builtInPersonas();
    if (!scripts) {
        Q_EMIT troubled(scripts.error().detail);
        return;
    }
    const auto link = m_broker.makeInvite(ownInvite(local::InviteRole::Member, int(scripts->size())));
    if (!link) {
        Q_EMIT troubled(link.error().detail);
        return;
    }
    local::PersonaTroupe::Options options;
    options.scripts = *scripts;
    options.inviteLink = *link;
    m_identities.storageKey(u"personas"_s, [this, options](Expected<protocol::SecretBytes> key) {
        if (key)
            m_troupe.start(options, std::move(*key));
        else
            Q_EMIT troubled(key.error().detail);
    });
}

protocol::InviteDesk &PersonalMesh::invites()
{
    return *m_desk;
}

Expected<QString> PersonalMesh::makeInvite(const QString &role)
{
    return m_broker.makeInvite(role == "admin"_L1 ? local::InviteRole::Admin : local::InviteRole::Member);
}

} // namespace mesh::app
