// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/protocol/expected.h"
#include "models/protocol/frames.h"
#include "models/protocol/jsonlimits.h"

#include <QtCore/QByteArray>

//! \file
//! Frames to bytes and back. The client decodes broker frames and encodes client frames; the personal mesh does the
//! reverse. All errors are of band Protocol. Decoding: `not_json`, `not_object`, `unknown_type`, `bad_field` (the
//! detail names the field), `too_deep`, `too_large`. Encoding a client's frame: `refused`, `too_large`.

namespace mesh::protocol {

//! One frame as a broker sends it. Unknown members are ignored; unknown types are an error of their own, to be counted.
Expected<BrokerFrame> decodeBrokerFrame(const QByteArray &utf8, const Limits &limits = {});

//! One frame as a client sends it. Checks the shape only: a request that a broker should answer with an error passes,
//! even with the member left out that the error is about. Group names outside the safe alphabet and unknown priorities
//! and statuses do not.
Expected<ClientFrame> decodeClientFrame(const QByteArray &utf8, const Limits &limits = {});

//! Whether a frame may leave. Refuses what brokers drop in silence (a hello without its required values, a null state
//! value) and what harms them or others (see the notes of the frames). Error: `refused`, or `too_large` for an
//! oversized message.
Expected<void> validate(const ClientFrame &frame);

//! The bytes of a client's frame: validate(), then one compact JSON object, at most \a limits.maxBytes long. This is
//! the only way to make them, so that no caller can leave the check out.
Expected<QByteArray> encode(const ClientFrame &frame, const Limits &limits = {});

//! The bytes of a broker's frame: one compact JSON object.
QByteArray encode(const BrokerFrame &frame);
//! The same for the frames that a busy broker sends most, without a copy into the variant.
QByteArray encode(const Push &frame);
QByteArray encode(const StreamData &frame);
QByteArray encode(const Ack &frame);
QByteArray encode(const PeersList &frame);

//! A frame as a JSON object, for showing and keeping.
QJsonObject frameToJson(const ClientFrame &frame);
QJsonObject frameToJson(const BrokerFrame &frame);

//! The wire type: "list_peers".
QLatin1StringView typeOf(const ClientFrame &frame) noexcept;
QLatin1StringView typeOf(const BrokerFrame &frame) noexcept;

//! What an answer is matched by. For a request: `_reqId`, for Send its `id`. For an answer: `_reqId`, else the `id` of
//! an ack or an error. Empty if there is none.
QString requestId(const ClientFrame &frame);
QString requestId(const BrokerFrame &frame);
//! Sets the id that the answer will carry back (Send: `id`). \return false for frames that have none.
bool setRequestId(ClientFrame &frame, const QString &id);
//! Sets `_reqId` of an answer, or takes it away. \return false for frames that have none.
bool setRequestId(BrokerFrame &frame, const std::optional<QString> &id);

} // namespace mesh::protocol
