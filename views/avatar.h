// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QRectF>
#include <QtCore/QString>

#include "models/protocol/types.h"

class QPainter;

namespace mesh::views {

class Theme;

//! The sign of a peer or conversation in lists: its initials on a rounded square, on a circle for humans. \a letters
//! "@", "#", "*", "!" and "=" are drawn as icons (group, topic, everyone, system, notes).
void paintAvatar(QPainter *painter, const Theme &theme, const QRectF &rect, const QString &letters,
                 protocol::PeerKind kind);

} // namespace mesh::views
