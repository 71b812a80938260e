// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>

#include <QtCore/QHash>
#include <QtCore/QList>

#include "models/store/records.h"

namespace mesh::store {

//! The timeline's rows in columns, ordered by time with a stable tie-break; names and keys are kept once. A row that is
//! there already is not added again. Adding at the end is cheap; a late row costs a move of what follows it.
class Timeline final
{
public:
    qsizetype size() const { return m_atMs.size(); }
    bool isEmpty() const { return m_atMs.isEmpty(); }
    TimelineEntry at(qsizetype row) const;
    qint64 atMs(qsizetype row) const { return m_atMs.at(row); }
    Lane lane(qsizetype row) const { return m_lane.at(row); }
    TimelineKind kind(qsizetype row) const { return m_kind.at(row); }
    //! First row not before \a ms.
    qsizetype lowerBound(qint64 ms) const;

    enum class Added { Appended, Inserted, Known };
    Added add(const TimelineEntry &entry);
    //! Takes a row away; false if there is none like it.
    bool remove(const TimelineEntry &entry);
    //! Takes the \a count oldest rows away.
    void dropFront(qsizetype count);
    void clear();

private:
    quint32 intern(const QString &text);
    void compactTexts();
    //! Where \a entry is or belongs; `found` says which.
    qsizetype position(const TimelineEntry &entry, bool &found) const;

    QList<qint64> m_atMs;
    QList<Lane> m_lane;
    QList<TimelineKind> m_kind;
    QList<quint32> m_actor;
    QList<quint32> m_subject;
    QList<QString> m_old; // values are mostly met once: nothing to share
    QList<QString> m_new;
    QList<QString> m_texts{QString()};
    QHash<QString, quint32> m_textIds{{QString(), 0}};
    //! Found by the address of their characters: keys come again and again, sharing one text.
    struct Recent
    {
        QString text; // kept, so that its address stays its own
        quint32 id = 0;
    };
    std::array<Recent, 256> m_recent;
};

} // namespace mesh::store
