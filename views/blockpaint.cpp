// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtGui/QFontMetricsF>
#include <QtGui/QPainter>

#include "views/blocklayout.h"
#include "views/messagestyle.h"
#include "views/theme.h"

//! \file
//! The painting half of BlockLayout.
namespace mesh::views {

using namespace Qt::StringLiterals;

void BlockLayout::paintCode(QPainter *painter, const Theme &theme, const MessageStyle &style, const Block &block,
                            const QPointF &pointer) const
{
    if (!block.foldText.isEmpty()) {
        painter->setFont(style.label);
        painter->setPen(theme.textColor(Theme::Role::Accent, Theme::Role::Bg));
        painter->drawText(block.foldRect, Qt::AlignVCenter | Qt::AlignLeft, block.foldText);
    }
    if (!block.box.contains(pointer))
        return;
    const auto button = [&](const QRectF &rect, const QString &icon, bool on) {
        const bool hot = rect.contains(pointer);
        painter->setPen(Qt::NoPen);
        painter->setBrush(theme.color(hot ? Theme::Role::Raised : Theme::Role::Bg));
        painter->drawRoundedRect(rect, 4, 4);
        theme.paintIcon(painter, icon, rect.adjusted(2, 2, -2, -2),
                        on ? theme.textColor(Theme::Role::Accent, Theme::Role::Bg) : theme.color(Theme::Role::Text2));
    };
    button(block.copyButton, u"copy"_s, false);
    button(block.wrapButton, u"wrap"_s, block.unwrapped);
    if (!block.language.isEmpty()) {
        painter->setFont(style.label);
        const double width = QFontMetricsF(style.label).horizontalAdvance(block.language) + 8;
        const QRectF rect(block.wrapButton.left() - width - 2, block.wrapButton.top(), width,
                          block.wrapButton.height());
        painter->setPen(Qt::NoPen);
        painter->setBrush(theme.color(Theme::Role::Bg));
        painter->drawRoundedRect(rect, 4, 4);
        painter->setPen(theme.color(Theme::Role::Text3));
        painter->drawText(rect, Qt::AlignCenter, block.language);
    }
}

void BlockLayout::paint(QPainter *painter, const Theme &theme, const MessageStyle &style, const PaintState &state) const
{
    const auto from = std::min(state.selectionFrom, state.selectionTo);
    const auto to = std::max(state.selectionFrom, state.selectionTo);
    QTextCharFormat selected;
    selected.setBackground(theme.color(Theme::Role::Accent));
    selected.setForeground(theme.color(Theme::Role::OnAccent));
    const QColor line = theme.mix(Theme::Role::Line, Theme::Role::Text3, 0.25);
    for (size_t i = 0; i < m_blocks.size(); ++i) {
        const Block &block = m_blocks[i];
        for (int bar = 0; bar < block.quote; ++bar) {
            const double top =
                block.continuesQuote && bar < m_blocks[i - 1].quote ? m_blocks[i - 1].box.bottom() : block.box.top();
            painter->fillRect(QRectF(bar * style.quote, top, 2, block.box.bottom() - top), line);
        }
        switch (block.kind) {
        case TextBlock::Kind::Rule:
            painter->fillRect(QRectF(block.box.left(), std::round(block.box.center().y()), block.box.width(), 1), line);
            continue;
        case TextBlock::Kind::Code:
            painter->setBrush(theme.color(Theme::Role::Bg));
            painter->setPen(QPen(theme.color(Theme::Role::Line), 1));
            painter->drawRoundedRect(block.box.adjusted(0.5, 0.5, -0.5, -0.5), style.codeRadius, style.codeRadius);
            break;
        case TextBlock::Kind::Cell:
            if (block.row > 0)
                painter->fillRect(QRectF(block.box.left(), block.box.top(), block.box.width(), 1), line);
            break;
        case TextBlock::Kind::Prose:
        case TextBlock::Kind::Heading:
            break;
        }
        if (!block.marker.isEmpty()) {
            painter->setFont(style.body);
            painter->setPen(theme.color(Theme::Role::Text2));
            painter->drawText(QRectF(0, block.markerAt.y(), block.markerAt.x(), style.lineHeight),
                              Qt::AlignRight | Qt::AlignVCenter, block.marker);
        }
        QList<QTextLayout::FormatRange> selection;
        if (from != to && int(i) >= from.block && int(i) <= to.block) {
            const int start = int(i) == from.block ? from.offset : 0;
            const int end = int(i) == to.block ? to.offset : int(block.layout->text().size());
            if (end > start)
                selection.append({start, end - start, selected});
        }
        const bool quoted = block.quote > 0 && block.kind != TextBlock::Kind::Code;
        painter->setPen(quoted ? theme.color(Theme::Role::Text2) : state.ink);
        if (block.unwrapped) {
            painter->save();
            const double inset = block.origin.x() - block.box.left();
            painter->setClipRect(block.box.adjusted(inset, 1, -inset, -1), Qt::IntersectClip);
            block.layout->draw(painter, block.origin - QPointF(block.scroll, 0), selection);
            painter->restore();
        } else {
            block.layout->draw(painter, block.origin, selection);
        }
        if (block.kind == TextBlock::Kind::Code)
            paintCode(painter, theme, style, block, state.pointer);
    }
}

} // namespace mesh::views
