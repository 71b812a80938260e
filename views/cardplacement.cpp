// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/cardplacement.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace mesh::views {

namespace {

constexpr int kCardMargin = 8;   // to the view's edges
constexpr double kCardGap = 12;  // to the subject
constexpr double kKeepClear = 4; // to what must not be covered
constexpr int kSearchStep = 12;

//! Costs, each of another order: what is worse is never bought with any amount of what is less bad.
constexpr double kCoversControl = 1e9;
constexpr double kCoversSubject = 1e6;
constexpr double kCoversPoint = 1e3;

double areaOf(const QRectF &rect)
{
    return std::max(0.0, rect.width()) * std::max(0.0, rect.height());
}

double distanceBetween(const QRectF &a, const QRectF &b)
{
    const double x = std::max({0.0, a.left() - b.right(), b.left() - a.right()});
    const double y = std::max({0.0, a.top() - b.bottom(), b.top() - a.bottom()});
    return std::hypot(x, y);
}

double costOf(const QRectF &card, const CardSurroundings &around)
{
    double cost = distanceBetween(card, around.subject);
    const QRectF clear = card.adjusted(-kKeepClear, -kKeepClear, kKeepClear, kKeepClear);
    for (const QRectF &rect : around.keepOut)
        cost += kCoversControl * areaOf(clear.intersected(rect));
    if (card.intersects(around.subject))
        cost += kCoversSubject;
    for (const QPointF &point : around.inSight)
        cost += clear.contains(point) ? kCoversPoint : 0;
    return cost;
}

} // namespace

QPoint placeCard(QSize size, const CardSurroundings &around)
{
    const QRect inner = around.view.adjusted(kCardMargin, kCardMargin, -kCardMargin, -kCardMargin);
    const int lastX = std::max(inner.left(), inner.right() + 1 - size.width());
    const int lastY = std::max(inner.top(), inner.bottom() + 1 - size.height());
    const auto within = [&](double x, double y) {
        return QPoint(std::clamp(int(std::lround(x)), inner.left(), lastX),
                      std::clamp(int(std::lround(y)), inner.top(), lastY));
    };
    QPoint best = within(around.subject.right() + kCardGap, around.subject.top());
    double least = std::numeric_limits<double>::max();
    const auto consider = [&](QPoint at, double handicap) {
        const double cost = costOf(QRectF(at, size), around) + handicap;
        if (cost < least) {
            least = cost;
            best = at;
        }
    };
    const QRectF &subject = around.subject;
    const double middleX = subject.center().x() - size.width() / 2.0;
    const double middleY = subject.center().y() - size.height() / 2.0;
    const std::array beside{
        within(subject.right() + kCardGap, middleY), within(subject.left() - kCardGap - size.width(), middleY),
        within(middleX, subject.bottom() + kCardGap), within(middleX, subject.top() - kCardGap - size.height())};
    for (size_t i = 0; i < beside.size(); ++i)
        consider(beside[i], double(i));
    if (least < kCoversPoint)
        return best;
    // None is free: looked for everywhere, with a little against what is not straight beside the subject.
    for (int y = inner.top(); y < lastY + kSearchStep; y += kSearchStep) {
        for (int x = inner.left(); x < lastX + kSearchStep; x += kSearchStep)
            consider({std::min(x, lastX), std::min(y, lastY)}, double(beside.size()));
    }
    return best;
}

} // namespace mesh::views
