// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/turn.h"

#include "localmesh/connection.h"
#include "localmesh/database.h"
#include "localmesh/limits.h"
#include "models/protocol/logging.h"

namespace mesh::local {

namespace {

//! Frames of one connection in one turn; and of all together, which bounds how long an ack waits for its commit.
constexpr int FramesPerConnection = 16;
constexpr int FramesPerTurn = 512;

} // namespace

Turn::Turn(Database &database, QObject *parent)
    : QObject(parent)
    , m_database(database)
{
}

void Turn::receive(Connection *connection, const QByteArray &utf8)
{
    auto inbox = m_inboxes.find(connection);
    if (inbox == m_inboxes.end()) {
        inbox = m_inboxes.insert(connection, {});
        connect(connection, &QObject::destroyed, this, [this, connection] { m_inboxes.remove(connection); });
    }
    if (inbox->frames.size() >= size_t(limits::InboxFrames) || inbox->bytes + utf8.size() > limits::InboxBytes) {
        qCInfo(lcLocalMesh) << "a peer sends faster than it can be served and is cut";
        connection->cut();
        return;
    }
    if (inbox->frames.empty())
        m_order.push_back(connection);
    inbox->frames.push_back(utf8);
    inbox->bytes += utf8.size();
    schedule();
}

void Turn::post(Work work)
{
    m_work.push_back(std::move(work));
    schedule();
}

void Turn::schedule()
{
    if (m_scheduled || m_running)
        return;
    m_scheduled = true;
    QMetaObject::invokeMethod(
        this,
        [this] {
            m_scheduled = false;
            run();
        },
        Qt::QueuedConnection);
}

void Turn::run()
{
    m_running = true;
    std::deque<Work> work;
    work.swap(m_work);
    for (const Work &task : work)
        task();

    int budget = FramesPerTurn;
    for (size_t visits = m_order.size(); visits > 0 && budget > 0; --visits) {
        const QPointer<Connection> connection = m_order.front();
        m_order.pop_front();
        for (int i = 0; i < FramesPerConnection && connection; ++i) {
            const auto inbox = m_inboxes.find(connection.data());
            if (inbox == m_inboxes.end() || inbox->frames.empty())
                break;
            const QByteArray frame = std::move(inbox->frames.front());
            inbox->frames.pop_front();
            inbox->bytes -= frame.size();
            if (connection->isClosing()) {
                inbox->frames.clear();
                inbox->bytes = 0;
                break;
            }
            m_handler(*connection, frame);
            --budget;
        }
        if (const auto inbox = m_inboxes.constFind(connection.data());
            connection && inbox != m_inboxes.cend() && !inbox->frames.empty())
            m_order.push_back(connection);
    }
    finish();
    m_running = false;
    if (!m_order.empty() || !m_work.empty())
        schedule();
}

void Turn::finish()
{
    // Again as long as an epilogue sends, and perhaps writes, something more.
    do {
        std::vector<Outgoing> outgoing;
        outgoing.swap(m_outgoing);
        const bool committed = m_database.commit().hasValue();
        if (!committed && m_rolledBack)
            m_rolledBack();
        emitAll(outgoing, committed);
    } while (!m_outgoing.empty());
}

void Turn::emitAll(std::vector<Outgoing> &entries, bool committed)
{
    for (Outgoing &entry : entries) {
        if (entry.epilogue)
            entry.epilogue(committed);
        else if (committed && entry.connection)
            entry.connection->send(entry.text);
    }
}

void Turn::send(Connection *connection, const QByteArray &utf8)
{
    if (!connection)
        return;
    const QString text = QString::fromUtf8(utf8);
    if (m_running)
        m_outgoing.push_back({connection, text, {}});
    else
        connection->send(text);
}

void Turn::send(const QList<Connection *> &connections, const QByteArray &utf8)
{
    if (connections.isEmpty())
        return;
    const QString text = QString::fromUtf8(utf8);
    for (Connection *connection : connections) {
        if (m_running)
            m_outgoing.push_back({connection, text, {}});
        else
            connection->send(text);
    }
}

void Turn::afterwards(Epilogue epilogue)
{
    if (m_running)
        m_outgoing.push_back({{}, {}, std::move(epilogue)});
    else
        epilogue(true);
}

void Turn::finishAll()
{
    while (!m_order.empty() || !m_work.empty())
        run();
}

} // namespace mesh::local
