// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QPointer>

#include "views/inspectorcard.h"

class QLabel;

namespace mesh::protocol {
class Clock;
}
namespace mesh::store {
class MeshStore;
}

namespace mesh::views {

//! What two peers say to each other: how much, how urgent, how fast it arrives, and the last words if the user may read
//! them.
class EdgeCard final : public InspectorCard
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(EdgeCard)

public:
    EdgeCard(Theme &theme, const protocol::Clock &clock, QWidget *parent);

    void setStore(store::MeshStore *store);
    //! Shows the direct messages between two peers; an empty key hides the card.
    void showEdge(const QString &from, const QString &to);

protected:
    void refresh() override;

private:
    const protocol::Clock &m_clock;
    QPointer<store::MeshStore> m_store;
    QString m_from;
    QString m_to;
    QLabel *m_recent = nullptr;
};

} // namespace mesh::views
