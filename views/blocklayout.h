// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QCoreApplication>
#include <QtCore/QHash>
#include <QtCore/QRectF>
#include <QtGui/QColor>
#include <QtGui/QTextLayout>

#include <memory>
#include <vector>

#include "views/messagetext.h"

class QPainter;

namespace mesh::views {

struct MessageStyle;
class Theme;

//! Place in a message's text.
struct TextPosition
{
    int block = -1;
    int offset = 0;

    friend auto operator<=>(const TextPosition &, const TextPosition &) = default;
};

//! How the user wants to see one block of code.
struct CodeView
{
    bool expanded = false;  //!< all lines of a long one
    bool unwrapped = false; //!< lines run on, and the block scrolls sideways
    int scroll = 0;         //!< pixels, while unwrapped
};

//! What lies under a point of the text.
struct BlockHit
{
    enum class Part { None, Text, Link, CopyCode, WrapCode, ExpandCode };
    Part part = Part::None;
    TextPosition position; //!< nearest, also with Part::None
    QString target;        //!< the address of a link, or the code to copy
};

//! The text of one message, laid out for one width. Coordinates are relative to its top left corner.
class BlockLayout final
{
    Q_DECLARE_TR_FUNCTIONS(BlockLayout)

public:
    static constexpr int kFoldCodeFrom = 24; //!< lines; a longer block of code shows kFoldedCode of them
    static constexpr int kFoldedCode = 16;

    //! \a views by number of the block.
    BlockLayout(const QList<TextBlock> &blocks, const Theme &theme, const MessageStyle &style, double maxWidth,
                const QHash<int, CodeView> &views = {});
    ~BlockLayout();
    Q_DISABLE_COPY_MOVE(BlockLayout)

    [[nodiscard]] double width() const { return m_width; }
    [[nodiscard]] double height() const { return m_height; }
    //! Code boxes, rules and tables go over the whole width of the bubble.
    void stretch(double width);

    [[nodiscard]] BlockHit hitTest(const QPointF &point) const;
    //! Nearest text position, also when the point lies beside the text.
    [[nodiscard]] TextPosition positionNear(const QPointF &point) const;
    [[nodiscard]] std::pair<TextPosition, TextPosition> wordAt(TextPosition position) const;
    [[nodiscard]] std::pair<TextPosition, TextPosition> all() const;
    [[nodiscard]] QString textBetween(TextPosition from, TextPosition to) const;
    //! Number of the code block under \a point, -1 for none.
    [[nodiscard]] int codeAt(const QPointF &point) const;
    //! The whole text of that block, folded lines included.
    [[nodiscard]] QString codeOf(int block) const;
    //! Pixels by which an unwrapped block is wider than its box; 0 if it fits.
    [[nodiscard]] int scrollRange(int block) const;

    struct PaintState
    {
        TextPosition selectionFrom;
        TextPosition selectionTo; //!< equal to from: nothing selected
        QPointF pointer{-1, -1};
        QColor ink;
    };
    void paint(QPainter *painter, const Theme &theme, const MessageStyle &style, const PaintState &state) const;

private:
    struct Block
    {
        TextBlock::Kind kind = TextBlock::Kind::Prose;
        std::unique_ptr<QTextLayout> layout;
        QPointF origin; //!< of the text
        QRectF box;     //!< painted behind code and cells; else where the text is
        QList<TextSpan> spans;
        int quote = 0;
        bool continuesQuote = false; //!< the bars reach up to the block before
        QString marker;
        QPointF markerAt; //!< top right corner of the marker's line
        int table = 0;
        int row = 0;
        // code
        QString folded; //!< the lines that are not shown
        QString foldText;
        QRectF foldRect;
        QRectF copyButton;
        QRectF wrapButton;
        QString language;
        bool unwrapped = false;
        int scroll = 0;
        double naturalWidth = 0;
    };

    double layoutLines(Block &block, double width, double lineHeight, bool wrap) const;
    void addBlock(const TextBlock &source, const Theme &theme, const MessageStyle &style, double maxWidth,
                  const CodeView &view, double &y);
    qsizetype addTable(const QList<TextBlock> &blocks, qsizetype first, const Theme &theme, const MessageStyle &style,
                       double maxWidth, double &y);
    Block makeBlock(const TextBlock &source, const QString &text, const QFont &font, const Theme &theme,
                    const MessageStyle &style) const;
    [[nodiscard]] int blockAt(const QPointF &point) const;
    void paintCode(QPainter *painter, const Theme &theme, const MessageStyle &style, const Block &block,
                   const QPointF &pointer) const;

    std::vector<Block> m_blocks;
    double m_width = 0;
    double m_height = 0;
};

} // namespace mesh::views
