// SPDX-License-Identifier: GPL-3.0-or-later
// The part of GraphView that writes what it shows into files.
#include "graph/graphview.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QFileInfo>
#include <QtCore/QSaveFile>
#include <QtCore/QThreadPool>
#include <QtGui/QPainter>
#include <QtSvg/QSvgGenerator>
#include <QtWidgets/QFileDialog>

#include <algorithm>
#include <chrono>

#include "graph/frameclock.h"
#include "graph/graphscene.h"

using namespace Qt::StringLiterals;

namespace mesh::graph {

namespace {
constexpr double kSavedScale = 2;
constexpr int kSvgResolution = 96; // dots an inch: a logical pixel is a unit
constexpr std::chrono::milliseconds kSavingToldAfter{200};
} // namespace

//! All that a picture is made of, apart from the view: may be drawn on any thread.
struct FrozenGraph
{
    std::unique_ptr<items::GraphModel> model;
    GraphScene scene; // reads the model: goes first
    QSize size;
    qreal ratio = 1;
    qint64 nowNs = 0;
    qint64 nowMs = 0;
    QString title;
    QString description;

    QImage image()
    {
        QImage image((QSizeF(size) * ratio).toSize(), QImage::Format_RGB32);
        image.setDevicePixelRatio(ratio);
        scene.finishRaster(nowNs);
        QPainter painter(&image);
        scene.paint(painter, nowNs, nowMs);
        return image;
    }

    bool writeSvg(QIODevice *device)
    {
        QSvgGenerator generator;
        generator.setOutputDevice(device);
        generator.setResolution(kSvgResolution);
        generator.setSize(size);
        generator.setViewBox(QRect(QPoint(), size));
        generator.setTitle(title);
        generator.setDescription(description);
        QPainter painter;
        if (!painter.begin(&generator))
            return false;
        scene.paint(painter, nowNs, nowMs);
        return painter.end();
    }

    //! Empty if it was written; else why not.
    QString save(const QString &path)
    {
        QSaveFile file(path); // whatever was there stays until all is written
        const bool written = file.open(QIODevice::WriteOnly)
            && (scene.isVector() ? writeSvg(&file) : image().save(&file, "PNG")) && file.commit();
        return written ? QString() : file.errorString();
    }
};

std::shared_ptr<FrozenGraph> GraphView::frozen(double ratio, bool vector) const
{
    auto graph = std::make_shared<FrozenGraph>();
    graph->model = m_model ? m_model->frozen() : std::make_unique<items::GraphModel>(m_clock.clock());
    graph->size = size();
    graph->ratio = ratio;
    graph->nowNs = m_clock.nowNs();
    graph->nowMs = m_clock.nowMs();
    graph->title = m_model && !m_model->meshName().isEmpty() ? m_model->meshName() : tr("Mesh graph");
    graph->description = description();
    graph->scene.setOutput(vector ? SpriteAtlas::Output::Vector : SpriteAtlas::Output::Image);
    graph->scene.showLike(*m_scene, graph->model.get(), graph->nowNs);
    graph->scene.setViewport(QSizeF(graph->size), ratio, graph->nowNs);
    return graph;
}

QImage GraphView::picture(double scale) const
{
    return frozen(std::clamp(scale, 0.25, 8.0), false)->image();
}

bool GraphView::writeSvg(QIODevice *device) const
{
    return device && device->isWritable() && frozen(1, true)->writeSvg(device);
}

bool GraphView::savePictureTo(const QString &path)
{
    if (m_savingPicture)
        return false;
    m_savingPicture = true;
    const bool vector = path.endsWith(".svg"_L1, Qt::CaseInsensitive);
    std::shared_ptr<FrozenGraph> graph = frozen(vector ? 1 : kSavedScale, vector);
    // Nobody reads what is there for a blink.
    QTimer::singleShot(kSavingToldAfter, this, [this] {
        if (!m_savingPicture)
            return;
        m_scene->setNote(tr("Saving the picture…"));
        wake();
    });
    QThreadPool::globalInstance()->start([graph = std::move(graph), view = QPointer(this), path]() mutable {
        const QString problem = graph->save(path);
        // Back to the window's thread, where what is shared with it was made. The view may be gone by then.
        QObject *window = QCoreApplication::instance();
        if (!window)
            return; // the program has ended
        QMetaObject::invokeMethod(
            window,
            [graph = std::move(graph), view, path, problem] {
                if (view)
                    view->onPictureSaved(path, problem);
            },
            Qt::QueuedConnection);
    });
    return true;
}

void GraphView::onPictureSaved(const QString &path, const QString &problem)
{
    m_savingPicture = false;
    m_scene->setNote({});
    wake();
    if (problem.isEmpty())
        Q_EMIT pictureSaved(true, tr("Saved the picture as %1.").arg(QFileInfo(path).fileName()));
    else
        Q_EMIT pictureSaved(
            false,
            tr("%1 could not be written: %2. A file that was there is unchanged. Choose another folder, "
               "or free some space.")
                .arg(path, problem));
}

void GraphView::savePicture()
{
    const QString svg = tr("SVG drawing (*.svg)");
    const QString png = tr("PNG picture (*.png)");
    QString chosen = png;
    QString path = QFileDialog::getSaveFileName(this, tr("Save picture of the graph"), u"mesh.png"_s,
                                                png + u";;"_s + svg, &chosen);
    if (path.isEmpty())
        return;
    const bool vector = path.endsWith(".svg"_L1, Qt::CaseInsensitive)
        || (chosen == svg && !path.endsWith(".png"_L1, Qt::CaseInsensitive));
    if (!path.endsWith(vector ? ".svg"_L1 : ".png"_L1, Qt::CaseInsensitive))
        path += vector ? ".svg"_L1 : ".png"_L1;
    savePictureTo(path);
}

} // namespace mesh::graph
