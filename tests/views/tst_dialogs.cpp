// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/templateshelf.h"
#include "tests/support/fakeclock.h"
#include "views/firstrunpage.h"
#include "views/importdialog.h"
#include "views/joindialog.h"
#include "views/passphrasedialog.h"
#include "views/theme.h"
#include "tests/support/testprogram.h"

#include <QtTest/QSignalSpy>
#include <QtTest/QTest>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QListWidget>
#include <QtWidgets/QPlainTextEdit>
#include <QtWidgets/QPushButton>

namespace tst_dialogs {

using namespace mesh;
using namespace mesh::tests;
using namespace Qt::StringLiterals;

class TstDialogs final : public QObject
{
    Q_OBJECT

private:
    views::Theme m_theme;
    FakeClock m_time{1'791'468'000'000};

    static QString text(const QWidget &view, const QString &name)
    {
        const auto *label = view.findChild<QLabel *>(name);
        return label ? label->text() : u"(no such label)"_s;
    }
    static QPushButton *button(const QWidget &view, const QString &name) { return view.findChild<QPushButton *>(name); }

    QString link(qint64 secondsLeft, const QString &broker = u"wss://broker.example.org/ws"_s) const
    {
        const protocol::KeyPair owner = protocol::KeyPair::generate();
        protocol::InviteDraft draft;
        draft.meshId = u"AbCdEfGhIjKlMnOpQrStUvWxYz012345"_s;
        draft.meshSlug = u"acme"_s;
        draft.brokerUrl = broker;
        draft.expiresAt = m_time.nowMs() / 1000 + secondsLeft;
        draft.meshRootKey = u"mZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZk"_s;
        draft.role = u"member"_s;
        const auto invite = protocol::makeInvite(draft, owner);
        return invite ? protocol::inviteLink(*invite) : QString();
    }

private Q_SLOTS:
    void inviteIsShownBeforeAnythingIsSent()
    {
        views::JoinDialog dialog(m_theme, m_time, u"Ada"_s);
        QSignalSpy joined(&dialog, &views::JoinDialog::joinRequested);
        dialog.show();
        QVERIFY(!button(dialog, u"joinAccept"_s)->isEnabled());
        QVERIFY(!dialog.findChild<QWidget *>(u"joinDetails"_s)->isVisible());
        const QString good = link(86'400);
        QVERIFY(!good.isEmpty());
        dialog.findChild<QPlainTextEdit *>(u"joinLink"_s)->setPlainText(u"  "_s + good + u"\n"_s);
        QCOMPARE(text(dialog, u"joinMesh"_s), u"acme"_s);
        QCOMPARE(text(dialog, u"joinBroker"_s), u"broker.example.org"_s);
        QVERIFY(text(dialog, u"joinSignature"_s).startsWith(u"fits"));
        QVERIFY(dialog.invite());
        QCOMPARE(joined.count(), 0);
        QTest::mouseClick(button(dialog, u"joinAccept"_s), Qt::LeftButton);
        QCOMPARE(joined.count(), 1);
        QCOMPARE(joined.at(0).at(1).toString(), u"Ada"_s);
    }

    void expiredAndForgedInvitesCannotBeUsed()
    {
        views::JoinDialog dialog(m_theme, m_time, u"Ada"_s);
        dialog.show();
        dialog.setLink(link(-10));
        QVERIFY(!dialog.invite());
        QVERIFY(text(dialog, u"joinMessage"_s).contains(u"expired"));
        QVERIFY(!button(dialog, u"joinAccept"_s)->isEnabled());

        const QString good = link(86'400);
        const qsizetype from = good.lastIndexOf(u'/') + 1;
        QByteArray json = QByteArray::fromBase64(good.mid(from).toLatin1(), QByteArray::Base64UrlEncoding);
        json.replace("\"member\"", "\"admin\"");
        dialog.setLink(
            good.left(from)
            + QString::fromLatin1(json.toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals)));
        QCOMPARE(text(dialog, u"joinSignature"_s), u"does not fit"_s);
        QVERIFY(text(dialog, u"joinMessage"_s).contains(u"signature"));
        QVERIFY(!dialog.invite());
    }

    void inviteThatExpiresWhileTheDialogIsOpenIsNotUsed()
    {
        FakeClock time(m_time.nowMs());
        views::JoinDialog dialog(m_theme, time, u"Ada"_s);
        QSignalSpy joined(&dialog, &views::JoinDialog::joinRequested);
        dialog.show();
        dialog.setLink(link(60));
        QVERIFY(button(dialog, u"joinAccept"_s)->isEnabled());
        time.advance(61'000);
        QTest::mouseClick(button(dialog, u"joinAccept"_s), Qt::LeftButton);
        QCOMPARE(joined.count(), 0);
        QVERIFY(text(dialog, u"joinMessage"_s).contains(u"expired"));
    }

    void nonsenseIsRefusedInWords_data()
    {
        QTest::addColumn<QString>("input");
        QTest::newRow("words") << u"hello there"_s;
        QTest::newRow("markup") << u"<img src=x onerror=alert(1)>"_s;
        QTest::newRow("cut") << u"ic://join/eyJ2IjoxLCJtZXNoX2lkIjoi"_s;
        QTest::newRow("long") << QString(100'000, u'A');
    }

    void nonsenseIsRefusedInWords()
    {
        QFETCH(QString, input);
        views::JoinDialog dialog(m_theme, m_time, u"Ada"_s);
        dialog.setLink(input);
        QVERIFY(!dialog.invite());
        QVERIFY(text(dialog, u"joinMessage"_s).contains(u"not an invite link"));
        QVERIFY(!button(dialog, u"joinAccept"_s)->isEnabled());
    }

    void shortCodesAreLookedUpOnlyWhenAsked()
    {
        views::JoinDialog dialog(m_theme, m_time, u"Ada"_s);
        QSignalSpy asked(&dialog, &views::JoinDialog::shortInviteEntered);
        dialog.show();
        dialog.setLink(u"https://app.example.org/i/AbCd1234"_s);
        QCOMPARE(asked.count(), 0);
        QCOMPARE(button(dialog, u"joinAccept"_s)->text(), u"Look up"_s);
        QTest::mouseClick(button(dialog, u"joinAccept"_s), Qt::LeftButton);
        QCOMPARE(asked.count(), 1);
        dialog.setBusy(true);
        QVERIFY(!button(dialog, u"joinAccept"_s)->isEnabled());
        const QString good = link(86'400);
        dialog.setResolvedToken(good.mid(good.lastIndexOf(u'/') + 1));
        QVERIFY(dialog.invite());
        QCOMPARE(button(dialog, u"joinAccept"_s)->text(), u"Join"_s);
        dialog.setProblem({u"invite_revoked"_s, {}, protocol::ErrorBand::Persistent});
        QVERIFY(text(dialog, u"joinMessage"_s).contains(u"taken back"));
    }

    void importListsMeshesWithAdvice()
    {
        QStringList read;
        views::ImportDialog dialog(
            m_theme, u"/home/dev/.claudemesh"_s,
            [&read](const QString &folder) -> protocol::Expected<views::ImportListing> {
                read.append(folder);
                if (folder.endsWith(u"empty"))
                    return protocol::Error{u"not_found"_s, {}, protocol::ErrorBand::Persistent};
                views::ImportListing listing;
                listing.meshes = {
                    {u"m1"_s, u"acme"_s, u"acme"_s, u"wss://a.example.org/ws"_s, {}, {}, false},
                    {u"m2"_s, u"lab"_s, u"lab"_s, u"wss://b.example.org/ws"_s, {}, u"Its key does not fit"_s, false},
                    {u"m3"_s, u"old"_s, u"old"_s, u"wss://c.example.org/ws"_s, {}, {}, true}};
                return listing;
            });
        QSignalSpy imported(&dialog, &views::ImportDialog::importRequested);
        QSignalSpy instead(&dialog, &views::ImportDialog::inviteInsteadRequested);
        dialog.show();
        QCOMPARE(read.size(), 1);
        auto *list = dialog.findChild<QListWidget *>(u"importList"_s);
        QCOMPARE(list->count(), 3);
        QCOMPARE(dialog.selectedMeshIds(), QStringList{u"m1"_s});
        QVERIFY(!text(dialog, u"importAdvice"_s).isEmpty());
        QTest::mouseClick(button(dialog, u"importAccept"_s), Qt::LeftButton);
        QCOMPARE(imported.count(), 1);
        QCOMPARE(imported.at(0).at(1).toStringList(), QStringList{u"m1"_s});
        QTest::mouseClick(button(dialog, u"importInvite"_s), Qt::LeftButton);
        QCOMPARE(instead.count(), 1);
        list->item(0)->setCheckState(Qt::Unchecked);
        QVERIFY(!button(dialog, u"importAccept"_s)->isEnabled());
        dialog.setFolder(u"/home/dev/empty"_s);
        QCOMPARE(list->count(), 0);
        QVERIFY(text(dialog, u"importMessage"_s).contains(u"no config.json"));
    }

    void newPassphraseMustBeLongAndTheSameTwice()
    {
        views::PassphraseDialog dialog(m_theme, views::PassphraseDialog::Purpose::Create);
        dialog.show();
        auto *first = dialog.findChild<QLineEdit *>(u"passphraseFirst"_s);
        auto *second = dialog.findChild<QLineEdit *>(u"passphraseSecond"_s);
        QCOMPARE(first->echoMode(), QLineEdit::Password);
        QTest::keyClicks(first, u"eleven char"_s);
        QTest::keyClicks(second, u"eleven char"_s);
        QVERIFY(!button(dialog, u"passphraseOk"_s)->isEnabled());
        QVERIFY(text(dialog, u"passphraseHint"_s).startsWith(u"1 more"));
        QTest::keyClicks(first, u"s"_s);
        QVERIFY(!button(dialog, u"passphraseOk"_s)->isEnabled());
        QVERIFY(text(dialog, u"passphraseHint"_s).contains(u"not the same"));
        QTest::keyClicks(second, u"s"_s);
        QVERIFY(button(dialog, u"passphraseOk"_s)->isEnabled());
        QSignalSpy entered(&dialog, &views::PassphraseDialog::passphraseEntered);
        QTest::keyClick(second, Qt::Key_Return);
        QCOMPARE(entered.count(), 1);
        const protocol::SecretBytes secret = dialog.takePassphrase();
        QVERIFY(secret.equals(protocol::SecretBytes::fromUtf8(u"eleven chars")));
        QVERIFY(first->text().isEmpty() && second->text().isEmpty());
        QVERIFY(!first->isUndoAvailable());
    }

    void wrongPassphraseSaysSoAndLetsTryAgain()
    {
        views::PassphraseDialog dialog(m_theme, views::PassphraseDialog::Purpose::Unlock);
        dialog.show();
        auto *field = dialog.findChild<QLineEdit *>(u"passphraseFirst"_s);
        QVERIFY(!dialog.findChild<QLineEdit *>(u"passphraseSecond"_s));
        QTest::keyClicks(field, u"wrong"_s);
        dialog.setBusy(true);
        QVERIFY(!button(dialog, u"passphraseOk"_s)->isEnabled());
        dialog.showWrongPassphrase();
        QVERIFY(field->text().isEmpty());
        QVERIFY(field->isEnabled());
        QVERIFY(text(dialog, u"passphraseHint"_s).contains(u"not the passphrase"));
        QTest::keyClicks(field, u"r"_s);
        QVERIFY(text(dialog, u"passphraseHint"_s).isEmpty());
    }

    void firstRunOffersThreeChoicesByKey()
    {
        const items::TemplateShelf shelf(u"/nowhere"_s);
        views::FirstRunPage page(m_theme, u"ada"_s, shelf);
        page.resize(900, 620);
        page.show();
        QSignalSpy personal(&page, &views::FirstRunPage::personalMeshRequested);
        QSignalSpy invite(&page, &views::FirstRunPage::inviteRequested);
        QSignalSpy import(&page, &views::FirstRunPage::importRequested);
        auto *first = page.findChild<QAbstractButton *>(u"choosePersonal"_s);
        auto *second = page.findChild<QAbstractButton *>(u"chooseInvite"_s);
        auto *third = page.findChild<QAbstractButton *>(u"chooseImport"_s);
        for (const QAbstractButton *choice : {first, second, third}) {
            QVERIFY(choice);
            QVERIFY(!choice->accessibleName().isEmpty() && !choice->accessibleDescription().isEmpty());
            QVERIFY(choice->focusPolicy() & Qt::TabFocus);
            QCOMPARE(choice->visibleRegion().boundingRect(), choice->rect()); // no card is cut
        }
        QTest::keyClick(first, Qt::Key_Return);
        QCOMPARE(personal.count(), 1);
        QCOMPARE(personal.at(0).at(0).toString(), u"ada"_s);
        // Nobody has to choose a template; who wants to does it between the name and the mesh.
        QCOMPARE(personal.at(0).at(1).toString(), u"personal"_s);
        auto *choice = page.findChild<QComboBox *>(u"firstRunTemplate"_s);
        QCOMPARE(choice->count(), 5);
        QVERIFY(!choice->accessibleName().isEmpty() && !choice->accessibleDescription().isEmpty());
        QTest::keyClick(choice, Qt::Key_Home);
        QCOMPARE(page.templateKey(), u"dev-team"_s);
        QCOMPARE(text(page, u"firstRunTemplatePurpose"_s), u"Building and shipping software together"_s);
        QTest::keyClick(first, Qt::Key_Return);
        QCOMPARE(personal.at(1).at(1).toString(), u"dev-team"_s);
        QTest::keyClick(second, Qt::Key_Space);
        QCOMPARE(invite.count(), 1);
        QTest::mouseClick(third, Qt::LeftButton);
        QCOMPARE(import.count(), 1);
        auto *name = page.findChild<QLineEdit *>(u"firstRunName"_s);
        name->setText(u"   "_s);
        QVERIFY(!first->isEnabled());
        QVERIFY(page.findChild<QLabel *>(u"firstRunNameHint"_s)->isVisible());
        name->setText(u" Ada  Lovelace "_s);
        QCOMPARE(page.displayName(), u"Ada Lovelace"_s);
        page.setBusy(true, u"Starting"_s);
        QVERIFY(!first->isEnabled() && !choice->isEnabled());
        page.setBusy(false);
        page.setProblem(u"The port is taken"_s);
        QVERIFY(first->isEnabled());
        QVERIFY(page.findChild<QLabel *>(u"firstRunProblem"_s)->isVisible());
    }
};

MESH_TEST(TstDialogs)

} // namespace tst_dialogs

#include "tst_dialogs.moc"
