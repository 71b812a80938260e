// SPDX-License-Identifier: GPL-3.0-or-later
// The part of GraphView that writes what it shows into files.
#include "graph/graphview.h"

#include <QtCore/QSaveFile>
#include <QtGui/QPainter>
#include <QtSvg/QSvgGenerator>
#include <QtWidgets/QFileDialog>
#include <QtWidgets/QMessageBox>

#include <algorithm>

#include "graph/frameclock.h"
#include "graph/graphscene.h"

using namespace Qt::StringLiterals;

namespace mesh::graph {

namespace {
constexpr double kSavedScale = 2;
constexpr int kSvgResolution = 96; // dots an inch: a logical pixel is a unit
} // namespace

QImage GraphView::picture(double scale) const
{
    const qreal ratio = std::clamp(scale, 0.25, 8.0);
    QImage image((QSizeF(size()) * ratio).toSize(), QImage::Format_RGB32);
    image.setDevicePixelRatio(ratio);
    GraphScene scene;
    scene.showLike(*m_scene, m_clock.nowNs());
    scene.setViewport(QSizeF(size()), ratio, m_clock.nowNs());
    scene.finishRaster(m_clock.nowNs());
    QPainter painter(&image);
    scene.paint(painter, m_clock.nowNs(), m_clock.nowMs());
    return image;
}

bool GraphView::writeSvg(QIODevice *device) const
{
    if (!device || !device->isWritable())
        return false;
    QSvgGenerator generator;
    generator.setOutputDevice(device);
    generator.setResolution(kSvgResolution);
    generator.setSize(size());
    generator.setViewBox(rect());
    generator.setTitle(m_model && !m_model->meshName().isEmpty() ? m_model->meshName() : tr("Mesh graph"));
    generator.setDescription(accessibleDescription());
    GraphScene scene;
    scene.setVector(true);
    scene.showLike(*m_scene, m_clock.nowNs());
    scene.setViewport(QSizeF(size()), 1, m_clock.nowNs());
    QPainter painter;
    if (!painter.begin(&generator))
        return false;
    scene.paint(painter, m_clock.nowNs(), m_clock.nowMs());
    return painter.end();
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
    QSaveFile file(path); // whatever was there stays until all is written
    const bool written = file.open(QIODevice::WriteOnly)
        && (vector ? writeSvg(&file) : picture(kSavedScale).save(&file, "PNG")) && file.commit();
    if (!written)
        QMessageBox::warning(this, tr("Picture not saved"),
                             tr("%1 could not be written: %2. A file that was there is unchanged. Choose another "
                                "folder, or free some space.")
                                 .arg(path, file.errorString()));
}

} // namespace mesh::graph
