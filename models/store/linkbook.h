// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/store/foldcontext.h"

namespace mesh::store {

//! The link to the broker, and who we are on it.
class LinkBook final
{
public:
    const Connection &connection() const { return m_connection; }
    //! What a message to us may be addressed to: the session's key, then the member's.
    const QStringList &ownTargets() const { return m_ownTargets; }

    void changed(const protocol::events::ConnectionChanged &event, qint64 atMs, FoldContext &context);
    void established(const protocol::events::SessionEstablished &event, qint64 atMs, FoldContext &context);
    void measured(const protocol::events::LinkMeasured &event, qint64 atMs, FoldContext &context);
    void rejected(const protocol::events::FramesRejected &event, qint64 atMs, FoldContext &context);
    void sendQueue(const protocol::events::SendQueueChanged &event, qint64 atMs, FoldContext &context);

    QJsonObject save() const;
    void load(const QJsonObject &object);

private:
    void setOwnTargets();

    Connection m_connection;
    QStringList m_ownTargets;
    qint64 m_changedMs = -1;
    qint64 m_establishedMs = -1;
    qint64 m_measuredMs = -1;
    qint64 m_rejectedMs = -1;
    qint64 m_queueMs = -1;
};

} // namespace mesh::store
