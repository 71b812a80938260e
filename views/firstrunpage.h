// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtWidgets/QWidget>

class QAbstractButton;
class QComboBox;
class QLabel;
class QLineEdit;
class QVBoxLayout;

namespace mesh::items {
class TemplateShelf;
}

namespace mesh::views {

class Theme;

//! The first page: who you are, and three ways in. What the personal mesh begins with may be chosen; nobody has to.
class FirstRunPage final : public QWidget
{
    Q_OBJECT
public:
    //! \a suggestedName is put into the name field, for instance the user's name on this machine. The template for one
    //! person of \a shelf is chosen at the beginning.
    FirstRunPage(Theme &theme, const QString &suggestedName, const items::TemplateShelf &shelf,
                 QWidget *parent = nullptr);

    QString displayName() const;
    //! Key of the template that the personal mesh shall begin with.
    QString templateKey() const;
    //! A sentence under the choices about something that failed; empty for none.
    void setProblem(const QString &sentence);
    //! While a choice is being carried out the page takes no other.
    void setBusy(bool busy, const QString &sentence = {});

Q_SIGNALS:
    void personalMeshRequested(const QString &displayName, const QString &templateKey);
    void inviteRequested(const QString &displayName);
    void importRequested(const QString &displayName);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void addChoice(QVBoxLayout *column, const char *name, const QString &icon, const QString &title,
                   const QString &text);
    QWidget *buildTemplates(const items::TemplateShelf &shelf);
    void restyle();
    void refreshChoices();

    Theme &m_theme;
    QWidget *m_column = nullptr;
    QWidget *m_gap = nullptr;
    QLabel *m_title = nullptr;
    QLabel *m_nameCaption = nullptr;
    QLineEdit *m_name = nullptr;
    QLabel *m_nameHint = nullptr;
    QComboBox *m_template = nullptr;
    QLabel *m_templateCaption = nullptr;
    QLabel *m_templatePurpose = nullptr;
    QLabel *m_problem = nullptr;
    QList<QAbstractButton *> m_choices;
    bool m_busy = false;
};

} // namespace mesh::views
