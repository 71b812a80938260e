// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtCore/QDateTime>
#include <QtTest/QAbstractItemModelTester>
#include <QtTest/QTest>

#include "models/items/completion.h"
#include "models/items/conversationinfo.h"
#include "models/items/conversationlistmodel.h"
#include "models/items/messagelistmodel.h"
#include "models/items/namelikeness.h"
#include "models/items/notificationrules.h"
#include "models/items/slashcommand.h"
#include "tests/items/storefixture.h"
#include "tests/support/testprogram.h"

namespace tst_chatmodels {

using namespace Qt::StringLiterals;
using namespace mesh;
using namespace mesh::items;
using namespace mesh::test;
using protocol::ConversationId;
using protocol::ConversationKind;
using protocol::events::Attention;
namespace commands = protocol::commands;

class TestChatModels final : public QObject
{
    Q_OBJECT

private:
    static SlashOutcome read(const QString &text, StoreFixture &f,
                             const ConversationId &where = {ConversationKind::Group, u"ops"_s})
    {
        return SlashCommands::read(text, where, f.store, f.clock.now);
    }
    template <class T>
    static const T *as(const SlashOutcome &outcome)
    {
        return outcome.command ? protocol::getIf<T>(&*outcome.command) : nullptr;
    }
    template <class T>
    static const T *asked(const SlashOutcome &outcome)
    {
        const auto *request = as<commands::Request>(outcome);
        return request ? protocol::getIf<T>(&request->frame) : nullptr;
    }

private Q_SLOTS:
    void messagesAreNotCommands()
    {
        StoreFixture f;
        for (const QString &text : {u"hello"_s, u"/usr/bin/env is missing"_s, u"/ 5"_s, u"/"_s, u"a /dnd"_s}) {
            const SlashOutcome outcome = read(text, f);
            QVERIFY2(!outcome.isCommand, qPrintable(text));
            QCOMPARE(outcome.message, text);
        }
        QCOMPARE(read(u"//dnd is a command"_s, f).message, u"/dnd is a command"_s);
        QVERIFY(!read(u"//dnd"_s, f).isCommand);
        QCOMPARE(read(u"// a comment"_s, f).message, u"// a comment"_s);
        const SlashOutcome unknown = read(u"/dndd"_s, f);
        QVERIFY(unknown.isCommand && !unknown.command);
        QVERIFY(unknown.error.contains(u"//dndd"_s));
    }

    void commandsDoWhatTheySay()
    {
        StoreFixture f;
        QCOMPARE(as<commands::SetStatus>(read(u"/dnd"_s, f))->status, protocol::PeerStatus::Dnd);
        QCOMPARE(as<commands::SetStatus>(read(u"/DND off"_s, f))->status, protocol::PeerStatus::Idle);
        QVERIFY(!read(u"/dnd maybe"_s, f).error.isEmpty());
        QCOMPARE(as<commands::SetStatus>(read(u"/status working"_s, f))->status, protocol::PeerStatus::Working);
        QVERIFY(read(u"/status lunch"_s, f).error.contains(u"/summary"_s));
        QCOMPARE(as<commands::SetSummary>(read(u"/summary at lunch"_s, f))->text, u"at lunch"_s);

        const SlashOutcome reminder = read(u"/remind 1h30m look at\nthe build"_s, f);
        const auto *schedule = asked<protocol::Schedule>(reminder);
        QVERIFY(schedule);
        QCOMPARE(schedule->to, u"@ops"_s);
        QCOMPARE(schedule->message, u"look at\nthe build"_s);
        QCOMPARE(schedule->deliverAt.value_or(0), f.clock.now + 90 * 60'000);
        QCOMPARE(schedule->subtype, u"reminder"_s);
        QVERIFY(reminder.done.contains(u"unencrypted"_s));
        for (const QString &bad :
             {u"/remind"_s, u"/remind soon tea"_s, u"/remind 10m"_s, u"/remind 0m tea"_s, u"/remind 99d tea"_s})
            QVERIFY2(!read(bad, f).error.isEmpty() && !read(bad, f).command, qPrintable(bad));
        QCOMPARE(asked<protocol::Schedule>(read(u"/remind 5m x"_s, f, direct(3)))->to, keyOf(3));
        QCOMPARE(asked<protocol::Schedule>(read(u"/remind 5m x"_s, f, {ConversationKind::Broadcast, {}}))->to, u"*"_s);

        QCOMPARE(as<commands::SetState>(read(u"/state frozen true"_s, f))->value, QJsonValue(true));
        QCOMPARE(as<commands::SetState>(read(u"/state who Ada and Bob"_s, f))->value, QJsonValue(u"Ada and Bob"_s));
        QCOMPARE(as<commands::SetState>(read(u"/state n 4.5"_s, f))->value, QJsonValue(4.5));
        QCOMPARE(as<commands::SetState>(read(u"/state n 1}, \"x\": {\"y\": 2"_s, f))->value.isString(), true);
        f.apply(events::StateSet{u"frozen"_s, true, keyOf(1)});
        QVERIFY(read(u"/state frozen"_s, f).done.contains(u"true"_s));
        QVERIFY(!read(u"/state frozen"_s, f).command);

        const SlashOutcome memory = read(u"/remember the port is 8080 #infra #ports"_s, f);
        QCOMPARE(as<commands::Remember>(memory)->content, u"the port is 8080"_s);
        QCOMPARE(as<commands::Remember>(memory)->tags, (QStringList{u"infra"_s, u"ports"_s}));
        QVERIFY(!read(u"/remember #only"_s, f).error.isEmpty());

        const SlashOutcome outcome = read(u"/task write the tests @qa !high #release"_s, f);
        const auto *task = asked<protocol::CreateTask>(outcome);
        QVERIFY(task);
        QCOMPARE(task->title, u"write the tests"_s);
        QCOMPARE(task->assignee, u"qa"_s);
        QCOMPARE(task->priority, u"high"_s);
        QCOMPARE(task->tags, QStringList{u"release"_s});
        QVERIFY(!read(u"/task @qa"_s, f).error.isEmpty());

        const SlashOutcome shared = read(u"/skill deploy How to deploy\nRun make deploy.\nThen look."_s, f);
        const auto *skill = asked<protocol::ShareSkill>(shared);
        QVERIFY(skill);
        QCOMPARE(skill->name, u"deploy"_s);
        QCOMPARE(skill->description, u"How to deploy"_s);
        QCOMPARE(skill->instructions, u"Run make deploy.\nThen look."_s);
        QVERIFY(!read(u"/skill deploy How to deploy"_s, f).error.isEmpty());
    }

    void timesOfDay()
    {
        const qint64 noon = QDateTime(QDate(2026, 4, 8), QTime(12, 0)).toMSecsSinceEpoch();
        QCOMPARE(SlashCommands::whenMs(u"14:30", noon), noon + 150 * 60'000);
        QCOMPARE(SlashCommands::whenMs(u"9:05", noon), QDateTime(QDate(2026, 4, 9), QTime(9, 5)).toMSecsSinceEpoch());
        QVERIFY(!SlashCommands::whenMs(u"25:00", noon));
        QVERIFY(!SlashCommands::whenMs(u"", noon));
    }

    void completions()
    {
        StoreFixture f;
        f.online();
        auto grouped = f.peer(3, u"api"_s);
        grouped.groups = {{u"sales"_s, {}}};
        f.list({f.peer(1, u"sales-rep-1"_s), f.peer(2, u"presales"_s), grouped});
        const auto titles = [&](QStringView text) {
            QStringList all;
            const Completions found = completionsFor(f.store, text);
            for (const Completion &row : found.rows)
                all.append(row.title);
            return all;
        };
        QCOMPARE(titles(u"ask @sal"), (QStringList{u"sales-rep-1"_s, u"@sales"_s, u"presales"_s}));
        QCOMPARE(completionsFor(f.store, u"ask @sal").from, 4);
        QCOMPARE(completionsFor(f.store, u"ask @sal").rows[0].insert, u"@sales-rep-1"_s);
        QCOMPARE(titles(u"(@REP"), QStringList{u"sales-rep-1"_s});
        QVERIFY(titles(u"mail@sal").isEmpty()); // an address, not a peer
        QVERIFY(titles(u"@sales rep").isEmpty());
        QVERIFY(titles(u"x /d").isEmpty());
        QCOMPARE(titles(u"/re").size(), 2); // remind, remember
        protocol::TopicRow topic;
        topic.id = u"t1"_s;
        topic.name = u"deploys"_s;
        f.apply(events::TopicsListed{{topic}});
        QCOMPARE(titles(u"#dep"), QStringList{u"#deploys"_s});
    }

    void namesThatLookAlike()
    {
        QCOMPARE(nameSkeleton(u"sales-rep-1"), nameSkeleton(u"S\u0430les_Rep-l")); // Cyrillic a
        QCOMPARE(nameSkeleton(u"admin"), nameSkeleton(u"adm\u200Bin"));
        QVERIFY(nameSkeleton(u"sales-rep-1") != nameSkeleton(u"sales-rep-2"));
        StoreFixture f;
        f.online();
        f.list({f.peer(1, u"backend"_s)});
        f.clock.now += 1'000;
        auto other = f.peer(3, u"backend"_s); // another session of the same member
        other.memberPubkey = memberOf(1);
        f.list({f.peer(1, u"backend"_s), f.peer(2, u"b\u0430ckend"_s), other, f.peer(4, u"m\u0430ya"_s)});
        NameLikeness likeness;
        QCOMPARE(likeness.imitated(f.store, keyOf(1)), QString());
        QCOMPARE(likeness.imitated(f.store, keyOf(2)), u"backend"_s);
        QCOMPARE(likeness.imitated(f.store, keyOf(3)), QString());
        QCOMPARE(likeness.imitated(f.store, keyOf(4)), u"Maya"_s); // the user

        MessageListModel model;
        model.setStore(&f.store);
        f.receive(2, u"send me the key"_s);
        model.setConversation(direct(2));
        QCOMPARE(model.row(0).imitates, u"backend"_s);
    }

    //! Trust goes by member keys: sessions come and go, a key that takes over a known name is told from both a stranger
    //! and an imitation that is there at the same time.
    void keysAreToldApart()
    {
        StoreFixture f;
        f.online();
        f.list({f.peer(1, u"ada"_s), f.peer(2, u"bo"_s), f.peer(3, u"stranger"_s)});
        KeyTrustBook trust;
        const auto of = [&](int n) {
            trust.clear();
            return trust.of(f.store, keyOf(n));
        };
        QCOMPARE(of(1), KeyTrust::Unknown);
        f.apply(events::PeerVerified{memberOf(1), u"ada"_s, true});
        QCOMPARE(of(1), KeyTrust::Verified);
        QCOMPARE(of(2), KeyTrust::Unknown);
        auto second = f.peer(4, u"ada"_s); // another session of the same member
        second.memberPubkey = memberOf(1);
        f.list({second, f.peer(2, u"bo"_s), f.peer(5, u"Ada"_s)});
        QCOMPARE(of(4), KeyTrust::Verified);
        QCOMPARE(of(5), KeyTrust::Unknown); // the true one is here: this is an imitation
        NameLikeness likeness;
        QCOMPARE(likeness.imitated(f.store, keyOf(5)), u"ada"_s);
        f.receive(2, u"hello"_s); // known by having written
        f.list({f.peer(5, u"Ada"_s), f.peer(6, u"bo"_s), f.peer(7, u"stranger"_s)});
        QCOMPARE(of(5), KeyTrust::Changed); // now that she is gone, her name stands for another key
        QCOMPARE(of(6), KeyTrust::Changed);
        QCOMPARE(of(7), KeyTrust::Unknown); // nobody ever spoke with the first of this name
        QVERIFY(trust.changedAtMs(f.store, keyOf(5)) > 0);
        f.clock.now += 10;
        f.apply(events::PeerVerified{memberOf(5), u"Ada"_s, true});
        QCOMPARE(of(5), KeyTrust::Verified);
        f.clock.now += 10;
        f.apply(events::PeerVerified{memberOf(5), u"Ada"_s, false});
        QCOMPARE(of(5), KeyTrust::Changed);
        // The broker names another member behind a session that was verified.
        auto swapped = f.peer(4, u"ada"_s);
        swapped.memberPubkey = memberOf(8);
        f.list({swapped});
        QCOMPARE(of(4), KeyTrust::Changed);
    }

    //! Whoever took a name first is not its owner for that: the one whose number was compared is.
    void anImitatorThatWasFirstIsMarked()
    {
        StoreFixture f;
        f.online();
        f.list({f.peer(1, u"Ad\u0430"_s)}); // Cyrillic a
        f.clock.now += 1'000;
        f.list({f.peer(1, u"Ad\u0430"_s), f.peer(2, u"Ada"_s)});
        NameLikeness likeness;
        QCOMPARE(likeness.imitated(f.store, keyOf(1)), QString());
        f.apply(events::PeerVerified{memberOf(2), u"Ada"_s, true});
        likeness.clear();
        QCOMPARE(likeness.imitated(f.store, keyOf(1)), u"Ada"_s);
        QCOMPARE(likeness.imitated(f.store, keyOf(2)), QString());
    }

    void conversationsAreArranged()
    {
        StoreFixture f;
        f.online();
        f.list({f.peer(1, u"one"_s), f.peer(2, u"two"_s), f.peer(3, u"three"_s)});
        ConversationListModel model(f.clock);
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setStore(&f.store);
        for (int n = 1; n <= 3; ++n) {
            f.receive(n, u"hello"_s, f.clock.now + n);
            f.apply(events::ConversationRead{direct(n), f.clock.now + n});
        }
        QVERIFY(model.rowOf(direct(3)) < model.rowOf(direct(1)));
        f.apply(events::ConversationArranged{direct(1), true, false, Attention::All});
        QVERIFY(model.rowOf(direct(1)) < model.rowOf(direct(3)));
        QVERIFY(model.row(model.rowOf(direct(1))).pinned);

        f.clock.now += 100;
        f.apply(events::ConversationArranged{direct(2), false, true, Attention::All});
        QCOMPARE(model.rowOf(direct(2)), -1); // the archive is folded
        const int head = model.rowCount() - 1;
        QCOMPARE(model.row(head).section, ConversationListModel::Section::Archive);
        QCOMPARE(model.row(head).count, 1);
        model.setArchiveOpen(true);
        QCOMPARE(model.rowOf(direct(2)), model.rowCount() - 1);
        model.setArchiveOpen(false);
        f.clock.now += 100;
        f.receive(2, u"news"_s, f.clock.now); // comes back by itself
        QVERIFY(model.rowOf(direct(2)) >= 0);
        QCOMPARE(model.row(model.rowOf(direct(2))).section, ConversationListModel::Section::Direct);
        QCOMPARE(model.totalUnread(), 1);
        f.apply(events::ConversationArranged{direct(2), false, true, Attention::Nothing}); // but not a muted one
        f.clock.now += 100;
        f.receive(2, u"more news"_s, f.clock.now);
        QCOMPARE(model.rowOf(direct(2)), -1);
        QCOMPARE(model.totalUnread(), 0);
    }

    void unreadOnlyAndByNeed()
    {
        StoreFixture f;
        f.online();
        f.list({f.peer(1, u"one"_s), f.peer(2, u"two"_s), f.peer(3, u"three"_s), f.peer(4, u"four"_s)});
        ConversationListModel model(f.clock);
        model.setStore(&f.store);
        f.receive(1, u"old but unread"_s, f.clock.now + 1);
        f.receive(2, u"new and read"_s, f.clock.now + 2);
        f.apply(events::ConversationRead{direct(2), f.clock.now + 2});
        f.receive(3, u"newest and read"_s, f.clock.now + 3);
        f.apply(events::ConversationRead{direct(3), f.clock.now + 3});
        QVERIFY(model.rowOf(direct(3)) < model.rowOf(direct(1)));
        model.setOrder(ConversationListModel::Order::Need);
        QVERIFY(model.rowOf(direct(1)) < model.rowOf(direct(3)));
        model.setUnreadOnly(true);
        QVERIFY(model.rowOf(direct(1)) >= 0);
        QCOMPARE(model.rowOf(direct(2)), -1);
        QCOMPARE(model.rowOf(direct(4)), -1);
        model.setKept(direct(1));
        f.apply(events::ConversationRead{direct(1), f.clock.now + 10});
        QVERIFY(model.rowOf(direct(1)) >= 0); // it is open: it stays
        model.setKept(std::nullopt);
        QCOMPARE(model.rowOf(direct(1)), -1);
    }

    void whoGetsABroadcast()
    {
        StoreFixture f;
        f.online();
        auto own = f.peer(3, u"my other session"_s);
        own.memberPubkey = memberOf(StoreFixture::kSelf);
        f.list({f.peer(1, u"qa"_s), f.peer(2, u"api"_s), own});
        ConversationInfo info(f.clock);
        info.setStore(&f.store);
        info.setConversation(ConversationId{ConversationKind::Broadcast, {}});
        const auto reach = info.reach();
        QCOMPARE(reach.gets, (QStringList{u"api"_s, u"qa"_s}));
        QCOMPARE(reach.misses.size(), 1);
        QCOMPARE(reach.misses[0].name, u"my other session"_s);
        QVERIFY(info.recipientsText().contains(u"goes to 2 peers, not to my other session"_s));
    }

    void whatIsWorthANotification()
    {
        NotificationPolicy policy;
        store::Conversation conversation;
        conversation.id = direct(1);
        store::Message message;
        message.text = u"**hi**\nthere"_s;
        message.sentAtMs = 1'000'000;
        NotificationRules::Scene scene;
        scene.senderName = u"qa"_s;
        scene.conversationTitle = u"@ops"_s;
        scene.nowMs = 1'000'500;
        const auto judge = [&] { return NotificationRules::judge(policy, conversation, message, scene); };

        QCOMPARE(judge()->title, u"qa"_s);
        QCOMPARE(judge()->body, u"**hi** there"_s);
        scene.needsUser = true;
        QCOMPARE(judge()->reason, Notification::Reason::WaitsForHuman);
        scene.needsUser = false;
        scene.reading = true;
        QVERIFY(!judge());
        scene.reading = false;
        conversation.readUpToMs = message.sentAtMs;
        QVERIFY(!judge());
        conversation.readUpToMs = 0;
        message.own = true;
        QVERIFY(!judge());
        message.own = false;
        policy.enabled = false;
        QVERIFY(!judge());
        policy.enabled = true;

        policy.showContent = false;
        QVERIFY(!judge()->title.contains(u"qa"_s) && !judge()->body.contains(u"hi"_s));
        policy.showContent = true;

        conversation.arrangement.attention = Attention::Nothing;
        message.priority = protocol::Priority::Now;
        QVERIFY(!judge()); // muted is muted
        conversation.arrangement.attention = Attention::Mentions;
        QVERIFY(!judge());
        message.mention = true;
        QVERIFY(judge()->urgent);
        conversation.arrangement.attention = Attention::All;
        message.mention = false;
        message.priority = protocol::Priority::Next;

        conversation.id = {ConversationKind::Group, u"ops"_s};
        QVERIFY(!judge()); // groups speak all day
        message.mention = true;
        QVERIFY(judge()->title.contains(u"@ops"_s));
        scene.nowMs = message.sentAtMs + NotificationRules::kFreshMs + 1;
        QVERIFY(!judge()); // caught up on, not news
    }

    void quietHours()
    {
        NotificationPolicy policy;
        policy.quietHours = true; // 22:00 to 07:00
        const auto at = [](int hour, int minute) {
            return QDateTime(QDate(2026, 4, 8), QTime(hour, minute)).toMSecsSinceEpoch();
        };
        QVERIFY(policy.isQuietAt(at(23, 0)));
        QVERIFY(policy.isQuietAt(at(6, 59)));
        QVERIFY(!policy.isQuietAt(at(7, 0)));
        policy.quietFromMinute = 12 * 60;
        policy.quietToMinute = 13 * 60;
        QVERIFY(policy.isQuietAt(at(12, 30)));
        QVERIFY(!policy.isQuietAt(at(13, 0)));
        store::Conversation conversation;
        conversation.id = direct(1);
        store::Message message;
        message.sentAtMs = at(12, 30);
        NotificationRules::Scene scene;
        scene.nowMs = at(12, 30);
        QVERIFY(!NotificationRules::judge(policy, conversation, message, scene));
        message.priority = protocol::Priority::Now;
        const auto urgent = NotificationRules::judge(policy, conversation, message, scene);
        QVERIFY(urgent && !urgent->sound);
    }

    void repliesKnowWhatTheyAnswer()
    {
        StoreFixture f;
        f.online();
        f.list({f.peer(1, u"qa"_s)});
        f.receive(1, u"is it\ndone?"_s); // m1
        auto answer = f.message(1, u"yes"_s, f.clock.now + 5, u"m9"_s);
        answer.replyToId = u"m1"_s;
        f.apply(answer);
        answer = f.message(1, u"and that"_s, f.clock.now + 6, u"m10"_s);
        answer.replyToId = u"not here"_s;
        f.apply(answer);
        MessageListModel model;
        model.setStore(&f.store);
        model.setConversation(direct(1));
        QCOMPARE(model.row(1).replySender, u"qa"_s);
        QCOMPARE(model.row(1).replyText, u"is it done?"_s);
        QVERIFY(model.row(2).replyText.isEmpty());
        QCOMPARE(model.rowAtTime(f.clock.now + 6), 2);
    }
};

MESH_TEST(TestChatModels)

} // namespace tst_chatmodels

#include "tst_chatmodels.moc"
