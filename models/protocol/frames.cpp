// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/protocol/frames.h"

namespace mesh::protocol {

namespace {

template <class AnyFrame>
bool sameFrame(const AnyFrame &a, const AnyFrame &b)
{
    return visit(
        [&b](const auto &one) {
            const auto *other = getIf<std::decay_t<decltype(one)>>(&b);
            return other && one == *other;
        },
        a);
}

} // namespace

bool operator==(const ClientFrame &a, const ClientFrame &b)
{
    return sameFrame(a, b);
}

bool operator==(const BrokerFrame &a, const BrokerFrame &b)
{
    return sameFrame(a, b);
}

} // namespace mesh::protocol
