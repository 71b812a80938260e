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

//! Visitor that gives every member a value, valid enough for validate().
struct Filler
{
    template <class T>
    void operator()(const char *name, T &member)
    {
        fill(QLatin1StringView(name), member);
    }
    template <class T>
    void orDefault(const char *name, T &member)
    {
        fill(QLatin1StringView(name), member);
    }
    template <class T>
    void loose(const char *name, T &member)
    {
        fill(QLatin1StringView(name), member);
    }

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
            out.resize(2);
            for (auto &element : out)
                fill(name, element);
        } else {
            Filler filler;
            T::describe(out, filler);
        }
    }
};

//! Visitor that changes one member after another in the JSON of a frame, and tells what must come of it.
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

    template <class T>
    void operator()(const char *name, const T &)
    {
        constexpr bool optional =
            codec::IsOptional<T>::value || codec::IsNullable<T>::value || std::same_as<T, QJsonValue>;
        without(name, optional);
        replaced(name, QJsonValue::Null, optional);
        wrong<T>(name, std::same_as<T, QJsonValue>);
        nested<T>(name);
    }
    template <class T>
    void orDefault(const char *name, const T &)
    {
        without(name, true);
        replaced(name, QJsonValue::Null, true);
        wrong<T>(name, false);
        nested<T>(name);
    }
    template <class T>
    void loose(const char *name, const T &)
    {
        without(name, true);
        replaced(name, QJsonValue::Null, true);
        wrong<T>(name, true);
    }

private:
    template <class T>
    struct Bare
    {
        using type = T;
    };
    template <class T>
    struct Bare<std::optional<T>>
    {
        using type = T;
    };
    template <class T>
    struct Bare<Nullable<T>>
    {
        using type = T;
    };

    void without(const char *name, bool good)
    {
        QJsonObject object = m_object;
        object.remove(QLatin1StringView(name));
        m_check(m_path + QLatin1StringView(name) + u" left out"_s, object, good);
    }
    void replaced(const char *name, const QJsonValue &value, bool good)
    {
        QJsonObject object = m_object;
        object.insert(QLatin1StringView(name), value);
        m_check(m_path + QLatin1StringView(name) + u" = "_s
                    + QString::fromUtf8(QJsonDocument(QJsonArray{value}).toJson(QJsonDocument::Compact)),
                object, good);
    }
    //! What kind of JSON a member takes.
    struct Kind
    {
        bool text;
        bool number;
        bool whole; //!< a number without a fraction
        bool wide;  //!< 64 bits of it
        bool truth;
        bool array;
        bool list;   //!< an array of one kind of element
        bool object; //!< an empty one may do; the members of a described one are spoilt one by one
    };
    template <class T>
    void wrong(const char *name, bool good)
    {
        using U = typename Bare<T>::type;
        constexpr bool isNumber = std::same_as<U, double> || (std::integral<U> && !std::same_as<U, bool>);
        constexpr bool isDescribed = requires(Spoiler & v, const U &value)
        {
            U::describe(value, v);
        };
        wrongKind(name,
                  {.text = std::same_as<U, QString> || std::is_enum_v<U> || std::same_as<U, GroupName>,
                   .number = isNumber,
                   .whole = isNumber && !std::same_as<U, double>,
                   .wide = std::same_as<U, qint64>,
                   .truth = std::same_as<U, bool>,
                   .array = codec::IsList<U>::value || std::same_as<U, QJsonArray>,
                   .list = codec::IsList<U>::value,
                   .object = std::same_as<U, QJsonObject> || isDescribed},
                  good);
    }
    //! A value of every kind of JSON; only the member's own \a kind is good, or any where \a good.
    void wrongKind(const char *name, Kind kind, bool good)
    {
        if (!kind.text)
            replaced(name, u"text"_s, good);
        if (!kind.number)
            replaced(name, 7, good);
        if (!kind.truth)
            replaced(name, true, good);
        if (!kind.array)
            replaced(name, QJsonArray{1}, good);
        if (!kind.object)
            replaced(name, QJsonObject{}, good);
        if (kind.whole) {
            replaced(name, 1.5, good);
            replaced(name, 1e30, good);
            replaced(name, double(std::numeric_limits<int>::max()) + 1, good || kind.wide);
        }
        if (kind.list)
            replaced(name, QJsonArray{QJsonArray{}}, good);
    }
    //! The members of a described member, and of the elements of a list.
    template <class T>
    void nested(const char *name)
    {
        using U = typename Bare<T>::type;
        const QLatin1StringView word(name);
        if constexpr (requires(Spoiler & v, const U &value) { U::describe(value, v); }) {
            descend<U>(word, m_object[word].toObject(), [this, word](const QJsonObject &spoilt) {
                QJsonObject object = m_object;
                object.insert(word, spoilt);
                return object;
            });
        } else if constexpr (codec::IsList<U>::value) {
            using Element = typename codec::IsList<U>::Inner;
            if constexpr (requires(Spoiler & v, const Element &value) { Element::describe(value, v); }) {
                const QJsonArray array = m_object[word].toArray();
                descend<Element>(word, array.last().toObject(), [this, word, array](const QJsonObject &spoilt) {
                    QJsonArray changed = array;
                    changed.replace(changed.size() - 1, spoilt);
                    QJsonObject object = m_object;
                    object.insert(word, changed);
                    return object;
                });
            }
        }
    }
    template <class U, class Wrap>
    void descend(QLatin1StringView word, const QJsonObject &object, Wrap wrap)
    {
        Spoiler inner(m_path + word + u'.', object,
                      [this, wrap](const QString &path, const QJsonObject &spoilt, bool good) {
                          m_check(path, wrap(spoilt), good);
                      });
        const U sample{};
        U::describe(sample, inner);
    }

    QString m_path;
    QJsonObject m_object;
    Check m_check;
};

template <class Any, class F>
void forEachFrame(F f)
{
    [&]<size_t... I>(std::index_sequence<I...>)
    {
        (f.template operator()<KindAt<I, typename Any::Kinds>>(), ...);
    }
    (std::make_index_sequence<Any::Kinds::kSize>());
}

template <class Any>
QSet<QString> typesOf()
{
    QSet<QString> types;
    forEachFrame<Any>([&]<class Frame>() { types.insert(Frame::kType); });
    return types;
}

QSet<QString> split(const QString &words)
{
    const QStringList list = words.split(u' ');
    return QSet<QString>(list.begin(), list.end());
}

template <class Frame>
Frame filled()
{
    Frame frame;
    Filler filler;
    Frame::describe(frame, filler);
    return frame;
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

template <class Frame>
bool readsObject(const QJsonObject &object, const FieldRules &rules)
{
    return fromJson<Frame>(object, rules).hasValue();
}

//! Checks that a spoilt frame of one type is accepted or refused as it must be, with words that name the member.
template <class Any>
struct Acceptance
{
    QString type;
    bool (*read)(const QJsonObject &, const FieldRules &);
    int *count;

    void operator()(const QString &path, const QJsonObject &object, bool good) const
    {
        ++*count;
        const Expected<Any> back = decode<Any>(QJsonDocument(object).toJson(QJsonDocument::Compact));
        QVERIFY2(back.hasValue() == good, qPrintable(type + u'.' + path));
        const FieldRules rules{.knownWordsOnly = std::same_as<Any, ClientFrame>, .allMembers = true};
        QVERIFY2(read(object, rules) == good, qPrintable(u"fromJson "_s + type + u'.' + path));
        if (!good) {
            const QString member = path.section(u' ', 0, 0);
            QCOMPARE(back.error().code, u"bad_field"_s);
            QVERIFY2(back.error().detail.startsWith(type + u'.' + member + u": expected "_s),
                     qPrintable(path + u" -> "_s + back.error().detail));
        }
    }
};

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

private:
    template <class Any>
    void roundTrip();
    template <class Any>
    void spoil();
};

void TestFramesAll::everyTypeOfTheReferenceIsThere()
{
    QCOMPARE(typesOf<ClientFrame>(), split(clientTypes));
    QCOMPARE(typesOf<BrokerFrame>(), split(brokerTypes));
}

template <class Any>
void TestFramesAll::roundTrip()
{
    forEachFrame<Any>([]<class Frame>() {
        const Frame frame = filled<Frame>();
        const Any wrapped = frame;
        const QString fault = faultOf(wrapped);
        const Expected<Frame> fromObject = fromJson<Frame>(frameToJson(wrapped));
        QVERIFY2(fault.isEmpty() && fromObject && *fromObject == frame, qPrintable(Frame::kType + u": "_s + fault));
    });
}

void TestFramesAll::emptyBrokerFramesRoundTrip()
{
    forEachFrame<BrokerFrame>([]<class Frame>() {
        const QString fault = faultOf(BrokerFrame(Frame{}));
        QVERIFY2(fault.isEmpty(), qPrintable(Frame::kType + u": "_s + fault));
    });
}

template <class Any>
void TestFramesAll::spoil()
{
    int spoilt = 0;
    forEachFrame<Any>([&spoilt]<class Frame>() {
        const Frame frame = filled<Frame>();
        const Acceptance<Any> acceptance{Frame::kType, &readsObject<Frame>, &spoilt};
        Spoiler spoiler(QString(), frameToJson(Any(frame)), acceptance);
        Frame::describe(frame, spoiler);
    });
    QVERIFY(spoilt > 1000);
}

MESH_TEST(TestFramesAll)

} // namespace tst_framesall

#include "tst_framesall.moc"
