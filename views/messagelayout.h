// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QCoreApplication>
#include <QtCore/QRectF>
#include <QtGui/QFont>
#include <QtGui/QTextLayout>

#include <memory>
#include <vector>

#include "models/items/messagerow.h"
#include "views/messagetext.h"

class QPainter;

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
    int side; //!< margin left and right
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
    int maxBubble;
    int icon;
};

//! Place in a message's text.
struct TextPosition
{
    int block = -1;
    int offset = 0;

    friend auto operator<=>(const TextPosition &, const TextPosition &) = default;
};

//! What lies under a point of a row.
struct MessageHit
{
    enum class Part { None, Bubble, Text, Link, Retry, Cancel, Expand, CopyCode, Sender };
    Part part = Part::None;
    TextPosition position;
    QString target; //!< the address of a link, or the code to copy
};

//! One row of the message list, laid out for one width: geometry, hit test and painting. Coordinates are relative to
//! the row's top left corner. Has no window and no model.
class MessageLayout final
{
    Q_DECLARE_TR_FUNCTIONS(MessageLayout)

public:
    struct Options
    {
        bool expanded = false; //!< show all of a long message
        bool direct = true;    //!< the conversation is between two: no body may be in the clear there
        bool online = true;
        qint64 nowMs = 0;
    };

    MessageLayout(const items::MessageRow &row, const Theme &theme, const MessageStyle &style, int width,
                  Options options);
    ~MessageLayout();
    Q_DISABLE_COPY_MOVE(MessageLayout)

    [[nodiscard]] int height() const { return m_height; }
    [[nodiscard]] const items::MessageRow &row() const { return m_row; }
    [[nodiscard]] QRectF bubble() const { return m_bubble; }
    [[nodiscard]] MessageHit hitTest(const QPointF &point) const;
    //! Nearest text position, also when the point lies beside the text.
    [[nodiscard]] TextPosition positionNear(const QPointF &point) const;
    [[nodiscard]] std::pair<TextPosition, TextPosition> wordAt(TextPosition position) const;
    [[nodiscard]] std::pair<TextPosition, TextPosition> all() const;
    [[nodiscard]] QString textBetween(TextPosition from, TextPosition to) const;
    //! The foot line in words: time, delivery, reason of a failure.
    [[nodiscard]] QString footText() const { return m_footText; }

    struct PaintState
    {
        TextPosition selectionFrom;
        TextPosition selectionTo; //!< equal to from: nothing selected
        QPointF pointer{-1, -1};  //!< relative to the row; (-1, -1) if it is elsewhere
        bool current = false;     //!< keyboard focus is on this row
        QColor surface;           //!< what lies behind the row
    };
    void paint(QPainter *painter, const Theme &theme, const MessageStyle &style, const PaintState &state) const;

private:
    struct Block
    {
        std::unique_ptr<QTextLayout> layout;
        QPointF origin; //!< of the text
        QRectF box;     //!< painted behind code
        QRectF copyButton;
        bool code = false;
        QList<TextSpan> spans;
    };

    void addBlocks(const QList<TextBlock> &blocks, const Theme &theme, const MessageStyle &style, double maxText);
    void layoutFoot(const Theme &theme, const MessageStyle &style, const Options &options);
    [[nodiscard]] int blockAt(const QPointF &point) const;

    items::MessageRow m_row;
    int m_width = 0;
    int m_height = 0;
    bool m_notice = false; //!< the bubble holds words of ours, not the sender's
    QString m_dayText;
    QRectF m_dayRect;
    QRectF m_dividerRect;
    QRectF m_avatarRect;
    QRectF m_nameRect;
    QRectF m_bubble;
    QRectF m_expandRect;
    QString m_expandText;
    std::vector<Block> m_blocks;
    // foot line
    QRectF m_footRect;
    QString m_footText;
    QString m_footIcon;
    QString m_actionText;
    QRectF m_actionRect;
    MessageHit::Part m_action = MessageHit::Part::None;
    bool m_footBad = false;
};

//! What a refusal code of the broker means, in words.
[[nodiscard]] QString refusalText(const QString &code, const QString &detail);

} // namespace mesh::views
