// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/importdialog.h"

#include "models/items/displaytext.h"
#include "views/figures.h"
#include "views/theme.h"

#include <QtCore/QDir>
#include <QtCore/QUrl>
#include <QtWidgets/QFileDialog>
#include <QtWidgets/QFrame>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QListWidget>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QStyle>
#include <QtWidgets/QVBoxLayout>

namespace mesh::views {

using namespace Qt::StringLiterals;

namespace {

QString sentenceFor(const protocol::Error &error)
{
    if (error.code == "not_found"_L1)
        return ImportDialog::tr("There is no config.json of the claudemesh CLI in this folder.");
    if (error.code == "read_failed"_L1)
        return ImportDialog::tr("The file cannot be read. It belongs to another user, or the disk has a fault.");
    if (error.code == "malformed"_L1)
        return ImportDialog::tr(
            "The config.json in this folder is not one of the claudemesh CLI. Nothing was imported.");
    if (error.code == "version"_L1)
        return ImportDialog::tr(
            "The configuration is of a newer version than this program knows. Nothing was imported.");
    return items::oneLine(error.detail, 300);
}

} // namespace

ImportDialog::ImportDialog(Theme &theme, const QString &folder, Reader reader, QWidget *parent)
    : QDialog(parent)
    , m_theme(theme)
    , m_reader(std::move(reader))
{
    setObjectName(u"importDialog"_s);
    setWindowTitle(tr("Import from the claudemesh CLI"));
    auto *column = new QVBoxLayout(this);
    m_title = new QLabel(windowTitle());
    m_title->setProperty("tone", u"display"_s);
    column->addWidget(m_title);
    auto *caption = new QLabel(tr("&Folder of its configuration"));
    caption->setProperty("tone", u"second"_s);
    column->addWidget(caption);
    auto *line = new QHBoxLayout;
    m_folder = new QLineEdit(QDir::toNativeSeparators(folder));
    m_folder->setObjectName(u"importFolder"_s);
    m_folder->setAccessibleName(tr("Folder of the CLI's configuration"));
    caption->setBuddy(m_folder);
    m_browse = new QPushButton(tr("Choose …"));
    m_browse->setObjectName(u"importBrowse"_s);
    m_browse->setAutoDefault(false);
    line->addWidget(m_folder, 1);
    line->addWidget(m_browse);
    column->addLayout(line);
    m_list = new QListWidget;
    m_list->setObjectName(u"importList"_s);
    m_list->setAccessibleName(tr("Meshes found"));
    column->addWidget(m_list, 1);
    m_message = new QLabel;
    m_message->setObjectName(u"importMessage"_s);
    m_message->setTextFormat(Qt::PlainText);
    m_message->setWordWrap(true);
    column->addWidget(m_message);

    m_adviceBox = new QFrame;
    m_adviceBox->setProperty("card", true);
    auto *advice = new QVBoxLayout(m_adviceBox);
    auto *adviceTitle = new QLabel(tr("An identity of your own works better"));
    adviceTitle->setStyleSheet(u"font-weight: 600;"_s);
    m_advice = new QLabel(tr(
        "Importing needs no new invite, but you and your CLI sessions are then one member: messages to groups and to "
        "everyone do not pass between you, you are not told when they leave, and read marks and the sending limit "
        "are shared. With an invite you join as a member of your own."));
    m_advice->setObjectName(u"importAdvice"_s);
    m_advice->setProperty("tone", u"second"_s);
    m_advice->setWordWrap(true);
    m_invite = new QPushButton(tr("Use an invite instead"));
    m_invite->setObjectName(u"importInvite"_s);
    m_invite->setAutoDefault(false);
    advice->addWidget(adviceTitle);
    advice->addWidget(m_advice);
    advice->addWidget(m_invite, 0, Qt::AlignLeft);
    column->addWidget(m_adviceBox);

    auto *buttons = new QHBoxLayout;
    m_cancel = new QPushButton(tr("Cancel"));
    m_cancel->setObjectName(u"importCancel"_s);
    m_cancel->setAutoDefault(false);
    m_import = new QPushButton(tr("Import"));
    m_import->setObjectName(u"importAccept"_s);
    m_import->setProperty("primary", true);
    m_import->setDefault(true);
    buttons->addStretch(1);
    buttons->addWidget(m_cancel);
    buttons->addWidget(m_import);
    column->addLayout(buttons);

    connect(m_folder, &QLineEdit::editingFinished, this, &ImportDialog::read);
    connect(m_browse, &QPushButton::clicked, this, &ImportDialog::chooseFolder);
    connect(m_list, &QListWidget::itemChanged, this, &ImportDialog::refreshButtons);
    connect(m_invite, &QPushButton::clicked, this, &ImportDialog::inviteInsteadRequested);
    connect(m_import, &QPushButton::clicked, this,
            [this] { Q_EMIT importRequested(this->folder(), selectedMeshIds()); });
    connect(m_cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(&m_theme, &Theme::changed, this, &ImportDialog::restyle);
    restyle();
    read();
}

void ImportDialog::restyle()
{
    layout()->setContentsMargins(m_theme.px(24), m_theme.px(22), m_theme.px(24), m_theme.px(20));
    layout()->setSpacing(m_theme.px(8));
    m_adviceBox->layout()->setContentsMargins(m_theme.px(14), m_theme.px(12), m_theme.px(14), m_theme.px(12));
    m_list->setMinimumHeight(m_theme.px(120));
    m_list->setSpacing(m_theme.px(2));
    m_list->setStyleSheet(
        u"QListView::indicator { width: %1px; height: %1px; border: 1px solid %2; border-radius: 3px; background: %3; }"
        "QListView::indicator:checked { background: %4; border-color: %4; image: url(:/icons/check.svg); }"_s
            .arg(m_theme.px(14))
            .arg(m_theme.color(Theme::Role::Text3).name(), m_theme.color(Theme::Role::Bg).name(),
                 m_theme.color(Theme::Role::Accent).name()));
    setMinimumWidth(m_theme.px(540));
}

QString ImportDialog::folder() const
{
    QString path = QDir::fromNativeSeparators(m_folder->text().trimmed());
    if (path == "~"_L1 || path.startsWith("~/"_L1))
        path.replace(0, 1, QDir::homePath());
    return path;
}

void ImportDialog::setFolder(const QString &folder)
{
    m_folder->setText(QDir::toNativeSeparators(folder));
    read();
}

void ImportDialog::chooseFolder()
{
    const QString chosen = QFileDialog::getExistingDirectory(this, tr("Folder of the CLI's configuration"), folder());
    if (!chosen.isEmpty())
        setFolder(chosen);
}

void ImportDialog::setProblem(const QString &sentence)
{
    m_message->setProperty("tone", u"error"_s);
    m_message->style()->unpolish(m_message);
    m_message->style()->polish(m_message);
    m_message->setText(sentence);
    m_message->setVisible(!sentence.isEmpty());
}

void ImportDialog::read()
{
    const QString path = folder();
    if (path == m_readFolder)
        return;
    m_readFolder = path;
    m_listing = {};
    const QSignalBlocker blocker(m_list);
    m_list->clear();
    const protocol::Expected<ImportListing> listing =
        m_reader ? m_reader(path) : protocol::Expected<ImportListing>(ImportListing{});
    if (!listing) {
        setProblem(sentenceFor(listing.error()));
        refreshButtons();
        return;
    }
    m_listing = *listing;
    for (const ImportCandidate &mesh : std::as_const(m_listing.meshes)) {
        const QString name = items::oneLine(mesh.name.isEmpty() ? mesh.slug : mesh.name, 80);
        QString second = mesh.problem.isEmpty() ? items::oneLine(QUrl(mesh.brokerUrl).host(), 120)
                                                : items::oneLine(mesh.problem, 200);
        if (mesh.known)
            second = tr("already here");
        auto *item = new QListWidgetItem(u"%1\n%2"_s.arg(name, second), m_list);
        item->setData(Qt::UserRole, mesh.meshId);
        item->setToolTip(Figures::toolTip(items::oneLine(mesh.brokerUrl, 300)));
        const bool usable = mesh.problem.isEmpty() && !mesh.known;
        item->setFlags(usable ? Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsUserCheckable : Qt::NoItemFlags);
        item->setCheckState(usable ? Qt::Checked : Qt::Unchecked);
    }
    QStringList notes;
    for (const QString &note : std::as_const(m_listing.skipped))
        notes.append(items::oneLine(note, 200));
    if (m_listing.meshes.isEmpty() && notes.isEmpty())
        notes.append(tr("The CLI has joined no mesh yet."));
    setProblem(notes.join(u'\n'));
    refreshButtons();
}

QStringList ImportDialog::selectedMeshIds() const
{
    QStringList ids;
    for (int row = 0; row < m_list->count(); ++row) {
        const QListWidgetItem *item = m_list->item(row);
        if (item->checkState() == Qt::Checked && item->flags().testFlag(Qt::ItemIsUserCheckable))
            ids.append(item->data(Qt::UserRole).toString());
    }
    return ids;
}

void ImportDialog::refreshButtons()
{
    const auto count = int(selectedMeshIds().size());
    m_import->setEnabled(count > 0);
    //: button; %n meshes are chosen
    m_import->setText(count > 1 ? tr("Import %n meshes", nullptr, count) : tr("Import"));
}

} // namespace mesh::views
