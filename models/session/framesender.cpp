// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/session/framesender.h"

#include <QtCore/QCoreApplication>

#include "models/protocol/framecodec.h"
#include "models/session/transport.h"

namespace mesh::session {

using namespace Qt::StringLiterals;
using namespace protocol;

Expected<void> FrameSender::send(const ClientFrame &frame)
{
    const bool hello = holds<SessionHello>(frame);
    // A second hello on an open session would make the broker close it.
    const bool allowed = hello ? m_gate == Gate::HelloOnly : m_gate == Gate::Open;
    if (!allowed || !m_transport.isOpen()) {
        return Error{u"offline"_s,
                     QCoreApplication::translate("mesh::session", "There is no connection to the broker."),
                     ErrorBand::Transient};
    }
    Limits limits;
    limits.maxBytes = MaxFrameBytes;
    const Expected<QByteArray> bytes = encode(frame, limits);
    if (!bytes)
        return bytes.error();
    m_transport.write(*bytes);
    return {};
}

} // namespace mesh::session
