// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/session/topickeys.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QJsonArray>
#include <QtCore/QUrl>

#include <algorithm>

#include "models/protocol/logging.h"

namespace mesh::session {

using namespace Qt::StringLiterals;
using namespace protocol;
using events::TopicKeyState;

namespace {

Error keyMissing()
{
    return {u"topic_key_missing"_s,
            QCoreApplication::translate("mesh::session", "This topic is encrypted and its key is not known here."),
            ErrorBand::Security};
}

} // namespace

TopicKeys::TopicKeys(SessionPort &port, AppApi &api, const KeyPair &member)
    : m_port(port)
    , m_api(api)
    , m_member(member)
{
}

void TopicKeys::setPace(Topic &topic, bool shown)
{
    const SessionTimings &timings = m_port.timings();
    topic.ask.intervalMs = shown ? timings.topicKeyShownMs : timings.topicKeyMs;
    topic.spread.intervalMs = shown ? timings.topicSealShownMs : timings.topicKeyMs;
}

void TopicKeys::linkUp()
{
    m_inFlight = 0;
    for (const auto &topic : std::as_const(m_topics)) {
        topic->ask.stop();
        topic->spread.stop();
        if (topic->told == Told::NoInterface)
            topic->told = Told::Nothing; // it may be another version now
        if (topic->wanted && topic->key.isNull())
            topic->ask.start(m_port.monoMs());
        else if (!topic->key.isNull())
            topic->spread.start(m_port.monoMs());
    }
}

void TopicKeys::linkDown()
{
    for (const auto &topic : std::as_const(m_topics)) {
        topic->ask.stop();
        topic->spread.stop();
    }
}

void TopicKeys::listed(const QList<TopicRow> &rows)
{
    QSet<QString> ids;
    for (const TopicRow &row : rows) {
        ids.insert(row.id);
        std::shared_ptr<Topic> &topic = m_topics[row.id];
        if (!topic) {
            topic = std::make_shared<Topic>();
            setPace(*topic, row.id == m_shown);
        }
        topic->name = row.name;
    }
    m_topics.removeIf([&](const auto &entry) { return !ids.contains(entry.key()); });
    if (!m_shown.isEmpty())
        want(m_shown);
}

void TopicKeys::show(const QString &topicId)
{
    if (const auto before = m_topics.value(m_shown))
        setPace(*before, false);
    m_shown = topicId;
    const auto topic = m_topics.value(topicId);
    if (!topic)
        return;
    setPace(*topic, true);
    want(topicId);
    topic->ask.atLatest(m_port.monoMs() + topic->ask.intervalMs);
    topic->spread.atLatest(m_port.monoMs() + topic->spread.intervalMs);
    m_port.wake();
}

void TopicKeys::want(const QString &topicId)
{
    const auto topic = m_topics.value(topicId);
    if (!topic || topic->wanted)
        return;
    topic->wanted = true;
    if (!m_port.online())
        return;
    topic->ask.start(m_port.monoMs());
    m_port.wake();
}

void TopicKeys::membersChanged(const QString &topicId)
{
    const auto topic = m_topics.value(topicId);
    if (!topic || !m_port.online())
        return;
    PollSchedule &due = topic->key.isNull() ? topic->ask : topic->spread;
    due.atLatest(topic->wanted ? m_port.monoMs() : Never);
    m_port.wake();
}

void TopicKeys::drop(const QString &topicId)
{
    const auto topic = m_topics.value(topicId);
    if (!topic || topic->key.isNull())
        return;
    topic->key = TopicKey();
    topic->told = Told::Nothing;
    topic->wanted = false;
    topic->ask.stop();
    topic->spread.stop();
    update(topicId);
    if (topicId == m_shown)
        want(topicId);
}

void TopicKeys::saw(const QString &topicId, bool sealed)
{
    const auto topic = m_topics.value(topicId);
    if (!topic)
        return;
    bool &seen = sealed ? topic->sawSealed : topic->sawClear;
    if (std::exchange(seen, true))
        return;
    if (sealed && topic->told == Told::NoKey && m_port.online())
        topic->ask.start(m_port.monoMs()); // somebody gave it a key since we asked
    update(topicId);
}

TopicKeyState TopicKeys::state(const QString &topicId) const
{
    const auto topic = m_topics.value(topicId);
    return topic ? topic->state : TopicKeyState::Unknown;
}

Expected<SealedText> TopicKeys::seal(const QString &topicId, const QString &text) const
{
    const auto topic = m_topics.value(topicId);
    if (!topic || topic->key.isNull())
        return keyMissing();
    return sealTopicText(text, topic->key);
}

Expected<QString> TopicKeys::open(const QString &topicId, const SealedText &sealed) const
{
    const auto topic = m_topics.value(topicId);
    if (!topic || topic->key.isNull())
        return keyMissing();
    return openTopicText(sealed, topic->key);
}

//! Works out what the user is told, and tells it when it is another thing than before.
void TopicKeys::update(const QString &topicId)
{
    const auto topic = m_topics.value(topicId);
    if (!topic)
        return;
    TopicKeyState now = TopicKeyState::Unknown;
    switch (topic->told) {
    case Told::Nothing:
        break;
    case Told::Sealed:
        now = TopicKeyState::Held;
        break;
    case Told::NoKey:
    case Told::NoInterface:
        now = topic->sawSealed ? TopicKeyState::Unavailable : TopicKeyState::Clear;
        break;
    case Told::NotForUs:
        // Brokers give every topic a key, also those that nobody has ever encrypted anything in.
        now = topic->sawClear && !topic->sawSealed ? TopicKeyState::Clear : TopicKeyState::Waiting;
        break;
    }
    if (now == topic->state)
        return;
    topic->state = now;
    m_port.emitEvent(events::TopicKeyChanged{topicId, now});
    if (onChanged)
        onChanged(topicId);
}

void TopicKeys::advance()
{
    if (!m_port.online())
        return;
    const qint64 now = m_port.monoMs();
    QStringList keys;
    QStringList spreads;
    for (auto it = m_topics.cbegin(); it != m_topics.cend(); ++it) {
        if (m_inFlight + keys.size() + spreads.size() >= MaxInFlight)
            break;
        if ((*it)->ask.isDue(now))
            keys.append(it.key());
        else if ((*it)->spread.isDue(now))
            spreads.append(it.key());
    }
    for (const QString &id : std::as_const(keys))
        askKey(id);
    for (const QString &id : std::as_const(spreads))
        askPending(id);
}

qint64 TopicKeys::nextDueMs() const
{
    if (m_inFlight >= MaxInFlight)
        return Never;
    qint64 due = Never;
    for (const auto &topic : m_topics)
        due = std::min({due, topic->ask.nextDueMs(), topic->spread.nextDueMs()});
    return due;
}

QString TopicKeys::path(const Topic &topic, QLatin1StringView action) const
{
    return "/api/v1/topics/"_L1 + QString::fromLatin1(QUrl::toPercentEncoding(topic.name)) + u'/' + action;
}

void TopicKeys::askKey(const QString &topicId)
{
    const auto topic = m_topics.value(topicId);
    topic->ask.asked(m_port.monoMs());
    ++m_inFlight;
    m_api.call({"GET", path(*topic, "key"_L1), {}}, [this, topicId](const ApiResult &result) {
        m_inFlight = std::max(0, m_inFlight - 1);
        onKey(topicId, result);
        m_port.wake();
    });
}

void TopicKeys::onKey(const QString &topicId, const ApiResult &result)
{
    const auto topic = m_topics.value(topicId);
    if (!topic)
        return;
    topic->ask.answered();
    if (!topic->wanted)
        return; // left meanwhile
    const bool other = result.body.contains("topicId"_L1) && result.body["topicId"_L1].toString() != topicId;
    if (result.status == 200 && !other) {
        Expected<TopicKey> key = openTopicKey(
            {result.body["encryptedKey"_L1].toString(), result.body["nonce"_L1].toString()}, m_member.secretKey);
        if (key) {
            topic->key = std::move(key).value();
            topic->told = Told::Sealed;
            topic->ask.stop();
            topic->spread.start(m_port.monoMs());
        } else {
            qCWarning(lcSession) << "the seal of a topic's key does not open:" << key.error().code;
            topic->told = Told::NotForUs;
        }
    } else if (result.status == 409) {
        topic->told = Told::NoKey;
        topic->ask.stop();
    } else if (result.status == 404 && result.isJson) {
        topic->told = Told::NotForUs;
    } else if (result.status == 404 || (result.status == 400 && result.error() == "api_key_has_no_issuer"_L1)) {
        topic->told = Told::NoInterface;
        topic->ask.stop();
    }
    // Everything else passes: asked again, and until then what was known holds.
    update(topicId);
}

void TopicKeys::askPending(const QString &topicId)
{
    const auto topic = m_topics.value(topicId);
    topic->spread.asked(m_port.monoMs());
    ++m_inFlight;
    m_api.call({"GET", path(*topic, "pending-seals"_L1), {}}, [this, topicId](const ApiResult &result) {
        m_inFlight = std::max(0, m_inFlight - 1);
        if (const auto known = m_topics.value(topicId)) {
            known->spread.answered();
            if (result.status == 200)
                sealFor(topicId, result.body["pending"_L1].toArray());
        }
        m_port.wake();
    });
}

void TopicKeys::sealFor(const QString &topicId, const QJsonArray &pending)
{
    const auto topic = m_topics.value(topicId);
    for (const QJsonValue &one : pending) {
        const Expected<PublicKey> recipient = PublicKey::fromHex(one["pubkey"_L1].toString());
        if (!recipient)
            continue;
        const Expected<SealedTopicKey> sealed = sealTopicKey(topic->key, *recipient, m_member.secretKey);
        if (!sealed)
            continue;
        m_api.call({"POST",
                    path(*topic, "seal"_L1),
                    {{"memberId"_L1, one["memberId"_L1].toString()},
                     {"encryptedKey"_L1, sealed->encryptedKey},
                     {"nonce"_L1, sealed->nonce}}},
                   [](const ApiResult &result) {
                       if (result.status != 200)
                           qCInfo(lcSession) << "a topic's key was not passed on:" << result.status << result.error();
                   });
    }
}

} // namespace mesh::session
