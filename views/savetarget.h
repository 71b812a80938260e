// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QString>

#include <functional>

class QWidget;

namespace mesh::views {

//! Asks where a file shall go. The program shows a dialog; tests answer at once.
class SaveTarget
{
public:
    SaveTarget() = default;
    virtual ~SaveTarget() = default;
    SaveTarget(const SaveTarget &) = delete;
    SaveTarget &operator=(const SaveTarget &) = delete;

    //! Calls \a save with the chosen path, or never if the user thinks better of it. \a name is a suggestion with its
    //! suffix; \a kind names the files, as in "CSV (*.csv)".
    virtual void ask(QWidget *parent, const QString &title, const QString &name, const QString &kind,
                     std::function<void(const QString &path)> save) = 0;
};

//! A file dialog. Replacing a file is asked back by the dialog itself.
class DialogSaveTarget final : public SaveTarget
{
public:
    void ask(QWidget *parent, const QString &title, const QString &name, const QString &kind,
             std::function<void(const QString &path)> save) override;

private:
    QString m_folder; //!< of the last answer
};

} // namespace mesh::views
