// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/protocol/fieldcodec.h"
#include "models/store/changetrack.h"

#include <QtCore/QHash>

//! \file
//! Snapshot helpers over the field codec. Include in .cpp files.
namespace mesh::store {

template <class T>
QJsonArray toArray(const QList<T> &list)
{
    return protocol::codec::toJsonValue(list).toArray();
}

//! Elements that cannot be read are left out: a snapshot of an older program must not be lost over one field.
template <class T>
QList<T> fromArray(const QJsonValue &value)
{
    QList<T> out;
    const QJsonArray array = value.toArray();
    out.reserve(array.size());
    for (const QJsonValue &element : array) {
        protocol::codec::ReadState state(protocol::FieldRules::lenient());
        T item{};
        if (protocol::codec::readNode(protocol::codec::JsonNode(element), item, state))
            out.append(std::move(item));
    }
    return out;
}

//! Points as [atMs, weak, value].
template <class V, class ToJson>
QJsonArray trackToArray(const ChangeTrack<V> &track, ToJson toJson)
{
    QJsonArray out;
    for (const auto &point : track.points())
        out.append(QJsonArray{point.atMs, point.weak, toJson(point.value)});
    return out;
}

template <class V, class FromJson>
void trackFromArray(ChangeTrack<V> &track, const QJsonValue &value, FromJson fromJson)
{
    QList<typename ChangeTrack<V>::Point> points;
    const QJsonArray array = value.toArray();
    for (const QJsonValue &element : array) {
        const QJsonArray point = element.toArray();
        points.append({point.at(0).toInteger(), point.at(1).toBool(), fromJson(point.at(2))});
    }
    track.assign(std::move(points));
}

} // namespace mesh::store
