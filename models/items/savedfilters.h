// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QList>
#include <QtCore/QString>

#include "models/protocol/types.h"

namespace mesh::items {

//! A filter that the user gave a name.
struct SavedFilter
{
    QString name;
    QString text;
    friend bool operator==(const SavedFilter &, const SavedFilter &) = default;
};

//! Where saved filters are kept, per mesh. The program puts its settings behind it, tests a list.
class SavedFilters
{
public:
    static constexpr int kMost = 50; //!< of one mesh
    static constexpr int kNameChars = 48;

    SavedFilters() = default;
    virtual ~SavedFilters() = default;
    Q_DISABLE_COPY_MOVE(SavedFilters)

    [[nodiscard]] virtual QList<SavedFilter> filters(const protocol::MeshId &mesh) const = 0;
    virtual void setFilters(const protocol::MeshId &mesh, const QList<SavedFilter> &filters) = 0;
};

} // namespace mesh::items
