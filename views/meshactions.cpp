// SPDX-License-Identifier: GPL-3.0-or-later
// What the user does in MeshPanel: its form, its commands and the invites page. The lists are in meshpanel.cpp.
#include "views/meshpanel.h"

#include "models/items/displaytext.h"
#include "models/protocol/command.h"
#include "models/store/meshstore.h"
#include "views/figures.h"
#include "views/theme.h"

#include <QtCore/QDir>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QRegularExpression>
#include <QtCore/QStandardPaths>
#include <QtGui/QClipboard>
#include <QtGui/QGuiApplication>
#include <QtWidgets/QFileDialog>
#include <QtWidgets/QFrame>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QListView>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QStyle>
#include <QtWidgets/QVBoxLayout>

#include <algorithm>

namespace mesh::views {

using namespace Qt::StringLiterals;
namespace commands = protocol::commands;

QJsonValue stateValueFromText(const QString &text)
{
    const QString trimmed = text.trimmed();
    if (trimmed.isEmpty() || trimmed == "null"_L1)
        return QJsonValue(QJsonValue::Undefined);
    // One value in an array is how Qt reads a bare number, word or string.
    const QJsonDocument document = QJsonDocument::fromJson("[" + trimmed.toUtf8() + "]");
    if (document.isArray() && document.array().size() == 1 && !document.array().at(0).isNull())
        return document.array().at(0);
    return trimmed;
}

namespace {

//! The reverse of stateValueFromText(): text that would read as something else keeps its quotes.
QString textOfStateValue(const QJsonValue &value)
{
    if (value.isString() && stateValueFromText(value.toString()) == value)
        return value.toString();
    const QByteArray json = QJsonDocument(QJsonArray{value}).toJson(QJsonDocument::Compact);
    return QString::fromUtf8(json.mid(1, json.size() - 2));
}

} // namespace

QWidget *MeshPanel::buildInvites()
{
    m_invites = new QWidget;
    auto *column = new QVBoxLayout(m_invites);
    m_inviteText = new QLabel;
    m_inviteText->setObjectName(u"inviteText"_s);
    m_inviteText->setWordWrap(true);
    m_inviteText->setTextFormat(Qt::PlainText);
    m_inviteText->setProperty("tone", u"second"_s);
    column->addWidget(m_inviteText);
    auto *buttons = new QHBoxLayout;
    m_inviteMember = new QPushButton(tr("Invite a member"));
    m_inviteMember->setObjectName(u"inviteMember"_s);
    m_inviteMember->setProperty("primary", true);
    m_inviteAdmin = new QPushButton(tr("Invite an admin"));
    m_inviteAdmin->setObjectName(u"inviteAdmin"_s);
    buttons->addWidget(m_inviteMember);
    buttons->addWidget(m_inviteAdmin);
    buttons->addStretch(1);
    column->addLayout(buttons);
    auto *link = new QHBoxLayout;
    m_inviteLink = new QLineEdit;
    m_inviteLink->setObjectName(u"inviteLink"_s);
    m_inviteLink->setReadOnly(true);
    m_inviteLink->setAccessibleName(tr("Invite link"));
    m_inviteLink->setPlaceholderText(tr("The link appears here"));
    m_inviteCopy = new QPushButton(tr("Copy"));
    m_inviteCopy->setObjectName(u"inviteCopy"_s);
    m_inviteCopy->setEnabled(false);
    link->addWidget(m_inviteLink, 1);
    link->addWidget(m_inviteCopy);
    column->addLayout(link);
    column->addStretch(1);
    connect(m_inviteMember, &QPushButton::clicked, this, [this] { makeInvite(u"member"_s); });
    connect(m_inviteAdmin, &QPushButton::clicked, this, [this] { makeInvite(u"admin"_s); });
    connect(m_inviteCopy, &QPushButton::clicked, this,
            [this] { QGuiApplication::clipboard()->setText(m_inviteLink->text()); });
    setInviteProvider({});
    return m_invites;
}

void MeshPanel::setInviteProvider(InviteProvider provider)
{
    m_inviteProvider = std::move(provider);
    const bool can = bool(m_inviteProvider);
    m_inviteMember->setEnabled(can);
    m_inviteAdmin->setEnabled(can);
    m_inviteLink->clear();
    m_inviteCopy->setEnabled(false);
    m_inviteText->setText(
        can ? tr("Whoever has the link can join this mesh until it expires. An admin can also remove others.")
            : tr("Only the owner of a mesh can make invites. Ask the owner for a link and pass it on."));
}

void MeshPanel::makeInvite(const QString &role)
{
    if (!m_inviteProvider)
        return;
    const protocol::Expected<QString> link = m_inviteProvider(role);
    m_inviteLink->setText(link ? *link : QString());
    m_inviteCopy->setEnabled(link.hasValue());
    if (!link) {
        m_inviteText->setText(tr("The invite could not be made: %1").arg(Figures::line(link.error().detail)));
        return;
    }
    m_inviteText->setText(role == "admin"_L1 ? tr("Whoever has this link becomes an admin of the mesh.")
                                             : tr("Whoever has this link can join the mesh."));
    m_inviteLink->selectAll();
    m_inviteLink->setFocus();
}

void MeshPanel::openForm(const QString &first, const QString &second, bool firstLocked)
{
    struct Texts
    {
        QString first;
        QString second;
        QString save;
    };
    Texts texts;
    if (m_section == State)
        texts = {tr("Key"), tr("Value: text, a number, true, false or JSON"), tr("Set")};
    else if (m_section == Memory)
        texts = {tr("What to remember"), tr("Tags, separated by commas (optional)"), tr("Remember")};
    else
        texts = {tr("What is to be done"), tr("Tags, separated by commas (optional)"), tr("Open task")};
    m_formFirst->setPlaceholderText(texts.first);
    m_formFirst->setAccessibleName(texts.first);
    m_formSecond->setPlaceholderText(texts.second);
    m_formSecond->setAccessibleName(texts.second);
    m_formSave->setText(texts.save);
    m_formFirst->setText(first);
    m_formFirst->setReadOnly(firstLocked);
    m_formSecond->setText(second);
    m_formProblem->hide();
    m_form->show();
    QLineEdit *start = firstLocked ? m_formSecond : m_formFirst;
    start->setFocus();
    start->selectAll();
}

void MeshPanel::closeForm()
{
    const bool hadFocus = m_form->isAncestorOf(
        QGuiApplication::focusObject() ? qobject_cast<QWidget *>(QGuiApplication::focusObject()) : nullptr);
    m_form->hide();
    if (hadFocus)
        m_list->setFocus();
}

void MeshPanel::submitForm()
{
    if (!m_store || !m_sink)
        return;
    const QString first = m_formFirst->text().trimmed();
    const QString second = m_formSecond->text().trimmed();
    const auto refuse = [this](const QString &why, QLineEdit *field) {
        m_formProblem->setText(why);
        m_formProblem->show();
        field->setFocus();
    };
    if (first.isEmpty()) {
        refuse(m_section == State ? tr("A key is needed.") : tr("Write something first."), m_formFirst);
        return;
    }
    QStringList tags = second.split(QRegularExpression(u"\\s*,\\s*"_s), Qt::SkipEmptyParts);
    tags.removeDuplicates();
    if (m_section == State) {
        const QJsonValue value = stateValueFromText(second);
        if (value.isUndefined()) {
            refuse(tr("A value is needed. A mesh cannot keep an empty one."), m_formSecond);
            return;
        }
        m_sink->submit(m_store->mesh(), commands::SetState{first, value});
    } else if (m_section == Memory) {
        m_sink->submit(m_store->mesh(), commands::Remember{first, tags});
    } else {
        protocol::CreateTask task;
        task.title = first;
        if (!tags.isEmpty())
            task.tags = tags;
        m_sink->submit(m_store->mesh(), commands::Request{task});
        m_sink->submit(m_store->mesh(), commands::Refresh{commands::Listing::Tasks});
    }
    closeForm();
}

void MeshPanel::onAdd()
{
    openForm({}, {}, false);
}

void MeshPanel::onEdit()
{
    const QString key = currentKey();
    if (key.isEmpty() || !m_store || !m_sink || !m_store->connection().online())
        return;
    if (m_section == State) {
        if (const auto value = m_store->state(key)) {
            openForm(key, textOfStateValue(value->value), true);
        }
    } else if (m_section == Tasks) {
        protocol::ClaimTask claim;
        claim.taskId = key;
        m_sink->submit(m_store->mesh(), commands::Request{claim});
        m_sink->submit(m_store->mesh(), commands::Refresh{commands::Listing::Tasks});
    } else if (m_section == Streams) {
        protocol::Subscribe subscribe;
        subscribe.stream = key;
        m_sink->submit(m_store->mesh(), commands::Request{subscribe});
    } else if (m_section == Files) {
        askWhereToSave(key);
    }
}

void MeshPanel::askWhereToSave(const QString &fileId)
{
    const QList<protocol::FileRow> &files = m_store->listings().files;
    const auto file =
        std::find_if(files.cbegin(), files.cend(), [&](const protocol::FileRow &row) { return row.id == fileId; });
    if (file == files.cend())
        return;
    // The name is a stranger's: what it ends with, and no place.
    QString name = items::oneLine(file->name, 120).section(u'/', -1).section(u'\\', -1);
    while (name.startsWith(u'.'))
        name.remove(0, 1);
    auto *dialog = new QFileDialog(this, tr("Save the file"));
    dialog->setObjectName(u"saveFileDialog"_s);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDirectory(QStandardPaths::writableLocation(QStandardPaths::DownloadLocation));
    dialog->selectFile(name.isEmpty() ? tr("file") : name);
    connect(dialog, &QFileDialog::fileSelected, this, [this, fileId](const QString &path) { saveFile(fileId, path); });
    dialog->open();
}

void MeshPanel::saveFile(const QString &fileId, const QString &path)
{
    if (!m_store || !m_sink)
        return;
    m_saving.insert(m_sink->submit(m_store->mesh(), commands::SaveFile{fileId, path}), path);
    say(tr("Fetching the file…"), false);
}

void MeshPanel::say(const QString &sentence, bool isProblem)
{
    m_said->setProperty("tone", isProblem ? u"error"_s : u"second"_s);
    m_said->style()->unpolish(m_said);
    m_said->style()->polish(m_said);
    m_said->setText(sentence);
    m_said->show();
}

void MeshPanel::onSaved(const store::ChangeSet &changes)
{
    for (const auto &finished : changes.commandsFinished) {
        const QString path = m_saving.take(finished.commandId);
        if (path.isEmpty())
            continue;
        if (finished.ok)
            say(tr("Saved as %1").arg(QDir::toNativeSeparators(path)), false);
        else
            say(tr("The file was not saved: %1")
                    .arg(items::oneLine(finished.detail.isEmpty() ? finished.code : finished.detail, 300)),
                true);
    }
}

void MeshPanel::onRemove()
{
    const QString key = currentKey();
    if (key.isEmpty() || !m_store || !m_sink)
        return;
    if (m_section == Memory) {
        m_sink->submit(m_store->mesh(), commands::Forget{key});
    } else if (m_section == Tasks) {
        protocol::CompleteTask complete;
        complete.taskId = key;
        m_sink->submit(m_store->mesh(), commands::Request{complete});
        m_sink->submit(m_store->mesh(), commands::Refresh{commands::Listing::Tasks});
    }
}

void MeshPanel::onFilterEntered()
{
    const QString words = m_filter->text().trimmed();
    if (m_section == Memory && !words.isEmpty() && m_store && m_sink)
        m_sink->submit(m_store->mesh(), commands::Recall{words});
}

} // namespace mesh::views
