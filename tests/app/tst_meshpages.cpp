// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/linkdoor.h"
#include "app/meshpages.h"
#include "models/protocol/invite.h"
#include "models/protocol/invitedesk.h"
#include "models/store/meshstore.h"
#include "tests/support/testclient.h"
#include "views/qrcode.h"
#include "views/sessionspage.h"
#include "views/theme.h"
#include "tests/app/programtest.h"
#include "tests/support/testprogram.h"

#include <QtCore/QFile>
#include <QtCore/QProcess>
#include <QtCore/QTemporaryDir>
#include <QtCore/QUrl>
#include <QtCore/QUrlQuery>
#include <QtGui/QClipboard>
#include <QtGui/QDesktopServices>
#include <QtNetwork/QLocalSocket>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>
#include <QtWidgets/QAbstractButton>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QDialog>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QListWidget>
#include <QtWidgets/QPlainTextEdit>
#include <QtWidgets/QSpinBox>
#include <QtWidgets/QTableView>

#include <memory>

namespace tst_meshpages {

using namespace Qt::StringLiterals;
using namespace mesh;
using app::Application;
using app::CommandLine;
using app::LinkDoor;
using app::MeshPages;

//! Takes the mails that the program wants written.
class MailBox final : public QObject
{
    Q_OBJECT

public Q_SLOTS:
    void open(const QUrl &url) { urls << url; }

public:
    QList<QUrl> urls;
};

//! The whole program, off-screen, from the first run on: its own mesh with its user alone in it, and the pages that
//! bring others in. Real broker, real sockets, real widgets.
class TestMeshPages final : public ProgramTest
{
    Q_OBJECT

private:
    QString dataDir() const { return m_dir.filePath(u"data"_s); }

    static quint16 portOf(const QString &link)
    {
        const auto invite = std::get<protocol::Invite>(*protocol::parseInvite(link));
        return quint16(QUrl(invite.brokerUrl).port());
    }
    //! Column of the first row of the list of invites.
    QString cell(int column) const
    {
        const auto *model = child<QTableView>("inviteList")->model();
        return model->rowCount() == 0 ? QString() : model->index(0, column).data().toString();
    }

private Q_SLOTS:
    void initTestCase() { usePassphraseFile(); }

    void cleanupTestCase() { m_program.reset(); }

    //! Nothing is asked but the name; then the user is alone in a mesh made from the template for one person.
    void firstRunMakesAMeshOfOnesOwn()
    {
        CommandLine line;
        line.dataDir = dataDir();
        line.name = u"Ada"_s;
        line.windowSize = QSize(1280, 800);
        start(line);
        QTRY_VERIFY_WITH_TIMEOUT(m_program->window().isFirstRun(), 15'000);
        click("choosePersonal");
        QTRY_VERIFY_WITH_TIMEOUT(currentStore() && currentStore()->connection().online(), 20'000);
        QTRY_VERIFY_WITH_TIMEOUT(currentStore()->state(u"focus"_s) && currentStore()->state(u"mesh:template"_s),
                                 20'000);
        QCOMPARE(currentStore()->state(u"mesh:template"_s)->value.toObject().value("key"_L1).toString(), u"personal"_s);
        for (const store::Peer &peer : currentStore()->peers())
            QVERIFY2(peer.self || peer.presence != store::Presence::Live, qPrintable(peer.name));
        // It shows at once how that changes.
        auto *page = child<QDialog>("sessionsPage");
        QVERIFY(page && page->isVisible());
        QCOMPARE(child<QLabel>("sessionsState")->text(), u"No session has joined yet"_s);
    }

    void sessionsJoinByTheCommandShown()
    {
        QCOMPARE(child<QLineEdit>("stepLaunch")->text(),
                 u"claudemesh launch --mesh personal --name 'Ada'\\''s session'"_s);
        QVERIFY(child<QLineEdit>("stepBroker")->text().startsWith("ws://127.0.0.1:"_L1));
        const QString prefix = u"claudemesh join "_s;
        QTRY_VERIFY(child<QLineEdit>("stepJoin")->text().startsWith(prefix));
        click("stepJoinCopy");
        const QString command = QGuiApplication::clipboard()->text();
        QCOMPARE(command, child<QLineEdit>("stepJoin")->text());
        const QString link = command.mid(prefix.size());
        QVERIFY(!link.contains(u'\''));
        const quint16 port = portOf(link);
        const auto identity = tests::joinMesh(port, link, u"my laptop"_s);
        QVERIFY(!identity.memberId.isEmpty());
        tests::TestClient session;
        QVERIFY(session.enter(port, identity, u"refactoring"_s, {{u"peerType"_s, u"ai"_s}}));
        QTRY_VERIFY_WITH_TIMEOUT(child<QLabel>("sessionsState")->text().startsWith("1 session"_L1), 20'000);
        QVERIFY(child<QLabel>("sessionsWho")->text().contains(u"refactoring"_s));
        // The link is used up, so that a new one is made by itself.
        QTRY_VERIFY_WITH_TIMEOUT(!child<QLineEdit>("stepJoin")->text().endsWith(link), 10'000);
        child<QDialog>("sessionsPage")->close();
    }

    void shellWords()
    {
        using views::SessionsPage;
        QCOMPARE(SessionsPage::shellWord(u"personal-2"_s), u"personal-2"_s);
        QCOMPARE(SessionsPage::shellWord(u"ic://join/aB_-9"_s), u"ic://join/aB_-9"_s);
        QCOMPARE(SessionsPage::shellWord(u"a b;$(rm)"_s), u"'a b;$(rm)'"_s);
        QCOMPARE(SessionsPage::shellWord(u"it's"_s), u"'it'\\''s'"_s);
        QCOMPARE(SessionsPage::shellWord(QString()), u"''"_s);
    }

    void peopleAreInvited()
    {
        trigger("invitePeople");
        QTRY_VERIFY(child<QDialog>("invitePage") && child<QDialog>("invitePage")->isVisible());
        QVERIFY(!child<QWidget>("inviteCard")->isVisible());
        QVERIFY(
            child<QLabel>("inviteLead")->text().endsWith("It listens on this computer only, so links work here."_L1));
        child<QComboBox>("inviteRole")->setCurrentIndex(1);
        child<QSpinBox>("inviteUses")->setValue(2);
        click("inviteMake");
        QTRY_VERIFY(child<QWidget>("inviteCard")->isVisible());
        const QString link = child<QPlainTextEdit>("invitePageLink")->toPlainText();
        const auto parsed = protocol::parseInvite(link);
        QVERIFY(parsed.hasValue());
        QCOMPARE(std::get<protocol::Invite>(*parsed).role, u"admin"_s);
        QVERIFY(child<QLabel>("inviteHead")->text().startsWith("Admin, 2 use"_L1));
        QCOMPARE(cell(1), u"0 of 2"_s);
        QCOMPARE(cell(4), u"open"_s);

        click("invitePageCopy");
        QCOMPARE(QGuiApplication::clipboard()->text(), link);
        click("inviteCopyMail");
        const QString mail = QGuiApplication::clipboard()->text();
        QVERIFY(mail.contains(link) && mail.contains("Personal mesh"_L1) && mail.contains("2 time"_L1));
        MailBox box;
        QDesktopServices::setUrlHandler(u"mailto"_s, &box, "open");
        click("inviteMail");
        QDesktopServices::unsetUrlHandler(u"mailto"_s);
        QCOMPARE(box.urls.size(), 1);
        const QUrlQuery query(box.urls.constFirst());
        QCOMPARE(query.queryItemValue(u"body"_s, QUrl::FullyDecoded), mail);

        const QImage picture = child<views::QrCode>("inviteQr")->picture(3);
        QVERIFY(picture.width() > 3 * 60);
        QCOMPARE(picture.pixelColor(1, 1), QColor(Qt::white));                 // quiet zone
        QCOMPARE(picture.pixelColor(4 * 3 + 1, 4 * 3 + 1), QColor(Qt::black)); // corner of the finder

        // The count moves while the page is looked at; what is revoked is refused.
        const quint16 port = portOf(link);
        QVERIFY(!tests::joinMesh(port, link, u"Grace"_s).memberId.isEmpty());
        QTRY_COMPARE_WITH_TIMEOUT(cell(1), u"1 of 2"_s, 10'000);
        click("inviteRevoke");
        QTRY_COMPARE(cell(4), u"revoked"_s);
        QVERIFY(!child<QAbstractButton>("invitePageCopy")->isEnabled());
        QVERIFY(!child<QAbstractButton>("inviteRevoke")->isEnabled());
        QVERIFY(tests::joinMesh(port, link, u"Late"_s).memberId.isEmpty());
        child<QDialog>("invitePage")->close();
    }

    //! Who reads it shall not be told that links end at this computer when they do not.
    void linksReachAsFarAsTheBrokerDoes()
    {
        for (const QString &here : {u"ws://127.0.0.1:7900/ws"_s, u"ws://localhost:7900/ws"_s, u"wss://127.0.0.1:1/ws"_s,
                                    u"ws://[::1]:7900/ws"_s})
            QVERIFY2(MeshPages::reachOf(here).contains("this computer only"_L1), qPrintable(here));
        // The page of a mesh that others reach by TLS.
        class NoInvites final : public protocol::InviteDesk
        {
        public:
            void list(Done<QList<protocol::InviteRecord>> done) override { done(QList<protocol::InviteRecord>()); }
            void make(const protocol::InviteWish &, Done<protocol::InviteRecord> done) override { done(refusal()); }
            void revoke(const QString &, Done<protocol::InviteRecord> done) override { done(refusal()); }

        private:
            static protocol::Error refusal() { return {u"not_running"_s, u"not here"_s}; }
        } desk;
        views::Theme theme;
        const protocol::SystemClock clock;
        MeshPages pages(theme, clock, m_program->workspace(), m_dir.filePath(u"none"_s), &m_program->window());
        session::MeshProfile profile;
        profile.meshId = m_program->workspace().meshes().constFirst();
        profile.brokerUrl = u"wss://mesh.example.org:7900/ws"_s;
        pages.setPersonal(profile, desk, u"Ada"_s);
        pages.invitePeople();
        QStringList leads;
        for (const auto *label : m_program->window().findChildren<QLabel *>(u"inviteLead"_s)) {
            if (label->isVisible())
                leads << label->text();
        }
        QCOMPARE(leads.size(), 1);
        QVERIFY2(leads.constFirst().endsWith("Links work on every computer that reaches mesh.example.org."_L1),
                 qPrintable(leads.constFirst()));
        pages.clearPersonal();
    }

    void qrCodes()
    {
        using views::QrCode;
        QVERIFY(QrCode::encode({}).isNull());
        QVERIFY(QrCode::encode(QString(3'000, u'x')).isNull());
        const QImage small = QrCode::encode(u"x"_s);
        QCOMPARE(small.size(), QSize(21, 21));
        // The three finders, and light beside them.
        for (const QPoint corner : {QPoint(0, 0), QPoint(20, 0), QPoint(0, 20)})
            QCOMPARE(small.pixelIndex(corner), 1);
        QCOMPARE(small.pixelIndex(7, 7), 0);
        QVERIFY(QrCode::encode(u"x"_s) != QrCode::encode(u"y"_s));
    }

    void templatesAreEditedAndApplied()
    {
        trigger("meshTemplates");
        QTRY_VERIFY(child<QDialog>("templatesPage") && child<QDialog>("templatesPage")->isVisible());
        auto *list = child<QListWidget>("templateList");
        auto *text = child<QPlainTextEdit>("templateText");
        QCOMPARE(list->count(), 5);
        QCOMPARE(list->currentRow(), 0);
        QVERIFY(child<QLabel>("templateAbout")->text().contains("@eng (lead, member)"_L1));

        QString json = text->toPlainText();
        text->setPlainText(QString(json).replace(u"\"value\": 1}"_s, u"\"value\": null}"_s));
        QVERIFY2(child<QLabel>("templateMessage")->text().startsWith("Line 10, column "_L1),
                 qPrintable(child<QLabel>("templateMessage")->text()));
        QVERIFY(!child<QAbstractButton>("templateSave")->isEnabled());
        QVERIFY(!child<QAbstractButton>("templateApply")->isEnabled());
        list->setCurrentRow(2); // refused: it would lose what was typed
        QCOMPARE(list->currentRow(), 0);
        QTest::keyClick(child<QDialog>("templatesPage"), Qt::Key_Escape);
        QVERIFY(child<QDialog>("templatesPage")->isVisible());

        text->setPlainText(json.replace(u"\"value\": 1}"_s, u"\"value\": 7}"_s));
        click("templateSave");
        QCOMPARE(list->item(0)->text(), u"Dev team (changed)"_s);
        QVERIFY(QFile::exists(dataDir() + u"/templates/dev-team.json"_s));
        click("templateApply");
        QTRY_VERIFY_WITH_TIMEOUT(currentStore()->state(u"sprint"_s).has_value(), 10'000);
        QCOMPARE(currentStore()->state(u"sprint"_s)->value.toInt(), 7);
        const auto groups = [this] {
            QStringList names;
            for (const store::Peer &peer : currentStore()->peers()) {
                for (const auto &group : peer.groups) {
                    if (peer.self)
                        names << group.name;
                }
            }
            names.sort();
            return names;
        };
        QTRY_COMPARE_WITH_TIMEOUT(groups(), (QStringList{u"eng"_s, u"qa"_s}), 20'000);
        QTRY_VERIFY_WITH_TIMEOUT(child<QLabel>("templateMessage")->text().contains("put into the mesh"_L1), 10'000);
        click("templateRemove");
        QCOMPARE(list->item(0)->text(), u"Dev team"_s);
        QVERIFY(!QFile::exists(dataDir() + u"/templates/dev-team.json"_s));
        child<QDialog>("templatesPage")->close();
    }

    //! The desktop starts the program for each link; the one that runs gets it.
    void secondStartHandsItsLinkOver()
    {
        const QString link = u"claudemesh://join/"_s + QString(40, u'A');
        QProcess second;
        second.start(QStringLiteral(MESH_DESKTOP), {u"--data"_s, dataDir(), link});
        QTRY_VERIFY_WITH_TIMEOUT(child<QDialog>("joinDialog") && child<QDialog>("joinDialog")->isVisible(), 20'000);
        QCOMPARE(child<QPlainTextEdit>("joinLink")->toPlainText(), link);
        QTRY_COMPARE_WITH_TIMEOUT(second.state(), QProcess::NotRunning, 20'000);
        QCOMPARE(second.exitCode(), 0);
        // Another one fills the dialog that is open; a start without a link only brings the window up.
        second.start(QStringLiteral(MESH_DESKTOP), {u"--data"_s, dataDir(), u"ic://join/"_s + QString(40, u'B')});
        QTRY_VERIFY_WITH_TIMEOUT(child<QPlainTextEdit>("joinLink")->toPlainText().endsWith("BBBB"_L1), 20'000);
        QTRY_COMPARE_WITH_TIMEOUT(second.state(), QProcess::NotRunning, 20'000);
        second.start(QStringLiteral(MESH_DESKTOP), {u"--data"_s, dataDir()});
        QTRY_VERIFY_WITH_TIMEOUT(second.state() == QProcess::NotRunning, 20'000);
        QCOMPARE(second.exitCode(), 0);
        // What cannot be handed over is refused as before.
        second.start(QStringLiteral(MESH_DESKTOP), {u"--data"_s, dataDir(), u"--personal"_s});
        QTRY_VERIFY_WITH_TIMEOUT(second.state() == QProcess::NotRunning, 20'000);
        QCOMPARE(second.exitCode(), 2);
        QVERIFY(second.readAllStandardError().contains("already runs"));
        child<QDialog>("joinDialog")->close();
    }

    void theDoorBearsAnything()
    {
        QTemporaryDir dir;
        LinkDoor door;
        QSignalSpy links(&door, &LinkDoor::linkReceived);
        QVERIFY(door.open(dir.path()).hasValue());
        struct stat info = {};
        QCOMPARE(::stat(QFile::encodeName(LinkDoor::socketPath(dir.path())).constData(), &info), 0);
        QCOMPARE(int(info.st_mode & 077), 0);
        QList<QLocalSocket *> guests;
        for (const QByteArray &bytes : {QByteArray(200'000, 'x'), QByteArray("half a line"), QByteArray()}) {
            auto *guest = new QLocalSocket(&door);
            guest->connectToServer(LinkDoor::socketPath(dir.path()));
            guest->write(bytes);
            guests << guest;
        }
        QTRY_COMPARE(guests[0]->state(), QLocalSocket::UnconnectedState); // cut: no link is that long
        QLocalSocket good;
        good.connectToServer(LinkDoor::socketPath(dir.path()));
        good.write("ic://join/x\nmore\n");
        QTRY_COMPARE(links.size(), 1);
        QCOMPARE(links.constFirst().constFirst().toString(), u"ic://join/x"_s);
        QTRY_COMPARE(good.bytesAvailable(), 3);
        QCOMPARE(good.readAll(), QByteArray("ok\n"));
        // A folder deeper than a socket's path may be has its door elsewhere, the same for every start.
        const QString deep = dir.path() + u'/' + QString(120, u'd');
        QVERIFY(LinkDoor::socketPath(deep).size() < 107);
        QCOMPARE(LinkDoor::socketPath(deep), LinkDoor::socketPath(deep));
        QVERIFY(LinkDoor::socketPath(deep) != LinkDoor::socketPath(deep + u'x'));
        QCOMPARE(LinkDoor::handOver(dir.path() + u"/nobody"_s, {}, 200).error().code, u"not_running"_s);
    }

    //! What `cmake --install` puts where desktops look.
    void desktopEntryIsInstalled()
    {
        const QString prefix = m_dir.filePath(u"prefix"_s);
        QProcess install;
        install.start(u"cmake"_s,
                      {u"--install"_s, QStringLiteral(MESH_BUILD_DIR), u"--component"_s, u"desktopentry"_s,
                       u"--prefix"_s, prefix});
        QVERIFY(install.waitForFinished(30'000));
        QVERIFY2(install.exitCode() == 0, install.readAllStandardError().constData());
        const QString entry = prefix + u"/share/applications/claudemesh-desktop.desktop"_s;
        QProcess validate;
        validate.start(u"desktop-file-validate"_s, {u"--no-hints"_s, entry});
        QVERIFY(validate.waitForFinished(30'000));
        QVERIFY2(validate.exitCode() == 0, validate.readAllStandardOutput().constData());
        QFile file(entry);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray text = file.readAll();
        QVERIFY(text.contains("\nMimeType=x-scheme-handler/ic;x-scheme-handler/claudemesh;\n"));
        QVERIFY(text.contains("\nExec=claudemesh-desktop %u\n"));
        for (const auto &icon : {u"scalable/apps/claudemesh-desktop.svg"_s, u"48x48/apps/claudemesh-desktop.png"_s,
                                 u"256x256/apps/claudemesh-desktop.png"_s})
            QVERIFY2(!QImage(prefix + u"/share/icons/hicolor/"_s + icon).isNull(), qPrintable(icon));
    }

    //! Whoever wants another beginning than the usual one chooses it where the mesh is made.
    void theTemplateIsChosenWhereTheMeshIsMade()
    {
        m_program.reset();
        CommandLine line;
        line.dataDir = m_dir.filePath(u"other"_s);
        line.name = u"Ada"_s;
        line.windowSize = QSize(1280, 800);
        m_program = std::make_unique<Application>(line);
        QVERIFY(!m_program->start().has_value());
        QTRY_VERIFY_WITH_TIMEOUT(m_program->window().isFirstRun(), 15'000);
        QVERIFY(QTest::qWaitForWindowExposed(&m_program->window()));
        auto *choice = child<QComboBox>("firstRunTemplate");
        QVERIFY(choice && choice->isVisible());
        QCOMPARE(choice->currentData().toString(), u"personal"_s);
        choice->setCurrentIndex(choice->findData(u"research"_s));
        click("choosePersonal");
        QTRY_VERIFY_WITH_TIMEOUT(currentStore() && currentStore()->state(u"mesh:template"_s), 30'000);
        QCOMPARE(currentStore()->state(u"mesh:template"_s)->value.toObject().value("key"_L1).toString(), u"research"_s);
        QVERIFY(!currentStore()->state(u"focus"_s)); // a state key of the usual one
    }
};

MESH_TEST(TestMeshPages)

} // namespace tst_meshpages

#include "tst_meshpages.moc"
