// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/protocol/fieldcodec.h"
#include "models/protocol/framecodec.h"
#include "tests/support/testprogram.h"

#include <QtCore/QJsonDocument>
#include <QtCore/QSet>
#include <QtTest/QTest>

#include <functional>
#include <limits>
#include <type_traits>

namespace tst_framesall {

using namespace Qt::StringLiterals;
using namespace mesh::protocol;

namespace {

//! Appendix B of the wire reference.
const QString clientTypes =
    u"apikey_create apikey_list apikey_revoke audit_query audit_verify ban cancel_scheduled claim_task client_ack "
    "complete_task create_stream create_task create_webhook delete_file delete_webhook disconnect file_status forget "
    "get_clock get_context get_file get_skill get_state grant_file_access graph_execute graph_query hello join_group "
    "kick "
    "leave_group list_bans list_collections list_contexts list_files list_peers list_scheduled list_skills list_state "
    "list_streams list_tasks list_webhooks mcp_call mcp_call_response mcp_catalog mcp_deploy mcp_undeploy mcp_update "
    "mcp_list mcp_logs mcp_register mcp_schema mcp_scope mcp_unregister mesh_execute mesh_query mesh_info mesh_schema "
    "message_status pause_clock peer_dir_request peer_dir_response peer_file_request peer_file_response publish recall "
    "remember remove_skill resume_clock schedule send session_hello set_clock set_profile set_state set_stats "
    "set_status "
    "set_summary set_visible share_context share_skill skill_deploy subscribe topic_create topic_history topic_join "
    "topic_leave topic_mark_read topic_list topic_members unban unsubscribe unwatch watch vault_delete vault_set "
    "vault_get "
    "vault_list vector_delete vector_search vector_store watch_list"_s;
const QString brokerTypes =
    u"apikey_created apikey_list_response apikey_revoke_response audit_result audit_verify_result ban_ack "
    "cancel_scheduled_ack task_list stream_created task_created webhook_ack ack disconnect_ack file_status_result "
    "clock_status context_results file_url skill_data state_result grant_file_access_ok graph_result hello_ack "
    "kick_ack "
    "list_bans_result collection_list context_list file_list peers_list scheduled_list skill_list state_list "
    "stream_list "
    "webhook_list mcp_call_result mcp_catalog_result mcp_deploy_status mcp_list_result mcp_logs_result "
    "mcp_register_ack "
    "mcp_schema_result mcp_scope_result mesh_query_result mesh_info_result mesh_schema_result message_status_result "
    "peer_dir_response_forward peer_file_response_forward memory_results memory_stored skill_ack scheduled_ack "
    "context_shared skill_deploy_ack subscribed topic_created topic_history_response topic_list_response "
    "topic_members_response unban_ack watch_ack vault_ack vault_get_result vault_list_result vector_results "
    "vector_stored "
    "watch_list_result push state_change stream_data mcp_call_forward peer_file_request_forward "
    "peer_dir_request_forward error"_s;

const QString key = u"8a88e3dd7409f195fd52db2d3cba5d72ca6709bf1d94121bf3748801b40f6f5c"_s;

//! How a description treats a member that is not there or of the wrong kind (fieldcodec.h).
enum class Presence : quint8 { Required, Defaulted, Loose };

struct Member;
using Members = QList<Member>;

//! What kind of JSON a member takes. One for each type of members, whatever the number of frames that use it: what is
//! instantiated for each of 200 frames costs more to compile than all the rest of the tests of this folder.
struct MemberType
{
    bool optional; //!< may be absent or null
    bool any;      //!< any JSON does
    bool text;
    bool number;
    bool whole; //!< a number without a fraction
    bool wide;  //!< 64 bits of it
    bool truth;
    bool array;
    bool list;              //!< an array of one kind of element
    bool object;            //!< an empty one may do; the members of a described one are spoilt one by one
    Members (*described)(); //!< the members of it, or of its elements if it is a list; nullptr if it is not described
};

//! A member as a frame's description tells it.
struct Member
{
    QLatin1StringView name;
    Presence presence;
    const MemberType *type;
};

//! Visitor that gives every member a value, valid enough for validate(), and notes which members there are.
struct Filler
{
    Members members;

    template <class T>
    void operator()(const char *name, T &member)
    {
        take(name, Presence::Required, member);
    }
    template <class T>
    void orDefault(const char *name, T &member)
    {
        take(name, Presence::Defaulted, member);
    }
    template <class T>
    void loose(const char *name, T &member)
    {
        take(name, Presence::Loose, member);
    }

    template <class T>
    void take(const char *name, Presence presence, T &member);

    template <class T>
    static void fill(QLatin1StringView name, T &out)
    {
        if constexpr (codec::IsOptional<T>::value) {
            fill(name, out.emplace());
        } else if constexpr (codec::IsNullable<T>::value) {
            typename codec::IsNullable<T>::Inner value{};
            fill(name, value);
            out = value;
        } else if constexpr (std::same_as<T, QString>) {
            out = name == "signature"_L1 ? key + key : key;
        } else if constexpr (std::same_as<T, bool>) {
            out = true;
        } else if constexpr (std::same_as<T, double>) {
            out = 2.5;
        } else if constexpr (std::same_as<T, qint64>) {
            out = 1'775'606'400'000;
        } else if constexpr (std::same_as<T, int>) {
            out = 2;
        } else if constexpr (std::same_as<T, QJsonValue> || std::same_as<T, QJsonObject>) {
            out = QJsonObject{{u"any"_s, QJsonArray{1, u"☕"_s, QJsonValue::Null}}};
        } else if constexpr (std::same_as<T, QJsonArray>) {
            out = QJsonArray{QJsonObject{{u"n"_s, 1}}};
        } else if constexpr (std::is_enum_v<T>) {
            out = EnumWords<T>::words[2].first;
        } else if constexpr (std::same_as<T, GroupName>) {
            out = *GroupName::parse(u"ops/oncall"_s);
        } else if constexpr (codec::IsList<T>::value) {
            fill(name, out.emplace_back());
            fill(name, out.emplace_back());
        } else {
            Filler filler;
            T::describe(out, filler);
        }
    }
};

//! A member's type without the wrapping that lets it be absent or null.
template <class T>
struct Bare
{
    using Type = T;
};
template <class T>
struct Bare<std::optional<T>>
{
    using Type = T;
};
template <class T>
struct Bare<Nullable<T>>
{
    using Type = T;
};
template <class T>
struct Element
{
    using Type = T;
};
template <class T>
struct Element<QList<T>>
{
    using Type = T;
};

template <class T>
concept Described = requires(T &value, Filler &filler)
{
    T::describe(value, filler);
};

template <Described T>
Members membersOf()
{
    T sample{};
    Filler filler;
    T::describe(sample, filler);
    return filler.members;
}

template <class T>
constexpr MemberType memberType()
{
    using U = typename Bare<T>::Type;
    using E = typename Element<U>::Type;
    constexpr bool isNumber = std::same_as<U, double> || (std::integral<U> && !std::same_as<U, bool>);
    MemberType type{.optional =
                        codec::IsOptional<T>::value || codec::IsNullable<T>::value || std::same_as<T, QJsonValue>,
                    .any = std::same_as<T, QJsonValue>,
                    .text = std::same_as<U, QString> || std::is_enum_v<U> || std::same_as<U, GroupName>,
                    .number = isNumber,
                    .whole = isNumber && !std::same_as<U, double>,
                    .wide = std::same_as<U, qint64>,
                    .truth = std::same_as<U, bool>,
                    .array = codec::IsList<U>::value || std::same_as<U, QJsonArray>,
                    .list = codec::IsList<U>::value,
                    .object = std::same_as<U, QJsonObject> || Described<U>,
                    .described = nullptr};
    if constexpr (Described<E>)
        type.described = &membersOf<E>;
    return type;
}

template <class T>
void Filler::take(const char *name, Presence presence, T &member)
{
    static constexpr MemberType type = memberType<T>();
    members.append({QLatin1StringView(name), presence, &type});
    fill(QLatin1StringView(name), member);
}

//! Changes one member after another in the JSON of a frame, and tells what must come of it.
class Spoiler final
{
public:
    //! Gets the member's path, the spoilt frame, and whether it must still be accepted.
    using Check = std::function<void(const QString &, const QJsonObject &, bool)>;

    Spoiler(QString path, QJsonObject object, Check check)
        : m_path(std::move(path))
        , m_object(std::move(object))
        , m_check(std::move(check))
    {
    }

    void spoil(const Members &members) const
    {
        for (const Member &member : members) {
            const bool optional = member.presence != Presence::Required || member.type->optional;
            without(member.name, optional);
            replaced(member.name, QJsonValue::Null, optional);
            wrongKinds(member);
            if (member.presence != Presence::Loose && member.type->described)
                nested(member);
        }
    }

private:
    void without(QLatin1StringView name, bool good) const
    {
        QJsonObject object = m_object;
        object.remove(name);
        m_check(m_path + name + u" left out"_s, object, good);
    }
    void replaced(QLatin1StringView name, const QJsonValue &value, bool good) const
    {
        QJsonObject object = m_object;
        object.insert(name, value);
        m_check(m_path + name + u" = "_s
                    + QString::fromUtf8(QJsonDocument(QJsonArray{value}).toJson(QJsonDocument::Compact)),
                object, good);
    }
    //! A value of every kind of JSON; only the member's own kind is good, or any where the description says so.
    void wrongKinds(const Member &member) const
    {
        const QLatin1StringView name = member.name;
        const MemberType &type = *member.type;
        const bool good = member.presence == Presence::Loose || (member.presence == Presence::Required && type.any);
        if (!type.text)
            replaced(name, u"text"_s, good);
        if (!type.number)
            replaced(name, 7, good);
        if (!type.truth)
            replaced(name, true, good);
        if (!type.array)
            replaced(name, QJsonArray{1}, good);
        if (!type.object)
            replaced(name, QJsonObject{}, good);
        if (type.whole) {
            replaced(name, 1.5, good);
            replaced(name, 1e30, good);
            replaced(name, double(std::numeric_limits<int>::max()) + 1, good || type.wide);
        }
        if (type.list)
            replaced(name, QJsonArray{QJsonValue(QJsonArray{})}, good);
    }
    //! The members of a described member, or of the last element of a list of such.
    void nested(const Member &member) const
    {
        const QLatin1StringView name = member.name;
        const QJsonArray array = m_object[name].toArray();
        const bool list = member.type->list;
        const auto check = [this, name, array, list](const QString &path, const QJsonObject &spoilt, bool good) {
            QJsonObject object = m_object;
            if (list) {
                QJsonArray changed = array;
                changed.replace(changed.size() - 1, spoilt);
                object.insert(name, changed);
            } else {
                object.insert(name, spoilt);
            }
            m_check(path, object, good);
        };
        const QJsonObject inner = list ? array.last().toObject() : m_object[name].toObject();
        Spoiler(m_path + name + u'.', inner, check).spoil(member.type->described());
    }

    QString m_path;
    QJsonObject m_object;
    Check m_check;
};

//! One type of frame, as the checks see it.
template <class Any>
struct FrameType
{
    QLatin1StringView name;
    void (*makeEmpty)(Any &out);
    Members (*makeFilled)(Any &out);
    //! Reads as fromJson() does, but for the Expected of each type, which takes longer to compile than the rest.
    //! \return whether it is accepted.
    bool (*read)(const QJsonObject &object, const FieldRules &rules, Any &out);
};

template <class Any, class Frame>
void makeEmpty(Any &out)
{
    out.template emplace<Frame>();
}

template <class Any, class Frame>
Members makeFilled(Any &out)
{
    Filler filler;
    Frame::describe(out.template emplace<Frame>(), filler);
    return filler.members;
}

template <class Any, class Frame>
bool readFrame(const QJsonObject &object, const FieldRules &rules, Any &out)
{
    codec::ReadState state(rules);
    return codec::readNode(codec::JsonNode(object), out.template emplace<Frame>(), state);
}

template <class Any, size_t... I>
QList<FrameType<Any>> frameTypes(std::index_sequence<I...>)
{
    using Kinds = typename Any::Kinds;
    return {{KindAt<I, Kinds>::kType, &makeEmpty<Any, KindAt<I, Kinds>>, &makeFilled<Any, KindAt<I, Kinds>>,
             &readFrame<Any, KindAt<I, Kinds>>}...};
}

//! All there are of one direction.
template <class Any>
QList<FrameType<Any>> frameTypes()
{
    return frameTypes<Any>(std::make_index_sequence<Any::Kinds::kSize>());
}

template <class Any>
QSet<QString> namesOf()
{
    QSet<QString> names;
    for (const FrameType<Any> &type : frameTypes<Any>())
        names.insert(type.name);
    return names;
}

QSet<QString> split(const QString &words)
{
    const QStringList list = words.split(u' ');
    return QSet<QString>(list.begin(), list.end());
}

template <class Any>
Expected<Any> decode(const QByteArray &text)
{
    if constexpr (std::same_as<Any, ClientFrame>)
        return decodeClientFrame(text);
    else
        return decodeBrokerFrame(text);
}

Expected<QByteArray> bytesOf(const ClientFrame &frame)
{
    return encode(frame);
}

Expected<QByteArray> bytesOf(const BrokerFrame &frame)
{
    return encode(frame);
}

//! What is wrong with the way of \a frame to text and back; empty if nothing is. Both writers and both readers agree.
template <class Any>
QString faultOf(const Any &frame)
{
    const Expected<QByteArray> bytes = bytesOf(frame);
    if (!bytes)
        return u"cannot be written"_s;
    const Expected<Any> back = decode<Any>(*bytes);
    if (!back)
        return back.error().detail;
    if (!(*back == frame))
        return u"comes back changed"_s;
    if (QJsonDocument::fromJson(*bytes).object() != frameToJson(frame))
        return u"the writers differ"_s;
    return {};
}

template <class Any>
void checkRoundTrip(const FrameType<Any> &type)
{
    Any frame;
    type.makeFilled(frame);
    const QString fault = faultOf(frame);
    Any fromObject;
    const bool read = type.read(frameToJson(frame), {}, fromObject);
    QVERIFY2(fault.isEmpty() && read && fromObject == frame, qPrintable(type.name + u": "_s + fault));
}

//! Checks that a spoilt frame is accepted or refused as it must be, with words that name the member.
template <class Any>
void checkSpoilt(const FrameType<Any> &type, const QString &path, const QJsonObject &object, bool good)
{
    const Expected<Any> back = decode<Any>(QJsonDocument(object).toJson(QJsonDocument::Compact));
    QVERIFY2(back.hasValue() == good, qPrintable(type.name + u'.' + path));
    const FieldRules rules{.knownWordsOnly = std::same_as<Any, ClientFrame>, .allMembers = true};
    Any fromObject;
    QVERIFY2(type.read(object, rules, fromObject) == good, qPrintable(u"from an object: "_s + type.name + u'.' + path));
    if (!good) {
        const QString member = path.section(u' ', 0, 0);
        QCOMPARE(back.error().code, u"bad_field"_s);
        QVERIFY2(back.error().detail.startsWith(type.name + u'.' + member + u": expected "_s),
                 qPrintable(path + u" -> "_s + back.error().detail));
    }
}

} // namespace

//! All frames by one rule, read off their own descriptions.
class TestFramesAll final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyTypeOfTheReferenceIsThere();
    void clientFramesRoundTrip() { roundTrip<ClientFrame>(); }
    void brokerFramesRoundTrip() { roundTrip<BrokerFrame>(); }
    void emptyBrokerFramesRoundTrip();
    void clientFramesWithWrongMembers() { spoil<ClientFrame>(); }
    void brokerFramesWithWrongMembers() { spoil<BrokerFrame>(); }
    void oneFrameFromItsObject();

private:
    template <class Any>
    void roundTrip();
    template <class Any>
    void spoil();
};

void TestFramesAll::everyTypeOfTheReferenceIsThere()
{
    QCOMPARE(namesOf<ClientFrame>(), split(clientTypes));
    QCOMPARE(namesOf<BrokerFrame>(), split(brokerTypes));
}

template <class Any>
void TestFramesAll::roundTrip()
{
    for (const FrameType<Any> &type : frameTypes<Any>())
        checkRoundTrip(type);
}

void TestFramesAll::emptyBrokerFramesRoundTrip()
{
    for (const FrameType<BrokerFrame> &type : frameTypes<BrokerFrame>()) {
        BrokerFrame frame;
        type.makeEmpty(frame);
        const QString fault = faultOf(frame);
        QVERIFY2(fault.isEmpty(), qPrintable(type.name + u": "_s + fault));
    }
}

template <class Any>
void TestFramesAll::spoil()
{
    int spoilt = 0;
    for (const FrameType<Any> &type : frameTypes<Any>()) {
        Any frame;
        const Members members = type.makeFilled(frame);
        const auto check = [&spoilt, &type](const QString &path, const QJsonObject &object, bool good) {
            ++spoilt;
            checkSpoilt(type, path, object, good);
        };
        Spoiler(QString(), frameToJson(frame), check).spoil(members);
    }
    QVERIFY(spoilt > 1000);
}

void TestFramesAll::oneFrameFromItsObject()
{
    Filler filler;
    Send frame;
    Send::describe(frame, filler);
    QJsonObject object = frameToJson(ClientFrame(frame));
    const Expected<Send> back = fromJson<Send>(object);
    QVERIFY(back && *back == frame);

    object.remove(u"targetSpec");
    const Expected<Send> refused = fromJson<Send>(object);
    QVERIFY(!refused);
    QCOMPARE(refused.error(), protocolError(u"bad_field"_s, u"targetSpec: expected a value"_s));
    frame.targetSpec.clear();
    const Expected<Send> lenient = fromJson<Send>(object, FieldRules::lenient());
    QVERIFY(lenient && *lenient == frame);
}

MESH_TEST(TestFramesAll)

} // namespace tst_framesall

#include "tst_framesall.moc"
