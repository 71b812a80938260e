// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/historyexport.h"

#include <QtCore/QDateTime>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace mesh::store {

using protocol::BodyKind;

namespace {

QString isoTime(qint64 atMs)
{
    return QDateTime::fromMSecsSinceEpoch(atMs, Qt::UTC).toString(Qt::ISODateWithMs);
}

//! A name on one line: nothing that breaks lines, turns directions or hides.
QString plainName(const QString &name)
{
    QString out;
    for (const QChar c : name) {
        if (c.category() != QChar::Other_Control && c.category() != QChar::Other_Format
            && c.category() != QChar::Separator_Line && c.category() != QChar::Separator_Paragraph)
            out += c;
    }
    return out.left(200);
}

QString markdownName(const QString &name)
{
    QString out;
    const QString plain = plainName(name);
    for (const QChar c : plain) {
        if (u"\\`*_{}[]()<>#+-.!|~&:@"_s.contains(c))
            out += u'\\';
        out += c;
    }
    return out;
}

QString bodyWord(const Message &message)
{
    if (message.own)
        return {};
    switch (message.body) {
    case BodyKind::Sealed:
        return {};
    case BodyKind::Clear:
        return u"unencrypted"_s;
    case BodyKind::Undecryptable:
        return u"could not be opened"_s;
    }
    return {};
}

} // namespace

QString fenceFor(QStringView text)
{
    qsizetype longest = 2, run = 0;
    for (const QChar c : text) {
        run = c == u'`' ? run + 1 : 0;
        longest = std::max(longest, run);
    }
    return QString(longest + 1, u'`');
}

HistoryExporter::HistoryExporter(QIODevice &out, const ExportRequest &request)
    : m_out(out)
    , m_request(request)
{
}

QString HistoryExporter::senderOf(const Message &message) const
{
    if (message.own)
        return m_request.ownName;
    const QString name = message.senderName.isEmpty() ? m_request.names.value(message.senderKey) : message.senderName;
    return name.isEmpty() ? message.senderKey.left(16) : name;
}

void HistoryExporter::begin(qint64 nowMs)
{
    switch (m_request.format) {
    case ExportFormat::Json: {
        const auto quoted = [](const QString &text) {
            const QByteArray array = QJsonDocument(QJsonArray{text}).toJson(QJsonDocument::Compact);
            return array.sliced(1, array.size() - 2);
        };
        m_out.write("{\"mesh\":" + quoted(m_request.meshName) + ",\"conversation\":" + quoted(m_request.title)
                    + ",\"exportedAt\":" + quoted(isoTime(nowMs)) + ",\"messages\":[");
        break;
    }
    case ExportFormat::Markdown:
        m_out.write("# " + markdownName(m_request.title).toUtf8() + "\n\n" + markdownName(m_request.meshName).toUtf8()
                    + ", exported " + isoTime(nowMs).toUtf8() + "\n");
        break;
    case ExportFormat::Html:
        // Nothing in the page may run or be fetched, whatever a body holds.
        m_out.write("<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\">\n"
                    "<meta http-equiv=\"Content-Security-Policy\""
                    " content=\"default-src 'none'; style-src 'unsafe-inline'\">\n<title>"
                    + plainName(m_request.title).toHtmlEscaped().toUtf8()
                    + "</title>\n<style>body{font:15px/1.5 system-ui,sans-serif;max-width:46em;margin:2em auto;"
                      "padding:0 1em}article{margin:1.2em 0}header{font-size:13px;opacity:.7}"
                      "pre{white-space:pre-wrap;overflow-wrap:anywhere;font:inherit;margin:.2em 0}</style></head>\n"
                      "<body><h1>"
                    + plainName(m_request.title).toHtmlEscaped().toUtf8() + "</h1>\n<p>"
                    + plainName(m_request.meshName).toHtmlEscaped().toUtf8() + ", exported " + isoTime(nowMs).toUtf8()
                    + "</p>\n");
        break;
    }
}

void HistoryExporter::add(const Message &message)
{
    const QString note = bodyWord(message);
    switch (m_request.format) {
    case ExportFormat::Json: {
        QJsonObject object{{u"sentAt"_s, isoTime(message.sentAtMs)},
                           {u"sender"_s, senderOf(message)},
                           {u"senderKey"_s, message.senderKey},
                           {u"own"_s, message.own},
                           {u"text"_s, message.text}};
        if (!message.messageId.isEmpty())
            object.insert(u"id"_s, message.messageId);
        if (!message.replyToId.isEmpty())
            object.insert(u"replyTo"_s, message.replyToId);
        if (!note.isEmpty())
            object.insert(u"note"_s, note);
        m_out.write((m_count > 0 ? ",\n" : "\n") + QJsonDocument(object).toJson(QJsonDocument::Compact));
        break;
    }
    case ExportFormat::Markdown: {
        const QString fence = fenceFor(message.text);
        m_out.write("\n**" + markdownName(senderOf(message)).toUtf8() + "**, " + isoTime(message.sentAtMs).toUtf8()
                    + (note.isEmpty() ? QByteArray() : " (" + note.toUtf8() + ')') + "\n\n" + fence.toUtf8() + "text\n"
                    + message.text.toUtf8() + '\n' + fence.toUtf8() + '\n');
        break;
    }
    case ExportFormat::Html:
        m_out.write("<article><header><b>" + plainName(senderOf(message)).toHtmlEscaped().toUtf8() + "</b> "
                    + isoTime(message.sentAtMs).toUtf8() + (note.isEmpty() ? QByteArray() : " · " + note.toUtf8())
                    + "</header><pre>" + message.text.toHtmlEscaped().toUtf8() + "</pre></article>\n");
        break;
    }
    ++m_count;
}

void HistoryExporter::end()
{
    if (m_request.format == ExportFormat::Json)
        m_out.write("\n]}\n");
    else if (m_request.format == ExportFormat::Html)
        m_out.write("</body></html>\n");
}

} // namespace mesh::store
