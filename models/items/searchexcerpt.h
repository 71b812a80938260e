// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QList>
#include <QtCore/QString>

#include "models/store/searchplan.h"

namespace mesh::items {

//! A piece of an excerpt, one after the other.
struct ExcerptPart
{
    QString text; //!< safe for a label of one line
    bool found = false;

    friend bool operator==(const ExcerptPart &, const ExcerptPart &) = default;
};

//! The surroundings of what was found in \a text, on one line: a little before the first \a spans, and on to about
//! \a maxChars. Without spans: the beginning.
[[nodiscard]] QList<ExcerptPart> searchExcerpt(const QString &text, const QList<store::TextSpan> &spans,
                                               int maxChars = 260);

} // namespace mesh::items
