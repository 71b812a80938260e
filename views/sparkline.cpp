// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/sparkline.h"

#include "views/theme.h"

#include <QtGui/QPainter>

#include <cmath>

namespace mesh::views {

namespace {
constexpr qsizetype kMaxValues = 120;
}

std::pair<double, double> SparkGeometry::range(const QList<double> &values, double minSpan)
{
    double low = 0;
    double high = 0;
    bool any = false;
    for (const double value : values) {
        if (!std::isfinite(value))
            continue;
        low = any ? std::min(low, value) : value;
        high = any ? std::max(high, value) : value;
        any = true;
    }
    if (high - low < minSpan) {
        const double middle = (low + high) / 2;
        low = middle - minSpan / 2;
        high = middle + minSpan / 2;
    }
    return {low, high};
}

QList<QPolygonF> SparkGeometry::lines(const QList<double> &values, const QRectF &area, double low, double high)
{
    QList<QPolygonF> result;
    if (values.isEmpty() || !(high > low))
        return result;
    const double step = values.size() > 1 ? area.width() / double(values.size() - 1) : 0;
    QPolygonF line;
    for (qsizetype i = 0; i < values.size(); ++i) {
        if (!std::isfinite(values[i])) {
            if (!line.isEmpty())
                result.append(line);
            line.clear();
            continue;
        }
        const double part = std::clamp((values[i] - low) / (high - low), 0.0, 1.0);
        line.append(QPointF(values.size() > 1 ? area.left() + double(i) * step : area.right(),
                            area.bottom() - part * area.height()));
    }
    if (!line.isEmpty())
        result.append(line);
    return result;
}

void paintSparkline(QPainter &painter, const QRectF &area, const QList<double> &values, const QColor &colour,
                    double minSpan)
{
    const auto [low, high] = SparkGeometry::range(values, minSpan);
    const QRectF inner = area.adjusted(2, 2, -3, -2);
    const QList<QPolygonF> lines = SparkGeometry::lines(values, inner, low, high);
    if (lines.isEmpty())
        return;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(colour, 1.25, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.setBrush(Qt::NoBrush);
    for (const QPolygonF &line : lines)
        painter.drawPolyline(line);
    if (std::isfinite(values.constLast())) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(colour);
        painter.drawEllipse(lines.constLast().constLast(), 1.75, 1.75);
    }
    painter.restore();
}

Sparkline::Sparkline(Theme &theme, QWidget *parent)
    : QWidget(parent)
    , m_theme(theme)
{
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    connect(&m_theme, &Theme::changed, this, [this] {
        updateGeometry();
        update();
    });
}

void Sparkline::setValues(const QList<double> &values)
{
    m_values = values.size() > kMaxValues ? values.last(kMaxValues) : values;
    update();
}

QSize Sparkline::sizeHint() const
{
    return {m_theme.px(84), m_theme.px(24)};
}

void Sparkline::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    paintSparkline(painter, rect(), m_values, m_theme.color(Theme::Role::Low), m_minSpan);
}

} // namespace mesh::views
