// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QByteArray>
#include <QtCore/QHash>
#include <QtCore/QList>
#include <QtCore/QObject>
#include <QtCore/QPointer>

#include <deque>
#include <functional>
#include <vector>

namespace mesh::local {

class Connection;
class Database;

//! The heartbeat of the broker. Frames and other work wait here and are done in turns: one turn takes some work of
//! every connection, commits what it wrote as one transaction, and only then lets out what was sent meanwhile. So an
//! `ack` never leaves before its row is committed, a flood of one peer does not starve the others, and a busy mesh
//! commits seldom.
class Turn final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(Turn)

public:
    using FrameHandler = std::function<void(Connection &, const QByteArray &utf8)>;
    using Work = std::function<void()>;
    //! Told whether the turn's writes were kept.
    using Epilogue = std::function<void(bool committed)>;

    explicit Turn(Database &database, QObject *parent = nullptr);

    void setFrameHandler(FrameHandler handler) { m_handler = std::move(handler); }
    //! Called after a failed commit, before anything else happens: caches are read again from the database.
    void setRollbackHandler(Work handler) { m_rolledBack = std::move(handler); }

    //! Queues a frame. A connection with too much waiting is cut.
    void receive(Connection *connection, const QByteArray &utf8);
    //! Queues work that is not a frame.
    void post(Work work);

    //! Within a turn: sends when its writes are committed, never when they are not. Order is kept. Outside: at once.
    void send(Connection *connection, const QByteArray &utf8);
    //! The same for many connections, converting the frame once.
    void send(const QList<Connection *> &connections, const QByteArray &utf8);
    //! Within a turn: runs after the commit, in order with what is sent. Outside: at once, with true.
    void afterwards(Epilogue epilogue);

    //! Everything that waits, now. For stopping.
    void finishAll();

private:
    struct Inbox
    {
        std::deque<QByteArray> frames;
        qsizetype bytes = 0;
    };
    struct Outgoing
    {
        QPointer<Connection> connection;
        QString text;
        Epilogue epilogue;
    };

    void schedule();
    void run();
    void finish();
    void emitAll(std::vector<Outgoing> &entries, bool committed);

    Database &m_database;
    FrameHandler m_handler;
    Work m_rolledBack;
    QHash<Connection *, Inbox> m_inboxes;
    std::deque<QPointer<Connection>> m_order; //!< connections with frames, whose turn comes first in front
    std::deque<Work> m_work;
    std::vector<Outgoing> m_outgoing;
    bool m_scheduled = false;
    bool m_running = false;
};

} // namespace mesh::local
