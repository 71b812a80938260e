// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtCore/QTemporaryDir>
#include <QtCore/QJsonArray>
#include <QtNetwork/QNetworkAccessManager>
#include <QtNetwork/QNetworkReply>
#include <QtTest/QTest>

#include <algorithm>

#include "localmesh/localbroker.h"
#include "models/protocol/filecrypto.h"
#include "models/protocol/invite.h"
#include "models/session/enrolment.h"
#include "models/session/sessionhost.h"
#include "tests/support/testprogram.h"

namespace tst_session_local {

using namespace Qt::StringLiterals;
using namespace mesh::session;
using namespace mesh::protocol;
using namespace mesh::protocol::events;
using mesh::local::BrokerOptions;
using mesh::local::LocalBroker;

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
    return options;
}

//! A member with a session of its own on a network thread of its own.
struct Client
{
    explicit Client(const QString &who)
        : name(who)
        , host(quick(who))
    {
        QObject::connect(&host, &SessionHost::eventsReady, &host,
                         [this](const EventList &batch) { events.append(batch); });
    }

    QString name;
    KeyPair member = KeyPair::generate();
    KeyPair session = KeyPair::generate();
    MeshProfile profile;
    EventList events;
    SessionHost host;

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

    template <class Body>
    QList<Body> all() const
    {
        QList<Body> found;
        for (const Event &event : events) {
            if (const auto *body = getIf<Body>(&event.body))
                found.append(*body);
        }
        return found;
    }
    bool online() const
    {
        const QList<ConnectionChanged> changes = all<ConnectionChanged>();
        return !changes.isEmpty() && changes.last().state == ConnectionState::Online;
    }
    bool sees(const QString &key) const
    {
        const QList<PeersListed> lists = all<PeersListed>();
        if (lists.isEmpty())
            return false;
        const QList<PeerRow> &rows = lists.last().peers;
        return std::any_of(rows.cbegin(), rows.cend(), [&](const PeerRow &row) { return row.pubkey == key; });
    }
    std::optional<CommandFinished> finished(qint64 id) const
    {
        for (const CommandFinished &done : all<CommandFinished>()) {
            if (done.commandId == id)
                return done;
        }
        return std::nullopt;
    }
    bool reached(const QString &clientMessageId, OutgoingState state) const
    {
        for (const OutgoingChanged &change : all<OutgoingChanged>()) {
            if (change.clientMessageId == clientMessageId && change.state == state)
                return true;
        }
        return false;
    }
    QString write(const Client &to, const QString &text)
    {
        const QString id = newMessageId();
        submit(commands::SendMessage{id, {ConversationKind::Direct, to.key()}, text, Priority::Next, {}});
        return id;
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

private:
    BrokerOptions options() const
    {
        BrokerOptions options;
        options.dataDir = m_folder->path();
        options.port = m_port;
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

MESH_TEST(TestSessionLocal)

} // namespace tst_session_local

#include "tst_session_local.moc"
