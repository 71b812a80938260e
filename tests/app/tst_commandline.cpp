// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/commandline.h"
#include "app/datafolder.h"
#include "app/settings.h"
#include "tests/support/testprogram.h"

#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QTemporaryDir>
#include <QtCore/QTemporaryFile>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

namespace tst_commandline {

using namespace Qt::StringLiterals;
using mesh::app::CommandLine;
using mesh::app::DataFolder;
using mesh::app::Settings;

class TestCommandLine final : public QObject
{
    Q_OBJECT

private:
    static mesh::protocol::Expected<CommandLine> parse(QStringList arguments)
    {
        return CommandLine::parse(QStringList{u"claudemesh-desktop"_s} + arguments);
    }

private Q_SLOTS:
    void good()
    {
        const auto line =
            parse({u"--data"_s, u"/tmp/x"_s, u"--name"_s, u" Ada  L "_s, u"--personal"_s, u"--screenshot"_s, u"a.png"_s,
                   u"--after=0.5"_s, u"--size"_s, u"1280x800"_s, u"--scheme"_s, u"light"_s});
        QVERIFY(line.hasValue());
        QCOMPARE(line->dataDir, u"/tmp/x"_s);
        QCOMPARE(line->name, u"Ada L"_s);
        QVERIFY(line->personal);
        QCOMPARE(line->screenshotAfterS, 0.5);
        QCOMPARE(line->windowSize, QSize(1280, 800));
        QVERIFY(line->scheme == CommandLine::Scheme::Light);
    }

    void linkWithoutOption()
    {
        const auto line = parse({u"ic://join/abc"_s});
        QVERIFY(line.hasValue());
        QCOMPARE(line->joinLink, u"ic://join/abc"_s);
    }

    void bad_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QString>("word");
        QTest::newRow("unknown option") << QStringList{u"--nonsense"_s} << u"nonsense"_s;
        QTest::newRow("missing value") << QStringList{u"--join"_s} << u"join"_s;
        QTest::newRow("speed") << QStringList{u"--speed"_s, u"fast"_s} << u"--speed"_s;
        QTest::newRow("speed range") << QStringList{u"--speed"_s, u"-1"_s} << u"--speed"_s;
        QTest::newRow("after") << QStringList{u"--after"_s, u"99999"_s} << u"--after"_s;
        QTest::newRow("size") << QStringList{u"--size"_s, u"10x"_s} << u"--size"_s;
        QTest::newRow("scheme") << QStringList{u"--scheme"_s, u"pink"_s} << u"--scheme"_s;
        QTest::newRow("replay file") << QStringList{u"--replay"_s, u"/nowhere/at.all"_s} << u"/nowhere/at.all"_s;
        QTest::newRow("import folder") << QStringList{u"--import"_s, u"/nowhere/at.all"_s} << u"/nowhere/at.all"_s;
        QTest::newRow("two links") << QStringList{u"a"_s, u"b"_s} << u"link"_s;
        QTest::newRow("link twice") << QStringList{u"--join"_s, u"a"_s, u"b"_s} << u"--join"_s;
        QTest::newRow("replay with network")
            << QStringList{u"--replay"_s, QStringLiteral(MESH_SOURCE_DIR "/CMakeLists.txt"), u"--personal"_s}
            << u"--replay"_s;
        QTest::newRow("empty name") << QStringList{u"--name"_s, u"  "_s} << u"--name"_s;
        QTest::newRow("long name") << QStringList{u"--name"_s, QString(65, u'x')} << u"--name"_s;
    }

    void bad()
    {
        QFETCH(QStringList, arguments);
        QFETCH(QString, word);
        const auto line = parse(arguments);
        QVERIFY(!line.hasValue());
        QCOMPARE(line.error().code, u"usage"_s);
        QVERIFY2(line.error().detail.contains(word), qPrintable(line.error().detail));
    }

    void helpNamesEveryOption()
    {
        const QString help = CommandLine::helpText();
        for (const auto option : {"--data", "--join", "--import", "--mesh", "--name", "--personal", "--replay",
                                  "--speed", "--screenshot", "--after", "--help", "--version"}) {
            QVERIFY2(help.contains(QLatin1StringView(option)), option);
        }
    }

    void dataFolder()
    {
        QTemporaryDir dir;
        const QString path = dir.filePath(u"deep/er"_s);
        auto folder = DataFolder::open(path);
        QVERIFY(folder.hasValue());
        QCOMPARE(QFile::permissions(path) & (QFile::ReadGroup | QFile::ReadOther | QFile::ExeOther),
                 QFile::Permissions());
        const auto second = DataFolder::open(path);
        QVERIFY(!second.hasValue());
        QCOMPARE(second.error().code, u"in_use"_s);
        QVERIFY(QFileInfo((*folder)->subfolder(u"journal")).isDir());
    }

    void dataFolderIsAFile()
    {
        QTemporaryFile file;
        QVERIFY(file.open());
        const auto folder = DataFolder::open(file.fileName());
        QVERIFY(!folder.hasValue());
        QCOMPARE(folder.error().code, u"not_a_folder"_s);
    }

    //! Root may write anywhere, so the folder that refuses everybody is one of the kernel's.
    void dataFolderReadOnly()
    {
        const auto folder = DataFolder::open(u"/proc/claudemesh"_s);
        QVERIFY(!folder.hasValue());
        QCOMPARE(folder.error().code, u"read_only"_s);
    }

    void settingsAreClamped()
    {
        QTemporaryDir dir;
        const QString path = dir.filePath(u"settings.ini"_s);
        {
            QFile file(path);
            QVERIFY(file.open(QIODevice::WriteOnly));
            file.write("[look]\nscheme=pink\n[person]\nname=\"  Ada   L \"\n");
        }
        Settings settings(path);
        QCOMPARE(settings.scheme(), u"system"_s);
        QCOMPARE(settings.displayName(), u"Ada L"_s);
        QSignalSpy spy(&settings, &Settings::schemeChanged);
        settings.setScheme(u"dark"_s);
        settings.setScheme(u"dark"_s);
        QCOMPARE(spy.size(), 1);
        QCOMPARE(Settings(path).scheme(), u"dark"_s);
    }
};

MESH_TEST(TestCommandLine)

} // namespace tst_commandline

#include "tst_commandline.moc"
