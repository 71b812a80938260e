// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QDateTime>
#include <QtCore/QJsonObject>
#include <QtCore/QList>

#include <utility>

#include "models/protocol/clock.h"
#include "models/protocol/command.h"
#include "models/store/meshstore.h"

//! A store fed with events, a clock that stands still, and a sink that writes down what was asked for.
namespace mesh::test {

using namespace Qt::StringLiterals;
namespace events = protocol::events;

inline const protocol::MeshId kMesh = QStringLiteral("AbCdEfGhIjKlMnOpQrStUvWxYz012345");

class StillClock final : public protocol::Clock
{
public:
    qint64 nowMs() const override { return now; }
    qint64 monotonicNs() const override { return now * 1'000'000; }
    qint64 now = 1'775'653'500'000; // 2026-04-08 13:05 UTC
};

class RecordingSink final : public protocol::CommandSink
{
public:
    qint64 submit(const protocol::MeshId &mesh, protocol::Command command) override
    {
        commands.append({mesh, std::move(command)});
        return ++m_last;
    }
    template <class T>
    QList<T> of() const
    {
        QList<T> found;
        for (const auto &entry : commands) {
            if (const T *command = getIf<T>(&entry.second))
                found.append(*command);
        }
        return found;
    }
    QList<std::pair<protocol::MeshId, protocol::Command>> commands;

private:
    qint64 m_last = 0;
};

//! 64 hex characters that name peer \a n.
inline QString keyOf(int n)
{
    return QString::number(n, 16).rightJustified(64, u'0');
}

inline QString memberOf(int n)
{
    return u'f' + QString::number(n, 16).rightJustified(63, u'0');
}

inline protocol::ConversationId direct(int n)
{
    return {protocol::ConversationKind::Direct, keyOf(n)};
}

class StoreFixture
{
public:
    static constexpr int kSelf = 0xffff;

    void apply(protocol::EventBody body) { applyAt(clock.now, std::move(body)); }
    void applyAt(qint64 atMs, protocol::EventBody body)
    {
        store.apply({protocol::Event{kMesh, atMs, std::move(body)}});
    }

    void online(const QString &meshName = u"Personal mesh"_s)
    {
        events::SessionEstablished session;
        session.meshSlug = u"personal"_s;
        session.meshName = meshName;
        session.ownKey = keyOf(kSelf);
        session.ownMemberKey = memberOf(kSelf);
        session.displayName = u"Maya"_s;
        session.personal = true;
        events::ConnectionChanged connection;
        connection.state = protocol::ConnectionState::Online;
        store.apply({protocol::Event{kMesh, clock.now, session}, protocol::Event{kMesh, clock.now, connection}});
    }

    static protocol::PeerRow peer(int n, const QString &name, protocol::PeerStatus status = protocol::PeerStatus::Idle)
    {
        protocol::PeerRow row;
        row.pubkey = keyOf(n);
        row.memberPubkey = memberOf(n);
        row.displayName = name;
        row.status = status;
        row.sessionId = u"session-%1"_s.arg(n);
        row.peerRole = u"session"_s;
        row.peerType = u"ai"_s;
        row.cwd = u"/srv/%1"_s.arg(n);
        return row;
    }

    void list(const QList<protocol::PeerRow> &rows)
    {
        events::PeersListed listed;
        listed.peers = rows;
        ++clock.now; // a second list of the same moment would be the same list
        apply(listed);
    }

    static protocol::TopicRow topic(const QString &id, const QString &name)
    {
        protocol::TopicRow row;
        row.id = id;
        row.name = name;
        row.description = u"about "_s + name;
        row.visibility = u"public"_s;
        row.memberCount = 2;
        return row;
    }

    //! Number 1 leads.
    static protocol::TopicMemberRow topicMember(int n, const QString &name, qint64 readMs = 0)
    {
        protocol::TopicMemberRow row;
        row.memberId = u"id%1"_s.arg(n);
        row.pubkey = memberOf(n);
        row.displayName = name;
        row.role = n == 1 ? u"lead"_s : u"member"_s;
        if (readMs > 0)
            row.lastReadAt = QDateTime::fromMSecsSinceEpoch(readMs, Qt::UTC).toString(Qt::ISODateWithMs);
        return row;
    }

    void listTopics(const QList<protocol::TopicRow> &rows)
    {
        ++clock.now;
        apply(events::TopicsListed{rows});
    }

    void listTopicMembers(const QString &topicId, const QList<protocol::TopicMemberRow> &rows)
    {
        ++clock.now;
        apply(events::TopicMembersListed{topicId, rows});
    }

    static events::MessageReceived message(int sender, const QString &text, qint64 sentAtMs, const QString &id)
    {
        events::MessageReceived m;
        m.messageId = id;
        m.clientMessageId = u"c-"_s + id;
        m.conversation = direct(sender);
        m.senderKey = keyOf(sender);
        m.senderMemberKey = memberOf(sender);
        m.body = protocol::BodyKind::Sealed;
        m.text = text;
        m.sentAtMs = sentAtMs;
        return m;
    }

    void receive(int sender, const QString &text, qint64 sentAtMs = 0)
    {
        apply(message(sender, text, sentAtMs ? sentAtMs : clock.now, u"m%1"_s.arg(++m_count)));
    }

    //! \return the client id
    QString compose(const protocol::ConversationId &to, const QString &text, qint64 atMs = 0)
    {
        events::MessageComposed composed;
        composed.clientMessageId = u"own-%1"_s.arg(++m_count);
        composed.conversation = to;
        composed.text = text;
        composed.composedAtMs = atMs ? atMs : clock.now;
        applyAt(composed.composedAtMs, composed);
        return composed.clientMessageId;
    }

    void outgoing(const QString &clientId, events::OutgoingState state, const QString &code = {},
                  const QString &detail = {})
    {
        events::OutgoingChanged change;
        change.clientMessageId = clientId;
        change.state = state;
        if (state == events::OutgoingState::Accepted || state == events::OutgoingState::Delivered
            || state == events::OutgoingState::Read)
            change.messageId = u"b-"_s + clientId;
        change.code = code;
        change.detail = detail;
        clock.now += 10;
        apply(change);
    }

    StillClock clock;
    RecordingSink sink;
    store::MeshStore store{kMesh};

private:
    int m_count = 0;
};

} // namespace mesh::test
