// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QTemporaryDir>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

#include <algorithm>

#include "models/store/journal.h"
#include "models/store/meshstore.h"
#include "tests/support/testprogram.h"

namespace tst_arrangement {

using namespace Qt::StringLiterals;
using namespace mesh;
using namespace mesh::protocol;
using namespace mesh::protocol::events;
using namespace mesh::store;

//! What the user decides about conversations, and who got a message when: both survive, whatever the order of arrival.
class TestArrangement final : public QObject
{
    Q_OBJECT

private:
    const MeshId m_mesh = u"AbCdEfGhIjKlMnOpQrStUvWxYz012345"_s;
    const ConversationId m_group{ConversationKind::Group, u"ops"_s};

    Event at(qint64 ms, EventBody body) const { return {m_mesh, ms, std::move(body)}; }

private Q_SLOTS:
    void theNewestDecisionHolds()
    {
        EventList events{at(10, ConversationArranged{m_group, true, false, Attention::All}),
                         at(30, ConversationArranged{m_group, true, true, Attention::Mentions}),
                         at(20, ConversationArranged{m_group, false, false, Attention::Nothing})};
        QString digest;
        std::sort(events.begin(), events.end(), [](const Event &a, const Event &b) { return a.atMs < b.atMs; });
        do {
            MeshStore store(m_mesh);
            for (const Event &event : std::as_const(events))
                store.apply({event});
            const Arrangement kept = store.conversation(m_group)->arrangement;
            QVERIFY(kept.pinned && kept.archived);
            QCOMPARE(kept.attention, Attention::Mentions);
            QCOMPARE(kept.atMs, 30);
            QVERIFY(digest.isEmpty() || digest == store.digest());
            digest = store.digest();
        } while (std::next_permutation(events.begin(), events.end(),
                                       [](const Event &a, const Event &b) { return a.atMs < b.atMs; }));
    }

    void itIsKept()
    {
        QVERIFY(Journal::isWorthKeeping(at(1, ConversationArranged{m_group, true, false, Attention::Nothing})));
        const auto read =
            eventBodyFromJson(eventBodyToJson(ConversationArranged{m_group, true, false, Attention::Nothing}));
        QVERIFY(read.hasValue());
        const auto *told = getIf<ConversationArranged>(&*read);
        QVERIFY(told && told->pinned && told->attention == Attention::Nothing);

        MeshStore store(m_mesh);
        store.apply({at(5, *read)});
        MeshStore again(m_mesh);
        QVERIFY(again.restore(store.snapshot().toBytes()).hasValue());
        QCOMPARE(again.digest(), store.digest());
        QVERIFY(again.conversation(m_group)->arrangement.pinned);
    }

    //! Verdicts about keys: the newest holds in any order, and they are kept.
    void verdictsAboutKeys()
    {
        const QString ada(64, u'a');
        EventList events{at(10, PeerVerified{ada, u"Ada"_s, true}), at(30, PeerVerified{ada, u"Ada"_s, true}),
                         at(20, PeerVerified{ada, u"Ada"_s, false})};
        MeshStore forwards(m_mesh), backwards(m_mesh);
        for (const Event &event : std::as_const(events))
            forwards.apply({event});
        std::reverse(events.begin(), events.end());
        for (const Event &event : std::as_const(events))
            backwards.apply({event});
        QCOMPARE(forwards.digest(), backwards.digest());
        QVERIFY(forwards.verifications().value(ada).verified);
        QVERIFY(Journal::isWorthKeeping(events.first()));
        const auto read = eventBodyFromJson(eventBodyToJson(events.first().body));
        QVERIFY(read.hasValue() && holds<PeerVerified>(*read));
        MeshStore again(m_mesh);
        QVERIFY(again.restore(forwards.snapshot().toBytes()).hasValue());
        QCOMPARE(again.verifications(), forwards.verifications());
    }

    //! What was committed is there for whoever opens the file, although nobody closed it: as after a crash.
    void draftsSurviveACrash()
    {
        QTemporaryDir folder;
        JournalOptions options;
        options.path = folder.filePath(u"journal.db"_s);
        const auto key = [] { return SecretBytes::fromBytes(QByteArray(32, 'k')); };
        Journal crashed(key(), options);
        crashed.open();
        crashed.append({at(5, DraftChanged{m_group, u"half a thought"_s, u"m1"_s}),
                        at(5, PeerVerified{QString(64, u'b'), u"Bo the verified"_s, true}),
                        at(6, ConversationArranged{m_group, true, false, Attention::All})});
        QVERIFY(crashed.flush());

        Journal next(key(), options);
        QSignalSpy loaded(&next, &Journal::loaded);
        next.open();
        next.load(m_mesh);
        QTRY_COMPARE(loaded.count(), 1);
        MeshStore store(m_mesh);
        store.apply(loaded.first().first().value<JournalStart>().tail);
        QCOMPARE(store.conversation(m_group)->draft, u"half a thought"_s);
        QCOMPARE(store.conversation(m_group)->draftReplyToId, u"m1"_s);
        QVERIFY(store.verifications().value(QString(64, u'b')).verified);
        QVERIFY(store.conversation(m_group)->arrangement.pinned);
        for (const QFileInfo &info : QDir(folder.path()).entryInfoList(QDir::Files)) {
            QFile file(info.filePath());
            QVERIFY(file.open(QIODevice::ReadOnly));
            const QByteArray bytes = file.readAll();
            QVERIFY(!bytes.contains("half a thought") && !bytes.contains("Bo the verified")); // sealed
        }
    }

    void newsBringAnArchivedOneBack()
    {
        Conversation conversation;
        conversation.arrangement = {false, true, Attention::All, 100};
        conversation.lastAtMs = 100;
        QVERIFY(conversation.isArchived());
        conversation.lastAtMs = 101;
        QVERIFY(!conversation.isArchived());
        conversation.arrangement.attention = Attention::Nothing;
        QVERIFY(conversation.isArchived());
    }

    void receiptsTellWhoAndWhen()
    {
        MessageComposed composed;
        composed.clientMessageId = u"c1"_s;
        composed.conversation = m_group;
        composed.text = u"stand-up"_s;
        composed.composedAtMs = 1;
        const auto got = [](const QString &who, OutgoingState state) {
            return OutgoingChanged{u"c1"_s, state, u"M1"_s, {}, {}, who};
        };
        EventList events{at(20, got(u"bb"_s, OutgoingState::Delivered)), at(25, got(u"aa"_s, OutgoingState::Delivered)),
                         at(40, got(u"bb"_s, OutgoingState::Read)), at(60, got(u"bb"_s, OutgoingState::Delivered))};
        for (int turn = 0; turn < 4; ++turn) {
            MeshStore store(m_mesh);
            store.apply({at(1, composed)});
            for (const Event &event : std::as_const(events))
                store.apply({event});
            const QList<Receipt> wanted{{u"aa"_s, 25, 0}, {u"bb"_s, 20, 40}};
            QCOMPARE(store.message(u"c1"_s)->receipts, wanted);
            MeshStore again(m_mesh);
            QVERIFY(again.restore(store.snapshot().toBytes()).hasValue());
            QCOMPARE(again.message(u"c1"_s)->receipts, wanted);
            std::rotate(events.begin(), events.begin() + 1, events.end());
        }
    }
};

MESH_TEST(TestArrangement)

} // namespace tst_arrangement

#include "tst_arrangement.moc"
