// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/protocol/expected.h"

#include <QtCore/QByteArray>
#include <QtCore/QString>

#include <memory>

struct sqlite3;
struct sqlite3_stmt;

namespace mesh::local {

//! One SQLite connection in WAL mode, the only writer of its file in this process. Writes open a transaction by
//! themselves; commit() ends it, so that whatever a turn of the event loop writes is one commit (see Turn).
//!
//! The first failing statement of a transaction is remembered: later ones do nothing, and commit() rolls back and
//! tells.
class Database final
{
public:
    //! Opens or creates \a path with mode 0600. Errors: "database_damaged", "database" (the detail has path and
    //! reason).
    static protocol::Expected<std::unique_ptr<Database>> open(const QString &path, bool syncEveryCommit);
    ~Database();
    Q_DISABLE_COPY_MOVE(Database)

    //! Runs statements that give no rows. For the schema; not part of the write transaction.
    protocol::Expected<void> execute(const char *sql);
    //! The first column of the first row of \a sql, else 0.
    qint64 integer(const char *sql);

    bool inTransaction() const { return m_inTransaction; }
    //! Ends the transaction; nothing to do when there is none. Error "database": everything since the last commit is
    //! undone.
    protocol::Expected<void> commit();
    void rollback();
    //! Whether a statement failed since the last commit() or rollback().
    bool hasFailed() const { return m_failed; }

    QString path() const { return m_path; }

private:
    friend class Statement;
    friend class Query;

    explicit Database(QString path)
        : m_path(std::move(path))
    {
    }
    bool beginWrite();
    void fail(int code);
    protocol::Error lastError() const;

    QString m_path;
    sqlite3 *m_handle = nullptr;
    bool m_inTransaction = false;
    bool m_failed = false;
    int m_failure = 0;
    QString m_failureText;
};

//! A prepared statement, prepared at first use. Outlived by its database.
class Statement final
{
public:
    //! \a sql must outlive this.
    Statement(Database &database, const char *sql)
        : m_database(database)
        , m_sql(sql)
    {
    }
    ~Statement();
    Q_DISABLE_COPY_MOVE(Statement)

private:
    friend class Query;

    Database &m_database;
    const char *m_sql;
    sqlite3_stmt *m_handle = nullptr;
};

//! One use of a statement: bind in order, then run() or step(); reset when it goes out of scope.
class Query final
{
public:
    explicit Query(Statement &statement);
    ~Query();
    Q_DISABLE_COPY_MOVE(Query)

    Query &operator<<(QStringView text);
    Query &operator<<(const QString &text) { return *this << QStringView(text); }
    Query &operator<<(QLatin1StringView text) { return *this << QString(text); }
    Query &operator<<(qint64 value);
    Query &operator<<(int value) { return *this << qint64(value); }
    Query &operator<<(const QByteArray &blob);
    Query &operator<<(std::nullptr_t);

    //! True when there is a row to read.
    bool step();
    //! Runs a statement without rows. False when it failed, or an earlier one of this transaction did.
    bool run();
    //! Rows changed by run().
    int changes() const;

    QString text(int column) const;
    qint64 integer(int column) const;
    QByteArray blob(int column) const;
    bool isNull(int column) const;

private:
    Statement &m_statement;
    int m_bound = 0;
    bool m_ready = false;
};

} // namespace mesh::local
