// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/testclient.h"

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
    QSet<QString> differing = {};  //!< answers (by `_reqId`) that have to come but are not compared
    QSet<QString> missing = {};    //!< frames (by `_reqId`, `id` or system event) that do not come
    QSet<QString> extra = {};      //!< frames (by `_reqId`) that come although the original says nothing
    QSet<QString> otherWords = {}; //!< errors (by `_reqId`) whose text for people differs; all else of them is compared
    QSet<QString> skipped = {};    //!< messages (by `id`) that are not sent
    QString until = {};            //!< plays up to the note, or the frame without sense, with this text; else all
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

    //! Starts the broker again; it was stopped where the recording says so.
    std::function<void()> restart;

    //! Plays it and returns what was not as recorded; empty when all was.
    QStringList play();

private:
    struct Peer
    {
        std::unique_ptr<TestClient> client;
        bool wasClosed = false;
    };

    bool load();
    void enrol();
    void playOut(const QString &peer, const QJsonObject &line);
    void playRaw(const QString &peer, const QString &raw);
    void reportUnexpected(const QString &peer);
    void playIn(const QString &peer, const QJsonObject &expected);
    bool isMissing(const QJsonObject &recorded) const;
    //! An API key of the recording's owner, in place of the web session that it had.
    QByteArray ownersKey();
    void playHttp(const QJsonObject &line);
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
    qint64 m_recordedStartMs = 0; //!< wall time of the recording's beginning
    QStringList m_problems;
};

} // namespace mesh::tests

Q_DECLARE_METATYPE(mesh::tests::Deviation)
