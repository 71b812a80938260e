// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/waiting.h"

#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QList>
#include <QtNetwork/QTcpSocket>

#include <functional>

namespace mesh::tests {

//! A WebSocket client made by hand, for what a QWebSocket cannot do: it answers no pings, and reads only when told to.
//! Knows single text frames, no fragments.
class BareWebSocket final
{
public:
    //! True when the upgrade to `/ws` was accepted.
    bool open(quint16 port)
    {
        socket.connectToHost(QStringLiteral("127.0.0.1"), port);
        socket.write("GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                     "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n");
        return waitFor([this] { return socket.peek(4'096).contains("\r\n\r\n"); }) && socket.peek(12) == "HTTP/1.1 101"
            && socket.skip(socket.peek(4'096).indexOf("\r\n\r\n") + 4) > 0;
    }

    //! Sends one masked text frame of at most 65,535 bytes.
    void say(const QJsonObject &frame)
    {
        const QByteArray text = QJsonDocument(frame).toJson(QJsonDocument::Compact);
        QByteArray head("\x81", 1);
        if (text.size() < 126)
            head.append(char(0x80 | text.size()));
        else
            head.append('\xfe').append(char(text.size() >> 8)).append(char(text.size() & 0xff));
        socket.write(head + QByteArray(4, '\0') + text);
    }

    //! The first frame that passes, taken out; empty when none comes in time.
    QJsonObject take(const std::function<bool(const QJsonObject &)> &test, int timeoutMs = 5'000)
    {
        QJsonObject found;
        (void)waitFor(
            [&] {
                read();
                for (qsizetype i = 0; i < frames.size() && found.isEmpty(); ++i) {
                    if (test(frames.at(i)))
                        found = frames.takeAt(i);
                }
                return !found.isEmpty();
            },
            timeoutMs);
        return found;
    }

    //! Takes in what has arrived.
    void read()
    {
        m_bytes += socket.readAll();
        while (m_bytes.size() >= 2) {
            const auto at = [this](qsizetype i) { return qsizetype(quint8(m_bytes.at(i))); };
            qsizetype size = at(1) & 0x7f;
            const qsizetype head = size < 126 ? 2 : size == 126 ? 4 : 10;
            if (m_bytes.size() < head)
                return;
            if (head > 2) {
                size = 0;
                for (qsizetype i = 2; i < head; ++i)
                    size = size << 8 | at(i);
            }
            if (m_bytes.size() < head + size)
                return;
            const qsizetype opcode = at(0) & 0x0f;
            if (opcode == 1)
                frames.append(QJsonDocument::fromJson(m_bytes.sliced(head, size)).object());
            else if (opcode == 8)
                saidClose = true;
            else if (opcode == 9)
                ++pings;
            m_bytes.remove(0, head + size);
        }
    }

    QTcpSocket socket;
    QList<QJsonObject> frames; //!< that came and were not taken
    int pings = 0;
    bool saidClose = false; //!< the other side sent a close frame

private:
    QByteArray m_bytes;
};

} // namespace mesh::tests
