// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtWidgets/QDialog>

#include "models/items/templateapplier.h"
#include "models/items/templateshelf.h"

class QLabel;
class QListWidget;
class QPlainTextEdit;
class QPushButton;

namespace mesh::views {

class Theme;

//! The mesh templates: what each brings, its file to edit with the first mistake marked as one types, import, export,
//! and putting one into the mesh.
class TemplatesPage final : public QDialog
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(TemplatesPage)

public:
    //! \a shelf outlives it.
    TemplatesPage(Theme &theme, items::TemplateShelf &shelf, QWidget *parent = nullptr);

    //! The mesh that a template can be put into; without one that button is off.
    void setMesh(const QString &name, bool usable);
    //! Reads a file; a mistake in it is told with its line, and changes nothing.
    void importFile(const QString &path);
    void exportFile(const QString &path);
    //! What became of the template that was put into the mesh.
    void showOutcome(const items::TemplateOutcome &outcome);
    //! What a template brings, a paragraph each.
    static QString describe(const protocol::MeshTemplate &meshTemplate);

public Q_SLOTS:
    //! Asks what to do with unsaved changes before it closes.
    void reject() override;

Q_SIGNALS:
    void applyRequested(const mesh::protocol::MeshTemplate &meshTemplate);

private:
    QWidget *buildEditor();
    void fill(const QString &select);
    void choose(int row);
    void check();
    void save();
    void removeOwn();
    bool isEdited() const;
    void say(const QString &sentence, const QString &tone);
    void restyle();

    Theme &m_theme;
    items::TemplateShelf &m_shelf;
    int m_row = -1;
    bool m_meshUsable = false;
    QString m_meshName;
    std::optional<protocol::MeshTemplate> m_valid; //!< what the editor holds, when it is right

    QListWidget *m_list = nullptr;
    QLabel *m_about = nullptr;
    QPlainTextEdit *m_text = nullptr;
    QLabel *m_message = nullptr;
    QPushButton *m_import = nullptr;
    QPushButton *m_export = nullptr;
    QPushButton *m_save = nullptr;
    QPushButton *m_revert = nullptr;
    QPushButton *m_remove = nullptr;
    QPushButton *m_apply = nullptr;
};

} // namespace mesh::views
