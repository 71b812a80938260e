// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/barewebsocket.h"
#include "tests/support/testclient.h"

#include "models/protocol/invite.h"

#include <QtCore/QHash>
#include <QtCore/QSet>

#include <functional>
#include <map>
#include <memory>

namespace mesh::local {
class LocalBroker;
}

namespace mesh::tests {

//! Where playing a recording is intended to differ from it.
struct Deviation
{
    QSet<QString> leftOut = {};    //!< peers that are not played
    QSet<QString> differing = {};  //!< answers (by `_reqId`, or HTTP call) that have to come but are not compared
    QSet<QString> missing = {};    //!< frames (by `_reqId`, `id`, event, type, or peer and type) that do not come
    QSet<QString> extra = {};      //!< frames (by `_reqId`; messages by body) that come where the original says nothing
    QSet<QString> otherWords = {}; //!< errors (by `_reqId`) whose text for people differs; all else of them is compared
    QSet<QString> letIn = {};      //!< peers that the original refuses at the handshake
    QSet<QString> deaf = {};       //!< peers that answer no pings
    QHash<QString, int> statuses = {}; //!< of HTTP calls (and their body, where it is text) that are answered otherwise
    QSet<QString> skipped = {};        //!< messages (by `id`) that are not sent
    QString until = {};                //!< plays up to the note, or the frame without sense, with this text; else all
};

//! Plays the client side of a recorded transcript against a broker and compares what comes back with the recording:
//! each frame that peers got then has to come now, with the same fields and, but for what cannot be the same (ids,
//! times), the same values. Keys, ids and signatures are made anew.
class TranscriptPlayer
{
public:
    TranscriptPlayer(local::LocalBroker &broker, const QString &name);
    Q_DISABLE_COPY_MOVE(TranscriptPlayer)

    Deviation deviation;
    //! Texts of the recording and what stands for them now.
    QHash<QString, QString> replaced;
    //! Peers that are sessions of one member: a message to the member reaches one of them, and which one varies.
    QHash<QString, QString> sibling;

    //! Told before each line when it was recorded, in ms since the recording began.
    std::function<void(qint64 ms)> passTime;
    //! Starts the broker again; it was stopped where the recording says so.
    std::function<void()> restart;

    //! Plays it and returns what was not as recorded; empty when all was.
    QStringList play();

private:
    struct Peer
    {
        std::unique_ptr<TestClient> client;
        std::unique_ptr<BareWebSocket> bare; //!< in its place, of a deaf one
        int pongs = 0;
        bool wasClosed = false;
    };

    bool load();
    void enrol();
    void playOut(const QString &peer, const QJsonObject &line);
    void playRaw(const QString &peer, const QString &raw);
    void reportUnexpected(const QString &peer);
    void playIn(const QString &peer, const QJsonObject &expected);
    bool isMissing(const QString &peer, const QJsonObject &recorded) const;
    //! An API key of the recording's owner, in place of the web session that it had.
    QByteArray ownersKey();
    void playHttp(const QJsonObject &line);
    //! A recorded `/join` with the invite that the member "ada" used here in place of the one she used there.
    QJsonObject invitedAnew(QJsonObject body);
    void playEvent(const QString &peer, const QJsonObject &line);
    QJsonObject signedAnew(QJsonObject frame);
    QJsonObject toNew(const QJsonObject &recorded) const;
    void learn(const QJsonValue &recorded, const QJsonValue &actual);
    bool matches(const QJsonObject &expected, const QJsonObject &actual) const;
    void compare(const QString &where, const QJsonValue &expected, const QJsonValue &actual, bool values);
    const Identity *identityOf(const QString &pubkey) const;

    local::LocalBroker &m_broker;
    QString m_name;
    QList<QJsonObject> m_lines;
    QHash<QString, QString> m_new;                   //!< recorded words (ids, keys) and what stands for them now
    QHash<QString, QString> m_newPrefixes;           //!< the same for starts of ids, looked at after whole ones
    std::map<QString, Identity> m_members;           //!< by member key
    std::map<QString, protocol::KeyPair> m_sessions; //!< by recorded session key
    std::map<QString, Peer> m_peers;
    QByteArray m_ownersKey;
    protocol::Invite m_invite;    //!< by which "ada" is a member
    QJsonObject m_recordedInvite; //!< body of the first recorded `/join`
    qint64 m_recordedStartMs = 0; //!< wall time of the recording's beginning
    QStringList m_problems;
};

} // namespace mesh::tests

Q_DECLARE_METATYPE(mesh::tests::Deviation)
