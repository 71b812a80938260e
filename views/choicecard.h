// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtWidgets/QAbstractButton>

namespace mesh::views {

class Theme;

//! A large button with an icon, a title and a sentence; Space, Enter or a click chooses it.
class ChoiceCard final : public QAbstractButton
{
    Q_OBJECT
public:
    ChoiceCard(Theme &theme, const QString &icon, const QString &title, const QString &text, QWidget *parent = nullptr);

    QSize sizeHint() const override;
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;

protected:
    void paintEvent(QPaintEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void enterEvent(QEnterEvent *event) override;
    void leaveEvent(QEvent *event) override;

private:
    int textLeft() const;

    Theme &m_theme;
    QString m_icon;
    QString m_text;
};

} // namespace mesh::views
