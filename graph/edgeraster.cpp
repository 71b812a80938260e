// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph/edgeraster.h"

#include <QtGui/QImage>
#include <QtGui/QPainter>
#include <QtGui/QPainterPath>

#include <algorithm>
#include <cmath>

namespace mesh::graph {

namespace {

constexpr double kTolerance = 0.04; // pixels between a curve and its chords: 4 to 5 levels on a thin line
constexpr double kReferenceTolerance = 0.005;
constexpr int kReferenceSegments = 400;
constexpr int kFewestSegments = 6;
constexpr int kMostSegments = 136;
constexpr double kFarAway = 1e6; // pixels; beyond it nothing is drawn
constexpr double kFixed = 65536;

// One pixel times a share of 0 to 255, all four channels at once, rounded.
inline quint32 times(quint32 pixel, quint32 share)
{
    quint32 even = (pixel & 0xff00ffU) * share;
    even = (even + ((even >> 8) & 0xff00ffU) + 0x800080U) >> 8;
    quint32 odd = ((pixel >> 8) & 0xff00ffU) * share;
    odd = odd + ((odd >> 8) & 0xff00ffU) + 0x800080U;
    return (even & 0xff00ffU) | (odd & 0xff00ff00U);
}

inline void blend(quint32 &target, quint32 source, quint32 share)
{
    const quint32 covered = times(source, share);
    target = covered + times(target, 255 - (covered >> 24));
}

quint32 premultiplied(QRgb color, float alpha)
{
    const auto share = quint32(std::lround(std::clamp(alpha, 0.0F, 1.0F) * 255));
    return (share << 24) | (times(color, share) & 0xffffffU);
}

// Area of the unit pixel around (0,0) that lies below y = distance + slope * x, y growing downwards to the line.
double areaBelow(double slope, double distance)
{
    constexpr int kSteps = 64;
    double sum = 0;
    for (int i = 0; i < kSteps; ++i) {
        const double x = (i + 0.5) / kSteps - 0.5;
        sum += std::clamp(distance + slope * x + 0.5, 0.0, 1.0);
    }
    return sum / kSteps;
}

bool isFinite(QPointF p)
{
    return std::abs(p.x()) < kFarAway && std::abs(p.y()) < kFarAway;
}

} // namespace

EdgeRaster::EdgeRaster()
{
    m_area.resize((kSlopes + 1) * (kDistances + 1));
    for (int slope = 0; slope <= kSlopes; ++slope) {
        for (int distance = 0; distance <= kDistances; ++distance) {
            const double area = areaBelow(double(slope) / kSlopes, distance * 2.0 / kDistances - 1);
            m_area[size_t(slope * (kDistances + 1) + distance)] = quint8(std::lround(area * 255));
        }
    }
}

inline quint32 EdgeRaster::coverage(int slope, qint32 distance) const
{
    // distance is 16.16; the table's step is 1/32 pixel.
    const int index = std::clamp((distance + 65536 + 1024) >> 11, 0, kDistances);
    return m_area[size_t(slope * (kDistances + 1) + index)];
}

int EdgeRaster::flatten(const EdgeStroke &stroke, double tolerance, int most, std::vector<Vertex> &vertices)
{
    const EdgeCurve &curve = stroke.curve;
    const QPointF bend = curve.from - 2 * curve.control + curve.to;
    const double deviation = std::hypot(bend.x(), bend.y());
    const int count = std::clamp(int(std::ceil(std::sqrt(deviation / (4 * tolerance)))), kFewestSegments, most);
    vertices.clear();
    for (int i = 0; i <= count; ++i) {
        const QPointF p = curve.at(double(i) / count);
        vertices.push_back({p.x(), p.y()});
    }
    return count;
}

QRect EdgeRaster::draw(const PixelView &target, const EdgeStroke &stroke)
{
    const EdgeCurve &curve = stroke.curve;
    if (!isFinite(curve.from) || !isFinite(curve.control) || !isFinite(curve.to))
        return {};
    const double halfWidth = std::clamp(double(stroke.width), 0.5, 16.0) / 2;
    const double margin = halfWidth + 2;
    const auto [left, right] = std::minmax({curve.from.x(), curve.control.x(), curve.to.x()});
    const auto [top, bottom] = std::minmax({curve.from.y(), curve.control.y(), curve.to.y()});
    const QRect bounds = QRect(QPoint(int(std::floor(left - margin)), int(std::floor(top - margin))),
                               QPoint(int(std::ceil(right + margin)), int(std::ceil(bottom + margin))))
                             .intersected(QRect(0, 0, target.width, target.height));
    if (bounds.isEmpty())
        return {};

    const int count = flatten(stroke, kTolerance, kMostSegments, m_vertices);
    const auto steep = [this](int i) {
        const Vertex &a = m_vertices[size_t(i)];
        const Vertex &b = m_vertices[size_t(i) + 1];
        return std::abs(b.y - a.y) > std::abs(b.x - a.x);
    };
    // Segments of one steepness and direction tile by whole columns (or rows). Where these change, and at the ends, a
    // cut square to the curve says which pixel belongs to whom, so that none is painted twice.
    const auto forward = [this, &steep](int i) {
        const Vertex &a = m_vertices[size_t(i)];
        const Vertex &b = m_vertices[size_t(i) + 1];
        return steep(i) ? b.y > a.y : b.x > a.x;
    };
    const auto cutAt = [this, count](int vertex) {
        const Vertex &before = m_vertices[size_t(std::max(vertex - 1, 0))];
        const Vertex &after = m_vertices[size_t(std::min(vertex + 1, count))];
        const double length = std::max(1e-9, std::hypot(after.x - before.x, after.y - before.y));
        const Vertex &at = m_vertices[size_t(vertex)];
        return Cut{true,
                   false,
                   vertex == 0 || vertex == count,
                   at.x,
                   at.y,
                   (after.x - before.x) / length,
                   (after.y - before.y) / length};
    };
    const auto near = [halfWidth](const Cut &cut, const Vertex &a, const Vertex &b) {
        const double reach = halfWidth + 2;
        return std::min(std::hypot(a.x - cut.x, a.y - cut.y), std::hypot(b.x - cut.x, b.y - cut.y)) <= reach;
    };
    for (int first = 0; first < count;) {
        int end = first + 1;
        while (end < count && steep(end) == steep(first) && forward(end) == forward(first))
            ++end;
        const Cut before = cutAt(first);
        const Cut after = cutAt(end);
        for (int i = first; i < end; ++i) {
            const float t = (float(i) + 0.5F) / float(count);
            const quint32 source =
                premultiplied(stroke.color, stroke.alphaFrom + (stroke.alphaTo - stroke.alphaFrom) * t);
            const Vertex &a = m_vertices[size_t(i)];
            const Vertex &b = m_vertices[size_t(i) + 1];
            Cut begin = before;
            Cut finish = after;
            begin.active = near(before, a, b);
            begin.extend = i == first;
            finish.active = near(after, a, b);
            finish.extend = i + 1 == end;
            drawSegment(target, a, b, halfWidth, source, begin, finish);
        }
        first = end;
    }
    return bounds;
}

void EdgeRaster::drawSegment(const PixelView &target, Vertex a, Vertex b, double halfWidth, quint32 source,
                             const Cut &begin, const Cut &end) const
{
    // "major" runs along the segment, "minor" across it.
    const bool steep = std::abs(b.y - a.y) > std::abs(b.x - a.x);
    double major0 = steep ? a.y : a.x;
    double minor0 = steep ? a.x : a.y;
    double major1 = steep ? b.y : b.x;
    double minor1 = steep ? b.x : b.y;
    bool extendLow = begin.extend;
    bool extendHigh = end.extend;
    if (major1 < major0) {
        std::swap(major0, major1);
        std::swap(minor0, minor1);
        std::swap(extendLow, extendHigh);
    }
    const double run = major1 - major0;
    if (run < 1e-6)
        return;
    const double slope = (minor1 - minor0) / run;
    const double half = halfWidth * std::sqrt(1 + slope * slope);
    const double reach = halfWidth + 1;
    const int majorSize = steep ? target.height : target.width;
    const int minorSize = steep ? target.width : target.height;
    const qsizetype majorStep = steep ? target.stride : 1;
    const qsizetype minorStep = steep ? 1 : target.stride;
    // Pixel centres in [low, high).
    const double low = std::max(0.0, std::ceil(major0 - (extendLow ? reach : 0) - 0.5));
    const double high = std::min(double(majorSize), std::ceil(major1 + (extendHigh ? reach : 0) - 0.5));
    const int slopeIndex = int(std::lround(std::min(1.0, std::abs(slope)) * kSlopes));
    const double spread = 0.5 + std::abs(slope) / 2; // half the height over which coverage goes from nothing to all
    const bool cutting = begin.active || end.active;

    // Pixels near a cut are asked one by one whose side they are on: 0 to 256. At a joint a pixel is wholly this
    // segment's or wholly the other's.
    const auto inside = [&](int major, int minor) {
        const double x = (steep ? minor : major) + 0.5;
        const double y = (steep ? major : minor) + 0.5;
        const auto part = [](double depth, bool soft) {
            return soft ? std::clamp(depth + 0.5, 0.0, 1.0) : (depth < 0 ? 0.0 : 1.0);
        };
        double share = 256;
        if (begin.active)
            share *= part((x - begin.x) * begin.nx + (y - begin.y) * begin.ny, begin.end);
        if (end.active) {
            const double beyond = (x - end.x) * end.nx + (y - end.y) * end.ny;
            share *= end.end ? part(-beyond, true) : (beyond >= 0 ? 0.0 : 1.0);
        }
        return quint32(share + 0.5);
    };

    // Distances are taken relative to the segment's own place, so 16.16 never overflows.
    for (int major = int(low); major < int(high); ++major) {
        const double centre = minor0 + (major + 0.5 - major0) * slope;
        if (centre < -half - 2 || centre > minorSize + half + 2)
            continue;
        const int first = std::max(0, int(std::floor(centre - half - spread)));
        const int last = std::min(minorSize - 1, int(std::floor(centre + half + spread)));
        const auto upper = qint32((centre - half - first - 0.5) * kFixed);
        const auto lower = qint32((centre + half - first - 0.5) * kFixed);
        quint32 *pixel = target.pixels + major * majorStep + first * minorStep;
        qint32 offset = 0;
        for (int minor = first; minor <= last; ++minor, pixel += minorStep, offset += 65536) {
            quint32 share = coverage(slopeIndex, lower - offset) - coverage(slopeIndex, upper - offset);
            if (share != 0 && cutting)
                share = (share * inside(major, minor) + 128) >> 8;
            if (share == 0)
                continue;
            blend(*pixel, source, share);
        }
    }
}

void EdgeRaster::drawReference(QPainter &painter, const EdgeStroke &stroke)
{
    QColor color = QColor::fromRgb(stroke.color);
    const auto pen = [&](float alpha) {
        color.setAlphaF(std::clamp(alpha, 0.0F, 1.0F));
        return QPen(color, double(stroke.width), Qt::SolidLine, Qt::FlatCap, Qt::MiterJoin);
    };
    painter.setBrush(Qt::NoBrush);
    std::vector<Vertex> vertices;
    if (stroke.alphaFrom == stroke.alphaTo) {
        // Not quadTo(): QPainter's stroker flattens curves so coarsely that its picture is up to 12 levels off.
        flatten(stroke, kReferenceTolerance, kReferenceSegments, vertices);
        QPolygonF points;
        for (const Vertex &vertex : vertices)
            points.append(QPointF(vertex.x, vertex.y));
        QPainterPath path;
        path.addPolygon(points);
        painter.setPen(pen(stroke.alphaFrom));
        painter.drawPath(path);
        return;
    }
    const int count = flatten(stroke, kTolerance, kMostSegments, vertices);
    for (int i = 0; i < count; ++i) {
        const float t = (float(i) + 0.5F) / float(count);
        painter.setPen(pen(stroke.alphaFrom + (stroke.alphaTo - stroke.alphaFrom) * t));
        painter.drawLine(QPointF(vertices[size_t(i)].x, vertices[size_t(i)].y),
                         QPointF(vertices[size_t(i) + 1].x, vertices[size_t(i) + 1].y));
    }
}

} // namespace mesh::graph
