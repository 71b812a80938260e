// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/linknotice.h"

#include <QtCore/QPointer>
#include <QtCore/QTimer>
#include <QtWidgets/QWidget>

class QLabel;
class QPushButton;

namespace mesh::protocol {
class Clock;
class CommandSink;
} // namespace mesh::protocol
namespace mesh::store {
class MeshStore;
}

namespace mesh::views {

class Theme;

//! The inline band that says why a mesh is not connected, what is kept, and when the next try comes. Hidden when all is
//! well. It counts down once a second only while it is visible.
class ConnectionBanner final : public QWidget
{
    Q_OBJECT
public:
    ConnectionBanner(Theme &theme, const protocol::Clock &time, protocol::CommandSink *sink, QWidget *parent = nullptr);
    ~ConnectionBanner() override;

    void setStore(store::MeshStore *store);
    const LinkNotice &notice() const { return m_notice; }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    void refresh();
    void restyle();

    Theme &m_theme;
    const protocol::Clock &m_time;
    protocol::CommandSink *m_sink;
    QPointer<store::MeshStore> m_store;
    QTimer m_timer;
    LinkNotice m_notice;

    QLabel *m_icon = nullptr;
    QLabel *m_title = nullptr;
    QLabel *m_body = nullptr;
    QLabel *m_details = nullptr;
    QPushButton *m_retry = nullptr;
    QPushButton *m_more = nullptr;
};

} // namespace mesh::views
