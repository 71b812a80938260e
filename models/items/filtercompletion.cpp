// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/filtercompletion.h"

#include <QtCore/QSet>

#include <algorithm>

#include "models/items/displaytext.h"
#include "models/items/filterwords.h"

namespace mesh::items {

using namespace Qt::StringLiterals;

namespace {

constexpr int kValueChars = 120;

//! Where the unfinished term before the cursor begins: after the last space that is not inside quotes.
qsizetype termStart(QStringView text, qsizetype cursor)
{
    qsizetype start = 0;
    bool quotes = false;
    for (qsizetype i = 0; i < cursor; ++i) {
        if (text[i] == u'\\' && quotes)
            ++i;
        else if (text[i] == u'"')
            quotes = !quotes;
        else if (!quotes && text[i].isSpace())
            start = i + 1;
    }
    return start;
}

QStringList offeredValues(FilterField field, const FilterVocabulary &vocabulary)
{
    switch (field) {
    case FilterField::Type:
        return {u"ai"_s, u"human"_s, u"connector"_s};
    case FilterField::Status:
        return {u"idle"_s, u"working"_s, u"dnd"_s, u"offline"_s};
    case FilterField::Unread:
        return {u"yes"_s, u"no"_s};
    case FilterField::Context:
        return {u"unknown"_s};
    default:
        return vocabulary.values.value(field);
    }
}

void offerValues(const QStringList &values, QString typed, qsizetype at, qsizetype length, int most,
                 QList<FilterCompletion> &offers)
{
    if (typed.startsWith(u'"'))
        typed.remove(0, 1);
    // What begins so comes before what merely holds it.
    for (const bool atStart : {true, false}) {
        for (const QString &value : values) {
            if (offers.size() >= most)
                return;
            const qsizetype found = value.indexOf(typed, 0, Qt::CaseInsensitive);
            if ((atStart && found == 0) || (!atStart && found > 0))
                offers.append({PeerFilter::quoted(value), {}, at, length, true});
        }
    }
}

} // namespace

void FilterVocabulary::add(const store::Peer &peer)
{
    const auto note = [this](FilterField field, const QString &value) {
        // What does not survive being shown on one line could not be told from another value.
        if (!value.isEmpty() && value.size() <= kValueChars && oneLine(value, kValueChars) == value)
            values[field].append(value);
    };
    note(FilterField::Name, displayName(peer.name, peer.key));
    note(FilterField::Model, peer.model);
    note(FilterField::Channel, peer.channel);
    note(FilterField::Host, peer.hostname);
    note(FilterField::Cwd, peer.cwd);
    for (const protocol::GroupRef &group : peer.groups)
        note(FilterField::Group, group.name);
}

void FilterVocabulary::sortValues()
{
    for (QStringList &list : values) {
        list.removeDuplicates();
        list.sort(Qt::CaseInsensitive);
    }
}

QList<FilterCompletion> completeFilter(const QString &text, qsizetype cursor, const FilterVocabulary &vocabulary,
                                       int most)
{
    QList<FilterCompletion> offers;
    cursor = std::clamp<qsizetype>(cursor, 0, text.size());
    qsizetype start = termStart(text, cursor);
    if (start < cursor && (text.at(start) == u'-' || text.at(start) == u'!'))
        ++start;
    const QString typed = text.mid(start, cursor - start);
    qsizetype sign = 0;
    while (sign < typed.size() && typed.at(sign).isLetter())
        ++sign;
    const bool field = sign > 0 && sign < typed.size() && u":<>="_s.contains(typed.at(sign));
    if (field) {
        const FilterWord *known = filterWord(QStringView(typed).left(sign));
        if (!known)
            return offers;
        // Alternatives before the last comma stay as they are.
        const qsizetype begin = std::max(sign, typed.lastIndexOf(u',')) + 1;
        offerValues(offeredValues(known->field, vocabulary), typed.mid(begin), start + begin, cursor - start - begin,
                    most, offers);
        return offers;
    }
    for (const FilterWord &entry : filterWords) {
        const QString word = QString::fromLatin1(entry.word);
        if (offers.size() < most && word.startsWith(typed, Qt::CaseInsensitive)) {
            const bool wantsSign = entry.kind == FilterKind::Number && entry.field != FilterField::Unread;
            offers.append(
                {word + (wantsSign ? u'>' : u':'), QString::fromLatin1(entry.example), start, cursor - start, false});
        }
    }
    if (!typed.isEmpty())
        offerValues(vocabulary.values.value(FilterField::Name), typed, start, cursor - start, most, offers);
    return offers;
}

} // namespace mesh::items
