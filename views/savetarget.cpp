// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/savetarget.h"

#include <QtCore/QFileInfo>
#include <QtCore/QStandardPaths>
#include <QtWidgets/QFileDialog>

#include <utility>

namespace mesh::views {

void DialogSaveTarget::ask(QWidget *parent, const QString &title, const QString &name, const QString &kind,
                           std::function<void(const QString &path)> save)
{
    if (m_folder.isEmpty())
        m_folder = QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation);
    auto *dialog = new QFileDialog(parent, title, m_folder, kind);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(QFileInfo(name).suffix());
    dialog->selectFile(name);
    QObject::connect(dialog, &QFileDialog::fileSelected, parent, [this, save = std::move(save)](const QString &path) {
        m_folder = QFileInfo(path).absolutePath();
        save(path);
    });
    dialog->open();
}

} // namespace mesh::views
