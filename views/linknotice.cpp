// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/linknotice.h"

#include "models/items/displaytext.h"
#include "views/figures.h"

#include <QtCore/QCoreApplication>

#include <algorithm>
#include <array>
#include <cstdlib>

namespace mesh::views {

using namespace Qt::StringLiterals;

namespace {

//! The time a hello may be off (wire reference 2), in milliseconds.
constexpr qint64 kHelloToleranceMs = 60'000;

struct NoticeWords
{
    Q_DECLARE_TR_FUNCTIONS(mesh::views::LinkNotice)
};

bool isSecurity(const QString &code)
{
    static constexpr std::array words{"tls_error"_L1, "insecure_broker"_L1, "bad_signature"_L1, "bad_key"_L1};
    return std::any_of(words.begin(), words.end(), [&](QLatin1StringView word) { return code == word; });
}

bool isSkew(const LinkFacts &facts)
{
    return facts.code == "timestamp_skew"_L1;
}

//! Why, as the end of a sentence in brackets; empty where the code says nothing to people.
QString reason(const LinkFacts &facts)
{
    const QString &code = facts.code;
    if (facts.closeCode == 1001 || code == "broker_stopped"_L1)
        return NoticeWords::tr("the broker stopped");
    if (code == "connection_refused"_L1)
        return NoticeWords::tr("nothing answers there");
    if (code == "host_not_found"_L1)
        return NoticeWords::tr("the name of the host is not known");
    if (code == "connect_timeout"_L1 || code == "silent"_L1)
        return NoticeWords::tr("no answer in time");
    if (facts.closeCode == 1006 || code == "closed_1006"_L1)
        return NoticeWords::tr("the network was lost");
    if (code == "capacity"_L1)
        return NoticeWords::tr("the mesh is full");
    if (code == "disconnected"_L1 || code == "disconnected_stale"_L1)
        return NoticeWords::tr("an admin disconnected you");
    return items::oneLine(facts.detail, 120);
}

QString kept(const LinkFacts &facts)
{
    if (facts.lastOnlineMs <= 0)
        return {};
    //: %1 is a time of day
    return NoticeWords::tr("What you see is as of %1. Messages you write now wait and are sent later.")
        .arg(Figures::clockTime(facts.lastOnlineMs));
}

LinkNotice skewNotice(const LinkFacts &facts, LinkNotice::Kind kind)
{
    LinkNotice notice;
    notice.kind = kind;
    notice.canRetry = true;
    if (!facts.clockOffsetMs) {
        notice.title = NoticeWords::tr("The clocks of this computer and of the broker differ by more than a minute");
        notice.body = NoticeWords::tr(
            "The broker refuses everyone whose clock is off. Set the date and time of this computer, then try again.");
        return notice;
    }
    const qint64 offset = *facts.clockOffsetMs;
    const QString by = Figures::duration(std::abs(offset));
    //: %1 is a duration such as "2 min"
    notice.title = offset > 0 ? NoticeWords::tr("This computer's clock is %1 behind the broker's").arg(by)
                              : NoticeWords::tr("This computer's clock is %1 ahead of the broker's").arg(by);
    notice.body =
        NoticeWords::tr("The broker refuses a clock that is off by more than a minute. Set the date and time of "
                        "this computer, then try again.");
    return notice;
}

LinkNotice failedNotice(const LinkFacts &facts)
{
    LinkNotice notice;
    notice.kind = LinkNotice::Kind::Action;
    notice.canRetry = true;
    const QString &code = facts.code;
    const QString mesh = facts.meshName;
    if (isSecurity(code)) {
        notice.kind = LinkNotice::Kind::Security;
        //: %1 is a host name
        notice.title = NoticeWords::tr("The connection to %1 is not safe and was not made").arg(facts.host);
        notice.body = facts.detail.isEmpty()
            ? NoticeWords::tr(
                "Its certificate could not be checked, so someone could be in between. Nothing was sent. This "
                "is not tried again by itself.")
            : NoticeWords::tr("%1 Nothing was sent. This is not tried again by itself.")
                  .arg(items::oneLine(facts.detail, 240));
        return notice;
    }
    if (isSkew(facts))
        return skewNotice(facts, LinkNotice::Kind::Action);
    if (code == "session_replaced"_L1) {
        notice.title = NoticeWords::tr("Another window took over your session in %1").arg(mesh);
        notice.body =
            NoticeWords::tr("Only one program can use an identity at a time. Connecting here ends the other one.");
    } else if (facts.closeCode == 4002 || code == "banned"_L1 || code == "revoked"_L1) {
        notice.title = NoticeWords::tr("You are banned from %1").arg(mesh);
        notice.body = NoticeWords::tr("Only its admins can undo that. What you have received stays here.");
    } else if (facts.closeCode == 4001 || code == "kicked"_L1 || code == "kicked_stale"_L1) {
        notice.title = NoticeWords::tr("An admin removed you from %1").arg(mesh);
        notice.body = NoticeWords::tr("You may connect again if that is agreed.");
    } else if (code == "unauthorized"_L1) {
        notice.title = NoticeWords::tr("%1 does not know your key").arg(mesh);
        notice.body = NoticeWords::tr("Ask for a new invite link and join again. What you have received stays here.");
    } else if (code == "capacity"_L1) {
        notice.title = NoticeWords::tr("%1 is full").arg(mesh);
        notice.body = NoticeWords::tr("Try again when someone has left.");
    } else {
        notice.title = NoticeWords::tr("%1 refused the connection").arg(facts.host);
        notice.body = items::oneLine(facts.detail, 240);
    }
    return notice;
}

} // namespace

LinkNotice describeLink(const LinkFacts &facts, qint64 nowMs)
{
    using State = protocol::ConnectionState;
    LinkNotice notice;
    switch (facts.state) {
    case State::Online:
        if (facts.clockOffsetMs && std::abs(*facts.clockOffsetMs) > kHelloToleranceMs)
            return skewNotice(facts, LinkNotice::Kind::Action);
        return notice;
    case State::Connecting:
    case State::Handshaking:
        if (facts.lastOnlineMs <= 0 && facts.attempt <= 1)
            return notice; // the first connection: the top bar says so, there is nothing to worry about
        notice.kind = LinkNotice::Kind::Busy;
        //: %1 is a host name
        notice.title = NoticeWords::tr("Connecting to %1 …").arg(facts.host);
        notice.body = kept(facts);
        return notice;
    case State::Waiting: {
        if (isSkew(facts))
            return skewNotice(facts, LinkNotice::Kind::Retrying);
        notice.kind = LinkNotice::Kind::Retrying;
        notice.canRetry = true;
        const QString why = reason(facts);
        const QString what = facts.lastOnlineMs > 0 ? NoticeWords::tr("Lost the connection to %1").arg(facts.host)
                                                    : NoticeWords::tr("Cannot reach %1").arg(facts.host);
        //: what happened, and why in brackets
        notice.title = why.isEmpty() ? what : NoticeWords::tr("%1 (%2)").arg(what, why);
        if (facts.nextTryAtMs) {
            const qint64 left = std::max<qint64>(0, (*facts.nextTryAtMs - nowMs + 999) / 1000);
            notice.title += u". "_s
                + (left > 0 ? NoticeWords::tr("Trying again in %1 s").arg(left) : NoticeWords::tr("Trying again now"));
        }
        notice.body = kept(facts);
        return notice;
    }
    case State::Failed:
        return failedNotice(facts);
    case State::Offline:
        notice.kind = LinkNotice::Kind::Action;
        notice.canRetry = true;
        notice.title = NoticeWords::tr("%1 is offline").arg(facts.meshName);
        notice.body = kept(facts);
        return notice;
    }
    return notice;
}

} // namespace mesh::views
