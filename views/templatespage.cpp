// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/templatespage.h"

#include "models/items/displaytext.h"
#include "views/theme.h"

#include <QtGui/QTextBlock>
#include <QtWidgets/QFileDialog>
#include <QtWidgets/QGridLayout>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QListWidget>
#include <QtWidgets/QPlainTextEdit>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QScrollArea>
#include <QtWidgets/QStyle>
#include <QtWidgets/QVBoxLayout>

namespace mesh::views {

using namespace Qt::StringLiterals;
using items::TemplateShelf;

namespace {

QPushButton *templateButton(const char *name, const QString &text)
{
    auto *button = new QPushButton(text);
    button->setObjectName(QLatin1StringView(name));
    button->setAutoDefault(false);
    return button;
}

} // namespace

TemplatesPage::TemplatesPage(Theme &theme, TemplateShelf &shelf, QWidget *parent)
    : QDialog(parent)
    , m_theme(theme)
    , m_shelf(shelf)
{
    setObjectName(u"templatesPage"_s);
    setWindowTitle(tr("Mesh templates"));
    auto *column = new QVBoxLayout(this);
    auto *title = new QLabel(tr("Mesh templates"));
    title->setProperty("tone", u"display"_s);
    auto *lead = new QLabel(tr("A template brings groups, state keys, roles, and prompts as skills. Change one and it "
                               "becomes your own; the original stays."));
    lead->setProperty("tone", u"second"_s);
    lead->setWordWrap(true);
    column->addWidget(title);
    column->addWidget(lead);

    auto *middle = new QHBoxLayout;
    auto *left = new QVBoxLayout;
    m_list = new QListWidget;
    m_list->setObjectName(u"templateList"_s);
    m_list->setAccessibleName(tr("Templates"));
    m_import = templateButton("templateImport", tr("Import…"));
    m_export = templateButton("templateExport", tr("Export…"));
    auto *files = new QHBoxLayout;
    files->addWidget(m_import);
    files->addWidget(m_export);
    left->addWidget(m_list, 1);
    left->addLayout(files);
    middle->addLayout(left);
    middle->addWidget(buildEditor(), 1);
    column->addLayout(middle, 1);

    m_message = new QLabel;
    m_message->setObjectName(u"templateMessage"_s);
    m_message->setTextFormat(Qt::PlainText);
    m_message->setWordWrap(true);
    column->addWidget(m_message);
    auto *buttons = new QHBoxLayout;
    m_remove = templateButton("templateRemove", {});
    m_remove->setProperty("danger", true);
    m_revert = templateButton("templateRevert", tr("Undo changes"));
    m_save = templateButton("templateSave", tr("Save"));
    m_apply = templateButton("templateApply", {});
    m_apply->setProperty("primary", true);
    auto *close = templateButton("templateClose", tr("Close"));
    buttons->addWidget(m_remove);
    buttons->addStretch(1);
    for (QPushButton *button : {m_revert, m_save, close, m_apply})
        buttons->addWidget(button);
    column->addLayout(buttons);

    connect(m_list, &QListWidget::currentRowChanged, this, &TemplatesPage::choose);
    connect(m_text, &QPlainTextEdit::textChanged, this, &TemplatesPage::check);
    connect(m_save, &QPushButton::clicked, this, &TemplatesPage::save);
    connect(m_remove, &QPushButton::clicked, this, &TemplatesPage::removeOwn);
    connect(close, &QPushButton::clicked, this, &TemplatesPage::reject);
    connect(m_revert, &QPushButton::clicked, this,
            [this] { m_text->setPlainText(QString::fromUtf8(m_shelf.entries()[m_row].json)); });
    connect(m_apply, &QPushButton::clicked, this, [this] {
        m_apply->setEnabled(false);
        say(tr("Putting %1 into %2…").arg(m_valid->name, m_meshName), u"second"_s);
        Q_EMIT applyRequested(*m_valid);
    });
    connect(m_import, &QPushButton::clicked, this, [this] {
        const QString file = QFileDialog::getOpenFileName(this, tr("Import a template"), {}, tr("Templates (*.json)"));
        if (!file.isEmpty())
            importFile(file);
    });
    connect(m_export, &QPushButton::clicked, this, [this] {
        const QString suggested = m_shelf.entries()[m_row].content.key + u".json"_s;
        const QString file =
            QFileDialog::getSaveFileName(this, tr("Export the template"), suggested, tr("Templates (*.json)"));
        if (!file.isEmpty())
            exportFile(file);
    });
    connect(&m_theme, &Theme::changed, this, &TemplatesPage::restyle);
    setMesh({}, false);
    restyle();
    fill({});
    if (!m_shelf.problems().isEmpty())
        say(tr("Left out: %1").arg(m_shelf.problems().join(u"\n"_s)), u"error"_s);
}

QWidget *TemplatesPage::buildEditor()
{
    auto *box = new QWidget;
    auto *column = new QVBoxLayout(box);
    column->setContentsMargins(0, 0, 0, 0);
    m_about = new QLabel;
    m_about->setObjectName(u"templateAbout"_s);
    m_about->setTextFormat(Qt::PlainText);
    m_about->setWordWrap(true);
    m_about->setProperty("tone", u"second"_s);
    m_about->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_text = new QPlainTextEdit;
    m_text->setObjectName(u"templateText"_s);
    m_text->setAccessibleName(tr("The template's file"));
    m_text->setTabChangesFocus(true);
    m_text->setProperty("mono", true);
    column->addWidget(m_about);
    column->addWidget(m_text, 1);
    return box;
}

void TemplatesPage::restyle()
{
    layout()->setContentsMargins(m_theme.px(24), m_theme.px(22), m_theme.px(24), m_theme.px(20));
    layout()->setSpacing(m_theme.px(10));
    m_list->setFixedWidth(m_theme.px(200));
    setMinimumSize(m_theme.px(760), m_theme.px(520));
    check();
}

void TemplatesPage::setMesh(const QString &name, bool usable)
{
    m_meshName = items::oneLine(name, 40);
    m_meshUsable = usable;
    m_apply->setText(usable ? tr("Put into %1").arg(m_meshName) : tr("Put into the mesh"));
    m_apply->setToolTip(usable ? QString() : tr("Open a mesh first."));
    check();
}

// --- the list -----------------------------------------------------------------------------------------------------

void TemplatesPage::fill(const QString &select)
{
    {
        const QSignalBlocker quiet(m_list);
        m_list->clear();
        for (const TemplateShelf::Entry &entry : m_shelf.entries()) {
            const QString name = items::oneLine(entry.content.name, 60);
            //: a template that comes with the program and was changed by the user
            m_list->addItem(entry.own && entry.builtIn ? tr("%1 (changed)").arg(name) : name);
            QListWidgetItem *item = m_list->item(m_list->count() - 1);
            item->setToolTip(items::oneLine(entry.content.purpose, 200));
            item->setSizeHint(QSize(0, m_theme.px(30)));
        }
        m_list->setCurrentRow(std::max(0, m_shelf.indexOf(select)));
    }
    m_row = -1; // what the editor held is on the shelf now
    choose(m_list->currentRow());
}

void TemplatesPage::choose(int row)
{
    if (row < 0 || row == m_row)
        return;
    if (m_row >= 0 && isEdited()) {
        const QSignalBlocker quiet(m_list);
        m_list->setCurrentRow(m_row);
        say(tr("Save or undo the changes of this template first."), u"error"_s);
        return;
    }
    m_row = row;
    const TemplateShelf::Entry &entry = m_shelf.entries()[row];
    m_remove->setVisible(entry.own);
    m_remove->setText(entry.builtIn ? tr("Back to the original") : tr("Remove"));
    m_text->setPlainText(QString::fromUtf8(entry.json));
}

bool TemplatesPage::isEdited() const
{
    return m_row >= 0 && m_text->toPlainText() != QString::fromUtf8(m_shelf.entries()[m_row].json);
}

QString TemplatesPage::describe(const protocol::MeshTemplate &meshTemplate)
{
    QStringList lines;
    if (!meshTemplate.purpose.isEmpty())
        lines << items::oneLine(meshTemplate.purpose, 200) + u'.';
    QStringList groups;
    for (const protocol::TemplateGroup &group : meshTemplate.groups)
        groups << u"@%1 (%2)"_s.arg(group.name, group.roles.join(u", "_s));
    QStringList keys;
    for (const protocol::TemplateState &state : meshTemplate.state)
        keys << state.key;
    QStringList skills;
    for (const protocol::TemplateSkill &skill : meshTemplate.skills)
        skills << skill.name;
    for (const auto &[caption, words] :
         {std::pair{tr("Groups: %1"), groups}, std::pair{tr("State: %1"), keys},
          std::pair{tr("Roles: %1"), meshTemplate.roles}, std::pair{tr("Skills: %1"), skills}}) {
        if (!words.isEmpty())
            lines << caption.arg(items::oneLine(words.join(u", "_s), 300));
    }
    return lines.join(u'\n');
}

// --- the editor ---------------------------------------------------------------------------------------------------

void TemplatesPage::check()
{
    if (m_row < 0)
        return;
    protocol::MeshTemplate content;
    const auto problem = protocol::readTemplate(m_text->toPlainText().toUtf8(), content);
    QList<QTextEdit::ExtraSelection> marks;
    if (problem) {
        QTextEdit::ExtraSelection mark;
        const QTextBlock block = m_text->document()->findBlockByNumber(problem->line - 1);
        mark.cursor = QTextCursor(block.isValid() ? block : m_text->document()->lastBlock());
        mark.format.setBackground(m_theme.mix(Theme::Role::Bg, Theme::Role::Error, 0.25));
        mark.format.setProperty(QTextFormat::FullWidthSelection, true);
        marks << mark;
        m_valid.reset();
        say(tr("Line %1, column %2: %3")
                .arg(problem->line)
                .arg(problem->column)
                .arg(items::oneLine(problem->text, 200)),
            u"error"_s);
    } else {
        m_valid = content;
        m_about->setText(describe(content));
        say({}, u"second"_s);
    }
    m_text->setExtraSelections(marks);
    const bool edited = isEdited();
    m_save->setEnabled(edited && m_valid);
    m_revert->setEnabled(edited);
    m_export->setEnabled(!edited);
    m_apply->setEnabled(m_meshUsable && m_valid);
}

void TemplatesPage::save()
{
    const auto saved = m_shelf.save(m_text->toPlainText().toUtf8(), m_shelf.entries()[m_row].content.key);
    if (!saved) {
        say(saved.error().detail, u"error"_s);
        return;
    }
    fill(*saved);
    say(tr("Saved as your own."), u"success"_s);
}

void TemplatesPage::removeOwn()
{
    const QString key = m_shelf.entries()[m_row].content.key;
    if (const auto removed = m_shelf.remove(key); !removed) {
        say(removed.error().detail, u"error"_s);
        return;
    }
    fill(key);
}

void TemplatesPage::importFile(const QString &path)
{
    if (isEdited()) {
        say(tr("Save or undo the changes of this template first."), u"error"_s);
        return;
    }
    const auto imported = m_shelf.import(path);
    if (!imported) {
        say(tr("Nothing was imported. %1").arg(imported.error().detail), u"error"_s);
        return;
    }
    fill(*imported);
    say(tr("Imported."), u"success"_s);
}

void TemplatesPage::exportFile(const QString &path)
{
    const auto written = m_shelf.exportTo(m_shelf.entries()[m_row].content.key, path);
    say(written ? tr("Written to %1.").arg(path) : written.error().detail, written ? u"success"_s : u"error"_s);
}

void TemplatesPage::showOutcome(const items::TemplateOutcome &outcome)
{
    m_apply->setEnabled(m_meshUsable && m_valid);
    QString text = tr("%n part(s) put into the mesh", nullptr, outcome.done);
    if (outcome.kept > 0)
        text = tr("%1, %n kept as it was", nullptr, outcome.kept).arg(text);
    if (outcome.failures.isEmpty())
        say(text + u'.', u"success"_s);
    else
        say(tr("%1. Not done: %2").arg(text, items::oneLine(outcome.failures.join(u"; "_s), 400)), u"error"_s);
}

void TemplatesPage::reject()
{
    if (isEdited()) {
        say(tr("There are unsaved changes. Save or undo them, then close."), u"error"_s);
        return;
    }
    QDialog::reject();
}

void TemplatesPage::say(const QString &sentence, const QString &tone)
{
    m_message->setProperty("tone", tone);
    m_message->style()->unpolish(m_message);
    m_message->style()->polish(m_message);
    m_message->setText(sentence);
    m_message->setVisible(!sentence.isEmpty());
}

} // namespace mesh::views
