// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/records.h"

#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;

namespace mesh::store {

namespace {

constexpr qint64 kMinuteMs = 60'000;
//! Whole numbers beyond this are not exact in a double, so no honest counter is larger.
constexpr double kLargestCount = 9.007e15;

std::optional<double> figure(const QJsonObject &object, std::initializer_list<QLatin1StringView> names)
{
    for (const QLatin1StringView name : names) {
        const QJsonValue value = object.value(name);
        bool ok = value.isDouble();
        const double number = ok ? value.toDouble() : value.isString() ? value.toString().toDouble(&ok) : 0;
        if (ok && std::isfinite(number) && number >= 0 && number <= kLargestCount)
            return number;
    }
    return std::nullopt;
}

std::optional<qint64> count(const QJsonObject &object, std::initializer_list<QLatin1StringView> names)
{
    if (const std::optional<double> number = figure(object, names))
        return qint64(std::llround(*number));
    return std::nullopt;
}

} // namespace

PeerStats PeerStats::fromJson(const QJsonObject &object)
{
    PeerStats stats;
    stats.messagesIn = count(object, {"messagesIn"_L1, "messages_in"_L1});
    stats.messagesOut = count(object, {"messagesOut"_L1, "messages_out"_L1});
    stats.toolCalls = count(object, {"toolCalls"_L1, "tool_calls"_L1});
    stats.errors = count(object, {"errors"_L1});
    stats.uptimeS = count(object, {"uptime"_L1, "uptimeS"_L1});
    stats.contextUsed = count(object, {"contextUsed"_L1, "context_used"_L1});
    stats.contextMax = count(object, {"contextMax"_L1, "context_max"_L1});
    stats.tokensIn = count(object, {"tokensIn"_L1, "tokens_in"_L1});
    stats.tokensOut = count(object, {"tokensOut"_L1, "tokens_out"_L1});
    stats.costUsd = figure(object, {"costUsd"_L1, "cost_usd"_L1});
    return stats;
}

std::optional<double> PeerStats::contextShare() const
{
    if (!contextUsed || !contextMax || *contextMax <= 0)
        return std::nullopt;
    return std::clamp(double(*contextUsed) / double(*contextMax), 0.0, 1.0);
}

bool PeerStats::isEmpty() const
{
    return *this == PeerStats{};
}

qint64 ClockState::simTimeAt(qint64 nowMs) const
{
    if (!running() || nowMs <= baseAtMs)
        return simTimeMs;
    // A tick adds exactly one minute, so the time shown never runs ahead of the tick that has not come yet.
    const double moved = double(nowMs - baseAtMs) * speed;
    return simTimeMs + qint64(std::min(moved, double(kMinuteMs)));
}

double ClockState::tickIntervalMs() const
{
    return running() && speed > 0 ? double(kMinuteMs) / speed : 0;
}

bool ClockState::stalledAt(qint64 nowMs) const
{
    const double interval = tickIntervalMs();
    return interval > 0 && double(nowMs - std::max(baseAtMs, lastTickArrivalMs)) > 1.5 * interval;
}

} // namespace mesh::store
