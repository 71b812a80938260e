// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/messagelayout.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QLocale>
#include <QtGui/QFontMetricsF>

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
constexpr qsizetype kMaxShown = 48'000; //!< what the wire can carry

double textWidth(const QFont &font, const QString &text)
{
    return std::ceil(QFontMetricsF(font).horizontalAdvance(text));
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
    , beginningHeight(theme.px(72))
    , maxBubble(theme.px(600))
    , icon(theme.px(13))
    , indent(theme.px(20))
    , quote(theme.px(12))
    , itemGap(theme.px(4))
    , cellX(theme.px(6))
    , cellY(theme.px(4))
{
    constexpr std::array scales{1.3, 1.15, 1.0};
    for (size_t i = 0; i < headings.size(); ++i) {
        headings[i] = body;
        headings[i].setPixelSize(int(std::lround(body.pixelSize() * scales[i])));
        headings[i].setWeight(QFont::DemiBold);
    }
}

MessageLayout::MessageLayout(const items::MessageRow &row, const Theme &theme, const MessageStyle &style, int width,
                             Options options)
    : m_row(row)
    , m_width(width)
{
    double y = 0;
    if (!row.beginning.isEmpty()) {
        m_beginningRect = QRectF(0, y, width, style.beginningHeight);
        y += style.beginningHeight;
    }
    if (row.startsDay) {
        m_dayText = items::dayLabel(row.sentAtMs, options.nowMs);
        m_dayRect = QRectF(0, y, width, style.dayHeight);
        y += style.dayHeight;
    }
    if (!row.notice.isEmpty()) {
        m_noticeRect = QRectF(0, y, width, style.dividerHeight);
        y += style.dividerHeight;
    }
    if (row.firstUnread) {
        m_dividerRect = QRectF(0, y, width, style.dividerHeight);
        y += style.dividerHeight;
    }
    const bool head = row.startsGroup && !row.own;
    y += row.startsGroup ? ((row.startsDay || row.firstUnread || !row.notice.isEmpty()) ? 0 : style.groupGap)
                         : style.bubbleGap;
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
        shown = !row.closedReason.isEmpty()
            ? row.closedReason
            : MessageLayout::tr("This message could not be opened: it was sealed for another key.");
    } else if (shown.isEmpty()) {
        m_notice = true;
        shown = MessageLayout::tr("(empty message)");
    } else if (!options.expanded) {
        const QStringView part = foldedPart(shown, kFoldChars, kFoldLines);
        if (part.size() < shown.size()) {
            m_expandText = MessageLayout::tr("Show all · %1 characters").arg(QLocale().toString(shown.size()));
            shown = part.toString();
        }
    } else if (shown.size() > kMaxShown) {
        // Laying out more would hold up the window; nothing is lost, copying takes all of it.
        m_expandText = MessageLayout::tr("The first %1 of %2 characters; copy the message to get all")
                           .arg(QLocale().toString(kMaxShown), QLocale().toString(shown.size()));
        shown.truncate(kMaxShown);
    }

    m_text = std::make_unique<BlockLayout>(m_notice ? plainMessage(shown) : parseMessage(shown), theme, style, maxText,
                                           options.code);
    layoutReply(theme, style, maxText);
    double right = std::max(m_text->width(), m_replyRect.width());
    double bottom = style.padY + (m_replyRect.isEmpty() ? 0 : m_replyRect.height() + style.padY);
    m_textOrigin = QPointF(style.padX, bottom);
    bottom += m_text->height();
    if (!m_expandText.isEmpty()) {
        m_expandRect =
            QRectF(style.padX, bottom + style.padY / 2.0, textWidth(style.label, m_expandText), style.labelHeight);
        right = std::max(right, m_expandRect.width());
        bottom = m_expandRect.bottom();
    }
    m_bubble = QRectF(0, y, std::ceil(std::max(right, double(style.padX)) + 2 * style.padX), bottom + style.padY);
    m_bubble.moveLeft(row.own ? width - style.side - m_bubble.width() : style.textLeft);
    m_text->stretch(m_bubble.width() - 2 * style.padX);
    m_textOrigin += m_bubble.topLeft();
    m_expandRect.translate(m_bubble.topLeft());
    if (!m_replyRect.isEmpty()) {
        m_replyRect.setWidth(m_bubble.width() - 2 * style.padX);
        m_replyRect.translate(m_bubble.topLeft());
    }
    m_height = int(std::ceil(m_bubble.bottom()));
    layoutFoot(theme, style, options);
}

MessageLayout::~MessageLayout() = default;

void MessageLayout::layoutReply(const Theme &theme, const MessageStyle &style, double maxText)
{
    if (m_row.replyToId.isEmpty())
        return;
    const double inset = style.quote;
    m_replySender = m_row.replySender.isEmpty() ? MessageLayout::tr("An earlier message") : m_row.replySender;
    m_replyText = m_row.replyText.isEmpty() ? MessageLayout::tr("not loaded; click to look for it") : m_row.replyText;
    const double wanted = std::max(textWidth(style.name, m_replySender), textWidth(style.label, m_replyText)) + inset;
    m_replyRect = QRectF(style.padX, style.padY, std::min(wanted, maxText), style.nameHeight + style.labelHeight);
    const double room = m_replyRect.width() - inset;
    m_replySender = QFontMetricsF(style.name).elidedText(m_replySender, Qt::ElideRight, room);
    m_replyText = QFontMetricsF(style.label).elidedText(m_replyText, Qt::ElideRight, std::min(room, maxText - inset));
    Q_UNUSED(theme)
}

QString MessageLayout::stateWord(OutgoingState state)
{
    switch (state) {
    case OutgoingState::Queued:
        return tr("waiting");
    case OutgoingState::Sent:
        return tr("sending");
    case OutgoingState::Accepted:
        return tr("sent");
    case OutgoingState::Delivered:
        return tr("delivered");
    case OutgoingState::Read:
        return tr("read");
    case OutgoingState::Refused:
        return tr("not sent");
    case OutgoingState::Unknown:
        return tr("no answer");
    case OutgoingState::Cancelled:
        return tr("taken back");
    }
    return {};
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
        const bool kept = m_row.note
            && (m_row.state == OutgoingState::Accepted || m_row.state == OutgoingState::Delivered
                || m_row.state == OutgoingState::Read);
        if (kept) { // it was never to go anywhere
            m_footIcon = u"lock"_s;
            parts = QStringList{time};
        }
        switch (kept ? OutgoingState::Accepted : m_row.state) {
        case OutgoingState::Queued:
            always = true;
            m_footIcon = u"clock"_s;
            if (!options.online)
                parts.append(MessageLayout::tr("waits for the connection"));
            else if (m_row.waitsForKey)
                parts.append(MessageLayout::tr("waits for the topic's key"));
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
            if (kept)
                break;
            m_footIcon = u"check"_s;
            parts.append(MessageLayout::tr("sent"));
            break;
        case OutgoingState::Delivered:
            m_footIcon = u"check-double"_s;
            parts.append(m_row.recipients > 1 ? MessageLayout::tr("delivered to %n peer(s)", nullptr, m_row.recipients)
                                              : MessageLayout::tr("delivered"));
            break;
        case OutgoingState::Read:
            m_footIcon = u"check-double"_s;
            parts.append(m_row.members > 1 ? MessageLayout::tr("read by %1 of %2").arg(m_row.readers).arg(m_row.members)
                                           : MessageLayout::tr("read"));
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

int MessageLayout::codeAt(const QPointF &point) const
{
    return m_text->codeAt(inText(point));
}

TextPosition MessageLayout::positionNear(const QPointF &point) const
{
    return m_text->positionNear(inText(point));
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
    if (m_footRect.contains(point)) {
        hit.part = MessageHit::Part::Foot;
        return hit;
    }
    if (!m_bubble.contains(point))
        return hit;
    hit.part = MessageHit::Part::Bubble;
    if (!m_expandText.isEmpty() && m_expandRect.contains(point)) {
        hit.part = MessageHit::Part::Expand;
        return hit;
    }
    if (!m_replyRect.isEmpty() && m_replyRect.contains(point)) {
        hit.part = MessageHit::Part::Reply;
        hit.target = m_row.replyToId;
        return hit;
    }
    const BlockHit inner = m_text->hitTest(inText(point));
    hit.position = inner.position;
    if (m_notice)
        return hit;
    hit.target = inner.target;
    switch (inner.part) {
    case BlockHit::Part::None:
        break;
    case BlockHit::Part::Text:
        hit.part = MessageHit::Part::Text;
        break;
    case BlockHit::Part::Link:
        hit.part = MessageHit::Part::Link;
        break;
    case BlockHit::Part::CopyCode:
        hit.part = MessageHit::Part::CopyCode;
        break;
    case BlockHit::Part::WrapCode:
        hit.part = MessageHit::Part::WrapCode;
        break;
    case BlockHit::Part::ExpandCode:
        hit.part = MessageHit::Part::ExpandCode;
        break;
    }
    return hit;
}

std::pair<TextPosition, TextPosition> MessageLayout::wordAt(TextPosition position) const
{
    return m_text->wordAt(position);
}

std::pair<TextPosition, TextPosition> MessageLayout::all() const
{
    return m_text->all();
}

QString MessageLayout::textBetween(TextPosition from, TextPosition to) const
{
    return m_text->textBetween(from, to);
}

} // namespace mesh::views
