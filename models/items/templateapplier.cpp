// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/templateapplier.h"

#include <algorithm>

namespace mesh::items {

using namespace Qt::StringLiterals;
namespace commands = protocol::commands;

TemplateApplier::TemplateApplier(protocol::CommandSink &sink, QObject *parent)
    : QObject(parent)
    , m_sink(sink)
{
}

bool TemplateApplier::apply(const protocol::MeshTemplate &meshTemplate, store::MeshStore &store)
{
    if (m_running)
        return false;
    m_running = true;
    m_begun = false;
    m_template = meshTemplate;
    m_outcome = {};
    m_store = &store;
    connect(&store, &store::MeshStore::changed, this, &TemplateApplier::onChanged);
    connect(&store, &QObject::destroyed, this, &TemplateApplier::end);
    if (store.connection().online())
        begin();
    return true;
}

void TemplateApplier::begin()
{
    m_begun = true;
    for (const protocol::TemplateGroup &group : std::as_const(m_template.groups))
        submit(tr("group %1").arg(group.name), commands::JoinGroup{group.name, group.roles.value(0)});
    const auto set = [this](const QString &key, const QJsonValue &value) {
        if (m_store->state(key))
            ++m_outcome.kept;
        else
            submit(tr("state %1").arg(key), commands::SetState{key, value});
    };
    for (const protocol::TemplateState &state : std::as_const(m_template.state))
        set(state.key, state.value);
    // Which template a mesh follows is told anew each time.
    submit(tr("state %1").arg(protocol::TemplateStateKey),
           commands::SetState{QString(protocol::TemplateStateKey), protocol::templateStateValue(m_template)});
    const auto &skills = m_store->listings().skills;
    for (const protocol::TemplateSkill &skill : std::as_const(m_template.skills)) {
        const bool known = std::any_of(skills.cbegin(), skills.cend(),
                                       [&skill](const protocol::SkillRow &row) { return row.name == skill.name; });
        if (known) {
            ++m_outcome.kept;
            continue;
        }
        protocol::ShareSkill frame;
        frame.name = skill.name;
        frame.description = skill.description;
        frame.instructions = skill.instructions;
        if (!skill.tags.isEmpty())
            frame.tags = skill.tags;
        submit(tr("skill %1").arg(skill.name), commands::Request{frame});
    }
    if (!m_template.skills.isEmpty())
        m_sink.submit(m_store->mesh(), commands::Refresh{commands::Listing::Skills});
}

void TemplateApplier::submit(const QString &what, protocol::Command command)
{
    m_waiting.insert(m_sink.submit(m_store->mesh(), std::move(command)), what);
}

void TemplateApplier::onChanged(const store::ChangeSet &changes)
{
    if (!m_begun) {
        if (m_store && m_store->connection().online())
            begin();
        return;
    }
    for (const auto &finished : changes.commandsFinished) {
        const auto it = m_waiting.constFind(finished.commandId);
        if (it == m_waiting.cend())
            continue;
        if (finished.ok)
            ++m_outcome.done;
        else
            m_outcome.failures << u"%1: %2"_s.arg(*it, finished.detail.isEmpty() ? finished.code : finished.detail);
        m_waiting.erase(it);
    }
    if (m_waiting.isEmpty())
        end();
}

void TemplateApplier::end()
{
    if (m_store)
        m_store->disconnect(this);
    m_store = nullptr;
    m_waiting.clear();
    m_running = false;
    Q_EMIT finished(m_outcome);
}

} // namespace mesh::items
