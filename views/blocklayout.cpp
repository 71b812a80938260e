// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/blocklayout.h"

#include <QtCore/QLocale>
#include <QtCore/QTextBoundaryFinder>
#include <QtGui/QFontMetricsF>
#include <QtGui/QTextOption>

#include <algorithm>
#include <cmath>

#include "views/messagestyle.h"
#include "views/theme.h"

//! \file
//! Geometry and hit test; the painting half is in blockpaint.cpp.
namespace mesh::views {

using namespace Qt::StringLiterals;

namespace {

constexpr double kEndless = 1e6; //!< a line that never wraps
constexpr double kMinColumn = 36;

QTextCharFormat spanFormat(const TextSpan &span, const Theme &theme, const MessageStyle &style, bool code)
{
    QTextCharFormat format;
    const auto ink = [&](Theme::Role role, Theme::Role surface = Theme::Role::Bg) {
        format.setForeground(theme.textColor(role, surface));
    };
    switch (span.kind) {
    case TextSpan::Kind::Bold:
        format.setFontWeight(QFont::DemiBold);
        break;
    case TextSpan::Kind::Italic:
        format.setFontItalic(true);
        break;
    case TextSpan::Kind::Strike:
        format.setFontStrikeOut(true);
        break;
    case TextSpan::Kind::Code:
        format.setFont(style.mono, QTextCharFormat::FontPropertiesSpecifiedOnly);
        break;
    case TextSpan::Kind::Link:
        ink(Theme::Role::Next, Theme::Role::Raised);
        format.setFontUnderline(true);
        break;
    case TextSpan::Kind::Keyword:
        ink(Theme::Role::CodeKeyword);
        break;
    case TextSpan::Kind::String:
        ink(Theme::Role::CodeString);
        break;
    case TextSpan::Kind::Comment:
        ink(Theme::Role::CodeComment);
        break;
    case TextSpan::Kind::Function:
        ink(Theme::Role::Next);
        break;
    case TextSpan::Kind::Number:
        ink(Theme::Role::Working);
        break;
    case TextSpan::Kind::Added:
        ink(Theme::Role::Success);
        break;
    case TextSpan::Kind::Removed:
        ink(Theme::Role::Error);
        break;
    }
    if (code)
        format.setFontFixedPitch(true);
    return format;
}

//! End of line number \a lines of \a text, or its end.
qsizetype endOfLine(QStringView text, int lines)
{
    qsizetype at = -1;
    for (int i = 0; i < lines; ++i) {
        at = text.indexOf(u'\n', at + 1);
        if (at < 0)
            return text.size();
    }
    return at;
}

} // namespace

BlockLayout::BlockLayout(const QList<TextBlock> &blocks, const Theme &theme, const MessageStyle &style, double maxWidth,
                         const QHash<int, CodeView> &views)
{
    m_blocks.reserve(size_t(blocks.size()));
    double y = 0;
    for (qsizetype i = 0; i < blocks.size();) {
        const TextBlock &source = blocks.at(i);
        if (i > 0) {
            const TextBlock &before = blocks.at(i - 1);
            const bool items = !source.marker.isEmpty() && before.indent > 0;
            y += items ? style.itemGap : style.padY;
        }
        const size_t first = m_blocks.size();
        if (source.kind == TextBlock::Kind::Cell) {
            i = addTable(blocks, i, theme, style, maxWidth, y);
        } else {
            addBlock(source, theme, style, maxWidth, views.value(int(i)), y);
            ++i;
        }
        m_blocks[first].continuesQuote = first > 0 && m_blocks[first].quote > 0 && m_blocks[first - 1].quote > 0;
    }
    m_height = y;
    for (const Block &block : m_blocks)
        m_width = std::max(m_width, block.box.right());
}

BlockLayout::~BlockLayout() = default;

BlockLayout::Block BlockLayout::makeBlock(const TextBlock &source, const QString &text, const QFont &font,
                                          const Theme &theme, const MessageStyle &style) const
{
    Block block;
    block.kind = source.kind;
    block.spans = source.spans;
    block.quote = source.quote;
    block.marker = source.marker;
    block.language = source.language;
    block.table = source.table;
    block.row = source.row;
    QString shown = text;
    shown.replace(u'\n', QChar::LineSeparator);
    block.layout = std::make_unique<QTextLayout>(shown, font);
    block.layout->setCacheEnabled(true);
    QList<QTextLayout::FormatRange> formats;
    formats.reserve(source.spans.size());
    for (const TextSpan &span : source.spans) {
        if (span.start < shown.size())
            formats.append({span.start, std::min(span.length, int(shown.size()) - span.start),
                            spanFormat(span, theme, style, source.code)});
    }
    block.layout->setFormats(formats);
    return block;
}

//! \return the height; the natural width goes into the block.
double BlockLayout::layoutLines(Block &block, double width, double lineHeight, bool wrap) const
{
    QTextOption option;
    option.setWrapMode(!wrap                                     ? QTextOption::ManualWrap
                           : block.kind == TextBlock::Kind::Code ? QTextOption::WrapAnywhere
                                                                 : QTextOption::WrapAtWordBoundaryOrAnywhere);
    // The bubble shrinks to its text, whichever way that runs.
    option.setAlignment(Qt::AlignLeft | Qt::AlignAbsolute);
    block.layout->setTextOption(option);
    double y = 0;
    block.naturalWidth = 0;
    block.layout->beginLayout();
    for (QTextLine line = block.layout->createLine(); line.isValid(); line = block.layout->createLine()) {
        line.setLineWidth(wrap ? std::max(1.0, width) : kEndless);
        // Emoji and scripts with tall glyphs keep the room they need.
        const double used = std::max(lineHeight, std::ceil(line.height()));
        line.setPosition({0, y + std::floor((used - line.height()) / 2)});
        y += used;
        block.naturalWidth = std::max(block.naturalWidth, line.naturalTextWidth());
    }
    block.layout->endLayout();
    return y;
}

void BlockLayout::addBlock(const TextBlock &source, const Theme &theme, const MessageStyle &style, double maxWidth,
                           const CodeView &view, double &y)
{
    const double left = std::min(source.quote * style.quote + source.indent * style.indent, int(maxWidth / 2));
    const double room = maxWidth - left;
    if (source.kind == TextBlock::Kind::Rule) {
        Block block = makeBlock(source, {}, style.body, theme, style);
        block.box = QRectF(left, y, std::min(room, 3.0 * style.indent), style.padY);
        block.origin = block.box.topLeft();
        y = block.box.bottom();
        m_blocks.push_back(std::move(block));
        return;
    }
    const bool code = source.kind == TextBlock::Kind::Code;
    const QFont &font = code ? style.mono
        : source.kind == TextBlock::Kind::Heading
        ? style.headings[size_t(std::clamp(source.level, 1, int(style.headings.size())) - 1)]
        : style.body;
    const double lineHeight = code ? style.codeLineHeight
        : source.kind == TextBlock::Kind::Heading
        ? std::max(double(style.lineHeight), std::round(font.pixelSize() * 1.42))
        : style.lineHeight;
    const double insetX = code ? style.padX - 3 : 0;
    const double insetY = code ? style.padY - 1 : 0;

    QStringView text = source.text;
    const qsizetype lines = code ? text.count(u'\n') + 1 : 0;
    const bool folds = lines > kFoldCodeFrom && !view.expanded;
    const qsizetype shown = folds ? endOfLine(text, kFoldedCode) : text.size();
    Block block = makeBlock(source, text.left(shown).toString(), font, theme, style);
    block.unwrapped = code && view.unwrapped;
    const double height = layoutLines(block, room - 2 * insetX, lineHeight, !block.unwrapped);
    const double width = std::min(std::ceil(block.naturalWidth), room - 2 * insetX);
    block.origin = QPointF(left + insetX, y + insetY);
    block.box = QRectF(left, y, width + 2 * insetX, height + 2 * insetY);
    if (!block.marker.isEmpty())
        block.markerAt = QPointF(left - style.itemGap, y);
    if (folds) {
        block.folded = text.mid(shown).toString();
        block.foldText = tr("Show %n more line(s)", nullptr, int(lines) - kFoldedCode);
        const QFontMetricsF metrics(style.label);
        block.foldRect = QRectF(block.origin.x(), block.box.bottom() - insetY / 2,
                                std::ceil(metrics.horizontalAdvance(block.foldText)), style.labelHeight);
        block.box.setBottom(block.foldRect.bottom() + insetY / 2);
        block.box.setRight(std::max(block.box.right(), block.foldRect.right() + insetX));
    }
    if (block.unwrapped) {
        const int range = std::max(0, int(std::ceil(block.naturalWidth - width)));
        block.scroll = std::clamp(view.scroll, 0, range);
    }
    y = block.box.bottom();
    m_blocks.push_back(std::move(block));
}

qsizetype BlockLayout::addTable(const QList<TextBlock> &blocks, qsizetype first, const Theme &theme,
                                const MessageStyle &style, double maxWidth, double &y)
{
    qsizetype end = first;
    int columns = 0;
    while (end < blocks.size() && blocks.at(end).kind == TextBlock::Kind::Cell
           && blocks.at(end).table == blocks.at(first).table) {
        columns = std::max(columns, blocks.at(end).column + 1);
        ++end;
    }
    const double left =
        std::min(blocks.at(first).quote * style.quote + blocks.at(first).indent * style.indent, int(maxWidth / 2));
    const double room = std::max(kMinColumn, maxWidth - left - columns * 2.0 * style.cellX);

    // Natural widths first; if they do not fit, the wide columns give way and the narrow ones stay whole.
    std::vector<double> widths(size_t(columns), 0.0);
    std::vector<Block> cells;
    QFont head = style.body;
    head.setWeight(QFont::DemiBold);
    for (qsizetype i = first; i < end; ++i) {
        const TextBlock &source = blocks.at(i);
        Block cell = makeBlock(source, source.text, source.row == 0 ? head : style.body, theme, style);
        layoutLines(cell, 0, style.lineHeight, false);
        widths[size_t(source.column)] = std::max(widths[size_t(source.column)], std::ceil(cell.naturalWidth));
        cells.push_back(std::move(cell));
    }
    std::vector<double> sorted = widths;
    std::sort(sorted.begin(), sorted.end());
    double left_ = room;
    double cap = 0;
    for (size_t i = 0; i < sorted.size(); ++i) {
        cap = left_ / double(sorted.size() - i);
        if (sorted[i] > cap)
            break;
        left_ -= sorted[i];
        cap = sorted[i];
    }
    for (double &width : widths)
        width = std::max(std::min(width, std::floor(std::max(cap, kMinColumn))), 4.0);

    size_t at = 0;
    while (at < cells.size()) {
        size_t rowEnd = at;
        double height = style.lineHeight;
        while (rowEnd < cells.size() && cells[rowEnd].row == cells[at].row) {
            const int column = blocks.at(first + qsizetype(rowEnd)).column;
            height = std::max(height, layoutLines(cells[rowEnd], widths[size_t(column)], style.lineHeight, true));
            ++rowEnd;
        }
        double x = left;
        for (size_t i = at; i < rowEnd; ++i) {
            const TextBlock &source = blocks.at(first + qsizetype(i));
            const double width = widths[size_t(source.column)];
            const double spare = std::max(0.0, width - std::ceil(cells[i].naturalWidth));
            const double shift = source.align == Qt::AlignRight ? spare
                : source.align == Qt::AlignHCenter              ? std::floor(spare / 2)
                                                                : 0;
            cells[i].box = QRectF(x, y, width + 2 * style.cellX, height + 2 * style.cellY);
            cells[i].origin = QPointF(x + style.cellX + shift, y + style.cellY);
            x = cells[i].box.right();
        }
        y += height + 2 * style.cellY;
        at = rowEnd;
    }
    for (Block &cell : cells)
        m_blocks.push_back(std::move(cell));
    return end;
}

void BlockLayout::stretch(double width)
{
    constexpr double side = 18; // of a button
    for (Block &block : m_blocks) {
        if (block.kind == TextBlock::Kind::Code) {
            block.box.setRight(width);
            block.copyButton = QRectF(width - side - 5, block.box.top() + 5, side, side);
            block.wrapButton = block.copyButton.translated(-side - 4, 0);
        } else if (block.kind == TextBlock::Kind::Rule) {
            block.box.setRight(width);
        }
    }
    m_width = std::max(m_width, width);
}

int BlockLayout::blockAt(const QPointF &point) const
{
    int nearest = int(m_blocks.size()) - 1;
    for (size_t i = 0; i < m_blocks.size(); ++i) {
        const Block &block = m_blocks[i];
        if (point.y() >= block.box.bottom())
            continue;
        if (block.kind != TextBlock::Kind::Cell)
            return int(i);
        // Cells of one row stand beside each other.
        nearest = int(i);
        if (point.x() < block.box.right())
            break;
        if (i + 1 == m_blocks.size() || m_blocks[i + 1].table != block.table || m_blocks[i + 1].row != block.row)
            break;
    }
    return nearest;
}

TextPosition BlockLayout::positionNear(const QPointF &point) const
{
    const int at = blockAt(point);
    if (at < 0)
        return {};
    const Block &block = m_blocks[size_t(at)];
    const QPointF local = point - block.origin + QPointF(block.scroll, 0);
    const QTextLayout &layout = *block.layout;
    for (int i = 0; i < layout.lineCount(); ++i) {
        const QTextLine line = layout.lineAt(i);
        const double bottom = i + 1 < layout.lineCount() ? layout.lineAt(i + 1).y() : line.y() + line.height() + 1e6;
        if (local.y() < bottom)
            return {at, line.xToCursor(local.x())};
    }
    return {at, int(layout.text().size())};
}

int BlockLayout::codeAt(const QPointF &point) const
{
    for (size_t i = 0; i < m_blocks.size(); ++i) {
        if (m_blocks[i].kind == TextBlock::Kind::Code && m_blocks[i].box.contains(point))
            return int(i);
    }
    return -1;
}

QString BlockLayout::codeOf(int number) const
{
    if (number < 0 || number >= int(m_blocks.size()))
        return {};
    const Block &block = m_blocks[size_t(number)];
    return block.layout->text().replace(QChar::LineSeparator, u'\n') + block.folded;
}

int BlockLayout::scrollRange(int number) const
{
    if (number < 0 || number >= int(m_blocks.size()) || !m_blocks[size_t(number)].unwrapped)
        return 0;
    const Block &block = m_blocks[size_t(number)];
    const double inset = block.origin.x() - block.box.left();
    return std::max(0, int(std::ceil(block.naturalWidth - (block.box.width() - 2 * inset))));
}

BlockHit BlockLayout::hitTest(const QPointF &point) const
{
    BlockHit hit;
    hit.position = positionNear(point);
    if (const int code = codeAt(point); code >= 0) {
        const Block &block = m_blocks[size_t(code)];
        hit.position.block = code;
        if (block.copyButton.contains(point)) {
            hit.part = BlockHit::Part::CopyCode;
            hit.target = codeOf(code);
            return hit;
        }
        if (block.wrapButton.contains(point)) {
            hit.part = BlockHit::Part::WrapCode;
            return hit;
        }
        if (!block.foldText.isEmpty() && block.foldRect.contains(point)) {
            hit.part = BlockHit::Part::ExpandCode;
            return hit;
        }
    }
    if (hit.position.block < 0)
        return hit;
    const Block &block = m_blocks[size_t(hit.position.block)];
    const QPointF local = point - block.origin + QPointF(block.scroll, 0);
    const QTextLine line = block.layout->lineForTextPosition(hit.position.offset);
    if (!line.isValid() || local.x() < -2 || local.x() > line.naturalTextWidth() + 2 || local.y() < line.y() - 2
        || local.y() > line.y() + line.height() + 2)
        return hit;
    hit.part = BlockHit::Part::Text;
    const int under = line.xToCursor(local.x(), QTextLine::CursorOnCharacter);
    for (const TextSpan &span : block.spans) {
        if (span.kind == TextSpan::Kind::Link && under >= span.start && under < span.start + span.length) {
            hit.part = BlockHit::Part::Link;
            hit.target = span.target;
        }
    }
    return hit;
}

std::pair<TextPosition, TextPosition> BlockLayout::wordAt(TextPosition position) const
{
    if (position.block < 0)
        return {};
    const QString text = m_blocks[size_t(position.block)].layout->text();
    QTextBoundaryFinder finder(QTextBoundaryFinder::Word, text);
    finder.setPosition(position.offset);
    qsizetype from = finder.isAtBoundary() && finder.boundaryReasons().testFlag(QTextBoundaryFinder::StartOfItem)
        ? position.offset
        : finder.toPreviousBoundary();
    finder.setPosition(std::max<qsizetype>(0, from));
    qsizetype to = finder.toNextBoundary();
    from = std::max<qsizetype>(0, from);
    to = to < 0 ? text.size() : to;
    return {{position.block, int(from)}, {position.block, int(to)}};
}

std::pair<TextPosition, TextPosition> BlockLayout::all() const
{
    if (m_blocks.empty())
        return {};
    return {{0, 0}, {int(m_blocks.size()) - 1, int(m_blocks.back().layout->text().size())}};
}

QString BlockLayout::textBetween(TextPosition from, TextPosition to) const
{
    if (to < from)
        std::swap(from, to);
    QString out;
    for (int i = std::max(0, from.block); i <= to.block && i < int(m_blocks.size()); ++i) {
        const Block &block = m_blocks[size_t(i)];
        if (i > from.block) {
            const Block &before = m_blocks[size_t(i) - 1];
            const bool sameRow = block.kind == TextBlock::Kind::Cell && before.kind == TextBlock::Kind::Cell
                && block.table == before.table && block.row == before.row;
            out += sameRow ? u'\t' : u'\n';
        }
        const QString text = block.layout->text();
        const qsizetype start = i == from.block ? from.offset : 0;
        const qsizetype end = i == to.block ? to.offset : text.size();
        if (start == 0 && !block.marker.isEmpty())
            out += block.marker + u' ';
        out += QStringView(text).mid(start, end - start);
        if (end == text.size())
            out += block.folded; // hidden lines belong to what is copied
    }
    return out.replace(QChar::LineSeparator, u'\n');
}

} // namespace mesh::views
