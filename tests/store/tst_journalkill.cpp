// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtCore/QProcess>
#include <QtCore/QRandomGenerator>
#include <QtCore/QSet>
#include <QtCore/QTemporaryDir>
#include <QtTest/QTest>

#include "models/store/journaldb.h"
#include "models/store/journalreader.h"
#include "tests/store/storefixture.h"
#include "tests/support/testprogram.h"

namespace tst_journalkill {

using namespace Qt::StringLiterals;
using namespace mesh::protocol;
using namespace mesh::store;

//! What was reported as committed (and so acknowledged to the broker) survives kill -9 at any moment.
class TestJournalKill final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void acknowledgedMessagesSurvive();
};

void TestJournalKill::acknowledgedMessagesSurvive()
{
    QTemporaryDir dir;
    const QString path = dir.filePath(u"journal.db"_s);
    QSet<QString> acknowledged;
    constexpr int kRounds = 24;
    QRandomGenerator random(20'260);
    for (int round = 0; round < kRounds; ++round) {
        QProcess victim;
        victim.setProgram(QStringLiteral(JOURNAL_VICTIM));
        victim.setArguments({path, u"r%1-"_s.arg(round)});
        victim.start();
        QVERIFY(victim.waitForStarted());
        // at least one commit of this round, then any moment
        QVERIFY(victim.waitForReadyRead(20'000));
        victim.waitForFinished(random.bounded(1, 60));
        QVERIFY2(victim.state() == QProcess::Running, victim.readAllStandardError().constData());
        victim.kill();
        QVERIFY(victim.waitForFinished());
        QCOMPARE(victim.exitStatus(), QProcess::CrashExit);
        QByteArray printed = victim.readAllStandardOutput();
        printed.truncate(printed.lastIndexOf('\n') + 1); // a line cut short was not said
        const QList<QByteArray> lines = printed.split('\n');
        for (const QByteArray &line : lines) {
            if (!line.isEmpty())
                acknowledged.insert(QString::fromLatin1(line));
        }

        JournalDb db;
        QVERIFY(db.open(path));
        QVERIFY(db.checkSchema());
        Statement check = db.prepare("PRAGMA integrity_check");
        QVERIFY(check.step());
        QCOMPARE(check.text(0), u"ok"_s);
        check.reset();
        db.close();
        Expected<JournalKeys> keys = JournalKeys::derive(SecretBytes::fromBytes(QByteArray(32, 'k')));
        QVERIFY(keys);
        JournalReader reader(*std::move(keys), path);
        const Expected<JournalStart> all = reader.read(fixture::kMesh, false);
        QVERIFY(all);
        QCOMPARE(all->skipped, 0);
        QSet<QString> kept;
        for (const Event &event : all->tail) {
            if (const auto *message = getIf<events::MessageReceived>(&event.body))
                kept.insert(message->messageId);
        }
        QVERIFY2((acknowledged - kept).isEmpty(),
                 qPrintable(u"lost in round %1: %2"_s.arg(round).arg((acknowledged - kept).size())));
        QVERIFY(reader.read(fixture::kMesh, true));
    }
    QVERIFY(acknowledged.size() > 24);
}

MESH_TEST(TestJournalKill)

} // namespace tst_journalkill

#include "tst_journalkill.moc"
