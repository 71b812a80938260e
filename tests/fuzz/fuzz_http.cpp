// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/filelinks.h"
#include "localmesh/httprequest.h"
#include "localmesh/limits.h"

#include <cstdint>
#include <cstdlib>

using namespace mesh::local;

namespace {

void require(bool holds)
{
    if (!holds)
        std::abort();
}

void check(const HttpHead &head, qsizetype bytes)
{
    require(head.size > 0 && head.size <= bytes && head.size <= limits::HttpHeadBytes);
    require(!head.method.isEmpty() && !head.target.isEmpty());
    require(head.target.startsWith(head.path()) && !head.path().contains('?'));
    for (auto field = head.fields.cbegin(); field != head.fields.cend(); ++field) {
        require(field.key() == field.key().toLower() && !field.key().contains(' '));
        require(!field.value().contains("\r\n"));
    }
    int refusal = 0;
    const auto length = bodyLength(head, limits::FileBytes, refusal);
    if (length)
        require(*length >= 0 && *length <= limits::FileBytes && refusal == 0);
    else
        require(refusal == 400 || refusal == 413 || refusal == 501);
    // Nobody guesses a signature.
    static const FileLinks links;
    require(links.open(head.target, 0).isEmpty());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArray bytes(reinterpret_cast<const char *>(data), qsizetype(size));
    HttpHead head;
    const HeadState state = parseHead(bytes, head);
    if (state == HeadState::Complete)
        check(head, bytes.size());
    else
        require(head.size == 0);
    // What is complete stays so whatever follows, and says the same.
    HttpHead again;
    const bool same = parseHead(bytes + "\r\nmore", again) == HeadState::Complete && again.target == head.target;
    require(state != HeadState::Complete || same);
    return 0;
}
