// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/personarunner.h"

#include <QtCore/QFile>
#include <QtCore/QSaveFile>
#include <QtCore/QUrl>

#include "localmesh/datafolder.h"
#include "models/protocol/sodium.h"

namespace mesh::local {

using namespace Qt::StringLiterals;
using protocol::Error;
using protocol::ErrorBand;
using protocol::Expected;
using protocol::SecretBytes;

namespace {

constexpr qsizetype rootKeyBytes = 32;
constexpr int politeBurst = 8;
constexpr double politePerSecond = 0.8;

//! What the personas' keys are derived from.
Expected<SecretBytes> rootKeyIn(const QString &dataDir)
{
    if (auto prepared = DataFolder::prepare(dataDir); !prepared)
        return prepared.error();
    const QString path = dataDir + "/personas.key"_L1;
    const auto bad = [&path](const QString &why) {
        return Error{u"data_dir"_s, u"The key file %1 cannot be used: %2."_s.arg(path, why), ErrorBand::Persistent};
    };
    QFile file(path);
    if (file.exists()) {
        if (!file.open(QIODevice::ReadOnly))
            return bad(file.errorString());
        QByteArray bytes = file.read(rootKeyBytes + 1);
        if (bytes.size() != rootKeyBytes)
            return bad(u"it does not hold 32 bytes"_s);
        return SecretBytes::takeFrom(bytes);
    }
    QByteArray bytes = protocol::randomBytes(rootKeyBytes);
    QSaveFile out(path);
    if (!out.open(QIODevice::WriteOnly) || !out.setPermissions(QFile::ReadOwner | QFile::WriteOwner)
        || out.write(bytes) != rootKeyBytes || !out.commit())
        return bad(out.errorString());
    return SecretBytes::takeFrom(bytes);
}

} // namespace

PersonaRunner::PersonaRunner(QObject *parent)
    : QObject(parent)
{
    connect(&m_troupe, &PersonaTroupe::failed, this, &PersonaRunner::failed);
    connect(&m_troupe, &PersonaTroupe::progress, this, [this](int connected, int all) {
        // One line when all are in, and one for each change after that.
        const bool first = m_told < 0;
        if (first && connected < all)
            return;
        if (connected == m_told)
            return;
        m_told = connected;
        Q_EMIT said(u"%1 of %2 personas are in %3"_s.arg(connected).arg(all).arg(m_meshSlug));
    });
}

PersonaPace PersonaRunner::paceFor(const protocol::Invite &invite)
{
    PersonaPace pace;
    if (!protocol::isLoopbackHost(QUrl(invite.brokerUrl).host())) {
        pace.sendBurst = politeBurst;
        pace.sendPerSecond = politePerSecond;
    }
    return pace;
}

Expected<void> PersonaRunner::start(const PersonaScenario &scenario, const QString &inviteLink, const QString &dataDir)
{
    if (!protocol::initSodium())
        return Error{u"data_dir"_s, u"This system has no source of random numbers."_s, ErrorBand::Persistent};
    const auto parsed = protocol::parseInvite(inviteLink);
    if (!parsed)
        return parsed.error();
    const auto *invite = std::get_if<protocol::Invite>(&*parsed);
    if (!invite)
        return Error{u"invite_short"_s, u"Short links cannot be used here; take the long one."_s,
                     ErrorBand::Persistent};
    const protocol::SystemClock clock;
    if (auto checked = protocol::verifyInvite(*invite, clock.nowMs()); !checked)
        return checked.error();
    auto rootKey = rootKeyIn(dataDir);
    if (!rootKey)
        return rootKey.error();
    m_meshSlug = invite->meshSlug;
    PersonaTroupe::Options options;
    options.scripts = scenario.scripts;
    options.inviteLink = inviteLink;
    options.seed = scenario.seed;
    options.firstSpeed = scenario.speed;
    options.pace = paceFor(*invite);
    m_troupe.start(std::move(options), std::move(*rootKey));
    return {};
}

} // namespace mesh::local
