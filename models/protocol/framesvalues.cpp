// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/protocol/framesvalues.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mesh::protocol {

bool GroupName::isValid(QStringView text) noexcept
{
    return !text.isEmpty() && text.size() <= kMaxLength && std::all_of(text.begin(), text.end(), [](QChar c) {
        return (c >= u'a' && c <= u'z') || (c >= u'A' && c <= u'Z') || (c >= u'0' && c <= u'9') || c == u'_'
            || c == u'/' || c == u'-';
    });
}

Expected<GroupName> GroupName::parse(const QString &text)
{
    if (!isValid(text)) {
        return Error{u"bad_group_name"_s, u"A group name has 1 to 64 of these characters: a-z A-Z 0-9 _ / -"_s,
                     ErrorBand::Persistent};
    }
    return GroupName(text);
}

} // namespace mesh::protocol
