// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QAbstractListModel>
#include <QtCore/QList>
#include <QtWidgets/QStyledItemDelegate>

namespace mesh::store {
class MeshStore;
}

namespace mesh::views {

class Theme;

//! One row of a list of shared things, ready to be shown. All texts are safe single lines.
struct MeshListRow
{
    QString key; //!< names the row within its list: state key, memory id, task id, name
    QString title;
    QString second;
    QString value;     //!< at the right, fixed pitch
    QString toolTip;   //!< plain text
    bool mono = false; //!< title in fixed pitch
    bool dim = false;  //!< done, offline

    friend bool operator==(const MeshListRow &, const MeshListRow &) = default;
};

//! Rows of one section. Replaced rows are told as what changed, came and went, so selection and scroll position stay.
class MeshListModel final : public QAbstractListModel
{
    Q_OBJECT
public:
    enum Role { KeyRole = Qt::UserRole, SecondRole, ValueRole, MonoRole, DimRole };

    explicit MeshListModel(QObject *parent = nullptr);

    void setRows(const QList<MeshListRow> &rows);
    const QList<MeshListRow> &rows() const { return m_rows; }

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;

private:
    QList<MeshListRow> m_rows;
};

//! Two lines with a value at the right.
class MeshListDelegate final : public QStyledItemDelegate
{
    Q_OBJECT
public:
    explicit MeshListDelegate(Theme &theme, QObject *parent = nullptr);
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;

private:
    Theme &m_theme;
};

//! What the store knows of each section, as rows.
namespace meshrows {
QList<MeshListRow> state(const store::MeshStore &store, qint64 nowMs);
QList<MeshListRow> memories(const store::MeshStore &store, qint64 nowMs);
QList<MeshListRow> tasks(const store::MeshStore &store, qint64 nowMs);
QList<MeshListRow> skills(const store::MeshStore &store, qint64 nowMs);
QList<MeshListRow> files(const store::MeshStore &store, qint64 nowMs);
QList<MeshListRow> streams(const store::MeshStore &store, qint64 nowMs);
QList<MeshListRow> services(const store::MeshStore &store, qint64 nowMs);
} // namespace meshrows

} // namespace mesh::views
