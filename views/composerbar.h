// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtWidgets/QFrame>

#include <functional>

class QHBoxLayout;
class QLabel;
class QToolButton;

namespace mesh::views {

class ElidedLabel;
class Theme;

//! A strip above the editor: what is answered, what a paste can become. An icon, two lines, choices, and a button that
//! closes it.
class ComposerBar final : public QFrame
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(ComposerBar)

public:
    ComposerBar(Theme &theme, const QString &icon, QWidget *parent = nullptr);

    void setTexts(const QString &title, const QString &text);
    //! While something goes on, only closing is possible.
    void setChoicesVisible(bool visible);
    //! \a name is the button's object name.
    QToolButton *addChoice(const QString &name, const QString &text, const std::function<void()> &run);

Q_SIGNALS:
    void closed();
    void activated();

protected:
    void mouseReleaseEvent(QMouseEvent *event) override;
    void paintEvent(QPaintEvent *event) override;

private:
    void onThemeChanged();

    Theme &m_theme;
    QString m_iconName;
    QLabel *m_icon = nullptr;
    ElidedLabel *m_title = nullptr;
    ElidedLabel *m_text = nullptr;
    QHBoxLayout *m_choices = nullptr;
    QToolButton *m_close = nullptr;
};

} // namespace mesh::views
