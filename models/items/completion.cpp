// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/completion.h"

#include <algorithm>
#include <tuple>

#include "models/items/displaytext.h"
#include "models/items/slashcommand.h"
#include "models/store/meshstore.h"

namespace mesh::items {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype kMaxWord = 48;

//! 0 begins so, 1 a part begins so, 2 contains it, -1 does not.
int completionRank(QStringView name, QStringView typed)
{
    if (name.startsWith(typed, Qt::CaseInsensitive))
        return 0;
    for (qsizetype at = name.indexOf(typed, 0, Qt::CaseInsensitive); at >= 0;
         at = name.indexOf(typed, at + 1, Qt::CaseInsensitive)) {
        if (!name[at - 1].isLetterOrNumber())
            return 1;
    }
    return name.contains(typed, Qt::CaseInsensitive) ? 2 : -1;
}

} // namespace

Completions completionsFor(const store::MeshStore &store, QStringView before, int limit)
{
    qsizetype from = before.size();
    while (from > 0 && before.size() - from <= kMaxWord && !before[from - 1].isSpace()) {
        --from;
        const QChar c = before[from];
        if (c == u'@' || c == u'#' || (c == u'/' && from == 0))
            break;
    }
    Completions found;
    found.from = from;
    if (from >= before.size())
        return found;
    const QChar sign = before[from];
    const bool fresh = from == 0 || before[from - 1].isSpace() || before[from - 1] == u'(' || before[from - 1] == u'"';
    if (!fresh)
        return found;
    const QStringView typed = before.mid(from + 1);

    QList<std::tuple<int, QString, Completion>> ranked;
    const auto offer = [&](QStringView name, Completion completion, int handicap = 0) {
        if (const int rank = completionRank(name, typed); rank >= 0)
            ranked.append({rank * 4 + handicap, completion.title.toLower(), std::move(completion)});
    };
    if (sign == u'@') {
        for (const store::Peer &peer : store.peers()) {
            if (peer.self || peer.hidden || peer.controlPlane || peer.stub || peer.name.isEmpty()
                || peer.presence == store::Presence::Gone)
                continue;
            const QString name = displayName(peer.name, peer.key);
            Completion completion{Completion::Kind::Peer, u'@' + name, name, {}, peer.key, peer.kind, peer.status};
            completion.hint = oneLine(!peer.model.isEmpty() ? peer.model : peer.channel, 32);
            offer(name, completion);
        }
        const QMap<QString, int> groups = store.groups();
        for (auto it = groups.cbegin(); it != groups.cend(); ++it) {
            const QString name = oneLine(it.key(), 64);
            Completion completion{Completion::Kind::Group, u'@' + name, u'@' + name, {}, {}, {}, {}};
            completion.hint = SlashCommands::tr("%n peer(s)", nullptr, it.value());
            offer(name, completion, 1);
        }
    } else if (sign == u'#') {
        for (const auto &topic : store.listings().topics) {
            const QString name = displayName(topic.name, topic.id);
            offer(name, {Completion::Kind::Topic, u'#' + name, u'#' + name, {}, {}, {}, {}});
        }
    } else if (sign == u'/' && from == 0) {
        for (const SlashHelp &help : SlashCommands::all())
            offer(help.name,
                  {Completion::Kind::Command,
                   u'/' + help.name,
                   u'/' + help.name + u' ' + help.usage,
                   help.help,
                   {},
                   {},
                   {}});
    }
    std::stable_sort(ranked.begin(), ranked.end(), [](const auto &a, const auto &b) {
        return std::tie(std::get<0>(a), std::get<1>(a)) < std::tie(std::get<0>(b), std::get<1>(b));
    });
    for (const auto &entry : std::as_const(ranked)) {
        if (found.rows.size() == limit)
            break;
        found.rows.append(std::get<2>(entry));
    }
    return found;
}

} // namespace mesh::items
