// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/focusstate.h"

namespace mesh::items {

FocusState::FocusState(QObject *parent)
    : QObject(parent)
{
}

void FocusState::setMesh(const protocol::MeshId &mesh)
{
    if (m_mesh == mesh)
        return;
    m_mesh = mesh;
    // Keys and conversations mean nothing in another mesh.
    setHoveredPeer({});
    setConversation(std::nullopt);
    setSelectedPeer({});
    setTimeCursorMs(std::nullopt);
    Q_EMIT meshChanged(m_mesh);
}

void FocusState::setSelectedPeer(const QString &key)
{
    if (m_selectedPeer == key)
        return;
    m_selectedPeer = key;
    Q_EMIT selectedPeerChanged(m_selectedPeer);
}

void FocusState::setHoveredPeer(const QString &key)
{
    if (m_hoveredPeer == key)
        return;
    m_hoveredPeer = key;
    Q_EMIT hoveredPeerChanged(m_hoveredPeer);
}

void FocusState::setConversation(const std::optional<protocol::ConversationId> &conversation)
{
    if (m_conversation == conversation)
        return;
    m_conversation = conversation;
    if (m_conversation && m_conversation->kind == protocol::ConversationKind::Direct)
        setSelectedPeer(m_conversation->key);
    Q_EMIT conversationChanged(m_conversation);
}

void FocusState::setTimeCursorMs(std::optional<qint64> atMs)
{
    if (m_timeCursorMs == atMs)
        return;
    m_timeCursorMs = atMs;
    Q_EMIT timeCursorChanged(m_timeCursorMs);
}

void FocusState::setFilterText(const QString &text)
{
    if (m_filterText == text)
        return;
    m_filterText = text;
    PeerFilter::Parsed parsed = PeerFilter::parse(text);
    m_filterError = parsed.error;
    if (!m_filterError)
        m_filter = std::move(parsed.filter);
    Q_EMIT filterTextChanged(m_filterText);
    if (!m_filterError)
        Q_EMIT filterChanged();
}

void FocusState::setFilterHides(bool hides)
{
    if (m_filterHides == hides)
        return;
    m_filterHides = hides;
    Q_EMIT filterHidesChanged(hides);
}

} // namespace mesh::items
