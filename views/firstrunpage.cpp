// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/firstrunpage.h"

#include "models/items/displaytext.h"
#include "models/items/templateshelf.h"
#include "views/choicecard.h"
#include "views/theme.h"

#include <QtGui/QKeyEvent>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QStyle>
#include <QtWidgets/QVBoxLayout>

#include <algorithm>

namespace mesh::views {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype kTemplateNameChars = 40;
constexpr qsizetype kPurposeChars = 60;

} // namespace

FirstRunPage::FirstRunPage(Theme &theme, const QString &suggestedName, const items::TemplateShelf &shelf,
                           QWidget *parent)
    : QWidget(parent)
    , m_theme(theme)
{
    setObjectName(u"firstRunPage"_s);
    setProperty("surface", u"bg"_s);
    setAttribute(Qt::WA_StyledBackground);
    auto *outer = new QVBoxLayout(this);
    outer->addStretch(2);
    m_column = new QWidget;
    auto *column = new QVBoxLayout(m_column);
    // Stretches rather than an alignment: an aligned item gets its size hint, which knows nothing of wrapped lines.
    auto *middle = new QHBoxLayout;
    middle->addStretch();
    middle->addWidget(m_column);
    middle->addStretch();
    outer->addLayout(middle);
    outer->addStretch(3);

    m_title = new QLabel(tr("Welcome to Claudemesh Desktop"));
    m_title->setObjectName(u"firstRunTitle"_s);
    m_title->setProperty("tone", u"display"_s);
    auto *lead = new QLabel(tr("Watch AI sessions work together, talk to them, and drive their clock. Choose how to "
                               "begin; you can add more meshes later."));
    lead->setProperty("tone", u"second"_s);
    lead->setWordWrap(true);
    m_nameCaption = new QLabel(tr("&Your name in the mesh"));
    m_nameCaption->setProperty("tone", u"section"_s);
    m_name = new QLineEdit(suggestedName.trimmed().left(items::kMaxDisplayName));
    m_name->setObjectName(u"firstRunName"_s);
    m_name->setMaxLength(items::kMaxDisplayName);
    m_name->setPlaceholderText(tr("How others see you"));
    m_name->setAccessibleName(tr("Your name in the mesh"));
    m_nameCaption->setBuddy(m_name);
    m_nameHint = new QLabel;
    m_nameHint->setObjectName(u"firstRunNameHint"_s);
    m_nameHint->setProperty("tone", u"error"_s);
    column->addWidget(m_title);
    column->addWidget(lead);
    m_gap = new QWidget;
    column->addWidget(m_gap);
    column->addWidget(m_nameCaption);
    column->addWidget(m_name);
    column->addWidget(m_nameHint);

    addChoice(column, "choosePersonal", u"home"_s, tr("Personal mesh"),
              tr("A mesh of your own on this computer, with you as its only member. Your own sessions can join it, or "
                 "a dozen "
                 "simulated ones to look around. Nothing leaves the machine."));
    column->addWidget(buildTemplates(shelf));
    addChoice(column, "chooseInvite", u"link"_s, tr("Join with an invite link"),
              tr("Someone sent you a link. You see what it says, and whether it is genuine, before anything is sent."));
    addChoice(column, "chooseImport", u"import"_s, tr("Import from the claudemesh CLI"),
              tr("Use the meshes that the command-line tool on this computer has joined. Its files are only read."));
    connect(m_choices[0], &QAbstractButton::clicked, this,
            [this] { Q_EMIT personalMeshRequested(displayName(), templateKey()); });
    connect(m_choices[1], &QAbstractButton::clicked, this, [this] { Q_EMIT inviteRequested(displayName()); });
    connect(m_choices[2], &QAbstractButton::clicked, this, [this] { Q_EMIT importRequested(displayName()); });

    m_problem = new QLabel;
    m_problem->setObjectName(u"firstRunProblem"_s);
    m_problem->setTextFormat(Qt::PlainText);
    m_problem->setWordWrap(true);
    m_problem->setProperty("tone", u"error"_s);
    column->addWidget(m_problem);
    m_problem->hide();

    connect(m_name, &QLineEdit::textChanged, this, &FirstRunPage::refreshChoices);
    connect(m_name, &QLineEdit::returnPressed, this, [this] { m_choices.constFirst()->setFocus(Qt::TabFocusReason); });
    connect(&m_theme, &Theme::changed, this, &FirstRunPage::restyle);
    setFocusProxy(m_name);
    restyle();
    refreshChoices();
}

void FirstRunPage::addChoice(QVBoxLayout *column, const char *name, const QString &icon, const QString &title,
                             const QString &text)
{
    auto *card = new ChoiceCard(m_theme, icon, title, text);
    card->setObjectName(QLatin1StringView(name));
    card->installEventFilter(this);
    column->addWidget(card);
    m_choices.append(card);
}

QWidget *FirstRunPage::buildTemplates(const items::TemplateShelf &shelf)
{
    auto *row = new QWidget;
    auto *line = new QHBoxLayout(row);
    line->setContentsMargins(0, 0, 0, 0);
    m_templateCaption = new QLabel(tr("&Made from the template"));
    m_templateCaption->setProperty("tone", u"second"_s);
    m_template = new QComboBox;
    m_template->setObjectName(u"firstRunTemplate"_s);
    m_template->setAccessibleName(tr("Template of the personal mesh"));
    m_templateCaption->setBuddy(m_template);
    m_templatePurpose = new QLabel;
    m_templatePurpose->setObjectName(u"firstRunTemplatePurpose"_s);
    m_templatePurpose->setProperty("tone", u"second"_s);
    m_templatePurpose->setTextFormat(Qt::PlainText);
    for (const items::TemplateShelf::Entry &entry : shelf.entries()) {
        m_template->addItem(items::oneLine(entry.content.name, kTemplateNameChars), entry.content.key);
        m_template->setItemData(m_template->count() - 1, items::oneLine(entry.content.purpose, kPurposeChars),
                                Qt::ToolTipRole);
    }
    const auto tellPurpose = [this] {
        const QString purpose = m_template->currentData(Qt::ToolTipRole).toString();
        m_templatePurpose->setText(purpose);
        m_template->setAccessibleDescription(purpose);
    };
    connect(m_template, &QComboBox::currentIndexChanged, this, tellPurpose);
    m_template->setCurrentIndex(std::max(0, shelf.indexOf(u"personal"_s)));
    tellPurpose();
    line->addWidget(m_templateCaption);
    line->addWidget(m_template);
    line->addWidget(m_templatePurpose, 1);
    return row;
}

void FirstRunPage::restyle()
{
    m_column->setFixedWidth(m_theme.px(560));
    m_column->layout()->setContentsMargins(0, 0, 0, 0);
    m_column->layout()->setSpacing(m_theme.px(8));
    m_gap->setFixedHeight(m_theme.px(10));
    for (QAbstractButton *choice : std::as_const(m_choices))
        choice->setFixedHeight(choice->heightForWidth(m_theme.px(560)));
    layout()->setContentsMargins(m_theme.px(24), m_theme.px(24), m_theme.px(24), m_theme.px(24));
}

QString FirstRunPage::displayName() const
{
    return m_name->text().simplified();
}

QString FirstRunPage::templateKey() const
{
    return m_template->currentData().toString();
}

void FirstRunPage::refreshChoices()
{
    const bool named = !displayName().isEmpty();
    for (QAbstractButton *choice : std::as_const(m_choices))
        choice->setEnabled(named && !m_busy);
    m_name->setEnabled(!m_busy);
    m_template->setEnabled(named && !m_busy);
    m_nameHint->setText(named ? QString() : tr("A name is needed, so that others know who writes."));
    m_nameHint->setVisible(!named);
}

void FirstRunPage::setProblem(const QString &sentence)
{
    m_problem->setProperty("tone", u"error"_s);
    m_problem->style()->polish(m_problem);
    m_problem->setText(sentence);
    m_problem->setVisible(!sentence.isEmpty());
}

void FirstRunPage::setBusy(bool busy, const QString &sentence)
{
    m_busy = busy;
    refreshChoices();
    if (!busy)
        return;
    m_problem->setProperty("tone", u"second"_s);
    m_problem->style()->polish(m_problem);
    m_problem->setText(sentence);
    m_problem->setVisible(!sentence.isEmpty());
}

bool FirstRunPage::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent *>(event)->key();
        const int at = int(m_choices.indexOf(qobject_cast<QAbstractButton *>(watched)));
        const int step = key == Qt::Key_Down ? 1 : key == Qt::Key_Up ? -1 : 0;
        if (at >= 0 && step != 0) {
            const int next = at + step;
            if (next < 0)
                m_name->setFocus(Qt::TabFocusReason);
            else if (next < m_choices.size())
                m_choices[next]->setFocus(Qt::TabFocusReason);
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace mesh::views
