// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/peerfilter.h"

#include <QtCore/QCoreApplication>

#include <algorithm>

#include "models/items/displaytext.h"
#include "models/items/filterwords.h"

namespace mesh::items {

using namespace Qt::StringLiterals;

namespace {

struct FilterText
{
    Q_DECLARE_TR_FUNCTIONS(mesh::items::PeerFilter)
};

bool fitsPattern(const QString &pattern, const QString &value, FilterCompare compare)
{
    const QString folded = value.toCaseFolded();
    if (pattern.isEmpty())
        return folded.isEmpty();
    if (pattern.contains(u'*') || pattern.contains(u'?'))
        return globMatches(pattern, folded);
    return compare == FilterCompare::Is ? folded == pattern : folded.contains(pattern);
}

bool compares(double value, FilterCompare compare, double bound)
{
    switch (compare) {
    case FilterCompare::Less:
        return value < bound;
    case FilterCompare::LessOrEqual:
        return value <= bound;
    case FilterCompare::More:
        return value > bound;
    case FilterCompare::MoreOrEqual:
        return value >= bound;
    case FilterCompare::Has:
    case FilterCompare::Is:
        break;
    }
    return qFuzzyCompare(value + 1, bound + 1);
}

bool fitsGroup(const QString &pattern, const store::Peer &peer)
{
    if (pattern.isEmpty())
        return peer.groups.isEmpty();
    return std::any_of(peer.groups.cbegin(), peer.groups.cend(), [&](const protocol::GroupRef &group) {
        return fitsPattern(pattern, group.name, FilterCompare::Is);
    });
}

bool fitsText(const FilterTerm &term, const QString &pattern, const store::Peer &peer)
{
    switch (term.field) {
    case FilterField::Name:
        return fitsPattern(pattern, displayName(peer.name, peer.key), term.compare);
    case FilterField::Type:
        return pattern == protocol::toWord(peer.kind);
    case FilterField::Status:
        return pattern == protocol::toWord(peer.status);
    case FilterField::Group:
        return fitsGroup(pattern, peer);
    case FilterField::Model:
        return fitsPattern(pattern, peer.model, term.compare);
    case FilterField::Channel:
        return fitsPattern(pattern, peer.channel, term.compare);
    case FilterField::Host:
        return fitsPattern(pattern, peer.hostname, term.compare);
    case FilterField::Cwd:
        return fitsPattern(pattern, peer.cwd, term.compare);
    case FilterField::Unread:
    case FilterField::Context:
    case FilterField::Idle:
        break;
    }
    return false;
}

QString compareSign(FilterCompare compare)
{
    switch (compare) {
    case FilterCompare::Less:
        return u"<"_s;
    case FilterCompare::LessOrEqual:
        return u"≤"_s;
    case FilterCompare::More:
        return u">"_s;
    case FilterCompare::MoreOrEqual:
        return u"≥"_s;
    case FilterCompare::Has:
    case FilterCompare::Is:
        break;
    }
    return u"="_s;
}

QString idleText(double ms)
{
    const auto seconds = qint64(ms / 1000);
    if (seconds < 60 || seconds % 60 != 0)
        return FilterText::tr("%1 s").arg(seconds);
    if (seconds < 3600 || seconds % 3600 != 0)
        return FilterText::tr("%1 min").arg(seconds / 60);
    return FilterText::tr("%1 h").arg(seconds / 3600);
}

QString positiveLabel(const FilterTerm &term)
{
    switch (term.field) {
    case FilterField::Unread:
        if (term.compare == FilterCompare::More && term.number == 0)
            return FilterText::tr("unread");
        if (term.compare == FilterCompare::Is && term.number == 0)
            return FilterText::tr("nothing unread");
        return FilterText::tr("unread %1 %2").arg(compareSign(term.compare)).arg(term.number);
    case FilterField::Context:
        if (!term.reported)
            return FilterText::tr("context not reported");
        //: %1 is a sign such as >, %2 a number
        return FilterText::tr("context %1 %2 %").arg(compareSign(term.compare)).arg(term.number);
    case FilterField::Idle:
        return FilterText::tr("idle %1 %2").arg(compareSign(term.compare), idleText(term.number));
    case FilterField::Status:
    case FilterField::Type:
    case FilterField::Name:
        return term.patterns.join(u", "_s);
    case FilterField::Group: {
        QStringList names;
        for (const QString &pattern : term.patterns)
            names.append(pattern.isEmpty() ? FilterText::tr("no group") : u'@' + pattern);
        return names.join(u", "_s);
    }
    default:
        break;
    }
    QStringList values;
    for (const QString &pattern : term.patterns)
        values.append(pattern.isEmpty() ? FilterText::tr("none") : pattern);
    return QLatin1StringView(filterWord(term.field).word) + u' ' + values.join(u", "_s);
}

} // namespace

bool globMatches(QStringView pattern, QStringView text)
{
    qsizetype p = 0;
    qsizetype t = 0;
    qsizetype star = -1; // the newest star; it takes one character more whenever what follows does not fit
    qsizetype taken = 0;
    while (t < text.size()) {
        if (p < pattern.size() && pattern[p] == u'*') {
            star = p++;
            taken = t;
        } else if (p < pattern.size() && (pattern[p] == u'?' || pattern[p] == text[t])) {
            ++p;
            ++t;
        } else if (star >= 0) {
            p = star + 1;
            t = ++taken;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == u'*')
        ++p;
    return p == pattern.size();
}

qint64 PeerFilter::idleMs(const store::Peer &peer, qint64 nowMs)
{
    if (peer.status == protocol::PeerStatus::Working)
        return 0;
    const qint64 sign = std::max({peer.lastTrafficMs, peer.statusSinceMs, peer.firstSeenMs});
    return sign > 0 ? std::max<qint64>(0, nowMs - sign) : 0;
}

bool PeerFilter::matches(const FilterTerm &term, const FilterSubject &subject)
{
    const auto holds = [&] {
        switch (term.field) {
        case FilterField::Unread:
            return compares(subject.unread, term.compare, term.number);
        case FilterField::Context: {
            const auto share = subject.peer.stats.contextShare();
            if (!term.reported)
                return !share.has_value();
            return share && compares(*share * 100, term.compare, term.number);
        }
        case FilterField::Idle: {
            const qint64 idle = idleMs(subject.peer, subject.nowMs);
            return idle > 0 && compares(double(idle), term.compare, term.number);
        }
        default:
            return std::any_of(term.patterns.cbegin(), term.patterns.cend(),
                               [&](const QString &pattern) { return fitsText(term, pattern, subject.peer); });
        }
    };
    return holds() != term.negated;
}

bool PeerFilter::matches(const FilterSubject &subject) const
{
    return std::all_of(m_terms.cbegin(), m_terms.cend(),
                       [&](const FilterTerm &term) { return matches(term, subject); });
}

bool PeerFilter::dependsOnTime() const
{
    return std::any_of(m_terms.cbegin(), m_terms.cend(),
                       [](const FilterTerm &term) { return term.field == FilterField::Idle; });
}

bool PeerFilter::asksForStatus() const
{
    return std::any_of(m_terms.cbegin(), m_terms.cend(),
                       [](const FilterTerm &term) { return term.field == FilterField::Status; });
}

QString PeerFilter::label(const FilterTerm &term)
{
    QString text = oneLine(positiveLabel(term), 40);
    if (text.isEmpty())
        text = u"“ ”"_s; // it holds nothing that can be seen
    //: a condition turned round: "not working"
    return term.negated ? FilterText::tr("not %1").arg(text) : text;
}

QString PeerFilter::quoted(const QString &value)
{
    const bool plain = !value.isEmpty()
        && std::all_of(value.cbegin(), value.cend(),
                       [](QChar c) {
                           return !c.isSpace() && c != u'"' && c != u',' && c != u':' && c != u'<' && c != u'>'
                               && c != u'=' && c != u'\\';
                       })
        && value.front() != u'-' && value.front() != u'!';
    if (plain)
        return value;
    QString text = value;
    text.replace(u'\\', "\\\\"_L1).replace(u'"', "\\\""_L1);
    return u'"' + text + u'"';
}

QString PeerFilter::withTerm(const QString &text, const QString &term)
{
    const QString before = text.trimmed();
    return before.isEmpty() ? term : before + u' ' + term;
}

QString PeerFilter::withoutTerm(const QString &text, const FilterTerm &term)
{
    const QString before = text.left(term.at).trimmed();
    const QString after = text.mid(term.at + term.length).trimmed();
    return before.isEmpty() || after.isEmpty() ? before + after : before + u' ' + after;
}

} // namespace mesh::items
