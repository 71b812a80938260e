// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/persona.h"

#include <QtCore/QDateTime>

#include <QtCore/QMap>

#include <algorithm>
#include <cmath>

namespace mesh::local {

using namespace Qt::StringLiterals;
namespace p = mesh::protocol;

namespace {

constexpr double compactAt = 0.94; // an AI session compacts its context shortly before it is full
constexpr double compactedTo = 0.22;
constexpr int joinReasonsMs = 300;
constexpr int reportEveryMs = 1000;
constexpr int statusCheckMs = 5000;
constexpr int renewWorkingMs = 20'000; // brokers let it decay after 60 s
constexpr int renewAfterPushMs = 2000; // and may reset it when they deliver something
constexpr int forgottenAfterMs = 5000; // a sender that no list names is a human after this
constexpr int awayCheckMs = 1000;
constexpr qsizetype questionsAtMost = 50;
constexpr qsizetype questionLength = 8000;
constexpr int lateFactor = 5;

//! `api-2` is a copy of `api`, and `api` is one of its own copies.
bool isCopyOf(const QString &peer, const QString &name)
{
    if (!peer.startsWith(name))
        return false;
    const QString rest = peer.mid(name.size());
    return rest.isEmpty()
        || (rest.size() > 1 && rest[0] == u'-'
            && std::all_of(rest.cbegin() + 1, rest.cend(), [](QChar c) { return c >= u'0' && c <= u'9'; }));
}

} // namespace

Persona::Persona(const PersonaScript &script, p::KeyPair member, p::KeyPair session, const p::Clock &clock,
                 QNetworkAccessManager &network, quint32 seed, Pace pace, QObject *parent)
    : QObject(parent)
    , m_script(script)
    , m_pace(pace)
    , m_clock(clock)
    , m_client(script, std::move(member), std::move(session), clock, pace.retryMs)
    , m_habits(script, seed)
    , m_worker(m_script, m_client, m_habits, clock, network, [this](const QString &name) { return keyOf(name); })
    , m_limiter(pace.sendBurst, pace.sendPerSecond)
    , m_contextUsed(qint64(script.contextStart * double(script.contextMax)))
    , m_tokensIn(m_contextUsed)
    , m_tokensOut(m_contextUsed / 5)
    , m_startedMs(clock.nowMs())
{
    if (script.tokensPerAction > 0)
        m_cost = script.costPerAction * double(m_tokensIn) / double(script.tokensPerAction);
    m_listTimer.setSingleShot(true);
    m_listTimer.setInterval(joinReasonsMs);
    m_reportTimer.setSingleShot(true);
    m_reportTimer.setInterval(reportEveryMs);
    m_statusTimer.setInterval(statusCheckMs);
    connect(&m_listTimer, &QTimer::timeout, this, [this] { m_client.send(p::ListPeers()); });
    connect(&m_reportTimer, &QTimer::timeout, this, &Persona::report);
    connect(&m_statusTimer, &QTimer::timeout, this, &Persona::updateStatus);
    connect(&m_client, &PersonaClient::ready, this, &Persona::onReady);
    connect(&m_client, &PersonaClient::ticked, this, &Persona::onTick);
    connect(&m_client, &PersonaClient::directReceived, this, &Persona::onDirect);
    connect(&m_client, &PersonaClient::peersListed, this, &Persona::onPeers);
    connect(&m_client, &PersonaClient::peersChanged, this, &Persona::askForPeers);
    connect(&m_worker, &PersonaWorker::worked, this, &Persona::work);
}

void Persona::onReady()
{
    p::SetProfile profile;
    if (!m_script.role.isEmpty())
        profile.title = m_script.role;
    m_client.send(profile);
    const QDateTime now = QDateTime::fromMSecsSinceEpoch(m_clock.nowMs(), m_pace.zone);
    const PersonaHours &hours = m_script.hoursAt(now.time().hour());
    if (!m_ticked) { // until the simulated clock says otherwise
        m_summary = hours.summary;
        m_baseStatus = hours.status;
    }
    p::SetSummary summary;
    summary.summary = m_summary;
    m_client.send(summary);
    m_shownAtMs = 0; // a broker that was restarted forgot the status
    m_shownStatus = p::PeerStatus::Offline;
    updateStatus();
    report();
    askForPeers();
}

void Persona::onTick(qint64 simTimeMs, double speed)
{
    m_ticked = true;
    QSet<QString> undisturbed;
    for (const Known &known : m_peers) {
        if (known.dnd)
            undisturbed.insert(known.name);
    }
    const int hour = QDateTime::fromMSecsSinceEpoch(simTimeMs, m_pace.zone).time().hour();
    const PersonaMinute minute = m_habits.nextMinute(hour, undisturbed);
    const double tickMs = m_pace.tickMs / std::clamp(speed, 1.0, 1000.0);
    const bool working = minute.status == p::PeerStatus::Working;
    m_baseStatus = m_script.hoursAt(hour).status;
    // Until the next tick and a little longer, so that a late one makes no gap; a stopped clock ends the spell.
    m_spellUntilMs = working ? m_clock.nowMs() + qint64(tickMs * 1.5) + 1000 : 0;
    updateStatus();
    if (minute.summary != m_summary) {
        m_summary = minute.summary;
        p::SetSummary frame;
        frame.summary = m_summary;
        m_client.send(frame);
    }
    for (const PersonaDeed &deed : minute.deeds)
        QTimer::singleShot(int(deed.at * tickMs * 0.95), this, [this, deed] { perform(deed); });
    if (m_habits.drops()) {
        m_client.drop();
        return;
    }
    if (m_clock.nowMs() - m_listedAtMs >= m_pace.listEveryMs)
        askForPeers(); // who is not to be disturbed is not pushed
}

void Persona::perform(const PersonaDeed &deed)
{
    if (m_habits.fails()) {
        ++m_failures;
        work(1); // it took as long as if it had worked
        return;
    }
    bool done = false;
    if (const auto *said = std::get_if<PersonaSay>(&deed.what)) {
        done = say(*said);
    } else if (const auto *set = std::get_if<PersonaSet>(&deed.what)) {
        p::SetState frame;
        frame.key = set->key;
        frame.value = set->value;
        done = m_client.send(frame);
    } else if (const auto *note = std::get_if<PersonaNote>(&deed.what)) {
        p::Remember frame;
        frame.content = note->text;
        frame.tags = note->tags;
        done = m_client.send(frame);
    } else if (const auto *chore = std::get_if<PersonaChore>(&deed.what)) {
        done = mayTalk() && m_worker.perform(*chore);
    }
    if (done)
        work(1);
}

bool Persona::say(const PersonaSay &say)
{
    if (say.to == "*"_L1 || say.to.startsWith(u'@')) {
        if (!mayTalk() || !m_client.sendToMany(say.to, m_habits.typed(say.text), say.priority))
            return false;
    } else {
        const QString key = keyOf(say.to);
        if (key.isEmpty() || !mayTalk() || !m_client.sendDirect(key, m_habits.typed(say.text), say.priority))
            return false;
    }
    ++m_messagesOut;
    return true;
}

//! The routing key of a peer by name; of several with one name a persona; of copies of a persona (`api`, `api-2`) each
//! in its turn.
QString Persona::keyOf(const QString &name)
{
    QString found;
    QMap<QString, QString> copies;
    for (auto it = m_peers.cbegin(); it != m_peers.cend(); ++it) {
        const bool persona = it->kind == PersonaSender::Kind::Persona;
        if (it->name == name && (found.isEmpty() || persona))
            found = it.key();
        if (persona && isCopyOf(it->name, name))
            copies.insert(it->name, it.key());
    }
    if (copies.size() < 2)
        return found;
    return std::next(copies.cbegin(), qsizetype(m_copyTurn++ % size_t(copies.size()))).value();
}

bool Persona::mayTalk()
{
    return m_client.isReady() && m_limiter.take({}, m_clock.monotonicNs());
}

void Persona::onDirect(const QString &senderKey, const QString &text)
{
    ++m_messagesIn;
    if (m_shownStatus == p::PeerStatus::Working && m_clock.nowMs() - m_shownAtMs >= renewAfterPushMs)
        m_shownAtMs = 0;
    updateStatus();
    if (m_questions.size() >= questionsAtMost && !m_questions.contains(senderKey))
        return;
    Question &question = m_questions[senderKey];
    const bool first = question.text.isEmpty();
    if (!first)
        question.text += u'\n'; // somebody who writes three lines gets one answer
    question.text = (question.text + text).left(questionLength);
    if (question.text.isEmpty()) {
        m_questions.remove(senderKey);
    } else if (!question.answering && m_peers.contains(senderKey)) {
        consider(senderKey);
    } else if (first) {
        askForPeers(); // consider() follows when they are known
        QTimer::singleShot(forgottenAfterMs, this, [this, senderKey] { consider(senderKey); });
    }
}

void Persona::consider(const QString &senderKey)
{
    const auto it = m_questions.find(senderKey);
    if (it == m_questions.end() || it->answering)
        return;
    const Known sender = m_peers.value(senderKey);
    if (!m_habits.wantsToAnswer({sender.name, sender.kind}) || m_habits.ignores()) {
        m_questions.erase(it);
        return;
    }
    it->answering = true;
    ++m_answering;
    updateStatus();
    const PersonaStyle &style = m_script.style;
    const bool ownPace = style.pauseMaxS > 0;
    const int pause = m_habits.pauseMs(ownPace ? int(style.pauseMinS * 1000) : m_pace.replyMinMs,
                                       ownPace ? int(style.pauseMaxS * 1000) : m_pace.replyMaxMs, it->text.size());
    QTimer::singleShot(m_habits.isLate() ? pause * lateFactor : pause, this, [this, senderKey] { answer(senderKey); });
}

void Persona::answer(const QString &senderKey)
{
    if (!m_client.isReady() && !m_client.staysAway()) { // the link broke meanwhile
        QTimer::singleShot(awayCheckMs, this, [this, senderKey] { answer(senderKey); });
        return;
    }
    const Question question = m_questions.take(senderKey);
    const Known sender = m_peers.value(senderKey);
    if (deliver(senderKey, {sender.name, sender.kind}, question.text))
        work(2 + int(question.text.size() / 200));
    --m_answering;
    updateStatus();
}

bool Persona::deliver(const QString &senderKey, const PersonaSender &sender, const QString &question)
{
    const QString text = m_habits.answer(sender, question);
    if (text.isEmpty())
        return false;
    const QStringList messages = m_habits.styled(text, question);
    for (const QString &message : messages) {
        const bool allowed = sender.kind == PersonaSender::Kind::Human || mayTalk();
        if (!allowed || !m_client.sendDirect(senderKey, m_habits.typed(message), p::Priority::Next))
            return false;
        ++m_messagesOut;
    }
    return true;
}

void Persona::onPeers(const QList<p::PeerRow> &peers)
{
    m_listedAtMs = m_clock.nowMs();
    m_peers.clear();
    for (const p::PeerRow &peer : peers) {
        if (peer.pubkey == m_client.key())
            continue;
        Known known;
        known.name = peer.displayName;
        known.dnd = peer.status == p::PeerStatus::Dnd;
        if (peer.sessionId == PersonaClient::sessionIdOf(peer.displayName))
            known.kind = PersonaSender::Kind::Persona;
        else if (peer.peerType != u"human"_s)
            known.kind = PersonaSender::Kind::Other;
        m_peers.insert(peer.pubkey, known);
    }
    const QStringList waiting = m_questions.keys();
    for (const QString &key : waiting) {
        if (m_peers.contains(key))
            consider(key);
    }
}

void Persona::askForPeers()
{
    if (!m_listTimer.isActive())
        m_listTimer.start();
}

void Persona::updateStatus()
{
    const qint64 now = m_clock.nowMs();
    const bool working = m_answering > 0 || now < m_spellUntilMs;
    const p::PeerStatus status = working ? p::PeerStatus::Working : m_baseStatus;
    if (status == p::PeerStatus::Working && !m_statusTimer.isActive())
        m_statusTimer.start();
    else if (status != p::PeerStatus::Working)
        m_statusTimer.stop();
    if (status == m_shownStatus && (status != p::PeerStatus::Working || now - m_shownAtMs < renewWorkingMs))
        return;
    p::SetStatus frame;
    frame.status = status;
    if (m_client.send(frame)) {
        m_shownStatus = status;
        m_shownAtMs = now;
    }
}

void Persona::work(int factor)
{
    const qint64 tokens = m_habits.wobbled(m_script.tokensPerAction * factor);
    m_contextUsed += tokens;
    m_tokensIn += tokens;
    m_tokensOut += tokens / 5;
    if (m_script.tokensPerAction > 0)
        m_cost += m_script.costPerAction * double(tokens) / double(m_script.tokensPerAction);
    if (m_script.kind == p::PeerKind::Ai && m_habits.happens(0.6))
        ++m_toolCalls;
    if (m_script.contextMax > 0 && double(m_contextUsed) > compactAt * double(m_script.contextMax))
        m_contextUsed = qint64(compactedTo * double(m_script.contextMax));
    if (!m_reportTimer.isActive())
        m_reportTimer.start();
}

void Persona::report()
{
    QJsonObject stats{{u"messagesIn"_s, m_messagesIn},
                      {u"messagesOut"_s, m_messagesOut},
                      {u"uptime"_s, (m_clock.nowMs() - m_startedMs) / 1000}};
    if (m_script.kind == p::PeerKind::Ai) {
        stats.insert(u"toolCalls"_s, m_toolCalls);
        stats.insert(u"errors"_s, m_failures + m_worker.errors());
    }
    if (m_script.contextMax > 0) {
        stats.insert(u"contextUsed"_s, m_contextUsed);
        stats.insert(u"contextMax"_s, m_script.contextMax);
        stats.insert(u"tokensIn"_s, m_tokensIn);
        stats.insert(u"tokensOut"_s, m_tokensOut);
        stats.insert(u"costUsd"_s, std::round(m_cost * 1e4) / 1e4);
        stats.insert(u"model"_s, m_script.model);
    }
    p::SetStats frame;
    frame.stats = stats;
    m_client.send(frame);
}

} // namespace mesh::local
