// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtCore/QTemporaryDir>
#include <QtCore/QFile>
#include <QtCore/QJsonArray>
#include <QtNetwork/QNetworkAccessManager>
#include <QtNetwork/QNetworkReply>
#include <QtNetwork/QTcpServer>
#include <QtNetwork/QTcpSocket>
#include <QtTest/QTest>

#include <algorithm>
#include <limits>

#include "localmesh/localbroker.h"
#include "models/protocol/filecrypto.h"
#include "models/protocol/frameevents.h"
#include "models/protocol/invite.h"
#include "models/session/brokerhttp.h"
#include "models/session/enrolment.h"
#include "tests/session/sessionclient.h"
#include "tests/support/testclient.h"
#include "tests/support/testprogram.h"

namespace tst_session_local {

using namespace Qt::StringLiterals;
using namespace mesh::session;
using namespace mesh::protocol;
using namespace mesh::protocol::events;
using mesh::local::BrokerOptions;
using mesh::local::LocalBroker;
using mesh::tests::SessionClient;

namespace {

SessionOptions quick(const QString &installation)
{
    SessionOptions options;
    options.installationId = installation;
    SessionTimings &timings = options.timings;
    timings.backoffFirstMs = 20;
    timings.backoffMaxMs = 60;
    timings.peersVisibleMs = 200;
    timings.auditFastMs = 100;
    timings.topicOpenMs = 100;
    timings.stateCheckMs = 20;
    timings.silentSuccessMs = 100;
    timings.topicMembersMs = 100;
    timings.topicKeyShownMs = 100;
    timings.topicKeyMs = 200;
    timings.topicSealShownMs = 100;
    return options;
}

struct Client : SessionClient
{
    explicit Client(const QString &who)
        : SessionClient(quick(who))
        , name(who)
    {
    }

    QString name;
    MeshProfile profile;

    QString key() const { return session.publicKey.hex(); }
    void join(LocalBroker &broker)
    {
        const Expected<QString> link = broker.makeInvite(mesh::local::InviteRole::Member);
        QVERIFY(link.hasValue());
        const SystemClock clock;
        Enrolment enrolment(clock);
        const Expected<Invite> invite = inviteOf(*link);
        QVERIFY(invite.hasValue());
        std::optional<Expected<MeshProfile>> joined;
        enrolment.join(*invite, member.publicKey, name,
                       [&](Expected<MeshProfile> result) { joined = std::move(result); });
        QTRY_VERIFY(joined.has_value());
        QVERIFY2(joined->hasValue(), joined->hasValue() ? "" : qPrintable(joined->error().code));
        profile = **joined;
        profile.brokerUrl = broker.brokerUrl();
        profile.displayName = name;
        open();
    }
    void open() { host.open(profile, member.clone(), session.clone()); }
    qint64 submit(Command command) { return host.submit(profile.meshId, std::move(command)); }
    static Expected<Invite> inviteOf(const QString &link)
    {
        const Expected<ParsedInvite> reference = parseInvite(link);
        if (!reference)
            return reference.error();
        if (const auto *invite = std::get_if<Invite>(&*reference))
            return *invite;
        return Error{u"short"_s, {}, ErrorBand::Persistent};
    }

    bool sees(const QString &key) const
    {
        const QList<PeersListed> lists = all<PeersListed>();
        if (lists.isEmpty())
            return false;
        const QList<PeerRow> &rows = lists.last().peers;
        return std::any_of(rows.cbegin(), rows.cend(), [&](const PeerRow &row) { return row.pubkey == key; });
    }
    bool reached(const QString &clientMessageId, OutgoingState state) const
    {
        for (const OutgoingChanged &change : all<OutgoingChanged>()) {
            if (change.clientMessageId == clientMessageId && change.state == state)
                return true;
        }
        return false;
    }
    QString write(const ConversationId &where, const QString &text)
    {
        const QString id = newMessageId();
        submit(commands::SendMessage{id, where, text, Priority::Next, {}});
        return id;
    }
    QString write(const Client &to, const QString &text) { return write({ConversationKind::Direct, to.key()}, text); }
    //! Makes a topic and returns its id.
    QString makeTopic(const QString &topicName, std::optional<bool> encrypted)
    {
        TopicCreate frame;
        frame.name = topicName;
        frame.encrypted = encrypted;
        const qint64 id = submit(commands::Request{frame});
        [&] { QTRY_VERIFY(finished(id).has_value()); }();
        return finished(id)->result[u"topic"][u"id"].toString();
    }
    TopicKeyState keyOf(const QString &topic) const
    {
        TopicKeyState state = TopicKeyState::Unknown;
        for (const TopicKeyChanged &change : all<TopicKeyChanged>()) {
            if (change.topicId == topic)
                state = change.state;
        }
        return state;
    }
    //! The newest telling of each message of a topic.
    QHash<QString, MessageReceived> topicMessages(const QString &topic) const
    {
        QHash<QString, MessageReceived> messages;
        for (const MessageReceived &message : all<MessageReceived>()) {
            if (message.conversation == ConversationId{ConversationKind::Topic, topic})
                messages.insert(message.messageId, message);
        }
        return messages;
    }
    //! Whether a text was read in a topic, opened with its key.
    bool opened(const QString &topic, const QString &text) const
    {
        const QHash<QString, MessageReceived> messages = topicMessages(topic);
        return std::any_of(messages.cbegin(), messages.cend(), [&](const MessageReceived &message) {
            return message.text == text && message.body == BodyKind::Sealed;
        });
    }
    QStringList membersOf(const QString &topic) const
    {
        QStringList names;
        for (const TopicMembersListed &listed : all<TopicMembersListed>()) {
            if (listed.topicId != topic)
                continue;
            names.clear();
            for (const TopicMemberRow &row : listed.members)
                names.append(row.displayName);
        }
        return names;
    }
};

} // namespace

//! Two sessions on the program's own broker, over real sockets.
class TestSessionLocal : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void directMessageDeliveredAndRead();
    void stateClockAndTraffic();
    void typingIsSeen();
    void reconnectInGrace();
    void brokerStoppedAndBack();
    void filesAreOffered();
    void linksThatAreNotFollowed();
    void encryptedTopicBetweenMembers();
    void clearTopicStaysClear();
    void topicHistoryToTheStart();
    void joiningAndLeaving();

private:
    BrokerOptions options() const
    {
        BrokerOptions options;
        options.dataDir = m_folder->path();
        options.port = m_port;
        options.sendBurst = 2'000;
        return options;
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<LocalBroker> m_broker;
    std::unique_ptr<Client> m_ann;
    std::unique_ptr<Client> m_bob;
    quint16 m_port = 0;
};

void TestSessionLocal::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    m_broker = std::make_unique<LocalBroker>();
    m_port = 0;
    const Expected<quint16> port = m_broker->start(options());
    QVERIFY2(port.hasValue(), port.hasValue() ? "" : qPrintable(port.error().detail));
    m_port = *port;
    m_ann = std::make_unique<Client>(u"Ann"_s);
    m_bob = std::make_unique<Client>(u"Bob"_s);
    m_ann->join(*m_broker);
    m_bob->join(*m_broker);
    QTRY_VERIFY(m_ann->sees(m_bob->key()) && m_bob->sees(m_ann->key()));
}

void TestSessionLocal::cleanup()
{
    m_ann.reset();
    m_bob.reset();
    m_broker.reset();
    m_folder.reset();
}

void TestSessionLocal::directMessageDeliveredAndRead()
{
    const QString id = m_ann->write(*m_bob, u"Hello Bob ☕"_s);
    QTRY_COMPARE(m_bob->all<MessageReceived>().size(), 1);
    const MessageReceived message = m_bob->all<MessageReceived>().first();
    QCOMPARE(message.text, u"Hello Bob ☕"_s);
    QCOMPARE(message.body, BodyKind::Sealed);
    QCOMPARE(message.senderName, u"Ann"_s);
    QCOMPARE(message.clientMessageId, id);
    QVERIFY(m_ann->reached(id, OutgoingState::Accepted) || !m_ann->reached(id, OutgoingState::Refused));
    QVERIFY(!m_ann->reached(id, OutgoingState::Delivered)); // nobody has stored it yet
    m_bob->host.confirmStored({message.messageId});
    QTRY_VERIFY(m_ann->reached(id, OutgoingState::Delivered));
    m_bob->submit(commands::MarkRead{{ConversationKind::Direct, m_ann->key()}, message.sentAtMs});
    QTRY_VERIFY(m_ann->reached(id, OutgoingState::Read));
}

void TestSessionLocal::stateClockAndTraffic()
{
    const qint64 state = m_ann->submit(commands::SetState{u"deploy"_s, QJsonObject{{u"colour"_s, u"green"_s}}});
    QTRY_VERIFY(m_ann->finished(state).has_value());
    QVERIFY(m_ann->finished(state)->ok);
    QTRY_COMPARE(m_bob->all<StateSet>().size(), 1);
    QCOMPARE(m_bob->all<StateSet>().first().by, u"Ann"_s);

    const qint64 clock = m_ann->submit(commands::SetClockSpeed{100});
    QTRY_VERIFY(m_ann->finished(clock).has_value());
    QVERIFY(m_ann->finished(clock)->ok);
    QTRY_VERIFY(m_bob->all<Ticked>().size() >= 2); // every 600 ms
    QCOMPARE(m_bob->all<Ticked>().last().speed, 100.0);
    const qint64 pause = m_bob->submit(commands::PauseClock{});
    QTRY_VERIFY(m_bob->finished(pause).has_value());
    QVERIFY(m_bob->all<ClockReported>().last().paused);
    // Nobody told Ann: she finds out because ticks stay away.
    QTRY_VERIFY(m_ann->all<ClockReported>().last().paused);

    const auto before = m_ann->all<TrafficSeen>().size();
    m_ann->write(*m_bob, u"one"_s);
    QTRY_COMPARE(m_bob->all<TrafficSeen>().size(), 1);
    QTRY_COMPARE(m_ann->all<TrafficSeen>().size(), before + 1);
    // The audit log tells of it as well, and must not count twice.
    const auto audited = [this] {
        for (const AuditAppended &rows : m_bob->all<AuditAppended>()) {
            for (const auto &row : rows.entries) {
                if (row.eventType == u"message_sent")
                    return true;
            }
        }
        return false;
    };
    QTRY_VERIFY(audited());
    QCOMPARE(m_bob->all<TrafficSeen>().size(), 1);
    QCOMPARE(m_bob->all<TrafficSeen>().first().senderKey, m_ann->key());
}

void TestSessionLocal::typingIsSeen()
{
    const auto typed = [this] {
        m_ann->submit(commands::SetTyping{{ConversationKind::Direct, m_bob->key()}, true});
        return !m_bob->all<TypingChanged>().isEmpty();
    };
    QTRY_VERIFY(typed()); // as soon as the list shows that Bob understands it
    QCOMPARE(m_bob->all<TypingChanged>().first().key, m_ann->key());
    m_ann->submit(commands::SetTyping{{ConversationKind::Direct, m_bob->key()}, false});
    QTRY_VERIFY(!m_bob->all<TypingChanged>().last().on);
}

void TestSessionLocal::reconnectInGrace()
{
    m_bob->submit(commands::Disconnect{});
    QTRY_VERIFY(!m_bob->online());
    const QString id = m_ann->write(*m_bob, u"while you were away"_s);
    QTRY_VERIFY(m_ann->reached(id, OutgoingState::Accepted)); // the presence outlives the socket
    m_bob->submit(commands::ConnectNow{});
    QTRY_COMPARE(m_bob->all<MessageReceived>().size(), 1);
    QCOMPARE(m_bob->all<MessageReceived>().first().text, u"while you were away"_s);
    for (const PeerPresence &presence : m_ann->all<PeerPresence>())
        QVERIFY(presence.change != PresenceChange::Left);
}

void TestSessionLocal::brokerStoppedAndBack()
{
    m_broker->stop();
    QTRY_VERIFY(!m_ann->online() && !m_bob->online());
    const QString id = m_ann->write(*m_bob, u"composed offline"_s);
    QTRY_VERIFY(m_ann->reached(id, OutgoingState::Queued));
    QVERIFY(m_broker->start(options()).hasValue());
    QTRY_VERIFY(m_ann->online() && m_bob->online());
    QTRY_COMPARE(m_bob->all<MessageReceived>().size(), 1);
    QCOMPARE(m_bob->all<MessageReceived>().first().text, u"composed offline"_s);
}

//! A long text goes up as a file and is named in a message: sealed in a direct conversation, as it is in others.
void TestSessionLocal::filesAreOffered()
{
    const QByteArray contents = QByteArray("a line of a long log, \xE2\x98\x95\n").repeated(20'000);
    const auto offer = [&](const ConversationId &to) {
        const QString id = newMessageId();
        const qint64 command = m_ann->submit(
            commands::OfferFile{{id, to, u"look: `%1`"_s, Priority::Next, {}}, u"log file.txt"_s, contents});
        return std::pair(id, command);
    };
    const auto fetched = [&](const QJsonObject &link) {
        QNetworkAccessManager network;
        QNetworkReply *reply = network.get(QNetworkRequest(QUrl(link[u"url"].toString())));
        (void)QTest::qWaitFor([&] { return reply->isFinished(); });
        const QByteArray bytes = reply->readAll();
        delete reply;
        return bytes;
    };
    const auto linkFor = [](Client &client, const QString &fileId) {
        const qint64 id = client.submit(commands::Request{GetFile{fileId, {}}});
        (void)QTest::qWaitFor([&] { return client.finished(id).has_value(); });
        return client.finished(id) ? client.finished(id)->result : QJsonObject();
    };
    const auto idIn = [](const QString &text) { return text.section(u'`', 1, 1); };

    const auto [sealedId, sealedCommand] = offer({ConversationKind::Direct, m_bob->key()});
    QTRY_VERIFY(m_ann->finished(sealedCommand).has_value());
    QVERIFY2(m_ann->finished(sealedCommand)->ok, qPrintable(m_ann->finished(sealedCommand)->detail));
    QVERIFY(!m_ann->all<FileOfferProgress>().isEmpty());
    QCOMPARE(m_ann->all<FileOfferProgress>().last().clientMessageId, sealedId);
    QTRY_COMPARE(m_bob->all<MessageReceived>().size(), 1);
    const QString fileId = idIn(m_bob->all<MessageReceived>().first().text);
    QVERIFY(!fileId.isEmpty());
    QCOMPARE(m_bob->all<MessageReceived>().first().clientMessageId, sealedId);
    for (Client *reader : {m_bob.get(), m_ann.get()}) {
        const QJsonObject link = linkFor(*reader, fileId);
        QVERIFY(link[u"encrypted"].toBool());
        QCOMPARE(link[u"name"].toString(), u"log_file.txt"_s);
        const QByteArray stored = fetched(link);
        QVERIFY(!stored.contains("a line of a long log"));
        const auto key = openFileKey(link[u"sealedKey"].toString(), reader->session);
        QVERIFY(key.hasValue());
        const auto opened = decryptFile(stored, *key);
        QVERIFY(opened.hasValue());
        QCOMPARE(*opened, contents);
    }

    const auto [openId, openCommand] = offer({ConversationKind::Broadcast, {}});
    QTRY_VERIFY(m_ann->finished(openCommand).has_value());
    QVERIFY(m_ann->finished(openCommand)->ok);
    QTRY_COMPARE(m_bob->all<MessageReceived>().size(), 2);
    const QJsonObject link = linkFor(*m_bob, idIn(m_bob->all<MessageReceived>().last().text));
    QVERIFY(!link[u"encrypted"].toBool());
    QCOMPARE(fetched(link), contents);

    // The program saves both, opened; what was there before is replaced only by all of it.
    const QTemporaryDir folder;
    const auto save = [&](Client &client, const QString &id, const QString &path) {
        const qint64 command = client.submit(commands::SaveFile{id, path});
        (void)QTest::qWaitFor([&] { return client.finished(command).has_value(); }, 10'000);
        return client.finished(command) ? client.finished(command)->ok ? u"ok"_s : client.finished(command)->code
                                        : u"no answer"_s;
    };
    const auto read = [](const QString &path) {
        QFile file(path);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("nothing");
    };
    const QString path = folder.filePath(u"kept.txt"_s);
    QCOMPARE(save(*m_bob, fileId, path), u"ok"_s);
    QCOMPARE(read(path), contents);
    QCOMPARE(save(*m_ann, fileId, folder.filePath(u"mine.txt"_s)), u"ok"_s);
    QCOMPARE(read(folder.filePath(u"mine.txt"_s)), contents);
    QCOMPARE(save(*m_bob, idIn(m_bob->all<MessageReceived>().last().text), folder.filePath(u"open.txt"_s)), u"ok"_s);
    QCOMPARE(read(folder.filePath(u"open.txt"_s)), contents);
    QCOMPARE(save(*m_bob, u"no-such-file"_s, path), u"not_found"_s);
    QCOMPARE(read(path), contents);
    QCOMPARE(save(*m_bob, fileId, folder.filePath(u"no/such/folder/kept.txt"_s)), u"cannot_write"_s);

    // Nothing of the keys that were needed is good for anything any more.
    QTRY_VERIFY([&] {
        const qint64 list = m_ann->submit(commands::Request{ApikeyList{}});
        (void)QTest::qWaitFor([&] { return m_ann->finished(list).has_value(); });
        const QJsonArray keys = m_ann->finished(list)->result[u"keys"].toArray();
        return keys.size() == 2 && std::all_of(keys.begin(), keys.end(), [](const QJsonValue &key) {
                   return !key[u"revokedAt"].toString().isEmpty();
               });
    }());

    // A broker without room: the reason comes back, and no message leaves.
    m_broker->stop();
    QTRY_VERIFY(!m_ann->online() && !m_bob->online());
    BrokerOptions small = options();
    small.maxStoredBytes = 1'000;
    QVERIFY(m_broker->start(small).hasValue());
    QTRY_VERIFY(m_ann->online() && m_ann->sees(m_bob->key()));
    const auto [failedId, failedCommand] = offer({ConversationKind::Direct, m_bob->key()});
    QTRY_VERIFY(m_ann->finished(failedCommand).has_value());
    QVERIFY(!m_ann->finished(failedCommand)->ok);
    QCOMPARE(m_ann->finished(failedCommand)->code, u"upload_failed"_s);
    QVERIFY(!m_ann->reached(failedId, OutgoingState::Queued));
}

//! Where a file is, is the broker's word.
void TestSessionLocal::linksThatAreNotFollowed()
{
    const SystemClock clock;
    const SessionOptions plain;
    BrokerHttp http(clock, plain);
    const auto fetch = [&](const QString &socket, const QString &link, bool sealed) {
        QString code = u"none yet"_s;
        http.download(QUrl(socket), QUrl(link), sealed,
                      [&](const Expected<QByteArray> &bytes) { code = bytes ? u"ok"_s : bytes.error().code; });
        (void)QTest::qWaitFor([&] { return code != u"none yet"_s; }, 10'000);
        return code;
    };
    for (const QString &link : {u"file:///etc/passwd"_s, u"ftp://127.0.0.1/f"_s, u"data:,x"_s, u"http:///f"_s,
                                u"claudemesh://join"_s, QString()})
        QCOMPARE(fetch(u"ws://127.0.0.1:1"_s, link, true), u"bad_link"_s);
    QCOMPARE(fetch(u"wss://127.0.0.1:1"_s, u"http://127.0.0.1:1/f"_s, false), u"bad_link"_s);       // in clear
    QCOMPARE(fetch(u"wss://127.0.0.1:1"_s, u"http://127.0.0.1:1/f"_s, true), u"download_failed"_s); // nobody is there
    QCOMPARE(fetch(u"ws://127.0.0.1:1"_s, u"http://127.0.0.1:1/f"_s, false), u"download_failed"_s);

    // One who goes on for ever is not listened to for ever.
    QTcpServer endless;
    QVERIFY(endless.listen(QHostAddress::LocalHost));
    connect(&endless, &QTcpServer::newConnection, &endless, [&] {
        QTcpSocket *socket = endless.nextPendingConnection();
        socket->write("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n");
        const auto more = [socket] {
            if (socket->bytesToWrite() < 1'000'000)
                socket->write(QByteArray(1'000'000, 'x'));
        };
        connect(socket, &QTcpSocket::bytesWritten, socket, more);
        more();
    });
    const QString link = u"http://127.0.0.1:%1/f"_s.arg(endless.serverPort());
    QString code;
    http.download(QUrl(u"ws://127.0.0.1:1"_s), QUrl(link), false,
                  [&](const Expected<QByteArray> &bytes) { code = bytes ? u"ok"_s : bytes.error().code; });
    QTRY_COMPARE_WITH_TIMEOUT(code, u"too_large"_s, 60'000);
}

void TestSessionLocal::encryptedTopicBetweenMembers()
{
    Client carol(u"Carol"_s);
    carol.join(*m_broker);
    const QString topic = m_ann->makeTopic(u"plans / next"_s, std::nullopt);
    QVERIFY(!topic.isEmpty());
    const ConversationId where{ConversationKind::Topic, topic};
    // Written before the key is there: it waits for it, and goes encrypted.
    const QString first = m_ann->write(where, u"the plan"_s);
    m_ann->submit(commands::ShowConversation{where});
    QTRY_COMPARE(m_ann->keyOf(topic), TopicKeyState::Held);
    QTRY_VERIFY(m_ann->reached(first, OutgoingState::Accepted));
    QTRY_VERIFY(m_ann->opened(topic, u"the plan"_s)); // from the history

    // Bob joins: Ann's session seals the key for him, and what was said before opens.
    m_bob->submit(commands::Refresh{commands::Listing::Topics});
    TopicJoin join;
    join.topic = topic;
    m_bob->submit(commands::Request{join});
    m_bob->submit(commands::ShowConversation{where});
    QTRY_COMPARE(m_bob->keyOf(topic), TopicKeyState::Held);
    QTRY_VERIFY(m_bob->opened(topic, u"the plan"_s));
    const QString second = m_bob->write(where, u"understood"_s);
    QTRY_VERIFY(m_bob->reached(second, OutgoingState::Accepted));
    QTRY_VERIFY(m_ann->opened(topic, u"understood"_s));

    // Carol is not in it. She can ask for the history, and reads nothing.
    carol.submit(commands::Refresh{commands::Listing::Topics});
    carol.submit(commands::ShowConversation{where});
    QTRY_COMPARE(carol.keyOf(topic), TopicKeyState::Waiting);
    QTRY_COMPARE(carol.topicMessages(topic).size(), 2);
    for (const MessageReceived &message : carol.topicMessages(topic)) {
        QCOMPARE(message.body, BodyKind::Undecryptable);
        QCOMPARE(message.text, QString());
    }
    const QString refused = carol.write(where, u"in the clear?"_s);
    QTRY_VERIFY(carol.reached(refused, OutgoingState::Queued));
    QCOMPARE(m_ann->topicMessages(topic).size(), 2);

    // Once she joined, whoever is there passes the key on, and everything opens.
    carol.submit(commands::Request{join});
    QTRY_COMPARE(carol.keyOf(topic), TopicKeyState::Held);
    QTRY_VERIFY(carol.opened(topic, u"the plan"_s) && carol.opened(topic, u"understood"_s));
    QTRY_VERIFY(carol.reached(refused, OutgoingState::Accepted));
    QTRY_VERIFY(m_bob->opened(topic, u"in the clear?"_s)); // it was not

    // The key is nowhere but in memory: another start asks for the seal again.
    m_bob->host.close(m_bob->profile.meshId);
    m_bob->events.clear();
    m_bob->open();
    QTRY_COMPARE(m_bob->keyOf(topic), TopicKeyState::Held);
    QTRY_VERIFY(m_bob->opened(topic, u"the plan"_s));
}

void TestSessionLocal::clearTopicStaysClear()
{
    const QString topic = m_ann->makeTopic(u"open"_s, false);
    const ConversationId where{ConversationKind::Topic, topic};
    const QString id = m_ann->write(where, u"for all"_s);
    QTRY_VERIFY(m_ann->reached(id, OutgoingState::Accepted));
    QCOMPARE(m_ann->keyOf(topic), TopicKeyState::Clear);
    m_bob->submit(commands::Refresh{commands::Listing::Topics});
    m_bob->submit(commands::ShowConversation{where});
    QTRY_COMPARE(m_bob->topicMessages(topic).size(), 1);
    QCOMPARE(m_bob->topicMessages(topic).begin()->body, BodyKind::Clear);
    QCOMPARE(m_bob->topicMessages(topic).begin()->text, u"for all"_s);
}

void TestSessionLocal::topicHistoryToTheStart()
{
    constexpr int count = 430;
    const QString topic = m_ann->makeTopic(u"long"_s, false);
    const Expected<QString> link = m_broker->makeInvite(mesh::local::InviteRole::Member);
    mesh::tests::TestClient eve;
    QVERIFY(eve.enter(m_port, mesh::tests::joinMesh(m_port, *link, u"Eve"_s), u"Eve"_s));
    for (int i = 0; i < count; ++i)
        eve.post(u'#' + topic, QString::number(i));
    // Requests are answered in order: with this one, all of them are in.
    QVERIFY(eve.message(u'#' + topic, u"last"_s).value("queued"_L1).toBool());
    const ConversationId where{ConversationKind::Topic, topic};
    m_bob->submit(commands::Refresh{commands::Listing::Topics});
    m_bob->submit(commands::ShowConversation{where});
    QTRY_COMPARE(m_bob->topicMessages(topic).size(), 50);
    int pages = 0;
    for (bool atStart = false; !atStart; ++pages) {
        QVERIFY(pages < 20);
        qint64 oldest = std::numeric_limits<qint64>::max();
        for (const MessageReceived &message : m_bob->topicMessages(topic))
            oldest = std::min(oldest, message.sentAtMs);
        const qint64 command = m_bob->submit(commands::LoadOlder{where, oldest});
        if (pages == 1) // what is said meanwhile is not lost
            QVERIFY(eve.message(u'#' + topic, u"live"_s).value("queued"_L1).toBool());
        QTRY_VERIFY(m_bob->finished(command).has_value());
        QVERIFY(m_bob->finished(command)->ok);
        atStart = m_bob->finished(command)->result[u"atStart"].toBool();
    }
    QVERIFY(pages > 3);
    QTRY_COMPARE(m_bob->topicMessages(topic).size(), count + 2);
    // Each was told once, pushed or paged.
    QCOMPARE(m_bob->all<MessageReceived>().size(), count + 2);
    QStringList texts;
    for (const MessageReceived &message : m_bob->topicMessages(topic))
        texts.append(message.text);
    for (int i = 0; i < count; ++i)
        QVERIFY2(texts.contains(QString::number(i)), qPrintable(QString::number(i)));
}

void TestSessionLocal::joiningAndLeaving()
{
    const QString topic = m_ann->makeTopic(u"club"_s, std::nullopt);
    QTRY_COMPARE(m_ann->membersOf(topic), QStringList{u"Ann"_s}); // who makes it is in it
    const ConversationId where{ConversationKind::Topic, topic};
    m_bob->submit(commands::Refresh{commands::Listing::Topics});
    m_bob->submit(commands::ShowConversation{where});
    QTRY_COMPARE(m_bob->membersOf(topic), QStringList{u"Ann"_s}); // looking is not joining
    TopicJoin join;
    join.topic = topic;
    const qint64 joined = m_bob->submit(commands::Request{join});
    QTRY_COMPARE(m_bob->membersOf(topic), (QStringList{u"Ann"_s, u"Bob"_s}));
    QTRY_VERIFY(m_bob->finished(joined).has_value());
    QVERIFY(m_bob->all<TopicMembershipChanged>().last().joined);
    QTRY_COMPARE(m_bob->keyOf(topic), TopicKeyState::Held);
    m_ann->submit(commands::ShowConversation{where});
    QTRY_COMPARE(m_ann->membersOf(topic).size(), 2);

    // Ann reads what Bob wrote: her mark says so.
    const QString id = m_bob->write(where, u"read this"_s);
    QTRY_VERIFY(m_ann->opened(topic, u"read this"_s));
    const qint64 sentAt = m_ann->topicMessages(topic).begin()->sentAtMs;
    m_ann->submit(commands::MarkRead{where, sentAt});
    const auto annRead = [&] {
        for (const TopicMembersListed &listed : m_bob->all<TopicMembersListed>()) {
            for (const TopicMemberRow &row : listed.members) {
                if (row.displayName == u"Ann" && row.lastReadAt && isoToMs(*row.lastReadAt).value_or(0) >= sentAt)
                    return true;
            }
        }
        return false;
    };
    QTRY_VERIFY(annRead());

    // Typing there reaches the human who is there.
    const auto typed = [&] {
        m_ann->submit(commands::SetTyping{where, true});
        return !m_bob->all<TypingChanged>().isEmpty();
    };
    QTRY_VERIFY(typed());
    QCOMPARE(m_bob->all<TypingChanged>().first().conversation, where);
    QCOMPARE(m_bob->all<TypingChanged>().first().key, m_ann->key());

    TopicLeave leave;
    leave.topic = topic;
    m_bob->submit(commands::ShowConversation{{ConversationKind::Direct, m_ann->key()}});
    m_bob->submit(commands::Request{leave});
    QTRY_COMPARE(m_bob->membersOf(topic), QStringList{u"Ann"_s});
    QTRY_VERIFY(!m_bob->all<TopicMembershipChanged>().last().joined);
    QCOMPARE(m_bob->keyOf(topic), TopicKeyState::Unknown); // the key is forgotten
    // What is said there later is none of his business: by the time of an answer to a later question nothing came.
    const qsizetype told = m_bob->topicMessages(topic).size();
    const QString later = m_ann->write(where, u"he left"_s);
    QTRY_VERIFY(m_ann->opened(topic, u"he left"_s));
    const qint64 asked = m_bob->submit(commands::Refresh{commands::Listing::Topics});
    QTRY_VERIFY(m_bob->finished(asked).has_value());
    QCOMPARE(m_bob->topicMessages(topic).size(), told);
}

MESH_TEST(TestSessionLocal)

} // namespace tst_session_local

#include "tst_session_local.moc"
