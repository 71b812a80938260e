// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph/overlay.h"

#include <QtGui/QFontMetricsF>
#include <QtGui/QPainter>
#include <QtGui/QTextLayout>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "models/items/displaytext.h"

using namespace Qt::StringLiterals;

namespace mesh::graph {

using protocol::PeerKind;
using protocol::PeerStatus;
using protocol::Priority;

namespace {

constexpr double kMargin = 16;   // of legend and notes to the edge of the view
constexpr qint64 kWordsMs = 500; // between two changes of a figure
constexpr double kCardWidth = 250;
constexpr double kCardPadding = 12;
constexpr double kCardRadius = 7;

QPixmap canvas(QSizeF size, qreal ratio)
{
    QPixmap pixmap((size * ratio).toSize() + QSize(1, 1));
    pixmap.setDevicePixelRatio(ratio);
    pixmap.fill(Qt::transparent);
    return pixmap;
}

QPointF onPixels(QPointF at, qreal ratio)
{
    return QPointF(std::round(at.x() * ratio), std::round(at.y() * ratio)) / ratio;
}

// Breaks into at most `most` lines of `width`, the last one elided.
QStringList broken(const QString &text, const QFont &font, double width, int most)
{
    QStringList lines;
    QTextLayout layout(text, font);
    layout.beginLayout();
    while (lines.size() < most) {
        QTextLine line = layout.createLine();
        if (!line.isValid())
            break;
        line.setLineWidth(width);
        lines.append(text.mid(line.textStart(), line.textLength()).trimmed());
        if (lines.size() == most && line.textStart() + line.textLength() < text.size())
            lines.last() = QFontMetricsF(font).elidedText(text.mid(line.textStart()), Qt::ElideRight, width);
    }
    layout.endLayout();
    return lines;
}

} // namespace

void Overlay::clear()
{
    m_legend = {};
    m_centre = {};
    m_centreWords.clear();
    m_honesty = {};
    m_honestyWords.clear();
    m_card = {};
    m_cardWords.clear();
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

void Overlay::paintCentre(QPainter &painter, QPointF at, double room, const items::GraphModel &model, qint64 nowMs,
                          SpriteAtlas &atlas)
{
    const GraphStyle &style = atlas.style();
    const QString name = model.meshName();
    const QString line = model.peerCount() == 1 ? tr("Only one peer is here.") : summary(model);
    const QString hint = model.peerCount() == 1 ? tr("Others appear as soon as they join this mesh.") : QString();
    const QString words = name + u'\n' + line + u'\n' + hint + u'\n' + QString::number(int(room));
    if (m_centre.isNull() || (words != m_centreWords && std::abs(nowMs - m_centreAtMs) >= kWordsMs)) {
        m_centreAtMs = nowMs;
        const QFont title = scaledFont(style.font, 15.5 / 12, QFont::DemiBold);
        const QFont second = scaledFont(style.font, 1);
        const QFontMetricsF titleMetrics(title);
        const QFontMetricsF secondMetrics(second);
        const QString shown = titleMetrics.elidedText(name, Qt::ElideRight, room);
        const double width = std::max({titleMetrics.horizontalAdvance(shown), secondMetrics.horizontalAdvance(line),
                                       secondMetrics.horizontalAdvance(hint)})
            + 12;
        const double height = titleMetrics.height() + 2 * secondMetrics.height() + 8;
        m_centre = canvas(QSizeF(width, height), atlas.devicePixelRatio());
        QPainter picture(&m_centre);
        const auto draw = [&](const QFont &font, const QColor &color, double y, double h, const QString &text) {
            const QRectF rect(0, y, width, h);
            picture.setFont(font);
            picture.setPen(withAlpha(style.background, 0.5));
            for (const QPointF &shift : {QPointF(-1, 0), QPointF(1, 0), QPointF(0, -1), QPointF(0, 1)})
                picture.drawText(rect.translated(shift), Qt::AlignHCenter | Qt::AlignTop, text);
            picture.setPen(color);
            picture.drawText(rect, Qt::AlignHCenter | Qt::AlignTop, text);
        };
        // What passes behind the words steps back.
        picture.setRenderHint(QPainter::Antialiasing);
        picture.setPen(Qt::NoPen);
        picture.setBrush(withAlpha(style.background, 0.55));
        const double shownHeight = titleMetrics.height() + 5 + secondMetrics.height() * (hint.isEmpty() ? 1 : 2);
        picture.drawRoundedRect(QRectF(0, 0, width, shownHeight), 8, 8);
        const double below = titleMetrics.height() + 3;
        draw(title, style.text1, 0, titleMetrics.height(), shown);
        draw(second, mixed(style.text2, style.text3, 0.35), below, secondMetrics.height(), line);
        draw(second, mixed(style.text2, style.text3, 0.35), below + secondMetrics.height() + 2, secondMetrics.height(),
             hint);
        m_centreWords = words;
    }
    const QSizeF size = m_centre.deviceIndependentSize();
    painter.drawPixmap(onPixels(at - QPointF(size.width() / 2, size.height() * 0.36), atlas.devicePixelRatio()),
                       m_centre);
}

void Overlay::paintLegend(QPainter &painter, QSizeF viewport, SpriteAtlas &atlas)
{
    const GraphStyle &style = atlas.style();
    const QFont font = scaledFont(style.font, 11.5 / 12);
    const QFontMetricsF metrics(font);
    const double height = metrics.height() + 2;
    if (m_legend.isNull()) {
        const auto draw = [&](QPainter *picture) {
            double x = 0;
            const double y = height / 2;
            const auto word = [&](const QString &text, double gap) {
                if (picture) {
                    picture->setPen(mixed(style.text2, style.text3, 0.25));
                    picture->drawText(QRectF(x, 0, 400, height), Qt::AlignLeft | Qt::AlignVCenter, text);
                }
                x += metrics.horizontalAdvance(text) + gap;
            };
            for (const PeerStatus status : {PeerStatus::Idle, PeerStatus::Working, PeerStatus::Dnd}) {
                if (picture) {
                    picture->setPen(Qt::NoPen);
                    picture->setBrush(style.status(status));
                    picture->drawEllipse(QPointF(x + 4, y), 4, 4);
                    if (status == PeerStatus::Dnd) {
                        picture->setBrush(style.background);
                        picture->drawRect(QRectF(x + 1.6, y - 0.8, 4.8, 1.6));
                    }
                }
                x += 14;
                word(statusWord(status), 16);
            }
            const std::array<std::pair<Priority, QString>, 3> priorities{std::pair{Priority::Now, tr("now")},
                                                                         std::pair{Priority::Next, tr("next")},
                                                                         std::pair{Priority::Low, tr("low")}};
            for (const auto &[priority, text] : priorities) {
                if (picture) {
                    picture->setPen(QPen(style.priority(priority), 2, Qt::SolidLine, Qt::RoundCap));
                    picture->drawLine(QPointF(x + 1, y), QPointF(x + 17, y));
                }
                x += 24;
                word(text, 16);
            }
            return x;
        };
        const double width = draw(nullptr);
        m_legend = canvas(QSizeF(width, height), atlas.devicePixelRatio());
        m_legend.fill(withAlpha(style.background, 0.72));
        QPainter picture(&m_legend);
        picture.setRenderHint(QPainter::Antialiasing);
        picture.setFont(font);
        draw(&picture);
    }
    painter.drawPixmap(onPixels({kMargin, viewport.height() - kMargin - height + 4}, atlas.devicePixelRatio()),
                       m_legend);
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
    if (honesty.labelsHidden > 0)
        parts << tr("Names hidden: %1, zoom in").arg(honesty.labelsHidden);
    return parts.join(u" · "_s);
}

void Overlay::paintHonesty(QPainter &painter, QSizeF viewport, const Honesty &honesty, qint64 nowMs, SpriteAtlas &atlas)
{
    const QString text = honestyText(honesty);
    if (text.isEmpty()) {
        m_honestyWords.clear();
        m_honesty = {};
        return;
    }
    const double room = viewport.width() - 2 * kMargin;
    if (m_honesty.isNull() || (text != m_honestyWords && std::abs(nowMs - m_honestyAtMs) >= kWordsMs)) {
        m_honestyAtMs = nowMs;
        m_honestyWords = text;
        const QFont font = scaledFont(atlas.style().font, 11.0 / 12);
        const QFontMetricsF metrics(font);
        const QString shown = metrics.elidedText(text, Qt::ElideRight, room);
        m_honesty = canvas(QSizeF(metrics.horizontalAdvance(shown) + 2, metrics.height()), atlas.devicePixelRatio());
        m_honesty.fill(withAlpha(atlas.style().background, 0.72));
        QPainter picture(&m_honesty);
        picture.setFont(font);
        picture.setPen(mixed(atlas.style().text2, atlas.style().text3, 0.25));
        picture.drawText(QRectF(QPointF(), m_honesty.deviceIndependentSize()), Qt::AlignLeft | Qt::AlignVCenter, shown);
    }
    // On the legend's line if both fit, else above it.
    const QSizeF size = m_honesty.deviceIndependentSize();
    const bool ownLine = size.width() + m_legend.deviceIndependentSize().width() + 24 > room;
    const QPointF at(ownLine ? kMargin : viewport.width() - kMargin - size.width(),
                     viewport.height() - kMargin - size.height() + 4 - (ownLine ? size.height() + 6 : 0));
    painter.drawPixmap(onPixels(at, atlas.devicePixelRatio()), m_honesty);
}

void Overlay::paintCard(QPainter &painter, QSizeF viewport, QPointF anchor, double radius, const items::GraphNode &node,
                        const QList<QPointF> &avoid, qint64 nowMs, SpriteAtlas &atlas)
{
    const GraphStyle &style = atlas.style();
    const QFont title = scaledFont(style.font, 13.0 / 12, QFont::DemiBold);
    const QFont body = scaledFont(style.font, 11.5 / 12);
    const double inner = kCardWidth - 2 * kCardPadding;

    QString status = statusWord(node.status);
    if (node.statusSinceMs > 0 && nowMs > node.statusSinceMs)
        status = tr("%1 since %2").arg(status, items::duration(nowMs - node.statusSinceMs));
    QStringList facts{
        tr("%1 · %2").arg(node.self ? tr("you, %1").arg(kindWord(node.kind)) : kindWord(node.kind), status)};
    if (node.presence == items::GraphPresence::Grace)
        facts << tr("Link lost: the broker still holds its place");
    if (node.presence == items::GraphPresence::Gone)
        facts << tr("Has left");
    if (node.waiting)
        facts << tr("Waits for you");
    if (!node.groups.isEmpty()) {
        QStringList groups;
        for (const QString &group : node.groups)
            groups << u'@' + group;
        facts << groups.join(u"  "_s);
    }
    if (!node.model.isEmpty() || !node.hostname.isEmpty()) {
        QStringList parts{node.model, node.hostname};
        parts.removeAll(QString());
        facts << parts.join(u" · "_s);
    }
    facts << (node.context >= 0 ? tr("Context %1 % used").arg(int(std::lround(double(node.context) * 100)))
                                : tr("Context use not reported"));
    facts << tr("%1 sent · %2 received").arg(node.sent).arg(node.received);
    if (node.pinned)
        facts << tr("Pinned here: P gives it its place back");

    const QString words = node.key + node.name + facts.join(u'\n') + node.summary;
    if (words != m_cardWords || m_card.isNull()) {
        const QFontMetricsF titleMetrics(title);
        const QFontMetricsF metrics(body);
        const double line = metrics.height() + 3;
        const QStringList summary = node.summary.isEmpty() ? QStringList() : broken(node.summary, body, inner, 3);
        const double height = 2 * kCardPadding + titleMetrics.height() + 3 + line * double(facts.size())
            + (summary.isEmpty() ? 0 : 5 + line * double(summary.size()));
        m_card = canvas(QSizeF(kCardWidth, height), atlas.devicePixelRatio());
        QPainter picture(&m_card);
        picture.setRenderHint(QPainter::Antialiasing);
        picture.setPen(QPen(style.line, 1));
        picture.setBrush(style.panel);
        picture.drawRoundedRect(QRectF(0.5, 0.5, kCardWidth - 1, height - 1), kCardRadius, kCardRadius);
        double y = kCardPadding;
        picture.setFont(title);
        picture.setPen(style.text1);
        picture.drawText(QRectF(kCardPadding, y, inner, titleMetrics.height()), Qt::AlignLeft | Qt::AlignVCenter,
                         titleMetrics.elidedText(node.name, Qt::ElideRight, inner));
        y += titleMetrics.height() + 3;
        picture.setFont(body);
        picture.setPen(style.text2);
        for (const QString &fact : std::as_const(facts)) {
            picture.drawText(QRectF(kCardPadding, y, inner, line), Qt::AlignLeft | Qt::AlignVCenter,
                             metrics.elidedText(fact, Qt::ElideRight, inner));
            y += line;
        }
        y += 5;
        picture.setPen(style.text1);
        for (const QString &part : summary) {
            picture.drawText(QRectF(kCardPadding, y, inner, line), Qt::AlignLeft | Qt::AlignVCenter, part);
            y += line;
        }
        m_cardWords = words;
    }
    const QSizeF size = m_card.deviceIndependentSize();
    // Beside, above or below the peer: where it covers the fewest of those it talks with.
    const double gap = radius + 14;
    const double labelGap = radius + 30;
    const std::array<QPointF, 4> corners{QPointF(anchor.x() + gap, anchor.y() - size.height() / 2),
                                         QPointF(anchor.x() - gap - size.width(), anchor.y() - size.height() / 2),
                                         QPointF(anchor.x() - size.width() / 2, anchor.y() - gap - size.height()),
                                         QPointF(anchor.x() - size.width() / 2, anchor.y() + labelGap)};
    QPointF best;
    int least = std::numeric_limits<int>::max();
    for (const QPointF &corner : corners) {
        const QPointF at(std::clamp(corner.x(), 8.0, std::max(8.0, viewport.width() - size.width() - 8)),
                         std::clamp(corner.y(), 8.0, std::max(8.0, viewport.height() - size.height() - 8)));
        const QRectF rect = QRectF(at, size).adjusted(-12, -12, 12, 12);
        int covered = rect.adjusted(8, 8, -8, -8).contains(anchor) ? 1000 : 0;
        for (const QPointF &point : avoid)
            covered += rect.contains(point) ? 1 : 0;
        if (covered < least) {
            least = covered;
            best = at;
        }
    }
    painter.drawPixmap(onPixels(best, atlas.devicePixelRatio()), m_card);
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
