// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QObject>

#include "localmesh/personascenario.h"
#include "localmesh/personatroupe.h"

namespace mesh::local {

//! Runs a scenario from the command line: on the broker of this process, or on any broker by invite.
class PersonaRunner final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(PersonaRunner)

public:
    explicit PersonaRunner(QObject *parent = nullptr);

    //! Starts them with an invite that has a use for each of those that are not members yet. Their keys are derived
    //! from `personas.key` in \a dataDir (made with mode 0600 the first time), so that they stay the same members.
    //! Errors `data_dir`, `invite_*`.
    protocol::Expected<void> start(const PersonaScenario &scenario, const QString &inviteLink, const QString &dataDir);

    //! Bounds for a broker that others use as well: the original lets a member send ten messages, then one a second
    //! (wire reference 1.5).
    static PersonaPace paceFor(const protocol::Invite &invite);

Q_SIGNALS:
    //! A line worth printing: "12 of 12 personas are in personal".
    void said(const QString &line);
    //! They cannot go on.
    void failed(const mesh::protocol::Error &error);

private:
    PersonaTroupe m_troupe;
    QString m_meshSlug;
    int m_told = -1;
};

} // namespace mesh::local
