// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph/trailfade.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace mesh::graph {

namespace {

constexpr std::size_t kBlock = 256; // bytes: 64 pixels

// Levels a second such that 255 * exp(-T/tau) is used up exactly at T.
double levelsPerMs()
{
    const double end = std::exp(-TrailFade::kDurationMs / TrailFade::kTauMs);
    return 255 * end / (TrailFade::kTauMs * (1 - end));
}

// 64 thresholds in bit-reversed order, each four times; twice over, so that a block may start at any pixel.
std::array<quint8, 2 * kBlock> makeDither()
{
    std::array<quint8, 2 * kBlock> table{};
    for (unsigned i = 0; i < 128; ++i) {
        unsigned reversed = 0;
        for (unsigned bit = 0; bit < 6; ++bit)
            reversed |= ((i >> bit) & 1U) << (5 - bit);
        for (unsigned channel = 0; channel < 4; ++channel)
            table[i * 4 + channel] = quint8(reversed * 4 + 2);
    }
    return table;
}

} // namespace

FadeStep TrailFade::step(double elapsedMs)
{
    if (elapsedMs <= 0)
        return {};
    if (elapsedMs >= kDurationMs)
        return {0, 65535};
    const double factor = std::exp(-elapsedMs / kTauMs);
    const double bias = 256 * levelsPerMs() * kTauMs * (1 - factor);
    return {quint16(std::min(65535.0, std::round(factor * 65536))), quint16(std::min(65535.0, std::round(bias)))};
}

double TrailFade::remaining(double ageMs)
{
    if (ageMs <= 0)
        return 1;
    const double factor = std::exp(-ageMs / kTauMs);
    return std::max(0.0, factor - levelsPerMs() / 255 * kTauMs * (1 - factor));
}

bool fadeBytes(const quint8 *source, quint8 *target, std::size_t count, FadeStep step, quint32 seed)
{
    static const std::array<quint8, 2 *kBlock> dither = makeDither();
    const quint32 factor = step.factor;
    const quint16 bias = step.bias;
    quint32 scramble = seed * 2654435761U + 974711U;
    quint8 any = 0;
    std::size_t done = 0;
    while (done < count) {
        scramble = scramble * 1664525U + 1013904223U;
        const quint8 *threshold = dither.data() + ((scramble >> 20) & 63U) * 4;
        const std::size_t length = std::min(kBlock, count - done);
        const quint8 *in = source + done;
        quint8 *out = target + done;
        const auto fadeOne = [&](std::size_t i) {
            const auto scaled = quint16((quint32(quint16(in[i] << 8)) * factor) >> 16);
            const auto dithered = quint16(scaled + threshold[i]);
            const auto left = quint16(dithered > bias ? dithered - bias : 0);
            const auto result = quint8(left >> 8);
            out[i] = result;
            any = quint8(any | result);
        };
        if (length == kBlock) { // a constant count lets the compiler use whole vectors
            for (std::size_t i = 0; i < kBlock; ++i)
                fadeOne(i);
        } else {
            for (std::size_t i = 0; i < length; ++i)
                fadeOne(i);
        }
        done += length;
    }
    return any != 0;
}

} // namespace mesh::graph
