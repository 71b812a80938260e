// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph/overlay.h"

#include <QtGui/QFontMetricsF>
#include <QtGui/QPainter>

#include <algorithm>
#include <array>
#include <cmath>

using namespace Qt::StringLiterals;

namespace mesh::graph {

using protocol::PeerKind;
using protocol::PeerStatus;
using protocol::Priority;

namespace {

constexpr double kMargin = 16;   // of legend and notes to the edge of the view
constexpr qint64 kWordsMs = 500; // between two changes of a figure
constexpr double kPanelRadius = 7;

QPixmap canvas(QSizeF size, qreal ratio)
{
    QPixmap pixmap((size * ratio).toSize() + QSize(1, 1));
    pixmap.setDevicePixelRatio(ratio);
    pixmap.fill(Qt::transparent);
    return pixmap;
}

} // namespace

void Overlay::clear()
{
    m_legend = {};
    m_centre = {};
    m_centreWords.clear();
    m_honesty = {};
    m_honestyWords.clear();
}

QString Overlay::kindWord(PeerKind kind)
{
    switch (kind) {
    case PeerKind::Ai:
        return tr("AI session");
    case PeerKind::Human:
        return tr("human");
    case PeerKind::Connector:
        break;
    }
    return tr("connector");
}

QString Overlay::statusWord(PeerStatus status)
{
    switch (status) {
    case PeerStatus::Idle:
        return tr("idle");
    case PeerStatus::Working:
        return tr("working");
    case PeerStatus::Dnd:
        return tr("do not disturb");
    case PeerStatus::Offline:
        break;
    }
    return tr("offline");
}

QString Overlay::summary(const items::GraphModel &model)
{
    //: below the mesh's name: how many peers, and the rate of messages
    return tr("%1 · %2").arg(tr("%n peers", nullptr, model.peerCount()),
                             tr("%n messages/min", nullptr, model.messagesPerMinute()));
}

template <class Draw>
void Overlay::putKept(QPainter &painter, QPixmap &kept, QSizeF size, QPointF at, const SpriteAtlas &atlas, Draw draw)
{
    if (!atlas.keepsPixmaps()) {
        painter.save();
        painter.setRenderHint(QPainter::Antialiasing);
        painter.translate(onPixels(at, atlas.devicePixelRatio()));
        draw(painter);
        painter.restore();
        return;
    }
    if (kept.isNull()) {
        kept = canvas(size, atlas.devicePixelRatio());
        QPainter picture(&kept);
        picture.setRenderHint(QPainter::Antialiasing);
        draw(picture);
    }
    painter.drawPixmap(onPixels(at, atlas.devicePixelRatio()), kept);
}

QPointF Overlay::centreCorner(QPointF at) const
{
    return at - QPointF(m_centreSize.width() / 2, m_centreSize.height() * 0.36);
}

void Overlay::paintCentre(QPainter &painter, QPointF at, double room, const items::GraphModel &model, qint64 nowMs,
                          SpriteAtlas &atlas)
{
    // Looked at no more often than it may change: the words cost more than the picture.
    const bool fresh = !m_centre.isNull() && room == m_centreRoom && std::abs(nowMs - m_centreAtMs) < kWordsMs;
    if (fresh && atlas.keepsPixmaps()) {
        painter.drawPixmap(onPixels(centreCorner(at), atlas.devicePixelRatio()), m_centre);
        return;
    }
    const GraphStyle &style = atlas.style();
    const QString name = model.meshName();
    const QString line = model.peerCount() == 1 ? tr("Only one peer is here.") : summary(model);
    const QString hint = model.peerCount() == 1 ? tr("Others appear as soon as they join this mesh.") : QString();
    const QString words = name + u'\n' + line + u'\n' + hint;
    const QFont title = scaledFont(style.font, 15.5 / 12, QFont::DemiBold);
    const QFont second = scaledFont(style.font, 1);
    const QFontMetricsF titleMetrics(title);
    const QFontMetricsF secondMetrics(second);
    m_centreAtMs = nowMs;
    if (m_centre.isNull() || words != m_centreWords || room != m_centreRoom || !atlas.keepsPixmaps()) {
        m_centre = {};
        m_centreWords = words;
        m_centreRoom = room;
        const QString shown = titleMetrics.elidedText(name, Qt::ElideRight, room);
        m_centreSize = QSizeF(std::max({titleMetrics.horizontalAdvance(shown), secondMetrics.horizontalAdvance(line),
                                        secondMetrics.horizontalAdvance(hint)})
                                  + 12,
                              titleMetrics.height() + 2 * secondMetrics.height() + 8);
    }
    const QSizeF size = m_centreSize;
    putKept(painter, m_centre, size, centreCorner(at), atlas, [&](QPainter &picture) {
        const QString shown = titleMetrics.elidedText(name, Qt::ElideRight, room);
        const auto draw = [&](const QFont &font, const QColor &color, double y, double h, const QString &text) {
            picture.setFont(font);
            picture.setPen(color);
            picture.drawText(QRectF(0, y, size.width(), h), Qt::AlignHCenter | Qt::AlignTop, text);
        };
        // What passes behind the words steps back.
        picture.setPen(Qt::NoPen);
        picture.setBrush(withAlpha(style.background, 0.72));
        const double shownHeight = titleMetrics.height() + 5 + secondMetrics.height() * (hint.isEmpty() ? 1 : 2);
        picture.drawRoundedRect(QRectF(0, 0, size.width(), shownHeight), 8, 8);
        const double below = titleMetrics.height() + 3;
        draw(title, style.text1, 0, titleMetrics.height(), shown);
        draw(second, mixed(style.text2, style.text3, 0.35), below, secondMetrics.height(), line);
        if (!hint.isEmpty())
            draw(second, mixed(style.text2, style.text3, 0.35), below + secondMetrics.height() + 2,
                 secondMetrics.height(), hint);
    });
}

QSizeF Overlay::drawLegendLine(QPainter *painter, SpriteAtlas &atlas) const
{
    const GraphStyle &style = atlas.style();
    const QFont font = scaledFont(style.font, 11.5 / 12);
    const QFontMetricsF metrics(font);
    const double height = metrics.height() + 2;
    const double y = height / 2;
    double x = 0;
    const auto word = [&](const QString &text, double gap) {
        if (painter) {
            painter->setFont(font);
            painter->setPen(mixed(style.text2, style.text3, 0.25));
            painter->drawText(QRectF(x, 0, 400, height), Qt::AlignLeft | Qt::AlignVCenter, text);
        }
        x += metrics.horizontalAdvance(text) + gap;
    };
    for (const PeerStatus status : {PeerStatus::Idle, PeerStatus::Working, PeerStatus::Dnd}) {
        if (painter) {
            painter->setPen(Qt::NoPen);
            painter->setBrush(style.status(status));
            painter->drawEllipse(QPointF(x + 4, y), 4, 4);
            if (status == PeerStatus::Dnd) {
                painter->setBrush(style.background);
                painter->drawRect(QRectF(x + 1.6, y - 0.8, 4.8, 1.6));
            }
        }
        x += 14;
        word(statusWord(status), 16);
    }
    const std::array<std::pair<Priority, QString>, 3> priorities{std::pair{Priority::Now, tr("now")},
                                                                 std::pair{Priority::Next, tr("next")},
                                                                 std::pair{Priority::Low, tr("low")}};
    for (const auto &[priority, text] : priorities) {
        if (painter) {
            painter->setPen(QPen(style.priority(priority), 2, Qt::SolidLine, Qt::RoundCap));
            painter->drawLine(QPointF(x + 1, y), QPointF(x + 17, y));
        }
        x += 24;
        word(text, 16);
    }
    //: ends the short legend; a click shows all of it
    word(tr("More (L)"), 4);
    return {x, height};
}

QSizeF Overlay::drawLegendPanel(QPainter *painter, SpriteAtlas &atlas) const
{
    using items::GraphMark;
    using items::GraphOutcome;
    const GraphStyle &style = atlas.style();
    const QFont font = scaledFont(style.font, 11.5 / 12);
    const QFontMetricsF metrics(font);
    const double row = std::max(26.0, metrics.height() + 10);
    constexpr double kSign = 30;
    constexpr double kPad = 12;
    struct Line
    {
        QString text;
        Sprite sprite;
    };
    constexpr double kBody = 9;
    const auto body = [&](PeerKind kind, PeerStatus status) { return atlas.body(kind, status, false, kBody + 2.5); };
    const auto dot = [&](GraphMark mark, GraphOutcome outcome) {
        return atlas.dot(Priority::Next, false, mark, outcome);
    };
    const QList<QList<Line>> columns{{{tr("AI session"), body(PeerKind::Ai, PeerStatus::Idle)},
                                      {tr("human"), body(PeerKind::Human, PeerStatus::Idle)},
                                      {tr("connector"), body(PeerKind::Connector, PeerStatus::Idle)},
                                      {tr("collapsed group"), atlas.groupBody({2, 1, 1, 0}, false, kBody + 2)},
                                      {tr("in further groups"), atlas.groupRings(1, 2)}},
                                     {{tr("idle"), body(PeerKind::Ai, PeerStatus::Idle)},
                                      {tr("working"), body(PeerKind::Ai, PeerStatus::Working)},
                                      {tr("do not disturb"), body(PeerKind::Ai, PeerStatus::Dnd)},
                                      {tr("offline"), body(PeerKind::Ai, PeerStatus::Offline)},
                                      {tr("context in use"), atlas.contextArc(0.62, 6)}},
                                     {{tr("now"), atlas.dot(Priority::Now, false)},
                                      {tr("next"), atlas.dot(Priority::Next, false)},
                                      {tr("low"), atlas.dot(Priority::Low, false)},
                                      {tr("several, or to many"), atlas.dot(Priority::Next, true)},
                                      {tr("waits for you"), atlas.glow(5)}},
                                     {{tr("tool call"), dot(GraphMark::ToolCall, GraphOutcome::Sent)},
                                      {tr("file request"), dot(GraphMark::FileRequest, GraphOutcome::Sent)},
                                      {tr("not delivered"), dot(GraphMark::Message, GraphOutcome::Undelivered)},
                                      {tr("refused"), dot(GraphMark::Message, GraphOutcome::Refused)},
                                      {tr("needs attention"), atlas.alarmMark(items::GraphAlarm::Look, true)}}};
    double width = kPad;
    double height = 0;
    for (const QList<Line> &column : columns) {
        double widest = 0;
        for (const Line &line : column)
            widest = std::max(widest, metrics.horizontalAdvance(line.text));
        width += kSign + widest + 14;
        height = std::max(height, row * double(column.size()));
    }
    height += 2 * kPad - 4;
    if (painter) {
        painter->setPen(QPen(style.line, 1));
        painter->setBrush(withAlpha(style.panel, 0.96));
        painter->drawRoundedRect(QRectF(0.5, 0.5, width - 1, height - 1), kPanelRadius, kPanelRadius);
        double x = kPad;
        for (const QList<Line> &column : columns) {
            double y = kPad - 2 + row / 2;
            double widest = 0;
            for (const Line &line : column) {
                atlas.put(*painter, line.sprite, QPointF(x + kSign / 2 - 4, y));
                painter->setFont(font);
                painter->setPen(style.text2);
                painter->drawText(QRectF(x + kSign, y - row / 2, 400, row), Qt::AlignLeft | Qt::AlignVCenter,
                                  line.text);
                widest = std::max(widest, metrics.horizontalAdvance(line.text));
                y += row;
            }
            x += kSign + widest + 14;
        }
    }
    return {width, height};
}

void Overlay::placeLegend(QSizeF viewport, bool all, SpriteAtlas &atlas)
{
    if (all != m_legendAll)
        m_legend = {};
    m_legendAll = all;
    QSizeF size = m_legendRect.size(); // to measure words is dear
    if (m_legend.isNull())
        size = all ? drawLegendPanel(nullptr, atlas) : drawLegendLine(nullptr, atlas);
    m_legendRect = QRectF(QPointF(kMargin, viewport.height() - kMargin - size.height() + 4), size);
}

void Overlay::paintLegend(QPainter &painter, SpriteAtlas &atlas)
{
    const QSizeF size = m_legendRect.size();
    putKept(painter, m_legend, size, m_legendRect.topLeft(), atlas, [&](QPainter &picture) {
        if (m_legendAll) {
            drawLegendPanel(&picture, atlas);
        } else {
            picture.fillRect(QRectF(QPointF(), size), withAlpha(atlas.style().background, 0.72));
            drawLegendLine(&picture, atlas);
        }
    });
}

QString Overlay::followingText(const QString &name)
{
    return tr("Following %1 · Space stops").arg(name);
}

void Overlay::paintNote(QPainter &painter, QSizeF viewport, const QString &note, SpriteAtlas &atlas)
{
    if (note.isEmpty()) {
        m_noteRect = {};
        return;
    }
    const GraphStyle &style = atlas.style();
    const QFont font = scaledFont(style.font, 11.5 / 12);
    const QFontMetricsF metrics(font);
    const QString text = metrics.elidedText(note, Qt::ElideMiddle, std::max(60.0, viewport.width() - 80));
    const double width = metrics.horizontalAdvance(text) + 24;
    const QRectF rect((viewport.width() - width) / 2, viewport.height() - 78, width, metrics.height() + 8);
    m_noteRect = rect;
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(style.accent, 1));
    painter.setBrush(withAlpha(style.panel, 0.94));
    painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), rect.height() / 2, rect.height() / 2);
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.setFont(font);
    painter.setPen(style.text1);
    painter.drawText(rect, Qt::AlignCenter, text);
}

QString Overlay::burstCount(int messages)
{
    return u"×%1"_s.arg(messages);
}

QString Overlay::broadcastCount(int messages, int recipients)
{
    //: %1: number of recipients of a broadcast
    const QString to = tr("to %1").arg(recipients);
    return messages > 1 ? u"%1 %2"_s.arg(burstCount(messages), to) : to;
}

QString Overlay::honestyText(const Honesty &honesty)
{
    QStringList parts;
    if (honesty.unplaced > 0)
        parts << tr("Not drawn: %1 (no sender or target here)").arg(honesty.unplaced);
    if (honesty.dotsMerged > 0)
        parts << tr("Without a dot of their own: %1").arg(honesty.dotsMerged);
    if (honesty.inside > 0)
        parts << tr("Within collapsed groups: %1").arg(honesty.inside);
    if (honesty.edgesDropped > 0)
        parts << tr("Lines forgotten early: %1").arg(honesty.edgesDropped);
    if (honesty.trailsDropped > 0)
        parts << tr("Trails cut short: %1").arg(honesty.trailsDropped);
    if (honesty.filteredOut > 0)
        parts << (honesty.filterHides ? tr("Hidden by the filter: %n peers", nullptr, honesty.filteredOut)
                                      : tr("Dimmed by the filter: %n peers", nullptr, honesty.filteredOut));
    if (honesty.labelsHidden > 0)
        parts << tr("Names hidden: %1, zoom in").arg(honesty.labelsHidden);
    return parts.join(u" · "_s);
}

void Overlay::paintHonesty(QPainter &painter, QSizeF viewport, const Honesty &honesty, qint64 nowMs, SpriteAtlas &atlas)
{
    const double room = viewport.width() - 2 * kMargin;
    const QFont font = scaledFont(atlas.style().font, 11.0 / 12);
    const QFontMetricsF metrics(font);
    if (m_honesty.isNull() || std::abs(nowMs - m_honestyAtMs) >= kWordsMs || !atlas.keepsPixmaps()) {
        m_honestyAtMs = nowMs;
        const QString text = honestyText(honesty);
        if (text != m_honestyWords || !atlas.keepsPixmaps())
            m_honesty = {};
        m_honestyWords = text;
        m_honestySize = QSizeF(std::min(room, metrics.horizontalAdvance(text)) + 2, metrics.height());
    }
    m_honestyRect = {};
    if (m_honestyWords.isEmpty())
        return;
    // On the legend's line if both fit, else above it.
    const QSizeF size = m_honestySize;
    const bool ownLine = m_legendAll || size.width() + m_legendRect.width() + 24 > room;
    const QPointF at(ownLine ? kMargin : viewport.width() - kMargin - size.width(),
                     ownLine ? m_legendRect.top() - size.height() - 6
                             : viewport.height() - kMargin - size.height() + 4);
    m_honestyRect = QRectF(at, size);
    putKept(painter, m_honesty, size, at, atlas, [&](QPainter &picture) {
        picture.fillRect(QRectF(QPointF(), size), withAlpha(atlas.style().background, 0.72));
        picture.setFont(font);
        picture.setPen(mixed(atlas.style().text2, atlas.style().text3, 0.25));
        picture.drawText(QRectF(QPointF(), size), Qt::AlignLeft | Qt::AlignVCenter,
                         metrics.elidedText(m_honestyWords, Qt::ElideRight, room));
    });
}

QList<QRectF> Overlay::wordRects() const
{
    QList<QRectF> rects{m_legendRect, m_honestyRect, m_noteRect};
    rects.removeIf([](const QRectF &rect) { return rect.isEmpty(); });
    return rects;
}

void Overlay::paintEmpty(QPainter &painter, QSizeF viewport, SpriteAtlas &atlas) const
{
    const GraphStyle &style = atlas.style();
    const QPointF centre(viewport.width() / 2, viewport.height() / 2);
    const double r = std::max(60.0, std::min(viewport.width(), viewport.height()) * 0.36);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(withAlpha(style.line, 0.55), 10, Qt::SolidLine, Qt::RoundCap));
    for (int i = 0; i < 4; ++i)
        painter.drawArc(QRectF(centre.x() - r, centre.y() - r, 2 * r, 2 * r), (i * 90 + 6) * 16, 78 * 16);

    const QFont title = scaledFont(style.font, 15.5 / 12, QFont::DemiBold);
    const QFont body = style.font;
    const double width = std::min(viewport.width() - 32, r * 1.5);
    painter.setFont(title);
    painter.setPen(style.text1);
    const double titleHeight = QFontMetricsF(title).height();
    painter.drawText(QRectF(centre.x() - width / 2, centre.y() - titleHeight - 14, width, titleHeight), Qt::AlignCenter,
                     tr("No peers yet"));
    painter.setFont(body);
    painter.setPen(style.text2);
    painter.drawText(
        QRectF(centre.x() - width / 2, centre.y() - 6, width, 120), Qt::AlignHCenter | Qt::AlignTop | Qt::TextWordWrap,
        tr("Everyone on this mesh appears here, and their messages as moving dots. Start a Claude session with "
           "claudemesh, or send someone an invite link."));
    painter.setRenderHint(QPainter::Antialiasing, false);
}

} // namespace mesh::graph
