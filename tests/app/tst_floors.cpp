// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/testprogram.h"

#include <QtCore/QDir>
#include <QtCore/QDirIterator>
#include <QtCore/QFile>
#include <QtCore/QRegularExpression>
#include <QtTest/QTest>

namespace tst_floors {

using namespace Qt::StringLiterals;

namespace {

struct Floor
{
    QString folder;
    QStringList mayInclude; //!< folders of the project, its own included
    bool widgets = false;
};

const QList<Floor> floors{
    {u"models/protocol"_s, {u"models/protocol"_s}},
    {u"models/session"_s, {u"models/session"_s, u"models/protocol"_s}},
    {u"models/store"_s, {u"models/store"_s, u"models/protocol"_s}},
    {u"models/items"_s, {u"models/items"_s, u"models/store"_s, u"models/protocol"_s}},
    {u"localmesh"_s, {u"localmesh"_s, u"models/session"_s, u"models/protocol"_s}},
    {u"graph"_s, {u"graph"_s, u"models/items"_s, u"models/store"_s, u"models/protocol"_s}, true},
    {u"views"_s, {u"views"_s, u"graph"_s, u"models/items"_s, u"models/store"_s, u"models/protocol"_s}, true},
    {u"app"_s,
     {u"app"_s, u"views"_s, u"graph"_s, u"localmesh"_s, u"models/items"_s, u"models/store"_s, u"models/session"_s,
      u"models/protocol"_s},
     true},
};

const QStringList folders{
    u"models/protocol"_s, u"models/session"_s, u"models/store"_s, u"models/items"_s, u"localmesh"_s,
    u"graph"_s,           u"views"_s,          u"app"_s,          u"tests"_s};

//! What one line breaks, or nothing.
QString breach(const Floor &floor, const QString &line)
{
    static const QRegularExpression include(u"^\\s*#\\s*include\\s*[\"<]([^\">]+)[\">]"_s);
    static const QRegularExpression widgets(
        u"^(QtWidgets/|QtCharts/|QWidget|QApplication|QMainWindow|QDialog|QLabel|QPushButton|QListView)"_s);
    const auto match = include.match(line);
    if (match.hasMatch()) {
        const QString target = match.captured(1);
        for (const QString &folder : folders) {
            if (target.startsWith(folder + u'/') && !floor.mayInclude.contains(folder))
                return u"includes "_s + target;
        }
        if (!floor.widgets && widgets.match(target).hasMatch())
            return u"includes "_s + target + u" below floor 4"_s;
        if (floor.folder != "app"_L1 && target.endsWith("QSettings"_L1))
            return u"uses QSettings outside app"_s;
    }
    static const QRegularExpression bareDebug(u"\\bq(Debug|Info|Warning|Critical)\\s*\\("_s);
    if (floor.folder != "app"_L1 && bareDebug.match(line).hasMatch())
        return u"logs without a category outside app"_s;
    return {};
}

} // namespace

//! The floor rule of docs/architecture.md, read from the `#include` lines.
class TestFloors final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void rule_data()
    {
        QTest::addColumn<int>("index");
        for (int i = 0; i < floors.size(); ++i)
            QTest::newRow(qPrintable(floors[i].folder)) << i;
    }

    void rule()
    {
        QFETCH(int, index);
        const Floor &floor = floors[index];
        int files = 0;
        QStringList breaches;
        QDirIterator it(QStringLiteral(MESH_SOURCE_DIR) + u'/' + floor.folder, {u"*.h"_s, u"*.cpp"_s}, QDir::Files,
                        QDirIterator::Subdirectories);
        while (it.hasNext()) {
            QFile file(it.next());
            QVERIFY2(file.open(QIODevice::ReadOnly), qPrintable(file.fileName()));
            ++files;
            int number = 0;
            const QStringList lines = QString::fromUtf8(file.readAll()).split(u'\n');
            for (const QString &line : lines) {
                ++number;
                if (const QString what = breach(floor, line); !what.isEmpty())
                    breaches << u"%1:%2 %3"_s.arg(file.fileName()).arg(number).arg(what);
            }
        }
        QVERIFY2(files > 0, "the floor has no files");
        QVERIFY2(breaches.isEmpty(), qPrintable(breaches.join(u'\n')));
    }

    //! The check itself can fail.
    void findsBreaches()
    {
        const Floor &store = floors[2];
        QVERIFY(!breach(store, u"#include \"models/session/sessionhost.h\""_s).isEmpty());
        QVERIFY(!breach(store, u"#include <QtWidgets/QLabel>"_s).isEmpty());
        QVERIFY(!breach(store, u"#include <QtCore/QSettings>"_s).isEmpty());
        QVERIFY(!breach(store, u"    qWarning() << key;"_s).isEmpty());
        QVERIFY(breach(store, u"#include \"models/protocol/event.h\""_s).isEmpty());
        const Floor &views = floors[6];
        QVERIFY(!breach(views, u"#include \"models/session/sessionhost.h\""_s).isEmpty());
        QVERIFY(!breach(views, u"#include \"app/settings.h\""_s).isEmpty());
    }
};

MESH_TEST(TestFloors)

} // namespace tst_floors

#include "tst_floors.moc"
