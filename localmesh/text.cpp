// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/text.h"

#include "localmesh/limits.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>

namespace mesh::local {

QString cleanName(const QString &text)
{
    QString name;
    name.reserve(qMin(text.size(), limits::NameChars));
    for (const QChar c : text) {
        if (name.size() == limits::NameChars)
            break;
        if (c.category() != QChar::Other_Control)
            name.append(c);
    }
    // Never half a character at the cut.
    if (!name.isEmpty() && name.back().isHighSurrogate())
        name.chop(1);
    return name.trimmed();
}

QString toColumn(const QStringList &list)
{
    return QString::fromUtf8(QJsonDocument(QJsonArray::fromStringList(list)).toJson(QJsonDocument::Compact));
}

QStringList listFromColumn(const QString &column)
{
    QStringList list;
    for (const QJsonValue &value : QJsonDocument::fromJson(column.toUtf8()).array()) {
        if (value.isString())
            list.append(value.toString());
    }
    return list;
}

QString likePattern(const QString &text)
{
    QString pattern(u'%');
    for (const QChar c : text) {
        if (c == u'%' || c == u'_' || c == u'\\')
            pattern.append(u'\\');
        pattern.append(c);
    }
    return pattern.append(u'%');
}

} // namespace mesh::local
