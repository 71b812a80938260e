// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/session/commandrunner.h"
#include "models/session/fileflow.h"
#include "models/session/humanchat.h"
#include "models/session/receiveflow.h"
#include "models/session/sendflow.h"
#include "models/session/topickeys.h"
#include "models/session/topicpoller.h"
#include "tests/support/fakesessionport.h"

//! One side of a mesh, with all parts but the link, and what the other side would say.
namespace mesh::tests {

using namespace Qt::StringLiterals;
using namespace session;
using namespace protocol;
using namespace protocol::events;

inline PeerRow row(const KeyPair &session, const KeyPair &member, const QString &name)
{
    PeerRow row;
    row.pubkey = session.publicKey.hex();
    row.memberPubkey = member.publicKey.hex();
    row.displayName = name;
    row.peerRole = u"session"_s;
    return row;
}

//! One side of a mesh, with all parts but the link.
struct Side
{
    KeyPair session = KeyPair::generate();
    KeyPair member = KeyPair::generate();
    FakeSessionPort port;
    MessageOpener opener{session, member};
    NameCache names;
    TrafficFeed traffic{port, names};
    std::shared_ptr<SendLimiter> limiter = std::make_shared<SendLimiter>();
    SendFlow sending{port, opener, names, traffic, limiter, key()};
    QList<std::pair<ApiCall, AppApi::Done>> http; //!< REST calls that wait for an answer
    AppApi api{port, [this](const ApiCall &call, const QString &, AppApi::Done done) { http.append({call, done}); }};
    TopicKeys keys{port, api, member};
    TopicPoller topics{port, [this](const SealedText &body) { return sending.ownTopicMessage(body); }};
    ReceiveFlow receiving{port, opener, names, topics, traffic, key(), member.publicKey.hex()};
    HumanChat human{port, opener, names, key()};
    OwnPresence presence;
    FileFlow files{port, sending, names, session, member};
    CommandRunner commands{{port, sending, files, topics, human, presence}};

    QString key() const { return session.publicKey.hex(); }
    //! Answers the oldest REST call.
    void answerHttp(int status, const QJsonObject &body, bool isJson = true)
    {
        const auto [call, done] = http.takeFirst();
        done({status, isJson, body});
    }
    QList<OutgoingState> statesOf(const QString &id) const
    {
        QList<OutgoingState> states;
        for (const OutgoingChanged &change : port.all<OutgoingChanged>()) {
            if (change.clientMessageId == id)
                states.append(change.state);
        }
        return states;
    }
    Push push(const QString &id, const QString &text, const Side &to, const QString &clientId = {}) const
    {
        const Expected<SealedText> body = sealDirect(text, to.session.publicKey, session.secretKey);
        Push push;
        push.messageId = id;
        push.senderPubkey = key();
        push.nonce = body->nonce;
        push.ciphertext = body->ciphertext;
        if (!clientId.isEmpty())
            push.clientMessageId = clientId;
        return push;
    }
};

inline protocol::commands::SendMessage direct(const Side &to, const QString &id, const QString &text = u"hi"_s)
{
    return {id, {ConversationKind::Direct, to.key()}, text, Priority::Next, {}};
}

inline Ack accepted(const QString &id, const QString &messageId)
{
    return Ack{id, messageId, true, {}, {}};
}

inline TopicMessageRow topicRow(const QString &id, const QString &text)
{
    const Expected<SealedText> body = encodeBroadcast(text);
    TopicMessageRow row;
    row.id = id;
    row.senderPubkey = u"k"_s;
    row.senderName = u"Bob"_s;
    row.nonce = body->nonce;
    row.ciphertext = body->ciphertext;
    row.createdAt = u"2026-11-23T03:33:39.089Z"_s;
    return row;
}

} // namespace mesh::tests
