// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QObject>
#include <QtCore/QString>

#include <optional>

#include "models/items/peerfilter.h"
#include "models/protocol/types.h"

namespace mesh::items {

//! What the user looks at, one object for all views: selecting a peer in the graph selects it everywhere.
//! Setters with the present value do nothing and signal nothing.
class FocusState final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(FocusState)

public:
    explicit FocusState(QObject *parent = nullptr);

    //! The mesh on the screen; empty for none. A change clears peer, conversation, hover and time cursor.
    [[nodiscard]] const protocol::MeshId &mesh() const { return m_mesh; }
    void setMesh(const protocol::MeshId &mesh);

    //! Routing key of the selected peer; empty for none.
    [[nodiscard]] const QString &selectedPeer() const { return m_selectedPeer; }
    void setSelectedPeer(const QString &key);

    //! Routing key of the peer under the pointer, in whichever view; empty for none.
    [[nodiscard]] const QString &hoveredPeer() const { return m_hoveredPeer; }
    void setHoveredPeer(const QString &key);

    //! The conversation in the chat view. Choosing a direct one selects its peer too.
    [[nodiscard]] const std::optional<protocol::ConversationId> &conversation() const { return m_conversation; }
    void setConversation(const std::optional<protocol::ConversationId> &conversation);

    //! Moment the window shows, milliseconds since the epoch; nullopt is live.
    [[nodiscard]] std::optional<qint64> timeCursorMs() const { return m_timeCursorMs; }
    void setTimeCursorMs(std::optional<qint64> atMs);
    [[nodiscard]] bool isLive() const { return !m_timeCursorMs.has_value(); }

    //! The filter of graph, table, timeline and peers list, as typed.
    [[nodiscard]] const QString &filterText() const { return m_filterText; }
    void setFilterText(const QString &text);
    //! What is in force: the text as understood, or, while it has an error, what it said before.
    [[nodiscard]] const PeerFilter &filter() const { return m_filter; }
    [[nodiscard]] const std::optional<FilterError> &filterError() const { return m_filterError; }

    //! Whether the graph leaves out the peers that the filter does not let pass (true) or dims them.
    [[nodiscard]] bool filterHides() const { return m_filterHides; }
    void setFilterHides(bool hides);

Q_SIGNALS:
    void meshChanged(const mesh::protocol::MeshId &mesh);
    void selectedPeerChanged(const QString &key);
    void hoveredPeerChanged(const QString &key);
    void conversationChanged(const std::optional<mesh::protocol::ConversationId> &conversation);
    void timeCursorChanged(std::optional<qint64> atMs);
    void filterTextChanged(const QString &text);
    //! filter() is another one.
    void filterChanged();
    void filterHidesChanged(bool hides);

private:
    protocol::MeshId m_mesh;
    QString m_selectedPeer;
    QString m_hoveredPeer;
    std::optional<protocol::ConversationId> m_conversation;
    std::optional<qint64> m_timeCursorMs;
    QString m_filterText;
    PeerFilter m_filter;
    std::optional<FilterError> m_filterError;
    bool m_filterHides = false;
};

} // namespace mesh::items
