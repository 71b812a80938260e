// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/schema.h"

#include "localmesh/database.h"

#include <QtCore/QFileInfo>

namespace mesh::local {

using namespace Qt::StringLiterals;
using protocol::Error;
using protocol::ErrorBand;
using protocol::Expected;

namespace {

constexpr qint64 CheckedBytes = 64 * 1024 * 1024;

// Each step takes the tables from the version before it to its own; a step that was released is never changed.
// Times are milliseconds since the epoch.
constexpr const char *Steps[] = {
    R"sql(
CREATE TABLE mesh(
    id TEXT PRIMARY KEY, slug TEXT NOT NULL, name TEXT NOT NULL,
    owner_secret BLOB NOT NULL, root_key TEXT NOT NULL, created_at INTEGER NOT NULL,
    last_port INTEGER NOT NULL DEFAULT 0);

CREATE TABLE member(
    id TEXT PRIMARY KEY, mesh_id TEXT NOT NULL REFERENCES mesh(id), pubkey TEXT NOT NULL, display_name TEXT NOT NULL,
    role TEXT NOT NULL, joined_at INTEGER NOT NULL, revoked_at INTEGER,
    saved TEXT, last_seen_at INTEGER,
    UNIQUE(mesh_id, pubkey));

CREATE TABLE invite(
    id TEXT PRIMARY KEY, mesh_id TEXT NOT NULL REFERENCES mesh(id), token TEXT NOT NULL UNIQUE, role TEXT NOT NULL,
    max_uses INTEGER NOT NULL, used INTEGER NOT NULL DEFAULT 0, expires_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL, revoked_at INTEGER);

CREATE TABLE message(
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
    sender_member TEXT NOT NULL, sender_key TEXT NOT NULL,
    target TEXT NOT NULL, priority TEXT NOT NULL, nonce TEXT NOT NULL, ciphertext TEXT NOT NULL,
    client_message_id TEXT, request_fingerprint TEXT, created_at INTEGER NOT NULL, delivered_at INTEGER);
CREATE INDEX message_pending ON message(seq) WHERE delivered_at IS NULL;
CREATE INDEX message_age ON message(created_at);

CREATE TABLE state(
    key TEXT PRIMARY KEY, value TEXT NOT NULL, updated_by TEXT NOT NULL, updated_at INTEGER NOT NULL) WITHOUT ROWID;

CREATE TABLE memory(
    rowid INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, content TEXT NOT NULL, tags TEXT NOT NULL,
    remembered_by TEXT NOT NULL, remembered_at INTEGER NOT NULL);
CREATE VIRTUAL TABLE memory_text USING fts5(content, tags, content='memory', content_rowid='rowid',
    tokenize='porter unicode61 remove_diacritics 2');
CREATE TRIGGER memory_added AFTER INSERT ON memory BEGIN
    INSERT INTO memory_text(rowid, content, tags) VALUES(new.rowid, new.content, new.tags);
END;
CREATE TRIGGER memory_removed AFTER DELETE ON memory BEGIN
    INSERT INTO memory_text(memory_text, rowid, content, tags) VALUES('delete', old.rowid, old.content, old.tags);
END;

CREATE TABLE stream(
    id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, created_by TEXT NOT NULL, created_at INTEGER NOT NULL);

CREATE TABLE audit(
    id INTEGER PRIMARY KEY AUTOINCREMENT, event_type TEXT NOT NULL, actor_member TEXT, actor_name TEXT,
    payload TEXT NOT NULL, prev_hash TEXT NOT NULL, hash TEXT NOT NULL, created_at INTEGER NOT NULL);
CREATE INDEX audit_type ON audit(event_type, id);
)sql",
    R"sql(
CREATE TABLE topic(
    id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, description TEXT, visibility TEXT NOT NULL,
    created_by TEXT NOT NULL, created_at INTEGER NOT NULL, key_sealer TEXT);
CREATE TABLE topic_member(
    topic_id TEXT NOT NULL REFERENCES topic(id), member_id TEXT NOT NULL, role TEXT NOT NULL,
    joined_at INTEGER NOT NULL, last_read_at INTEGER, PRIMARY KEY(topic_id, member_id)) WITHOUT ROWID;
CREATE TABLE topic_message(
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, topic_id TEXT NOT NULL REFERENCES topic(id),
    sender_member TEXT NOT NULL, sender_key TEXT NOT NULL, sender_name TEXT NOT NULL,
    nonce TEXT NOT NULL, ciphertext TEXT NOT NULL, body_version INTEGER NOT NULL, reply_to TEXT,
    created_at INTEGER NOT NULL);
CREATE INDEX topic_message_order ON topic_message(topic_id, seq);
CREATE TABLE topic_seal(
    topic_id TEXT NOT NULL REFERENCES topic(id), member_id TEXT NOT NULL, encrypted_key TEXT NOT NULL,
    nonce TEXT NOT NULL, created_at INTEGER NOT NULL, PRIMARY KEY(topic_id, member_id)) WITHOUT ROWID;
CREATE TABLE topic_mention(
    id TEXT PRIMARY KEY, message_seq INTEGER NOT NULL REFERENCES topic_message(seq), member_id TEXT NOT NULL,
    created_at INTEGER NOT NULL, read_at INTEGER);
CREATE INDEX topic_mention_member ON topic_mention(member_id, created_at);

CREATE TABLE task(
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, title TEXT NOT NULL, assignee TEXT,
    claimed_by TEXT, status TEXT NOT NULL, priority TEXT NOT NULL, created_by TEXT NOT NULL, tags TEXT NOT NULL,
    result TEXT, created_at INTEGER NOT NULL, claimed_at INTEGER, completed_at INTEGER);

CREATE TABLE context(
    member_id TEXT PRIMARY KEY, id TEXT NOT NULL, peer_name TEXT NOT NULL, summary TEXT NOT NULL,
    files_read TEXT NOT NULL, key_findings TEXT NOT NULL, tags TEXT NOT NULL, updated_at INTEGER NOT NULL);

CREATE TABLE skill(
    name TEXT PRIMARY KEY, description TEXT NOT NULL, instructions TEXT NOT NULL, tags TEXT NOT NULL,
    author TEXT NOT NULL, manifest TEXT, created_at INTEGER NOT NULL);

CREATE TABLE schedule(
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, member_id TEXT NOT NULL, sender_key TEXT NOT NULL,
    sender_name TEXT NOT NULL, target TEXT NOT NULL, message TEXT NOT NULL, subtype TEXT, cron TEXT,
    deliver_at INTEGER NOT NULL, created_at INTEGER NOT NULL, fired INTEGER NOT NULL DEFAULT 0);
CREATE INDEX schedule_due ON schedule(deliver_at);

CREATE TABLE vault(
    member_id TEXT NOT NULL, key TEXT NOT NULL, ciphertext TEXT NOT NULL, nonce TEXT NOT NULL,
    sealed_key TEXT NOT NULL, entry_type TEXT NOT NULL, mount_path TEXT, description TEXT,
    updated_at INTEGER NOT NULL, PRIMARY KEY(member_id, key)) WITHOUT ROWID;

CREATE TABLE peer_grant(
    member_id TEXT NOT NULL, sender_key TEXT NOT NULL, capabilities TEXT NOT NULL,
    PRIMARY KEY(member_id, sender_key)) WITHOUT ROWID;
)sql",
    R"sql(
CREATE TABLE webhook(
    name TEXT NOT NULL UNIQUE, secret TEXT NOT NULL UNIQUE, member_id TEXT NOT NULL REFERENCES member(id),
    created_at INTEGER NOT NULL);

CREATE TABLE api_key(
    id TEXT PRIMARY KEY, label TEXT NOT NULL, prefix TEXT NOT NULL, hash BLOB NOT NULL UNIQUE,
    capabilities TEXT NOT NULL, topic_scopes TEXT, member_id TEXT NOT NULL REFERENCES member(id),
    created_at INTEGER NOT NULL, last_used_at INTEGER, revoked_at INTEGER, expires_at INTEGER);

CREATE TABLE file(
    id TEXT PRIMARY KEY, name TEXT NOT NULL, size INTEGER NOT NULL, tags TEXT NOT NULL, content_type TEXT NOT NULL,
    uploaded_by TEXT NOT NULL REFERENCES member(id), owner_key TEXT NOT NULL,
    persistent INTEGER NOT NULL, encrypted INTEGER NOT NULL, uploaded_at INTEGER NOT NULL);
CREATE TABLE file_key(
    file_id TEXT NOT NULL REFERENCES file(id) ON DELETE CASCADE, peer_key TEXT NOT NULL, sealed_key TEXT NOT NULL,
    PRIMARY KEY(file_id, peer_key)) WITHOUT ROWID;
CREATE TABLE file_access(
    id INTEGER PRIMARY KEY AUTOINCREMENT, file_id TEXT NOT NULL REFERENCES file(id) ON DELETE CASCADE,
    peer_name TEXT NOT NULL, accessed_at INTEGER NOT NULL);
CREATE INDEX file_access_file ON file_access(file_id, id);

ALTER TABLE mesh ADD COLUMN last_url TEXT NOT NULL DEFAULT '';
)sql",
    R"sql(
ALTER TABLE file ADD COLUMN target TEXT NOT NULL DEFAULT '';
)sql",
};
static_assert(std::size(Steps) == SchemaVersion);

} // namespace

Expected<void> prepareSchema(Database &database)
{
    // A page that fails its own check would otherwise show up much later, in the middle of something. Files that would
    // take seconds to read are checked as they are used.
    if (QFileInfo(database.path()).size() < CheckedBytes) {
        bool isSound = true;
        {
            Statement check(database, "PRAGMA quick_check(1)");
            Query query(check);
            if (query.step())
                isSound = query.text(0) == "ok"_L1;
        }
        // That it cannot be read, for instance because the disk is full, is another matter.
        if (auto read = database.commit(); !read)
            return read;
        if (!isSound) {
            return Error{u"database_damaged"_s,
                         u"The database %1 is damaged. Move it away to start with a new mesh."_s.arg(database.path()),
                         ErrorBand::Persistent};
        }
    }

    const qint64 version = database.integer("PRAGMA user_version");
    if (version > SchemaVersion) {
        return Error{u"database_newer"_s,
                     u"The database %1 was written by a newer version of this program."_s.arg(database.path()),
                     ErrorBand::Persistent};
    }
    for (qint64 step = version; step < SchemaVersion; ++step) {
        const QByteArray sql = "BEGIN IMMEDIATE;" + QByteArray(Steps[step])
            + "PRAGMA user_version=" + QByteArray::number(step + 1) + ";COMMIT;";
        if (const auto done = database.execute(sql.constData()); !done) {
            database.rollback();
            return done.error();
        }
    }
    return {};
}

} // namespace mesh::local
