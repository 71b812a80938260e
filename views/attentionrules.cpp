// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/attentionrules.h"

#include <QtCore/QSignalBlocker>
#include <QtWidgets/QCheckBox>
#include <QtWidgets/QGridLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QSpinBox>
#include <QtWidgets/QVBoxLayout>

#include "views/theme.h"

namespace mesh::views {

using namespace Qt::StringLiterals;
using items::AttentionKind;

AttentionRulesPage::AttentionRulesPage(Theme &theme, items::AttentionModel &model, QWidget *parent)
    : QWidget(parent)
    , m_model(model)
{
    setObjectName(u"attentionRulesPage"_s);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme.px(10));
    auto *grid = new QGridLayout;
    grid->setColumnStretch(0, 1);
    grid->setHorizontalSpacing(theme.px(12));
    grid->setVerticalSpacing(theme.px(2));
    int line = 0;
    for (const AttentionKind kind : items::attentionKinds) {
        const QString word = protocol::toWord(kind);
        Row row;
        row.on = new QCheckBox(items::Attention::ruleName(kind));
        row.on->setObjectName(u"rule-"_s + word);
        connect(row.on, &QCheckBox::toggled, this, [this, kind](bool on) { m_model.setOn(kind, on); });
        grid->addWidget(row.on, line, 0);
        if (const auto range = items::thresholdOf(kind)) {
            row.figure = new QSpinBox;
            row.figure->setObjectName(u"ruleFigure-"_s + word);
            row.figure->setRange(range->least, range->most);
            row.figure->setSuffix(unitOf(kind));
            row.figure->setAccelerated(true);
            row.figure->setKeyboardTracking(false); // not at every digit of a number that is being typed
            row.figure->setToolTip(tr("From %1 to %2, at first %3")
                                       .arg(QString::number(range->least), QString::number(range->most),
                                            QString::number(range->standard)));
            connect(row.figure, &QSpinBox::valueChanged, this,
                    [this, kind](int value) { m_model.setThreshold(kind, value); });
            grid->addWidget(row.figure, line, 1);
        }
        row.text = new QLabel;
        row.text->setProperty("tone", u"second"_s);
        row.text->setWordWrap(true);
        row.text->setIndent(theme.px(22));
        grid->addWidget(row.text, line + 1, 0, 1, 2);
        grid->setRowMinimumHeight(line + 2, theme.px(6));
        line += 3;
        m_rows.insert(kind, row);
    }
    column->addLayout(grid);
    m_standard = new QPushButton(tr("Back to the figures of the start"));
    m_standard->setObjectName(u"rulesStandard"_s);
    m_standard->setProperty("flat", true);
    connect(m_standard, &QPushButton::clicked, this, [this] {
        for (const AttentionKind kind : items::attentionKinds) {
            if (const auto range = items::thresholdOf(kind))
                m_model.setThreshold(kind, range->standard);
        }
    });
    column->addWidget(m_standard, 0, Qt::AlignLeft);
    column->addStretch(1);
    connect(&m_model, &items::AttentionModel::rulesChanged, this, &AttentionRulesPage::refresh);
    refresh();
}

QString AttentionRulesPage::unitOf(AttentionKind kind)
{
    switch (kind) {
    case AttentionKind::WaitsForYou:
        break;
    case AttentionKind::Stalled:
    case AttentionKind::Silent:
        //: unit behind a number, with the space between: minutes
        return tr(" min");
    case AttentionKind::Looping:
        //: unit behind a number, with the space between: rounds of a conversation
        return tr(" rounds");
    case AttentionKind::ContextFull:
        //: unit behind a number, with the space between: percent
        return tr(" %", "percent");
    case AttentionKind::Flooding:
        //: unit behind a number, with the space between: messages in a minute
        return tr(" a minute");
    }
    return {};
}

void AttentionRulesPage::refresh()
{
    bool changed = false;
    for (auto it = m_rows.cbegin(); it != m_rows.cend(); ++it) {
        const bool on = m_model.isOn(it.key());
        const QString text = items::Attention::ruleText(it.key(), m_model.rules());
        {
            const QSignalBlocker quiet(it->on);
            it->on->setChecked(on);
        }
        it->on->setEnabled(m_model.canChange());
        it->on->setAccessibleDescription(text);
        it->text->setText(text);
        it->text->setEnabled(on);
        if (!it->figure)
            continue;
        const QSignalBlocker quiet(it->figure);
        it->figure->setValue(m_model.rules().threshold(it.key()));
        it->figure->setEnabled(on && m_model.canChange());
        it->figure->setAccessibleName(it->on->text());
        it->figure->setAccessibleDescription(text);
        changed = changed || it->figure->value() != items::thresholdOf(it.key())->standard;
    }
    m_standard->setEnabled(changed && m_model.canChange());
}

} // namespace mesh::views
