// SPDX-License-Identifier: GPL-3.0-or-later
// The graph as a picture: what is shown, as points and as a drawing, into a file in the background.
#include <QtCore/QBuffer>
#include <QtCore/QFile>
#include <QtCore/QTemporaryDir>
#include <QtCore/QXmlStreamReader>
#include <QtTest/QSignalSpy>
#include <QtTest/QTest>

#include "tests/graph/showngraph.h"
#include "tests/support/testprogram.h"

namespace tst_graphexport {

using namespace Qt::StringLiterals;
using graphtest::ShownGraph;
using graphtest::traffic;
using mesh::graph::GraphView;

class TestGraphExport final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void pictureIsWhatIsShown()
    {
        ShownGraph b;
        b.model.addTraffic({traffic(u"k0"_s, u"k3"_s)});
        b.settle();
        const QImage shown = b.grab();
        const QImage one = b.view.picture(1).convertToFormat(QImage::Format_RGB32);
        QCOMPARE(one.size(), shown.size());
        int off = 0; // by more than a shade: texts are laid over lines in another order of rounding
        for (int y = 0; y < shown.height(); ++y) {
            for (int x = 0; x < shown.width(); ++x)
                off += std::abs(qGray(one.pixel(x, y)) - qGray(shown.pixel(x, y))) > 24 ? 1 : 0;
        }
        QVERIFY2(off < shown.width() * shown.height() / 200, qPrintable(QString::number(off)));
        QCOMPARE(b.view.picture(2).size(), shown.size() * 2);
    }

    void svgIsShapesAndTexts()
    {
        ShownGraph b;
        b.model.addTraffic({traffic(u"k0"_s, u"k3"_s)});
        b.settle();
        QBuffer buffer;
        QVERIFY(!b.view.writeSvg(&buffer)); // not open
        QVERIFY(buffer.open(QIODevice::WriteOnly));
        QVERIFY(b.view.writeSvg(&buffer));
        QXmlStreamReader reader(buffer.data());
        QSet<QString> texts;
        int shapes = 0;
        while (!reader.atEnd()) {
            reader.readNext();
            if (!reader.isStartElement())
                continue;
            QVERIFY2(reader.name() != u"image"_s, "pixels in a vector drawing");
            if (reader.name() == u"text"_s)
                texts << reader.readElementText().trimmed();
            else if (reader.name() == u"path"_s || reader.name() == u"circle"_s || reader.name() == u"ellipse"_s)
                ++shapes;
        }
        QVERIFY2(!reader.hasError(), qPrintable(reader.errorString()));
        QVERIFY(shapes > 20);
        for (int i = 0; i < 6; ++i)
            QVERIFY2(texts.contains(u"peer-%1"_s.arg(i)), qPrintable(QStringList(texts.values()).join(u'|')));
        QVERIFY(texts.contains(u"Test mesh"_s));
        QVERIFY(texts.contains(u"@ops"_s));
    }

    void picturesAreSavedInTheBackground()
    {
        QTemporaryDir dir;
        QVERIFY(dir.isValid());
        ShownGraph b(300, {900, 700});
        b.model.setMeshName(u"Before"_s);
        for (int i = 0; i < 300; ++i)
            b.model.addTraffic({traffic(u"k%1"_s.arg(i), u"k%1"_s.arg((i * 7 + 1) % 300))});
        b.frame(16);
        QSignalSpy saved(&b.view, &GraphView::pictureSaved);
        const QString svg = dir.filePath(u"mesh.svg"_s);
        QVERIFY(b.view.savePictureTo(svg));
        QVERIFY(b.view.isSavingPicture());
        QVERIFY(!b.view.savePictureTo(dir.filePath(u"other.svg"_s))); // one at a time
        QCOMPARE(saved.count(), 0);                                   // the window goes on
        b.model.setMeshName(u"After"_s);
        b.model.clear(); // it is the picture of the moment it was asked for
        b.frame(16);
        QTRY_COMPARE(saved.count(), 1);
        QVERIFY(saved.last().at(0).toBool());
        QVERIFY(!b.view.isSavingPicture());
        QFile file(svg);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray drawing = file.readAll();
        QVERIFY(drawing.contains("Before") && !drawing.contains("After"));
        QVERIFY(!QFile::exists(dir.filePath(u"other.svg"_s)));

        // A folder that does not exist: said in words, with the way on.
        QVERIFY(b.view.savePictureTo(dir.filePath(u"no/folder/mesh.png"_s)));
        QTRY_COMPARE(saved.count(), 2);
        QVERIFY(!saved.last().at(0).toBool());
        QVERIFY(saved.last().at(1).toString().contains(u"unchanged"_s));
    }

    void savedPictureOutlivesItsView()
    {
        QTemporaryDir dir;
        const QString png = dir.filePath(u"mesh.png"_s);
        QImage shown;
        {
            ShownGraph b(60, {700, 500});
            b.model.addTraffic({traffic(u"k0"_s, u"k3"_s)});
            b.settle();
            shown = b.grab();
            QVERIFY(b.view.savePictureTo(png));
        }
        QTRY_VERIFY(QFile::exists(png));
        QImage read;
        QTRY_VERIFY(read.load(png));
        QCOMPARE(read.size(), shown.size() * 2);
        const QImage small = read.scaled(shown.size(), Qt::IgnoreAspectRatio, Qt::SmoothTransformation);
        qint64 off = 0;
        for (int y = 0; y < shown.height(); ++y) {
            for (int x = 0; x < shown.width(); ++x)
                off += std::abs(qGray(small.pixel(x, y)) - qGray(shown.pixel(x, y)));
        }
        const double mean = double(off) / shown.width() / shown.height();
        QVERIFY2(mean < 4, qPrintable(QString::number(mean)));
    }
};

MESH_TEST(TestGraphExport)

} // namespace tst_graphexport

#include "tst_graphexport.moc"
