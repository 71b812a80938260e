// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/protocol/expected.h"

#include <QtCore/QList>
#include <QtCore/QStringList>
#include <QtWidgets/QDialog>

#include <functional>

class QFrame;
class QLabel;
class QLineEdit;
class QListWidget;
class QPushButton;

namespace mesh::views {

class Theme;

//! One mesh found in a claudemesh CLI's configuration. No secret is in here.
struct ImportCandidate
{
    QString meshId;
    QString slug;
    QString name;
    QString brokerUrl;
    QString memberKey;  //!< hex
    QString problem;    //!< a sentence; empty when it can be imported
    bool known = false; //!< is in this program already
};

//! What one folder holds.
struct ImportListing
{
    QString displayName; //!< the CLI's own, may be empty
    QList<ImportCandidate> meshes;
    QStringList skipped; //!< a sentence for each entry that cannot be used
};

//! Importing from the claudemesh CLI, which is only ever read. The advice of wire reference 3.1 stands beside it: an
//! identity of one's own is better where an invite can be had.
class ImportDialog final : public QDialog
{
    Q_OBJECT
public:
    using Reader = std::function<protocol::Expected<ImportListing>(const QString &folder)>;

    //! \a folder is where to look first, for instance ~/.claudemesh.
    ImportDialog(Theme &theme, const QString &folder, Reader reader, QWidget *parent = nullptr);

    void setFolder(const QString &folder);
    QString folder() const;
    QStringList selectedMeshIds() const;

public Q_SLOTS:
    void setProblem(const QString &sentence);

Q_SIGNALS:
    void importRequested(const QString &folder, const QStringList &meshIds);
    //! The user would rather join with an invite and have an identity of his own.
    void inviteInsteadRequested();

private:
    void read();
    void chooseFolder();
    void refreshButtons();
    void restyle();

    Theme &m_theme;
    Reader m_reader;
    ImportListing m_listing;
    QString m_readFolder = QStringLiteral("\n"); // no folder is called so

    QLabel *m_title = nullptr;
    QLineEdit *m_folder = nullptr;
    QPushButton *m_browse = nullptr;
    QListWidget *m_list = nullptr;
    QLabel *m_message = nullptr;
    QFrame *m_adviceBox = nullptr;
    QLabel *m_advice = nullptr;
    QPushButton *m_invite = nullptr;
    QPushButton *m_import = nullptr;
    QPushButton *m_cancel = nullptr;
};

} // namespace mesh::views
