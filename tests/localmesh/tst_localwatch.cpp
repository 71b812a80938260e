// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/localmesh/localfixture.h"
#include "tests/localmesh/watchedsite.h"
#include "tests/support/testprogram.h"

#include <QtCore/QJsonArray>

namespace tst_localwatch {

using namespace Qt::StringLiterals;
using mesh::tests::Identity;
using mesh::tests::ManualClock;
using mesh::tests::TestClient;
using mesh::tests::WatchedSite;

class TestLocalWatch final : public QObject, private mesh::tests::LocalFixture
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void tellsTheOwnerOfChanges();
    void jsonAndStatus();
    void conditionsAreToldOnce();
    void listsAndEndsOnesOwn();
    void badAnswersChangeNothing();
    void silentSitesAreGivenUp();
    void redirectsAreNotFollowed();
    void refusals_data();
    void refusals();
    void endsWithThePresence();

private:
    QJsonObject watch(const QJsonObject &more = {})
    {
        QJsonObject frame{{u"type"_s, u"watch"_s}, {u"url"_s, m_site->url()}, {u"interval"_s, 5}};
        for (auto it = more.constBegin(); it != more.constEnd(); ++it)
            frame.insert(it.key(), it.value());
        return m_a->ask(frame);
    }
    //! Lets the next fetch come due and waits for its answer to be known.
    void fetchAgain()
    {
        const int before = m_site->requests;
        m_clock->advance(5'000);
        QTRY_VERIFY(m_site->requests > before);
    }
    QJsonObject row(int index = 0)
    {
        return m_a->ask({{u"type"_s, u"watch_list"_s}}).value("watches"_L1).toArray().at(index).toObject();
    }
    QJsonObject triggered() { return m_a->takeEvent(u"watch_triggered"_s).value("eventData"_L1).toObject(); }
    bool noEvent()
    {
        return m_a->nothing([](const QJsonObject &frame) { return frame.value("event"_L1) == "watch_triggered"_L1; });
    }

    std::unique_ptr<WatchedSite> m_site;
    std::unique_ptr<TestClient> m_a;
    std::unique_ptr<TestClient> m_b;
};

void TestLocalWatch::init()
{
    setUp();
    m_clock = std::make_shared<ManualClock>();
    m_site = std::make_unique<WatchedSite>();
    mesh::local::BrokerOptions options;
    QCOMPARE(options.watchTimeoutMs, 10'000);
    if (QByteArrayView(QTest::currentTestFunction()) == "silentSitesAreGivenUp")
        options.watchTimeoutMs = 200;
    start(options);
    m_a = std::make_unique<TestClient>();
    m_b = std::make_unique<TestClient>();
    QVERIFY(m_a->enter(m_port, newMember(u"ada"_s), u"Ada"_s) && m_b->enter(m_port, newMember(u"ben"_s), u"Ben"_s));
}

void TestLocalWatch::cleanup()
{
    m_a.reset();
    m_b.reset();
    tearDown();
    m_site.reset();
}

void TestLocalWatch::tellsTheOwnerOfChanges()
{
    const QJsonObject ack = watch({{u"label"_s, u"site"_s}, {u"headers"_s, QJsonObject{{u"X-Probe"_s, u"yes"_s}}}});
    QCOMPARE(ack.value("type"_L1).toString(), u"watch_ack"_s);
    QVERIFY(ack.value("watchId"_L1).toString().startsWith("w_"_L1));
    QCOMPARE(ack.value("mode"_L1).toString(), u"hash"_s);
    QTRY_COMPARE(row().value("lastHash"_L1).toString().size(), 16);
    QVERIFY(m_site->lastRequest.contains("X-Probe: yes"));
    const QString first = row().value("lastHash"_L1).toString();
    QCOMPARE(row().value("lastValue"_L1).toString(), first);
    QVERIFY(row().contains("lastCheck"_L1));
    fetchAgain();
    QVERIFY(noEvent()); // the same again
    m_site->body = "two";
    fetchAgain();
    const QJsonObject push = m_a->takeEvent(u"watch_triggered"_s);
    QCOMPARE(push.value("priority"_L1).toString(), u"now"_s);
    const QJsonObject data = push.value("eventData"_L1).toObject();
    QCOMPARE(data.keys(), QStringList({u"label"_s, u"mode"_s, u"newValue"_s, u"oldValue"_s, u"url"_s, u"watchId"_s}));
    QCOMPARE(data.value("oldValue"_L1).toString(), first);
    QVERIFY(data.value("newValue"_L1).toString() != first);
    QVERIFY(m_b->nothing([](const QJsonObject &frame) { return frame.value("event"_L1) == "watch_triggered"_L1; }));
}

void TestLocalWatch::jsonAndStatus()
{
    m_site->body = R"({"a":{"b":[1,{"c":"x"}]}})";
    watch({{u"mode"_s, u"json"_s}, {u"extract"_s, u"$.a.b.1.c"_s}});
    watch({{u"mode"_s, u"json"_s}, {u"extract"_s, u"a.b.0"_s}});
    watch({{u"mode"_s, u"json"_s}});
    watch({{u"mode"_s, u"status"_s}});
    QTRY_COMPARE(row(3).value("lastValue"_L1).toString(), u"200"_s);
    QTRY_COMPARE(row(2).value("lastValue"_L1).toString(), QString::fromUtf8(m_site->body));
    QTRY_COMPARE(row(1).value("lastValue"_L1).toString(), u"1"_s);
    QTRY_COMPARE(row(0).value("lastValue"_L1).toString(), u"x"_s);
    m_site->status = "503 Busy";
    m_clock->advance(5'000);
    const QJsonObject data = triggered();
    QCOMPARE(data.value("oldValue"_L1).toString(), u"200"_s);
    QCOMPARE(data.value("newValue"_L1).toString(), u"503"_s);
    QVERIFY(!data.contains("label"_L1));
}

void TestLocalWatch::conditionsAreToldOnce()
{
    watch({{u"mode"_s, u"json"_s}, {u"notify_on"_s, u"match:2"_s}});
    m_site->body = "1";
    QTRY_COMPARE(m_site->requests, 1);
    fetchAgain();
    QTRY_COMPARE(row().value("lastValue"_L1).toString(), u"1"_s);
    QVERIFY(noEvent());
    m_site->body = "2";
    fetchAgain();
    QCOMPARE(triggered().value("newValue"_L1).toString(), u"2"_s);
    fetchAgain();
    QVERIFY(noEvent());
    m_site->body = "3";
    fetchAgain();
    QTRY_COMPARE(row().value("lastValue"_L1).toString(), u"3"_s);
    QVERIFY(noEvent());
    m_site->body = "2";
    fetchAgain();
    QCOMPARE(triggered().value("oldValue"_L1).toString(), u"3"_s);
}

void TestLocalWatch::listsAndEndsOnesOwn()
{
    const QString id = watch({{u"interval"_s, 1}}).value("watchId"_L1).toString();
    QCOMPARE(row().value("interval"_L1).toInt(), 5); // not more often
    QVERIFY(m_b->ask({{u"type"_s, u"watch_list"_s}}).value("watches"_L1).toArray().isEmpty());
    const auto end = [&id](TestClient &client) { return client.ask({{u"type"_s, u"unwatch"_s}, {u"watchId"_s, id}}); };
    QCOMPARE(end(*m_b).value("url"_L1).toString(), QString());
    QCOMPARE(end(*m_a).value("url"_L1).toString(), m_site->url());
    QCOMPARE(end(*m_a).value("url"_L1).toString(), QString());
    QVERIFY(row().isEmpty());
    for (int i = 0; i < 50; ++i)
        QVERIFY(watch().contains("watchId"_L1));
    QCOMPARE(watch().value("code"_L1).toString(), u"limit"_s);
}

void TestLocalWatch::badAnswersChangeNothing()
{
    m_site->body = "1";
    watch({{u"mode"_s, u"json"_s}});
    QTRY_COMPARE(row().value("lastValue"_L1).toString(), u"1"_s);
    m_site->body = "no JSON";
    fetchAgain();
    m_site->body = QByteArray(3 * 1'024 * 1'024, ' ') + "2";
    fetchAgain();
    m_site->body = "1";
    fetchAgain();
    QCOMPARE(row().value("lastValue"_L1).toString(), u"1"_s);
    QVERIFY(noEvent());
    // Nobody listens: no value, no event, no error.
    watch({{u"url"_s, u"http://127.0.0.1:1/"_s}, {u"mode"_s, u"status"_s}});
    fetchAgain();
    QCOMPARE(row(1).value("lastValue"_L1).toString(), QString());
    QVERIFY(!row(1).contains("lastCheck"_L1));
}

void TestLocalWatch::silentSitesAreGivenUp()
{
    m_site->silent = true;
    watch({{u"mode"_s, u"status"_s}});
    QTRY_COMPARE(m_site->requests, 1);
    QTRY_COMPARE(m_site->abandoned, 1);
    QCOMPARE(row().value("lastValue"_L1).toString(), QString());
    QVERIFY(!row().contains("lastCheck"_L1));
    // It is asked again when the next time has come, and nothing of the silence is left.
    fetchAgain();
    QTRY_COMPARE(m_site->abandoned, 2);
    m_site->silent = false;
    fetchAgain();
    QTRY_COMPARE(row().value("lastValue"_L1).toString(), u"200"_s);
    QVERIFY(noEvent());
}

void TestLocalWatch::redirectsAreNotFollowed()
{
    WatchedSite other;
    m_site->status = "302 Found";
    m_site->headers = "Location: " + other.url().toUtf8() + "\r\n";
    watch({{u"mode"_s, u"status"_s}});
    QTRY_COMPARE(row().value("lastValue"_L1).toString(), u"302"_s);
    QCOMPARE(other.requests, 0);
}

void TestLocalWatch::refusals_data()
{
    QTest::addColumn<QJsonObject>("change");
    const auto url = [](const char *text) {
        QTest::newRow(text) << QJsonObject{{u"url"_s, QString::fromLatin1(text)}};
    };
    for (const char *text : {"", "nonsense", "ftp://127.0.0.1/", "file:///etc/passwd", "http://example.com/",
                             "http://10.0.0.1/", "http://169.254.169.254/latest", "http://127.0.0.1.example.com/",
                             "http://user:secret@127.0.0.1/", "https:///path", "javascript:1"})
        url(text);
    QTest::newRow("mode") << QJsonObject{{u"mode"_s, u"odd"_s}};
    QTest::newRow("notify_on") << QJsonObject{{u"notify_on"_s, u"always"_s}};
    QTest::newRow("host header") << QJsonObject{{u"headers"_s, QJsonObject{{u"Host"_s, u"x"_s}}}};
    QTest::newRow("split header") << QJsonObject{{u"headers"_s, QJsonObject{{u"X"_s, u"a\r\nY: b"_s}}}};
    QTest::newRow("header name") << QJsonObject{{u"headers"_s, QJsonObject{{u"X\r\nY"_s, u"a"_s}}}};
}

void TestLocalWatch::refusals()
{
    QFETCH(QJsonObject, change);
    QCOMPARE(watch(change).value("code"_L1).toString(), u"invalid_args"_s);
    QCOMPARE(m_site->requests, 0);
}

void TestLocalWatch::endsWithThePresence()
{
    watch();
    QTRY_COMPARE(m_site->requests, 1);
    m_a->socket.abort();
    QTRY_COMPARE(m_broker->connectionCount(), 1);
    fetchAgain(); // the lease goes on, and so does the watch
    m_clock->advance(91'000);
    QVERIFY(!m_b->takeEvent(u"peer_left"_s).isEmpty());
    const int before = m_site->requests;
    m_clock->advance(5'000);
    // A watch of somebody else shows that fetching goes on.
    m_b->ask({{u"type"_s, u"watch"_s}, {u"url"_s, m_site->url(u"/b"_s)}});
    QTRY_VERIFY(m_site->lastRequest.startsWith("GET /b "));
    QVERIFY(m_site->requests <= before + 2);
    QCOMPARE(m_b->ask({{u"type"_s, u"watch_list"_s}}).value("watches"_L1).toArray().size(), 1);
}

MESH_TEST(TestLocalWatch)

} // namespace tst_localwatch

#include "tst_localwatch.moc"
