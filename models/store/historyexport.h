// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QHash>
#include <QtCore/QIODevice>

#include "models/store/journal.h"

namespace mesh::store {

enum class ExportFormat { Json, Markdown, Html };

//! What an export is about; names are those to be shown.
struct ExportRequest
{
    MeshId mesh;
    QString meshName;
    QList<ConversationId> parts; //!< the conversation, then those merged into it
    QString title;
    QHash<QString, QString> names; //!< of senders that messages do not name themselves
    QString ownName;
    ExportFormat format = ExportFormat::Json;
    QString path; //!< the file; it is replaced when the export is complete, and readable by the user alone
};

//! Writes messages, oldest first, as a document of one of the formats. Names and bodies come from others: they are
//! escaped so that the document shows them and never obeys them.
class HistoryExporter final
{
public:
    HistoryExporter(QIODevice &out, const ExportRequest &request);

    void begin(qint64 nowMs);
    void add(const Message &message);
    void end();
    [[nodiscard]] qint64 count() const { return m_count; }

private:
    [[nodiscard]] QString senderOf(const Message &message) const;

    QIODevice &m_out;
    const ExportRequest &m_request;
    qint64 m_count = 0;
};

//! A fence longer than any run of backquotes in \a text, so that it cannot be left.
[[nodiscard]] QString fenceFor(QStringView text);

} // namespace mesh::store
