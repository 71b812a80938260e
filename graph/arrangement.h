// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QByteArray>
#include <QtCore/QMap>
#include <QtCore/QPointF>
#include <QtCore/QString>
#include <QtCore/QStringList>

namespace mesh::graph {

//! What the user arranged in the graph of one mesh.
struct GraphArrangement
{
    QMap<QString, QPointF> pins; //!< world positions by key
    QStringList collapsed;       //!< groups
    double zoom = 1;
    QPointF centre; //!< world point in the middle of the view

    QByteArray toBytes() const;
    //! Bytes that cannot be read, or say what cannot be (a place that is not finite), give nothing of that part.
    static GraphArrangement fromBytes(const QByteArray &bytes);

    friend bool operator==(const GraphArrangement &, const GraphArrangement &) = default;
};

//! Keeps arrangements by mesh id from one start of the program to the next. The program's settings are one.
class ArrangementStore
{
public:
    virtual ~ArrangementStore() = default;
    //! Empty if nothing is kept for \a meshId.
    virtual QByteArray graphArrangement(const QString &meshId) const = 0;
    virtual void setGraphArrangement(const QString &meshId, const QByteArray &bytes) = 0;

protected:
    ArrangementStore() = default;
    Q_DISABLE_COPY_MOVE(ArrangementStore)
};

} // namespace mesh::graph
