// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/cron.h"
#include "tests/support/testprogram.h"

#include <QtCore/QDateTime>
#include <QtCore/QRandomGenerator>
#include <QtTest/QTest>

#include <set>

namespace tst_cron {

using namespace Qt::StringLiterals;
using mesh::local::CronRule;

class TestCron final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void nextIs_data();
    void nextIs();
    void isRefused_data();
    void isRefused();
    void neverIsNothing();
    void agreesWithCountingMinutes();
};

void TestCron::nextIs_data()
{
    QTest::addColumn<QString>("rule");
    QTest::addColumn<QString>("after");
    QTest::addColumn<QString>("expected");
    QTest::newRow("every minute") << u"* * * * *"_s << u"2026-01-01T10:00:00Z"_s << u"2026-01-01T10:01:00Z"_s;
    QTest::newRow("within a minute") << u"* * * * *"_s << u"2026-01-01T10:00:59.999Z"_s << u"2026-01-01T10:01:00Z"_s;
    QTest::newRow("zone") << u"0 9 * * *"_s << u"2026-01-01T10:00:00Z"_s << u"2026-01-02T08:00:00Z"_s;
    QTest::newRow("summer") << u"0 9 * * *"_s << u"2026-07-01T10:00:00Z"_s << u"2026-07-02T07:00:00Z"_s;
    QTest::newRow("steps") << u"*/20 * * * *"_s << u"2026-01-01T10:40:00Z"_s << u"2026-01-01T11:00:00Z"_s;
    QTest::newRow("range with step") << u"5-10/2 * * * *"_s << u"2026-01-01T10:07:00Z"_s << u"2026-01-01T10:09:00Z"_s;
    QTest::newRow("start with step") << u"50/5 * * * *"_s << u"2026-01-01T10:50:00Z"_s << u"2026-01-01T10:55:00Z"_s;
    QTest::newRow("list") << u"0 6,18 * * *"_s << u"2026-01-01T06:00:00Z"_s << u"2026-01-01T17:00:00Z"_s;
    QTest::newRow("month") << u"0 0 1 3 *"_s << u"2026-05-05T00:00:00Z"_s << u"2027-02-28T23:00:00Z"_s;
    QTest::newRow("year's end") << u"59 23 31 12 *"_s << u"2026-12-31T22:59:00Z"_s << u"2027-12-31T22:59:00Z"_s;
    QTest::newRow("Sunday is 0") << u"0 12 * * 0"_s << u"2026-01-01T00:00:00Z"_s << u"2026-01-04T11:00:00Z"_s;
    QTest::newRow("Sunday is 7") << u"0 12 * * 7"_s << u"2026-01-01T00:00:00Z"_s << u"2026-01-04T11:00:00Z"_s;
    // Both must match, as in the original.
    QTest::newRow("day and weekday") << u"0 12 1 * 1"_s << u"2026-01-02T00:00:00Z"_s << u"2026-06-01T10:00:00Z"_s;
    QTest::newRow("leap day") << u"0 12 29 2 *"_s << u"2026-01-01T00:00:00Z"_s << u"2028-02-29T11:00:00Z"_s;
    QTest::newRow("leap Monday") << u"0 12 29 2 1"_s << u"2026-01-01T00:00:00Z"_s << u"2044-02-29T11:00:00Z"_s;
    // 29 March 2026: 02:00 becomes 03:00. What falls in between is due at once.
    QTest::newRow("missing hour") << u"30 2 * * *"_s << u"2026-03-28T12:00:00Z"_s << u"2026-03-29T01:00:00Z"_s;
    QTest::newRow("after the missing hour")
        << u"30 2 * * *"_s << u"2026-03-29T01:00:00Z"_s << u"2026-03-30T00:30:00Z"_s;
    QTest::newRow("every hour over the gap")
        << u"30 * * * *"_s << u"2026-03-29T00:30:00Z"_s << u"2026-03-29T01:30:00Z"_s;
    // 25 October 2026: 03:00 becomes 02:00. A fixed time is due once, what is due all the time goes on.
    QTest::newRow("repeated hour") << u"30 2 * * *"_s << u"2026-10-24T12:00:00Z"_s << u"2026-10-25T00:30:00Z"_s;
    QTest::newRow("not again") << u"30 2 * * *"_s << u"2026-10-25T00:30:00Z"_s << u"2026-10-26T01:30:00Z"_s;
    QTest::newRow("goes on") << u"*/15 * * * *"_s << u"2026-10-25T00:45:00Z"_s << u"2026-10-25T01:00:00Z"_s;
}

void TestCron::nextIs()
{
    QFETCH(QString, rule);
    QFETCH(QString, after);
    QFETCH(QString, expected);
    const QTimeZone zone("Europe/Berlin");
    QVERIFY(zone.isValid());
    const auto parsed = CronRule::parse(rule);
    QVERIFY(parsed);
    const auto next = parsed->next(QDateTime::fromString(after, Qt::ISODateWithMs).toMSecsSinceEpoch(), zone);
    QVERIFY(next);
    QCOMPARE(QDateTime::fromMSecsSinceEpoch(*next, Qt::UTC).toString(Qt::ISODate), expected);
}

void TestCron::isRefused_data()
{
    QTest::addColumn<QString>("rule");
    for (const char *rule : {"",
                             "not a cron",
                             "* * * *",
                             "* * * * * *",
                             "60 * * * *",
                             "* 24 * * *",
                             "* * 0 * *",
                             "* * 32 * *",
                             "* * * 0 *",
                             "* * * 13 *",
                             "* * * * 8",
                             "-1 * * * *",
                             "*/0 * * * *",
                             "5-1 * * * *",
                             "1, * * * *",
                             ",1 * * * *",
                             "1--2 * * * *",
                             "1/ * * * *",
                             "/5 * * * *",
                             "mon * * * *",
                             "@daily",
                             "99999999999999999999 * * * *",
                             "1.5 * * * *",
                             "** * * * *",
                             "\xd9\xa1 * * * *"})
        QTest::newRow(rule) << QString::fromUtf8(rule);
}

void TestCron::isRefused()
{
    QFETCH(QString, rule);
    QVERIFY(!CronRule::parse(rule));
}

void TestCron::neverIsNothing()
{
    for (const QString &rule : {u"0 0 31 2 *"_s, u"0 0 30 2 *"_s, u"* * 31 4,6,9,11 *"_s}) {
        const auto parsed = CronRule::parse(rule);
        QVERIFY(parsed);
        QVERIFY(!parsed->next(0, QTimeZone::utc()));
    }
}

void TestCron::agreesWithCountingMinutes()
{
    QRandomGenerator random(20261127);
    const auto field = [&random](int lowest, int highest) {
        std::set<int> values;
        for (int i = random.bounded(1, 4); i > 0; --i)
            values.insert(random.bounded(lowest, highest + 1));
        return values;
    };
    const auto text = [](const std::set<int> &values) {
        QStringList words;
        for (const int value : values)
            words.append(QString::number(value));
        return words.join(u',');
    };
    for (int round = 0; round < 40; ++round) {
        const std::set<int> minutes = field(0, 59);
        const std::set<int> hours = field(0, 23);
        const std::set<int> weekdays = field(0, 6);
        const auto rule = CronRule::parse(u"%1 %2 * * %3"_s.arg(text(minutes), text(hours), text(weekdays)));
        QVERIFY(rule);
        const qint64 after = random.bounded(2'000'000) * qint64(900'000);
        qint64 counted = after / 60'000 * 60'000;
        for (;;) {
            counted += 60'000;
            const QDateTime at = QDateTime::fromMSecsSinceEpoch(counted, Qt::UTC);
            if (minutes.count(at.time().minute()) && hours.count(at.time().hour())
                && weekdays.count(at.date().dayOfWeek() % 7))
                break;
        }
        QCOMPARE(rule->next(after, QTimeZone::utc()).value_or(-1), counted);
    }
}

MESH_TEST(TestCron)

} // namespace tst_cron

#include "tst_cron.moc"
