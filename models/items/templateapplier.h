// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QObject>
#include <QtCore/QPointer>
#include <QtCore/QSet>

#include "models/protocol/command.h"
#include "models/protocol/meshtemplate.h"
#include "models/store/changeset.h"
#include "models/store/meshstore.h"

namespace mesh::items {

//! What became of a template in a mesh.
struct TemplateOutcome
{
    int done = 0;         //!< groups joined, state keys set, skills shared
    int kept = 0;         //!< state keys and skills that were there already and stay as they are
    QStringList failures; //!< "skill dev-team-member: not available"

    friend bool operator==(const TemplateOutcome &, const TemplateOutcome &) = default;
};

//! Puts a template into a mesh the way any client can: joins its groups, sets its state keys, shares its skills. What
//! the mesh has already is kept. Waits until the mesh is connected.
class TemplateApplier final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(TemplateApplier)

public:
    //! \a sink outlives it.
    explicit TemplateApplier(protocol::CommandSink &sink, QObject *parent = nullptr);

    //! Begins; finished() follows. One at a time: a second call while one runs is refused with false.
    bool apply(const protocol::MeshTemplate &meshTemplate, store::MeshStore &store);
    bool isRunning() const { return m_running; }

Q_SIGNALS:
    void finished(const mesh::items::TemplateOutcome &outcome);

private:
    void begin();
    void submit(const QString &what, protocol::Command command);
    void onChanged(const store::ChangeSet &changes);
    void end();

    protocol::CommandSink &m_sink;
    QPointer<store::MeshStore> m_store;
    protocol::MeshTemplate m_template;
    QHash<qint64, QString> m_waiting; //!< what each command does, by its number
    TemplateOutcome m_outcome;
    bool m_running = false;
    bool m_begun = false;
};

} // namespace mesh::items
