// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QHash>
#include <QtCore/QList>
#include <QtCore/QObject>
#include <QtCore/QSaveFile>
#include <QtCore/QTimer>

#include <array>
#include <memory>

#include "models/store/records.h"

namespace mesh::store {
class MeshStore;
}

namespace mesh::items {

enum class ExportFormat { Json, Csv };

//! Writes the peers that are shown into a file: CSV has a row for each peer; JSON has them too, and what they sent one
//! another in the last hour. What is written is the moment of start(); the file appears only when it is whole. A few
//! hundred rows are written at a time, so the window goes on meanwhile. The form is in docs/export.md.
class PeerExport final : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(PeerExport)

public:
    //! What is exported, besides the peers.
    struct Head
    {
        QString meshName;
        QString filter; //!< as typed; empty: everybody is shown
        qint64 atMs = 0;
        int total = 0; //!< peers there are, shown or not
    };

    explicit PeerExport(QObject *parent = nullptr);
    ~PeerExport() override;

    //! Begins to write \a keys, in their order, to \a file. One export runs at a time: false if one does already.
    bool start(const store::MeshStore &store, const QStringList &keys, const Head &head, ExportFormat format,
               const QString &file);
    [[nodiscard]] bool isRunning() const { return m_out != nullptr; }
    //! Leaves the file as it was before.
    void cancel();

    //! One cell of a CSV file: quoted where needed, and never read as a formula by a spreadsheet.
    [[nodiscard]] static QString csvCell(const QString &text);

Q_SIGNALS:
    void progressed(int done, int of);
    //! \a sentence says what was written, or what went wrong, what was kept and what to do.
    void finished(bool ok, const QString &sentence);

private:
    struct Edge
    {
        std::array<int, 3> byPriority{};
        qint64 lastMs = 0;
    };
    using Way = std::pair<QString, QString>;

    void step();
    void writeHead();
    void writePeer(const store::Peer &peer, bool last);
    void writeEdges();
    void put(const QByteArray &bytes);
    void fail(const QString &reason);
    void end(bool ok, const QString &sentence);

    std::unique_ptr<QSaveFile> m_out;
    QList<store::Peer> m_peers;
    QHash<Way, Edge> m_edges;
    Head m_head;
    ExportFormat m_format = ExportFormat::Json;
    qsizetype m_next = 0;
    QTimer m_turn;
};

} // namespace mesh::items
