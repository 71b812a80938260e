// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/protocol/framecodec.h"
#include "models/protocol/jsontape.h"

#include <QtCore/QJsonDocument>

#include <cstdint>
#include <cstdlib>

using namespace mesh::protocol;

namespace {

void require(bool holds)
{
    if (!holds)
        std::abort();
}

//! What was decoded can be written, and what was written reads back as the same bytes.
void checkBrokerFrame(const QByteArray &text)
{
    const Expected<BrokerFrame> frame = decodeBrokerFrame(text);
    if (!frame) {
        require(!frame.error().code.isEmpty() && frame.error().band == ErrorBand::Protocol);
        return;
    }
    const QByteArray bytes = encode(*frame);
    const Expected<BrokerFrame> again = decodeBrokerFrame(bytes);
    require(again.hasValue());
    require(typeOf(*again) == typeOf(*frame));
    require(encode(*again) == bytes);
    require(requestId(*again) == requestId(*frame));
    require(!frameToJson(*frame).isEmpty());
}

void checkClientFrame(const QByteArray &text)
{
    const Expected<ClientFrame> frame = decodeClientFrame(text);
    if (!frame)
        return;
    const Expected<QByteArray> bytes = encode(*frame);
    require(bytes.hasValue() || !bytes.error().code.isEmpty());
    if (!bytes)
        return;
    const Expected<ClientFrame> again = decodeClientFrame(*bytes);
    require(again.hasValue());
    const Expected<QByteArray> second = encode(*again);
    require(second.hasValue() && *second == *bytes);
}

//! Qt reads everything that the tape takes for JSON, but for numbers that no double can hold.
void checkAgainstQt(const QByteArray &text)
{
    JsonTape tape;
    if (!tape.read(text, {}))
        return;
    const JsonTape::Kind kind = tape.at(0).kind;
    if (kind != JsonTape::Kind::Object && kind != JsonTape::Kind::Array)
        return;
    QJsonParseError problem;
    const QJsonDocument document = QJsonDocument::fromJson(text, &problem);
    if (problem.error == QJsonParseError::IllegalNumber)
        return;
    require(problem.error == QJsonParseError::NoError);
    QJsonValue value;
    require(tape.json(tape.at(0), value));
    require(document.isObject() == value.isObject());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArray text(reinterpret_cast<const char *>(data), qsizetype(size));
    checkBrokerFrame(text);
    checkClientFrame(text);
    checkAgainstQt(text);
    return 0;
}
