// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/protocol/event.h"

#include "models/protocol/fieldcodec.h"

#include <array>
#include <utility>

using namespace Qt::StringLiterals;

namespace mesh::protocol {

namespace {

using Decode = Expected<EventBody> (*)(const QJsonObject &);

template <class Body>
Expected<EventBody> decodeAs(const QJsonObject &object)
{
    // Lenient: events are kept for years, and a newer or older program may have more or fewer members and words.
    Expected<Body> body = fromJson<Body>(object, FieldRules::lenient());
    if (!body)
        return body.error();
    return EventBody(*std::move(body));
}

struct Known
{
    QLatin1StringView type;
    Decode decode;
};

template <size_t... I>
constexpr auto knownTypes(std::index_sequence<I...>)
{
    return std::array<Known, sizeof...(I)>{
        Known{KindAt<I, EventBodyKinds>::kType, &decodeAs<KindAt<I, EventBodyKinds>>}...};
}

constexpr auto kKnown = knownTypes(std::make_index_sequence<EventBodyKinds::kSize>());

} // namespace

QLatin1StringView eventType(const EventBody &body)
{
    return kKnown[body.index()].type;
}

QJsonObject eventBodyToJson(const EventBody &body)
{
    QJsonObject object = visit([](const auto &value) { return toJson(value); }, body);
    object.insert("type"_L1, eventType(body));
    return object;
}

Expected<EventBody> eventBodyFromJson(const QJsonObject &object)
{
    const QString type = object.value("type"_L1).toString();
    for (const Known &known : kKnown) {
        if (type == known.type)
            return known.decode(object);
    }
    return Error{u"unknown_event"_s, u"There is no event called \"%1\"."_s.arg(type.left(64)), ErrorBand::Protocol};
}

} // namespace mesh::protocol
