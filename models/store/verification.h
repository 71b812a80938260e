// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QString>

namespace mesh::store {

//! What the user said about the key of a member.
struct Verification
{
    QString memberKey;
    QString name; //!< the peer's when it was said
    bool verified = false;
    qint64 atMs = 0;

    friend bool operator==(const Verification &, const Verification &) = default;
    template <class Self, class Visitor>
    static void describe(Self &self, Visitor &v)
    {
        v("memberKey", self.memberKey);
        v("name", self.name);
        v("verified", self.verified);
        v("atMs", self.atMs);
    }
};

} // namespace mesh::store
