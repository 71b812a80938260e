// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/historyactions.h"
#include "app/settings.h"
#include "models/session/identitystore.h"
#include "models/session/keyvault.h"
#include "models/store/journal.h"
#include "models/store/meshstore.h"
#include "tests/app/programtest.h"
#include "tests/support/testprogram.h"

#include <QtCore/QDir>
#include <QtCore/QDirIterator>
#include <QtCore/QFile>
#include <QtCore/QSet>
#include <QtCore/QTemporaryDir>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>
#include <QtWidgets/QAbstractButton>
#include <QtWidgets/QDialog>
#include <QtWidgets/QDockWidget>
#include <QtWidgets/QInputDialog>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QListView>
#include <QtWidgets/QMessageBox>
#include <QtWidgets/QPlainTextEdit>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QTabWidget>
#include <QtWidgets/QToolButton>

#include <memory>

namespace tst_window {

using namespace Qt::StringLiterals;
using namespace mesh;
using app::Application;
using app::CommandLine;
using protocol::events::OutgoingState;

//! The whole program, off-screen, on its own personal mesh: real broker, real sockets, real journal, real key file.
class TestWindow final : public ProgramTest
{
    Q_OBJECT

private:
    CommandLine line(bool personal) const
    {
        CommandLine line;
        line.dataDir = m_dir.filePath(u"data"_s);
        line.personal = personal;
        line.name = u"Ada"_s;
        line.windowSize = QSize(1280, 800);
        return line;
    }

    const store::Peer *personNamed(const QString &name) const
    {
        const auto *store = currentStore();
        return store ? store->peerByName(name) : nullptr;
    }

private Q_SLOTS:
    void initTestCase() { usePassphraseFile(); }

    void cleanupTestCase() { m_program.reset(); }

    //! Somebody who belongs to no mesh gets three plain choices.
    void firstRun()
    {
        CommandLine fresh = line(false);
        fresh.dataDir = m_dir.filePath(u"fresh"_s);
        start(fresh);
        QTRY_VERIFY_WITH_TIMEOUT(m_program->window().isFirstRun(), 15'000);
        const auto *page = child<QWidget>("firstRunPage");
        QVERIFY(page && page->isVisible());
        int choices = 0;
        for (const auto *button : page->findChildren<QAbstractButton *>())
            choices += button->isVisible() && button->isEnabled() ? 1 : 0;
        QCOMPARE(choices, 3);
        m_program.reset();
    }

    void comesUpOnThePersonalMesh()
    {
        start(line(true));
        QTRY_VERIFY_WITH_TIMEOUT(currentStore() && currentStore()->connection().online(), 20'000);
        // Twelve personas and this user.
        QTRY_VERIFY_WITH_TIMEOUT(personNamed(u"sales-rep-1"_s) && personNamed(u"Maya"_s), 20'000);
        const auto live = [this] {
            int count = 0;
            for (const store::Peer &peer : currentStore()->peers())
                count += peer.presence == store::Presence::Live ? 1 : 0;
            return count;
        };
        QTRY_COMPARE_WITH_TIMEOUT(live(), 13, 20'000);
        // A presence push tells the name, the list that follows the rest.
        QTRY_VERIFY(personNamed(u"slack-#general"_s)->kind == protocol::PeerKind::Connector);
        QTRY_VERIFY(personNamed(u"Maya"_s)->kind == protocol::PeerKind::Human);
        QTRY_VERIFY(personNamed(u"backend-lead"_s)->stats.contextShare().has_value());
        QVERIFY(child<QDockWidget>("timelineDock")->isVisible());
    }

    void personasTalk()
    {
        QTRY_VERIFY_WITH_TIMEOUT(currentStore()->clock().running(), 20'000);
        QTRY_VERIFY_WITH_TIMEOUT(currentStore()->traffic().size() >= 5, 40'000);
        QSet<QString> ids;
        for (const store::TrafficEntry &entry : currentStore()->traffic()) {
            if (!entry.messageId.isEmpty()) {
                QVERIFY2(!ids.contains(entry.messageId), "one message was told twice");
                ids << entry.messageId;
            }
        }
    }

    void writesAndIsAnswered()
    {
        const store::Peer *peer = personNamed(u"sales-rep-1"_s);
        QVERIFY(peer);
        const protocol::ConversationId conversation{protocol::ConversationKind::Direct, peer->key};
        m_program->window().findChild<QTabWidget *>(u"detailTabs"_s)->setCurrentIndex(3);
        QTest::keyClick(&m_program->window(), Qt::Key_K, Qt::ControlModifier);
        auto *palette = child<QLineEdit>("paletteLine");
        QTRY_VERIFY(palette->isVisible());
        QTest::keyClicks(palette, u"sales-rep-1"_s);
        QTest::keyClick(palette, Qt::Key_Return);
        auto *edit = child<QPlainTextEdit>("composerEdit");
        QTRY_VERIFY(edit->isVisible());
        QTest::keyClicks(edit, u"How are today's orders going?"_s);
        QTest::keyClick(edit, Qt::Key_Return);
        QTRY_COMPARE(edit->toPlainText(), QString());

        const auto own = [&]() -> const store::Message * {
            for (const store::Message &message : currentStore()->messages(conversation)) {
                if (message.own)
                    return &message;
            }
            return nullptr;
        };
        QTRY_VERIFY(own());
        QTRY_VERIFY_WITH_TIMEOUT(own()->state == OutgoingState::Delivered, 20'000);
        const auto answered = [&] {
            const auto &messages = currentStore()->messages(conversation);
            return std::any_of(messages.begin(), messages.end(), [](const store::Message &m) { return !m.own; });
        };
        QTRY_VERIFY_WITH_TIMEOUT(answered(), 30'000);
    }

    void searchGoesToAMessage()
    {
        // Written through the window before, so it is in the journal.
        m_program->window().findChild<QAction *>(u"findEverywhere"_s)->trigger();
        auto *line = child<QLineEdit>("searchLine");
        QTRY_VERIFY(line->isVisible());
        line->setText(u"\"today's orders going\" from:me"_s);
        auto *list = child<QListView>("searchResults");
        QTRY_COMPARE_WITH_TIMEOUT(list->model()->rowCount(), 1, 20'000);
        QTest::keyClick(line, Qt::Key_Return);
        auto *tabs = child<QTabWidget>("detailTabs");
        QTRY_COMPARE(tabs->currentWidget()->objectName(), u"chatView"_s);
        line->setText(u"zirconium xylophone"_s);
        m_program->window().findChild<QAction *>(u"findHere"_s)->trigger();
        QTRY_VERIFY(child<QLabel>("searchEmpty")->text().contains(u"Nothing found in the conversation"_s));
    }

    void drivesTheClock()
    {
        QTRY_VERIFY(currentStore()->clock().running());
        auto *pause = child<QAbstractButton>("clockPause");
        QVERIFY(pause && pause->isVisible());
        QTest::mouseClick(pause, Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(currentStore()->clock().paused, 10'000);
        auto *fast = child<QAbstractButton>("clockSpeed100");
        QVERIFY(fast);
        QTest::mouseClick(fast, Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(currentStore()->clock().speed, 100.0, 10'000);
        QVERIFY(currentStore()->clock().paused); // a change of speed does not resume (wire reference 7.13)
        const qint64 tick = currentStore()->clock().tick;
        QTest::mouseClick(pause, Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(currentStore()->clock().tick >= tick + 2, 15'000);
    }

    void docksCloseAndComeBack()
    {
        auto *dock = child<QDockWidget>("timelineDock");
        auto *action = child<QAction>("toggleTimeline");
        QVERIFY(dock && action);
        action->trigger();
        QTRY_VERIFY(!dock->isVisible());
        auto *unlock = child<QAction>("moveParts");
        unlock->trigger();
        auto *side = child<QDockWidget>("conversationsDock");
        QVERIFY(!side->titleBarWidget());
        side->setFloating(true);
        QTRY_VERIFY(side->isFloating());
        side->setFloating(false);
        unlock->trigger();
        QVERIFY(side->titleBarWidget());
    }

    //! What was written is there again, the closed part stays closed, and a second start is harmless while one runs.
    void comesBack()
    {
        const store::Peer *peer = personNamed(u"sales-rep-1"_s);
        const protocol::ConversationId conversation{protocol::ConversationKind::Direct, peer->key};
        {
            Application second(line(true));
            QCOMPARE(second.start().value_or(0), 2);
        }
        child<QToolButton>("orderByNeed")->click(); // how the list is ordered is kept
        m_program.reset();
        start(line(true));
        QTRY_VERIFY_WITH_TIMEOUT(currentStore() && currentStore()->connection().online(), 30'000);
        QVERIFY(child<QToolButton>("orderByNeed")->isChecked());
        child<QToolButton>("orderByNeed")->click();
        const auto own = [&] {
            int count = 0;
            for (const store::Message &message : currentStore()->messages(conversation))
                count += message.own && message.text == u"How are today's orders going?"_s ? 1 : 0;
            return count;
        };
        QTRY_COMPARE_WITH_TIMEOUT(own(), 1, 10'000);
        QVERIFY(!child<QDockWidget>("timelineDock")->isVisible());
        child<QAction>("toggleTimeline")->trigger();
        QTRY_VERIFY(child<QDockWidget>("timelineDock")->isVisible());
    }

    //! The user's own notes: written, found, exported, bounded and removed like any conversation, each after a
    //! question, and nothing of them reaches the broker.
    void notesAndTheirHistory()
    {
        const protocol::ConversationId notes{protocol::ConversationKind::Notes, {}};
        QTest::keyClick(&m_program->window(), Qt::Key_K, Qt::ControlModifier);
        auto *palette = child<QLineEdit>("paletteLine");
        QTRY_VERIFY(palette->isVisible());
        QTest::keyClicks(palette, u"Notes"_s);
        QTest::keyClick(palette, Qt::Key_Return);
        auto *edit = child<QPlainTextEdit>("composerEdit");
        QTRY_VERIFY(edit->isVisible() && edit->hasFocus());
        for (const QString &text : {u"buy zirconium"_s, u"and a xylophone"_s}) {
            QTest::keyClicks(edit, text);
            QTest::keyClick(edit, Qt::Key_Return);
        }
        QTRY_COMPARE(currentStore()->messages(notes).size(), 2);
        QTRY_COMPARE(currentStore()->messages(notes).last().state, OutgoingState::Accepted);
        QVERIFY(m_program->workspace().journal()->flush());

        auto *history = m_program->window().findChild<app::HistoryActions *>();
        QVERIFY(history);
        const QString path = m_dir.filePath(u"notes.md"_s);
        QString suggested;
        history->setPathChooser([&](const QString &name) {
            suggested = name;
            return path;
        });
        // Escape leaves everything as it is.
        child<QAction>("exportHistory")->trigger();
        QTRY_VERIFY(child<QMessageBox>("exportDialog"));
        QTest::keyClick(child<QMessageBox>("exportDialog"), Qt::Key_Escape);
        QTRY_VERIFY(!child<QMessageBox>("exportDialog"));
        QVERIFY(suggested.isEmpty());
        child<QAction>("exportHistory")->trigger();
        QTRY_VERIFY(child<QPushButton>("exportButton"));
        QVERIFY(child<QMessageBox>("exportDialog")->text().contains(u"Notes"_s));
        QVERIFY(!child<QPushButton>("exportButton")->isDefault()); // Enter alone exports nothing
        child<QPushButton>("exportButton")->click();
        QVERIFY(!suggested.isEmpty());
        QTRY_VERIFY(QFile::exists(path));
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QString exported = QString::fromUtf8(file.readAll());
        QVERIFY(exported.contains(u"buy zirconium"_s) && exported.contains(u"and a xylophone"_s));

        // Rules are kept and shown again; what they remove is gone from the store as well.
        const auto choose = [&](const QString &text) {
            child<QAction>("keepHistory")->trigger();
            if (!QTest::qWaitFor([&] { return child<QInputDialog>("retentionDialog"); }))
                return QString();
            auto *dialog = child<QInputDialog>("retentionDialog");
            const QString now = dialog->textValue();
            dialog->setTextValue(text);
            dialog->accept();
            (void)QTest::qWaitFor([&] { return !child<QInputDialog>("retentionDialog"); });
            return now;
        };
        QSignalSpy known(&m_program->workspace(), &app::Workspace::retentionKnown);
        QCOMPARE(choose(u"The last 7 days"_s), u"Everything, for ever"_s);
        QTRY_COMPARE(known.size(), 1);
        QCOMPARE(choose(u"Everything, for ever"_s), u"The last 7 days"_s);
        QTRY_COMPARE(known.size(), 2);
        QCOMPARE(currentStore()->messages(notes).size(), 2); // young enough

        child<QAction>("removeHistory")->trigger();
        QTRY_VERIFY(child<QPushButton>("removeButton"));
        QTest::keyClick(child<QMessageBox>("removeDialog"), Qt::Key_Return); // the safe choice is the default
        QTRY_VERIFY(!child<QMessageBox>("removeDialog"));
        QCOMPARE(currentStore()->messages(notes).size(), 2);
        QSignalSpy removed(m_program->workspace().journal(), &store::Journal::historyRemoved);
        child<QAction>("removeHistory")->trigger();
        QTRY_VERIFY(child<QPushButton>("removeButton"));
        child<QPushButton>("removeButton")->click();
        QVERIFY(currentStore()->messages(notes).isEmpty());
        QTRY_COMPARE(removed.size(), 1);
        QCOMPARE(removed.first().at(3).toLongLong(), 2);
        // The broker heard nothing of all this.
        QDirIterator it(m_dir.filePath(u"data/personal-mesh"_s), QDir::Files | QDir::Hidden,
                        QDirIterator::Subdirectories);
        while (it.hasNext()) {
            QFile part(it.next());
            QVERIFY(part.open(QIODevice::ReadOnly));
            const QByteArray bytes = part.readAll();
            QVERIFY2(!bytes.contains("zirconium") && !bytes.contains(QByteArray("buy zirconium").toBase64()),
                     qPrintable(part.fileName()));
        }
    }

    //! Keys that cannot be read now (a locked keychain) show as a failed connection with the reason; trying again
    //! works.
    void keysAreTriedAgain()
    {
        QTemporaryDir folder;
        session::KeyVault vault({.folder = folder.path()});
        session::IdentityStore identities(vault, folder.filePath(u"meshes.json"_s));
        QVERIFY(identities.load().hasValue());
        protocol::SystemClock clock;
        app::Workspace workspace(clock);
        workspace.startSessions(u"test"_s, identities);
        session::MeshProfile profile;
        profile.meshId = QString(32, u'A');
        profile.slug = u"acme"_s;
        profile.memberId = QString(32, u'B');
        profile.brokerUrl = u"ws://127.0.0.1:9/ws"_s; // nobody listens
        profile.displayName = u"Ada"_s;
        QSignalSpy failed(&workspace, &app::Workspace::meshFailed);
        workspace.openMesh(profile);
        QTRY_COMPARE(failed.size(), 1);
        const store::MeshStore *store = workspace.store(profile.meshId);
        QTRY_COMPARE(store->connection().state, protocol::ConnectionState::Failed);
        QVERIFY(!store->connection().detail.isEmpty());

        // What is written meanwhile is kept, and goes when it can.
        const protocol::ConversationId ada{protocol::ConversationKind::Direct, QString(64, u'a')};
        const protocol::ConversationId notes{protocol::ConversationKind::Notes, {}};
        auto &door = workspace.commands();
        door.submit(profile.meshId, protocol::commands::SaveDraft{ada, u"half a thought"_s, {}});
        door.submit(profile.meshId,
                    protocol::commands::SendMessage{u"m1"_s, ada, u"later"_s, protocol::Priority::Next, {}});
        door.submit(profile.meshId,
                    protocol::commands::SendMessage{u"n1"_s, notes, u"a note"_s, protocol::Priority::Next, {}});
        QTRY_COMPARE(store->messages(notes).size(), 1);
        QCOMPARE(store->messages(notes).first().state, OutgoingState::Accepted);
        QCOMPARE(store->messages(ada).first().state, OutgoingState::Queued);
        QCOMPARE(store->conversation(ada)->draft, u"half a thought"_s);
        QSignalSpy changed(store, &store::MeshStore::changed);
        door.submit(profile.meshId, protocol::commands::Refresh{}); // this needs the broker
        QTRY_VERIFY(!changed.isEmpty());
        QCOMPARE(changed.last().first().value<store::ChangeSet>().commandsFinished.value(0).code, u"no_session"_s);

        vault.create(protocol::SecretBytes::fromBytes("a passphrase for tests"));
        QTRY_COMPARE_WITH_TIMEOUT(vault.backend(), session::KeyVault::Backend::PassphraseFile, 20'000);
        std::optional<bool> added;
        identities.add(profile, protocol::KeyPair::generate(),
                       [&](protocol::Expected<void> done) { added = done.hasValue(); });
        QTRY_VERIFY(added.value_or(false));
        workspace.commands().submit(profile.meshId, protocol::commands::ConnectNow{});
        QTRY_VERIFY(store->connection().state == protocol::ConnectionState::Connecting
                    || store->connection().state == protocol::ConnectionState::Waiting);
        QCOMPARE(failed.size(), 1);
        QTRY_VERIFY(store->connection().sendQueueWaiting > 0); // the message is in the session's hands now
        QCOMPARE(store->messages(ada).size(), 1);
        workspace.finish();
    }

    //! Nothing that is secret stands in clear text below the data folder.
    void nothingReadableOnDisk()
    {
        m_program.reset();
        int files = 0;
        QDirIterator it(m_dir.filePath(u"data"_s), QDir::Files | QDir::Hidden, QDirIterator::Subdirectories);
        while (it.hasNext()) {
            const QString path = it.next();
            if (path.contains("/personal-mesh/"_L1))
                continue; // the broker's own, which sees ciphertext of direct messages and the clear text of the rest
            QFile file(path);
            QVERIFY(file.open(QIODevice::ReadOnly));
            const QByteArray bytes = file.readAll();
            QVERIFY2(!bytes.contains("orders going"), qPrintable(path));
            QVERIFY2(!bytes.contains("a passphrase for tests"), qPrintable(path));
            QCOMPARE(QFile::permissions(path) & (QFile::ReadGroup | QFile::ReadOther), QFile::Permissions());
            ++files;
        }
        QVERIFY(files >= 3);
    }

    void recordingInTheWindow()
    {
        CommandLine replay;
        replay.dataDir = m_dir.filePath(u"replay"_s);
        replay.replayFile = QStringLiteral(MESH_TEST_DATA "/transcripts/04-groups-and-broadcast.jsonl");
        replay.replaySpeed = 0;
        replay.name = u"Ada"_s;
        start(replay);
        QTRY_VERIFY_WITH_TIMEOUT(currentStore() && !currentStore()->peers().isEmpty(), 10'000);
        QVERIFY(!QFile::exists(m_dir.filePath(u"replay/meshes.json"_s)));
        m_program.reset();
    }
};

MESH_TEST(TestWindow)

} // namespace tst_window

#include "tst_window.moc"
