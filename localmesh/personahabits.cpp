// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/personahabits.h"

#include <QtCore/QRegularExpression>

#include <algorithm>

namespace mesh::local {

using namespace Qt::StringLiterals;

namespace {

constexpr double minutesOfSpell = 6; // mean length of a spell of work
constexpr double busyRate = 1.25;    // a working persona does more than a waiting one
constexpr double setShare = 0.07;    // of all deeds
constexpr double noteShare = 0.04;
constexpr double choreShare = 0.12; // on top of the others
constexpr quint32 workSeed = 0x9e3779b9;
constexpr double personaAnswerShare = 0.35;
constexpr int answersAtMost = 2;
constexpr qint64 forgetAfterMinutes = 10;
constexpr int readingMsPerCharacter = 8;
constexpr int readingMsAtMost = 3000;
constexpr qsizetype nameLength = 40;
constexpr qsizetype quoteLength = 120;
constexpr qsizetype wholeWordLength = 3; // "hi" is not meant to fit "history"
constexpr qsizetype namesAtMost = 500;

QStringList wordsOf(const QString &text)
{
    static const QRegularExpression gap(u"[^\\w-]+"_s, QRegularExpression::UseUnicodePropertiesOption);
    return text.left(4000).toLower().split(gap, Qt::SkipEmptyParts);
}

//! How many of the words in \a when begin a word of the question; the shortest have to be a whole one.
qsizetype fit(const QStringList &when, const QStringList &words)
{
    return std::count_if(when.cbegin(), when.cend(), [&](const QString &wanted) {
        return std::any_of(words.cbegin(), words.cend(), [&](const QString &word) {
            return wanted.size() <= wholeWordLength ? word == wanted : word.startsWith(wanted);
        });
    });
}

} // namespace

PersonaHabits::PersonaHabits(const PersonaScript &script, quint32 seed)
    : m_script(script)
    , m_random(seed)
    , m_workRandom(seed ^ workSeed)
{
}

int PersonaHabits::answersInARow()
{
    return answersAtMost;
}

PersonaMinute PersonaHabits::nextMinute(int hour, const QSet<QString> &undisturbed)
{
    ++m_minute;
    const PersonaHours &hours = m_script.hoursAt(hour);
    PersonaMinute minute;
    minute.summary = hours.summary;
    const bool working = isWorking(hours);
    minute.status = working ? protocol::PeerStatus::Working : hours.status;
    // What is done more while working is done less while waiting, so that the rate of the hour stays what it is.
    const double factor = hours.busy <= 0 ? 1.0 : working ? busyRate : (1 - busyRate * hours.busy) / (1 - hours.busy);
    for (double left = hours.rate / 60 * factor; left > 0; left -= 1) {
        if (share() >= std::min(left, 1.0))
            continue;
        const double at = share();
        const double dice = share();
        if (dice < setShare) {
            if (auto deed = set())
                minute.deeds << PersonaDeed{at, *deed};
        } else if (dice < setShare + noteShare) {
            if (auto deed = note())
                minute.deeds << PersonaDeed{at, *deed};
        } else if (auto deed = say(hour, undisturbed)) {
            minute.deeds << PersonaDeed{at, *deed};
        }
    }
    for (double left = hours.rate / 60 * factor * choreShare; left > 0; left -= 1) {
        if (mishap() >= std::min(left, 1.0))
            continue;
        const double at = mishap();
        if (auto deed = chore())
            minute.deeds << PersonaDeed{at, *deed};
    }
    return minute;
}

std::optional<PersonaChore> PersonaHabits::chore()
{
    using Kind = PersonaChore::Kind;
    const PersonaWork &work = m_script.work;
    QList<std::pair<Kind, qsizetype>> choices;
    if (!work.tasks.isEmpty())
        choices << std::pair(Kind::OpenTask, work.tasks.size());
    if (!work.claims.isEmpty()) // taking one and closing it are two steps
        choices << std::pair(Kind::WorkOnTask, qsizetype(1)) << std::pair(Kind::WorkOnTask, qsizetype(1));
    if (std::any_of(work.topics.cbegin(), work.topics.cend(), [](const auto &topic) { return !topic.lines.isEmpty(); }))
        choices << std::pair(Kind::Post, work.topics.size());
    if (!work.fetches.isEmpty())
        choices << std::pair(Kind::Fetch, work.fetches.size());
    if (!work.calls.isEmpty())
        choices << std::pair(Kind::Call, work.calls.size());
    if (!work.uploads.isEmpty())
        choices << std::pair(Kind::Upload, work.uploads.size());
    if (!work.downloads.isEmpty())
        choices << std::pair(Kind::Download, work.downloads.size());
    if (choices.isEmpty())
        return std::nullopt;
    const auto below = [this](qsizetype count) {
        return std::uniform_int_distribution<qsizetype>(0, count - 1)(m_workRandom);
    };
    const auto &[kind, count] = choices[below(choices.size())];
    PersonaChore chore{.kind = kind, .index = below(count)};
    if (kind == Kind::OpenTask) {
        chore.text = fill(work.tasks[chore.index].title, {}, m_workRandom);
    } else if (kind == Kind::Post) {
        while (work.topics[chore.index].lines.isEmpty())
            chore.index = (chore.index + 1) % count;
        chore.text = choose(work.topics[chore.index].lines, {});
    }
    return chore;
}

// --- style and errors ---------------------------------------------------------------------------------------------

bool PersonaHabits::errs(double share)
{
    return share > 0 && mishap() < share;
}

QString PersonaHabits::choose(const QStringList &lines, const QString &peer)
{
    if (lines.isEmpty())
        return {};
    const auto index = std::uniform_int_distribution<qsizetype>(0, lines.size() - 1)(m_workRandom);
    return fill(lines[index], peer, m_workRandom);
}

QStringList PersonaHabits::styled(const QString &answer, const QString &question)
{
    const PersonaStyle &style = m_script.style;
    const bool code = answer.contains("```"_L1); // stays as it is: a letter more would break it
    const QString text = style.lowerCase && !code ? answer.toLower() : answer;
    QStringList messages{text};
    if (!code && errs(style.splits)) {
        static const QRegularExpression end(u"\\n\\n+|(?<=[.!?]) +"_s);
        messages = text.split(end, Qt::SkipEmptyParts);
    }
    if (messages.isEmpty())
        return {};
    if (!code && errs(style.emojiShare))
        messages.last() += u' ' + choose(style.emoji, {});
    if (errs(style.quotes) && !question.isEmpty())
        messages.first().prepend(u"> %1\n\n"_s.arg(question.section(u'\n', 0, 0).left(quoteLength)));
    return messages;
}

QString PersonaHabits::typed(const QString &text)
{
    if (text.contains("```"_L1) || !errs(m_script.errors.typos))
        return text;
    // Two letters inside a word change places, as fast fingers do.
    static const QRegularExpression word(u"\\p{L}{4,}"_s, QRegularExpression::UseUnicodePropertiesOption);
    QList<std::pair<qsizetype, qsizetype>> words;
    for (auto it = word.globalMatch(text); it.hasNext();) {
        const QRegularExpressionMatch match = it.next();
        words << std::pair(match.capturedStart(), match.capturedLength());
    }
    if (words.isEmpty())
        return text;
    const auto &[start, length] = words[std::uniform_int_distribution<qsizetype>(0, words.size() - 1)(m_workRandom)];
    const qsizetype at = start + std::uniform_int_distribution<qsizetype>(1, length - 2)(m_workRandom);
    QString slipped = text;
    if (slipped[at].isSurrogate() || slipped[at - 1].isSurrogate())
        return text;
    std::swap(slipped[at - 1], slipped[at]);
    return slipped;
}

//! Work comes in spells: each minute one may begin or end, so that on average they fill the share of time they should.
bool PersonaHabits::isWorking(const PersonaHours &hours)
{
    const double dice = share();
    if (hours.busy <= 0)
        m_inSpell = false;
    else if (m_inSpell)
        m_inSpell = dice >= 1 / minutesOfSpell;
    else
        m_inSpell = dice < hours.busy / (1 - hours.busy) / minutesOfSpell;
    return m_inSpell;
}

std::optional<PersonaSay> PersonaHabits::say(int hour, const QSet<QString> &undisturbed)
{
    const auto fits = [&](const PersonaTalk &talk) {
        return hour >= talk.from && hour < talk.until
            && (talk.priority == protocol::Priority::Now || !undisturbed.contains(talk.to));
    };
    int total = 0;
    for (const PersonaTalk &talk : m_script.talks)
        total += fits(talk) ? talk.weight : 0;
    if (total == 0)
        return std::nullopt;
    int at = std::uniform_int_distribution<int>(0, total - 1)(m_random);
    for (qsizetype i = 0; i < m_script.talks.size(); ++i) {
        const PersonaTalk &talk = m_script.talks[i];
        if (!fits(talk))
            continue;
        at -= talk.weight;
        if (at >= 0)
            continue;
        const qsizetype line = pick(talk.lines.size(), m_lastLine.value(i, -1));
        m_lastLine.insert(i, line);
        return PersonaSay{talk.to, fill(talk.lines[line], talk.to), talk.priority};
    }
    return std::nullopt;
}

std::optional<PersonaSet> PersonaHabits::set()
{
    if (m_script.states.isEmpty())
        return std::nullopt;
    const PersonaState &state = m_script.states[pick(m_script.states.size(), -1)];
    qsizetype &next = m_nextValue[state.key];
    return PersonaSet{state.key, state.values[next++ % state.values.size()]};
}

std::optional<PersonaNote> PersonaHabits::note()
{
    if (m_script.memories.isEmpty())
        return std::nullopt;
    m_lastNote = pick(m_script.memories.size(), m_lastNote);
    const QString tag = m_script.groups.isEmpty() ? u"notes"_s : m_script.groups.first().name;
    return PersonaNote{fill(m_script.memories[m_lastNote], {}), {tag}};
}

bool PersonaHabits::wantsToAnswer(const PersonaSender &sender)
{
    if (sender.kind == PersonaSender::Kind::Human)
        return true;
    if (m_rounds.size() > namesAtMost)
        m_rounds.clear(); // strangers with ever new names
    Rounds &rounds = m_rounds[sender.name];
    if (m_minute - rounds.sinceMinute >= forgetAfterMinutes)
        rounds = Rounds{0, m_minute};
    if (m_script.answers.isEmpty() || rounds.answers >= answersAtMost)
        return false;
    if (sender.kind == PersonaSender::Kind::Persona && share() >= personaAnswerShare)
        return false;
    ++rounds.answers;
    return true;
}

QString PersonaHabits::answer(const PersonaSender &sender, const QString &question)
{
    const bool toHuman = sender.kind == PersonaSender::Kind::Human;
    const QList<PersonaReply> &replies = toHuman ? m_script.replies : m_script.answers;
    qsizetype &last = toHuman ? m_lastReply : m_lastAnswer;
    // Those that fit best, else those that fit always; but not the one that was given last.
    const QStringList words = wordsOf(question);
    QList<qsizetype> best;
    QList<qsizetype> always;
    qsizetype bestFit = 1;
    for (qsizetype i = 0; i < replies.size(); ++i) {
        if (i == last && replies.size() > 1)
            continue;
        if (replies[i].when.isEmpty()) {
            always << i;
            continue;
        }
        const qsizetype fits = fit(replies[i].when, words);
        if (fits > bestFit)
            best.clear();
        if (fits >= bestFit) {
            bestFit = fits;
            best << i;
        }
    }
    const QList<qsizetype> &choice = best.isEmpty() ? always : best;
    if (choice.isEmpty())
        return {};
    last = choice[pick(choice.size(), -1)];
    return fill(replies[last].text, sender.name);
}

int PersonaHabits::pauseMs(int minMs, int maxMs, qsizetype questionLength)
{
    const int reading = int(std::min<qsizetype>(questionLength * readingMsPerCharacter, readingMsAtMost));
    const int thinking = std::uniform_int_distribution<int>(minMs, std::max(minMs, maxMs))(m_random);
    return std::clamp(thinking + reading, minMs, std::max(minMs, maxMs));
}

qint64 PersonaHabits::wobbled(qint64 amount)
{
    return qint64(double(amount) * (0.5 + share()));
}

//! An index below \a count, another one than \a butNot where there is one.
qsizetype PersonaHabits::pick(qsizetype count, qsizetype butNot)
{
    if (count < 2 || butNot < 0 || butNot >= count)
        return std::uniform_int_distribution<qsizetype>(0, count - 1)(m_random);
    const qsizetype index = std::uniform_int_distribution<qsizetype>(0, count - 2)(m_random);
    return index < butNot ? index : index + 1;
}

QString PersonaHabits::fill(const QString &text, const QString &peer, std::mt19937 &random)
{
    static const QRegularExpression blank(u"\\{(?:n|peer|(\\d+)-(\\d+))\\}"_s);
    QString filled;
    qsizetype done = 0;
    for (auto it = blank.globalMatch(text); it.hasNext();) {
        const QRegularExpressionMatch match = it.next();
        filled += text.mid(done, match.capturedStart() - done);
        done = match.capturedEnd();
        if (match.captured() == "{peer}"_L1) {
            filled += peer.isEmpty() ? u"you"_s : peer.left(nameLength);
            continue;
        }
        const bool range = !match.captured(1).isEmpty();
        const int low = range ? match.captured(1).toInt() : 1;
        const int high = range ? match.captured(2).toInt() : 99;
        filled += QString::number(std::uniform_int_distribution<int>(low, high)(random));
    }
    return filled + text.mid(done);
}

} // namespace mesh::local
