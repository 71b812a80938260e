// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/protocol/framecodec.h"

#include "models/protocol/jsonwriter.h"

using namespace Qt::StringLiterals;

namespace mesh::protocol {

namespace {

//! Room that most frames need; a list grows from there.
constexpr qsizetype kUsualSize = 512;

template <class Frame>
QByteArray write(const Frame &frame)
{
    QByteArray out;
    out.reserve(kUsualSize);
    codec::TextWriter writer(out);
    writer.type(Frame::kType);
    Frame::describe(frame, writer);
    writer.end();
    return out;
}

template <class Any>
QByteArray writeAny(const Any &frame)
{
    return visit([](const auto &one) { return write(one); }, frame);
}

template <class Any>
QJsonObject objectOf(const Any &frame)
{
    return visit(
        [](const auto &one) {
            QJsonObject object = toJson(one);
            object.insert("type"_L1, std::decay_t<decltype(one)>::kType);
            return object;
        },
        frame);
}

template <class Any>
QLatin1StringView typeOfAny(const Any &frame) noexcept
{
    return visit([](const auto &one) { return std::decay_t<decltype(one)>::kType; }, frame);
}

template <class Frame>
constexpr bool kHasRequestId = requires(Frame frame)
{
    frame.reqId;
};

} // namespace

Expected<QByteArray> encode(const ClientFrame &frame, const Limits &limits)
{
    if (const Expected<void> fit = validate(frame); !fit)
        return fit.error();
    QByteArray out = writeAny(frame);
    if (out.size() > limits.maxBytes) {
        return Error{u"too_large"_s, u"%1 bytes, more than %2"_s.arg(out.size()).arg(limits.maxBytes),
                     ErrorBand::Protocol};
    }
    return out;
}

QByteArray encode(const BrokerFrame &frame)
{
    return writeAny(frame);
}

QByteArray encode(const Push &frame)
{
    return write(frame);
}

QByteArray encode(const StreamData &frame)
{
    return write(frame);
}

QByteArray encode(const Ack &frame)
{
    return write(frame);
}

QByteArray encode(const PeersList &frame)
{
    return write(frame);
}

QJsonObject frameToJson(const ClientFrame &frame)
{
    return objectOf(frame);
}

QJsonObject frameToJson(const BrokerFrame &frame)
{
    return objectOf(frame);
}

QLatin1StringView typeOf(const ClientFrame &frame) noexcept
{
    return typeOfAny(frame);
}

QLatin1StringView typeOf(const BrokerFrame &frame) noexcept
{
    return typeOfAny(frame);
}

QString requestId(const ClientFrame &frame)
{
    return visit(
        [](const auto &one) -> QString {
            using Frame = std::decay_t<decltype(one)>;
            if constexpr (std::same_as<Frame, Send>)
                return one.id.value_or(QString());
            else if constexpr (kHasRequestId<Frame>)
                return one.reqId.value_or(QString());
            else
                return {};
        },
        frame);
}

QString requestId(const BrokerFrame &frame)
{
    return visit(
        [](const auto &one) -> QString {
            using Frame = std::decay_t<decltype(one)>;
            if constexpr (kHasRequestId<Frame>) {
                if (one.reqId)
                    return *one.reqId;
            }
            if constexpr (std::same_as<Frame, Ack>)
                return one.id;
            else if constexpr (std::same_as<Frame, ErrorFrame>)
                return one.id.value_or(QString());
            else
                return {};
        },
        frame);
}

bool setRequestId(ClientFrame &frame, const QString &id)
{
    return visit(
        [&id](auto &one) {
            using Frame = std::decay_t<decltype(one)>;
            if constexpr (std::same_as<Frame, Send>)
                one.id = id;
            else if constexpr (kHasRequestId<Frame>)
                one.reqId = id;
            return kHasRequestId<Frame>;
        },
        frame);
}

bool setRequestId(BrokerFrame &frame, const std::optional<QString> &id)
{
    return visit(
        [&id](auto &one) {
            using Frame = std::decay_t<decltype(one)>;
            if constexpr (kHasRequestId<Frame>)
                one.reqId = id;
            return kHasRequestId<Frame>;
        },
        frame);
}

} // namespace mesh::protocol
