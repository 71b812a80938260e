// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/foldcontext.h"

#include "models/protocol/jsonwriter.h"

using namespace Qt::StringLiterals;

namespace mesh::store {

QString compactJson(const QJsonValue &value)
{
    if (value.isUndefined())
        return {};
    QByteArray text;
    text.reserve(256);
    protocol::codec::appendJson(text, value);
    return QString::fromUtf8(text);
}

QString FoldContext::cut(const QString &text) const
{
    return text.size() <= limits.timelineValueChars ? text : text.first(limits.timelineValueChars) + u'\u2026';
}

QString FoldContext::cut(const QJsonValue &value) const
{
    return cut(compactJson(value));
}

void FoldContext::trim(TimelineEntry &entry) const
{
    for (QString *text : {&entry.oldValue, &entry.newValue, &entry.actor, &entry.subject}) {
        if (text->size() > limits.timelineValueChars)
            *text = cut(*text);
    }
}

void FoldContext::addRow(TimelineEntry entry)
{
    trim(entry);
    switch (timeline.add(entry)) {
    case Timeline::Added::Appended:
        ++changes.timelineAppended;
        break;
    case Timeline::Added::Inserted:
        changes.timelineReordered = true;
        break;
    case Timeline::Added::Known:
        break;
    }
}

void FoldContext::removeRow(TimelineEntry entry)
{
    trim(entry);
    if (timeline.remove(entry))
        changes.timelineReordered = true;
}

void FoldContext::replaceRows(const QList<TimelineEntry> &before, const QList<TimelineEntry> &after)
{
    for (const TimelineEntry &entry : before) {
        if (!after.contains(entry))
            removeRow(entry);
    }
    for (const TimelineEntry &entry : after) {
        if (!before.contains(entry))
            addRow(entry);
    }
}

} // namespace mesh::store
