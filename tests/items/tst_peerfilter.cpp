// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtCore/QRandomGenerator>
#include <QtTest/QAbstractItemModelTester>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

#include "models/items/conversationlistmodel.h"
#include "models/items/filtercompletion.h"
#include "models/items/filterwords.h"
#include "models/items/focusstate.h"
#include "models/items/peerfilter.h"
#include "models/items/peermatches.h"
#include "tests/items/storefixture.h"
#include "tests/support/testprogram.h"

namespace tst_peerfilter {

using namespace Qt::StringLiterals;
using namespace mesh::items;
using namespace mesh::test;
using mesh::protocol::PeerKind;
using mesh::protocol::PeerStatus;

namespace {

constexpr qint64 kNow = 1'775'653'500'000;

mesh::store::Peer backend()
{
    mesh::store::Peer peer;
    peer.key = keyOf(7);
    peer.name = u"Backend Lead"_s;
    peer.kind = PeerKind::Ai;
    peer.status = PeerStatus::Working;
    peer.presence = mesh::store::Presence::Live;
    peer.groups = {{u"backend"_s, {}}, {u"leads"_s, {}}};
    peer.model = u"opus-4"_s;
    peer.channel = u"claude-code"_s;
    peer.hostname = u"build-3"_s;
    peer.cwd = u"/srv/shop"_s;
    peer.stats.contextUsed = 170'000;
    peer.stats.contextMax = 200'000;
    peer.statusSinceMs = kNow - 600'000;
    peer.lastTrafficMs = kNow - 300'000;
    return peer;
}

//! The plain way: every split is tried.
bool slowGlob(QStringView pattern, QStringView text)
{
    if (pattern.isEmpty())
        return text.isEmpty();
    if (pattern.front() == u'*')
        return slowGlob(pattern.mid(1), text) || (!text.isEmpty() && slowGlob(pattern, text.mid(1)));
    return !text.isEmpty() && (pattern.front() == u'?' || pattern.front() == text.front())
        && slowGlob(pattern.mid(1), text.mid(1));
}

} // namespace

class TestPeerFilter final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void expressionsMean_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<bool>("passes");
        const auto row = [](const char *text, bool passes) {
            QTest::addRow("%s", text) << QString::fromUtf8(text) << passes;
        };
        row("", true);
        row("   ", true);
        row("lead", true);
        row("BACKEND", true);
        row("front", false);
        row("-front", true);
        row("!lead", false);
        row("\"backend lead\"", true);
        row("\"lead backend\"", false);
        row("back* ", true);
        row("*end", false);
        row("*lead", true);
        row("front,lead", true);
        row("type:ai", true);
        row("type:human", false);
        row("type:human,ai", true);
        row("-type:ai", false);
        row("TYPE:AI", true);
        row("status:working", true);
        row("status:idle,dnd", false);
        row("group:backend", true);
        row("group:@backend", true);
        row("group:back", false);
        row("group:back*", true);
        row("group:\"\"", false);
        row("-group:test", true);
        row("model:opus", true);
        row("model:opus*", true);
        row("model=opus", false);
        row("model=opus-4", true);
        row("model:\"\"", false);
        row("channel:claude", true);
        row("host:build-?", true);
        row("host:build-??", false);
        row("cwd:*/shop", true);
        row("name:lead", true);
        row("name=\"backend lead\"", true);
        row("unread:yes", true);
        row("unread:no", false);
        row("unread>2", false);
        row("unread>=2", true);
        row("unread:2", true);
        row("unread=3", false);
        row("context>80", true);
        row("context>80%", true);
        row("context<80", false);
        row("context>=85", true);
        row("context>85", false);
        row("context:unknown", false);
        row("idle>5m", false); // it works
        row("-idle>5m", true);
        row("type:ai status:working -group:test context>80 lead", true);
        row("type:ai status:working -group:backend", false);
    }

    void expressionsMean()
    {
        QFETCH(QString, text);
        QFETCH(bool, passes);
        const auto parsed = PeerFilter::parse(text);
        QVERIFY2(!parsed.error, qPrintable(parsed.error ? parsed.error->sentence : QString()));
        const mesh::store::Peer peer = backend();
        QCOMPARE(parsed.filter.matches({peer, 2, kNow}), passes);
    }

    void idleIsTimeWithoutASign()
    {
        mesh::store::Peer peer = backend();
        peer.status = PeerStatus::Idle;
        const auto passes = [&](const QString &text) {
            return PeerFilter::parse(text).filter.matches({peer, 0, kNow});
        };
        QVERIFY(passes(u"idle>4m"_s));
        QVERIFY(passes(u"idle>299s"_s));
        QVERIFY(passes(u"idle>4"_s)); // minutes
        QVERIFY(!passes(u"idle>5m"_s));
        QVERIFY(passes(u"idle>=5m"_s));
        QVERIFY(passes(u"idle<1h"_s));
        QVERIFY(passes(u"idle<1d"_s));
        QVERIFY(PeerFilter::parse(u"idle>4m"_s).filter.dependsOnTime());
        QVERIFY(!PeerFilter::parse(u"type:ai"_s).filter.dependsOnTime());
        peer.stats = {};
        QVERIFY(passes(u"context:unknown"_s));
        QVERIFY(!passes(u"context<100"_s)); // not reported is not zero
    }

    void errorsNameTheirPlace_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("place"); // what is underlined
        QTest::addColumn<QString>("says");
        const auto row = [](const char *text, const char *place, const char *says) {
            QTest::addRow("%s", text) << QString::fromUtf8(text) << QString::fromUtf8(place) << QString::fromUtf8(says);
        };
        row("type:ai colour:red", "colour", "no field");
        row("lead status:busy", "busy", "no status");
        row("type:ai,robot", "robot", "no type");
        row("group:", "group:", "missing");
        row("group: backend", "group:", "missing");
        row("type>ai", ">", "no number");
        row("context>lots", "lots", "percentage");
        row("context>101", "101", "percentage");
        row("context>nan", "nan", "percentage");
        row("context:80", ":80", "more or less");
        row("idle>5x", "5x", "time");
        row("idle>-5", "-5", "time");
        row("unread:maybe", "maybe", "messages");
        row("unread>3,4", ",", "alternatives");
        row("name:\"Maya", "\"Maya", "never closed");
        row("ab\"c", "\"", "beginning");
        row("\"a\"b", "b", "must follow");
        row("a,,b", ",", "missing");
        row("a,", ",", "missing");
        row(",", ",", "missing");
        row("type:ai -", "-", "minus");
        row("- type:ai", "-", "minus");
    }

    void errorsNameTheirPlace()
    {
        QFETCH(QString, text);
        QFETCH(QString, place);
        QFETCH(QString, says);
        const auto parsed = PeerFilter::parse(text);
        QVERIFY(parsed.error);
        QVERIFY(parsed.filter.isEmpty());
        QCOMPARE(text.mid(parsed.error->at, parsed.error->length), place);
        QVERIFY2(parsed.error->sentence.contains(says), qPrintable(parsed.error->sentence));
    }

    void tooMuchIsRefused()
    {
        QVERIFY(PeerFilter::parse(QString(PeerFilter::kMaxChars, u'a')).error == std::nullopt);
        const auto longer = PeerFilter::parse(QString(PeerFilter::kMaxChars + 5, u'a'));
        QCOMPARE(longer.error->at, PeerFilter::kMaxChars);
        QCOMPARE(longer.error->length, 5);
        QVERIFY(!PeerFilter::parse(u"a "_s.repeated(PeerFilter::kMaxTerms)).error);
        QVERIFY(PeerFilter::parse(u"a "_s.repeated(PeerFilter::kMaxTerms + 1)).error);
    }

    //! Any text is understood or explained, and every place lies inside it.
    void anyTextIsUnderstoodOrExplained()
    {
        const QStringList pieces{u"type"_s,
                                 u"status"_s,
                                 u"group"_s,
                                 u"context"_s,
                                 u"idle"_s,
                                 u"unread"_s,
                                 u"name"_s,
                                 u":"_s,
                                 u">"_s,
                                 u"<="_s,
                                 u"="_s,
                                 u","_s,
                                 u"\""_s,
                                 u"\\"_s,
                                 u" "_s,
                                 u"-"_s,
                                 u"!"_s,
                                 u"*"_s,
                                 u"?"_s,
                                 u"ai"_s,
                                 u"80"_s,
                                 u"5m"_s,
                                 u"%"_s,
                                 u"@x"_s,
                                 u"\U0001F600"_s,
                                 u"\u202E"_s,
                                 u"é"_s,
                                 u"\t"_s,
                                 u"."_s,
                                 u"1e9"_s,
                                 QString(QChar(0)),
                                 QString(QChar(0xD800))};
        QRandomGenerator random(4);
        const mesh::store::Peer peer = backend();
        int good = 0;
        for (int round = 0; round < 60'000; ++round) {
            QString text;
            const int length = random.bounded(14);
            for (int i = 0; i < length; ++i)
                text += pieces.at(random.bounded(int(pieces.size())));
            const auto parsed = PeerFilter::parse(text);
            if (parsed.error) {
                QVERIFY(parsed.error->at >= 0 && parsed.error->length >= 0);
                QVERIFY2(parsed.error->at + parsed.error->length <= text.size(), qPrintable(text));
                QVERIFY2(parsed.error->length > 0, qPrintable(text));
                QVERIFY(!parsed.error->sentence.isEmpty());
                QVERIFY(parsed.filter.isEmpty());
                continue;
            }
            ++good;
            // The terms are the text: read one by one they say the same as together, and none overlaps another.
            qsizetype end = 0;
            bool all = true;
            for (const FilterTerm &term : parsed.filter.terms()) {
                QVERIFY(term.at >= end && term.length > 0);
                end = term.at + term.length;
                QVERIFY(end <= text.size());
                const auto alone = PeerFilter::parse(text.mid(term.at, term.length));
                QVERIFY2(!alone.error, qPrintable(text));
                QCOMPARE(alone.filter.terms().size(), 1);
                all = all && alone.filter.matches({peer, 2, kNow});
                QVERIFY(!PeerFilter::label(term).isEmpty());
                QVERIFY(!PeerFilter::parse(PeerFilter::withoutTerm(text, term)).error);
            }
            QCOMPARE(parsed.filter.matches({peer, 2, kNow}), all);
            const auto offers = completeFilter(text, random.bounded(length + 2), {});
            for (const FilterCompletion &offer : offers)
                QVERIFY(offer.at >= 0 && offer.at + offer.length <= text.size());
        }
        QVERIFY2(good > 5'000, qPrintable(QString::number(good)));
    }

    void anyValueCanBeQuoted()
    {
        QRandomGenerator random(5);
        const QString letters = u"ab \"\\,:<>=-!@é\U0001F600*?"_s;
        for (int round = 0; round < 5'000; ++round) {
            QString value;
            const int length = random.bounded(1, 9);
            for (int i = 0; i < length; ++i)
                value += letters.at(random.bounded(int(letters.size())));
            const auto parsed = PeerFilter::parse(u"model="_s + PeerFilter::quoted(value));
            QVERIFY2(!parsed.error, qPrintable(value));
            QCOMPARE(parsed.filter.terms().constFirst().patterns, QStringList{value.toCaseFolded()});
        }
    }

    void globsMatchAsThePlainWay()
    {
        QRandomGenerator random(6);
        int hits = 0;
        for (int round = 0; round < 50'000; ++round) {
            QString pattern, text;
            for (int i = random.bounded(7); i > 0; --i)
                pattern += u"ab*?"_s.at(random.bounded(4));
            for (int i = random.bounded(9); i > 0; --i)
                text += u"ab"_s.at(random.bounded(2));
            const bool expected = slowGlob(pattern, text);
            hits += expected ? 1 : 0;
            QVERIFY2(globMatches(pattern, text) == expected, qPrintable(pattern + u' ' + text));
        }
        QVERIFY(hits > 2'000);
        // Would take for ever if every star tried every split.
        QVERIFY(!globMatches(u"*a"_s.repeated(200) + u'b', QString(2'000, u'a')));
    }

    void completes()
    {
        FilterVocabulary words;
        words.add(backend());
        mesh::store::Peer other = backend();
        other.name = u"api"_s;
        other.groups = {{u"api team"_s, {}}};
        words.add(other);
        words.sortValues();
        const auto texts = [&](const QString &text, qsizetype cursor = -1) {
            QStringList list;
            for (const auto &offer : completeFilter(text, cursor < 0 ? text.size() : cursor, words)) {
                QString done = text;
                list.append(done.replace(offer.at, offer.length, offer.insert));
            }
            return list;
        };
        QCOMPARE(texts(u"st"_s), QStringList({u"status:"_s}));
        QCOMPARE(texts(u"type:ai -gr"_s), QStringList({u"type:ai -group:"_s}));
        QCOMPARE(texts(u"status:w"_s), QStringList({u"status:working"_s}));
        QCOMPARE(texts(u"status:idle,w"_s), QStringList({u"status:idle,working"_s}));
        QCOMPARE(texts(u"group:"_s), QStringList({u"group:\"api team\""_s, u"group:backend"_s, u"group:leads"_s}));
        QCOMPARE(texts(u"group:\"api t"_s), QStringList({u"group:\"api team\""_s}));
        QCOMPARE(texts(u"con"_s), QStringList({u"context>"_s}));
        QCOMPARE(texts(u"st lead"_s, 2), QStringList({u"status: lead"_s}));
        QVERIFY(texts(u"lea"_s).contains(u"\"Backend Lead\""_s)); // a name
        QVERIFY(texts(u"colour:"_s).isEmpty());
        QCOMPARE(texts(QString()).size(), int(filterWords.size()));
    }

    void focusKeepsTheLastGoodFilter()
    {
        FocusState focus;
        QSignalSpy changed(&focus, &FocusState::filterChanged);
        focus.setFilterText(u"type:ai"_s);
        QCOMPARE(changed.size(), 1);
        focus.setFilterText(u"type:ai status:"_s);
        QCOMPARE(changed.size(), 1);
        QVERIFY(focus.filterError());
        QCOMPARE(focus.filter().terms().size(), 1);
        focus.setFilterText({});
        QVERIFY(!focus.filterError());
        QVERIFY(focus.filter().isEmpty());
    }

    void matchesFollowTheStore()
    {
        StoreFixture f;
        f.online();
        f.list({StoreFixture::peer(1, u"qa"_s, PeerStatus::Working), StoreFixture::peer(2, u"db"_s)});
        FocusState focus;
        PeerMatches matches(focus, f.clock);
        matches.setStore(&f.store);
        QVERIFY(!matches.isFiltering());
        QVERIFY(matches.passes(keyOf(1)) && matches.passes(keyOf(2)));
        QSignalSpy changed(&matches, &PeerMatches::changed);

        focus.setFilterText(u"status:working"_s);
        QCOMPARE(changed.size(), 1);
        QVERIFY(matches.passes(keyOf(1)) && !matches.passes(keyOf(2)));
        QCOMPARE(matches.shown(), 1);

        f.list(
            {StoreFixture::peer(1, u"qa"_s, PeerStatus::Working), StoreFixture::peer(2, u"db"_s, PeerStatus::Working)});
        QCOMPARE(changed.size(), 2);
        QCOMPARE(changed.last().at(0).value<QSet<QString>>(), QSet<QString>{keyOf(2)});
        QVERIFY(matches.passes(keyOf(2)));

        focus.setFilterText(u"unread:yes"_s);
        QVERIFY(!matches.passes(keyOf(1)));
        f.receive(1, u"hello"_s);
        QVERIFY(matches.passes(keyOf(1)) && !matches.passes(keyOf(2)));

        focus.setFilterText({});
        QVERIFY(matches.passes(keyOf(2)));
        matches.setStore(nullptr);
        QCOMPARE(matches.total(), 0);
    }

    //! Following change sets gives what looking at everybody gives.
    void followingIsAsGoodAsLooking()
    {
        StoreFixture f;
        f.online();
        FocusState focus;
        PeerMatches follows(focus, f.clock);
        follows.setStore(&f.store);
        QRandomGenerator random(7);
        const QStringList filters{u"status:working"_s, u"-status:idle name:p1*"_s, u"unread:yes"_s, u"group:g1"_s,
                                  u""_s};
        for (int round = 0; round < 200; ++round) {
            if (random.bounded(12) == 0)
                focus.setFilterText(filters.at(random.bounded(int(filters.size()))));
            if (random.bounded(3) == 0) {
                f.receive(random.bounded(20), u"x"_s);
            } else {
                QList<mesh::protocol::PeerRow> rows;
                for (int n = 0; n < 20; ++n) {
                    if (random.bounded(8) == 0)
                        continue;
                    auto row = StoreFixture::peer(n, u"p%1"_s.arg(n), PeerStatus(random.bounded(3)));
                    row.groups = {{u"g%1"_s.arg(random.bounded(3)), {}}};
                    rows.append(row);
                }
                f.list(rows);
            }
            PeerMatches looks(focus, f.clock);
            looks.setStore(&f.store);
            for (const auto &peer : f.store.peers())
                QVERIFY(follows.passes(peer.key) == looks.passes(peer.key));
        }
    }

    void peersListFollows()
    {
        StoreFixture f;
        f.online();
        f.list({StoreFixture::peer(1, u"qa"_s, PeerStatus::Working), StoreFixture::peer(2, u"db"_s)});
        f.receive(3, u"hello"_s);
        FocusState focus;
        PeerMatches matches(focus, f.clock);
        matches.setStore(&f.store);
        ConversationListModel list(f.clock);
        const QAbstractItemModelTester tester(&list, QAbstractItemModelTester::FailureReportingMode::QtTest);
        list.setStore(&f.store);
        list.setMatches(&matches);
        QVERIFY(list.rowOf(direct(1)) >= 0 && list.rowOf(direct(2)) >= 0);
        focus.setFilterText(u"status:working"_s);
        QVERIFY(list.rowOf(direct(1)) >= 0);
        QCOMPARE(list.rowOf(direct(2)), -1);
        QVERIFY(list.rowOf(direct(3)) >= 0); // a conversation stays
        focus.setFilterText({});
        QVERIFY(list.rowOf(direct(2)) >= 0);
    }

    void chipsCountAndSwitch()
    {
        StoreFixture f;
        f.online();
        auto full = StoreFixture::peer(3, u"sales"_s, PeerStatus::Working);
        full.stats = QJsonObject{{u"contextUsed"_s, 190}, {u"contextMax"_s, 200}};
        auto human = StoreFixture::peer(4, u"Ada"_s, PeerStatus::Dnd);
        human.peerType = u"human"_s;
        f.list({StoreFixture::peer(1, u"qa"_s, PeerStatus::Working), StoreFixture::peer(2, u"db"_s), full, human});
        FocusState focus;
        PeerMatches matches(focus, f.clock);
        matches.setStore(&f.store);
        const auto texts = [&] {
            QStringList list;
            for (const auto &chip : matches.chips())
                list.append(u"%1%2 %3"_s.arg(chip.active ? u"*"_s : QString(), chip.label).arg(chip.count));
            return list;
        };
        QCOMPARE(texts(), QStringList({u"working 2"_s, u"dnd 1"_s, u"context > 80 % 1"_s}));
        focus.setFilterText(u"type:ai"_s);
        QCOMPARE(texts(), QStringList({u"*ai 3"_s, u"working 2"_s, u"context > 80 % 1"_s}));
        matches.toggle(matches.chips().at(2));
        QCOMPARE(focus.filterText(), u"type:ai context>80"_s);
        QCOMPARE(matches.shown(), 1);
        QCOMPARE(texts(), QStringList({u"*ai 3"_s, u"*context > 80 % 1"_s, u"working 1"_s}));
        matches.toggle(matches.chips().at(0));
        QCOMPARE(focus.filterText(), u"context>80"_s);
        focus.setFilterText(u"-status:idle"_s);
        QCOMPARE(texts().constFirst(), u"*not idle 3"_s);
        QCOMPARE(matches.total(), 4);
    }
};

MESH_TEST(TestPeerFilter)

} // namespace tst_peerfilter

#include "tst_peerfilter.moc"
