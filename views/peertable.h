// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QPointer>
#include <QtWidgets/QWidget>

#include "models/items/peertablemodel.h"

class QLabel;
class QTableView;

namespace mesh::items {
class PeerListModel;
}

namespace mesh::views {

class Theme;

//! The peers of the graph as a table: the same filter and selection, sortable by any column, walked by keys; Enter or a
//! double click opens the chat. While hidden it follows nothing.
class PeerTable final : public QWidget
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(PeerTable)

public:
    PeerTable(Theme &theme, items::FocusState &focus, items::PeerMatches &matches, QWidget *parent = nullptr);

    //! nullptr: nothing. The store must outlive the table or be taken away first.
    void setStore(store::MeshStore *store);

    //! Keys of what is shown, in the order shown. Works while hidden too.
    [[nodiscard]] QStringList shownKeys();

Q_SIGNALS:
    void peerActivated(const QString &key);

protected:
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void showSelection();
    void showEmpty();

    Theme &m_theme;
    items::FocusState &m_focus;
    items::PeerMatches &m_matches;
    QPointer<store::MeshStore> m_store;
    items::PeerListModel *m_peers = nullptr;
    items::PeerTableModel *m_model = nullptr;
    QTableView *m_view = nullptr;
    QLabel *m_empty = nullptr;
    bool m_showing = false; //!< a selection is being taken over
};

} // namespace mesh::views
