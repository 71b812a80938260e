// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/protocol/meshtemplate.h"

namespace mesh::items {

//! The templates there are: those that come with the program, and the user's own, which are files in a folder. An own
//! one with the key of a built-in one takes its place until it is removed.
class TemplateShelf final
{
public:
    struct Entry
    {
        protocol::MeshTemplate content;
        QByteArray json;      //!< as it was written
        bool own = false;     //!< a file of the user
        bool builtIn = false; //!< comes with the program; with own: the user's version of such a one
    };

    //! \a folder holds the user's templates, `<key>.json` each; made when something is saved. Files in it that are no
    //! good are left alone and named in problems().
    explicit TemplateShelf(const QString &folder);

    //! Built-in ones in their order, then the user's by name.
    const QList<Entry> &entries() const { return m_entries; }
    const QStringList &problems() const { return m_problems; }
    //! Index of a key, -1 when there is none.
    int indexOf(const QString &key) const;

    //! Keeps a template as the user's own. \a replacing is the key of the one that was edited. \return its key. Errors
    //! `bad_template` (with line and column), `exists` (another own template has this key), `file` (the file cannot be
    //! written; the one that was there is unharmed).
    protocol::Expected<QString> save(const QByteArray &json, const QString &replacing = {});
    //! Removes the user's version. Error `file`.
    protocol::Expected<void> remove(const QString &key);
    //! Reads \a path and saves what it holds. Errors as save(), and `file` when it cannot be read.
    protocol::Expected<QString> import(const QString &path);
    //! Writes a template to \a path. Errors `file`, `not_found`.
    protocol::Expected<void> exportTo(const QString &key, const QString &path) const;

private:
    void load();
    QString pathOf(const QString &key) const;

    QString m_folder;
    QList<Entry> m_entries;
    QStringList m_problems;
};

} // namespace mesh::items
