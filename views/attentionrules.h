// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QHash>
#include <QtWidgets/QWidget>

#include "models/items/attentionmodel.h"

class QCheckBox;
class QLabel;
class QPushButton;
class QSpinBox;

namespace mesh::views {

class Theme;

//! The attention rules, each with what it looks for, a switch, and the figure from which it speaks up. What is changed
//! holds at once.
class AttentionRulesPage final : public QWidget
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(AttentionRulesPage)

public:
    AttentionRulesPage(Theme &theme, items::AttentionModel &model, QWidget *parent = nullptr);

private:
    struct Row
    {
        QCheckBox *on = nullptr;
        QSpinBox *figure = nullptr; //!< nullptr for a rule without one
        QLabel *text = nullptr;
    };

    void refresh();
    static QString unitOf(items::AttentionKind kind);

    items::AttentionModel &m_model;
    QHash<items::AttentionKind, Row> m_rows;
    QPushButton *m_standard = nullptr;
};

} // namespace mesh::views
