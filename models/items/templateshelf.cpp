// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/templateshelf.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QSaveFile>

#include <algorithm>

namespace mesh::items {

using namespace Qt::StringLiterals;
using protocol::Error;
using protocol::ErrorBand;
using protocol::Expected;
using protocol::MeshTemplate;

namespace {

constexpr qint64 fileBytesAtMost = 256 * 1024;

struct ShelfWords
{
    Q_DECLARE_TR_FUNCTIONS(TemplateShelf)
};

Error shelfError(const QString &sentence)
{
    return {u"file"_s, sentence, ErrorBand::Persistent};
}

Expected<void> writeWhole(const QString &path, const QByteArray &json)
{
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(json) != json.size() || !file.commit())
        return shelfError(ShelfWords::tr("%1 cannot be written: %2").arg(path, file.errorString()));
    return {};
}

Expected<QByteArray> readWhole(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return shelfError(ShelfWords::tr("%1 cannot be read: %2").arg(path, file.errorString()));
    if (file.size() > fileBytesAtMost)
        return shelfError(ShelfWords::tr("%1 is too large for a template: at most 256 KiB.").arg(path));
    return file.read(fileBytesAtMost);
}

} // namespace

TemplateShelf::TemplateShelf(const QString &folder)
    : m_folder(folder)
{
    load();
}

void TemplateShelf::load()
{
    m_entries.clear();
    m_problems.clear();
    const auto texts = protocol::builtInTemplateTexts();
    for (const QByteArray &json : texts) {
        Entry entry{.content = {}, .json = json, .own = false, .builtIn = true};
        if (!protocol::readTemplate(json, entry.content))
            m_entries << entry;
    }
    const QDir folder(m_folder);
    QList<Entry> own;
    const QStringList files = folder.entryList({u"*.json"_s}, QDir::Files, QDir::Name);
    for (const QString &name : files) {
        const auto json = readWhole(folder.filePath(name));
        const auto parsed = json ? protocol::parseTemplate(*json, name) : Expected<MeshTemplate>(json.error());
        if (!parsed) {
            m_problems << parsed.error().detail;
            continue;
        }
        const int at = indexOf(parsed->key);
        if (at >= 0) {
            m_entries[at].content = *parsed;
            m_entries[at].json = *json;
            m_entries[at].own = true;
        } else {
            own << Entry{.content = *parsed, .json = *json, .own = true, .builtIn = false};
        }
    }
    std::stable_sort(own.begin(), own.end(), [](const Entry &a, const Entry &b) {
        return a.content.name.localeAwareCompare(b.content.name) < 0;
    });
    m_entries << own;
}

QString TemplateShelf::pathOf(const QString &key) const
{
    return m_folder + u'/' + key + u".json"_s; // the form of a key leaves no way out of the folder
}

int TemplateShelf::indexOf(const QString &key) const
{
    const auto found = std::find_if(m_entries.cbegin(), m_entries.cend(),
                                    [&key](const Entry &entry) { return entry.content.key == key; });
    return found == m_entries.cend() ? -1 : int(found - m_entries.cbegin());
}

Expected<QString> TemplateShelf::save(const QByteArray &json, const QString &replacing)
{
    const auto parsed = protocol::parseTemplate(json, ShelfWords::tr("template"));
    if (!parsed)
        return parsed.error();
    const int at = indexOf(parsed->key);
    if (at >= 0 && m_entries[at].own && parsed->key != replacing && m_entries[at].json != json) {
        return Error{u"exists"_s,
                     ShelfWords::tr("You have another template with the key %1. Change the key, or remove that one.")
                         .arg(parsed->key),
                     ErrorBand::Persistent};
    }
    if (!QDir().mkpath(m_folder))
        return shelfError(ShelfWords::tr("The folder %1 cannot be made.").arg(m_folder));
    if (const auto written = writeWhole(pathOf(parsed->key), json); !written)
        return written.error();
    load();
    return parsed->key;
}

Expected<void> TemplateShelf::remove(const QString &key)
{
    const int at = indexOf(key);
    if (at < 0 || !m_entries[at].own)
        return {};
    QFile file(pathOf(key));
    if (!file.remove())
        return shelfError(ShelfWords::tr("%1 cannot be removed: %2").arg(file.fileName(), file.errorString()));
    load();
    return {};
}

Expected<QString> TemplateShelf::import(const QString &path)
{
    const auto json = readWhole(path);
    if (!json)
        return json.error();
    // Checked here too, so that a mistake names the file that the user chose.
    if (const auto parsed = protocol::parseTemplate(*json, QFileInfo(path).fileName()); !parsed)
        return parsed.error();
    return save(*json);
}

Expected<void> TemplateShelf::exportTo(const QString &key, const QString &path) const
{
    const int at = indexOf(key);
    if (at < 0)
        return Error{u"not_found"_s, ShelfWords::tr("There is no template %1.").arg(key), ErrorBand::Persistent};
    return writeWhole(path, m_entries[at].json);
}

} // namespace mesh::items
