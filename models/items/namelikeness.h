// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QHash>
#include <QtCore/QString>
#include <QtCore/QStringView>

namespace mesh::store {
struct ChangeSet;
class MeshStore;
} // namespace mesh::store

namespace mesh::items {

//! What a name looks like at a glance: names that are easily taken for one another have the same skeleton. Case, marks,
//! separators and invisible characters do not count; letters of other scripts and digits stand for those they look
//! like.
[[nodiscard]] QString nameSkeleton(QStringView name);

//! Which peers bear a name that looks like another's. Of two, the one seen later is the imitator, but never one
//! whose safety number was compared; sessions of one member never imitate each other. The user's own name counts as the
//! first of all.
class NameLikeness final
{
public:
    //! The name that the peer's own looks like; empty if it is alone with it. \a key is a routing key.
    [[nodiscard]] QString imitated(const store::MeshStore &store, const QString &key) const;
    //! Call for each change of the store.
    void note(const store::ChangeSet &changes);
    void clear();

private:
    void build(const store::MeshStore &store) const;

    mutable bool m_dirty = true;
    mutable QHash<QString, QString> m_skeletons; //!< of names, kept between builds
    mutable QHash<QString, QString> m_imitated;  //!< key of the imitator -> name
};

} // namespace mesh::items
