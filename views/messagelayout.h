// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QCoreApplication>
#include <QtCore/QRectF>

#include <memory>

#include "models/items/messagerow.h"
#include "views/blocklayout.h"
#include "views/messagestyle.h"

class QPainter;

namespace mesh::views {

class Theme;

//! What lies under a point of a row.
struct MessageHit
{
    enum class Part {
        None,
        Bubble,
        Text,
        Link,
        Retry,
        Cancel,
        Expand,
        CopyCode,
        WrapCode,
        ExpandCode,
        Sender,
        Reply,
        Foot
    };
    Part part = Part::None;
    TextPosition position; //!< its block is the code block, with the parts about code
    QString target;        //!< the address of a link, the code to copy, or the id of the message replied to
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
        QHash<int, CodeView> code; //!< how the user wants to see blocks of code
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
    //! Number of the code block under \a point, -1 for none; what it holds; how far it scrolls sideways.
    [[nodiscard]] int codeAt(const QPointF &point) const;
    [[nodiscard]] QString codeOf(int block) const { return m_text ? m_text->codeOf(block) : QString(); }
    [[nodiscard]] int scrollRange(int block) const { return m_text ? m_text->scrollRange(block) : 0; }
    //! What became of an own message, in a word or two.
    [[nodiscard]] static QString stateWord(protocol::events::OutgoingState state);
    //! The foot line in words: time, delivery, reason of a failure.
    [[nodiscard]] QString footText() const { return m_footText; }

    struct PaintState
    {
        TextPosition selectionFrom;
        TextPosition selectionTo; //!< equal to from: nothing selected
        QPointF pointer{-1, -1};  //!< relative to the row; (-1, -1) if it is elsewhere
        bool current = false;     //!< keyboard focus is on this row
        double flash = 0;         //!< 1 to 0 while the row is pointed out after a jump
        QColor surface;           //!< what lies behind the row
    };
    void paint(QPainter *painter, const Theme &theme, const MessageStyle &style, const PaintState &state) const;

private:
    void layoutReply(const Theme &theme, const MessageStyle &style, double maxText);
    void layoutFoot(const Theme &theme, const MessageStyle &style, const Options &options);
    [[nodiscard]] QPointF inText(const QPointF &point) const { return point - m_textOrigin; }
    void paintBeginning(QPainter *painter, const Theme &theme, const MessageStyle &style) const;
    void paintHead(QPainter *painter, const Theme &theme, const MessageStyle &style) const;
    void paintReply(QPainter *painter, const Theme &theme, const MessageStyle &style, const PaintState &state) const;
    void paintFoot(QPainter *painter, const Theme &theme, const MessageStyle &style, const PaintState &state) const;

    items::MessageRow m_row;
    int m_width = 0;
    int m_height = 0;
    bool m_notice = false; //!< the bubble holds words of ours, not the sender's
    QString m_dayText;
    QRectF m_dayRect;
    QRectF m_dividerRect;
    QRectF m_noticeRect;
    QRectF m_beginningRect;
    QRectF m_avatarRect;
    QRectF m_nameRect;
    QRectF m_bubble;
    QRectF m_expandRect;
    QString m_expandText;
    std::unique_ptr<BlockLayout> m_text;
    QPointF m_textOrigin;
    QRectF m_replyRect; //!< the message this one answers
    QString m_replySender;
    QString m_replyText;
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
