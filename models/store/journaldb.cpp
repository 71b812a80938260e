// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/journaldb.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>

#include <sqlite3.h>

#include <utility>

using namespace Qt::StringLiterals;

namespace mesh::store {

using protocol::Error;
using protocol::ErrorBand;
using protocol::Expected;

namespace {

//! Tells SQLite that the file is ours ("CMJ1").
constexpr qint64 kApplicationId = 0x434d4a31;
//! Files up to this size are checked as a whole at every start; it takes about 10 ms for each 10 MB.
constexpr qint64 kFullCheckBytes = 32LL * 1024 * 1024;

QString tr(const char *text)
{
    return QCoreApplication::translate("Journal", text);
}

constexpr char kSchema1[] =
    "CREATE TABLE meta(key TEXT PRIMARY KEY, value BLOB NOT NULL);"
    "CREATE TABLE meshes(id INTEGER PRIMARY KEY, mesh TEXT NOT NULL UNIQUE, own TEXT NOT NULL DEFAULT '');"
    "CREATE TABLE events(row INTEGER PRIMARY KEY, mesh INTEGER NOT NULL, at INTEGER NOT NULL, kind INTEGER NOT NULL,"
    " body BLOB NOT NULL);"
    "CREATE INDEX events_bounded ON events(mesh, kind, row) WHERE kind >= 2;"
    "CREATE TABLE snapshots(id INTEGER PRIMARY KEY, mesh INTEGER NOT NULL, upto INTEGER NOT NULL, at INTEGER NOT NULL,"
    " body BLOB NOT NULL);";
constexpr char kSchema2[] =
    "CREATE TABLE messages(conv BLOB NOT NULL, sent INTEGER NOT NULL, row INTEGER NOT NULL, msg BLOB NOT NULL,"
    " PRIMARY KEY(conv, sent, row)) WITHOUT ROWID;"
    "CREATE TABLE message_rows(msg BLOB NOT NULL, row INTEGER NOT NULL, PRIMARY KEY(msg, row)) WITHOUT ROWID;";
// Numbers of segments are never used again, so a reader cannot take a new one for one it knows.
constexpr char kSchema3[] =
    "CREATE TABLE search_segments(id INTEGER PRIMARY KEY AUTOINCREMENT, level INTEGER NOT NULL, first INTEGER NOT NULL,"
    " last INTEGER NOT NULL, documents INTEGER NOT NULL, min_sent INTEGER NOT NULL, max_sent INTEGER NOT NULL);"
    "CREATE TABLE search_pieces(number INTEGER PRIMARY KEY, body BLOB NOT NULL);"
    // Removed rows that the index may still know.
    "CREATE TABLE search_gone(row INTEGER PRIMARY KEY);";

} // namespace

Statement::Statement(sqlite3 *db, const char *sql)
{
    m_code = db ? sqlite3_prepare_v2(db, sql, -1, &m_statement, nullptr) : SQLITE_MISUSE;
    if (m_code != SQLITE_OK && db)
        m_code = sqlite3_extended_errcode(db);
}

Statement::~Statement()
{
    sqlite3_finalize(m_statement);
}

Statement::Statement(Statement &&other) noexcept
    : m_statement(std::exchange(other.m_statement, nullptr))
    , m_code(other.m_code)
{
}

Statement &Statement::operator=(Statement &&other) noexcept
{
    std::swap(m_statement, other.m_statement);
    std::swap(m_code, other.m_code);
    return *this;
}

Statement &Statement::bind(int at, qint64 value)
{
    sqlite3_bind_int64(m_statement, at, value);
    return *this;
}

Statement &Statement::bind(int at, const QByteArray &blob)
{
    sqlite3_bind_blob64(m_statement, at, blob.constData(), sqlite3_uint64(blob.size()), SQLITE_STATIC);
    return *this;
}

Statement &Statement::bind(int at, const QString &text)
{
    const QByteArray utf8 = text.toUtf8();
    sqlite3_bind_text64(m_statement, at, utf8.constData(), sqlite3_uint64(utf8.size()), SQLITE_TRANSIENT, SQLITE_UTF8);
    return *this;
}

bool Statement::step()
{
    if (!m_statement)
        return false;
    m_code = sqlite3_step(m_statement);
    if (m_code == SQLITE_ROW)
        return true;
    if (m_code != SQLITE_DONE)
        m_code = sqlite3_extended_errcode(sqlite3_db_handle(m_statement));
    return false;
}

bool Statement::run()
{
    if (!m_statement)
        return false;
    while (step()) {}
    const int code = m_code;
    sqlite3_reset(m_statement);
    return code == SQLITE_DONE;
}

void Statement::reset()
{
    sqlite3_reset(m_statement);
}

qint64 Statement::integer(int column) const
{
    return sqlite3_column_int64(m_statement, column);
}

QByteArray Statement::blob(int column) const
{
    const void *bytes = sqlite3_column_blob(m_statement, column);
    return QByteArray(static_cast<const char *>(bytes), sqlite3_column_bytes(m_statement, column));
}

QString Statement::text(int column) const
{
    const void *bytes = sqlite3_column_text(m_statement, column);
    return QString::fromUtf8(static_cast<const char *>(bytes), sqlite3_column_bytes(m_statement, column));
}

JournalDb::~JournalDb()
{
    close();
}

void JournalDb::close()
{
    sqlite3_close_v2(m_db);
    m_db = nullptr;
}

Expected<void> JournalDb::open(const QString &path)
{
    close();
    if (!QFileInfo::exists(path)) {
        // Made here, so that it never exists with other rights than the owner's; SQLite gives its WAL the same.
        QFile file(path);
        if (!file.open(QIODevice::WriteOnly | QIODevice::NewOnly))
            return Error{u"no_access"_s, tr("The journal cannot be made: %1").arg(file.errorString()),
                         ErrorBand::Persistent};
        file.setPermissions(QFileDevice::ReadOwner | QFileDevice::WriteOwner);
    }
    const int code = sqlite3_open_v2(QFile::encodeName(path).constData(), &m_db,
                                     SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
    if (code != SQLITE_OK) {
        const Error error = errorFor(m_db ? sqlite3_extended_errcode(m_db) : code);
        close();
        return error;
    }
    sqlite3_extended_result_codes(m_db, 1);
    sqlite3_busy_timeout(m_db, 2'000);
    if (!exec("PRAGMA journal_mode=WAL") || !exec("PRAGMA synchronous=FULL") || !exec("PRAGMA temp_store=MEMORY")
        || !exec("PRAGMA secure_delete=ON")) {
        const Error error = this->error();
        close();
        return error;
    }
    return {};
}

Expected<void> JournalDb::openReadOnly(const QString &path)
{
    close();
    const int code = sqlite3_open_v2(QFile::encodeName(path).constData(), &m_db,
                                     SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, nullptr);
    if (code != SQLITE_OK) {
        const Error error = errorFor(code);
        close();
        return error;
    }
    sqlite3_extended_result_codes(m_db, 1);
    sqlite3_busy_timeout(m_db, 2'000);
    return {};
}

bool JournalDb::exec(const char *sql)
{
    return m_db && sqlite3_exec(m_db, sql, nullptr, nullptr, nullptr) == SQLITE_OK;
}

qint64 JournalDb::scalar(const char *sql, qint64 fallback)
{
    Statement statement = prepare(sql);
    return statement.step() ? statement.integer(0) : fallback;
}

int JournalDb::code() const
{
    return m_db ? sqlite3_extended_errcode(m_db) : SQLITE_CANTOPEN;
}

Error JournalDb::error() const
{
    return errorFor(code());
}

bool JournalDb::isDamage(int code)
{
    return (code & 0xff) == SQLITE_CORRUPT || (code & 0xff) == SQLITE_NOTADB;
}

Error JournalDb::errorFor(int code, const QString &detail)
{
    const auto made = [&](const QString &word, const QString &sentence, ErrorBand band) {
        return Error{word, detail.isEmpty() ? sentence : sentence + u' ' + detail, band};
    };
    switch (code & 0xff) {
    case SQLITE_FULL:
        return made(u"disk_full"_s, tr("The disk is full."), ErrorBand::Transient);
    case SQLITE_READONLY:
        return made(u"read_only"_s, tr("The data folder or the journal in it cannot be written to."),
                    ErrorBand::Transient);
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
        return made(u"no_access"_s, tr("The journal cannot be opened."), ErrorBand::Transient);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return made(u"locked"_s, tr("Another program holds the journal."), ErrorBand::Transient);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return made(u"damaged"_s, tr("The journal is damaged."), ErrorBand::Persistent);
    default:
        return made(u"io_error"_s,
                    tr("The journal cannot be read or written (%1).").arg(QString::fromUtf8(sqlite3_errstr(code))),
                    ErrorBand::Transient);
    }
}

bool JournalDb::createSchema(int version)
{
    const auto pragma = [&](const QByteArray &text) { return exec(text.constData()); };
    return exec("BEGIN IMMEDIATE") && createTables(1) && (version < 2 || createTables(2))
        && (version < 3 || createTables(3)) && pragma("PRAGMA application_id=" + QByteArray::number(kApplicationId))
        && pragma("PRAGMA user_version=" + QByteArray::number(version)) && exec("COMMIT");
}

bool JournalDb::createTables(int version)
{
    return exec(version == 1 ? kSchema1 : version == 2 ? kSchema2 : kSchema3);
}

Expected<int> JournalDb::checkSchema()
{
    Statement tables = prepare("SELECT count(*) FROM sqlite_schema");
    if (!tables.step())
        return errorFor(tables.code());
    if (tables.integer(0) == 0) {
        if (!createSchema(kJournalSchema)) {
            const Error failure = error();
            exec("ROLLBACK");
            return failure;
        }
        return kJournalSchema;
    }
    if (scalar("PRAGMA application_id") != kApplicationId)
        return Error{u"damaged"_s, tr("The file is not a journal of this program."), ErrorBand::Persistent};
    const qint64 version = scalar("PRAGMA user_version");
    if (version > kJournalSchema)
        return Error{u"newer_version"_s, tr("The journal was written by a newer version of the program."),
                     ErrorBand::Persistent};
    if (scalar("SELECT (SELECT * FROM pragma_page_count) * (SELECT * FROM pragma_page_size)") <= kFullCheckBytes) {
        Statement check = prepare("PRAGMA quick_check(1)");
        if (!check.step())
            return errorFor(check.code());
        if (check.text(0) != "ok"_L1)
            return Error{u"damaged"_s, tr("The journal is damaged: %1").arg(check.text(0).left(200)),
                         ErrorBand::Persistent};
    }
    if (version < 1)
        return Error{u"damaged"_s, tr("The journal has no version."), ErrorBand::Persistent};
    return int(version);
}

} // namespace mesh::store
