// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/avatar.h"

#include <QtGui/QPainter>

#include <algorithm>

#include "views/theme.h"

namespace mesh::views {

using namespace Qt::StringLiterals;

void paintAvatar(QPainter *painter, const Theme &theme, const QRectF &rect, const QString &letters,
                 protocol::PeerKind kind)
{
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(QPen(theme.color(Theme::Role::Line), 1));
    painter->setBrush(theme.color(Theme::Role::Raised));
    const QRectF inside = rect.adjusted(0.5, 0.5, -0.5, -0.5);
    if (kind == protocol::PeerKind::Human)
        painter->drawEllipse(inside);
    else
        painter->drawRoundedRect(inside, rect.width() * 0.25, rect.width() * 0.25);

    const QString icon = letters == "@"_L1 ? u"at"_s
        : letters == "#"_L1                ? u"hash"_s
        : letters == "*"_L1                ? u"broadcast"_s
        : letters == "!"_L1                ? u"info"_s
        : letters == "="_L1                ? u"note"_s
                                           : QString();
    if (!icon.isEmpty()) {
        const double side = rect.width() * 0.56;
        QRectF box(0, 0, side, side);
        box.moveCenter(rect.center());
        theme.paintIcon(painter, icon, box, theme.color(Theme::Role::Text2));
    } else {
        QFont font = theme.font(Theme::Text::LabelStrong);
        font.setPixelSize(std::max(8, int(rect.width() * 0.36)));
        painter->setFont(font);
        painter->setPen(theme.color(Theme::Role::Text2));
        painter->drawText(rect, Qt::AlignCenter, letters);
    }
    painter->restore();
}

} // namespace mesh::views
