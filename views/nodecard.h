// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QPointer>

#include "views/inspectorcard.h"

class QPushButton;

namespace mesh::protocol {
class Clock;
}
namespace mesh::store {
class MeshStore;
}
namespace mesh::items {
class AttentionModel;
}

namespace mesh::views {

//! One peer, over the graph: what it does, where, with how much room left, and whom it talks with. Or one collapsed
//! group: who is in it, and how they are.
class NodeCard final : public InspectorCard
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(NodeCard)

public:
    NodeCard(Theme &theme, const protocol::Clock &clock, items::AttentionModel &attention, QWidget *parent);

    void setStore(store::MeshStore *store);
    [[nodiscard]] const QString &peer() const { return m_peer; }
    //! Shows the peer \a key, or a group by its key in the graph; an empty or unknown one hides the card.
    void showPeer(const QString &key);

Q_SIGNALS:
    void chatRequested(const QString &key);
    //! The user wants to see the messages between the two.
    void edgeRequested(const QString &from, const QString &to);

protected:
    void refresh() override;

private:
    void refreshGroup();

    static constexpr int kPartners = 3;

    const protocol::Clock &m_clock;
    items::AttentionModel &m_attention;
    QPointer<store::MeshStore> m_store;
    QString m_peer;
    QPushButton *m_partners[kPartners] = {};
    QPushButton *m_chat = nullptr;
};

} // namespace mesh::views
