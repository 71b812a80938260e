// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QJsonArray>
#include <QtCore/QMap>

#include "models/store/foldcontext.h"
#include "models/store/verification.h"

namespace mesh::store {

//! Which member keys the user has compared by their safety numbers.
class TrustBook final
{
public:
    const QMap<QString, Verification> &all() const { return m_all; }

    void told(const protocol::events::PeerVerified &event, qint64 atMs, FoldContext &context);

    QJsonArray save() const;
    void load(const QJsonArray &rows);

private:
    QMap<QString, Verification> m_all; // by member key
};

} // namespace mesh::store
