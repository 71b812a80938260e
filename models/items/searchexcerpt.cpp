// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/searchexcerpt.h"

#include <algorithm>

#include "models/items/displaytext.h"

namespace mesh::items {

namespace {

constexpr qsizetype kBefore = 36; //!< characters of context before the first find

} // namespace

QList<ExcerptPart> searchExcerpt(const QString &text, const QList<store::TextSpan> &spans, int maxChars)
{
    QList<ExcerptPart> parts;
    const auto add = [&](qsizetype from, qsizetype to, bool found) {
        if (from >= to)
            return;
        const QStringView raw = QStringView(text).sliced(from, to - from);
        QString line = oneLine(raw, maxChars);
        // The ends are trimmed for a label of its own; within a line they keep words apart.
        if (raw.front().isSpace() && !parts.isEmpty())
            line.prepend(u' ');
        if (raw.back().isSpace() && raw.size() > 1 && !line.endsWith(u' '))
            line.append(u' ');
        if (!line.isEmpty())
            parts.append({line, found});
    };
    qsizetype at = 0;
    if (!spans.isEmpty() && spans.first().at > kBefore) {
        at = spans.first().at - kBefore;
        // From a word's beginning, where one is near.
        const qsizetype space = text.indexOf(u' ', at);
        if (space >= 0 && space < spans.first().at)
            at = space + 1;
        else if (text.at(at).isLowSurrogate())
            ++at;
        parts.append({QStringLiteral("…"), false});
    }
    const qsizetype end = std::min(text.size(), at + maxChars);
    for (const store::TextSpan &span : spans) {
        if (span.at >= end)
            break;
        add(at, span.at, false);
        at = std::min(span.at + span.length, end);
        add(span.at, at, true);
    }
    add(at, end, false);
    if (end < text.size())
        parts.append({QStringLiteral("…"), false});
    return parts;
}

} // namespace mesh::items
