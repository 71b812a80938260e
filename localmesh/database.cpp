// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/database.h"

#include "models/protocol/logging.h"

#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QStorageInfo>

#include <sqlite3.h>

namespace mesh::local {

using namespace Qt::StringLiterals;
using protocol::Error;
using protocol::ErrorBand;
using protocol::Expected;

namespace {

constexpr int BusyTimeoutMs = 5'000;
constexpr qint64 WalIndexBytes = 32 * 1'024; //!< that SQLite adds at a time to the file that it shares with others

bool isDamage(int code)
{
    return (code & 0xff) == SQLITE_CORRUPT || (code & 0xff) == SQLITE_NOTADB;
}

//! SQLite tells a full disk as such only where it writes the database itself, not for the files beside it.
bool isFullDisk(int code, const QString &path)
{
    if ((code & 0xff) == SQLITE_FULL)
        return true;
    return (code & 0xff) == SQLITE_IOERR && QStorageInfo(QFileInfo(path).path()).bytesAvailable() < WalIndexBytes;
}

Error errorOf(int code, const QString &path, const QString &reason)
{
    if (isFullDisk(code, path)) {
        return {u"database"_s, u"There is no room left on the disk for the database %1."_s.arg(path),
                ErrorBand::Persistent};
    }
    if (isDamage(code)) {
        return {u"database_damaged"_s,
                u"The database %1 is damaged (%2). Move it away to start with a new mesh."_s.arg(path, reason),
                ErrorBand::Persistent};
    }
    return {u"database"_s, u"The database %1 cannot be used: %2."_s.arg(path, reason), ErrorBand::Persistent};
}

} // namespace

Expected<std::unique_ptr<Database>> Database::open(const QString &path, bool syncEveryCommit)
{
    // Made before SQLite does, so that there is no moment in which others may read the keys inside.
    QFile file(path);
    if (!file.exists()) {
        if (!file.open(QIODevice::ReadWrite | QIODevice::NewOnly, QFile::ReadOwner | QFile::WriteOwner))
            return Error{u"database"_s, u"The database %1 cannot be created: %2."_s.arg(path, file.errorString()),
                         ErrorBand::Persistent};
        file.close();
    } else {
        file.setPermissions(QFile::ReadOwner | QFile::WriteOwner);
    }

    std::unique_ptr<Database> database(new Database(path));
    const int code = sqlite3_open_v2(QFile::encodeName(path).constData(), &database->m_handle,
                                     SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
    if (code != SQLITE_OK)
        return errorOf(code, path, QString::fromUtf8(sqlite3_errstr(code)));
    sqlite3_busy_timeout(database->m_handle, BusyTimeoutMs);
    const char *pragmas = syncEveryCommit
        ? "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
        : "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;";
    if (const auto set = database->execute(pragmas); !set)
        return set.error();
    if (sqlite3_db_readonly(database->m_handle, "main") == 1)
        return errorOf(SQLITE_READONLY, path, u"it may only be read, not written"_s);
    return database;
}

Database::~Database()
{
    if (m_inTransaction)
        rollback();
    sqlite3_close_v2(m_handle);
}

Expected<void> Database::execute(const char *sql)
{
    const int code = sqlite3_exec(m_handle, sql, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK)
        return errorOf(code, m_path, QString::fromUtf8(sqlite3_errmsg(m_handle)));
    return {};
}

qint64 Database::integer(const char *sql)
{
    Statement statement(*this, sql);
    Query query(statement);
    return query.step() ? query.integer(0) : 0;
}

bool Database::beginWrite()
{
    if (m_failed)
        return false;
    if (m_inTransaction)
        return true;
    // IMMEDIATE: waiting for another process (claudemesh-local --invite) happens here, not in the middle.
    const int code = sqlite3_exec(m_handle, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) {
        fail(code);
        return false;
    }
    m_inTransaction = true;
    return true;
}

void Database::fail(int code)
{
    if (m_failed)
        return;
    m_failed = true;
    m_failure = code;
    m_failureText = QString::fromUtf8(sqlite3_errmsg(m_handle));
    qCWarning(lcLocalMesh) << "database failed:" << m_failureText << "code" << code;
}

Error Database::lastError() const
{
    return errorOf(m_failure, m_path, m_failureText);
}

Expected<void> Database::commit()
{
    if (!m_failed && m_inTransaction) {
        const int code = sqlite3_exec(m_handle, "COMMIT", nullptr, nullptr, nullptr);
        if (code == SQLITE_OK)
            m_inTransaction = false;
        else
            fail(code);
    }
    if (!m_failed)
        return {};
    const Error error = lastError();
    rollback();
    return error;
}

void Database::rollback()
{
    // After some errors SQLite has rolled back by itself; then there is nothing to do.
    if (sqlite3_get_autocommit(m_handle) == 0)
        sqlite3_exec(m_handle, "ROLLBACK", nullptr, nullptr, nullptr);
    m_inTransaction = false;
    m_failed = false;
}

Statement::~Statement()
{
    sqlite3_finalize(m_handle);
}

Query::Query(Statement &statement)
    : m_statement(statement)
{
    if (!statement.m_handle) {
        const int code = sqlite3_prepare_v3(statement.m_database.m_handle, statement.m_sql, -1,
                                            SQLITE_PREPARE_PERSISTENT, &statement.m_handle, nullptr);
        if (code != SQLITE_OK) {
            statement.m_database.fail(code);
            return;
        }
    }
    m_ready = true;
}

Query::~Query()
{
    if (!m_ready)
        return;
    sqlite3_reset(m_statement.m_handle);
    sqlite3_clear_bindings(m_statement.m_handle);
}

Query &Query::operator<<(QStringView text)
{
    ++m_bound;
    if (m_ready) {
        const QByteArray utf8 = text.toUtf8();
        sqlite3_bind_text(m_statement.m_handle, m_bound, utf8.constData(), int(utf8.size()), SQLITE_TRANSIENT);
    }
    return *this;
}

Query &Query::operator<<(qint64 value)
{
    ++m_bound;
    if (m_ready)
        sqlite3_bind_int64(m_statement.m_handle, m_bound, value);
    return *this;
}

Query &Query::operator<<(const QByteArray &blob)
{
    ++m_bound;
    if (m_ready)
        sqlite3_bind_blob(m_statement.m_handle, m_bound, blob.constData(), int(blob.size()), SQLITE_TRANSIENT);
    return *this;
}

Query &Query::operator<<(std::nullptr_t)
{
    ++m_bound;
    return *this;
}

bool Query::step()
{
    if (!m_ready || m_statement.m_database.m_failed)
        return false;
    if (!sqlite3_stmt_readonly(m_statement.m_handle) && !m_statement.m_database.beginWrite())
        return false;
    const int code = sqlite3_step(m_statement.m_handle);
    if (code == SQLITE_ROW)
        return true;
    if (code != SQLITE_DONE)
        m_statement.m_database.fail(code);
    return false;
}

bool Query::run()
{
    while (step()) {}
    return m_ready && !m_statement.m_database.m_failed;
}

int Query::changes() const
{
    return sqlite3_changes(m_statement.m_database.m_handle);
}

QString Query::text(int column) const
{
    const auto *utf8 = static_cast<const char *>(sqlite3_column_blob(m_statement.m_handle, column));
    return QString::fromUtf8(utf8, sqlite3_column_bytes(m_statement.m_handle, column));
}

qint64 Query::integer(int column) const
{
    return sqlite3_column_int64(m_statement.m_handle, column);
}

QByteArray Query::blob(int column) const
{
    const auto *bytes = static_cast<const char *>(sqlite3_column_blob(m_statement.m_handle, column));
    return QByteArray(bytes, sqlite3_column_bytes(m_statement.m_handle, column));
}

bool Query::isNull(int column) const
{
    return sqlite3_column_type(m_statement.m_handle, column) == SQLITE_NULL;
}

} // namespace mesh::local
