// SPDX-License-Identifier: GPL-3.0-or-later
#include "localmesh/memorystore.h"

#include "localmesh/ids.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QSet>

namespace mesh::local {

using namespace Qt::StringLiterals;

namespace {

//! English words that say nothing about what is looked for.
const QSet<QString> &smallWords()
{
    static const QSet<QString> words{
        u"a"_s,    u"about"_s, u"all"_s,  u"am"_s,    u"an"_s,   u"and"_s,   u"any"_s,   u"are"_s,  u"as"_s,
        u"at"_s,   u"be"_s,    u"been"_s, u"but"_s,   u"by"_s,   u"can"_s,   u"did"_s,   u"do"_s,   u"does"_s,
        u"for"_s,  u"from"_s,  u"had"_s,  u"has"_s,   u"have"_s, u"he"_s,    u"her"_s,   u"his"_s,  u"how"_s,
        u"i"_s,    u"if"_s,    u"in"_s,   u"into"_s,  u"is"_s,   u"it"_s,    u"its"_s,   u"me"_s,   u"my"_s,
        u"no"_s,   u"nor"_s,   u"not"_s,  u"of"_s,    u"on"_s,   u"or"_s,    u"our"_s,   u"she"_s,  u"so"_s,
        u"than"_s, u"that"_s,  u"the"_s,  u"their"_s, u"them"_s, u"then"_s,  u"they"_s,  u"this"_s, u"to"_s,
        u"was"_s,  u"we"_s,    u"were"_s, u"what"_s,  u"when"_s, u"where"_s, u"which"_s, u"who"_s,  u"why"_s,
        u"will"_s, u"with"_s,  u"you"_s,  u"your"_s};
    return words;
}

} // namespace

MemoryStore::MemoryStore(Database &database)
    : m_insert(database, "INSERT INTO memory(id, content, tags, remembered_by, remembered_at) VALUES(?,?,?,?,?)")
    , m_search(database,
               "SELECT memory.id, memory.content, memory.tags, remembered_by, remembered_at FROM memory_text"
               " JOIN memory ON memory.rowid=memory_text.rowid WHERE memory_text MATCH ?"
               " ORDER BY rank LIMIT 20")
    , m_delete(database, "DELETE FROM memory WHERE id=?")
    , m_count(database, "SELECT count(*) FROM memory")
{
}

QString fullTextQuery(const QString &query)
{
    constexpr qsizetype MaxWords = 32;
    QStringList words;
    QString word;
    const auto finish = [&] {
        if (!word.isEmpty() && words.size() < MaxWords && !smallWords().contains(word.toLower()))
            words.append(u'"' + word + u'"'); // quoted, so that no word is taken for an operator
        word.clear();
    };
    for (const QChar c : query) {
        if (c.isLetterOrNumber() || c.isMark() || c.isSurrogate())
            word.append(c);
        else
            finish();
    }
    finish();
    return words.join(u' ');
}

QString MemoryStore::remember(const QString &content, const QStringList &tags, const QString &by, qint64 nowMs)
{
    const QString id = newId();
    Query query(m_insert);
    query << id << content
          << QString::fromUtf8(QJsonDocument(QJsonArray::fromStringList(tags)).toJson(QJsonDocument::Compact)) << by
          << nowMs;
    return query.run() ? id : QString();
}

QList<protocol::MemoryRow> MemoryStore::recall(const QString &query)
{
    QList<protocol::MemoryRow> rows;
    const QString expression = fullTextQuery(query);
    if (expression.isEmpty())
        return rows;
    Query search(m_search);
    search << expression;
    while (search.step()) {
        protocol::MemoryRow row;
        row.id = search.text(0);
        row.content = search.text(1);
        for (const QJsonValue &tag : QJsonDocument::fromJson(search.blob(2)).array())
            row.tags.append(tag.toString());
        row.rememberedBy = search.text(3);
        row.rememberedAt = isoTime(search.integer(4));
        rows.append(row);
    }
    return rows;
}

void MemoryStore::forget(const QString &id)
{
    Query query(m_delete);
    query << id;
    query.run();
}

int MemoryStore::count()
{
    Query query(m_count);
    return query.step() ? int(query.integer(0)) : 0;
}

} // namespace mesh::local
