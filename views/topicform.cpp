// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/topicform.h"

#include <QtCore/QRegularExpression>
#include <QtWidgets/QCheckBox>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QRadioButton>
#include <QtWidgets/QStyle>
#include <QtWidgets/QVBoxLayout>

#include "views/formparts.h"
#include "views/theme.h"

namespace mesh::views {

using namespace Qt::StringLiterals;

TopicForm::TopicForm(Theme &theme, QWidget *parent)
    : QWidget(parent)
    , m_theme(theme)
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(m_theme.px(22), m_theme.px(18), m_theme.px(22), m_theme.px(14));
    column->setSpacing(m_theme.px(6));
    column->addWidget(formLabel("topicFormTitle", u"display"_s, tr("New topic")));
    column->addSpacing(m_theme.px(6));
    const auto field = [&](QLineEdit *&edit, const char *name, const QString &text, const QString &hint) {
        auto *label = formLabel("", u"second"_s, text);
        edit = new QLineEdit;
        edit->setObjectName(QLatin1StringView(name));
        edit->setPlaceholderText(hint);
        label->setBuddy(edit);
        edit->setAccessibleName(text);
        column->addWidget(label);
        column->addWidget(edit);
    };
    field(m_name, "topicName", tr("Name"), tr("for instance deploys"));
    m_name->setMaxLength(50);
    m_formHint = formLabel("topicNameHint", u"label"_s, tr("Small letters, digits and hyphens."));
    column->addWidget(m_formHint);
    column->addSpacing(m_theme.px(4));
    field(m_description, "topicDescription", tr("What it is about"), tr("one line; may stay empty"));
    m_description->setMaxLength(300);
    column->addSpacing(m_theme.px(10));
    const auto choice = [&](QAbstractButton *button, const char *name, const QString &words) {
        button->setObjectName(QLatin1StringView(name));
        button->setAccessibleDescription(words);
        auto *about = formLabel("", u"second"_s, words);
        about->setContentsMargins(m_theme.px(24), 0, 0, m_theme.px(4));
        column->addWidget(button);
        column->addWidget(about);
    };
    m_encrypted = new QRadioButton(tr("Encrypted for members"));
    choice(m_encrypted, "topicEncrypted",
           tr("What is written is kept sealed with the topic's key, which members pass on to one another: new ones can "
              "read everything once somebody with the key is connected. The broker makes the key and forgets it."));
    m_clear = new QRadioButton(tr("Not encrypted"));
    choice(m_clear, "topicClear", tr("The broker and everybody in the mesh can read it, AI sessions included."));
    m_encrypted->setChecked(true);
    m_private = new QCheckBox(tr("Private"));
    choice(m_private, "topicPrivate", tr("Only its members see that it exists."));
    column->addStretch(1);
    auto *buttons = new QHBoxLayout;
    auto *back = formButton("topicBack", tr("Cancel"));
    m_create = formButton("topicCreate", tr("Create the topic"));
    m_create->setProperty("primary", true);
    m_create->setDefault(true);
    buttons->addStretch(1);
    buttons->addWidget(back);
    buttons->addWidget(m_create);
    column->addLayout(buttons);

    connect(m_name, &QLineEdit::textChanged, this, &TopicForm::check);
    connect(m_name, &QLineEdit::returnPressed, this, &TopicForm::create);
    connect(m_description, &QLineEdit::returnPressed, this, &TopicForm::create);
    connect(m_create, &QPushButton::clicked, this, &TopicForm::create);
    connect(back, &QPushButton::clicked, this, &TopicForm::cancelled);
    check();
}

void TopicForm::begin()
{
    m_name->clear();
    m_description->clear();
    m_encrypted->setChecked(true);
    m_private->setChecked(false);
    check();
    m_name->setFocus();
}

void TopicForm::setBusy(bool busy)
{
    m_busy = busy;
    check();
}

void TopicForm::setOnline(bool online)
{
    m_online = online;
    check();
}

bool TopicForm::wantsClear() const
{
    return m_clear->isChecked();
}

void TopicForm::check()
{
    // As in the web application; brokers take anything.
    static const QRegularExpression pattern(u"^[a-z0-9][a-z0-9-]{0,49}$"_s);
    const QString name = m_name->text().trimmed();
    const bool good = pattern.match(name).hasMatch();
    const QString tone = good || name.isEmpty() ? u"label"_s : u"error"_s;
    if (m_formHint->property("tone").toString() != tone) {
        m_formHint->setProperty("tone", tone);
        m_formHint->style()->unpolish(m_formHint); // the style sheet reads properties once
        m_formHint->style()->polish(m_formHint);
    }
    m_create->setEnabled(good && !m_busy && m_online);
    m_create->setText(m_busy ? tr("Creating…") : tr("Create the topic"));
}

void TopicForm::create()
{
    if (!m_create->isEnabled())
        return;
    protocol::TopicCreate frame;
    frame.name = m_name->text().trimmed();
    if (const QString about = m_description->text().trimmed(); !about.isEmpty())
        frame.description = about;
    frame.visibility = m_private->isChecked() ? u"private"_s : u"public"_s;
    if (m_clear->isChecked())
        frame.encrypted = false;
    Q_EMIT createRequested(frame);
}

} // namespace mesh::views
