// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QPointer>
#include <QtCore/QStringList>
#include <QtCore/QTimer>
#include <QtWidgets/QDialog>

#include "models/protocol/clock.h"
#include "models/protocol/command.h"

class QHBoxLayout;
class QLabel;
class QLineEdit;
class QListWidget;
class QPlainTextEdit;
class QPushButton;
class QStackedWidget;

namespace mesh::store {
class MeshStore;
struct ChangeSet;
} // namespace mesh::store
namespace mesh::items {
class MessageListModel;
}

namespace mesh::views {

class MessageListView;
class Theme;

//! One question to several peers at once, their answers side by side. The question goes as a direct message to each of
//! them, sealed for each alone; every column is that peer's own conversation, so nothing of it is kept here.
class AskBoard final : public QDialog
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(AskBoard)

public:
    static constexpr int kMaxPeers = 6; //!< columns that can be read

    AskBoard(Theme &theme, const protocol::Clock &clock, store::MeshStore &store, protocol::CommandSink &commands,
             const QString &chosenPeer, QWidget *parent = nullptr);

    //! Routing keys of the peers that are ticked.
    [[nodiscard]] QStringList chosen() const;

Q_SIGNALS:
    void linkActivated(const QString &address);

private:
    struct Column
    {
        QString key;
        QLabel *state = nullptr;
        items::MessageListModel *model = nullptr;
        MessageListView *list = nullptr;
        QString messageId; //!< our question, by the client's id
    };

    void buildChoice(const QString &chosenPeer);
    void refreshChoice();
    void ask();
    void addColumn(const QString &key);
    void sendToAll(const QString &text);
    void refreshStates();

    Theme &m_theme;
    const protocol::Clock &m_clock;
    QPointer<store::MeshStore> m_store;
    protocol::CommandSink &m_commands;
    QStackedWidget *m_pages = nullptr;
    QListWidget *m_peers = nullptr;
    QPlainTextEdit *m_question = nullptr;
    QLabel *m_hint = nullptr;
    QPushButton *m_ask = nullptr;
    QHBoxLayout *m_columnsLayout = nullptr;
    QLineEdit *m_more = nullptr;
    QList<Column> m_columns;
    qint64 m_askedAtMs = 0;
    QTimer m_second;
};

} // namespace mesh::views
