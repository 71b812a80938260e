// SPDX-License-Identifier: GPL-3.0-or-later
// The store's shared things as rows; declared in meshlistmodel.h.
#include "views/meshlistmodel.h"

#include "models/items/displaytext.h"
#include "models/store/meshstore.h"
#include "views/figures.h"

#include <QtCore/QCoreApplication>

#include <algorithm>

namespace mesh::views::meshrows {

using namespace Qt::StringLiterals;

namespace {

struct RowWords
{
    Q_DECLARE_TR_FUNCTIONS(mesh::views::MeshPanel)
};

constexpr qsizetype kMaxRows = 5'000;

//! Parts of a second line with a dot between, empty ones left out.
QString joined(const QStringList &parts)
{
    QStringList present;
    for (const QString &part : parts) {
        if (!part.isEmpty())
            present.append(part);
    }
    return present.join(u" · "_s);
}

QString by(const store::MeshStore &store, const QString &who)
{
    if (who.isEmpty())
        return {};
    const QString name = store.nameOf(who);
    //: %1 is a person or a session
    return RowWords::tr("by %1").arg(items::displayName(name.isEmpty() ? who : name, who));
}

QString tagLine(const QStringList &tags)
{
    QStringList shown;
    for (const QString &tag : tags.mid(0, 6))
        shown.append(u'#' + items::oneLine(tag, 30));
    return shown.join(u' ');
}

void sortByTitle(QList<MeshListRow> &rows)
{
    std::sort(rows.begin(), rows.end(), [](const MeshListRow &a, const MeshListRow &b) {
        const int order = a.title.compare(b.title, Qt::CaseInsensitive);
        return order != 0 ? order < 0 : a.key < b.key;
    });
}

} // namespace

QList<MeshListRow> state(const store::MeshStore &store, qint64 nowMs)
{
    QList<MeshListRow> rows;
    const QList<store::StateValue> values = store.state();
    for (const store::StateValue &value : values.mid(0, kMaxRows)) {
        MeshListRow row;
        row.key = value.key;
        row.title = items::oneLine(value.key, 120);
        row.value = Figures::json(value.value, 120);
        row.second = joined({by(store, value.by), Figures::ago(value.atMs, nowMs)});
        row.toolTip = u"%1 = %2"_s.arg(row.title, Figures::json(value.value, 400));
        for (qsizetype i = value.history.size() - 2; i >= 0 && i >= value.history.size() - 6; --i) {
            const store::StateRevision &old = value.history[i];
            //: a former value of a key and when it was set
            row.toolTip += u'\n'
                + RowWords::tr("before: %1 (%2)").arg(Figures::json(old.value, 80), Figures::ago(old.atMs, nowMs));
        }
        row.mono = true;
        rows.append(row);
    }
    sortByTitle(rows);
    return rows;
}

QList<MeshListRow> memories(const store::MeshStore &store, qint64 nowMs)
{
    QList<store::Memory> memories = store.memories();
    std::sort(memories.begin(), memories.end(), [](const store::Memory &a, const store::Memory &b) {
        return a.atMs != b.atMs ? a.atMs > b.atMs : a.id < b.id;
    });
    QList<MeshListRow> rows;
    for (const store::Memory &memory : memories) {
        MeshListRow row;
        row.key = memory.id;
        row.title = items::oneLine(memory.content, 200);
        row.second = joined({tagLine(memory.tags), by(store, memory.by), Figures::ago(memory.atMs, nowMs)});
        row.toolTip = items::safeText(memory.content).left(1'000);
        rows.append(row);
    }
    return rows;
}

QList<MeshListRow> tasks(const store::MeshStore &store, qint64 nowMs)
{
    QList<MeshListRow> rows;
    for (const protocol::TaskRow &task : store.listings().tasks) {
        MeshListRow row;
        row.key = task.id;
        row.title = items::oneLine(task.title);
        row.value = items::oneLine(task.status, 24);
        const QString holder = task.claimedBy ? *task.claimedBy : task.assignee.value_or(QString());
        //: a task is for, or taken by, somebody
        row.second = joined(
            {holder.isEmpty() ? RowWords::tr("nobody yet") : RowWords::tr("with %1").arg(items::displayName(holder)),
             items::oneLine(task.priority.value_or(QString()), 24), tagLine(task.tags),
             Figures::ago(Figures::fromIso(task.createdAt), nowMs)});
        row.dim = task.status == "done"_L1 || task.status == "completed"_L1;
        rows.append(row);
    }
    std::stable_partition(rows.begin(), rows.end(), [](const MeshListRow &row) { return !row.dim; });
    return rows;
}

QList<MeshListRow> skills(const store::MeshStore &store, qint64)
{
    QList<MeshListRow> rows;
    for (const protocol::SkillRow &skill : store.listings().skills) {
        MeshListRow row;
        row.key = skill.name;
        row.title = items::oneLine(skill.name);
        row.second = joined(
            {items::oneLine(skill.description.value_or(QString())), by(store, skill.author.value_or(QString()))});
        row.toolTip = items::oneLine(skill.description.value_or(skill.name), 600);
        rows.append(row);
    }
    sortByTitle(rows);
    return rows;
}

QList<MeshListRow> files(const store::MeshStore &store, qint64 nowMs)
{
    QList<MeshListRow> rows;
    for (const protocol::FileRow &file : store.listings().files) {
        MeshListRow row;
        row.key = file.id;
        row.title = items::oneLine(file.name);
        row.value = Figures::bytes(file.size);
        // The broker gives the member's id here (wire reference 7.9), which as a rule is the name of nobody one knows.
        const QString who = file.uploadedBy.value_or(QString());
        row.second = joined({store.nameOf(who).isEmpty() ? QString() : by(store, who),
                             Figures::ago(Figures::fromIso(file.uploadedAt), nowMs),
                             file.encrypted ? RowWords::tr("encrypted") : QString(), tagLine(file.tags)});
        rows.append(row);
    }
    sortByTitle(rows);
    return rows;
}

QList<MeshListRow> streams(const store::MeshStore &store, qint64 nowMs)
{
    QList<MeshListRow> rows;
    for (const protocol::StreamRow &stream : store.listings().streams) {
        MeshListRow row;
        row.key = stream.name;
        row.title = items::oneLine(stream.name);
        row.mono = true;
        const store::StreamActivity activity = store.streamActivity().value(stream.name);
        row.second =
            joined({RowWords::tr("%n subscriber(s)", nullptr, stream.subscriberCount),
                    //: data came on a stream, %1 is how long ago
                    activity.lastAtMs > 0 ? RowWords::tr("last data %1").arg(Figures::ago(activity.lastAtMs, nowMs))
                                          : QString()});
        row.value = activity.count > 0 ? Figures::compact(double(activity.count)) : QString();
        rows.append(row);
    }
    sortByTitle(rows);
    return rows;
}

QList<MeshListRow> services(const store::MeshStore &store, qint64)
{
    QList<MeshListRow> rows;
    for (const protocol::McpServerRow &server : store.listings().servers) {
        MeshListRow row;
        row.key = u"server:"_s + server.name;
        row.title = items::oneLine(server.name);
        row.value = server.online ? RowWords::tr("online") : RowWords::tr("offline");
        row.dim = !server.online;
        row.second = joined({RowWords::tr("%n tool(s)", nullptr, int(server.tools.size())), by(store, server.hostedBy),
                             items::oneLine(server.description.value_or(QString()))});
        rows.append(row);
    }
    for (const protocol::ServiceRow &service : store.listings().services) {
        MeshListRow row;
        row.key = u"service:"_s + service.name;
        row.title = items::oneLine(service.name);
        row.value = items::oneLine(service.status.value_or(QString()), 24);
        const int tools = service.toolCount.value_or(service.tools ? int(service.tools->size()) : 0);
        row.second =
            joined({RowWords::tr("%n tool(s)", nullptr, tools), by(store, service.deployedBy.value_or(QString())),
                    items::oneLine(service.description.value_or(QString()))});
        rows.append(row);
    }
    sortByTitle(rows);
    return rows;
}

} // namespace mesh::views::meshrows
