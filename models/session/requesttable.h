// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QHash>

#include <vector>

#include "models/session/sessionport.h"

namespace mesh::session {

//! How a broker answers a type of request (wire/observed 2).
enum class AnswerKind {
    Frame,     //!< with a frame or an error
    ErrorOnly, //!< with an error or not at all: topics
    None,      //!< never
};

AnswerKind answerKind(const protocol::ClientFrame &frame);

//! How long to wait for the answer: sends and files 15 s, MCP 30 s, others 5 s, topic requests without an answer until
//! their silence counts as success (Appendix D).
int requestTimeoutMs(const protocol::ClientFrame &frame, const SessionTimings &timings);

//! Requests that wait for an answer. Matches on `_reqId`, on `id` of acks and errors, and `context_shared`, which
//! carries neither, with the oldest share_context. The one place of time-outs.
class RequestTable final
{
public:
    //! \a type is the request's wire type; \a dueMs monotonic.
    void add(const QString &id, QLatin1StringView type, AnswerKind kind, qint64 dueMs, Reply reply);

    //! Hands an answer to its request. \return false if nothing waits for it.
    bool resolve(const protocol::BrokerFrame &frame);
    //! Finishes what is overdue at \a nowMs: `timeout`, or success where silence means that.
    void expire(qint64 nowMs);
    //! Finishes everything with \a error.
    void failAll(const protocol::Error &error);

    qint64 nextDueMs() const;
    int size() const { return int(m_waiting.size()); }
    //! A fresh id, unique within this run.
    QString nextId();

private:
    struct Waiting
    {
        QLatin1StringView type;
        AnswerKind kind = AnswerKind::Frame;
        qint64 dueMs = 0;
        qint64 order = 0;
        Reply reply;
    };

    QHash<QString, Waiting> m_waiting;
    qint64 m_order = 0;
};

} // namespace mesh::session
