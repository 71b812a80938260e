// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QtGlobal>

#include <cstddef>

namespace mesh::graph {

//! One step of fading, in the integers that the pixel loop works with.
struct FadeStep
{
    quint16 factor = 65535; //!< 65536ths that remain
    quint16 bias = 0;       //!< 256ths of one level that are taken away besides

    bool isNothing() const { return factor == 65535 && bias == 0; }
};

//! How a trail fades: exponentially, and by a constant that brings it to exactly nothing after kDurationMs, whatever
//! steps the time comes in. Times are real milliseconds, so a slow frame fades by as much as two fast ones.
struct TrailFade
{
    static constexpr double kDurationMs = 8000;
    static constexpr double kTauMs = 5000;

    //! The step for \a elapsedMs (0 or less: nothing; longer than the duration: everything).
    static FadeStep step(double elapsedMs);
    //! What is left of a value of full strength (1.0) after \a ageMs: 1 to 0.
    static double remaining(double ageMs);
};

//! Fades \a count bytes (channels of premultiplied pixels) from \a source into \a target; they may be the same. Rounds
//! by an ordered dither chosen by \a seed and equal for the four channels of a pixel: on average exact, no value stands
//! still, and no colour channel rises above alpha. \a count must be a multiple of 4. \return true if anything but zero
//! remains.
bool fadeBytes(const quint8 *source, quint8 *target, std::size_t count, FadeStep step, quint32 seed);

} // namespace mesh::graph
