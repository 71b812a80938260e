// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph/traillayer.h"

#include <algorithm>
#include <cstring>

namespace mesh::graph {

namespace {

constexpr QImage::Format kFormat = QImage::Format_ARGB32_Premultiplied;

int columnsOf(QSize size)
{
    return (size.width() + TrailLayer::kTile - 1) / TrailLayer::kTile;
}

int rowsOf(QSize size)
{
    return (size.height() + TrailLayer::kTile - 1) / TrailLayer::kTile;
}

} // namespace

void TrailLayer::prepare(Buffer &buffer, QSize size) const
{
    if (buffer.image.size() == size)
        return;
    buffer.image = QImage(size, kFormat);
    buffer.image.fill(Qt::transparent);
    buffer.tiles.assign(size_t(columnsOf(size)) * size_t(rowsOf(size)), 0);
    buffer.active = 0;
    buffer.bounds = {};
}

void TrailLayer::wipe(Buffer &buffer) const
{
    const QSize size = buffer.image.size();
    const int columns = columnsOf(size);
    uchar *bits = buffer.image.bits();
    const qsizetype pitch = buffer.image.bytesPerLine();
    for (int row = 0; row < rowsOf(size); ++row) {
        for (int column = 0; column < columns; ++column) {
            quint8 &tile = buffer.tiles[size_t(row * columns + column)];
            if (tile == 0)
                continue;
            const int x = column * kTile;
            const auto bytes = size_t(std::min(kTile, size.width() - x)) * 4;
            for (int y = row * kTile; y < std::min((row + 1) * kTile, size.height()); ++y)
                std::memset(bits + y * pitch + x * 4, 0, bytes);
            tile = 0;
        }
    }
}

void TrailLayer::fade(const Buffer &from, Buffer &to, FadeStep step)
{
    const QSize size = to.image.size();
    const int columns = columnsOf(size);
    const uchar *source = from.image.constBits();
    uchar *target = to.image.bits();
    const qsizetype pitch = to.image.bytesPerLine();
    for (int row = 0; row < rowsOf(size); ++row) {
        const int lastY = std::min((row + 1) * kTile, size.height());
        for (int column = 0; column < columns; ++column) {
            const size_t index = size_t(row * columns + column);
            const int x = column * kTile;
            const auto bytes = size_t(std::min(kTile, size.width() - x)) * 4;
            if (from.tiles[index] != 0) {
                bool any = false;
                for (int y = row * kTile; y < lastY; ++y) {
                    const qsizetype offset = y * pitch + x * 4;
                    any |= fadeBytes(source + offset, target + offset, bytes, step, m_seed + quint32(y) * 977U);
                }
                to.tiles[index] = any ? 1 : 0;
            } else if (to.tiles[index] != 0) {
                for (int y = row * kTile; y < lastY; ++y)
                    std::memset(target + y * pitch + x * 4, 0, bytes);
                to.tiles[index] = 0;
            }
        }
    }
}

void TrailLayer::touch(Buffer &buffer, const QRect &pixels, int columns)
{
    if (pixels.isEmpty())
        return;
    for (int row = pixels.top() / kTile; row <= pixels.bottom() / kTile; ++row) {
        for (int column = pixels.left() / kTile; column <= pixels.right() / kTile; ++column)
            buffer.tiles[size_t(row * columns + column)] = 1;
    }
}

void TrailLayer::count(Buffer &buffer, int columns)
{
    buffer.active = 0;
    int left = columns;
    int right = -1;
    int top = -1;
    int bottom = -1;
    for (size_t i = 0; i < buffer.tiles.size(); ++i) {
        if (buffer.tiles[i] == 0)
            continue;
        ++buffer.active;
        const int row = int(i) / columns;
        const int column = int(i) % columns;
        left = std::min(left, column);
        right = std::max(right, column);
        top = top < 0 ? row : top;
        bottom = row;
    }
    buffer.bounds = buffer.active == 0
        ? QRect()
        : QRect(QPoint(left * kTile, top * kTile), QPoint((right + 1) * kTile - 1, (bottom + 1) * kTile - 1))
              .intersected(buffer.image.rect());
}

void TrailLayer::render(const TrailJob &job)
{
    const Buffer &from = m_buffers[m_front];
    Buffer &to = m_buffers[1 - m_front];
    if (job.size.isEmpty()) {
        to = {};
        return;
    }
    prepare(to, job.size);
    ++m_seed;
    if (job.clear || from.image.size() != job.size)
        wipe(to);
    else
        fade(from, to, TrailFade::step(job.fadeMs));

    const int columns = columnsOf(job.size);
    const PixelView view{reinterpret_cast<quint32 *>(to.image.bits()), to.image.bytesPerLine() / 4, job.size.width(),
                         job.size.height()};
    for (const EdgeStroke &stroke : job.strokes)
        touch(to, m_raster.draw(view, stroke), columns);
    count(to, columns);
}

void TrailLayer::swap()
{
    m_front = 1 - m_front;
}

qsizetype TrailLayer::byteCount() const
{
    return m_buffers[0].image.sizeInBytes() + m_buffers[1].image.sizeInBytes();
}

} // namespace mesh::graph
