// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/session/refusals.h"

namespace mesh::session {

using namespace Qt::StringLiterals;
using namespace protocol;

std::optional<ClientFrame> refusalOf(const BrokerFrame &frame)
{
    if (const auto *file = getIf<PeerFileRequestForward>(&frame)) {
        PeerFileResponse answer;
        answer.requesterPubkey = file->requesterPubkey;
        answer.filePath = file->filePath;
        answer.error = u"This peer is a human at a desktop program and shares no files."_s;
        answer.reqId = file->reqId;
        return answer;
    }
    if (const auto *folder = getIf<PeerDirRequestForward>(&frame)) {
        PeerDirResponse answer;
        answer.requesterPubkey = folder->requesterPubkey;
        answer.dirPath = folder->dirPath;
        answer.error = u"This peer is a human at a desktop program and shares no folders."_s;
        answer.reqId = folder->reqId;
        return answer;
    }
    if (const auto *call = getIf<McpCallForward>(&frame)) {
        McpCallResponse answer;
        answer.callId = call->callId;
        answer.error = u"This peer is a human at a desktop program and runs no tools."_s;
        return answer;
    }
    return std::nullopt;
}

} // namespace mesh::session
