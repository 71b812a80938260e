// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/messagelayout.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QLocale>
#include <QtCore/QTextBoundaryFinder>
#include <QtGui/QFontMetricsF>
#include <QtGui/QTextOption>

#include <algorithm>
#include <cmath>

#include "models/items/displaytext.h"
#include "views/theme.h"

namespace mesh::views {

using namespace Qt::StringLiterals;
using protocol::events::OutgoingState;

namespace {

constexpr qsizetype kFoldChars = 4'000;
constexpr int kFoldLines = 48;

double textWidth(const QFont &font, const QString &text)
{
    return std::ceil(QFontMetricsF(font).horizontalAdvance(text));
}

QTextCharFormat spanFormat(const TextSpan &span, const Theme &theme, const MessageStyle &style, bool code)
{
    QTextCharFormat format;
    switch (span.kind) {
    case TextSpan::Kind::Bold:
        format.setFontWeight(QFont::DemiBold);
        break;
    case TextSpan::Kind::Code:
        format.setFont(style.mono);
        break;
    case TextSpan::Kind::Link:
        format.setForeground(theme.textColor(Theme::Role::Next, Theme::Role::Raised));
        format.setFontUnderline(true);
        break;
    case TextSpan::Kind::Keyword:
        format.setForeground(theme.textColor(Theme::Role::CodeKeyword, Theme::Role::Bg));
        break;
    case TextSpan::Kind::String:
        format.setForeground(theme.textColor(Theme::Role::CodeString, Theme::Role::Bg));
        break;
    case TextSpan::Kind::Comment:
        format.setForeground(theme.textColor(Theme::Role::CodeComment, Theme::Role::Bg));
        break;
    case TextSpan::Kind::Function:
        format.setForeground(theme.textColor(Theme::Role::Next, Theme::Role::Bg));
        break;
    }
    if (code)
        format.setFontFixedPitch(true);
    return format;
}

} // namespace

QString refusalText(const QString &code, const QString &detail)
{
    if (code == "rate_limit"_L1)
        return MessageLayout::tr("too many messages in a short time");
    if (code == "payload_too_large"_L1 || code == "too_large"_L1)
        return MessageLayout::tr("too long for the broker");
    if (code == "not_connected"_L1)
        return MessageLayout::tr("the peer is not connected");
    if (code == "blocked"_L1)
        return MessageLayout::tr("the peer does not take messages from you");
    if (!detail.isEmpty())
        return items::oneLine(detail, 120);
    return code.isEmpty() ? MessageLayout::tr("the broker gave no reason") : items::oneLine(code, 60);
}

MessageStyle::MessageStyle(const Theme &theme)
    : body(theme.font(Theme::Text::Body))
    , mono(theme.font(Theme::Text::Mono))
    , label(theme.font(Theme::Text::Label))
    , name(theme.font(Theme::Text::SecondStrong))
    , side(theme.px(14))
    , avatar(theme.px(30))
    , textLeft(theme.px(54))
    , padX(theme.px(11))
    , padY(theme.px(8))
    , radius(theme.px(10))
    , codeRadius(theme.px(7))
    , lineHeight(int(std::lround(body.pixelSize() * 1.42)))
    , codeLineHeight(int(std::lround(mono.pixelSize() * 1.42)))
    , labelHeight(theme.px(18))
    , nameHeight(theme.px(20))
    , groupGap(theme.px(14))
    , bubbleGap(theme.px(6))
    , dayHeight(theme.px(40))
    , dividerHeight(theme.px(32))
    , maxBubble(theme.px(600))
    , icon(theme.px(13))
{
}

MessageLayout::MessageLayout(const items::MessageRow &row, const Theme &theme, const MessageStyle &style, int width,
                             Options options)
    : m_row(row)
    , m_width(width)
{
    double y = 0;
    if (row.startsDay) {
        m_dayText = items::dayLabel(row.sentAtMs, options.nowMs);
        m_dayRect = QRectF(0, y, width, style.dayHeight);
        y += style.dayHeight;
    }
    if (row.firstUnread) {
        m_dividerRect = QRectF(0, y, width, style.dividerHeight);
        y += style.dividerHeight;
    }
    const bool head = row.startsGroup && !row.own;
    y += row.startsGroup ? ((row.startsDay || row.firstUnread) ? 0 : style.groupGap) : style.bubbleGap;
    if (head) {
        m_avatarRect = QRectF(style.side, y, style.avatar, style.avatar);
        m_nameRect = QRectF(style.textLeft, y, std::max(0, width - style.textLeft - style.side), style.nameHeight);
        y += style.nameHeight;
    }

    const double room = width - style.textLeft - style.side - (row.own ? 0 : theme.px(4));
    const double maxText = std::max(40.0, std::min(double(style.maxBubble), room) - 2 * style.padX);

    QString shown = row.text;
    if (row.body == protocol::BodyKind::Undecryptable) {
        m_notice = true;
        shown = MessageLayout::tr("This message could not be opened: it was sealed for another key.");
    } else if (shown.isEmpty()) {
        m_notice = true;
        shown = MessageLayout::tr("(empty message)");
    } else if (!options.expanded) {
        const QStringView part = foldedPart(shown, kFoldChars, kFoldLines);
        if (part.size() < shown.size()) {
            m_expandText = MessageLayout::tr("Show all · %1 characters").arg(QLocale().toString(shown.size()));
            shown = part.toString();
        }
    }

    m_bubble = QRectF(0, y, 0, 0);
    if (m_notice) {
        TextBlock block;
        block.text = shown;
        addBlocks({block}, theme, style, maxText);
    } else {
        addBlocks(parseMessage(shown), theme, style, maxText);
    }

    double textRight = 0;
    double textBottom = style.padY;
    for (const Block &block : m_blocks) {
        textRight = std::max(textRight, block.box.right());
        textBottom = std::max(textBottom, block.box.bottom());
    }
    if (!m_expandText.isEmpty()) {
        m_expandRect =
            QRectF(style.padX, textBottom + style.padY / 2.0, textWidth(style.label, m_expandText), style.labelHeight);
        textRight = std::max(textRight, m_expandRect.right());
        textBottom = m_expandRect.bottom();
    }
    m_bubble.setWidth(std::ceil(std::max(textRight + style.padX, double(style.padX * 3))));
    m_bubble.setHeight(textBottom + style.padY);
    m_bubble.moveLeft(row.own ? width - style.side - m_bubble.width() : style.textLeft);
    for (Block &block : m_blocks) {
        if (block.code) // code boxes of one bubble are equally wide
            block.box.setRight(m_bubble.width() - style.padX);
        block.origin += m_bubble.topLeft();
        block.box.translate(m_bubble.topLeft());
        if (block.code)
            block.copyButton =
                QRectF(block.box.right() - style.icon - 8, block.box.top() + 5, style.icon + 4, style.icon + 4);
    }
    m_expandRect.translate(m_bubble.topLeft());
    y = m_bubble.bottom();
    m_height = int(std::ceil(y));
    layoutFoot(theme, style, options);
}

MessageLayout::~MessageLayout() = default;

void MessageLayout::addBlocks(const QList<TextBlock> &blocks, const Theme &theme, const MessageStyle &style,
                              double maxText)
{
    double y = style.padY;
    for (const TextBlock &source : blocks) {
        Block block;
        block.code = source.code;
        block.spans = source.spans;
        const double inset = source.code ? style.padX - 3 : 0;
        const double insetY = source.code ? style.padY - 1 : 0;
        const double lineHeight = source.code ? style.codeLineHeight : style.lineHeight;
        if (!m_blocks.empty())
            y += style.padY;

        QString text = source.text;
        text.replace(u'\n', QChar::LineSeparator);
        block.layout = std::make_unique<QTextLayout>(text, source.code ? style.mono : style.body);
        QTextOption option;
        option.setWrapMode(source.code ? QTextOption::WrapAnywhere : QTextOption::WrapAtWordBoundaryOrAnywhere);
        option.setAlignment(Qt::AlignLeft
                            | Qt::AlignAbsolute); // the bubble shrinks to its text, whichever way that runs
        block.layout->setTextOption(option);
        block.layout->setCacheEnabled(true);
        QList<QTextLayout::FormatRange> formats;
        formats.reserve(source.spans.size());
        for (const TextSpan &span : source.spans)
            formats.append({span.start, span.length, spanFormat(span, theme, style, source.code)});
        block.layout->setFormats(formats);

        double width = 0;
        double lineY = 0;
        block.layout->beginLayout();
        for (QTextLine line = block.layout->createLine(); line.isValid(); line = block.layout->createLine()) {
            line.setLineWidth(maxText - 2 * inset);
            // Emoji and scripts with tall glyphs keep the room they need.
            const double used = std::max(lineHeight, std::ceil(line.height()));
            line.setPosition({0, lineY + std::floor((used - line.height()) / 2)});
            lineY += used;
            width = std::max(width, line.naturalTextWidth());
        }
        block.layout->endLayout();
        block.origin = QPointF(style.padX + inset, y + insetY);
        block.box = QRectF(style.padX, y, std::ceil(width) + 2 * inset, lineY + 2 * insetY);
        y = block.box.bottom();
        m_blocks.push_back(std::move(block));
    }
}

void MessageLayout::layoutFoot(const Theme &theme, const MessageStyle &style, const Options &options)
{
    QStringList parts;
    const QString time = items::timeOfDay(m_row.sentAtMs);
    if (m_row.own) {
        bool always = false;
        if (m_row.priority == protocol::Priority::Now)
            parts.append(MessageLayout::tr("now", "priority of a message"));
        else if (m_row.priority == protocol::Priority::Low)
            parts.append(MessageLayout::tr("low", "priority of a message"));
        parts.append(time);
        switch (m_row.state) {
        case OutgoingState::Queued:
            always = true;
            m_footIcon = u"clock"_s;
            if (!options.online)
                parts.append(MessageLayout::tr("waits for the connection"));
            else if (m_row.queuePosition > 1)
                parts.append(MessageLayout::tr("queued, %1 before it").arg(m_row.queuePosition - 1));
            else
                parts.append(MessageLayout::tr("queued, goes next"));
            m_action = MessageHit::Part::Cancel;
            m_actionText = MessageLayout::tr("Take back");
            break;
        case OutgoingState::Sent:
            always = true;
            m_footIcon = u"clock"_s;
            parts.append(MessageLayout::tr("sending"));
            break;
        case OutgoingState::Accepted:
            m_footIcon = u"check"_s;
            parts.append(MessageLayout::tr("sent"));
            break;
        case OutgoingState::Delivered:
            m_footIcon = u"check-double"_s;
            parts.append(MessageLayout::tr("delivered"));
            break;
        case OutgoingState::Read:
            m_footIcon = u"check-double"_s;
            parts.append(MessageLayout::tr("read"));
            break;
        case OutgoingState::Refused:
            always = m_footBad = true;
            m_footIcon = u"alert"_s;
            parts = {MessageLayout::tr("Not sent: %1").arg(refusalText(m_row.code, m_row.detail))};
            m_action = MessageHit::Part::Retry;
            m_actionText = MessageLayout::tr("Retry");
            break;
        case OutgoingState::Unknown:
            always = m_footBad = true;
            m_footIcon = u"alert"_s;
            parts = {MessageLayout::tr("No answer from the broker; it may have arrived")};
            m_action = MessageHit::Part::Retry;
            m_actionText = MessageLayout::tr("Retry");
            break;
        case OutgoingState::Cancelled:
            always = true;
            m_footIcon = u"close"_s;
            parts.append(MessageLayout::tr("taken back"));
            break;
        }
        if (!m_row.endsGroup && !always)
            return;
    } else {
        if (m_row.subtype == "reminder"_L1)
            parts.append(MessageLayout::tr("reminder"));
        if (m_row.body == protocol::BodyKind::Clear && options.direct)
            parts.append(MessageLayout::tr("not encrypted"));
        if (parts.isEmpty())
            return;
        m_footIcon = options.direct && m_row.body == protocol::BodyKind::Clear ? u"lock-open"_s : u"clock"_s;
    }

    m_footText = parts.join(u" · "_s);
    const double gap = theme.px(4);
    const double actionWidth = m_actionText.isEmpty() ? 0 : textWidth(style.label, m_actionText) + theme.px(8);
    const double left = m_row.own ? style.textLeft : m_bubble.left();
    const double right = m_width - style.side;
    const double room = right - left - actionWidth - style.icon - gap;
    m_footText = QFontMetricsF(style.label).elidedText(m_footText, Qt::ElideRight, room);
    const double width = style.icon + gap + textWidth(style.label, m_footText);
    const double top = m_bubble.bottom() + theme.px(2);
    const double x = m_row.own ? right - width - actionWidth : left + theme.px(2);
    m_footRect = QRectF(x, top, width, style.labelHeight);
    if (actionWidth > 0)
        m_actionRect = QRectF(m_footRect.right(), top, actionWidth, style.labelHeight);
    m_height = int(std::ceil(m_footRect.bottom()));
}

int MessageLayout::blockAt(const QPointF &point) const
{
    for (size_t i = 0; i < m_blocks.size(); ++i) {
        if (point.y() < m_blocks[i].box.bottom())
            return int(i);
    }
    return int(m_blocks.size()) - 1;
}

TextPosition MessageLayout::positionNear(const QPointF &point) const
{
    const int at = blockAt(point);
    if (at < 0)
        return {};
    const Block &block = m_blocks[size_t(at)];
    const QPointF local = point - block.origin;
    const QTextLayout &layout = *block.layout;
    for (int i = 0; i < layout.lineCount(); ++i) {
        const QTextLine line = layout.lineAt(i);
        const double bottom = i + 1 < layout.lineCount() ? layout.lineAt(i + 1).y() : line.y() + line.height() + 1e6;
        if (local.y() < bottom)
            return {at, line.xToCursor(local.x())};
    }
    return {at, int(layout.text().size())};
}

MessageHit MessageLayout::hitTest(const QPointF &point) const
{
    MessageHit hit;
    if (m_action != MessageHit::Part::None && m_actionRect.adjusted(0, -2, 0, 2).contains(point)) {
        hit.part = m_action;
        return hit;
    }
    if (m_avatarRect.contains(point)) {
        hit.part = MessageHit::Part::Sender;
        return hit;
    }
    if (!m_bubble.contains(point))
        return hit;
    hit.part = MessageHit::Part::Bubble;
    if (!m_expandText.isEmpty() && m_expandRect.contains(point)) {
        hit.part = MessageHit::Part::Expand;
        return hit;
    }
    for (const Block &block : m_blocks) {
        if (block.code && block.copyButton.contains(point)) {
            hit.part = MessageHit::Part::CopyCode;
            hit.target = block.layout->text();
            hit.target.replace(QChar::LineSeparator, u'\n');
            return hit;
        }
    }
    hit.position = positionNear(point);
    if (hit.position.block < 0 || m_notice)
        return hit;
    const Block &block = m_blocks[size_t(hit.position.block)];
    const QPointF local = point - block.origin;
    const QTextLine line = block.layout->lineForTextPosition(hit.position.offset);
    if (!line.isValid() || local.x() < -2 || local.x() > line.naturalTextWidth() + 2)
        return hit;
    hit.part = MessageHit::Part::Text;
    const int under = line.xToCursor(local.x(), QTextLine::CursorOnCharacter);
    for (const TextSpan &span : block.spans) {
        if (span.kind == TextSpan::Kind::Link && under >= span.start && under < span.start + span.length) {
            hit.part = MessageHit::Part::Link;
            hit.target = block.layout->text().mid(span.start, span.length);
        }
    }
    return hit;
}

std::pair<TextPosition, TextPosition> MessageLayout::wordAt(TextPosition position) const
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

std::pair<TextPosition, TextPosition> MessageLayout::all() const
{
    if (m_blocks.empty())
        return {};
    return {{0, 0}, {int(m_blocks.size()) - 1, int(m_blocks.back().layout->text().size())}};
}

QString MessageLayout::textBetween(TextPosition from, TextPosition to) const
{
    if (to < from)
        std::swap(from, to);
    QStringList parts;
    for (int i = std::max(0, from.block); i <= to.block && i < int(m_blocks.size()); ++i) {
        const QString text = m_blocks[size_t(i)].layout->text();
        const qsizetype start = i == from.block ? from.offset : 0;
        const qsizetype end = i == to.block ? to.offset : text.size();
        parts.append(text.mid(start, end - start));
    }
    return parts.join(u'\n').replace(QChar::LineSeparator, u'\n');
}

} // namespace mesh::views
