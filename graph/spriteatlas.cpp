// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph/spriteatlas.h"

#include "models/items/displaytext.h"

#include <QtGui/QFontMetricsF>
#include <QtGui/QPainter>
#include <QtGui/QPainterPath>
#include <QtGui/QRadialGradient>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace mesh::graph {

using protocol::PeerKind;
using protocol::PeerStatus;
using protocol::Priority;

namespace {

constexpr double kFarRadius = 7;    // smaller bodies are plain marks
constexpr double kBadgeRadius = 11; // smaller bodies carry no status mark
constexpr int kContextSteps = 40;
constexpr int kStatusSteps = 24; // parts of a collapsed group's ring
constexpr double kRingsFrom = 8; // pixels outside the body: clear of the context arc
constexpr double kRingStep = 2.8;
constexpr int kMostRings = 3;
constexpr double kHalo = 2; // pixels of soft edge round labels
constexpr int kMostWidths = 20'000;

enum SpriteKind : quint64 { Body = 1, Group, Context, Glow, Rings, Selection, Pin, Alarm, Dot, Words };

quint64 keyOf(SpriteKind sprite, quint64 a, quint64 b = 0)
{
    return (quint64(sprite) << 56) | (a << 24) | b;
}

quint64 halves(double radius)
{
    return quint64(std::lround(std::max(radius, 0.5) * 2));
}

QPainterPath bodyPath(PeerKind kind, double r)
{
    QPainterPath path;
    switch (kind) {
    case PeerKind::Ai:
        for (int i = 0; i < 6; ++i) {
            const double angle = std::numbers::pi / 3 * i - std::numbers::pi / 2;
            const QPointF p(std::cos(angle) * r, std::sin(angle) * r);
            i == 0 ? path.moveTo(p) : path.lineTo(p);
        }
        path.closeSubpath();
        break;
    case PeerKind::Human:
        path.addEllipse(QPointF(), r * 0.94, r * 0.94);
        break;
    case PeerKind::Connector:
        path.addRoundedRect(QRectF(-r * 0.84, -r * 0.84, r * 1.68, r * 1.68), r * 0.26, r * 0.26);
        break;
    }
    return path;
}

} // namespace

QColor mixed(const QColor &a, const QColor &b, double share)
{
    const auto t = float(share);
    return QColor::fromRgbF(a.redF() + (b.redF() - a.redF()) * t, a.greenF() + (b.greenF() - a.greenF()) * t,
                            a.blueF() + (b.blueF() - a.blueF()) * t, a.alphaF() + (b.alphaF() - a.alphaF()) * t);
}

QColor withAlpha(QColor color, double alpha)
{
    color.setAlphaF(float(alpha));
    return color;
}

QPointF onPixels(QPointF at, qreal ratio)
{
    return QPointF(std::round(at.x() * ratio), std::round(at.y() * ratio)) / ratio;
}

QFont scaledFont(const QFont &font, double factor, QFont::Weight weight)
{
    QFont result = font;
    if (font.pixelSize() > 0)
        result.setPixelSize(std::max(5, int(std::lround(font.pixelSize() * factor))));
    else
        result.setPointSizeF(std::max(4.0, font.pointSizeF() * factor));
    result.setWeight(weight);
    return result;
}

void SpriteAtlas::setStyle(const GraphStyle &style, qreal devicePixelRatio)
{
    if (style == m_style && qFuzzyCompare(devicePixelRatio, m_ratio))
        return;
    m_style = style;
    m_ratio = devicePixelRatio;
    m_sprites.clear();
    m_widths.clear();
    m_elided.clear();
}

template <class Draw>
Sprite SpriteAtlas::cached(const Key &key, QSizeF size, Draw draw)
{
    if (!keepsPixmaps())
        return {{}, draw};
    if (const QPixmap *known = m_sprites.object(key))
        return {*known, {}};
    // Even device sizes: the middle is a pixel corner, and put() lands on whole pixels.
    const int width = 2 * int(std::ceil(size.width() * m_ratio / 2)) + 2;
    const int height = 2 * int(std::ceil(size.height() * m_ratio / 2)) + 2;
    QPixmap sprite(width, height);
    sprite.setDevicePixelRatio(m_ratio);
    sprite.fill(Qt::transparent);
    {
        QPainter painter(&sprite);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.translate(width / 2.0 / m_ratio, height / 2.0 / m_ratio);
        draw(painter);
    }
    m_sprites.insert(key, new QPixmap(sprite), std::max(1, width * height * 4 / 1024));
    return {sprite, {}};
}

Sprite SpriteAtlas::body(PeerKind kind, PeerStatus status, bool waiting, double radius)
{
    const quint64 r2 = halves(radius);
    const double r = double(r2) / 2;
    const quint64 bits = (quint64(kind) << 4) | (quint64(status) << 1) | (waiting ? 1 : 0);
    return cached({keyOf(Body, r2, bits), {}}, QSizeF(2 * r + 14, 2 * r + 14), [=, this](QPainter &painter) {
        const QColor outline = waiting ? m_style.now : m_style.status(status);
        if (r < kFarRadius) { // still told by form: filled, pale, with a bar, or open
            const QPainterPath path = bodyPath(kind, std::max(r - 0.4, 1.6));
            painter.setPen(status == PeerStatus::Idle || status == PeerStatus::Offline ? QPen(outline, 0.9)
                                                                                       : QPen(Qt::NoPen));
            painter.setBrush(status == PeerStatus::Idle          ? withAlpha(outline, 0.55)
                                 : status == PeerStatus::Offline ? QColor(Qt::transparent)
                                                                 : outline);
            painter.drawPath(path);
            if (status == PeerStatus::Dnd && r >= 3) {
                painter.setBrush(m_style.background);
                painter.drawRect(QRectF(-r * 0.6, -r * 0.2, r * 1.2, r * 0.4));
            }
            return;
        }
        const double stroke = std::clamp(r * 0.11, 1.5, 3.0);
        QPen pen(outline, stroke);
        pen.setJoinStyle(Qt::RoundJoin);
        if (status == PeerStatus::Offline)
            pen.setDashPattern({2.2, 1.6});
        painter.setPen(pen);
        painter.setBrush(mixed(m_style.raised, outline, 0.045));
        painter.drawPath(bodyPath(kind, r - stroke / 2));
        if (kind == PeerKind::Human) {
            painter.setBrush(Qt::NoBrush);
            painter.setPen(QPen(withAlpha(outline, 0.75), 1));
            painter.drawEllipse(QPointF(), r + 2.5, r + 2.5);
        }
        if (r < kBadgeRadius || status == PeerStatus::Idle || status == PeerStatus::Offline)
            return;
        // The status mark: a full dot for working, a bar in a disc for do not disturb.
        const double size = std::clamp(r * 0.21, 3.0, 5.5);
        const QPointF at = kind == PeerKind::Connector ? QPointF(r * 0.78, r * 0.78) : QPointF(r * 0.66, r * 0.66);
        painter.setPen(Qt::NoPen);
        painter.setBrush(m_style.background);
        painter.drawEllipse(at, size + 1.6, size + 1.6);
        painter.setBrush(m_style.status(status));
        painter.drawEllipse(at, size, size);
        if (status == PeerStatus::Dnd) {
            painter.setBrush(m_style.background);
            painter.drawRoundedRect(QRectF(at.x() - size * 0.6, at.y() - size * 0.22, size * 1.2, size * 0.44), 0.5,
                                    0.5);
        }
    });
}

Sprite SpriteAtlas::contextArc(double share, double radius)
{
    const quint64 r2 = halves(radius);
    const auto step = quint64(std::lround(std::clamp(share, 0.0, 1.0) * kContextSteps));
    const bool alarm = share >= items::kContextAlarm;
    const double r = double(r2) / 2 + 4;
    return cached({keyOf(Context, r2, (step << 1) | (alarm ? 1 : 0)), {}}, QSizeF(2 * r + 6, 2 * r + 6),
                  [=, this](QPainter &painter) {
                      const double width = std::clamp(double(r2) / 2 * 0.115, 1.4, 3.0);
                      const QRectF rect(-r, -r, 2 * r, 2 * r);
                      painter.setPen(QPen(withAlpha(m_style.line, 0.55), 1));
                      painter.drawEllipse(rect);
                      painter.setPen(QPen(alarm ? m_style.now : mixed(m_style.text3, m_style.text2, 0.35), width,
                                          Qt::SolidLine, Qt::RoundCap));
                      painter.drawArc(rect, 90 * 16, -int(std::lround(double(step) / kContextSteps * 360 * 16)));
                  });
}

Sprite SpriteAtlas::glow(double radius)
{
    const quint64 r2 = halves(radius);
    const double r = double(r2) / 2 * 1.42 + 3;
    return cached({keyOf(Glow, r2), {}}, QSizeF(2 * r * 1.25, 2 * r * 1.25), [=, this](QPainter &painter) {
        painter.setPen(Qt::NoPen);
        QRadialGradient soft(QPointF(), r * 1.25);
        soft.setColorAt(0, withAlpha(m_style.now, 0.30));
        soft.setColorAt(0.72, withAlpha(m_style.now, 0.24));
        soft.setColorAt(0.80, withAlpha(m_style.now, 0.10));
        soft.setColorAt(1, withAlpha(m_style.now, 0));
        painter.setBrush(soft);
        painter.drawEllipse(QPointF(), r * 1.25, r * 1.25);
    });
}

Sprite SpriteAtlas::groupBody(const std::array<int, 4> &memberStatus, bool waiting, double radius)
{
    const quint64 r2 = halves(radius);
    const double r = double(r2) / 2;
    const int total = std::max(1, memberStatus[0] + memberStatus[1] + memberStatus[2] + memberStatus[3]);
    std::array<int, 4> parts{};
    quint64 bits = waiting ? 1 : 0;
    for (size_t i = 0; i < parts.size(); ++i) {
        parts[i] = memberStatus[i] == 0 ? 0 : std::max(1, memberStatus[i] * kStatusSteps / total);
        bits = (bits << 5) | quint64(parts[i]);
    }
    return cached({keyOf(Group, r2, bits), {}}, QSizeF(2 * r + 14, 2 * r + 14), [=, this](QPainter &painter) {
        const double width = std::clamp(r * 0.16, 2.0, 5.0);
        painter.setPen(QPen(withAlpha(m_style.text3, 0.6), 1));
        painter.setBrush(m_style.raised);
        painter.drawEllipse(QPointF(), r - width - 1.5, r - width - 1.5);
        painter.setBrush(Qt::NoBrush);
        const double middle = r - width / 2;
        const QRectF ring(-middle, -middle, 2 * middle, 2 * middle);
        const int sum = std::max(1, parts[0] + parts[1] + parts[2] + parts[3]);
        const int used = int(std::count_if(parts.begin(), parts.end(), [](int part) { return part > 0; }));
        const double gap = used > 1 ? 8 : 0; // degrees
        double angle = 90;
        for (size_t i = 0; i < parts.size(); ++i) {
            if (parts[i] == 0)
                continue;
            const double span = 360.0 * parts[i] / sum;
            QPen pen(waiting ? m_style.now : m_style.status(PeerStatus(i)), width, Qt::SolidLine, Qt::FlatCap);
            if (PeerStatus(i) == PeerStatus::Offline)
                pen.setDashPattern({0.8, 0.8});
            painter.setPen(pen);
            painter.drawArc(ring, int((angle - gap / 2) * 16), -int((span - gap) * 16));
            angle -= span;
        }
    });
}

Sprite SpriteAtlas::groupRings(int further, double radius)
{
    const quint64 r2 = halves(radius);
    const double r = double(r2) / 2;
    const int count = std::min(further, kMostRings);
    const double reach = r + kRingsFrom + kRingStep * count;
    return cached(
        {keyOf(Rings, r2, quint64(count)), {}}, QSizeF(2 * reach + 4, 2 * reach + 4), [=, this](QPainter &painter) {
            painter.setPen(QPen(withAlpha(m_style.text2, 0.6), 1));
            painter.setBrush(Qt::NoBrush);
            for (int i = 0; i < count; ++i)
                painter.drawEllipse(QPointF(), r + kRingsFrom + kRingStep * i, r + kRingsFrom + kRingStep * i);
        });
}

Sprite SpriteAtlas::selectionRing(double radius, int further)
{
    const quint64 r2 = halves(radius);
    const int count = std::min(further, kMostRings);
    const double r = double(r2) / 2 + kRingsFrom + kRingStep * count;
    return cached({keyOf(Selection, r2, quint64(count)), {}}, QSizeF(2 * r + 6, 2 * r + 6),
                  [=, this](QPainter &painter) {
                      painter.setBrush(Qt::NoBrush);
                      painter.setPen(QPen(m_style.accent, 1.75));
                      painter.drawEllipse(QPointF(), r, r);
                  });
}

Sprite SpriteAtlas::pinMark()
{
    return cached({keyOf(Pin, 0), {}}, QSizeF(12, 12), [=, this](QPainter &painter) {
        painter.setPen(QPen(m_style.background, 1.5));
        painter.setBrush(m_style.text2);
        painter.drawEllipse(QPointF(0, -1), 3, 3);
        painter.setPen(QPen(m_style.text2, 1.3, Qt::SolidLine, Qt::RoundCap));
        painter.drawLine(QPointF(0, 2), QPointF(0, 5));
    });
}

Sprite SpriteAtlas::alarmMark(items::GraphAlarm alarm, bool detailed)
{
    const bool urgent = alarm == items::GraphAlarm::Urgent;
    return cached({keyOf(Alarm, detailed ? 1 : 0, urgent ? 1 : 0), {}}, QSizeF(18, 18), [=, this](QPainter &painter) {
        const QColor color = urgent ? m_style.now : m_style.working;
        // A triangle, as no status has one; told by its form, the colour only says how soon.
        const double size = detailed ? 6.6 : 3.4;
        const QPolygonF form{{0, -size}, {size * 0.94, size * 0.72}, {-size * 0.94, size * 0.72}};
        painter.setPen(QPen(m_style.background, 3, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter.setBrush(color);
        painter.drawPolygon(form);
        painter.setPen(QPen(color, 1.4, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter.drawPolygon(form);
        if (!detailed)
            return;
        painter.setPen(QPen(m_style.background, 1.5, Qt::SolidLine, Qt::RoundCap));
        painter.drawLine(QPointF(0, -2.6), QPointF(0, 0.9));
        painter.drawPoint(QPointF(0, 3.4));
    });
}

Sprite SpriteAtlas::dot(Priority priority, bool several, items::GraphMark mark, items::GraphOutcome outcome)
{
    using items::GraphMark;
    using items::GraphOutcome;
    const quint64 bits = (quint64(mark) << 4) | (quint64(outcome) << 2) | (several ? 1 : 0);
    const double side = several ? 22 : 18; // no more than the halo: thousands are put in a frame
    return cached({keyOf(Dot, quint64(priority), bits), {}}, QSizeF(side, side), [=, this](QPainter &painter) {
        const QColor color = m_style.priority(priority);
        const double core = several ? 4.6 : 3.6;
        if (outcome == GraphOutcome::Sent) {
            painter.setPen(Qt::NoPen);
            QRadialGradient halo(QPointF(), core * 2.35);
            halo.setColorAt(0, withAlpha(color, 0.45));
            halo.setColorAt(0.7, withAlpha(color, 0.26));
            halo.setColorAt(1, withAlpha(color, 0));
            painter.setBrush(halo);
            painter.drawEllipse(QPointF(), core * 2.35, core * 2.35);
            painter.setBrush(color);
        } else {
            painter.setPen(QPen(color, 1.6));
            painter.setBrush(m_style.background);
        }
        const double form = core + 1;
        if (mark == GraphMark::ToolCall) {
            painter.drawPolygon(QPolygonF{{0, -form * 1.25}, {form * 1.25, 0}, {0, form * 1.25}, {-form * 1.25, 0}});
        } else if (mark == GraphMark::FileRequest) {
            const double w = form * 0.85;
            const double h = form * 1.1;
            painter.drawPolygon(QPolygonF{{-w, -h}, {w * 0.35, -h}, {w, -h * 0.45}, {w, h}, {-w, h}});
            painter.setPen(QPen(m_style.background, 1));
            painter.drawLine(QPointF(-w * 0.55, -h * 0.05), QPointF(w * 0.55, -h * 0.05));
            painter.drawLine(QPointF(-w * 0.55, h * 0.45), QPointF(w * 0.55, h * 0.45));
        } else {
            painter.drawEllipse(QPointF(), core, core);
        }
        if (outcome == GraphOutcome::Refused) {
            painter.setPen(QPen(m_style.background, 4.2, Qt::SolidLine, Qt::RoundCap));
            for (int pass = 0; pass < 2; ++pass) {
                painter.drawLine(QPointF(-core, -core), QPointF(core, core));
                painter.drawLine(QPointF(-core, core), QPointF(core, -core));
                painter.setPen(QPen(color, 2.2, Qt::SolidLine, Qt::RoundCap));
            }
        }
    });
}

QFont SpriteAtlas::font(Text role, double radius) const
{
    switch (role) {
    case Text::Label:
        return m_style.font;
    case Text::LabelStrong:
        return scaledFont(m_style.font, 1, QFont::DemiBold);
    case Text::Detail:
        return scaledFont(m_style.font, 11.0 / 12);
    case Text::Group:
        return scaledFont(m_style.font, 13.0 / 12, QFont::DemiBold);
    case Text::Count:
        return scaledFont(m_style.font, 10.0 / 12, QFont::DemiBold);
    case Text::Initials:
        break;
    }
    QFont font = m_style.font;
    font.setWeight(QFont::Bold);
    font.setPixelSize(std::max(6, int(std::lround(std::min(radius * 0.66, 22.0)))));
    return font;
}

double SpriteAtlas::textWidth(const QString &text, Text role) const
{
    const QString key = QChar(u'0' + int(role)) + text;
    const auto known = m_widths.constFind(key);
    if (known != m_widths.cend())
        return *known;
    if (m_widths.size() > kMostWidths)
        m_widths.clear();
    const double width = QFontMetricsF(font(role)).horizontalAdvance(text);
    m_widths.insert(key, width);
    return width;
}

QString SpriteAtlas::elided(const QString &text, Text role, double width) const
{
    if (textWidth(text, role) <= width)
        return text;
    const QString key = QChar(u'0' + int(role)) + QString::number(int(width)) + u' ' + text;
    const auto known = m_elided.constFind(key);
    if (known != m_elided.cend())
        return *known;
    if (m_elided.size() > kMostWidths)
        m_elided.clear();
    const QString cut = QFontMetricsF(font(role)).elidedText(text, Qt::ElideRight, width);
    m_elided.insert(key, cut);
    return cut;
}

Sprite SpriteAtlas::text(const QString &text, Text role, double radius)
{
    const quint64 r2 = role == Text::Initials ? halves(radius) : 0;
    const Key key{keyOf(Words, r2, quint64(role)), text};
    if (const QPixmap *known = keepsPixmaps() ? m_sprites.object(key) : nullptr)
        return {*known, {}}; // before it is measured, which costs more than all the rest
    const QFont font = this->font(role, radius);
    const QFontMetricsF metrics(font);
    const QSizeF size(metrics.horizontalAdvance(text) + 2 * kHalo + 2, metrics.height() + 2 * kHalo);
    return cached(key, size, [=, this](QPainter &painter) {
        painter.setFont(font);
        const QRectF rect(-size.width() / 2, -size.height() / 2, size.width(), size.height());
        if (role != Text::Initials && !isVector()) {
            painter.setPen(withAlpha(m_style.background, 0.55));
            for (int i = 0; i < 8; ++i) {
                const double angle = std::numbers::pi / 4 * i;
                painter.drawText(rect.translated(std::cos(angle) * 1.2, std::sin(angle) * 1.2), Qt::AlignCenter, text);
            }
        }
        const bool second = role == Text::Label || role == Text::Group || role == Text::Detail;
        painter.setPen(second ? m_style.text2 : m_style.text1);
        painter.drawText(rect, Qt::AlignCenter, text);
    });
}

void SpriteAtlas::put(QPainter &painter, const Sprite &sprite, QPointF centre) const
{
    if (sprite.draw) {
        painter.save();
        painter.setRenderHint(QPainter::Antialiasing);
        painter.translate(onPixels(centre, m_ratio));
        sprite.draw(painter);
        painter.restore();
        return;
    }
    const double x = std::round(centre.x() * m_ratio) - sprite.pixmap.width() / 2;
    const double y = std::round(centre.y() * m_ratio) - sprite.pixmap.height() / 2;
    painter.drawPixmap(QPointF(x / m_ratio, y / m_ratio), sprite.pixmap);
}

} // namespace mesh::graph
