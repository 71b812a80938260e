// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtCore/QTemporaryDir>
#include <QtTest/QAbstractItemModelTester>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QListView>
#include <QtWidgets/QScrollBar>
#include <QtWidgets/QToolButton>

#include "models/items/searchresultsmodel.h"
#include "models/store/journal.h"
#include "models/store/meshstore.h"
#include "tests/store/storefixture.h"
#include "views/searchpanel.h"
#include "views/theme.h"
#include "tests/support/testprogram.h"

namespace tst_searchpanel {

using namespace Qt::StringLiterals;
using namespace mesh;
using namespace mesh::protocol;
using namespace mesh::store;
using namespace fixture;
using items::ExcerptPart;
using items::searchExcerpt;
using views::SearchPanel;

//! The search view on a real journal.
class TestSearchPanel final : public QObject
{
    Q_OBJECT

private:
    struct Shown
    {
        Shown()
            : journal(SecretBytes::fromBytes(QByteArray(32, 'v')), options(dir.filePath(u"j.db"_s)))
            , panel(theme, clock, [this](const SearchPlan &plan) { return journal.search(plan); })
            , model(*panel.model())
        {
            QObject::connect(&journal, &Journal::searchFound, &panel, &SearchPanel::showPage);
            panel.setStoresProvider([this] { return QList<const MeshStore *>{&store}; });
            journal.open();
            panel.resize(380, 700);
            panel.show();
        }
        static JournalOptions options(const QString &path)
        {
            JournalOptions o;
            o.path = path;
            o.batchMs = 1;
            return o;
        }
        void tell(const EventList &events)
        {
            store.apply(events);
            journal.append(events);
            QVERIFY(journal.flush());
        }
        void type(const QString &text) { line()->setText(text); }
        QLineEdit *line() const { return panel.findChild<QLineEdit *>(u"searchLine"_s); }
        QListView *list() const { return panel.findChild<QListView *>(u"searchResults"_s); }
        QLabel *label(const QString &name) const { return panel.findChild<QLabel *>(name); }
        QString first() const { return model.rowCount() > 0 ? model.index(0).data().toString() : QString(); }

        QTemporaryDir dir;
        views::Theme theme;
        FakeClock clock;
        MeshStore store{kMesh};
        Journal journal;
        SearchPanel panel;
        items::SearchResultsModel &model;
        QAbstractItemModelTester tester{&model, QAbstractItemModelTester::FailureReportingMode::QtTest};
    };

    static EventList talk()
    {
        return {at(0, session()), at(1, events::PeersListed{{row(2, u"Ada"_s), row(3, u"Bea"_s)}}),
                at(2, direct(2, u"m1"_s, u"The limiter is on main"_s, 1000)),
                at(3, direct(3, u"m2"_s, u"A limit of ten"_s, 2000)),
                at(4, composed(2, u"c1"_s, u"Which limiter?"_s, 3000))};
    }

private Q_SLOTS:
    void findsAsOneTypes()
    {
        Shown s;
        s.tell(talk());
        s.type(u"l"_s);
        s.type(u"limi"_s);
        QTRY_COMPARE(s.model.rowCount(), 3);
        QCOMPARE(s.first(), u"Which limiter?"_s);
        using M = items::SearchResultsModel;
        QCOMPARE(s.model.index(0).data(M::SenderRole).toString(), u"You"_s);
        QCOMPARE(s.model.index(1).data(M::SenderRole).toString(), u"Bea"_s);
        QCOMPARE(s.model.index(2).data(M::PlaceRole).toString(), u"Ada"_s);
        s.type(u"limiter from:ada"_s);
        QTRY_COMPARE(s.model.rowCount(), 1);
        QCOMPARE(s.first(), u"The limiter is on main"_s);
        QVERIFY(!s.label(u"searchEmpty"_s)->isVisible());
        s.line()->clear();
        QCOMPARE(s.model.rowCount(), 0);
        QVERIFY(s.label(u"searchEmpty"_s)->isVisible());
    }

    void saysWhatWasSearched()
    {
        Shown s;
        s.tell(talk());
        s.type(u"zebra"_s);
        QTRY_COMPARE(s.label(u"searchEmpty"_s)->text(), u"Nothing found in everything stored."_s);
        s.panel.setConversation(SearchPlace{kMesh, {ConversationKind::Direct, key(3)}});
        s.panel.begin(true);
        QTRY_COMPARE(s.label(u"searchEmpty"_s)->text(), u"Nothing found in the conversation Bea."_s);
        s.type(u"limi"_s);
        QTRY_COMPARE(s.model.rowCount(), 1);
        QTest::mouseClick(s.panel.findChild<QToolButton *>(u"searchEverything"_s), Qt::LeftButton);
        QTRY_COMPARE(s.model.rowCount(), 3);
    }

    void enterGoesToTheMessage()
    {
        Shown s;
        s.tell(talk());
        QSignalSpy activated(&s.panel, &SearchPanel::hitActivated);
        s.type(u"limi"_s);
        QTRY_COMPARE(s.model.rowCount(), 3);
        QTest::keyClick(s.line(), Qt::Key_Down);
        QTest::keyClick(s.line(), Qt::Key_Down);
        QTest::keyClick(s.line(), Qt::Key_Return);
        QCOMPARE(activated.size(), 1);
        QCOMPARE(activated.last().first().value<SearchHit>().message.messageId, u"m2"_s);
        s.panel.step(1);
        QCOMPARE(activated.last().first().value<SearchHit>().message.messageId, u"m1"_s);
        QSignalSpy left(&s.panel, &SearchPanel::leaveRequested);
        QTest::keyClick(s.line(), Qt::Key_Escape);
        QVERIFY(s.line()->text().isEmpty());
        QTest::keyClick(s.line(), Qt::Key_Escape);
        QCOMPARE(left.size(), 1);
    }

    void showsProblemsButNotHalfWords()
    {
        Shown s;
        s.tell(talk());
        s.type(u"limi before:some"_s);
        QVERIFY(!s.label(u"searchProblem"_s)->isVisible()); // the user still types
        s.type(u"limi before:someday "_s);
        QVERIFY(s.label(u"searchProblem"_s)->isVisible());
        QVERIFY(s.label(u"searchProblem"_s)->text().startsWith(u"someday: "_s));
        QTRY_COMPARE(s.model.rowCount(), 3); // the rest counts all the same
    }

    void readsOnWhileScrolling()
    {
        Shown s;
        EventList events{at(0, session())};
        for (int i = 0; i < 180; ++i)
            events << at(i, direct(2, u"m%1"_s.arg(i), u"number %1"_s.arg(i), i * 1000));
        s.tell(events);
        s.type(u"number"_s);
        QTRY_COMPARE(s.model.rowCount(), 50);
        for (int shown = 100; shown < 250; shown += 50) {
            s.list()->verticalScrollBar()->setValue(s.list()->verticalScrollBar()->maximum());
            QTRY_COMPARE(s.model.rowCount(), std::min(shown, 180));
        }
        QCOMPARE(s.model.index(179).data().toString(), u"number 0"_s);
    }

    void excerptIsSafeAndMarksFinds()
    {
        const auto parts = [](const QString &typed, const QString &text, int max = 260) {
            QList<TextSpan> spans;
            return matchText(parseSearch(typed, kStart), text, spans) ? searchExcerpt(text, spans, max)
                                                                      : QList<ExcerptPart>();
        };
        QCOMPARE(parts(u"lim"_s, u"the limiter\nis on"_s),
                 (QList<ExcerptPart>{{u"the "_s, false}, {u"lim"_s, true}, {u"iter is on"_s, false}}));
        const auto far = parts(u"needle"_s, u"hay "_s.repeated(500) + u"needle and more"_s);
        QCOMPARE(far.first().text, u"…"_s);
        QVERIFY(far.at(2).found);
        QCOMPARE(far.at(2).text, u"needle"_s);
        // What turns text around or hides it never reaches the label.
        for (const ExcerptPart &part : parts(u"a"_s, u"a\u202Eb\u2066c\u0007 a"_s)) {
            for (const QChar c : part.text)
                QVERIFY(c.unicode() >= 0x20 && c != QChar(0x202e) && c != QChar(0x2066));
        }
        QVERIFY(parts(u"x"_s, QString(1'000'000, u'x')).size() <= 3);
    }
};

MESH_TEST(TestSearchPanel)

} // namespace tst_searchpanel

#include "tst_searchpanel.moc"
