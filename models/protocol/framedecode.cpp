// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/protocol/fieldcodec.h"
#include "models/protocol/framecodec.h"
#include "models/protocol/jsontape.h"

#include <algorithm>
#include <array>
#include <string_view>

using namespace Qt::StringLiterals;

namespace mesh::protocol {

namespace {

template <class Any>
using Decode = void (*)(const TapeNode::Object &, Any &, codec::ReadState &);

template <class Any>
struct Row
{
    QLatin1StringView type;
    Decode<Any> decode;
};

template <class Any, class Frame>
void decodeAs(const TapeNode::Object &object, Any &out, codec::ReadState &state)
{
    codec::Reader<TapeNode> reader(object, state);
    Frame::describe(out.template emplace<Frame>(), reader);
}

//! Order of the table; any would do that is known when the program is compiled.
constexpr bool before(QLatin1StringView a, QLatin1StringView b)
{
    return std::string_view(a.data(), size_t(a.size())) < std::string_view(b.data(), size_t(b.size()));
}

//! Every wire type of one direction with its decoder, sorted when the program is compiled.
template <class Any, size_t... I>
constexpr auto sortedRows(std::index_sequence<I...>)
{
    using Kinds = typename Any::Kinds;
    std::array<Row<Any>, sizeof...(I)> all{Row<Any>{KindAt<I, Kinds>::kType, &decodeAs<Any, KindAt<I, Kinds>>}...};
    std::sort(all.begin(), all.end(), [](const auto &a, const auto &b) { return before(a.type, b.type); });
    return all;
}

//! More than any wire type has; keeps a name from outside short enough for a log line.
constexpr qsizetype kLongestType = 64;

template <class Any>
Expected<Any> decodeAny(const QByteArray &utf8, const Limits &limits, FieldRules rules)
{
    JsonTape tape;
    if (const Expected<void> read = tape.read(utf8, limits); !read)
        return read.error();
    TapeNode::Object object;
    if (!TapeNode(&tape, 0).openObject(object))
        return protocolError(u"not_object"_s, u"A frame is one JSON object"_s);

    const TapeNode typeNode = object.member("type");
    QString type;
    if (!typeNode.exists() || !typeNode.toString(type))
        return protocolError(u"bad_field"_s, u"type: expected a string"_s);
    const QByteArray word = type.left(kLongestType).toUtf8(); // ASCII for every type there is
    static constexpr auto rows = sortedRows<Any>(std::make_index_sequence<Any::Kinds::kSize>());
    const auto row =
        std::lower_bound(rows.begin(), rows.end(), QLatin1StringView(word),
                         [](const auto &one, QLatin1StringView wanted) { return before(one.type, wanted); });
    if (row == rows.end() || row->type != QLatin1StringView(word))
        return protocolError(u"unknown_type"_s, type.left(kLongestType));

    codec::ReadState state(rules);
    Any frame;
    row->decode(object, frame, state);
    if (state.failed()) {
        Error error = state.error();
        error.detail.prepend(type + u'.');
        return error;
    }
    return frame;
}

} // namespace

Expected<BrokerFrame> decodeBrokerFrame(const QByteArray &utf8, const Limits &limits)
{
    return decodeAny<BrokerFrame>(utf8, limits, {.knownWordsOnly = false, .allMembers = true});
}

Expected<ClientFrame> decodeClientFrame(const QByteArray &utf8, const Limits &limits)
{
    return decodeAny<ClientFrame>(utf8, limits, {.knownWordsOnly = true, .allMembers = true});
}

} // namespace mesh::protocol
