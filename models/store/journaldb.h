// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QByteArray>
#include <QtCore/QString>

#include "models/protocol/expected.h"

struct sqlite3;
struct sqlite3_stmt;

namespace mesh::store {

//! Newest schema this program writes. Version 1 had no index of messages, version 2 none for searching.
inline constexpr int kJournalSchema = 3;

//! One prepared statement. Values are bound from 1, columns read from 0, as in SQLite.
class Statement final
{
public:
    Statement() = default;
    Statement(sqlite3 *db, const char *sql);
    ~Statement();
    Statement(Statement &&other) noexcept;
    Statement &operator=(Statement &&other) noexcept;
    Statement(const Statement &) = delete;
    Statement &operator=(const Statement &) = delete;

    bool isValid() const { return m_statement != nullptr; }
    Statement &bind(int at, qint64 value);
    Statement &bind(int at, const QByteArray &blob); //!< must live until the statement is reset
    Statement &bind(int at, const QString &text);
    //! One row more? False at the end and on failure; code() tells which.
    bool step();
    //! Runs a statement without rows and makes it ready for the next values.
    bool run();
    void reset();
    int code() const { return m_code; } //!< SQLite's, extended
    qint64 integer(int column) const;
    QByteArray blob(int column) const;
    QString text(int column) const;

private:
    sqlite3_stmt *m_statement = nullptr;
    int m_code = 0;
};

//! One connection to a journal file.
class JournalDb final
{
public:
    JournalDb() = default;
    ~JournalDb();
    Q_DISABLE_COPY_MOVE(JournalDb)

    //! Opens for writing, making the file with mode 0600; WAL, synchronous FULL.
    protocol::Expected<void> open(const QString &path);
    protocol::Expected<void> openReadOnly(const QString &path);
    void close();
    bool isOpen() const { return m_db != nullptr; }

    bool exec(const char *sql);
    Statement prepare(const char *sql) { return Statement(m_db, sql); }
    qint64 scalar(const char *sql, qint64 fallback = 0);
    //! Of the last call that failed.
    int code() const;
    protocol::Error error() const;

    //! What a SQLite code means for people.
    static protocol::Error errorFor(int code, const QString &detail = {});
    //! Whether the file itself is broken, so that trying again is no use.
    static bool isDamage(int code);

    //! Empty file: makes the newest schema. Else checks that it is a journal and sound.
    //! \return the schema version found (kJournalSchema for a new file); errors `newer_version`, `damaged`.
    protocol::Expected<int> checkSchema();
    bool createSchema(int version);
    //! The tables that came with \a version, inside the caller's transaction.
    bool createTables(int version);

private:
    sqlite3 *m_db = nullptr;
};

} // namespace mesh::store
