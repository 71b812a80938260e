// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/protocol/types.h"

#include <QtWidgets/QWidget>

namespace mesh::views {

class Theme;

//! A status as form and colour, in a line of text.
class StatusDot final : public QWidget
{
    Q_OBJECT
public:
    explicit StatusDot(Theme &theme, QWidget *parent = nullptr);

    void setStatus(protocol::PeerStatus status);
    protocol::PeerStatus status() const { return m_status; }
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    Theme &m_theme;
    protocol::PeerStatus m_status = protocol::PeerStatus::Offline;
};

} // namespace mesh::views
