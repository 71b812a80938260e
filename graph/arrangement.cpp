// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph/arrangement.h"

#include <QtCore/QDataStream>
#include <QtCore/QIODevice>

#include <algorithm>
#include <cmath>

#include "graph/graphcamera.h"

namespace mesh::graph {

namespace {

constexpr quint32 kArrangementMagic = 0x6d677261; // "mgra"
constexpr quint32 kArrangementVersion = 1;
constexpr qsizetype kMostPins = 20'000;
constexpr double kFarthest = 16; // world units; a pin further out is not one a pointer made

bool isPlace(QPointF p)
{
    return std::abs(p.x()) <= kFarthest && std::abs(p.y()) <= kFarthest; // false for what is not a number
}

} // namespace

QByteArray GraphArrangement::toBytes() const
{
    QByteArray bytes;
    QDataStream stream(&bytes, QIODevice::WriteOnly);
    stream.setVersion(QDataStream::Qt_6_0);
    stream << kArrangementMagic << kArrangementVersion << pins << collapsed << zoom << centre;
    return bytes;
}

GraphArrangement GraphArrangement::fromBytes(const QByteArray &bytes)
{
    QDataStream stream(bytes);
    stream.setVersion(QDataStream::Qt_6_0);
    quint32 magic = 0;
    quint32 version = 0;
    stream >> magic >> version;
    if (magic != kArrangementMagic || version != kArrangementVersion)
        return {};
    GraphArrangement read;
    stream >> read.pins >> read.collapsed >> read.zoom >> read.centre;
    if (stream.status() != QDataStream::Ok || read.pins.size() > kMostPins)
        return {};
    read.pins.removeIf([](const auto &pin) { return !isPlace(pin.value()); });
    read.zoom = read.zoom >= GraphCamera::kLeastZoom && read.zoom <= GraphCamera::kMostZoom ? read.zoom : 1;
    if (!isPlace(read.centre))
        read.centre = {};
    return read;
}

} // namespace mesh::graph
