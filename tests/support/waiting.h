// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>

namespace mesh::tests {

//! Runs the event loop until \a done, for at most \a timeoutMs; true when done. Looks after every event, where
//! QTest::qWaitFor sleeps ten milliseconds between two looks: a conversation of a thousand frames would wait for that
//! alone.
bool waitFor(const std::function<bool()> &done, int timeoutMs = 5'000);

} // namespace mesh::tests
