// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest/QAbstractItemModelTester>
#include <QtTest/QTest>

#include "models/items/conversationinfo.h"
#include "models/items/conversationlistmodel.h"
#include "models/items/messagelistmodel.h"
#include "models/items/topicinfo.h"
#include "tests/items/storefixture.h"
#include "tests/support/testprogram.h"

namespace tst_topicmodels {

using namespace Qt::StringLiterals;
using namespace mesh;
using namespace mesh::items;
using namespace mesh::test;
using events::OutgoingState;
using events::TopicKeyState;
using protocol::BodyKind;
using protocol::ConversationId;
using protocol::ConversationKind;

namespace {

const ConversationId kTopic{ConversationKind::Topic, u"t1"_s};

struct TopicScene : StoreFixture
{
    TopicScene()
    {
        online();
        auto bob = peer(2, u"Bob"_s);
        bob.peerType = u"human"_s;
        bob.profile.emplace().capabilities = QStringList{u"x-human-chat/1"_s};
        protocol::GroupRef ops;
        ops.name = u"ops"_s;
        bob.groups = {ops};
        list({peer(1, u"qa"_s, protocol::PeerStatus::Working), bob});
        named(u"deploys"_s);
    }
    void named(const QString &name) { listTopics({topic(u"t1"_s, name)}); }
    void members(const QList<protocol::TopicMemberRow> &rows) { listTopicMembers(u"t1"_s, rows); }
    void joined() { members({topicMember(kSelf, u"Maya"_s), topicMember(1, u"qa"_s), topicMember(2, u"Bob"_s)}); }
    void left() { members({topicMember(1, u"qa"_s), topicMember(2, u"Bob"_s)}); }
    void key(TopicKeyState state)
    {
        ++clock.now;
        apply(events::TopicKeyChanged{u"t1"_s, state});
    }
    void said(const QString &text, const QString &id, BodyKind body = BodyKind::Clear)
    {
        events::MessageReceived m = message(2, text, clock.now, id);
        m.conversation = kTopic;
        m.senderName = u"Bob"_s;
        m.body = body;
        m.clientMessageId.clear();
        apply(m);
    }
    void types(int who, bool on, const ConversationId &where)
    {
        ++clock.now;
        apply(events::TypingChanged{keyOf(who), on, clock.now + 6'000, where});
    }
};

QStringList titlesOf(const ConversationListModel &model)
{
    QStringList titles;
    for (int i = 0; i < model.rowCount(); ++i) {
        if (model.row(i).kind == ConversationListModel::RowKind::Conversation)
            titles.append(model.row(i).title);
    }
    return titles;
}

} // namespace

class TestTopicModels final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void listsWhatTheUserIsIn()
    {
        TopicScene s;
        ConversationListModel model(s.clock);
        const QAbstractItemModelTester tester(&model);
        model.setStore(&s.store);
        QVERIFY(!titlesOf(model).contains(u"#deploys"_s)); // not known to be in it
        s.joined();
        QVERIFY(titlesOf(model).contains(u"#deploys"_s));
        s.said(u"hello"_s, u"h1"_s);
        QCOMPARE(model.totalUnread(), 1);
        s.left();
        QVERIFY(!titlesOf(model).contains(u"#deploys"_s));
        QCOMPARE(model.totalUnread(), 0);
        // It stays away when the list is polled, but not while it is open.
        s.named(u"deploys"_s);
        QVERIFY(!titlesOf(model).contains(u"#deploys"_s));
        model.setKept(kTopic);
        QVERIFY(titlesOf(model).contains(u"#deploys"_s));
        model.setKept(std::nullopt);
        QVERIFY(!titlesOf(model).contains(u"#deploys"_s));
        s.joined();
        QVERIFY(titlesOf(model).contains(u"#deploys"_s));
    }

    void removedTopicStaysAway()
    {
        TopicScene s;
        s.joined();
        s.said(u"hello"_s, u"h1"_s);
        QVERIFY(s.store.conversation(kTopic));
        s.left();
        s.store.forgetMessages(kTopic, s.clock.now, true);
        QVERIFY(!s.store.conversation(kTopic));
        s.named(u"renamed"_s);
        QVERIFY(!s.store.conversation(kTopic)); // the poll does not bring it back
        QVERIFY(!isTopicShown(s.store, u"t1"_s));
        QCOMPARE(topicOf(s.store, u"t1"_s)->title, u"#renamed"_s); // the page of topics still has it
    }

    void membersWithPresence()
    {
        TopicScene s;
        s.members({s.topicMember(9, u"Zoe"_s), s.topicMember(TopicScene::kSelf, u"Maya"_s),
                   s.topicMember(1, u"qa"_s, s.clock.now - 60'000), s.topicMember(2, u"Bob"_s)});
        const QList<TopicMember> members = membersOf(s.store, u"t1"_s);
        QCOMPARE(members.size(), 4);
        QCOMPARE(members.at(0).name, u"Bob"_s);
        QCOMPARE(members.at(0).kind, protocol::PeerKind::Human);
        QCOMPARE(members.at(1).name, u"Maya"_s);
        QVERIFY(members.at(1).self);
        QCOMPARE(members.at(2).name, u"qa"_s);
        QCOMPARE(members.at(2).status, protocol::PeerStatus::Working);
        QCOMPARE(members.at(2).role, u"lead"_s);
        QVERIFY(members.at(2).readUpToMs > 0);
        QCOMPARE(members.at(3).name, u"Zoe"_s); // never seen here
        QCOMPARE(members.at(3).status, protocol::PeerStatus::Offline);
        QCOMPARE(topicOf(s.store, u"t1"_s)->members, std::optional(4)); // the list is newer than the count
    }

    void saysHowSafeATopicIs()
    {
        TopicScene s;
        ConversationInfo info(s.clock);
        info.setStore(&s.store);
        info.setConversation(kTopic);
        s.left();
        QVERIFY(info.canJoin());
        QVERIFY(!info.cannotSend().isEmpty());
        s.joined();
        QVERIFY(!info.canJoin());
        QCOMPARE(info.cannotSend(), QString());
        s.key(TopicKeyState::Waiting);
        QCOMPARE(info.security(), ConversationInfo::Security::TopicKeyMissing);
        QVERIFY(info.cannotSend().contains(u"key"_s));
        s.key(TopicKeyState::Held);
        QCOMPARE(info.security(), ConversationInfo::Security::TopicKey);
        QCOMPARE(info.cannotSend(), QString());
        s.key(TopicKeyState::Clear);
        QCOMPARE(info.security(), ConversationInfo::Security::NotEncrypted);
        QCOMPARE(info.cannotSend(), QString());
        s.key(TopicKeyState::Unavailable);
        QVERIFY(!info.cannotSend().isEmpty());
        QCOMPARE(info.subtitle(), u"3 members · about deploys"_s);
    }

    void closedMessagesSayWhy()
    {
        TopicScene s;
        MessageListModel model;
        const QAbstractItemModelTester tester(&model);
        model.setStore(&s.store);
        model.setConversation(kTopic);
        s.left();
        s.said({}, u"h1"_s, BodyKind::Undecryptable);
        QVERIFY(model.row(0).closedReason.contains(u"Join"_s));
        s.joined();
        s.key(TopicKeyState::Waiting);
        QVERIFY(model.row(0).closedReason.contains(u"as soon as"_s));
        s.key(TopicKeyState::Unavailable);
        QVERIFY(model.row(0).closedReason.contains(u"broker"_s));
        s.key(TopicKeyState::Held);
        QVERIFY(model.row(0).closedReason.contains(u"another key"_s));
        // The seal came: the same message is told again, opened.
        s.said(u"the plan"_s, u"h1"_s, BodyKind::Sealed);
        QCOMPARE(model.rowCount(), 1);
        QCOMPARE(model.row(0).text, u"the plan"_s);
        QCOMPARE(model.row(0).closedReason, QString());
        const QString own = s.compose(kTopic, u"mine"_s);
        s.outgoing(own, OutgoingState::Queued);
        QVERIFY(!model.row(1).waitsForKey);
        s.key(TopicKeyState::Waiting);
        QVERIFY(model.row(1).waitsForKey);
    }

    void readMarksMakeReceipts()
    {
        TopicScene s;
        MessageListModel model;
        model.setStore(&s.store);
        model.setConversation(kTopic);
        s.joined();
        const QString id = s.compose(kTopic, u"who reads this?"_s);
        const qint64 sent = s.clock.now;
        QCOMPARE(model.row(0).state, OutgoingState::Queued);
        s.outgoing(id, OutgoingState::Accepted);
        QCOMPARE(model.row(0).state, OutgoingState::Accepted);
        const auto marks = [&](qint64 qa, qint64 bob) {
            s.members({s.topicMember(TopicScene::kSelf, u"Maya"_s, sent + 9'000), s.topicMember(1, u"qa"_s, qa),
                       s.topicMember(2, u"Bob"_s, bob)});
        };
        marks(sent - 1, 0); // before it was written; one's own mark does not count
        QCOMPARE(model.row(0).state, OutgoingState::Accepted);
        QCOMPARE(model.row(0).readers, 0);
        marks(sent + 5'000, 0);
        QCOMPARE(model.row(0).state, OutgoingState::Read);
        QCOMPARE(model.row(0).readers, 1);
        QCOMPARE(model.row(0).members, 2);
        QCOMPARE(model.row(0).readAtMs, sent + 5'000);
        marks(sent + 5'000, sent + 7'000);
        QCOMPARE(model.row(0).readers, 2);
        // Where the broker's clock is ahead of ours, its times are taken back by as much.
        events::LinkMeasured ahead;
        ahead.clockOffsetMs = 6'000;
        s.apply(ahead);
        marks(sent + 5'001, sent + 7'000);
        QCOMPARE(model.row(0).readers, 1);
    }

    void typingInTopicsAndGroups()
    {
        TopicScene s;
        s.joined();
        ConversationInfo info(s.clock);
        info.setStore(&s.store);
        info.setConversation(kTopic);
        ConversationListModel list(s.clock);
        list.setStore(&s.store);
        QVERIFY(info.takesTyping()); // Bob hears of it
        s.types(2, true, kTopic);
        QCOMPARE(info.activity(), ConversationInfo::Activity::Typing);
        QCOMPARE(info.activityText(), u"Bob is typing…"_s);
        QVERIFY(list.row(list.rowOf(kTopic)).typing);
        s.types(1, true, kTopic);
        QCOMPARE(info.activityText(), u"Bob and qa are typing…"_s);
        // It is not with us that he types.
        info.setConversation(direct(2));
        QCOMPARE(info.activity(), ConversationInfo::Activity::None);
        info.setConversation(kTopic);
        s.said(u"done"_s, u"h1"_s); // what was typed is here
        QCOMPARE(info.activityText(), u"qa is typing…"_s);
        s.clock.now += 7'000;
        QCOMPARE(info.activity(), ConversationInfo::Activity::None); // it expired
        const ConversationId ops{ConversationKind::Group, u"ops"_s};
        info.setConversation(ops);
        QVERIFY(info.takesTyping());
        s.types(2, true, ops);
        QCOMPARE(info.activityText(), u"Bob is typing…"_s);
        QVERIFY(list.row(list.rowOf(ops)).typing);
        info.setConversation(ConversationId{ConversationKind::Group, u"empty"_s});
        QVERIFY(!info.takesTyping());
    }

    //! Older pages come through the store as well as from the journal: nothing stands twice, nothing that is shown
    //! goes.
    void pagedHistoryInTheModel()
    {
        TopicScene s;
        s.joined();
        const int window = s.store.limits().messagesPerConversation;
        const auto history = [&](int n) {
            events::MessageReceived m = s.message(2, QString::number(n), 1'775'000'000'000 + n * 1'000,
                                                  u"h%1"_s.arg(n, 5, 10, QLatin1Char('0')));
            m.conversation = kTopic;
            m.clientMessageId.clear();
            return m;
        };
        const auto tell = [&](int from, int to) { // newest first, as the session tells them
            protocol::EventList batch;
            for (int n = to - 1; n >= from; --n)
                batch.append(protocol::Event{kMesh, s.clock.now, history(n)});
            s.store.apply(batch);
        };
        MessageListModel model;
        const QAbstractItemModelTester tester(&model);
        model.setStore(&s.store);
        tell(350, 350 + window - 50);
        model.setConversation(kTopic);
        const auto shown = [&] {
            QList<int> numbers;
            for (int i = 0; i < model.rowCount(); ++i)
                numbers.append(model.rawText(i).toInt());
            return numbers;
        };
        const auto isRun = [](const QList<int> &numbers) {
            for (qsizetype i = 1; i < numbers.size(); ++i) {
                if (numbers.at(i) != numbers.at(i - 1) + 1)
                    return false;
            }
            return true;
        };
        QSet<quint64> before;
        for (int i = 0; i < model.rowCount(); ++i)
            before.insert(model.seqAt(i));
        QSet<quint64> removed;
        QObject::connect(&model, &MessageListModel::rowsAboutToBeRemoved, &model,
                         [&](const QModelIndex &, int first, int last) {
                             for (int i = first; i <= last; ++i)
                                 removed.insert(model.seqAt(i));
                         });
        tell(250, 350); // half of them fill the store's window, the others are for the journal
        QVERIFY(isRun(shown()));
        QVERIFY(!removed.intersects(before));
        QList<store::Message> page;
        for (int n = 200; n < 350; ++n) {
            store::Message message;
            const events::MessageReceived told = history(n);
            message.messageId = told.messageId;
            message.conversation = kTopic;
            message.senderKey = told.senderKey;
            message.text = told.text;
            message.sentAtMs = told.sentAtMs;
            page.append(message);
        }
        model.prependOlder(kTopic, page, false);
        QVERIFY(isRun(shown()));
        QCOMPARE(shown().first(), 200);
        tell(100, 200); // the store has no room for these
        QCOMPARE(shown().first(), 200);
        // News push the oldest out of the store's window, not off the screen.
        for (int n = 350 + window - 50; n < 350 + window + 20; ++n)
            s.apply(history(n));
        QVERIFY(isRun(shown()));
        QCOMPARE(shown().first(), 200);
        QVERIFY(!model.isAtStart());
        QCOMPARE(model.row(0).beginning, QString());
        model.prependOlder(kTopic, {}, true, true);
        QVERIFY(model.isAtStart());
        QCOMPARE(model.row(0).beginning, u"#deploys"_s);
        QCOMPARE(model.row(1).beginning, QString());
        QVERIFY(!removed.intersects(before));
    }

    //! Offline the journal's end is not the topic's; with the link there may be more.
    void askedAgainWhenTheLinkIsBack()
    {
        TopicScene s;
        s.joined();
        s.said(u"hello"_s, u"h1"_s);
        MessageListModel model;
        model.setStore(&s.store);
        model.setConversation(kTopic);
        model.prependOlder(kTopic, {}, true);
        QVERIFY(model.isAtStart());
        QCOMPARE(model.row(0).beginning, QString());
        events::ConnectionChanged lost;
        lost.state = protocol::ConnectionState::Offline;
        s.clock.now += 10;
        s.apply(lost);
        QVERIFY(model.isAtStart());
        s.clock.now += 10;
        s.online();
        QVERIFY(!model.isAtStart());
    }
};

MESH_TEST(TestTopicModels)

} // namespace tst_topicmodels

#include "tst_topicmodels.moc"
