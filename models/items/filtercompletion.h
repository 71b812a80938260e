// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QHash>
#include <QtCore/QList>
#include <QtCore/QString>
#include <QtCore/QStringList>

#include "models/items/peerfilter.h"

namespace mesh::items {

//! Values that peers have now, by field, each once and sorted; what a completion may offer.
struct FilterVocabulary
{
    QHash<FilterField, QStringList> values;

    //! Adds what \a peer says of itself. Call sortValues() after the last.
    void add(const store::Peer &peer);
    void sortValues();
};

//! One way to go on: put \a insert in place of \a length characters at \a at.
struct FilterCompletion
{
    QString insert;
    QString hint; //!< what a field is about, or an example; empty for values
    qsizetype at = 0;
    qsizetype length = 0;
    bool complete = true; //!< a space may follow; false for a field that still wants its value
};

//! What may stand where the cursor is in \a text, best first, at most \a most.
[[nodiscard]] QList<FilterCompletion> completeFilter(const QString &text, qsizetype cursor,
                                                     const FilterVocabulary &vocabulary, int most = 12);

} // namespace mesh::items
