// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/protocol/invite.h"

#include <cstdint>
#include <cstdlib>

using namespace mesh::protocol;
using namespace Qt::StringLiterals;

namespace {

void require(bool holds)
{
    if (!holds)
        std::abort();
}

void check(const Invite &invite)
{
    require(!invite.token.isEmpty() && !invite.payload.isEmpty());
    require(!inviteCanonical(invite).isEmpty());
    const Expected<void> verdict = verifyInvite(invite, 1'775'606'400'000);
    require(verdict.hasValue() || !verdict.error().code.isEmpty());
    require(joinUrl(invite).isValid());
    // The link made of it says the same.
    const Expected<ParsedInvite> again = parseInvite(inviteLink(invite));
    require(again.hasValue() && std::holds_alternative<Invite>(*again));
    require(std::get<Invite>(*again).token == invite.token);
    require(inviteCanonical(std::get<Invite>(*again)) == inviteCanonical(invite));
}

void check(const ShortInvite &invite)
{
    require(!invite.code.isEmpty());
    require(invite.resolveUrl(u"app.example.org"_s).isValid());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QString text = QString::fromUtf8(reinterpret_cast<const char *>(data), qsizetype(size));
    const Expected<ParsedInvite> parsed = parseInvite(text);
    if (parsed)
        std::visit([](const auto &invite) { check(invite); }, *parsed);
    else
        require(!parsed.error().code.isEmpty());
    return 0;
}
