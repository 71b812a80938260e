// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/protocol/types.h"

#include <QtWidgets/QWidget>

class QPainterPath;

namespace mesh::views {

class Theme;

//! Outline of a peer by its kind: hexagon for AI, circle for humans, rounded square for connectors.
QPainterPath peerShape(protocol::PeerKind kind, const QRectF &area);

//! A peer as it stands in the graph: shape by kind, initials, edge in the status colour, an arc for its context use.
class PeerAvatar final : public QWidget
{
    Q_OBJECT
public:
    explicit PeerAvatar(Theme &theme, QWidget *parent = nullptr);

    //! \a contextShare 0 to 1, negative when not reported.
    void setPeer(const QString &initials, protocol::PeerKind kind, protocol::PeerStatus status, double contextShare);
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    Theme &m_theme;
    QString m_initials;
    protocol::PeerKind m_kind = protocol::PeerKind::Ai;
    protocol::PeerStatus m_status = protocol::PeerStatus::Offline;
    double m_contextShare = -1;
};

} // namespace mesh::views
