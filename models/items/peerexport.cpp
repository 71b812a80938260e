// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/peerexport.h"

#include <QtCore/QDateTime>
#include <QtCore/QDir>
#include <QtCore/QFileInfo>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>

#include <algorithm>

#include "models/store/meshstore.h"

namespace mesh::items {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype kPeersATurn = 200;

QString isoTime(qint64 ms)
{
    return ms > 0 ? QDateTime::fromMSecsSinceEpoch(ms, Qt::UTC).toString(Qt::ISODateWithMs) : QString();
}

template <class T>
void putStat(QJsonObject &object, QLatin1StringView name, const std::optional<T> &value)
{
    if (value)
        object.insert(name, *value);
}

QStringList groupNames(const store::Peer &peer)
{
    QStringList names;
    for (const protocol::GroupRef &group : peer.groups)
        names.append(group.name);
    return names;
}

template <class T>
QString statCell(const std::optional<T> &value)
{
    return value ? QString::number(*value) : QString();
}

constexpr std::array kCsvHead{"key",        "name",     "type",         "status",      "status_since",
                              "presence",   "groups",   "model",        "channel",     "host",
                              "cwd",        "summary",  "context_used", "context_max", "tokens_in",
                              "tokens_out", "cost_usd", "sent",         "received",    "last_traffic"};

} // namespace

PeerExport::PeerExport(QObject *parent)
    : QObject(parent)
{
    m_turn.setInterval(0);
    connect(&m_turn, &QTimer::timeout, this, &PeerExport::step);
}

PeerExport::~PeerExport() = default;

bool PeerExport::start(const store::MeshStore &store, const QStringList &keys, const Head &head, ExportFormat format,
                       const QString &file)
{
    if (m_out)
        return false;
    m_head = head;
    m_format = format;
    m_next = 0;
    m_peers.clear();
    m_edges.clear();
    m_peers.reserve(keys.size());
    QSet<QString> shown;
    for (const QString &key : keys) {
        if (const store::Peer *peer = store.peer(key)) {
            m_peers.append(*peer);
            shown.insert(key);
        }
    }
    if (format == ExportFormat::Json) {
        for (const store::TrafficEntry &entry : store.traffic()) {
            if (!shown.contains(entry.senderKey) || !shown.contains(entry.targetSpec))
                continue;
            Edge &edge = m_edges[{entry.senderKey, entry.targetSpec}];
            ++edge.byPriority[size_t(entry.priority)];
            edge.lastMs = std::max(edge.lastMs, entry.sentAtMs > 0 ? entry.sentAtMs : entry.atMs);
        }
    }
    m_out = std::make_unique<QSaveFile>(file);
    if (!m_out->open(QIODevice::WriteOnly)) {
        fail(m_out->errorString());
        return true;
    }
    writeHead();
    m_turn.start();
    return true;
}

void PeerExport::cancel()
{
    if (!m_out)
        return;
    m_out->cancelWriting();
    end(false, tr("The export was stopped. Nothing was written."));
}

void PeerExport::step()
{
    const qsizetype until = std::min(m_next + kPeersATurn, m_peers.size());
    for (; m_next < until; ++m_next)
        writePeer(m_peers.at(m_next), m_next + 1 == m_peers.size());
    Q_EMIT progressed(int(m_next), int(m_peers.size()));
    if (!m_out || m_next < m_peers.size()) // a listener may have stopped it
        return;
    if (m_format == ExportFormat::Json)
        writeEdges();
    const QString file = QDir::toNativeSeparators(m_out->fileName());
    if (m_out->error() != QFileDevice::NoError || !m_out->commit()) {
        fail(m_out->errorString());
        return;
    }
    end(true, tr("Wrote %n peer(s) to %1.", nullptr, int(m_peers.size())).arg(file));
}

void PeerExport::writeHead()
{
    if (m_format == ExportFormat::Csv) {
        QByteArray line;
        for (const char *name : kCsvHead)
            line += (line.isEmpty() ? "" : ",") + QByteArray(name);
        put(line + "\r\n");
        return;
    }
    const QJsonObject head{{"format"_L1, "claudemesh-peers"_L1},
                           {"version"_L1, 1},
                           {"mesh"_L1, m_head.meshName},
                           {"exportedAt"_L1, isoTime(m_head.atMs)},
                           {"filter"_L1, m_head.filter},
                           {"shown"_L1, m_peers.size()},
                           {"total"_L1, m_head.total}};
    QByteArray text = QJsonDocument(head).toJson(QJsonDocument::Compact);
    text.chop(1); // the object goes on
    put(text + ",\n\"peers\":[\n" + (m_peers.isEmpty() ? "]" : ""));
}

void PeerExport::writePeer(const store::Peer &peer, bool last)
{
    const store::PeerStats &stats = peer.stats;
    if (m_format == ExportFormat::Csv) {
        const QStringList cells{peer.key,
                                peer.name,
                                protocol::toWord(peer.kind),
                                protocol::toWord(peer.status),
                                isoTime(peer.statusSinceMs),
                                protocol::toWord(peer.presence),
                                groupNames(peer).join(u' '),
                                peer.model,
                                peer.channel,
                                peer.hostname,
                                peer.cwd,
                                peer.summary,
                                statCell(stats.contextUsed),
                                statCell(stats.contextMax),
                                statCell(stats.tokensIn),
                                statCell(stats.tokensOut),
                                statCell(stats.costUsd),
                                QString::number(peer.sent),
                                QString::number(peer.received),
                                isoTime(peer.lastTrafficMs)};
        QStringList quoted;
        for (const QString &cell : cells)
            quoted.append(csvCell(cell));
        put(quoted.join(u',').toUtf8() + "\r\n");
        return;
    }
    QJsonObject object{{"key"_L1, peer.key},
                       {"name"_L1, peer.name},
                       {"type"_L1, protocol::toWord(peer.kind)},
                       {"status"_L1, protocol::toWord(peer.status)},
                       {"statusSince"_L1, isoTime(peer.statusSinceMs)},
                       {"presence"_L1, protocol::toWord(peer.presence)},
                       {"groups"_L1, QJsonArray::fromStringList(groupNames(peer))},
                       {"model"_L1, peer.model},
                       {"channel"_L1, peer.channel},
                       {"host"_L1, peer.hostname},
                       {"cwd"_L1, peer.cwd},
                       {"summary"_L1, peer.summary},
                       {"sent"_L1, peer.sent},
                       {"received"_L1, peer.received},
                       {"lastTraffic"_L1, isoTime(peer.lastTrafficMs)}};
    putStat(object, "contextUsed"_L1, stats.contextUsed);
    putStat(object, "contextMax"_L1, stats.contextMax);
    putStat(object, "tokensIn"_L1, stats.tokensIn);
    putStat(object, "tokensOut"_L1, stats.tokensOut);
    putStat(object, "costUsd"_L1, stats.costUsd);
    put(QJsonDocument(object).toJson(QJsonDocument::Compact) + (last ? "\n]" : ",\n"));
}

void PeerExport::writeEdges()
{
    QList<Way> ways = m_edges.keys();
    std::sort(ways.begin(), ways.end());
    put(",\n\"edges\":[\n");
    for (qsizetype i = 0; i < ways.size(); ++i) {
        const Edge &edge = m_edges[ways.at(i)];
        const QJsonObject object{{"from"_L1, ways.at(i).first},
                                 {"to"_L1, ways.at(i).second},
                                 {"now"_L1, edge.byPriority[size_t(protocol::Priority::Now)]},
                                 {"next"_L1, edge.byPriority[size_t(protocol::Priority::Next)]},
                                 {"low"_L1, edge.byPriority[size_t(protocol::Priority::Low)]},
                                 {"lastAt"_L1, isoTime(edge.lastMs)}};
        put(QJsonDocument(object).toJson(QJsonDocument::Compact) + (i + 1 < ways.size() ? ",\n" : "\n"));
    }
    put("]}\n");
}

void PeerExport::put(const QByteArray &bytes)
{
    m_out->write(bytes); // QSaveFile remembers the first error; the end of step() tells it
}

void PeerExport::fail(const QString &reason)
{
    const QString file = QDir::toNativeSeparators(m_out->fileName());
    m_out->cancelWriting();
    end(false,
        tr("%1 could not be written: %2. What was there before is unchanged. Choose another folder or make room.")
            .arg(file, reason));
}

void PeerExport::end(bool ok, const QString &sentence)
{
    m_turn.stop();
    m_out.reset();
    m_peers.clear();
    m_edges.clear();
    Q_EMIT finished(ok, sentence);
}

QString PeerExport::csvCell(const QString &text)
{
    QString cell = text;
    // Names come from others: a spreadsheet must not run them.
    if (!cell.isEmpty() && u"=+-@\t\r"_s.contains(cell.front()))
        cell.prepend(u'\'');
    const bool quotes = std::any_of(cell.cbegin(), cell.cend(),
                                    [](QChar c) { return c == u',' || c == u'"' || c == u'\n' || c == u'\r'; });
    if (!quotes)
        return cell;
    return u'"' + cell.replace(u'"', "\"\""_L1) + u'"';
}

} // namespace mesh::items
