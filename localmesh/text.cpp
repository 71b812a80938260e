// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/text.h"

#include "localmesh/limits.h"

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

} // namespace mesh::local
