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
constexpr double kHalo = 2; // pixels of soft edge round labels
constexpr int kMostWidths = 20'000;

enum Sprite : quint64 { Body = 1, Context, Glow, Marks, Selection, Pin, Dot, Words };

quint64 keyOf(Sprite sprite, quint64 a, quint64 b = 0)
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
}

template <class Draw>
QPixmap SpriteAtlas::cached(const Key &key, QSizeF size, Draw draw)
{
    if (const QPixmap *known = m_sprites.object(key))
        return *known;
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
    return sprite;
}

QPixmap SpriteAtlas::body(PeerKind kind, PeerStatus status, bool waiting, double radius)
{
    const quint64 r2 = halves(radius);
    const double r = double(r2) / 2;
    const quint64 bits = (quint64(kind) << 4) | (quint64(status) << 1) | (waiting ? 1 : 0);
    return cached({keyOf(Body, r2, bits), {}}, QSizeF(2 * r + 14, 2 * r + 14), [&](QPainter &painter) {
        const QColor outline = waiting ? m_style.now : m_style.status(status);
        if (r < kFarRadius) {
            painter.setPen(Qt::NoPen);
            painter.setBrush(outline);
            painter.drawPath(bodyPath(kind, std::max(r, 1.6)));
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

QPixmap SpriteAtlas::contextArc(double share, double radius)
{
    const quint64 r2 = halves(radius);
    const auto step = quint64(std::lround(std::clamp(share, 0.0, 1.0) * kContextSteps));
    const bool alarm = share >= items::kContextAlarm;
    const double r = double(r2) / 2 + 4;
    return cached({keyOf(Context, r2, (step << 1) | (alarm ? 1 : 0)), {}}, QSizeF(2 * r + 6, 2 * r + 6),
                  [&](QPainter &painter) {
                      const double width = std::clamp(double(r2) / 2 * 0.115, 1.4, 3.0);
                      const QRectF rect(-r, -r, 2 * r, 2 * r);
                      painter.setPen(QPen(withAlpha(m_style.line, 0.55), 1));
                      painter.drawEllipse(rect);
                      painter.setPen(QPen(alarm ? m_style.now : mixed(m_style.text3, m_style.text2, 0.35), width,
                                          Qt::SolidLine, Qt::RoundCap));
                      painter.drawArc(rect, 90 * 16, -int(std::lround(double(step) / kContextSteps * 360 * 16)));
                  });
}

QPixmap SpriteAtlas::glow(double radius)
{
    const quint64 r2 = halves(radius);
    const double r = double(r2) / 2 * 1.42 + 3;
    return cached({keyOf(Glow, r2), {}}, QSizeF(2 * r * 1.25, 2 * r * 1.25), [&](QPainter &painter) {
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

QPixmap SpriteAtlas::groupMarks(int further, double radius)
{
    const quint64 r2 = halves(radius);
    const double r = double(r2) / 2;
    const int count = std::min(further, 3);
    return cached({keyOf(Marks, r2, quint64(count)), {}}, QSizeF(2 * r + 16, 2 * r + 16), [&](QPainter &painter) {
        // Small rings at the upper left, one for each further group.
        painter.setPen(QPen(m_style.text2, 1.2));
        painter.setBrush(m_style.background);
        for (int i = 0; i < count; ++i) {
            const double angle = (215 + 26 * i) * std::numbers::pi / 180;
            painter.drawEllipse(QPointF(std::cos(angle), std::sin(angle)) * (r + 1.5), 2.4, 2.4);
        }
    });
}

QPixmap SpriteAtlas::selectionRing(double radius)
{
    const quint64 r2 = halves(radius);
    const double r = double(r2) / 2 + 8;
    return cached({keyOf(Selection, r2), {}}, QSizeF(2 * r + 6, 2 * r + 6), [&](QPainter &painter) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(m_style.accent, 1.75));
        painter.drawEllipse(QPointF(), r, r);
    });
}

QPixmap SpriteAtlas::pinMark()
{
    return cached({keyOf(Pin, 0), {}}, QSizeF(12, 12), [&](QPainter &painter) {
        painter.setPen(QPen(m_style.background, 1.5));
        painter.setBrush(m_style.text2);
        painter.drawEllipse(QPointF(0, -1), 3, 3);
        painter.setPen(QPen(m_style.text2, 1.3, Qt::SolidLine, Qt::RoundCap));
        painter.drawLine(QPointF(0, 2), QPointF(0, 5));
    });
}

QPixmap SpriteAtlas::dot(Priority priority, bool several)
{
    return cached({keyOf(Dot, quint64(priority), several ? 1 : 0), {}}, QSizeF(26, 26), [&](QPainter &painter) {
        const QColor color = m_style.priority(priority);
        const double core = several ? 4.6 : 3.6;
        painter.setPen(Qt::NoPen);
        QRadialGradient halo(QPointF(), core * 2.35);
        halo.setColorAt(0, withAlpha(color, 0.45));
        halo.setColorAt(0.7, withAlpha(color, 0.26));
        halo.setColorAt(1, withAlpha(color, 0));
        painter.setBrush(halo);
        painter.drawEllipse(QPointF(), core * 2.35, core * 2.35);
        painter.setBrush(color);
        painter.drawEllipse(QPointF(), core, core);
    });
}

QFont SpriteAtlas::font(Text role, double radius) const
{
    switch (role) {
    case Text::Label:
        return m_style.font;
    case Text::LabelStrong:
        return scaledFont(m_style.font, 1, QFont::DemiBold);
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

QPixmap SpriteAtlas::text(const QString &text, Text role, double radius)
{
    const quint64 r2 = role == Text::Initials ? halves(radius) : 0;
    const QFont font = this->font(role, radius);
    const QFontMetricsF metrics(font);
    const QSizeF size(metrics.horizontalAdvance(text) + 2 * kHalo + 2, metrics.height() + 2 * kHalo);
    return cached({keyOf(Words, r2, quint64(role)), text}, size, [&](QPainter &painter) {
        painter.setFont(font);
        const QRectF rect(-size.width() / 2, -size.height() / 2, size.width(), size.height());
        if (role != Text::Initials) {
            painter.setPen(withAlpha(m_style.background, 0.55));
            for (int i = 0; i < 8; ++i) {
                const double angle = std::numbers::pi / 4 * i;
                painter.drawText(rect.translated(std::cos(angle) * 1.2, std::sin(angle) * 1.2), Qt::AlignCenter, text);
            }
        }
        painter.setPen(role == Text::Label || role == Text::Group ? m_style.text2 : m_style.text1);
        painter.drawText(rect, Qt::AlignCenter, text);
    });
}

void SpriteAtlas::put(QPainter &painter, const QPixmap &sprite, QPointF centre) const
{
    const double x = std::round(centre.x() * m_ratio) - sprite.width() / 2;
    const double y = std::round(centre.y() * m_ratio) - sprite.height() / 2;
    painter.drawPixmap(QPointF(x / m_ratio, y / m_ratio), sprite);
}

} // namespace mesh::graph
