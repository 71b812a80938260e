// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtWidgets/QFrame>
#include <QtWidgets/QWidget>

#include "models/items/attentionmodel.h"

class QLabel;
class QListView;
class QToolButton;

namespace mesh::views {

class AttentionRulesPage;
class Chip;
class Theme;

//! The most urgent matters as chips, one below the other, and how many more there are. As large as it needs to be;
//! nothing needs attention: hidden.
class AttentionChips final : public QWidget
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(AttentionChips)

public:
    static constexpr int kShown = 3;

    AttentionChips(Theme &theme, items::AttentionModel &model, QWidget *parent = nullptr);

    //! At most this wide, in logical pixels.
    void setWidthLimit(int width);

Q_SIGNALS:
    void activated(const mesh::items::AttentionItem &item);
    //! The user wants to see all.
    void listRequested();
    //! Its size is another one.
    void resized();

private:
    void refresh();
    void place();

    Theme &m_theme;
    items::AttentionModel &m_model;
    QList<Chip *> m_chips;
    Chip *m_more = nullptr;
    int m_limit = 400;
};

//! All that needs attention, as a popup, and on its other side the rules.
class AttentionList final : public QFrame
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(AttentionList)

public:
    AttentionList(Theme &theme, items::AttentionModel &model, QWidget *parent = nullptr);

    //! Shows itself below \a anchor, right edges together.
    void popUp(const QWidget &anchor);

Q_SIGNALS:
    void activated(const mesh::items::AttentionItem &item);

private:
    void refresh();
    void choose(const QModelIndex &index);
    void showRules(bool on);
    void fit();

    Theme &m_theme;
    items::AttentionModel &m_model;
    QListView *m_list = nullptr;
    QLabel *m_title = nullptr;
    QLabel *m_note = nullptr;
    QToolButton *m_rules = nullptr;
    QWidget *m_listPage = nullptr;
    AttentionRulesPage *m_rulesPage = nullptr;
};

} // namespace mesh::views
