// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/watchkeeper.h"

#include "localmesh/ids.h"
#include "localmesh/limits.h"
#include "localmesh/presence.h"
#include "models/protocol/sodium.h"

#include <QtCore/QCryptographicHash>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QTimer>
#include <QtCore/QUrl>
#include <QtNetwork/QHostAddress>
#include <QtNetwork/QNetworkAccessManager>
#include <QtNetwork/QNetworkReply>

#include <algorithm>

namespace mesh::local {

using namespace Qt::StringLiterals;
using protocol::Error;
using protocol::ErrorBand;
using protocol::Expected;

namespace {

constexpr qint64 FetchBytes = 1'024 * 1'024;
constexpr int FetchesAtOnce = 16;
constexpr int ShortestSeconds = 5;
constexpr int LongestSeconds = 24 * 60 * 60;
constexpr int DefaultSeconds = 30;
constexpr qsizetype HashDigits = 16;
constexpr qsizetype ValueChars = 8'192; //!< of a value that is told in a push

Error badWatch(const QString &why)
{
    return {u"invalid_args"_s, why, ErrorBand::Persistent};
}

bool isThisMachine(const QString &host)
{
    return host == "localhost"_L1 || QHostAddress(host).isLoopback();
}

bool isHeaderName(const QString &name)
{
    static const QStringList kept{u"host"_s,    u"connection"_s, u"content-length"_s, u"transfer-encoding"_s,
                                  u"upgrade"_s, u"te"_s,         u"trailer"_s};
    const auto isToken = [](QChar c) {
        return (c >= u'a' && c <= u'z') || (c >= u'A' && c <= u'Z') || (c >= u'0' && c <= u'9') || c == u'-'
            || c == u'_';
    };
    return !name.isEmpty() && name.size() <= limits::NameChars && std::all_of(name.cbegin(), name.cend(), isToken)
        && !kept.contains(name.toLower());
}

bool isHeaderValue(const QString &value)
{
    return value.size() <= limits::SummaryChars
        && std::all_of(value.cbegin(), value.cend(), [](QChar c) { return c >= u' ' && c < QChar(0x7f); });
}

//! What `$.a.b.0` points at.
QJsonValue atPath(QJsonValue value, QStringView path)
{
    if (path.startsWith(u'$'))
        path = path.sliced(1);
    for (const QStringView step : path.split(u'.', Qt::SkipEmptyParts)) {
        if (value.isArray()) {
            bool isNumber = false;
            const int index = step.toInt(&isNumber);
            value = isNumber ? value.toArray().at(index) : QJsonValue(QJsonValue::Undefined);
        } else {
            value = value.toObject().value(step);
        }
    }
    return value;
}

QString textOf(const QJsonValue &value)
{
    if (value.isString())
        return value.toString();
    if (value.isUndefined())
        return {};
    const QByteArray listed = QJsonDocument(QJsonArray{value}).toJson(QJsonDocument::Compact);
    return QString::fromUtf8(listed.sliced(1, listed.size() - 2));
}

} // namespace

WatchKeeper::WatchKeeper(const protocol::Clock &clock, int timeoutMs, QObject *parent)
    : QObject(parent)
    , m_clock(clock)
    , m_timeoutMs(timeoutMs)
{
}

WatchKeeper::~WatchKeeper()
{
    // Replies that are cut off must not find a keeper that is half gone.
    m_entries.clear();
    m_network.reset();
}

QString WatchKeeper::word(Mode mode)
{
    return mode == Mode::Hash ? u"hash"_s : mode == Mode::Json ? u"json"_s : u"status"_s;
}

Expected<protocol::WatchAck> WatchKeeper::add(Presence &owner, const protocol::Watch &request)
{
    const QUrl url(request.url, QUrl::StrictMode);
    const bool plain = url.scheme() == "http"_L1;
    if (!url.isValid() || url.host().isEmpty() || (!plain && url.scheme() != "https"_L1)
        || request.url.size() > limits::SummaryChars)
        return badWatch(u"url must be a http:// or https:// address"_s);
    if (plain && !isThisMachine(url.host()))
        return badWatch(u"http:// is watched on this machine only; use https://"_s);
    if (!url.userInfo().isEmpty())
        return badWatch(u"url must not hold a password, since lists show it"_s);

    Entry entry;
    entry.owner = &owner;
    entry.order = m_nextOrder++;
    entry.url = request.url;
    const QString mode = request.mode.value_or(u"hash"_s);
    if (mode == "json"_L1)
        entry.mode = Mode::Json;
    else if (mode == "status"_L1)
        entry.mode = Mode::Status;
    else if (mode != "hash"_L1)
        return badWatch(u"mode is hash, json or status"_s);
    entry.extract = request.extract.value_or(QString());
    entry.notifyOn = request.notifyOn.value_or(u"change"_s);
    if (entry.notifyOn != "change"_L1 && !entry.notifyOn.startsWith("match:"_L1)
        && !entry.notifyOn.startsWith("not_match:"_L1))
        return badWatch(u"notify_on is change, match:<value> or not_match:<value>"_s);
    entry.label = request.label;
    if (entry.extract.size() > limits::FieldChars || entry.notifyOn.size() > limits::FieldChars
        || entry.label.value_or(QString()).size() > limits::FieldChars)
        return badWatch(u"a field of the watch is too long"_s);
    const QJsonObject headers = request.headers.value_or(QJsonObject());
    if (headers.size() > limits::WatchHeaders)
        return badWatch(u"at most %1 headers"_s.arg(limits::WatchHeaders));
    for (auto it = headers.constBegin(); it != headers.constEnd(); ++it) {
        if (!isHeaderName(it.key()) || !it.value().isString() || !isHeaderValue(it.value().toString()))
            return badWatch(u"this header cannot be sent: %1"_s.arg(it.key().left(limits::NameChars)));
        entry.headers.append({it.key().toLatin1(), it.value().toString().toLatin1()});
    }
    const int seconds = qBound(ShortestSeconds, request.interval.value_or(DefaultSeconds), LongestSeconds);
    entry.intervalNs = seconds * qint64(1'000'000'000);
    entry.dueNs = m_clock.monotonicNs();
    entry.createdAtMs = m_clock.nowMs();
    if (list(owner).size() >= limits::WatchesPerPresence || m_entries.size() >= limits::Watches)
        return Error{u"limit"_s, u"too many watches"_s, ErrorBand::Persistent};

    const QString id = "w_"_L1 + QString::fromLatin1(protocol::randomBytes(4).toHex());
    if (m_entries.contains(id))
        return Error{u"limit"_s, u"no free id, try again"_s, ErrorBand::Transient};
    m_entries.insert(id, entry);
    protocol::WatchAck ack;
    ack.watchId = id;
    ack.url = entry.url;
    ack.mode = word(entry.mode);
    ack.interval = seconds;
    return ack;
}

protocol::WatchAck WatchKeeper::remove(const Presence &owner, const QString &id)
{
    protocol::WatchAck ack;
    ack.watchId = id;
    const auto entry = m_entries.constFind(id);
    if (entry != m_entries.cend() && entry->owner == &owner) {
        ack.url = entry->url;
        ack.mode = word(entry->mode);
        m_entries.erase(entry);
    }
    return ack;
}

QList<protocol::WatchRow> WatchKeeper::list(const Presence &owner) const
{
    QList<std::pair<quint64, protocol::WatchRow>> found;
    for (auto it = m_entries.cbegin(); it != m_entries.cend(); ++it) {
        if (it->owner != &owner)
            continue;
        protocol::WatchRow row;
        row.id = it.key();
        row.url = it->url;
        row.mode = word(it->mode);
        row.label = it->label;
        row.interval = int(it->intervalNs / 1'000'000'000);
        row.lastHash = it->value.value_or(u""_s);
        row.lastValue = it->value.value_or(u""_s);
        if (it->checkedAtMs)
            row.lastCheck = isoTime(*it->checkedAtMs);
        row.createdAt = isoTime(it->createdAtMs);
        found.append({it->order, row});
    }
    std::sort(found.begin(), found.end(), [](const auto &a, const auto &b) { return a.first < b.first; });
    QList<protocol::WatchRow> rows;
    for (const auto &[order, row] : std::as_const(found))
        rows.append(row);
    return rows;
}

void WatchKeeper::forget(const Presence &owner)
{
    m_entries.removeIf([&owner](const QHash<QString, Entry>::iterator &it) { return it->owner == &owner; });
}

Presence *WatchKeeper::ownerOf(const QString &id) const
{
    const auto entry = m_entries.constFind(id);
    return entry == m_entries.cend() ? nullptr : entry->owner;
}

void WatchKeeper::check()
{
    const qint64 nowNs = m_clock.monotonicNs();
    for (auto it = m_entries.begin(); it != m_entries.end() && m_inFlight < FetchesAtOnce; ++it) {
        if (!it->inFlight && it->dueNs <= nowNs)
            fetch(it.key(), *it);
    }
}

void WatchKeeper::fetch(const QString &id, Entry &entry)
{
    if (!m_network) {
        m_network = std::make_unique<QNetworkAccessManager>();
        m_network->setAutoDeleteReplies(true);
    }
    QNetworkRequest request{QUrl(entry.url)};
    request.setAttribute(QNetworkRequest::RedirectPolicyAttribute, QNetworkRequest::ManualRedirectPolicy);
    request.setAttribute(QNetworkRequest::CookieLoadControlAttribute, QNetworkRequest::Manual);
    request.setAttribute(QNetworkRequest::CookieSaveControlAttribute, QNetworkRequest::Manual);
    request.setAttribute(QNetworkRequest::AuthenticationReuseAttribute, QNetworkRequest::Manual);
    request.setHeader(QNetworkRequest::UserAgentHeader, u"claudemesh-local"_s);
    for (const auto &[name, value] : std::as_const(entry.headers))
        request.setRawHeader(name, value);
    entry.inFlight = true;
    entry.dueNs = m_clock.monotonicNs() + entry.intervalNs;
    ++m_inFlight;
    QNetworkReply *reply = m_network->get(request);
    reply->setReadBufferSize(FetchBytes + 1);
    QTimer::singleShot(m_timeoutMs, reply, &QNetworkReply::abort);
    connect(reply, &QNetworkReply::readyRead, reply, [reply] {
        if (reply->bytesAvailable() > FetchBytes)
            reply->abort();
    });
    connect(reply, &QNetworkReply::finished, this, [this, id, reply] {
        --m_inFlight;
        fetched(id, *reply);
    });
}

std::optional<QString> WatchKeeper::valueOf(const Entry &entry, int status, const QByteArray &body)
{
    switch (entry.mode) {
    case Mode::Status:
        return QString::number(status);
    case Mode::Hash:
        return QString::fromLatin1(QCryptographicHash::hash(body, QCryptographicHash::Sha256).toHex()).left(HashDigits);
    case Mode::Json:
        break;
    }
    QJsonParseError error;
    // Wrapped, so that a document may be a bare value as well.
    const QJsonArray wrapped = QJsonDocument::fromJson('[' + body + ']', &error).array();
    if (error.error != QJsonParseError::NoError || wrapped.size() != 1)
        return std::nullopt;
    return textOf(atPath(wrapped.at(0), entry.extract)).left(ValueChars);
}

bool WatchKeeper::isNews(const Entry &entry, const QString &value)
{
    // A condition is told of when it becomes true, not as long as it is.
    const auto becomes = [&](qsizetype prefix, bool wanted) {
        const QStringView text = QStringView(entry.notifyOn).sliced(prefix);
        return (value == text) == wanted && !(entry.value && (*entry.value == text) == wanted);
    };
    if (entry.notifyOn.startsWith("match:"_L1))
        return becomes(6, true);
    if (entry.notifyOn.startsWith("not_match:"_L1))
        return becomes(10, false);
    return entry.value && *entry.value != value;
}

void WatchKeeper::fetched(const QString &id, QNetworkReply &reply)
{
    const auto entry = m_entries.find(id);
    if (entry == m_entries.end())
        return;
    entry->inFlight = false;
    const int status = reply.attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    // Nobody there, too slow or too large: what was known stays. An answer that says 404 is an answer.
    if (status == 0 || reply.error() == QNetworkReply::OperationCanceledError)
        return;
    const std::optional<QString> value = valueOf(*entry, status, reply.readAll());
    if (!value)
        return;
    const bool news = isNews(*entry, *value);
    const QString before = entry->value.value_or(QString());
    entry->value = value;
    entry->checkedAtMs = m_clock.nowMs();
    if (!news)
        return;
    QJsonObject data{{u"watchId"_s, id},
                     {u"url"_s, entry->url},
                     {u"mode"_s, word(entry->mode)},
                     {u"oldValue"_s, before},
                     {u"newValue"_s, *value}};
    if (entry->label)
        data.insert("label"_L1, *entry->label);
    Q_EMIT triggered(id, data);
}

} // namespace mesh::local
