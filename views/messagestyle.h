// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGui/QFont>

#include <array>

namespace mesh::views {

class Theme;

//! Fonts and distances of the message list, taken from the theme once instead of for every row. Logical pixels.
struct MessageStyle
{
    explicit MessageStyle(const Theme &theme);

    QFont body;
    QFont mono;
    QFont label;
    QFont name;
    std::array<QFont, 3> headings; //!< levels 1, 2, and all others
    int side;                      //!< margin left and right
    int avatar;
    int textLeft; //!< left edge of others' bubbles
    int padX;
    int padY;
    int radius;
    int codeRadius;
    int lineHeight;
    int codeLineHeight;
    int labelHeight;
    int nameHeight;
    int groupGap;  //!< above a group of bubbles
    int bubbleGap; //!< between bubbles of a group
    int dayHeight;
    int dividerHeight;
    int beginningHeight; //!< above the very first message
    int maxBubble;
    int icon;
    int indent;  //!< of a list
    int quote;   //!< of a quote, its bar included
    int itemGap; //!< between items of a list
    int cellX;   //!< left and right of a table's cell
    int cellY;   //!< above and below
};

} // namespace mesh::views
