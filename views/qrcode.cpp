// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/qrcode.h"

#include <QtGui/QPainter>

#include <algorithm>
#include <cmath>
#include <memory>

#include <qrencode.h>

namespace mesh::views {

namespace {

constexpr int quietZone = 4; // modules of light around it, which the standard asks for

void paintModules(QPainter &painter, const QImage &modules, const QRectF &rect)
{
    painter.fillRect(rect, Qt::white);
    const double side = modules.width() + 2 * quietZone;
    // Whole device pixels a module, so that no edge is grey.
    const double ratio = painter.device()->devicePixelRatioF();
    const double module = std::max(1.0, std::floor(rect.width() * ratio / side)) / ratio;
    const double left = rect.left() + (rect.width() - module * modules.width()) / 2;
    const double top = rect.top() + (rect.height() - module * modules.height()) / 2;
    for (int y = 0; y < modules.height(); ++y) {
        for (int x = 0; x < modules.width(); ++x) {
            if (modules.pixelIndex(x, y) == 1)
                painter.fillRect(QRectF(left + x * module, top + y * module, module, module), Qt::black);
        }
    }
}

} // namespace

QrCode::QrCode(QWidget *parent)
    : QWidget(parent)
{
}

QImage QrCode::encode(const QString &text)
{
    const QByteArray utf8 = text.toUtf8();
    if (utf8.isEmpty())
        return {};
    // The lowest level of correction: a screen has no scratches, and large modules are read better.
    const std::unique_ptr<QRcode, decltype(&QRcode_free)> code(
        QRcode_encodeData(int(utf8.size()), reinterpret_cast<const unsigned char *>(utf8.constData()), 0, QR_ECLEVEL_L),
        &QRcode_free);
    if (!code)
        return {};
    QImage image(code->width, code->width, QImage::Format_Mono);
    image.setColorTable({qRgb(255, 255, 255), qRgb(0, 0, 0)});
    for (int y = 0; y < code->width; ++y) {
        for (int x = 0; x < code->width; ++x)
            image.setPixel(x, y, code->data[y * code->width + x] & 1);
    }
    return image;
}

void QrCode::setText(const QString &text)
{
    m_modules = encode(text);
    setVisible(!m_modules.isNull());
    update();
}

QImage QrCode::picture(int scale) const
{
    if (m_modules.isNull())
        return {};
    const int side = (m_modules.width() + 2 * quietZone) * scale;
    QImage image(side, side, QImage::Format_RGB32);
    QPainter painter(&image);
    paintModules(painter, m_modules, image.rect());
    return image;
}

void QrCode::paintEvent(QPaintEvent *)
{
    if (m_modules.isNull())
        return;
    QPainter painter(this);
    const int side = std::min(width(), height());
    paintModules(painter, m_modules, QRectF((width() - side) / 2.0, (height() - side) / 2.0, side, side));
}

} // namespace mesh::views
